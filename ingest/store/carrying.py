"""A decision holds for the same report in another document too, where the cell was read alike.

A cell is asked for anew only when source and reading have both changed. So an entry about one
document is repeated for every other that has a report of the same agency, region, year and scope,
if the program read the same in that cell, is in doubt there too, and no figure beside it differs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Connection, select

from gouji.ingest.store import listing
from gouji.ingest.store.decisions import decisions_of, put
from gouji.ingest.store.journal import log, now
from gouji.ingest.store.kin import others
from gouji.ingest.store.project import places, unpack
from gouji.ingest.store.schema import cells, documents, readings, refs
from gouji.ingest.store.settle import Decision, Place, in_force
from gouji.tables.forms.form import load
from gouji.tables.record import CellModel, Record

_Said = tuple[Decimal | None, str]


def carry_onward(connection: Connection, numbers: listing.Refs, sha256: str) -> None:
    """What was decided about a document, or undone, holds for the others of its reports; what they
    say, for itself.
    """
    document = connection.scalar(select(documents.c.id).where(documents.c.sha256 == sha256))
    if document is not None:
        found = {row.document for row in others(connection, document)}
        for one in (*sorted(found), *([document] if found else ())):
            carry(connection, numbers, one)


def carry(connection: Connection, numbers: listing.Refs, document: int) -> None:
    """What was decided about others of its reports holds for a document; what was undone there, or
    decided otherwise in two of them, no longer does.
    """
    wanted: dict[tuple[int, str, str], list[Decision]] = {}
    gone: set[str] = set()
    rows = [(row, decisions_of(connection, row.sha256)) for row in others(connection, document)]
    rows = [(row, made) for row, made in rows if made]
    if not rows:
        return
    query = select(documents.c.sha256, readings.c.data).join(readings)
    own = connection.execute(query.where(documents.c.id == document)).one()
    records, entries = unpack(own.data), decisions_of(connection, own.sha256)
    for row, made in rows:
        gone |= {entry.undoes for entry in made if entry.undoes}
        held = {(t, ref): d for (p, t, ref), d in in_force(made).items()
                if p == row.other_place and d.of is None}  # fmt: skip
        there = _accepted(connection, row.report)
        for place, one in _alike(records[row.place], held, there):
            wanted.setdefault((row.place, *place), []).append(one)
    made = [*_fresh(own.sha256, wanted, entries), *_back(wanted, gone, entries)]
    if made:
        put(connection, made)
        listing.redraw(connection, numbers, document)
        state = connection.scalar(select(documents.c.state).where(documents.c.id == document))
        for entry in made:
            detail = {"uid": entry.uid, "state": state}
            log(connection, "carried", entry.sha256, detail, entry.by)


def _accepted(connection: Connection, report: int) -> dict[tuple[str, str, str], _Said]:
    """What a report says for certain: edition, table and name of each cell."""
    query = select(refs, cells.c.value, cells.c.state).select_from(cells.join(refs))
    rows = connection.execute(query.where(cells.c.report == report, cells.c.accepted))
    return {(row.edition, row.table_id, row.ref): (row.value, row.state) for row in rows}


def _alike(
    record: Record, held: Mapping[Place, Decision], there: Mapping[tuple[str, str, str], _Said]
) -> Iterator[tuple[Place, Decision]]:
    """The decisions that hold for a record, with their cells."""
    found = dict(zip(places(record), record.cells, strict=True))
    for place, decision in held.items():
        cell = found.get(place)
        if cell is None or cell.accepted or not cell.written or cell.written != decision.read:
            continue
        edition, table = record.tables[cell.table].edition, place[0]
        near = {(table, one): there.get((edition, table, one)) for one in _near(edition, *place)}
        differs = (_differs(found[one], said) for one, said in near.items() if one in found)
        if (edition, *place) in there and not any(differs):
            yield place, decision


def _near(edition: str, table: str, ref: str) -> set[str]:
    """The cells of the sums in which a cell stands; of its table, if it stands in none."""
    form = next(form for form in load(edition).tables if form.id == table)
    sums = (set(i.refs) for i in load(edition).identities_of(form) if ref in i.refs)
    return set[str]().union(*sums) or {cell.ref for cell in form.cells}


def _differs(cell: CellModel, said: _Said | None) -> bool:
    return cell.accepted and said is not None and (cell.value, cell.state) != said


def _fresh(
    sha256: str, wanted: Mapping[tuple[int, str, str], Sequence[Decision]],
    entries: Sequence[Decision],
) -> Iterator[Decision]:  # fmt: skip
    """Entries to add: of cells about which nobody has decided in this document itself."""
    held, known = in_force(entries), {entry.uid for entry in entries}
    for (place, table, ref), found in wanted.items():
        first, before = found[0], held.get((place, table, ref))
        uid = uuid5(NAMESPACE_OID, f"{first.uid} {sha256} {place}").hex
        said = {(one.value, one.state) for one in found}
        mine = before is not None and (before.of is None or {(before.value, before.state)} == said)
        if len(said) == 1 and not mine and uid not in known:
            yield replace(first, uid=uid, sha256=sha256, place=place, at=now(), seconds=None,
                          of=first.uid)  # fmt: skip


def _back(
    wanted: Mapping[tuple[int, str, str], Sequence[Decision]], gone: Collection[str],
    entries: Sequence[Decision],
) -> Iterator[Decision]:  # fmt: skip
    """Entries that take others back: those whose source was undone or is contradicted."""
    for place, entry in in_force(entries).items():
        found = wanted.get(place, ())
        disputed = len({(one.value, one.state) for one in found}) > 1
        if entry.of and (disputed or entry.of in gone):
            uid = uuid5(NAMESPACE_OID, f"undo {entry.uid}").hex
            yield replace(entry, uid=uid, at=now(), seconds=None, undoes=entry.uid, of=None)
