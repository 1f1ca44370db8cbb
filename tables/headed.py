"""Horizontal lines and the form's headings → the walls between columns that nobody drew.

Where only rows are drawn, blank cells leave no trace in how words are aligned. The lines still tell
the rows, and how far labels reach; the headings over the figures tell the columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from gouji.ocr.page import Box, Char, Page, Ruling
from gouji.ocr.words import text_lines
from gouji.tables.grid import Block, Grid, is_drawn
from gouji.tables.headings import THROUGH, apart, headings_of, white_near
from gouji.tables.labels import core
from gouji.tables.lattice import Segment, segments
from gouji.tables.layout import blocks as blocks_of
from gouji.tables.numbers import parse
from gouji.tables.vocabulary import known_labels, titled

_FAR = 12.0
"""Lines farther apart (heights of a character) belong to different tables."""
_LEAST = 2
"""So many headings of figures make a table's head."""
_HIGH = 3
"""So many bands a head has at most."""
_NEAR = 3.0
"""Lines that begin so near each other (points) begin at one place, and bits of lines so near each
other are of one line.
"""
_SPREAD = 0.3
"""By no more than this (in widths between columns) figures stray from how the others stand."""
_MIDDLING, _LEANING = 0.35, 0.6
"""So far (in widths between columns) middles, or ends, of figures are from those of headings."""


class Band(NamedTuple):
    """What stands between one line and the next."""

    top: float
    bottom: float
    words: tuple[Char, ...]


@dataclass(frozen=True, slots=True)
class Heads:
    """The columns of a table's figures, as parts of its width (0 to 1): the walls to their left,
    and the middles of their headings.
    """

    walls: tuple[float, ...]
    middles: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """The lines of one table, top down, and the words between them; ``titled``: it does not go on
    from the page before.
    """

    rules: tuple[Segment, ...]
    words: tuple[Char, ...]
    titled: bool

    @property
    def left(self) -> float:
        return min(rule.start for rule in self.rules)

    @property
    def width(self) -> float:
        return max(rule.end for rule in self.rules) - self.left

    def at(self, shares: Sequence[float]) -> list[float]:
        """Where parts of its width are on the page."""
        return [self.left + share * self.width for share in shares]

    def bands(self) -> list[Band]:
        """What stands between its lines."""
        edges = pairwise([rule.at for rule in self.rules])
        return [
            Band(a, b, tuple(w for w in self.words if a < w.box.center[1] <= b)) for a, b in edges
        ]


def headed(page: Page, before: Heads | None = None) -> tuple[list[Block], Heads | None]:
    """The blocks of a page of which only the horizontal lines count, with the columns that the
    form's headings tell; and the columns of its last table, for a part of it on the next page.

    A grid is ``headed`` if its figures stand all alike below their headings, else only ``rows``.
    """
    across, _ = segments(page.rulings)
    page = replace(page, chars=apart(page.chars))
    walls: list[Ruling] = []
    astray: list[float] = []
    for table in _tables(across, page.chars):
        before = None if table.titled else before
        for heads, bands in _parts(table, before):
            walls += _walls(table, heads, bands)
            astray += [] if _alike(table, heads, bands) else [bands[0].top]
            before = heads
    rules = tuple(ruling for ruling in page.rulings if ruling.horizontal)
    blocks = blocks_of(replace(page, rulings=(*rules, *walls)))
    return [_named(block, astray) for block in blocks], before


def _named(block: Block, astray: Sequence[float]) -> Block:
    """A grid is not drawn, though its rows are: its columns are inferred."""
    box = block.place.box
    if not isinstance(block, Grid) or not is_drawn(block) or box is None:
        return block
    loose = any(box.y0 - _NEAR <= y <= box.y1 for y in astray)
    return replace(block, found_by="rows" if loose else "headed")


def _tables(across: Sequence[Segment], words: Sequence[Char]) -> Iterator[_Table]:
    """Lines that follow each other without a title of the form's between them."""
    far = _FAR * median([word.box.height for word in words] or [0])
    titles = [line.box.center[1] for line in text_lines(words) if titled(line.text)]
    rules: list[Segment] = []
    above = float("-inf")
    for rule in [*sorted(across), None]:
        last = rules[-1].at if rules else float("inf")
        if rules and (
            rule is None or rule.at - last > far or any(last < y < rule.at for y in titles)
        ):
            inside = tuple(w for w in words if rules[0].at < w.box.center[1] < last)
            yield _Table(tuple(_whole(rules)), inside, any(above < y < rules[0].at for y in titles))
            rules, above = [], last
        rules += [rule] if rule else []


def _whole(bits: Sequence[Segment]) -> Iterator[Segment]:
    """Lines, each from the first of its bits to the last."""
    lines: list[list[Segment]] = []
    for bit in bits:
        if not lines or bit.at - lines[-1][0].at > _NEAR:
            lines.append([])
        lines[-1].append(bit)
    for line in lines:
        yield Segment(line[0].at, min(bit.start for bit in line), max(bit.end for bit in line))


def _parts(table: _Table, heads: Heads | None) -> Iterator[tuple[Heads, list[Band]]]:
    """The bands of a table from one head to the next, with the head; above the first one those
    that ``heads`` is for.
    """
    bands = table.bands()
    starts: list[tuple[int, Heads | None, list[Box]]] = [(0, heads, [])]
    end = 0
    for index in range(len(bands)):
        columns, until = _head(bands, index) if index >= end else ([], end)
        if columns:
            starts.append((index, None, columns))
        end = max(end, until)
    for (index, known, columns), (until, *_) in pairwise([*starts, (len(bands), None, [])]):
        part = bands[index:until]
        found = known or (_heads(table, columns, part) if columns else None)
        if part and found:
            yield found, part


def _head(bands: Sequence[Band], index: int) -> tuple[list[Box], int]:
    """The columns of the head that begins with a band, and where it ends."""
    best: list[Box] = []
    end = index
    for until in range(index + 1, min(index + _HIGH, len(bands)) + 1):
        if any(parse(word.text).value is not None for word in bands[until - 1].words):
            break
        columns, below = _columns(bands[index:until]), _columns(bands[index + 1 : until])
        if len(columns) > max(len(best), len(below)):
            best, end = columns, until
    return (best, end) if len(best) >= _LEAST else ([], index)


def _columns(bands: Sequence[Band]) -> list[Box]:
    return headings_of([word for band in bands for word in band.words])


def _heads(table: _Table, columns: Sequence[Box], bands: Sequence[Band]) -> Heads:
    """The columns below headings: walls in the white, nearest to halfway between headings."""
    words = [word.box for band in bands for word in band.words]
    walls = [
        white_near((a.x1 + b.x0) / 2, a.center[0], b.center[0], words) for a, b in pairwise(columns)
    ]
    first = columns[0]
    half = walls[0] - first.center[0]
    low = first.center[0] - 2 * half
    walls.insert(0, white_near(first.center[0] - half, low, first.x0, words))
    return Heads(
        tuple((x - table.left) / table.width for x in walls),
        tuple((box.center[0] - table.left) / table.width for box in columns),
    )


def _walls(table: _Table, heads: Heads, bands: Sequence[Band]) -> Iterator[Ruling]:
    """The walls of bands, where no word stands across them; and the lines of rows whole, of which
    a worn one has only bits.
    """
    xs = table.at(heads.walls)
    yield from _lines(table, bands, min(xs))
    xs += _begins(table, min(xs))
    for band in bands:
        for x in xs:
            if not any(w.box.x0 + THROUGH < x < w.box.x1 - THROUGH for w in band.words):
                yield Ruling(x, band.top, x, band.bottom)


def _lines(table: _Table, bands: Sequence[Band], first: float) -> Iterator[Ruling]:
    """The lines above and below rows, from where they begin or the rows' labels do. ``first``:
    where the figures begin.
    """
    starts = {rule.at: rule.start for rule in table.rules}
    last = table.left + table.width
    rows = [_labels(band) if _is_row(band, first) else None for band in bands]
    for band, above, own in zip(bands, [None, *rows], rows, strict=False):
        if own is not None:
            beside = [*own, *above] if above is not None else []
            yield Ruling(min(first, starts[band.top], *beside), band.top, last, band.top)
            yield Ruling(min(first, starts[band.bottom]), band.bottom, last, band.bottom)


def _is_row(band: Band, first: float) -> bool:
    """Whether figures stand in a band, or the label of a row of the form."""
    written = any(w.box.x0 > first and parse(w.text).value is not None for w in band.words)
    return written or bool(_labels(band))


def _labels(band: Band) -> list[float]:
    """Where labels of the form's rows begin in a band."""
    return [word.box.x0 - THROUGH for word in band.words if core(word.text) in known_labels()]


def _begins(table: _Table, before: float) -> list[float]:
    """Where lines begin within the labels: to their left a label goes on."""
    found = [table.left]
    for start in sorted(rule.start for rule in table.rules):
        if found[-1] + _NEAR < start < before - _NEAR:
            found.append(start)
    return found[1:]


def _alike(table: _Table, heads: Heads, bands: Sequence[Band]) -> bool:
    """Whether figures stand all alike below their headings: at their middles, or with their ends
    as far from them.
    """
    walls, middles = table.at(heads.walls), table.at(heads.middles)
    pitch = min(b - a for a, b in pairwise(middles))
    figures = [
        (word.box, middles[sum(x < word.box.center[0] for x in walls) - 1])
        for band in bands
        for word in band.words
        if word.box.center[0] > walls[0] and parse(word.text).figure
    ]
    stances = [
        ([box.center[0] - middle for box, middle in figures], _MIDDLING),
        ([box.x1 - middle for box, middle in figures], _LEANING),
        ([box.x0 - middle for box, middle in figures], _LEANING),
    ]
    return any(_even(offsets, most * pitch, _SPREAD * pitch) for offsets, most in stances)


def _even(offsets: Sequence[float], most: float, spread: float) -> bool:
    usual = median(offsets or [0])
    return abs(usual) <= most and all(abs(offset - usual) <= spread for offset in offsets)
