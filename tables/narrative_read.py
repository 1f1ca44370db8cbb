"""One paragraph, read as a person reads it: what is named stays the topic until something else is.

A clause states something only where every word of it is known (``narrative.toml``): a theme, a
part of the year or another body turns a total into something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from gouji.tables.chinese_numbers import Quantity
from gouji.tables.narrative_clauses import (
    continues,
    counted_until,
    cumulative_of,
    is_after_others,
    is_bare,
    limits,
    of_all_received,
    tells_some_apart,
    whole_and_kind,
)
from gouji.tables.narrative_disputes import Disputes, of_them_over_disclosure, opened
from gouji.tables.narrative_figures import (
    LEFT_OUT,
    Figures,
    Statement,
    left_open,
    quantity_of,
    subject_of,
)
from gouji.tables.narrative_heading import Heading
from gouji.tables.narrative_language import Pattern, fitting
from gouji.tables.narrative_lists import (
    items,
    of_this_year,
    respective,
    respectively,
    years_joined,
)
from gouji.tables.narrative_medium import SubjectMedium
from gouji.tables.narrative_speaker import Speaker
from gouji.tables.narrative_sums import Parts
from gouji.tables.narrative_text import Clause, Paragraph, sentences
from gouji.tables.narrative_topic import OF_PIECES, SILENT, Assumption, Topic
from gouji.tables.narrative_values import Last, valued
from gouji.tables.narrative_words import Word, words_of

_PARTS = (
    "requests.closed",
    "requests.replies.total",
    "requests.carried_in",
    "requests.carried_out",
)
_APART = ("requests.carried", "x.requests.withdrawn")
_CARRIED = frozenset({"carried_in", "carried_in_year", "carried_out", "carried_out_year", "carry"})
_CHAIRED = ("response.press_conferences", "response.online_interviews")
_CUMULATED = ("requests.received", "proactive.info_total")
_DOCS = ("proactive.normative_docs@", "proactive.rules@")
_DISCLOSURE = ("requests.", "fees.", "info_fee.", "disputes.")


class Reader:
    """Reads one paragraph and remembers what a person would remember of it.

    ``topic``: what the paragraph begins with, from the heading above. ``sectioned``: the report
    has headings that name topics; ``about``: that above names reviews or lawsuits;
    ``planned``: that above names plans. ``cumulated``: the figure before is perhaps that of all
    years (历年累计收到233件，其中2014年58件); ``dated``: the clause names the report's year;
    ``changed``: the clause before said how the number of applications changed; ``astray``:
    something in the sentence was counted that is not understood.
    """

    def __init__(
        self,
        paragraph: Paragraph,
        number: int,
        heading: Heading,
        named: set[str],
        topic: Topic,
        *,
        sectioned: bool,
        about: bool,
        planned: bool,
    ) -> None:
        self.paragraph = paragraph
        self.heading = heading
        self.figures = Figures(paragraph, number, heading.era, heading.fee)
        self.speaker = Speaker(heading, named, planned=planned)
        self.topic = topic
        self.sectioned = sectioned
        self.assumption: Assumption | None = None
        self.unclear = False
        self.medium = SubjectMedium()
        self.parts = Parts()
        self.about = about
        self.disputes = Disputes(about=about)
        self.disclosed = False
        self.sentence = 0
        self.last: Last = None
        self.interrupted = self.astray = False
        self.cumulated = self.dated = self.changed = False

    def read(self) -> list[tuple[str, Statement]]:
        """Return the statements of the paragraph, each with whose figure the sentence gives."""
        found: list[tuple[str, Statement, bool]] = []
        for number, clauses in enumerate(sentences(self.paragraph)):
            self._start_sentence(number, clauses)
            found += self._sentence(clauses)
        return [
            (
                agent,
                self.disputes.checked(statement)
                if self._borne_out(statement, assumed=assumed)
                else left_open(statement),
            )
            for agent, statement, assumed in found
        ]

    def _borne_out(self, statement: Statement, *, assumed: bool) -> bool:
        return not assumed or (self.assumption is not None and self.assumption.holds(statement))

    def _sentence(self, clauses: tuple[Clause, ...]) -> Iterator[tuple[str, Statement, bool]]:
        found: list[tuple[str, Statement]] = []
        assumed: set[int] = set()
        own = corrected = False
        speaker = self.speaker
        for clause in years_joined(clauses, self.heading.year):
            outer, last = self.topic, self.last
            said = speaker.when, speaker.agent, speaker.among
            if clause.nested:
                self.topic = replace(outer)
            words = words_of(clause.text, self.heading.year)
            speaker.hear(clause, words)
            own = own or (any(w.kind == "own" for w in words) and quantity_of(words) is not None)
            corrected = corrected or any(w.kind == "correction" for w in words)
            if of_them_over_disclosure(words):
                found = [(agent, opened(statement)) for agent, statement in found]
            if counted_until(clause, words):
                found = [(agent, left_open(statement)) for agent, statement in found]
            for statement in self._clause(clause, words):
                if self.topic.assumed:
                    assumed.add(len(found))
                found.append((speaker.agent, statement))
            if clause.nested:
                self._leave_bracket(outer, last)
                speaker.when, speaker.agent, speaker.among = said
        if corrected:
            found = [(agent, left_open(statement)) for agent, statement in found]
        for number, (agent, statement) in enumerate(speaker.of_whom(found, own=own)):
            yield agent, statement, number in assumed

    def _leave_bracket(self, outer: Topic, last: Last) -> None:
        """Return to what the brackets stand in, but for what they leave in doubt."""
        if self.topic.name == outer.name:
            outer.broken, outer.pieces = self.topic.broken, self.topic.pieces
        outer.broken = outer.broken or self.topic.broken
        outer.carried = outer.carried or self.topic.carried
        self.topic = outer
        if self._just_stated().endswith(".chief"):
            self.last = last

    def _start_sentence(self, number: int, clauses: tuple[Clause, ...]) -> None:
        self.sentence = number
        self.speaker.start_sentence()
        self.medium = SubjectMedium()
        self.parts = Parts()
        self.disclosed = self.cumulated = self.changed = self.astray = False
        if clauses and not clauses[0].text.startswith("其中"):
            self.topic.broken, self.topic.pieces = False, Decimal(0)

    # --- one clause

    def _clause(self, clause: Clause, words: tuple[Word, ...]) -> list[Statement]:
        listed = self.topic.by_channel
        made = self._understood(clause, words)
        if made is None and (halves := whole_and_kind(clause, words, self.heading.year)):
            return [statement for half in halves for statement in self._clause(*half)]
        if self.assumption:
            self.assumption.hear(words, understood=made is not None, listed=listed)
        self.changed = made is None and of_all_received(words)
        self.medium.hear(words, understood=made is not None)
        if self.speaker.when in ("", "this"):
            self.disputes.hear(words, understood=made is not None)
        if made is None:
            return self._unmatched(clause, words)
        self.disclosed = self.disclosed or any(s.ref.startswith(_DISCLOSURE) for s in made)
        agent = self.speaker.agent
        return self.disputes.settle(made, words, agent, unclear=self.unclear)

    def _understood(self, clause: Clause, words: tuple[Word, ...]) -> list[Statement] | None:
        self.dated = any(word.tag == "<time:this>" for word in words)
        if (not self.dated and is_after_others(clause)) or (
            self.astray and continues(clause, words)
        ):
            return None
        cumulative, words = cumulative_of(words, clause.text)
        at = respective(clause, words)
        if at is not None:
            ours = of_this_year(words, at)
            if ours is None:
                made = respectively(clause, words, at, self.figures, self.topic)
                return made if made is None or self._counts() else []
            words = ours
            self.speaker.when = "this"
        made = self._explained(clause, words, cumulative=cumulative)
        if at is not None:
            self.speaker.when = "part"  # the clauses that follow are about several years
        return made

    def _explained(
        self, clause: Clause, words: tuple[Word, ...], *, cumulative: bool
    ) -> list[Statement] | None:
        heard = tuple(word for word in words if word.kind not in SILENT)
        tags = "".join(word.tag for word in heard)
        if not tags:
            return None
        found = [p for p in fitting(tags) if self._applies(p)]
        if not found:
            found = [p for p in fitting(tags) if self._may_open(p, heard)]
            if not found:
                return None
            self._assume(heard)
        free = [p for p in found if not p.needs] if self.topic.broken else []
        return self._state([*free, *found][0], clause, heard, cumulative=cumulative)

    def _counts(self) -> bool:
        return self.speaker.trusted and self.topic.trusted

    def _applies(self, pattern: Pattern) -> bool:
        if pattern.needs and pattern.needs != self.topic.name:
            return False
        if pattern.after == "refused" and not self.topic.refused:
            return False
        if pattern.after == "medium":
            return self.medium.of("{subject_medium}") != ""
        if pattern.after == "single":
            return self.topic.total == 1
        if pattern.after == "case":
            return self.disputes.case != ""
        if pattern.after == "other_years":
            return not self.topic.trusted and self.speaker.when == "this"
        if pattern.after == "disclosed":
            return self.disclosed
        if pattern.after == "chaired":
            return self._just_stated() in _CHAIRED
        if pattern.form and pattern.form not in self.heading.forms:
            return False
        if pattern.after in ("published", "issued"):
            return self._just_stated().endswith("_" + pattern.after)
        if pattern.after == "changed":
            return self.changed
        if pattern.after == "cumulated":
            return self.dated and self.cumulated and self._just_stated() in _CUMULATED
        if pattern.after == "course":
            return self._just_stated() == "training.courses"
        return pattern.after != "doc" or self._just_stated().startswith(_DOCS)

    def _just_stated(self) -> str:
        """Name the figure stated last, if nothing that was not understood was counted since."""
        return "" if self.last is None or self.interrupted else self.last[0].ref

    def _may_open(self, pattern: Pattern, heard: tuple[Word, ...]) -> bool:
        """收到申请12件 where nothing was named yet: applications for information, perhaps."""
        fresh = not (self.topic.name or self.topic.broken or self.unclear)
        fresh = fresh and not (self.about or self.disputes.announced)
        fresh = fresh and (self.disputes.about or not self.disputes.named)
        fresh = fresh and not (is_bare(heard) and "案" in self.paragraph.text)  # 案件, 提案
        quantity = quantity_of(heard)
        return pattern.opens and fresh and (quantity is None or quantity.unit not in OF_PIECES)

    def _assume(self, heard: tuple[Word, ...]) -> None:
        self.topic = Topic(name="requests", assumed=True, sentence=self.sentence)
        if self.assumption is None:
            titled = self.heading.agency is not None
            self.assumption = Assumption(
                alone=not self.sectioned, titled=titled, bare=is_bare(heard)
            )
        self.assumption.hear(heard, understood=True)

    def _unmatched(self, clause: Clause, words: tuple[Word, ...]) -> list[Statement]:
        """Take from a clause that is not understood what the next ones may be about."""
        kinds = {word.kind for word in words}
        counted = "qty" in kinds
        self.topic.carried = self.topic.carried or (counted and bool(kinds & _CARRIED))
        self.parts.interrupt(counted=counted)
        self.interrupted = self.interrupted or counted
        self.astray = self.astray or counted
        self.unclear = self.unclear or bool(kinds & {"unknown", "other_subject"})
        if tells_some_apart(clause, words):
            self.topic.broken = True
        elif "other_subject" in kinds and not kinds & {"requests", "review", "litigation"}:
            self.topic = Topic(name="other")
        elif self.topic.name == "requests" and limits(clause, words):
            self.topic.broken = True
        elif counted and "change" not in kinds and self.speaker.when in ("", "this"):
            self.topic.interrupt(quantity_of(words))
        elif "requests" in kinds and self.topic.name in ("", "other", "proactive", "response"):
            self.topic = Topic(name="requests")
        elif "publish" in kinds and kinds <= {"publish", *SILENT, "info"}:
            self.topic = Topic(name="proactive")
        return self._left_out(clause, words) if counted else []

    def _left_out(self, clause: Clause, words: tuple[Word, ...]) -> list[Statement]:
        """Tell of what was counted but not understood: the figure beside it is not the whole."""
        kinds = {word.kind for word in words}
        refs = []
        if "extended" in kinds and self.topic.name == "requests":
            refs.append("requests.closed.extended")
        if any(word.tag == "<outcome:refused>" for word in words):
            refs.append(self.figures.ref("{refused}", words))
        if kinds & {"hold", "attend"} and self._may_be_conferences(kinds):
            refs.append("response.press_conferences")
        if "publish" in kinds and not kinds & {"means", "change"} and self.speaker.trusted:
            refs += [
                ref for word in words if word.kind == "medium" if (ref := self.figures.named(word))
            ]
        made = [self.figures.statement(ref, None, "ambiguous", clause) for ref in refs]
        return [replace(statement, subject=LEFT_OUT) for statement in made]

    def _may_be_conferences(self, kinds: set[str]) -> bool:
        """参加新闻发布会2次，举办3次: the forms ask for both together."""
        bare = kinds <= {"hold", "attend", "qty", *SILENT}
        after = self.last is not None and self.last[0].ref == "response.press_conferences"
        return self.speaker.trusted and ("press" in kinds or (bare and after))

    def _state(
        self, pattern: Pattern, clause: Clause, heard: tuple[Word, ...], *, cumulative: bool
    ) -> list[Statement]:
        trusted = self.speaker.trusted
        trusted = trusted and (self.topic.trusted or not pattern.needs or pattern.total)
        doubt = cumulative or (bool(pattern.needs) and self.topic.broken)
        doubt = doubt or ("proactive.info_total" in pattern.states and self.medium.doubts(heard))
        doubt = doubt or self._of_a_part(pattern, heard) or self._of_pieces(pattern, heard)
        doubt = doubt or (clause.before != "；" and self._of_the_chief(heard))
        doubt = doubt or self._of_what_came(heard)
        made = self._made(pattern, clause, heard)
        if self._second_total(pattern):
            doubt = True
        else:
            self._turn_to(pattern, clause, heard, made, trusted=trusted)
        if whole := self._sum(pattern, heard, made):
            made = [self.figures.measured("requests.received", whole, "stated", clause)]
            self.topic = replace(self.topic, total=whole.value, trusted=True)
            trusted, doubt = True, self.topic.broken
        if not trusted:
            return []
        made = [left_open(statement) if doubt else statement for statement in made]
        self.last = (made[-1], clause.at[0]) if made else None
        self.cumulated = cumulative
        self.interrupted = False
        return made

    def _sum(
        self, pattern: Pattern, heard: tuple[Word, ...], made: list[Statement]
    ) -> Quantity | None:
        """Find the sum of the parts listed before, where no total was given."""
        whole = self.parts.add(pattern, heard, made, ours=self.speaker.trusted)
        counted = self.topic.total is not None and self.topic.trusted
        return None if counted or self.topic.narrowed else whole

    def _second_total(self, pattern: Pattern) -> bool:
        """收到70件，受理65件: the first is the figure, the second is something else."""
        topic = self.topic
        counted = topic.trusted and topic.total is not None and topic.sentence == self.sentence
        return pattern.total and counted and "requests.received" in pattern.states

    def _fewer_due(self, heard: tuple[Word, ...]) -> bool:
        """收到12件，应答复9件，已全部答复: all of the nine."""
        quantity = quantity_of(heard)
        if quantity is None or all(word.kind != "should" for word in heard):
            return False
        return quantity.value != self.topic.total

    def _of_a_part(self, pattern: Pattern, heard: tuple[Word, ...]) -> bool:
        """其中 behind 办结65件 or 上年结转5件 speaks of these, not of all received."""
        by_channel = "requests.received.{channel}" in pattern.states + pattern.implies
        if not self.topic.narrowed or not any(word.kind == "among" for word in heard):
            return self.topic.narrowed != "" and by_channel
        return self.topic.narrowed.startswith("requests.carried") or by_channel

    def _of_what_came(self, heard: tuple[Word, ...]) -> bool:
        """收到申请10件（含重复申请2件）: the two were perhaps answered."""
        kinds = any(word.name.startswith("not_processed.") for word in heard)
        among = any(word.kind == "among" for word in heard)
        return kinds and among and self._just_stated() in ("requests.received", "requests.new")

    def _of_pieces(self, pattern: Pattern, heard: tuple[Word, ...]) -> bool:
        """收到申请12件，同意公开20条: pieces of information are counted, not applications."""
        quantity = quantity_of(heard)
        if pattern.needs != "requests" or quantity is None or not self.topic.unit:
            return False
        return (quantity.unit in OF_PIECES) != (self.topic.unit in OF_PIECES)

    def _of_the_chief(self, heard: tuple[Word, ...]) -> bool:
        """主要负责同志参加新闻发布会1次、参加在线访谈1次: the latter is the chief's, too."""
        kinds = {word.kind for word in heard}
        after_chief = self.last is not None and self.last[0].ref.endswith(".chief")
        return (
            after_chief and not kinds & {"hold", "chief"} and bool(kinds & {"press", "interview"})
        )

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
        topic = self.topic
        anew = pattern.total or not (pattern.needs or pattern.kind == "ambiguous")
        if name and (name != topic.name or anew):
            same = name == topic.name
            self.topic = Topic(
                name=name,
                trusted=trusted,
                carried=topic.carried and (same or not topic.name),
                broken=topic.broken and same and bool(pattern.needs),
                assumed=topic.assumed and same and not any(w.kind == "requests" for w in heard),
            )
        if pattern.items and made and any(word.kind == "requests" for word in heard):
            self.topic = Topic(name="requests", trusted=trusted)
        if pattern.total and made:
            counts = self.speaker.agent != "region" or self.heading.government is not False
            self.topic.total, self.topic.total_kind = made[0].value, made[0].kind
            self.topic.start = clause.at[0]
            quantity = quantity_of(heard)
            self.topic.unit = quantity.unit if quantity else ""
            self.topic.sentence = self.sentence if counts else -1
        for statement in made:
            if statement.ref in _PARTS and statement.value != self.topic.total:
                self.topic.narrowed = statement.ref
            if statement.ref.startswith("requests.received."):
                self.topic.by_channel += statement.value or 0
        apart = any(s.ref.startswith(_APART) and s.value != 0 for s in made)
        if apart or self._fewer_due(heard) or any(word.kind == "in_progress" for word in heard):
            self.topic.carried = True
        if any(word.kind == "except" for word in heard) and made:
            self.topic.excepted += made[0].value or Decimal(0)
        if pattern.states != ("{reason}",):
            self.topic.refused = any(w.tag == "<outcome:refused>" for w in heard)

    # --- figures

    def _made(self, pattern: Pattern, clause: Clause, heard: tuple[Word, ...]) -> list[Statement]:
        if pattern.items:
            return items(
                pattern, clause, heard, self.figures, topic=self.topic, disclosed=self.disclosed
            )
        made = []
        for template in pattern.states + pattern.implies:
            template = self.disputes.of(self.medium.of(template), heard, self.heading.era)
            just_stated = self.last[0].ref if self.last else ""
            template = template.replace("{last}", just_stated)
            if "{doc}" in template and not any(word.kind == "doc" for word in heard):
                template = template.replace("proactive.{doc}", just_stated.partition("@")[0])
            if ref := self.figures.ref(template, heard):
                statement = valued(
                    ref,
                    pattern,
                    clause,
                    heard,
                    figures=self.figures,
                    topic=self.topic,
                    last=self.last,
                )
                if template in pattern.implies and statement.kind == "stated":
                    statement = replace(statement, kind="implied")
                    statement = left_open(statement) if self.interrupted else statement
                made.append(statement)
        return made
