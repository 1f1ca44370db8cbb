"""One document of any kind → lines and grids."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from gouji.ingest import kinds, office
from gouji.ingest.intake import Member
from gouji.ingest.settings import Settings
from gouji.ocr.finding import DocumentError, Finding
from gouji.ocr.page import Page
from gouji.ocr.pdf import PdfLimits, open_pages, raster
from gouji.tables import markup
from gouji.tables.carried import carried_over
from gouji.tables.grid import Block, Document, Grid, PageInfo, is_drawn
from gouji.tables.layout import blocks
from gouji.tables.pictures import pictures

if TYPE_CHECKING:  # what reads pixels is loaded only where there are scans
    from gouji.ingest.scans import Scanned
    from gouji.ocr.image import Raster
    from gouji.ocr.scan import Scan


def document_of(
    member: Member,
    settings: Settings,
    distrusted: Container[int] = (),
    known: Mapping[int, Scan] | None = None,
) -> Document:
    """Read a document of a known kind; raises ``DocumentError`` where it can't be read.

    Of scanned pages only tables and the head are read, unless ``settings.text`` asks for all.
    ``distrusted``: pages of a PDF whose text layer is left aside, as if they were scans.
    ``known``: scanned pages of this very document that need not be found again, by number.
    """
    data, kind = member.data, str(member.kind)
    if kind in kinds.OFFICE:
        data, kind = office.convert(data, kind, settings)
    if kind == "pdf":
        return _pdf(data, settings, distrusted, known)
    if kind == "image":
        return _image(data, settings, known)
    return markup.read(data, kind, settings.limits)


def with_pictures(member: Member, document: Document, settings: Settings) -> Document:
    """A document of text with its pictures read as pages behind it; itself if it has none."""
    found = pictures(member.data, str(member.kind), settings.limits)
    if not found:
        return document
    gathered = _Gathered(settings)
    for number, data in enumerate(found, start=1):
        for page in _images(data, settings):
            gathered.scan(replace(page, number=number))
    read = gathered.document()
    return replace(
        read,
        blocks=(*document.blocks, *read.blocks),
        findings=(*document.findings, *read.findings),
        scans={},  # they are numbered as pictures, not as pages
    )


def pdf_limits(settings: Settings) -> PdfLimits:
    """The limits of a PDF that the settings ask for."""
    return PdfLimits(pages=settings.limits.pages, pixels=settings.limits.pixels)


def page_pixels(member: Member, number: int, settings: Settings) -> Raster:
    """A page of a PDF or of an image file as pixels."""
    if member.kind == "pdf":
        return raster(member.data, number, pdf_limits(settings))
    return next(page for page in _images(member.data, settings) if page.number == number)


def _pdf(
    data: bytes,
    settings: Settings,
    distrusted: Container[int],
    known: Mapping[int, Scan] | None,
) -> Document:
    limits = pdf_limits(settings)
    gathered = _Gathered(settings, known)
    for page in open_pages(data, limits):
        gathered.findings += page.findings
        if page.number in distrusted:
            gathered.findings.append(Finding("text_layer_differs", page=page.number))
        if page.kind == "scan" or page.number in distrusted:
            gathered.scan(raster(data, page.number, limits))
        else:
            gathered.text(page)
    return gathered.document()


def _image(data: bytes, settings: Settings, known: Mapping[int, Scan] | None) -> Document:
    gathered = _Gathered(settings, known)
    for page in _images(data, settings):
        gathered.scan(page)
    return gathered.document()


def _images(data: bytes, settings: Settings) -> Iterator[Raster]:
    from gouji.ocr.image import ImageLimits, open_rasters

    limits = ImageLimits(pages=settings.limits.scans, pixels=settings.limits.pixels)
    return open_rasters(data, limits)


class _Gathered:
    """The pages of a document, one after another."""

    def __init__(self, settings: Settings, known: Mapping[int, Scan] | None = None) -> None:
        self.findings: list[Finding] = []
        self._wish = settings.engine, settings.text, known
        self._most = settings.limits.scans
        self._scanned: Scanned | None = None
        self._blocks: list[Block] = []
        self._pages: list[PageInfo] = []
        self._aligned: dict[int, Page] = {}

    def text(self, page: Page) -> None:
        found = carried_over(self._blocks, blocks(page))
        if any(isinstance(block, Grid) and not is_drawn(block) for block in found):
            self._aligned[page.number] = page
        self._add(found, PageInfo(page.number, page.width, page.height, page.kind))

    def scan(self, page: Raster) -> None:
        if sum(info.kind == "scan" for info in self._pages) >= self._most:
            raise DocumentError("too_many_scans", limit=self._most)
        if self._scanned is None:
            from gouji.ingest.scans import Scanned

            self._scanned = Scanned(*self._wish)
        found = self._scanned.read(page)
        self._add(found, PageInfo(page.number, page.width, page.height, "scan"))

    def document(self) -> Document:
        document = Document(
            tuple(self._blocks), tuple(self._pages), tuple(self.findings), self._aligned
        )
        if self._scanned is None:
            return document
        return replace(
            document,
            findings=(*self.findings, *self._scanned.findings),
            evidence=self._scanned.evidence,
            views=self._scanned.views,
            warps=self._scanned.warps,
            scans=self._scanned.scans,
        )

    def _add(self, found: Iterable[Block], page: PageInfo) -> None:
        self._blocks += found
        self._pages.append(page)
