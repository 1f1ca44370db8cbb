"""Figures on a page → the columns they stand in, where no grid tells.

The columns of a table are learnt from its full rows, else from the labels above the figures. A row
with fewer figures than columns has blank cells, and where each figure stands says which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from gouji.ocr.page import Box
from gouji.tables.align import Located
from gouji.tables.candidates import Candidate
from gouji.tables.grid import Cell, Place
from gouji.tables.labels import core
from gouji.tables.rows import Row
from gouji.tables.split import Way
from gouji.tables.vocabulary import vocabulary

_NEAR = 0.35
"""A figure stands in a column if it is so near to its middle, in widths between columns."""
_SAME_COLUMN = 6.0
"""Words of a header whose middles are so near (points) stand in one column."""

Columns = tuple[float, ...]


def placed(
    candidates: Sequence[Candidate], located: Located, rows: Sequence[Row]
) -> list[Candidate]:
    """The candidates, with a way added for rows whose blank cells leave gaps on the page."""
    learnt = _learnt(candidates)
    found = []
    for candidate in candidates:
        count = len(candidate.columns.order)
        columns = learnt.get(_layout(candidate)) or _from_header(candidate, located, rows)
        if not candidate.ways and columns and len(columns) == count:
            cells = _in_columns(candidate.figures, columns)
            if cells:
                candidate = replace(candidate, ways=(Way(cells, 0.0),), by_place=True)
        found.append(candidate)
    return found


def _layout(candidate: Candidate) -> tuple[tuple[str, ...], int]:
    """Rows with the same columns share them: by name, and by how many there are."""
    order = candidate.columns.order
    return tuple(cell.column for cell in order), len(order)


def _learnt(candidates: Sequence[Candidate]) -> dict[tuple[tuple[str, ...], int], Columns]:
    """The middles of the columns, from rows that have a figure in each."""
    full: dict[tuple[tuple[str, ...], int], list[list[float]]] = {}
    for candidate in candidates:
        if not candidate.row.gridded and len(candidate.ways) == 1:
            middles = [_middle(cell) for cell in candidate.ways[0].cells]
            if all(m is not None for m in middles):
                full.setdefault(_layout(candidate), []).append([m for m in middles if m])
    return {
        layout: tuple(median(column) for column in zip(*rows, strict=True))
        for layout, rows in full.items()
    }


def _middle(cell: Cell) -> float | None:
    return cell.place.box.center[0] if cell.place.box and cell.text.strip() else None


def _from_header(candidate: Candidate, located: Located, rows: Sequence[Row]) -> Columns:
    """The middles of the labels of its columns, else of as many columns of words above."""
    figures = [f.place.box.x0 for f in candidate.figures if f.place.box]
    above = _header_words(candidate, located, rows, min(figures, default=0.0))
    middles = []
    for form_cell in candidate.columns.order:
        words = {core(label) for label in form_cell.labels}
        hits = [box for text, box in above if text in words]
        if hits:
            middles.append(hits[-1].center[0])
    count = len(candidate.columns.order)
    if len(middles) == count and all(a < b for a, b in pairwise(middles)):
        return tuple(middles)
    columns = _columns_of_words([box for _, box in above])
    return columns if len(columns) == count else ()


def _header_words(
    candidate: Candidate, located: Located, rows: Sequence[Row], left: float
) -> list[tuple[str, Box]]:
    """The words above the table's figures, without the headings that stand over several."""
    headings = vocabulary(located.table).headings
    first = min(p.index for p in located.placements)
    until = candidate.placement.index if located.table.columns == () else first
    found = []
    for row in rows[max(0, located.first - 1) : until + 1]:
        for cell in row.labels:
            text = core(cell.text)
            if cell.place.box and text not in headings and cell.place.box.x1 > left:
                found.append((text, cell.place.box))
    return found


def _columns_of_words(boxes: Sequence[Box]) -> Columns:
    """The middles of columns of words: those that lie one over another are one."""
    columns: list[Box] = []
    for box in sorted(boxes, key=lambda b: b.center[0]):
        if columns and box.center[0] - columns[-1].center[0] <= _SAME_COLUMN:
            columns[-1] = columns[-1].union(box)
        else:
            columns.append(box)
    return tuple(box.center[0] for box in columns)


def _in_columns(figures: Sequence[Cell], columns: Columns) -> tuple[Cell, ...]:
    """A cell for each column, blank where no figure stands; empty if one can't be placed."""
    gaps = [b - a for a, b in pairwise(columns)]
    if not figures or not gaps or min(gaps) <= 0 or len(figures) > len(columns):
        return ()
    cells: dict[int, Cell] = {}
    for figure in figures:
        middle = _middle(figure)
        if middle is None:
            return ()
        column = min(range(len(columns)), key=lambda c: abs(columns[c] - middle))
        if column in cells or abs(columns[column] - middle) > _NEAR * min(gaps):
            return ()
        cells[column] = figure
    if list(cells) != sorted(cells):
        return ()
    blank = Cell(0, 0, 1, 1, "", Place(page=figures[0].place.page))
    return tuple(cells.get(column, blank) for column in range(len(columns)))
