"""Uneven light, grey paper and faint ink evened out: paper becomes 255, ink goes towards 0."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from gouji.ocr.page import Gray
from gouji.ocr.traces import Mask

_SPARSE = 3
"""Of so many rows and columns one is enough to tell how much there is of each grey."""
_STROKE = 0.16
"""Inches: no stroke of ink is thicker, what is thicker counts as paper of another grey."""
_EVEN = 6
"""A page whose paper differs by no more (of 255) from place to place needs no evening."""
_BILEVEL = 0.995
_NOISE = 3.0
"""Grey within so many standard deviations of the paper's is paper."""
_WHITEST, _GRAYEST = 4, 0.2
"""Paper reaches at least so far below its level, at most so large a part of it."""
_INKED = 0.0005
"""A smaller part of the page tells nothing about its ink."""
_CONTRAST = 70
"""Ink is never taken to be nearer to paper than this."""

Histogram = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """How a page was lit and inked: ``paper``, its grey from place to place on a small scale, None
    where it is the same all over; then ``levels``, what each grey becomes, None where it stays.
    """

    paper: Gray | None = None
    levels: Gray | None = None

    def taken_off(self, gray: Gray) -> Gray:
        """The page, of any size, on paper of 255. What is so already is given back as it is."""
        if self.paper is not None:
            paper = cv2.resize(self.paper, gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
            gray = np.asarray(cv2.divide(gray, paper, scale=255), np.uint8)
        return gray if self.levels is None else np.asarray(cv2.LUT(gray, self.levels), np.uint8)


def uneven_paper(gray: Gray, small: Gray, dpi: float) -> Gray | None:
    """The paper's grey from place to place, None where it is the same all over.

    ``small`` shows the page at ``dpi`` pixels per inch.
    """
    counts = _histogram(_sample(gray))
    if counts[[0, 255]].sum() >= _BILEVEL * counts.sum():
        return None
    paper = _paper(small, dpi)
    spread = int(np.percentile(paper, 99.5)) - int(np.percentile(paper, 0.5))
    return paper if spread > _EVEN else None


def light_on(gray: Gray, paper: Gray | None, inside: Mask | None = None) -> Light:
    """The light on a page, or on the part of it that is ``inside`` (1, on any scale)."""
    light = Light(paper)
    sample = light.taken_off(_sample(gray))
    if inside is not None:
        size = sample.shape[::-1]
        inside = np.asarray(cv2.resize(inside, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    counts = _histogram(sample, inside)
    black, white = _levels(counts)
    if counts[[0, 255]].sum() >= _BILEVEL * counts.sum() or (black, white) == (0, 255):
        return light
    steps = (np.arange(256) - black) * (255 / (white - black))
    return Light(paper, np.clip(np.rint(steps), 0, 255).astype(np.uint8))


def _sample(gray: Gray) -> Gray:
    return np.ascontiguousarray(gray[::_SPARSE, ::_SPARSE])


def _histogram(gray: Gray, inside: Mask | None = None) -> Histogram:
    return cv2.calcHist([gray], [0], inside, [256], [0, 256]).ravel().astype(np.float64)


def _paper(small: Gray, dpi: float) -> Gray:
    """The paper's grey from place to place."""
    side = max(3, round(_STROKE * dpi) | 1)
    calm = cv2.medianBlur(small, 3)
    closed = cv2.morphologyEx(calm, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    return np.asarray(np.maximum(cv2.blur(closed, (side // 2, side // 2)), 1), np.uint8)


def _levels(counts: Histogram) -> tuple[int, int]:
    """The greys that become black and white."""
    paper = 128 + int(np.argmax(counts[128:]))
    below = counts[paper - 60 : paper + 1][::-1].cumsum()
    spread = float(np.searchsorted(below, below[-1] / 2)) / 0.6745
    if paper >= 254 and spread < 1:
        white = 255
    else:
        reach = min(max(_NOISE * spread, _WHITEST), _GRAYEST * paper)
        white = int(paper - reach)
    dark = counts[: max(1, white - 30)]
    if dark.sum() < _INKED * counts.sum():
        return 0, white
    share = dark.cumsum() / dark.sum()
    black = int(np.searchsorted(share, 0.15))
    return min(black, white - _CONTRAST) if black > 12 else 0, white
