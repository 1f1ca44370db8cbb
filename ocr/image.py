"""Image files → pages as pixels: PNG, JPEG, WebP, BMP, GIF, multi-page TIFF. By Pillow.

Whatever the file keeps its pixels in (a palette, ink colours, 16 bits, with alpha), a page is grey
or RGB on white paper, turned as the file says, its pixels square.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from gouji.ocr.finding import DocumentError
from gouji.ocr.page import Gray

Pixels = npt.NDArray[np.uint8]
"""(h, w) grey or (h, w, 3) RGB."""

_SHORT_SIDES, _LONG_SIDES = (3.9, 12.5), (4.5, 18.0)
"""Inches that the sides of a page may have, up to A3; by these a resolution is believed."""
_COARSEST = 30.0
_A4 = (8.27, 11.69)
_RATIOS = (1.15, 1.75)
"""Long side by short side of what may be a page of A4, or nearly all of one."""
_SQUARE = 1.04
"""Resolutions across and down that differ by no more are one."""
_OBLONG = 4.0
_REDUCED = 0x1
_SUBFILE = 254
_BROKEN = (
    OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, AttributeError,
    OverflowError, ArithmeticError, struct.error, MemoryError, RuntimeError,
)  # fmt: skip
"""What Pillow raises on files that are cut short or forged."""


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What an honest file never meets: ``pages`` of a file, ``pixels`` of a page."""

    pages: int = 200
    pixels: int = 150_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """A page as the file shows it. ``number`` counts from 1.

    ``dpi``: pixels per inch of the page, the same across and down; points = pixels * 72 / dpi.
    """

    number: int
    pixels: Pixels
    dpi: float

    @property
    def width(self) -> float:
        """In points."""
        return int(self.pixels.shape[1]) * 72 / self.dpi

    @property
    def height(self) -> float:
        """In points."""
        return int(self.pixels.shape[0]) * 72 / self.dpi


def open_rasters(data: bytes, limits: ImageLimits | None = None) -> Iterator[Raster]:
    """The pages of an image file, one by one; of anything but a TIFF the first picture only.

    Raises ``damaged``, ``page_too_large`` and, before the first page, ``too_many_scans``.
    """
    limits = limits or ImageLimits()
    with _opened(data) as image:
        frames = _frames(image, limits)
        for number, frame in enumerate(frames, start=1):
            with _damage(number):
                image.seek(frame)
            yield _raster(image, number, limits)


def size_of(data: bytes) -> tuple[int, int] | None:
    """Pixels across and down of a picture, None of what is no picture; nothing is unpacked."""
    try:
        with _opened(data) as image:
            return image.size
    except DocumentError:
        return None


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    try:
        with _own_limits():
            image = Image.open(io.BytesIO(data))
    except (UnidentifiedImageError, *_BROKEN) as error:
        raise DocumentError("damaged") from error
    with image:
        yield image


@contextmanager
def _own_limits() -> Iterator[None]:
    """Pillow's own limit and warnings put off: sizes are judged here before pixels are unpacked."""
    usual = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = usual


@contextmanager
def _damage(number: int) -> Iterator[None]:
    try:
        with _own_limits():
            yield
    except _BROKEN as error:
        raise DocumentError("damaged", page=number) from error


def _frames(image: Image.Image, limits: ImageLimits) -> list[int]:
    """The numbers of the frames that are pages: those of a TIFF but for its thumbnails."""
    if image.format != "TIFF":
        return [0]
    found: list[int] = []
    frame = 0
    with _damage(1):
        while frame <= 2 * limits.pages:
            try:
                image.seek(frame)
            except EOFError:
                break
            if not _tag(image, _SUBFILE) & _REDUCED:
                found.append(frame)
            frame += 1
    if len(found) > limits.pages or frame > 2 * limits.pages:
        raise DocumentError("too_many_scans", limit=limits.pages)
    return found or [0]


def _tag(image: Image.Image, tag: int) -> int:
    value = getattr(image, "tag_v2", {}).get(tag, 0)
    return value if isinstance(value, int) else 0


def _raster(image: Image.Image, number: int, limits: ImageLimits) -> Raster:
    width, height = image.size
    if width * height > limits.pixels:
        raise DocumentError("page_too_large", page=number, limit=limits.pixels)
    with _damage(number):
        image.load()
        across, down = _resolution(image)
        turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8) and image.format != "TIFF"
        pixels = _pixels(ImageOps.exif_transpose(image))
    if turned:
        across, down = down, across
    if not _SQUARE > across / down > 1 / _SQUARE:
        pixels = _squared(pixels, across, down, number, limits)
    height, width = pixels.shape[:2]
    return Raster(number, pixels, _believed(max(across, down), width, height))


def _resolution(image: Image.Image) -> tuple[float, float]:
    """Pixels per inch across and down, (1, 1) where the file does not tell anything sensible."""
    stated = image.info.get("dpi")
    if not isinstance(stated, tuple) or len(stated) != 2:
        return 1.0, 1.0
    try:
        across, down = float(stated[0]), float(stated[1])
    except (TypeError, ValueError, ArithmeticError):
        return 1.0, 1.0
    if not (1 < across < 1e4 and 1 < down < 1e4 and 1 / _OBLONG < across / down < _OBLONG):
        return 1.0, 1.0
    return across, down


def _squared(
    pixels: Pixels, across: float, down: float, number: int, limits: ImageLimits
) -> Pixels:
    """Pixels made square, as those of a fax of 204 by 98 to the inch are not."""
    import cv2  # only where it is needed: documents of text do without

    dpi = max(across, down)
    height, width = pixels.shape[:2]
    size = round(width * dpi / across), round(height * dpi / down)
    if size[0] * size[1] > limits.pixels:
        raise DocumentError("page_too_large", page=number, limit=limits.pixels)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _believed(dpi: float, width: int, height: int) -> float:
    """The stated resolution if it makes a page of it, else the one that makes it A4.

    What is far longer than wide, such as a web page as one picture, is as wide as A4.
    """
    short, long = sorted((width, height))
    plausible = (
        _SHORT_SIDES[0] <= short / dpi <= _SHORT_SIDES[1]
        and _LONG_SIDES[0] <= long / dpi <= _LONG_SIDES[1]
    )
    if plausible:
        return dpi
    ratio = long / short
    whole = _RATIOS[0] <= ratio <= _RATIOS[1]
    return max(_COARSEST, long / _A4[1] if whole else short / _A4[0])


def _pixels(image: Image.Image) -> Pixels:
    """Grey or RGB, 8 bits, on white."""
    mode = image.mode
    if mode in ("1", "L"):
        return np.asarray(image.convert("L"), np.uint8)
    if mode.startswith("I") or mode == "F":
        return _deep(np.asarray(image))
    if mode == "LAB":
        return np.asarray(image.getchannel(0), np.uint8)
    if mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        over = image.convert("RGBA")
        paper = Image.new("RGBA", over.size, (255, 255, 255, 255))
        paper.alpha_composite(over)
        image = paper
    return np.asarray(image.convert("RGB"), np.uint8)


def _deep(values: npt.NDArray[np.generic]) -> Gray:
    """Samples of more than 8 bits: as bright as the brightest of them asks for."""
    samples = np.nan_to_num(values.astype(np.float32), posinf=0, neginf=0)
    brightest = float(samples.max(initial=0))
    steps = next((top for top in (1.0, 255.0, 4095.0, 65535.0) if brightest <= top), brightest)
    return np.asarray(np.clip(samples * (255 / steps), 0, 255), np.uint8)
