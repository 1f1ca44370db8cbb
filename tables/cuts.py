"""Rows that a page break has cut in two are put together again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from gouji.tables.grid import Cell
from gouji.tables.labels import core
from gouji.tables.rows import Row
from gouji.tables.vocabulary import column_words, known_labels

_SAME_EDGE = 3.0
"""Edges of columns on two pages so near (points) are one."""

_HEADS = 2
"""So many labels of columns are a header; one may be a row's."""


def mend_cut_rows(rows: Sequence[Row]) -> list[Row]:
    """Join a row with the first of the next grid where only together they have known labels, and
    count the rows of a header at the end of a page to the grid below it.

    The figures are those of the half that has any; two halves with figures are left alone.
    """
    mended: list[Row] = []
    for row in _in_columns_below(rows):
        if mended and _continues(mended[-1], row):
            mended[-1] = _together(mended[-1], row)
        elif mended and _heads_on(mended[-1], row):
            mended[-1:] = _heads_together(mended[-1], row)
        else:
            mended.append(row)
    return mended


def _in_columns_below(rows: Sequence[Row]) -> list[Row]:
    """The header at the end of a page in the columns of the grid that begins the next.

    A page break within a header leaves too few columns above it.
    """
    found = list(rows)
    for start, (row, below) in enumerate(pairwise(rows), start=1):
        if row.block != below.block and _page(row) + 1 == _page(below) and _is_header(row):
            edges = _edges(rows, below.block)
            for index in range(start - 1, -1, -1):
                moved = _between(found[index], edges) if rows[index].block == row.block else None
                if moved is None:
                    break
                found[index] = replace(moved, block=below.block)
    return found


def _is_header(row: Row) -> bool:
    return row.blank and sum(core(cell.text) in column_words() for cell in row.labels) >= _HEADS


def _page(row: Row) -> int:
    return row.cells[0].place.page or 0 if row.cells else 0


def _edges(rows: Sequence[Row], block: int) -> dict[int, float]:
    """Where the columns of a grid begin and end."""
    cells = [cell for row in rows if row.block == block for cell in row.cells]
    boxes = [(cell, cell.place.box) for cell in cells if cell.place.box]
    return {c.col: box.x0 for c, box in boxes} | {c.col_end: box.x1 for c, box in boxes}


def _between(row: Row, edges: Mapping[int, float]) -> Row | None:
    """A row of a header with its labels in the columns of those ``edges``; None if they differ."""
    labels = []
    for cell in row.labels:
        box = cell.place.box
        col = next((c for c, x in edges.items() if box and abs(x - box.x0) <= _SAME_EDGE), None)
        end = next((c for c, x in edges.items() if box and abs(x - box.x1) <= _SAME_EDGE), None)
        if col is None or end is None:
            return None
        labels.append(replace(cell, col=col, col_end=end))
    return replace(row, labels=tuple(labels), figures=()) if _is_header(row) else None


def _continues(before: Row, row: Row) -> bool:
    if before.block == row.block or not before.labels or not row.labels:
        return False
    if not before.blank and not row.blank:
        return False
    label = before.labels[-1].text
    return core(label + row.labels[-1].text) in known_labels() and core(label) not in known_labels()


def _together(before: Row, row: Row) -> Row:
    last, more = before.labels[-1], row.labels[-1]
    figures = row.figures if before.blank else before.figures
    return replace(before, labels=(*before.labels[:-1], _joined(last, more)), figures=figures)


def _heads_on(before: Row, row: Row) -> bool:
    """Whether labels of ``row`` end those of columns in ``before``, and all others are whole."""
    if not row.labels or not row.blank or not before.blank:
        return False
    ends = _ends(before, row)
    whole = (core(cell.text) in column_words() for cell in row.labels if cell not in ends.values())
    return bool(ends) and all(whole)


def _ends(before: Row, row: Row) -> dict[tuple[int, int], Cell]:
    """The labels of ``row`` that end one above, by their columns."""
    above = {_columns(cell): cell.text for cell in before.labels}
    return {
        _columns(cell): cell
        for cell in row.labels
        if _columns(cell) in above and core(above[_columns(cell)] + cell.text) in column_words()
    }


def _heads_together(before: Row, row: Row) -> list[Row]:
    """The header with its labels whole; what of ``row`` is no end of one stays a row."""
    ends = _ends(before, row)
    heads = tuple(
        _joined(cell, ends[_columns(cell)]) if _columns(cell) in ends else cell
        for cell in before.labels
    )
    own = tuple(cell for cell in row.labels if cell not in ends.values())
    return [replace(before, labels=heads), *([replace(row, labels=own)] if own else [])]


def _columns(cell: Cell) -> tuple[int, int]:
    return cell.col, cell.col_end


def _joined(cell: Cell, more: Cell) -> Cell:
    return replace(cell, text=f"{cell.text}\n{more.text}")
