"""After people's decisions: cells that were in doubt and, with the figures decided, no longer are.

The same judgement as on reading, with the same thresholds; what was decided counts as certain.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from gouji.ingest.doubts import kinds_of
from gouji.ingest.messages import Language
from gouji.ingest.told import reasons
from gouji.ocr.finding import Finding
from gouji.ocr.page import Box
from gouji.ocr.reader import Reading
from gouji.tables.evidence import Seen
from gouji.tables.forms.form import Identity, load
from gouji.tables.identities import Figure, all_zero, evaluate
from gouji.tables.judge import Verdict, judge
from gouji.tables.numbers import parse
from gouji.tables.record import CellModel, Record

_OF_READING = frozenset(("reading", "sum"))
"""Doubts about what was read; where a figure belongs no sum of decided figures can tell here."""
_TWO = 2
_LIKELY = 0.5
"""How likely the reader holds what two sums prove, at least: else a misprint would be mended."""
Key = tuple[int, str]
"""A cell by its table's number and its name."""


def resolved(record: Record, decided: Collection[Key], language: Language) -> Record:
    """The record with the cells accepted that decisions settle. Nothing is settled by a sum in
    which no decided figure stands, nor one that was settled so.
    """
    cells = list(record.cells)
    for table in sorted({table for table, _ in decided}):
        known = {ref for number, ref in decided if number == table}
        while found := _settled(record.model_copy(update={"cells": tuple(cells)}), table, known):
            for number, cell in enumerate(cells):
                if cell.table == table and cell.ref in found:
                    cells[number] = _accepted(cell, found[cell.ref], language)
            known |= found.keys()
    return record.model_copy(update={"cells": tuple(cells)})


def _settled(record: Record, number: int, known: Collection[str]) -> dict[str, Verdict]:
    """The cells of a table that the figures ``known`` settle, with what they are held to say."""
    table = record.tables[number]
    form = next(t for t in load(table.edition).tables if t.id == table.id)
    counts = {cell.ref for cell in form.cells if not cell.money}
    own = {cell.ref: cell for cell in reversed(record.cells) if cell.table == number}
    sums = [i for i in load(table.edition).identities_of(form) if i.severity == "error"]
    near = {ref for i in sums if not set(i.refs).isdisjoint(known) for ref in i.refs}
    seen = {ref: _seen(c) for ref, c in own.items() if ref in counts & near and _is_open(c)}
    if not seen or len(own) < sum(c.table == number for c in record.cells):
        return {}  # a name that comes again stands for two cells
    fixed = {ref: _figure(cell) for ref, cell in own.items() if ref not in seen}
    return {
        ref: verdict
        for ref, verdict in _judged(tuple(seen.items()), tuple(fixed.items()), tuple(sums)).items()
        if verdict.accepted or _pinned(ref, verdict, fixed, sums)
    }


@lru_cache(maxsize=128)
def _judged(
    seen: tuple[tuple[str, Seen], ...], fixed: tuple[tuple[str, Figure], ...],
    sums: tuple[Identity, ...],
) -> dict[str, Verdict]:  # fmt: skip
    """Remembered, because a decision is followed by drawing rows and then the page."""
    return judge(dict(seen), dict(fixed), sums)


def _pinned(
    ref: str, verdict: Verdict, certain: Mapping[str, Figure], sums: Collection[Identity]
) -> bool:
    """Whether two sums or more, of figures that are certain but for this one, prove the likeliest
    reading, and none speaks against it.
    """
    share = verdict.support.share if verdict.support else 0.0
    if verdict.text is None or share < _LIKELY:
        return False
    number = parse(verdict.text)
    figures = {**certain, ref: Figure(number.value, number.state)}
    through = [i for i in sums if ref in i.refs and figures.keys() >= set(i.refs)]
    results = [evaluate(i, figures).result for i in through if not all_zero(i, figures)]
    held = sum(result in ("pass", "pass_blank_as_zero") for result in results)
    return held >= _TWO and "fail" not in results


def _is_open(cell: CellModel) -> bool:
    told = bool(cell.readings) and cell.box is not None
    return told and not cell.accepted and kinds_of(cell) <= _OF_READING


def _figure(cell: CellModel) -> Figure:
    """A figure in doubt is none: no sum with it proves anything."""
    return Figure(cell.value, cell.state) if cell.accepted else Figure(None, "unreadable")


def _seen(cell: CellModel) -> Seen:
    box = Box(*(cell.box or (0, 0, 0, 0)))
    readings = tuple(Reading(r.by, r.text, r.confidence) for r in cell.readings)
    return Seen((cell.page or 0, box), readings)


def _accepted(cell: CellModel, verdict: Verdict, language: Language) -> CellModel:
    number = parse(verdict.text or "")
    return cell.model_copy(update={
        "value": number.value, "state": number.state, "written": verdict.text, "accepted": True,
        "basis": "solved", "confidence": round(verdict.confidence, 4),
        "why": reasons([Finding("settled_by_decision")], language),
    })  # fmt: skip
