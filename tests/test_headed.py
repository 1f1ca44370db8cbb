"""Tables of which only the rows are drawn: the form's headings tell the columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from gouji.ocr.page import Box, Char, Page, Ruling
from gouji.tables.grid import Grid, Line
from gouji.tables.headed import Heads, headed
from tests.test_scanned_cells import FIVE, requests, scan, why

HIGH, SIZE = 30.0, 10.0
LEFT, RIGHT = 50.0, 500.0
COLUMNS = [200.0, 250.0, 300.0, 350.0, 400.0, 450.0]
"""Middles of figures and headings."""
NAMES = ["自然人", "商业企业", "科研机构", "社会公益组织", "其他", "总计"]
HEAD = {COLUMNS[n]: name for n, name in enumerate(NAMES)}


def word(text: str, x: float, y: float, *, end: bool = False) -> Char:
    """A word around ``x``, or one that ends there, on the line around ``y``."""
    wide = SIZE * sum(1 if c > "\u2e80" else 0.5 for c in text)
    start = x - wide if end else x - wide / 2
    return Char(text, Box(start, y - SIZE / 2, start + wide, y + SIZE / 2))


def narrow(text: str, x: float, y: float) -> list[Char]:
    """A heading of two characters a line."""
    parts = [text[i : i + 2] for i in range(0, len(text), 2)]
    top = y - SIZE * (len(parts) - 1) / 2
    return [word(part, x, top + SIZE * n) for n, part in enumerate(parts)]


def table(
    rows: Sequence[tuple[str, dict[float, str]]], top: float = 100.0, *, end: bool = False
) -> tuple[list[Char], list[Ruling]]:
    """Words and lines of rows: a label, and what stands at which place."""
    words: list[Char] = []
    rules = [Ruling(LEFT, top, RIGHT, top)]
    for n, (label, figures) in enumerate(rows):
        y = top + HIGH * n + HIGH / 2
        words += [word(label, LEFT + 60, y)] if label else []
        for x, text in figures.items():
            words += narrow(text, x, y) if text in NAMES else [word(text, x, y, end=end)]
        rules.append(Ruling(LEFT, y + HIGH / 2, RIGHT, y + HIGH / 2))
    return words, rules


def page(*parts: tuple[list[Char], list[Ruling]], number: int = 1) -> Page:
    words, rules = ([x for part in parts for x in part[i]] for i in (0, 1))
    return Page(number, 595, 842, "scan", tuple(words), tuple(rules))  # type: ignore[arg-type]


def grids(seen: Page, before: Heads | None = None) -> tuple[list[Grid], Heads | None]:
    blocks, heads = headed(seen, before)
    return [block for block in blocks if isinstance(block, Grid)], heads


def rows_of(grid: Grid) -> list[list[str]]:
    return [[c.text for c in grid.cells if c.row == row] for row in range(grid.n_rows)]


ROWS = [
    ("", HEAD),
    ("本年新收数量", {200: "3", 350: "14", 450: "17"}),
    ("上年结转数量", {}),
    ("予以公开", {200: "2", 450: "2"}),
]


def test_blank_cells_stand_under_their_headings() -> None:
    (grid,), _ = grids(page(table(ROWS)))
    assert grid.found_by == "headed"
    assert rows_of(grid)[1:] == [
        ["本年新收数量", "3", "", "", "14", "", "17"],
        ["上年结转数量", "", "", "", "", "", ""],
        ["予以公开", "2", "", "", "", "", "2"],
    ]


def test_a_column_in_which_nothing_stands_is_one() -> None:
    rows = [(label, {x: text for x, text in cells.items() if x != 450 or text == "总计"})
            for label, cells in ROWS]  # fmt: skip
    (grid,), _ = grids(page(table(rows)))
    assert rows_of(grid)[1] == ["本年新收数量", "3", "", "", "14", "", ""]


def test_a_part_on_the_next_page_has_the_same_columns() -> None:
    _, heads = grids(page(table(ROWS)))
    part = table([("部分公开", {200: "1", 400: "5", 450: "6"})])
    (grid,), _ = grids(page(part, number=2), heads)
    assert rows_of(grid) == [["部分公开", "1", "", "", "", "5", "6"]]
    assert not grids(page(part, number=2))[0]


def test_a_title_begins_a_table_with_other_columns() -> None:
    title = [word("四、政府信息公开行政复议、", 200, 240), word("行政诉讼情况", 400, 240)]
    below = table([("某事项", {200: "1", 400: "5"}), ("别事项", {200: "2", 400: "6"})], 260)
    found, _ = grids(page(table(ROWS), (title, []), below))
    assert [grid.found_by for grid in found] == ["headed", "unruled"]
    assert rows_of(found[1])[0] == ["某事项", "1", "5"]
    blocks, _ = headed(page(table(ROWS), (title, []), below))
    (line,) = [block for block in blocks if isinstance(block, Line)]
    assert line.text.split() == [t.text for t in title]


def test_a_section_has_the_columns_of_its_own_heading() -> None:
    first = ("信息内容", {250.0: "上年项目数量", 450.0: "本年增/减"})
    rows = [first, ("行政许可", {250: "5", 450: "1"}), ("行政处罚", {450: "7"}),
            ("信息内容", {350.0: "采购项目数量"} | {470.0: "采购总金额"}),
            ("政府集中采购", {350: "9"})]  # fmt: skip
    (grid,), _ = grids(page(table(rows)))
    texts = rows_of(grid)
    assert texts[2] == ["行政处罚", "", "7"]
    assert texts[4] == ["政府集中采购", "9", ""]


def test_lines_that_begin_within_the_labels_part_groups_from_items() -> None:
    words, rules = table([("", HEAD), ("", {200: "1"}), ("", {450: "2"}), ("总计", {200: "1"})])
    words += [word("不予公开", LEFT + 25, 175), word("1.国家秘密", LEFT + 85, 145)]
    words += [word("2.其他法律", LEFT + 85, 175)]
    rules[2] = replace_start(rules[2], LEFT + 50)
    (grid,), _ = grids(page((words, rules)))
    group = next(c for c in grid.cells if c.text == "不予公开")
    assert (group.row, group.row_end) == (1, 3)
    assert [c.text for c in grid.cells if c.row == 2][:2] == ["2.其他法律", ""]


def replace_start(rule: Ruling, x: float) -> Ruling:
    return rule._replace(x0=x)


@pytest.mark.parametrize(("astray", "found_by"), [(0.0, "headed"), (22.0, "rows")])
def test_figures_must_stand_alike_below_their_headings(astray: float, found_by: str) -> None:
    rows = [*ROWS, ("部分公开", {300 + astray: "8"})]
    (grid,), _ = grids(page(table(rows)))
    assert grid.found_by == found_by


def test_figures_that_end_alike_stand_alike() -> None:
    rows = [("", HEAD), ("本年新收数量", {215: "30241", 365: "4", 465: "30245"})]
    right = table(rows[1:], 130, end=True)
    (grid,), _ = grids(page(table(rows[:1]), (right[0], right[1][1:])))
    assert grid.found_by == "headed"
    assert rows_of(grid)[1] == ["本年新收数量", "30241", "", "", "4", "", "30245"]


def test_a_headed_table_without_totals_is_believed_and_one_that_is_off_is_not() -> None:
    """Its rows are drawn, and its figures stand below their headings."""

    def as_headed(*rows: list[str]) -> dict[int, str | None]:
        table = scan(requests(*rows))
        cells = replace(table, grid=replace(table.grid, found_by="headed")).cells()
        return {row: why(cells, row, "natural_person") for row in range(len(rows))}

    assert set(as_headed(*([*row[:6], ""] for row in FIVE)).values()) == {None}
    shifted = [["", "3", "1", "", "0", "0", "9"], ["", "1", "1", "", "0", "0", "8"], *FIVE[2:]]
    assert as_headed(*shifted) == {
        0: "placed_by_eye",
        1: "placed_by_eye",
        2: None,
        3: None,
        4: None,
    }


def test_a_heading_that_was_not_read_stands_where_there_is_room_for_it() -> None:
    """Columns as wide as each other, in the form's order: one lacks a heading, another column's
    was read together with its neighbour's.
    """
    seven = [*NAMES[:4], "法律服务机构", *NAMES[4:]]
    places = [200.0 + 45 * n for n in range(7)]
    names = {x: name for x, name in zip(places, seven, strict=True) if name != "法律服务机构"}
    rows = [("", {}), ("本年新收数量", {200: "3", 380: "14", 470: "17"}), ("予以公开", {245: "2"})]
    words, rules = table(rows)
    words += [part for x, name in names.items() for part in narrow(name, x, 115)]
    (grid,), _ = grids(page((words, rules)))
    assert grid.found_by == "headed"
    assert rows_of(grid)[1] == ["本年新收数量", "3", "", "", "", "14", "", "17"]
    assert rows_of(grid)[2] == ["予以公开", "", "2", "", "", "", "", ""]


def test_headings_of_columns_of_any_width_tell_only_themselves() -> None:
    words, rules = table([("", {200: "自然人", 250: "商业企业", 330: "社会公益组织"}),
                          ("本年新收数量", {200: "3", 330: "4"})])  # fmt: skip
    (grid,), _ = grids(page((words, rules)))
    assert rows_of(grid)[1] == ["本年新收数量", "3", "", "4"]


def test_two_headings_read_as_one_are_two() -> None:
    rows = [("", {200: "结果维持", 250: "结果纠正", 350: "尚未审结"}), ("一", {200: "3", 300: "4"})]
    words, rules = table(rows)
    apart = [w for w in words if w.box.center[0] not in (200, 250) or w.text.isdigit()]
    glued = Char("结果维持结果纠正", Box(175, 110, 275, 120))
    (grid,), _ = grids(page(([*apart, glued], rules)))
    assert rows_of(grid)[1] == ["一", "3", "", "4", ""]


def test_the_line_between_two_labels_of_the_form_goes_on_where_it_is_worn() -> None:
    words, rules = table([("", HEAD), ("", {200: "1"}), ("", {450: "2"})])
    labels = ["1.属于国家秘密", "2.其他法律行政法规禁止公开"]
    words += [word(label, LEFT + 65, 145 + HIGH * n) for n, label in enumerate(labels)]
    rules[2] = replace_start(rules[2], LEFT + 120)
    (grid,), _ = grids(page((words, rules)))
    texts = rows_of(grid)
    assert [next(filter(None, texts[row])) for row in (1, 2)] == labels


def test_bits_of_a_line_are_one_line_and_a_speck_is_no_figure() -> None:
    words, rules = table(ROWS)
    bits = [Ruling(x, r.y0 + n / 2, x + 110, r.y0 + n / 2)
            for r in rules for n, x in enumerate((50, 170, 290, 400))]  # fmt: skip
    (grid,), _ = grids(page(([*words, word("-", 225, 102)], bits)))
    assert rows_of(grid)[3] == ["予以公开", "2", "", "", "", "", "2"]
