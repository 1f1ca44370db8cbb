"""Tables without any lines: what stands below each other tells rows and columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from gouji.ocr.page import Box, Char
from gouji.tables.unruled import unruled_grids
from tests.test_headed import rows_of, word

LINE = 12.0


def table(words: Sequence[Char]) -> list[list[str]]:
    """The rows of the one table that words are."""
    (grid,), _ = unruled_grids(words, [], 1)
    return rows_of(grid)


def written(lines: Sequence[Mapping[float, str]]) -> list[Char]:
    """Words around these places, line by line."""
    return [
        word(text, x, 100 + LINE * n) for n, line in enumerate(lines) for x, text in line.items()
    ]


def test_figures_do_not_go_on_with_the_headings_above_them() -> None:
    """The headings of some columns reach down near to the figures, and several are one word."""

    def line(y: float, *words: tuple[str, float, float]) -> list[Char]:
        return [Char(text, Box(x0, y - 8, x1, y + 8)) for text, x0, x1 in words]

    words = [
        *line(468, ("结果 结果 其他", 74, 200), ("尚未 总计", 215, 292),
              ("未经复议直接起诉", 349, 480), ("复议后起诉", 604, 686)),
        *line(492, ("维持 纠正 结果", 74, 199), ("审结", 214, 246), ("结果 结果 其他", 305, 431),
              ("尚未", 445, 476), ("总计 结果 结果 其他", 491, 661), ("尚未 总计", 676, 754)),
        *line(518, ("维持 纠正 结果", 306, 430), ("审结", 445, 476), ("维持 纠正 结果", 537, 661),
              ("审结", 676, 707)),
        *line(539, *(("0", 86 + 46.5 * n, 95 + 46.5 * n) for n in range(15))),
    ]  # fmt: skip
    assert table(words)[-1] == ["0"] * 15


@pytest.mark.parametrize("aside", [0, 30])
def test_the_first_heading_has_a_column_of_its_own(aside: int) -> None:
    """Nothing but a heading stands between the labels and figures of most rows; figures set to the
    right have it with them already.
    """
    head = {60.0: "信息内容", 200.0: "本年制发件数", 300.0: "本年废止件数", 400.0: "现行有效件数"}
    section, second = {200.0: "第二十条第（五）项"}, {60.0: "信息内容", 300.0: "本年处理决定数量"}
    one, two, three = (x + aside for x in (200.0, 300.0, 400.0))
    rows = table(written([
        head, {38: "规章", one: "2", two: "0", three: "7"},
        {60: "行政规范性文件", one: "557", two: "3", three: "8"},
        section, second, {48: "行政许可", two: "5"},
        section, second, {48: "行政处罚", two: "3"}, {48: "行政强制", two: "0"},
    ]))  # fmt: skip
    assert rows[1] == ["规章", "2", "0", "7"]
    assert rows[2] == ["行政规范性文件", "557", "3", "8"]
