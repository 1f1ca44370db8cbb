"""Paragraphs and tables as a web page or a Word file holds them, to lines and grids.

Layout tables dissolve into what stands in them; a data table inside a cell becomes a block of
its own, after the table around it. A block is a line of the document's own text, a table row a
line with its cells joined by tabs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gouji.tables.grid import Block, Cell, Grid, Place
from gouji.tables.spans import Spanned
from gouji.tables.text import Entry, blocks_of

_SHORT = 80  # characters: the longest labels of the forms have about 50
_LONG = 400


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of running text; ``heading`` as in ``gouji.tables.grid.Line``."""

    text: str
    heading: int = 0


@dataclass(slots=True)
class RawTable:
    """A data table whose cells hold the lines of their text."""

    cells: list[Spanned[list[str]]] = field(default_factory=list)


Item = Paragraph | RawTable
RawCell = Spanned[list[Item]]


def close_table(cells: Sequence[RawCell]) -> list[Item]:
    """What a finished table is in reading order: itself and those inside it, or its content."""
    if not any(cell.content for cell in cells):
        return []
    if _is_layout(cells):
        return [item for cell in cells for item in cell.content]
    table = RawTable([_text_only(cell) for cell in cells])
    inner = [item for cell in cells for item in cell.content if isinstance(item, RawTable)]
    return [table, *inner]


def _text_only(cell: RawCell) -> Spanned[list[str]]:
    texts = [item.text for item in cell.content if isinstance(item, Paragraph)]
    return Spanned(cell.row, cell.col, cell.row_end, cell.col_end, texts)


def _is_layout(cells: Sequence[RawCell]) -> bool:
    """Whether a table only arranges the page.

    One column has no columns to relate. A frame around tables, or around running text, has hardly
    any rows of several short cells of its own.
    """
    if len({cell.col for cell in cells if cell.content}) < 2:
        return True
    rows_of_data = _rows_of_data(cells)
    if any(isinstance(item, RawTable) for cell in cells for item in cell.content):
        return rows_of_data < 3 or any(_is_frame(cell) for cell in cells)
    lengths = [_length(cell) for cell in cells]
    long = sum(length for length in lengths if length > _LONG)
    return rows_of_data < 3 and long * 2 > sum(lengths)


def _rows_of_data(cells: Sequence[RawCell]) -> int:
    """How many rows have two or more short filled cells."""
    count: dict[int, int] = {}
    for cell in cells:
        if 0 < _length(cell) <= _SHORT and all(isinstance(i, Paragraph) for i in cell.content):
            count[cell.row] = count.get(cell.row, 0) + 1
    return sum(number >= 2 for number in count.values())


def _is_frame(cell: RawCell) -> bool:
    """Whether a cell holds a table together with much text."""
    return _length(cell) > _LONG and any(isinstance(item, RawTable) for item in cell.content)


def _length(cell: RawCell) -> int:
    return sum(len(item.text) for item in cell.content if isinstance(item, Paragraph))


def lay(items: Iterable[Item], found_by: str = "markup", *, markdown: bool = False) -> list[Block]:
    """Give every block its lines. Paragraphs set as a table with tabs or pipes become grids."""
    blocks: list[Block] = []
    waiting: list[Entry] = []
    line = 1
    for item in items:
        if isinstance(item, Paragraph):
            waiting.append(Entry(line, item.text, item.heading))
            line += 1
            continue
        blocks += blocks_of(waiting, markdown=markdown)
        waiting.clear()
        grid = lay_table(item.cells, line, found_by)
        blocks.append(grid)
        line += grid.n_rows
    return [*blocks, *blocks_of(waiting, markdown=markdown)]


def lay_table(cells: Iterable[Spanned[list[str]]], line: int, found_by: str) -> Grid:
    """A grid whose first row stands on ``line``; cells in reading order."""
    placed: list[Cell] = []
    row, start = -1, 0
    for cell in cells:
        if cell.row != row:
            row, start = cell.row, 0
        text = "\n".join(cell.content)
        place = Place(line=line + row, start=start, end=start + len(text))
        placed.append(Cell(cell.row, cell.col, cell.row_end, cell.col_end, text, place))
        start += len(text) + 1
    return Grid(tuple(placed), found_by, Place(line=line))
