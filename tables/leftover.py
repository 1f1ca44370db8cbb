"""What stands in a table and is no figure of the form: rows of an agency's own, and whatever found
no place. Figures are kept or told, never dropped in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from gouji.ocr.finding import Finding
from gouji.tables.align import ALIKE, Located, is_heading
from gouji.tables.evidence import Evidence
from gouji.tables.filled import Filled
from gouji.tables.forms.form import FormCell, FormRow, FormTable, all_forms
from gouji.tables.grid import Block, Cell, Grid, is_drawn
from gouji.tables.judge import judge
from gouji.tables.labels import core, normalise, ordinal, similarity
from gouji.tables.numbers import UNITS, parse
from gouji.tables.rows import Row
from gouji.tables.vocabulary import vocabulary

_LONGEST = 120


def extra_cells(
    located: Located, rows: Sequence[Row], blocks: Sequence[Block], evidence: Evidence
) -> Iterator[Filled]:
    """Rows with a label and figures between the form's own: an agency's additions.

    In a grid put together from alignment it may be a part of a row, and is in doubt; so is one
    where rows of the form were not found: it may be one of them, its label misread.
    """
    for index in unplaced(located, rows):
        row = rows[index]
        figures = _figures(row)
        label = core(row.labels[-1].text) if row.labels else ""
        name = label and located.table.added.get(label, f"x.{label}")
        for number, cell in enumerate(figures if name and row.gridded else (), start=1):
            ref = name if len(figures) == 1 else f"{name}@{_column(located, row, cell, number)}"
            own = is_drawn(blocks[row.block]) and not _lacks_rows(located, index)
            extra = _extra(ref, name, cell, accepted=own)
            yield _weighed(extra, cell, evidence)


def left_over(
    located: Located, rows: Sequence[Row], blocks: Sequence[Block], cells: Sequence[Filled]
) -> Iterator[Finding]:
    """Rows within the table that found no place at all, and cells of its rows that no figure of
    the form was taken from.
    """
    for row in (rows[index] for index in unplaced(located, rows)):
        if not (row.labels and row.gridded and _figures(row)):
            yield _not_used(row)
    by_ref = {filled.form.ref: filled for filled in cells}
    for placement in located.placements:
        row = rows[placement.index]
        taken = [by_ref[cell.ref] for cell in placement.form_row.cells]
        if row.gridded and not any(filled.state == "unreadable" for filled in taken):
            yield from _not_taken(placement.form_row, row, blocks, taken)


def below(located: Located, rows: Sequence[Row], others: Sequence[Located]) -> Iterator[Finding]:
    """Rows with figures right under a table, in its grid, that are none of the ``others``'."""
    for index in range(located.last, len(rows)):
        row = rows[index]
        taken = any(other.first <= index < other.last for other in others)
        digits = any(re.search(r"\d", cell.text) for cell in _figures(row))
        if taken or not digits or row.block != rows[located.last - 1].block:
            break
        yield _not_used(row)


def unplaced(located: Located, rows: Sequence[Row]) -> Iterator[int]:
    """Which rows there are within a table that are none of the form's, no heading and not empty."""
    placed = {placement.index for placement in located.placements}
    for index in range(located.first, located.last):
        row = rows[index]
        heading = is_heading(row, located.table) or _was_heading(row, located.table)
        if index not in placed and not row.blank and not heading:
            yield index


def robbed(located: Located, rows: Sequence[Row], blocks: Sequence[Block]) -> Iterator[FormRow]:
    """Rows of the form that are blank next to figures without a label: they may be theirs. So it is
    in a grid put together from alignment if they have one: it may be the last line of a label that
    begins in the row. And such as stand before rows that nobody knows and are called as groups of
    rows are in another edition: they may be the first row of the group.
    """
    placed = {placement.index: placement.form_row for placement in located.placements}
    groups = _groups(located.table.id)
    for index in unplaced(located, rows):
        if not _figures(rows[index]):
            continue
        above = max((at for at in placed if at < index), default=None)
        if above is not None and not groups.isdisjoint(map(core, placed[above].labels)):
            yield placed[above]
        own = rows[index].labels and is_drawn(blocks[rows[index].block])
        for beside in () if own else (index - 1, index + 1):
            if beside in placed and not any(c.text.strip() for c in rows[beside].figures):
                yield placed[beside]


@cache
def _groups(table: str) -> frozenset[str]:
    """What groups of rows are called in the editions of a table."""
    tables = (t for form in all_forms() for t in form.tables if t.id == table)
    return frozenset(core(row.group) for t in tables for row in t.rows if row.group)


def _lacks_rows(located: Located, index: int) -> bool:
    """Whether rows of the form are missing between the two that stand around a row."""
    number = {row.key: number for number, row in enumerate(located.table.rows)}
    placed = [(p.index, number[p.form_row.key]) for p in located.placements]
    before = max((of for at, of in placed if at < index), default=-1)
    after = min((of for at, of in placed if at > index), default=len(number))
    return after - before > 1


def _was_heading(row: Row, table: FormTable) -> bool:
    """Whether it is what a scan left of a heading: its number misread, specks beside it."""
    digits = any(re.search(r"\d", cell.text) for cell in row.figures)
    words = vocabulary(table).headings
    return bool(row.labels) and not digits and all(
        any(similarity(core(cell.text), word) >= ALIKE for word in words) for cell in row.labels
    )  # fmt: skip


def _figures(row: Row) -> list[Cell]:
    return [cell for cell in row.figures if parse(cell.text).figure]


def _column(located: Located, row: Row, cell: Cell, number: int) -> str:
    columns = located.table.columns
    if len(row.figures) == len(columns) and columns[0].key:
        return columns[row.figures.index(cell)].key
    return str(number)


def _extra(ref: str, row: str, cell: Cell, *, accepted: bool) -> Filled:
    number = parse(cell.text)
    form_cell = FormCell(ref, row, "", (), "", "", unit_assumed=True, signed=True)
    return Filled(
        form_cell, cell, number.state, number.value,
        unit=number.unit, unit_written=number.unit,
        unit_source="cell" if number.unit else "unknown",
        note=number.note, accepted=accepted, basis="label",
        why=(Finding("row_unknown_to_form"),),
    )  # fmt: skip


def _weighed(extra: Filled, cell: Cell, evidence: Evidence) -> Filled:
    """An extra cell of a scan is in doubt: its row may be the form's, with a label misread."""
    seen = evidence.at(cell.place.page, cell.place.box)
    if seen is None:
        return extra
    verdict = judge({extra.form.ref: seen}, {}, ())[extra.form.ref]
    return replace(
        extra, accepted=False, readings=seen.readings, seen=seen,
        confidence=verdict.confidence, why=(*extra.why, verdict.why),
    )  # fmt: skip


def _not_used(row: Row) -> Finding:
    text = " ".join(cell.text.strip() for cell in row.cells)
    return Finding("row_not_used", {"text": text[:_LONGEST]}, page=row.cells[0].place.page)


def _not_taken(
    form_row: FormRow, row: Row, blocks: Sequence[Block], taken: Sequence[Filled]
) -> Iterator[Finding]:
    used = {(f.cell.row, f.cell.col) for f in taken if f.cell}
    for cell in _printed(row, blocks):
        text = cell.text.strip()
        if text and (cell.row, cell.col) not in used and not _known(cell, row, form_row):
            arguments: dict[str, str | int] = {
                "label": form_row.label, "text": text[:_LONGEST],
                "number": _number(cell, blocks[row.block]),
            }  # fmt: skip
            refs = tuple(filled.form.ref for filled in taken)
            yield Finding("figure_not_used", arguments, refs, cell.place.page)


def _printed(row: Row, blocks: Sequence[Block]) -> Iterator[Cell]:
    """All cells of the row, also those that stand before its last label."""
    grid = blocks[row.block]
    assert isinstance(grid, Grid)
    yield from (cell for cell in grid.cells if cell.row == row.cells[-1].row)


def _number(cell: Cell, grid: Block) -> int:
    """Which of the cells beside one another a cell is, counted from the left, from 1."""
    assert isinstance(grid, Grid)
    beside = (other for other in grid.cells if other.row <= cell.row < other.row_end)
    return 1 + sum(other.col < cell.col for other in beside)


def _known(cell: Cell, row: Row, form_row: FormRow) -> bool:
    """Whether it is a label, a unit, an ordinal or a code, which are no figures."""
    plain = normalise(cell.text)
    numbers = {form_row.code, *(ordinal(text) for text in (form_row.label, form_row.group or ""))}
    first = row.labels[0].col if row.labels else 0
    return cell in row.labels or plain in UNITS or plain in numbers or cell.col < first
