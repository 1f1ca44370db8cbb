"""A page's pixels → a sheet: upright, straight, grey on white paper, as if it were printed so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from gouji.ocr.desk import inside, outline_of
from gouji.ocr.image import Raster
from gouji.ocr.negative import positive
from gouji.ocr.page import Gray
from gouji.ocr.seals import gray_of
from gouji.ocr.shading import light_on, uneven_paper
from gouji.ocr.shape import Shape, rotation, shape_of
from gouji.ocr.specks import without_specks
from gouji.ocr.streaks import without_streaks
from gouji.ocr.traces import Floats
from gouji.ocr.turns import Boxes, Legible, skew_of, turned, turns_of
from gouji.ocr.warp import MESH, Nodes, Step, Warp, net, resampled

_DENSEST = 330.0
_SHEET = 300.0
_LOOK = 110.0
"""Pixels per inch of the small picture on which the page is measured."""
_EDGE = 0.03
"""Inches of a page's edge, which looks like a stroke, that go with the desk."""
_STRAIGHT = 0.015
"""Degrees: a page that leans less is left as it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """An upright page: ``gray`` has paper at 255 and ink towards 0, lines of text level.

    ``dpi``: pixels per inch of the sheet, points = pixels * 72 / dpi; about those of the raster,
    never much more than 300. ``warp`` leads back to the page as the file shows it.
    """

    number: int
    gray: Gray
    dpi: float
    warp: Warp

    @property
    def width(self) -> float:
        """In points."""
        return int(self.gray.shape[1]) * 72 / self.dpi

    @property
    def height(self) -> float:
        """In points."""
        return int(self.gray.shape[0]) * 72 / self.dpi


def upright(raster: Raster, legible: Legible | None = None) -> Sheet:
    """The sheet of a page; ``legible`` tells which way up its text is, else the ink has to."""
    gray = positive(gray_of(raster.pixels, raster.dpi), raster.dpi)
    gray = without_streaks(gray, raster.dpi)
    gray = without_specks(gray, raster.dpi)
    gray, dpi = _not_too_dense(gray, raster.dpi)
    small, small_dpi = _small(gray, dpi)
    gray, small, outline = _lit_evenly(gray, small, small_dpi)
    angle = skew_of(small)
    small = _turned_back(small, angle)
    cut = partial(_cut, gray, dpi / small_dpi, angle)
    quarters = turns_of(small, small_dpi, cut, legible)
    gray = turned(gray, quarters)
    rim = _rim(small.shape, quarters, outline)
    level = None if outline is None else rim @ rotation(angle).T
    shape = shape_of(turned(small, quarters), small_dpi, angle, level)
    flat = _flattening(shape, rim, gray, dpi / small_dpi)
    back = _unturned(raster.width, raster.height, quarters)
    point = 72 / dpi
    height, width = gray.shape
    if flat is None:
        nodes, step = _corners(width, height)
    else:
        nodes, step, width, height = flat
        gray = resampled(gray, nodes, step, width, height)
    page = np.asarray(nodes * point @ back[:, :2].T + back[:, 2], np.float32)
    return Sheet(raster.number, gray, dpi, Warp(page, (step[0] * point, step[1] * point)))


def _not_too_dense(gray: Gray, dpi: float) -> tuple[Gray, float]:
    if dpi <= _DENSEST:
        return gray, dpi
    height, width = gray.shape
    size = round(width * _SHEET / dpi), round(height * _SHEET / dpi)
    smaller = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    return np.asarray(smaller, np.uint8), dpi * size[0] / width


def _small(gray: Gray, dpi: float) -> tuple[Gray, float]:
    """The picture on which the page is measured, and its pixels per inch."""
    share = min(1.0, _LOOK / dpi)
    small = cv2.resize(gray, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), dpi * share


def _lit_evenly(gray: Gray, small: Gray, dpi: float) -> tuple[Gray, Gray, Floats | None]:
    """The page, and its small picture, on even paper; and the page's outline on the small picture
    if there is a desk around it, which becomes white.
    """
    paper = uneven_paper(gray, small, dpi)
    outline = None if paper is None else outline_of(small, paper, dpi)
    if outline is None:
        light = light_on(gray, paper)
        return light.taken_off(gray), light.taken_off(small), None
    light = light_on(gray, paper, inside(outline, small.shape, 1.0, 0))
    pair = []
    for picture in (gray, small):
        scale = picture.shape[1] / small.shape[1]
        page = inside(outline, picture.shape, scale, _EDGE * dpi * scale)
        pair.append(np.where(page, light.taken_off(picture), np.uint8(255)))
    return pair[0], pair[1], outline


def _turned_back(small: Gray, angle: float) -> Gray:
    if not angle:
        return small
    height, width = small.shape
    matrix = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), angle, 1)
    level = cv2.warpAffine(small, matrix, (width, height), borderValue=255)
    return np.asarray(level, np.uint8)


def _cut(gray: Gray, ratio: float, angle: float, boxes: Boxes, quarters: int) -> list[Gray]:
    """Crops out of ``gray`` of what lies in ``boxes`` of the small picture, which is ``ratio``
    times smaller, turned back by ``angle`` and by ``quarters``.
    """
    size = np.array(gray.shape[::-1])
    small = size[::-1] if quarters % 2 else size
    turn = rotation(-angle) @ rotation(90.0 * quarters)
    crops = []
    for x, y, width, height in boxes.tolist():
        rim = height / 6
        across, down = round((width + 2 * rim) * ratio), round((height + 2 * rim) * ratio)
        middle = turn @ ((np.array([x + width / 2, y + height / 2]) * ratio) - small / 2) + size / 2
        matrix = np.column_stack((turn, middle - turn @ (np.array([across, down]) / 2)))
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        crop = cv2.warpAffine(gray, matrix, (across, down), flags=flags, borderValue=255)
        crops.append(np.asarray(crop, np.uint8))
    return crops


def _unturned(width: float, height: float, quarters: int) -> Floats:
    """(2, 3): from the turned page to the page as the file shows it, ``width`` by ``height``."""
    return np.array(
        {
            0: [[1, 0, 0], [0, 1, 0]],
            1: [[0, 1, 0], [-1, 0, height]],
            2: [[-1, 0, width], [0, -1, height]],
            3: [[0, -1, width], [1, 0, 0]],
        }[quarters],
        float,
    )


# What is bent made straight


def _rim(shape: tuple[int, ...], quarters: int, outline: Floats | None = None) -> Floats:
    """Places around the page, from the picture's middle, after quarter turns."""
    size = np.array(shape[::-1])
    if outline is None:
        along = np.linspace(0, 1, 9)
        outline = (
            np.array(
                [[x, y] for x in along for y in (0, 1)] + [[x, y] for y in along for x in (0, 1)]
            )
            * size
        )
    return np.asarray((outline - size / 2) @ rotation(-90.0 * quarters).T)


def _flattening(
    shape: Shape, rim: Floats, gray: Gray, ratio: float
) -> tuple[Nodes, Step, int, int] | None:
    """The net (pixels) by which the page becomes straight, and the sheet's size; None if it is.

    ``rim`` has places around the page, from the middle of the small picture, which is ``ratio``
    times smaller.
    """
    whole = _rim(gray.shape, 0) / ratio
    cropped = bool((np.ptp(whole, axis=0) - np.ptp(rim, axis=0)).max() > 2)
    if shape.rows is None and abs(shape.angle) < _STRAIGHT and not cropped:
        return None
    height, width = gray.shape
    middle = np.array([width, height]) / 2
    bounds = shape.sheet(rim) * ratio
    low, high = bounds.min(axis=0), bounds.max(axis=0)
    size = np.ceil(high - low).astype(int)
    new_width, new_height = int(size[0]), int(size[1])
    if shape.rows is None:
        nodes, step = _corners(new_width, new_height)
    else:
        nodes, step = net(new_width, new_height), (float(MESH), float(MESH))
    pages = shape.page((nodes + low) / ratio) * ratio + middle
    return pages.astype(np.float32), step, new_width, new_height


def _corners(width: int, height: int) -> tuple[Nodes, Step]:
    nodes = [[[0, 0], [width, 0]], [[0, height], [width, height]]]
    return np.array(nodes, np.float32), (float(width), float(height))
