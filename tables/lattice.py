"""Rulings → networks of lines that touch → lattice of positions with walls between its squares."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from gouji.ocr.page import Box, Ruling

TOUCH = 4.0
"""Lines that end so near (points) to another meet it: gaps, overshoot, separated borders."""
_SAME = 1.2
"""Collinear bits may lie so far beside each other (points)."""
_BRIDGE = 3.0
"""Collinear bits with such a gap (points) are one line: dashes."""
_ENDS = 2
"""So many walls must end in the open at a position for a wall to be there."""
_COVERED = 0.5
"""A side of a square is a wall if this share of it is drawn."""


class Segment(NamedTuple):
    """A merged line: ``at`` its position across, ``start`` to ``end`` along, in points."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Network:
    """Horizontal and vertical lines that hang together."""

    horizontal: tuple[Segment, ...]
    vertical: tuple[Segment, ...]

    @property
    def box(self) -> Box:
        """From the first to the last line, with the ends that reach beyond."""
        xs = [s.at for s in self.vertical] + [x for s in self.horizontal for x in (s.start, s.end)]
        ys = [s.at for s in self.horizontal] + [y for s in self.vertical for y in (s.start, s.end)]
        return Box(min(xs), min(ys), max(xs), max(ys))


@dataclass(frozen=True, slots=True)
class Lattice:
    """Positions ``xs`` and ``ys`` (ascending) and the walls between the squares they make.

    ``left_walls[row][i]`` stands at ``xs[i]`` beside row ``row``; ``top_walls[i][col]`` at
    ``ys[i]`` above column ``col``.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    left_walls: tuple[tuple[bool, ...], ...]
    top_walls: tuple[tuple[bool, ...], ...]


def segments(rulings: Iterable[Ruling]) -> tuple[list[Segment], list[Segment]]:
    """Horizontal and vertical lines, with the bits of a line joined."""
    across = [Segment(r.y0, r.x0, r.x1) for r in rulings if r.horizontal]
    down = [Segment(r.x0, r.y0, r.y1) for r in rulings if not r.horizontal]
    return _joined(across), _joined(down)


def _joined(bits: list[Segment]) -> list[Segment]:
    bits.sort(key=lambda s: s.at)
    lines: list[Segment] = []
    band: list[Segment] = []
    for bit in bits:
        if band and bit.at - band[0].at > _SAME:
            lines.extend(_joined_band(band))
            band = []
        band.append(bit)
    return lines + _joined_band(band)


def _joined_band(band: list[Segment]) -> list[Segment]:
    lines: list[Segment] = []
    for bit in sorted(band, key=lambda s: s.start):
        if lines and bit.start - lines[-1].end <= _BRIDGE:
            last = lines[-1]
            longer = last if last.end - last.start >= bit.end - bit.start else bit
            lines[-1] = Segment(longer.at, last.start, max(last.end, bit.end))
        else:
            lines.append(bit)
    return lines


def networks(horizontal: Sequence[Segment], vertical: Sequence[Segment]) -> list[Network]:
    """Lines that hang together. Lines that meet no line of the other direction are in none."""
    parents = list(range(len(horizontal) + len(vertical)))

    def root(i: int) -> int:
        while parents[i] != i:
            parents[i] = parents[parents[i]]
            i = parents[i]
        return i

    met = set()
    for i, across in enumerate(horizontal):
        for j, down in enumerate(vertical, len(horizontal)):
            if (
                across.start - TOUCH <= down.at <= across.end + TOUCH
                and down.start - TOUCH <= across.at <= down.end + TOUCH
            ):
                parents[root(i)] = root(j)
                met |= {i, j}
    groups: dict[int, tuple[list[Segment], list[Segment]]] = {}
    for i in sorted(met):
        group = groups.setdefault(root(i), ([], []))
        if i < len(horizontal):
            group[0].append(horizontal[i])
        else:
            group[1].append(vertical[i - len(horizontal)])
    return [Network(tuple(across), tuple(down)) for across, down in groups.values()]


def lattice_of(network: Network, narrow: float) -> Lattice:
    """The lattice of a network; positions nearer than ``narrow`` points are one.

    The network's outer frame counts as drawn, so that tables open at the sides, and tables
    cut by the end of a page, are closed.
    """
    box = network.box
    x_groups = _positions(network.vertical, (box.x0, box.x1), narrow)
    y_groups = _positions(network.horizontal, (box.y0, box.y1), narrow)
    xs = [group[0] for group in x_groups]
    ys = [group[0] for group in y_groups]
    left = [_walls(group[1], ys, framed=i in (0, len(xs) - 1)) for i, group in enumerate(x_groups)]
    top = [_walls(group[1], xs, framed=i in (0, len(ys) - 1)) for i, group in enumerate(y_groups)]
    rows = range(len(ys) - 1)
    return Lattice(
        tuple(xs),
        tuple(ys),
        tuple(tuple(left[i][row] for i in range(len(xs))) for row in rows),
        tuple(tuple(walls) for walls in top),
    )


def closed(lattice: Lattice) -> Lattice:
    """The lattice with walls where other walls end in the open, as where a style draws no line
    beside the first cell of a row.

    No table has lines that end in the midst of a cell: between two walls that cross a position,
    those that reach it from one side alone tell of a wall there. It takes two of them in all.
    """
    left = [list(walls) for walls in lattice.left_walls]
    tops = list(lattice.top_walls)
    for x in range(1, len(lattice.xs) - 1):
        bands = list(_bands([walls[x] for walls in left], [(t[x - 1], t[x]) for t in tops]))
        if sum(ends for _, _, ends in bands) >= _ENDS:
            for first, last, ends in bands:
                for row in range(first, last if ends else first):
                    left[row][x] = True
    return replace(lattice, left_walls=tuple(tuple(walls) for walls in left))


def _bands(
    drawn: Sequence[bool], beside: Sequence[tuple[bool, bool]]
) -> Iterator[tuple[int, int, int]]:
    """Rows (half-open) without a wall at one position, up to where walls on both sides, or one
    that is drawn at the position, end them; and how many walls end there.

    ``beside``: whether there are walls to the left and to the right, above each row.
    """
    first, ends = 0, 0
    for row, wall in enumerate([*drawn, True]):
        if wall or all(beside[row]):
            if row > first:
                yield first, row, ends
            first, ends = row + wall, 0
        elif row > first:
            ends += any(beside[row])


def _positions(
    lines: Sequence[Segment], ends: tuple[float, float], narrow: float
) -> list[tuple[float, list[Segment]]]:
    """Positions of lines, those nearer than ``narrow`` as one, and the two ends of the frame."""
    groups: list[list[Segment]] = []
    for line in sorted(lines, key=lambda s: s.at):
        if groups and line.at - groups[-1][0].at <= narrow:
            groups[-1].append(line)
        else:
            groups.append([line])
    found = [(_weighted(group), group) for group in groups]
    if not found or found[0][1][0].at - ends[0] > narrow:
        found.insert(0, (ends[0], []))
    if ends[1] - found[-1][1][-1].at > narrow if found[-1][1] else True:
        found.append((ends[1], []))
    return found


def _weighted(group: Sequence[Segment]) -> float:
    """The mean position, long lines counting more."""
    weights = [max(line.end - line.start, 0.1) for line in group]
    return sum(s.at * w for s, w in zip(group, weights, strict=True)) / sum(weights)


def _walls(lines: Sequence[Segment], stops: Sequence[float], *, framed: bool) -> list[bool]:
    """For each stretch between two stops, whether lines cover it."""
    walls = []
    for start, end in itertools.pairwise(stops):
        parts = sorted(
            [
                (max(s.start, start), min(s.end, end))
                for s in lines
                if s.start < end and s.end > start
            ]
        )
        covered, reach = 0.0, start
        for first, last in parts:
            covered += max(0.0, last - max(first, reach))
            reach = max(reach, last)
        walls.append(framed or covered >= _COVERED * (end - start))
    return walls
