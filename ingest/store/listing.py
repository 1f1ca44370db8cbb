"""What was read of a document, written into the tables in place of what stood there."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, exists, or_, select, tuple_

from gouji.ingest.store import schema
from gouji.ingest.store.decisions import decisions_of, opinions_of
from gouji.ingest.store.journal import insert_once, now, put
from gouji.ingest.store.model import CellRow, Document, FindingRow, Reading, ReportRow
from gouji.ingest.store.project import rows_of, unpack
from gouji.ingest.store.settle import settled

_Name = tuple[str, str, str]


class Refs:
    """The numbers under which the store keeps the names of cells, remembered.

    Those met in a transaction are remembered only once it has succeeded.
    """

    def __init__(self) -> None:
        self._known: dict[_Name, int] = {}
        self._fresh: dict[_Name, int] = {}

    def forget(self) -> None:
        """A transaction begins; the one before may have failed."""
        self._fresh = {}

    def keep(self) -> None:
        """The transaction has succeeded."""
        # Names that agencies made up come in any number, and seldom again.
        self._known.update((n, i) for n, i in self._fresh.items() if not n[2].startswith("x."))

    def of(self, connection: Connection, cells: Iterable[CellRow]) -> dict[_Name, int]:
        """The number of each cell's name; new names get one."""
        wanted = {(cell.edition, cell.table, cell.ref) for cell in cells}
        missing = wanted - self._known.keys() - self._fresh.keys()
        if missing:
            found = _look_up(connection, missing)
            if new := missing - found.keys():
                for name in sorted(new):
                    values = dict(zip(("edition", "table_id", "ref"), name, strict=True))
                    insert_once(connection, schema.refs, values)
                found |= _look_up(connection, new)  # another process may have been first
            self._fresh |= found
        known = self._known | self._fresh
        return {name: known[name] for name in wanted}


def _look_up(connection: Connection, names: Iterable[_Name]) -> dict[_Name, int]:
    table = schema.refs
    columns = table.c.edition, table.c.table_id, table.c.ref
    rows = connection.execute(
        select(table.c.id, *columns).where(tuple_(*columns).in_(sorted(names)))
    )
    return {(row.edition, row.table_id, row.ref): row.id for row in rows}


def put_reading(connection: Connection, refs: Refs, document: Document, reading: Reading) -> None:
    """The reading of a document, with all that is drawn from it."""
    values = {"document": document.id, "version": reading.version, "at": now(),
              "seconds": reading.seconds, "data": reading.data}  # fmt: skip
    put(connection, schema.readings, values)
    put_reports(connection, refs, document.id, reading.rows.reports)
    put_findings(connection, document.id, reading.rows.findings)
    if _more_counts(connection, document, reading.known):
        redraw(connection, refs, document.id)


def _more_counts(connection: Connection, document: Document, known: Mapping[str, str]) -> bool:
    """Whether more is known about a document by now, or anybody ever said anything about it."""
    table = schema.documents
    decided, heard = (exists().where(one.c.sha256 == document.sha256)
                      for one in (schema.decisions, schema.opinions))  # fmt: skip
    query = select(table.c.meta, or_(decided, heard).label("said"))
    row = connection.execute(query.where(table.c.id == document.id)).one()
    return bool(row.said) or json.loads(row.meta) != known


def redraw(connection: Connection, refs: Refs, document: int) -> None:
    """Draw the rows of a document anew, and its state with them, unless an attempt at it failed or
    somebody wants to have it read again.
    """
    table = schema.documents
    query = select(table.c.sha256, table.c.state, table.c.meta, schema.readings.c.data)
    row = connection.execute(query.join(schema.readings).where(table.c.id == document)).first()
    if row is None:
        return
    made, said = decisions_of(connection, row.sha256), opinions_of(connection, row.sha256)
    rows = rows_of(settled(unpack(row.data), made, said, json.loads(row.meta), "zh"))
    put_reports(connection, refs, document, rows.reports)
    if row.state != "failed":
        put_findings(connection, document, rows.findings)
        change = table.update().where(table.c.id == document, table.c.state != "waiting")
        connection.execute(change.values(state=rows.state))


def put_reports(
    connection: Connection, refs: Refs, document: int, found: Sequence[ReportRow]
) -> None:
    """The reports of a document, with their cells. A report keeps its number in the store."""
    table = schema.reports
    old = table.delete().where(table.c.document == document).returning(table.c.place, table.c.id)
    known = {row.place: {"id": row.id} for row in connection.execute(old)}
    numbers = refs.of(connection, (cell for report in found for cell in report.cells))
    for report in found:
        values = _report(document, report) | known.get(report.place, {})
        key = connection.execute(table.insert(), values).inserted_primary_key
        if report.cells and key:
            made = [_cell(key[0], n, cell, numbers) for n, cell in enumerate(report.cells)]
            connection.execute(schema.cells.insert(), made)


def put_findings(connection: Connection, document: int, found: Sequence[FindingRow]) -> None:
    """The findings about a document."""
    table = schema.findings
    connection.execute(table.delete().where(table.c.document == document))
    if found:
        connection.execute(
            table.insert(),
            [
                {"document": document, "number": number, "place": row.place, "code": row.code,
                 "severity": row.severity, "arguments": row.arguments, "refs": row.refs,
                 "page": row.page}
                for number, row in enumerate(found)
            ],
        )  # fmt: skip


def agency_key(agency: str | None) -> str | None:
    """An agency's name as it is compared: without blanks, in one form of each character."""
    return "".join(unicodedata.normalize("NFKC", agency).split()) if agency else None


def _report(document: int, report: ReportRow) -> dict[str, object]:
    accepted = sum(cell.accepted for cell in report.cells)
    return {
        "document": document, "place": report.place, "status": report.status,
        "agency": report.agency, "agency_key": agency_key(report.agency), "year": report.year,
        "region_code": report.region_code, "scope": report.scope,
        "published": report.published, "signed": report.signed, "figures": report.figures,
        "accepted": accepted, "doubts": len(report.cells) - accepted,
        "settles": report.settles, "kinds": "".join(f" {kind} " for kind in report.kinds),
    }  # fmt: skip


def _cell(report: int, number: int, cell: CellRow, numbers: dict[_Name, int]) -> dict[str, object]:
    return {
        "report": report, "number": number, "ref": numbers[cell.edition, cell.table, cell.ref],
        "value": cell.value, "state": cell.state, "accepted": cell.accepted, "basis": cell.basis,
    }  # fmt: skip
