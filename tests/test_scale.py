"""Pages that are as large as paper whatever their file tells."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gouji.ocr.page import Box
from gouji.ocr.scale import to_scale
from gouji.ocr.upright import Sheet
from gouji.ocr.warp import Warp


def page(dpi: float) -> Sheet:
    """An A4 page at 150 pixels per inch with characters 10 points high; ``dpi`` as told."""
    gray = np.full((1754, 1240), 255, np.uint8)
    for x in range(100, 1100, 40):
        for y in range(100, 1600, 60):
            cv2.rectangle(gray, (x, y), (x + 19, y + 19), 0, 2)
    size = 1240 * 72 / dpi, 1754 * 72 / dpi
    nodes = [[[0, 0], [size[0], 0]], [[0, size[1]], size]]
    return Sheet(1, gray, dpi, Warp(np.array(nodes, np.float32), size))


@pytest.mark.parametrize("dpi", [40.0, 72.0, 215.0, 400.0])
def test_a_page_of_no_size_that_paper_has_is_measured_by_its_characters(dpi: float) -> None:
    sheet = page(dpi)
    scaled = to_scale(sheet)
    assert 120 < scaled.dpi < 190
    box = scaled.warp.to_page(Box(0, 0, scaled.width, scaled.height))
    assert box.x1 == pytest.approx(sheet.width)
    assert box.y1 == pytest.approx(sheet.height)


def test_a_page_as_large_as_paper_is_left_as_it_is() -> None:
    sheet = page(150)
    assert to_scale(sheet) is sheet


def test_the_dashes_of_lines_are_no_small_characters() -> None:
    sheet = page(150)
    for y in range(90, 1600, 60):
        for x in range(90, 1150, 12):
            sheet.gray[y : y + 3, x : x + 6] = 0
    assert to_scale(sheet) is sheet
