"""The numbers that Word writes before the paragraphs of its lists."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "零一二三四五六七八九"
_PLACES = "十百千"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: first number, how it is written, and its text with ``%1`` for it."""

    start: int
    style: str
    text: str


@dataclass(slots=True)
class Numbering:
    """All lists of a document: ``levels`` by list and level, ``shared`` the counter of a list."""

    levels: dict[str, dict[int, Level]]
    shared: dict[str, str]
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def read(cls, root: etree._Element | None) -> Numbering:
        """From ``numbering.xml``; None for a document without lists."""
        numbering = cls({}, {})
        if root is None:
            return numbering
        abstract = {
            element.get(f"{W}abstractNumId", ""): _levels(element)
            for element in root.iter(f"{W}abstractNum")
        }
        for num in root.iter(f"{W}num"):
            number = num.get(f"{W}numId", "")
            link = num.find(f"{W}abstractNumId")
            base = "" if link is None else link.get(f"{W}val", "")
            overrides = list(num.iter(f"{W}lvlOverride"))
            levels = dict(abstract.get(base, {}))
            for override in overrides:
                _override(levels, override)
            numbering.levels[number] = levels
            numbering.shared[number] = number if overrides else f"abstract {base}"
        return numbering

    def next(self, number: str, level: int) -> str:
        """Count a paragraph of a list and return its label, ``""`` for bullets."""
        levels = self.levels.get(number, {})
        if number == "0" or level not in levels:
            return ""
        counts = self._counts.setdefault(self.shared[number], {})
        counts[level] = counts.get(level, levels[level].start - 1) + 1
        for deeper in [key for key in counts if key > level]:
            del counts[deeper]

        def written(match: re.Match[str]) -> str:
            index = int(match[1]) - 1
            used = levels.get(index)
            return "" if used is None else write(counts.get(index, used.start), used.style)

        if levels[level].style in ("bullet", "none"):
            return ""
        return re.sub(r"%([1-9])", written, levels[level].text)


def _levels(element: etree._Element) -> dict[int, Level]:
    found: dict[int, Level] = {}
    for level in element.iter(f"{W}lvl"):
        index = level.get(f"{W}ilvl", "")
        if index.isdigit():
            found[int(index)] = Level(
                _start(level, "start"), _val(level, "numFmt") or "decimal", _val(level, "lvlText")
            )
    return found


def _override(levels: dict[int, Level], override: etree._Element) -> None:
    levels.update(_levels(override))
    index = override.get(f"{W}ilvl", "")
    if index.isdigit() and override.find(f"{W}startOverride") is not None:
        old = levels.get(int(index), Level(1, "decimal", ""))
        levels[int(index)] = Level(_start(override, "startOverride"), old.style, old.text)


def _start(element: etree._Element, name: str) -> int:
    written = _val(element, name)
    return int(written) if written.isascii() and written.isdigit() else 1


def _val(element: etree._Element, name: str) -> str:
    found = element.find(W + name)
    return "" if found is None else found.get(f"{W}val", "")


def write(number: int, style: str) -> str:
    """A number in one of Word's ways of counting; decimal for those not known here."""
    if style.startswith(("chinese", "japaneseCounting", "taiwaneseCounting")):
        return chinese(number)
    if style == "decimalEnclosedCircle" and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if style in ("upperLetter", "lowerLetter") and 1 <= number <= 26:
        return chr((65 if style == "upperLetter" else 97) + number - 1)
    if style in ("upperRoman", "lowerRoman") and 1 <= number < 4000:
        return _roman(number) if style == "upperRoman" else _roman(number).lower()
    return str(number)


def chinese(number: int) -> str:
    """A number below ten thousand in Chinese numerals; others in digits."""
    if not 0 < number < 10_000:
        return str(number)
    written = ""
    for position, digit in enumerate(reversed(str(number))):
        if digit != "0":
            place = _PLACES[position - 1] if position else ""
            written = _DIGITS[int(digit)] + place + written
        elif written and not written.startswith("零"):
            written = "零" + written
    return written.removeprefix("一") if 10 <= number < 20 else written


def _roman(number: int) -> str:
    written = ""
    for value, letters in (
        *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC")),
        *((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
    ):
        count, number = divmod(number, value)
        written += letters * count
    return written
