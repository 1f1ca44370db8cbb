"""From a page to its grids: drawn tables, tables by alignment, and what is no table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_pdf import RawPdf, text

from gouji.ingest.opinions import with_pages
from gouji.ocr.page import Box, Char, Page, Ruling
from gouji.ocr.pdf import open_pages
from gouji.tables.grid import Block, Grid, Line, Place
from gouji.tables.layout import blocks
from gouji.tables.peers import camelot_grids, pdfplumber_grids
from gouji.tables.understand import understand

SIZE = 10.0
HONGZE = Path(__file__).parents[2] / "shared/real/hongze-2023.pdf"


def chars(x: float, y: float, words: str, angle: int = 0) -> list[Char]:
    """``words`` from ``x``, middle at ``y``; Latin letters half as wide as high."""
    placed = []
    for char in words:
        wide = SIZE if char >= "\u2e80" else SIZE / 2
        if char != " ":
            placed.append(Char(char, Box(x, y - SIZE / 2, x + wide, y + SIZE / 2), angle))
        x += wide
    return placed


def page(written: Sequence[Char], rulings: Sequence[Ruling] = ()) -> Page:
    return Page(1, 600, 800, "text", tuple(written), tuple(rulings))


def grids(found: Sequence[Block]) -> list[Grid]:
    return [block for block in found if isinstance(block, Grid)]


def table(grid: Grid) -> list[list[str]]:
    """Texts by row and column; a merged cell's text at its first place."""
    rows = [[""] * grid.n_cols for _ in range(grid.n_rows)]
    for cell in grid.cells:
        rows[cell.row][cell.col] = cell.text
    return rows


def frame(xs: Sequence[float], ys: Sequence[float]) -> list[Ruling]:
    across = [Ruling(xs[0], y, xs[-1], y) for y in ys]
    return across + [Ruling(x, ys[0], x, ys[-1]) for x in xs]


def filled(xs: Sequence[float], ys: Sequence[float], texts: Sequence[Sequence[str]]) -> list[Char]:
    return [
        char
        for row, line in enumerate(texts)
        for col, words in enumerate(line)
        for char in chars(xs[col] + 4, (ys[row] + ys[row + 1]) / 2, words)
    ]


XS, YS = (50.0, 150.0, 250.0, 350.0), (100.0, 120.0, 140.0, 160.0)
TEXTS = [["名称", "2022", "2023"], ["规章", "0", "12"], ["文件", "7", ""]]


# Drawn tables


def test_a_drawn_table_with_an_empty_cell() -> None:
    (grid,) = grids(blocks(page(filled(XS, YS, TEXTS), frame(XS, YS))))
    assert table(grid) == TEXTS
    assert grid.found_by == "ruled"
    assert all(cell.place.page == 1 and cell.place.box for cell in grid.cells)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 6), st.integers(2, 6), st.floats(-1.0, 1.0), st.data(),
    st.sampled_from(("closed", "open", "short", "long", "double", "apart")),
)  # fmt: skip
def test_any_drawn_table_is_read_back(
    n_rows: int, n_cols: int, shift: float, data: st.DataObject, way: str
) -> None:
    xs = [50.0 + 80 * i for i in range(n_cols + 1)]
    ys = [100.0 + 24 * i for i in range(n_rows + 1)]
    words = st.sampled_from(["", "0", "136", "7730.28", "总计", "Total sum"])
    texts = [[data.draw(words) for _ in range(n_cols)] for _ in range(n_rows)]
    texts[0][0], texts[-1][-1] = "a", "b"
    lines = frame(xs, ys)
    match way:
        case "open":  # no lines at the two sides
            lines = [r for r in lines if r.horizontal or xs[0] < r.x0 < xs[-1]]
        case "short":
            lines = [
                Ruling(r.x0 + 1.5, r.y0, r.x1 - 1.5, r.y1) if r.horizontal else r for r in lines
            ]
        case "long":
            lines = [Ruling(r.x0 - 3, r.y0, r.x1 + 3, r.y1) if r.horizontal else r for r in lines]
        case "double":
            lines += [
                Ruling(r.x0, r.y0 + 2, r.x1, r.y1 + 2)
                if r.horizontal
                else Ruling(r.x0 + 2, r.y0, r.x1 + 2, r.y1)
                for r in lines
            ]
        case "apart":  # each cell has a border of its own
            lines = [
                line
                for x0, x1 in pairwise(xs)
                for y0, y1 in pairwise(ys)
                for line in frame((x0 + 1, x1 - 1), (y0 + 1, y1 - 1))
            ]
    moved = [Ruling(r.x0 + shift, r.y0, r.x1 + shift, r.y1) for r in lines]
    (grid,) = grids(blocks(page(filled(xs, ys, texts), moved)))
    assert table(grid) == texts


def test_cells_merged_both_ways() -> None:
    lines = [
        *frame((50, 350), (100, 160)),
        Ruling(150, 100, 150, 160), Ruling(250, 120, 250, 160),
        Ruling(150, 120, 350, 120), Ruling(150, 140, 350, 140),
    ]  # fmt: skip
    written = chars(60, 130, "项目") + chars(220, 110, "合计") + chars(160, 130, "1")
    (grid,) = grids(blocks(page(written, lines)))
    spans = {c.text: (c.row, c.row_end, c.col, c.col_end) for c in grid.cells if c.text}
    assert spans == {"项目": (0, 3, 0, 1), "合计": (0, 1, 1, 3), "1": (1, 2, 1, 2)}


def test_a_label_of_one_character_a_line() -> None:
    label = [char for i, c in enumerate("本年度") for char in chars(60, 106 + 12 * i, c)]
    written = label + chars(160, 110, "12") + chars(160, 140, "13")
    (grid,) = grids(blocks(page(written, frame((50, 150, 250), (98, 160)))))
    assert grid.cells[0].text == "本\n年\n度"


@pytest.mark.parametrize("angle", [90, 270])
def test_a_turned_label_is_one_line(angle: int) -> None:
    order = "total" if angle == 90 else "latot"
    label = [Char(c, Box(60, 102 + 6 * i, 70, 108 + 6 * i), angle) for i, c in enumerate(order)]
    written = label + chars(160, 120, "12")
    (grid,) = grids(blocks(page(written, frame((50, 150, 250), (98, 160)))))
    assert grid.cells[0].text == "total"


def test_blanks_only_where_there_is_a_gap() -> None:
    written = chars(60, 110, "Total sum 总计2023年") + chars(200, 110, "1,234.5")
    (grid,) = grids(blocks(page(written, frame((50, 190, 300), (100, 120, 140)))))
    assert table(grid)[0] == ["Total sum 总计2023年", "1,234.5"]


def test_a_figure_too_long_for_its_cell_stays_whole() -> None:
    xs = (50, 100, 140, 180)
    written = chars(55, 110, "采购") + chars(104, 110, "2173413.7948") + chars(55, 130, "其他")
    (grid,) = grids(blocks(page(written, frame(xs, (100, 120, 140)))))
    assert table(grid) == [["采购", "2173413.7948", ""], ["其他", "", ""]]


STACKED = [["", "one", "two"], ["甲", "12", "3"], ["乙", "45", "0"], ["丙", "7", "-"]]


def stacked(texts: Sequence[Sequence[str]]) -> list[list[str]]:
    xs, tops = (100.0, 200.0, 300.0, 400.0), (110.0, 125.0, 140.0, 155.0)
    written = [
        char
        for top, line in zip(tops, texts, strict=False)
        for x, words in zip(xs, line, strict=False)
        for char in chars(x + 5, top, words)
    ]
    (grid,) = grids(blocks(page(written, frame(xs, (100.0, 165.0)))))
    return table(grid)


def test_rows_between_rules_that_part_columns_only() -> None:
    assert stacked([["类别", *STACKED[0][1:]], *STACKED[1:]]) == [
        ["类别", "one", "two"], *STACKED[1:],
    ]  # fmt: skip
    assert stacked(STACKED[1:]) == STACKED[1:]


@pytest.mark.parametrize(
    "texts",
    [
        [["结果", "结果", "其他"], ["维持", "纠正", "结果"]],
        [["一段长", "12", "3"], ["的标签", "", ""]],
        [["甲", "12", "3"], ["乙", "45", "不详"]],
    ],
)
def test_lines_of_one_cell_stay_together(texts: list[list[str]]) -> None:
    assert len(stacked(texts)) == 1


def test_a_line_that_ends_in_the_open_tells_of_a_wall() -> None:
    """Styles that draw no line beside the first cell of a row, of which a merged label is one."""
    xs, ys = (50.0, 150.0, 250.0, 350.0), (100.0, 120.0, 140.0, 160.0, 180.0, 200.0)
    rulings = frame((xs[0], xs[-1]), (ys[0], ys[-1]))
    rulings += [Ruling(xs[2], ys[0], xs[2], ys[-1]), Ruling(xs[1], ys[0], xs[1], ys[1])]
    rulings += [Ruling(50, ys[3], 350, ys[3])]
    rulings += [Ruling(150, y, 350, y) for y in (ys[1], ys[2], ys[4])]
    texts = [
        ["", "新收", "1"],
        ["不予公开", "秘密", "2"],
        ["", "隐私", "3"],
        ["无法提供", "没有", "4"],
    ]
    (grid,) = grids(blocks(page(filled(xs, ys, [*texts, ["", "不明", "5"]]), rulings)))
    assert [(c.row, c.row_end, c.text) for c in grid.cells if c.col == 0] == [
        (0, 3, "不予公开"), (3, 5, "无法提供"),
    ]  # fmt: skip
    assert [c.text for c in grid.cells if c.col == 1] == ["新收", "秘密", "隐私", "没有", "不明"]


def test_one_line_that_ends_in_the_open_is_no_reason_for_a_wall() -> None:
    rulings = [*frame((50, 350), (100, 200)), Ruling(200, 100, 200, 120), Ruling(50, 120, 350, 120)]
    found = grids(blocks(page(chars(60, 110, "一"), [*rulings, Ruling(200, 150, 350, 150)])))
    assert [len(grid.cells) for grid in found] == [3]


def test_an_empty_cell_at_the_open_edge_of_a_table() -> None:
    inner = [Ruling(x, 100, x, 160) for x in XS[1:-1]] + [
        Ruling(50, y, 350, y) for y in (100, 120, 140)
    ]
    (grid,) = grids(blocks(page(filled(XS, YS, [*TEXTS[:2], ["", "7", "8"]]), inner)))
    assert table(grid)[2] == ["", "7", "8"]
    assert sum(cell.row == 2 for cell in grid.cells) == 3


def test_rows_within_one_drawn_row_are_read_by_how_they_stand() -> None:
    """Lines between columns alone, and labels that run over two lines."""
    figures = [chars(x, y, "17") for x in (190, 250, 310) for y in (110, 130, 155, 180)]
    labels = chars(60, 110, "新收申请") + chars(60, 130, "予以公开") + chars(60, 149, "区分处理的")
    labels += chars(60, 161, "只计一次") + chars(60, 180, "无法提供")
    lines = [Ruling(x, 80, x, 200) for x in (50, 180, 240, 300, 350)]
    heads = chars(185, 90, "自然人") + chars(245, 90, "企业") + chars(305, 90, "总计")
    written = [*heads, *labels, *(char for figure in figures for char in figure)]
    (grid,) = grids(blocks(page(written, [*lines, *(Ruling(50, y, 350, y) for y in (80, 200))])))
    assert grid.found_by != "ruled"
    rows = [row for row in table(grid) if "17" in row]
    assert [row[1:] for row in rows] == [["17"] * 3] * 4
    assert rows[2][0] == "区分处理的\n只计一次"


def test_a_frame_around_a_table_without_lines_is_no_cell() -> None:
    texts = [["名称", "2021", "2022", "2023"], *([label, "1", "2", "3"] for label in "甲乙丙")]
    xs, ys = (50.0, 150.0, 200.0, 250.0, 300.0), (100.0, 120.0, 140.0, 160.0, 180.0)
    written = filled(xs, ys, texts)
    rules = [Ruling(50, y, 300, y) for y in ys]
    for drawn in ((), (Ruling(50, 120, 300, 120),), rules):
        (grid,) = grids(blocks(page(written, [*frame((50, 300), (100, 180)), *drawn])))
        assert table(grid) == texts


def test_a_frame_around_text_is_no_table() -> None:
    found = blocks(page(chars(60, 110, "只是一个方框"), frame((50, 300), (100, 140))))
    assert [type(block) for block in found] == [Line]


# Tables by alignment


def test_a_table_without_lines() -> None:
    ys = [100.0 + 16 * i for i in range(5)]
    texts = [
        ["Region", "2022", "2023"],
        ["North", "10", "1,200"],
        ["South", "", "31"],
        ["East", "8", "9"],
    ]
    (grid,) = grids(blocks(page(filled(XS, ys, texts))))
    assert grid.found_by == "unruled"
    assert table(grid) == texts


def test_a_wall_that_headings_tell_within_a_wide_gap_keeps_its_order() -> None:
    """The gap between two columns of figures may reach over a column in which nothing stands."""
    ys = [100.0 + 16 * i for i in range(6)]
    heads = chars(160, 84, "自然人") + chars(215, 84, "商业企业") + chars(290, 84, "科研机构")
    rows = filled([50.0, 160.0, 312.0, 420.0], ys, [[f"第{i}区", "17", "0"] for i in "一二三四五"])
    for grid in grids(blocks(page(heads + rows))):
        assert all(cell.place.box.x0 <= cell.place.box.x1 for cell in grid.cells)


def test_a_heading_over_two_columns() -> None:
    xs, ys = (50.0, 150.0, 220.0, 290.0, 360.0), [100.0 + 16 * i for i in range(6)]
    body = [[f"第{i}区", "11", "22", "33"] for i in "一二三四"]
    written = chars(165, 92, "Applications") + filled(xs, ys, [["", "2022", "2023", "合计"], *body])
    (grid,) = grids(blocks(page(written)))
    (head,) = [cell for cell in grid.cells if cell.text == "Applications"]
    assert (head.col, head.col_end) == (1, 3)


def test_wrapped_labels_are_one_cell() -> None:
    written: list[Char] = []
    for i, label in enumerate(["Cost of sales", "Share of results of", "Taxes", "Profit"]):
        y = 100 + 30 * i
        if i == 1:
            written += chars(50, y - 6, label) + chars(50, y + 6, "associates and ventures")
        else:
            written += chars(50, y, label)
        written += chars(250, y, "1,234") + chars(330, y, "567")
    (grid,) = grids(blocks(page(written)))
    assert table(grid)[1] == ["Share of results of\nassociates and ventures", "1,234", "567"]


def test_rules_part_rows_where_there_are_only_horizontal_ones() -> None:
    ys = [100.0, 140.0, 180.0, 220.0, 260.0]
    lines = [Ruling(50, y, 350, y) for y in ys]
    written: list[Char] = []
    for y in ys[:-1]:
        written += chars(54, y + 12, "逐年增长的") + chars(54, y + 28, "数量")
        written += chars(200, y + 20, "12") + chars(300, y + 20, "3")
    (grid,) = grids(blocks(page(written, lines)))
    assert table(grid) == [["逐年增长的\n数量", "12", "3"]] * 4


def test_the_title_of_the_next_table_ends_one() -> None:
    written: list[Char] = []
    for row in range(4):
        for x, words in ((60, "规章"), (200, "12"), (300, "0")):
            written += chars(x, 100 + 20 * row, words)
    written += chars(120, 180, "四、因政府信息公开工作被申请行政复议情况")
    for row in range(4):
        for number in range(6):
            written += chars(60 + 50 * number, 200 + 20 * row, str(number))
    first, second = grids(blocks(page(written)))
    assert (first.n_cols, second.n_cols) == (3, 6)


def test_a_last_row_with_a_label_over_two_columns() -> None:
    written: list[Char] = []
    for row, (group, label) in enumerate((("甲", "一"), ("乙", "二"), ("丙", "三"), ("丁", "四"))):
        for x, words in ((50, group), (100, label), (200, "1"), (250, "2"), (300, "3")):
            written += chars(x, 100 + 20 * row, words)
    written += chars(50, 180, "五、结转下年度办理")
    for x, words in ((200, "4"), (250, "5"), (300, "6")):
        written += chars(x, 180, words)
    (grid,) = grids(blocks(page(written)))
    assert [text for text in table(grid)[-1] if text] == ["五、结转下年度办理", "4", "5", "6"]


def test_a_long_label_pushes_its_wall_aside() -> None:
    written: list[Char] = []
    for row, label in enumerate(
        ("规章", "文件", "许可", "处罚", "强制", "一个伸到很远的标签", "收费", "采购")
    ):
        for x, words in ((50, label), (160, "1"), (250, "2")):
            written += chars(x, 100 + 20 * row, words)
    (grid,) = grids(blocks(page(written)))
    rows = {c.text: c.place.box for c in grid.cells}
    label = rows["一个伸到很远的标签"]
    assert label is not None
    assert label.x1 >= 140


# What is no table

PROSE = "The committee met in spring and received the report of the board on works in progress"


def test_prose_is_no_table() -> None:
    written = [char for i in range(12) for char in chars(50, 100 + 14 * i, PROSE[i:])]
    assert grids(blocks(page(written))) == []


def test_a_list_is_no_table() -> None:
    written: list[Char] = []
    for i in range(8):
        written += chars(50, 100 + 16 * i, f"{i + 1}.") + chars(
            80, 100 + 16 * i, PROSE[: 20 + 5 * i]
        )
    assert grids(blocks(page(written))) == []


def test_two_columns_of_prose_are_read_one_after_the_other() -> None:
    left = [f"左栏第{c}行文字写满了这一栏" for c in "一二三四五六七八"]
    right = [f"右栏第{c}行文字写满了这一栏" for c in "一二三四五六七八"]
    written: list[Char] = []
    for i in range(8):
        written += chars(50, 100 + 16 * i, left[i]) + chars(320, 100 + 16 * i, right[i])
    found = blocks(page(written))
    assert [block.text for block in found if isinstance(block, Line)] == left + right


def test_lines_and_grids_come_in_order() -> None:
    written = chars(50, 80, "上文") + filled(XS, YS, TEXTS) + chars(50, 200, "下文")
    found = blocks(page(written, frame(XS, YS)))
    assert [b.text if isinstance(b, Line) else b.found_by for b in found] == [
        "上文",
        "ruled",
        "下文",
    ]


def test_no_character_is_lost() -> None:
    written = (
        filled(XS, YS, TEXTS) + chars(50, 300, PROSE) + chars(300, 500, "章", angle=45)
        + filled(XS, [400.0 + 16 * i for i in range(4)], TEXTS)
    )  # fmt: skip
    found = blocks(page(written, frame(XS, YS)))
    texts = [b.text for b in found if isinstance(b, Line)]
    texts += [cell.text for grid in grids(found) for cell in grid.cells]
    assert sorted("".join("".join(texts).split())) == sorted(c.text for c in written)


PLACED = st.tuples(
    st.integers(0, 11),
    st.integers(0, 40),
    st.sampled_from(["0", "1,234", "总计", "a b c", "名称（个）", "2023", "-", "1.", PROSE]),
    st.sampled_from([0, 0, 0, 0, 90, 270, 180, 30]),
)
DRAWN = st.tuples(st.integers(0, 12), st.integers(0, 40), st.integers(0, 12), st.booleans())


@settings(max_examples=150, deadline=None)
@given(st.lists(PLACED, max_size=60), st.lists(DRAWN, max_size=30))
def test_whatever_stands_on_a_page_is_read_once(
    placed: list[tuple[int, int, str, int]], lines: list[tuple[int, int, int, bool]]
) -> None:
    written = [
        char
        for x, y, words, angle in placed
        for char in chars(20 + 47 * x, 20 + 11 * y, words, angle)
    ]
    rulings = [
        Ruling(10 + 47 * a, 14 + 11 * b, 10 + 47 * c, 14 + 11 * b)
        if flat
        else Ruling(10 + 47 * a, 14 + 11 * b, 10 + 47 * a, 14 + 11 * (b + c))
        for a, b, c, flat in lines
    ]
    found = blocks(page(written, rulings))
    texts = [b.text for b in found if isinstance(b, Line)]
    for grid in grids(found):
        texts += [cell.text for cell in grid.cells]
        places = [
            (row, col)
            for cell in grid.cells
            for row in range(cell.row, cell.row_end)
            for col in range(cell.col, cell.col_end)
        ]
        assert len(places) == len(set(places))
    assert sorted("".join("".join(texts).split())) == sorted(c.text for c in written)


# Second opinions, and a real report


def test_what_another_view_shows_of_a_page_is_the_report_s_own_part_of_it() -> None:
    def lines(number: int, ys: Sequence[float]) -> list[Block]:
        return [Line(f"{y}", Place(page=number, box=Box(50, y, 90, y + 10))) for y in ys]

    own = [*lines(1, (500, 520)), *lines(2, (100, 140))]
    seen = {1: lines(1, (100, 498, 524)), 2: lines(2, (50, 136, 145, 300))}
    assert [block.text for block in with_pages(own, seen) if isinstance(block, Line)] == [
        "498", "524", "50", "136",
    ]  # fmt: skip
    assert with_pages(own, {1: lines(1, (100,))}) == own


def test_peers_give_the_same_table(tmp_path: Path) -> None:
    drawn = "".join(f"{x} 100 m {x} 200 l S " for x in (50, 150, 250))
    drawn += "".join(f"50 {y} m 250 {y} l S " for y in (100, 150, 200))
    words = (
        text(60, 170, "Year") + text(160, 170, "2023") + text(60, 120, "Sum") + text(160, 120, "7")
    )
    path = tmp_path / "table.pdf"
    path.write_bytes(RawPdf().page(drawn + words).bytes())
    expected = [["Year", "2023"], ["Sum", "7"]]
    (page_read,) = open_pages(path)
    (own,) = grids(blocks(page_read))
    for (found,) in (pdfplumber_grids(path, 1), camelot_grids(path, 1)):
        assert table(found) == table(own) == expected
        box, own_box = found.cells[0].place.box, own.cells[0].place.box
        assert box
        assert own_box
        assert abs(box.x0 - own_box.x0) < 2
        assert abs(box.y0 - own_box.y0) < 2


@pytest.mark.skipif(not HONGZE.exists(), reason="the real report is not part of the repository")
def test_a_real_report() -> None:
    found = [grid for read in open_pages(HONGZE) for grid in grids(blocks(read))]
    assert [(grid.n_rows, grid.n_cols) for grid in found] == [
        (8, 4),
        (6, 2),
        (17, 10),
        (9, 10),
        (4, 15),
    ]
    assert {grid.found_by for grid in found} == {"ruled"}
    label = next(c for c in found[2].cells if c.col == 0 and c.row_end - c.row == 12)
    assert label.text.replace("\n", "") == "三、本年度办理结果"
    assert [c.text for c in found[4].cells if c.row == 3] == ["10", "1", *"00000000", "5", *"0000"]


def test_columns_in_another_order_without_rulings() -> None:
    """Lawsuits before reviews, the last column first: on lines of a page and in its grid."""
    results = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 3
    xs = [20.0 + 38 * i for i in range(16)]
    figures = [1, 2, 3, 4, 10, 5, 6, 7, 8, 26, 9, 10, 11, 12, 42]
    narrow = [c for x, name in zip(xs, results, strict=False) for c in chars(x, 240, name[:2])]
    narrow += [c for x, name in zip(xs, results, strict=False) for c in chars(x, 252, name[2:])]
    proactive = [
        ["信息内容", "现行有效件数", "本年制发件数", "本年废止件数"],
        ["规章", "9", "4", "1"],
        ["行政规范性文件", "70", "3", "2"],
        ["信息内容", "本年处理决定数量"],
        ["行政许可", "5"],
        ["行政处罚", "6"],
        ["行政强制", "7"],
    ]
    written = [
        *filled([20, 120, 240, 360], [20.0 + 18 * i for i in range(8)], proactive),
        *chars(20, 180, "四、政府信息公开行政复议、行政诉讼情况"),
        *chars(170, 200, "行政诉讼"), *chars(470, 206, "行政复议"),
        *chars(60, 216, "未经复议直接起诉"), *chars(260, 216, "复议后起诉"),
        *narrow, *filled(xs, [260, 280], [[str(figure) for figure in figures]]),
    ]  # fmt: skip
    for aligned in (True, False):
        values = understand(blocks(page(written), aligned=aligned)).values
        assert values.get("disputes.review@upheld", 9) == 9
        assert values.get("disputes.litigation_direct@upheld", 1) == 1
        assert values.get("proactive.rules@in_force", 9) == 9
    assert len(values) > 20
