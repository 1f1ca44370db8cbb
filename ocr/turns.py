"""Which way up a page is, and how far askew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gouji.ocr.components import components
from gouji.ocr.page import Gray
from gouji.ocr.traces import Floats, Mask, closed, ink_of

Legible = Callable[[Sequence[Gray]], float]
"""How well crops of lines of text can be read, from 0 to 1."""
Boxes = npt.NDArray[np.int32]
"""(n, 4): x, y, width, height in pixels."""
Marks = npt.NDArray[np.bool_]
Cut = Callable[[Boxes, int], list[Gray]]
"""Crops of places on the small picture after so many quarter turns, as sharp as there are."""
Cuts = Callable[[Boxes], list[Gray]]
"""The same, after those that are being tried."""

_ASKEW = 8.0
_COARSE, _FINE = 0.5, 0.1
_POINTS = 20_000
_EDGE = 0.05
"""Of the picture's sides."""
_SAMPLES, _FIRST = 4, 2
"""So many lines are shown to ``legible``, and so many first: mostly these are enough."""
_CROP = (1.0, 5.0, 0.09, 0.3)
"""Inches: least and most length, least and most height of a line that is shown to ``legible``."""
_GAP = 0.22
"""Letters in a line are no farther apart than this part of their height."""
_LETTER = (0.05, 0.32)
_SOLID = (0.7, 0.25)
"""Bold characters that touch are as high as letters are, and this share of their box is ink."""
_RIM = 0.06
"""Of the picture's sides: no bold characters stand so near to its edge."""
_DENSE = 0.2
"""Of its box: so much a line of text covers, once its letters are joined; a corner of rulings less.
"""
_CLEAR = 2.5
_FEW = 12
_LEGIBLE, _ILLEGIBLE = 0.8, 0.3
"""Lines that stand on their heads are never so legible, those that stand upright always are more.
"""


def skew_of(gray: Gray) -> float:
    """Degrees clockwise by which the page's lines lean, to about a tenth, within eight. The edges
    of the picture do not count: a scanner's lid and glass are not askew when the paper is.
    """
    rim = [round(_EDGE * side) for side in gray.shape]
    ink = ink_of(gray[rim[0] : gray.shape[0] - rim[0], rim[1] : gray.shape[1] - rim[1]])
    edges = ink[1:] & (1 - ink[:-1])
    sides = ink[:, 1:] & (1 - ink[:, :-1])
    level, upright = _points(edges), _points(sides)[:, ::-1]
    if len(level) < 50:
        return 0.0
    best = _best(level, upright, np.arange(-_ASKEW, _ASKEW + _COARSE, _COARSE))
    return _best(level, upright, best + np.arange(-_COARSE, _COARSE + _FINE, _FINE))


def _points(mask: Mask) -> Floats:
    """(n, 2): places x, y of at most so many points."""
    ys, xs = np.nonzero(mask)
    step = max(1, len(xs) // _POINTS)
    return np.stack((xs[::step], ys[::step]), axis=-1).astype(float)


def _best(level: Floats, upright: Floats, angles: Floats) -> float:
    scores = [_peaks(level, a) + _peaks(upright, -a) for a in angles]
    return float(angles[int(np.argmax(scores))])


def _peaks(points: Floats, angle: float) -> float:
    """How much the points gather on lines that lean by ``angle`` degrees."""
    if not len(points):
        return 0.0
    levels = points[:, 1] - points[:, 0] * np.tan(np.radians(angle))
    counts = np.bincount(np.rint(levels - levels.min()).astype(np.int64))
    return float((counts.astype(float) ** 2).sum()) / len(points)


def turns_of(look: Gray, dpi: float, cut: Cut, legible: Legible | None) -> int:
    """Quarter turns clockwise that bring a page upright; ``look`` is not askew any more."""
    letters = _Letters.on(ink_of(look), dpi)
    down, across = letters.runs()
    quarters = int(down > across)
    told = legible is None or max(down, across) >= _CLEAR * min(down, across)
    if quarters or not told:
        aside = _Letters.on(turned(letters.ink, 1), dpi)
        if legible is not None and not told:
            level = _legibility(letters, dpi, lambda boxes: cut(boxes, 0), legible)
            quarters = int(_legibility(aside, dpi, lambda boxes: cut(boxes, 1), legible) > level)
        letters = aside if quarters else letters
    if _is_upside_down(letters, dpi, lambda boxes: cut(boxes, quarters), legible):
        quarters += 2
    return quarters


def turned(gray: Gray, quarters: int) -> Gray:
    """Turned clockwise."""
    return np.ascontiguousarray(np.rot90(gray, -quarters))


@dataclass(frozen=True, slots=True, eq=False)
class _Letters:
    """What is as large as letters are, or a row of such: its ink in ``mask``, ``size`` how large
    most are (pixels, 0 where there are too few). ``boxes`` (n, 5: with the area) and ``middles`` of
    all that is inked.
    """

    ink: Mask
    mask: Mask
    size: float
    boxes: Boxes
    middles: Floats

    @classmethod
    def on(cls, ink: Mask, dpi: float) -> _Letters:
        _, labels, stats, middles = components(ink)
        sides = stats[:, 2:4].max(axis=1)
        fit = (sides >= _LETTER[0] * dpi) & (sides <= _LETTER[1] * dpi)
        fit[0] = False
        size = float(np.percentile(sides[fit], 70)) if fit.sum() >= _FEW else 0.0
        high, full = stats[:, 2:4].min(axis=1), stats[:, 4] / stats[:, 2:4].prod(axis=1)
        solid = (high >= _SOLID[0] * size) & (high <= 2 * size) & (full >= _SOLID[1])
        fit[1:] |= (solid & ~_at_rim(np.asarray(middles, np.float64), ink.shape))[1:]
        mask = np.take(fit.astype(np.uint8), np.asarray(labels, np.int32))
        return cls(ink, mask, size, stats.astype(np.int32), np.asarray(middles, np.float64))

    def runs(self) -> tuple[float, float]:
        """How much stands in lines that run down, or up, and in lines that run across."""
        if self.size == 0:
            return 0.0, 0.0
        gap = max(2, round(_GAP * self.size) + 1)
        across, down = closed(self.mask, gap, 1), closed(self.mask, 1, gap)
        return _stretched(down, 1, self.size), _stretched(across, 0, self.size)

    def lines(self, dpi: float) -> Boxes:
        """The boxes of lines of text."""
        if self.size == 0:
            return np.zeros((0, 4), np.int32)
        joined = closed(self.mask, max(3, round(0.5 * self.size) | 1), 1)
        _, _, stats, _ = components(joined)
        boxes = stats[1:, :4]
        low, high, least, most = (value * dpi for value in _CROP)
        fit = (boxes[:, 2] >= low) & (boxes[:, 2] <= 4 * high)
        fit &= stats[1:, 4] >= _DENSE * boxes[:, 2] * boxes[:, 3]
        fit &= (boxes[:, 3] >= least) & (boxes[:, 3] <= most)
        return np.asarray(boxes[fit], np.int32)

    def marks(self, lines: Boxes) -> tuple[int, int]:
        """Marks that stand alone low and high in lines: full stops and commas stand low."""
        sides = self.boxes[:, 2:4].max(axis=1)
        low = high = 0
        for x, y, width, height in lines.tolist():
            across, down = self.middles[:, 0] - x, (self.middles[:, 1] - y) / height
            small = (across > 0) & (across < width) & (abs(down - 0.5) < 0.6)
            small &= (sides >= 0.1 * height) & (sides <= 0.4 * height) & (abs(down - 0.5) > 0.22)
            for index in np.flatnonzero(small):
                left, _, wide, _, area = self.boxes[index]
                if self.ink[y : y + height, left : left + wide].sum() <= area:  # no dot of an i
                    low += bool(down[index] > 0.5)
                    high += bool(down[index] < 0.5)
        return low, high


def _at_rim(middles: Floats, shape: tuple[int, ...]) -> Marks:
    """Which patches lie along the picture's edge: the black that a copier sees beside the paper is
    no row of bold characters.
    """
    shares = middles / np.array(shape[::-1])
    return np.asarray(((shares < _RIM) | (shares > 1 - _RIM)).any(axis=1))


def _stretched(mask: Mask, axis: int, size: float) -> float:
    """How much of what is joined is long: the sum of squared lengths beyond a letter's."""
    _, _, stats, _ = components(mask)
    lengths = stats[1:, 2 + axis] / size
    widths = stats[1:, 3 - axis] / size
    lines = lengths[(lengths > 1.8) & (widths < 2.2)]
    return float((lines**2).sum())


def _legibility(letters: _Letters, dpi: float, cut: Cuts, legible: Legible) -> float:
    """How well lines can be read, the one way up or the other."""
    lines = letters.lines(dpi)
    if not len(lines):
        return 0.0
    crops = cut(_longest(lines))
    return max(legible(crops), legible([turned(crop, 2) for crop in crops]))


def _longest(lines: Boxes) -> Boxes:
    return lines[np.argsort(-lines[:, 2])[:_SAMPLES]]


def _is_upside_down(letters: _Letters, dpi: float, cut: Cuts, legible: Legible | None) -> bool:
    """Whether lines that lie level stand on their heads; in doubt they do not."""
    lines = letters.lines(dpi)
    low, high = letters.marks(lines)
    if low >= _FEW and low > _CLEAR * high:
        return False
    if legible is None or not len(lines):
        return high >= _FEW // 3 and high > _CLEAR * low
    crops = cut(_longest(lines))
    if legible(crops[:_FIRST]) >= _LEGIBLE:
        return False
    level = legible(crops)
    if level >= _LEGIBLE:
        return False
    turned_over = legible([turned(crop, 2) for crop in crops])
    return turned_over > max(level, _ILLEGIBLE)
