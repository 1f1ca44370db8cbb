"""White writing on black is turned; a sheet on a dark desk is not."""

from __future__ import annotations

import cv2
import numpy as np

from gouji.ocr.negative import positive
from gouji.ocr.page import Gray


def page() -> Gray:
    gray = np.full((1100, 800), 250, np.uint8)
    for row in range(20):
        cv2.putText(gray, "0 12 378 4 96", (80, 100 + 45 * row), cv2.FONT_HERSHEY_DUPLEX, 1, 20, 2)
        cv2.line(gray, (60, 110 + 45 * row), (740, 110 + 45 * row), 20, 2)
    return gray


def test_a_negative_is_turned() -> None:
    assert (positive(255 - page(), 96) == page()).all()
    assert (positive(page(), 96) == page()).all()


def test_a_sheet_on_a_dark_desk_is_none() -> None:
    desk = np.full((2400, 2000), 40, np.uint8)
    desk[300:1400, 200:1000] = page()
    assert (positive(desk, 96) == desk).all()
    black = np.zeros((500, 500), np.uint8)
    assert (positive(black, 96) == black).all()


def test_an_underexposed_sheet_with_a_white_hole_is_none() -> None:
    dark = np.full((1100, 800), 90, np.uint8)
    dark[500:520, 20:40] = 255
    assert (positive(dark, 96) == dark).all()
    assert positive(np.zeros((1, 2000), np.uint8), 300).shape == (1, 2000)
