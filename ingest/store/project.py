"""Records → what the store keeps of them. Rows are always drawn from the whole record."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from gouji.ingest import doubts
from gouji.ingest.output import as_object
from gouji.ingest.store.model import CellRow, FindingRow, Reading, ReportRow, Rows, State

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from gouji.tables.record import FindingModel, Record, ReportModel

_WORST: tuple[State, ...] = ("failed", "needs_review", "clean", "no_report")


def reading_of(
    records: Sequence[Record], seconds: float = 0, known: Mapping[str, str] | None = None
) -> Reading:
    """What a worker hands to the store. A document's records are all of one version.

    ``known``: what is known about the document from elsewhere, its ``meta``.
    """
    from gouji.ingest.store.facts import filled

    settled = [filled(record, known or {}, "zh") for record in records]
    version = records[0].gouji.version
    return Reading(pack(records), rows_of(settled), version, seconds, known or {})


def pack(records: Sequence[Record]) -> bytes:
    """The records of a document as compressed JSON."""
    plain = [as_object(record) for record in records]
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "replace"), 6)


def unpack(data: bytes) -> list[Record]:
    """The records of a document again."""
    return list(_unpacked(data))


@lru_cache(maxsize=4)
def _unpacked(data: bytes) -> tuple[Record, ...]:
    """Remembered, because a decision is followed by drawing rows and then the page."""
    return tuple(_records().validate_json(zlib.decompress(data)))


@cache
def _records() -> TypeAdapter[list[Record]]:
    from pydantic import TypeAdapter

    from gouji.tables.record import Record

    return TypeAdapter(list[Record])


def rows_of(records: Sequence[Record]) -> Rows:
    """What is listed of a document's records; its state is that of the worst."""
    found = {record.status for record in records}
    state = next(status for status in _WORST if status in found)
    failed = (r.findings[0].code for r in records if r.status == "failed" and r.findings)
    return Rows(
        state=state,
        code=next(failed, None),
        reports=tuple(_report(place, record) for place, record in enumerate(records)),
        findings=tuple(
            chain.from_iterable(_findings(place, record) for place, record in enumerate(records))
        ),
    )


def text(value: str) -> str:
    """Text that every database holds: no half characters, no NUL."""
    return value.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def finding_row(place: int | None, finding: FindingModel) -> FindingRow:
    """A finding as it is listed; its words are made again in the language of who asks."""
    arguments = json.dumps(finding.arguments, ensure_ascii=True)
    refs = text(" ".join(finding.refs))
    return FindingRow(place, finding.code, finding.severity, text(arguments), refs, finding.page)


def _findings(place: int, record: Record) -> Iterator[FindingRow]:
    return (finding_row(place, finding) for finding in record.findings)


def _report(place: int, record: Record) -> ReportRow:
    report = record.report
    cells = tuple(_cells(record))
    return ReportRow(
        place=place,
        status=record.status,
        agency=text(report.agency) if report and report.agency else None,
        year=report.year if report else None,
        region_code=report.region_code if report else None,
        scope=report.scope if report else None,
        published=_printed(report, "publish_date"),
        signed=_printed(report, "signed_date"),
        figures=_digest(cells),
        cells=cells,
        settles=doubts.settles(record),
        kinds=doubts.kinds_in(record),
    )


def _printed(report: ReportModel | None, name: str) -> str | None:
    """A date that the document itself gives, not one that is known from elsewhere."""
    date: str | None = getattr(report, name) if report and name in report.found else None
    return date


def _cells(record: Record) -> Iterator[CellRow]:
    for cell, (table, ref) in zip(record.cells, places(record), strict=True):
        edition = record.tables[cell.table].edition
        yield CellRow(
            edition, table, text(ref), cell.value, cell.state, cell.accepted, cell.basis
        )  # fmt: skip


def places(record: Record) -> Iterator[tuple[str, str]]:
    """The table and the name of each cell; a name that comes again ends in ``#2``, ``#3`` …"""
    seen: Counter[tuple[int, str]] = Counter()
    for cell in record.cells:
        seen[cell.table, cell.ref] += 1
        again = seen[cell.table, cell.ref]
        yield record.tables[cell.table].id, cell.ref if again == 1 else f"{cell.ref}#{again}"


def _digest(cells: Sequence[CellRow]) -> str | None:
    if not cells or not all(cell.accepted for cell in cells):
        return None
    told = sorted(
        (c.edition, c.table, c.ref, c.state if c.value is None else f"{c.value.normalize():f}")
        for c in cells
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()
