"""Pieces of writing → pictures for readers: cut out, alone on white.

Each reader gets a picture made on its own: the second one's is thresholded and has another
margin, so that one stroke lost does not fool both.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import cv2
import numpy as np

from gouji.ocr.page import Box, Gray

_USUAL_HEIGHT = 10.0
_RIM = 0.6
"""Points around the ink that are cut out with it: the soft edges of its strokes."""
_MARGIN = 0.16
"""White above and below, and to the sides, as a share of the height of a line."""
_SECOND_MARGIN = 0.3
_EDGE = 40.0
"""Grey levels darker than the paper: what is, all along, is no soft edge of a stroke."""
_LOW = 0.72
"""Ink lower than this share of a line is a dash or a point, which a line's height makes clear."""


def line_height(boxes: Sequence[Box]) -> float:
    """The height of most writing, in points: Chinese characters fill their line."""
    heights = [box.height for box in boxes if box.height >= 4.0]
    return median(heights) if heights else _USUAL_HEIGHT


def crop(gray: Gray, dpi: float, box: Box, line: float) -> Gray:
    """The picture of what stands in ``box`` (points), on white; ``line``: the height of a line."""
    return _on_white(_cut(gray, dpi, box), max(box.height, _LOW * line) * dpi / 72, _MARGIN)


def second_crop(gray: Gray, dpi: float, box: Box, line: float) -> Gray:
    """The same in black and white, from pixels of its own threshold, with another margin."""
    cut = cv2.GaussianBlur(_cut(gray, dpi, box), (0, 0), max(0.3, dpi / 400))
    _, black = cv2.threshold(cut, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    height = max(box.height, _LOW * line) * dpi / 72
    return _on_white(np.asarray(black, np.uint8), height, _SECOND_MARGIN)


def _cut(gray: Gray, dpi: float, box: Box) -> Gray:
    scale = dpi / 72
    y0, y1 = (box.y0 - _RIM) * scale, (box.y1 + _RIM) * scale
    x0, x1 = (box.x0 - _RIM) * scale, (box.x1 + _RIM) * scale
    top, left = max(int(y0), 0), max(int(x0), 0)
    cut = gray[top : max(int(np.ceil(y1)), top + 1), left : max(int(np.ceil(x1)), left + 1)]
    rim = round(_RIM * scale)
    return _without_walls(cut, rim) if cut.size else np.full((1, 1), 255, np.uint8)


def _without_walls(cut: Gray, rim: int) -> Gray:
    """Columns in the rim that are dark from top to bottom are a wall's edge: white."""
    dark = cut.max(axis=0) < float(cut.max()) - _EDGE
    dark[rim : len(dark) - rim] = False
    return np.where(dark, np.uint8(255), cut)


def _on_white(cut: Gray, height: float, margin: float) -> Gray:
    around = round(height * margin)
    above = max(round((height - cut.shape[0]) / 2), 0) + around
    picture = cv2.copyMakeBorder(
        cut, above, above, around, around, cv2.BORDER_CONSTANT, value=[255]
    )
    return np.asarray(picture, np.uint8)
