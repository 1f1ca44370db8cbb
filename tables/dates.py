"""Years, dates and periods as Chinese documents write them, in flat text."""

from __future__ import annotations

import re
from datetime import date

_DIGITS = {char: str(i) for i, char in enumerate("〇一二三四五六七八九")} | {"零": "0", "O": "0"}
_DIGIT = "[〇零O0一二三四五六七八九]"
_COUNT = "[〇零一二三四五六七八九十廿卅]{1,3}"

YEAR = rf"(?:20\d\d|二[〇零O0][〇零O0一二三]{_DIGIT})"
"""A year of this century, in figures or characters."""

DATE = (
    rf"(?:20\d\d(?:[-/.](?:[01]\d[-/.][0-3]\d|\d{{1,2}}[-/.]\d{{1,2}}(?!\d))"
    rf"|年\d{{1,2}}月\d{{1,2}}日)"
    rf"|{YEAR}年{_COUNT}月{_COUNT}日)"
)
"""A whole date."""

PERIOD = re.compile(
    rf"(?P<y0>{YEAR})年(?P<m0>\d\d?|{_COUNT})月(?P<d0>\d\d?|{_COUNT})日(?:[(]?起[)]?)?"
    rf"(?:至|到|截至|-+|—+|–|~|～|—)"
    rf"(?:(?P<y1>{YEAR})年|当年|同年)?(?P<m1>\d\d?|{_COUNT})月(?P<d1>\d\d?|{_COUNT})日"
)
"""From a day to a day; without a second year it is the first."""

_PARTS = re.compile(rf"({YEAR}).(\d\d?|{_COUNT}).(\d\d?|{_COUNT})")


def year_of(written: str) -> int:
    """二〇二三 or 2023 → 2023."""
    return int("".join(_DIGITS.get(char, char) for char in written))


def day_of(written: str) -> str | None:
    """A date as ``YYYY-MM-DD``; None if there is no such day."""
    found = _PARTS.match(written)
    return _iso(found[1], found[2], found[3]) if found else None


def period_of(found: re.Match[str]) -> tuple[str, str] | None:
    """First and last day of a match of ``PERIOD``; None if one is no day or they are reversed."""
    start = _iso(found["y0"], found["m0"], found["d0"])
    end = _iso(found["y1"] or found["y0"], found["m1"], found["d1"])
    return (start, end) if start and end and start <= end else None


def _iso(year: str, month: str, day: str) -> str | None:
    try:
        return date(year_of(year), _count(month), _count(day)).isoformat()
    except ValueError:
        return None


def _count(written: str) -> int:
    """十二 or 12 → 12; 廿八 → 28."""
    if written.isascii():
        return int(written)
    written = written.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = written.rpartition("十")
    if not ten:
        return int("".join(_DIGITS[char] for char in written))
    return int(_DIGITS.get(tens, "1")) * 10 + int(_DIGITS.get(ones, "0"))
