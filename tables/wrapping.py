"""Base lines → rows of a table: which lines are one row whose cells run over several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from gouji.ocr.page import Box
from gouji.tables.gutters import is_number

_LONGEST = 14
"""Lines of one row at most."""
_LEAD = 2.4
"""Lines of one cell stand no farther apart than this (in character heights)."""
_EVEN = 1.25
"""... and no farther than the nearest two times this."""
_JOINED, _FIGURE, _UNEVEN, _OFF = 0.15, 0.5, 4.0, 2.0
"""What it costs to join two lines; a figure with the words above it; lines at a greater distance
than usual; and cells that do not stand at one height, for each character height."""
_RAGGED_TIGHT, _RAGGED_LOOSE = 3.0, 0.3
"""... and to join lines though the first had room for more: much where the distance of the lines
of a cell is also that of rows, little where rows stand farther apart."""
_EMPTY_AT_MOST = 2.5
"""An empty cell costs 1, or less in a column that is mostly empty; many of them no more than this:
titles within a table."""
_LOOSE = 1.2

Mode = Literal["top", "middle", "bottom"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of one column on one base line. ``first``: the width that its first word needs."""

    line: int
    col: int
    text: str
    box: Box
    first: float


def grouped(
    pieces: Sequence[Piece], n_lines: int, stops: frozenset[int], height: float
) -> list[int]:
    """For each base line its row. ``stops``: lines that begin a row for certain.

    The cheapest of all ways to part the lines, for cells set at the top, in the middle, or at the
    bottom of their rows.
    """
    modes: tuple[Mode, ...] = ("middle", "top", "bottom")
    costs = _Costs(pieces, n_lines, height)
    best = min((_parted(costs, n_lines, stops, mode) for mode in modes), key=lambda found: found[0])
    rows = [0] * n_lines
    for row, (start, end) in enumerate(pairwise(best[1])):
        for line in range(start, end):
            rows[line] = row
    return rows


def _parted(
    costs: _Costs, n_lines: int, stops: frozenset[int], mode: Mode
) -> tuple[float, list[int]]:
    """The least cost, and where the rows begin (and the last one ends)."""
    least = [0.0] + [float("inf")] * n_lines
    start_of = [0] * (n_lines + 1)
    for start in range(n_lines):
        if least[start] == float("inf"):
            continue
        for end in range(start + 1, min(start + _LONGEST, n_lines) + 1):
            if end - 1 in stops and end - 1 > start:
                break
            cost = costs.of(start, end, mode)
            if cost == float("inf"):
                break  # more lines do not make it possible
            if least[start] + cost < least[end]:
                least[end], start_of[end] = least[start] + cost, start
    bounds = [n_lines]
    while bounds[-1]:
        bounds.append(start_of[bounds[-1]])
    return least[n_lines], bounds[::-1]


class _Costs:
    """What it costs to take lines for one row."""

    def __init__(self, pieces: Sequence[Piece], n_lines: int, height: float) -> None:
        self._height = height
        self._lines: list[list[Piece]] = [[] for _ in range(n_lines)]
        columns: dict[int, list[Piece]] = {}
        for piece in pieces:
            self._lines[piece.line].append(piece)
            columns.setdefault(piece.col, []).append(piece)
        most = max((len(column) for column in columns.values()), default=1)
        self._weight = {col: len(column) / most for col, column in columns.items()}
        self._joins: dict[tuple[int, int], float] = {}
        self._above: dict[tuple[int, int], int] = {}
        near = [
            distance
            for column in columns.values()
            for a, b in pairwise(column)
            if 0.8 * height < (distance := _middle(b) - _middle(a)) <= _LEAD * height
        ]
        least = min(near, default=0.0)
        rows_apart = max(
            (
                min(_middle(b) - _middle(a) for a, b in pairwise(c))
                for c in columns.values()
                if len(c) > 2
            ),
            default=0.0,
        )
        self._ragged = _RAGGED_LOOSE if rows_apart >= _LOOSE * least else _RAGGED_TIGHT
        for col, column in columns.items():
            wide = max(p.box.x1 for p in column) - min(p.box.x0 for p in column)
            for a, b in pairwise(column):
                self._above[col, b.line] = a.line
                self._joins[col, b.line] = self._join(a, b, wide, least)

    def _join(self, a: Piece, b: Piece, wide: float, least: float) -> float:
        distance = _middle(b) - _middle(a)
        if not 0.8 * self._height < distance <= min(_LEAD * self._height, _EVEN * least):
            return float("inf")
        if is_number(a.text) and is_number(b.text):
            return float("inf")
        full = a.box.width + b.first > 0.97 * wide
        cost = _JOINED + _UNEVEN * (distance / least - 1) + (0 if full else self._ragged)
        return cost + (_FIGURE if is_number(b.text) and not is_number(a.text) else 0)

    def of(self, start: int, end: int, mode: Mode) -> float:
        """The cost of lines ``[start, end)`` as one row; infinite if they cannot be one."""
        if not all(self._lines[start:end]):  # a title over several columns is its own row
            return 0.0 if end == start + 1 else float("inf")
        tops: dict[int, float] = {}
        bottoms: dict[int, float] = {}
        cost = 0.0
        for line in range(start, end):
            for piece in self._lines[line]:
                if piece.col in tops:
                    cost += self._joins[piece.col, line]
                tops.setdefault(piece.col, piece.box.y0)
                bottoms[piece.col] = piece.box.y1
        if cost == float("inf"):
            return cost
        top, bottom = min(tops.values()), max(bottoms.values())
        for col in tops:
            match mode:
                case "top":
                    off = tops[col] - top
                case "bottom":
                    off = bottom - bottoms[col]
                case _:
                    off = abs(tops[col] + bottoms[col] - top - bottom) / 2
            cost += _OFF * max(off / self._height - 0.15, 0)
        empty = sum(w for col, w in self._weight.items() if col not in tops)
        return cost + min(empty, _EMPTY_AT_MOST)


def _middle(piece: Piece) -> float:
    return (piece.box.y0 + piece.box.y1) / 2
