"""The rulings' own ink taken away, and what is written across or on them left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from gouji.ocr.components import components
from gouji.ocr.page import Gray, Ruling

_BESIDE = 1.6
"""Points beside a ruling's ink; what ends there is its own: a worn rim, a line drawn twice."""
NEAR = 3.0
"""Points beside a ruling's place where its ink is looked for."""

Patches = NDArray[np.int32]

_SIDE = 4.0
"""Points on both sides of a line: so high is writing that a line parts from what it touches."""
_DENSE = 0.25
"""Characters fill so much of the box around them; a stamp fills less."""


def patches_of(ink: Gray, rulings: Sequence[Ruling], scale: float) -> tuple[Patches, Patches]:
    """Parts characters that touch each other through a line between tight rows. Gives the patches
    of ink as OpenCV does: the number of each pixel's, and the place, size and area of each.
    """
    _, labels, stats, _ = components(ink)
    whole = True
    lines = [(r.y0 * scale, r.x0 * scale, r.x1 * scale) for r in rulings if r.horizontal]
    side = _SIDE * scale
    for number in np.flatnonzero(stats[:, 3] > 2 * side)[1:].tolist():
        x, y, w, h, area = stats[number].tolist()
        crossed = [at for at, start, end in lines
                   if start < x + w and end > x and y + side < at < y + h - side]  # fmt: skip
        for at in crossed if area >= _DENSE * w * h else ():
            row = np.s_[int(at), x : x + w]
            ink[row][labels[row] == number] = 0
            whole = False
    if not whole:
        _, labels, stats, _ = components(ink)
    return np.asarray(labels, np.int32), np.asarray(stats, np.int32)


def erase(ink: Gray, rulings: Iterable[Ruling], scale: float) -> None:
    """Takes the rulings' ink away, horizontal ones first; strokes across or on them stay."""
    beside = []
    for ruling in sorted(rulings, key=lambda r: not r.horizontal):
        x0, y0, x1, y1 = (v * scale for v in (ruling.x0, ruling.y0, ruling.x1, ruling.y1))
        if ruling.horizontal:
            strip = _strip(ink, y0, x0, x1, scale)
            at = y0
        else:
            strip = _strip(ink.T, x0, y0, y1, scale)
            at = x0
        if strip.size:
            middle = at - max(0, int(at) - round(NEAR * scale))
            beside.append((strip, _erase_line(strip, middle, scale, wall=not ruling.horizontal)))
    for strip, near in beside:
        _erase_rest(strip, near)


def _strip(ink: Gray, at: float, start: float, end: float, scale: float) -> Gray:
    """What lies about a horizontal line."""
    reach = round(NEAR * scale)
    top, bottom = max(0, int(at) - reach), min(ink.shape[0], int(at) + reach + 1)
    left, right = max(0, int(start - 2 * scale)), min(ink.shape[1], round(end + 2 * scale))
    return ink[top:bottom, left:right]


def _erase_line(strip: Gray, at: float, scale: float, *, wall: bool) -> NDArray[np.bool_]:
    """Takes a horizontal line's ink away where no stroke crosses it or stands on it; ``at``: its
    row. A ``wall`` stays only where strokes cross it: beside a figure it would look like a 1.
    What is left near it, where the result is true, is its own unless it goes on beyond.
    """
    inked = np.ascontiguousarray(strip)
    # Where the line wanders, its middle is followed: the rows most inked within so many points.
    block = max(3, round(12 * scale))
    share = cv2.blur(inked.astype(np.float32), (block, 1), borderType=cv2.BORDER_REPLICATE)
    near = 1 - 0.05 * np.abs(np.arange(len(strip)) - at)[:, None] / scale
    path = (share * near).argmax(axis=0)
    height = share[path, np.arange(strip.shape[1])]
    offsets = np.abs(np.arange(strip.shape[0])[:, None] - path)
    thick = _thickness(inked, offsets, height > 0.5)
    tall = cv2.morphologyEx(inked, cv2.MORPH_OPEN, np.ones((round(thick) + 3, 1), np.uint8))
    stroke = np.asarray(tall > 0, np.bool_)
    if wall:
        stroke &= _crosses(stroke, path, thick)
    strip[(offsets <= thick / 2 + 1) & ~stroke] = 0
    return np.asarray(offsets <= thick / 2 + _BESIDE * scale, np.bool_)


def _crosses(stroke: NDArray[np.bool_], path: NDArray[np.intp], thick: float) -> NDArray[np.bool_]:
    """Where there are strokes on both sides of a line, as far as both are in the strip."""
    beyond = int(thick / 2 + 1) + 1
    columns, end = np.arange(stroke.shape[1]), len(stroke) - 1
    above = stroke[np.maximum(path - beyond, 0), columns]
    below = stroke[np.minimum(path + beyond, end), columns]
    cut = (path < beyond) | (path > end - beyond)
    return np.asarray(cut | (above & below), np.bool_)


def _erase_rest(strip: Gray, near: NDArray[np.bool_]) -> None:
    """Takes away the patches that lie wholly near the line."""
    near = near.copy()
    near[[0, -1]] = False
    count, labels = cv2.connectedComponents(np.ascontiguousarray(strip), connectivity=8)
    rest = np.ones(count, np.bool_)
    rest[labels[~near]] = False
    strip[rest[labels]] = 0


def _thickness(strip: Gray, offsets: NDArray[np.intp], drawn: NDArray[np.bool_]) -> float:
    """The usual number of inked rows about the line's middle."""
    near = (offsets <= max(3, strip.shape[0] // 3)) & (strip > 0)
    counts = near.sum(axis=0)[drawn]
    return float(np.median(counts)) if len(counts) else 1.0
