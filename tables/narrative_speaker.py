"""Whose figures a sentence gives, and of which time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gouji.tables.narrative_figures import Statement, left_open
from gouji.tables.narrative_heading import Heading
from gouji.tables.narrative_text import Clause
from gouji.tables.narrative_words import Word

_SEAT = "<others:seat>"
_SEATS = {"学校": "(?:大学|学院|学校|中学|小学)", "管委会": "(?:管委会|管理委员会)"}
AGENTS = ("own", "region", "named", "others")


class Speaker:
    """The body and the time that clauses name: they hold for the rest of their sentence.

    ``agent``: "" until one is named, else a class of ``AGENTS``. ``when``: "this", "part", "plan",
    "if", "other" or ""; ``usual``: where none is named, "plan" below a heading of plans.
    ``among``: 其中 was said, so a body named is one of several.
    """

    def __init__(self, heading: Heading, named: set[str], *, planned: bool) -> None:
        self.heading = heading
        self.named = named
        self.usual = "plan" if planned else ""
        self.when = self.usual
        self.agent = ""
        self.among = False
        self._shared = False
        self._heard: set[str] = set()

    @property
    def trusted(self) -> bool:
        """Whether figures are of the report's own body and year."""
        return self.when in ("", "this") and self.agent != "others"

    def start_sentence(self) -> None:
        """Forget the body; last year and plans stay until another time is named."""
        self.agent, self.among, self._shared = "", False, False
        self._heard = set()
        if self.when not in ("other", "plan"):
            self.when = self.usual

    def hear(self, clause: Clause, words: tuple[Word, ...]) -> None:
        """Note the body and the time a clause names."""
        kinds = {word.kind for word in words}
        self._heard |= kinds
        times = [word.name for word in _stated_of(words) if word.kind == "time"]
        if times:
            self.when = next((t for t in ("plan", "if", "part", "other") if t in times), "this")
        self.among = self.among or "among" in kinds
        for word in words:
            if word.kind == "named":
                self.agent = self._body(clause.text[word.start : word.end])
        if self._is_own_kind(clause, words):
            kinds = {"own" if kind == "others" else kind for kind in kinds}
        regions = [clause.text[w.start : w.end] for w in words if w.kind == "region"]
        if not all(self.heading.is_own_region(region) for region in regions):
            kinds = {"others" if kind == "region" else kind for kind in kinds}
        for agent in ("region", "own", "others"):
            if agent in kinds:
                self.agent = agent
        if _all_of_region(words, sure=self.heading.government is True) and not self.among:
            self.agent = "region"
        if "own" in kinds and self.among and self.heading.government is not False:
            self.agent = "others"
        self._shared = self._shared or (
            self.agent == "others" and "qty" in kinds and not self.among
        )

    def _is_own_kind(self, clause: Clause, words: tuple[Word, ...]) -> bool:
        """Tell whether 街道 is the body itself, in the report of a 街道办事处."""
        others = [clause.text[w.start : w.end] for w in words if w.kind == "others"]
        agency = self.heading.agency or ""
        if any(word.tag == _SEAT for word in words):
            return len(others) == 1 and bool(
                re.search(_SEATS.get(others[0], others[0]) + "$", agency)
            )
        return len(others) == 1 and len(others[0]) > 1 and others[0] in agency

    def _body(self, name: str) -> str:
        """Tell whether a body named in the sentence is the report's own."""
        is_own = self.heading.is_own(name)
        if is_own is None and not self.among and self.agent != "own":
            self.named.add(name)
            return "named"
        return "named" if is_own and not self.among else "others"

    def of_whom(
        self, found: list[tuple[str, Statement]], *, own: bool
    ) -> Iterator[tuple[str, Statement]]:
        """全市 and 我局 in one sentence: the title decides whose figures the report's are.

        县政府收到5件，县直部门收到8件: the county's are both.

        市住建局120件，居全市首位 without a title is perhaps in the city's report.
        """
        regional = any(agent == "region" for agent, _ in found)
        government = self.heading.government
        for agent, statement in found:
            doubt = (agent == "region" and (government is False or (own and not government))) or (
                agent == "own" and regional and government is not False
            )
            doubt = doubt or (agent == "named" and government is None and "region" in self._heard)
            doubt = doubt or (agent in ("own", "named") and self._shared and government is True)
            yield agent, left_open(statement) if doubt else statement


def _all_of_region(words: tuple[Word, ...], *, sure: bool) -> bool:
    """全市各级行政机关 is all of them; 全市教育系统 and 全市镇街 are some."""
    others = [word for word in words if word.kind == "others"]
    before = [word.kind for word in words[: words.index(others[0])]] if others else []
    if "region" not in before:
        return False
    whole = [word.name == "whole" for word in others]
    return (sure and any(whole)) or (before[-1] == "region" and all(whole))


def _stated_of(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """2021年比2020年增加15件 is of 2021; 与上年相比 and 较上年增加15件 are not of last year."""
    at = next((n for n, word in enumerate(words) if word.kind == "change"), None)
    if at is None:
        return words
    with_other = any(word.kind == "and" for word in words[:at])
    return () if with_other else words[:at]
