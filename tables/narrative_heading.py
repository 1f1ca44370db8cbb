"""Whose report the sentences are in, and which forms' names they use."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from gouji.tables.grid import Line

NEW_EDITIONS = frozenset({"2019", "2021"})
UNKNOWN_AMONG_SEVERAL = 0  # no year in the text is this year's
_TITLE = re.compile(
    r"(?P<agency>.*?)(?:关于)?(?P<year>(?:19|20)\d\d)年?度?.*(?:公开|政务).*(?:报告|年报)"
)
_TITLE_LATE = re.compile(
    r"(?P<year>(?:19|20)\d\d)年?度?(?P<agency>.+?)(?:政府信息|信息公开|政务公开).*(?:报告|年报)"
)
_NO_YEAR = re.compile(r"(?P<agency>.+?)(?:政府信息公开|信息公开).*(?:年度报告|年报)")
_GOVERNMENT = re.compile(r"(?:政府|管委会|管理委员会|街道办事处|[省市县区州旗盟镇乡])$")
_ZONE = re.compile(r"(?:开发|新|园|实验|试验|示范|合作|度假|保税|功能|风景)区")
_YEAR = re.compile(r"((?:19|20)\d\d)年")


@dataclass(frozen=True, slots=True)
class Heading:
    """What is known before the first sentence is read; None is unknown.

    ``era``: whether answers are named as in the forms up to 2018 or as in those from 2019 on.
    """

    agency: str | None
    government: bool | None
    year: int | None
    era: Literal["old", "new"] | None
    edition: str

    @property
    def forms(self) -> tuple[str, ...]:
        """Name the forms whose cells may be meant; where none is known, those up to 2018."""
        era = self.era or "old"
        latest = self.edition == "2021" or (not self.edition and (self.year or 0) > 2020)
        return (era, "2021") if latest and era == "new" else (era,)

    @property
    def fee(self) -> str:
        """Name what applicants paid: the fee for processing (信息处理费) began with 2021."""
        before = self.era == "old" or self.edition == "2019" or self.year in (2019, 2020)
        return "fees.collected" if before else "info_fee.collected"

    def is_own_region(self, words: str) -> bool:
        """Tell whether 全市 or 全区 is the region the title names; without a title it may be."""
        level = _level(self.agency or "")
        if words[1:2] == "区" and _ZONE.search(self.agency or ""):
            return True
        return not level or words[1:2] not in "省市县区州旗盟镇乡" or words[1:2] == level

    def is_own(self, name: str) -> bool | None:
        """Tell whether a body named in a sentence is the report's own; None if no title tells."""
        if self.agency is None:
            return None
        level, own_level = _level(name[:1]), _level(self.agency)
        if len(name) < 3 or (level and own_level and level != own_level):
            return name in self.agency and len(name) > 2
        short = re.sub(r"人民政府|办公室|委员会", lambda m: m[0][0], name)
        rest = iter(self.agency)
        return short[-1] in self.agency[-4:] and all(char in rest for char in short)


def _level(agency: str) -> str:
    """Find the last of 省, 市, 县 … in a body's name, where it names a region."""
    names = re.sub(r"市场|市政|城市|市容|社区|园区|开发区|新区|街区|自治", "", agency)
    found = re.findall(r"[省市区县州旗盟镇乡]", names)
    return found[-1] if found else ""


def heading_of(lines: Sequence[Line], year: int | None, editions: Collection[str]) -> Heading:
    """Find the title among the first lines, and the forms by edition, else by year."""
    agency, titled = _title(lines)
    year = year or titled or _only_year(lines)
    government = None if agency is None else bool(_GOVERNMENT.search(agency))
    edition = next(iter(editions)) if len(editions) == 1 else ""
    return Heading(agency, government, year, _era(year, editions), edition)


def _title(lines: Sequence[Line]) -> tuple[str | None, int | None]:
    head = ["".join(line.text.split()).lstrip("#") for line in lines[:8]]
    for text in [*head, *("".join(pair) for pair in pairwise(head))]:
        if len(text) > 60 or "。" in text or "，" in text:
            continue
        for regex in (_TITLE_LATE, _TITLE, _NO_YEAR):
            found = regex.match(text)
            if found and found["agency"]:
                stated = found.groupdict().get("year")
                return found["agency"].strip("《》"), int(stated) if stated else None
    return None, None


def _only_year(lines: Sequence[Line]) -> int | None:
    """Find the one year the text names; of several nobody knows which is the report's."""
    years = {int(y) for line in lines for y in _YEAR.findall("".join(line.text.split()))}
    if len(years) > 1:
        return UNKNOWN_AMONG_SEVERAL
    return years.pop() if years else None


def _era(year: int | None, editions: Collection[str]) -> Literal["old", "new"] | None:
    kinds = {"new" if edition in NEW_EDITIONS else "old" for edition in editions}
    if len(kinds) == 1:
        return "new" if "new" in kinds else "old"
    if not year:
        return None
    return "new" if year >= 2019 else "old"
