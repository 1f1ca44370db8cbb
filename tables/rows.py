"""Blocks → rows: what is label and what is figure, whatever the source.

A grid gives its rows as they are. Running text gives rows too: one cell a line, a line of cells
with blanks between them, or digits run together; there a row begins with each label that
figures follow.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from gouji.ocr.page import Box
from gouji.tables.evidence import NOTHING, Evidence
from gouji.tables.grid import Block, Cell, Grid, Line, Place, is_drawn
from gouji.tables.labels import core, normalise, ordinal
from gouji.tables.numbers import NOT_APPLICABLE_RUN, UNITS, parse
from gouji.tables.pieces import (
    END_OF_BRACKET,
    MARKS,
    PAGE_NUMBER,
    begins_a_label,
    box_of,
    pieces_of,
)
from gouji.tables.vocabulary import column_words, form_words, known_labels


@dataclass(frozen=True, slots=True)
class Row:
    """A row as found. ``labels`` are the cells with words, left to right, before the figures.

    ``figures`` are the cells after them, blank ones too. ``block`` is the index of the block
    it comes from, in running text of that in which its label ends; there ``until`` is that in which
    its last cell stands. ``gridded`` tells a row of a grid, whose cells are certain, from one put
    together from running text. ``glued``: figures touch their label, so that they may be run
    together too. ``unit`` is the unit that a column of its own gives; ``after_unit``: in running
    text it stands between label and figures, and no other does. ``scanned``: its words were read
    from pixels, and may be misread.
    """

    labels: tuple[Cell, ...]
    figures: tuple[Cell, ...]
    block: int
    gridded: bool
    glued: bool = False
    unit: str | None = None
    after_unit: bool = False
    until: int | None = None
    scanned: bool = False

    @property
    def blank(self) -> bool:
        """Whether nothing stands in its figures."""
        return all(not cell.text.strip() for cell in self.figures)

    @property
    def level(self) -> bool:
        """Whether its figures stand on one line of a page."""
        places = [(cell.place.page, cell.place.box) for cell in self.figures]
        middles = [box.center[1] for _, box in places if box]
        return (
            0 < len(middles) == len(places)
            and len({page for page, _ in places}) == 1
            and max(middles) - min(middles) < _LEVEL * min(box.height for _, box in places if box)
        )

    @property
    def cells(self) -> tuple[Cell, ...]:
        return self.labels + self.figures


def rows_of_grids(blocks: Sequence[Block], evidence: Evidence = NOTHING) -> list[Row]:
    """The rows of all grids, in reading order, but for numbers of pages that stand among them.
    ``evidence``: of the scanned pages.
    """
    return [
        replace(row, scanned=evidence.covers(block.place.page))
        for index, block in enumerate(blocks)
        if isinstance(block, Grid)
        for row in _rows_of_grid(block, index)
        if not _is_page_number(row, block)
    ]


def _is_page_number(row: Row, grid: Grid) -> bool:
    """Whether nothing but a page's number stands in the row; a bare one, below a table put together
    from alignment, in no column of figures.
    """
    written = [cell for cell in row.cells if cell.text.strip()]
    if len(written) != 1:
        return False
    (cell,) = written
    above = (c for c in grid.cells if c.col < cell.col_end and cell.col < c.col_end and c != cell)
    bare = cell.row_end == grid.n_rows and not is_drawn(grid)
    bare = bare and _numbers_page(cell.text, grid.place.page)
    return PAGE_NUMBER.fullmatch(cell.text.strip()) is not None or (
        bare and not any(parse(other.text).figure for other in above)
    )


def _numbers_page(text: str, page: int | None) -> bool:
    bare = text.strip()
    return bare.isdecimal() and page is not None and abs(int(bare) - page) <= _FRONT_MATTER


def _rows_of_grid(grid: Grid, index: int) -> Iterator[Row]:
    by_row: dict[int, list[Cell]] = {}
    for cell in sorted(grid.cells, key=lambda c: (c.row, c.col)):
        by_row.setdefault(cell.row, []).append(cell)
    for cells in by_row.values():
        yield _row_of_cells(cells, index)


def _row_of_cells(cells: list[Cell], index: int) -> Row:
    """Labels end where figures begin; blanks and codes before the last label are no figures."""
    first_figure = written = 0
    named = False
    for position, cell in enumerate(cells):
        following = cells[position + 1 : position + 2]
        if (
            _is_label(cell.text)
            and not (named and written)
            and _labels_still(cell, written, following)
        ):
            first_figure = position + 1
            named |= core(cell.text) in known_labels()
        written += parse(cell.text).figure and bool(first_figure)
    labels = tuple(c for c in cells[:first_figure] if _is_label(c.text))
    figures = cells[first_figure:]
    unit = next((normalise(c.text) for c in cells if normalise(c.text) in UNITS), None)
    figures = _after_unit(figures)
    return Row(labels, tuple(figures), index, gridded=True, unit=unit)


def _labels_still(cell: Cell, figures: int, following: Sequence[Cell]) -> bool:
    """Whether words after so many figures are a label, and no remark or word for a figure: an
    ordinal may stand in a cell of its own before the last label.
    """
    known = core(cell.text) in known_labels()
    return not figures or (figures == 1 and (known or any(parse(c.text).figure for c in following)))


def _after_unit(figures: list[Cell]) -> list[Cell]:
    """A column of units parts label and code from the figures."""
    at = next((i for i, c in enumerate(figures) if normalise(c.text) in UNITS), None)
    return figures if at is None else figures[at + 1 :]


@lru_cache(maxsize=8192)
def _is_label(text: str) -> bool:
    plain = normalise(text)
    if not plain or plain in UNITS or MARKS.fullmatch(plain) or _is_absent(plain):
        return False
    if _is_garbled(plain):
        return False
    return parse(text).state == "text" or END_OF_BRACKET.fullmatch(plain) is not None


def _is_garbled(text: str) -> bool:
    """Whether a text is a misread figure: mostly digits, and nothing of a Chinese label."""
    written = text.replace(" ", "")
    return text.isascii() and 2 * sum(char.isdigit() for char in written) > len(written)


def _is_absent(text: str) -> bool:
    """Whether it holds nothing but words for "none", from one cell or from several."""
    return NOT_APPLICABLE_RUN.fullmatch(text) is not None


# --- running text -------------------------------------------------------------------------------

_LEVEL = 0.5
"""Figures on one line have middles that differ by less (heights of a figure)."""
_LABEL_CELLS, _SAME_INDENT = 12, 1.2
_FRONT_MATTER = 4
"""A printed page number differs from the page's own by no more than so many pages."""
_EXPLODED = 8
"""A grid of so many rows with one cell each is a table exploded to one cell a line."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A label or figure in running text: characters ``[start, end)`` of the line ``block``."""

    cell: Cell
    block: int
    start: int
    end: int


def rows_of_lines(blocks: Sequence[Block]) -> list[Row]:
    """The rows that running text makes: labels, then the figures that follow them."""
    rows: list[Row] = []
    labels: list[_Found] = []
    figures: list[_Found] = []
    for found in _found_in_lines(blocks):
        is_label = _is_label(found.cell.text)
        if is_label and (figures or (labels and _is_section(found.cell))):
            rows += _text_rows(labels, figures)
            labels, figures = [], []
        (labels if is_label else figures).append(found)
    return [*rows, *_text_rows(labels, figures)]


_SECTION = re.compile(r"[一二三四五六七八九十]{1,2}、\S")


def _is_section(cell: Cell) -> bool:
    """Whether a section of the report begins on a page: what stood before had no figures."""
    on_page = cell.place.box is not None
    return on_page and bool(_SECTION.match(cell.text)) and core(cell.text) not in form_words()


def _text_rows(labels: list[_Found], figures: list[_Found]) -> list[Row]:
    """The row that ends here, and before it those of its labels that stand for blank rows.

    Only a page shows that nothing stands beside a label; other text may have lost it.
    """
    if not labels and not figures:
        return []
    blank: list[Row] = []
    used: set[int] = set()
    for start in range(len(labels) - 1):
        members = [] if start in used else _whole_label(labels, start)
        if members and members[-1] < len(labels) - 1:
            used.update(members)
            cells = tuple(labels[m].cell for m in members)
            at = labels[members[-1]].block
            blank.append(Row(cells, (), at, gridded=False, until=at))
    rest = [label for index, label in enumerate(labels) if index not in used]
    return [*blank, _text_row(rest, figures)]


def _whole_label(labels: list[_Found], start: int) -> list[int]:
    """The cells from ``start`` on, one below the other, that make a label of a form.

    They are as many as may be one label, so that none is taken for whole that goes on beside
    figures or, perhaps, on the next page.
    """
    first = labels[start].cell.place
    text = ""
    members: list[int] = []
    for index, label in enumerate(labels[start : start + _LABEL_CELLS], start):
        place = label.cell.place
        if not place.box or not first.box:
            return []
        if place.page != first.page and _is_whole(text):
            later = labels[index : start + _LABEL_CELLS]
            return [] if _goes_on(text, first.box, later) else members
        if in_one_column(place.box, first.box):
            last = labels[members[-1] if members else start].cell.place
            if not begins_a_label(text + label.cell.text) or _is_far_below(place, last):
                break
            text += label.cell.text
            members.append(index)
    return members if _is_whole(text) else []


def _is_far_below(place: Place, other: Place) -> bool:
    """Whether a line lies more than a line below another of its page."""
    if place.box is None or other.box is None or place.page != other.page:
        return False
    return place.box.y0 - other.box.y1 > place.box.height


def _goes_on(text: str, box: Box, later: Sequence[_Found]) -> bool:
    """Whether one of the cells on the next page may belong to a label."""
    return any(
        begins_a_label(text + found.cell.text)
        for found in later
        if found.cell.place.box and in_one_column(found.cell.place.box, box)
    )


def in_one_column(one: Box, other: Box) -> bool:
    """Whether two lines of words begin at one place, or have one middle."""
    apart = min(abs(one.x0 - other.x0), abs(one.center[0] - other.center[0]))
    return apart <= _SAME_INDENT * other.height


def _is_whole(text: str) -> bool:
    """Whether a label of a row is there to its end, and is no column's label too."""
    plain = normalise(text)
    if plain.count("(") != plain.count(")") or core(text) not in known_labels():
        return False
    return bool(ordinal(text)) or core(text) not in column_words()


def in_rows_of(rows: Sequence[Row], count: int) -> list[Row]:
    """Rows of running text with several times ``count`` figures, as so many rows: the first has
    the label, the others have lost theirs.
    """
    return [part for row in rows for part in _parts(row, count)]


def _parts(row: Row, count: int) -> list[Row]:
    figures = _without_lost_labels(row.figures, count)
    times, rest = divmod(len(figures), count)
    if rest or times < 2 or row.gridded or row.glued:
        return [row]
    chunks = [figures[i * count : (i + 1) * count] for i in range(times)]
    return [
        replace(row, labels=() if i else row.labels, figures=chunk)
        for i, chunk in enumerate(chunks)
    ]


def _without_lost_labels(figures: tuple[Cell, ...], count: int) -> tuple[Cell, ...]:
    """Without the empty cells that labels left, where each cell ends with a mark."""
    for first in (0, count):
        lost = range(first, len(figures), count + 1)
        ends_whole = len(figures) % (count + 1) == first
        if ends_whole and not any(figures[i].text.strip() for i in lost):
            return tuple(figure for i, figure in enumerate(figures) if i not in lost)
    return figures


def _text_row(labels: list[_Found], found: list[_Found]) -> Row:
    units = [normalise(f.cell.text) for f in found if normalise(f.cell.text) in UNITS]
    figures = [f for f in found if normalise(f.cell.text) not in UNITS]
    return Row(
        labels=tuple(f.cell for f in labels),
        figures=tuple(f.cell for f in figures),
        block=labels[-1].block if labels else found[0].block,
        gridded=False,
        glued=_glued(labels, figures),
        unit=units[0] if units else None,
        after_unit=_after_one_unit(labels, found),
        until=(found or labels)[-1].block,
    )


def _after_one_unit(labels: list[_Found], found: list[_Found]) -> bool:
    """Whether one unit stands between the label and the figures, perhaps at the label's end."""
    units = [normalise(f.cell.text) in UNITS for f in found]
    if any(units) or not labels:
        return sum(units) == 1 and units[0]
    label = core(labels[-1].cell.text)
    named = {label.removesuffix(unit) for unit in UNITS if label.endswith(unit)}
    return any(name.endswith(known) for name in named for known in known_labels() if len(known) > 2)


_RUN_OF_DIGITS = re.compile(r"00|0\d{2}")  # a code has two digits: 02


def _glued(labels: list[_Found], figures: list[_Found]) -> bool:
    """Whether figures touch their label, or have a leading zero that no number has."""
    if not labels or not figures:
        return False
    touches = (labels[-1].block, labels[-1].end) == (figures[0].block, figures[0].start)
    return touches or any(_RUN_OF_DIGITS.match(figure.cell.text) for figure in figures)


def _found_in_lines(blocks: Sequence[Block]) -> Iterator[_Found]:
    numbered = _page_numbers(blocks)
    ended, parted = _marks_of_cells(blocks)
    before = ""
    for index, block in enumerate(blocks):
        for line in () if index in numbered else _lines_of(block):
            if line.text == "|" and (ended or (parted and before == "|")):  # an empty cell
                yield _Found(_cell(line, 0, 0), index, 0, 0)
            elif not PAGE_NUMBER.fullmatch(line.text.strip()):
                for start, end in pieces_of(line):
                    yield _Found(_cell(line, start, end), index, start, end)
            before = line.text


def _marks_of_cells(blocks: Sequence[Block]) -> tuple[bool, bool]:
    """Whether each cell of a table ends with a pipe, or each is followed by a line with one."""
    pipes = [b.text for b in blocks if isinstance(b, Line) and b.text.endswith("|")]
    alone = pipes.count("|")
    return len(pipes) - alone >= _EXPLODED, alone >= _EXPLODED


def _page_numbers(blocks: Sequence[Block]) -> frozenset[int]:
    """The last lines of pages that hold nothing but about the page's number."""
    found = set()
    for index, (block, following) in enumerate(pairwise([*blocks, None])):
        page = block.place.page if block else None
        last = following is None or following.place.page != page
        if isinstance(block, Line) and last and _numbers_page(block.text, page):
            found.add(index)
    return frozenset(found)


def _lines_of(block: Block) -> list[Line]:
    """The block itself, or the cells of a grid that has one cell a row: text in disguise."""
    if isinstance(block, Line):
        return [block]
    return (
        [Line(c.text.replace("\n", ""), c.place) for c in block.cells if c.text.strip()]
        if (_one_cell_a_row(block))
        else []
    )


def _one_cell_a_row(grid: Grid) -> bool:
    written = Counter(cell.row for cell in grid.cells if cell.text.strip())
    return len(written) >= _EXPLODED and max(written.values()) == 1


def _cell(line: Line, start: int, end: int) -> Cell:
    place = line.place
    if place.line is not None:
        base = place.start or 0
        place = replace(place, start=base + start, end=base + end)
    elif line.words:
        place = replace(place, box=box_of(line, start, end))
    return Cell(0, 0, 1, 1, line.text[start:end], place)
