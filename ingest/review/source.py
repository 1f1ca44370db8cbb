"""The text of a source without pages, cut into what is to be shown: lines, tables, marked cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gouji.ingest.review.view import Shown


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line; ``shown`` where it is a cell of the report."""

    text: str
    shown: Shown | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one table, each of its cells with its pieces; or one line of running text."""

    table: bool
    rows: list[list[list[Span]]]


def lines_of(text: str, cells: Sequence[Shown]) -> list[Group]:
    """The lines of a text, those with tabs gathered to tables."""
    marks: dict[int, list[Shown]] = {}
    for one in cells:
        if one.cell.at is not None:
            marks.setdefault(one.cell.at.line, []).append(one)
    groups: list[Group] = []
    for number, line in enumerate(text.split("\n"), start=1):
        own = sorted(marks.get(number, []), key=lambda one: one.cell.at.start if one.cell.at else 0)
        row = [list(_spans(piece, start, own)) for piece, start in _pieces(line)]
        table = "\t" in line
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
