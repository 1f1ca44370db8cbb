"""Pages in black and white: the specks that a scanner's threshold makes of noise, taken away."""

from __future__ import annotations

import cv2
import numpy as np

from gouji.ocr.page import Gray

_BILEVEL = 0.88
"""So much of a page in black and white is black or white: the rest are softened edges."""
_PAPER = 235
_SPECK = 1.05e-4
"""Square inches of black: two pixels of a coarse fax. Points and broken strokes have more."""
_NEAR = 0.016
"""Inches from other ink at which a speck may be a part of it."""


def is_bilevel(gray: Gray) -> bool:
    """Whether a page is in black and white, at most stretched or turned since."""
    return bool(((gray == 0) | (gray == 255)).mean() >= _BILEVEL)


def without_specks(gray: Gray, dpi: float) -> Gray:
    """The page without single dark pixels, if it is in black and white.

    What is near to other ink stays, for it may be a part of a stroke.
    """
    if not is_bilevel(gray):
        return gray
    ink = (gray < _PAPER).astype(np.uint8)
    count, labels = cv2.connectedComponents(ink, connectivity=8)
    at = np.flatnonzero(ink)
    labelled = labels.ravel()[at]
    black = np.bincount(labelled, 255.0 - gray.ravel()[at], count) / 255
    large = black > _SPECK * dpi * dpi
    strokes = np.zeros_like(ink)
    strokes.ravel()[at] = large[labelled]
    reach = 2 * max(1, round(_NEAR * dpi)) + 1
    near = cv2.dilate(strokes, np.ones((reach, reach), np.uint8)).ravel()[at]
    kept = np.bincount(labelled, near, count) > 0
    specks = np.zeros_like(ink)
    specks.ravel()[at] = ~kept[labelled]
    if not specks.any():
        return gray
    around = cv2.dilate(specks, np.ones((3, 3), np.uint8))
    cleaned = gray.copy()
    cleaned[(around > 0) & ((specks > 0) | (ink == 0))] = 255
    return cleaned
