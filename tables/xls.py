"""XLS workbooks (BIFF) and XML spreadsheets of 2003 to grids."""

from __future__ import annotations

import io
from typing import Any

import xlrd

from gouji.ocr.finding import DocumentError
from gouji.tables.grid import Document
from gouji.tables.limits import Limits
from gouji.tables.ooxml import parse_xml
from gouji.tables.sheets import NO_VALUE, Sheet, Workbook

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_X = "{urn:schemas-microsoft-com:office:excel}"
_NAMED = {
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Percent": "0.00%",
    "General Number": "General",
    "Short Date": "yyyy/m/d",
    "Long Date": "yyyy年m月d日",
}


def read_xls(data: bytes, limits: Limits) -> Document:
    """Read a workbook of Excel 5 to 2003, or of WPS; raises ``damaged``, ``encrypted``."""
    try:
        source = xlrd.open_workbook(
            file_contents=data, formatting_info=True, logfile=io.StringIO(), ragged_rows=True
        )
    except Exception as error:  # xlrd lets almost any exception out on damaged files
        code = "encrypted" if "encrypt" in str(error).lower() else "damaged"
        raise DocumentError(code) from error
    book = Workbook(limits, date1904=source.datemode == 1)
    for index in range(source.nsheets):
        sheet = source.sheet_by_index(index)
        if sheet.visibility:
            book.hidden_sheets.append(str(sheet.name))
        else:
            book.sheets.append(_sheet(book, source, sheet))
    return book.document()


def _sheet(book: Workbook, source: Any, sheet: Any) -> Sheet:
    found = Sheet(str(sheet.name))
    found.merges = [tuple(merge) for merge in sheet.merged_cells]
    found.hidden_rows = {row for row, info in sheet.rowinfo_map.items() if info.hidden}
    found.hidden_cols = {col for col, info in sheet.colinfo_map.items() if info.hidden}
    for row in range(sheet.nrows):
        for col in range(sheet.row_len(row)):
            cell = sheet.cell(row, col)
            xf = source.xf_list[cell.xf_index] if cell.xf_index is not None else None
            border = xf.border if xf is not None else None
            bordered = border is not None and any(
                getattr(border, f"{side}_line_style") for side in ("left", "right", "top", "bottom")
            )
            book.put(found, (row, col), _text(book, source, sheet, cell), bordered=bordered)
    return found


def _text(book: Workbook, source: Any, sheet: Any, cell: Any) -> str:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return ""
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return str(cell.value)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(cell.value, NO_VALUE))
    if cell.value == 0 and not sheet.show_zero_values:
        return ""
    key = source.xf_list[cell.xf_index].format_key
    found = source.format_map.get(key)
    return book.number(float(cell.value), found.format_str if found else "General")


def read_xml_spreadsheet(data: bytes, limits: Limits) -> Document:
    """Read an XML spreadsheet of 2003, which is often named ``.xls``; raises ``damaged``."""
    root = parse_xml(data, "")
    formats = {
        style.get(f"{_SS}ID", ""): fmt.get(f"{_SS}Format", "")
        for style in root.iter(f"{_SS}Style")
        for fmt in style.iter(f"{_SS}NumberFormat")
    }
    book = Workbook(limits)
    for worksheet in root.iter(f"{_SS}Worksheet"):
        name = worksheet.get(f"{_SS}Name", "")
        visible = worksheet.findtext(f"{_X}WorksheetOptions/{_X}Visible")
        if visible in ("SheetHidden", "SheetVeryHidden"):
            book.hidden_sheets.append(name)
            continue
        sheet = Sheet(name)
        row = -1
        for element in worksheet.iterfind(f"{_SS}Table/{_SS}Row"):
            row = _int(element.get(f"{_SS}Index"), row + 2) - 1
            _xml_row(book, sheet, row, element, formats)
            row += _int(element.get(f"{_SS}Span"), 0)
        book.sheets.append(sheet)
    return book.document()


def _xml_row(book: Workbook, sheet: Sheet, row: int, element: Any, formats: dict[str, str]) -> None:
    col = -1
    for cell in element.iterfind(f"{_SS}Cell"):
        col = _int(cell.get(f"{_SS}Index"), col + 2) - 1
        across, down = (_int(cell.get(_SS + name), 0) for name in ("MergeAcross", "MergeDown"))
        if across or down:
            sheet.merges.append((row, row + down + 1, col, col + across + 1))
        data = cell.find(f"{_SS}Data")
        text = "" if data is None else "".join(data.itertext())
        if data is not None and data.get(f"{_SS}Type") == "Number":
            code = formats.get(cell.get(f"{_SS}StyleID", ""), "")
            try:
                text = book.number(float(text), _NAMED.get(code, code))
            except ValueError as error:
                raise DocumentError("damaged") from error
        elif data is None and cell.get(f"{_SS}Formula"):
            book.without_value += 1
            text = NO_VALUE
        book.put(sheet, (row, col), text, bordered=False)
        col += across


def _int(written: str | None, default: int) -> int:
    return int(written) if written and written.isascii() and written.isdigit() else default
