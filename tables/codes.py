"""Codes of rows that stand among their figures, as in forms with rows 01 to 35."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gouji.tables.align import Located
from gouji.tables.forms.form import FormRow, FormTable
from gouji.tables.grid import Cell
from gouji.tables.labels import normalise
from gouji.tables.rows import Row


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes that may stand among a row's figures, and how many figures it should have."""

    own: str | None
    following: str | None
    count: int


def codes_of(form_row: FormRow, table: FormTable) -> Codes:
    """The codes of a row of the form and of the row below it."""
    codes = [row.code for row in table.rows]
    at = next((i for i, row in enumerate(table.rows) if row.key == form_row.key), len(codes))
    following = codes[at + 1] if at + 1 < len(codes) else None
    return Codes(form_row.code, following, len(form_row.cells))


def where_codes_stand(located: Located, rows: Sequence[Row]) -> str:
    """``before`` the figures of their row, or, in running text, ``behind`` those of the row
    above; empty if none stand among figures.
    """
    before = behind = 0
    for placement in located.placements:
        row, codes = rows[placement.index], codes_of(placement.form_row, located.table)
        if row.figures and not (row.gridded and row.unit):
            before += len(row.figures) > codes.count and _is_code(row.figures[0], codes.own)
            behind += not row.gridded and _ends_with(row.figures[-1], codes.following)
    if 2 * max(before, behind) <= len(located.placements):
        return ""
    return "before" if before > behind else "behind"


def _is_code(cell: Cell, code: str | None) -> bool:
    return code is not None and normalise(cell.text) == code


def _ends_with(cell: Cell, code: str | None) -> bool:
    return code is not None and normalise(cell.text).endswith(code)


def without_codes(figures: tuple[Cell, ...], codes: Codes, stand: str) -> tuple[Cell, ...]:
    """The figures without the code of the row, or in running text that of the next."""
    if not figures or not stand:
        return figures
    if stand == "before":
        drop = len(figures) > codes.count and _is_code(figures[0], codes.own)
        return figures[1:] if drop else figures
    last = figures[-1]
    if codes.following is None or not _ends_with(last, codes.following):
        return figures
    rest = last.text.rstrip()[: -len(codes.following)].rstrip()
    return (*figures[:-1], replace(last, text=rest)) if rest else figures[:-1]
