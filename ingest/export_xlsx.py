"""Records → a workbook: contents, a sheet for each report in the form's shape, findings,
figures of the text, codebook.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from gouji.ingest import codebook
from gouji.ingest.export_rows import clean
from gouji.ingest.export_sheet import DOUBTFUL, FINDING, title_of, write_report
from gouji.ingest.messages import Language
from gouji.ingest.summary import state_of, strict_results
from gouji.ingest.texts import say
from gouji.ingest.wording import words
from gouji.ingest.xlsx_cells import Look, dress, height_of, plain, put_number, put_text
from gouji.tables.record import Record

REPORTS_A_BOOK = 200
"""Reports in one workbook; more go on in another, for the memory of those who open it."""

_NAME_LENGTH = 31
_HEAD = Look(size=10, bold=True, fill="D9D9D9")
_BODY = Look(size=10, horizontal="left")
_CHARACTER = 5.25
"""Points of a column for each unit of its width."""
_TALLEST = 400.0
_Value = str | int | Decimal | None


def books(records: Iterable[Record]) -> Iterator[list[Record]]:
    """The records shared out over as many workbooks as they need; at least one."""
    going = iter(records)
    yield list(islice(going, REPORTS_A_BOOK))
    while part := list(islice(going, REPORTS_A_BOOK)):
        yield part


def write_xlsx(handle: BinaryIO, records: Sequence[Record], language: Language) -> None:
    """One workbook, byte for byte the same for the same records."""
    book = Workbook()
    contents = book.active
    if not isinstance(contents, Worksheet):
        raise TypeError("a new workbook has no sheet")
    others = ("contents", "findings", "statements", "codebook")
    named = [words(key, language) for key in others]
    contents.title = named[0]
    names = sheet_names(records, named)
    for record, name in zip(records, names, strict=True):
        if name:
            write_report(book.create_sheet(name), record, language)
    _contents(contents, records, names, language)
    _findings(book.create_sheet(named[1]), records, language)
    _statements(book.create_sheet(named[2]), records, language)
    _codebook(book.create_sheet(named[3]), records, language)
    _save(book, handle)


def sheet_names(records: Iterable[Record], taken: Sequence[str] = ()) -> list[str | None]:
    """A valid name for each report's sheet, unlike any other; None where there is no report."""
    used = {name.casefold() for name in (*taken, "history")}
    names: list[str | None] = []
    for record in records:
        if record.report is None:
            names.append(None)
            continue
        name = _unused(_sheet_name(record), used)
        used.add(name.casefold())
        names.append(name)
    return names


def _sheet_name(record: Record) -> str:
    report = record.report
    agency = (report.agency if report else None) or Path(record.source.file).stem
    year = report.year if report else None
    text = f"{year} {agency}" if year else agency
    text = re.sub(r"[\[\]:*?/\\\s]+", " ", clean(text)).strip(" '")
    return _cut(text, _NAME_LENGTH) or words("report", "zh")


def _unused(name: str, used: set[str]) -> str:
    number, unique = 1, name
    while unique.casefold() in used:
        number += 1
        mark = f" ({number})"
        unique = _cut(name, _NAME_LENGTH - len(mark)) + mark
    return unique


def _cut(text: str, units: int) -> str:
    """At most so many UTF-16 units, which is what Excel counts."""
    while len(text.encode("utf-16-le")) > 2 * units:
        text = text[:-1]
    return text.strip(" '")


# --- lists --------------------------------------------------------------------------------------


def _contents(
    sheet: Worksheet, records: Sequence[Record], names: Sequence[str | None], language: Language
) -> None:
    keys = ("document", "report", "agency", "year", "region_code", "editions", "status",
            "accepted", "doubtful", "held", "broken", "sheet")  # fmt: skip
    _head(sheet, keys, (28, 36, 24, 7, 10, 12, 12, 8, 8, 10, 10, 30), language)
    for row, (record, name) in enumerate(zip(records, names, strict=True), start=2):
        _row(sheet, row, _summary(record, name, language))
        if name:
            last = plain(sheet.cell(row, len(keys)))
            place = name.replace("'", "''")
            last.hyperlink = Hyperlink(ref=last.coordinate, location=f"'{place}'!A1")
            dress(last, Look(size=10, horizontal="left", colour="0563C1"))
        _colour(sheet, row, record)


def _summary(record: Record, name: str | None, language: Language) -> list[_Value]:
    report = record.report
    results = Counter(strict_results(record))
    return [
        record.source.file,
        title_of(record) if report else record.findings[0].message if record.findings else "",
        report.agency if report else None,
        report.year if report else None,
        report.region_code if report else None,
        " ".join(dict.fromkeys(table.edition for table in record.tables)),
        say(f"status.{state_of(record)}", language),
        sum(cell.accepted for cell in record.cells),
        sum(not cell.accepted for cell in record.cells),
        results["pass"] + results["pass_blank_as_zero"],
        results["fail"],
        name,
    ]


def _colour(sheet: Worksheet, row: int, record: Record) -> None:
    if any(not cell.accepted for cell in record.cells):
        dress(plain(sheet.cell(row, 9)), Look(size=10, horizontal="left", fill=DOUBTFUL))
    if "fail" in strict_results(record):
        dress(plain(sheet.cell(row, 11)), Look(size=10, horizontal="left", fill=FINDING))


def _findings(sheet: Worksheet, records: Sequence[Record], language: Language) -> None:
    keys = ("document", "agency", "year", "severity", "code", "message", "places", "page")
    _head(sheet, keys, (28, 24, 7, 8, 24, 60, 50, 6), language)
    row = 2
    for record in records:
        editions = {cell.ref: record.tables[cell.table].edition for cell in record.cells}
        for finding in record.findings:
            known = [ref for ref in finding.refs if ref in editions]
            places = [codebook.label_of(editions[ref], ref) for ref in known]
            about = [say(f"severity.{finding.severity}", language), finding.code, finding.message]
            _row(sheet, row, [*_whose(record), *about, "；".join(places), finding.page])
            row += 1


def _statements(sheet: Worksheet, records: Sequence[Record], language: Language) -> None:
    keys = ("document", "agency", "year", "place", "code", "value", "kind", "quote", "page")
    _head(sheet, keys, (28, 24, 7, 36, 30, 12, 9, 60, 6), language)
    row = 2
    for record in records:
        known = [t.edition for t in record.tables]
        for stated in record.statements:
            label = next(
                (codebook.labels(e)[stated.ref] for e in known if stated.ref in codebook.labels(e)),
                "",
            )
            about = [stated.value, words(stated.kind, language), stated.quote, stated.page]
            _row(sheet, row, [*_whose(record), label, stated.ref, *about])
            row += 1


def _whose(record: Record) -> list[_Value]:
    report = record.report
    return [
        record.source.file,
        report.agency if report else None,
        report.year if report else None,
    ]


def _codebook(sheet: Worksheet, records: Sequence[Record], language: Language) -> None:
    _head(sheet, codebook.FIELDS, (9, 10, 40, 36, 60, 7, 26, 12, 60), language, "codebook")
    rows = codebook.as_rows(codebook.entries_of(records, language))
    for number, texts in enumerate(rows, start=2):
        _row(sheet, number, texts)


def _head(
    sheet: Worksheet,
    keys: Sequence[str],
    widths: Sequence[int],
    language: Language,
    group: str = "text",
) -> None:
    for number, (key, width) in enumerate(zip(keys, widths, strict=True), start=1):
        cell = plain(sheet.cell(1, number))
        put_text(cell, words(key, language, group))
        dress(cell, _HEAD)
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(keys))}1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _row(sheet: Worksheet, row: int, values: Sequence[_Value]) -> None:
    height = 0.0
    for number, value in enumerate(values, start=1):
        cell = plain(sheet.cell(row, number))
        width = sheet.column_dimensions[get_column_letter(number)].width
        height = max(height, height_of(str(value or ""), _BODY.size, width * _CHARACTER))
        if isinstance(value, int | Decimal):
            put_number(cell, Decimal(value))
        elif value:
            put_text(cell, value)
        dress(cell, _BODY)
    sheet.row_dimensions[row].height = min(height, _TALLEST)


# --- saving -------------------------------------------------------------------------------------


class _TimelessZip(ZipFile):
    """A ZIP whose members carry no date."""

    def writestr(self, zinfo_or_arcname: str | ZipInfo, data: Any, *_: Any, **__: Any) -> None:
        info = ZipInfo(str(zinfo_or_arcname))
        info.compress_type = ZIP_DEFLATED
        super().writestr(info, data)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        self.writestr(str(arcname or filename), Path(filename).read_bytes())


def _save(book: Workbook, handle: BinaryIO) -> None:
    """Without the time of writing, so that the same records give the same file."""
    book.properties.creator = "gouji"
    book.properties.created = book.properties.modified = datetime(2000, 1, 1)
    ExcelWriter(book, _TimelessZip(handle, "w")).save()
