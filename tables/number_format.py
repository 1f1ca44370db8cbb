"""A spreadsheet's number as its cell displays it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

# The formats that files name by number only; those left out are General or not used in Chinese
# files. 14 to 22 and 27 to 58 are dates, written here in full.
BUILTIN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    37: "#,##0;-#,##0",
    38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00",
    41: '#,##0;-#,##0;"-"',
    42: '#,##0;-#,##0;"-"',
    43: '#,##0.00;-#,##0.00;"-"',
    44: '#,##0.00;-#,##0.00;"-"',
    49: "@",
    **dict.fromkeys((14, 15, 27, 36, 50), "yyyy/m/d"),
    **dict.fromkeys((16, 28, 29, 30, 51, 54, 58), "m月d日"),
    **dict.fromkeys((17, 52, 57), "yyyy年m月"),
    **dict.fromkeys((31,), "yyyy年m月d日"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 45, 46), "h:mm:ss"),
    22: "yyyy/m/d h:mm",
}
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)'
    r"|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<bracket>[^\]]*)\]"
    r"|!(?P<literal>.)|(?P<number>[0#?][0#?,]*(?:\.[0#?]*)?,*|\.[0#?]+,*)"
    r"|(?P<date>y+|m+|d+|h+|s+|e+|a{3,4}|am/pm|上午/下午)|(?P<other>.)",
    re.I | re.S,
)
_SCALES = re.compile(r"[千百万亿%]|[0#?],+(?![0#?])")
_STRANGE = re.compile(r"DBNum|[<>=]|^(?:h+|m+|s+)$", re.I)
_DIGITS = 15  # what a spreadsheet keeps of a number and shows of it


@dataclass(frozen=True, slots=True)
class Shown:
    """What a cell displays, and whether the display rounds the number away from what is stored."""

    text: str
    rounded: bool = False


def exact(number: float) -> Decimal:
    """The decimal a spreadsheet means by a stored number: at most 15 significant digits."""
    try:
        return Decimal(f"{number:.{_DIGITS}g}")
    except InvalidOperation:
        return Decimal(0)


def show(number: float, code: str, *, date1904: bool = False) -> Shown:
    """Display a number by a format code; General where the code is none that is known here, but
    ``#FORMAT`` before the number where the display says another quantity than the number.

    A negative number keeps its minus where the format would only colour it or bracket it.
    """
    value = exact(number)
    if not value.is_finite():
        return Shown("#NUM!")
    if code.strip().lower() in ("", "general", "@", "g/通用格式", "standard"):
        return Shown(_plain(value))
    section = _section(code, value)
    tokens = [(str(found.lastgroup), found) for found in _TOKEN.finditer(section)]
    kinds = [kind for kind, _ in tokens]
    if "date" in kinds and "number" not in kinds and not _is_strange(tokens):
        return Shown(_date(value, tokens, date1904=date1904))
    if "date" in kinds or kinds.count("number") > 1 or _is_strange(tokens):
        scaled = kinds.count("number") > 1 or _SCALES.search(section)
        return Shown(f"#FORMAT {_plain(value)}" if scaled else _plain(value))
    found = _number(abs(value), tokens)
    minus = "-" if value < 0 and found.text and re.search("[1-9]", found.text) else ""
    return Shown(minus + found.text, found.rounded)


def _is_strange(tokens: list[tuple[str, re.Match[str]]]) -> bool:
    """Chinese numerals, conditions, durations, scientific notation, the word General."""
    return (
        any(kind == "bracket" and _STRANGE.search(found[0][1:-1]) for kind, found in tokens)
        or "general" in "".join(found[0] for _, found in tokens).lower()
    )


def _section(code: str, value: Decimal) -> str:
    """The section of a format for a number's sign."""
    sections = _sections(code)
    if value == 0 and len(sections) > 2:
        return sections[2]
    if value < 0 and len(sections) > 1:
        return sections[1]
    return sections[0]


def _sections(code: str) -> list[str]:
    sections = [""]
    for found in _TOKEN.finditer(code):
        if found["other"] == ";":
            sections.append("")
        else:
            sections[-1] += found[0]
    return sections


def _number(value: Decimal, tokens: list[tuple[str, re.Match[str]]]) -> Shown:
    """A number from 0 up by one section; a minus or brackets in the section are left out."""
    percent = sum(found["other"] == "%" for _, found in tokens)
    before, after = "", ""
    body = None
    for kind, found in tokens:
        if kind == "number":
            body = found[0]
        elif kind in ("quoted", "escaped", "literal", "currency", "other"):
            text = found[kind] or ""
            if body is None:
                before += text
            else:
                after += text
    if body is None:
        return Shown(before.strip())
    scaled = value.scaleb(2 * percent)
    written, said = _digits(scaled, body)
    before, after = before.strip().lstrip("-(（"), after.strip().rstrip(")）-")
    return Shown(before + written + after, said != scaled)


def _digits(value: Decimal, body: str) -> tuple[str, Decimal]:
    """The digits by a pattern like ``#,##0.00``, and the number they say."""
    pattern = body.rstrip(",")
    thousands = len(body) - len(pattern)
    whole, _, places = pattern.partition(".")
    least = places.count("0")
    unit = Decimal(1).scaleb(-len(places))
    rounded = value.scaleb(-3 * thousands).quantize(unit, ROUND_HALF_UP)
    digits, _, decimals = f"{rounded:f}".partition(".")
    while len(decimals) > least and decimals.endswith("0"):
        decimals = decimals[:-1]
    digits = digits.lstrip("0").rjust(whole.count("0"), "0")
    if "," in whole:
        digits = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", digits)
    written = digits + ("." + decimals if "." in pattern else "")
    return written.removesuffix("."), rounded.scaleb(3 * thousands)


def _plain(value: Decimal) -> str:
    written = f"{value:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _date(value: Decimal, tokens: list[tuple[str, re.Match[str]]], *, date1904: bool) -> str:
    """Day 1 is 1900-01-01, and 1900-02-29 is counted though it never was."""
    day = datetime(1904, 1, 1) if date1904 else datetime(1899, 12, 30)
    try:
        moment = day + timedelta(seconds=round(float(value) * 86_400))
    except OverflowError:
        return _plain(value)
    written = ""
    last = ""
    for kind, found in tokens:
        if kind == "date":
            letters = found[0].lower()
            written += _date_part(moment, letters, after_hour=last == "h")
            last = letters[0]
        elif kind in ("quoted", "escaped", "other"):
            text = found[kind] or ""
            written += "" if text == "@" else text
    return written.strip()


def _date_part(moment: datetime, letters: str, *, after_hour: bool) -> str:
    if letters[0] == "y":
        return f"{moment.year:04d}" if len(letters) > 2 else f"{moment.year % 100:02d}"
    if letters[0] == "e":
        return f"{moment.year:04d}"
    if letters[0] in "a上":
        return ""
    number = {
        "m": moment.minute if after_hour else moment.month,
        "d": moment.day,
        "h": moment.hour,
        "s": moment.second,
    }[letters[0]]
    return f"{number:02d}" if len(letters) == 2 else str(number)
