"""A scanned table that the form prints as one row, told by its shape and what was read of its head.

It has as many figures side by side as the form, and most of the words above them are the form's, in
the form's order: then the others are, too. A page may end within these words. One word that says
otherwise, or one figure elsewhere, and it is left as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from gouji.tables.crossed import printed_across
from gouji.tables.evidence import Evidence
from gouji.tables.forms.form import FormCell, FormTable, load
from gouji.tables.grid import Block, Cell, Grid, Line, Place, last_row
from gouji.tables.identities import Figure, all_zero, evaluate
from gouji.tables.labels import letters, similarity
from gouji.tables.numbers import parse
from gouji.tables.vocabulary import titled

_MOST, _NEARLY_ALL = 0.6, 0.8
"""Of the columns so many must be told by their own words, and so many where no heading stands over
the columns that it is for; so many of the cells must hold figures: what is left is illegible.
"""
_ALIKE, _SURE = 0.5, 0.75
"""Words so alike a label speak for it; words so alike another's speak against it."""
_MISREAD = 0.6
"""A heading so alike its label is that, in a place where nothing is more alike."""
_NUMBERS = re.compile(r"[\d\s.,|-]+")
"""What may be a figure with something else in its cell."""
_LINES = 6
"""So many lines below a table's title its figures stand."""
_NARROW = 2
"""Words over more columns are a heading of several."""
_ILLEGIBLE = re.compile(r"[!-~]{1,5}|[!-~]{0,3}[^!-~][!-~]{0,3}")
"""As what a figure may be misread: with no more than one character that is no figure's."""
_FEW = 2
"""So many of the sums must hold where figures of the row are illegible."""
_REMAINS = re.compile(r"[1lI|/.,\-—_]?")
"""What may be left of a wall."""


def shaped(blocks: Sequence[Block], evidence: Evidence) -> list[Block]:
    """The blocks, with the form's own head above such tables."""
    return [
        _shaped_or_summed(blocks, index, evidence) if evidence.covers(block.place.page) else block
        for index, block in enumerate(blocks)
    ]


def _shaped_or_summed(blocks: Sequence[Block], index: int, evidence: Evidence) -> Block:
    block, table = blocks[index], printed_across()
    if (found := _shaped(blocks, index, table)) is not block:
        return found
    return _summed(blocks, index, table, evidence) or block


def _shaped(blocks: Sequence[Block], index: int, table: FormTable) -> Block:
    grid = blocks[index]
    if not isinstance(grid, Grid):
        return grid
    last = last_row(grid)
    figures = [c for c in last if parse(c.text).state != "text" or _NUMBERS.fullmatch(c.text)]
    if len(last) != len(table.cells) or len(figures) < _NEARLY_ALL * len(last):
        return grid
    own = _above_last(grid)
    if _figures_in(own):
        return grid
    head = (*_on_the_page_before(blocks, index, len(last)), *own)
    above = [part for cell in head for part in _parts(cell)]
    if not above:
        return grid
    told = list(_told(last, above, table))
    if False in told or sum(map(bool, told)) < _MOST * len(told):
        return grid
    headed = _headed(last, above, table)
    if headed is None and sum(map(bool, told)) >= _NEARLY_ALL * len(told):
        headed = _under_headings(blocks, index, table)
    if not headed:
        return grid
    return replace(grid, cells=(*_head(table, last[0]), *_placed(last)))


def _above_last(grid: Grid) -> list[Cell]:
    last = last_row(grid)
    return [cell for cell in grid.cells if cell not in last]


def _figures_in(cells: Iterable[Cell]) -> bool:
    """Whether there are figures among the cells of a head: it is none, and they would be lost.
    One mark may be left of a wall.
    """
    figures = [cell.text.strip() for cell in cells if parse(cell.text).figure]
    return len(figures) > 1 or not all(_REMAINS.fullmatch(text) for text in figures)


def _on_the_page_before(blocks: Sequence[Block], index: int, columns: int) -> Sequence[Cell]:
    """What the end of a page cut off the head: the cells of the last grid there, if it is nothing
    but a head, and ends with as many columns.
    """
    page = blocks[index].place.page
    before = next((b for b in reversed(blocks[:index]) if isinstance(b, Grid)), None)
    if before is None or page is None or before.place.page != page - 1:
        return ()
    cut = len(last_row(before)) == columns and not _figures_in(before.cells)
    return before.cells if cut else ()


def _summed(
    blocks: Sequence[Block], index: int, table: FormTable, evidence: Evidence
) -> Grid | None:
    """A row of as many figures as the form, below its headings in their order, whose sums hold:
    the labels between need not be read.
    """
    block = blocks[index]
    written = _last_row(block)
    if isinstance(block, Grid) and _figures_in(_above_last(block)):
        return None
    figures = [figure for text, place in written for figure in _figures(text, place, evidence)]
    if len(figures) != len(table.cells) or not _sums_hold(figures, table):
        return None
    if not _under_headings(blocks, index, table):
        return None
    return Grid((*_head(table, figures[0]), *_placed(figures)), "unruled", block.place)


def _last_row(block: Block) -> list[tuple[str, Place]]:
    """What is written in the last row of a grid, or in a line, and where."""
    if isinstance(block, Line):
        return [(word.text, replace(block.place, box=word.box)) for word in block.words]
    return [(cell.text, cell.place) for cell in last_row(block) if cell.text]


def _figures(text: str, place: Place, evidence: Evidence) -> Iterator[Cell]:
    """The figures of a piece of text, each in its own place; illegible ones too, but no words."""
    words = text.split()
    if place.page is None or place.box is None or not all(map(_may_be_figure, words)):
        return
    for word, seen in zip(words, evidence.parts(place.page, place.box, len(words)), strict=True):
        yield Cell(0, 0, 1, 1, word, replace(place, box=seen.spot[1]))


def _may_be_figure(word: str) -> bool:
    return parse(word).state != "text" or bool(_ILLEGIBLE.fullmatch(word))


def _sums_hold(figures: Sequence[Cell], table: FormTable) -> bool:
    """Whether the sums hold, but for one: a misprint. Where figures are illegible two do, or there
    is nothing but zeros and dashes.
    """
    numbers = [parse(cell.text) for cell in figures]
    known = {form_cell.ref: Figure(number.value, number.state)
             for form_cell, number in zip(table.cells, numbers, strict=True)}  # fmt: skip
    illegible = sum(number.state == "text" for number in numbers)
    sums = [i for i in load(table.edition).identities_of(table) if i.severity == "error"]
    results = Counter(evaluate(i, known).result for i in sums if not all_zero(i, known))
    if illegible > len(figures) - _NEARLY_ALL * len(figures):
        return False
    held = results["pass"] + results["pass_blank_as_zero"]
    if illegible and any(number.value for number in numbers):
        return held >= _FEW and not results["fail"]
    return results["fail"] <= (results.total() > _NARROW)


def _under_headings(blocks: Sequence[Block], index: int, table: FormTable) -> bool:
    """Whether what stands above, down from the table's title, names its rows in their order."""
    above: list[str] = []
    for block in reversed(blocks[max(0, index - _LINES) : index + 1]):
        if isinstance(block, Line) and titled(block.text):
            break
        texts = [block.text] if isinstance(block, Line) else [c.text for c in block.cells]
        above.insert(0, letters("".join(texts)))
    else:
        return False
    text = "".join(above)
    for label in (letters(row.labels[0]) for row in table.rows):
        place = _at(text, label)
        if place < 0:
            return False
        text = text[place + len(label) :]
    return True


def _at(text: str, label: str) -> int:
    """Where a heading stands in a text, perhaps a little misread; -1 if it does not."""
    if (exact := text.find(label)) >= 0:
        return exact
    windows = ((similarity(text[n : n + len(label)], label), -n) for n in range(len(text)))
    best, place = max(windows, default=(0.0, 0))
    return -place if best >= _MISREAD else -1


def _parts(cell: Cell) -> Iterator[Cell]:
    """A cell over several columns as so many, if a line of it has a word for each."""
    for line in cell.text.split("\n"):
        words = line.split()
        if 1 < len(words) == cell.col_end - cell.col:
            for col, word in enumerate(words, start=cell.col):
                yield replace(cell, col=col, col_end=col + 1, text=word)
        else:
            yield replace(cell, text=line)


def _told(
    figures: Sequence[Cell], above: Sequence[Cell], table: FormTable
) -> Iterator[bool | None]:
    """For each column whether its words say that it is the form's, or another's; None: neither."""
    for figure, form_cell in zip(figures, table.cells, strict=True):
        over = [letters(c.text) for c in above if _over(c, figure, figures)]
        words = [*over, "".join(over)]
        own = _likeness(words, form_cell)
        other = max(
            _likeness(words, c) for c in table.cells if set(c.labels).isdisjoint(form_cell.labels)
        )
        yield False if other >= _SURE and other > own else (own >= _ALIKE and own > other) or None


def _likeness(words: Sequence[str], cell: FormCell) -> float:
    return max(similarity(word, letters(label)) for word in words for label in cell.labels)


def _over(cell: Cell, figure: Cell, figures: Sequence[Cell]) -> bool:
    """Whether a cell stands over a column, and not over several as a heading."""
    return _meets(cell, figure) and sum(_meets(cell, one) for one in figures) <= _NARROW


def _meets(cell: Cell, other: Cell) -> bool:
    return cell.col < other.col_end and other.col < cell.col_end


def _headed(figures: Sequence[Cell], above: Sequence[Cell], table: FormTable) -> bool | None:
    """Whether the headings that were read stand over the columns that they belong to; None where
    there are none.
    """
    found = None
    for cell in above:
        under = [i for i, figure in enumerate(figures) if _meets(cell, figure)]
        if len(under) <= _NARROW:
            continue
        middle = (under[0] + under[-1]) / 2
        alike = [
            (similarity(letters(cell.text), letters(label)), first, last)
            for label, first, last in _headings(table)
        ]
        best, first, last = max(alike)
        if best >= _SURE:
            if not first <= middle <= last:
                return False
            found = True
    return found


def _headings(table: FormTable) -> Iterator[tuple[str, int, int]]:
    """Each heading of the form, and the first and the last column below it."""
    width = len(table.columns)
    groups: dict[str, list[int]] = {}
    for number, row in enumerate(table.rows):
        for label in (*row.labels, *([row.group] if row.group else [])):
            groups.setdefault(label, []).append(number)
    for label, numbers in groups.items():
        yield label, numbers[0] * width, (numbers[-1] + 1) * width - 1


def _head(table: FormTable, like: Cell) -> Iterator[Cell]:
    width = len(table.columns)
    for number, row in enumerate(table.rows):
        col = number * width
        yield replace(like, row=0, row_end=1, col=col, col_end=col + width, text=row.labels[0])
    for col, cell in enumerate(table.cells):
        yield replace(like, row=1, row_end=2, col=col, col_end=col + 1, text=cell.labels[0])


def _placed(figures: Sequence[Cell]) -> Iterator[Cell]:
    """Below the head; what is illegible would be a label. The readers tell what it is."""
    for col, cell in enumerate(figures):
        text = "" if parse(cell.text).state == "text" else cell.text
        yield replace(cell, row=2, row_end=3, col=col, col_end=col + 1, text=text)
