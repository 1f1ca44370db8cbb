"""The last row of a table that stands alone at the top of the next page.

One line has no columns of its own to be seen: it has those of the table above, if each of its
figures stands in one of them and nothing in it reaches from one into another.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from gouji.ocr.page import Box, Word
from gouji.tables.grid import Block, Cell, Grid, Line, Place, is_drawn
from gouji.tables.gutters import is_number
from gouji.tables.pieces import PAGE_NUMBER

_ROOM = 2.0
"""Points by which a figure may stand out of its column."""


def carried_over(above: Sequence[Block], below: Sequence[Block]) -> list[Block]:
    """The blocks of a page, the first lines as grids of one row each, if they go on with the
    table without walls that ends the pages ``above``.
    """
    table = _last_of(above)
    if table is None:
        return list(below)
    walls = _walls(table)
    found = list(below)
    for index, block in enumerate(found):
        row = _as_row(block, table, walls) if isinstance(block, Line) else None
        if row is None:
            break
        found[index] = row
    return found


def _last_of(blocks: Sequence[Block]) -> Grid | None:
    """The grid put together from alignment below which nothing but a page number stands."""
    for block in reversed(blocks):
        if isinstance(block, Grid):
            return None if is_drawn(block) else block
        if not PAGE_NUMBER.fullmatch(block.text.strip()):
            break
    return None


def _walls(table: Grid) -> list[float]:
    """Where the columns begin, and the last ends, as in most rows."""
    sides: dict[int, list[float]] = {}
    for cell in table.cells:
        if cell.place.box:
            sides.setdefault(cell.col, []).append(cell.place.box.x0)
            sides.setdefault(cell.col_end, []).append(cell.place.box.x1)
    return [median(sides[side]) for side in sorted(sides)]


def _as_row(line: Line, table: Grid, walls: Sequence[float]) -> Grid | None:
    """The line in the table's columns; None if it does not fit them."""
    box = line.place.box
    inside = [[w for w in line.words if a <= w.box.center[0] < b] for a, b in pairwise(walls)]
    held = sum(map(len, inside))
    labelled = any(words and not _are_figures(words) for words in inside)
    figures = _figure_columns(table) & {col for col, words in enumerate(inside) if words}
    if box is None or held < len(line.words) or not labelled or not figures:
        return None
    if not all(
        len(inside[col]) == 1 and _fits(inside[col][0], walls[col], walls[col + 1])
        for col in figures
    ):
        return None
    columns = enumerate(zip(pairwise(walls), inside, strict=True))
    cells = (
        Cell(0, col, 1, col + 1, " ".join(word.text for word in words),
             Place(page=line.place.page, box=Box(x0, box.y0, x1, box.y1)))
        for col, ((x0, x1), words) in columns
    )  # fmt: skip
    return Grid(tuple(cells), table.found_by, line.place)


def _are_figures(words: Sequence[Word]) -> bool:
    return all(is_number(word.text) for word in words)


def _fits(word: Word, left: float, right: float) -> bool:
    """Whether a figure stands between two walls."""
    inside = left - _ROOM < word.box.x0 and word.box.x1 < right + _ROOM
    return is_number(word.text) and inside


def _figure_columns(table: Grid) -> set[int]:
    """The columns in which most of what is written are figures."""
    told: dict[int, list[bool]] = {}
    for cell in table.cells:
        if cell.text and cell.col_end == cell.col + 1:
            told.setdefault(cell.col, []).append(is_number(cell.text))
    return {col for col, numbers in told.items() if 2 * sum(numbers) > len(numbers)}
