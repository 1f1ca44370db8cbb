"""Rows that a page break has cut in two are put together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gouji.tables.labels import core
from gouji.tables.rows import Row
from gouji.tables.vocabulary import known_labels


def mend_cut_rows(rows: Sequence[Row]) -> list[Row]:
    """Join a row with the first of the next grid where only together they have a known label.

    The figures are those of the half that has any; two halves with figures are left alone.
    """
    mended: list[Row] = []
    for row in rows:
        if mended and _continues(mended[-1], row):
            mended[-1] = _together(mended[-1], row)
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
    label = replace(last, text=f"{last.text}\n{more.text}")
    figures = row.figures if before.blank else before.figures
    return replace(before, labels=(*before.labels[:-1], label), figures=figures)
