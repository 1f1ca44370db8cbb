"""Titles of reports: 河南省商务厅2019年政府信息公开工作年度报告, in all their phrasings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gouji.tables.agency import is_body, place_of
from gouji.tables.dates import YEAR, year_of
from gouji.tables.flat import Row, flatten

_YEAR = rf"{YEAR}(?:年度|年|度)?"
_SUBJECT = r"(?:政府信息|政务信息|政务|信息)公开"
KIND = (
    rf"{_SUBJECT}(?:(?:和|与|及|暨){_SUBJECT})?(?:工作|情况|年度|基本|统计|执行|年|的|[(]?{_YEAR}[)]?)*"
    r"(?:报告|年报|统计表|统计报表|报表|总结)"
)
"""What such a report is called, after its agency and its year."""

_MARKED = r"[【\[](?:年报|年度报告|(?:政府)?信息公开(?:工作)?(?:年报|年度报告)?)[】\]]"
_LEAD = rf"(?:[#*>]+|{_MARKED}|附件?\d{{0,2}}[:.、]?|标题:|[一二三四五六七八九十]{{1,2}}[、.])?"
_VERSION = (
    r"公开版|文字版|(?:图|汇)[文片总]版?|汇总|(?:PDF|pdf|Word|WORD|word)版|正文|公示稿"
    r"|征求意见稿|送审稿|修订|更正|含.{1,6}"
)
_IN_BRACKETS = rf"[(](?:{_YEAR}|全文|{_VERSION}|[一二三四五六])[)]"
_TAIL = rf"(?P<tail>(?:的(?:报告|公告|公示)|{_IN_BRACKETS}|》|{_YEAR}|全文)*)[*#]*(?:\.\w{{3,4}})?"
_TITLE = re.compile(rf"{_LEAD}《?(?P<pre>[^,.;:!?。》]{{0,60}}?)(?P<kind>{KIND}){_TAIL}")
_YEARS = re.compile(rf"[(]?{_YEAR}(?:[-—–~至、和]{_YEAR})?[)]?")
_SELF = re.compile(r"[我本全各][局厅委办市县区省州镇乡街道机关部门单位]*")
_ABOUT = re.compile(r"^关于(?:印发|发布|公布|公开|报送)?|关于(?:印发|发布|公布|公开|报送)?$|的$")
_NOTHING = re.compile(r"[暂均]?(?:无|没有)[。.]?")
"""The last words of a report, above the title of the next."""
_SEPARATORS = re.compile(r"[_|>»/\\]|(?<!\d)[-—–]+|[-—–]+(?!\d)")
_GLUED = re.compile(r"(?=[\s　]|$)")
_AFTER_GLUED = re.compile(r"指标|[一二]、|来源|发布|信息来源|日期|时间|索引|单位|浏览|字号|作者")
_OTHER = re.compile(r"学年|指南|目录|制度|办法")
_WHOLE = re.compile(
    r"(?:政府|厅|局|委员会|管委会|办|办公室|院|中心|公司|大学|学校|网|站|平台|门户)$"
)
"""So ends the name of a body, or of its site."""
_QUOTED = re.compile(r"[^《》]{0,40}关于[^《》]{0,10}《([^《》]+)》的?(?:通知|公告|公示|函|通报)")
_LONGEST = 90
_MOST_ROWS = 3


@dataclass(frozen=True, slots=True)
class Title:
    """A title in rows ``[first, last)``: as printed, and what it says.

    ``agency`` is flat and simplified, as written in the title, and may be short (省商务厅).
    ``start`` and ``end`` are characters of the flat text of its rows, joined.
    """

    first: int
    last: int
    start: int
    end: int
    agency: str | None
    year: int | None
    years: tuple[int, ...]
    table: bool
    heading: int

    @property
    def weight(self) -> int:
        """How much it says: 2 agency and year, 1 one of them, 0 neither."""
        return (self.agency is not None) + (self.year is not None)


@dataclass(frozen=True, slots=True)
class _Parsed:
    agency: str | None
    years: tuple[int, ...]
    table: bool
    start: int
    end: int


def parse_title(flat: str) -> tuple[str | None, int | None] | None:
    """Agency and year of a flat text that is a title as a whole; None if it is none."""
    parsed = _parse(flat)
    return (parsed.agency, _one(parsed.years)) if parsed else None


def parse_name(stem: str) -> tuple[str | None, int | None] | None:
    """Agency and year of a file name or page title, of which a title may be a part."""
    flat = flatten(stem)
    parts = [flat, *_SEPARATORS.split(flat)]
    found = [title for part in parts if part and (title := parse_title(part))]
    return max(found, key=lambda t: (t[0] is not None) + (t[1] is not None), default=None)


def find_titles(rows: list[Row]) -> list[Title]:
    """Every title that stands by itself, on one row or broken over up to three, in order."""
    found: list[Title] = []
    for first in range(len(rows)):
        if found and first < found[-1].last:
            continue
        options = list(_titles_from(rows, first))
        if options:
            found.append(max(options, key=lambda t: (t.weight, t.first - t.last)))
    return found


def quoted_titles(rows: list[Row]) -> list[Title]:
    """The titles that a notice quotes which has the report with it: 关于印发《…》的通知."""
    found: list[Title] = []
    for index, row in enumerate(rows):
        quoted = _QUOTED.fullmatch(row.flat)
        if quoted and (parsed := _parse(quoted[1])):
            at, year = quoted.start(1), _one(parsed.years)
            found.append(
                Title(
                    index,
                    index + 1,
                    at + parsed.start,
                    at + parsed.end,
                    parsed.agency,
                    year,
                    parsed.years,
                    parsed.table,
                    row.heading,
                )
            )
    return found


def _titles_from(rows: list[Row], first: int) -> Iterator[Title]:
    joined = ""
    if _NOTHING.fullmatch(rows[first].flat):
        return
    for last in range(first + 1, min(first + _MOST_ROWS, len(rows)) + 1):
        row = rows[last - 1]
        if row.cells > 1 or (last - first > 1 and row.heading != rows[first].heading):
            return
        joined += row.flat
        parsed = _parse_row(row) if last - first == 1 else _parse(joined)
        if parsed and (last - first == 1 or _all_needed(rows, first, last)):
            year = _one(parsed.years)
            yield Title(
                first, last, parsed.start, parsed.end, parsed.agency, year, parsed.years,
                parsed.table, row.heading,
            )  # fmt: skip
        if len(joined) > _LONGEST:
            return


def _all_needed(rows: list[Row], first: int, last: int) -> bool:
    """Each row of a broken title is a piece of it: no row of it repeats the whole. What a line
    break leaves of a place's agency (``…人力资源和社`` / ``会保障局…``) is no name.
    """
    whole = [row.flat for row in rows[first:last]]
    begun = place_of(whole[0]) is not None and not _WHOLE.search(whole[0])
    titles = [title for flat in whole if (title := parse_title(flat)) and None not in title]
    return all(begun and place_of(agency or "") is None for agency, _ in titles)


def _parse_row(row: Row) -> _Parsed | None:
    flat = row.flat
    if "公开" not in flat:
        return None
    if len(flat) <= _LONGEST:
        whole = _parse(flat)
        if whole:
            return whole
        for part in _SEPARATORS.split(flat):
            parsed = _parse(part) if "公开" in part else None
            if parsed:
                at = flat.find(part)
                return _Parsed(
                    parsed.agency, parsed.years, parsed.table, at + parsed.start, at + parsed.end
                )
    return _parse_glued(row)


def _parse_glued(row: Row) -> _Parsed | None:
    """A title at the beginning of a row that goes on after it: …统计表 指标名称."""
    for found in re.finditer(f"{KIND}(?:{_IN_BRACKETS})?", row.flat[:_LONGEST]):
        end = found.end()
        gap = end < len(row.flat) and row.where[end] > row.where[end - 1] + 1
        if gap or _AFTER_GLUED.match(row.flat, end):
            return _parse(row.flat[:end])
    return None


@lru_cache(maxsize=4096)
def _parse(flat: str) -> _Parsed | None:
    found = _TITLE.fullmatch(flat) if "公开" in flat else None
    if not found or _OTHER.search(found["pre"]):
        return None
    pre, kind = found["pre"], found["kind"]
    if pre.endswith("人民") and kind.startswith("政府信息公开"):
        pre += "政府"
    texts = (pre, kind, found["tail"])
    years = [year_of(y) for text in texts for y in re.findall(YEAR, text)]
    agency = _agency(pre)
    if agency and _SELF.fullmatch(agency):
        agency = ""
    if agency and not is_body(agency, _one(tuple(years))):
        return None
    start, end = found.start("pre"), found.end("tail")
    return _Parsed(agency or None, tuple(dict.fromkeys(years)), "表" in kind[-3:], start, end)


def _agency(pre: str) -> str:
    """What is left of the text before the name of the report without its years and 关于."""
    left = _YEARS.sub("|", pre).strip("|")
    for _ in range(2):
        left = _ABOUT.sub("", left).strip("|")
    return left


def _one(years: tuple[int, ...]) -> int | None:
    return years[0] if len(set(years)) == 1 else None
