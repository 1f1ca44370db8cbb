"""What a paragraph is about, as far as its clauses lean on what was named before."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from gouji.tables.chinese_numbers import Quantity
from gouji.tables.narrative_figures import Kind, Statement, quantity_of
from gouji.tables.narrative_speaker import AGENTS
from gouji.tables.narrative_words import Word

SILENT = frozenset({"neutral", "time", "means", *AGENTS})
OF_PIECES = ("条", "条次", "篇", "则")
_FOREIGN = frozenset({"unknown", "other_subject", "number"})
# Kinds of answer that nothing but an application for information gets.
_TELLING = frozenset({"outcome", "reason", "carried_in", "carried_out", "carried_out_year"})
_CASES = frozenset({"review", "litigation"})
_COMMON = frozenset({"not_processed", "other_handling", "unavailable"})
_ROWS = frozenset({"in_person", "fax", "online", "letter"})
_BY_POST = frozenset({"fax", "letter", "email"})


@dataclass(slots=True)
class Topic:
    """What the clauses are about, the applications counted, and what spoils what leans on them.

    ``narrowed``: the last figure counted but a part of them (办结65件，其中网上50件);
    ``trusted``: of this year and of this body; ``broken``: something not understood was counted
    in between; ``carried``: applications were carried over, so 均 may mean others; ``assumed``:
    no word named it; ``by_channel``: how many of them some way of applying was named for;
    ``pieces``: how many something not understood was said of (土地类11件); None: of other things.
    """

    name: str = ""
    total: Decimal | None = None
    total_kind: Kind = "stated"
    unit: str = ""
    start: int = 0
    sentence: int = -1
    trusted: bool = True
    broken: bool = False
    carried: bool = False
    refused: bool = False
    narrowed: str = ""
    assumed: bool = False
    excepted: Decimal = Decimal(0)
    by_channel: Decimal = Decimal(0)
    pieces: Decimal | None = Decimal(0)

    def interrupt(self, counted: Quantity | None) -> None:
        """Something that is not understood was counted; parts that add up to all are no harm."""
        if counted is None or counted.value is None or counted.unit != self.unit:
            self.pieces = None
        elif self.pieces is not None:
            self.pieces = None if counted.approximate else self.pieces + counted.value
        self.broken = self.total is None or self.pieces != self.total


@dataclass(slots=True)
class Assumption:
    """收到申请12件: that it is for information must show in the rest of the paragraph.

    ``alone``: nothing else says what the paragraph is about, neither a heading nor a word that is
    not understood; then applications as such are those the report is about. ``confirmed``: those
    for information were named after, as many as were listed by their ways, or as new ones beside
    those carried over.
    ``bare``: neither they nor their receipt were named (窗口申请3件, 上年结转5件); ``titled``: the
    report's title was, so that 当面, 传真, 网络 and 信函 are those of its table.
    """

    alone: bool
    titled: bool
    bare: bool
    hints: set[str] = field(default_factory=set)
    ways: set[str] = field(default_factory=set)
    unclear: bool = False
    refuted: bool = False
    confirmed: bool = False

    def hear(
        self, words: tuple[Word, ...], *, understood: bool, listed: Decimal = Decimal(0)
    ) -> None:
        """Weigh a clause of the paragraph. ``listed``: applications by their ways before it."""
        kinds = {word.kind for word in words}
        quantity = quantity_of(words)
        beside = "newly" in kinds and "carried_in" in self.hints and not self.ways
        as_many = quantity is not None and listed == quantity.value and len(self.ways) > 1
        if understood and {"requests", "qty"} <= kinds and (as_many or beside):
            self.confirmed = True
            return
        self.refuted = self.refuted or "other_subject" in kinds or "named" in kinds
        if not understood:
            self.unclear = self.unclear or bool(kinds & _FOREIGN)
            cases = self.bare and kinds & _CASES
            self.refuted = self.refuted or {"requests", "qty"} <= kinds or bool(cases)
            return
        for word in words:
            if word.kind == "apply":
                self.hints.add("apply")
            elif word.kind in _TELLING and word.name not in _COMMON:
                self.hints.add(word.kind + word.name)
            elif word.kind == "channel":
                self.ways.add(word.name)
        self.refuted = self.refuted or {"requests", "qty"} <= kinds

    def holds(self, statement: Statement) -> bool:
        """Whether a statement that rests on it may be vouched for."""
        if self.refuted:
            return False
        if self.confirmed or (self.bare and (self.unclear or not self.alone)):
            return self.confirmed
        if self.titled and "fax" in self.ways and len(self.ways & _ROWS) > 2:
            return not self.unclear
        by_post = len(self.ways & _BY_POST) and min(len(self.ways), 2)
        if len(self.hints) + (0 if self.bare else by_post) > 1:
            return True
        alone = self.alone and not (self.unclear or self.bare)
        return alone and ".received." not in statement.ref
