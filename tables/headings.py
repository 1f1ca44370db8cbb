"""Words in the head of a table → where the headings of the form's columns stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from gouji.ocr.page import Box, Char, Word
from gouji.tables.labels import core
from gouji.tables.vocabulary import column_orders, column_words

THROUGH = 1.0
"""A word that reaches so far (points) over a wall on both sides stands in both columns."""
_EVEN = 0.15
"""By no more than this part columns differ in width where they are evenly wide."""
_TOLD = 3
"""So many headings tell how wide columns are, and which ones of the form."""

_Heading = tuple[Box, str]
"""Where a heading, or a word of it, stands, and what it says."""


def headings_of(words: Sequence[Word | Char]) -> list[Box]:
    """Where headings of the form's columns stand among words, from left to right, also those
    between them that were not read, where columns are evenly wide.
    """
    stacks: list[list[_Heading]] = []
    written = [word for word in words if any(map(str.isalpha, word.text))]
    parts = [part for word in written for part in _parted(word)]
    for box, text in sorted(parts, key=lambda part: part[0].width):
        over = [stack for stack in stacks if any(_meet(box, other) for other, _ in stack)]
        if len(over) == 1:
            over[0].append((box, text))
        elif not over:
            stacks.append([(box, text)])
    found = sorted(heading for stack in stacks if (heading := _heading(stack)))
    return sorted([*(box for box, _ in found), *_between(found)])


def apart(words: Sequence[Char]) -> tuple[Char, ...]:
    """The words, those that are several headings read as one parted."""
    return tuple(
        part
        for word in words
        for part in (
            [word]
            if len(_headings_in(core(word.text))) < 2
            else [word._replace(box=box, text=text) for box, text in _parted(word)]
        )
    )


def _between(found: Sequence[_Heading]) -> Iterator[Box]:
    """The form's columns between those found, where all are evenly wide and have their order."""
    middles = [box.center[0] for box, _ in found]
    steps = [b - a for a, b in pairwise(middles)]
    if len(found) < _TOLD or min(steps) <= THROUGH:
        return
    places = [round((x - middles[0]) / min(steps)) for x in middles]
    width = (middles[-1] - middles[0]) / places[-1]
    even = all(
        abs(x - middles[0] - place * width) <= _EVEN * width
        for x, place in zip(middles, places, strict=True)
    )
    if even and any(_are_in(order, found, places) for order in column_orders()):
        for (box, _), (start, end) in zip(found, pairwise(places), strict=False):
            for n in range(1, end - start):
                yield Box(box.x0 + n * width, box.y0, box.x1 + n * width, box.y1)


def _are_in(
    order: Sequence[frozenset[str]], found: Sequence[_Heading], places: Sequence[int]
) -> bool:
    """Whether headings stand in a form's order so far from each other."""
    return any(
        all(text in order[first + place] for (_, text), place in zip(found, places, strict=True))
        for first in range(len(order) - places[-1])
    )


def _parted(word: Word | Char) -> Iterator[_Heading]:
    """A word as the headings that were read as one."""
    text, box = core(word.text), word.box
    headings = _headings_in(text)
    if len(headings) < 2:
        yield box, word.text
        return
    wide, x = box.width / len(text), box.x0
    for heading in headings:
        end = x + wide * len(heading)
        yield Box(x + THROUGH, box.y0, end - THROUGH, box.y1), heading
        x = end


def _headings_in(text: str) -> list[str]:
    """The headings that a text is made of; none if it is not."""
    if text in column_words():
        return [text]
    for n in range(len(text) - 1, 0, -1):
        if text[:n] in column_words() and (others := _headings_in(text[n:])):
            return [text[:n], *others]
    return []


def _heading(stack: Sequence[_Heading]) -> _Heading | None:
    """Where a heading of the form stands among words below each other."""
    words = sorted(stack, key=lambda word: word[0].center[1])
    for first in range(len(words)):
        for last in range(len(words), first, -1):
            text = core("".join(text for _, text in words[first:last]))
            if text in column_words():
                boxes = [box for box, _ in words[first:last]]
                ends = [x for box in boxes for x in (box.x0, box.x1)]
                return Box(min(ends), boxes[0].y0, max(ends), boxes[-1].y1), text
    return None


def _meet(one: Box, other: Box) -> bool:
    return min(one.x1, other.x1) - max(one.x0, other.x0) > THROUGH


def white_near(wanted: float, low: float, high: float, words: Sequence[Box]) -> float:
    """The place nearest to ``wanted`` between ``low`` and ``high`` where no word stands, but for
    those that reach over all of it.
    """
    near = [(w.x0, w.x1) for w in words if w.x1 > low and w.x0 < high]
    near = [(x0, x1) for x0, x1 in near if x0 > low or x1 < high]
    edges = sorted([low, high, *(x for word in near for x in word if low < x < high)])
    free = [
        wanted if a + THROUGH <= wanted <= b - THROUGH else (a + b) / 2
        for a, b in pairwise(edges)
        if b - a > THROUGH and not any(x0 < (a + b) / 2 < x1 for x0, x1 in near)
    ]
    return min(free, key=lambda x: abs(x - wanted), default=wanted)
