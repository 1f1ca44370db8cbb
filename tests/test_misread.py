"""Labels misread on a scan: told where one label is meant, and left alone where several may be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gouji.ocr.page import Box, Word
from gouji.ocr.reader import Reading
from gouji.tables.align import Located, Placement
from gouji.tables.columns import columns_of
from gouji.tables.crossed import printed_across
from gouji.tables.evidence import NOTHING, Evidence, Seen
from gouji.tables.forms.form import load
from gouji.tables.grid import Cell, Grid, Line, Place
from gouji.tables.resemblance import resemblances
from gouji.tables.rows import rows_of_grids
from gouji.tables.shaped import shaped
from gouji.tables.spelling import spelled

SCAN = Evidence({1: []})
REQUESTS = next(table for table in load("2021").tables if table.id == "requests")
DISPUTES = printed_across()


def cell(row: int, col: int, text: str, rows: int = 1, cols: int = 1) -> Cell:
    place = Place(page=1, box=Box(col * 30, row * 20, (col + cols) * 30, (row + rows) * 20))
    return Cell(row, col, row + rows, col + cols, text, place)


def grid(*cells: Cell) -> Grid:
    return Grid(cells, "ruled", Place(page=1, box=Box(0, 0, 450, 100)))


def text_of(word: str, evidence: Evidence = SCAN) -> str:
    (block,) = spelled([grid(cell(0, 0, word))], evidence)
    assert isinstance(block, Grid)
    return block.cells[0].text


@pytest.mark.parametrize(("read", "meant"), [
    ("尚未申结", "尚未审结"), ("尚\n未\n申\n结", "尚未审结"), ("结果科正", "结果纠正"),
    ("(四)无法是供", "(四)无法提供"),
])  # fmt: skip
def test_one_wrong_character_in_a_label(read: str, meant: str) -> None:
    assert text_of(read) == meant


@pytest.mark.parametrize("read", ["结果", "结果正纠", "总汁", "39", "规章", "结果维持"])
def test_what_may_be_several_words_or_is_known_stays(read: str) -> None:
    assert text_of(read) == read


def test_words_of_a_text_layer_stay_as_they_are() -> None:
    assert text_of("尚未申结", NOTHING) == "尚未申结"


@pytest.mark.parametrize(("read", "row"), [
    ("不（1分处理的，只计这一情", "requests.results.partial"),
    ("1. 属于国家秘密 - 71", "requests.results.refused.state_secret"),
    ("没有现戌信恩霈要另衍制", "requests.results.unavailable.needs_creation"),
])  # fmt: skip
def test_what_is_left_of_a_label_tells_its_row(read: str, row: str) -> None:
    found = [r.key for r, alike in zip(REQUESTS.rows, resemblances(read, REQUESTS), strict=True)
             if alike]  # fmt: skip
    assert found == [row]


@pytest.mark.parametrize(
    "read",
    [
        "政府信息公开",
        "其他",
        "年學政於界是公年中演教",
        "涉企政策文件数",
        "2.申请人收通知费用、行政",
    ],
)
def test_what_may_be_several_rows_or_another_tells_none(read: str) -> None:
    assert not any(resemblances(read, REQUESTS))


def head(**changed: str) -> Grid:
    """The disputes table as it is printed, with some of its labels read otherwise."""
    words = [column.labels[0] for _ in range(3) for column in DISPUTES.columns]
    for name, word in changed.items():
        words[int(name[1:])] = word
    return grid(
        cell(0, 0, "行政复议", cols=5), cell(0, 5, "行政诉讼", cols=10),
        *(cell(1, col, word) for col, word in enumerate(words)),
        *(cell(2, col, str(col)) for col in range(15)),
    )  # fmt: skip


def labels(block: Grid) -> list[str]:
    return [c.text for c in block.cells if c.row == 1]


def told(block: Grid) -> Grid:
    (found,) = shaped([block], SCAN)
    assert isinstance(found, Grid)
    return found


def test_the_shape_tells_labels_that_could_not_be_read() -> None:
    found = told(head(_2="", _7="果", _8="%"))
    assert labels(found) == [column.labels[0] for _ in range(3) for column in DISPUTES.columns]
    assert [c.text for c in found.cells if c.row == 2] == [str(col) for col in range(15)]


def test_labels_run_together_are_as_many_as_the_columns_below() -> None:
    joined = [c for c in head().cells if c.row != 1 or c.col > 3]
    four = cell(1, 0, " ".join(column.labels[0] for column in DISPUTES.columns[:4]), cols=4)
    assert labels(told(grid(*joined, four))) == labels(head())


@pytest.mark.parametrize("block", [
    head(_2="尚未审结", _3="其他结果"),  # another order
    head(**{f"_{col}": "" for col in range(7)}),  # too few are told
    grid(*(c for c in head().cells if c.row != 2 or c.col < 14)),  # a figure is missing
    grid(*head(_2="").cells, *(cell(3, col, "") for col in range(15))),  # the last row is blank
], ids=["order", "few", "short", "two"])  # fmt: skip
def test_a_head_that_says_otherwise_stays(block: Grid) -> None:
    assert told(block) == block


def test_a_figure_that_is_illegible_is_one_of_the_row() -> None:
    """Its words would be a label that parts the row; what it is the readers tell."""
    cells = [replace(c, text="寅寅會會") if c.text == "4" else c for c in head(_2="").cells]
    found = told(grid(*cells))
    assert labels(found) == labels(head())
    assert [c.text for c in found.cells if c.row == 2][3:6] == ["3", "", "5"]


@pytest.mark.parametrize(
    ("page", "more", "joined"), [(2, False, True), (3, False, False), (2, True, False)]
)
def test_a_head_that_a_page_end_cut_goes_on_below_it(
    page: int, *, more: bool, joined: bool
) -> None:
    """``more``: the page before has figures: its table is another."""
    headings, names, figures = (tuple(c for c in head().cells if c.row == row) for row in range(3))
    above = grid(
        *headings, *(replace(c, text=c.text[:-1]) for c in names), *(figures if more else ())
    )
    rest = (replace(c, text=c.text[-1:], row=0, row_end=1) for c in names)
    low = (*rest, *(replace(c, row=1, row_end=2) for c in figures))
    below = Grid(low, "ruled", Place(page=page))
    found = shaped([above, Line("1", Place(page=1)), below], Evidence({1: [], page: []}))[-1]
    assert isinstance(found, Grid)
    assert (labels(found) == labels(head())) is joined
    assert [c.text for c in found.cells if c.text.isdigit()] == [str(col) for col in range(15)]


def test_headings_over_other_columns_stay() -> None:
    cells = [c for c in head(_2="").cells if c.row]
    turned = grid(cell(0, 0, "行政诉讼", cols=10), cell(0, 10, "行政复议", cols=5), *cells)
    assert told(turned) == turned


def test_a_label_that_seems_to_stand_over_others_has_the_column_that_is_left() -> None:
    new = REQUESTS.rows[0]
    labels = [form_cell.labels[0] for form_cell in new.cells]
    header = grid(cell(0, 1, labels[0]), cell(0, 2, labels[6], cols=6))
    names = [cell(1, col, label) for col, label in enumerate(labels[1:6], start=2)]
    rows = [cell(2, 0, new.labels[0]), *(cell(2, col, str(col)) for col in range(1, 8))]
    block = grid(*header.cells, *names, *rows)
    table = rows_of_grids([block])
    placement = Placement(2, new, by_label=True)
    located = Located(REQUESTS, 0, 3, (placement,), 1.0, ())
    columns = columns_of(new, located, 2, table, [block])
    assert columns.order == new.cells
    assert columns.spans == tuple((col, col + 1) for col in range(1, 8))


def summed(*printed: str, title: str = "四、政府信息公开行政复议、行政诉讼情况",
           heads: str = "行政复议 行政诉讼 未经复议直接起诉 复议后起诉") -> list[Cell]:  # fmt: skip
    """The figures of the row as they are taken from under headings of which labels are lost."""
    boxes = [Box(col * 30, 40, col * 30 + 20, 50) for col in range(len(printed))]
    seen = [Seen((1, box), (Reading("rapid", text, 1.0),))
            for text, box in zip(printed, boxes, strict=True)]  # fmt: skip
    words = tuple(Word(text, box) for text, box in zip(printed, boxes, strict=True))
    place = Place(page=1, box=Box(0, 40, 450, 50))
    line = Line(" ".join(printed), place, words=words)
    above = [Line(title, Place(page=1)), Line(heads, Place(page=1))]
    found = shaped([*above, line], Evidence({1: seen}))[-1]
    return [c for c in found.cells if c.row == 2] if isinstance(found, Grid) else []


ADDED = ("-", "101", "1", "0", "102", "4", "29", "0", "4", "37", "76", "51", "-", "16", "143")


def test_sums_tell_figures_whose_labels_are_lost() -> None:
    found = summed(*ADDED)
    assert [c.text for c in found] == list(ADDED)
    assert found[3].place.box == Box(90, 40, 110, 50)
    assert summed(*ADDED[:-1], "149")  # a misprint


def test_beside_figures_that_are_illegible_two_sums_hold_or_all_is_zero() -> None:
    misread = [*ADDED[:5], "亿", *ADDED[6:]]
    assert [c.text for c in summed(*misread)] == [*ADDED[:5], "", *ADDED[6:]]
    assert not summed(*misread[:-1], "149")
    assert not summed(*misread[:1], "i1", *misread[2:])
    assert not summed(*ADDED[:5], "总计", *ADDED[6:])
    zeros = ["0"] * 15
    assert summed(*zeros[:12], "01", "0", "0")
    assert not summed(*zeros[:10], *["O"] * 5)


@pytest.mark.parametrize(("mark", "told"), [("1", True), ("12", False)])
def test_a_mark_among_the_labels_may_be_left_of_a_wall(mark: str, *, told: bool) -> None:
    block = head(_2=mark)
    (found,) = shaped([block], SCAN)
    assert (found != block) is told


def test_figures_that_do_not_add_up_or_stand_elsewhere_are_left_alone() -> None:
    assert not summed(*ADDED[:4], "103", *ADDED[5:-1], "149")
    assert not summed(*ADDED[:-1])
    assert not summed(*ADDED, title="五、其他需要报告的事项")
    assert not summed(*ADDED, heads="行政复议 行政诉讼 复议后起诉 未经复议直接起诉")


@pytest.mark.parametrize(("heads", "shapes"), [
    ("行政复议 行政诉讼 未经复议直接起诉 复议后起诉", True),
    ("行政复议 行政诉讼 未经复议直接起诉 夏义后起诉", True),
    ("行政复议 行政诉讼 夏义后起诉 未经复议直接起诉", False),
    ("行政诉讼 未经复议直接起诉 复议后起诉 行政复议", False),
    ("", False),
])  # fmt: skip
def test_headings_above_a_table_tell_their_order(heads: str, shapes: bool) -> None:
    """No line shows over which columns they stand; those of all columns are in the form's order."""
    cells = [replace(c, row=c.row - 1, row_end=c.row_end - 1) for c in head().cells if c.row]
    block = grid(*cells)
    above = [Line("四、政府信息公开行政复议、行政诉讼情况"), Line(heads)]
    found = shaped([*above, block], SCAN)[-1]
    assert (found != block) is shapes
