"""Rows that a page break has cut in two are put together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gouji.tables.grid import Cell
from gouji.tables.labels import core
from gouji.tables.rows import Row
from gouji.tables.vocabulary import column_words, known_labels


def mend_cut_rows(rows: Sequence[Row]) -> list[Row]:
    """Join a row with the first of the next grid where only together they have known labels.

    The figures are those of the half that has any; two halves with figures are left alone.
    """
    mended: list[Row] = []
    for row in rows:
        if mended and _continues(mended[-1], row):
            mended[-1] = _together(mended[-1], row)
        elif mended and _heads_on(mended[-1], row):
            mended[-1] = _heads_together(mended[-1], row)
        else:
            mended.append(row)
    return mended


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
    """Whether each label of ``row`` ends that of a column in ``before``."""
    if before.block == row.block or not row.labels or not row.blank or not before.blank:
        return False
    above = {_columns(cell): cell for cell in before.labels}
    return all(
        (head := above.get(_columns(cell)))
        and core(head.text) not in column_words()
        and core(head.text + cell.text) in column_words()
        for cell in row.labels
    )


def _heads_together(before: Row, row: Row) -> Row:
    below = {_columns(cell): cell for cell in row.labels}
    labels = [
        _joined(cell, below[_columns(cell)]) if _columns(cell) in below else cell
        for cell in before.labels
    ]
    return replace(before, labels=tuple(labels))


def _columns(cell: Cell) -> tuple[int, int]:
    return cell.col, cell.col_end


def _joined(cell: Cell, more: Cell) -> Cell:
    return replace(cell, text=f"{cell.text}\n{more.text}")
