"""Tables ruled between their columns only: several rows of figures in one drawn row."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from gouji.ocr.page import Char
from gouji.ocr.words import rows_of, text_of
from gouji.tables.gutters import is_number
from gouji.tables.lattice import Lattice

_LEVEL = 0.3
"""Lines of neighbouring cells whose middles differ by less (character heights) are level."""
_LEAST_COLUMNS = 3
"""With fewer, a long label and a long number may both run over two lines."""

Line = tuple[float, float, str]
"""Middle, height and text."""


def parted(lattice: Lattice, chars: Sequence[Char]) -> Lattice:
    """The lattice with a line drawn between the rows that stand in one row of squares.

    Only where every square of that row has the same number of lines, level with each other, and
    each but the heading and those of the first column is a number: so many columns of numbers
    are not each one cell's text.
    """
    rows: list[list[Char]] = [[] for _ in lattice.ys[1:]]
    inner = lattice.ys[1:-1]
    for char in chars:
        rows[bisect_right(inner, _middle(char))].append(char)
    ys: list[float] = [lattice.ys[0]]
    left, top = [], [lattice.top_walls[0]]
    for row, (inside, below) in enumerate(zip(rows, lattice.ys[1:], strict=True)):
        cuts = _cuts(lattice, row, inside)
        ys += [*cuts, below]
        left += [lattice.left_walls[row]] * (len(cuts) + 1)
        top += [(True,) * (len(lattice.xs) - 1)] * len(cuts) + [lattice.top_walls[row + 1]]
    return replace(lattice, ys=tuple(ys), left_walls=tuple(left), top_walls=tuple(top))


def _cuts(lattice: Lattice, row: int, chars: Sequence[Char]) -> list[float]:
    whole = (*lattice.left_walls[row], *lattice.top_walls[row], *lattice.top_walls[row + 1])
    if len(lattice.xs) <= _LEAST_COLUMNS or not chars or not all(whole):
        return []
    middles = [_middle(char) for char in chars]
    if max(middles) - min(middles) < chars[0].box.height or any(char.angle for char in chars):
        return []
    columns = [
        _lines([char for char in chars if start <= char.box.center[0] < end])
        for start, end in pairwise(lattice.xs)
    ]
    first, figures = columns[0], columns[1:]
    if any(len(column) != len(first) for column in figures) or not _are_figures(figures):
        return []
    level = all(
        abs(one[0] - two[0]) < _LEVEL * one[1]
        for column in figures
        for one, two in zip(first, column, strict=True)
    )
    return [(one[0] + two[0]) / 2 for one, two in pairwise(first)] if level else []


def _are_figures(columns: Sequence[Sequence[Line]]) -> bool:
    """Whether there are two numbers or more in each column, under a heading or not."""
    lines = [[is_number(text) for _, _, text in column] for column in columns]
    headed = not any(column[0] for column in lines if column)
    body = [column[1:] if headed else column for column in lines]
    return all(len(column) > 1 and all(column) for column in body)


def _lines(chars: Sequence[Char]) -> list[Line]:
    found = []
    for row in rows_of(chars):
        box = row[0].box
        found.append(((box.y0 + box.y1) / 2, box.height, text_of(row)))
    return found


def _middle(char: Char) -> float:
    return (char.box.y0 + char.box.y1) / 2
