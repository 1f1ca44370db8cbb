"""Text without what only looks different: blanks, full width, traditional script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import cast

from gouji.tables.grid import Block, Grid, Place
from gouji.tables.record import At, Found

_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_NARROW |= {ord("○"): ord("〇"), ord("〔"): ord("("), ord("〕"): ord(")")}
_BLANK = re.compile(r"[\s\u200b\u200c\u200d\ufeff\u00ad]")
_TWICE = re.compile(r"[\uf900-\ufa6d\ufa70-\ufad9]")
_INKED = re.compile(r"[^\s\u200b\u200c\u200d\ufeff\u00ad]")
# Characters that a page in traditional script about this subject can hardly do without.
_TRADITIONAL = re.compile("[報開務區縣廳資訊國廣東關門發佈處辦總員會業]")
_ENDS = (".", "。", ":", ";", "!", "?", ")", "》", "、", "报告", "年报", "表")
_SHORT_LINE = 15


@dataclass(frozen=True, slots=True)
class Row:
    """A line, or a row of a table with its cells joined by tabs, and its flat text.

    ``where`` gives, for each character of ``flat``, its place in ``printed``. ``cells`` is how
    many cells with text the row has, 0 for a line of running text.
    """

    printed: str
    flat: str
    where: tuple[int, ...]
    place: Place
    heading: int = 0
    cells: int = 0


def flatten(text: str) -> str:
    """The text without blanks, narrow, in simplified script."""
    return simplified(_unified(_BLANK.sub("", text.translate(_NARROW))))


def _unified(text: str) -> str:
    """The text without the characters that Unicode has twice: U+F979 is 凉."""
    return _TWICE.sub(lambda char: unicodedata.normalize("NFC", char[0]), text)


def simplified(text: str) -> str:
    """The text in simplified script, character by character, so that its length stays."""
    if not _TRADITIONAL.search(text):
        return text
    convert = _converter()
    whole = convert(text)
    return whole if len(whole) == len(text) else "".join(convert(char)[:1] or char for char in text)


def in_simplified_script(text: str) -> str:
    """The text without characters that only the traditional script has: GB 2312 knows none. So 乾
    stays, which is in both.
    """
    return "".join(
        char if _in_gb2312(char) else _converter()(char)[:1] or char for char in _unified(text)
    )


def _in_gb2312(char: str) -> bool:
    try:
        return bool(char.encode("gb2312"))
    except UnicodeEncodeError:
        return False


@cache
def _converter() -> Callable[[str], str]:
    from opencc import OpenCC

    return cast(Callable[[str], str], OpenCC("t2s").convert)


def rows(blocks: Sequence[Block]) -> list[Row]:
    """All lines and table rows that have text, in reading order."""
    found: list[Row] = []
    for block in blocks:
        if isinstance(block, Grid):
            found.extend(_grid_rows(block))
        else:
            found.append(_row(block.text, block.place, block.heading))
    return [row for row in found if row.flat]


def _row(text: str, place: Place, heading: int = 0, cells: int = 0) -> Row:
    flat, where = _flat(text)
    return Row(text, flat, where, place, heading, cells)


@lru_cache(maxsize=4096)
def _flat(text: str) -> tuple[str, tuple[int, ...]]:
    return flatten(text), tuple(match.start() for match in _INKED.finditer(text))


def _grid_rows(grid: Grid) -> list[Row]:
    by_row: dict[int, list[tuple[str, Place]]] = {}
    for cell in grid.cells:
        if cell.text.strip():
            by_row.setdefault(cell.row, []).append((cell.text, cell.place))
    return [
        _row("\t".join(text for text, _ in cells), cells[0][1], 0, len(cells))
        for _, cells in sorted(by_row.items())
    ]


@dataclass(frozen=True, slots=True)
class Flow:
    """The flat text of rows as one string, and the way back to where it is printed.

    A row that seems to run on into the next is joined to it; others are parted by a line break.
    """

    rows: list[Row]
    text: str
    starts: list[int]

    @classmethod
    def of(cls, found: list[Row]) -> Flow:
        """Join the rows."""
        parts: list[str] = []
        starts: list[int] = []
        length = 0
        for row in found:
            starts.append(length)
            runs_on = not row.cells and len(row.flat) >= _SHORT_LINE
            part = row.flat if runs_on and not row.flat.endswith(_ENDS) else row.flat + "\n"
            parts.append(part)
            length += len(part)
        return cls(found, "".join(parts), starts)

    def row_at(self, position: int) -> int:
        """The index of the row that holds this position of the text."""
        low, high = 0, len(self.starts)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.starts[middle] <= position else (low, middle)
        return low

    def printed(self, start: int, end: int) -> str:
        """What is printed between two positions, its line breaks taken out."""
        return "".join(piece for _, piece, _ in self._pieces(start, end))

    def found(self, start: int, end: int) -> Found:
        """Where it is printed; over several rows, ``at`` tells the place in the first."""
        pieces = self._pieces(start, end)
        row, _, offset = pieces[0]
        return _found(row, "\n".join(piece for _, piece, _ in pieces), offset, len(pieces[0][1]))

    def _pieces(self, start: int, end: int) -> list[tuple[Row, str, int]]:
        pieces = []
        for index in range(self.row_at(start), self.row_at(max(start, end - 1)) + 1):
            row, base = self.rows[index], self.starts[index]
            first = max(start - base, 0)
            last = min(end - base, len(row.flat)) - 1
            if first <= last:
                a, b = row.where[first], row.where[last] + 1
                pieces.append((row, row.printed[a:b], a))
        return pieces


def _found(row: Row, quote: str, offset: int, length: int) -> Found:
    place = row.place
    at = None
    if place.line is not None:
        base = (place.start or 0) + offset
        at = At(line=place.line, start=base, end=base + length)
    return Found(quote=quote, page=place.page, at=at)
