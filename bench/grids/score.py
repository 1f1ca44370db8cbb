"""Relations between neighbouring cells, and how many of them were found."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

Relation = tuple[str, str, str]
"""Text, text of the neighbour, ``right`` or ``below``; texts without white space."""


class Spanning(Protocol):
    """What a drawn cell and a found one have in common."""

    @property
    def row(self) -> int: ...
    @property
    def col(self) -> int: ...
    @property
    def row_end(self) -> int: ...
    @property
    def col_end(self) -> int: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True)
class Score:
    """Counts of relations: right ones found, found, drawn."""

    right: int = 0
    found: int = 0
    drawn: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.found + other.found, self.drawn + other.drawn)

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.drawn if self.drawn else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.drawn) if self.found + self.drawn else 1.0


def relations(cells: Sequence[Spanning]) -> Counter[Relation]:
    """Pairs of a cell that is not empty and its nearest such neighbours to the right and below.

    Empty cells between are passed over, so that a tool without spans, which leaves empty squares
    beside a merged cell's text, is not punished for that.
    """
    full = [(c, "".join(c.text.split())) for c in cells]
    full = [(c, text) for c, text in full if text]
    found: Counter[Relation] = Counter()
    by_row: dict[int, list[tuple[Spanning, str]]] = {}
    by_col: dict[int, list[tuple[Spanning, str]]] = {}
    for c, text in full:
        for row in range(c.row, c.row_end):
            by_row.setdefault(row, []).append((c, text))
        for col in range(c.col, c.col_end):
            by_col.setdefault(col, []).append((c, text))
    for lanes, direction in ((by_row, "right"), (by_col, "below")):
        pairs = set()
        for lane in lanes.values():
            lane.sort(
                key=lambda item: (
                    (item[0].col, item[0].row)
                    if direction == "right"
                    else (item[0].row, item[0].col)
                )
            )
            pairs |= {(id(a), id(b), x, y) for (a, x), (b, y) in itertools.pairwise(lane)}
        for _, _, x, y in pairs:
            found[x, y, direction] += 1
    return found


def score(drawn: Iterable[Sequence[Spanning]], found: Iterable[Sequence[Spanning]]) -> Score:
    """The score of a document's tables."""
    truth: Counter[Relation] = sum((relations(cells) for cells in drawn), Counter())
    seen: Counter[Relation] = sum((relations(cells) for cells in found), Counter())
    return Score((truth & seen).total(), seen.total(), truth.total())
