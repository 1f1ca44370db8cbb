"""What was understood of one report → its canonical record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

from gouji.ingest.messages import Language
from gouji.ingest.told import reasons, told
from gouji.ocr.finding import DocumentError, Finding
from gouji.tables.filled import Filled
from gouji.tables.grid import Document, Place
from gouji.tables.head import Head
from gouji.tables.identities import Outcome
from gouji.tables.narrative import Statement
from gouji.tables.record import (
    At,
    BoxList,
    CellModel,
    IdentityModel,
    PageModel,
    Program,
    ReadingModel,
    Record,
    Source,
    StatementModel,
    Status,
    TableModel,
)
from gouji.tables.understood import Table, Understood


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was read of one report."""

    head: Head
    understood: Understood
    statements: Sequence[Statement] = ()
    findings: Sequence[Finding] = ()


@cache
def program() -> Program:
    """Which gouji made the record."""
    return Program(version=version("gouji"))


def source(
    name: str, sha256: str | None, kind: str | None, document: Document | None = None
) -> Source:
    """The file as the record names it."""
    pages = document.pages if document else ()
    return Source(
        file=name,
        sha256=sha256,
        kind=kind,
        pages=tuple(
            PageModel(number=p.number, width=p.width, height=p.height, kind=p.kind) for p in pages
        ),
    )


def record_of(where: Source, report: Report, document: Document, language: Language) -> Record:
    """The record of one report of a document."""
    tables = report.understood.tables
    cells = tuple(
        _cell(filled, number, document, language)
        for number, table in enumerate(tables)
        for filled in (*table.cells, *table.extra)
    )
    findings = (*report.head.findings, *report.understood.findings, *report.findings)
    status: Status = "clean" if all(cell.accepted for cell in cells) else "needs_review"
    return Record(
        gouji=program(),
        source=where,
        report=report.head.report,
        tables=tuple(_table(table) for table in tables),
        cells=cells,
        identities=tuple(_identity(o) for table in tables for o in table.outcomes),
        statements=tuple(_statement(s) for s in report.statements),
        findings=told(findings, language),
        status=status,
    )


def no_report(where: Source, findings: Sequence[Finding], language: Language) -> Record:
    """The record of a document in which no such report was found.

    One with pages that could not be read may hold a report: it needs review.
    """
    unread = any(finding.code == "page_illegible" for finding in findings)
    own = () if unread else (Finding("no_report"),)
    return Record(
        gouji=program(),
        source=where,
        findings=told((*own, *findings), language),
        status="needs_review" if unread else "no_report",
    )


def failed(where: Source, error: DocumentError, language: Language) -> Record:
    """The record of a document that can't be read: only its source and the reason."""
    return Record(
        gouji=program(),
        source=where,
        findings=told([error.finding], language),
        status="failed",
    )


def _table(table: Table) -> TableModel:
    return TableModel.model_validate(
        {
            "id": table.form.id,
            "edition": table.form.edition,
            "evidence": table.evidence,
            "pages": table.pages,
        }
    )


def _cell(filled: Filled, table: int, document: Document, language: Language) -> CellModel:
    place = filled.cell.place if filled.cell else Place()
    return CellModel.model_validate(
        {
            "ref": filled.form.ref,
            "table": table,
            "value": filled.value,
            "written": filled.cell.text if filled.cell else None,
            "unit": filled.unit,
            "unit_written": filled.unit_written,
            "unit_source": filled.unit_source,
            "note": filled.note,
            "state": filled.state,
            "accepted": filled.accepted,
            "basis": filled.basis,
            "confidence": round(filled.confidence, 5)
            if filled.accepted or filled.readings
            else 0.0,
            "page": place.page,
            "box": _box(place, document),
            "at": _at(place),
            "readings": [
                ReadingModel(by=r.by, text=r.text, confidence=r.confidence) for r in filled.readings
            ],
            "why": reasons(filled.why, language),
        }
    )


def _box(place: Place, document: Document) -> BoxList | None:
    """The box on the page as the file shows it."""
    if place.box is None:
        return None
    warp = document.warps.get(place.page or 0)
    box = warp.to_page(place.box) if warp else place.box
    return (round(box.x0, 2), round(box.y0, 2), round(box.x1, 2), round(box.y1, 2))


def _at(place: Place) -> At | None:
    if place.line is None or place.start is None or place.end is None:
        return None
    return At(line=place.line, start=place.start, end=place.end)


def _identity(outcome: Outcome) -> IdentityModel:
    return IdentityModel(
        id=outcome.identity.id,
        at=outcome.identity.at,
        result=outcome.result,
        difference=outcome.difference,
        cells=outcome.identity.refs,
    )


def _statement(statement: Statement) -> StatementModel:
    return StatementModel(
        ref=statement.ref,
        value=statement.value,
        kind=statement.kind,
        quote=statement.quote,
        page=statement.place.page,
        at=_at(statement.place),
    )
