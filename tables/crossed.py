"""A table that the form prints as one row, brought to that row from any other arrangement.

Each of its figures belongs to two labels. Agencies print them as rows and columns, turned round,
as a list, or in several tables; wherever a figure stands, the nearest labels to its left and above
it name it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from gouji.tables.columns import shifting
from gouji.tables.forms.form import FormTable, all_forms
from gouji.tables.grid import Block, Cell, Grid, Line, is_drawn
from gouji.tables.labels import core
from gouji.tables.numbers import parse

_CAPTION = "情况"
"""What may follow a label that stands over a table of its own: 行政复议情况."""

Slots = Mapping[tuple[int, int], Cell]


@dataclass(frozen=True, slots=True)
class _Named:
    """A figure, the labels of the form's row and column that name it, and its grid.

    ``as_in_form``: both labels stand above it.
    """

    figure: Cell
    labels: tuple[Cell, Cell]
    keys: tuple[str, str]
    grid: int
    as_in_form: bool


def straightened(blocks: Sequence[Block]) -> Sequence[Block]:
    """The blocks, with one row in place of the grids that hold such a table otherwise.

    Only where each cell of the form is found exactly once. Grids that it is taken from become
    empty but for the first, so that the blocks keep their numbers.
    """
    table = printed_across()
    found = [n for i, block in enumerate(blocks) for n in _figures(table, blocks, i, block)]
    by_keys = {named.keys: named for named in found}
    grids = sorted({named.grid for named in found})
    standard = len(grids) == 1 and all(named.as_in_form for named in found)
    if standard or not len(found) == len(by_keys) == len(table.cells):
        return blocks
    moved = list(blocks)
    for index in grids:
        moved[index] = replace(_grid(blocks, index), cells=())
    source = next((i for i in grids if not is_drawn(blocks[i])), grids[0])
    moved[grids[0]] = replace(_grid(blocks, source), cells=_one_row(table, by_keys))
    return moved


@cache
def printed_across() -> FormTable:
    """The form's table of one row; the editions share it."""
    return next(table for form in all_forms() for table in form.tables if table.across)


def _grid(blocks: Sequence[Block], index: int) -> Grid:
    block = blocks[index]
    assert isinstance(block, Grid)
    return block


def _one_row(table: FormTable, found: Mapping[tuple[str, str], _Named]) -> tuple[Cell, ...]:
    """Two lines of labels over one of figures, as the form prints them."""
    heads, names, figures = [], [], []
    width = len(table.columns)
    for number, cell in enumerate(table.cells):
        named = found[cell.row, cell.column]
        head, name = named.labels
        if number % width == 0:
            heads.append(_at(head, 0, number, number + width))
        names.append(_at(name, 1, number, number + 1))
        figures.append(_at(named.figure, 2, number, number + 1))
    return (*heads, *names, *figures)


def _at(cell: Cell, row: int, col: int, col_end: int) -> Cell:
    return replace(cell, row=row, row_end=row + 1, col=col, col_end=col_end)


def _figures(
    table: FormTable, blocks: Sequence[Block], index: int, block: Block
) -> Iterator[_Named]:
    """The figures of a grid that two labels name; blank cells only where no other is named so."""
    if not isinstance(block, Grid) or (shifting(block) and not _even(block)):
        return
    rows = {core(label): row.key for row in table.rows for label in row.labels}
    columns = {core(label): column.key for column in table.columns for label in column.labels}
    caption = _caption(blocks[index - 1] if index else None, rows)
    names = {_name(cell) for cell in block.cells}
    if names.isdisjoint(columns) or (names.isdisjoint(rows) and not caption):
        return
    slots = {
        (row, col): cell
        for cell in block.cells
        for row in range(cell.row, cell.row_end)
        for col in range(cell.col, cell.col_end)
    }
    named: dict[tuple[str, str], list[_Named]] = {}
    for cell in block.cells:
        if parse(cell.text).state == "text":
            continue
        left, above = list(_left(cell, slots)), list(_above(cell, slots))
        row = _nearest(left, rows) or _nearest(above, rows) or caption
        column = _nearest(left, columns) or _nearest(above, columns)
        if row and column:
            keys = rows[_name(row)], columns[_name(column)]
            standard = row in above and column in above
            named.setdefault(keys, []).append(_Named(cell, (row, column), keys, index, standard))
    for alike in named.values():
        yield from [n for n in alike if n.figure.text.strip()] or alike[:1]


def _even(grid: Grid) -> bool:
    """Whether every row has all the cells, so that their numbers can be trusted."""
    return len(grid.cells) == grid.n_rows * grid.n_cols


def _caption(before: Block | None, rows: Mapping[str, str]) -> Cell | None:
    """The line above a grid as the label of all its figures."""
    if not isinstance(before, Line) or _name(before) not in rows:
        return None
    return Cell(0, 0, 1, 1, before.text, before.place)


def _left(cell: Cell, slots: Slots) -> Iterator[Cell]:
    """The cells to the left, nearest first."""
    for col in range(cell.col - 1, -1, -1):
        if (cell.row, col) in slots:
            yield slots[cell.row, col]


def _above(cell: Cell, slots: Slots) -> Iterator[Cell]:
    """The cells above, nearest first."""
    for row in range(cell.row - 1, -1, -1):
        if (row, cell.col) in slots:
            yield slots[row, cell.col]


def _nearest(cells: Sequence[Cell], names: Mapping[str, str]) -> Cell | None:
    return next((cell for cell in cells if _name(cell) in names), None)


def _name(printed: Cell | Line) -> str:
    return core(printed.text).removesuffix(_CAPTION)
