"""Alignments → rows and columns: tables without vertical, or without any, rulings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from gouji.ocr.page import Box, Char, Word
from gouji.ocr.words import TextLine, rows_of, text_lines, words_of
from gouji.tables.grid import Cell, Grid, Place
from gouji.tables.gutters import Row, Strip, is_number, row_of
from gouji.tables.headings import THROUGH, headings_of, white_near
from gouji.tables.lattice import Segment
from gouji.tables.spanning import spread
from gouji.tables.tabular import Region, regions
from gouji.tables.vocabulary import titled
from gouji.tables.wrapping import Piece, grouped

_ASLANT = 0.25
"""Of a character's height: by so much the ends of lines are off where a page is not level."""
_RULES = 3
_RULED = 0.4
"""Rules that run over so much of a table's width part its rows; merged cells interrupt them."""
_HEADED = 3
"""Words above so many figures of a line are headings."""


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of text in columns ``[col, col_end)`` on base line ``line`` of its region."""

    line: int
    col: int
    col_end: int
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def box(self) -> Box:
        box = self.words[0].box
        for word in self.words[1:]:
            box = box.union(word.box)
        return box


def unruled_grids(
    chars: Iterable[Char], rules: Sequence[Segment], page: int
) -> tuple[list[Grid], list[TextLine]]:
    """Tables by alignment, and the lines in none. ``rules``: the horizontal lines drawn."""
    chars = list(chars)
    rows = [
        row_of(words_of(row), median(c.box.height for c in row))
        for row in rows_of([char for char in chars if char.angle == 0])
    ]
    found = [region for part in _parts(rows) for region in regions(part, rules)]
    used = {id(row) for region in found for row in region.rows}
    lines = [TextLine(row.words, row.box) for row in rows if id(row) not in used]
    lines += text_lines([char for char in chars if char.angle])
    return [_grid(_by_headings(region), rules, page) for region in found], lines


def _parts(rows: Sequence[Row]) -> list[list[Row]]:
    """Rows that may hold one table: a line that is the title of the form's next one parts them."""
    parts: list[list[Row]] = [[]]
    for row in rows:
        if _is_title(row):
            parts += [[row], []]
        else:
            parts[-1].append(row)
    return parts


def _is_title(row: Row) -> bool:
    words = [word.text for word in row.words]
    return not any(map(is_number, words)) and titled("".join(words)) is not None


def _by_headings(region: Region) -> Region:
    """The region with a gutter between any two headings of the form's columns, and to the left of
    the first, also beside those in which nothing stands.
    """
    body = next((n for n, row in enumerate(region.rows) if _has_figure(row)), len(region.rows))
    columns = headings_of([word for row in region.rows[:body] for word in row.words])
    words = [word for row in region.rows[body:] for word in row.words]
    boxes = [word.box for word in words]
    strips = list(region.strips)
    ranges = [((a.x1 + b.x0) / 2, a.center[0], b.center[0]) for a, b in pairwise(columns)]
    if ranges:
        half = ranges[0][0] - columns[0].center[0]
        wall = columns[0].center[0] - half
        figures = [word.box for word in words if is_number(word.text)]
        below = [box.x0 for box in figures if wall < box.center[0] < ranges[0][0]]
        if below and any(box.center[0] < wall for box in boxes):
            ranges.append((wall, wall - half, min(below)))
    for wanted, left, right in ranges:
        between = [strip for strip in strips if left < strip.middle < right]
        if not between:
            x = white_near(wanted, left, right, boxes)
            strips.append(Strip(x - THROUGH, x + THROUGH, told=True))
        elif len(between) == 1:
            strips[strips.index(between[0])] = replace(between[0], told=True)
    return Region(region.rows, tuple(sorted(strips, key=lambda strip: strip.middle)))


def _has_figure(row: Row) -> bool:
    return any(is_number(word.text) for word in row.words)


def _grid(region: Region, rules: Sequence[Segment], page: int) -> Grid:
    edges = _left_edges(region)
    items = [
        item
        for line, row in enumerate(region.rows)
        for item in _items(row, line, region.strips, edges)
    ]
    rows = _table_rows(region, items, rules)
    apart = _apart(items, rows, region.strips)
    if len(apart) < len(region.strips):
        return _grid(Region(region.rows, tuple(region.strips[i] for i in apart)), rules, page)
    cells = _between_rows(_cells(items, rows))
    cells = spread(cells, len(region.strips) + 1, rules)
    found_by = "rows" if _bands(region, items, rules) else "aslant" if _aslant(items) else "unruled"
    return _assembled(cells, region, page, found_by)


def _aslant(items: Sequence[Item]) -> bool:
    """Whether what stands on one line mostly sinks or climbs to its end: then figures may stand
    beside the label of another row.
    """
    ends: dict[int, tuple[Item, Item]] = {}
    for item in items:
        ends[item.line] = ends.get(item.line, (item, item))[0], item
    climbs = [
        (last.box.center[1] - first.box.center[1]) / max(first.box.height, last.box.height)
        for first, last in ends.values()
        if first is not last
    ]
    return bool(climbs) and abs(median(climbs)) > _ASLANT


def _apart(items: Sequence[Item], rows: Sequence[int], strips: Sequence[Strip]) -> list[int]:
    """The gutters that part texts of at least one row, or headings.

    Others only come about because labels begin at the left and their heading stands in the middle.
    """
    filled: dict[int, set[int]] = {}
    for item in items:
        if item.col_end == item.col + 1:
            filled.setdefault(item.col, set()).add(rows[item.line])
    kept = []
    left = filled.get(0, set())
    for strip in range(len(strips)):
        right = filled.get(strip + 1, set())
        if strips[strip].told or not left or not right or left & right:
            kept.append(strip)
            left = right
        else:
            left = left | right
    return kept


def _table_rows(region: Region, items: Sequence[Item], rules: Sequence[Segment]) -> list[int]:
    """For each base line of the region, the row of the table that it belongs to."""
    n_lines = len(region.rows)
    if bounds := _bands(region, items, rules):
        return [row for row, (a, b) in enumerate(pairwise(bounds)) for _ in range(a, b)]
    stops = _ruled_between(region, rules).union(_below_headings(items))
    height = median(row.height for row in region.rows)
    pieces = [
        Piece(i.line, i.col, i.text, i.box, _room(i.words[0]))
        for i in items
        if i.col_end == i.col + 1
    ]
    return grouped(pieces, n_lines, frozenset(stops), height)


def _below_headings(items: Sequence[Item]) -> Iterator[int]:
    """Lines of figures right below words of several of their columns: no cell goes on there."""
    figures: dict[int, set[int]] = {}
    words: dict[int, set[int]] = {}
    for item in items:
        kind = figures if is_number(item.words[0].text) else words
        kind.setdefault(item.line, set()).update(range(item.col, item.col_end))
    for line, columns in figures.items():
        if len(columns & words.get(line - 1, set())) >= _HEADED:
            yield line


def _room(word: Word) -> float:
    """The width that a word needs on a line; Chinese may be broken after each character."""
    return word.box.width if word.text < "\u2e80" else word.box.height


def _left_edges(region: Region) -> list[float | None]:
    """Where the text of each column begins, if it mostly begins at one place."""
    starts: list[list[float]] = [[] for _ in range(len(region.strips) + 1)]
    for row in region.rows:
        seen: set[int] = set()
        for word in row.words:
            col = sum(word.box.center[0] > s.middle for s in region.strips)
            if col not in seen:
                starts[col].append(word.box.x0)
                seen.add(col)
    edges: list[float | None] = []
    for column in starts:
        usual = median(column) if column else 0.0
        even = sum(abs(x - usual) < 1 for x in column)
        edges.append(usual if len(column) > 2 and 2 * even > len(column) else None)
    return edges


def _items(
    row: Row, line: int, gutters: Sequence[Strip], edges: Sequence[float | None]
) -> list[Item]:
    """A row's words, put together by column; what crosses a gutter spans columns."""
    items: list[Item] = []
    for word in row.words:
        col, col_end = _span(word, gutters)
        edge = edges[col]
        begins = (
            edge is not None and abs(word.box.x0 - edge) < 1 and items and col >= items[-1].col_end
        )
        if items and not begins and _continues(items[-1], word, col, row.height):
            last = items[-1]
            items[-1] = Item(line, last.col, max(last.col_end, col_end), (*last.words, word))
        else:
            items.append(Item(line, col, col_end, (word,)))
    return items


def _span(word: Word, gutters: Sequence[Strip]) -> tuple[int, int]:
    """Columns that a word stands in: it reaches over the gutters that it crosses wholly."""
    box = word.box
    col = sum(box.x0 >= s.middle or (box.x1 > s.x1 and box.x0 > s.x0) for s in gutters)
    end = 1 + sum((box.x1 > s.x1 and box.x0 < s.x1) or box.x0 >= s.middle for s in gutters)
    return col, max(end, col + 1)


def _continues(item: Item, word: Word, col: int, height: float) -> bool:
    """Whether a word goes on with an item: in its column, or over a gutter by a blank."""
    gap = word.box.x0 - item.words[-1].box.x1
    if col < item.col_end:
        return True
    if gap > 0.5 * height or is_number(word.text):
        return False
    gaps = [b.box.x0 - a.box.x1 for a, b in zip(item.words, item.words[1:], strict=False)]
    return not gaps or gap <= 1.3 * median(gaps)


def _ruled_between(region: Region, rules: Sequence[Segment]) -> set[int]:
    """Lines of the region that begin below a rule that runs over a good part of its width."""
    left = min(row.box.x0 for row in region.rows)
    right = max(row.box.x1 for row in region.rows)
    drawn: dict[int, float] = {}
    for rule in rules:
        for line, (above, below) in enumerate(pairwise(region.rows), start=1):
            if above.middle < rule.at < below.middle:
                inside = min(rule.end, right) - max(rule.start, left)
                drawn[line] = drawn.get(line, 0.0) + max(inside, 0.0)
    return {line for line, length in drawn.items() if length > _RULED * (right - left)}


def _bands(region: Region, items: Sequence[Item], rules: Sequence[Segment]) -> list[int]:
    """The first line of every row, and the end, if rules part the rows: no band between them has
    two figures in one column.
    """
    stops = _ruled_between(region, rules)
    if len(stops) < _RULES:
        return []
    bounds = [0, *sorted(stops), len(region.rows)]
    bad = 0
    for start, end in pairwise(bounds):
        inside = [i for i in items if start <= i.line < end and is_number(i.words[0].text)]
        cols = [item.col for item in inside]
        bad += len(cols) > len(set(cols))
    return bounds if bad * 4 <= len(bounds) - 1 else []


def _cells(items: Sequence[Item], row_of_line: Sequence[int]) -> list[Cell]:
    """Items of one row and column put together; box and text as written."""
    found: dict[tuple[int, int], list[Item]] = {}
    for item in items:
        found.setdefault((row_of_line[item.line], item.col), []).append(item)
    cells = []
    for (row, col), parts in sorted(found.items()):
        box = parts[0].box
        for part in parts[1:]:
            box = box.union(part.box)
        text = "\n".join(part.text for part in parts)
        col_end = max(part.col_end for part in parts)
        cells.append(Cell(row, col, row + 1, col_end, text, Place(box=box)))
    return _without_overlap(cells)


def _without_overlap(cells: Sequence[Cell]) -> list[Cell]:
    """Spans cut short where another cell of the row begins."""
    kept: list[Cell] = []
    for cell in cells:
        if kept and kept[-1].row == cell.row and kept[-1].col_end > cell.col:
            kept[-1] = replace(kept[-1], col_end=max(cell.col, kept[-1].col + 1))
        kept.append(cell)
    return kept


def _between_rows(cells: Sequence[Cell]) -> list[Cell]:
    """Labels that stand halfway between two rows span both, if the other's place is empty."""
    rows: dict[int, list[Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell)
    taken = {(c.row, col) for c in cells for col in range(c.col, c.col_end)}
    result = []
    for cell in cells:
        others = [c.place.box for c in rows[cell.row] if c is not cell and c.place.box]
        box = cell.place.box
        row, row_end = cell.row, cell.row_end
        if others and box:
            middle = box.center[1]
            above = middle < min(b.center[1] for b in others) - 0.35 * box.height
            below = middle > max(b.center[1] for b in others) + 0.35 * box.height
            other = row - 1 if above else row + 1
            free = other in rows and not any(
                (other, c) in taken for c in range(cell.col, cell.col_end)
            )
            if (above or below) and free:
                row, row_end = min(row, other), max(row, other) + 1
                taken |= {(other, c) for c in range(cell.col, cell.col_end)}
        result.append(replace(cell, row=row, row_end=row_end))
    return sorted(result, key=lambda c: (c.row, c.col))


def _assembled(cells: Sequence[Cell], region: Region, page: int, found_by: str) -> Grid:
    """The grid, with the empty cells, and each cell's box from the gutters and rows around it."""
    box = region.rows[0].box
    for row in region.rows[1:]:
        box = box.union(row.box)
    xs = [box.x0, *(s.middle for s in region.strips), box.x1]
    ys = _bounds(cells, box)
    taken = {
        (row, col)
        for c in cells
        for row in range(c.row, c.row_end)
        for col in range(c.col, c.col_end)
    }
    empty = [
        Cell(row, col, row + 1, col + 1, "")
        for row in range(len(ys) - 1)
        for col in range(len(xs) - 1)
        if (row, col) not in taken
    ]
    ends = {(c.row, c.col_end): c.place.box for c in cells}
    starts = {(c.row, c.col): c.place.box for c in cells}
    placed = []
    for c in (*cells, *empty):
        x0 = _wall(xs[c.col], ends.get((c.row, c.col)), starts.get((c.row, c.col)))
        x1 = _wall(xs[c.col_end], ends.get((c.row, c.col_end)), starts.get((c.row, c.col_end)))
        place = Place(page=page, box=Box(x0, ys[c.row], x1, ys[c.row_end]))
        placed.append(replace(c, place=place))
    placed.sort(key=lambda c: (c.row, c.col))
    return Grid(tuple(placed), found_by, Place(page=page, box=box))


def _wall(middle: float, before: Box | None, after: Box | None) -> float:
    """Where two cells of a row part: at the gutter's middle, or where a long text leaves room."""
    if before and after and before.x1 < after.x0 and not before.x1 <= middle <= after.x0:
        return (before.x1 + after.x0) / 2
    return middle


def _bounds(cells: Sequence[Cell], box: Box) -> list[float]:
    """Heights between the rows, halfway from text to text."""
    n_rows = max(c.row_end for c in cells)
    tops, bottoms = [box.y1] * n_rows, [box.y0] * n_rows
    for cell in cells:
        if cell.place.box and cell.row_end == cell.row + 1:
            tops[cell.row] = min(tops[cell.row], cell.place.box.y0)
            bottoms[cell.row] = max(bottoms[cell.row], cell.place.box.y1)
    between = [(bottoms[row] + tops[row + 1]) / 2 for row in range(n_rows - 1)]
    return [box.y0, *between, box.y1]
