"""Negatives: pages with white writing on black, as copiers of film and dark screens make them."""

from __future__ import annotations

import cv2
import numpy as np

from gouji.ocr.components import components
from gouji.ocr.page import Gray

_LOOK = 60.0
"""Pixels per inch of the small picture that is looked at."""
_DARK, _MOST = 100, 0.7
"""Grey below which a page is dark, and the share of it that is in a negative."""
_BRIGHT, _LARGEST = 140, 0.05
"""What is brighter is writing or lines: no patch of it is so large a share of the page."""


def positive(gray: Gray, dpi: float) -> Gray:
    """The page with black writing on white, whichever way round it is."""
    if (gray[::8, ::8] < _DARK).mean() < _MOST:
        return gray
    share = min(1.0, _LOOK / dpi)
    small = cv2.resize(gray, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    bright = (small > _BRIGHT).astype(np.uint8)
    _, _, stats, _ = components(bright)
    if len(stats) < 2 or stats[1:, 4].max() > _LARGEST * bright.size:
        return gray  # a sheet on something dark
    return np.asarray(255 - gray, np.uint8)
