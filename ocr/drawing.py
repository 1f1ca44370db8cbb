"""What is drawn on a page besides text: rulings, fills and pictures, gathered from its shapes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from gouji.ocr.page import Box, Ruling

THICKEST = 5.0
"""A stroke or filled strip up to so many points thick is a line, a thicker one an area."""
SHORTEST = 0.6
"""Shorter bits (points) are no line; dashes are longer."""
WHITE = 245
"""A colour of which each part (of 255) is at least this is white."""
_SLANT = 0.02
"""A line may lean by so much of its length and still be parallel to an edge (drawing by hand)."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Picture:
    """An image on the page; ``key`` names its object, ``order`` as in the order of painting.

    ``opaque`` does not know of masks: whether the image has one is seen only when it is drawn.
    """

    key: int
    box: Box
    order: int
    opaque: bool


@dataclass(slots=True)
class Drawing:
    """What is drawn on a page besides text. ``curves`` counts outlines with curves, ``order_of``
    tells when a text object (by key) is painted.
    """

    rulings: list[Ruling] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    curves: int = 0
    objects: int = 0
    order_of: dict[int, int] = field(default_factory=dict)
    dark_fills: list[Box] = field(default_factory=list)
    fills: list[Box] = field(default_factory=list)


def within(box: Box, clip: Box | None) -> Box | None:
    """The part of ``box`` inside ``clip``; None if there is none."""
    if clip is None:
        return box
    cut = (max(box.x0, clip.x0), max(box.y0, clip.y0), min(box.x1, clip.x1), min(box.y1, clip.y1))
    return Box(*cut) if cut[0] <= cut[2] and cut[1] <= cut[3] else None


def stroke(
    outlines: list[list[Point]], width: float, white: bool, clip: Box | None, drawing: Drawing
) -> None:
    """Rulings for the sides of outlines that are parallel to an edge of the page."""
    for outline in outlines:
        for (x0, y0), (x1, y1) in itertools.pairwise(outline):
            dx, dy = abs(x1 - x0), abs(y1 - y0)
            half = width / 2
            if dy <= _SLANT * dx:
                middle = (y0 + y1) / 2
                strip = Box(min(x0, x1), middle - half, max(x0, x1), middle + half)
            elif dx <= _SLANT * dy:
                middle = (x0 + x1) / 2
                strip = Box(middle - half, min(y0, y1), middle + half, max(y0, y1))
            else:
                continue
            add_strip(strip, white, clip, drawing)


def fill(outlines: list[list[Point]], light: int, clip: Box | None, drawing: Drawing) -> None:
    """Rulings or areas for what outlines hold, painted ``light`` (of 255)."""
    boxes: list[Box] = []
    for outline in outlines:
        xs, ys = zip(*outline, strict=True)
        box = Box(min(xs), min(ys), max(xs), max(ys))
        if box.x1 - box.x0 <= THICKEST or box.y1 - box.y0 <= THICKEST:
            add_strip(box, light >= WHITE, clip, drawing)
        elif len(set(outline)) == 4:
            boxes.append(box)
    frames = _frames(boxes)
    for frame in frames:
        for strip in frame:
            add_strip(strip, light >= WHITE, clip, drawing)
    if frames:
        return
    for box in boxes:
        cut = within(box, clip)
        if cut is not None:
            _add_area(cut, light, drawing)


def _add_area(box: Box, light: int, drawing: Drawing) -> None:
    """A filled rectangle. On a dark one it leaves its outline to be seen: an old way to rule."""
    if light < 128:
        drawing.dark_fills.append(box)
    elif any(_holds(dark, box) for dark in drawing.dark_fills):
        for strip in _sides(box):
            drawing.rulings.append(_ruling(strip))
    if light < WHITE:
        drawing.fills.append(box)


def _frames(boxes: list[Box]) -> list[tuple[Box, ...]]:
    """Pairs of rectangles one in the other with a thin rim between: the rim's four strips."""
    if len(boxes) != 2:
        return []
    outer, inner = sorted(boxes, key=lambda box: -box.width * box.height)
    rims = (inner.x0 - outer.x0, inner.y0 - outer.y0, outer.x1 - inner.x1, outer.y1 - inner.y1)
    if not all(-0.01 <= rim <= THICKEST for rim in rims):
        return []
    return [
        (
            Box(outer.x0, outer.y0, outer.x1, inner.y0),
            Box(outer.x0, inner.y1, outer.x1, outer.y1),
            Box(outer.x0, outer.y0, inner.x0, outer.y1),
            Box(inner.x1, outer.y0, outer.x1, outer.y1),
        )
    ]


def _sides(box: Box) -> tuple[Box, ...]:
    return (
        Box(box.x0, box.y0, box.x1, box.y0),
        Box(box.x0, box.y1, box.x1, box.y1),
        Box(box.x0, box.y0, box.x0, box.y1),
        Box(box.x1, box.y0, box.x1, box.y1),
    )


def add_strip(strip: Box, white: bool, clip: Box | None, drawing: Drawing) -> None:
    """A thin rectangle as a ruling; a white one counts on a shaded area only."""
    cut = within(strip, clip)
    if cut is None:
        return
    long, thick = max(cut.width, cut.height), min(cut.width, cut.height)
    if long < SHORTEST or thick > THICKEST or long < 2 * thick:
        return
    if white and not any(_touches(fill, cut) for fill in drawing.fills):
        return
    drawing.rulings.append(_ruling(cut))


def _ruling(strip: Box) -> Ruling:
    x, y = strip.center
    if strip.width >= strip.height:
        return Ruling(strip.x0, y, strip.x1, y)
    return Ruling(x, strip.y0, x, strip.y1)


def _holds(outer: Box, inner: Box) -> bool:
    return (
        outer.x0 - 1 <= inner.x0
        and outer.y0 - 1 <= inner.y0
        and outer.x1 + 1 >= inner.x1
        and outer.y1 + 1 >= inner.y1
    )


def _touches(area: Box, strip: Box) -> bool:
    x, y = strip.center
    return area.x0 - 1 <= x <= area.x1 + 1 and area.y0 - 1 <= y <= area.y1 + 1
