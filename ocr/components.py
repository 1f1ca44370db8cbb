"""Patches of ink that hang together."""

from __future__ import annotations

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

Components = tuple[int, NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]
"""How many patches there are with the ground, which is number 0; the number of each pixel's; of
each x, y, width, height and area in pixels; and its middle.
"""


def components(mask: MatLike) -> Components:
    """The patches of what is not 0; pixels that touch at a corner hang together.

    By Grana's algorithm: OpenCV's own choice takes more than twice its time.
    """
    count, labels, stats, middles = cv2.connectedComponentsWithStatsWithAlgorithm(
        mask, 8, cv2.CV_32S, cv2.CCL_GRANA
    )
    return (
        count,
        np.asarray(labels, np.int32),
        np.asarray(stats, np.int32),
        np.asarray(middles, np.float64),
    )
