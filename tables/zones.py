"""A page set in two columns of prose → its zones in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import numpy as np
import numpy.typing as npt

from gouji.ocr.page import Char
from gouji.ocr.words import rows_of

_STEP = 2.0
"""Resolution in points."""
_WHITE = 3
"""The white between columns is so many steps wide at least."""
_LINES = 4
"""A column has so many lines at least."""
_FULL = 0.85
"""A line of prose fills so much of its column, but for the last of a paragraph."""


def zones(chars: Sequence[Char]) -> list[list[Char]]:
    """The characters in zones, each to be read as a whole, in reading order.

    Most pages are one zone. Two columns of prose are cut apart; a table's columns are not.
    """
    upright = [char for char in chars if char.angle == 0]
    if len(upright) < 8 * _LINES or not _may_have_columns(upright):
        return [list(chars)]
    cut = _columns(upright)
    if cut is None:
        return [list(chars)]
    top, bottom, x = cut
    above = [c for c in chars if c.box.center[1] < top]
    below = [c for c in chars if c.box.center[1] > bottom]
    beside = [c for c in chars if top <= c.box.center[1] <= bottom]
    left = [c for c in beside if c.box.center[0] < x]
    right = [c for c in beside if c.box.center[0] >= x]
    parts = (above, left, right, below)
    return [
        zone for part in parts if part for zone in (zones(part) if part is not left else [part])
    ]


def _may_have_columns(chars: Sequence[Char]) -> bool:
    """A quick look: do several lines stand on each side of the middle without crossing it?"""
    middle = (min(c.box.x0 for c in chars) + max(c.box.x1 for c in chars)) / 2
    near = median([c.box.y1 - c.box.y0 for c in chars])
    left: set[int] = set()
    right: set[int] = set()
    crossing: set[int] = set()
    before, after = middle - near / 2, middle + near / 2
    for char in chars:
        x0, _, x1, y1 = char.box
        line = round(y1)
        if x1 < before:
            left.add(line)
        elif x0 > after:
            right.add(line)
        else:
            crossing.add(line)
    return len(left - crossing) >= _LINES and len(right - crossing) >= _LINES


def _columns(chars: Sequence[Char]) -> tuple[float, float, float] | None:
    """From where to where down the page two columns stand side by side, and where they part."""
    left, top = min(c.box.x0 for c in chars), min(c.box.y0 for c in chars)
    right, bottom = max(c.box.x1 for c in chars), max(c.box.y1 for c in chars)
    inked = np.zeros((int((bottom - top) / _STEP) + 2, int((right - left) / _STEP) + 2), dtype=bool)
    for char in chars:
        y0, y1 = int((char.box.y0 - top) / _STEP), int((char.box.y1 - top) / _STEP) + 1
        x0, x1 = int((char.box.x0 - left) / _STEP), int((char.box.x1 - left) / _STEP) + 1
        inked[y0:y1, x0:x1] = True
    width = inked.shape[1]
    best: tuple[int, int, int, int] | None = None
    for x in range(width // 4, 3 * width // 4):
        free = np.logical_not(np.any(inked[:, x : x + _WHITE], axis=1))
        for start, end in _runs(np.asarray(free)):
            if best is None or end - start > best[0]:
                best = (end - start, start, end, x)
    if best is None:
        return None
    _, start, end, column = best
    high, low = top + start * _STEP, top + end * _STEP
    parting = left + (column + _WHITE / 2) * _STEP
    beside = [c for c in chars if high <= c.box.center[1] <= low]
    sides = [[c for c in beside if (c.box.center[0] < parting) == side] for side in (True, False)]
    if not all(_is_prose(side) for side in sides):
        return None
    overlap = [(min(c.box.y0 for c in side), max(c.box.y1 for c in side)) for side in sides]
    return (
        max(high, min(a for a, _ in overlap) - 1),
        min(low, max(b for _, b in overlap) + 1),
        parting,
    )


def _runs(free: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Stretches of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], free.view(np.int8), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _is_prose(chars: Sequence[Char]) -> bool:
    """Whether lines fill their column, and hold mostly words."""
    rows = rows_of(chars)
    if len(rows) < _LINES:
        return False
    left, right = min(c.box.x0 for c in chars), max(c.box.x1 for c in chars)
    full = sum(row[-1].box.x1 - row[0].box.x0 >= _FULL * (right - left) for row in rows)
    size = median(c.box.height for c in chars)
    letters = sum(c.text.isalpha() for c in chars)
    return full >= 0.55 * len(rows) and letters >= 0.7 * len(chars) and right - left >= 9 * size
