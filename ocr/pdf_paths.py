"""The lines drawn on a PDF page: path objects → rulings, fills and pictures."""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2.raw as pdfium

from gouji.ocr.page import Box, Ruling
from gouji.ocr.pdf_text import Matrix, buffer, compose, quick, turned

THICKEST = 5.0
"""A stroke or filled strip up to so many points thick is a line, a thicker one an area."""
SHORTEST = 0.6
"""Shorter bits (points) are no line; dashes are longer."""
_WHITE = 245
_FAINT = 8
_SLANT = 0.02
"""A line may lean by so much of its length and still be parallel to an edge (drawing by hand)."""
_MAX_DEPTH = 12

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


def drawing_of(page: object, display: Matrix, max_objects: int) -> Drawing:
    """Everything drawn on ``page``; stops looking after ``max_objects`` objects."""
    drawing = Drawing()
    for item, kind, matrix, clip in _objects(page, display, drawing, max_objects):
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            _path(item, matrix, clip, drawing)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            box = _within(turned(compose(_matrix(item), matrix), 0, 0, 1, 1), clip)
            if box is not None:
                opaque = not _is_transparent(item)
                drawing.pictures.append(Picture(item, box, drawing.objects, opaque))
        elif kind == pdfium.FPDF_PAGEOBJ_SHADING:
            drawing.curves += 1
    return drawing


def _objects(
    page: object, display: Matrix, drawing: Drawing, max_objects: int
) -> Iterator[tuple[int, int, Matrix, Box | None]]:
    """The page's drawn objects (with their kind) in the order of painting, those inside forms with
    the form's matrix; when text is painted goes straight into ``drawing``.
    """
    waiting: list[tuple[int, Matrix, Box | None, int]] = []

    def put(holder: int, form: bool, matrix: Matrix, clip: Box | None, depth: int) -> None:
        if form:
            count = pdfium.FPDFFormObj_CountObjects(ctypes.cast(holder, pdfium.FPDF_PAGEOBJECT))
        else:
            count = pdfium.FPDFPage_CountObjects(ctypes.cast(holder, pdfium.FPDF_PAGE))
        get = _get_form_object if form else _get_page_object
        waiting.extend(
            (get(holder, index), matrix, clip, depth)
            for index in range(min(count, max_objects) - 1, -1, -1)
        )

    put(ctypes.cast(page, ctypes.c_void_p).value or 0, False, display, None, 0)  # type: ignore[arg-type]
    while waiting and drawing.objects < max_objects:
        item, matrix, clip, depth = waiting.pop()
        drawing.objects += 1
        kind = _get_type(item)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            drawing.order_of[item] = drawing.objects
            continue
        clip = _clip(item, matrix, clip)
        if kind == pdfium.FPDF_PAGEOBJ_FORM:
            if depth < _MAX_DEPTH:
                put(item, True, compose(_matrix(item), matrix), clip, depth + 1)
        else:
            yield item, kind, matrix, clip


_AT, _INDEX = ctypes.c_void_p, ctypes.c_int
_get_type = quick(pdfium.FPDFPageObj_GetType, _AT)
_get_matrix = quick(pdfium.FPDFPageObj_GetMatrix, _AT, _AT)
_get_clip = quick(pdfium.FPDFPageObj_GetClipPath, _AT)
_count_clips = quick(pdfium.FPDFClipPath_CountPaths, _AT)
_count_clip_segments = quick(pdfium.FPDFClipPath_CountPathSegments, _AT, _INDEX)
_get_clip_segment = quick(pdfium.FPDFClipPath_GetPathSegment, _AT, _INDEX, _INDEX)
_count_segments = quick(pdfium.FPDFPath_CountSegments, _AT)
_get_segment = quick(pdfium.FPDFPath_GetPathSegment, _AT, _INDEX)
_get_segment_type = quick(pdfium.FPDFPathSegment_GetType, _AT)
_get_close = quick(pdfium.FPDFPathSegment_GetClose, _AT)
_get_point = quick(pdfium.FPDFPathSegment_GetPoint, _AT, _AT, _AT)
_get_mode = quick(pdfium.FPDFPath_GetDrawMode, _AT, _AT, _AT)
_get_fill = quick(pdfium.FPDFPageObj_GetFillColor, _AT, _AT, _AT, _AT, _AT)
_get_stroke = quick(pdfium.FPDFPageObj_GetStrokeColor, _AT, _AT, _AT, _AT, _AT)
_get_bounds = quick(pdfium.FPDFPageObj_GetBounds, _AT, _AT, _AT, _AT, _AT)
_get_width = quick(pdfium.FPDFPageObj_GetStrokeWidth, _AT, _AT)
_get_page_object = quick(pdfium.FPDFPage_GetObject, _AT, _INDEX)
_get_form_object = quick(pdfium.FPDFFormObj_GetObject, _AT, ctypes.c_ulong)
_is_transparent = quick(pdfium.FPDFPageObj_HasTransparency, _AT)

# Filled by PDFium, one call after the other; it is not safe for threads anyway.
_MATRIX, _MATRIX_AT = buffer("f", 6)
_POINT, _POINT_AT = buffer("f", 2)
_POINT_PLACES = (_POINT_AT, _POINT_AT + 4)
_BOUNDS, _BOUNDS_AT = buffer("f", 4)  # left, bottom, right, top
_BOUNDS_PLACES = tuple(_BOUNDS_AT + 4 * i for i in range(4))
_WIDTH, _WIDTH_AT = buffer("f", 1)
_MODE, _MODE_AT = buffer("i", 2)  # how filled, whether stroked
_MODE_PLACES = (_MODE_AT, _MODE_AT + 4)
_RGBA, _RGBA_AT = buffer("I", 4)
_RGBA_PLACES = tuple(_RGBA_AT + 4 * i for i in range(4))


def _matrix(item: int) -> Matrix:
    _get_matrix(item, _MATRIX_AT)
    a, b, c, d, e, f = _MATRIX
    return (a, b, c, d, e, f)


def _clip(item: int, matrix: Matrix, outer: Box | None) -> Box | None:
    """The box that bounds the object's clip path, within the clip of the form it stands in."""
    path = _get_clip(item)
    box = outer
    for index in range(_counted(_count_clips(path)) if path else 0):
        xs: list[float] = []
        ys: list[float] = []
        for number in range(_counted(_count_clip_segments(path, index))):
            _get_point(_get_clip_segment(path, index, number), *_POINT_PLACES)
            x, y = _POINT
            xs.append(x)
            ys.append(y)
        if xs:
            bound = turned(matrix, min(xs), min(ys), max(xs), max(ys))
            box = _within(bound, box) or Box(-1, -1, -1, -1)
    return box


def _counted(count: int | None) -> int:
    """A count as PDFium gives it; it says -1 when there is nothing to count."""
    count = count or 0
    return count if 0 <= count < 1 << 31 else 0


def _within(box: Box, clip: Box | None) -> Box | None:
    """The part of ``box`` inside ``clip``; None if there is none."""
    if clip is None:
        return box
    cut = (max(box.x0, clip.x0), max(box.y0, clip.y0), min(box.x1, clip.x1), min(box.y1, clip.y1))
    return Box(*cut) if cut[0] <= cut[2] and cut[1] <= cut[3] else None


def _colour(item: int, *, stroke: bool) -> tuple[int, int, int, int]:
    if not (_get_stroke if stroke else _get_fill)(item, *_RGBA_PLACES):
        return (0, 0, 0, 255)
    red, green, blue, alpha = _RGBA
    return (red, green, blue, alpha)


def _path(item: int, matrix: Matrix, clip: Box | None, drawing: Drawing) -> None:
    if not _get_mode(item, *_MODE_PLACES):
        return
    filled, stroked = _MODE[0] != 0, _MODE[1] != 0
    if not (filled or stroked):
        return
    strip = _strip(item, matrix) if filled and not stroked else None
    if strip is not None:
        *colour, alpha = _colour(item, stroke=False)
        if alpha > _FAINT:
            _add_strip(strip, min(colour) >= _WHITE, clip, drawing)
        return
    whole = compose(_matrix(item), matrix)
    outlines, curved = _outlines(item, whole, closing=stroked)
    if curved:
        drawing.curves += 1
    if filled:
        *colour, alpha = _colour(item, stroke=False)
        if alpha > _FAINT:
            _fill(outlines, max(colour) if min(colour) < _WHITE else 255, clip, drawing)
    if stroked:
        *colour, alpha = _colour(item, stroke=True)
        if alpha > _FAINT:
            _get_width(item, _WIDTH_AT)
            scale = abs(whole[0] * whole[3] - whole[1] * whole[2]) ** 0.5
            _stroke(outlines, _WIDTH[0] * scale, min(colour) >= _WHITE, clip, drawing)


def _strip(item: int, matrix: Matrix) -> Box | None:
    """The box of a thin rectangle, as most borders are painted; None for other paths."""
    if not 4 <= _counted(_count_segments(item)) <= 5:
        return None
    kinds = {_get_segment_type(_get_segment(item, index)) or 0 for index in (1, 3)}
    if kinds != {pdfium.FPDF_SEGMENT_LINETO}:
        return None
    _get_bounds(item, *_BOUNDS_PLACES)
    box = turned(matrix, *_BOUNDS)
    return box if min(box.width, box.height) <= THICKEST else None


def _outlines(item: int, matrix: Matrix, *, closing: bool) -> tuple[list[list[Point]], bool]:
    """The straight-sided subpaths as lists of points, and whether any has curves (those are left
    out). With ``closing``, which matters for strokes only, closed ones end where they began.
    """
    a, b, c, d, e, f = matrix
    outlines: list[list[Point]] = []
    current: list[Point] = []
    curved = broken = False
    for index in range(_counted(_count_segments(item))):
        segment = _get_segment(item, index)
        kind = _get_segment_type(segment) or 0
        _get_point(segment, *_POINT_PLACES)
        x, y = _POINT
        point = (a * x + c * y + e, b * x + d * y + f)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            if len(current) > 1 and not broken:
                outlines.append(current)
            current, broken = [point], False
            continue
        if kind == pdfium.FPDF_SEGMENT_BEZIERTO:
            curved = broken = True
        current.append(point)
        if closing and _get_close(segment) and current[0] != point:
            current.append(current[0])
    if len(current) > 1 and not broken:
        outlines.append(current)
    return outlines, curved


def _stroke(
    outlines: list[list[Point]], width: float, white: bool, clip: Box | None, drawing: Drawing
) -> None:
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
            _add_strip(strip, white, clip, drawing)


def _fill(outlines: list[list[Point]], light: int, clip: Box | None, drawing: Drawing) -> None:
    boxes: list[Box] = []
    for outline in outlines:
        xs, ys = zip(*outline, strict=True)
        box = Box(min(xs), min(ys), max(xs), max(ys))
        if box.x1 - box.x0 <= THICKEST or box.y1 - box.y0 <= THICKEST:
            _add_strip(box, light >= _WHITE, clip, drawing)
        elif len(set(outline)) == 4:
            boxes.append(box)
    frames = _frames(boxes)
    for frame in frames:
        for strip in frame:
            _add_strip(strip, light >= _WHITE, clip, drawing)
    if frames:
        return
    for box in boxes:
        cut = _within(box, clip)
        if cut is not None:
            _add_area(cut, light, drawing)


def _add_area(box: Box, light: int, drawing: Drawing) -> None:
    """A filled rectangle. On a dark one it leaves its outline to be seen: an old way to rule."""
    if light < 128:
        drawing.dark_fills.append(box)
    elif any(_holds(dark, box) for dark in drawing.dark_fills):
        for strip in _sides(box):
            drawing.rulings.append(_ruling(strip))
    if light < _WHITE:
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


def _add_strip(strip: Box, white: bool, clip: Box | None, drawing: Drawing) -> None:
    """A thin rectangle as a ruling; a white one counts on a shaded area only."""
    cut = _within(strip, clip)
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
