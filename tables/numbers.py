"""A number as written in a cell → exact decimal, sign, unit, note; or what stands there instead."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

NumberState = Literal["value", "zero", "blank", "not_applicable", "text"]

#: Marks and words that stand for "nothing to report" where a number is expected.
NOT_APPLICABLE = frozenset(
    ["-", "--", "---", "—", "——", "–", "−", "―", "/", "//", "\\", "*", "无", "不涉及", "不适用",
     "无此项", "未涉及", "不存在", "N/A", "NA", "n/a"]
)  # fmt: skip

#: Such words run together, as where cells have lost what parted them.
NOT_APPLICABLE_RUN = re.compile(
    "(?:" + "|".join(map(re.escape, sorted(NOT_APPLICABLE | {"－", "／"}, key=len)[::-1])) + ")+"
)

#: Ten-thousand yuan in one of the unit.
_MONEY = {
    "元": Decimal("0.0001"),
    "千元": Decimal("0.1"),
    "万元": Decimal(1),
    "万": Decimal(1),
    "百万元": Decimal(100),
    "千万元": Decimal(1000),
    "亿元": Decimal(10000),
    "亿": Decimal(10000),
}
COUNT_UNITS = (
    "人次", "件次", "件", "条", "项", "个", "次", "篇", "份", "人", "宗", "起", "例", "部", "家",
    "笔", "场", "期", "则",
)  # fmt: skip
MONEY_UNITS = tuple(sorted(_MONEY, key=len, reverse=True))
UNITS = frozenset((*COUNT_UNITS, *MONEY_UNITS))

_SIMPLIFIED = str.maketrans("萬億無減條個項篇數涉適", "万亿无减条个项篇数涉适")
_PLUS, _MINUS = "+＋", "-－−–﹣"
_NUMBER = re.compile(
    rf"""(?P<sign>增加|新增|增|减少|减|[{_PLUS}{re.escape(_MINUS)}])?
         (?P<digits>0|[1-9]\d{{0,2}}(?:,\d{{3}})+|[1-9]\d*|0(?=\.))
         (?P<fraction>\.\d+)?
         (?P<unit>{"|".join((*MONEY_UNITS, *COUNT_UNITS))})?
         (?:[(（\[【](?P<note>.+)[)）\]】])?""",
    re.VERBOSE | re.DOTALL,
)

_WHOLE_YUAN = re.compile(r"^(?:人民币)?(.*元)[整正]?$")
_UNIT_ALONE = re.compile(rf"(?:单位[:：]?)?({'|'.join((*MONEY_UNITS, *COUNT_UNITS))})")
"""What stands in brackets behind a figure and is its unit, no note: ``12（万元）``."""


@dataclass(frozen=True, slots=True)
class Number:
    """What a cell says. ``value`` is as written, before the unit is applied; None without one.

    ``unit`` is the unit written in the cell itself, ``note`` what stands in brackets beside it.
    """

    state: NumberState
    value: Decimal | None = None
    unit: str | None = None
    note: str | None = None

    @property
    def figure(self) -> bool:
        """Whether it says something about a quantity: a number, or that there is none."""
        return self.state in ("value", "zero", "not_applicable")


_MARK = re.compile(r"[¹²³⁰⁴-⁹₀-₉①-⓿❶-➓]")
_MARK_BEHIND = re.compile(rf"(?<=\d){_MARK.pattern}$")
"""A mark of a note, which compatibility would turn into a digit of the number: ``12①``."""

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")

_BLANK, _ABSENT, _TEXT = Number("blank"), Number("not_applicable"), Number("text")


@lru_cache(maxsize=65536)
def parse(text: str) -> Number:
    """Read one cell. Blanks around are free; blanks or line breaks between digits are not."""
    plain = _INVISIBLE.sub("", text).strip()
    if not plain.isascii() and _MARK.search(plain):
        if _MARK.search(plain, 0, len(plain) - 1):
            return _TEXT
        plain = _MARK_BEHIND.sub(lambda mark: f"[{mark[0]}]", plain)
        if _MARK.match(plain):
            return _TEXT
    plain = unicodedata.normalize("NFKC", plain).strip().translate(_SIMPLIFIED)
    if not plain:
        return _BLANK
    if plain in NOT_APPLICABLE:
        return _ABSENT
    if plain == "零":
        return Number("zero", Decimal(0))
    match = _NUMBER.fullmatch(_WHOLE_YUAN.sub(r"\1", _tighten(plain)))
    if match is None:
        return _TEXT
    unit, note = match["unit"], match["note"]
    if unit is None and note and (bracketed := _UNIT_ALONE.fullmatch(_tighten(note))):
        unit, note = bracketed[1], None
    value = Decimal(match["digits"].replace(",", "") + (match["fraction"] or ""))
    sign = match["sign"] or ""
    if sign.startswith("减") or sign in tuple(_MINUS):
        value = -value
    return Number("value" if value else "zero", value if value else abs(value),
                  unit, note)  # fmt: skip


def _tighten(text: str) -> str:
    """Without the blanks that mean nothing: those that do not part two digits."""
    return re.sub(r"(?<![\d.,])\s+|\s+(?![\d.,])", "", text)


def without_unit(label: str) -> str:
    """A label of running text without the unit that stands right behind it: ``公开信息数条``."""
    ends = [u for u in UNITS if label.endswith(u) and len(u) < len(label) - 2]
    unit = max(ends, key=len, default="")
    return label.removesuffix(unit)


def to_wan(value: Decimal, unit: str) -> Decimal:
    """An amount of money in ``unit`` as ten-thousand yuan, exactly."""
    return (value * _MONEY[unit]).normalize() + 0 if unit != "万元" else value


_MONEY_UNIT = re.compile(r"(?:亿|千万|百万|万|千|(?<![多单公状]))元(?![素旦月年])")


def money_unit(text: str) -> str | None:
    """The unit of money that a label names, as in 采购总金额（单位：万元）; None without one."""
    return next(iter(money_units(text)), None)


def money_units(text: str) -> list[str]:
    """All units of money that a label names: ``元/万元`` leaves open which of them holds."""
    plain = unicodedata.normalize("NFKC", text).translate(_SIMPLIFIED)
    return list(dict.fromkeys(_MONEY_UNIT.findall(plain)))
