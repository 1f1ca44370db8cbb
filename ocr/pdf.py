"""A PDF's pages: characters, rulings, and the picture of a page. By PDFium.

A page's ``UserUnit`` is not known to PDFium: such a page counts as if its units were points.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL.Image import Image

from gouji.ocr.finding import DocumentError
from gouji.ocr.page import Box, Gray, Page
from gouji.ocr.pdf_paths import drawing_of
from gouji.ocr.pdf_text import Matrix, glyphs_of
from gouji.ocr.trust import DigitShapes, judged

if TYPE_CHECKING:
    from gouji.ocr.image import Raster

Source = str | os.PathLike[str] | bytes


@dataclass(frozen=True, slots=True)
class PdfLimits:
    """What an honest file never meets. ``pages`` of a file; ``objects`` (text runs, paths,
    images) and ``chars`` of one page; ``pixels`` of a rendered page.
    """

    pages: int = 5_000
    objects: int = 500_000
    chars: int = 500_000
    pixels: int = 100_000_000


def open_pages(source: Source, limits: PdfLimits | None = None) -> Iterator[Page]:
    """The pages of a PDF (a path, or the file's bytes), one by one.

    Raises ``DocumentError`` ``encrypted``, ``damaged``, ``too_many_pages`` or ``page_too_complex``.
    PDFium is not safe for threads: one process, one reader at a time.
    """
    limits = limits or PdfLimits()
    with closing(_open(source)) as document:
        count = len(document)
        if count > limits.pages:
            raise DocumentError("too_many_pages", pages=count, limit=limits.pages)
        digits = DigitShapes()
        for index in range(count):
            yield _read(document, index, limits, digits)


def read_page(source: Source, number: int, limits: PdfLimits | None = None) -> Page:
    """Page ``number`` (from 1) of a PDF; raises as ``open_pages`` does."""
    with closing(_open(source)) as document:
        return _read(document, number - 1, limits or PdfLimits(), DigitShapes())


def render(
    source: Source, number: int, scale: float = 2.0, limits: PdfLimits | None = None
) -> Image:
    """Page ``number`` (from 1) as displayed, ``scale`` pixels to the point, in grey."""
    with closing(_open(source)) as document:
        page = _drawable(document, number, scale, limits)
        image: Image = page.render(scale=scale, grayscale=True).to_pil()
        return image


def render_part(
    source: Source, number: int, part: Box, scale: float, limits: PdfLimits | None = None
) -> tuple[Gray, int, int]:
    """What ``render`` draws around a box (points), and where: first column and row, in pixels."""
    with closing(_open(source)) as document:
        page = _drawable(document, number, scale, limits)
        width, height = page.get_size()
        left, top = max(int(part.x0 * scale), 0), max(int(part.y0 * scale), 0)
        sides = (left, height * scale - part.y1 * scale, width * scale - part.x1 * scale, top)
        # Half a pixel less, for what is cut off is rounded up.
        crop = tuple(max(side - 0.5, 0) / scale for side in sides)
        pixels: Gray = page.render(scale=scale, grayscale=True, crop=crop).to_numpy().copy()
        return pixels, left, top


def _drawable(
    document: pdfium.PdfDocument, number: int, scale: float, limits: PdfLimits | None
) -> pdfium.PdfPage:
    """Page ``number``, if it is not too large to be drawn."""
    limits = limits or PdfLimits()
    page = _page(document, number - 1)
    width, height = page.get_size()
    if width * height * scale * scale > limits.pixels:
        raise DocumentError("page_too_large", page=number, limit=limits.pixels)
    return page


def raster(source: Source, number: int, limits: PdfLimits | None = None) -> Raster:
    """Page ``number`` (from 1) as displayed, in pixels about as dense as those of its pictures.

    RGB, or grey where the page is but grey pictures; raises ``page_too_large`` and as
    ``open_pages`` does.
    """
    # OpenCV is loaded only where there are scans.
    from gouji.ocr.image import Raster
    from gouji.ocr.pdf_pictures import density_of, own_pixels

    limits = limits or PdfLimits()
    with closing(_open(source)) as document, closing(_page(document, number - 1)) as page:
        drawing = drawing_of(page.raw, _display(page), limits.objects)
        width, height = page.get_size()
        own = own_pixels(page, number, drawing.pictures, _display(page), limits.pixels)
        if own is not None:
            return own
        density, colour = density_of(drawing.pictures, width * height)
        scale = density / 72 - 1e-6  # or rounding adds a pixel, and all are drawn between places
        if width * height * scale * scale > limits.pixels:
            raise DocumentError("page_too_large", page=number, limit=limits.pixels)
        drawn = page.render(scale=scale, grayscale=not colour, rev_byteorder=True, prefer_bgrx=True)
        pixels = drawn.to_numpy()
        if colour:
            pixels = np.ascontiguousarray(pixels[:, :, :3])
        return Raster(number, pixels, density)


def _open(source: Source) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(source if isinstance(source, bytes) else Path(source))
    except pdfium.PdfiumError as error:
        code = "encrypted" if error.err_code == raw.FPDF_ERR_PASSWORD else "damaged"
        raise DocumentError(code) from error
    if len(document) == 0:
        document.close()
        raise DocumentError("damaged")
    return document


def _page(document: pdfium.PdfDocument, index: int) -> pdfium.PdfPage:
    try:
        return document[index]
    except pdfium.PdfiumError as error:
        raise DocumentError("damaged", page=index + 1) from error


def _read(document: pdfium.PdfDocument, index: int, limits: PdfLimits, digits: DigitShapes) -> Page:
    with closing(_page(document, index)) as page:
        width, height = page.get_size()
        display = _display(page)
        drawing = drawing_of(page.raw, display, limits.objects)
        with closing(page.get_textpage()) as text_page:
            if max(drawing.objects, text_page.count_chars()) >= limits.objects:
                raise DocumentError("page_too_complex", page=index + 1, limit=limits.objects)
            glyphs = glyphs_of(text_page.raw, display, width, height)
        verdict = judged(page, glyphs, drawing, digits)
        return Page(
            number=index + 1,
            width=width,
            height=height,
            kind=verdict.kind,
            chars=verdict.chars,
            rulings=tuple(drawing.rulings),
            findings=tuple(replace(f, page=index + 1) for f in verdict.findings),
        )


def _display(page: pdfium.PdfPage) -> Matrix:
    """The file's coordinates → points of the page as displayed: cropped, turned, y downwards."""
    left, bottom, right, top = page.get_bbox()
    match page.get_rotation():
        case 90:
            return (0, 1, 1, 0, -bottom, -left)
        case 180:
            return (-1, 0, 0, 1, right, -bottom)
        case 270:
            return (0, -1, -1, 0, top, right)
        case _:
            return (1, 0, 0, -1, -left, top)
