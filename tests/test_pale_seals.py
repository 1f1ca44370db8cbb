"""Grey seals taken off what they were stamped over."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gouji.ocr.page import Gray
from gouji.ocr.pale_seals import without_pale_seals
from gouji.ocr.upright import Sheet

DPI = 200
MIDDLE, RADIUS = (800, 900), 165


def written(gray: Gray, text: str, x: int, y: int, level: int = 20) -> None:
    cv2.putText(gray, text, (x, y), cv2.FONT_HERSHEY_DUPLEX, 1.0, level, 2, cv2.LINE_AA)


def page() -> Gray:
    """Lines of figures and a ruling."""
    gray = np.full((2300, 1650), 255, np.uint8)
    for row in range(30):
        written(gray, "10  378  1  96  204  7  11  53  0", 300, 300 + 60 * row)
        gray[320 + 60 * row, 250:1400] = 60
    return gray


def stamped(gray: Gray, level: int) -> Gray:
    """With a ring, a star and strokes of characters."""
    seal = np.full_like(gray, 255)
    cv2.circle(seal, MIDDLE, RADIUS, level, 8, cv2.LINE_AA)
    cv2.circle(seal, MIDDLE, 40, level, cv2.FILLED, cv2.LINE_AA)
    for turn in np.linspace(0, 5, 14):
        way = np.array([np.cos(turn), np.sin(turn)])
        start, end = ((MIDDLE + way * r).astype(int).tolist() for r in (110, 140))
        cv2.line(seal, start, end, level, 4, cv2.LINE_AA)
    return np.asarray(gray.astype(int) * seal // 255, np.uint8)


def cleaned(gray: Gray) -> Gray:
    soft = np.asarray(cv2.GaussianBlur(gray, (0, 0), 0.6), np.uint8)
    return without_pale_seals(Sheet(1, soft, DPI, None)).gray  # type: ignore[arg-type]


@pytest.mark.parametrize("level", [210, 160, 110])
def test_a_grey_seal_vanishes_and_what_it_covers_stays(level: int) -> None:
    plain = page()
    seen, far = cleaned(stamped(plain, level)) < 200, cv2.erode(plain, np.ones((9, 9))) > 200
    assert not (seen & far).any()
    assert seen[plain < 100].mean() > 0.99


def test_figures_as_pale_as_the_seal_keep_it() -> None:
    """What was written so inside it could not be told from it."""
    gray = page()
    written(gray, "5", 1300, 2200, level=170)
    gray = stamped(gray, 150)
    assert (cleaned(gray) < 200)[MIDDLE[1] + RADIUS, MIDDLE[0]]


def test_pale_walls_of_few_rows_and_what_is_left_of_lines_do_not_keep_it() -> None:
    gray = page()
    gray[1520:1580, 600:602] = 170  # a wall
    gray[1580, 200:215] = 170  # in line with a ruling, beyond a gap
    gray = stamped(gray, 150)
    seen = cleaned(gray)
    assert (seen[MIDDLE[1] + RADIUS - 3, MIDDLE[0] - 9 : MIDDLE[0] + 9] > 200).all()
    assert (seen[1540:1570, 600:602] < 200).all()


def test_what_is_round_but_no_seal_stays() -> None:
    gray = page()
    cv2.circle(gray, MIDDLE, RADIUS, 0, 8)
    assert (cleaned(gray) == np.asarray(cv2.GaussianBlur(gray, (0, 0), 0.6))).all()
    shaded = page()
    cv2.circle(shaded, MIDDLE, RADIUS, 200, cv2.FILLED)
    assert (cleaned(shaded) == np.asarray(cv2.GaussianBlur(shaded, (0, 0), 0.6))).all()


@pytest.mark.parametrize("shape", [(1, 1), (3, 400), (2300, 1650)])
@pytest.mark.parametrize("dpi", [2, 1200])
def test_sheets_of_odd_sizes_pass(shape: tuple[int, int], dpi: int) -> None:
    gray = np.full(shape, 255, np.uint8)
    cv2.circle(gray, (shape[1] // 2, shape[0] // 2), 165, 60, 8)
    sheet = Sheet(1, gray, dpi, None)  # type: ignore[arg-type]
    assert without_pale_seals(sheet).gray.shape == shape
