"""Whether reviews and lawsuits that a sentence counts are those over disclosure."""

from __future__ import annotations

from decimal import Decimal

from gouji.tables.narrative_figures import Statement, left_open
from gouji.tables.narrative_words import Word

_DISPUTED = frozenset({"review", "litigation", "direct", "after_review"})
_ABOUT = frozenset({"cause", "requests"})

_CASES = (
    "disputes.review",
    "disputes.litigation",
    "disputes.litigation_direct",
    "disputes.litigation_after_review",
)
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

    ``about``: disclosure was named, in the paragraph or in the heading above it. Without that a
    number of cases is only believed where the paragraph says nothing that is not understood.
    ``case``: what was counted last and for certain, so that 维持3件 speaks of it; else empty.
    """

    def __init__(self, *, about: bool) -> None:
        self.about = about
        self.named = False
        self.case = ""
        self._others = False
        self._received = False

    def hear(self, words: tuple[Word, ...], *, understood: bool) -> None:
        """Note what a clause says of cases."""
        kinds = {word.kind for word in words}
        self.named = self.named or bool(kinds & _DISPUTED)
        self.about = self.about or bool(kinds & _ABOUT)
        if kinds & _DISPUTED and "qty" in kinds and not (understood or kinds & _ABOUT):
            self._others = True
        if "qty" in kinds and not understood and "change" not in kinds:
            self.case = ""

    def settle(
        self, made: list[Statement], words: tuple[Word, ...], agent: str, *, unclear: bool
    ) -> list[Statement]:
        """Leave open the cases of a clause that may be over something else."""
        kinds = {word.kind for word in words}
        self._received = self._received or ("received" in kinds and bool(kinds & _DISPUTED))
        sure = self.about and not self._others
        alone = not (unclear or self._others or agent == "region" or self._received)
        if not kinds & _ABOUT and (not (sure or alone) or _some_of_others(words)):
            made = [left_open(s) if _counts_cases(s) else s for s in made]
        if "result" not in kinds:
            certain = [s.ref for s in made if s.kind == "stated" and s.ref in _CASES]
            self.case = certain[0] if len(certain) == len(made) == 1 else ""
        return made

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


def of_them_over_disclosure(words: tuple[Word, ...]) -> bool:
    """其中涉及政府信息公开1件: the cases counted before are over anything."""
    return {"among", "cause", "qty"} <= {word.kind for word in words}


def opened(statement: Statement) -> Statement:
    """Leave cases open, and only these."""
    return left_open(statement) if _counts_cases(statement) else statement


def _counts_cases(statement: Statement) -> bool:
    return statement.ref.startswith("disputes.") and statement.value != Decimal(0)
