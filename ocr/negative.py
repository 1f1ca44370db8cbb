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
_BRIGHT, _LARGEST, _PATCHES = 140, 0.05, 20
"""What is brighter is writing or lines: no patch of it is so large a share of the page, and there
are more of them.
"""


def positive(gray: Gray, dpi: float) -> Gray:
    """The page with black writing on white, whichever way round it is."""
    if (gray[::8, ::8] < _DARK).mean() < _MOST:
        return gray
    share = min(1.0, _LOOK / dpi)
    size = [max(1, round(side * share)) for side in reversed(gray.shape)]
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    bright = (small > _BRIGHT).astype(np.uint8)
    _, _, stats, _ = components(bright)
    if len(stats) <= _PATCHES or stats[1:, 4].max() > _LARGEST * bright.size:
        return gray  # a sheet on something dark, or a dark one
    return np.asarray(255 - gray, np.uint8)
