"""Where a cell may stand whose own place is not known: in its row, or between its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gouji.tables.record import BoxList, CellModel, PageModel, Record

_SLIVER = 1 / 8
"""The share of a page that, left over above or below, is too little for what goes on elsewhere."""


@dataclass(frozen=True, slots=True)
class Near:
    """A stretch of a page, in points as displayed; in a source without pages the neighbour of this
    number instead. ``row``: it is the row of the cell itself.
    """

    page: int | None = None
    box: BoxList | None = None
    beside: int | None = None
    row: bool = False


def near(record: Record, number: int) -> list[Near]:
    """The stretches that may hold a cell, in order of the pages; none where anything is possible.

    Cells stand in the record in the order of the form, so that what was found of its row, or else
    the rows before and after it, holds the cell between them.
    """
    cells, pages = record.cells, record.source.pages
    cell = cells[number]
    if cell.box:
        return []
    if not pages:
        return _beside(cells, number)
    row = [c for c in cells if c.table == cell.table and _row(c) == _row(cell) and c.box and c.page]
    page = next((p for p in pages if row and p.number == row[0].page), None)
    if page is not None:
        tops, bottoms = zip(*((c.box[1], c.box[3]) for c in row if c.box and c.page == page.number),
                            strict=True)  # fmt: skip
        return [Near(page.number, (0.0, min(tops), page.width, max(bottoms)), row=True)]
    above = next((c for c in reversed(cells[:number]) if c.box and c.page), None)
    below = next((c for c in cells[number + 1 :] if c.box and c.page), None)
    return _between(above, below, pages) if above or below else []


def _row(cell: CellModel) -> str:
    return cell.ref.partition("@")[0]


def _between(
    above: CellModel | None, below: CellModel | None, pages: Sequence[PageModel]
) -> list[Near]:
    """From below one cell, or the first page, to above another, or to the last page."""
    ends = pages[0].number, pages[-1].number
    first = above.page if above and above.page else ends[0]
    last = below.page if below and below.page else ends[1]
    found = []
    for page in pages:
        if not first <= page.number <= last:
            continue
        top = above.box[3] if above and above.box and page.number == first else 0.0
        bottom = below.box[1] if below and below.box and page.number == last else page.height
        top, bottom = min(top, bottom), max(top, bottom)
        found.append((bottom - top, page, top, bottom))
    roomy = [one for one in found if one[0] > _SLIVER * one[1].height] or found[:1]
    least = max((c.box[3] - c.box[1] for c in (above, below) if c and c.box), default=0.0)
    return [Near(page.number, _no_thinner((0.0, top, page.width, bottom), least))
            for _, page, top, bottom in roomy]  # fmt: skip


def _no_thinner(box: BoxList, height: float) -> BoxList:
    x0, y0, x1, y1 = box
    lacks = max(0.0, height - (y1 - y0)) / 2
    return x0, max(0.0, y0 - lacks), x1, y1 + lacks


def _beside(cells: Sequence[CellModel], number: int) -> list[Near]:
    """The nearest cell with a place in the text, of its own row first, then of its table."""
    cell = cells[number]
    placed = [n for n, other in enumerate(cells) if other.at and other.table == cell.table]
    if cell.at or not placed:
        return []
    nearest = min(placed, key=lambda n: (_row(cells[n]) != _row(cell), abs(n - number)))
    return [Near(beside=nearest, row=_row(cells[nearest]) == _row(cell))]
