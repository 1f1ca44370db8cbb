"""Sheets of cells to grids: what XLSX, XLS and XML spreadsheets have in common."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field

from gouji.ocr.finding import DocumentError, Finding
from gouji.tables.flow import lay_table
from gouji.tables.grid import Block, Document, Line, Place
from gouji.tables.limits import Limits
from gouji.tables.number_format import show
from gouji.tables.spans import Spanned

NO_VALUE = "#FORMULA"  # a formula whose result the file does not hold
_DEFAULT_NAME = re.compile(r"(?:sheet|工作表|表)\s*\d*", re.I)
_MAX_EMPTY = 10
_BLANK = " \t\r\n\xa0\u3000"

Slot = tuple[int, int]


@dataclass(slots=True)
class Sheet:
    """A sheet: what its cells display, by row and column from 0.

    ``merges`` are half open: row, row end, column, column end. ``bordered`` are cells with a
    border: they belong to a table though nothing may stand in them.
    """

    name: str
    texts: dict[Slot, str] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    bordered: set[Slot] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_cols: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Workbook:
    """A workbook on its way: its limits, its displayed sheets, and what was noticed."""

    limits: Limits
    date1904: bool = False
    sheets: list[Sheet] = field(default_factory=list)
    hidden_sheets: list[str] = field(default_factory=list)
    without_value: int = 0
    rounded: int = 0
    struck: int = 0
    hidden: int = 0
    _cells: int = 0

    def put(
        self, sheet: Sheet, slot: Slot, text: str, *, bordered: bool, struck: bool = False
    ) -> None:
        """Put what a cell displays into a sheet, nothing if that is struck out; raises
        ``too_many_cells``.
        """
        text = text.strip(_BLANK)
        if not text and not bordered:
            return
        if text and struck:
            self.struck += 1
            text = ""
        self._cells += 1
        if self._cells > self.limits.cells or slot[1] >= self.limits.columns:
            raise DocumentError(
                "too_many_cells", columns=self.limits.columns, cells=self.limits.cells
            )
        if text:
            sheet.texts[slot] = text
        if bordered:
            sheet.bordered.add(slot)

    def number(self, value: float, code: str) -> str:
        """What a number displays; counts those that the display rounds."""
        shown = show(value, code, date1904=self.date1904)
        self.rounded += shown.rounded
        return shown.text

    def document(self) -> Document:
        """A grid a sheet, after a line with the sheet's name where it has one of its own."""
        blocks: list[Block] = []
        line = 1
        for sheet in self.sheets:
            self.hidden += _leave_out_hidden(sheet)
            cells = _cells(sheet, self.limits)
            if not cells:
                continue
            if not _DEFAULT_NAME.fullmatch(sheet.name.strip()):
                name = " ".join(sheet.name.split())
                blocks.append(Line(name, Place(line=line, start=0, end=len(name))))
                line += 1
            if max(cell.col_end for cell in cells) == 1:
                lines = [text for cell in cells for text in cell.content if text]
                blocks += _lines(lines, line)
                line += len(lines)
            else:
                grid = lay_table(cells, line, "markup")
                blocks.append(grid)
                line += grid.n_rows
        return Document(tuple(blocks), findings=tuple(self._findings()))

    def _findings(self) -> Iterable[Finding]:
        if self.hidden_sheets:
            names = "、".join(self.hidden_sheets[:20])
            yield Finding("hidden_sheets", {"count": len(self.hidden_sheets), "names": names})
        if self.hidden:
            yield Finding("hidden_cells", {"count": self.hidden})
        if self.struck:
            yield Finding("text_struck_out", {"count": self.struck})
        if self.without_value:
            yield Finding("formula_without_value", {"count": self.without_value})
        if self.rounded:
            yield Finding("display_rounded", {"count": self.rounded})


def _lines(texts: list[str], line: int) -> list[Line]:
    return [
        Line(text, Place(line=line + number, start=0, end=len(text)))
        for number, text in enumerate(texts)
    ]


def _cells(sheet: Sheet, limits: Limits) -> list[Spanned[list[str]]]:
    """The cells of the used range, empty ones too, without long gaps of rows or columns."""
    if not sheet.texts:
        return []
    used = sheet.texts.keys() | _near(sheet)
    rows = [row for row in _axis({slot[0] for slot in used}) if row not in sheet.hidden_rows]
    cols = [col for col in _axis({slot[1] for slot in used}) if col not in sheet.hidden_cols]
    if len(rows) * len(cols) > limits.cells:
        raise DocumentError("too_many_cells", columns=limits.columns, cells=limits.cells)
    spans, covered = _spans(sheet, rows, cols)
    cells: list[Spanned[list[str]]] = []
    for row_index, row in enumerate(rows):
        for col_index, col in enumerate(cols):
            if (row, col) in covered:
                continue
            height, width = spans.get((row, col), (1, 1))
            text = sheet.texts.get((row, col), "")
            lines = [part.strip(_BLANK) for part in re.split(r"[\r\n]+", text)]
            cells.append(
                Spanned(row_index, col_index, row_index + height, col_index + width, lines)
            )
    return cells


def _leave_out_hidden(sheet: Sheet) -> int:
    """Take out of the sheet what stands in hidden rows and columns; returns how many cells.

    A merged cell stays displayed where the rest of it is.
    """

    def hidden(slot: Slot) -> bool:
        return slot[0] in sheet.hidden_rows or slot[1] in sheet.hidden_cols

    for number, (top, bottom, left, right) in enumerate(sheet.merges):
        row = next((r for r in range(top, bottom) if r not in sheet.hidden_rows), top)
        col = next((c for c in range(left, right) if c not in sheet.hidden_cols), left)
        if (row, col) != (top, left):
            sheet.merges[number] = (row, bottom, col, right)
            sheet.texts[row, col] = sheet.texts.pop((top, left), "")
    gone = [slot for slot in sheet.texts if hidden(slot)]
    for slot in gone:
        del sheet.texts[slot]
    sheet.bordered = {slot for slot in sheet.bordered if not hidden(slot)}
    return len(gone)


def _near(sheet: Sheet) -> set[Slot]:
    """Bordered cells of the table, not the rest of a sheet whose every cell has a border."""
    if not sheet.texts:
        return set()
    bottom = max(row for row, _ in sheet.texts) + 2
    right = max(col for _, col in sheet.texts) + 2
    return {slot for slot in sheet.bordered if slot[0] < bottom and slot[1] < right}


def _axis(used: set[int]) -> list[int]:
    """The rows, or columns, from the first used to the last; of a long gap nothing."""
    axis: list[int] = []
    for index in sorted(used):
        if axis and index - axis[-1] - 1 <= _MAX_EMPTY:
            axis.extend(range(axis[-1] + 1, index))
        axis.append(index)
    return axis


def _spans(sheet: Sheet, rows: list[int], cols: list[int]) -> tuple[dict[Slot, Slot], set[Slot]]:
    """Height and width of each merged cell, and the slots that these cover.

    A merge that overlaps an earlier one is left out: no program would display it.
    """
    spans: dict[Slot, Slot] = {}
    covered: set[Slot] = set()
    for top, bottom, left, right in sorted(sheet.merges):
        inner_rows = rows[bisect_left(rows, top) : bisect_left(rows, bottom)]
        inner_cols = cols[bisect_left(cols, left) : bisect_left(cols, right)]
        if inner_rows[:1] != [top] or inner_cols[:1] != [left]:
            continue
        if any(
            (row, col) in covered or (row, col) in spans for row in inner_rows for col in inner_cols
        ):
            continue
        covered.update((row, col) for row in inner_rows for col in inner_cols)
        covered.discard((top, left))
        spans[top, left] = (len(inner_rows), len(inner_cols))
    return spans, covered
