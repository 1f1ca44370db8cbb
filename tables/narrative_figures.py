"""What a clause states, put as statements: the reference, the value, the unit and the quote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from gouji.tables.chinese_numbers import Quantity
from gouji.tables.grid import Place
from gouji.tables.narrative_language import language
from gouji.tables.narrative_text import Clause, Paragraph
from gouji.tables.narrative_words import Word

Kind = Literal["stated", "implied", "derived", "approximate", "ambiguous"]

SUBJECTS: Mapping[str, str] = {
    "review": "disputes.review",
    "litigation": "disputes.litigation",
    "complaints": "complaints.total",
    "requests": "requests.received",
    "apply": "requests.received",
    "direct": "disputes.litigation_direct",
    "after_review": "disputes.litigation_after_review",
    "carried_in": "requests.carried_in",
}
LEFT_OUT = "left_out"  # counted in words that were not understood
_MONEY = {"元": Decimal("0.0001"), "万元": Decimal(1), "亿元": Decimal(10_000)}


@dataclass(frozen=True, slots=True)
class Statement:
    """A figure stated in a sentence. ``quote`` stands literally in the source.

    ``value``: counts as they are, money in 万元; None where the sentence leaves it open.
    ``kind``: ``stated`` and ``implied`` (均按时办结) are vouched for, ``derived`` is computed from
    others, ``approximate`` is what 余 and 约 leave, ``ambiguous`` is for a person to decide.
    ``subject``: why it is ambiguous, where the program knows (``contradicted``: the text gives
    several figures; ``left_out``: what is beside it was not understood).
    ``order``: paragraph and character, for sorting.
    """

    ref: str
    value: Decimal | None
    unit: str
    kind: Kind
    quote: str
    place: Place
    subject: str | None = None
    order: tuple[int, int] = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Figures:
    """Makes the statements of one paragraph.

    ``era``: which forms' names answers are given; ``fee``: where what applicants paid goes.
    """

    paragraph: Paragraph
    number: int
    era: Literal["old", "new"] | None
    fee: str

    def statement(
        self, ref: str, value: Decimal | None, kind: Kind, clause: Clause, start: int | None = None
    ) -> Statement:
        """Quote from ``start`` (the clause's own, where None) to the end of the clause."""
        first, end = clause.at[0] if start is None else start, clause.at[-1] + 1
        return Statement(
            ref,
            value,
            _unit(ref)[0],
            kind,
            self.paragraph.quote(first, end),
            self.paragraph.place(first, end),
            order=(self.number, clause.at[0]),
        )

    def measured(self, ref: str, quantity: Quantity, kind: Kind, clause: Clause) -> Statement:
        """Value a quantity in the unit of its reference; a foreign measure word is a doubt."""
        unit, written = _unit(ref)
        value = quantity.value
        if value is not None and quantity.unit in _MONEY and unit == "万元":
            value = (value * _MONEY[quantity.unit]).normalize()
            value = value.quantize(Decimal(1)) if value == value.to_integral_value() else value
        if kind == "ambiguous":
            return self.statement(ref, value, kind, clause)
        if quantity.doubtful or quantity.unit not in written:
            return self.statement(ref, None, "ambiguous", clause)
        return self.statement(ref, value, "approximate" if quantity.approximate else kind, clause)

    def ref(self, template: str, heard: tuple[Word, ...]) -> str:
        """Fill in a pattern's reference; empty where the form has no such row."""
        names = {word.kind: word.name for word in heard}
        if template == "{subject}":
            return subject_of(heard)
        if template == "{fee}":
            processing = names.get("request_fee") == "processing" and self.era != "old"
            return "info_fee.collected" if processing else self.fee
        if template in ("{refused}", "{granted}"):
            return self._answers(template.strip("{}"))
        if template == "{ground}":
            ground = next((word.name for word in heard if word.kind == "outcome"), "")
            return self.outcome(ground) if ground.startswith(names["outcome"] + ".") else ""
        if template == "{reason}":
            known = language().outcomes["old_reasons" if self.era == "old" else "new_reasons"]
            return self._answers(f"refused.{names['reason']}") if names["reason"] in known else ""
        if template == "{outcome}":
            return self.outcome(names["outcome"])
        if "foreign" in names.values() and "{medium}" in template:
            return ""
        if "unclear" in names.values() and "{channel}" in template:
            return ""
        named = {kind: names.get(kind) for kind in ("channel", "medium", "decisions", "doc")}
        return template.format(**named)

    def outcome(self, name: str) -> str:
        """Name a kind of answer as the report's forms do."""
        outcomes = language().outcomes
        if self.era == "old" or (self.era is None and name in outcomes["only_old"]):
            return f"requests.replies.{name}" if name in outcomes["old"] else ""
        known = name.partition(".")[0] in outcomes["new"]
        return f"requests.results.{name}" if known else ""

    def _answers(self, name: str) -> str:
        return f"requests.{'replies' if self.era == 'old' else 'results'}.{name}"

    def named(self, word: Word) -> str:
        """Which figure a member of a list stands for (微信 in 微信微博分别发布…); may be empty."""
        if word.name in ("unclear", "foreign"):
            return ""
        if word.kind == "channel":
            return f"requests.received.{word.name}"
        if word.kind == "medium":
            return f"proactive.channel.{word.name}"
        if word.kind == "outcome":
            return self.outcome(word.name)
        return SUBJECTS[word.kind] if word.kind in ("review", "litigation") else ""


def subject_of(heard: tuple[Word, ...]) -> str:
    """Name the figure that the first subject among the words stands for."""
    return next((SUBJECTS[word.kind] for word in heard if word.kind in SUBJECTS), "")


def quantity_of(words: tuple[Word, ...], kind: str = "qty") -> Quantity | None:
    """Return the first figure of this kind among the words."""
    return next((word.quantity for word in words if word.kind == kind), None)


def whole_of(part: Decimal, percent: Decimal) -> Decimal | None:
    """Find the one whole number of which ``part`` is ``percent`` as printed, None if several."""
    step = Decimal(1).scaleb(int(percent.as_tuple().exponent))
    about = int(part * 100 / percent)
    fits = [
        n
        for n in range(max(int(part), about - 5), about + 6)
        if n and (part * 100 / n).quantize(step, ROUND_HALF_UP) == percent
    ]
    return Decimal(fits[0]) if len(fits) == 1 else None


def left_open(statement: Statement) -> Statement:
    """Leave the figure to a person."""
    return replace(statement, value=None, kind="ambiguous")


def _unit(ref: str) -> tuple[str, tuple[str, ...]]:
    units = language().units
    ref = ref.partition("@")[0]
    while ref not in units and "." in ref:
        ref = ref.rpartition(".")[0]
    return units[ref]
