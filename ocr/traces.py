"""Strokes and lines of text followed over a page that is nearly upright, to see how it bends."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from gouji.ocr.components import components
from gouji.ocr.page import Gray

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.uint8]

_INK = 190
_PALE = 225
"""Thin lines are no darker on the small picture."""
_LONG = 0.42
"""Inches: a straight run of ink this long is no part of a character."""
_STROKE = 0.8
"""Inches: shorter strokes do not tell a direction."""
_EDGE = 0.5
"""Inches from the edge of the picture."""
_THICK = 0.12
_EVERY = 0.08
"""Inches between the points of a trace."""
_LETTER_GAP = 0.16
_LINE = (1.2, 0.1, 0.35)
"""Inches: least length, least and most height of a line of text that is followed."""
_LETTER = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Points (n) along one stroke or line of text that is straight on the paper.

    ``xs`` along it, ``ys`` across it, in pixels; ``weight`` of one point.
    """

    xs: Floats
    ys: Floats
    weight: float


def ink_of(gray: Gray, level: int = _INK) -> Mask:
    """1 where there is ink: what is darker than ``level``."""
    return np.asarray(cv2.threshold(gray, level, 1, cv2.THRESH_BINARY_INV)[1], np.uint8)


def closed(mask: Mask, width: int, height: int) -> Mask:
    """Gaps of less than ``width`` across or ``height`` down filled."""
    kernel = np.ones((height, width), np.uint8)
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel), np.uint8)


def strokes(gray: Gray, dpi: float) -> list[Trace]:
    """The long strokes from left to right."""
    ink = ink_of(gray, _PALE)
    labels, boxes = _components(_long_runs(ink, dpi))
    found = []
    for index, (x, y, width, height) in boxes:
        if width < _STROKE * dpi or _at_edge(y, y + height, gray.shape[0], _EDGE * dpi):
            continue
        place = np.s_[y : y + height, x : x + width]
        dark = np.where(labels[place] == index, 255 - gray[place].astype(np.int32), 0)
        if (dark > 0).sum() > _THICK * dpi * width:
            continue
        trace = _followed(dark, x, y, max(2, round(_EVERY * dpi)), 1.0)
        if trace is not None:
            found.append(trace)
    return found


def _at_edge(top: int, bottom: int, size: int, rim: float) -> bool:
    """Whether a stroke lies along the edge of the picture: the border of paper or glass, which
    stands askew to what is printed.
    """
    return bottom <= rim or top >= size - rim


def text_lines(gray: Gray, dpi: float) -> list[Trace]:
    """The lines of text from left to right."""
    ink = ink_of(gray)
    ruled = _long_runs(ink, dpi) | _long_runs(ink.T.copy(), dpi).T
    letters = np.where(cv2.dilate(ruled, np.ones((3, 3), np.uint8)), 0, ink).astype(np.uint8)
    gap = max(3, round(_LETTER_GAP * dpi) | 1)
    labels, boxes = _components(closed(letters, gap, 1))
    found = []
    for index, (x, y, width, height) in boxes:
        long, low, high = _LINE
        if width < long * dpi or not low * dpi <= height <= high * dpi:
            continue
        place = np.s_[y : y + height, x : x + width]
        dark = np.where(labels[place] == index, letters[place], 0).astype(np.int32)
        trace = _followed(dark, x, y, round(_LETTER * dpi), 0.3)
        if trace is not None:
            found.append(trace)
    return found


def _long_runs(ink: Mask, dpi: float) -> Mask:
    """Runs of ink from left to right that are too long for a character, also slightly aslant."""
    grown = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    run = np.ones((1, max(3, round(_LONG * dpi))), np.uint8)
    runs = np.asarray(cv2.morphologyEx(grown, cv2.MORPH_OPEN, run), np.uint8)
    return runs & ink


def _components(
    mask: Mask,
) -> tuple[npt.NDArray[np.int32], list[tuple[int, tuple[int, int, int, int]]]]:
    _, labels, stats, _ = components(mask)
    boxes = [(i, (x, y, w, h)) for i, (x, y, w, h, _) in enumerate(stats.tolist()) if i > 0]
    return np.asarray(labels, np.int32), boxes


def _followed(
    dark: npt.NDArray[np.int32], x: int, y: int, every: int, weight: float
) -> Trace | None:
    """The middle of the ink in strips of ``every`` pixels from left to right."""
    height, width = dark.shape
    strips = width // every
    if strips < 3:
        return None
    inked = dark[:, : strips * every].reshape(height, strips, every).sum(axis=2).astype(float)
    total = inked.sum(axis=0)
    good = total > 0
    middles = np.asarray((np.arange(height) + 0.5) @ inked[:, good] / total[good], np.float64)
    xs = np.asarray(x + (np.flatnonzero(good) + 0.5) * every, np.float64)
    return Trace(xs, np.asarray(y + middles, np.float64), weight)
