"""From a file to its records. The only place that knows the order of the stages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from gouji.ingest import records
from gouji.ingest.documents import document_of, with_pictures
from gouji.ingest.intake import Member, open_file
from gouji.ingest.messages import Language, language_of
from gouji.ingest.opinions import best_understood
from gouji.ingest.settings import Settings
from gouji.ocr.finding import DocumentError, Finding
from gouji.tables.grid import Document, Line
from gouji.tables.head import read_head
from gouji.tables.narrative import statements
from gouji.tables.narrative_check import compare
from gouji.tables.record import Record
from gouji.tables.reports import cut_at_titles, is_report, split_reports


def read_file(path: Path, settings: Settings) -> Iterator[Record]:
    """The records of all reports of all documents of one file; errors are records too."""
    language = language_of(settings.language)
    for member in open_file(path, settings.limits):
        yield from read_member(member, settings, language)


def read_member(member: Member, settings: Settings, language: Language) -> list[Record]:
    """The records of one document."""
    where = records.source(member.name, member.sha256, member.kind)
    try:
        if member.error:
            raise member.error
        document, reports = _read(member, settings)
        where = records.source(member.name, member.sha256, member.kind, document)
    except DocumentError as error:
        return [records.failed(where, error, language)]
    findings = (*member.findings, *document.findings)
    if not reports:
        return [records.no_report(where, findings, language)]
    return [records.record_of(where, report, document, language) for report in reports]


def _read(member: Member, settings: Settings) -> tuple[Document, list[records.Report]]:
    """The document and its reports, read again in another way where that may tell more."""
    document = document_of(member, settings)
    reports = list(_reports(member, document, settings))
    if _lacks_tables(reports) and (more := with_pictures(member, document, settings)).warps:
        document, reports = more, list(_reports(member, more, settings))
    distrusted = _distrusted(member, document, reports, settings)
    if distrusted:
        document = document_of(member, settings, distrusted, document.scans)
        reports = list(_reports(member, document, settings))
    if _needs_text(document, reports):
        document = _with_text(member, document, settings, distrusted)
        reports = list(_reports(member, document, settings))
    return document, reports


def _with_text(
    member: Member, document: Document, settings: Settings, distrusted: frozenset[int]
) -> Document:
    """The document with the running text of its scanned pages, or of its pictures."""
    wish = settings.model_copy(update={"text": True})
    again = document_of(member, wish, distrusted, document.scans)
    return again if again.warps else with_pictures(member, again, wish)


def _lacks_tables(reports: Sequence[records.Report]) -> bool:
    """Whether tables may stand in pictures."""
    return not reports or any(report.understood.lacks_tables for report in reports)


def _distrusted(
    member: Member, document: Document, reports: Sequence[records.Report], settings: Settings
) -> frozenset[int]:
    """Pages whose text layer says other figures than are to be seen."""
    if member.kind != "pdf" or not any(r.understood.failing for r in reports):
        return frozenset()
    from gouji.ingest.text_layer import doubtful_pages

    found = [doubtful_pages(member, report.understood, settings) for report in reports]
    return frozenset[int]().union(*found) - frozenset(document.warps)


def _needs_text(document: Document, reports: Sequence[records.Report]) -> bool:
    """Whether the running text of scanned pages, left unread, is wanted after all: no report was
    recognised, or one that lacks tables, or agency or year.
    """
    if not any(finding.code == "text_unread" for finding in document.findings):
        return False
    heads = [report.head.report for report in reports]
    return (
        not all(
            not report.understood.lacks_tables and head.agency and head.year
            for report, head in zip(reports, heads, strict=True)
        )
        or not heads
    )


def _reports(member: Member, document: Document, settings: Settings) -> Iterator[records.Report]:
    if not is_report(document.blocks):
        return
    shared = (*member.findings, *document.findings)
    whole = tuple(cut_at_titles(document.blocks))
    for index, part in enumerate(split_reports(whole)):
        blocks = whole[part]
        head = read_head(blocks, Path(member.name).stem, index, document.evidence)
        if document.warps:
            from gouji.ingest.second import understand_scan

            understood = understand_scan(blocks, document, settings.engine, settings.second)
        else:
            understood = best_understood(member, document, blocks)
        stated = statements(
            [block for block in understood.beside if isinstance(block, Line)],
            head.report.year,
            {table.form.edition for table in understood.tables},
        )
        told: list[Finding] = compare(stated, understood.values)
        yield records.Report(head, understood, stated, (*shared, *told))
