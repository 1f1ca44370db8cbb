"""The second reader, asked where proof is missing: of cells in doubt, and of sums that fail."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from gouji.ingest import opinions
from gouji.ingest.scans import reader_of
from gouji.ingest.views import best_view
from gouji.ocr.exemplars import Exemplars
from gouji.ocr.finding import DocumentError, Finding
from gouji.ocr.marks import mark_in
from gouji.ocr.page import Gray
from gouji.ocr.reader import Reader, Reading, Sight
from gouji.tables.evidence import AGAIN, LIKE, Evidence, Seen, Spot
from gouji.tables.filled import Filled
from gouji.tables.grid import Block, Document
from gouji.tables.understand import understand
from gouji.tables.understood import Understood

_SURE = 0.98
_CERTAIN, _LIKELY = 0.999, 0.002
"""The first reader's share of a digit that others are compared with; and what share of its best
makes another reading a serious one.
"""
_DIGITS = re.compile(r"[0-9]+")
_ROUNDS = 3
"""What a second reader settles may make other sums fail, whose cells are then asked for too."""


def understand_scan(
    blocks: Sequence[Block], document: Document, first: str, second: str
) -> Understood:
    """Understand a report with scanned pages; ``second`` names the reader to ask, or ``none``."""
    evidence = document.evidence
    blocks, understood = best_view(blocks, document)
    other, missing = _reader(second)
    for _ in range(_ROUNDS):
        asked = list(_asked(understood, second))
        if not asked:
            break
        evidence = read_again(evidence, asked, second, other, reader_of(first))
        understood = understand(blocks, evidence)
        opinions.COUNTS.note("second reader", taken=True)
    if second != "none" and (more := compared(evidence, understood)):
        understood = understand(blocks, more)
    return replace(understood, told=(*understood.told, *missing))


def _reader(name: str) -> tuple[Reader | None, list[Finding]]:
    """The second reader, or what to say where it is not installed."""
    try:
        return (None if name == "none" else reader_of(name)), []
    except DocumentError as error:
        return None, [Finding("second_reader_missing", error.finding.arguments)]


def _asked(understood: Understood, second: str) -> Iterator[Seen]:
    """The pieces that the second reader has not seen and should see."""
    if second == "none":
        return
    spots = set()
    for filled in _in_question(understood):
        seen = filled.seen
        if seen is None or seen.picture is None or second in seen.readers or seen.spot in spots:
            continue
        spots.add(seen.spot)
        yield seen


def _in_question(understood: Understood) -> Iterator[Filled]:
    for table in understood.tables:
        failing = table.in_failing_sums
        for filled in (*table.cells, *table.extra):
            if not filled.accepted or filled.form.ref in failing:
                yield filled


def read_again(
    evidence: Evidence,
    asked: Sequence[Seen],
    name: str,
    second: Reader | None,
    first: Reader,
) -> Evidence:
    """What the second reader sees; where it sees nothing, or is not installed, what the first
    sees in the picture made for it.
    """
    pictures = {seen.spot: seen.picture for seen in asked if seen.picture is not None}
    found = second.read(list(pictures.values())) if second else [Sight("", 0.0)] * len(pictures)
    sights = dict(zip(pictures, found, strict=True))
    unseen = [spot for spot, sight in sights.items() if not sight.figures]
    again = dict(zip(unseen, first.read([pictures[spot] for spot in unseen]), strict=True))
    readings = {
        spot: sight.figures or (Reading(name, "", 0.0), *_own(first, again[spot], pictures[spot]))
        for spot, sight in sights.items()
    }
    return evidence.with_readings(readings)


def compared(evidence: Evidence, understood: Understood) -> Evidence | None:
    """What the document's own digits tell of the cells in question; None if nothing."""
    asked = {f.seen.spot: f.seen for f in _in_question(understood) if f.seen and f.seen.readings}
    digits = exemplars_of(understood, asked)
    alike: dict[Spot, tuple[Reading, ...]] = {}
    refuted: dict[Spot, frozenset[str]] = {}
    for spot, seen in asked.items():
        text, *others = _thought_of(seen)
        if seen.picture is None or not _DIGITS.fullmatch(text):
            continue
        comparable = all(_DIGITS.fullmatch(t) and len(t) == len(text) for t in others)
        if comparable and digits.confirm(text, seen.picture, others):
            alike[spot] = (Reading(LIKE, text, 1.0),)
        rivals = {r.text for r in seen.readings if r.text != text and _DIGITS.fullmatch(r.text)}
        refuted[spot] = digits.refuted(rivals, seen.picture)
    told = alike or any(refuted.values())
    return evidence.with_readings(alike, refuted) if told else None


def _thought_of(seen: Seen) -> list[str]:
    """The first reader's likeliest text, and what else any reader seriously sees."""
    first, *_ = seen.readings
    likely = [
        r.text
        for r in seen.readings
        if r.by != first.by or r.confidence >= _LIKELY * first.confidence
    ]
    return [first.text, *(text for text in dict.fromkeys(likely) if text not in ("", first.text))]


def exemplars_of(understood: Understood, asked: Collection[Spot]) -> Exemplars:
    """The digits of a document that are certain: read so, believed, and not ``asked`` for."""
    return Exemplars(
        (filled.cell.text.strip(), filled.seen.picture)
        for table in understood.tables
        for filled in table.cells
        if filled.accepted and filled.cell and filled.seen and filled.seen.picture is not None
        and filled.seen.spot not in asked
        and filled.support and filled.support.share >= _CERTAIN
        and _DIGITS.fullmatch(filled.cell.text.strip())
    )  # fmt: skip


def _own(reader: Reader, sight: Sight, picture: Gray) -> Iterator[Reading]:
    """What a reader is sure of in a second picture, or its shape tells, under a name of its own."""
    mark = mark_in(picture, reader.name)
    best = next(iter((mark or sight).figures), None)
    if best is not None and best.text and (mark or best.confidence >= _SURE):
        yield replace(best, by=f"{reader.name}{AGAIN}2")
