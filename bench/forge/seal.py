"""An agency's round red seal."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

SIZE = 496
"""Pixels across at 300 dpi: 42 mm."""
RED = (205.0, 45.0, 50.0)

Image = NDArray[np.float32]


def seal(image: Image, rng: np.random.Generator) -> Image:
    """Stamps a page (h, w) or (h, w, 3) at 300 dpi; what is printed stays darker than the seal."""
    height, width = image.shape[:2]
    if min(height, width) < 2 * SIZE:
        return image
    turn = cv2.getRotationMatrix2D((SIZE / 2, SIZE / 2), float(rng.uniform(-40, 40)), 1.0)
    ink = cv2.warpAffine(_stamp(), turn, (SIZE, SIZE)).astype(np.float32)
    ink *= rng.uniform(0.35, 0.8)
    top = int(rng.uniform(0.05, 0.95) * (height - SIZE))
    left = int(rng.uniform(0.2, 0.95) * (width - SIZE))
    place = image[top : top + SIZE, left : left + SIZE]
    if image.ndim == 2:
        place *= 1 - 0.35 * ink
    else:
        place *= 1 - ink[:, :, None] * (1 - np.array(RED, np.float32) / 255)
    return image


@cache
def _stamp() -> Image:
    """A ring, a star, and strokes where the name runs round: (SIZE, SIZE), 1 where ink is."""
    out = np.zeros((SIZE, SIZE), np.float32)
    middle, radius = SIZE // 2, SIZE // 2 - 12
    cv2.circle(out, (middle, middle), radius, 1.0, 11, cv2.LINE_AA)
    angles = np.deg2rad(-90 + 144 * np.arange(5))
    star = middle + 78 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    cv2.fillPoly(out, [star.round().astype(np.int32)], 1.0, cv2.LINE_AA)
    inner = middle + 30 * np.stack([np.cos(angles + np.pi), np.sin(angles + np.pi)], axis=1)
    cv2.fillConvexPoly(out, cv2.convexHull(inner.round().astype(np.int32)), 1.0)
    marks = np.random.default_rng(7)
    for angle in np.linspace(150, 390, 12):
        at = np.deg2rad(angle)
        centre = middle + (radius - 48) * np.array([np.cos(at), np.sin(at)])
        along, out_ = np.array([-np.sin(at), np.cos(at)]), np.array([np.cos(at), np.sin(at)])
        for _ in range(6):  # a character's strokes
            start = centre + along * marks.uniform(-20, 20) + out_ * marks.uniform(-26, 26)
            end = start + (along if marks.random() < 0.5 else out_) * marks.uniform(14, 36)
            cv2.line(out, start.round().astype(int).tolist(), end.round().astype(int).tolist(),
                     1.0, 6, cv2.LINE_AA)  # fmt: skip
    return cv2.GaussianBlur(out, (0, 0), 1.2).astype(np.float32)
