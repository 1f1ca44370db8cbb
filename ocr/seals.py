"""Colours to grey, with the red of a seal taken off what it was stamped over."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from gouji.ocr.components import components
from gouji.ocr.image import Pixels
from gouji.ocr.page import Gray

_LOOK = 50
"""Pixels per inch of the small picture on which seals are found."""
_RED = 0.13
"""Redder than the paper by this part of its own brightness is no paper, nor black ink."""
_BRIGHT = 40
"""Of what is darker than this (of 255) the colour says nothing."""
_APART = 0.16
"""Strokes of one seal are no farther apart than this (inches)."""
_SIDES = (0.45, 3.0)
"""Inches that a seal may be wide and high; what is cut by the page's edge may be narrower."""
_RATIO = 2.2
_FILLED = (0.08, 0.9)
_STROKE = 0.35
"""Inches: nothing in a seal is thicker, nor any stroke of ink."""
_INK, _PAPER = 0.3, 0.7
"""Under a seal what is darker than this part of the paper is ink, what is brighter paper."""
_DEEP = 0.1
"""Green and blue of a seal's colour where nothing of the paper shines through; paper has 1."""
_COVER = 0.8
"""A seal counts as covering no more than this, so that what is beneath can be worked out."""
_RIM = 0.05
_BLURRED = 0.01
"""Inches about a seal's strokes in which their colour may be lost."""

Colour = npt.NDArray[np.float32]


def gray_of(pixels: Pixels, dpi: float) -> Gray:
    """A page in grey. What is red and shaped like a seal is paper, black stays black under it."""
    if pixels.ndim == 2:
        return pixels
    gray = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    share = min(1.0, _LOOK / dpi)
    small = cv2.resize(pixels, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    look = dpi * share
    red = _redness(np.asarray(small, np.uint8))
    paper = float(np.median(red))
    for x0, y0, x1, y1 in _seals(np.asarray(red > paper + _RED, np.uint8), look):
        rim = round(_RIM * dpi)
        rows = slice(max(0, int(y0 / share) - rim), int(y1 / share) + rim)
        columns = slice(max(0, int(x0 / share) - rim), int(x1 / share) + rim)
        gray[rows, columns] = _without_red(pixels[rows, columns], gray[rows, columns], paper, dpi)
    return gray


def _redness(pixels: Pixels) -> Colour:
    """How much brighter red is than green and blue, as a part of itself."""
    red, green, blue = (pixels[:, :, i].astype(np.float32) for i in range(3))
    share = (red - (green + blue) / 2) / np.maximum(red, 1)
    return np.asarray(np.where(red > _BRIGHT, share, 0), np.float32)


def _seals(mask: npt.NDArray[np.uint8], dpi: float) -> Iterator[tuple[int, int, int, int]]:
    """The boxes of red marks that may be seals."""
    if np.count_nonzero(mask) < (_SIDES[0] * dpi) ** 2 * _FILLED[0]:
        return
    reach = max(3, round(_APART * dpi) | 1)
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    _, labels, stats, _ = components(joined)
    for index, (x, y, width, height, _) in enumerate(stats[1:].tolist(), start=1):
        short, long = sorted((width / dpi, height / dpi))
        if short < _SIDES[0] or long > _SIDES[1] or long > _RATIO * short:
            continue
        inside = mask[y : y + height, x : x + width][labels[y : y + height, x : x + width] == index]
        if _FILLED[0] <= np.count_nonzero(inside) / (width * height) <= _FILLED[1]:
            yield x, y, x + width, y + height


def _without_red(pixels: Pixels, gray: Gray, paper_red: float, dpi: float) -> Gray:
    """What would be there without the seal.

    A pixel is a mixture of the seal's colour and what is beneath, which is as grey as the paper:
    how far red and the other channels lie apart tells how much of it is seal.
    """
    red = pixels[:, :, 0].astype(np.float32)
    other = (pixels[:, :, 1].astype(np.float32) + pixels[:, :, 2]) / (2 * (1 - paper_red))
    paper = _ground(pixels[:, :, 0], dpi)
    red, other = red / paper, other / paper
    apart = red - other
    sealed = (apart > _RED) & (red * paper > _BRIGHT)
    if not sealed.any():
        return gray
    strong = sealed & (apart >= np.percentile(apart[sealed], 60))
    own_red = _own_red(float(np.median(red[strong])), float(np.median(other[strong])))
    cover = np.clip(apart / max(own_red - _DEEP, _RED), 0, _COVER)
    beneath = (red - cover * own_red) / (1 - cover)
    values = paper * np.clip((beneath - _INK) / (_PAPER - _INK), 0, 1)
    # The colour of a picture is coarser than its light: a stroke's rim is dark and hardly red.
    side = 2 * max(1, round(_BLURRED * dpi)) + 1
    near = cv2.dilate(sealed.astype(np.uint8), np.ones((side, side), np.uint8)) > 0
    faded = (apart > _RED) | (near & (beneath > _PAPER))
    return np.asarray(np.where(faded, np.clip(values, 0, 255), gray), np.uint8)


def _ground(channel: Gray, dpi: float) -> Colour:
    """What the ink stands on, from place to place, found on a small scale."""
    share = min(1.0, 2 * _LOOK / dpi)
    small = cv2.resize(channel, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    side = max(3, round(_STROKE * dpi * share) | 1)
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    ground = cv2.resize(closed, channel.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.maximum(np.asarray(ground, np.float32), 1)


def _own_red(red: float, other: float) -> float:
    """The red of a seal's colour with no paper shining through; its strokes have ``red`` and
    ``other``.
    """
    cover = (1 - other) / (1 - _DEEP)
    return float(np.clip(1 - (1 - red) / max(cover, 0.1), 2 * _DEEP, 1))
