"""A scanned grid that is almost right, mended where the rest of it leaves one way only.

A wall that was not seen leaves several figures in one cell that spans columns the other rows know,
or a cell higher than its neighbours with a figure for each of them. Where every figure falls into
a place of its own, that is how the cell is divided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gouji.ocr.page import Box, Char
from gouji.tables.grid import Cell, Grid
from gouji.tables.numbers import parse

Edges = dict[int, tuple[float, float]]
"""Where each row or column of a grid begins and ends, in points."""


def mended(grid: Grid, words: Sequence[Char]) -> tuple[Grid, int]:
    """The grid, and how many of its cells were divided. ``words`` are those of its page."""
    columns, rows = _edges(grid, across=True), _edges(grid, across=False)
    cells: list[Cell] = []
    divided = 0
    for cell in grid.cells:
        parts = list(_divided(cell, words, columns, rows))
        divided += len(parts) > 1
        cells += parts
    cells.sort(key=lambda cell: (cell.row, cell.col))
    return (replace(grid, cells=tuple(cells)), divided) if divided else (grid, 0)


def _edges(grid: Grid, *, across: bool) -> Edges:
    """The columns (or rows) that cells of their own show."""
    seen: dict[int, Counter[tuple[float, float]]] = {}
    for cell in grid.cells:
        box = cell.place.box
        if box is None:
            continue
        first, last = (cell.col, cell.col_end) if across else (cell.row, cell.row_end)
        if last - first == 1:
            edges = (box.x0, box.x1) if across else (box.y0, box.y1)
            seen.setdefault(first, Counter())[edges] += 1
    return {index: counts.most_common(1)[0][0] for index, counts in seen.items()}


def _divided(cell: Cell, words: Sequence[Char], columns: Edges, rows: Edges) -> Iterator[Cell]:
    box = cell.place.box
    spans = (cell.row_end - cell.row, cell.col_end - cell.col)
    if box is None or spans == (1, 1):
        yield cell
        return
    inside = [word for word in words if _holds(box, word.box)]
    if len(inside) < 2 or not all(parse(word.text).figure for word in inside):
        yield cell
        return
    placed: dict[tuple[int, int], Char] = {}
    for word in inside:
        x, y = word.box.center
        row, col = _at(y, rows, cell.row, cell.row_end), _at(x, columns, cell.col, cell.col_end)
        if row is None or col is None or (row, col) in placed:
            yield cell
            return
        placed[row, col] = word
    for row in range(cell.row, cell.row_end):
        for col in range(cell.col, cell.col_end):
            if row not in rows or col not in columns:
                continue
            own = Box(columns[col][0], rows[row][0], columns[col][1], rows[row][1])
            text = placed[row, col].text if (row, col) in placed else ""
            yield Cell(row, col, row + 1, col + 1, text, replace(cell.place, box=own))


def _at(where: float, edges: Edges, first: int, last: int) -> int | None:
    """The row or column of a span in which a point lies, where the grid knows them all."""
    if any(index not in edges for index in range(first, last)):
        return None
    return next((i for i in range(first, last) if edges[i][0] <= where <= edges[i][1]), None)


def _holds(box: Box, other: Box) -> bool:
    x, y = other.center
    return box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1
