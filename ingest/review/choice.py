"""What a cell may say, and the identities it stands in as they stand now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from gouji.ingest.review.view import form_of, text_of
from gouji.ocr.page import Box
from gouji.ocr.reader import Reading
from gouji.tables.evidence import Seen
from gouji.tables.forms.form import FormCell, FormTable, Identity, load
from gouji.tables.identities import Figure, evaluate
from gouji.tables.judge import options_of
from gouji.tables.numbers import UNITS, parse, to_wan
from gouji.tables.record import CellModel, Record, State

_DIVISION = "division"
_MOST_OPTIONS = 4


@dataclass(frozen=True, slots=True)
class Option:
    """A value that a cell may have, as it would be written and shown."""

    text: str
    state: State
    value: Decimal | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Sum:
    """An identity with the figures as they stand: ``state`` is holds, fails or open.

    ``unsettled``: how many other cells of it are in doubt.
    """

    label: str
    left: str
    right: str
    op: str
    difference: str
    state: Literal["holds", "fails", "open"]
    strict: bool
    unsettled: int


def options(read: CellModel, known: FormCell | None) -> list[Option]:
    """The values that a cell may have: what the program holds likeliest, then the others."""
    found: list[Option] = []
    if read.state != "unreadable" and read.state != "text":
        found.append(Option(text_of(read), read.state, read.value, None))
    pairs: list[tuple[str, float | None]]
    if any(reading.by == _DIVISION for reading in read.readings):
        pairs = [(reading.text, None) for reading in read.readings]
    else:
        readings = tuple(Reading(r.by, r.text, r.confidence) for r in read.readings)
        seen = Seen((0, Box(0, 0, 0, 0)), readings)
        pairs = [(option.text, option.share) for option in options_of(seen)]
        pairs += [(reading.text, None) for reading in read.readings if reading.text]
    if not pairs and read.written:
        pairs = [(read.written, None)]
    for text, share in pairs:
        typed = typed_as(text, read, known)
        if typed is None:
            continue
        state, value = typed
        option = Option(f"{value:f}" if value is not None else text, state, value, share)
        alike = [o for o in found if (o.state, o.value) == (state, value)]
        if not alike:
            found.append(option)
        elif alike[0].share is None and share is not None:
            first = alike[0]
            found[found.index(first)] = Option(first.text, first.state, first.value, share)
    return found[:_MOST_OPTIONS]


def typed_as(
    text: str, cell: CellModel, known: FormCell | None
) -> tuple[State, Decimal | None] | None:
    """What stands on the page, as typed → state and value; None where it is no number.

    Money is typed as printed and counts in the unit of the record.
    """
    number = parse(text)
    if number.state == "text":
        return None
    value = number.value
    if value is not None and known is not None and known.money:
        unit = number.unit or cell.unit_written or known.unit_printed
        if cell.unit_source != "unknown" and unit in UNITS and unit.endswith(("元", "万", "亿")):
            value = to_wan(value, unit)
    return number.state, value


def sums(record: Record, number: int, typed: tuple[State, Decimal | None] | None) -> list[Sum]:
    """The identities that a cell stands in, with what is typed in its place."""
    cell = record.cells[number]
    own = {c.ref: c for c in reversed(record.cells) if c.table == cell.table}
    figures = {ref: Figure(c.value, c.state) for ref, c in own.items()}
    if typed is not None:
        figures[cell.ref] = Figure(typed[1], typed[0])
    form = form_of(record, cell.table)
    found = [
        _sum(identity, figures, own, cell.ref, form)
        for identity in load(record.tables[cell.table].edition).identities_of(form)
        if cell.ref in identity.refs
    ]
    return sorted(found, key=lambda one: (not one.strict, one.state == "open"))


def _sum(
    identity: Identity,
    figures: Mapping[str, Figure],
    cells: Mapping[str, CellModel],
    ref: str,
    form: FormTable,
) -> Sum:
    outcome = evaluate(identity, figures)
    held = outcome.result in ("pass", "pass_blank_as_zero")
    unsettled = sum(1 for r in identity.refs if r != ref and r in cells and not cells[r].accepted)
    difference = outcome.difference
    return Sum(
        f"{identity.label or identity.id}（{_where(form, identity.at)}）",
        _total(identity.left, figures), _total(identity.right, figures), identity.op,
        "" if difference is None else f"{difference:+f}",
        "open" if outcome.result == "not_evaluable" else "holds" if held else "fails",
        identity.severity == "error", unsettled,
    )  # fmt: skip


def _where(form: FormTable, at: str) -> str:
    rows = (row.label for row in form.rows if row.key == at)
    columns = (column.labels[0] for column in form.columns if column.key == at)
    return next(iter((*rows, *columns)), at)


def _total(refs: Iterable[str], figures: Mapping[str, Figure]) -> str:
    known = [figures[ref] for ref in refs if ref in figures]
    if any(figure.state in ("unreadable", "text") for figure in known):
        return "？"
    return f"{sum((figure.value or Decimal(0) for figure in known), Decimal(0)):f}"


def readers(cell: CellModel) -> list[tuple[str, Sequence[tuple[str, float]]]]:
    """What each reader saw, best first."""
    return [
        (by, [(r.text, r.confidence) for r in cell.readings if r.by == by][:_MOST_OPTIONS])
        for by in dict.fromkeys(reading.by for reading in cell.readings)
    ]
