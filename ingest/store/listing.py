"""What was read of a document, written into the tables in place of what stood there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select, tuple_

from gouji.ingest.store import schema
from gouji.ingest.store.journal import now
from gouji.ingest.store.model import CellRow, Document, FindingRow, Reading, ReportRow, Rows

_Name = tuple[str, str, str]


class Refs:
    """The numbers under which the store keeps the names of cells, remembered.

    Those given in a transaction count only once it has succeeded: then call ``keep``.
    """

    def __init__(self) -> None:
        self._known: dict[_Name, int] = {}
        self._fresh: dict[_Name, int] = {}

    def keep(self) -> None:
        """What was given lately is in the store now."""
        # Names that agencies made up come in any number, and seldom again.
        self._known.update((n, i) for n, i in self._fresh.items() if not n[2].startswith("x."))
        self._fresh = {}

    def of(self, connection: Connection, cells: Iterable[CellRow]) -> dict[_Name, int]:
        """The number of each cell's name; new names get one."""
        table = schema.refs
        wanted = {(cell.edition, cell.table, cell.ref) for cell in cells}
        self._fresh = {}
        missing = wanted - self._known.keys()
        if missing:
            self._fresh = _look_up(connection, missing)
            for name in sorted(missing - self._fresh.keys()):
                values = dict(zip(("edition", "table_id", "ref"), name, strict=True))
                key = connection.execute(table.insert().values(values)).inserted_primary_key
                self._fresh[name] = key[0] if key else 0
        return {**{n: self._known[n] for n in wanted - missing}, **self._fresh}


def _look_up(connection: Connection, names: Iterable[_Name]) -> dict[_Name, int]:
    table = schema.refs
    columns = table.c.edition, table.c.table_id, table.c.ref
    rows = connection.execute(
        select(table.c.id, *columns).where(tuple_(*columns).in_(sorted(names)))
    )
    return {(row.edition, row.table_id, row.ref): row.id for row in rows}


def put_reading(connection: Connection, refs: Refs, document: Document, reading: Reading) -> None:
    """The reading of a document, with all that is drawn from it."""
    table = schema.readings
    connection.execute(table.delete().where(table.c.document == document.id))
    values = {"document": document.id, "version": reading.version, "at": now(),
              "seconds": reading.seconds, "data": reading.data}  # fmt: skip
    connection.execute(table.insert().values(values))
    put_rows(connection, refs, document.id, reading.rows)


def put_rows(connection: Connection, refs: Refs, document: int, rows: Rows) -> None:
    """The reports, cells and findings of a document."""
    put_findings(connection, document, rows.findings)
    table = schema.reports
    connection.execute(table.delete().where(table.c.document == document))
    numbers = refs.of(connection, (cell for report in rows.reports for cell in report.cells))
    for report in rows.reports:
        key = connection.execute(table.insert().values(_report(document, report)))
        if report.cells and key.inserted_primary_key:
            made = [_cell(key.inserted_primary_key[0], number, cell, numbers)
                    for number, cell in enumerate(report.cells)]  # fmt: skip
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
    }  # fmt: skip


def _cell(report: int, number: int, cell: CellRow, numbers: dict[_Name, int]) -> dict[str, object]:
    return {
        "report": report, "number": number, "ref": numbers[cell.edition, cell.table, cell.ref],
        "value": cell.value, "state": cell.state, "accepted": cell.accepted, "basis": cell.basis,
    }  # fmt: skip
