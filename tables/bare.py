"""A table that is printed across, of which a page shows the header alone: its row is blank.

A row with nothing in it may be so low that its lines are one, or be left out. That the next section
begins below the header tells that no figures follow on the next page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from gouji.tables.crossed import printed_across
from gouji.tables.evidence import Evidence
from gouji.tables.grid import Block, Cell, Grid, Line, Place, is_drawn
from gouji.tables.labels import core

_SECTION = re.compile(r"[一二三四五六七八九十]{1,2}、\s*\D")


def with_blank_rows(blocks: Sequence[Block], evidence: Evidence) -> list[Block]:
    """The blocks, with a blank row in each drawn grid that ends with such a header; on a scan it
    may be the lines that were not seen.
    """
    return [
        _with_blank_row(block)
        if isinstance(block, Grid)
        and _is_bare(block, following)
        and not evidence.covers(block.place.page)
        else block
        for block, following in pairwise([*blocks, None])
        if block is not None
    ]


def _is_bare(grid: Grid, following: Block | None) -> bool:
    page = grid.place.page
    if not is_drawn(grid) or page is None:
        return False
    if not ends_section(following, page):
        return False
    table = printed_across()
    names = [core(cell.text) for cell in _lowest(grid)]
    labels = [{core(label) for label in cell.labels} for cell in table.cells]
    return len(names) == len(labels) and all(n in own for n, own in zip(names, labels, strict=True))


def ends_section(following: Block | None, page: int | None) -> bool:
    """Whether what follows a table begins the next section on the same page: nothing of the table
    is left for the next one.
    """
    section = isinstance(following, Line) and _SECTION.match(following.text)
    return bool(section) and following is not None and following.place.page == page


def _lowest(grid: Grid) -> list[Cell]:
    """The cells that end where the grid does, left to right."""
    return sorted((c for c in grid.cells if c.row_end == grid.n_rows), key=lambda c: c.col)


def _with_blank_row(grid: Grid) -> Grid:
    end = grid.n_rows
    row = (
        replace(cell, row=end, row_end=end + 1, text="", place=Place(page=grid.place.page))
        for cell in _lowest(grid)
    )
    return replace(grid, cells=(*grid.cells, *row))
