"""Lines worn down to flecks, as thin ones are in a fax, are no writing.

What is left of a line are thin flecks of all lengths at one height; dashes in the cells of a row
are of one length. Only where there are many such lines, of both directions, they are told so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from gouji.ocr.runs import Blot

_THIN, _LONG = 1.6, 40.0
"""Points: a fleck is no thicker, and no longer."""
_ASIDE = 1.6
"""Points over which the flecks of one line are strewn."""
_FLECKS, _SPREAD = 6, 60.0
"""So many flecks make a line, over so many points."""
_ALIKE, _SAME = 0.2, 0.6
"""Of dashes in cells more than this share are equally long, but for so much."""
_ACROSS, _DOWN = 4, 2
"""A page has so many worn lines at least, of each direction."""


class Fleck(NamedTuple):
    """A thin piece of ink along a line: where it lies, from where to where, and its blot."""

    at: float
    start: float
    end: float
    blot: Blot


def without_worn_lines(blots: Sequence[Blot]) -> list[Blot]:
    """The blots but those that are flecks of worn lines."""
    small = [blot for blot in blots if blot.size <= _LONG]
    flat = [Fleck((b.y0 + b.y1) / 2, b.x0, b.x1, b) for b in small if b.y1 - b.y0 <= _THIN]
    tall = [Fleck((b.x0 + b.x1) / 2, b.y0, b.y1, b) for b in small if b.x1 - b.x0 <= _THIN]
    across, down = list(_lines(flat)), list(_lines(tall))
    if len(across) < _ACROSS or len(down) < _DOWN:
        return list(blots)
    worn = {fleck.blot for line in (*across, *down) for fleck in line}
    return [blot for blot in blots if blot not in worn]


def _lines(flecks: Sequence[Fleck]) -> Iterator[list[Fleck]]:
    """Flecks in one line, if they are what is left of it."""
    waiting = sorted(flecks)
    while waiting:
        line = [f for f in waiting if f.at - waiting[0].at <= _ASIDE]
        waiting = waiting[len(line) :]
        spread = max(f.end for f in line) - min(f.start for f in line)
        if len(line) >= _FLECKS and spread >= _SPREAD and not _are_dashes(line):
            yield line


def _are_dashes(flecks: Sequence[Fleck]) -> bool:
    lengths = np.array([f.end - f.start for f in flecks])
    usual = float(np.median(lengths))
    return bool((np.abs(lengths - usual) <= _ALIKE * usual).mean() > _SAME)
