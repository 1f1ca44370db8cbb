"""Writing single cells of a workbook: text that stays text, numbers that stay exact, looks."""

from __future__ import annotations

import math
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from weakref import WeakKeyDictionary

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet
from wcwidth import wcswidth

from gouji.ingest.export_rows import clean, harmless

DIGITS = 15
"""Significant digits that a spreadsheet holds exactly."""

SONG, HEI = "宋体", "黑体"
_LINE = 1.35
_PADDING = 4.0
_LONGEST_COMMENT = 900


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks. ``fill`` is a colour as RRGGBB, ``size`` in points."""

    size: float = 9
    bold: bool = False
    font: str = SONG
    horizontal: str = "center"
    fill: str | None = None
    border: bool = True
    vertical: bool = False
    indent: int = 0
    shrink: bool = False
    colour: str | None = None


_STYLES: WeakKeyDictionary[object, dict[Look, StyleArray]] = WeakKeyDictionary()
"""The looks already made in each workbook: openpyxl compares every new one with all others."""


def dress(cell: Cell, look: Look) -> None:
    """Give a cell its font, alignment, border and colour; its number format stays."""
    made = _STYLES.setdefault(cell.parent.parent, {})
    if look not in made:
        sample = Cell(cell.parent, 1, 1)
        _make(sample, look)
        made[look] = _style_of(sample)
    style, before = copy(made[look]), _style_of(cell)
    style.numFmtId, style.quotePrefix = before.numFmtId, before.quotePrefix
    cell._style = style  # type: ignore[attr-defined]


def _style_of(cell: Cell) -> StyleArray:
    style: StyleArray | None = cell._style  # type: ignore[attr-defined]
    return StyleArray() if style is None else style


def _make(cell: Cell, look: Look) -> None:
    cell.font = Font(name=look.font, size=look.size, bold=look.bold, color=look.colour)
    cell.alignment = Alignment(
        horizontal=look.horizontal,
        vertical="center",
        wrap_text=not look.shrink and not look.vertical,
        shrink_to_fit=look.shrink,
        text_rotation=255 if look.vertical else 0,
        indent=look.indent,
    )
    if look.border:
        side = Side(style="thin", color="000000")
        cell.border = Border(left=side, right=side, top=side, bottom=side)
    if look.fill:
        cell.fill = PatternFill("solid", start_color=look.fill)


def put_text(cell: Cell, text: str) -> None:
    """Write text as text, whatever it begins with."""
    cell.value = clean(text)
    cell.data_type = "s"
    if harmless(text) != text:
        cell.quotePrefix = True


def put_number(cell: Cell, value: Decimal, unit: str = "") -> bool:
    """Write a figure with all its digits; False if it had to be text for their number.

    ``unit`` is shown behind the number and is no part of it.
    """
    text = format(value, "f")
    if len(text.lstrip("-").replace(".", "").lstrip("0")) > DIGITS:
        put_text(cell, text + unit)
        return False
    cell.value = text
    cell.data_type = "n"
    places = len(text.partition(".")[2])
    suffix = f'"{unit}"' if unit else ""
    cell.number_format = "0" + ("." + "0" * places if places else "") + suffix
    return True


def put_comment(cell: Cell, lines: list[str]) -> None:
    """Attach a comment, large enough to be read."""
    text = clean("\n".join(lines))[:_LONGEST_COMMENT]
    rows = sum(math.ceil(max(wcswidth(line), 1) / 36) for line in text.split("\n"))
    cell.comment = Comment(text, "gouji", height=24 + 18 * rows, width=280)


def block(sheet: Worksheet, row: int, col: int, rows: int, cols: int, look: Look) -> None:
    """Give a block of cells, counted from 1, one look, and merge it if it is more than one."""
    for cells in sheet.iter_rows(row, row + rows - 1, col, col + cols - 1):
        for cell in cells:
            dress(plain(cell), look)
    if rows > 1 or cols > 1:
        # Not merge_cells, which works out the border of every cell anew.
        sheet.merged_cells.add(CellRange(None, col, row, col + cols - 1, row + rows - 1))


def plain(cell: Cell | MergedCell) -> Cell:
    """The cell itself; ``TypeError`` if it is covered by a merged one."""
    if not isinstance(cell, Cell):
        raise TypeError(f"{cell.coordinate} is part of a merged cell")
    return cell


def height_of(text: str, size: float, width: float) -> float:
    """The height in points that text takes in a cell of ``width`` points."""
    each = max(1, int((width - _PADDING) / (size / 2)))
    lines = sum(math.ceil(max(wcswidth(clean(line)), 1) / each) for line in text.split("\n"))
    return lines * size * _LINE + _PADDING
