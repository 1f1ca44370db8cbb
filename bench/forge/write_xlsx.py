"""Writes a document's text and tables as a workbook, the usual attached table."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Border, Font, Side

from .model import Cell, Document, Paragraph, Table

NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{0,6}[1-9])?")
SIDES: dict[str, tuple[Any, Any]] = {
    "full": ("medium", "medium"),
    "thin": ("thin", "thin"),
    "horizontal": ("thin", None),
    "none": (None, None),
}


def write_xlsx(document: Document, path: Path) -> None:
    """One sheet, or one for each table; figures as numbers or as text, as the style says."""
    rng = Random(str(document.style))
    document.style.setdefault("sheets", rng.random() < 0.3)
    document.style.setdefault("typed", rng.random() < 0.6)
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = "年度报告"
    line = 1
    for block in document.blocks:
        if isinstance(block, Paragraph):
            sheet.cell(line, 1, block.text)
            line += 1
            continue
        if document.style["sheets"] and line > 1:
            sheet, line = book.create_sheet(f"表{len(book.sheetnames)}"), 1
        line = _table(sheet, line, block, document) + 2
    book.save(path)


def _table(sheet: Any, first: int, table: Table, document: Document) -> int:
    """Writes a table from line ``first``; returns the line after it."""
    for index, anchors in enumerate(table.anchors()):
        for column, cell in anchors:
            place = sheet.cell(first + index, column + 1)
            place.value = _value(cell, document)
            place.alignment = Alignment(
                horizontal="center", vertical="center", wrap_text=True, textRotation=0
            )
            place.font = Font(name="宋体", size=document.style["size_table"])
            place.border = _border(document.style["border"])
            if cell.rows > 1 or cell.cols > 1:
                sheet.merge_cells(
                    start_row=first + index,
                    start_column=column + 1,
                    end_row=first + index + cell.rows - 1,
                    end_column=column + cell.cols,
                )
    return first + len(table.rows)


def _value(cell: Cell, document: Document) -> str | int | float | None:
    """A number only where the sheet shows it as it is written."""
    if not document.style["typed"] or cell.role not in ("value", "filler"):
        return cell.text or None
    if not NUMBER.fullmatch(cell.text):
        return cell.text or None
    return float(cell.text) if "." in cell.text else int(cell.text)


def _border(name: str) -> Border:
    across, down = (Side(style=style) if style else Side() for style in SIDES[name])
    return Border(top=across, bottom=across, left=down, right=down)
