"""The value of a figure: as written, or one that the sentences before give it."""

from __future__ import annotations

from decimal import Decimal

from gouji.tables.chinese_numbers import Quantity
from gouji.tables.narrative_figures import Figures, Kind, Statement, quantity_of, whole_of
from gouji.tables.narrative_language import Pattern
from gouji.tables.narrative_text import Clause
from gouji.tables.narrative_topic import OF_PIECES, Topic
from gouji.tables.narrative_words import Word

Last = tuple[Statement, int] | None
OUTCOME_DEPTH = 2  # requests.results.refused; a reason for it is one deeper


_ANSWERS = ("requests.results.", "requests.replies.")


def valued(
    ref: str,
    pattern: Pattern,
    clause: Clause,
    heard: tuple[Word, ...],
    *,
    figures: Figures,
    topic: Topic,
    last: Last,
) -> Statement:
    """Make the statement that a clause gives of ``ref``. ``last``: the figure before, its start."""
    kind: Kind = "ambiguous" if pattern.kind == "ambiguous" else "stated"
    match pattern.value:
        case "total" | "one" | "rest":
            if ref.count(".") > OUTCOME_DEPTH:
                return _of_parent(ref, pattern, clause, figures, topic, last)
            return _of_total(ref, pattern, clause, figures, topic)
        case "whole":
            return _whole(ref, heard, clause, figures, last)
        case "same":
            return _same(ref, clause, figures, last)
        case "none":
            return figures.statement(ref, None, kind, clause)
    quantity = quantity_of(heard[::-1] if pattern.value == "last" else heard)
    if pattern.value == "zero" or any(word.kind == "zero" for word in heard):
        return figures.statement(ref, Decimal(0), kind, clause)
    if quantity is None:
        return figures.statement(ref, None, "ambiguous", clause)
    if pattern.value == "if_total" and quantity.value != topic.total:
        return figures.statement(ref, None, "ambiguous", clause)
    if pattern.value == "of_last" and not _fits_in(quantity, last):
        return figures.statement(ref, None, "ambiguous", clause)
    return figures.measured(ref, quantity, kind, clause)


def _fits_in(quantity: Quantity, last: Last) -> bool:
    """制发规范性文件7件，主动公开6件; but 300条 are pieces of information."""
    whole = last[0].value if last else None
    if whole is None or quantity.value is None:
        return False
    return quantity.value <= whole and quantity.unit not in OF_PIECES


def _of_parent(
    ref: str, pattern: Pattern, clause: Clause, figures: Figures, topic: Topic, last: Last
) -> Statement:
    """不予公开3件，均属于过程性信息: all of the three that were just refused, not all received."""
    part, start = last or (None, clause.at[0])
    sure = part and part.ref == ref.rpartition(".")[0] and part.kind == "stated"
    sure = sure and (pattern.value != "one" or (part is not None and part.value == 1))
    if part is None or not sure or topic.broken:
        return figures.statement(ref, None, "ambiguous", clause)
    return figures.statement(ref, part.value, "implied", clause, start)


def _of_total(
    ref: str, pattern: Pattern, clause: Clause, figures: Figures, topic: Topic
) -> Statement:
    """均按时办结: all counted before, if nothing came between; 其余: without those named."""
    value = topic.total
    start = None if value is None else topic.start
    kind: Kind = "implied" if topic.total_kind == "stated" else topic.total_kind
    only_some = topic.narrowed and ref.startswith(_ANSWERS)
    only_some = only_some or topic.by_channel not in (0, value)
    if topic.carried or topic.broken or only_some or (pattern.value == "one" and value != 1):
        value = None
    if pattern.value == "rest" and value is not None:
        value = value - topic.excepted if 0 < topic.excepted < value else None
        kind = "derived"
    elif topic.excepted:
        value = None
    return figures.statement(ref, value, "ambiguous" if value is None else kind, clause, start)


def _same(ref: str, clause: Clause, figures: Figures, last: Last) -> Statement:
    """制发规范性文件15件，全部主动公开: the figure just stated."""
    part, start = last or (None, clause.at[0])
    value = part.value if part and part.kind == "stated" else None
    return figures.statement(ref, value, "ambiguous" if value is None else "implied", clause, start)


def _whole(
    ref: str, heard: tuple[Word, ...], clause: Clause, figures: Figures, last: Last
) -> Statement:
    """41件，占制发总数的80.4%: the one whole number that fits."""
    percent = quantity_of(heard, "percent")
    part, start = last or (None, clause.at[0])
    whole = None
    if part and part.value and percent and percent.value and part.kind == "stated":
        whole = whole_of(part.value, percent.value)
    return figures.statement(ref, whole, "ambiguous" if whole is None else "derived", clause, start)
