"""A located table → its cells: what stands at each place of the form, and why it is believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gouji.ocr.finding import Finding
from gouji.ocr.reader import Reading
from gouji.tables.align import Located
from gouji.tables.candidates import Candidate, candidates_of
from gouji.tables.evidence import NOTHING, Evidence
from gouji.tables.filled import Filled, displaced, read_as
from gouji.tables.forms.form import Form, FormCell, FormTable, Identity
from gouji.tables.grid import Block, Cell, Line
from gouji.tables.identities import Figure
from gouji.tables.labels import core
from gouji.tables.numbers import parse
from gouji.tables.placing import placed
from gouji.tables.proof import unproved
from gouji.tables.record import Basis
from gouji.tables.rows import Row
from gouji.tables.scanned import like_rests, like_slashes, lone_blanks, touching, weigh, with_place
from gouji.tables.solve import Choice, Decision, solve
from gouji.tables.units import Units

_FIRST_DOUBTS = 5


def fill(
    form: Form,
    located: Located,
    rows: Sequence[Row],
    blocks: Sequence[Block],
    evidence: Evidence = NOTHING,
) -> list[Filled]:
    """Every cell of the table, in the form's order."""
    candidates = placed(candidates_of(located, rows, blocks), located, rows, blocks)
    identities = form.identities_of(located.table)
    units = Units(located, rows, blocks)
    cells = {f.form.ref: f for candidate in candidates for f in _filled(candidate, units)}
    _settle(cells, [c for c in candidates if len(c.ways) > 1], identities, units)
    weigh(cells, candidates, blocks, evidence, identities, units)
    for ref in touching(candidates, cells, blocks):
        cells[ref] = replace(cells[ref], accepted=False, why=(Finding("touches_wall"),))
    for ref in like_slashes(cells):
        why = Finding("reader_unsure", {"first": "1", "second": "/"})
        cells[ref] = replace(cells[ref], accepted=False, why=(why,))
    for ref in like_rests(cells):
        cells[ref] = replace(cells[ref], accepted=False, why=(Finding("faint_ink"),))
    for ref in lone_blanks(cells):
        cells[ref] = replace(cells[ref], accepted=False, why=(Finding("lone_blank"),))
    for ref, filled in cells.items() if units.unread else ():
        if filled.unit_source == "unknown" and filled.accepted and filled.value:
            cells[ref] = replace(filled, accepted=False, why=(Finding("unit_unread"),))
    figures = {ref: filled.figure for ref, filled in cells.items()}
    scanned = any(evidence.covers(cell.place.page) for row in rows for cell in row.cells)
    for refs, code in unproved(
        located, candidates, figures, identities, rows, blocks, scanned=scanned
    ):
        cells |= {ref: displaced(cells[ref], code) for ref in refs}
    cells = {ref: with_place(filled) for ref, filled in cells.items()}
    printed = _printed_labels(rows, blocks)
    return [cells.get(c.ref) or _missing(c, located.table, printed) for c in located.table.cells]


def figures_of(cells: Sequence[Filled]) -> Mapping[str, Figure]:
    """What the identities are evaluated on. A cell in doubt is not evidence for another."""
    return {
        f.form.ref: f.figure
        if f.accepted or f.state == "missing_row"
        else Figure(None, "unreadable")
        for f in cells
    }


def _missing(cell: FormCell, table: FormTable, printed: str) -> Filled:
    """A row that the form had only in some years lacks nothing, unless its label is there."""
    row = next(row for row in table.rows if row.key == cell.row)
    optional = row.optional and not any(core(label) in printed for label in row.labels)
    why = () if optional else (Finding("row_missing", {"label": row.label}),)
    return Filled(cell, None, "missing_row", accepted=optional, why=why)


def _printed_labels(rows: Sequence[Row], blocks: Sequence[Block]) -> str:
    """Also those of running text, where a table's last row may stand alone on the next page."""
    texts = [cell.text for row in rows for cell in row.labels]
    texts += [block.text for block in blocks if isinstance(block, Line)]
    return "\n".join(map(core, texts))


def _filled(candidate: Candidate, units: Units) -> Iterator[Filled]:
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
            yield read_as(form_cell, cell, candidate.row, units, basis)
        else:
            why = Finding("several_ways", {"ways": len(candidate.ways)})
            yield _doubtful(form_cell, _whole(candidate.row), why, list(options))


def _without_way(candidate: Candidate) -> Iterator[Filled]:
    arguments = {
        "found": sum(1 for cell in candidate.row.figures if cell.text.strip()),
        "expected": len(candidate.columns.order),
    }
    why = Finding("figures_do_not_fit", arguments)
    if candidate.columns.unread or arguments["found"] == arguments["expected"]:
        why = Finding("columns_unread")
    for form_cell in candidate.columns.order:
        yield _doubtful(form_cell, _whole(candidate.row), why)


def _doubtful(
    form_cell: FormCell, cell: Cell | None, why: Finding, options: Sequence[str] = ()
) -> Filled:
    shown = options[:_FIRST_DOUBTS]
    readings = tuple(Reading("division", text, 1 / len(options)) for text in shown)
    return Filled(
        form_cell, cell, "unreadable", accepted=False, readings=readings, confidence=0.0, why=(why,)
    )


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


# --- choices -------------------------------------------------------------------------------------


def _settle(
    cells: dict[str, Filled],
    undecided: Sequence[Candidate],
    identities: Sequence[Identity],
    units: Units,
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
            _take(cells, candidate, decision.way, units)
        else:
            _offer(cells, candidate, decision)


def _choice(candidate: Candidate) -> Choice:
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


def _take(cells: dict[str, Filled], candidate: Candidate, way: int, units: Units) -> None:
    chosen = candidate.ways[way].cells
    for form_cell, cell in zip(candidate.columns.order, chosen, strict=True):
        settled = cells[form_cell.ref].basis is not None
        basis: Basis = "label" if settled and candidate.placement.by_label else "solved"
        cells[form_cell.ref] = read_as(form_cell, cell, candidate.row, units, basis)


def _offer(cells: dict[str, Filled], candidate: Candidate, decision: Decision) -> None:
    """Show a reviewer the ways that the identities leave open, the likeliest first."""
    left = [decision.way, *sorted(decision.rivals)] if decision.way is not None else []
    for position, form_cell in enumerate(candidate.columns.order):
        doubtful = cells[form_cell.ref]
        texts = dict.fromkeys(
            candidate.ways[w].cells[position].text.strip() for w in left if w is not None
        )
        if not doubtful.accepted and len(texts) > 1:
            readings = tuple(Reading("division", t, 1 / len(texts)) for t in texts)
            cells[form_cell.ref] = replace(doubtful, readings=readings)
