"""Lines drawn on a sheet, found by their pixels."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest

from gouji.ocr.page import Ruling
from gouji.ocr.ridges import Gray, middle_of
from gouji.ocr.strokes import rulings
from gouji.ocr.upright import Sheet

DPI = 200.0
SCALE = DPI / 72


def blank(width: float = 400, height: float = 300) -> Gray:
    return np.full((round(height * SCALE), round(width * SCALE)), 255, np.uint8)


def draw(gray: Gray, x0: float, y0: float, x1: float, y1: float, **how: float) -> None:
    """A line in points; ``width`` in pixels, ``grey`` its level."""
    start, end = (round(x0 * SCALE), round(y0 * SCALE)), (round(x1 * SCALE), round(y1 * SCALE))
    cv2.line(gray, start, end, int(how.get("grey", 0)), int(how.get("width", 2)))


def wipe(gray: Gray, x0: float, y0: float, x1: float, y1: float) -> None:
    """White paper between two points."""
    rows, columns = (slice(round(a * SCALE), round(b * SCALE)) for a, b in ((y0, y1), (x0, x1)))
    gray[rows, columns] = 255


def frame(gray: Gray, xs: list[float], ys: list[float], **how: float) -> None:
    for y in ys:
        draw(gray, xs[0], y, xs[-1], y, **how)
    for x in xs:
        draw(gray, x, ys[0], x, ys[-1], **how)


def found(gray: Gray) -> tuple[list[Ruling], list[Ruling]]:
    lines = rulings(Sheet(1, gray, DPI, None))
    across = sorted((r for r in lines if r.horizontal), key=lambda r: (r.y0, r.x0))
    return across, sorted((r for r in lines if not r.horizontal), key=lambda r: (r.x0, r.y0))


def close(ruling: Ruling, x0: float, y0: float, x1: float, y1: float) -> bool:
    ends = zip((ruling.x0, ruling.y0, ruling.x1, ruling.y1), (x0, y0, x1, y1), strict=True)
    return all(abs(a - b) <= 2.5 for a, b in ends)


XS, YS = [50.0, 150, 180, 210, 350], [40.0, 60, 80, 100, 250]


@pytest.mark.parametrize(
    "how",
    [{"width": 1}, {"width": 1, "grey": 190}, {"width": 2}],
    ids=["thin", "faint", "usual"],
)
def test_frames_are_found_where_they_are(how: dict[str, float]) -> None:
    gray = blank()
    frame(gray, XS, YS, **how)
    across, down = found(gray)
    assert len(across) == len(YS)
    assert len(down) == len(XS)
    assert all(close(r, XS[0], y, XS[-1], y) for r, y in zip(across, YS, strict=True))
    assert all(close(r, x, YS[0], x, YS[-1]) for r, x in zip(down, XS, strict=True))


def test_a_line_that_ends_in_the_middle_ends_there() -> None:
    gray = blank()
    frame(gray, [50, 150, 350], [40, 60, 250])
    draw(gray, 50, 80, 150, 80)
    draw(gray, 250, 40, 250, 60)
    across, down = found(gray)
    assert any(close(r, 50, 80, 150, 80) for r in across)
    assert any(close(r, 250, 40, 250, 60) for r in down)
    assert (len(across), len(down)) == (4, 4)


def test_a_wall_of_a_small_table_is_found_by_its_parts() -> None:
    gray = blank()
    frame(gray, [50.0, 120, 250, 350], [200.0, 218, 236])
    draw(gray, 180, 200, 180, 214)
    draw(gray, 180, 223, 180, 236)
    draw(gray, 300, 204, 300, 214)  # figures
    draw(gray, 300, 222, 300, 232)
    down = found(gray)[1]
    assert [round(r.x0) for r in down] == [50, 120, 180, 250, 350]
    assert close(down[2], 180, 200, 180, 236)


def test_a_short_wall_over_several_rows_may_have_figures_close_to_it() -> None:
    gray = blank()
    ys = [100 + 8.0 * row for row in range(12)]
    frame(gray, [50.0, 120, 350], ys)
    for first in (1, 5, 9):
        draw(gray, 250, ys[first], 250, ys[first + 2])
        for top in ys[first : first + 2]:  # figures that end at the wall
            draw(gray, 246, top + 1.8, 247.6, top + 1.8)
            draw(gray, 246, top + 6.2, 247.6, top + 6.2)
    down = [r for r in found(gray)[1] if round(r.x0) == 250]
    rows = {row for row, top in enumerate(ys) for r in down if r.y0 - 1 < top + 4 < r.y1 + 1}
    assert rows == {1, 2, 5, 6, 9, 10}


def test_figures_of_a_tight_row_below_another_tables_wall_are_no_walls() -> None:
    gray = blank()
    frame(gray, XS, [20.0, 40, 60, 100, 160])
    frame(gray, [50.0, 120, 250, 350], [200.0, 215.0])
    draw(gray, 180, 202.6, 180, 212.4)  # a 1
    below = {round(r.x0) for r in found(gray)[1] if r.y0 > 180}
    assert below == {50, 120, 250, 350}


def test_a_column_of_closely_set_zeros_is_no_wall() -> None:
    gray = blank()
    ys = [60 + 7.8 * row for row in range(26)]
    frame(gray, [50.0, 150, 350], ys)
    for top in ys[:-1]:
        middle = round(250 * SCALE), round((top + 3.9) * SCALE)
        cv2.ellipse(gray, middle, (3, 7), 0, 0, 360, 0, 2)
    gray = cv2.GaussianBlur(gray, (3, 3), 0)
    assert [round(r.x0) for r in found(gray)[1]] == [50, 150, 350]


def test_the_rim_of_a_seal_is_no_wall() -> None:
    gray = blank()
    frame(gray, [50.0, 150, 350], [40.0, 100, 160, 220])
    middle = round(250 * SCALE), round(130 * SCALE)
    cv2.circle(gray, middle, round(58 * SCALE), 120, 10, cv2.LINE_AA)
    across, down = found(gray)
    assert [round(r.x0) for r in down] == [50, 150, 350]
    assert len(across) == 4


def test_strokes_of_characters_are_no_lines() -> None:
    gray = blank()
    draw(gray, 100, 50, 120, 50, width=4)  # 一 in a heading
    for x in range(100, 200, 12):  # 三 beside each other, not all of one height
        for y in (200 + x % 5, 204, 208 - x % 5):
            draw(gray, x, y, x + 10, y)
    assert found(gray) == ([], [])


def test_dotted_and_doubled_lines_are_one_line_each() -> None:
    gray = blank()
    for x in range(50, 350, 4):
        draw(gray, x, 60, x + 1.5, 60)
    draw(gray, 50, 120, 350, 120, width=1)
    draw(gray, 50, 121.8, 350, 121.8, width=1)
    across, down = found(gray)
    assert len(across) == 2
    assert not down
    assert abs(across[0].y0 - 60) < 1
    assert across[0].x1 - across[0].x0 > 290
    assert close(across[1], 50, 121, 350, 121)


def test_cells_with_frames_of_their_own_are_parted_by_one_line() -> None:
    gray = blank()
    edges = [[(a + 1, b - 1) for a, b in pairwise(at)] for at in (XS, YS)]
    for left, right in edges[0]:
        for top, bottom in edges[1]:
            frame(gray, [left, right], [top, bottom])
    across, down = found(gray)
    assert [round(r.y0) for r in sorted(across, key=lambda r: r.y0)][1:-1] == YS[1:-1]
    assert [round(r.x0) for r in sorted(down, key=lambda r: r.x0)][1:-1] == XS[1:-1]


def test_bold_text_close_to_lines_is_no_line_beside_them() -> None:
    gray = blank()
    ys = [40.0 + 11 * row for row in range(20)]
    frame(gray, XS, ys)
    for top in ys[:-1]:  # 田田田: strokes so dense that they run on from one character to the next
        for y in (2.2, 4.5, 6.8):
            draw(gray, 60, top + y, 140, top + y, width=3)
        for x in range(60, 141, 6):
            draw(gray, x, top + 2, x, top + 7, width=4)
    across, _ = found(np.asarray(cv2.GaussianBlur(gray, (0, 0), 1), np.uint8))
    assert len(across) == len(ys)


def test_lines_at_the_edge_of_the_sheet_are_found() -> None:
    gray = blank()
    frame(gray, [0.4, 100, 399], [40, 60, 299.2])
    across, down = found(gray)
    assert (len(across), len(down)) == (3, 3)


def test_the_edge_of_a_shade_is_no_line_and_a_pale_line_is() -> None:
    gray = blank()
    fade = np.arange(12) * 15 // 12
    top = round(100 * SCALE)
    gray[top : top + 12, 100:900] = (240 + fade)[:, None]
    assert found(gray) == ([], [])
    draw(gray, 40, 200, 330, 200, width=2, grey=236)
    assert len(found(gray)[0]) == 1


def test_lines_end_where_they_end_though_the_edge_of_the_paper_is_drawn() -> None:
    gray = blank()
    for y in (60, 100, 140, 180):
        draw(gray, 80, y, 320, y)
    for x in (10, 390):
        draw(gray, x, 5, x, 295)
    across, _ = found(gray)
    assert len(across) == 4
    assert all(close(r, 80, y, 320, y) for r, y in zip(across, (60, 100, 140, 180), strict=True))


def test_a_worn_wall_is_put_together_from_short_pieces() -> None:
    gray = blank()
    frame(gray, XS, YS)
    for y in np.arange(104.0, 246, 24):  # of the third wall little is left below
        draw(gray, 180, y + 14, 180, y + 23, grey=255, width=4)
    _, down = found(gray)
    assert any(close(r, 180, YS[0], 180, YS[-1]) for r in down)


def specks(gray: Gray, x0: float, y: float, x1: float, seed: int) -> None:
    """What a fax leaves of a line: dots and dashes, a fourth of the way, nearly in one line."""
    rng, x = np.random.default_rng(seed), x0
    while x < x1 - 5:
        length = rng.uniform(0.5, 4)
        draw(gray, x, y + rng.uniform(-0.3, 0.3), min(x + length, x1), y, width=1)
        x += length + rng.exponential(6)


def test_a_line_of_which_specks_are_left_is_found_from_wall_to_wall() -> None:
    gray = blank()
    walls, levels = [50.0, 150, 180, 210, 240, 270, 350], [60.0, 90, 120, 150]
    for x in walls:
        draw(gray, x, 40, x, 250)
    draw(gray, 50, 40, 350, 40)
    draw(gray, 50, 250, 350, 250)
    for seed, y in enumerate(levels):
        specks(gray, 50, y, 350, seed)
    across, down = found(gray)
    assert all(close(r, 50, y, 350, y) for r, y in zip(across[1:-1], levels, strict=True))
    assert len(down) == len(walls)


@pytest.mark.parametrize("at", [2.0, 12.0], ids=["at the left", "in the middle"])
def test_dashes_and_figures_in_a_row_of_cells_are_no_line(at: float) -> None:
    gray = blank()
    walls, rows = [50.0 + 28 * step for step in range(11)], [40.0, 60, 80, 100, 120, 140, 160]
    frame(gray, walls, rows)
    for x in walls[:-1]:
        draw(gray, x + at, 70, x + at + 5, 70)
        for y in rows[1:-1]:  # the sides of a narrow 0 in each row but the first
            draw(gray, x + at + 3, y + 6, x + at + 3, y + 15)
            draw(gray, x + at + 8, y + 6, x + at + 8, y + 15)
    across, down = found(gray)
    assert [round(r.y0) for r in across] == [round(y) for y in rows]
    assert len(down) == len(walls)


def test_a_wall_ends_at_a_corner_that_is_worn_away() -> None:
    """Two tables one above the other: the last line of the first does not reach its corner."""
    gray = blank()
    walls = [50.0, 150, 250, 350]
    frame(gray, walls, [40.0, 60, 80, 100])
    frame(gray, walls, [134.0, 154, 174, 194])
    wipe(gray, 341, 98, 348, 102)
    _, down = found(gray)
    assert not [r for r in down if r.y0 < 110 and r.y1 > 125]
    assert any(close(r, 350, 40, 350, 100) for r in down)


def test_the_last_part_of_a_short_wall_may_be_worn() -> None:
    gray = blank()
    walls, rows = [50.0 + 30 * n for n in range(9)], [40.0, 60, 80, 110, 132]
    frame(gray, walls, rows)
    wipe(gray, 198, 42, 202, 79)
    wipe(gray, 198, 109, 202, 117)
    _, down = found(gray)
    assert any(close(r, 200, 80, 200, 132) for r in down)


def test_a_wall_longer_than_a_stroke_may_stand_between_two_near_lines() -> None:
    gray = blank()
    frame(gray, [50, 150, 350], [40, 84, 95])
    draw(gray, 250, 65, 250, 97)
    _, down = found(gray)
    assert any(abs(r.x0 - 250) < 1 and close(r, 250, 84, 250, 95) for r in down)


def test_a_short_line_is_drawn_where_its_own_pieces_are_or_nowhere() -> None:
    """A stroke of a stamp from line to line, others beside it; below it, strokes in its line."""
    gray = blank()
    frame(gray, [50.0, 150, 250, 350], [40.0, 60, 80, 110, 141, 160, 180, 200, 220])
    for stroke in (
        (200, 81.2, 200, 109.6), (201.4, 90.6, 201.5, 103.7), (202.5, 85.0, 202.9, 89.7),
        (198.4, 89.5, 198.5, 95.4), (200, 111.6, 200, 119.2), (200, 122.6, 200, 132.2),
        (200, 133.4, 200, 141), (198.2, 120.1, 198.2, 127.3),
    ):  # fmt: skip
        draw(gray, *stroke)
    assert [round(r.x0) for r in found(gray)[1]] == [50, 150, 250, 350]


def test_feet_of_figures_close_to_the_walls_are_no_line() -> None:
    """1s with a foot: of their strokes none runs beside it."""
    gray = blank()
    walls, rows = [50.0 + 25 * step for step in range(13)], [40.0, 60, 80, 97]
    frame(gray, walls, rows)
    for n, x in enumerate(walls[:-1]):
        for at in (3.0, 9.0, 15.0, 20.0)[: 1 + n % 4]:
            draw(gray, x + at, 91, x + at + 4, 91)
            draw(gray, x + at + 2, 84, x + at + 2, 91)
            draw(gray, x + at + 0.5, 84, x + at + 2, 84)
    across, _ = found(gray)
    assert [round(r.y0) for r in across] == [round(y) for y in rows]


def test_brackets_one_below_the_other_are_no_wall() -> None:
    """A table with lines between its rows alone, and in some rows a bracket at one place."""
    gray = blank()
    for y in np.arange(40.0, 260, 12):
        draw(gray, 50, y, 350, y)
        if 88 <= y < 160:
            draw(gray, 120, y + 1.5, 120, y + 10.5)
    across, down = found(gray)
    assert len(across) == 19
    assert down == []


@pytest.mark.parametrize("count", [1, 2, 5, 254])
@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_the_middle_of_a_row_is_its_median(count: int, kind: type) -> None:
    values = np.random.default_rng(count).integers(190, 256, count).astype(kind)
    assert middle_of(values) == np.median(values)
