"""A located table → its cells: what stands at each place of the form, and why it is believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from gouji.ocr.finding import Finding
from gouji.tables.align import Located, Placement
from gouji.tables.columns import Columns, columns_of, shifting
from gouji.tables.forms.form import Form, FormCell, FormRow, FormTable, Identity
from gouji.tables.grid import Block, Cell, Reading
from gouji.tables.identities import Figure, Outcome, evaluate
from gouji.tables.labels import core, normalise
from gouji.tables.numbers import MONEY_UNITS, Number, money_unit, parse, to_wan
from gouji.tables.record import Basis, State
from gouji.tables.rows import Row
from gouji.tables.solve import Choice, Decision, solve
from gouji.tables.split import FIGURE_LEFT, Way, ways
from gouji.tables.vocabulary import known_words

_FIRST_DOUBTS = 5
_MOST_ROWS = 3
_NEAR = 1.0


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
    figures: tuple[Cell, ...]
    ways: tuple[Way, ...]
    contested: bool = False

    @property
    def start(self) -> int:
        """The column of the grid in which its figures begin."""
        return self.ways[0].start


def fill(
    form: Form, located: Located, rows: Sequence[Row], blocks: Sequence[Block]
) -> list[Filled]:
    """Every cell of the table, in the form's order."""
    coded = _where_codes_stand(located, rows)
    candidates = [_candidate(located, p, rows, blocks, coded) for p in located.placements]
    candidates = _aligned(candidates)
    identities = form.identities_of(located.table)
    money = _HeaderUnits(located, rows)
    lossy = any(_lacks_figures(c) and _loses_blanks(c.row, blocks) for c in candidates)
    cells: dict[str, Filled] = {}
    undecided: list[_Candidate] = []
    for candidate in candidates:
        if len(candidate.ways) > 1:
            undecided.append(candidate)
        cells |= {f.form.ref: f for f in _filled(candidate, money)}
    _settle(cells, undecided, identities, money)
    for candidate, following in pairwise([*candidates, None]):
        shaky = lossy and _may_have_shifted(candidate, following, located.table, blocks)
        shaky = shaky or _runs_on(candidate, rows)
        _require_proof(cells, candidate, identities, shaky)
    printed = _printed_labels(located, rows)
    return [cells.get(c.ref) or _missing(c, located.table, printed) for c in located.table.cells]


def _candidate(
    located: Located,
    placement: Placement,
    rows: Sequence[Row],
    blocks: Sequence[Block],
    coded: str,
) -> _Candidate:
    row = rows[placement.index]
    columns = columns_of(placement.form_row, located, placement.index, rows, blocks)
    codes = _codes(placement.form_row, located.table)
    figures = _without_codes(columns.pick(row), codes, coded)
    return _Candidate(placement, row, columns, figures, ways(figures, columns.order, row.glued))


def _aligned(candidates: list[_Candidate]) -> list[_Candidate]:
    """Where rows of a grid leave it open which cells are the figures, the column in which those
    of the other rows begin decides; else a way that leaves much unused is no rival.
    """
    certain = [c for c in candidates if c.row.gridded and len(c.ways) == 1]
    starts = {c.start for c in certain if c.ways[0].cost < FIGURE_LEFT}
    column = starts.pop() if len(certain) >= _MOST_ROWS and len(starts) == 1 else None
    return [_at_column(c, column) if len(c.ways) > 1 else c for c in candidates]


def _at_column(candidate: _Candidate, column: int | None) -> _Candidate:
    near = tuple(w for w in candidate.ways if w.cost < candidate.ways[0].cost + _NEAR)
    fitting = tuple(w for w in near if candidate.row.gridded and w.start == column)
    if len(fitting) == 1:
        return replace(candidate, ways=fitting)
    return replace(candidate, ways=near, contested=True)


def _where_codes_stand(located: Located, rows: Sequence[Row]) -> str:
    """``before`` the figures of their row, or, in running text, ``behind`` those of the row
    above; empty if none stand among figures.
    """
    before = behind = 0
    for placement in located.placements:
        row, codes = rows[placement.index], _codes(placement.form_row, located.table)
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


def _without_codes(figures: tuple[Cell, ...], codes: _Codes, stand: str) -> tuple[Cell, ...]:
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


@dataclass(frozen=True, slots=True)
class _Codes:
    """The codes that may stand among a row's figures, and how many figures it should have."""

    own: str | None
    following: str | None
    count: int


def _codes(form_row: FormRow, table: FormTable) -> _Codes:
    codes = [row.code for row in table.rows]
    at = next((i for i, row in enumerate(table.rows) if row.key == form_row.key), len(codes))
    following = codes[at + 1] if at + 1 < len(codes) else None
    return _Codes(form_row.code, following, len(form_row.cells))


def _missing(cell: FormCell, table: FormTable, printed: str) -> Filled:
    """A row that the form had only in some years lacks nothing, unless its label is there."""
    row = next(row for row in table.rows if row.key == cell.row)
    optional = row.optional and not any(core(label) in printed for label in row.labels)
    why = () if optional else (Finding("row_missing", {"label": row.label}),)
    return Filled(cell, None, "missing_row", accepted=optional, why=why)


def _printed_labels(located: Located, rows: Sequence[Row]) -> str:
    around = rows[max(0, located.first - 1) : located.last + 1]
    return "\n".join(core(cell.text) for row in around for cell in row.labels)


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
    shown = options[:_FIRST_DOUBTS]
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
        """The unit of a figure, as it is written, and where: in the cell, else the header, else
        the form."""
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
    """A row placed by its position, one whose figures could be placed otherwise, and one from
    text that has lost cells need their sum.
    """
    by_position = not candidate.placement.by_label
    left_over = bool(candidate.ways) and candidate.ways[0].cost >= FIGURE_LEFT
    if not (by_position or left_over or lossy or candidate.contested):
        return
    if lossy and not by_position and _only_zeros(candidate):
        return
    refs = {cell.ref for cell in candidate.columns.order}
    figures = {ref: cells[ref].figure for ref in refs}
    sums = [evaluate(i, figures) for i in identities if refs.issuperset(i.refs)]
    if sums and all(s.result in ("pass", "pass_blank_as_zero") for s in sums):
        return
    if not sums and not (by_position or left_over or lossy):
        return
    if not left_over and _misprint(sums, refs, cells, identities):
        return
    code = "place_unproved" if by_position else "cells_lost" if lossy else "figures_left"
    why = Finding(code)
    for ref in refs:
        if cells[ref].accepted:
            cells[ref] = replace(cells[ref], accepted=False, why=(why,))


def _runs_on(candidate: _Candidate | None, rows: Sequence[Row]) -> bool:
    """Whether digits run together are followed by words that no form knows: they may belong to
    a note or a sentence, and not all be figures of the row.
    """
    if candidate is None or not candidate.row.glued or candidate.placement.index + 1 >= len(rows):
        return False
    following = rows[candidate.placement.index + 1].labels
    words = core(following[0].text) if following else ""
    return bool(words) and not any(label in words for label in known_words())


def _lacks_figures(candidate: _Candidate) -> bool:
    written = "".join(cell.text.strip() for cell in candidate.figures)
    count = len(written) if candidate.row.glued else len(candidate.figures)
    return not candidate.ways and count < len(candidate.columns.order)


def _loses_blanks(row: Row, blocks: Sequence[Block]) -> bool:
    """Whether an empty cell leaves no trace in the source."""
    return not row.gridded or shifting(blocks[row.block])


def _may_have_shifted(
    candidate: _Candidate | None,
    following: _Candidate | None,
    table: FormTable,
    blocks: Sequence[Block],
) -> bool:
    """Whether a row with the right number of figures may have lost one and gained another.

    In running text figures are gained only where the next row has lost its label.
    """
    if candidate is None or not _loses_blanks(candidate.row, blocks):
        return False
    if candidate.row.glued or candidate.row.gridded or following is None:
        return True
    keys = [row.key for row in table.rows]
    here, there = candidate.placement.form_row.key, following.placement.form_row.key
    return here not in keys or keys.index(there) != keys.index(here) + 1


def _only_zeros(candidate: _Candidate) -> bool:
    """As many zeros as the form has cells can be read in one way only."""
    written = "".join(cell.text.strip() for cell in candidate.figures)
    return written == "0" * len(candidate.columns.order)


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
