"""Tables without any lines: what stands below each other tells rows and columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gouji.ocr.page import Char
from gouji.tables.unruled import unruled_grids
from tests.test_headed import rows_of, word

LINE = 12.0


def table(lines: Sequence[Mapping[float, str]]) -> list[list[str]]:
    """The rows of the one table that words around these places, line by line, are."""
    words: list[Char] = [
        word(text, x, 100 + LINE * n) for n, line in enumerate(lines) for x, text in line.items()
    ]
    (grid,), _ = unruled_grids(words, [], 1)
    return rows_of(grid)


def test_figures_do_not_go_on_with_the_headings_above_them() -> None:
    """Headings of two lines, where the figures' distance is that of the lines."""
    places = [100.0 + 40 * n for n in range(5)]
    first, second = ("结果", "结果", "其他", "尚未", "总计"), ("维持", "纠正", "结果", "审结", "")
    lines = [dict(zip(places, words, strict=True)) for words in (first, second)]
    lines[1].pop(places[-1])
    assert table([*lines, dict(zip(places, "31004", strict=True))])[-1] == list("31004")


def test_the_first_heading_has_a_column_of_its_own() -> None:
    """Nothing but a heading stands between the labels and figures of most rows."""
    head = {60.0: "信息内容", 200.0: "本年制发件数", 300.0: "本年废止件数", 400.0: "现行有效件数"}
    section = {200.0: "第二十条第（五）项"}
    rows = table([
        head, {38: "规章", 200: "2", 300: "0", 400: "7"},
        {60: "行政规范性文件", 200: "557", 300: "3", 400: "8"},
        section, {60: "信息内容", 300: "本年处理决定数量"}, {48: "行政许可", 300: "5"},
        section, {60: "信息内容", 300: "本年处理决定数量"}, {48: "行政处罚", 300: "3"},
        {48: "行政强制", 300: "0"},
    ])  # fmt: skip
    assert rows[1] == ["规章", "2", "0", "7"]
    assert rows[2] == ["行政规范性文件", "557", "3", "8"]
