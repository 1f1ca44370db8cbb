"""Dirt on a sheet, told by what lies in its margins."""

from __future__ import annotations

import numpy as np

from gouji.ocr.dirt import without_dirt
from gouji.ocr.page import Gray, Ruling
from gouji.ocr.upright import Sheet

SCALE = 3
LINES = [Ruling(50, y, 250, y) for y in (50, 100)] + [Ruling(x, 50, x, 100) for x in (50, 250)]


def dot(gray: Gray, x: float, y: float, wide: float = 1.0, high: float = 1.0) -> None:
    """A patch of ink from ``x, y`` on, in points."""
    gray[
        round(y * SCALE) : round((y + high) * SCALE), round(x * SCALE) : round((x + wide) * SCALE)
    ] = 0


def page(*, strewn: bool) -> Gray:
    """A table with a figure; with specks in the margins if it is ``strewn``."""
    gray = np.full((400 * SCALE, 300 * SCALE), 255, np.uint8)
    for line in LINES:
        dot(gray, line.x0, line.y0, max(line.x1 - line.x0, 1), max(line.y1 - line.y0, 1))
    dot(gray, 60, 70, 4, 8)
    for number in range(8 if strewn else 0):
        dot(gray, 20 + 30 * number, 200 + 10 * number)
    return gray


def cleaned(gray: Gray) -> Gray:
    return without_dirt(Sheet(1, gray, 72.0 * SCALE, None), LINES).gray


def test_specks_in_cells_vanish_where_the_margins_are_strewn_with_such() -> None:
    gray = page(strewn=True)
    dot(gray, 150, 96)  # near to a line
    dot(gray, 200, 80)
    assert (cleaned(gray)[160 * SCALE :] == 255).all()
    assert (cleaned(gray) == cleaned(page(strewn=True))).all()


def test_a_speck_in_a_cell_stays_where_the_margins_are_clean() -> None:
    gray = page(strewn=False)
    dot(gray, 200, 80)
    assert (cleaned(gray) == gray).all()


def test_points_dashes_and_what_is_larger_than_in_the_margins_stay() -> None:
    gray = page(strewn=True)
    dot(gray, 67, 77)  # the point of a figure, far off
    dot(gray, 150, 80, 3)  # a dash
    dot(gray, 200, 80, 2, 2)  # what may be left of a stroke
    before, after = gray[: 110 * SCALE], cleaned(gray)[: 110 * SCALE]
    assert (before == after).all()


def test_what_is_left_of_a_worn_dash_stays() -> None:
    gray = page(strewn=True)
    for x in (150, 152, 154):
        dot(gray, x, 80)
    assert (cleaned(gray)[: 110 * SCALE] == gray[: 110 * SCALE]).all()
