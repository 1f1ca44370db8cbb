"""Cells with row and column spans to places in a grid, as browsers do it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from gouji.ocr.finding import DocumentError

Content = TypeVar("Content")
_MAX_COLSPAN = 1_000  # as in the HTML standard
_MAX_ROWSPAN = 65_534


@dataclass(slots=True)
class Spanned(Generic[Content]):
    """A cell on its way: half-open rows and columns from 0, and whatever stands in it."""

    row: int
    col: int
    row_end: int
    col_end: int
    content: Content


@dataclass(slots=True)
class Slots(Generic[Content]):
    """The rows of a table as they are filled from the left, around what hangs down from above.

    ``columns`` and ``cells`` are limits. Spans never leave their row group, and a span that meets
    an occupied slot ends there, so that no cell covers another.
    """

    columns: int
    cells: int
    placed: list[Spanned[Content]] = field(default_factory=list)
    _row: int = -1
    _col: int = 0
    _busy: list[int] = field(default_factory=list)
    _group: list[Spanned[Content]] = field(default_factory=list)

    def start_row(self) -> None:
        """The next row begins."""
        self._row += 1
        self._col = 0

    def skip(self, columns: int) -> None:
        """Leave columns of this row without a cell."""
        self._col += max(0, min(columns, self.columns))

    def add(self, content: Content, rowspan: int = 1, colspan: int = 1) -> Spanned[Content]:
        """Put a cell on the next free slot of the row; ``rowspan`` 0 reaches the group's end."""
        if self._row < 0:
            self.start_row()
        while self._taken(self._col):
            self._col += 1
        end = self._col + 1
        limit = self._col + max(1, min(colspan, _MAX_COLSPAN))
        while end < limit and not self._taken(end):
            end += 1
        if end > self.columns or len(self.placed) >= self.cells:
            raise DocumentError("too_many_cells", columns=self.columns, cells=self.cells)
        span = _MAX_ROWSPAN if rowspan == 0 else max(1, min(rowspan, _MAX_ROWSPAN))
        cell = Spanned(self._row, self._col, self._row + span, end, content)
        self._busy.extend([0] * (end - len(self._busy)))
        self._busy[self._col : end] = [cell.row_end] * (end - self._col)
        self.placed.append(cell)
        self._group.append(cell)
        self._col = end
        return cell

    def end_group(self) -> None:
        """Clip what hangs beyond the last row of the row group."""
        for cell in self._group:
            cell.row_end = min(cell.row_end, self._row + 1)
        self._group.clear()
        self._busy.clear()

    def finish(self) -> list[Spanned[Content]]:
        """All cells in reading order, without the rows and columns in which none begins."""
        self.end_group()
        return compact(self.placed)

    def _taken(self, col: int) -> bool:
        return col < len(self._busy) and self._busy[col] > self._row


def compact(cells: list[Spanned[Content]]) -> list[Spanned[Content]]:
    """Close rows and columns in which no cell begins: they have no height, or no width."""
    rows = _ranks({cell.row for cell in cells})
    cols = _ranks({cell.col for cell in cells})
    for cell in cells:
        cell.row, cell.row_end = rows(cell.row), rows(cell.row_end)
        cell.col, cell.col_end = cols(cell.col), cols(cell.col_end)
    return sorted(cells, key=lambda cell: (cell.row, cell.col))


def _ranks(starts: set[int]) -> Callable[[int], int]:
    ordered = sorted(starts)
    return lambda position: bisect_left(ordered, position)
