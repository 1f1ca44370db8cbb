"""A scanned table that the form prints as one row, with a wall between two of its columns not seen.

Its columns are about as wide as each other, but for as many twice as wide as are missing: there is
one way to put the walls in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median

from gouji.ocr.page import Box, Char
from gouji.ocr.words import text_of
from gouji.tables.crossed import printed_across
from gouji.tables.grid import Cell, Grid, last_row
from gouji.tables.mend import Mended
from gouji.tables.numbers import parse

_MISSING = 2
"""Walls that may be put in at most."""
_ONE, _TWO = (0.75, 1.25), (1.75, 2.25)
"""How wide one column, and two without the wall between them, may be: in usual widths."""
_ON_WALL = 2.5
"""Points from where a wall was: what is left of it."""


def widened(grid: Grid, words: Sequence[Char]) -> Mended:
    """The grid with the walls that only the form tells; itself where there is not one way."""
    as_it_is = Mended(grid)
    last = last_row(grid)
    missing = len(printed_across().cells) - len(last)
    widths = [cell.place.box.width for cell in last if cell.place.box]
    if not 0 < missing <= _MISSING or len(widths) != len(last):
        return as_it_is
    usual = median(widths)
    wide = [c for c, w in zip(last, widths, strict=True) if _within(w / usual, _TWO)]
    narrow = [c for c, w in zip(last, widths, strict=True) if _within(w / usual, _ONE)]
    if len(wide) != missing or len(narrow) + missing != len(last):
        return as_it_is
    remains: list[Box] = []
    for cell in sorted(wide, key=lambda cell: cell.col, reverse=True):
        halves = _halves(cell, words)
        if halves is None:
            return as_it_is
        grid = _parted(grid, cell, halves)
        remains += [w.box for w in words if _box(cell).holds(w.box) and _is_wall(w.box, cell)]
    return Mended(grid, missing, tuple(remains))


def _within(share: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= share <= bounds[1]


def _halves(cell: Cell, words: Sequence[Char]) -> tuple[Cell, Cell] | None:
    """The cell's two halves with a figure each, without what is left of the wall."""
    box = _box(cell)
    middle = box.center[0]
    inside = [w for w in words if box.holds(w.box) and not _is_wall(w.box, cell)]
    found = []
    for left, right in ((box.x0, middle), (middle, box.x1)):
        own = [w for w in inside if left <= w.box.x0 and w.box.x1 <= right]
        place = replace(cell.place, box=Box(left, box.y0, right, box.y1))
        found.append(replace(cell, text=text_of(own), place=place))
    if len(inside) != 2 or not all(parse(half.text).figure for half in found):
        return None
    return found[0], replace(found[1], col=cell.col_end, col_end=cell.col_end + 1)


def _box(cell: Cell) -> Box:
    return cell.place.box or Box(0, 0, 0, 0)


def _is_wall(box: Box, cell: Cell) -> bool:
    """Whether it may be what is left of the wall in the middle of the cell."""
    return abs(box.center[0] - _box(cell).center[0]) <= _ON_WALL and box.width <= _ON_WALL


def _parted(grid: Grid, cell: Cell, halves: tuple[Cell, Cell]) -> Grid:
    """The grid with one more column; what stands above the two halves spans both."""

    def shifted() -> Iterator[Cell]:
        for other in grid.cells:
            if other is not cell:
                col = other.col + (other.col >= cell.col_end)
                yield replace(other, col=col, col_end=other.col_end + (other.col_end > cell.col))
        yield from halves

    return replace(grid, cells=tuple(sorted(shifted(), key=lambda c: (c.row, c.col))))
