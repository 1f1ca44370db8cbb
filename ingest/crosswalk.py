"""Cells of one edition of the form ↔ those of another, as the forms' crosswalks have it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from gouji.tables.forms.form import Crosswalk, editions, load

_BACKWARDS = {"n:1": "1:n_sum", "1:n_sum": "n:1", "approx_n:1": "approx_1:n"}
_TAKEN = ("exact", "approx", "1:n_sum", "approx_1:n")
"""Relations by which a ref is the other edition's, or the sum of several of its refs."""


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What a ref is in another edition: ``refs``, none where there is no counterpart."""

    refs: tuple[str, ...]
    relation: str
    entry: Crosswalk


@dataclass(frozen=True, slots=True)
class Sources:
    """The refs of one edition whose sum is a ref of another.

    ``approximate``: only roughly; ``notes`` say why, as pairs of English and Chinese.
    """

    refs: tuple[str, ...] = ()
    approximate: bool = False
    notes: tuple[tuple[str, str], ...] = ()


def counterparts(edition: str, ref: str, other: str) -> Iterator[Counterpart]:
    """What the crosswalk of each of the two editions says of a ref of the first."""
    onwards = [c for c in load(edition).crosswalk if c.to == other]
    if found := _nearest(ref, [(side, c) for c in onwards for side in c.from_cells]):
        yield _counterpart(found, found.relation, _named(found.to_cells, ref, other))
    back = [c for c in load(other).crosswalk if c.to == edition]
    sides = [
        (s, c) for c in back for s in (c.from_cells if c.to_cells == ("=",) else c.to_cells)
    ]  # fmt: skip
    if found := _nearest(ref, sides):
        relation = _BACKWARDS.get(found.relation, found.relation)
        yield _counterpart(found, relation, _named(found.from_cells, ref, other))


@cache
def sources(target: str, ref: str, edition: str) -> Sources | None:
    """Which refs of ``edition`` make up a ref of ``target``; None where the crosswalk has none.

    Goes by way of a third edition where the crosswalk knows no direct way.
    """
    if _linked(target, edition):
        return _direct(target, ref, edition)
    for step in editions():
        if _linked(target, step) and _linked(step, edition):
            return _by_way_of(step, target, ref, edition)
    return None


def _direct(target: str, ref: str, edition: str) -> Sources | None:
    found = next(counterparts(target, ref, edition), None)
    if found is None or found.relation not in _TAKEN or not refs_of(edition).issuperset(found.refs):
        return None
    rough = found.relation.startswith("approx")
    notes = ((found.entry.note, found.entry.note_zh),) if found.entry.note else ()
    return Sources(found.refs, rough, notes)


def _by_way_of(step: str, target: str, ref: str, edition: str) -> Sources | None:
    near = _direct(target, ref, step)
    far = [_direct(step, one, edition) for one in near.refs] if near else []
    if near is None or not far:
        return None
    made = Sources((), near.approximate, near.notes)
    for part in far:
        if part is None:
            return None
        notes = tuple(dict.fromkeys(made.notes + part.notes))
        made = Sources(made.refs + part.refs, made.approximate or part.approximate, notes)
    return made


def _linked(one: str, other: str) -> bool:
    """Whether the crosswalk of one of two editions names the other."""
    return any(
        c.to == second for first, second in ((one, other), (other, one))
        for c in load(first).crosswalk
    )  # fmt: skip


@cache
def refs_of(edition: str) -> frozenset[str]:
    """Every ref of an edition."""
    return frozenset(cell.ref for table in load(edition).tables for cell in table.cells)


def _counterpart(found: Crosswalk, relation: str, refs: Sequence[str]) -> Counterpart:
    return Counterpart(() if relation == "none" else tuple(refs), relation, found)


def _nearest(ref: str, sides: Sequence[tuple[str, Crosswalk]]) -> Crosswalk | None:
    """The entry that names the ref most closely."""
    fitting = [(len(side.strip("*…")), c) for side, c in sides if _matches(side, ref)]
    return max(fitting, key=lambda found: found[0])[1] if fitting else None


def _matches(pattern: str, ref: str) -> bool:
    """Whether a side of the crosswalk names the ref; a bare row stands for all its columns."""
    parts = (re.escape(part) for part in re.split(r"[*…]", pattern))
    return re.fullmatch(".*".join(parts) + ("" if "@" in pattern else "(@.*)?"), ref) is not None


def _named(side: tuple[str, ...], ref: str, edition: str) -> list[str]:
    """The refs of the other side, in the column of this one where it names only rows."""
    row, at, column = ref.partition("@")
    known = refs_of(edition)
    return [
        ref if name == "=" or ("*" in name and _matches(name, ref))
        else name.replace("…", row) if "@" in name
        else name if name in known
        else name + at + column
        for name in side
    ]  # fmt: skip
