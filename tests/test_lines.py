"""Tables on pages without rulings, as lines of words: labels, blank cells, page breaks."""

from __future__ import annotations

import pytest

from gouji.ocr.page import Box, Char, Word
from gouji.ocr.words import text_of
from gouji.tables.forms.form import load
from gouji.tables.grid import Cell, Grid, Line, Place
from gouji.tables.rows import rows_of_lines
from gouji.tables.understand import understand

SIZE = 10.0
X = [200.0, 250.0, 300.0, 350.0, 400.0, 450.0, 500.0]
"""The middles of the columns."""
ROWS = next(t for t in load("2019").tables if t.id == "requests").rows
NAMES = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]


def line(y, *words, page=1):
    """Words by the middle of each: ``(x, text)``."""
    placed = tuple(
        Word(text, Box(x - SIZE * len(text) / 2, y, x + SIZE * len(text) / 2, y + SIZE))
        for x, text in words
    )
    box = placed[0].box.union(placed[-1].box)
    return Line(" ".join(word.text for word in placed), Place(page=page, box=box), words=placed)


def figures(values):
    return [(x, str(value)) for x, value in zip(X, values, strict=True) if value != ""]


def page_of(written, labels=None, header=NAMES):
    """The requests table, a row each 30 points; ``labels``: those of several lines."""
    lines = [line(10, (300, "三、收到和处理政府信息公开申请情况"))]
    lines.append(line(30, *zip(X, header, strict=True)))
    for number, row in enumerate(ROWS):
        y, values = 60 + 30 * number, written.get(row.key, [0] * 7)
        first, *rest = (labels or {}).get(row.key, [row.label])
        if rest:  # the figures stand beside the middle of the label's lines
            lines += [line(y - 6, (90, first))] + [line(y, *f) for f in [figures(values)] if f]
            lines += [line(y + 6, (90, rest[0]))]
        else:
            lines.append(line(y, (90, first), *figures(values)))
    return lines


def values_of(blocks):
    return understand(blocks).values


ONE = {
    "requests.new": [5, "", 1, "", "", "", 6],
    "requests.results.granted": [5, "", 1, "", "", "", 6],
    "requests.results.total": [5, "", 1, "", "", "", 6],
}


def test_figures_stand_under_the_words_of_the_header():
    values = values_of(page_of(dict.fromkeys([row.key for row in ROWS], [""] * 7) | ONE))
    assert values["requests.new@research_institute"] == 1
    assert values["requests.results.refused.state_secret@total"] is None
    assert len(values) == 7 * len(ROWS)


@pytest.mark.parametrize(
    "lines",
    [
        ["2.其他法律行政法规", "禁止公开"],  # centred
        ["2.其他法律行政 法规禁止公开"],
    ],
)
def test_a_label_in_pieces(lines):
    key = "requests.results.refused.prohibited_by_law"
    blank = dict.fromkeys([row.key for row in ROWS], [""] * 7) | ONE
    assert values_of(page_of(blank, {key: lines}))[f"{key}@total"] is None
    one = blank | {key: [1, "", "", "", "", "", 1]}
    one["requests.results.granted"] = [4, "", 1, "", "", "", 5]
    assert values_of(page_of(one, {key: lines}))[f"{key}@total"] == 1


def test_a_label_that_ends_like_a_unit():
    label = {"requests.results.refused.admin_query": ["8.属于行政查询事项"]}
    blank = dict.fromkeys([row.key for row in ROWS], [""] * 7) | ONE
    assert "requests.results.refused.admin_query@total" in values_of(page_of(blank, label))


def test_a_figure_between_dashes_is_no_page_number():
    row = ["——", 1, "——", "——", "——", "——", 1]
    values = values_of(page_of({"requests.new": row, "requests.carried_out": row}))
    assert values["requests.new@business"] == 1


@pytest.mark.parametrize(("apart", "figures"), [(3, ["5"]), (30, ["1", "5"])])
def test_a_digit_of_an_explanation_that_a_line_breaks(apart, figures):
    label = "（一）回应公众关注热点或重大舆情数（不同方式回应同一热点或舆情计"
    digit = 10 + SIZE * len(label) / 2 + apart + SIZE / 2
    first = line(10, (10, label), (digit, "1"), (digit + 100, "次"), (digit + 200, "5"))
    (row,) = rows_of_lines([first, line(22, (0, "次）"))])[:1]
    assert [cell.text for cell in row.figures] == figures


def test_a_page_number_before_an_ordinal_is_no_figure():
    text = "2、网上申请数条23- 4 -3、信函、传真申请数条66"
    rows = rows_of_lines([Line(text, Place(line=1, start=0, end=len(text)))])
    assert [[cell.text for cell in row.figures] for row in rows] == [["23"], ["66"]]


@pytest.mark.parametrize(
    ("below", "known"),
    [("四、政府信息公开行政复议、行政诉讼情况", True), ("的政府信息公开申请数量", False)],
)
def test_a_blank_row_at_the_end_of_a_page(below, known):
    blank = dict.fromkeys([row.key for row in ROWS], [""] * 7)
    lines = page_of(blank | {"requests.new": [1, "", "", "", "", "", 1]})
    values = values_of([*lines, line(10, (90, below), page=2), line(30, (90, "无。"), page=2)])
    assert ("requests.carried_out@total" in values) is known


def test_the_last_blank_row_stands_above_the_next_section():
    """A title is no part of its label, nor is a bracket further down that begins where it does."""
    table = [
        line(10, (300, "二、主动公开政府信息情况")),
        line(
            30, (90, "信息内容"), (250, "上一年项目数量"), (400, "本年增/减"), (500, "处理决定数量")
        ),
        line(60, (90, "行政许可"), (250, "5"), (400, "1"), (500, "7")),
        line(90, (90, "其他对外管理服务事项"), (250, "5"), (400, "1"), (500, "7")),
        line(120, (90, "行政处罚"), (250, "5"), (400, "1"), (500, "7")),
        line(150, (90, "行政强制"), (250, "5"), (400, "1"), (500, "7")),
        line(180, (90, "信息内容"), (250, "上一年项目数量"), (400, "本年增/减")),
        line(210, (90, "行政事业性收费"), (250, "5"), (400, "1")),
        line(240, (90, "信息内容"), (250, "采购项目数量"), (400, "采购总金额")),
        line(270, (90, "政府集中采购")),
    ]
    for below in ("五、存在的主要问题及改进情况", "三、收到和处理政府信息公开申请情况"):
        after = [
            line(300, (300, below)),
            line(340, (90, "（本列数据的勾稽关系为："), (300, "法人")),
        ]
        after.append(line(360, (90, "一、本年新收政府信息公开申请数量"), *figures([0] * 7)))
        values = values_of([*table, *after])
        assert values.get("proactive.procurement@amount", 0) is None


def test_a_group_s_label_in_pieces_beside_the_lines_of_a_row_s_label():
    """三、本年度办理结果 stands upright, and its 三、 beside the figures between two lines."""
    parted = {"requests.results.unavailable.needs_creation": ["2.没有现成信息需要", "另行制作"]}
    blocks = page_of(ONE, parted)
    y = 60 + 30 * [row.key for row in ROWS].index("requests.results.unavailable.needs_creation")
    at = next(i for i, block in enumerate(blocks) if block.place.box.y0 == y)
    blocks[at] = line(y, (20, "三、"), *figures([0] * 7))
    assert values_of(blocks)["requests.results.unavailable.needs_creation@total"] == 0


def test_a_page_break_cuts_the_label_of_a_blank_row():
    written = ONE | {"requests.results.partial": [""] * 7}
    label = ["（二）部分公开（区分处理的，只", "计这一情形，不计其他情形）"]
    blocks = page_of(written, {"requests.results.partial": label})
    at = next(i for i, block in enumerate(blocks) if block.text == label[1])
    blocks[at:] = [Line(b.text, Place(page=2, box=b.place.box), words=b.words) for b in blocks[at:]]
    values = values_of(blocks)
    assert values["requests.results.partial@total"] is None
    assert values["requests.results.granted@natural_person"] == 5


def test_a_misprint_in_a_row_with_blanks_under_columns_that_are_blank():
    """It breaks its row and its column by as much; columns with nothing in them say nothing."""
    blank = dict.fromkeys([row.key for row in ROWS], [""] * 7)
    total = [8, "", 1, "", "", "", 6]
    values = values_of(
        [*page_of(blank | ONE | {"requests.results.total": total}), line(950, (90, "五、问题"))]
    )
    assert values["requests.results.total@natural_person"] == 8
    total = [8, "", 1, "", "", "", 7]
    values = values_of(
        [*page_of(blank | ONE | {"requests.results.total": total}), line(950, (90, "五、问题"))]
    )
    assert "requests.results.total@natural_person" not in values


DISPUTES = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 3
HEADS = [
    (0, 5, "行政复议"),
    (5, 15, "行政诉讼"),
    (5, 10, "未经复议直接起诉"),
    (10, 15, "复议后起诉"),
]


def cut_header(first, rest, figures):
    """The disputes table, ruled, whose last line of the header stands on the next page."""
    heads = [Cell(n > 1, a, 1 + (n > 1), b, text) for n, (a, b, text) in enumerate(HEADS)]
    names = [Cell(2, i, 3, i + 1, name[:first]) for i, name in enumerate(DISPUTES)]
    more = [Cell(0, i, 1, i + 1, name[first:][:rest]) for i, name in enumerate(DISPUTES)]
    below = [Cell(1, i, 2, i + 1, str(figure)) for i, figure in enumerate(figures)]
    return [
        Line("四、政府信息公开行政复议、行政诉讼情况"),
        Grid((*heads, *names), "ruled", Place(page=1)),
        Grid((*more, *below), "ruled", Place(page=2)),
    ]


def test_a_header_that_a_page_break_cuts():
    figures = [1, 2, 3, 4, 10, 5, 6, 7, 8, 26, 9, 10, 11, 12, 42]
    values = values_of(cut_header(2, 2, figures))
    assert values["disputes.litigation_direct@upheld"] == 5
    assert not values_of(cut_header(2, 1, figures))


def test_a_page_break_cuts_some_labels_of_a_header_and_leaves_others():
    reviews, lawsuits = DISPUTES[:5], list(enumerate(DISPUTES[5:], start=5))
    heads = [Cell(n > 1, a, 1 + (n > 1), b, text) for n, (a, b, text) in enumerate(HEADS)]
    above = [Cell(1, i, 2, i + 1, name[:2]) for i, name in enumerate(reviews)]
    below = [Cell(0, i, 1, i + 1, name[2:]) for i, name in enumerate(reviews)]
    below += [Cell(0, i, 1, i + 1, name) for i, name in lawsuits]
    figures = [1, 2, 3, 4, 10, 5, 6, 7, 8, 26, 9, 10, 11, 12, 42]
    below += [Cell(1, i, 2, i + 1, str(figure)) for i, figure in enumerate(figures)]
    values = values_of([
        Line("四、政府信息公开行政复议、行政诉讼情况"),
        Grid((*heads, *above), "ruled", Place(page=1)),
        Grid(tuple(below), "ruled", Place(page=2)),
    ])  # fmt: skip
    assert [values[f"disputes.{row}@upheld"] for row in ("review", "litigation_direct")] == [1, 5]


@pytest.mark.parametrize("text", ["1条）", "3966 1次）"])
def test_the_end_of_a_bracket_is_no_figure(text):
    rows = rows_of_lines([Line(text, Place(line=1, start=0, end=len(text)))])
    assert [[cell.text for cell in row.figures] for row in rows] in ([[]], [["3966"], []])


def test_labels_at_the_end_of_a_page_are_no_blank_row():
    names = [(x, name) for x, name in zip(range(30, 630, 40), DISPUTES, strict=True)]
    head = [line(10, (300, "四、政府信息公开行政复议、行政诉讼情况")), line(30, *names)]
    after = line(50, (300, "五、存在的主要问题及改进情况"))
    assert values_of([*head, after])["disputes.review@total"] is None
    assert not values_of([*head, line(10, (300, "五、存在的主要问题及改进情况"), page=2)])


@pytest.mark.parametrize(
    ("below", "page", "known"),
    [
        ("五、存在的主要问题及改进情况", 1, True),
        ("五、存在的主要问题及改进情况", 2, False),
        ("政府信息公开年度报告", 1, False),  # a page's foot: the figures may follow on the next
        ("0 0 0 0 0 0 0 0 0 0 0 0 0 0 0", 1, False),
    ],
)
def test_a_drawn_header_with_the_next_section_right_below_it(below, page, known):
    heads = [Cell(n > 1, a, 1 + (n > 1), b, text) for n, (a, b, text) in enumerate(HEADS)]
    names = [Cell(2, i, 3, i + 1, name) for i, name in enumerate(DISPUTES)]
    grid = Grid((*heads, *names), "ruled", Place(page=1))
    table = understand(
        [Line("四、政府信息公开行政复议、行政诉讼情况"), grid, line(90, (90, below), page=page)]
    )
    states = {(c.state, c.accepted) for t in table.tables for c in t.cells}
    assert (states == {("blank", True)}) is known


def broken(first, second, apart):
    """A table with 56 in two lines as 5 over 6, beside a row that is ``first``, ``second``."""
    key = "requests.results.partial"
    blocks = page_of({key: first, "requests.results.granted": [1, 0, 0, 0, 0, 0, 1]})
    at = next(i for i, block in enumerate(blocks) if "部分公开" in block.text)
    y = 60 + 30 * next(i for i, row in enumerate(ROWS) if row.key == key)
    blocks.insert(at + 1, line(y + apart, (90, "件其他情形"), *figures(second)))
    cells = {c.form.ref: c for t in understand(blocks).tables for c in t.cells}
    return [cells[ref] for ref in cells if ref.startswith(key)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([56, 0, 0, 0, 0, 0, 5], [""] * 6 + [6]),  # a figure of the row stands below
        ([""] * 6 + [5], [56, 0, 0, 0, 0, 0, 6]),  # all the others do
        ([5, 0, 0, 0, 0, "", 0], [6, "", "", "", "", "", ""]),
    ],
)
def test_a_figure_broken_in_two_lines_is_in_doubt(first, second):
    assert not any(cell.accepted for cell in broken(first, second, apart=12))


def test_a_row_of_an_agency_s_own_leaves_its_neighbours_alone():
    ours = {
        cell.form.ref: cell for cell in broken([3, 0, 0, 0, 0, 0, 3], [1, 0, 0, 0, 0, 0, 1], 15)
    }
    assert all(cell.accepted for cell in ours.values())


def test_the_last_row_of_a_table_alone_on_the_next_page_is_not_missing():
    labels = [row.label for row in load("fujian").tables[0].rows if row.key != "disputes.appeal"]
    texts = [["指标名称", "2011年度", "历年累计"], *([label, "1", "2"] for label in labels)]
    cells = [
        Cell(r, c, r + 1, c + 1, text, Place(page=1))
        for r, row in enumerate(texts)
        for c, text in enumerate(row)
    ]
    grid = Grid(tuple(cells), place=Place(page=1), found_by="rulings")
    for after, states in (
        ([], {True}),
        ([line(50, (90, "行政申诉数"), (300, "2"), page=2)], {False}),
    ):
        table = understand([grid, *after]).tables[0]
        assert {c.accepted for c in table.cells if c.form.row == "disputes.appeal"} == states


def test_a_part_of_a_row_beside_a_heading_may_belong_where_a_cell_is_blank():
    def blank_is_accepted(beside):
        texts = [[row.label, *["0"] * 7] for row in ROWS]
        at = next(i for i, row in enumerate(ROWS) if row.key.endswith("refused.state_secret"))
        texts[at][6] = ""
        texts.insert(at, ["（三）不予", "", "", "", "", "", beside, ""])
        cells = [
            Cell(r, c, r + 1, c + 1, text, Place(page=1))
            for r, row in enumerate(texts)
            for c, text in enumerate(row)
        ]
        table = understand([Grid(tuple(cells), "unruled", Place(page=1))]).tables[0]
        ref = "requests.results.refused.state_secret@other"
        return next(cell.accepted for cell in table.cells if cell.form.ref == ref)

    assert blank_is_accepted("")
    assert not blank_is_accepted("0")


@pytest.mark.parametrize("gap", ["\t", "  "])
def test_a_row_printed_above_all_that_come_before_it_is_read(gap):
    told = [
        ["政府集中采购", "29", "2402.46万元"],
        ["规章", "0", "0", "3"],
        ["规范性文件", "4", "4", "71"],
        ["行政许可", "5", "1", "445"],
        ["其他对外管理服务事项", "31", "-2", "21322"],
        ["行政处罚", "32", "6", "0"],
        ["行政强制", "2", "-1", "0"],
        ["行政事业性收费", "0", "0"],
    ]
    values = values_of([Line(gap.join(row), Place(line=n)) for n, row in enumerate(told, 1)])
    assert values["proactive.procurement@projects"] == 29
    assert values["proactive.licensing@decisions"] == 445


def test_a_zero_in_a_merged_label_s_place_is_not_told_from_a_blank_total():
    written = {"requests.new": "5", "requests.results.granted": "5", "requests.results.total": "5"}
    rows = [["", *NAMES]]
    rows += [[row.label, written.get(row.key, "0"), *"0" * 5, ""] for row in ROWS]
    merged = next(
        i for i, row in enumerate(ROWS, 1) if row.key == "requests.results.other_handling"
    )
    rows[merged].insert(1, "0")
    grid = Grid(
        tuple(
            Cell(r, c, r + 1, c + 1, text, Place(line=r))
            for r, row in enumerate(rows)
            for c, text in enumerate(row)
        ),
        "tabs",
        Place(line=0),
    )
    cells = {c.form.ref: c for t in understand([grid]).tables for c in t.cells}
    assert not cells["requests.results.other_handling@total"].accepted


def test_brackets_that_text_written_downwards_turns_stand_in_their_places():
    box = [Box(50, y, 60, y + SIZE) for y in range(100, 160, 10)]
    angles = [90, 0, 90, 0, 0, 0]
    chars = [Char(c, b, a) for c, b, a in zip("(三)不予公", box, angles, strict=True)]
    assert text_of(chars) == "(\n三\n)\n不\n予\n公"
    turned = [char._replace(angle=90) for char in chars]
    assert text_of(turned) == "(三)不予公"
