"""Plain text and Markdown to lines and grids.

A table is a run of lines with tabs, or with pipes in any of the forms that conversions leave:
leading only, trailing only, empty tails. One or two blank lines inside a run do not end it; a
line without separators does. Rows keep the cells they have, empty ones too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from gouji.tables.grid import Block, Cell, Document, Grid, Line, Place

_BLANK = " \t\xa0\u3000\ufeff\u200b\x0b\x0c"
_MAX_GAP = 4
_HEADING = re.compile(r"(#{1,6})[ \t\u3000]+(?P<text>.*?)[ \t]*#*$")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)([^*_]{1,300})(?<=\S)\1")
_LINE_BREAK = re.compile(r"<br\s*/?>", re.I)
_FIGURE = re.compile(r"[-+\u2212－＋]?[\d.,，．]+[%％]?|[-—/／]|无")
_PAGE_NUMBER = re.compile(r"[-\u2014\u2013－]+\s*\d{1,4}\s*[-\u2014\u2013－]+")
_DELIMITER = re.compile(r":?-+:?")


@dataclass(frozen=True, slots=True)
class Entry:
    """A physical line: its number from 1, its text as it stands, its outline level or 0."""

    number: int
    text: str
    heading: int = 0

    @property
    def blank(self) -> bool:
        """Nothing but white space stands in it."""
        return not self.text.strip(_BLANK)

    @property
    def page_number(self) -> bool:
        """``- 4 -`` between the rows of a table."""
        return bool(_PAGE_NUMBER.fullmatch(self.text.strip(_BLANK)))


Span = tuple[int, int]
Splitter = Callable[[Sequence[Entry]], list[list[Span]]]


def read_text(text: str, *, markdown: bool = False) -> Document:
    """Read plain text, or Markdown; ``Place.line`` is the line of the file."""
    entries = [Entry(number, line) for number, line in enumerate(split_lines(text), start=1)]
    return Document(tuple(blocks_of(entries, markdown=markdown)))


def split_lines(text: str) -> list[str]:
    """The lines of a file, whatever ends them; unlike ``splitlines`` only by line ends."""
    return re.split(r"\r\n|\n|\r", text)


def looks_like_markdown(text: str) -> bool:
    """Whether a text has headings with ``#``, or a table with a delimiter row."""
    lines = split_lines(text)
    return any(
        _HEADING.fullmatch(line) or (line.count("|") > 1 and _is_delimiter(_pipes(line)))
        for line in lines
    )


def blocks_of(entries: Sequence[Entry], *, markdown: bool = False) -> list[Block]:
    """Lines and grids of consecutive physical lines, in their order."""
    blocks: list[Block] = []
    rejected = dict.fromkeys((found_by for _, _, found_by in _TABLES), 0)
    index = 0
    while index < len(entries):
        for is_row, split, found_by in _TABLES:
            if index < rejected[found_by] or not is_row(entries[index]):
                continue
            end = _run_end(entries, index, is_row)
            rows = [entry for entry in entries[index:end] if is_row(entry)]
            grid = _grid(rows, split, found_by, markdown=markdown) if rows else None
            if grid is not None:
                blocks.append(grid)
                index = end
                break
            rejected[found_by] = end
        else:
            if not entries[index].blank:
                blocks.append(_line(entries[index], markdown=markdown))
            index += 1
    return blocks


def _line(entry: Entry, *, markdown: bool) -> Line:
    start, end = _trim(entry.text, 0, len(entry.text))
    heading = entry.heading
    found = _HEADING.fullmatch(entry.text, start, end) if markdown else None
    if found and found["text"]:
        heading = len(found[1])
        start, end = found.span("text")
    text = _plain(entry.text[start:end]) if markdown else entry.text[start:end]
    return Line(text, Place(line=entry.number, start=start, end=end), heading)


def _plain(text: str) -> str:
    """Markdown's escapes and marks of emphasis taken away."""
    text = _EMPHASIS.sub(r"\2", text)
    return _ESCAPE.sub(r"\1", _LINE_BREAK.sub("\n", text))


def _trim(text: str, start: int, end: int) -> Span:
    inner = text[start:end]
    stripped = inner.lstrip(_BLANK)
    start += len(inner) - len(stripped)
    return start, start + len(stripped.rstrip(_BLANK))


def _run_end(entries: Sequence[Entry], first: int, is_row: Callable[[Entry], bool]) -> int:
    """Behind the last row of the run from ``first``; ``first`` itself if none begins there."""
    if _indented(entries[first]):
        return first
    last = first
    for index in range(first + 1, len(entries)):
        entry = entries[index]
        if is_row(entry):
            if not _indented(entry) or (index == last + 1 and _as_wide(entry, entries[last])):
                last = index
        elif not (entry.blank or entry.page_number) or index - last > _MAX_GAP + 1:
            break
    return last + 1


def _indented(entry: Entry) -> bool:
    """A line whose only tab stands before its text, or a blank one: no row at a table's edge."""
    text = entry.text.strip(" \xa0\u3000")
    return entry.blank or ("\t" not in text.removeprefix("\t") and "|" not in text)


def _as_wide(entry: Entry, above: Entry) -> bool:
    """Whether a row with nothing in it has the cells of the one above."""
    return entry.text.count("\t") == above.text.count("\t") > 1


def _has_tab(entry: Entry) -> bool:
    return "\t" in entry.text and not entry.heading


def _has_pipe(entry: Entry) -> bool:
    return "|" in entry.text and not entry.heading


def _grid(rows: Sequence[Entry], split: Splitter, found_by: str, *, markdown: bool) -> Grid | None:
    """The rows as a grid; None if hardly any row has several filled cells."""
    spans = split(rows)
    filled = [
        [entry.text[start:end] for start, end in row if end > start]
        for entry, row in zip(rows, spans, strict=True)
    ]
    if sum(len(row) >= 2 for row in filled) < 2 and not any(map(_is_lone_row, filled)):
        return None
    cells: list[Cell] = []
    row = 0
    for entry, parts in zip(rows, spans, strict=True):
        if found_by == "pipes" and _is_rule(entry.text, parts, row):
            continue
        for col, (start, end) in enumerate(parts):
            text = entry.text[start:end]
            place = Place(line=entry.number, start=start, end=end)
            cells.append(
                Cell(row, col, row + 1, col + 1, _plain(text) if markdown else text, place)
            )
        row += 1
    return Grid(tuple(cells), found_by, Place(line=rows[0].number))


def _is_lone_row(texts: Sequence[str]) -> bool:
    """Whether a row is a table by itself: three filled cells or more, half of them figures."""
    figures = sum(_FIGURE.fullmatch(text) is not None for text in texts)
    return len(texts) >= 3 and figures * 2 >= len(texts)


def _is_rule(text: str, parts: Sequence[Span], row: int) -> bool:
    """Markdown's row of dashes under the header. Lone dashes elsewhere are figures left out."""
    cells = [text[start:end] for start, end in parts]
    return _is_delimiter(cells) and (row == 1 or all(len(cell) >= 3 for cell in cells if cell))


def _is_delimiter(cells: Iterable[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(_DELIMITER.fullmatch(cell) for cell in filled)


def _pipes(line: str) -> list[str]:
    return [cell.strip(_BLANK) for cell in line.split("|")]


def _split_tabs(rows: Sequence[Entry]) -> list[list[Span]]:
    return [_split(row.text, "\t", 0, len(row.text)) for row in rows]


def _split(text: str, separator: str, start: int, end: int) -> list[Span]:
    """The trimmed spans between separators; a pipe after a backslash does not separate."""
    spans: list[Span] = []
    begin = start
    for position in range(start, end):
        escaped = separator == "|" and position > start and text[position - 1] == "\\"
        if text[position] == separator and not escaped:
            spans.append(_trim(text, begin, position))
            begin = position + 1
    return [*spans, _trim(text, begin, end)]


def _split_pipes(rows: Sequence[Entry]) -> list[list[Span]]:
    """Split at pipes, without the columns behind a full header in which nothing stands.

    Whether a pipe at an edge is the border, or has an empty cell outside it, is decided by what
    gives most rows the same length; it is the border where both do.
    """
    best: list[list[Span]] = []
    best_score = -1
    for leading, trailing in ((True, True), (True, False), (False, True), (False, False)):
        split = [_split_border(row.text, leading=leading, trailing=trailing) for row in rows]
        score = max(Counter(len(row) for row in split).values())
        if score > best_score:
            best, best_score = split, score
    tail = min(map(_empty_tail, best))
    headed = any(
        _is_full_header(row, spans[: len(spans) - tail])
        for row, spans in zip(rows, best, strict=True)
    )
    return [spans[: len(spans) - tail] for spans in best] if headed else best


def _empty_tail(spans: Sequence[Span]) -> int:
    return sum(1 for _ in takewhile(lambda span: span[0] == span[1], reversed(spans)))


def _is_full_header(row: Entry, spans: Sequence[Span]) -> bool:
    """Whether words stand in every cell of a row, and no figure."""
    texts = [row.text[start:end] for start, end in spans]
    return len(texts) > 1 and all(text and not _FIGURE.fullmatch(text) for text in texts)


def _split_border(text: str, *, leading: bool, trailing: bool) -> list[Span]:
    start, end = _trim(text, 0, len(text))
    if leading and text.startswith("|", start):
        start += 1
    if trailing and end > start and text.endswith("|", start, end):
        end -= 1
    return _split(text, "|", start, end)


_TABLES: tuple[tuple[Callable[[Entry], bool], Splitter, str], ...] = (
    (_has_pipe, _split_pipes, "pipes"),
    (_has_tab, _split_tabs, "tabs"),
)
