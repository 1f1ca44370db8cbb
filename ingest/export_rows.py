"""Records → plain rows: one for each cell, report, finding and statement; and their CSV."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from io import TextIOWrapper
from typing import BinaryIO

from gouji.ingest.codebook import label_of
from gouji.ingest.wording import section
from gouji.tables.forms.form import editions, load
from gouji.tables.record import CellModel, Record

Value = str | int | float | bool | Decimal | None
Row = dict[str, Value]

COLUMNS = tuple(k for k, w in section("columns").items() if w.get("only") != "parquet")

NOT_APPLICABLE, NOT_VOUCHED, NOT_THERE = "N/A", "NULL", "NA"
"""What stands in the wide table where there is no figure; a printed blank is empty."""

_STARTS_FORMULA = tuple("=+-@'")
_UNSEEN = re.compile(r"[\s\ufeff\u200b-\u200f\u2060]*")
_NUMBER = re.compile(r"[+\-＋－]?[0-9０-９][0-9０-９,，]*([.．][0-9０-９]+)?")


def clean(text: str) -> str:
    """Text that every format can hold: without half characters and control characters."""
    return "".join("�" if _unfit(char) else char for char in text)


def _unfit(char: str) -> bool:
    kind = unicodedata.category(char)
    return kind == "Cs" or (kind == "Cc" and char not in "\t\r\n") or char in "\ufffe\uffff"


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula: with an apostrophe before it if it might be."""
    plain = unicodedata.normalize("NFKC", text)
    start = _UNSEEN.sub("", plain, count=1)
    risky = plain.startswith(("\t", "\r", "\n")) or start.startswith(_STARTS_FORMULA)
    return f"'{text}" if risky and not _NUMBER.fullmatch(text) else text


# --- a row for each cell ------------------------------------------------------------------------


def long_rows(records: Iterable[Record]) -> Iterator[Row]:
    """A row for each cell, with the columns of ``COLUMNS``; figures stay ``Decimal``."""
    for record in records:
        codes = _codes_by_ref(record)
        for cell in record.cells:
            row = {**_identity(record), **_cell(record, cell), "findings": codes[cell.ref]}
            yield {name: row[name] for name in COLUMNS}


def _codes_by_ref(record: Record) -> Mapping[str, str]:
    codes: defaultdict[str, list[str]] = defaultdict(list)
    for finding in record.findings:
        for ref in finding.refs:
            if finding.code not in codes[ref]:
                codes[ref].append(finding.code)
    return defaultdict(str, {ref: " ".join(found) for ref, found in codes.items()})


def _identity(record: Record) -> Row:
    report = record.report
    return {
        "document": record.source.file,
        "sha256": record.source.sha256,
        "report": report.index if report else None,
        "agency": report.agency if report else None,
        "year": report.year if report else None,
        "region_code": report.region_code if report else None,
    }


def _cell(record: Record, cell: CellModel) -> Row:
    table = record.tables[cell.table]
    row, _, column = cell.ref.partition("@")
    x0, y0, x1, y1 = cell.box or (None, None, None, None)
    return {
        "edition": table.edition, "table": table.id, "row": row, "column": column,
        "ref": cell.ref, "label": label_of(table.edition, cell.ref),
        "value": cell.value, "unit": cell.unit, "written": cell.written,
        "unit_written": cell.unit_written, "unit_source": cell.unit_source,
        "note": cell.note, "state": cell.state, "accepted": cell.accepted, "basis": cell.basis,
        "page": cell.page, "x0": x0, "y0": y0, "x1": x1, "y1": y1,
        "line": cell.at.line if cell.at else None,
        "start": cell.at.start if cell.at else None,
        "end": cell.at.end if cell.at else None,
        "why": cell.reason,
        "relation": getattr(cell, "relation", None),
        "mapped_from": getattr(cell, "mapped_from", None),
    }  # fmt: skip


# --- a row for each report ----------------------------------------------------------------------


def wide_table(
    records: Iterable[Record], include_doubtful: bool
) -> tuple[list[str], Iterator[Row]]:
    """The columns and the rows of the wide table: a column for each ref that occurs.

    Goes through the records twice.
    """
    present: set[tuple[str, str]] = set()
    occurring: dict[str, None] = {}
    units: defaultdict[str, set[str | None]] = defaultdict(set)
    head: list[str] = []
    for record in records:
        head = head or list(_report(record))
        present.update((table.edition, table.id) for table in record.tables)
        for ref, cell in _by_ref(record).items():
            occurring[ref] = None
            if cell.value is not None:
                units[ref].add(cell.unit)
    with_unit = _with_unit(units)
    refs = list(dict.fromkeys([*_known_refs(present), *occurring]))
    columns = [c for ref in refs for c in ((ref, f"{ref}#unit") if ref in with_unit else (ref,))]
    rows = (
        {**_report(record), **_figures(_by_ref(record), refs, with_unit, include_doubtful)}
        for record in records
    )
    return head + columns, rows


def _by_ref(record: Record) -> dict[str, CellModel]:
    """The cells by name; rows of one name are told apart by ``#2``, ``#3`` …"""
    seen: Counter[str] = Counter()
    cells: dict[str, CellModel] = {}
    for cell in record.cells:
        seen[cell.ref] += 1
        cells[cell.ref if seen[cell.ref] == 1 else f"{cell.ref}#{seen[cell.ref]}"] = cell
    return cells


def _with_unit(units: Mapping[str, set[str | None]]) -> set[str]:
    """The refs whose figures need their unit beside them: money, and where units differ."""
    money = {c.ref for e in editions() for t in load(e).tables for c in t.cells if c.money}
    return {ref for ref in units.keys() | money if ref in money or len(units[ref]) > 1}


def _known_refs(present: set[tuple[str, str]]) -> Iterator[str]:
    """The refs of the forms in printed order, newest edition first."""
    for edition in editions():
        for table in load(edition).tables:
            if (edition, table.id) in present:
                yield from (cell.ref for cell in table.cells)


def _report(record: Record) -> Row:
    report = record.report
    names = ("title", "agency_type", "level", "scope", "region",
             "period_start", "period_end", "publish_date")  # fmt: skip
    results = Counter(identity.result for identity in record.identities)
    return {
        **_identity(record),
        **{name: getattr(report, name) if report else None for name in names},
        "editions": " ".join(f"{t.id}={t.edition}" for t in record.tables),
        "status": record.status,
        "accepted": sum(cell.accepted for cell in record.cells),
        "doubtful": sum(not cell.accepted for cell in record.cells),
        "identities_held": results["pass"] + results["pass_blank_as_zero"],
        "identities_failed": results["fail"],
        "doubtful_refs": " ".join(ref for ref, c in _by_ref(record).items() if not c.accepted),
        "approximate_refs": " ".join(
            ref
            for ref, c in _by_ref(record).items()
            if getattr(c, "relation", None) == "approximate"
        ),
        "findings": " ".join(dict.fromkeys(finding.code for finding in record.findings)),
    }


def _figures(
    cells: Mapping[str, CellModel],
    refs: Sequence[str],
    with_unit: set[str],
    include_doubtful: bool,
) -> Row:
    row: Row = {}
    for ref in refs:
        cell = cells.get(ref)
        row[ref] = _figure(cell, include_doubtful)
        if ref in with_unit:
            row[f"{ref}#unit"] = cell.unit if cell and isinstance(row[ref], Decimal) else None
    return row


def _figure(cell: CellModel | None, include_doubtful: bool) -> Value:
    if cell is None or (cell.accepted and cell.state == "missing_row"):
        return NOT_THERE
    if not cell.accepted and not (include_doubtful and cell.value is not None):
        return NOT_VOUCHED
    if cell.value is not None:
        return cell.value
    return {"blank": "", "not_applicable": NOT_APPLICABLE}.get(cell.state, NOT_VOUCHED)


# --- findings and statements --------------------------------------------------------------------


def finding_rows(records: Iterable[Record]) -> Iterator[Row]:
    """A row for each finding, those of documents that could not be read among them."""
    for record in records:
        for finding in record.findings:
            yield {
                **_identity(record),
                "severity": finding.severity,
                "code": finding.code,
                "message": finding.message,
                "refs": " ".join(finding.refs),
                "page": finding.page,
            }


def statement_rows(records: Iterable[Record]) -> Iterator[Row]:
    """A row for each figure stated in a sentence."""
    for record in records:
        for stated in record.statements:
            yield {
                **_identity(record),
                "ref": stated.ref,
                "value": stated.value,
                "kind": stated.kind,
                "quote": stated.quote,
                "page": stated.page,
                "line": stated.at.line if stated.at else None,
            }


FINDING_COLUMNS = (
    "document", "sha256", "report", "agency", "year", "region_code",
    "severity", "code", "message", "refs", "page",
)  # fmt: skip
DOCUMENT_COLUMNS = (
    "document", "sha256", "report", "agency", "year", "region_code", "scope", "status", "code",
    "relation", "related", "related_report", "names", "kind", "size", "attempts", "version",
    "address", "retrieved", "facts",
)  # fmt: skip
STATEMENT_COLUMNS = (
    "document", "sha256", "report", "agency", "year", "region_code",
    "ref", "value", "kind", "quote", "page", "line",
)  # fmt: skip


# --- CSV ----------------------------------------------------------------------------------------


def write_csv(handle: BinaryIO, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """UTF-8 with BOM, as Excel in China wants it, and safe to open there."""
    text = TextIOWrapper(handle, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([harmless(clean(name)) for name in columns])
    for row in rows:
        writer.writerow([_text(row[name]) for name in columns])
    text.detach()


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return "" if value is None else harmless(clean(str(value)))
