"""A located table → its cells: what stands at each place of the form, and why it is believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from gouji.ocr.finding import Finding
from gouji.tables.align import Located, Placement
from gouji.tables.columns import Columns, columns_of
from gouji.tables.forms.form import Form, FormCell, FormRow, FormTable, Identity
from gouji.tables.grid import Block, Cell, Reading
from gouji.tables.identities import Figure, Outcome, evaluate
from gouji.tables.labels import core
from gouji.tables.numbers import MONEY_UNITS, Number, money_unit, parse, to_wan
from gouji.tables.record import Basis, State
from gouji.tables.rows import Row
from gouji.tables.solve import Choice, Decision, solve
from gouji.tables.split import FIGURE_LEFT, Way, ways

_FIRST_DOUBTS = 5
_MOST_ROWS = 3


@dataclass(frozen=True, slots=True)
class Filled:
    """A cell of the form as filled in. ``cell`` is None where the document has no such row.

    ``readings`` are the candidates of a cell in doubt.
    """

    form: FormCell
    cell: Cell | None
    state: State
    value: Decimal | None = None
    unit: str | None = None
    unit_written: str | None = None
    unit_source: str | None = None
    note: str | None = None
    accepted: bool = True
    basis: Basis | None = None
    readings: tuple[Reading, ...] = ()
    why: tuple[Finding, ...] = ()

    @property
    def figure(self) -> Figure:
        return Figure(self.value, self.state)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A row of the document as a row of the form, with the ways to read its figures."""

    placement: Placement
    row: Row
    columns: Columns
    ways: tuple[Way, ...]

    @property
    def start(self) -> int:
        """The column of the grid in which its figures begin."""
        return self.ways[0].cells[0].col


def fill(
    form: Form, located: Located, rows: Sequence[Row], blocks: Sequence[Block]
) -> list[Filled]:
    """Every cell of the table, in the form's order."""
    candidates = [_candidate(located, placement, rows, blocks) for placement in located.placements]
    candidates = _aligned(candidates)
    identities = form.identities_of(located.table)
    money = _HeaderUnits(located, rows)
    lossy = any(not c.row.gridded and not c.ways for c in candidates)
    cells: dict[str, Filled] = {}
    undecided: list[_Candidate] = []
    for candidate in candidates:
        if len(candidate.ways) > 1:
            undecided.append(candidate)
        cells |= {f.form.ref: f for f in _filled(candidate, money)}
    _settle(cells, undecided, identities, money)
    for candidate in candidates:
        _require_proof(cells, candidate, identities, lossy)
    return [cells.get(cell.ref) or _missing(cell, located) for cell in located.table.cells]


def _candidate(
    located: Located, placement: Placement, rows: Sequence[Row], blocks: Sequence[Block]
) -> _Candidate:
    row = rows[placement.index]
    columns = columns_of(placement.form_row, located, placement.index, rows, blocks)
    figures = _without_codes(columns.pick(row), placement.form_row, located.table)
    return _Candidate(placement, row, columns, ways(figures, columns.order, row.glued))


def _aligned(candidates: list[_Candidate]) -> list[_Candidate]:
    """Where rows of a grid leave it open which cells are the figures, the column in which those
    of the other rows begin decides."""
    sure = [c.start for c in candidates if c.row.gridded and len(c.ways) == 1 and c.ways[0].cost == 0]
    if len(sure) < _MOST_ROWS or len(set(sure)) != 1:
        return candidates
    return [_beginning_at(c, sure[0]) if len(c.ways) > 1 else c for c in candidates]


def _beginning_at(candidate: _Candidate, column: int) -> _Candidate:
    fitting = tuple(way for way in candidate.ways if way.cells[0].col == column)
    return replace(candidate, ways=fitting) if len(fitting) == 1 else candidate


def _without_codes(
    figures: tuple[Cell, ...], form_row: FormRow, table: FormTable
) -> tuple[Cell, ...]:
    """A printed code of the row, or in running text that of the next, is no figure of it."""
    if not form_row.code or len(figures) <= len(form_row.cells):
        return figures
    if figures[0].text.strip() == form_row.code:
        return figures[1:]
    codes = [row.code for row in table.rows]
    following = codes[codes.index(form_row.code) + 1 :][:1]
    return figures[:-1] if [figures[-1].text.strip()] == following else figures


def _missing(cell: FormCell, located: Located) -> Filled:
    optional = any(row.optional for row in located.table.rows if row.key == cell.row)
    why = () if optional else (Finding("row_missing"),)
    return Filled(cell, None, "missing_row", accepted=optional, why=why)


# --- one way, or several ------------------------------------------------------------------------


def _filled(candidate: _Candidate, money: _HeaderUnits) -> Iterator[Filled]:
    """The cells of a row. Where ways differ on a cell, it stays in doubt."""
    order = candidate.columns.order
    if not candidate.ways:
        yield from _without_way(candidate)
        return
    basis: Basis = "label" if candidate.placement.by_label else "position"
    for position, form_cell in enumerate(order):
        options = {way.cells[position].text.strip(): way.cells[position] for way in candidate.ways}
        cell = next(iter(options.values()))
        if len(options) == 1:
            yield _read(form_cell, cell, candidate.row, money, basis)
        else:
            why = Finding("several_ways", {"ways": len(candidate.ways)})
            yield _doubtful(form_cell, _whole(candidate.row), why, list(options))


def _without_way(candidate: _Candidate) -> Iterator[Filled]:
    arguments = {
        "found": sum(1 for cell in candidate.row.figures if cell.text.strip()),
        "expected": len(candidate.columns.order),
    }
    for form_cell in candidate.columns.order:
        yield _doubtful(form_cell, _whole(candidate.row), Finding("figures_do_not_fit", arguments))


def _doubtful(
    form_cell: FormCell, cell: Cell | None, why: Finding, options: Sequence[str] = ()
) -> Filled:
    shown = [text for text in options[:_FIRST_DOUBTS]]
    readings = tuple(Reading("division", text, 1 / len(options)) for text in shown)
    return Filled(form_cell, cell, "unreadable", accepted=False, readings=readings, why=(why,))


def _whole(row: Row) -> Cell | None:
    """All the figures of a row as one cell: the run of digits as it is printed."""
    if not row.figures:
        return None
    first, last = row.figures[0], row.figures[-1]
    place = first.place
    if place.box and last.place.box and place.page == last.place.page:
        place = replace(place, box=place.box.union(last.place.box))
    elif place.line is not None and place.line == last.place.line:
        place = replace(place, end=last.place.end)
    return replace(first, text=" ".join(cell.text for cell in row.figures), place=place)


def _read(form_cell: FormCell, cell: Cell, row: Row, money: _HeaderUnits, basis: Basis) -> Filled:
    """One cell with one reading: its number, its unit, its state."""
    number = parse(cell.text)
    base = Filled(form_cell, cell, number.state, note=number.note, basis=basis)
    if number.state == "text":
        return replace(base, accepted=False, why=(Finding("not_a_number", {"text": cell.text}),))
    if number.value is None:
        return base
    if number.unit and (number.unit in MONEY_UNITS) != form_cell.money:
        why = Finding("unexpected_unit", {"unit": number.unit})
        return replace(base, state="text", accepted=False, why=(why,))
    unit, written, source = money.unit(form_cell, number, row)
    value = number.value
    if form_cell.money and unit is not None:
        value, unit = to_wan(value, unit), "万元"
    return replace(base, value=value, unit=unit, unit_written=written, unit_source=source)


class _HeaderUnits:
    """Units of money that the labels around a table name."""

    def __init__(self, located: Located, rows: Sequence[Row]) -> None:
        self._labels = [
            cell.text for row in rows[located.first : located.last] for cell in row.labels
        ]

    def unit(
        self, form_cell: FormCell, number: Number, row: Row
    ) -> tuple[str | None, str | None, str]:
        """The unit of a figure, as it is written, and where: cell, header or form, in this order."""
        if number.unit:
            return number.unit, number.unit, "cell"
        if row.unit:
            return row.unit, row.unit, "header"
        if form_cell.money and (named := self._named(form_cell, row)):
            return named, named, "header"
        if form_cell.unit_assumed:
            return None, None, "unknown"
        return form_cell.unit_printed, None, "form"

    def _named(self, form_cell: FormCell, row: Row) -> str | None:
        words = {core(label) for label in form_cell.labels}
        own = [cell.text for cell in row.labels]
        above = [
            text
            for text in self._labels
            if any(word in core(text) or word in text for word in words)
        ]
        return next((unit for text in own + above if (unit := money_unit(text))), None)


# --- proof --------------------------------------------------------------------------------------


def _settle(
    cells: dict[str, Filled],
    undecided: Sequence[_Candidate],
    identities: Sequence[Identity],
    money: _HeaderUnits,
) -> None:
    """Let the identities choose among the ways of the rows that have several."""
    if not undecided:
        return
    choices = [_choice(candidate) for candidate in undecided]
    open_refs = frozenset().union(*(choice.refs for choice in choices))
    fixed = {ref: f.figure for ref, f in cells.items() if ref not in open_refs}
    decisions = solve(choices, identities, fixed)
    for candidate, decision in zip(undecided, decisions, strict=True):
        if decision.confirmed and decision.way is not None:
            _take(cells, candidate, decision.way, money)
        else:
            _offer(cells, candidate, decision)


def _choice(candidate: _Candidate) -> Choice:
    return Choice(
        tuple(way.cost for way in candidate.ways),
        tuple(
            {
                form_cell.ref: parse(cell.text).value
                for form_cell, cell in zip(candidate.columns.order, way.cells, strict=True)
            }
            for way in candidate.ways
        ),
    )


def _take(cells: dict[str, Filled], candidate: _Candidate, way: int, money: _HeaderUnits) -> None:
    chosen = candidate.ways[way].cells
    for form_cell, cell in zip(candidate.columns.order, chosen, strict=True):
        settled = cells[form_cell.ref].basis is not None
        basis: Basis = "label" if settled and candidate.placement.by_label else "solved"
        cells[form_cell.ref] = _read(form_cell, cell, candidate.row, money, basis)


def _offer(cells: dict[str, Filled], candidate: _Candidate, decision: Decision) -> None:
    """Show a reviewer the ways that the identities leave open, the likeliest first."""
    left = [decision.way, *sorted(decision.rivals)] if decision.way is not None else []
    for position, form_cell in enumerate(candidate.columns.order):
        doubtful = cells[form_cell.ref]
        texts = dict.fromkeys(
            candidate.ways[w].cells[position].text.strip() for w in left if w is not None
        )
        if not doubtful.accepted and texts:
            readings = tuple(Reading("division", t, 1 / len(texts)) for t in texts)
            cells[form_cell.ref] = replace(doubtful, readings=readings)


def _require_proof(
    cells: dict[str, Filled],
    candidate: _Candidate,
    identities: Sequence[Identity],
    lossy: bool,
) -> None:
    """A row placed by its position, or from text that has lost cells, needs its sum."""
    by_position = not candidate.placement.by_label
    left_over = bool(candidate.ways) and candidate.ways[0].cost >= FIGURE_LEFT
    if not by_position and not left_over and not (lossy and not candidate.row.gridded):
        return
    refs = {cell.ref for cell in candidate.columns.order}
    figures = {ref: cells[ref].figure for ref in refs}
    sums = [evaluate(i, figures) for i in identities if refs.issuperset(i.refs)]
    if sums and all(s.result in ("pass", "pass_blank_as_zero") for s in sums):
        return
    if not left_over and _misprint(sums, refs, cells, identities):
        return
    code = "place_unproved" if by_position else "figures_left" if left_over else "cells_lost"
    why = Finding(code)
    for ref in refs:
        if cells[ref].accepted:
            cells[ref] = replace(cells[ref], accepted=False, why=(why,))


def _misprint(
    sums: Sequence[Outcome],
    refs: set[str],
    cells: Mapping[str, Filled],
    identities: Sequence[Identity],
) -> bool:
    """Whether one wrong figure explains all: the row and one column fail by the same amount."""
    figures = {ref: filled.figure for ref, filled in cells.items()}
    through = [evaluate(i, figures) for i in identities if not refs.isdisjoint(i.refs)]
    across = [o for o in through if not refs.issuperset(o.identity.refs)]
    failing = [o for o in across if o.result == "fail" and o.difference is not None]
    off = {abs(o.difference) for o in sums if o.difference}
    return (
        bool(failing)
        and len({o.identity.at for o in failing}) == 1
        and {abs(o.difference or 0) for o in failing} == off
        and all(o.result != "not_evaluable" for o in across)
    )


def figures_of(cells: Sequence[Filled]) -> Mapping[str, Figure]:
    """What the identities are evaluated on. A cell in doubt is not evidence for another."""
    return {
        f.form.ref: f.figure
        if f.accepted or f.state == "missing_row"
        else Figure(None, "unreadable")
        for f in cells
    }
