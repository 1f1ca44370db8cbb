"""Scanned pages → blocks, with what the readers saw as evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from gouji.ocr.blank import has_ink
from gouji.ocr.finding import Finding
from gouji.ocr.image import Raster
from gouji.ocr.ink import InkWord
from gouji.ocr.looks import looks_tabular
from gouji.ocr.page import Box, Page
from gouji.ocr.reader import READERS, Reader, Reading
from gouji.ocr.scan import Piece, Scan, legibility, scan_of
from gouji.ocr.warp import Warp
from gouji.tables.evidence import INK, Evidence, Seen
from gouji.tables.grid import Block, Grid, is_drawn
from gouji.tables.headed import Heads, headed
from gouji.tables.lattice import networks, segments
from gouji.tables.layout import blocks as blocks_of
from gouji.tables.mend import mended
from gouji.tables.widened import widened

_HEAD_LINES = 6
"""Lines of the first page that tell title, agency and year."""
_ABOVE, _BELOW = 5.0, 2.5
"""Heights of a line around a table in which its caption, its units and its notes stand."""
_LEGIBLE = 0.4
"""A page on which readers are less sure than this, by character, cannot be made out."""
_LINES = 2
"""A table has so many lines each way; less is an underlined word or a letterhead."""
_LONG = 0.3
"""Of the width of the page: a line so long is one of a table."""
_LARGE = 1.35
"""Times the height of a line: titles and headings."""
_KEPT = 8
"""So many pages are kept as they were found, for reading more of them."""


@lru_cache(maxsize=4)
def reader_of(name: str) -> Reader:
    """The reader of that name, made once; raises ``DocumentError`` ``reader_missing``."""
    return READERS[name]()


class Scanned:
    """The scanned pages of one document, as they are read.

    Tables and what stands near them are read, and the head of the first page; ``everything``:
    the running text too. ``known``: pages found before, by their number.
    """

    def __init__(
        self, engine: str, everything: bool, known: Mapping[int, Scan] | None = None
    ) -> None:
        self._engine, self._everything = engine, everything
        self.scans: dict[int, Scan] = dict(known or {})
        self._seen: dict[int, list[Seen]] = {}
        self.findings: list[Finding] = []
        self._remains: set[Box] = set()
        self._heads: Heads | None = None
        self.warps: dict[int, Warp] = {}
        self.views: dict[int, Sequence[Sequence[Block]]] = {}

    def read(self, raster: Raster) -> list[Block]:
        """The blocks of a scanned page, in points of its sheet."""
        reader = reader_of(self._engine)
        scan = self.scans.get(raster.number) or scan_of(raster, reader)
        if len(self.scans) < _KEPT:
            self.scans[raster.number] = scan
        text, labels = _wanted(scan, everything=self._everything)
        pieces = [*scan.read(text, reader), *scan.read(labels, reader, labels=True)]
        page = scan.page(pieces)
        self._remains.clear()
        found = [self._mended(block, page) for block in blocks_of(page)]
        views = list(self._views(page))
        self.views[raster.number] = views
        self.warps[raster.number] = scan.sheet.warp
        self._seen[raster.number] = [
            *_seen([p for p in pieces if p.box not in self._remains], raster.number),
            *_blanks(scan, [*found, *(block for view in views for block in view)], pieces),
        ]
        if len(text) + len(labels) < len(scan.words):
            self.findings.append(Finding("text_unread", page=raster.number))
        if pieces and legibility([piece.sight for piece in pieces]) < _LEGIBLE:
            self.findings.append(Finding("page_illegible", page=raster.number))
        return found

    def _mended(self, block: Block, page: Page) -> Block:
        """A grid with the walls that were not seen put in; the record says so."""
        if not isinstance(block, Grid):
            return block
        found = mended(block, page.chars)
        more = widened(found.grid, page.chars)
        count = found.count + more.count
        if count:
            self.findings.append(Finding("grid_mended", {"cells": count}, page=page.number))
        self._remains |= {*found.remains, *more.remains}
        return more.grid

    def _views(self, page: Page) -> Iterator[list[Block]]:
        """Other ways to see a page with tables: its walls may be worn away in part, or its lines be
        no lines. Then the form's headings, or how the words are aligned, tell the cells.
        """
        across = tuple(ruling for ruling in page.rulings if ruling.horizontal)
        found, self._heads = headed(page, self._heads)
        yield found
        yield blocks_of(replace(page, rulings=across))
        yield blocks_of(replace(page, rulings=()))

    @property
    def evidence(self) -> Evidence:
        """What the readers saw."""
        return Evidence(self._seen)


def _wanted(scan: Scan, *, everything: bool) -> tuple[list[InkWord], list[InkWord]]:
    """The words of the head and, if it is wanted, of the running text; and those in tables and
    near them.
    """
    tables = _tables(scan)
    first = scan.sheet.number == 1
    head = _head_end(scan) if first else 0.0
    text, labels = [], []
    for word in scan.words:
        large = first and word.box.height >= _LARGE * scan.line
        if large or word.box.y0 <= head:
            text.append(word)
        elif any(_near(word.box, table, scan.line) for table in tables):
            labels.append(word)
        elif everything:
            text.append(word)
    return text, labels


def _tables(scan: Scan) -> list[Box]:
    """Where tables may be: networks of rulings, what lies between long lines, or else the whole of
    a page whose words line up.
    """
    across, down = segments(scan.rulings)
    long = [s for s in across if s.end - s.start >= _LONG * scan.sheet.width]
    drawn = [
        network.box
        for network in networks(across, down)
        if min(len(network.horizontal), len(network.vertical)) >= _LINES
    ]
    if len(long) >= _LINES:
        ends = [end for s in long for end in (s.start, s.end)]
        drawn.append(Box(min(ends), long[0].at, max(ends), long[-1].at))
    rest = [w for w in scan.words if not any(_near(w.box, table, scan.line) for table in drawn)]
    if not looks_tabular((), rest):
        return drawn
    return [Box(0, 0, scan.sheet.width, scan.sheet.height)]


def _near(word: Box, table: Box, line: float) -> bool:
    _, y = word.center
    return table.y0 - _ABOVE * line <= y <= table.y1 + _BELOW * line


def _head_end(scan: Scan) -> float:
    """Where the first lines of the page end."""
    tops = sorted(word.box.y0 for word in scan.words)
    rows = [y for i, y in enumerate(tops) if i == 0 or y - tops[i - 1] > scan.line / 2]
    return rows[min(_HEAD_LINES, len(rows)) - 1] if rows else 0.0


def _seen(pieces: Sequence[Piece], number: int) -> Iterator[Seen]:
    for piece in pieces:
        yield Seen((number, piece.box), piece.readings, piece.second, piece.faint)


def _blanks(scan: Scan, found: Iterable[Block], pieces: Sequence[Piece]) -> Iterator[Seen]:
    """Cells of tables in which nothing was read: whether they are empty."""
    read = Evidence({scan.sheet.number: _seen(pieces, scan.sheet.number)})
    for grid in found:
        for cell in grid.cells if isinstance(grid, Grid) else ():
            box = cell.place.box
            if box is None or cell.text or read.holds(scan.sheet.number, box):
                continue
            empty = has_ink(scan.sheet, box, walled=is_drawn(grid)) == "none"
            yield Seen((scan.sheet.number, box), (Reading(INK, "", 1.0),), faint=not empty)
