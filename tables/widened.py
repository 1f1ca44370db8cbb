"""A scanned table that the form prints as one row, with walls between its columns not seen.

Its columns are about as wide as each other, but for some that are as wide as several: if these are
as many as the form has, there is one way to put the walls in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from gouji.ocr.page import Box, Char
from gouji.ocr.words import text_of
from gouji.tables.crossed import printed_across
from gouji.tables.grid import Cell, Grid, last_row
from gouji.tables.mend import Mended
from gouji.tables.numbers import parse

_MISSING = 4
"""Walls that may be put in at most."""
_OFF = 0.25
"""By so much of a usual width the width of a column, or of several, may be off."""
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
    counts = [round(width / usual) for width in widths]
    even = all(n and abs(w / usual - n) <= _OFF for w, n in zip(widths, counts, strict=True))
    if not even or sum(counts) != len(last) + missing:
        return as_it_is
    remains: list[Box] = []
    for cell, count in reversed(list(zip(last, counts, strict=True))):
        if count == 1:
            continue
        walls = _walls(cell, count)
        inside = [w for w in words if _box(cell).holds(w.box)]
        remains += [w.box for w in inside if _is_wall(w.box, walls)]
        parts = _parts(cell, walls, [w for w in inside if not _is_wall(w.box, walls)])
        if parts is None:
            return as_it_is
        grid = _parted(grid, cell, parts)
    return Mended(grid, missing, tuple(remains))


def _walls(cell: Cell, count: int) -> list[float]:
    """Where the walls between so many columns of a cell are."""
    box = _box(cell)
    return [box.x0 + box.width * n / count for n in range(1, count)]


def _parts(cell: Cell, walls: Sequence[float], inside: Sequence[Char]) -> list[Cell] | None:
    """The cell's columns with a figure each; None where it is not so."""
    box, found = _box(cell), []
    for n, (left, right) in enumerate(pairwise([box.x0, *walls, box.x1])):
        own = [w for w in inside if left <= w.box.x0 and w.box.x1 <= right]
        if len(own) != 1 or not parse(own[0].text).figure:
            return None
        col = cell.col if n == 0 else cell.col_end + n - 1
        place = replace(cell.place, box=Box(left, box.y0, right, box.y1))
        text = text_of(own)
        found.append(replace(cell, col=col, col_end=cell.col_end + n, text=text, place=place))
    return found if len(found) == len(inside) else None


def _box(cell: Cell) -> Box:
    return cell.place.box or Box(0, 0, 0, 0)


def _is_wall(box: Box, walls: Sequence[float]) -> bool:
    """Whether it may be what is left of a wall."""
    near = min(abs(box.center[0] - wall) for wall in walls)
    return near <= _ON_WALL and box.width <= _ON_WALL


def _parted(grid: Grid, cell: Cell, parts: Sequence[Cell]) -> Grid:
    """The grid with more columns; what stands above the cell's parts spans them all."""
    more = len(parts) - 1

    def shifted() -> Iterator[Cell]:
        for other in grid.cells:
            if other != cell:
                col = other.col + more * (other.col >= cell.col_end)
                yield replace(
                    other, col=col, col_end=other.col_end + more * (other.col_end > cell.col)
                )
        yield from parts

    return replace(grid, cells=tuple(sorted(shifted(), key=lambda c: (c.row, c.col))))
