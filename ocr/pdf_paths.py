"""What PDFium tells of the shapes on a page: path and image objects → what is drawn."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pypdfium2.raw as pdfium

from gouji.ocr.drawing import (
    THICKEST,
    WHITE,
    Drawing,
    Picture,
    Point,
    add_strip,
    fill,
    stroke,
    within,
)
from gouji.ocr.page import Box
from gouji.ocr.pdf_text import Matrix, buffer, compose, quick, turned

_FAINT = 8
_MAX_DEPTH = 12


def drawing_of(page: object, display: Matrix, max_objects: int) -> Drawing:
    """Everything drawn on ``page``; stops looking after ``max_objects`` objects."""
    drawing = Drawing()
    for item, kind, matrix, clip in _objects(page, display, drawing, max_objects):
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            _path(item, matrix, clip, drawing)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            box = within(turned(compose(_matrix(item), matrix), 0, 0, 1, 1), clip)
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
            box = within(bound, box) or Box(-1, -1, -1, -1)
    return box


def _counted(count: int | None) -> int:
    """A count as PDFium gives it; it says -1 when there is nothing to count."""
    count = count or 0
    return count if 0 <= count < 1 << 31 else 0


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
            add_strip(strip, min(colour) >= WHITE, clip, drawing)
        return
    whole = compose(_matrix(item), matrix)
    outlines, curved = _outlines(item, whole, closing=stroked)
    if curved:
        drawing.curves += 1
    if filled:
        *colour, alpha = _colour(item, stroke=False)
        if alpha > _FAINT:
            fill(outlines, max(colour) if min(colour) < WHITE else 255, clip, drawing)
    if stroked:
        *colour, alpha = _colour(item, stroke=True)
        if alpha > _FAINT:
            _get_width(item, _WIDTH_AT)
            scale = abs(whole[0] * whole[3] - whole[1] * whole[2]) ** 0.5
            stroke(outlines, _WIDTH[0] * scale, min(colour) >= WHITE, clip, drawing)


def _strip(item: int, matrix: Matrix) -> Box | None:
    """The box of a thin rectangle, as most borders are painted; None for other paths."""
    count = _counted(_count_segments(item))
    if not 4 <= count <= 5:
        return None
    kinds = {_get_segment_type(_get_segment(item, index)) or 0 for index in range(1, count)}
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
