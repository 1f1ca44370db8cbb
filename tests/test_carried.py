"""The last row of a table alone on the next page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from gouji.ocr.page import Box, Word
from gouji.tables.carried import carried_over
from gouji.tables.grid import Block, Grid, Line, Place
from gouji.tables.unruled import unruled_grids
from tests.test_headed import rows_of
from tests.test_unruled import written

ROWS = [
    {40: "代码", 120: "指标名称", 300: "计量单位", 360: "本期", 420: "本年累计"},
    {40: "31", 120: "其它原因", 300: "条", 360: "1", 420: "2"},
    {40: "32", 120: "行政复议数", 300: "件", 360: "0", 420: "3"},
    {40: "33", 120: "行政诉讼数", 300: "件", 360: "2", 420: "12"},
    {40: "34", 120: "行政申诉数", 300: "件", 420: "2"},
]


def page(rows: Sequence[Mapping[int, str]], number: int) -> list[Block]:
    """The grid of a page, or its lines."""
    grids, lines = unruled_grids(written(rows), [], number)
    places = [Line(line.text, Place(page=number, box=line.box), words=line.words) for line in lines]
    return [*grids, *places]


def test_a_row_alone_on_the_next_page_has_the_columns_of_the_table() -> None:
    above = [*page(ROWS, 3), Line("- 3 -", Place(page=3))]
    below = page([{40: "35", 120: "其中行政申诉", 300: "件", 360: "4", 420: "5"}], 4)
    assert isinstance(below[0], Line)
    (row,) = carried_over(above, below)
    assert isinstance(row, Grid)
    assert row.place.page == 4
    assert rows_of(row) == [["35", "其中行政申诉", "件", "4", "5"]]


def test_a_column_in_which_nothing_stands_is_blank() -> None:
    (row,) = carried_over(page(ROWS, 3), page([{40: "35", 120: "其中", 300: "件", 420: "5"}], 4))
    assert isinstance(row, Grid)
    assert [cell.text for cell in row.cells] == ["35", "其中", "件", "", "5"]


@pytest.mark.parametrize(
    "line",
    [
        {40: "35", 120: "其中", 300: "件", 360: "4人和5个单位提出"},
        {120: "以上数字", 300: "件"},
        {40: "35", 120: "其中", 520: "7"},
        {360: "4", 420: "5"},
    ],
    ids=["words", "no figure", "beside the table", "no label"],
)
def test_a_line_that_does_not_fit_stays_a_line(line: Mapping[int, str]) -> None:
    below = page([line], 4)
    assert carried_over(page(ROWS, 3), below) == below


def test_a_line_below_other_words_stays_a_line() -> None:
    below = page([{40: "35", 120: "其中行政申诉", 300: "件", 360: "4", 420: "5"}], 4)
    between = Line("三、存在的问题", Place(page=3, box=Box(40, 700, 200, 712)), words=(
        Word("三、存在的问题", Box(40, 700, 200, 712)),))  # fmt: skip
    assert carried_over([*page(ROWS, 3), between], below) == below
