"""A round seal on a grey scan, taken off what it was stamped over.

Without its colour a seal is told by its shape: a ring as wide as nothing written is, paler than
ink. What is no darker than the ring, inside it, is the seal's too, if nothing else on the page is
written so pale.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from gouji.ocr.components import components
from gouji.ocr.page import Gray
from gouji.ocr.upright import Sheet

_LOOK = 60.0
"""Pixels per inch of the small picture on which rings are looked for."""
_RADII = 0.6, 1.1
"""Inches; official seals are 38 to 50 mm wide."""
_STROKE = 0.022
"""Inches: a seal's ring is thicker than this, strokes of characters and rulings are thinner."""
_CLUTTER = 5
"""So many circles are looked at more closely."""
_WAYS = 120
_CLOSER = 0.04
"""Directions in which a circle is looked at; inches by which its middle may be wrong."""
_FREE, _OUTSIDE = 0.08, 0.15
"""Inches beside the ring in which there is little of the seal; and how far a seal is looked at."""
_ALIKE = 0.6
"""Of the ring's usual darkness: where it is seen."""
_ROUND, _BESIDE = 0.7, 0.4
"""So much of its way round a ring is seen; and beside it is no more of its darkness than this."""
_PALE = 15, 200
"""A seal's darkness on white paper (0 to 255)."""
_PALEST = 0.05
"""So much of the ring is paler than what tells how its darkness varies."""
_NOISE, _DARKEST = 12, 40
"""Grey levels by which a seal's strokes differ; and below which they can't be told from ink."""
_INK, _DOT = 48, 0.036
"""The darkness of ink; and inches: what is smaller both ways is no writing."""
_SKIRT = 0.011
"""Inches beside a ruling in which it fades."""
_LONG, _WALL, _EDGE = 0.7, 0.25, 0.25
"""Inches: rulings are longer, thin ones may be shorter; and so far from the edge nobody writes,
but shadows fall.
"""

Floats = npt.NDArray[np.floating]
Circle = tuple[float, float, float]
"""x, y of the middle and the radius, in pixels."""


def without_pale_seals(sheet: Sheet) -> Sheet:
    """The sheet without round grey seals; what is darker stays, inside them too."""
    if sheet.dpi < _LOOK or min(sheet.gray.shape) < 2 * _RADII[0] * sheet.dpi:
        return sheet
    calm = _calm(sheet.gray, sheet.dpi)
    gray, seals = sheet.gray, list(_seals(calm, sheet.dpi))
    if not seals:
        return sheet
    covered = np.zeros(gray.shape, np.uint8)
    for (x, y, radius), _ in seals:
        cv2.circle(covered, (round(x), round(y)), round(radius), 1, cv2.FILLED)
    white, lines = min(level for _, level in seals), _lines(gray, calm, sheet.dpi)
    if _is_written_so_pale(np.where(covered | lines, np.uint8(255), gray), white, sheet.dpi):
        return sheet
    levels = np.clip(np.arange(256) * (255 / white), 0, 255).astype(np.uint8)
    return replace(sheet, gray=np.where(covered & (1 - lines), levels[gray], gray))


def _calm(gray: Gray, dpi: float) -> Gray:
    """The page without what has thin strokes."""
    side = round(_STROKE * dpi) | 1
    return np.asarray(cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8)))


def _seals(calm: Gray, dpi: float) -> Iterator[tuple[Circle, int]]:
    """Each seal, and the grey that its strokes are not darker than."""
    share = _LOOK / dpi
    small = cv2.resize(calm, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    least, most = (inches * _LOOK for inches in _RADII)
    found = cv2.HoughCircles(
        cv2.medianBlur(small, 3), cv2.HOUGH_GRADIENT, 1, least / 2, param1=2 * _PALE[0], param2=20,
        minRadius=round(least), maxRadius=round(most),
    )  # fmt: skip
    taken: list[Circle] = []
    for x, y, radius in [] if found is None else found[0][:_CLUTTER].tolist():
        circle, level = _ring(calm, (x / share, y / share, radius / share), dpi)
        apart = all(np.hypot(circle[0] - a, circle[1] - b) > radius / share for a, b, _ in taken)
        if level is not None and apart:
            taken.append(circle)
            yield circle, level


def _ring(calm: Gray, circle: Circle, dpi: float) -> tuple[Circle, int | None]:
    """The circle as far as a seal's strokes reach, and the seal's grey; None where there is no
    ring.
    """
    x, y = _middle(calm, circle, dpi)
    band, radii = _around(calm, (x, y, circle[2]), dpi)
    profile, free = np.median(band, axis=0), round(_FREE * dpi)
    ring = int(profile[free:-free].argmax()) + free
    usual = profile[ring]
    seen = band[:, ring] >= _ALIKE * usual
    beside = max(profile[ring - free], profile[ring + free])
    if not _PALE[0] <= usual <= _PALE[1] or seen.mean() < _ROUND or beside > _BESIDE * usual:
        return circle, None
    # What is written across makes parts of it darker: how it varies is told by its paler parts.
    varies = usual - np.quantile(band[seen, ring], _PALEST)
    level = 255 - int(usual + varies) - _NOISE
    return (x, y, float(radii[ring]) + free), level if level >= _DARKEST else None


def _middle(calm: Gray, circle: Circle, dpi: float) -> tuple[float, float]:
    """The middle of a circle moved to where a ring around it is seen best."""
    x, y, radius = circle
    best = _ringed(calm, circle, dpi)
    for step in (_CLOSER * dpi * share for share in (1.0, 0.5, 0.25)):
        around = [(x + a * step, y + b * step) for a in (-1, 0, 1) for b in (-1, 0, 1)]
        ranked = max((_ringed(calm, (*at, radius), dpi), at) for at in around)
        if ranked[0] > best:
            best, (x, y) = ranked
    return x, y


def _ringed(calm: Gray, circle: Circle, dpi: float) -> float:
    return float(np.median(_around(calm, circle, dpi)[0], axis=0).max())


def _around(calm: Gray, circle: Circle, dpi: float) -> tuple[Floats, Floats]:
    """How dark it is around a circle: by direction and radius; and the radii."""
    x, y, radius = circle
    reach = round(_OUTSIDE * dpi)
    radii = radius + np.arange(-reach, reach + 1)
    turns = np.linspace(0, 2 * np.pi, _WAYS, endpoint=False)[:, None]
    at = [np.asarray(c, np.float32) for c in (x + radii * np.cos(turns), y + radii * np.sin(turns))]
    seen = cv2.remap(calm, at[0], at[1], cv2.INTER_NEAREST, borderValue=255)
    return 255.0 - seen, radii


def _lines(gray: Gray, calm: Gray, dpi: float) -> Gray:
    """Where there are rulings, which may be as pale: they run straight for longer than a ring, or
    than a character if they are thin; what is in line with them, so near, is the rest of one.
    """
    ink = (gray < 255 - _INK).astype(np.uint8)
    lines = np.zeros_like(ink)
    for dark, inches in ((ink, _LONG), (np.where(calm < 255 - _INK, np.uint8(0), ink), _WALL)):
        for size in ((1, round(inches * dpi)), (round(inches * dpi), 1)):
            long = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones(size, np.uint8))
            lines = np.maximum(lines, cv2.dilate(long, np.ones(size, np.uint8)).astype(np.uint8))
    side = 2 * round(_SKIRT * dpi) + 1
    return np.asarray(cv2.dilate(lines, np.ones((side, side), np.uint8)), np.uint8)


def _is_written_so_pale(gray: Gray, white: int, dpi: float) -> bool:
    """Whether there is anything no darker than ``white`` that may be writing."""
    rim = round(_EDGE * dpi)
    gray = gray[rim:-rim, rim:-rim]
    ink = (gray < 255 - _INK).astype(np.uint8)
    count, labels, stats, _ = components(ink)
    large = stats[:, 2:4].max(axis=1) >= _DOT * dpi
    dark = np.zeros(count, np.bool_)
    dark[np.unique(labels[gray < white])] = True
    return bool((large & ~dark)[1:].any())
