"""Dates in sentences: whether they mean the report's year, a part of it, another, or a plan."""

from __future__ import annotations

import re

from gouji.tables.chinese_numbers import chinese_number

_YEAR = r"(?:(?P<year>(?:19|20)\d\d)|(?P<han>[一二][〇零○九][〇零○一二三四五六七八九]{2}))年度?"
_WHOLE = (
    r"(?:自|从)?(?P<whole>(?:19|20)\d\d)年1月1日起?(?:[至到]|[-—–~～]+)(?:(?:19|20)\d\d年)?12月31日"
    r"(?:止|期间|底|末)?"
)
# The regulations came into force on 1 May 2008: the reports of that year begin there.
_FIRST = (
    r"(?:自|从)?(?P<first>2008年)?5月1日[^，。；]{0,14}?(?:[至到]|[-—–~～]+)(?:2008年)?"
    r"(?:12月31日|12月底|年底)(?:止|期间)?"
)
_AS_OF = (
    r"截[至止到](?:(?P<asof>(?:19|20)\d\d)年(?=底|末|12月|年))?"
    r"(?:12月(?:31日|底|末)|年?底|年?末)止?"
)
_MONTHS = (
    r"(?:1月?份?[-—–~～至到]12月份?|(?P<part>(?:(?:19|20)\d\d年)?\d{1,2}月份?[-—–~～至到]\d{1,2}月份?"
    r"|(?:(?:19|20)\d\d年)?\d{1,2}"
    r"(?:月(?!\d*件)(?:份|底|初|中旬|上旬|下旬)?(?:\d{1,2}[日号])?|[-—–~～至到]\d{1,2}月份?)))"
)
_CARRIED = (
    r"(?P<from>(?:19|20)\d\d)年度?结转(?:至本年度?)?(?:继续)?(?:办理)?"
    r"|(?:结转|顺延|转|延)(?:至|到|入)?(?P<to>(?:19|20)\d\d)年度?(?:继续)?(?:办理|答复)?"
)
_CARRIED_TO = r"(?<=[件份条宗])(?:至|到)(?P<next>(?:19|20)\d\d)年度?(?:继续)?(?:办理|答复)?"
_SINCE = (
    r"(?:自|从)?(?:(?P<since>(?:19|20)\d\d)年度?|\d+月\d*日?|实施|开通|施行|成立|建立|上线)以来"
)
_DATES = tuple(
    (name, re.compile(text))
    for name, text in (
        ("since", _SINCE),
        ("carried", _CARRIED),
        ("next", _CARRIED_TO),
        ("whole", _WHOLE),
        ("first", _FIRST),
        ("asof", _AS_OF),
        ("months", _MONTHS),
        ("recent", r"近[两三四五几\d]年来?"),
        ("year", _YEAR),
    )
)
_UNIT_OF_TIME = re.compile(r"\d+(?:个)?(?:工作日|小时|分钟|天|日|号)")
_FIRST_CHARACTERS = frozenset("0123456789一二自从截近实开施成建上结转至到顺延")


def date_at(clause: str, position: int, year: int | None) -> tuple[str, str, int] | None:
    """Find the date at ``position``: the class and name of its word, and where it ends."""
    if clause[position] not in _FIRST_CHARACTERS:
        return None
    for name, regex in _DATES:
        found = regex.match(clause, position)
        if found and found[0] and (word := _dated(name, found, year)):
            return *word, found.end()
    found = _UNIT_OF_TIME.match(clause, position)
    return ("unknown", "", found.end()) if found else None


def _dated(name: str, found: re.Match[str], year: int | None) -> tuple[str, str] | None:
    match name:
        case "first":
            return ("time", _relative(2008, year)) if found["first"] or year == 2008 else None
        case "since":
            is_ours = found["since"] and year is not None and int(found["since"]) == year
            return "time", "this" if is_ours else "other"
        case "recent":
            return "time", "other"
        case "months":
            return "time", "part" if found["part"] else "this"
        case "carried":
            return _carried(found, year)
        case "next":
            return ("carried_to", "") if year is None or int(found["next"]) == year + 1 else None
        case "year":
            written = int(found["year"]) if found["year"] else chinese_number(found["han"])
            return "time", _relative(written, year)
        case _:
            return "time", _relative(int(found[name]) if found[name] else None, year)


def _carried(found: re.Match[str], year: int | None) -> tuple[str, str]:
    if found["from"]:
        right = year is None or int(found["from"]) == year - 1
        return ("carried_in_year", "") if right else ("time", "other")
    right = year is None or int(found["to"]) == year + 1
    return ("carried_out_year", "") if right else ("time", "plan")


def _relative(stated: int | None, year: int | None) -> str:
    if stated is None or year is None or stated == year:
        return "this"
    return "other" if stated < year else "plan"
