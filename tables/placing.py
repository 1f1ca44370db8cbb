"""Figures on a page → the columns they stand in, where no grid tells.

The columns of a table are learnt from its full rows, else from the labels above the figures. A row
with fewer figures than columns has blank cells, and where each figure stands says which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from gouji.ocr.page import Box
from gouji.tables.align import Located
from gouji.tables.candidates import Candidate
from gouji.tables.forms.form import FormCell
from gouji.tables.grid import Block, Cell, Place, is_drawn
from gouji.tables.labels import core
from gouji.tables.rows import Row
from gouji.tables.split import Way
from gouji.tables.vocabulary import vocabulary

_NEAR = 0.35
"""A figure stands in a column if it is so near to its middle, in widths between columns."""
_SAME_COLUMN = 6.0
"""Words of a header whose middles are so near (points) stand in one column."""

_HEADER_ROWS = 3
_WIDEST = 1.4
"""A word of a header is no wider than a column, in widths between columns."""

Columns = tuple[float, ...]
HeaderColumn = tuple[tuple[str, ...], float]
"""Words of a header that stand one over another, top down, and their middle."""


def placed(
    candidates: Sequence[Candidate],
    located: Located,
    rows: Sequence[Row],
    blocks: Sequence[Block],
) -> list[Candidate]:
    """The candidates, with a way added for rows whose blank cells leave gaps on the page."""
    loose = {id(c) for c in candidates if not is_drawn(blocks[c.row.block])}
    learnt = _learnt([candidate for candidate in candidates if id(candidate) in loose])
    found = []
    for candidate in candidates:
        if candidate.is_blank_on_page:
            candidate = replace(candidate, ways=(_all_blank(candidate),), by_place=True)
        elif _written(candidate) and not candidate.ways and id(candidate) in loose:
            alike = [c for c in candidates if _layout(c) == _layout(candidate)]
            columns = learnt.get(_layout(candidate)) or _from_header(alike, located, rows)
            cells = _in_columns(
                _written(candidate), _shifted(columns, _on_its_page(candidate, alike))
            )
            if cells:
                candidate = replace(candidate, ways=(Way(cells, 0.0),), by_place=True)
        found.append(candidate)
    return found


def _on_its_page(candidate: Candidate, alike: Sequence[Candidate]) -> Sequence[Candidate]:
    """The rows on the same page, if they have figures enough to tell how it lies."""
    page = candidate.row.cells[0].place.page
    here = [c for c in alike if c.row.cells[0].place.page == page]
    enough = sum(len(_written(c)) for c in here) >= len(candidate.columns.order)
    return here if enough else alike


def _written(candidate: Candidate) -> tuple[Cell, ...]:
    return tuple(cell for cell in candidate.figures if cell.text.strip())


def _all_blank(candidate: Candidate) -> Way:
    blank = Cell(0, 0, 1, 1, "", Place(page=candidate.row.labels[-1].place.page))
    return Way((blank,) * len(candidate.columns.order), 0.0)


def _shifted(columns: Columns, alike: Sequence[Candidate]) -> Columns:
    """Columns moved by as much as the figures stand beside their labels: centred labels over
    figures set to the right.
    """
    middles = [m for c in alike for cell in c.figures if (m := _middle(cell)) is not None]
    if not columns or not middles:
        return columns
    offset = median(m - min(columns, key=lambda c: abs(c - m)) for m in middles)
    return tuple(column + offset for column in columns)


def _layout(candidate: Candidate) -> tuple[tuple[str, ...], int]:
    """Rows with the same columns share them: by name, and by how many there are."""
    order = candidate.columns.order
    return tuple(cell.column for cell in order), len(order)


def _learnt(candidates: Sequence[Candidate]) -> dict[tuple[tuple[str, ...], int], Columns]:
    """The middles of the columns, from rows that have a figure in each, else from those that have
    a cell in each.
    """
    found: dict[tuple[tuple[str, ...], int], Columns] = {}
    for middle_of in (_middle, _middle_of_cell):
        full: dict[tuple[tuple[str, ...], int], list[list[float]]] = {}
        for candidate in candidates:
            if len(candidate.ways) == 1:
                middles = [middle_of(cell) for cell in candidate.ways[0].cells]
                if all(m is not None for m in middles):
                    full.setdefault(_layout(candidate), []).append([m for m in middles if m])
        for layout, rows in full.items():
            columns = tuple(median(column) for column in zip(*rows, strict=True))
            found.setdefault(layout, columns)
    return found


def _middle_of_cell(cell: Cell) -> float | None:
    return cell.place.box.center[0] if cell.place.box else None


def _middle(cell: Cell) -> float | None:
    return _middle_of_cell(cell) if cell.text.strip() else None


def _from_header(alike: Sequence[Candidate], located: Located, rows: Sequence[Row]) -> Columns:
    """The middles of the labels of the columns, else of as many columns of words over the figures.

    ``alike``: the rows that share the columns.
    """
    boxes = [f.place.box for c in alike for f in c.figures if f.place.box]
    if not boxes:
        return ()
    words = _header_words(alike, located, rows)
    header = _columns_of_words(words)
    middles = [_middle_under(form_cell, header) for form_cell in alike[0].columns.order]
    known = [middle for middle in middles if middle is not None]
    if len(known) == len(middles) and all(a < b for a, b in pairwise(known)):
        return tuple(known)
    left, right = min(b.x0 for b in boxes), max(b.x1 for b in boxes)
    width = _WIDEST * (right - left) / max(1, max(len(c.figures) for c in alike) - 1)
    left = left if not located.table.across else float("-inf")
    over = _columns_of_words([w for w in words if w[1].x1 > left and w[1].width <= width])
    return tuple(middle for _, middle in over) if len(over) == len(middles) else ()


def _middle_under(form_cell: FormCell, header: Sequence[HeaderColumn]) -> float | None:
    """The middle of the column in which a label of the cell's stands, on one line or several."""
    labels = tuple(core(label) for label in form_cell.labels)
    return next(
        (
            middle
            for words, middle in header[::-1]
            if not set(labels).isdisjoint(words) or "".join(words).endswith(labels)
        ),
        None,
    )


def _header_words(
    alike: Sequence[Candidate], located: Located, rows: Sequence[Row]
) -> list[tuple[str, Box]]:
    """The words above the figures, top down, without those over several columns."""
    top = min(_height_on_page(f) for c in alike for f in c.figures)
    headings = vocabulary(located.table).headings
    first, last = alike[0].placement.index, alike[-1].placement.index
    start = located.first if located.table.across else max(0, first - _HEADER_ROWS)
    words: list[Cell] = []
    for cell in (cell for row in rows[start : last + 1] for cell in row.labels):
        text = core(cell.text)
        if any(text.endswith(core(title)) for title in located.table.titles):
            words = []  # what stands above the title is no header
        elif text not in headings and _height_on_page(cell) < top:
            words.append(cell)
    words.sort(key=_height_on_page)
    return [(core(cell.text), cell.place.box) for cell in words if cell.place.box]


def _height_on_page(cell: Cell) -> tuple[int, float]:
    return cell.place.page or 0, cell.place.box.center[1] if cell.place.box else 0.0


def _columns_of_words(words: Sequence[tuple[str, Box]]) -> list[HeaderColumn]:
    """Words that stand one over another, with the middle of all; left to right."""
    columns: list[tuple[list[int], Box]] = []
    for index in sorted(range(len(words)), key=lambda i: words[i][1].center[0]):
        box = words[index][1]
        if columns and box.center[0] - columns[-1][1].center[0] <= _SAME_COLUMN:
            members, around = columns[-1]
            columns[-1] = [*members, index], around.union(box)
        else:
            columns.append(([index], box))
    return [
        (tuple(words[i][0] for i in sorted(members)), box.center[0]) for members, box in columns
    ]


def _in_columns(figures: Sequence[Cell], columns: Columns) -> tuple[Cell, ...]:
    """A cell for each column, blank where no figure stands; empty if one can't be placed."""
    gaps = [b - a for a, b in pairwise(columns)]
    if not figures or not gaps or min(gaps) <= 0 or len(figures) > len(columns):
        return ()
    cells: dict[int, Cell] = {}
    for figure in figures:
        middle = _middle(figure)
        if middle is None:
            return ()
        column = min(range(len(columns)), key=lambda c: abs(columns[c] - middle))
        if column in cells or abs(columns[column] - middle) > _NEAR * min(gaps):
            return ()
        cells[column] = figure
    if list(cells) != sorted(cells):
        return ()
    blank = Cell(0, 0, 1, 1, "", Place(page=figures[0].place.page))
    return tuple(cells.get(column, blank) for column in range(len(columns)))
