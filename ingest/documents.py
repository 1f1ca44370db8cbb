"""One document of any kind → lines and grids."""

from __future__ import annotations

from gouji.ingest import kinds, office
from gouji.ingest.intake import Member
from gouji.ingest.settings import Settings
from gouji.ocr.finding import Finding
from gouji.ocr.page import Page
from gouji.ocr.pdf import PdfLimits, open_pages
from gouji.tables import markup
from gouji.tables.grid import Block, Document, Grid, PageInfo
from gouji.tables.layout import blocks
from gouji.tables.proof import is_drawn


def document_of(member: Member, settings: Settings) -> Document:
    """Read a document of a known kind; raises ``DocumentError`` where it can't be read."""
    data, kind = member.data, str(member.kind)
    if kind in kinds.OFFICE:
        data, kind = office.convert(data, kind, settings)
    if kind == "pdf":
        return _pdf(data, settings)
    if kind == "image":
        return Document((), findings=(Finding("needs_ocr"),))
    return markup.read(data, kind, settings.limits)


def _pdf(data: bytes, settings: Settings) -> Document:
    limits = PdfLimits(pages=settings.limits.pages, pixels=settings.limits.pixels)
    found: list[Block] = []
    pages: list[PageInfo] = []
    findings: list[Finding] = []
    aligned: dict[int, Page] = {}
    for page in open_pages(data, limits):
        seen = blocks(page)
        found += seen
        if any(isinstance(block, Grid) and not is_drawn(block) for block in seen):
            aligned[page.number] = page
        pages.append(PageInfo(page.number, page.width, page.height, page.kind))
        findings += page.findings
        if page.kind == "scan":
            findings.append(Finding("needs_ocr", page=page.number))
    return Document(tuple(found), tuple(pages), tuple(findings), aligned)
