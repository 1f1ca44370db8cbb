"""What dirt on a scanner's glass draws down a page, and what it does not."""

from __future__ import annotations

import cv2
import numpy as np

from gouji.ocr.page import Gray
from gouji.ocr.streaks import without_streaks
from gouji.ocr.strokes import rulings
from gouji.ocr.upright import Sheet

DPI = 200.0


def page() -> Gray:
    """A table of three walls and a word, with margins on all sides."""
    gray = np.full((2300, 1600), 250, np.uint8)
    for y in (300, 700, 1900):
        cv2.line(gray, (200, y), (1400, y), 20, 3)
    for x in (200, 800, 1400):
        cv2.line(gray, (x, 300), (x, 1900), 20, 3)
    cv2.putText(gray, "1234", (420, 520), cv2.FONT_HERSHEY_SIMPLEX, 2.0, 20, 4)
    return gray


def streaked(gray: Gray, by: int = 35) -> Gray:
    dirty = gray.astype(np.int16)
    dirty[:, 500:502] -= by
    grains = np.random.default_rng(1).normal(0, 4, gray.shape)
    return np.clip(dirty + grains, 0, 255).astype(np.uint8)


def walls(gray: Gray) -> list[int]:
    found = rulings(Sheet(1, gray, DPI, None))
    return sorted(round(r.x0 * DPI / 72) for r in found if not r.horizontal)


def test_a_streak_is_no_wall_and_what_is_written_under_it_stays() -> None:
    dirty = streaked(page())
    clean = without_streaks(dirty, DPI)
    assert len(walls(dirty)) == 4
    assert len(walls(clean)) == 3
    under = np.s_[470:525, 500:502]
    assert ((clean[under] < 128) == (page()[under] < 128)).all()
    assert abs(float(clean[1000:1800, 500:502].mean()) - 250) < 6


def test_streaks_along_the_rows_are_taken_away_too() -> None:
    dirty = np.ascontiguousarray(streaked(page()).T)
    assert (without_streaks(dirty, DPI) != dirty).any()


def test_walls_are_no_streaks_however_long() -> None:
    gray = page()
    for x in (400, 600, 1000):
        cv2.line(gray, (x, 100), (x, 2200), 150, 2)
    assert (without_streaks(gray, DPI) == gray).all()


def test_a_picture_of_a_table_alone_has_no_margins_that_could_tell() -> None:
    table = page()[300:1903, 200:1403]
    for x in (300, 700):
        cv2.line(table, (x, 0), (x, len(table)), 200, 1)
    assert (without_streaks(table, DPI) == table).all()
