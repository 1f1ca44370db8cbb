"""What several statements say together: contradictions, and figures that follow from others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from gouji.tables.narrative_figures import LEFT_OUT, Statement, left_open

_CERTAIN = ("stated", "implied")
_CHANNELS = ("in_person", "fax", "online", "letter")


def settle(found: Sequence[Statement]) -> list[Statement]:
    """Open what contradicts itself, and add the derived ones after those they rest on."""
    kept = _beside_late(_beside_unclear(list(found)))
    kept = _without_contradictions(_implied_once(_all_but_carried(kept)))
    return sorted([*kept, *_derived(kept)], key=lambda statement: statement.order)


def _all_but_carried(found: list[Statement]) -> list[Statement]:
    """均已办结 beside 结转下年3件: nobody knows how many were closed."""
    carried = any(s.ref == "requests.carried_out" and s.value != 0 for s in found)
    leaning = ("requests.closed", "requests.closed.on_time", "requests.replies.total")
    return [
        left_open(s) if carried and s.kind == "implied" and s.ref in leaning else s for s in found
    ]


def _beside_late(found: list[Statement]) -> list[Statement]:
    """答复41件，延期答复3件 of 44: the 41 may be all answers or those in time."""
    received = {s.value for s in found if s.ref == "requests.received" and s.kind in _CERTAIN}
    counted = {s.value for s in found if s.ref == "requests.closed.extended" and s.value}
    opened = []
    for s in found:
        beside = s.ref in ("requests.closed", "requests.replies.total") and s.value is not None
        among = beside and any(s.value + n in received for n in counted if s.value is not None)
        opened.append(left_open(s) if among else s)
    return opened


def _beside_unclear(found: list[Statement]) -> list[Statement]:
    """网站发布300条，省政府网站发布12条: where one was not understood nobody knows them all."""
    unclear = {(s.ref, s.order[0]) for s in found if s.subject == LEFT_OUT}
    figures = [s for s in found if s.subject != LEFT_OUT]
    return [
        replace(left_open(s), subject=LEFT_OUT) if (s.ref, s.order[0]) in unclear else s
        for s in figures
    ]


def _implied_once(found: list[Statement]) -> list[Statement]:
    """Keep an implied figure only where nothing else speaks of the same."""
    by_ref: dict[str, list[Statement]] = defaultdict(list)
    for statement in found:
        by_ref[statement.ref].append(statement)
    kept = []
    for statement in found:
        others = [s for s in by_ref[statement.ref] if s is not statement]
        added_up = bool(others) and statement.ref.endswith(".refused")  # one more for each reason
        differs = any(s.value != statement.value for s in others)
        if statement.kind == "implied" and (differs or added_up):
            continue
        kept.append(statement)
    return kept


def _without_contradictions(found: list[Statement]) -> list[Statement]:
    """Two certain figures for one thing: a person must say which one is meant."""
    values: dict[str, set[Decimal | None]] = defaultdict(set)
    for statement in found:
        if statement.kind in _CERTAIN:
            values[statement.ref].add(statement.value)
    return [
        replace(s, kind="ambiguous", subject="contradicted")
        if s.kind in _CERTAIN and len(values[s.ref]) > 1
        else s
        for s in found
    ]


def _derived(found: list[Statement]) -> list[Statement]:
    certain = {s.ref: s for s in found if s.kind in _CERTAIN}
    known = {s.ref for s in found}
    made = [_extended(certain), _last_channel(certain, known), _replies(certain)]
    return [s for s in made if s is not None and s.ref not in known]


def _derive(ref: str, value: Decimal, base: Statement) -> Statement:
    return replace(base, ref=ref, value=value, kind="derived")


def _extended(certain: dict[str, Statement]) -> Statement | None:
    closed, on_time = certain.get("requests.closed"), certain.get("requests.closed.on_time")
    if closed and on_time and closed.value is not None and on_time.value is not None:
        rest = closed.value - on_time.value
        return _derive("requests.closed.extended", rest, on_time) if rest >= 0 else None
    return None


def _last_channel(certain: dict[str, Statement], known: set[str]) -> Statement | None:
    """Derive the one way of applying that is not named, where the others add up to all."""
    total = certain.get("requests.received")
    named = [
        certain[f"requests.received.{c}"] for c in _CHANNELS if f"requests.received.{c}" in certain
    ]
    missing = [c for c in _CHANNELS if f"requests.received.{c}" not in known]
    if total is None or len(missing) != 1 or len(named) != 3:
        return None
    if sum((s.value or Decimal(0) for s in named), Decimal(0)) != total.value:
        return None
    return _derive(f"requests.received.{missing[0]}", Decimal(0), named[-1])


def _replies(certain: dict[str, Statement]) -> Statement | None:
    """All answers, where the kinds of answer and what was withdrawn add up to all received."""
    kinds = [
        s
        for ref, s in certain.items()
        if ref.startswith("requests.replies.") and ref.count(".") == 2
    ]
    total = certain.get("requests.received")
    withdrawn = certain.get("x.requests.withdrawn")
    answered = sum((s.value or Decimal(0) for s in kinds), Decimal(0))
    gone = withdrawn.value or Decimal(0) if withdrawn else Decimal(0)
    if total is None or len(kinds) < 3 or answered + gone != total.value:
        return None
    return _derive("requests.replies.total", answered, max(kinds, key=lambda s: s.order))
