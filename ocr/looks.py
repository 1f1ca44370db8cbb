"""Whether a sheet may hold a table at all: pages of prose need not be read for figures."""

from __future__ import annotations

from collections.abc import Sequence

from gouji.ocr.ink import InkWord
from gouji.ocr.page import Box, Ruling

_MEET = 4.0
_LEAST_LINES = 3
_LEAST_COLUMNS = 3


def looks_tabular(rulings: Sequence[Ruling], words: Sequence[InkWord]) -> bool:
    """Whether lines cross, or words stand in three columns in three rows; rather too often."""
    return _ruled(rulings) or _aligned([word.box for word in words])


def _ruled(rulings: Sequence[Ruling]) -> bool:
    """Whether a vertical line meets two horizontal ones, or three horizontal ones are in line."""
    across = [r for r in rulings if r.horizontal]
    down = [r for r in rulings if not r.horizontal]
    for line in down:
        met = [r for r in across if _meets(r, line)]
        if len(met) >= 2:
            return True
    return any(
        sum(abs(r.x0 - other.x0) < _MEET and abs(r.x1 - other.x1) < _MEET for other in across)
        >= _LEAST_LINES
        for r in across
    )


def _meets(across: Ruling, down: Ruling) -> bool:
    return (
        across.x0 - _MEET <= down.x0 <= across.x1 + _MEET
        and down.y0 - _MEET <= across.y0 <= down.y1 + _MEET
    )


def _aligned(boxes: Sequence[Box]) -> bool:
    """Whether three rows of at least three words have words below each other."""
    rows: list[list[Box]] = []
    for box in sorted(boxes, key=lambda b: b.center[1]):
        if rows and box.center[1] - rows[-1][0].center[1] < 0.5 * max(box.height, 4.0):
            rows[-1].append(box)
        else:
            rows.append([box])
    full = [row for row in rows if len(row) >= _LEAST_COLUMNS]
    return any(
        sum(_columns(row, other) >= _LEAST_COLUMNS for other in full) >= _LEAST_LINES
        for row in full
    )


def _columns(row: Sequence[Box], other: Sequence[Box]) -> int:
    """How many words of a row stand above or below one of the other."""
    return sum(any(a.x0 <= b.x1 and b.x0 <= a.x1 for b in other) for a in row)
