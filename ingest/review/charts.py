"""Where the lines and bars of charts are drawn; templates write them down as SVG."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gouji.ingest.review.history import Day
from gouji.ingest.review.whole import Point, Series

WIDTH, HEIGHT = 720.0, 260.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 60.0, 24.0, 10.0, 26.0
_TICKS = 4
STATES = ("clean", "needs_review", "no_report", "failed", "waiting")


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a line, and what it stands for."""

    x: float
    y: float
    point: Point


@dataclass(frozen=True, slots=True)
class Lines:
    """A chart of lines: for each series its pieces; ``breaks`` are where editions change."""

    series: tuple[tuple[str, tuple[tuple[Dot, ...], ...]], ...]
    years: tuple[tuple[float, int], ...]
    ticks: tuple[tuple[float, str], ...]
    breaks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a column."""

    x: float
    y: float
    width: float
    height: float
    state: str
    count: int
    day: str


def lines(series: Sequence[Series]) -> Lines | None:
    """Where the points of some series lie; None without any."""
    points = [point for one in series for piece in one.pieces for point in piece]
    if not points:
        return None
    first, last = min(p.year for p in points), max(p.year for p in points)
    low = min(Decimal(0), *(p.value for p in points))
    high = max(Decimal(1), *(p.value for p in points))

    def x(year: float) -> float:
        return round(_LEFT + (year - first) / max(last - first, 1) * (WIDTH - _LEFT - _RIGHT), 1)

    def y(value: Decimal) -> float:
        share = float((value - low) / (high - low))
        return round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM), 1)

    placed = tuple(
        (one.agency, tuple(tuple(Dot(x(p.year), y(p.value), p) for p in piece)
                           for piece in one.pieces))
        for one in series
    )  # fmt: skip
    step = _round((high - low) / _TICKS)
    first_step = int(low / step) - (low < 0)
    steps = (step * n for n in range(first_step, int(high / step) + 1))
    ticks = tuple((y(value), f"{value:f}") for value in steps if value >= low)
    years = tuple((x(year), year) for year in range(first, last + 1))
    return Lines(placed, years, ticks, tuple(_breaks(series, x)))


def _round(step: Decimal) -> Decimal:
    """The next of 1, 2, 5, 10, 20 …: what a person would count in."""
    power = Decimal(1)
    while power * 10 < step:
        power *= 10
    return next(n * power for n in (1, 2, 5, 10) if n * power >= step)


def _breaks(series: Sequence[Series], x: Callable[[float], float]) -> list[tuple[float, str]]:
    """Between which years the form changed, and to what."""
    found = {}
    for one in series:
        for before, after in zip(one.pieces, one.pieces[1:], strict=False):
            if before[-1].edition != after[0].edition:
                middle = (before[-1].year + after[0].year) / 2
                found[middle] = f"{before[-1].edition} → {after[0].edition}"
    return [(x(year), told) for year, told in sorted(found.items())]


def counts(days: Sequence[Day]) -> list[tuple[float, str]]:
    """The scale beside columns: where whole counts lie."""
    high = max((sum(day.counts.values()) for day in days), default=0)
    step = int(_round(Decimal(max(high, 1)) / _TICKS))
    room = HEIGHT - _TOP - _BOTTOM
    return [(round(HEIGHT - _BOTTOM - n / high * room, 1), str(n))
            for n in range(0, high + 1, step)] if high else []  # fmt: skip


def columns(days: Sequence[Day]) -> list[Box]:
    """A column for each day, parted by state."""
    if not days:
        return []
    width = (WIDTH - _LEFT - _RIGHT) / max(len(days), 8)
    high = max(sum(day.counts.values()) for day in days)
    boxes = []
    for number, day in enumerate(days):
        top = HEIGHT - _BOTTOM
        for state in STATES:
            count = day.counts.get(state, 0)
            height = count / high * (HEIGHT - _TOP - _BOTTOM)
            top -= height
            if count:
                boxes.append(Box(round(_LEFT + number * width, 1), round(top, 1),
                                 round(width * 0.85, 1), round(height, 1), state, count,
                                 day.day))  # fmt: skip
    return boxes
