"""How a page is bent: smooth maps of low order under which its traces are straight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gouji.ocr.traces import Floats, Trace

Powers = tuple[tuple[int, int], ...]
"""Terms T_i(u) * v**j of a polynomial, T_i Chebyshev's: u along the traces, v across."""

SKEW: Powers = ((1, 0),)
KEYSTONE: Powers = (*SKEW, (1, 1))
"""What lines that meet far away look like, exactly."""
CURVE: Powers = (*KEYSTONE, (2, 0), (2, 1), (3, 0), (3, 1))
CURL: Powers = (*CURVE, (1, 2), (2, 2), *((i, j) for i in (4, 5, 6, 7) for j in (0, 1)))
_LEAST = {CURVE: 2.7, CURL: 7.0}
"""So much weight of traces it takes at least."""
_TWO = 1.5
"""Less tells of one direction only."""
_ROUNDS = 5
_RIDGE = 1e-5
_BEYOND = 0.05
_WIDE = 2.0
"""Few points are farther off than so many times the mean."""
_GOOD = 0.25
"""Traces are as straight (pixels) as can be seen."""
_BETTER = 0.65
"""More terms have to leave less than this share of what fewer leave."""


@dataclass(frozen=True, slots=True, eq=False)
class Bend:
    """What a level line at v is shifted by at u. Pixels from the page's middle.

    ``scale`` brings u and v between about -1 and 1. Terms of higher order are held beyond
    ``reach`` (u0, v0, u1, v1), where no trace tells anything.
    """

    powers: Powers
    factors: Floats
    scale: float
    reach: tuple[float, float, float, float]

    def at(self, us: Floats, vs: Floats) -> Floats:
        u0, v0, u1, v1 = self.reach
        terms = _terms(np.clip(us, u0, u1), np.clip(vs, v0, v1), self.powers, self.scale)
        terms[..., 0] = us / self.scale
        return np.asarray(terms @ self.factors)

    @property
    def lean(self) -> float:
        """The slope in the middle."""
        return float(self.factors[0]) / self.scale


def bent(traces: Sequence[Trace], scale: float) -> tuple[Bend, float]:
    """The bend of the fewest terms under which traces are about as straight as any make them, and
    what it leaves (``stray``).
    """
    points = Points.of(traces)
    weight = sum(t.weight for t in traces)
    best = fitted(points, KEYSTONE if weight >= _TWO else SKEW, scale)
    left = stray(points, best)
    for powers, least in _LEAST.items():
        if left <= _GOOD or weight < least:
            break
        more = fitted(points, powers, scale)
        then = stray(points, more)
        if then < _BETTER * left:
            best, left = more, then
    return best, left


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """The points of several traces: ``own`` is the number of the trace each belongs to."""

    us: Floats
    ys: Floats
    own: npt.NDArray[np.int_]
    weights: Floats
    starts: Floats

    @classmethod
    def of(cls, traces: Sequence[Trace]) -> Points:
        """The points of traces; ``starts`` about where each lies."""
        lengths = [len(t.xs) for t in traces]
        return cls(
            np.concatenate([t.xs for t in traces]),
            np.concatenate([t.ys for t in traces]),
            np.repeat(np.arange(len(traces)), lengths),
            np.repeat([float(t.weight) for t in traces], lengths),
            np.array([t.ys.mean() for t in traces]),
        )


def fitted(points: Points, powers: Powers, scale: float) -> Bend:
    """The bend with the given terms that fits the traces; robust against a few that lie."""
    us, ys, own = points.us, points.ys, points.own
    levels, weights = points.starts, points.weights
    ridge = _RIDGE * weights.sum() * np.eye(len(powers))
    ridge[0, 0] = 0
    factors = np.zeros(len(powers))
    for _ in range(_ROUNDS):
        terms = _terms(us, levels[own], powers, scale)
        inner = terms - _means(terms, own, weights)[own]
        target = ys - _means(ys[:, None], own, weights)[own, 0]
        weighted = inner * weights[:, None]
        factors = np.linalg.lstsq(weighted.T @ inner + ridge, weighted.T @ target, rcond=None)[0]
        levels = _means((ys - terms @ factors)[:, None], own, weights)[:, 0]
        off = np.abs(inner @ factors - target)
        spread = max(0.2, 1.5 * float(np.median(off)))
        weights = points.weights / (1 + (off / (2 * spread)) ** 2) ** 2
    return Bend(powers, factors, scale, _reach(us, levels))


def stray(points: Points, bend: Bend) -> float:
    """How far traces stray from level lines of the bend, in pixels: the mean over them, a few wild
    ones left out. Lines of text, which are never quite straight, count less.
    """
    levels = points.starts
    for _ in range(_ROUNDS):
        rest = points.ys - bend.at(points.us, levels[points.own])
        levels = _means(rest[:, None], points.own, points.weights)[:, 0]
    off = np.abs(rest - levels[points.own])
    offs = _WIDE * _means(off[:, None], points.own, points.weights)[:, 0]
    weights = np.zeros(len(levels))
    weights[points.own] = points.weights
    order = np.argsort(offs)[: max(1, round(0.9 * len(offs)))]
    return float(np.average(offs[order] * np.sqrt(weights[order]), weights=weights[order]))


def _reach(us: Floats, levels: Floats) -> tuple[float, float, float, float]:
    wide, high = _BEYOND * np.ptp(us), _BEYOND * np.ptp(levels)
    return (
        float(us.min() - wide),
        float(levels.min() - high),
        float(us.max() + wide),
        float(levels.max() + high),
    )


def _terms(us: Floats, vs: Floats, powers: Powers, scale: float) -> Floats:
    u, v = us / scale, vs / scale
    along = [np.ones_like(u), u]
    for _ in range(max(i for i, _ in powers) - 1):
        along.append(2 * u * along[-1] - along[-2])
    return np.stack([along[i] * v**j for i, j in powers], axis=-1)


def _means(values: Floats, own: npt.NDArray[np.int_], weights: Floats) -> Floats:
    """(traces, columns): the weighted means of the columns over each trace's points."""
    total = np.bincount(own, weights)
    sums = np.stack([np.bincount(own, weights * column) for column in values.T], axis=-1)
    return np.asarray(sums / total[:, None])
