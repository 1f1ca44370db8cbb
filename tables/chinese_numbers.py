"""Numbers as they stand in sentences: digits and Chinese numerals, 万 and 亿, 余 and 约, units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}

_BEFORE = (
    r"(?:(?P<before>大约|约为|约有|将近|接近|超过|突破|不足|不到|不超过|至少|最多|[约近超逾])"
    r"(?:有|为)?)?"
)
# A blank may part the thousands (4 531条), or stand where a line broke; 12 3条 is neither.
_ARABIC = (
    r"(?P<arabic>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|[1-9]\d{0,2}(?: \d{3})+(?![\d. ])"
    r"|\d+(?:\.\d+)?(?![\d.]))"
)
_SCALE = r"(?P<scale>[百千]?[万亿]|[百千])?"
_HAN = r"(?P<han>[零〇○一二两三四五六七八九十廿卅百千万亿]+)"
_VAGUE_HAN = r"(?P<vague>[几数][十百千万亿]+|十几|好?几|若干|数)"
_AFTER = r"(?P<after>[余多几来]?(?:[万亿](?=元|条|件|次|人|份|篇))?)"
_UNIT = (
    r"(?P<unit>万元|亿元|元|人次|场次|件次|条次|篇次|人(?![大民员事工才文均口身们])|件(?!件有)|条(?![例款件])|份(?!额)"
    r"|次(?![性年月日序])|篇|场(?!所)|起(?!诉|来|草)|宗(?!旨)|期(?![间限])|个(?!月|工作日|百分点|性|人|别|体)|项(?!目|下)"
    r"|例(?!如|会|外)|名(?!称|单)|批(?!示|准|复|评)|则|封|家(?!庭|长|属)|部(?!门|分|署|位)|册|页|户|处(?![罚理置室级长分于])|套|余[件条])"
)
_TAIL = r"(?P<tail>以上|以下|以内|左右|上下|有余|之多)?"
_QUANTITY = re.compile(rf"{_BEFORE}(?:{_ARABIC}{_SCALE}|{_VAGUE_HAN}|{_HAN}){_AFTER}{_UNIT}{_TAIL}")
_RANGE = re.compile(rf"[\d.零〇一二两三四五六七八九十百千万]+[-—–~～至到][\d.]+.{{0,2}}?{_UNIT}")
_PERCENT = re.compile(
    r"(?:百分之[零〇一二两三四五六七八九十百点]+|\d+(?:\.\d+)?(?:%|‰|个百分点|倍)|[零一二两三四五六七八九十]+成(?!立|为|效|果))(?:以上|左右)?"
)
_NUMBER = re.compile(r"\d[\d.,]*")
_FIRST_OF_NUMBER = frozenset("0123456789零〇○一二两三四五六七八九十廿卅百千万亿")
_FIRST_OF_QUANTITY = _FIRST_OF_NUMBER | frozenset("几数好若大约将接超突不至最近逾")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit. ``value`` as written, money not yet converted; None if unknown.

    ``approximate``: 余, 约, 多, 以上, or rounded to 万. ``doubtful``: a range or broken digits.
    """

    value: Decimal | None
    unit: str
    approximate: bool = False
    doubtful: bool = False


def chinese_number(text: str) -> int | None:
    """Read a Chinese numeral (十二, 一百零三, 二〇一九, 三万五千); None if it is none."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    if text and all(c in _DIGITS for c in text):
        return _positional(text)
    total = section = 0
    digit: int | None = None
    previous = 10**12
    for c in text:
        if c in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[c]
        elif c in _SMALL:
            if _SMALL[c] >= previous:
                return None
            previous = _SMALL[c]
            section += (1 if digit is None or (digit == 0 and c == "十") else digit) * previous
            digit = None
        elif c in _LARGE:
            section += digit or 0
            if section == 0:
                section = 1
            total = (total + section) * _LARGE[c] if c == "亿" else total + section * _LARGE[c]
            section, digit, previous = 0, None, 10**12
        else:
            return None
    if digit and _colloquial(text):
        return None
    return total + section + (digit or 0)


def _positional(text: str) -> int | None:
    """One digit, or four and more read one by one (二〇一九); 三五 is a guess, not a number."""
    if len(text) == 1 or (len(text) >= 3 and any(c in "零〇○" for c in text)):
        return int("".join(str(_DIGITS[c]) for c in text))
    return None


def _colloquial(text: str) -> bool:
    """一万二 means twelve thousand to most, not ten thousand and two."""
    return len(text) >= 2 and text[-2] in "百千万亿"


def quantity_at(text: str, position: int) -> tuple[Quantity, int] | None:
    """Find the quantity that starts at ``position`` and where it ends (half open)."""
    if text[position] not in _FIRST_OF_QUANTITY:
        return None
    if position and (
        text[position - 1] == "第" or (text[position - 1] in ".-/—" and text[position].isdigit())
    ):
        return None
    found = _RANGE.match(text, position)
    if found and not text[position : found.end()].startswith(("第",)):
        return Quantity(None, found["unit"], doubtful=True), found.end()
    found = _QUANTITY.match(text, position)
    if found is None:
        return None
    return _quantity(found, _broken(text, found)), found.end()


def _broken(text: str, found: re.Match[str]) -> bool:
    """Digits set apart by a blank: nobody knows whether they are one number."""
    start = found.start()
    return start >= 2 and text[start - 1] == " " and text[start - 2].isdigit()


def _quantity(found: re.Match[str], broken: bool) -> Quantity:
    unit = found["unit"].removeprefix("余")
    vague = bool(found["before"] or found["after"] or found["tail"] or found["vague"])
    vague = vague or found["unit"].startswith("余")
    value = _value(found)
    whole = value is None or value == value.to_integral_value()
    if found["scale"] and unit not in ("元", "万元", "亿元") and not _exact(found):
        vague = True
    doubtful = broken or value is None or (not whole and unit not in ("元", "万元", "亿元"))
    return Quantity(None if broken else value, unit, vague, doubtful and not vague)


def _exact(found: re.Match[str]) -> bool:
    """1.2345万 says every digit; 1.2万 is rounded."""
    decimals = len(found["arabic"].partition(".")[2])
    return decimals >= {"百": 2, "千": 3, "万": 4, "亿": 8}.get(found["scale"], 99)


def _value(found: re.Match[str]) -> Decimal | None:
    if found["vague"]:
        return None
    factor = Decimal(1)
    for c in (found["scale"] or "") + (found["after"] or "").lstrip("余多几来"):
        factor *= _SMALL.get(c) or _LARGE[c]
    if found["arabic"]:
        value = Decimal(found["arabic"].replace(",", "").replace(" ", "")) * factor
        whole = value.to_integral_value()
        return whole if value == whole else value
    number = chinese_number(found["han"])
    return None if number is None else Decimal(number) * factor


def percent_at(text: str, position: int) -> tuple[Quantity, int] | None:
    """Find the percentage (or factor) that starts at ``position`` and where it ends."""
    found = _PERCENT.match(text, position) if text[position] in _FIRST_OF_NUMBER else None
    if found is None:
        return None
    digits = re.fullmatch(r"(\d+(?:\.\d+)?)%", found[0])
    return Quantity(Decimal(digits[1]) if digits else None, "%"), found.end()


def number_at(text: str, position: int) -> int | None:
    """Find where bare digits that start at ``position`` end."""
    found = _NUMBER.match(text, position) if text[position].isdigit() else None
    return found.end() if found else None
