"""Dirt strewn over a sheet, taken away: what it is like is seen in the margins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from gouji.ocr.components import components
from gouji.ocr.erasing import erase
from gouji.ocr.page import Gray, Ruling
from gouji.ocr.upright import Sheet

_DARK = 207
"""Grey below which there is ink."""
_APART = 4.0
"""Points about a patch in which ink counts; a point is nearer to its figure."""
_LARGEST = 2.2
"""Points; dirt is no larger, the shortest dashes are longer."""
_WRITTEN = 4.0
"""Points; what is as large is written or drawn, and dirt only beyond all of it is in a margin."""
_STREWN = 5
_TIMES = 1.5
"""So many patches in the margins have at least nearly as much ink about them as what is dirt: it
has at most so many times more.
"""

Boxes = npt.NDArray[np.int32]
"""(n, 5): x, y, width, height and area in pixels."""
Marks = npt.NDArray[np.bool_]


def without_dirt(sheet: Sheet, rulings: Sequence[Ruling]) -> Sheet:
    """The sheet without small patches that stand away from all writing and have no more ink about
    them than such patches have in its margins, where nothing is written or ruled.
    """
    ink, scale = (sheet.gray < _DARK).astype(np.uint8), sheet.dpi / 72
    loose, written = _patches(ink, scale)
    if _in_margins(loose, written, ink.shape).sum() < _STREWN:
        return sheet
    erase(ink, rulings, scale)
    loose, written = _patches(ink, scale)
    reach, large = round(_APART * scale), ink.copy()
    for rows, columns in map(_place, loose):
        large[rows, columns] = 0
    loose = loose[_ink_about(large, loose, reach) == 0]
    about = _ink_about(ink, loose, reach)
    drawn = np.array([(r.x0, r.y0, r.x1 - r.x0, r.y1 - r.y0, 0) for r in rulings]).reshape(-1, 5)
    written = np.vstack((written, np.rint(drawn * scale).astype(np.int32)))
    strewn = np.sort(about[_in_margins(loose, written, ink.shape)])
    if len(strewn) < _STREWN:
        return sheet
    gray = sheet.gray.copy()
    for rows, columns in map(_place, loose[about <= _TIMES * strewn[-_STREWN]]):
        gray[_with_rim(rows), _with_rim(columns)] = 255
    return replace(sheet, gray=gray)


def _with_rim(pixels: slice) -> slice:
    return slice(max(0, pixels.start - 1), pixels.stop + 1)


def _patches(ink: Gray, scale: float) -> tuple[Boxes, Boxes]:
    """The small patches, and those that are written or drawn."""
    boxes = np.asarray(components(ink)[2][1:], np.int32)
    size = boxes[:, 2:4].max(axis=1, initial=0) / scale
    return boxes[size <= _LARGEST], boxes[size >= _WRITTEN]


def _place(box: npt.NDArray[np.int32]) -> tuple[slice, slice]:
    x, y, width, height = box[:4].tolist()
    return slice(y, y + height), slice(x, x + width)


def _ink_about(ink: Gray, boxes: Boxes, reach: int) -> npt.NDArray[np.int32]:
    """How many pixels of ink there are within ``reach`` of each patch, with its own."""
    sums = cv2.integral(ink)
    (x, y, width, height), (rows, columns) = boxes.T[:4], ink.shape
    left, right = np.maximum(x - reach, 0), np.minimum(x + width + reach, columns)
    top, bottom = np.maximum(y - reach, 0), np.minimum(y + height + reach, rows)
    around = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    return np.asarray(around, np.int32)


def _in_margins(loose: Boxes, written: Boxes, shape: tuple[int, ...]) -> Marks:
    """Which patches lie beside all that is ``written``, but for the paper's own edge."""
    x, y = loose[:, 0] + loose[:, 2] / 2, loose[:, 1] + loose[:, 3] / 2
    starts, ends = written[:, :2], written[:, :2] + written[:, 2:4]
    inside = ((starts > 0) & (ends < shape[::-1])).all(axis=1)
    if not inside.any():
        return np.zeros(len(loose), np.bool_)
    (x0, y0), (x1, y1) = starts[inside].min(axis=0), ends[inside].max(axis=0)
    return np.asarray((x < x0) | (x > x1) | (y < y0) | (y > y1), np.bool_)
