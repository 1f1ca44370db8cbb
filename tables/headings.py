"""Words in the head of a table → where the headings of the form's columns stand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from gouji.ocr.page import Box, Char, Word
from gouji.tables.labels import core
from gouji.tables.vocabulary import column_words

THROUGH = 1.0
"""A word that reaches so far (points) over a wall on both sides stands in both columns."""


def headings_of(words: Sequence[Word | Char]) -> list[Box]:
    """Where headings of the form's columns stand among words, from left to right."""
    stacks: list[list[Word | Char]] = []
    for word in sorted(words, key=lambda w: w.box.width):
        over = [stack for stack in stacks if any(_meet(word.box, w.box) for w in stack)]
        if len(over) == 1:
            over[0].append(word)
        elif not over:
            stacks.append([word])
    return sorted(box for stack in stacks if (box := _heading(stack)))


def _heading(stack: Sequence[Word | Char]) -> Box | None:
    """Where a heading of the form stands among words below each other."""
    words = sorted(stack, key=lambda w: w.box.center[1])
    for first in range(len(words)):
        for last in range(len(words), first, -1):
            if core("".join(w.text for w in words[first:last])) in column_words():
                boxes = [w.box for w in words[first:last]]
                ends = [x for box in boxes for x in (box.x0, box.x1)]
                return Box(min(ends), boxes[0].y0, max(ends), boxes[-1].y1)
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
