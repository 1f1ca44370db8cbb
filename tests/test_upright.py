"""Pages drawn here, turned, leaning, bent, shaded and stamped, come out upright and even."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from gouji.ocr.image import Raster
from gouji.ocr.page import Box
from gouji.ocr.seals import gray_of
from gouji.ocr.turns import skew_of, turns_of
from gouji.ocr.upright import upright

DPI = 150
ROWS, COLUMNS = range(300, 1301, 100), (150, 450, 700, 900, 1100)


@pytest.fixture(scope="module")
def page():
    """A4 at 150 dpi: four lines of text and a ruled table."""
    pixels = np.full((1754, 1240), 255, np.uint8)
    for y in range(80, 260, 40):
        text = "Report Report Report, Report Report Report."
        cv2.putText(pixels, text, (150, y), cv2.FONT_HERSHEY_COMPLEX, 0.8, 0, 2, cv2.LINE_AA)
    for y in ROWS:
        cv2.line(pixels, (COLUMNS[0], y), (COLUMNS[-1], y), 0, 2)
        if y < ROWS[-1]:
            for x in COLUMNS[:-1]:
                cv2.putText(pixels, "Item, 71", (x + 20, y + 60), 2, 0.7, 0, 1, cv2.LINE_AA)
    for x in COLUMNS:
        cv2.line(pixels, (x, ROWS[0]), (x, ROWS[-1]), 0, 2)
    return pixels


def turned(pixels, degrees):
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    return cv2.warpAffine(pixels, matrix, (width, height), borderValue=(255, 255, 255))


def ruled(sheet):
    """How far the strokes of the table (levels of rows) stray over the sheet, in pixels."""
    dark = sheet.gray < 128
    long = cv2.morphologyEx(dark.astype(np.uint8), cv2.MORPH_OPEN, np.ones((1, 40), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(long)
    return [(x, y, w, h) for x, y, w, h, _ in stats[1:count].tolist() if w > 500]


def test_a_good_page_is_left_as_it_is(page):
    sheet = upright(Raster(1, page, DPI))
    assert np.array_equal(sheet.gray, page)
    assert sheet.warp.to_page(Box(10, 20, 30, 40)) == pytest.approx((10, 20, 30, 40), abs=1e-3)


@pytest.mark.parametrize("degrees", [-5, -1.3, 0.2, 3.7, 5])
def test_a_leaning_page_is_set_upright(page, degrees):
    sheet = upright(Raster(1, turned(page, degrees), DPI))
    strokes = ruled(sheet)
    assert len(strokes) == len(ROWS)
    assert all(height <= 4 for *_, height in strokes)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_quarter_turns_are_undone_and_boxes_lead_back(page, quarters):
    raster = Raster(1, np.ascontiguousarray(np.rot90(page, quarters)), DPI)
    mark = (150, 300, 1100, 1300)
    sheet = upright(raster, legible=_legible)
    assert np.array_equal(sheet.gray, page)
    box = sheet.warp.to_page(Box(*(side * 72 / DPI for side in mark)))
    corners = np.argwhere(np.rot90(_filled(page, mark), quarters))
    (y0, x0), (y1, x1) = corners.min(axis=0), corners.max(axis=0) + 1
    assert box == pytest.approx([v * 72 / DPI for v in (x0, y0, x1, y1)], abs=0.01)


def test_letters_as_close_down_as_across_are_turned_by_what_can_be_read():
    """Columns of figures in narrow rows, or titles set in narrow columns: the ink does not tell."""
    page = np.full((1240, 1240), 255, np.uint8)
    for y in range(200, 1000, 32):
        for x in range(200, 1000, 32):
            page[y : y + 27, x : x + 27] = 0

    def cut(boxes, quarters):
        return [np.full((20, 20), 10 + quarters, np.uint8)] * len(boxes)

    for upright_after in (0, 1):
        best = 10 + upright_after
        found = turns_of(page, DPI, cut, lambda crops, best=best: float(crops[0][0, 0] == best))
        assert found == upright_after


@pytest.mark.parametrize(("level", "times"), [(0.95, 1), (0.5, 3)])
def test_lines_are_turned_over_only_where_they_cannot_be_read(page, level, times):
    shown = []

    def legible(crops):
        shown.append(crops)
        return level

    upright(Raster(1, page, DPI), legible=legible)
    assert len(shown) == times


def test_what_cannot_be_read_either_way_up_stays(page):
    sights = iter([0.1, 0.09, 0.11])
    sheet = upright(Raster(1, page, DPI), legible=lambda _: next(sights))
    assert np.array_equal(sheet.gray, page)


def test_corners_of_worn_rulings_are_no_lines_of_text(page):
    worn = page.copy()
    for y in range(1400, 1700, 60):
        for x in range(100, 1100, 20):
            worn[y : y + 2, x : x + 14] = 0
        worn[y - 24 : y, 100:102] = 0
    shown = []

    def legible(crops):
        shown.extend(crops)
        return 0.95

    upright(Raster(1, worn, DPI), legible=legible)
    assert shown
    assert all((crop < 128).mean() > 0.1 for crop in shown)


def _filled(page, mark):
    x0, y0, x1, y1 = mark
    area = np.zeros(page.shape, bool)
    area[y0:y1, x0:x1] = True
    return area


def _legible(crops):
    """How much in the crops looks like an an upright, not an overturned "Report"."""
    letter = np.full((40, 200), 255, np.uint8)
    cv2.putText(letter, "Report", (20, 30), cv2.FONT_HERSHEY_COMPLEX, 0.8, 0, 2, cv2.LINE_AA)
    ys, xs = np.nonzero(letter < 128)
    letter = letter[ys.min() : ys.max(), xs.min() : xs.max()]
    crops = [np.pad(crop, 20, constant_values=255) for crop in crops]
    found = [cv2.matchTemplate(crop, letter, cv2.TM_CCOEFF_NORMED).max() for crop in crops]
    return float(np.mean(found))


def _bent(page, bow):
    """A page as on a curled sheet: the middle ``bow`` pixels lower than the edges."""
    height, width = page.shape
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    lower = bow * np.sin(np.pi * xs / width) * (0.7 + 0.3 * ys / height)
    return cv2.remap(page, xs, ys - lower, cv2.INTER_CUBIC, borderValue=255)


def _aslant(page, share):
    """A page seen aslant: its upper edge shorter by twice ``share``, and lower on the right."""
    height, width = page.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    moved = corners + np.float32([[share, 0], [-share, share], [0, 0], [0, -share]]) * width
    matrix = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    return cv2.warpPerspective(page, matrix, (width, height), borderValue=255)


@pytest.mark.parametrize("bend", [(_bent, 17), (_bent, -9), (_aslant, 0.03), (_aslant, 0.012)])
def test_what_is_curled_or_seen_aslant_is_straightened(page, bend):
    how, much = bend
    sheet = upright(Raster(1, how(page, much), DPI))
    for strokes, count in ((ruled(sheet), len(ROWS)), (ruled_down(sheet), len(COLUMNS))):
        assert len(strokes) == count
        assert all(thick <= 5 for *_, thick in strokes)


def ruled_down(sheet):
    return ruled(replace(sheet, gray=np.ascontiguousarray(sheet.gray.T)))


def test_boxes_lead_back_from_a_bent_page(page):
    flat = upright(Raster(1, _bent(page, 17), DPI))
    cells = [s for s in ruled(flat) if s[2] > 900]
    x, y, width, height = (v * 72 / flat.dpi for v in cells[0])
    box = flat.warp.to_page(Box(x, y, x + width, y + height))
    top = (ROWS[0] + 17 * 0.7 * np.sin(np.pi * COLUMNS[0] / 1240)) * 72 / DPI
    assert box.y0 == pytest.approx(top, abs=1.5)
    assert box.x0 == pytest.approx(COLUMNS[0] * 72 / DPI, abs=1.5)
    assert box.height == pytest.approx(17 * 0.8 * 72 / DPI, abs=4)


def _likeness(sheet, page):
    """Correlation of the sheet with the page it is of, both softened, at one size."""
    size = page.shape[1] // 4, page.shape[0] // 4
    pair = [cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in (sheet.gray, page)]
    soft = [cv2.GaussianBlur(p, (0, 0), 1.5).ravel().astype(float) for p in pair]
    return np.corrcoef(*soft)[0, 1]


def test_shade_dim_light_and_noise_are_taken_off(page):
    across = np.linspace(1, 0.55, page.shape[1])[None, :]
    light = across * np.where(np.arange(page.shape[0]) > 900, 1, 0.7)[:, None]  # a shadow's edge
    noise = np.random.default_rng(0).normal(0, 3, page.shape)
    dim = np.clip((page * 0.8 + 40) * light * 0.9 + noise, 0, 255).astype(np.uint8)
    sheet = upright(Raster(1, dim, DPI))
    assert np.median(sheet.gray) == 255
    assert (sheet.gray > 230).mean() > 0.93
    assert _likeness(sheet, page) > 0.97


def test_a_desk_around_the_page_is_white_and_cut_off(page):
    sheet = upright(Raster(1, _photographed(page), DPI))
    assert sheet.gray.shape == pytest.approx(page.shape, abs=8)
    assert _likeness(sheet, page) > 0.9
    assert (sheet.gray[:60] > 200).all()


def _photographed(page):
    """The page aslant on a dark desk."""
    desk = np.random.default_rng(0).normal(60, 6, (2000, 1500))
    matrix = cv2.getRotationMatrix2D((0, 0), 3, 1)
    matrix[:, 2] = 60, 170
    photo = cv2.warpAffine(page, matrix, (1500, 2000), borderValue=0).astype(float) * 0.8
    covered = cv2.warpAffine(np.full_like(page, 255), matrix, (1500, 2000))
    photo[covered < 128] = desk[covered < 128]
    return np.clip(photo, 0, 255).astype(np.uint8)


def test_a_deep_shadow_takes_no_part_of_the_page_away(page):
    photo = _photographed(page)
    away = np.hypot(*np.meshgrid(np.arange(1500) - 1500, np.arange(2000) - 2000))
    light = 1 - 0.55 / (1 + np.exp((away - 700) / 60))
    sheet = upright(Raster(1, (photo * light).astype(np.uint8), DPI))
    assert sheet.gray.shape == pytest.approx(page.shape, abs=25)
    assert len([stroke for stroke in ruled(sheet) if stroke[2] > 900]) == len(ROWS)


def test_a_white_margin_around_a_photograph_is_no_paper(page):
    photo = cv2.copyMakeBorder(_photographed(page), 40, 40, 40, 40, 0, value=255)
    sheet = upright(Raster(1, photo, DPI))
    assert sheet.gray.shape == pytest.approx(page.shape, abs=12)
    assert _likeness(sheet, page) > 0.85


def test_the_sides_of_the_page_tell_how_it_lies_where_little_is_written():
    """Labels at the left alone do not show how a page is bent at its right."""
    page = np.full((1754, 1240), 255, np.uint8)
    for y in range(300, 1200, 60):
        cv2.putText(page, "Reports received", (100, y), 2, 0.8, 0, 1, cv2.LINE_AA)
        cv2.putText(page, "71", (1050, y), 2, 0.8, 0, 1, cv2.LINE_AA)
    photo = _photographed(_bent(page, 30))
    sheet = upright(Raster(1, photo, DPI))
    found = [
        np.flatnonzero((sheet.gray[:, x0:x1] < 128).any(axis=1))
        for x0, x1 in ((90, 300), (1000, 1150))
    ]
    assert abs(int(found[0].min()) - int(found[1].min())) < 12


def test_writing_beside_what_is_bright_is_no_desk(page):
    shaded = page.copy()
    shaded[900:] = shaded[900:] * 0.45  # half of the page in deep shadow
    sheet = upright(Raster(1, shaded, DPI))
    assert _likeness(sheet, page) > 0.95


@pytest.mark.parametrize("light", [1.0, 0.5])
def test_a_red_seal_is_faded_and_figures_under_it_stay(page, light):
    red = np.repeat(page[:, :, None], 3, axis=2).astype(float)
    stamp = np.zeros(page.shape, np.uint8)
    cv2.circle(stamp, (800, 1000), 118, 255, 8)
    cv2.circle(stamp, (800, 1000), 30, 255, -1)
    cover = cv2.GaussianBlur(stamp, (0, 0), 1)[:, :, None] / 255 * 0.8
    red *= (1 - cover * (1 - np.array([0.85, 0.15, 0.2]))) * light
    sheet = upright(Raster(1, red.astype(np.uint8), DPI))
    around = np.s_[860:1140, 660:940]
    assert sheet.gray.shape == page.shape
    assert sheet.gray[around][page[around] == 255].min() > 200
    assert sheet.gray[around][page[around] < 60].max() < 110


def test_a_seal_whose_colour_is_coarser_than_its_light_leaves_no_outline():
    pixels = np.full((500, 500, 3), 255, np.uint8)
    for wide, colour in ((10, (195, 190, 190)), (8, (220, 60, 70))):
        cv2.circle(pixels, (250, 250), 118, colour, wide)
        cv2.circle(pixels, (250, 250), 25 + wide, colour, -1)
    cv2.line(pixels, (0, 300), (499, 300), (20, 20, 20), 3)
    gray = gray_of(pixels, DPI)
    assert gray[:298].min() > 200
    assert gray[300].max() < 100


def test_a_blank_page_and_a_single_pixel_are_sheets():
    for shape in ((1754, 1240), (1, 1), (3, 4000)):
        sheet = upright(Raster(1, np.full(shape, 255, np.uint8), DPI))
        assert sheet.gray.min() == 255


def test_bold_characters_that_touch_are_lines_beside_headings_set_downwards():
    """In a fax characters run into each other; those below one another in a narrow column don't."""
    look = np.full((1200, 900), 255, np.uint8)
    for y in range(500, 1100, 40):
        for x in range(100, 400, 6):  # strokes, and what joins them
            cv2.line(look, (x, y), (x, y + 18), 0, 2)
        cv2.line(look, (100, y + 9), (400, y + 9), 0, 2)
    for x in range(450, 850, 50):
        for y in range(100, 388, 24):
            cv2.rectangle(look, (x, y), (x + 18, y + 18), 0, 2)
    assert turns_of(look, 110.0, lambda _boxes, _turns: [], None) == 0


def test_what_a_copier_draws_along_a_page_is_no_line_set_downwards(page):
    """Beside the paper a copier sees black: as wide as a letter, ragged, as long as the page."""
    look = page[::2, ::2].copy()
    look[250:] = 255  # little is written
    black = 20 + np.arange(len(look)) % 7
    for row, width in zip(look[20:-20], black[20:-20], strict=True):
        row[10:width] = 0
    assert turns_of(look, DPI / 2, lambda _boxes, _turns: [], None) == 0


def test_the_edges_of_the_picture_do_not_tell_how_a_page_leans() -> None:
    """A lid scanned beside a few lines of text that lean."""
    gray = np.full((1200, 850), 255, np.uint8)
    for row in range(6):
        for x in range(150, 700, 14):
            y = 200 + 40 * row + round(np.tan(np.radians(1.5)) * x)
            gray[y : y + 8, x : x + 9] = 0
    gray[:, :12] = gray[:, -12:] = 0
    assert skew_of(gray) == pytest.approx(1.5, abs=0.25)
