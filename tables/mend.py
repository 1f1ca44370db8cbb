"""A scanned grid that is almost right, mended where the rest of it leaves one way only.

A wall that was not seen leaves several figures in one cell that spans columns the other rows know,
or a cell higher than its neighbours with a figure for each of them. Where every figure falls into
a place of its own, that is how the cell is divided. A wall that nothing else in the grid has goes
through something written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gouji.ocr.page import Box, Char
from gouji.ocr.words import text_of
from gouji.tables.grid import Cell, Grid
from gouji.tables.numbers import parse

_THIN = 6.0
"""Points; what is left of a wall is thinner."""
_STROKE, _ON = 3.0, 1.0
"""Points; what is left of a wall and stands on it is thinner, and no farther off."""
_WHOLE = 2
"""So many times more cells have no wall where a stroke looks like one."""
Edges = dict[int, tuple[float, float]]
"""Where each row or column of a grid begins and ends, in points."""


@dataclass(frozen=True, slots=True)
class Mended:
    """The grid, how many of its cells were divided or joined, and what is left of walls between
    them: boxes of words that are none.
    """

    grid: Grid
    count: int = 0
    remains: tuple[Box, ...] = ()


def mended(grid: Grid, words: Sequence[Char]) -> Mended:
    """Mend a grid. ``words`` are those of its page."""
    grid, remains = _cleared(grid, words)
    whole = _joined(grid, words)
    columns, rows = _edges(whole, across=True), _edges(whole, across=False)
    cells: list[Cell] = []
    words = [word for word in words if word.box not in remains]
    divided = len(grid.cells) - len(whole.cells)
    for cell in whole.cells:
        inside = _inside(cell, words)
        walls = [word for word in inside if _is_wall(word, cell, columns)]
        parts = list(_divided(cell, [w for w in inside if w not in walls], columns, rows))
        if len(parts) > 1:
            divided += 1
            remains += [word.box for word in walls]
        cells += parts
    if not divided:
        return Mended(grid, 0, tuple(remains))
    cells.sort(key=lambda cell: (cell.row, cell.col))
    return Mended(replace(grid, cells=tuple(cells)), divided, tuple(remains))


def _cleared(grid: Grid, words: Sequence[Char]) -> tuple[Grid, list[Box]]:
    """The grid without what is left of walls at the rims of its cells, and that."""
    cells: list[Cell] = []
    remains: list[Box] = []
    for cell in grid.cells:
        inside = _inside(cell, words)
        rim = [word for word in inside if _at_rim(word, cell)]
        remains += [word.box for word in rim]
        kept = [word for word in inside if word not in rim]
        cells.append(replace(cell, text=text_of(kept)) if rim else cell)
    return (replace(grid, cells=tuple(cells)) if remains else grid), remains


def _at_rim(word: Char, cell: Cell) -> bool:
    """Whether a thin upright piece stands on a wall of the cell: figures keep off it."""
    box, x = cell.place.box, word.box.center[0]
    upright = word.box.width < min(_STROKE, word.box.height)
    return box is not None and upright and min(abs(x - box.x0), abs(x - box.x1)) <= _ON


def _inside(cell: Cell, words: Sequence[Char]) -> list[Char]:
    box = cell.place.box
    if box is None:
        return []
    near = (word for word in words if word.box.y1 >= box.y0 and word.box.y0 <= box.y1)
    return [word for word in near if box.holds(word.box)]


def _is_wall(word: Char, cell: Cell, columns: Edges) -> bool:
    """Whether a thin piece stands where a wall between two columns of the cell would be."""
    inner = [columns[col][0] for col in range(cell.col + 1, cell.col_end) if col in columns]
    return any(_is_near(word.box, edge) for edge in inner)


def _joined(grid: Grid, words: Sequence[Char]) -> Grid:
    """The grid without walls that are strokes of what is written, by the printer or by hand."""
    cells = list(grid.cells)
    for across, n in ((False, grid.n_rows), (True, grid.n_cols)):
        for boundary in range(1, n):
            pairs = _parted_at(boundary, cells, words, across=across)
            cells = [cell for cell in cells if not any(cell in pair for pair in pairs)]
            cells += [_union(*pair) for pair in pairs]
    if len(cells) == len(grid.cells):
        return grid
    return replace(grid, cells=tuple(sorted(cells, key=lambda cell: (cell.row, cell.col))))


def _parted_at(
    boundary: int, cells: Sequence[Cell], words: Sequence[Char], *, across: bool
) -> list[tuple[Cell, Cell]]:
    """The cells before and after a boundary of columns (``across``) or rows that is none: nothing
    stands on one side of it, and many more cells have no wall there: a wall may be worn in some
    rows. One cell of a single column that seems to be two needs no others.
    """
    before = {_beside(cell, across): cell for cell in cells if _span(cell, across)[1] == boundary}
    after = {_beside(cell, across): cell for cell in cells if _span(cell, across)[0] == boundary}
    pairs = [(cell, after[key]) for key, cell in before.items() if key in after]
    if not len(before) == len(after) == len(pairs):
        return []
    ends = {(_span(a, across)[0], _span(b, across)[1]) for a, b in pairs}
    whole = sum(_span(cell, across) in ends for cell in cells)
    alone = not across and len(pairs) == 1
    one_sided = all(_is_one(*pair, words, across=across) for pair in pairs)
    return pairs if one_sided and (alone or whole >= _WHOLE * len(pairs)) else []


def _span(cell: Cell, across: bool) -> tuple[int, int]:
    return (cell.col, cell.col_end) if across else (cell.row, cell.row_end)


def _beside(cell: Cell, across: bool) -> tuple[int, int]:
    return _span(cell, not across)


def _is_one(before: Cell, after: Cell, words: Sequence[Char], *, across: bool) -> bool:
    """Whether nothing stands in one of two parts of a cell, or only what is left of a stroke that
    parts them.
    """
    if not before.text or not after.text:
        return True
    wall = after.place.box.x0 if across and after.place.box else None
    parts = [_inside(cell, words) for cell in (before, after)]
    return wall is not None and any(
        part and all(_is_near(word.box, wall) for word in part) for part in parts
    )


def _is_near(box: Box, wall: float) -> bool:
    """Whether it may be what is left of a stroke where a wall was seen."""
    return box.width < _THIN and abs(box.center[0] - wall) <= _THIN / 2


def _union(before: Cell, after: Cell) -> Cell:
    place = before.place
    if place.box is not None and after.place.box is not None:
        place = replace(place, box=place.box.union(after.place.box))
    text = " ".join(filter(None, (before.text, after.text)))
    return replace(before, row_end=after.row_end, col_end=after.col_end, text=text, place=place)


def _edges(grid: Grid, *, across: bool) -> Edges:
    """Where the columns (or rows) begin and end, of those whose both walls some cells have."""
    seen: dict[int, Counter[float]] = {}
    for cell in grid.cells:
        box = cell.place.box
        if box is None:
            continue
        first, last = (cell.col, cell.col_end) if across else (cell.row, cell.row_end)
        start, end = (box.x0, box.x1) if across else (box.y0, box.y1)
        seen.setdefault(first, Counter())[start] += 1
        seen.setdefault(last, Counter())[end] += 1
    walls = {index: counts.most_common(1)[0][0] for index, counts in seen.items()}
    return {i: (walls[i], walls[i + 1]) for i in walls if i + 1 in walls}


def _divided(cell: Cell, inside: Sequence[Char], columns: Edges, rows: Edges) -> Iterator[Cell]:
    spans = (cell.row_end - cell.row, cell.col_end - cell.col)
    figures = len(inside) > 1 and all(parse(word.text).figure for word in inside)
    if cell.place.box is None or spans == (1, 1) or not figures:
        yield cell
        return
    placed: dict[tuple[int, int], Char] = {}
    for word in inside:
        x, y = word.box.center
        row, col = _at(y, rows, cell.row, cell.row_end), _at(x, columns, cell.col, cell.col_end)
        if row is None or col is None or (row, col) in placed:
            yield cell
            return
        placed[row, col] = word
    for row in range(cell.row, cell.row_end):
        for col in range(cell.col, cell.col_end):
            if row not in rows or col not in columns:
                continue
            own = Box(columns[col][0], rows[row][0], columns[col][1], rows[row][1])
            text = placed[row, col].text if (row, col) in placed else ""
            yield Cell(row, col, row + 1, col + 1, text, replace(cell.place, box=own))


def _at(where: float, edges: Edges, first: int, last: int) -> int | None:
    """The row or column of a span in which a point lies, where the grid knows them all."""
    if any(index not in edges for index in range(first, last)):
        return None
    return next((i for i in range(first, last) if edges[i][0] <= where <= edges[i][1]), None)
