"""How a page lies in its picture: leaning, seen aslant, curled. Measured on what is drawn on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gouji.ocr.bend import SKEW, Bend, Points, bent, fitted, stray
from gouji.ocr.desk import ends_of, sides_of
from gouji.ocr.page import Gray
from gouji.ocr.traces import Floats, Trace, strokes, text_lines

_RIGID = 0.35
"""Pixels of the small picture by which traces may stray on a page that only leans."""
_BETTER = 0.7
"""A bent page has to leave less than this share of what a leaning one leaves."""
_AGREES, _FEW = 0.5, 4.0
"""Degrees by which traces may tell another lean than the page's ink as a whole, which is right if
the page is not bent; and so little weight tells nothing of that.
"""
_MOST = 8.0
"""Degrees of lean that the ink tells of: a page may lean more."""
_SETTLING = 8
_REACH = 0.7
"""Traces that tell of less of the page's width do not show how the rest is bent."""


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """The page leans by ``angle`` (degrees clockwise); then level lines are shifted in y by
    ``rows`` and, with x and y exchanged, plumb lines in x by ``columns``. Pixels from the middle.
    """

    angle: float
    rows: Bend | None = None
    columns: Bend | None = None

    def page(self, sheet: Floats) -> Floats:
        """Places (..., 2) on the sheet → on the page."""
        return np.asarray((sheet + self._shift(sheet)) @ rotation(self.angle))

    def sheet(self, page: Floats) -> Floats:
        """The other way, by trying until it settles."""
        level = page @ rotation(self.angle).T
        places = level
        if self.rows is not None:
            for _ in range(_SETTLING):
                places = level - self._shift(places)
        return np.asarray(places)

    def _shift(self, sheet: Floats) -> Floats:
        if self.rows is None or self.columns is None:
            return np.zeros(sheet.shape)
        us, vs = sheet[..., 0], sheet[..., 1]
        return np.stack((self.columns.at(vs, us), self.rows.at(us, vs)), axis=-1)


def rotation(angle: float) -> Floats:
    """Turns (x, y), y downwards, that leans by ``angle`` degrees clockwise back to level."""
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return np.array([[cos, sin], [-sin, cos]])


def shape_of(small: Gray, dpi: float, angle: float, outline: Floats | None = None) -> Shape:
    """How the page lies; ``small`` shows it with ``angle``, known before, taken away.

    ``outline`` is the page's own, where it is seen, from the middle of ``small``. Its upper and
    lower sides, to which what is printed need not be level, tell where nothing else does.
    """
    height, width = small.shape
    x, y = width / 2, height / 2
    ruled = strokes(small, dpi)
    across = [_centred(t, x, y) for t in (*ruled, *text_lines(small, dpi))]
    down = [_centred(t, y, x) for t in strokes(np.ascontiguousarray(small.T), dpi)]
    if outline is not None:
        down += sides_of(outline)
        across += ends_of(outline) if _wide(across) < _REACH * np.ptp(outline[:, 0]) else ()
    if not across:
        return Shape(angle)
    scale = max(x, y)
    rest = _lean(across, down, scale)
    if abs(rest) > _AGREES and sum(t.weight for t in (*across, *down)) < _FEW:
        return Shape(angle)
    slope = float(np.tan(np.radians(rest)))
    rigid = max(_stray(across, _leaning(slope, scale)), _stray(down, _leaning(-slope, scale)))
    believed = abs(rest) <= _AGREES or abs(angle) >= _MOST
    leaning = Shape(angle + rest if believed else angle)
    if rigid <= _RIGID:
        return leaning
    rows, columns, left = _bends(across, down, scale)
    return Shape(angle, rows, columns) if left < _BETTER * rigid else leaning


def _wide(traces: Sequence[Trace]) -> float:
    """How much of the page's width the traces tell of, without the few outermost."""
    xs = np.concatenate([trace.xs for trace in traces]) if traces else np.zeros(1)
    return float(np.ptp(np.percentile(xs, (2, 98))))


def _bends(
    across: Sequence[Trace], down: Sequence[Trace], scale: float
) -> tuple[Bend, Bend, float]:
    """The bends of rows and columns, and by how much the worse of them fails."""
    rows, left = bent(across, scale)
    columns, left_down = _leaning(-rows.lean, scale), 0.0
    if down:
        columns, left_down = bent(_shifted(down, rows), scale)
        rows, left = bent(_shifted(across, columns), scale)
    return rows, columns, max(left, left_down)


def _shifted(traces: Sequence[Trace], other: Bend) -> list[Trace]:
    """Traces as they are where the page is straight the other way."""
    return [Trace(t.xs - other.at(t.ys, t.xs), t.ys, t.weight) for t in traces]


def _centred(trace: Trace, x: float, y: float) -> Trace:
    return Trace(trace.xs - x, trace.ys - y, trace.weight)


def _leaning(slope: float, scale: float) -> Bend:
    return Bend(SKEW, np.array([slope * scale]), scale, (0.0, 0.0, 0.0, 0.0))


def _lean(across: Sequence[Trace], down: Sequence[Trace], scale: float) -> float:
    """Degrees by which a page that is nearly upright still leans."""
    mirrored = [Trace(t.xs, -t.ys, t.weight) for t in down]
    return float(np.degrees(np.arctan(fitted(Points.of([*across, *mirrored]), SKEW, scale).lean)))


def _stray(traces: Sequence[Trace], bend: Bend) -> float:
    return stray(Points.of(traces), bend) if traces else 0.0
