"""What a cell may say that no reader saw there: a figure of its row, or what its sums leave."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from gouji.ingest.review.view import form_of
from gouji.tables.forms.form import load
from gouji.tables.identities import Figure, evaluate
from gouji.tables.numbers import parse
from gouji.tables.record import CellModel, Record


def of_row(record: Record, number: int) -> list[str]:
    """The figures that may be a cell's among those of its row, where only the row was read as a
    whole: the one at its place, counted from the left, then from the right.
    """
    cell = record.cells[number]
    texts = (cell.written or "").split()
    row = [n for n, other in enumerate(record.cells) if _same_place(other, cell)]
    if len(row) < 2 or any(parse(text).value is None for text in texts):
        return []
    left = row.index(number)
    places = dict.fromkeys((left, left + len(texts) - len(row)))
    return [texts[place] for place in places if 0 <= place < len(texts)]


def _same_place(one: CellModel, other: CellModel) -> bool:
    same = (one.table, one.page, one.box, one.at) == (other.table, other.page, other.box, other.at)
    return same and one.state == "unreadable" and not one.readings


def of_sums(record: Record, number: int) -> list[Decimal]:
    """The values with which sums that must hold do, whose other figures all are certain."""
    return list(dict.fromkeys(_left_by_sums(record, number)))


def _left_by_sums(record: Record, number: int) -> Iterator[Decimal]:
    cell = record.cells[number]
    own = {c.ref: c for c in reversed(record.cells) if c.table == cell.table}
    figures = {ref: Figure(c.value, c.state) for ref, c in own.items() if c.accepted}
    figures[cell.ref] = Figure(Decimal(0), "zero")
    form = form_of(record, cell.table)
    for identity in load(form.edition).identities_of(form):
        if identity.severity != "error" or identity.op != "=" or cell.ref not in identity.refs:
            continue
        outcome = evaluate(identity, figures)
        difference = outcome.difference or Decimal(0)
        value = -difference if cell.ref in identity.left else difference
        if outcome.result != "not_evaluable" and value >= 0:
            yield value
