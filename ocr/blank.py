"""Cells → whether anything is written in them."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from gouji.ocr.components import components
from gouji.ocr.erasing import NEAR
from gouji.ocr.ink import DOT, INK
from gouji.ocr.page import Box
from gouji.ocr.upright import Sheet

_FAINT = 20.0
_TRACE = 1.2
"""Points; the smallest trace in a cell that may be what is left of a stroke."""
_SIGMA = 1.5
"""The standard deviation of noise, in medians of its size."""
_HIDING = 100.0
"""Grey levels; in a cell that differs more from what most of it is a figure would not be seen."""
_GRAINY = 2.0
"""Grey levels of noise from which the paper has a grain."""
_RIM, _FIGURE = 2.2, 4.0
"""Points: how near to a wall what is left of it lies, and how high a figure is at least."""
_FLUSH = 1.0
"""Points; what goes no farther from the rim is the wall, however high: figures keep off so far."""
_GRAIN = 3
"""Pixels; a patch of fewer is none."""
_PAD = 0.6
"""Points at the rim of a cell that are its walls'."""

Ink = Literal["none", "faint", "ink"]


def has_ink(sheet: Sheet, box: Box, *, walled: bool = True) -> Ink:
    """What is written inside ``box``, a cell: the rulings at its rim do not count. ``walled``: it
    may have some at its sides; else what is there is written.
    """
    scale = sheet.dpi / 72
    x0, y0 = round((box.x0 + _PAD) * scale), round((box.y0 + _PAD) * scale)
    x1, y1 = round((box.x1 - _PAD) * scale), round((box.y1 - _PAD) * scale)
    crop = sheet.gray[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)]
    if min(crop.shape) < 3:
        return "none"
    paper = float(np.median(crop))
    noise = _SIGMA * float(np.median(np.abs(crop - paper)))
    if noise > _GRAINY:  # in black and white a grain would only grow
        crop = cv2.blur(crop, (3, 3)).astype(np.uint8)
        noise /= 2
    if 5 * noise > _HIDING or float(np.quantile(crop, 0.9)) - paper > INK:
        return "faint"
    inside = _without_rim(np.clip(paper - crop.astype(np.float32), 0, 255), scale)
    if not inside.size:
        return "none"
    if not (_sizes(inside > max(_FAINT, 5 * noise), scale, walled=walled) >= _TRACE).any():
        return "none"
    strong = _sizes(inside > max(INK, 5 * noise), scale, walled=walled)
    return "ink" if (strong >= DOT).any() else "faint"


def _sizes(mask: NDArray[np.bool_], scale: float, *, walled: bool) -> NDArray[np.float64]:
    """How large patches of ink are, in points: but for grains, and for what is left of worn walls
    at the rim, flatter or shorter there than a figure can be.
    """
    _, _, stats, _ = components(mask.astype(np.uint8))
    x, y, wide, high, area = stats[1:].T
    rim = _RIM * scale
    flat = (y + high <= rim) | (y >= len(mask) - rim)
    aside = (x + wide <= rim) | (x >= mask.shape[1] - rim)
    flush = (x + wide <= _FLUSH * scale) | (x >= mask.shape[1] - _FLUSH * scale)
    worn = flat | (walled & (flush | (aside & (high < _FIGURE * scale))))
    return np.asarray(np.maximum(wide, high)[(area >= _GRAIN) & ~worn] / scale, np.float64)


def _without_rim(dark: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    """The cell's inside: without rows and columns at the rim that are mostly dark."""
    reach = round(NEAR * scale)
    rows = (dark > _FAINT).mean(axis=1) > 0.4
    cols = (dark > _FAINT).mean(axis=0) > 0.4
    top, bottom = _rim(rows, reach)
    left, right = _rim(cols, reach)
    return dark[top:bottom, left:right]


def _rim(full: NDArray[np.bool_], reach: int) -> tuple[int, int]:
    """First and end of what remains between the outermost full places within ``reach``."""
    at_start = np.flatnonzero(full[:reach])
    at_end = np.flatnonzero(full[::-1][:reach])
    start = int(at_start[-1]) + 2 if len(at_start) else 0
    end = len(full) - (int(at_end[-1]) + 2 if len(at_end) else 0)
    return start, end
