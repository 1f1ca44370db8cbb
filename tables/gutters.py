"""Rows of words → the strips of white that part columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from statistics import median

import numpy as np
import numpy.typing as npt

from gouji.ocr.page import Box, Word

PHRASE_GAP = 0.85
"""Words farther apart (in character heights) are two phrases, not one with a blank."""
_CLEAR = 0.65
"""A gutter's usual white (in character heights): wider than a blank between words."""
_HEADS = 4
"""So many rows of headings at most, none with more than one figure."""
_ALONE = 4
"""A single row below its headings shows the columns if it has so many figures."""
_STEP = 0.5
"""Resolution in points."""
_NUMBER = re.compile(
    r"[-+(（−–—]?[$£€¥￥]?[\d０-９](?:[\d０-９,，.．:：/%％‰\-–]*[\d０-９])?[)）%％‰*]{0,2}|[-–—…/]+"
)


@dataclass(frozen=True, slots=True)
class Row:
    """Words on one base line. ``phrases``: words with no more than a blank between."""

    words: tuple[Word, ...]
    phrases: tuple[tuple[Word, ...], ...]
    box: Box
    height: float
    """Height of a character."""

    @property
    def middle(self) -> float:
        return (self.box.y0 + self.box.y1) / 2


@dataclass(frozen=True, slots=True)
class Strip:
    """A vertical strip of white, in points; ``told``: the headings above say that it is there."""

    x0: float
    x1: float
    told: bool = False

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2


def row_of(words: Sequence[Word], height: float) -> Row:
    """A row, its words put together into phrases."""
    phrases: list[list[Word]] = []
    for word in words:
        if phrases and word.box.x0 - phrases[-1][-1].box.x1 <= PHRASE_GAP * height:
            phrases[-1].append(word)
        else:
            phrases.append([word])
    box = words[0].box
    for word in words[1:]:
        box = box.union(word.box)
    return Row(tuple(words), tuple(tuple(p) for p in phrases), box, height)


def is_number(text: str) -> bool:
    """Whether a word looks like a figure, a time, or the dash that stands for none."""
    return _NUMBER.fullmatch(text) is not None


def crosses(row: Row, gutters: Sequence[Strip]) -> bool:
    """Whether a word of the row reaches over a gutter, or the row is one run of words that does."""
    if any(w.box.x0 < s.x0 and w.box.x1 > s.x1 for s in gutters for w in row.words):
        return True
    if len(row.phrases) > 1 or len(row.words) < 3 or any(is_number(w.text) for w in row.words):
        return False
    gaps = [b.box.x0 - a.box.x1 for a, b in pairwise(row.words)]
    over = any(row.box.x0 < s.x0 and row.box.x1 > s.x1 for s in gutters)
    return over and max(gaps) < 1.4 * min(gaps)


def strips(rows: Sequence[Row]) -> list[Strip]:
    """The gutters that ``rows`` share, from left to right.

    The uppermost rows may reach across them: headings of several columns.
    """
    height = median(row.height for row in rows)
    usual = min(3, len(rows) // 3)
    wordy = next((i for i, row in enumerate(rows) if _figures(row) > 1), 0)
    heads, found = usual, _shared(rows[usual:], height)
    for more in range(usual + 1, min(wordy, _HEADS) + 1):
        if len(rows) - more > 1 or _figures(rows[-1]) >= _ALONE:
            fewer = _shared(rows[more:], height)
            if len(fewer) > len(found):
                heads, found = more, fewer
    for row in reversed(rows[:heads]):
        narrowed = [_narrowed(strip, row) for strip in found]
        if all(strip is not None for strip in narrowed):
            found = [strip for strip in narrowed if strip is not None]
    return found


def _figures(row: Row) -> int:
    return sum(is_number(word.text) for word in row.words)


def _shared(body: Sequence[Row], height: float) -> list[Strip]:
    free = [s for s in _free(body, len(body) // 8) if _parts_columns(s, body, height)]
    return _with_columns(free, body)


def _with_columns(found: Sequence[Strip], rows: Sequence[Row]) -> list[Strip]:
    """Without strips that begin a column in which nothing stands of its own: long labels that
    reach from the column before into the white.
    """
    kept: list[Strip] = []
    for strip, after in zip_longest(found, found[1:]):
        if after is None or any(
            phrase[0].box.x0 >= strip.middle and phrase[-1].box.x1 <= after.middle
            for row in rows
            for phrase in (*row.phrases, *((word,) for word in row.words if is_number(word.text)))
        ):
            kept.append(strip)
    return kept


def _free(rows: Sequence[Row], tolerated: int) -> list[Strip]:
    """Strips with text on both sides that at most ``tolerated`` rows reach across."""
    left = min(row.box.x0 for row in rows)
    right = max(row.box.x1 for row in rows)
    width = int((right - left) / _STEP) + 2
    blocked: npt.NDArray[np.int32] = np.zeros(width + 1, dtype=np.int32)
    for row in rows:
        for word in row.words:
            blocked[max(int((word.box.x0 - left) / _STEP + 0.5), 0)] += 1
            blocked[min(int((word.box.x1 - left) / _STEP + 0.5), width)] -= 1
    open_bins = np.cumsum(blocked)[:width] <= tolerated
    edges = np.flatnonzero(np.diff(np.concatenate(([0], open_bins.view(np.int8), [0]))))
    found = [
        Strip(left + float(a) * _STEP, left + float(b) * _STEP)
        for a, b in zip(edges[::2], edges[1::2], strict=True)
    ]
    return [s for s in found if s.x0 > left + 1 and s.x1 < right - 1 and s.x1 - s.x0 >= 1]


def _parts_columns(strip: Strip, rows: Sequence[Row], height: float) -> bool:
    """Whether the white is more than blanks that happen to stand below each other."""
    gaps: list[float] = []
    starts: list[float] = []
    ends: list[float] = []
    numbers = 0
    for row in rows:
        before = [w for w in row.words if w.box.x1 <= strip.middle]
        after = [w for w in row.words if w.box.x0 >= strip.middle]
        if before and after:
            gaps.append(after[0].box.x0 - before[-1].box.x1)
            numbers += is_number(before[-1].text) and is_number(after[0].text)
            starts.append(after[0].box.x0)
            ends.append(before[-1].box.x1)
    if not gaps:  # no line has text on both sides: wrapped cells beside centred ones
        return strip.x1 - strip.x0 >= height
    if median(gaps) >= _CLEAR * height or (len(gaps) > 2 and numbers >= 0.7 * len(gaps)):
        return True
    return _aligned(starts) or _aligned(ends)


def _aligned(edges: Sequence[float]) -> bool:
    """Whether words begin (or end) at one place in so many rows that it cannot be chance."""
    middle = median(edges)
    return len(edges) > 3 and sum(abs(x - middle) < 1 for x in edges) >= 0.85 * len(edges)


def _narrowed(strip: Strip, row: Row) -> Strip | None:
    """The strip beside a row's words; itself if the row has words inside it; None if crossed."""
    x0, x1 = strip.x0, strip.x1
    for word in row.words:
        if word.box.x0 >= x1 or word.box.x1 <= x0:
            continue
        if word.box.x0 > strip.x0 and word.box.x1 < strip.x1:
            return strip
        if word.box.x0 <= strip.x0 and word.box.x1 >= strip.x1:
            return None
        if word.box.x0 <= strip.x0:
            x0 = max(x0, word.box.x1)
        else:
            x1 = min(x1, word.box.x0)
    return Strip(x0, x1) if x1 - x0 >= 1 else None
