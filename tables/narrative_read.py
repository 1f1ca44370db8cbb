"""One paragraph, read as a person reads it: what is named stays the topic until something else is.

A clause states something only where every word of it is known (``narrative.toml``): a theme, a
part of the year or another body turns a total into something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from gouji.tables.narrative_figures import (
    SUBJECTS,
    Figures,
    Kind,
    Statement,
    left_open,
    quantity_of,
    subject_of,
    whole_of,
)
from gouji.tables.narrative_heading import Heading
from gouji.tables.narrative_text import Clause, Paragraph, sentences
from gouji.tables.narrative_words import Pattern, Word, language, words_of

_AGENTS = ("own", "region", "named", "others")
_PARTS = (
    "requests.closed",
    "requests.replies.total",
    "requests.carried_in",
    "requests.carried_out",
)
_SILENT = frozenset({"neutral", "time", "means", *_AGENTS})
_IN_LISTS = _SILENT | {
    "and", "via", "publish", "info", "received", "requests", "arise", "cause", "among", "qty",
    "channel", "medium", "outcome", "review", "litigation", "apply", "all",
}  # fmt: skip


@dataclass(slots=True)
class Topic:
    """What the clauses are about, the applications counted, and what spoils what leans on them.

    ``narrowed``: the last figure counted but a part of them (办结65件，其中网上50件);
    ``trusted``: of this year and of this body; ``broken``: something not understood was counted
    in between; ``carried``: applications were carried over, so 均 may mean others.
    """

    name: str = ""
    total: Decimal | None = None
    total_kind: Kind = "stated"
    start: int = 0
    sentence: int = -1
    trusted: bool = True
    broken: bool = False
    carried: bool = False
    refused: bool = False
    narrowed: str = ""


class Reader:
    """Reads one paragraph and remembers what a person would remember of it."""

    def __init__(
        self, paragraph: Paragraph, number: int, heading: Heading, named: set[str]
    ) -> None:
        self.paragraph = paragraph
        self.heading = heading
        self.figures = Figures(paragraph, number, heading.era)
        self.named = named
        self.topic = Topic()
        self.when = ""
        self.agent = ""
        self.among = False
        self.sentence = 0
        self.after_medium = False
        self.last: tuple[Statement, int] | None = None

    def read(self) -> Iterator[tuple[str, Statement]]:
        """Yield the statements of the paragraph, each with whose figure the sentence gives."""
        for number, clauses in enumerate(sentences(self.paragraph)):
            self._start_sentence(number, clauses)
            found: list[tuple[str, Statement]] = []
            own = False
            outer = self.topic
            for clause in clauses:
                said = self.when, self.agent, self.among
                if clause.nested:
                    self.topic = replace(outer)
                words = words_of(clause.text, self.heading.year)
                self._who_and_when(clause, words)
                about_us = any(word.kind == "own" for word in words)
                own = own or (about_us and quantity_of(words) is not None)
                found += [(self.agent, statement) for statement in self._clause(clause, words)]
                if clause.nested:
                    outer.broken = outer.broken or self.topic.broken
                    outer.carried = outer.carried or self.topic.carried
                    self.topic = outer
                    self.when, self.agent, self.among = said
                outer = self.topic
            yield from self._of_whom(found, own=own)

    def _start_sentence(self, number: int, clauses: tuple[Clause, ...]) -> None:
        self.sentence = number
        self.agent, self.among, self.after_medium = "", False, False
        if self.when != "other":
            self.when = ""
        if clauses and not clauses[0].text.startswith("其中"):
            self.topic.broken = False

    def _who_and_when(self, clause: Clause, words: tuple[Word, ...]) -> None:
        """Note the body and the time a clause names: they hold for the rest of the sentence."""
        kinds = {word.kind for word in words}
        times = [word.name for word in words if word.kind == "time"]
        if times and "change" not in kinds:
            self.when = next((t for t in ("plan", "part", "other") if t in times), "this")
        self.among = self.among or "among" in kinds
        for word in words:
            if word.kind == "named":
                self.agent = self._body(clause.text[word.start : word.end])
        for agent in ("region", "own", "others"):
            if agent in kinds:
                self.agent = agent
        if {"region", "others"} <= kinds and self.heading.government:
            self.agent = "region"
        if "own" in kinds and self.among and self.heading.government is not False:
            self.agent = "others"

    def _body(self, name: str) -> str:
        """Tell whether a body named in the sentence is the report's own."""
        is_own = self.heading.is_own(name)
        if is_own is None and not self.among:
            self.named.add(name)
            return "named"
        return "named" if is_own and not self.among else "others"

    def _of_whom(
        self, found: list[tuple[str, Statement]], *, own: bool
    ) -> Iterator[tuple[str, Statement]]:
        """全市 and 我局 in one sentence: the title decides whose figures the report's are."""
        regional = any(agent == "region" for agent, _ in found)
        government = self.heading.government
        for agent, statement in found:
            doubt = (agent == "region" and (government is False or (own and not government))) or (
                agent == "own" and regional and government is not False
            )
            yield agent, left_open(statement) if doubt else statement

    # --- one clause

    def _clause(self, clause: Clause, words: tuple[Word, ...]) -> list[Statement]:
        cumulative, words = _cumulative(words)
        if any(clause.text[word.start : word.end] == "分别" for word in words):
            return self._respectively(clause, words)
        heard = tuple(word for word in words if word.kind not in _SILENT)
        tags = "".join(word.tag for word in heard)
        fitting = [p for p in language().patterns if p.regex.fullmatch(tags) and self._applies(p)]
        if not tags or not fitting:
            self._unmatched(words)
            return []
        free = [p for p in fitting if not p.needs] if self.topic.broken else []
        return self._state([*free, *fitting][0], clause, heard, cumulative=cumulative)

    def _applies(self, pattern: Pattern) -> bool:
        if pattern.needs and pattern.needs != self.topic.name:
            return False
        if pattern.after == "refused" and not self.topic.refused:
            return False
        if pattern.after == "published":
            return self.last is not None and self.last[0].ref.endswith("_published")
        return not (pattern.form and self.heading.era and pattern.form != self.heading.era)

    def _unmatched(self, words: tuple[Word, ...]) -> None:
        """Take from a clause that is not understood what the next ones may be about."""
        kinds = {word.kind for word in words}
        counted = "qty" in kinds
        self.after_medium = "medium" in kinds and "means" not in kinds and not counted
        if "other_subject" in kinds and not kinds & {"requests", "review", "litigation"}:
            self.topic = Topic(name="other")
        elif counted and "change" not in kinds and self.when in ("", "this"):
            self.topic.broken = True
        elif "requests" in kinds and self.topic.name in ("", "other", "proactive", "response"):
            self.topic = Topic(name="requests")
        elif "publish" in kinds and kinds <= {"publish", *_SILENT, "info"}:
            self.topic = Topic(name="proactive")

    def _state(
        self, pattern: Pattern, clause: Clause, heard: tuple[Word, ...], *, cumulative: bool
    ) -> list[Statement]:
        trusted = self.when in ("", "this") and self.agent != "others"
        trusted = trusted and (self.topic.trusted or not pattern.needs or pattern.total)
        after_medium, self.after_medium = self.after_medium, False
        doubt = cumulative or (bool(pattern.needs) and self.topic.broken)
        doubt = doubt or (after_medium and "proactive.info_total" in pattern.states)
        doubt = doubt or self._of_a_part(pattern, heard)
        made = self._made(pattern, clause, heard)
        if self._second_total(pattern):
            doubt = True
        else:
            self._turn_to(pattern, clause, heard, made, trusted=trusted)
        if not trusted:
            return []
        made = [left_open(statement) if doubt else statement for statement in made]
        self.last = (made[-1], clause.at[0]) if made else None
        return made

    def _second_total(self, pattern: Pattern) -> bool:
        """收到70件，受理65件: the first is the figure, the second is something else."""
        topic = self.topic
        counted = topic.trusted and topic.total is not None and topic.sentence == self.sentence
        return pattern.total and counted and "requests.received" in pattern.states

    def _of_a_part(self, pattern: Pattern, heard: tuple[Word, ...]) -> bool:
        """其中 behind 办结65件 or 上年结转5件 speaks of these, not of all received."""
        if not self.topic.narrowed or not any(word.kind == "among" for word in heard):
            return self.topic.narrowed != "" and pattern.states == ("requests.received.{channel}",)
        carried = self.topic.narrowed.startswith("requests.carried")
        return carried or pattern.states == ("requests.received.{channel}",)

    def _turn_to(
        self,
        pattern: Pattern,
        clause: Clause,
        heard: tuple[Word, ...],
        made: list[Statement],
        *,
        trusted: bool,
    ) -> None:
        """Turn to what the clause was about, and note what the next ones may lean on."""
        name = subject_of(heard) if pattern.topic == "{subject}" else pattern.topic
        if name and (name != self.topic.name or not pattern.needs or pattern.total):
            carried = self.topic.carried and name == self.topic.name
            self.topic = Topic(name=name, trusted=trusted, carried=carried)
        if pattern.total and made:
            counts = self.agent != "region" or self.heading.government is not False
            self.topic.total, self.topic.total_kind = made[0].value, made[0].kind
            self.topic.start = clause.at[0]
            self.topic.sentence = self.sentence if counts else -1
        for statement in made:
            if statement.ref in _PARTS and statement.value != self.topic.total:
                self.topic.narrowed = statement.ref
        if any(s.ref.startswith("requests.carried") and s.value != 0 for s in made):
            self.topic.carried = True
        if pattern.states != ("{reason}",):
            self.topic.refused = any(w.tag == "<outcome:refused>" for w in heard)

    # --- figures

    def _made(self, pattern: Pattern, clause: Clause, heard: tuple[Word, ...]) -> list[Statement]:
        if pattern.items:
            return self._items(pattern, clause, heard)
        made = []
        for template in pattern.states + pattern.implies:
            if ref := self.figures.ref(template, heard):
                statement = self._figure(ref, pattern, clause, heard)
                if template in pattern.implies and statement.kind == "stated":
                    statement = replace(statement, kind="implied")
                made.append(statement)
        return made

    def _figure(
        self, ref: str, pattern: Pattern, clause: Clause, heard: tuple[Word, ...]
    ) -> Statement:
        kind: Kind = "ambiguous" if pattern.kind == "ambiguous" else "stated"
        quantity = quantity_of(heard)
        if pattern.value in ("total", "one"):
            return self._of_total(ref, pattern, clause)
        if pattern.value == "whole":
            return self._whole(ref, heard, clause)
        if pattern.value == "none":
            return self.figures.statement(ref, None, kind, clause)
        if pattern.value == "zero" or quantity is None:
            return self.figures.statement(ref, Decimal(0), kind, clause)
        return self.figures.measured(ref, quantity, kind, clause)

    def _of_total(self, ref: str, pattern: Pattern, clause: Clause) -> Statement:
        """均按时办结: all that were counted before, if nothing came between."""
        topic = self.topic
        value = topic.total
        start = None if value is None else topic.start
        if topic.carried or topic.broken or (pattern.value == "one" and value != 1):
            value = None
        kind: Kind = "implied" if topic.total_kind == "stated" else topic.total_kind
        return self.figures.statement(
            ref, value, "ambiguous" if value is None else kind, clause, start
        )

    def _whole(self, ref: str, heard: tuple[Word, ...], clause: Clause) -> Statement:
        """41件，占制发总数的80.4%: the one whole number that fits."""
        percent = quantity_of(heard, "percent")
        part, start = self.last or (None, clause.at[0])
        whole = None
        if part and part.value and percent and percent.value and part.kind == "stated":
            whole = whole_of(part.value, percent.value)
        kind: Kind = "ambiguous" if whole is None else "derived"
        return self.figures.statement(ref, whole, kind, clause, start)

    def _items(self, pattern: Pattern, clause: Clause, heard: tuple[Word, ...]) -> list[Statement]:
        """None of several, or the same figure for each of them."""
        items = [word.kind for word in heard if word.kind in SUBJECTS]
        about = any(word.kind == "cause" for word in heard)
        quantity = quantity_of(heard)
        made = []
        for item in items:
            alone = len(items) == 1
            if alone and item == "complaints" and not about:
                continue
            if alone and item == "apply" and self.topic.name != "requests":
                continue
            if pattern.items == "each" and quantity is not None:
                made.append(self.figures.measured(SUBJECTS[item], quantity, "stated", clause))
            else:
                made.append(self.figures.statement(SUBJECTS[item], Decimal(0), "stated", clause))
        return made

    def _respectively(self, clause: Clause, words: tuple[Word, ...]) -> list[Statement]:
        """通过微信微博分别发布482条、205条: as many names as figures, in their order."""
        kinds = {word.kind for word in words}
        split = next(i for i, w in enumerate(words) if clause.text[w.start : w.end] == "分别")
        refs = [ref for word in words[:split] if (ref := self.figures.named(word))]
        figures = [word.quantity for word in words[split:] if word.quantity]
        families = {ref.rpartition(".")[0] for ref in refs}
        astray = any(self.figures.named(word) for word in words[split:])
        astray = astray or quantity_of(words[:split]) is not None
        if astray or not kinds <= _IN_LISTS or len(refs) != len(figures) or len(families) != 1:
            self._unmatched(words)
            return []
        trusted = self.when in ("", "this") and self.agent != "others" and self.topic.trusted
        if families == {"requests.received"} and self.topic.name != "requests":
            trusted = False
        if families == {"proactive.channel"} and "publish" not in kinds:
            trusted = False
        pairs = zip(refs, figures, strict=True) if trusted else ()
        return [self.figures.measured(ref, figure, "stated", clause) for ref, figure in pairs]


def _cumulative(words: tuple[Word, ...]) -> tuple[bool, tuple[Word, ...]]:
    """2023年累计 is this year's; 累计 alone may be that of all years."""
    doubt = False
    kept: list[Word] = []
    for word in words:
        if word.kind == "cumulative":
            doubt = doubt or not kept or kept[-1].tag != "<time:this>"
            continue
        kept.append(word)
    return doubt, tuple(kept)
