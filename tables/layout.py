"""A page → its blocks in reading order: lines of text, and grids in their places."""

from __future__ import annotations

from gouji.ocr.page import Box, Page
from gouji.ocr.words import text_lines
from gouji.tables.grid import Block, Grid, Line, Place
from gouji.tables.ruled import ruled_grids
from gouji.tables.unruled import unruled_grids
from gouji.tables.zones import zones


def blocks(page: Page, *, aligned: bool = True) -> list[Block]:
    """What stands on the page, in reading order; every character is in exactly one block.

    ``aligned``: look for tables without rulings too, by how their words are aligned.
    """
    ruled = ruled_grids(page.chars, page.rulings, page.number)
    order: list[Block] = []
    for zone in zones(ruled.rest):
        grids, lines = (
            unruled_grids(zone, ruled.rules, page.number) if aligned else ([], text_lines(zone))
        )
        found: list[tuple[Box, Block]] = [
            (grid.place.box, grid) for grid in grids if grid.place.box is not None
        ]
        found += [
            (line.box, Line(line.text, Place(page=page.number, box=line.box), words=line.words))
            for line in lines
        ]
        order += [block for _, block in sorted(found, key=lambda item: (item[0].y0, item[0].x0))]
    for grid in ruled.grids:
        _put(order, grid)
    return order


def _put(order: list[Block], grid: Grid) -> None:
    """Puts a grid before the first block that stands below its top, in the same column."""
    box = grid.place.box
    if box is None:
        return
    for index, block in enumerate(order):
        other = block.place.box
        if other and other.y0 >= box.y0 and other.x0 < box.x1 and other.x1 > box.x0:
            order.insert(index, grid)
            return
    order.append(grid)
