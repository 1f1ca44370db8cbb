"""Clauses → words: the lexicon and the patterns of ``narrative.toml``, and the dates."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from gouji.tables.chinese_numbers import (
    Quantity,
    chinese_number,
    number_at,
    percent_at,
    quantity_at,
)

_YEAR = r"(?:(?P<year>(?:19|20)\d\d)|(?P<han>[一二][〇零○九][〇零○一二三四五六七八九]{2}))年度?"
_WHOLE = (
    r"(?:自|从)?(?P<whole>(?:19|20)\d\d)年1月1日起?(?:[至到]|[-—–~～]+)(?:(?:19|20)\d\d年)?12月31日"
    r"(?:止|期间|底|末)?"
)
_AS_OF = r"截[至止到](?:(?P<asof>(?:19|20)\d\d)年)?(?:12月(?:31日|底|末)|年底|年末)止?"
_MONTHS = (
    r"(?:1[-—–~～至到]12月份?|(?P<part>(?:(?:19|20)\d\d年)?\d{1,2}"
    r"(?:月(?!\d*件)(?:份|底|初|中旬|上旬|下旬)?(?:\d{1,2}[日号])?|[-—–~～至到]\d{1,2}月份?)))"
)
_CARRIED = (
    r"(?P<from>(?:19|20)\d\d)年度?结转(?:至本年)?"
    r"|(?:结转|转)(?:至|到|入)?(?P<to>(?:19|20)\d\d)年度?(?:继续)?(?:办理|答复)?"
)
_SINCE = (
    r"(?:自|从)?(?:(?P<since>(?:19|20)\d\d)年度?|\d+月\d*日?|实施|开通|施行|成立|建立|上线)以来"
)
_AFTER_NAME = frozenset(
    ("neutral", "time", "received", "newly", "handle", "closed", "replied", "publish", "neg")
) | {"hold", "respond", "issue", "cumulative", "collect", "medium", "all", "others"}
_DATES = tuple(
    (name, re.compile(text))
    for name, text in (
        ("since", _SINCE),
        ("carried", _CARRIED),
        ("whole", _WHOLE),
        ("asof", _AS_OF),
        ("months", _MONTHS),
        ("recent", r"近[两三四五几\d]年来?"),
        ("year", _YEAR),
    )
)
_UNIT_OF_TIME = re.compile(r"\d+(?:个)?(?:工作日|小时|分钟|天|日|号)")
_OWN = re.compile(
    r"[我本](?:局|厅|委(?:员会)?|办(?:公室)?|镇|乡|街道(?:办事处)?|单位|中心|院|校|部门?|署|机关|行政机关"
    r"|系统|管委会|政府|馆|所|支队|队|处|室|会|集团|公司|署|司|站|社|台)"
)
_REGION = re.compile(r"[我本](?:市|区|县|省|州|旗|盟|自治区|自治州|自治县)")
_BODY = (
    r"(?:人民政府|政府|办公室|委员会|管委会|街道办事处|分局|局|厅|委|办|中心|街道|镇|乡"
    r"|县|市|省|区|州|院|所|支队|总队|大队|海关|集团|公司|银行|大学|学院|学校|站|馆|署|处)"
)
_NAMED = re.compile(rf"[\u4e00-\u9fff]{{1,24}}?{_BODY}")
_MEANS = re.compile(
    r"(?:主要)?(?:通过|采取|采用|利用|运用|依托|以|经)?[^，。；\d]{2,60}?等(?:多种|多个|各种|各类|多)?"
    r"(?:渠道|形式|方式|途径|平台|载体|媒介|媒体|方法)(?:(?:和|及|、|与)(?:渠道|形式|方式|途径|平台))?"
)
_ABOUT = re.compile(
    r"(?:涉及|有关|关于|围绕|就)[^，。；\d]{1,40}?等(?:方面|领域|问题|内容|话题)?的?"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word of a clause; ``kind`` is its class, ``name`` the member of it."""

    kind: str
    name: str
    start: int
    end: int
    quantity: Quantity | None = None

    @property
    def tag(self) -> str:
        """As patterns see it."""
        return f"<{self.kind}:{self.name}>"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A row of words that states something (see ``narrative.toml``)."""

    regex: re.Pattern[str]
    states: tuple[str, ...]
    implies: tuple[str, ...]
    needs: str
    after: str
    topic: str
    kind: str
    value: str
    items: str
    form: str
    total: bool


@dataclass(frozen=True, slots=True)
class Language:
    """The data file, ready to use."""

    lexicon: Mapping[str, tuple[str, str]]
    longest: int
    patterns: tuple[Pattern, ...]
    units: Mapping[str, tuple[str, tuple[str, ...]]]
    outcomes: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, str]


@cache
def language() -> Language:
    """Read the words and patterns of ``narrative.toml``, once."""
    data = tomllib.loads(files("gouji.tables").joinpath("narrative.toml").read_text("utf-8"))
    lexicon: dict[str, tuple[str, str]] = {}
    for key, words in data["words"].items():
        kind, _, name = key.partition(":")
        for word in words:
            lexicon[word] = (kind, name)
    return Language(
        lexicon,
        max(map(len, lexicon)),
        tuple(_pattern(row) for row in data["pattern"]),
        {key: (row["unit"], tuple(row["written"])) for key, row in data["units"].items()},
        {key: tuple(names) for key, names in data["outcomes"].items()},
        data["labels"],
    )


_ALIASES = {
    "subject": "(review|litigation)",
    "item": "(requests|apply|review|litigation|complaints|direct|after_review|carried_in"
    "|other_subject)",
}


_TERM = re.compile(r"[a-z_]+1?(?:\.[a-z_]+)*")


def _encoded(found: re.Match[str]) -> str:
    """``outcome.refused`` → the tag of that word, ``outcome`` → the tag of any of its class."""
    kind, _, name = found[0].partition(".")
    if kind == "any":
        return "(?:<[^>]*>)"
    if kind == "qty1":
        return "(?:<qty:1>)"
    return f"(?:<{kind}:{re.escape(name)}>)" if name else f"(?:<{kind}:[^>]*>)"


def _pattern(row: dict[str, Any]) -> Pattern:
    words = row["words"]
    for alias, members in _ALIASES.items():
        words = re.sub(rf"\b{alias}\b", members, words)
    text = _TERM.sub(_encoded, words).replace(" ", "").replace("((?:", "(?:(?:")
    text = re.sub(r"\((?!\?)", "(?:", text)
    return Pattern(
        re.compile(text),
        tuple(row.get("states", ())),
        tuple(row.get("implies", ())),
        row.get("needs", ""),
        row.get("after", ""),
        row.get("topic", ""),
        row.get("kind", "stated"),
        row.get("value", "qty"),
        row.get("items", ""),
        row.get("form", ""),
        row.get("total", False),
    )


def words_of(clause: str, year: int | None) -> tuple[Word, ...]:
    """Cut a clause into words; what is not known is ``unknown``, one word a run."""
    found: list[Word] = []
    position = 0
    leading = True
    while position < len(clause):
        word = _word(clause, position, year, leading=leading)
        if word is None:
            end = position + 1
            if found and found[-1].kind == "unknown" and found[-1].end == position:
                found[-1] = Word("unknown", "", found[-1].start, end)
            else:
                found.append(Word("unknown", "", position, end))
            leading = False
        else:
            found.append(word)
            leading = leading and word.kind in ("neutral", "time", "among")
        position = found[-1].end
    return tuple(found)


def _word(clause: str, position: int, year: int | None, *, leading: bool) -> Word | None:
    date = _date(clause, position, year)
    if date:
        return date
    if quantity := quantity_at(clause, position):
        amount, end = quantity
        known = _lexeme(clause, position)
        if known is None or known.end < end or known.kind == "zero":
            name = "1" if amount.value == Decimal(1) else ""
            return Word("qty", name, position, end, amount)
    if (percent := percent_at(clause, position)) is not None:
        value, end = percent
        return Word("percent", "", position, end, value)
    known = _lexeme(clause, position)
    if leading or known is None or known.kind in ("via", "channel", "medium", "arise"):
        phrase = _phrase(clause, position, known, leading=leading)
        if phrase:
            return phrase
    if known:
        return known
    digits_end = number_at(clause, position)
    return None if digits_end is None else Word("number", "", position, digits_end)


def _lexeme(clause: str, position: int) -> Word | None:
    book = language()
    for size in range(min(book.longest, len(clause) - position), 0, -1):
        hit = book.lexicon.get(clause[position : position + size])
        if hit:
            return _as_word(hit, position, position + size)
    for kind, regex in (("own", _OWN), ("region", _REGION)):
        found = regex.match(clause, position)
        if found:
            return Word(kind, "", position, found.end())
    return None


_TIMES = {"this_year": "this", "other_time": "other", "part_time": "part", "plan": "plan"}


def _as_word(hit: tuple[str, str], start: int, end: int) -> Word:
    kind, name = hit
    if kind in _TIMES:
        return Word("time", _TIMES[kind], start, end)
    return Word(kind, name, start, end)


def _phrase(clause: str, position: int, known: Word | None, *, leading: bool) -> Word | None:
    """Recognise a list of ways (通过…等形式), of themes (涉及…等方面), or a body's name."""
    if known and known.kind == "arise" and known.end - position == 2:
        found = _ABOUT.match(clause, position)
        return Word("about", "", position, found.end()) if found else None
    if known and known.kind in ("via", "channel", "medium"):
        found = _MEANS.match(clause, position)
        return Word("means", "", position, found.end()) if found else None
    if leading and (known is None or known.kind in ("other_subject", "cause")):
        for end in _name_ends(clause, position):
            following = _lexeme(clause, end) if end < len(clause) else None
            if following and following.kind in _AFTER_NAME:
                return Word("named", "", position, end)
    return None


def _name_ends(clause: str, position: int) -> list[int]:
    """Where a body's name that starts here may end, the longest first."""
    found, ends = _NAMED.match(clause, position), list[int]()
    while found and found.end() - position <= 26:
        ends.append(found.end())
        longer = re.compile(rf".{{{found.end() - position}}}[\u4e00-\u9fff]{{0,24}}?{_BODY}")
        found = longer.match(clause, position)
    return ends[::-1]


def _date(clause: str, position: int, year: int | None) -> Word | None:
    for name, regex in _DATES:
        found = regex.match(clause, position)
        if not found or not found[0]:
            continue
        kind, label = _dated(name, found, year)
        return Word(kind, label, position, found.end())
    found = _UNIT_OF_TIME.match(clause, position)
    return Word("unknown", "", position, found.end()) if found else None


def _dated(name: str, found: re.Match[str], year: int | None) -> tuple[str, str]:
    if name == "since" and found["since"] and year is not None:
        return "time", "this" if int(found["since"]) == year else "other"
    if name in ("since", "recent"):
        return "time", "other"
    if name == "months":
        return "time", "part" if found["part"] else "this"
    if name == "carried":
        if found["from"]:
            right = year is None or int(found["from"]) == year - 1
            return ("carried_in_year", "") if right else ("time", "other")
        right = year is None or int(found["to"]) == year + 1
        return ("carried_out_year", "") if right else ("time", "plan")
    if name == "asof":
        return "time", _relative(int(found["asof"]) if found["asof"] else None, year)
    if name == "whole":
        return "time", _relative(int(found["whole"]), year)
    stated = int(found["year"]) if found["year"] else chinese_number(found["han"])
    return "time", _relative(stated, year)


def _relative(stated: int | None, year: int | None) -> str:
    if stated is None or year is None or stated == year:
        return "this"
    return "other" if stated < year else "plan"
