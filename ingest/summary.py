"""A record in a few words: what ``gouji read`` and ``gouji check`` tell people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from gouji.ingest.messages import exit_code
from gouji.tables.forms import form
from gouji.tables.record import CellModel, FindingModel, Record

Severity = Literal["error", "warning", "info"]
Say = Callable[..., str]
_ORDER: tuple[Severity, ...] = ("error", "warning", "info")
_PLACES_SHOWN = 3
STATES = ("clean", "differs", "needs_review", "no_table", "illegible", "no_report", "failed")
"""The words of a record's status for people; see ``status`` in ``texts.toml``."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something to tell about a document, in words."""

    severity: Severity
    text: str


@dataclass(frozen=True, slots=True)
class Summary:
    """One report in figures.

    ``held``, ``failing`` and ``open`` count the identities that must hold: those that do, that
    do not, and that could not be evaluated. ``state`` is one of ``STATES``; ``exit`` is the code
    of the failure where the document could not be read, else 0.
    """

    name: str
    agency: str
    year: str
    editions: str
    accepted: int
    doubts: int
    held: int
    failing: int
    open: int
    state: str
    exit: int
    notes: tuple[Note, ...]

    @property
    def adds_up(self) -> bool:
        """No finding says that the figures themselves are wrong."""
        return not any(note.severity == "error" for note in self.notes)


def summary_of(record: Record, say: Say) -> Summary:
    """The summary of one record; ``say`` gives texts in the language wanted."""
    report = record.report
    results = strict_results(record)
    accepted = sum(cell.accepted for cell in record.cells)
    return Summary(
        name=record.source.file + (f" #{report.index + 1}" if report and report.index else ""),
        agency=(report and report.agency) or "",
        year=str(report.year) if report and report.year else "",
        editions="+".join(dict.fromkeys(table.edition for table in record.tables)),
        accepted=accepted,
        doubts=len(record.cells) - accepted,
        held=sum(result.startswith("pass") for result in results),
        failing=results.count("fail"),
        open=results.count("not_evaluable"),
        state=state_of(record),
        exit=exit_code(record.findings[0].code) if record.status == "failed" else 0,
        notes=tuple(_notes(record, say)),
    )


def state_of(record: Record) -> str:
    """What became of a document, as people are told: one of ``STATES``."""
    if record.status in ("failed", "no_report"):
        return record.status
    if not record.tables and not record.cells:
        unread = any(finding.code == "page_illegible" for finding in record.findings)
        return "illegible" if unread else "no_table"
    wrong = any(finding.severity == "error" for finding in record.findings)
    return "differs" if record.status == "clean" and wrong else record.status


def strict_results(record: Record) -> list[str]:
    """The results of the identities that must hold."""
    must = strict(record)
    return [i.result for i in record.identities if (i.id, i.at) in must]


def strict(record: Record) -> set[tuple[str, str]]:
    """The identities that must hold, each by its name and place."""
    return {
        (identity.id, identity.at)
        for edition in {table.edition for table in record.tables}
        for identity in form.load(edition).identities
        if identity.severity == "error"
    }


def _notes(record: Record, say: Say) -> list[Note]:
    """Findings, the gravest first, then what is in doubt."""
    notes = [*_findings(record.findings, say), *_doubts(record, say)]
    if record.statements and not record.tables:
        notes.append(Note("info", say("say.statements", count=len(record.statements))))
    return sorted(notes, key=lambda note: _ORDER.index(note.severity))


def _findings(findings: Iterable[FindingModel], say: Say) -> Iterator[Note]:
    """One note for findings that differ only in their page."""
    pages: dict[tuple[Severity, str], list[int]] = {}
    for finding in findings:
        found = pages.setdefault((finding.severity, finding.message), [])
        if finding.page is not None:
            found.append(finding.page)
    for (severity, message), numbers in pages.items():
        several = "say.pages" if len(set(numbers)) > 1 else "say.page"
        where = say(several, pages=_ranges(numbers)) if numbers else ""
        yield Note(severity, message + where)


def _ranges(numbers: Iterable[int]) -> str:
    """``1-3, 7``."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("-".join(str(n) for n in run) for run in runs)


def _doubts(record: Record, say: Say) -> Iterator[Note]:
    """One note for all cells in doubt for the same reason, unless a finding gives it already."""
    told = {finding.message for finding in record.findings}
    reasons: dict[str, list[CellModel]] = {}
    for cell in record.cells:
        if not cell.accepted:
            why = cell.reason or say("say.doubt_reason")
            if why not in told:
                reasons.setdefault(why, []).append(cell)
    for why, cells in reasons.items():
        shown = "、".join(place_of(record, cell) for cell in cells[:_PLACES_SHOWN])
        if len(cells) > _PLACES_SHOWN:
            shown = say("say.doubt_places", first=shown)
        yield Note("warning", say("say.doubt", count=len(cells), places=shown, why=why))


def place_of(record: Record, cell: CellModel) -> str:
    """A cell in an official's words; one that the form does not know by its own label."""
    if cell.ref.startswith("x."):
        return cell.ref.removeprefix("x.").replace("@", "·")
    table = record.tables[cell.table]
    return _place_of(table.edition, table.id, cell.ref)


@lru_cache(maxsize=4096)
def _place_of(edition: str, table: str, ref: str) -> str:
    from gouji.tables.findings import place_name

    known = next(t for t in form.load(edition).tables if t.id == table)
    return place_name(known, ref)
