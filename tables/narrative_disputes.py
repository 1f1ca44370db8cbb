"""Whether reviews and lawsuits that a sentence counts are those over disclosure."""

from __future__ import annotations

import re
from decimal import Decimal

from gouji.tables.narrative_figures import Statement, left_open
from gouji.tables.narrative_words import Word

_DISPUTED = frozenset({"review", "litigation", "direct", "after_review"})
_ABOUT = frozenset({"cause", "requests"})
_ACCEPTED = frozenset({"received", "qty", "neutral", "time"})

_CASES = (
    "disputes.review",
    "disputes.litigation",
    "disputes.litigation_direct",
    "disputes.litigation_after_review",
)
_PARTS = {"disputes.litigation_direct", "disputes.litigation_after_review"}
_RESULTS = {
    "old": {"upheld": ".upheld", "corrected": ".corrected", "other": ".other"},
    "new": {
        "upheld": "@upheld",
        "corrected": "@corrected",
        "other": "@other_result",
        "pending": "@pending",
    },
}


class Disputes:
    """A body that reviews others' acts, or is sued over land, counts those cases too.

    ``about``: the paragraph named disclosure, or the heading above it cases; the report's title,
    which always names disclosure, says nothing. Without that a number of cases is only believed
    where nothing before it was not understood. Those over disclosure may also be counted apart,
    and who accepts cases decides them: then no number is believed that does not name it.
    ``announced``: they were named (政府信息公开行政复议情况：), so applications that follow may be
    for reviews. ``case``: what was counted last and for certain, so that 维持3件 speaks of it; else
    empty, as where both kinds of lawsuits were counted and how they ended is told thereafter.
    """

    def __init__(self, *, about: bool) -> None:
        self.about = about
        self.named = self.announced = False
        self.case = ""
        self._unresolved: set[str] = set()
        self._others = False
        self._received = False
        self._apart: set[str] = set()
        self._unnamed: set[tuple[str, tuple[int, int]]] = set()

    def hear(self, words: tuple[Word, ...], *, understood: bool) -> None:
        """Note what a clause says of cases."""
        kinds = {word.kind for word in words}
        self.named = self.named or bool(kinds & _DISPUTED)
        self.about = self.about or bool(kinds & _ABOUT)
        if understood:
            return
        self.announced = self.announced or bool(kinds & _DISPUTED)
        if "qty" not in kinds:
            return
        if kinds & _DISPUTED and not kinds & _ABOUT:
            self._others = True
        if "change" in kinds:
            return
        self.case = ""
        if kinds & _ABOUT:
            self._apart |= kinds & _DISPUTED
        if self._received and kinds <= _ACCEPTED and _accepts(words):
            self._apart.add("review")

    def settle(
        self, made: list[Statement], words: tuple[Word, ...], agent: str, *, unclear: bool
    ) -> list[Statement]:
        """Leave open the cases of a clause that may be over something else."""
        kinds = {word.kind for word in words}
        self._received = self._received or ("received" in kinds and bool(kinds & _DISPUTED))
        sure = self.about and not self._others
        alone = not (unclear or self._others or agent == "region" or self._received)
        if not kinds & _ABOUT and (not (sure or alone) or _some_of_others(words)):
            made = [opened(s) for s in made]
        if not kinds & _ABOUT:
            self._unnamed |= {(s.ref, s.order) for s in made}
        if "result" not in kinds:
            certain = [s.ref for s in made if s.kind == "stated" and s.ref in _CASES]
            self.case = certain[0] if len(certain) == len(made) == 1 else ""
            self._unresolved.add(self.case)
            self.case = "" if self._unresolved >= _PARTS else self.case
        elif self.case:
            self._unresolved = set()
        return made

    def checked(self, statement: Statement) -> Statement:
        """Leave open, once all was heard, a number that does not name what is counted apart."""
        unnamed = (statement.ref, statement.order) in self._unnamed
        cases = re.split("[.@]", statement.ref.removeprefix("disputes."))[0]
        return opened(statement) if unnamed and cases in self._apart else statement

    def of(self, template: str, words: tuple[Word, ...], era: str | None) -> str:
        """Put how cases ended in a reference; empty where the form has no such row."""
        if template != "{result}":
            return template
        if era == "new" and self.case == "disputes.litigation":
            return ""  # the new forms tell lawsuits after a review from others
        names = _RESULTS.get(era or "", {})
        name = next((names.get(word.name) for word in words if word.kind == "result"), None)
        return f"{self.case}{name}" if name else ""


def _some_of_others(words: tuple[Word, ...]) -> bool:
    """有3件引发行政复议: three of what was counted before."""
    kinds = [word.kind for word in words]
    return "arise" in kinds and "qty" in kinds and kinds.index("qty") < kinds.index("arise")


def _accepts(words: tuple[Word, ...]) -> bool:
    """收到行政复议申请5件，受理4件: so speaks the body that decides them."""
    return any(word.tag == "<received:accept>" for word in words)


def of_them_over_disclosure(words: tuple[Word, ...]) -> bool:
    """其中涉及政府信息公开1件: the cases counted before are over anything."""
    return {"among", "cause", "qty"} <= {word.kind for word in words}


def opened(statement: Statement) -> Statement:
    """Leave cases open, and only these."""
    return left_open(statement) if _counts_cases(statement) else statement


def _counts_cases(statement: Statement) -> bool:
    return statement.ref.startswith("disputes.") and statement.value != Decimal(0)
