"""What a cell may say, and the identities it stands in as they stand now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from gouji.ingest.review import guesses
from gouji.ingest.review.view import form_cell, form_of, text_of
from gouji.ocr.page import Box
from gouji.ocr.reader import Reading
from gouji.tables.evidence import Seen
from gouji.tables.forms.form import FormCell, FormTable, Identity, load
from gouji.tables.identities import Figure, evaluate
from gouji.tables.judge import options_of
from gouji.tables.numbers import UNITS, parse, to_wan
from gouji.tables.record import CellModel, Record, State

By = Literal["", "shape", "row", "sums"]
_DIVISION = "division"
_MOST_OPTIONS = 4
_KEYS = ("Enter", "s", "d", "f", "h")
_NOTHING = ("blank", "missing_row")
_DASH = "not_applicable"


@dataclass(frozen=True, slots=True)
class Option:
    """A value that a cell may have, as it would be written and shown; ``by`` what, if no reader
    held it likeliest: its ``shape``, the figures of its ``row``, or the ``sums``.
    """

    text: str
    state: State
    value: Decimal | None
    by: By = ""


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


def options(record: Record, as_read: Record, number: int) -> list[Option]:
    """The values that a cell may have, likeliest first: in a record as it counts now, and as it
    was read.

    First what was read, then what the sums leave; where nothing was read, what may be a guess.
    That nothing stands there is never offered: who says so has looked, and has keys for it.
    """
    read = as_read.cells[number]
    known = form_cell(record, read)
    guessed = [Option(text, *typed, "row") for text in guesses.of_row(as_read, number)
               if (typed := typed_as(text, read, known)) and typed[1] is not None]  # fmt: skip
    guessed += [Option(f"{value:f}", "value" if value else "zero", value, "sums")
                for value in guesses.of_sums(record, number)]  # fmt: skip
    found = _of_reading(read, known)
    unseen = not read.accepted and read.state in ("missing_row", "unreadable")
    found = [*guessed, *found] if unseen else [*found, *guessed]
    first: dict[tuple[State, Decimal | None], Option] = {}
    for option in found:
        if option.state not in _NOTHING and not (option.state == _DASH and _seen_empty(read)):
            first.setdefault((option.state, option.value), option)
    return list(first.values())[:_MOST_OPTIONS]


def _seen_empty(read: CellModel) -> bool:
    """Whether one of its readers likeliest saw nothing: a dash may then be a speck or a line."""
    likeliest = {one.by: one.text for one in reversed(read.readings)}
    return any(not text.strip() for text in likeliest.values())


def row_of(record: Record, as_read: Record, number: int) -> list[tuple[int, Option]]:
    """The cells in doubt of a cell's row, with the value that Enter takes in each: none unless the
    cell is one of several, or where one of them can't be seen.
    """
    cell = record.cells[number]
    found = []
    for n, other in enumerate(record.cells):
        if other.accepted or other.table != cell.table or not _in_a_row(other, cell):
            continue
        offered, read = options(record, as_read, n), as_read.cells[n]
        if offered and not offered[0].by and (read.box or read.at):
            found.append((n, offered[0]))
    return found if len(found) > 1 and number in dict(found) else []


def _in_a_row(one: CellModel, other: CellModel) -> bool:
    rows = {cell.ref.partition("@")[0] for cell in (one, other)}
    return len(rows) == 1 and one.page == other.page


def said_by(record: Record, row: Sequence[tuple[int, Option]]) -> str:
    """What a row is decided to say, so that it is known whether it is what was shown."""
    return " ".join(f"{record.cells[n].ref}={one.state}={one.value}" for n, one in row)


def keys_of(offered: Sequence[Option]) -> tuple[str, ...]:
    """The key of each value offered: Enter is only for what was read in the cell itself."""
    return _KEYS[bool(offered and offered[0].by) :]


def _of_reading(read: CellModel, known: FormCell | None) -> list[Option]:
    """What the program holds likeliest, then what else its readers saw."""
    texts = [one.text for one in read.readings if one.text or one.by == _DIVISION]
    if not any(one.by == _DIVISION for one in read.readings):
        readings = tuple(Reading(r.by, r.text, r.confidence) for r in read.readings)
        likely = options_of(Seen((0, Box(0, 0, 0, 0)), readings))
        texts = [option.text for option in likely] + texts
    best = {one.by: typed_as(one.text, read, known) for one in reversed(read.readings)}.values()
    found = []
    if read.state not in ("unreadable", "text"):
        found.append(Option(text_of(read), read.state, read.value))
    for text in texts or filter(None, [read.written]):
        if typed := typed_as(text, read, known):
            by: By = "" if typed in best or not read.readings else "shape"
            found.append(Option(text if typed[1] is None else f"{typed[1]:f}", *typed, by))
    return found


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


def broken(before: Sequence[Sum], after: Sequence[Sum]) -> list[Sum]:
    """The sums that must hold and now fail in another way than before, if they did."""
    known = {(one.label, one.difference) for one in before if one.state == "fails"}
    return [one for one in after if one.strict and one.state == "fails"
            and (one.label, one.difference) not in known]  # fmt: skip


def is_slip(value: Decimal | None, known: FormCell | None) -> bool:
    """Whether a value can only be a slip of the keys or of the printer: no count has parts."""
    if value is None or known is None or known.money:
        return False
    return value != value.to_integral_value()


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
