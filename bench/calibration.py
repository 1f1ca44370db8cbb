"""Whether confidence tells the truth: expected and observed errors, and what review buys."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from bench.scoring import Trusted

EDGES = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.9995, 1.0)
"""Ten bins of confidence, narrower where the cells are."""
POINTS = 200

Json = dict[str, Any]


def of(cells: Sequence[Trusted]) -> Json:
    """``bins``: cells, expected errors, observed errors in each; ``curve`` and ``figure curve``:
    points of coverage and risk.
    """
    return {
        "bins": [_bin(cells, low, high) for low, high in pairwise(EDGES)],
        "curve": _curve([(confidence, right) for confidence, right, _ in cells]),
        "figure curve": _curve([(c, right) for c, right, figure in cells if figure]),
    }


def _bin(cells: Sequence[Trusted], low: float, high: float) -> Json:
    inside = [
        (confidence, right)
        for confidence, right, _ in cells
        if low <= confidence < high or confidence == high == 1.0
    ]
    return {
        "from": low,
        "to": high,
        "cells": len(inside),
        "expected": sum(1 - confidence for confidence, _ in inside),
        "observed": sum(not right for _, right in inside),
    }


def _curve(cells: Sequence[tuple[float, bool]]) -> list[list[float]]:
    """If only the cells of most confidence are taken: their share, and the share of errors among
    them. Cells of one confidence come together, for nothing tells them apart.
    """
    ordered = sorted(cells, key=lambda cell: -cell[0])
    points, errors = [], 0
    for index, (confidence, right) in enumerate(ordered, start=1):
        errors += not right
        if index == len(ordered) or ordered[index][0] < confidence:
            points.append([index / len(ordered), errors / index])
    step = max(1, len(points) // POINTS)
    return points[:-1:step] + points[-1:]
