import numpy as np

from gouji.ocr.specks import is_bilevel, without_specks

DPI = 204.0


def _page() -> np.ndarray:
    return np.full((300, 400), 255, np.uint8)


def test_single_pixels_and_pairs_vanish_with_their_soft_rims() -> None:
    page = _page()
    page[50, 60] = page[100, 200] = page[101, 201] = 0
    page[150, 150] = page[151, 150] = 120  # one pixel, between two rows since it was stretched
    assert without_specks(page, DPI).min() == 255


def test_pixels_of_a_coarse_fax_are_twice_as_high() -> None:
    page = _page()
    page[50:54, 60] = 0
    assert without_specks(page, DPI).min() == 255


def test_points_and_what_is_near_to_strokes_stay() -> None:
    page = _page()
    page[100:120, 100:104] = 0  # a stroke of a digit
    page[117:119, 106:108] = 0  # the point beside it, hardly printed
    page[200:203, 200:203] = 0  # a point alone
    page[250, 100:160:6] = page[250, 101:160:6] = page[250, 102:160:6] = 0  # a broken hairline
    page[251, 100:160:6] = page[251, 101:160:6] = page[251, 102:160:6] = 0
    assert (without_specks(page, DPI) == page).all()


def test_gray_pages_are_left_as_they_are() -> None:
    page = np.random.default_rng(1).integers(180, 250, (300, 400)).astype(np.uint8)
    page[50, 60] = 0
    assert not is_bilevel(page)
    assert without_specks(page, DPI) is page
