"""What every source is brought to: lines of text and grids of cells, before meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gouji.ocr.finding import Finding
from gouji.ocr.page import Box, Page, Word
from gouji.tables.evidence import NOTHING, Evidence

if TYPE_CHECKING:  # what it needs is not loaded where all pages have text
    from gouji.ocr.scan import Scan
    from gouji.ocr.warp import Warp


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the source.

    A source with pages: ``page`` (from 1) and ``box`` (points, see ``gouji.ocr.page``). One
    without: ``line`` (from 1), and ``start`` and ``end``, half open, in characters of that line.
    For plain text and Markdown that is the line of the file; for HTML, DOCX and spreadsheets the
    line of the document's own text, as ``gouji show --stage lines`` prints it: a block a line, a
    table row a line with its cells joined by tabs.
    """

    page: int | None = None
    box: Box | None = None
    line: int | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table as found: rows ``[row, row_end)``, columns ``[col, col_end)``, from 0.

    ``text`` is what is written, lines joined by a line break, ``""`` for an empty cell.
    """

    row: int
    col: int
    row_end: int
    col_end: int
    text: str
    place: Place = Place()


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as found, before meaning. Cells in reading order, none overlapping another.

    ``found_by`` names the path that found it: ``ruled``, ``rows`` (rules between the
    rows only), ``headed`` (the same, with figures all alike below the form's headings),
    ``unruled``, ``aslant`` (as unruled, of a page that is not level), ``pdfplumber``,
    ``camelot``, ``markup``, ``tabs``, ``pipes``.
    """

    cells: tuple[Cell, ...]
    found_by: str
    place: Place = Place()

    @property
    def n_rows(self) -> int:
        return max([cell.row_end for cell in self.cells], default=0)

    @property
    def n_cols(self) -> int:
        return max([cell.col_end for cell in self.cells], default=0)


def last_row(grid: Grid) -> list[Cell]:
    """The cells that reach down to the end of a grid."""
    end = grid.n_rows
    return [cell for cell in grid.cells if cell.row_end == end]


@dataclass(frozen=True, slots=True)
class Line:
    """A line or paragraph of running text. ``heading`` is its outline level where the source
    tells one (HTML ``h1``, Word ``Heading 1``, Markdown ``#``), else 0. ``words`` are there where
    the source tells their places; ``text`` is then they with a blank between.
    """

    text: str
    place: Place = Place()
    heading: int = 0
    words: tuple[Word, ...] = ()


Block = Line | Grid


@dataclass(frozen=True, slots=True)
class PageInfo:
    """A page of the source as the record lists it."""

    number: int
    width: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True)
class Document:
    """One document, read but not understood: its blocks in reading order.

    ``aligned``: by number, the pages with grids put together from alignment, for a second look.
    Boxes of a scanned page are in points of its sheet: ``warps`` lead to the page as the file
    shows it, ``evidence`` is what the readers saw there, and ``views`` are other ways to see its
    blocks, by page. ``scans``: some of these pages, for reading more of them.
    """

    blocks: tuple[Block, ...]
    pages: tuple[PageInfo, ...] = ()
    findings: tuple[Finding, ...] = ()
    aligned: Mapping[int, Page] = field(default_factory=dict)
    evidence: Evidence = NOTHING
    views: Mapping[int, Sequence[Sequence[Block]]] = field(default_factory=dict)
    warps: Mapping[int, Warp] = field(default_factory=dict)
    scans: Mapping[int, Scan] = field(default_factory=dict)


_DRAWN = ("ruled", "markup", "tabs", "pipes")


def is_drawn(block: Block) -> bool:
    """Whether the cells of a grid are those of its source, and were not put together from how
    its words are aligned.
    """
    return isinstance(block, Grid) and block.found_by in _DRAWN
