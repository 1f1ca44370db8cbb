"""A scanned table that the form prints as one row, told by its shape and what was read of its head.

It has as many figures side by side as the form, and most of the words above them are the form's, in
the form's order: then the others are, too. One word that says otherwise, and it is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gouji.tables.crossed import printed_across
from gouji.tables.evidence import Evidence
from gouji.tables.forms.form import FormCell, FormTable
from gouji.tables.grid import Block, Cell, Grid
from gouji.tables.labels import letters, similarity
from gouji.tables.numbers import parse

_MOST = 0.6
"""Of the columns so many must be told by their own words."""
_ALIKE, _SURE = 0.5, 0.75
"""Words so alike a label speak for it; words so alike another's speak against it."""
_NUMBERS = re.compile(r"[\d\s.,|-]+")
"""What may be a figure with something else in its cell."""
_NARROW = 2
"""Words over more columns are a heading of several."""


def shaped(blocks: Sequence[Block], evidence: Evidence) -> list[Block]:
    """The blocks, with the form's own head above such tables."""
    return [
        _shaped(block, printed_across())
        if isinstance(block, Grid) and evidence.covers(block.place.page)
        else block
        for block in blocks
    ]


def _shaped(grid: Grid, table: FormTable) -> Grid:
    last = [cell for cell in grid.cells if cell.row_end == grid.n_rows]
    above = [part for cell in grid.cells if cell.row_end < grid.n_rows for part in _parts(cell)]
    figures = [c for c in last if parse(c.text).state != "text" or _NUMBERS.fullmatch(c.text)]
    if not len(last) == len(figures) == len(table.cells) or not above:
        return grid
    told = list(_told(figures, above, table))
    if False in told or sum(map(bool, told)) < _MOST * len(told):
        return grid
    if not _headed(figures, above, table):
        return grid
    return replace(grid, cells=(*_head(table, above[0]), *_placed(figures)))


def _parts(cell: Cell) -> Iterator[Cell]:
    """A cell over several columns as so many, if a line of it has a word for each."""
    for line in cell.text.split("\n"):
        words = line.split()
        if 1 < len(words) == cell.col_end - cell.col:
            for col, word in enumerate(words, start=cell.col):
                yield replace(cell, col=col, col_end=col + 1, text=word)
        else:
            yield replace(cell, text=line)


def _told(
    figures: Sequence[Cell], above: Sequence[Cell], table: FormTable
) -> Iterator[bool | None]:
    """For each column whether its words say that it is the form's, or another's; None: neither."""
    for figure, form_cell in zip(figures, table.cells, strict=True):
        words = letters("".join(c.text for c in above if _over(c, figure, figures)))
        own = _likeness(words, form_cell)
        other = max(
            _likeness(words, c) for c in table.cells if set(c.labels).isdisjoint(form_cell.labels)
        )
        yield False if other >= _SURE and other > own else (own >= _ALIKE and own > other) or None


def _likeness(words: str, cell: FormCell) -> float:
    return max(similarity(words, letters(label)) for label in cell.labels)


def _over(cell: Cell, figure: Cell, figures: Sequence[Cell]) -> bool:
    """Whether a cell stands over a column, and not over several as a heading."""
    return _meets(cell, figure) and sum(_meets(cell, one) for one in figures) <= _NARROW


def _meets(cell: Cell, other: Cell) -> bool:
    return cell.col < other.col_end and other.col < cell.col_end


def _headed(figures: Sequence[Cell], above: Sequence[Cell], table: FormTable) -> bool:
    """Whether the headings that were read stand over the columns that they belong to."""
    found = 0
    for cell in above:
        under = [i for i, figure in enumerate(figures) if _meets(cell, figure)]
        if len(under) <= _NARROW:
            continue
        middle = (under[0] + under[-1]) / 2
        alike = [
            (similarity(letters(cell.text), letters(label)), first, last)
            for label, first, last in _headings(table)
        ]
        best, first, last = max(alike)
        if best >= _SURE:
            if not first <= middle <= last:
                return False
            found += 1
    return found > 0


def _headings(table: FormTable) -> Iterator[tuple[str, int, int]]:
    """Each heading of the form, and the first and the last column below it."""
    width = len(table.columns)
    groups: dict[str, list[int]] = {}
    for number, row in enumerate(table.rows):
        for label in (*row.labels, *([row.group] if row.group else [])):
            groups.setdefault(label, []).append(number)
    for label, numbers in groups.items():
        yield label, numbers[0] * width, (numbers[-1] + 1) * width - 1


def _head(table: FormTable, like: Cell) -> Iterator[Cell]:
    width = len(table.columns)
    for number, row in enumerate(table.rows):
        col = number * width
        yield replace(like, row=0, row_end=1, col=col, col_end=col + width, text=row.labels[0])
    for col, cell in enumerate(table.cells):
        yield replace(like, row=1, row_end=2, col=col, col_end=col + 1, text=cell.labels[0])


def _placed(figures: Sequence[Cell]) -> Iterator[Cell]:
    for col, cell in enumerate(figures):
        yield replace(cell, row=2, row_end=3, col=col, col_end=col + 1)
