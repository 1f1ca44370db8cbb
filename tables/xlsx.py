"""XLSX workbooks to grids: what the cells display, with the results the file holds."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from gouji.ocr.finding import DocumentError
from gouji.tables.grid import Document
from gouji.tables.limits import Limits
from gouji.tables.number_format import BUILTIN
from gouji.tables.ooxml import Package, has_document_type, usual_namespaces
from gouji.tables.sheets import NO_VALUE, Sheet, Slot, Workbook

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MAX_MERGES = 100_000


def read_xlsx(data: bytes, limits: Limits) -> Document:
    """Read a workbook; hidden sheets are left out, which is a finding.

    A formula whose result the file does not hold reads ``#FORMULA``. Raises ``damaged``,
    ``too_large``, ``too_many_cells``.
    """
    package = Package.open(data, limits)
    main = package.main()
    root = package.xml(main)
    if root is None:
        raise DocumentError("damaged", part=main)
    related = {name: (kind, part) for name, kind, part in package.related(main)}
    parts = dict(related.values())
    properties = root.find(f"{S}workbookPr")
    book = Workbook(limits)
    book.date1904 = properties is not None and properties.get("date1904") in ("1", "true")
    strings = _strings(package.xml(parts.get("sharedStrings", "")))
    styles = _styles(package.xml(parts.get("styles", "")))
    for element in root.iter(f"{S}sheet"):
        kind, part = related.get(element.get(_ID, ""), ("", ""))
        if kind != "worksheet":
            continue
        name = element.get("name", "")
        if element.get("state", "visible") != "visible":
            book.hidden_sheets.append(name)
            continue
        content = package.data(part)
        if content is None:
            raise DocumentError("damaged", part=part)
        _SheetReader(book, Sheet(name), strings, styles).read(content, part)
    return book.document()


@dataclass(frozen=True, slots=True)
class _Style:
    """What a cell's style says: its number format, whether it has a border, and whether its text
    is struck out.
    """

    code: str = "General"
    bordered: bool = False
    struck: bool = False


@dataclass(slots=True)
class _SheetReader:
    book: Workbook
    sheet: Sheet
    strings: list[str]
    styles: list[_Style]
    zeros: bool = True
    row: int = -1
    col: int = -1

    def read(self, data: bytes, part: str) -> None:
        """Read a sheet as a stream, so that a large one does not stand in memory as a tree."""
        try:
            self._read(usual_namespaces(data))
        except (etree.XMLSyntaxError, ValueError) as error:
            raise DocumentError("damaged", part=part) from error
        self.book.sheets.append(self.sheet)

    def _read(self, data: bytes) -> None:
        events = etree.iterparse(
            io.BytesIO(data),
            events=("start", "end"),
            tag=[S + name for name in ("row", "c", "mergeCell", "col", "sheetView")],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
        )
        for event, element in events:
            if event == "start":
                if element.tag == S + "row":
                    self._start_row(element)
                continue
            self._end(element)
            if element.tag == S + "row":
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
        if events.root.tag != S + "worksheet" or has_document_type(events.root):
            raise ValueError("no worksheet")

    def _start_row(self, row: etree._Element) -> None:
        written = row.get("r", "")
        self.row = int(written) - 1 if written.isascii() and written.isdigit() else self.row + 1
        self.col = -1
        if row.get("hidden") in ("1", "true") or row.get("ht") == "0":
            self.sheet.hidden_rows.add(self.row)

    def _end(self, element: etree._Element) -> None:
        if element.tag == S + "c":
            self._cell(element)
        elif element.tag == S + "mergeCell":
            corners = [_slot(corner) for corner in element.get("ref", "").split(":")]
            if len(corners) == 2 and None not in corners and len(self.sheet.merges) < _MAX_MERGES:
                (top, left), (bottom, right) = (corner or (0, 0) for corner in corners)
                self.sheet.merges.append((top, bottom + 1, left, right + 1))
        elif element.tag == S + "col" and (
            element.get("hidden") in ("1", "true") or element.get("width") == "0"
        ):
            first, last = int(element.get("min", "1")), int(element.get("max", "1"))
            self.sheet.hidden_cols.update(range(first - 1, min(last, 16_384)))
        elif element.tag == S + "sheetView":
            self.zeros = element.get("showZeros") not in ("0", "false")

    def _cell(self, cell: etree._Element) -> None:
        slot = _slot(cell.get("r", "")) or (max(self.row, 0), self.col + 1)
        self.col = slot[1]
        index = cell.get("s", "0")
        number = int(index) if index.isascii() and index.isdigit() else 0
        style = self.styles[number] if number < len(self.styles) else _Style()
        self.book.put(
            self.sheet, slot, self._text(cell, style), bordered=style.bordered, struck=style.struck
        )

    def _text(self, cell: etree._Element, style: _Style) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return _rich(cell.find(f"{S}is"))
        value = cell.findtext(f"{S}v") or ""
        if not value:
            if cell.find(f"{S}f") is None or kind == "str":
                return ""
            self.book.without_value += 1
            return NO_VALUE
        if kind == "s":
            index = int(value)
            return self.strings[index] if 0 <= index < len(self.strings) else NO_VALUE
        if kind == "b":
            return "TRUE" if value == "1" else "FALSE"
        if kind != "n":
            return _unescape(value)
        figure = float(value)
        if figure == 0 and not self.zeros:
            return ""
        return self.book.number(figure, style.code)


def _slot(reference: str) -> Slot | None:
    found = _REFERENCE.fullmatch(reference)
    if not found:
        return None
    col = 0
    for letter in found[1]:
        col = col * 26 + ord(letter) - 64
    return int(found[2]) - 1, col - 1


def _strings(root: etree._Element | None) -> list[str]:
    return [] if root is None else [_rich(item) for item in root.iter(f"{S}si")]


def _rich(item: etree._Element | None) -> str:
    """A string's runs together, without the readings that East Asian files may hold beside it."""
    if item is None:
        return ""
    return _unescape("".join(_runs(item)))


def _runs(item: etree._Element) -> Iterator[str]:
    for child in item:
        if child.tag == S + "t":
            yield child.text or ""
        elif child.tag == S + "r" and not _is_struck(child.find(f"{S}rPr")):
            yield from _runs(child)


def _unescape(text: str) -> str:
    return _ESCAPED.sub(_character, text)


def _character(escaped: re.Match[str]) -> str:
    code = int(escaped[1], 16)
    return "" if (code < 32 and code not in (9, 10)) or 0xD800 <= code < 0xE000 else chr(code)


def _styles(root: etree._Element | None) -> list[_Style]:
    if root is None:
        return []
    codes = dict(BUILTIN)
    for element in root.iter(f"{S}numFmt"):
        codes[_int(element.get("numFmtId"))] = element.get("formatCode", "")
    borders = [
        any(side.get("style", "none") != "none" for side in border)
        for border in root.iterfind(f"{S}borders/{S}border")
    ]
    struck = [_is_struck(font) for font in root.iterfind(f"{S}fonts/{S}font")]
    found: list[_Style] = []
    for xf in root.iterfind(f"{S}cellXfs/{S}xf"):
        border = _int(xf.get("borderId"))
        bordered = border < len(borders) and borders[border]
        font = _int(xf.get("fontId"))
        crossed = font < len(struck) and struck[font]
        found.append(_Style(codes.get(_int(xf.get("numFmtId")), "General"), bordered, crossed))
    return found


def _is_struck(font: etree._Element | None) -> bool:
    strike = font.find(f"{S}strike") if font is not None else None
    return strike is not None and strike.get("val") not in ("0", "false")


def _int(written: str | None) -> int:
    return int(written) if written and written.isascii() and written.isdigit() else 0
