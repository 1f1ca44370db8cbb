"""A scanned PDF page's own pixels, or how dense and whether in colour it is to be drawn."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from gouji.ocr.drawing import Picture
from gouji.ocr.image import Pixels, Raster
from gouji.ocr.page import Box
from gouji.ocr.pdf_text import Matrix, compose

_DENSITIES = 110.0, 400.0
"""Pixels per inch: fewer are drawn too coarse to be read, more tell nothing new."""
_OWN = 110.0, 650.0
"""A picture as dense as this is taken as it is."""
_DRAWN = 240.0
"""For what is not a picture but drawn."""
_SMALL = 0.05
"""A picture that takes up less of the page is an ornament."""
_FILLS = 1.0
"""A picture whose edges are at most so far (points) from the page's is the page."""
_SAME = 32
"""So much (of 255) may a picture differ from what is displayed and still be just that."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the file keeps of a picture: pixels across and down, bits of a pixel, their density."""

    across: int
    down: int
    bits: int
    dpi: float


def kept(picture: Picture) -> Kept | None:
    """What the file keeps of a picture, None where it does not tell."""
    item = ctypes.cast(picture.key, raw.FPDF_PAGEOBJECT)
    across, down = ctypes.c_uint(), ctypes.c_uint()
    told = raw.FPDF_IMAGEOBJ_METADATA()
    if not raw.FPDFImageObj_GetImagePixelSize(item, across, down):
        return None
    if not raw.FPDFImageObj_GetImageMetadata(item, None, told):
        return None
    short, long = sorted((picture.box.width, picture.box.height))
    few, many = sorted((across.value, down.value))
    if not few or short <= 0:
        return None
    return Kept(across.value, down.value, told.bits_per_pixel, 72 * max(many / long, few / short))


def density_of(pictures: Sequence[Picture], area: float) -> tuple[float, bool]:
    """Pixels per inch at which a page of ``area`` (square points) is to be drawn, and whether
    in colour.
    """
    found = [(p.box.width * p.box.height, k) for p in pictures if (k := kept(p)) is not None]
    if sum(covered for covered, _ in found) < _SMALL * area:  # a page is often in many strips
        return _DRAWN, True
    largest = max(covered for covered, _ in found)
    density = max(k.dpi for covered, k in found if covered >= _SMALL * largest)
    colour = len(found) < len(pictures) or any(k.bits > 8 for _, k in found)
    return min(max(density, _DENSITIES[0]), _DENSITIES[1]), colour


def own_pixels(
    page: pdfium.PdfPage, number: int, pictures: Sequence[Picture], display: Matrix, most: int
) -> Raster | None:
    """The pixels of the one picture that is the page, as they are; None if the page is more.

    Drawing them would lay them a part of a pixel off. Whether anything else is to be seen (or a
    part of the picture is not) is found by drawing the page once on a small scale.
    """
    width, height = page.get_size()
    whole = [p for p in pictures if _fills(p.box, width, height)]
    told = kept(whole[-1]) if whole else None
    if told is None or not _OWN[0] <= told.dpi <= _OWN[1] or told.across * told.down > most:
        return None
    item = ctypes.cast(whole[-1].key, raw.FPDF_PAGEOBJECT)
    bitmap = raw.FPDFImageObj_GetBitmap(item)
    if not bitmap:
        return None
    pixels = _pixels(pdfium.PdfBitmap.from_raw(bitmap))
    if pixels is None:
        return None
    matrix = _matrix(item)
    pixels = _laid(pixels, matrix, display) if matrix is not None else None
    if pixels is None:
        return None
    seen = page.render(scale=1, grayscale=True).to_numpy()
    if not _looks_like(pixels, seen):
        return None
    dpi = max(pixels.shape[1] / width, pixels.shape[0] / height) * 72
    size = round(width * dpi / 72), round(height * dpi / 72)
    if abs(size[0] - pixels.shape[1]) > 1 or abs(size[1] - pixels.shape[0]) > 1:
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    return Raster(number, pixels, dpi)


def _fills(box: Box, width: float, height: float) -> bool:
    edges = (box.x0, box.y0, box.x1 - width, box.y1 - height)
    return all(abs(edge) <= _FILLS for edge in edges)


def _pixels(bitmap: pdfium.PdfBitmap) -> Pixels | None:
    values = bitmap.to_numpy()
    match bitmap.format:
        case raw.FPDFBitmap_Gray:
            pixels = values.reshape(values.shape[:2]).copy()
        case raw.FPDFBitmap_BGR | raw.FPDFBitmap_BGRx:
            pixels = cv2.cvtColor(np.ascontiguousarray(values[:, :, :3]), cv2.COLOR_BGR2RGB)
        case _:
            return None
    return np.asarray(pixels, np.uint8)


def _matrix(item: object) -> Matrix | None:
    held = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, held):
        return None
    return (held.a, held.b, held.c, held.d, held.e, held.f)


def _laid(pixels: Pixels, matrix: Matrix, display: Matrix) -> Pixels | None:
    """A picture's rows turned and mirrored as the page shows them; None where it lies aslant."""
    a, b, c, d, _, _ = compose(matrix, display)
    if abs(b) + abs(c) > abs(a) + abs(d):
        pixels = np.swapaxes(pixels, 0, 1)
        a, b, c, d = -c, -d, -a, -b
    if max(abs(b), abs(c)) > 1e-3 * max(abs(a), abs(d)):
        return None
    if a < 0:
        pixels = pixels[:, ::-1]
    if d > 0:  # the first row is at the top of the picture's own square, y = 1
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def _looks_like(pixels: Pixels, seen: Pixels) -> bool:
    seen = seen.reshape(seen.shape[:2])
    small = cv2.resize(pixels, seen.shape[::-1], interpolation=cv2.INTER_AREA)
    if small.ndim == 3:
        small = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    off = cv2.absdiff(np.asarray(small, np.uint8), seen)
    return int(off[1:-1, 1:-1].max(initial=0)) <= _SAME
