"""A record as it was read → as it counts: with what people decided and what is known elsewhere.

What was read stays in the store as it was; this is drawn from it anew whenever it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gouji.ingest.messages import Language
from gouji.ingest.store.facts import filled
from gouji.ingest.store.project import places
from gouji.ingest.told import reasons, told
from gouji.ocr.finding import Finding
from gouji.tables.forms.form import FormTable, Identity, load
from gouji.tables.identities import Figure, evaluate
from gouji.tables.record import CellModel, FindingModel, IdentityModel, Record, State

_OF_CELLS = ("row_missing", "one_figure_explains")
_OF_TABLES = ("table_missing", "table_unread")
_OF_TEXT = "statement_differs_from_table"
Place = tuple[str, str]
"""A cell of a report: its table and its name, with ``#2`` … where the name comes again."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a cell.

    ``sha256``, ``place``, ``table`` and ``ref`` say which: of which document, which report of it,
    which cell. ``read`` is what the program had read there then, ``seconds`` how long the person
    took. A decision that ``undoes`` another decides nothing itself; ``of``: the one, about another
    document, that it repeats for this.
    """

    uid: str
    sha256: str
    place: int
    table: str
    ref: str
    read: str | None
    value: Decimal | None
    state: State
    by: str
    at: str
    seconds: float | None = None
    undoes: str | None = None
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a second person said about a cell without seeing what it counted as, and whether it
    ``agrees`` with that.
    """

    place: int
    table: str
    ref: str
    value: Decimal | None
    state: State
    agrees: bool


def in_force(decisions: Iterable[Decision]) -> dict[tuple[int, str, str], Decision]:
    """The decision that holds for each cell: the last that was not undone."""
    ordered = sorted(decisions, key=lambda d: (d.at, d.uid))
    undone = {d.undoes for d in ordered}
    return {
        (d.place, d.table, d.ref): d for d in ordered if not d.undoes and d.uid not in undone
    }  # fmt: skip


def settled(
    records: Sequence[Record],
    decisions: Iterable[Decision],
    opinions: Sequence[Opinion],
    known: Mapping[str, str],
    language: Language,
) -> list[Record]:
    """The records of a document as they count; ``known`` is what is known about it elsewhere."""
    held = in_force(decisions)
    made = []
    for place, record in enumerate(records):
        own = {(t, ref): d for (p, t, ref), d in held.items() if p == place}
        heard = _heard(record, [o for o in opinions if o.place == place], own, language)
        made.append(filled(_decided(heard, own, language), known, language))
    return made


def _heard(
    record: Record, opinions: Iterable[Opinion], own: Mapping[Place, Decision], language: Language
) -> Record:
    """The record with the cells in doubt that an opinion contradicts and nobody has decided."""
    said = [(o, (o.table, o.ref)) for o in opinions if (o.table, o.ref) not in own]
    if not said:
        return record
    found = dict(zip(places(record), record.cells, strict=True))
    against = {place for o, place in said if place in found and _contradicts(o, found[place])}
    if not against:
        return record
    why = reasons([Finding("opinion_differs")], language)
    cells = tuple(
        cell.model_copy(update={"accepted": False, "why": (*cell.why, *why)})
        if place in against else cell for place, cell in found.items()
    )  # fmt: skip
    return record.model_copy(update={"cells": cells, "status": "needs_review"})


def _contradicts(opinion: Opinion, cell: CellModel) -> bool:
    """Whether it says otherwise than the program does; in a cell in doubt, than what was held to
    stand there, which sums must not settle again.
    """
    if not cell.accepted:
        return not opinion.agrees
    return (opinion.value, opinion.state) != (cell.value, cell.state)


def _decided(record: Record, own: Mapping[Place, Decision], language: Language) -> Record:
    if not own:
        return record
    from gouji.ingest.store.resolve import resolved  # loads much, and is seldom needed

    found = dict(zip(places(record), record.cells, strict=True))
    cells = tuple(
        _as_decided(cell, own[place]) if place in own else cell for place, cell in found.items()
    )
    decided = {(cell.table, cell.ref) for place, cell in found.items() if place in own}
    cells = resolved(record.model_copy(update={"cells": cells}), decided, language).cells
    lost = [Finding("decision_lost", {"cell": ref, "by": d.by, "decided": _shown(d)})
            for (table, ref), d in own.items() if (table, ref) not in found]  # fmt: skip
    other = [_otherwise(d, found[place]) for place, d in own.items()
             if place in found and _differs(d, found[place])]  # fmt: skip
    sums = _sums(record, cells)
    told_anew = [s.finding for s in sums if s.finding]
    told_anew += [*_absent(record, cells), *_said_otherwise(record, cells)]
    status = record.status
    if status in ("clean", "needs_review") and cells:
        status = "clean" if all(cell.accepted for cell in cells) else "needs_review"
    return record.model_copy(update={
        "cells": cells, "identities": tuple(s.identity for s in sums), "status": status,
        "findings": (
            *(f for f in _still_true(record, cells, own, sums) if f.code != _OF_TEXT),
            *told((*told_anew, *lost, *other), language),
        ),
    })  # fmt: skip


def _as_decided(cell: CellModel, decision: Decision) -> CellModel:
    return cell.model_copy(update={
        "value": decision.value, "state": decision.state, "accepted": True,
        "basis": "reviewed", "confidence": 1.0, "why": (),
    })  # fmt: skip


def _differs(decision: Decision, cell: CellModel) -> bool:
    """Whether the program now reads, and believes, something that the person did not see."""
    read = (cell.value, cell.state) != (decision.value, decision.state)
    return cell.accepted and read and cell.written != decision.read


def _otherwise(decision: Decision, cell: CellModel) -> Finding:
    arguments = {"cell": decision.ref, "by": decision.by, "decided": _shown(decision),
                 "read": cell.written or ""}  # fmt: skip
    return Finding("decided_otherwise", arguments, (cell.ref,))


def _shown(decision: Decision) -> str:
    return decision.state if decision.value is None else format(decision.value, "f")


@dataclass(frozen=True, slots=True)
class _Sum:
    """An identity with the figures that count now; if it comes out otherwise than before, it has
    ``changed``, and where it fails ``finding`` tells it.
    """

    identity: IdentityModel
    changed: bool = False
    finding: Finding | None = None


def _sums(record: Record, cells: Sequence[CellModel]) -> list[_Sum]:
    """The identities of a record, evaluated again on the cells that count now."""
    known: dict[tuple[str, str, tuple[str, ...]], tuple[FormTable, Identity, _Own]] = {}
    for form, its in _tables(record, cells):
        own = {c.ref: (Figure(c.value, c.state), c.page) for c in reversed(its)}
        for one in load(form.edition).identities_of(form):
            if own.keys() >= set(one.refs):
                known.setdefault((one.id, one.at, one.refs), (form, one, own))
    found = ((known.get((i.id, i.at, i.cells)), i) for i in record.identities)
    return [_evaluated(*known_as, i) if known_as else _Sum(i) for known_as, i in found]


_Own = Mapping[str, tuple[Figure, int | None]]
"""The figures of a table that count, and the pages they stand on."""


def _evaluated(form: FormTable, known: Identity, own: _Own, identity: IdentityModel) -> _Sum:
    from gouji.tables.findings import failure, result_of  # loads much, and is seldom needed

    figures = {ref: own[ref][0] for ref in known.refs}
    outcome = evaluate(known, figures)
    if (outcome.result, outcome.difference) == (identity.result, identity.difference):
        return _Sum(identity)
    change = {"result": outcome.result, "difference": outcome.difference}
    page = next((own[ref][1] for ref in result_of(known)), None)
    finding = failure(form, outcome, figures, page) if outcome.result == "fail" else None
    return _Sum(identity.model_copy(update=change), True, finding)


def _said_otherwise(record: Record, cells: Sequence[CellModel]) -> list[Finding]:
    """Where the text says other figures than the tables, as they count now."""
    if not record.statements:
        return []
    from gouji.tables.grid import Place as InSource
    from gouji.tables.narrative import Statement
    from gouji.tables.narrative_check import against_tables

    said = [Statement(s.ref, s.value, "", s.kind, s.quote, InSource(page=s.page))
            for s in record.statements]  # fmt: skip
    return against_tables(said, {c.ref: c.value for c in cells if c.accepted})


def _still_true(
    record: Record, cells: Sequence[CellModel], own: Mapping[Place, Decision],
    sums: Iterable[_Sum],
) -> list[FindingModel]:  # fmt: skip
    """The findings but for those about sums that come out otherwise now, about decided cells that
    these sums, or a missing row, had put in question, and about tables that people have gone
    through.
    """
    changed = [(s.identity.id, set(s.identity.cells)) for s in sums if s.changed]
    decided = {ref for _, ref in own}
    gone_through = [form.heading for form, own in _tables(record, cells)
                    if all(cell.accepted for cell in own)]  # fmt: skip

    def settled_by_now(finding: FindingModel) -> bool:
        refs = set(finding.refs)
        name = finding.arguments.get("identity")
        if finding.code in _OF_TABLES:
            return any(str(finding.arguments.get("table")) in heading for heading in gone_through)
        if finding.code in _OF_CELLS:
            return bool(refs) and refs <= decided
        return any(name == one and refs <= cells for one, cells in changed)

    return [finding for finding in record.findings if not settled_by_now(finding)]


def _absent(record: Record, cells: Sequence[CellModel]) -> Iterator[Finding]:
    """Of the tables that the program did not find those of which people say the same."""
    for finding in record.findings:
        named = str(finding.arguments.get("table"))
        for form, own in _tables(record, cells) if finding.code in _OF_TABLES else ():
            if named in form.heading and all(c.accepted and c.state == "missing_row" for c in own):
                yield Finding("table_missing", {"table": named})


def _tables(
    record: Record, cells: Sequence[CellModel]
) -> Iterator[tuple[FormTable, list[CellModel]]]:
    """The tables of a record, each with its cells."""
    for number, table in enumerate(record.tables):
        form = next(form for form in load(table.edition).tables if form.id == table.id)
        yield form, [cell for cell in cells if cell.table == number]
