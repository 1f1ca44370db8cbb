"""What is written on a sheet, and which cells are blank."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from gouji.ocr.blank import has_ink
from gouji.ocr.crops import crop
from gouji.ocr.flecks import without_worn_lines
from gouji.ocr.ink import by_space, ink_words
from gouji.ocr.looks import looks_tabular
from gouji.ocr.page import Box, Ruling
from gouji.ocr.parting import figures_in, parted
from gouji.ocr.reader import Reading, Sight
from gouji.ocr.ridges import Gray
from gouji.ocr.runs import Blot, at_gutters
from gouji.ocr.scan import Scan
from gouji.ocr.upright import Sheet

DPI = 200.0
SCALE = DPI / 72
CELL = Box(50, 50, 80, 70)
FRAME = [
    Ruling(50, 50, 80, 50),
    Ruling(50, 70, 80, 70),
    Ruling(50, 50, 50, 70),
    Ruling(80, 50, 80, 70),
]


def sheet(gray: Gray) -> Sheet:
    return Sheet(1, gray, DPI, None)


def cell(noise: float = 0.0) -> Gray:
    """An empty cell of 30 by 20 points at (50, 50)."""
    gray = np.full((400, 500), 255, np.uint8)
    corners = [(round(x * SCALE), round(y * SCALE)) for x, y in ((50, 50), (80, 70))]
    cv2.rectangle(gray, corners[0], corners[1], 0, 2)
    if noise:
        grains = np.random.default_rng(1).normal(0, noise, gray.shape)
        gray = np.clip(gray + grains, 0, 255).astype(np.uint8)
    return gray


def write(gray: Gray, text: str, x: float, y: float, size: float = 0.6, grey: int = 0) -> None:
    """``text`` from ``x``, base line at ``y``, in points."""
    place = round(x * SCALE), round(y * SCALE)
    cv2.putText(gray, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, grey, 2)


@pytest.mark.parametrize("text", ["0", "1", "-", "/", "7", "12"])
@pytest.mark.parametrize("x", [52.0, 60.0, 71.0])
@pytest.mark.parametrize("noise", [0.0, 6.0])
def test_what_stands_alone_in_a_cell_is_found(text: str, x: float, noise: float) -> None:
    gray = cell()
    write(gray, text, x, 64)
    grains = np.random.default_rng(1).normal(0, noise, gray.shape)
    page = sheet(np.clip(gray + grains, 0, 255).astype(np.uint8))
    words = ink_words(page, FRAME)
    assert len(words) == 1
    assert not words[0].faint
    assert CELL.x0 < words[0].box.center[0] < CELL.x1
    assert has_ink(page, CELL) == "ink"


@pytest.mark.parametrize("noise", [0.0, 4.0, 12.0])
def test_an_empty_cell_is_blank(noise: float) -> None:
    page = sheet(cell(noise))
    assert ink_words(page, FRAME) == []
    assert has_ink(page, CELL) == "none"


def test_a_dash_at_the_side_of_a_cell_without_walls_is_written() -> None:
    """Where columns were found by alignment, a dash may stand on the border of two."""
    gray = cell()
    gray[160:163, 142:147] = 0
    assert has_ink(sheet(gray), CELL) == "none"
    assert has_ink(sheet(gray), CELL, walled=False) != "none"


def test_what_is_left_of_worn_walls_is_no_writing() -> None:
    """Bits at the rim, flatter or shorter there than a figure can be."""
    gray = cell()
    gray[142:146, 160:164] = gray[142:145, 180:190] = 0
    gray[160:169, 142:145] = 0
    assert has_ink(sheet(gray), CELL) == "none"
    gray[154:169, 142:145] = 0  # as high as a figure
    assert has_ink(sheet(gray), CELL) != "none"
    gray = cell()
    gray[154:169, 139:143] = 0  # so here, but nearer to the wall than one stands
    assert has_ink(sheet(gray), CELL) == "none"


def test_a_cell_full_of_ink_is_not_blank() -> None:
    """A stamp over a figure: what is most of a cell is not its paper."""
    gray = cell()
    for x in range(51, 80, 3):
        left, right = round(x * SCALE), round((x + 1.8) * SCALE)
        cv2.rectangle(gray, (left, round(50 * SCALE)), (right, round(70 * SCALE)), 90, -1)
    assert has_ink(sheet(gray), CELL) != "none"


def test_digits_on_a_line_keep_their_strokes() -> None:
    gray = cell()
    write(gray, "1", 60, 70.2)
    words = ink_words(sheet(gray), FRAME)
    assert len(words) == 1
    assert words[0].box.height > 4


def test_a_figure_that_touches_its_wall_is_cut_out_without_it() -> None:
    """Beside a 0 a wall would be a 1."""
    gray = cell()
    cv2.ellipse(gray, (round(50 * SCALE) + 8, round(60 * SCALE)), (6, 11), 0, 0, 360, 0, 2)
    page = sheet(gray)
    (word,) = ink_words(page, FRAME)
    assert word.box.x0 > 50
    picture = crop(page.gray, DPI, word.box, 8.0)
    columns = (picture < 128).mean(axis=0)
    assert columns.max() < 0.75


def test_a_figure_across_a_wall_keeps_all_its_strokes() -> None:
    gray = cell()
    cv2.ellipse(gray, (round(50 * SCALE), round(60 * SCALE)), (6, 11), 0, 0, 360, 0, 2)
    (word,) = ink_words(sheet(gray), FRAME)
    assert word.box.x0 < 49 < 51 < word.box.x1


def test_gaps_part_words_only_if_wide() -> None:
    gray = np.full((400, 900), 255, np.uint8)
    write(gray, "12 345", 20, 30)
    write(gray, "12", 20, 60)
    write(gray, "345", 70, 60)
    assert len(ink_words(sheet(gray), [])) == 3


def test_a_large_character_in_two_halves_is_one_and_numbers_below_each_other_are_two() -> None:
    gray = np.full((900, 900), 255, np.uint8)
    for row in range(12):
        write(gray, "1234567890", 20, 150 + 12 * row, 0.5)  # most writing is small
    cv2.rectangle(gray, (300, 100), (360, 120), 0, 3)  # the halves of a title's last character
    cv2.rectangle(gray, (302, 132), (358, 158), 0, 3)
    write(gray, "123", 20, 70, 0.6)
    write(gray, "456", 20, 86, 0.6)
    words = [w.box for w in ink_words(sheet(gray), []) if w.box.y0 < 90]
    assert sorted(round(box.x0) for box in words) == [20, 21, 107]


def test_a_ruling_parts_words() -> None:
    gray = np.full((400, 500), 255, np.uint8)
    write(gray, "12", 20, 30)
    write(gray, "34", 32, 30)
    assert len(ink_words(sheet(gray), [])) == 1
    assert len(ink_words(sheet(gray), [Ruling(30.5, 10, 30.5, 50)])) == 2


def test_columns_of_numbers_look_like_a_table_and_prose_does_not() -> None:
    gray = np.full((600, 900), 255, np.uint8)
    for y in (30, 60, 90):
        write(gray, "1234567890 1234567890", 20, y)
    assert not looks_tabular([], ink_words(sheet(gray), []))
    for y in (120, 140, 160):
        for x in (20, 80, 140):
            write(gray, "12", x, y)
    assert looks_tabular([], ink_words(sheet(gray), []))
    assert looks_tabular(FRAME, [])


def test_a_cell_of_many_rows_does_not_bend_the_lines_beside() -> None:
    gray = np.full((400, 900), 255, np.uint8)
    for row in range(4):
        write(gray, "120 345", 120, 40 + 14 * row)
    write(gray, "part", 30, 40 + 21)
    words = ink_words(sheet(gray), [])
    assert len(words) == 5
    assert all(word.box.height < 12 for word in words)


def test_words_are_parted_where_lines_begin() -> None:
    gray = np.full((400, 900), 255, np.uint8)
    for row in range(3):
        write(gray, "345", 110, 62 + 16 * row)
    write(gray, "part", 94, 62 + 16)
    rules = [Ruling(20, 50, 300, 50), Ruling(20, 98, 300, 98)]
    rules += [Ruling(108, 66, 300, 66), Ruling(108, 82, 300, 82)]
    assert len(ink_words(sheet(gray), [*rules[:2]])) == 3
    assert len(ink_words(sheet(gray), rules)) == 4


def test_what_is_left_of_a_worn_ruling_is_no_writing_and_a_dash_is() -> None:
    gray = cell()
    bottom = round(70 * SCALE)
    gray[bottom + 3 : bottom + 5, 160:185] = 0
    gray[bottom - 4 : bottom - 2, 190:200] = 0
    assert not ink_words(sheet(gray), FRAME)
    write(gray, "-", 60, 64)
    assert len(ink_words(sheet(gray), FRAME)) == 1


def test_dirt_at_the_edge_of_the_paper_is_no_writing() -> None:
    gray = np.full((400, 500), 255, np.uint8)
    gray[100:130, 488:492] = 0
    write(gray, "1", 60, 64)
    assert len(ink_words(sheet(gray), [])) == 2
    assert len(ink_words(sheet(gray), [Ruling(179, 5, 179, 140)])) == 1


def test_the_edge_of_the_paper_may_lie_farther_in_and_lean() -> None:
    gray = np.full((1600, 1200), 255, np.uint8)
    gray[600:630, 1144:1147] = 0
    write(gray, "1", 200, 200)
    edge = Ruling(415, 10, 415, 560)
    assert len(ink_words(sheet(gray), [edge])) == 1
    table = [Ruling(50, y, 415, y) for y in (100.0, 200, 300)]
    assert len(ink_words(sheet(gray), [edge, *table])) == 2


def test_the_last_line_of_a_table_is_no_edge_of_the_paper() -> None:
    gray = np.full((1600, 1200), 255, np.uint8)
    write(gray, "1", 200, 566)
    last = Ruling(20, 552, 420, 552)
    assert ink_words(sheet(gray), [last]) == []
    assert len(ink_words(sheet(gray), [last, last._replace(y0=400, y1=400)])) == 1


def test_writing_that_touches_through_a_line_is_parted() -> None:
    """Tight rows, whose characters touch the line between them from above and from below."""
    gray = np.full((400, 500), 255, np.uint8)
    line = Ruling(20, 60, 170, 60)
    cv2.rectangle(gray, (60, 165), (472, 169), 0, -1)
    for x in (40.0, 60.0, 80.0):
        write(gray, "H", x, 60, 1.0)
        write(gray, "H", x, 68.5, 1.0)
    found = ink_words(sheet(gray), [line])
    assert max(word.box.y1 for word in found if word.box.center[1] < 60) < 61
    assert min(word.box.y0 for word in found if word.box.center[1] > 60) > 59
    hanging = np.full((400, 500), 255, np.uint8)  # one figure that only hangs over the line
    cv2.rectangle(hanging, (60, 165), (472, 169), 0, -1)
    write(hanging, "7", 60, 62, 1.0)
    assert len(ink_words(sheet(hanging), [line])) == 1


def test_a_speck_is_told_by_the_figures_beside_it() -> None:
    gray = np.full((400, 500), 255, np.uint8)
    for x in (30, 60, 90):
        write(gray, "7", x, 60)
    rows = round(58 * SCALE)
    gray[rows : rows + 4, round(120 * SCALE) : round(120 * SCALE) + 5] = 0
    assert len(ink_words(sheet(gray), [])) == 3
    gray[rows : rows + 3, round(140 * SCALE) : round(140 * SCALE) + 10] = 0  # a dash
    assert len(ink_words(sheet(gray), [])) == 4


def test_what_is_left_at_a_crossing_is_no_writing() -> None:
    gray = cell()
    x, y = round(80 * SCALE), round(70 * SCALE)
    gray[y - 5 : y - 3, x - 12 : x + 3] = 0
    assert ink_words(sheet(gray), FRAME) == []


def test_what_may_be_left_of_a_wall_makes_a_figure_doubtful() -> None:
    gray = np.full((400, 500), 255, np.uint8)
    cv2.putText(gray, "3", (150, 180), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    wall = Ruling(50, 70, 50, 90)
    assert [word.faint for word in ink_words(sheet(gray), [wall])] == [False]
    x = round(50 * SCALE)
    gray[166:176, x - 2 : x + 2] = 0
    assert [word.faint for word in ink_words(sheet(gray), [wall])] == [True]


def test_dots_beside_writing_are_dirt_unless_they_are_close_to_it() -> None:
    gray = np.full((400, 500), 255, np.uint8)
    cv2.putText(gray, "8", (150, 180), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    gray[170:173, 220:223] = 0
    words = ink_words(sheet(gray), [])
    assert len(words) == 1
    assert words[0].box.x1 < 180 / SCALE
    gray[:, 130:200] = 255
    assert [word.faint for word in ink_words(sheet(gray), [])] == [True]


def test_a_label_that_nearly_touches_its_figure_is_parted_where_the_others_are() -> None:
    def row(y: float, *spans: tuple[float, float]) -> list[Blot]:
        return [Blot(x0, y, x1, y + 10, 0.5) for x0, x1 in spans]

    label = row(60, (10, 18), (20, 28), (90, 98), (102, 107))  # a gap of 4 before the figure
    others = [[row(y, (10, 60)), row(y, (102, 107))] for y in (0, 20, 40, 80)]
    lines = [run for line in others for run in line]
    assert label[:3] in at_gutters([*lines, label])
    assert at_gutters([*lines[:4], label])[-1] == label  # two lines do not tell
    across = [row(y, (10, 107)) for y in (100, 120)]
    assert at_gutters([*lines, label, *across])[8] == label  # others are written through


def test_flecks_of_worn_lines_are_no_writing_and_dashes_of_a_row_are() -> None:
    chance = np.random.default_rng(1)

    def flecks(at: float, turned: bool) -> list[Blot]:
        found = []
        for start in np.arange(20.0, 400, 22):
            at_one, length = at + chance.uniform(-0.4, 0.4), chance.uniform(1, 12)
            box = (start, at_one, start + length, at_one + 1)
            found.append(Blot(*(box[1], box[0], box[3], box[2]) if turned else box, 0.9))
        return found

    lines = [flecks(at, turned) for turned in (False, True) for at in (50, 90, 130, 170)]
    dashes = [Blot(x, 70, x + 5, 71, 1.0) for x in range(40, 400, 50)]
    figure = Blot(60, 105, 65, 113, 0.4)
    worn = [blot for line in lines for blot in line]
    assert without_worn_lines([*worn, *dashes, figure]) == [*dashes, figure]
    few = [*lines[0], *lines[1], *lines[4], *dashes]
    assert without_worn_lines(few) == few


def test_what_is_left_of_a_broken_line_is_no_writing() -> None:
    """Pieces on its height go; a dash between the lines stays."""
    gray = np.full((400, 500), 255, np.uint8)
    at = round(60 * SCALE)
    for start, end in ((10, 200), (210, 225), (235, 260), (280, 450)):
        gray[at : at + 2, start:end] = 0
    lines = [Ruling(10 / SCALE, 60, 200 / SCALE, 60), Ruling(280 / SCALE, 60, 450 / SCALE, 60)]
    assert ink_words(sheet(gray), lines) == []
    gray[at - 20 : at - 17, 215:235] = 0
    (dash,) = ink_words(sheet(gray), lines)
    assert dash.box.center[1] < 57


@pytest.mark.parametrize(("text", "count"), [
    ("- 101", 2), ("16 149", 2), ("0 0 102", 3), ("1,234.5", 0), ("12 条", 0), ("-6", 0),
])  # fmt: skip
def test_figures_with_blanks_between_are_several(text: str, count: int) -> None:
    assert figures_in(text) == count


class _Spaced:
    """Reads the same in each picture."""

    name = "spaced"

    def read(self, crops: Sequence[Gray]) -> list[Sight]:
        return [Sight("7 3", 0.9, (Reading(self.name, "73", 0.9),)) for _ in crops]


@pytest.mark.parametrize(("right", "texts"), [(80.0, ["73"]), (400.0, ["7 3", "7 3"])])
def test_digits_set_apart_are_one_figure_between_walls(right: float, texts: list[str]) -> None:
    gray = np.full((400, 1200), 255, np.uint8)
    write(gray, "7", 20, 60, 1.2)
    write(gray, "3", 32, 60, 1.2)
    walls = (Ruling(10, 0, 10, 90), Ruling(right, 0, right, 90))
    (word,) = ink_words(sheet(gray), walls)
    scan = Scan(sheet(gray), walls, (word,), 10.0)
    assert [piece.sight.text for piece in scan.read([word], _Spaced())] == texts


def test_a_piece_is_read_only_once() -> None:
    gray = np.full((400, 500), 255, np.uint8)
    write(gray, "73", 20, 60)
    (word,) = ink_words(sheet(gray), ())
    asked: list[int] = []

    class Counting(_Spaced):
        def read(self, crops: Sequence[Gray]) -> list[Sight]:
            asked.append(len(crops))
            return super().read(crops)

    scan = Scan(sheet(gray), (), (word,), 10.0)
    assert scan.read([word], Counting()) == scan.read([word], Counting())
    assert sum(asked) == 1


def test_a_piece_is_parted_at_its_widest_gaps() -> None:
    gray = np.full((400, 500), 255, np.uint8)
    write(gray, "16", 20, 60)
    write(gray, "149", 36, 60)
    one, other = (word.box for word in ink_words(sheet(gray), []))
    both = one.union(other)
    left, right = parted(gray, DPI, both, 2)
    assert both.x0 <= left.x0 < left.x1 < 36 <= right.x0 < right.x1 <= both.x1 + 0.5
    assert parted(gray, DPI, both, 5) == []


def test_what_is_left_of_a_wall_between_figures_is_none_of_them() -> None:
    gray = np.full((400, 500), 255, np.uint8)
    write(gray, "16", 20, 60)
    write(gray, "149", 36, 60)
    boxes = [word.box for word in ink_words(sheet(gray), [])]
    both = boxes[0].union(boxes[1])
    x, whole = (boxes[0].x1 + boxes[1].x0) / 2, Box(both.x0, both.y0 - 4, both.x1, both.y1 + 4)
    points = [(round(x * DPI / 72), round(y * DPI / 72)) for y in (whole.y0, whole.y1)]
    cv2.line(gray, *points, 0, 2)
    left, right = parted(gray, DPI, whole, 2)
    assert left.x1 < x < right.x0
    assert left.x1 == pytest.approx(boxes[0].x1, abs=0.5)


def test_what_stands_at_a_stamp_is_in_doubt() -> None:
    """Figures that touch it are lost in it, and those beside are not all that is written."""
    gray = np.full((600, 700), 255, np.uint8)
    cv2.circle(gray, (300, 300), 130, 60, 6)
    write(gray, "1640", 407 / SCALE, 310 / SCALE, 0.9)
    write(gray, "35", 600 / SCALE, 310 / SCALE, 0.9)
    *_, cut, clear = sorted(ink_words(sheet(gray), []), key=lambda word: word.box.x0)
    assert (cut.faint, clear.faint) == (True, False)


@pytest.mark.parametrize(("top", "bottom", "kept"), [(51, 69, False), (56, 66, True)])
def test_a_stroke_from_line_to_line_is_no_figure(top: int, bottom: int, kept: bool) -> None:
    """What somebody drew with a pen reaches both lines of a row; a 1 does not."""
    gray = cell()
    for x in (54, 60):
        write(gray, "8", x, 65)
    x = round(72 * SCALE)
    cv2.line(gray, (x, round(top * SCALE)), (x + 3, round(bottom * SCALE)), 0, 4)
    assert any(word.box.x1 > 70 for word in ink_words(sheet(gray), FRAME)) == kept


def test_long_lines_part_a_space_without_walls() -> None:
    upper, lower = Blot(30, 42, 40, 51, 1.0), Blot(30, 53, 40, 62, 1.0)
    beyond = Blot(450, 53, 460, 62, 1.0)
    lines = [Ruling(20, 52, 410, 52), Ruling(20, 48, 60, 48)]
    spaces, blots = np.ones((100, 500), np.int32), [upper, lower, beyond]
    assert by_space(blots, spaces, lines, 500) == [[upper, beyond], [lower]]
    walls = [Ruling(20, 40, 20, 70), Ruling(470, 40, 470, 70)]
    assert by_space(blots, spaces, [*lines, *walls], 500) == [blots]
