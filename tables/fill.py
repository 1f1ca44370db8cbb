"""A located table → its cells: what stands at each place of the form, and why it is believed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median

from gouji.ocr.finding import Finding
from gouji.ocr.page import Box
from gouji.ocr.reader import Reading
from gouji.tables.align import Located
from gouji.tables.candidates import Candidate, candidates_of
from gouji.tables.evidence import NOTHING, Evidence, Seen
from gouji.tables.forms.form import Form, FormCell, FormTable, Identity
from gouji.tables.grid import Block, Cell, Grid, Place, is_drawn
from gouji.tables.identities import Figure
from gouji.tables.judge import Support, Verdict, judge
from gouji.tables.labels import core
from gouji.tables.measured import place_rate
from gouji.tables.numbers import MONEY_UNITS, parse, to_wan
from gouji.tables.placing import placed
from gouji.tables.proof import unproved
from gouji.tables.record import Basis, State
from gouji.tables.rows import Row
from gouji.tables.solve import Choice, Decision, solve
from gouji.tables.units import Units

_FIRST_DOUBTS = 5
_CLEAR = 0.9
_RIM = 1.0
"""Points from a wall of a cell within which nobody writes."""
_BESIDE = 0.15
"""Of a cell's width: walls no farther apart are one."""
_SMALL = 3
_MANY, _WIDER = 4, 1.6
"""So many cells show where a column is; one so many times wider than they spans others."""
_CHANGE = re.compile("增|减|新增")


@dataclass(frozen=True, slots=True)
class Filled:
    """A cell of the form as filled in. ``cell`` is None where the document has no such row.

    ``readings`` are the candidates of a cell in doubt, and what the readers saw of a scanned one
    (``seen``), and what speaks for it (``support``); ``confidence`` (0 to 1): how many such cells
    were right when it was measured.
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
    seen: Seen | None = None
    confidence: float = 1.0
    support: Support | None = None
    why: tuple[Finding, ...] = ()

    @property
    def figure(self) -> Figure:
        return Figure(self.value, self.state)

    @property
    def clear(self) -> bool:
        """Whether a scanned figure is likely to be right, and its place is not in doubt."""
        sure = max(self.confidence, self.support.share if self.support else 0.0)
        return self.support is not None and sure >= _CLEAR and not self.misplacing

    @property
    def misplacing(self) -> str:
        """The code of what speaks against its place; ``""`` if nothing does."""
        return self.why[0].code if self.why and self.why[0].code in _PLACE_DOUBTS else ""


_PLACE_DOUBTS = frozenset((
    "place_unproved", "grid_unproved", "figures_left", "placed_by_eye", "cells_lost",
    "figures_contested", "columns_unproved",
))  # fmt: skip
"""What speaks against the place of a figure, whatever it says."""


def fill(
    form: Form,
    located: Located,
    rows: Sequence[Row],
    blocks: Sequence[Block],
    evidence: Evidence = NOTHING,
) -> list[Filled]:
    """Every cell of the table, in the form's order."""
    candidates = placed(candidates_of(located, rows, blocks), located, rows)
    identities = form.identities_of(located.table)
    units = Units(located, rows, blocks)
    cells = {f.form.ref: f for candidate in candidates for f in _filled(candidate, units)}
    _settle(cells, [c for c in candidates if len(c.ways) > 1], identities, units)
    _weigh(cells, candidates, blocks, evidence, identities, units)
    for ref in _touching(candidates, cells, blocks):
        cells[ref] = replace(cells[ref], accepted=False, why=(Finding("touches_wall"),))
    figures = {ref: filled.figure for ref, filled in cells.items()}
    scanned = any(evidence.covers(cell.place.page) for row in rows for cell in row.cells)
    for refs, code in unproved(
        located, candidates, figures, identities, rows, blocks, scanned=scanned
    ):
        cells |= {ref: _displaced(cells[ref], code) for ref in refs}
    cells = {ref: _with_place(filled) for ref, filled in cells.items()}
    printed = _printed_labels(rows)
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


def _printed_labels(rows: Sequence[Row]) -> str:
    return "\n".join(core(cell.text) for row in rows for cell in row.labels)


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
            yield _read(form_cell, cell, candidate.row, units, basis)
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


def _read(form_cell: FormCell, cell: Cell, row: Row, units: Units, basis: Basis) -> Filled:
    """One cell with one reading: its number, its unit, its state."""
    number = parse(cell.text)
    base = Filled(form_cell, cell, number.state, note=number.note, basis=basis)
    if number.state == "text":
        return replace(base, accepted=False, why=(Finding("not_a_number", {"text": cell.text}),))
    if number.value is None:
        return base
    if not form_cell.signed and _CHANGE.match(cell.text.strip()):
        why = Finding("not_a_number", {"text": cell.text})
        return replace(base, state="text", accepted=False, why=(why,))
    if number.unit and (number.unit in MONEY_UNITS) != form_cell.money:
        why = Finding("unexpected_unit", {"unit": number.unit})
        return replace(base, state="text", accepted=False, why=(why,))
    unit, written, source = units.unit(form_cell, number, row)
    value = number.value
    if form_cell.money and unit is not None:
        value, unit = to_wan(value, unit), "万元"
    return replace(base, value=value, unit=unit, unit_written=written, unit_source=source)


# --- scanned cells -------------------------------------------------------------------------------


def _weigh(
    cells: dict[str, Filled],
    candidates: Sequence[Candidate],
    blocks: Sequence[Block],
    evidence: Evidence,
    identities: Sequence[Identity],
    units: Units,
) -> None:
    """Where a page is a scan: which readings to believe."""
    seen = _seen(cells, evidence)
    for ref in _unseen(candidates, cells, seen, evidence):
        cells[ref] = _displaced(cells[ref], "place_unproved")
    if not seen:
        return
    row_of = {ref: candidate.row for candidate in candidates for ref in candidate.refs}
    fixed = {
        ref: f.figure if f.accepted else Figure(None, "unreadable")
        for ref, f in cells.items() if ref not in seen
    }  # fmt: skip
    for ref, verdict in judge(seen, fixed, identities).items():
        judged = _judged(cells[ref], verdict, row_of[ref], units)
        cells[ref] = replace(judged, readings=seen[ref].readings, seen=seen[ref])
    read = [cells[ref] for ref in seen]
    under = frozenset(_under_labels(candidates, cells, blocks))
    drawn = [c.refs for c in candidates if is_drawn(blocks[c.row.block])]
    aside = (ref for ref in _aside(read, frozenset().union(*drawn)) if ref not in under)
    for ref in (*aside, *_off_line(read), *_bare(candidates, cells, seen)):
        cells[ref] = _displaced(cells[ref], "place_unproved")


def _displaced(filled: Filled, code: str) -> Filled:
    """In doubt because of its place; what else speaks against a scanned cell is told behind."""
    if not filled.accepted and filled.seen is None:
        return filled
    others = filled.why if not filled.accepted else ()
    return replace(filled, accepted=False, why=(Finding(code), *others))


def _with_place(filled: Filled) -> Filled:
    """A scanned cell with no more confidence than its place leaves: however surely a figure is
    read, it may be another cell's.
    """
    if filled.seen is None:
        return filled
    return replace(filled, confidence=min(filled.confidence, place_rate(filled.misplacing).right))


def _unseen(
    candidates: Sequence[Candidate],
    cells: Mapping[str, Filled],
    seen: Mapping[str, Seen],
    evidence: Evidence,
) -> Iterator[str]:
    """Cells of rows on a scan that have no box in which anything could be seen."""
    for candidate in candidates:
        if any(evidence.covers(cell.place.page) for cell in candidate.row.cells):
            yield from (r for r in candidate.refs if r not in seen and cells[r].accepted)


def _under_labels(
    candidates: Sequence[Candidate], cells: Mapping[str, Filled], blocks: Sequence[Block]
) -> Iterator[str]:
    """Cells that lie right below the label that tells which they are, and are as wide."""
    for candidate in candidates:
        block = blocks[candidate.row.block]
        heads = block.cells if isinstance(block, Grid) and candidate.columns.spans else ()
        for ref in candidate.refs if heads else ():
            cell = cells[ref].cell
            if cell and any(_lies_under(cell, head) for head in heads if head.row < cell.row):
                yield ref


def _lies_under(cell: Cell, head: Cell) -> bool:
    box, other = cell.place.box, head.place.box
    if box is None or other is None or (cell.col, cell.col_end) != (head.col, head.col_end):
        return False
    worded = parse(head.text).state == "text"
    return worded and max(abs(box.x0 - other.x0), abs(box.x1 - other.x1)) < _BESIDE * box.width


def _aside(cells: Sequence[Filled], drawn: Collection[str]) -> Iterator[str]:
    """Cells of a scan that stand aside of the others of their column, or are ``drawn`` much wider:
    a wall may not have been seen, and a row's figures be shifted, which its sum does not tell.
    """
    columns: dict[tuple[int | None, str], list[tuple[str, Box]]] = {}
    for filled in cells:
        place = filled.cell.place if filled.cell else Place()
        if place.box is not None and filled.form.column:
            group = columns.setdefault((place.page, filled.form.column), [])
            group.append((filled.form.ref, place.box))
    for group in columns.values():
        middle = median(box.center[0] for _, box in group)
        width = median(box.width for _, box in group)
        for ref, box in group if len(group) >= _MANY else ():
            wide = ref in drawn and box.width > _WIDER * width
            if wide or not box.x0 <= middle <= box.x1:
                yield ref


def _touching(
    candidates: Sequence[Candidate], cells: Mapping[str, Filled], blocks: Sequence[Block]
) -> Iterator[str]:
    """Scanned figures at a wall of their cell that no sum confirms: what is left of a worn wall
    looks like a digit to every reader.
    """
    for candidate in candidates:
        for ref in candidate.refs if is_drawn(blocks[candidate.row.block]) else ():
            filled = cells[ref]
            if filled.seen is None or filled.cell is None or filled.support is None:
                continue
            wall, ink = filled.cell.place.box, filled.seen.spot[1]
            written = filled.accepted and filled.support.readers != "ink"
            if wall is None or not written or filled.support.sums == "hold":
                continue
            if min(ink.x0 - wall.x0, wall.x1 - ink.x1) < _RIM:
                yield ref


def _off_line(cells: Sequence[Filled]) -> Iterator[str]:
    """Blank cells of a scan in which the figures of their row or column would not stand: what was
    taken for a wall may have parted them from their figure.
    """
    rows: dict[tuple[int, str], list[float]] = {}
    columns: dict[tuple[int, str], list[tuple[float, float]]] = {}
    for filled in cells:
        if filled.seen is not None and filled.state != "blank":
            page, ink = filled.seen.spot
            rows.setdefault((page, filled.form.row), []).append(ink.center[1])
            columns.setdefault((page, filled.form.column), []).append(ink.center)
    for filled in cells:
        box = filled.cell.place.box if filled.cell else None
        if filled.seen is None or box is None or filled.state != "blank":
            continue
        page, (x, y) = filled.seen.spot[0], box.center
        others = columns.get((page, filled.form.column), []) if filled.form.column else []
        across = median([at for at, line in others if not box.y0 <= line <= box.y1] or [x])
        down = median(rows.get((page, filled.form.row), [y]))
        if not (box.x0 <= across <= box.x1 and box.y0 <= down <= box.y1):
            yield filled.form.ref


def _bare(
    candidates: Sequence[Candidate], cells: Mapping[str, Filled], seen: Mapping[str, Seen]
) -> Iterator[str]:
    """The cells of a small table's rows in which nothing stands: a page break, or a row that was
    not seen, may have parted them from their figures.
    """
    for candidate in candidates if len(candidates) <= _SMALL else ():
        own = [ref for ref in candidate.refs if ref in seen]
        if own and all(cells[ref].state == "blank" for ref in own):
            yield from own


def _seen(cells: Mapping[str, Filled], evidence: Evidence) -> dict[str, Seen]:
    """What was seen of each cell of a scan; figures that stand in one box in their order."""
    boxes: dict[tuple[int, Box], list[str]] = {}
    for ref, filled in cells.items():
        place = filled.cell.place if filled.cell else Place()
        known = evidence.covers(place.page) and (filled.accepted or filled.state == "text")
        if known and place.page is not None and place.box is not None:
            boxes.setdefault((place.page, place.box), []).append(ref)
    return {
        ref: piece
        for (page, box), refs in boxes.items()
        for ref, piece in zip(refs, evidence.parts(page, box, len(refs)), strict=True)
    }


def _judged(filled: Filled, verdict: Verdict, row: Row, units: Units) -> Filled:
    if filled.cell is None or verdict.text is None:
        return replace(
            filled, state="unreadable", value=None, accepted=False, confidence=0.0,
            why=(verdict.why,),
        )  # fmt: skip
    basis = filled.basis if verdict.basis in (None, "label") else verdict.basis
    cell = replace(filled.cell, text=verdict.text)
    read = _read(filled.form, cell, row, units, basis or "label")
    expected = filled.form.unit_printed or filled.form.unit
    told = not filled.form.money or read.unit_written in (None, expected)
    return replace(
        read,
        accepted=read.accepted and verdict.accepted and told,
        confidence=verdict.confidence,
        support=verdict.support,
        why=(*read.why, verdict.why),
    )


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
        cells[form_cell.ref] = _read(form_cell, cell, candidate.row, units, basis)


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
