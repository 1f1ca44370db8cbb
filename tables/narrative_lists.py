"""Several figures in one clause: none of several, the same for each, as many names as figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from gouji.tables.narrative_figures import SUBJECTS, Figures, Statement, quantity_of
from gouji.tables.narrative_language import Pattern
from gouji.tables.narrative_text import Clause
from gouji.tables.narrative_topic import SILENT, Topic
from gouji.tables.narrative_words import Word, words_of

_IN_LISTS = SILENT | {
    "and", "via", "publish", "info", "received", "requests", "arise", "cause", "among", "qty",
    "channel", "medium", "outcome", "review", "litigation", "apply", "all",
}  # fmt: skip
_ORDERLY = ("分别", "依次")


def respective(clause: Clause, words: tuple[Word, ...]) -> int | None:
    """Find 分别 among the words, where it orders several figures."""
    if sum(word.kind == "qty" for word in words) < 2:
        return None
    for number, word in enumerate(words):
        if clause.text[word.start : word.end] in _ORDERLY:
            return number
    return None


def items(
    pattern: Pattern,
    clause: Clause,
    heard: tuple[Word, ...],
    figures: Figures,
    *,
    topic: Topic,
    disclosed: bool,
) -> list[Statement]:
    """None of several, or the same figure for each of them."""
    ways = [word for word in heard if word.kind == "channel"]
    members = ways or [word for word in heard if word.kind in SUBJECTS]
    about = disclosed or any(word.kind == "cause" for word in heard)
    quantity = quantity_of(heard)
    made = []
    for word in members:
        if len(members) == 1 and (
            (word.kind == "complaints" and not about)
            or (word.kind == "apply" and (topic.name != "requests" or topic.assumed))
        ):
            continue
        ref = SUBJECTS.get(word.kind) or figures.named(word)
        if not ref:
            continue
        if pattern.items == "each" and quantity is not None:
            made.append(figures.measured(ref, quantity, "stated", clause))
        else:
            made.append(figures.statement(ref, Decimal(0), "stated", clause))
    return made


def respectively(
    clause: Clause, words: tuple[Word, ...], at: int, figures: Figures, topic: Topic
) -> list[Statement] | None:
    """通过微信微博分别发布482条、205条: as many names as figures, in their order; None if not."""
    kinds = {word.kind for word in words}
    refs = [ref for word in words[:at] if (ref := figures.named(word))]
    amounts = [word.quantity for word in words[at:] if word.quantity]
    families = {ref.rpartition(".")[0] for ref in refs}
    astray = any(figures.named(word) for word in words[at:])
    astray = astray or quantity_of(words[:at]) is not None
    if astray or not kinds <= _IN_LISTS or len(refs) != len(amounts) or len(families) != 1:
        return None
    if families == {"requests.received"} and topic.name != "requests":
        return []
    published = "publish" in kinds or any(word.tag == "<info:open>" for word in words)
    if families == {"proactive.channel"} and not published:
        return []
    pairs = zip(refs, amounts, strict=True)
    return [figures.measured(ref, amount, "stated", clause) for ref, amount in pairs]


def years_joined(clauses: tuple[Clause, ...], year: int | None) -> Iterator[Clause]:
    """2021年、2022年，我局分别收到申请25件、30件: several years belong to the clause after them."""
    years: Clause | None = None
    for clause in clauses:
        if years is not None:
            text, at = years.text + clause.text, years.at + clause.at
            clause, years = replace(clause, text=text, at=at, before=years.before), None
        if clause.text.count("年") > 1 and _is_years(words_of(clause.text, year)):
            years = clause
        else:
            yield clause
    if years is not None:
        yield years


def _is_years(words: tuple[Word, ...]) -> bool:
    kinds = [word.kind for word in words]
    return kinds.count("time") > 1 and set(kinds) <= {"time", "and"}


def of_this_year(words: tuple[Word, ...], at: int) -> tuple[Word, ...] | None:
    """2022年、2023年我局分别收到申请25件、30件: the clause with this year's figure alone."""
    years = [word for word in words[:at] if word.kind == "time"]
    amounts = [word for word in words[at:] if word.quantity]
    named = [word.name for word in years]
    if len(years) < 2 or len(years) != len(amounts) or named.count("this") != 1:
        return None
    if set(named) - {"this", "other"}:
        return None
    ours = years[named.index("this")], amounts[named.index("this")]
    first = True
    kept = []
    for word in words:
        if word.quantity and first:
            kept.append(ours[1])
            first = False
        elif not (word.quantity or word.kind == "and" or (word in years and word is not ours[0])):
            kept.append(word)
    return tuple(kept)
