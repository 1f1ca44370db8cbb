"""The desk on which a page was photographed, or the black around it where a lid stood open."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from gouji.ocr.page import Gray
from gouji.ocr.traces import Floats, Mask, Trace

_DARKER = 1.4
"""Paper is so many times brighter than what it lies on."""
_SHARE = (0.2, 0.985)
_SOLID = 0.93
"""A page fills at least this share of its outline."""
_BRIGHT = 0.15
"""Of what lies outside no more than this share is as bright as the page."""
_WRITTEN, _FEW = 0.65, 0.004
"""Darker than this part of what is around is writing; there is less of it on a desk."""
_GRAIN = 25
"""What is darker than its surroundings by no more (of 255) may be the grain of wood or noise."""
_RIM = 0.1
_MARGIN = 250
"""A margin that a program puts around a photograph is whiter."""
_ROUNDS = 15
_INNER = 0.25
"""Points of a side that lie within count less than those without: a shadow takes paper away."""
_CLOSE, _SEEN = 0.006, 0.5
"""Of a side so much lies so close to its parabola, as a share of its length."""
_STEPS, _WEIGHT = 40, 0.8
"""A side of the page is followed in so many steps, and tells about as much as a stroke."""


def outline_of(small: Gray, paper: Gray, dpi: float) -> Floats | None:
    """The outline (n, 2: x, y in pixels) of a page on something darker; None if the picture
    is all page, or if anything may be written outside.

    ``small`` has ``dpi`` pixels to the inch, ``paper`` is its local brightness.
    """
    left, top, right, bottom = _photograph(small, paper, dpi)
    small, paper = small[top:bottom, left:right], paper[top:bottom, left:right]
    between = float(np.sqrt(_at_rim(paper).clip(1) * np.percentile(paper, 75)))
    otsu, _ = cv2.threshold(paper, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    found = (_outline(small, paper, dpi, level) for level in (between, otsu))
    outline = next((outline for outline in found if outline is not None), None)
    return None if outline is None else np.asarray(outline + np.array([left, top]))


def _photograph(small: Gray, paper: Gray, dpi: float) -> tuple[int, int, int, int]:
    """Where the photograph lies: within a white margin, if what is dark reaches to that."""
    height, width = small.shape
    ys, xs = (np.flatnonzero((small < _MARGIN).any(axis=axis)) for axis in (1, 0))
    if len(ys) and len(xs):
        rim = round(_RIM * dpi)
        left, top, right, bottom = xs[0] + rim, ys[0] + rim, xs[-1] + 1 - rim, ys[-1] + 1 - rim
        if right - left > rim and bottom - top > rim:
            inside = paper[top:bottom, left:right]
            if np.percentile(inside, 75) > _DARKER * _at_rim(inside):
                return int(left), int(top), int(right), int(bottom)
    return 0, 0, width, height


def _at_rim(paper: Gray) -> np.float64:
    rim = np.concatenate((paper[0], paper[-1], paper[:, 0], paper[:, -1]))
    return np.float64(np.median(rim))


def _outline(small: Gray, paper: Gray, dpi: float, level: float) -> Floats | None:
    """The outline of the page if paper is brighter than ``level`` and the desk is not."""
    bright = np.asarray(paper > level, np.uint8)
    if not 0 < bright.mean() < 1:
        return None
    if paper[bright > 0].mean() < _DARKER * paper[bright == 0].mean():
        return None
    side = max(3, round(_RIM * dpi))
    opened = cv2.morphologyEx(bright, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    outlines, _ = cv2.findContours(opened, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return None
    largest = max(outlines, key=cv2.contourArea)
    hull = cv2.convexHull(largest)
    area = float(cv2.contourArea(hull))
    if not _SHARE[0] <= area / small.size <= _SHARE[1]:
        return None
    # The hull is the safer outline, for what is dark at the page's edge; a curled edge is hollow.
    both = [np.asarray(outline.reshape(-1, 2) + 0.5, np.float64) for outline in (largest, hull)]
    found = [one for places in both if (one := _smooth(places, small.shape)) is not None]
    if cv2.contourArea(largest) >= _SOLID * area:
        found += both
    for places in found:
        outside = inside(places, small.shape, 1.0, -_RIM * dpi) == 0
        if outside.any() and not _holds_anything(outside, small, paper, bright):
            return places
    return None


def _holds_anything(part: npt.NDArray[np.bool_], small: Gray, paper: Gray, bright: Mask) -> bool:
    """Whether a part of the picture is paper, or written on."""
    written = (small < _WRITTEN * paper) & (cv2.subtract(paper, small) > _GRAIN)
    return bool(bright[part].mean() > _BRIGHT or written[part].mean() > _FEW)


def _smooth(outline: Floats, shape: tuple[int, ...]) -> Floats | None:
    """The outline with sides as smooth as those of paper: what a deep shadow took off is added.

    None where its sides are not seen well enough.
    """
    height, width = shape
    xs, ys = (np.arange(size, dtype=np.float64) + 0.5 for size in (width, height))
    sides, ends = _curves(sides_of(outline), ys), _curves(ends_of(outline), xs)
    if sides is None or ends is None:
        return None
    (left, right), (top, bottom) = sides, ends
    page = (xs >= left[:, None]) & (xs <= right[:, None])
    page &= (ys[:, None] >= top) & (ys[:, None] <= bottom)
    outlines, _ = cv2.findContours(
        page.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    if not outlines:
        return None
    return np.asarray(max(outlines, key=cv2.contourArea).reshape(-1, 2) + 0.5, np.float64)


def _curves(pair: tuple[Trace, Trace], along: Floats) -> Floats | None:
    """Where two opposite sides run ``along`` the page: parabolas, one as curved as the other,
    through most of their outermost points.
    """
    middle, scale = pair[0].xs.mean(), np.ptp(pair[0].xs)
    terms = [_terms((trace.xs - middle) / scale, own) for own, trace in enumerate(pair)]
    inner, target = np.concatenate(terms), np.concatenate([trace.ys for trace in pair])
    outwards = np.repeat([-1.0, 1.0], [len(trace.xs) for trace in pair])
    weights = np.ones(len(target))
    for _ in range(_ROUNDS):
        factors = np.linalg.lstsq(inner * weights[:, None], target * weights, rcond=None)[0]
        beyond = outwards * (target - inner @ factors)
        weights = np.sqrt(np.where(beyond > 0, 1, _INNER) / np.maximum(np.abs(beyond), 1.0))
    close = np.abs(beyond) < _CLOSE * scale
    if min(close[outwards < 0].mean(), close[outwards > 0].mean()) < _SEEN:
        return None
    found = [_terms((along - middle) / scale, own) @ factors for own in (0, 1)]
    return np.asarray(np.stack(found), np.float64)


def _terms(us: Floats, own: int) -> Floats:
    """The terms of one of two parabolas that are curved alike."""
    line, none = np.stack((np.ones_like(us), us), axis=1), np.zeros((len(us), 2))
    lines = (line, none) if own == 0 else (none, line)
    return np.concatenate((*lines, us[:, None] ** 2), axis=1)


def sides_of(outline: Floats) -> tuple[Trace, Trace]:
    """The left and the right side of an outline as traces from the top down, but for its ends."""
    top, bottom = outline[:, 1].min(), outline[:, 1].max()
    levels = np.linspace(top + 0.1 * (bottom - top), bottom - 0.1 * (bottom - top), _STEPS)
    closed = np.concatenate((outline, outline[:1]))
    crossed: list[tuple[float, float, float]] = []
    for level in levels:
        below = closed[:, 1] > level
        at = np.flatnonzero(below[1:] != below[:-1])
        share = (level - closed[at, 1]) / (closed[at + 1, 1] - closed[at, 1])
        xs = closed[at, 0] + share * (closed[at + 1, 0] - closed[at, 0])
        crossed.append((level, float(xs.min()), float(xs.max())))
    ys, left, right = (np.array(column) for column in zip(*crossed, strict=True))
    return Trace(ys, left, _WEIGHT), Trace(ys, right, _WEIGHT)


def ends_of(outline: Floats) -> tuple[Trace, Trace]:
    """Its upper and its lower side, from left to right."""
    return sides_of(outline[:, ::-1])


def inside(outline: Floats, shape: tuple[int, ...], scale: float, rim: float) -> Mask:
    """1 within an outline ``scale`` times enlarged, less a rim of so many pixels all around."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(outline * scale - 0.5).astype(np.int32)], 1)
    side = 2 * round(abs(rim)) + 1
    if side > 1:
        kernel: npt.NDArray[np.uint8] = np.ones((side, side), np.uint8)
        mask = np.asarray((cv2.erode if rim > 0 else cv2.dilate)(mask, kernel), np.uint8)
    return mask
