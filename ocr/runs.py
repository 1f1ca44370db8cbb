"""Patches of ink in a row → words, where the lines above and below show that a column ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

_LEAST = 0.3
"""Character heights; a narrower gap is one between characters."""
_NEAR = 10.0
"""Character heights above and below in which lines tell."""
_SAY_SO, _AGAINST = 3, 3
"""So many lines with a gap there, and so many times more than lines with writing there."""


class Blot(NamedTuple):
    """A patch of ink that hangs together, in points; ``share`` of its box is inked."""

    x0: float
    y0: float
    x1: float
    y1: float
    share: float

    @property
    def size(self) -> float:
        return max(self.x1 - self.x0, self.y1 - self.y0)


class Run(NamedTuple):
    """Where a word stands, in points."""

    x0: float
    y0: float
    x1: float
    y1: float


def at_gutters(runs: Sequence[list[Blot]]) -> list[list[Blot]]:
    """Runs parted where they are narrowly parted and many lines near have a gap: a long label that
    nearly touches the figure beside it.
    """
    places = [_place(run) for run in runs]
    gaps = list(_gaps(places))
    if len(gaps) < _SAY_SO:
        return list(runs)
    return [
        part
        for run, place in zip(runs, places, strict=True)
        for part in _parted(run, place, places, gaps)
    ]


def _place(run: Sequence[Blot]) -> Run:
    return Run(
        min(b.x0 for b in run), min(b.y0 for b in run),
        max(b.x1 for b in run), max(b.y1 for b in run),
    )  # fmt: skip


def _gaps(places: Sequence[Run]) -> Iterator[Run]:
    """What is free between two runs of one line, one after the other."""
    for left, right in pairwise(places):
        if left.x1 < right.x0 and min(left.y1, right.y1) > max(left.y0, right.y0):
            yield Run(left.x1, left.y0, right.x0, left.y1)


def _parted(
    run: list[Blot], place: Run, places: Sequence[Run], gaps: Sequence[Run]
) -> Iterator[list[Blot]]:
    height = place.y1 - place.y0
    part: list[Blot] = []
    end = place.x0
    for blot in run:
        if part and blot.x0 - end >= _LEAST * height:
            middle = (blot.x0 + end) / 2
            free = sum(_beside(gap, place, height) and gap.x0 < middle < gap.x1 for gap in gaps)
            if free >= _SAY_SO:
                written = sum(
                    _beside(other, place, height) and other.x0 < middle < other.x1
                    for other in places
                    if other is not place
                )
                if free >= _AGAINST * written:
                    yield part
                    part = []
        part.append(blot)
        end = max(end, blot.x1)
    yield part


def _beside(other: Run, place: Run, height: float) -> bool:
    return abs(other.y0 + other.y1 - place.y0 - place.y1) <= 2 * _NEAR * height
