"""Rulings → crossings → cells: tables whose cells are drawn."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from gouji.ocr.page import Box, Char, Ruling
from gouji.ocr.words import text_of
from gouji.tables.grid import Cell, Grid, Place
from gouji.tables.gutters import is_number
from gouji.tables.lattice import (
    Lattice,
    Network,
    Segment,
    closed,
    lattice_of,
    networks,
    segments,
)
from gouji.tables.stacked import parted

_NARROW = 0.55
"""Lines nearer than this many character heights are one: no text fits between."""
_USUAL_HEIGHT = 10.0
_CROWD = 3
"""So many figures do not stand in one cell."""
_CUT = 0.1
"""A line this far inside a character (part of its width) runs through it."""


class Region(NamedTuple):
    """Squares of a lattice that form one cell: half-open spans of its rows and columns."""

    row: int
    col: int
    row_end: int
    col_end: int


@dataclass(frozen=True, slots=True)
class Found:
    """The tables found, the characters that stand in none, and all horizontal lines."""

    grids: tuple[Grid, ...]
    rest: tuple[Char, ...]
    rules: tuple[Segment, ...]


def ruled_grids(chars: Sequence[Char], rulings: Iterable[Ruling], page: int) -> Found:
    """Tables whose cells are drawn, in no particular order, and the characters in none."""
    rest = list(chars)
    grids: list[Grid] = []
    # A table inside a cell of another, or inside a frame around the page, comes first.
    across, down = segments(rulings)
    for network in sorted(networks(across, down), key=_area):
        box = network.box
        inside: list[Char] = []
        outside: list[Char] = []
        for char in rest:
            (inside if _holds(box, char) else outside).append(char)
        grid = _grid(network, inside, page) if inside else None
        if grid is not None:
            grids.append(grid)
            rest = outside
    return Found(tuple(grids), tuple(rest), tuple(across))


def _area(network: Network) -> float:
    return network.box.width * network.box.height


def _holds(box: Box, char: Char) -> bool:
    x0, y0, x1, y1 = char.box
    return (
        box.x0 <= (x0 + x1) / 2 <= box.x1
        and box.y0 <= (y0 + y1) / 2 <= box.y1
        and char.angle % 90 == 0
    )


def _grid(network: Network, chars: Sequence[Char], page: int) -> Grid | None:
    height = median([char.box.y1 - char.box.y0 for char in chars]) or _USUAL_HEIGHT
    lattice = lattice_of(network, _NARROW * height)
    if min(len(lattice.xs), len(lattice.ys)) < 2:  # lines so near each other that nothing fits
        return None
    lattice = closed(parted(lattice, chars))
    regions = regions_of(lattice)
    texts = _texts(lattice, regions, chars)
    if _is_frame(texts.values(), len(lattice.ys) == 2):
        return None
    kept = [r for r in regions if texts.get(r) or _is_drawn(lattice, network, r, height)]
    if len(kept) < 2:
        return None
    return _assembled(lattice, kept, texts, page)


def _is_frame(texts: Collection[str], alone: bool) -> bool:
    """Whether lines are drawn around several cells of the table: most figures stand with others in
    what the lines enclose; or below their headings, where there is but one row (``alone``).
    """
    crowded = lonely = headed = 0
    for text in texts:
        lines = [list(map(is_number, line.split())) for line in text.split("\n")]
        figures = [sum(line) if all(line) or sum(line) >= _CROWD else 0 for line in lines]
        headed += alone and figures[-1] == 1 < len(lines)
        if sum(figures) >= _CROWD:
            crowded += sum(figures)
        else:
            lonely += sum(figures)
    return headed >= _CROWD or crowded > lonely


def regions_of(lattice: Lattice) -> list[Region]:
    """Squares joined where no wall parts them, as rectangles, in reading order."""
    n_rows, n_cols = len(lattice.ys) - 1, len(lattice.xs) - 1
    group = [[row * n_cols + col for col in range(n_cols)] for row in range(n_rows)]
    parents = list(range(n_rows * n_cols))

    def root(i: int) -> int:
        while parents[i] != i:
            parents[i] = parents[parents[i]]
            i = parents[i]
        return i

    for row in range(n_rows):
        for col in range(n_cols):
            if col and not lattice.left_walls[row][col]:
                parents[root(group[row][col])] = root(group[row][col - 1])
            if row and not lattice.top_walls[row][col]:
                parents[root(group[row][col])] = root(group[row - 1][col])
    squares: dict[int, set[tuple[int, int]]] = {}
    for row in range(n_rows):
        for col in range(n_cols):
            squares.setdefault(root(group[row][col]), set()).add((row, col))
    regions = [region for part in squares.values() for region in _rectangles(part)]
    return sorted(regions)


def _rectangles(squares: set[tuple[int, int]]) -> list[Region]:
    """The squares as rectangles: one if they form one, else as few as a greedy cut gives."""
    if len(squares) == 1:
        ((row, col),) = squares
        return [Region(row, col, row + 1, col + 1)]
    left = set(squares)
    regions = []
    while left:
        row, col = min(left)
        col_end = col
        while (row, col_end) in left:
            col_end += 1
        row_end = row
        while all((row_end, c) in left for c in range(col, col_end)):
            row_end += 1
        left -= {(r, c) for r in range(row, row_end) for c in range(col, col_end)}
        regions.append(Region(row, col, row_end, col_end))
    return regions


def _texts(lattice: Lattice, regions: Sequence[Region], chars: Sequence[Char]) -> dict[Region, str]:
    owner = {
        (row, col): region
        for region in regions
        for row in range(region.row, region.row_end)
        for col in range(region.col, region.col_end)
    }

    # The outer lines are left out: what stands beyond them belongs to the squares inside.
    xs, ys = lattice.xs[1:-1], lattice.ys[1:-1]

    def holder(box: Box) -> Region:
        x0, y0, x1, y1 = box
        return owner[bisect_right(ys, (y0 + y1) / 2), bisect_right(xs, (x0 + x1) / 2)]

    holders = [holder(char.box) for char in chars]
    cut = [
        index
        for index, (char, region) in enumerate(zip(chars, holders, strict=True))
        if _is_cut(char, lattice.xs[region.col], lattice.xs[region.col_end])
    ]
    for start, end in _runs_through(chars, cut):
        whole = chars[start].box.union(chars[end - 1].box)
        holders[start:end] = [holder(whole)] * (end - start)
    held: dict[Region, list[Char]] = {}
    for char, region in zip(chars, holders, strict=True):
        held.setdefault(region, []).append(char)
    return {region: text_of(inside) for region, inside in held.items()}


def _is_cut(char: Char, left: float, right: float) -> bool:
    """Whether a side of its cell runs through a character: text too long for the cell."""
    x0, _, x1, _ = char.box
    rim = _CUT * (x1 - x0)
    return (x0 + rim < left or x1 - rim > right) and char.angle == 0


def _runs_through(chars: Sequence[Char], cut: Sequence[int]) -> list[tuple[int, int]]:
    """The unbroken runs of text around characters that are cut; half-open, in the order given."""
    runs: list[tuple[int, int]] = []
    for index in cut:
        if runs and index < runs[-1][1]:
            continue
        start, end = index, index + 1
        while start > 0 and _adjoin(chars[start - 1], chars[start]):
            start -= 1
        while end < len(chars) and _adjoin(chars[end - 1], chars[end]):
            end += 1
        runs.append((start, end))
    return runs


def _adjoin(left: Char, right: Char) -> bool:
    """Whether two characters touch on one base line."""
    size = left.box.height
    return (
        left.angle == right.angle == 0
        and abs(left.box.y1 - right.box.y1) < 0.1 * size
        and abs(right.box.x0 - left.box.x1) < 0.1 * size
    )


def _is_drawn(lattice: Lattice, network: Network, region: Region, height: float) -> bool:
    """Whether an empty region is a cell: three of its sides are lines, or two where the others lie
    at the table's edge, and text would fit.
    """
    box = _box(lattice, region)
    edges = (
        region.row == 0, region.row_end == len(lattice.ys) - 1,
        region.col == 0, region.col_end == len(lattice.xs) - 1,
    )  # fmt: skip
    if min(box.width, box.height) < height:
        return False
    across = [(s.at, s.start, s.end) for s in network.horizontal]
    down = [(s.at, s.start, s.end) for s in network.vertical]
    sides = (
        (across, box.y0, box.x0, box.x1),
        (across, box.y1, box.x0, box.x1),
        (down, box.x0, box.y0, box.y1),
        (down, box.x1, box.y0, box.y1),
    )
    drawn = []
    for lines, at, start, end in sides:
        near = [(a, b) for where, a, b in lines if abs(where - at) <= _NARROW * height]
        covered = sum(max(0.0, min(b, end) - max(a, start)) for a, b in near)
        drawn.append(covered >= 0.5 * (end - start))
    open_ends = all(seen or edge for seen, edge in zip(drawn, edges, strict=True))
    return sum(drawn) >= (2 if open_ends else 3)


def _box(lattice: Lattice, region: Region) -> Box:
    return Box(
        lattice.xs[region.col],
        lattice.ys[region.row],
        lattice.xs[region.col_end],
        lattice.ys[region.row_end],
    )


def _assembled(
    lattice: Lattice, regions: Sequence[Region], texts: dict[Region, str], page: int
) -> Grid:
    """The grid; lines of the lattice at which no cell begins or ends do not count."""
    rows = sorted({r.row for r in regions} | {r.row_end for r in regions})
    cols = sorted({r.col for r in regions} | {r.col_end for r in regions})
    row_of = {row: number for number, row in enumerate(rows)}
    col_of = {col: number for number, col in enumerate(cols)}
    cells = tuple(
        Cell(
            row_of[r.row],
            col_of[r.col],
            row_of[r.row_end],
            col_of[r.col_end],
            texts.get(r, ""),
            Place(page=page, box=_box(lattice, r)),
        )
        for r in regions
    )
    box = Box(lattice.xs[cols[0]], lattice.ys[rows[0]], lattice.xs[cols[-1]], lattice.ys[rows[-1]])
    return Grid(cells, "ruled", Place(page=page, box=box))
