"""The labels above a table's figures → which figure of a row belongs to which column.

Where the header can be read in full it decides, also when an agency has changed the order;
else the form's own order stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from gouji.ocr.page import Box
from gouji.tables.align import Located, is_header
from gouji.tables.forms.form import FormCell, FormRow, FormTable
from gouji.tables.grid import Block, Cell, Grid
from gouji.tables.labels import core
from gouji.tables.numbers import parse
from gouji.tables.printed_order import is_turned, joined, printed_order, words_of
from gouji.tables.rows import Row
from gouji.tables.vocabulary import vocabulary

_BY_INDEX_ONLY = ("tabs", "pipes")
"""Sources whose column numbers shift from row to row: merged cells leave no trace in them."""

_HEADER_ROWS = 4
_LEVEL = 0.3
"""Words whose middles differ by no more (heights) stand on one line."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The cells of a row of the form in the order in which they are printed.

    ``spans`` are their columns in the grid, where those can be relied on; ``marked`` are the
    columns there whose labels say which cell of the form stands in them, known also where others
    could not be read. ``unread``: the labels contradict the form's order, and do not tell another.
    """

    order: tuple[FormCell, ...]
    spans: tuple[tuple[int, int], ...] | None = None
    marked: tuple[tuple[tuple[int, int], str], ...] = ()
    unread: bool = False

    def pick(self, row: Row) -> tuple[Cell, ...]:
        """The cells of ``row`` that stand exactly under the labels; else all its figures."""
        if self.spans is None:
            return row.figures
        by_span = {(cell.col, cell.col_end): cell for cell in row.cells}
        picked = tuple(by_span[span] for span in self.spans if span in by_span)
        left = [c for c in row.figures if parse(c.text).figure and c not in picked]
        return picked if len(picked) == len(self.order) and not left else row.figures

    @property
    def in_order(self) -> bool:
        """Whether the columns whose labels could be read follow each other as in the form."""
        places = {cell.ref: place for place, cell in enumerate(self.order)}
        read = [place for _, place in sorted((span, places[ref]) for span, ref in self.marked)]
        return not self.unread and read == sorted(read)

    def leaves(self, figures: Sequence[Cell], used: Sequence[Cell]) -> bool:
        """Whether a number that is not ``used`` stands under a label that was read."""
        marked = dict(self.marked)
        return any(
            (cell.col, cell.col_end) in marked and parse(cell.text).value is not None
            for cell in figures
            if cell not in used
        )

    def contradicts(self, cells: Sequence[Cell]) -> bool:
        """Whether one of ``cells``, in the order of the form's, stands under another's label."""
        marked = dict(self.marked)
        return self.unread or any(
            marked.get((cell.col, cell.col_end), wanted.ref) != wanted.ref
            for cell, wanted in zip(cells, self.order, strict=True)
        )


def columns_of(
    form_row: FormRow, located: Located, index: int, rows: Sequence[Row], blocks: Sequence[Block]
) -> Columns:
    """How the row ``index`` of the document, taken as ``form_row``, is laid out."""
    first = _top(located, rows)
    until = rows[min(first, index) : index + 1]
    if not rows[index].gridded or shifting(blocks[rows[index].block]):
        if _is_turned(form_row, located.table, _words_above(located, rows, first)):
            return Columns(form_row.cells, unread=True)
        return _told(form_row, located, until)
    placed = {placement.index for placement in located.placements}
    above = [rows[i] for i in range(first, index) if i not in placed and rows[i].gridded]
    across = located.table.across
    above = [row for row in above if is_header(row, located.table) or (across and row.labels)]
    above = [row for row in above if not shifting(blocks[row.block])]
    # The columns of grids of different widths are not numbered alike.
    width = _width(blocks[above[-1].block]) if above else 0
    above = [row for row in above if _width(blocks[row.block]) == width]
    labelled = _across(located.table, above) if across else _shared(form_row, above)
    found = labelled if across else _beside(labelled)
    if not across and any(_is_turned(form_row, located.table, row.labels) for row in above):
        return Columns(form_row.cells, unread=True)
    if not above and _is_turned(form_row, located.table, _words_above(located, rows, first)):
        return Columns(form_row.cells, unread=True)
    if not above or {cell.ref for cell, _ in found} != {cell.ref for cell in form_row.cells}:
        told = _told(form_row, located, until)
        reliable = above and _spans(found, rows[index], above, blocks) is not None
        return replace(told, marked=_marked(found)) if reliable else told
    # Labels over one column do not tell which of them comes first.
    own = {cell.ref: span for cell, span in found}
    found = sorted(((c, own[c.ref]) for c in form_row.cells), key=lambda f: f[1])
    order = tuple(cell for cell, _ in found)
    if order != form_row.cells and _overlap([span for _, span in labelled]):
        return Columns(form_row.cells, unread=True)
    apart = len(set(own.values())) == len(own)
    spans = _spans(found, rows[index], above, blocks) if apart else None
    return Columns(order, spans, _marked(found) if spans else ())


def _words_above(located: Located, rows: Sequence[Row], first: int) -> list[Cell]:
    """The words from row ``first`` on over the first row that was recognised; none on a page."""
    at = located.placements[0].index
    words = [cell for row in rows[first : at + 1] for cell in row.labels]
    words = words[: len(words) - len(rows[at].labels)] if rows[at].gridded else words[:-1]
    return [] if any(cell.place.box for cell in words) else words


def _is_turned(form_row: FormRow, table: FormTable, labels: Sequence[Cell]) -> bool:
    return not table.across and is_turned(form_row, table.columns, [c.text for c in labels])


def _told(form_row: FormRow, located: Located, rows: Sequence[Row]) -> Columns:
    """The order that the words above tell where no grid does.

    On a page the lines of a header with groups run into each other; there the sums must tell.
    """
    labels = [cell for row in rows for cell in row.labels]
    grouped = any(column.group for column in located.table.columns)
    on_page = any(cell.place.box for cell in labels)
    if grouped and on_page:
        return Columns(form_row.cells)
    if rows[-1].glued and _has_others(form_row, located.table, labels[:-1]):
        return Columns(form_row.cells, unread=True)
    words = [cell.text for cell in _in_reading_order(labels)]
    order = printed_order(form_row, located.table, words if on_page else joined(words))
    if order is not None and order != form_row.cells and on_page and located.table.across:
        order = _as_they_stand(order, located.table, labels)
    return Columns(form_row.cells, unread=True) if order is None else Columns(order)


def _as_they_stand(
    order: Sequence[FormCell], table: FormTable, labels: Sequence[Cell]
) -> tuple[FormCell, ...] | None:
    """The order of rows that stand side by side by where their headings stand on the page, which
    the lines of a header that leans do not tell; None where one of these was not read.
    """
    middles: dict[str, float] = {}
    for row in table.rows:
        words = {core(label) for label in row.labels}
        heads = [cell.place.box for cell in labels if core(cell.text) in words and cell.place.box]
        if not heads:
            return None
        middles[row.key] = heads[-1].center[0]
    return tuple(sorted(order, key=lambda cell: middles[cell.row]))


def _has_others(form_row: FormRow, table: FormTable, above: Sequence[Cell]) -> bool:
    """Whether the header of a row of one figure has words that no form knows: the figure of
    another column may be run together with it, which no sum can tell.
    """
    columns = {core(label) for cell in form_row.cells for label in cell.labels if label}
    header = [text for cell in above if (text := core(cell.text)).endswith(tuple(columns))]
    if not header or len(form_row.cells) > 1:
        return False
    heads = vocabulary(table).headings
    ends = [header[-1].rfind(head) + len(head) for head in heads if head in header[-1]]
    return "" in words_of(header[-1][max(ends, default=0) :])


def _in_reading_order(labels: Sequence[Cell]) -> list[Cell]:
    """Words of a page line by line; others as they come."""
    boxed = [(cell.place.page or 0, cell.place.box, cell) for cell in labels if cell.place.box]
    if len(boxed) < len(labels):
        return list(labels)
    lines: list[list[tuple[int, Box, Cell]]] = []
    for word in sorted(boxed, key=lambda w: (w[0], w[1].center[1])):
        page, box, _ = lines[-1][-1] if lines else (0, word[1], None)
        level = abs(word[1].center[1] - box.center[1]) <= _LEVEL * box.height
        if lines and page == word[0] and level:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [cell for line in lines for _, _, cell in sorted(line, key=lambda w: w[1].x0)]


def _top(located: Located, rows: Sequence[Row]) -> int:
    """Where the table begins, with the header rows above it in the same grid that have words of
    an agency's own.
    """
    first = located.first
    while (
        first > max(0, located.first - _HEADER_ROWS)
        and rows[first - 1].block == rows[first].block
        and not any(parse(cell.text).figure for cell in rows[first - 1].figures)
    ):
        first -= 1
    return first


Found = tuple[FormCell, tuple[int, int]]


def _marked(found: Sequence[Found]) -> tuple[tuple[tuple[int, int], str], ...]:
    return tuple((span, cell.ref) for cell, span in found)


def _spans(
    found: Sequence[Found], row: Row, above: Sequence[Row], blocks: Sequence[Block]
) -> tuple[tuple[int, int], ...] | None:
    here, header = blocks[row.block], blocks[above[-1].block]
    if not isinstance(here, Grid) or not isinstance(header, Grid):
        return None
    if shifting(here) or (here is not header and here.n_cols != header.n_cols):
        return None
    return tuple(span for _, span in found)


def _overlap(spans: Sequence[tuple[int, int]]) -> bool:
    return any(before[1] > after[0] for before, after in pairwise(sorted(spans)))


def _width(block: Block) -> int:
    return block.n_cols if isinstance(block, Grid) else 0


def shifting(block: Block) -> bool:
    """Whether merged and empty cells may have left no trace in it."""
    return isinstance(block, Grid) and block.found_by in _BY_INDEX_ONLY


def _shared(form_row: FormRow, above: Sequence[Row]) -> list[Found]:
    """The nearest labels above for each column of the row."""
    found: dict[str, Found] = {}
    for row in reversed(above):
        fresh = [f for f in _labelled(form_row.cells, row.cells) if f[0].ref not in found]
        found |= {cell.ref: (cell, span) for cell, span in fresh}
        if len(found) == len(form_row.cells):
            break
    return list(found.values())


def _beside(found: Sequence[Found]) -> list[Found]:
    """Labels with their columns; one that seems to stand over others' columns, because it stands
    higher in a header without lines, has the one that is left.
    """
    result = []
    for cell, (first, last) in found:
        others = [s for c, s in found if c is not cell and first <= s[0] and s[1] <= last]
        left = [i for i in range(first, last) if not any(a <= i < b for a, b in others)]
        result.append(
            (cell, (left[0], left[0] + 1) if others and len(left) == 1 else (first, last))
        )
    return result


def _labelled(cells: Sequence[FormCell], printed: Sequence[Cell]) -> list[Found]:
    words = {core(label): cell for cell in cells for label in cell.labels}
    return [
        (words[core(cell.text)], (cell.col, cell.col_end))
        for cell in printed
        if core(cell.text) in words
    ]


def _across(table: FormTable, above: Sequence[Row]) -> list[Found]:
    """Column labels under the label of the form's row that they belong to."""
    printed = [cell for row in above for cell in row.labels]
    found: list[Found] = []
    for form_row in table.rows:
        labels = {core(label) for label in form_row.labels}
        for head in [cell for cell in printed if _names(cell, labels)][-1:]:
            under = [c for c in printed if head.col <= c.col and c.col_end <= head.col_end]
            found += _labelled(form_row.cells, under)
    return found


def _names(head: Cell, labels: set[str]) -> bool:
    """Whether a heading is one of the labels, also with words behind it: 行政复议情况."""
    return any(core(head.text).startswith(label) for label in labels)
