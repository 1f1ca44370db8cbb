"""The text of a source without pages, cut into what is to be shown: lines, tables, marked cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gouji.ingest.review.view import Shown
from gouji.tables.grid import Document, Grid


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line; ``shown`` where it is a cell of the report."""

    text: str
    shown: Shown | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A cell of a table, or a line, and how many rows and columns it takes."""

    spans: tuple[Span, ...]
    row_span: int = 1
    col_span: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one table; or one line of running text."""

    table: bool
    rows: list[list[Piece]]


Merged = Mapping[tuple[int, int], tuple[int, int]]
"""The rows and columns that a cell of a table takes, by the line and character it begins at."""


def merged(document: Document) -> dict[tuple[int, int], tuple[int, int]]:
    """The cells of a document's tables."""
    return {
        (cell.place.line, cell.place.start): (cell.row_end - cell.row, cell.col_end - cell.col)
        for block in document.blocks if isinstance(block, Grid)
        for cell in block.cells
        if cell.place.line is not None and cell.place.start is not None
    }  # fmt: skip


def lines_of(text: str, cells: Sequence[Shown], known: Merged) -> list[Group]:
    """The lines of a text, those of tables and those with tabs gathered to tables."""
    of_tables = {line for line, _ in known}
    marks: dict[int, list[Shown]] = {}
    for one in cells:
        if one.cell.at is not None:
            marks.setdefault(one.cell.at.line, []).append(one)
    groups: list[Group] = []
    for number, line in enumerate(text.split("\n"), start=1):
        own = sorted(marks.get(number, []), key=lambda one: one.cell.at.start if one.cell.at else 0)
        row = [Piece(tuple(_spans(piece, start, own)), *known.get((number, start), (1, 1)))
               for piece, start in _pieces(line)]  # fmt: skip
        table = "\t" in line or number in of_tables
        if table and groups and groups[-1].table:
            groups[-1].rows.append(row)
        elif line.strip():
            groups.append(Group(table, [row]))
    return groups


def _pieces(line: str) -> Iterator[tuple[str, int]]:
    start = 0
    for piece in line.split("\t"):
        yield piece, start
        start += len(piece) + 1


def _spans(text: str, start: int, marks: Sequence[Shown]) -> Iterator[Span]:
    """A piece of a line that begins at ``start``, parted where cells begin and end."""
    at, end = 0, len(text)
    for one in marks:
        place = one.cell.at
        if place is None:
            continue
        first, last = max(place.start - start, at), min(place.end - start, end)
        empty = place.start == place.end == start and not text
        if first < last or empty:
            if first > at:
                yield Span(text[at:first])
            yield Span(text[first:last], one)
            at = max(last, at)
    if at < end:
        yield Span(text[at:])
