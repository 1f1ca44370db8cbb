"""One document at one stage: pictures of its pages, or words. Runs in the child process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from PIL import Image

from gouji.ingest import draw
from gouji.ingest.documents import document_of, page_pixels, pdf_limits
from gouji.ingest.grids import as_object, as_rows, grids_of
from gouji.ingest.intake import Member
from gouji.ingest.messages import Language
from gouji.ingest.pipeline import read_member
from gouji.ingest.settings import Settings
from gouji.ingest.summary import strict
from gouji.ingest.terminal import clean, pad, width
from gouji.ingest.texts import say
from gouji.ocr.finding import DocumentError
from gouji.ocr.pdf import read_page, render
from gouji.tables import markup
from gouji.tables.forms.form import load
from gouji.tables.grid import Document, PageInfo
from gouji.tables.record import CellModel, Record

Marks = Callable[[int], Iterator[draw.Mark]]
"""The marks of a page by its number."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Pictures as page number (from 1) and PNG, or the text to print instead."""

    pictures: tuple[tuple[int, bytes], ...] = ()
    text: str = ""


def show(
    member: Member, settings: Settings, language: Language, stage: draw.Stage, page: int | None
) -> Shown:
    """Paint one document, all its pages or one of them; or print what has no pages."""
    if member.kind in ("pdf", "image"):
        return _painted(member, settings, language, stage, page)
    if stage in ("page", "readings"):
        raise DocumentError("no_pages")
    document = document_of(member, settings)
    return Shown(text=_printed(member, document, settings, language, stage))


# --- on pages -----------------------------------------------------------------------------------


def _painted(
    member: Member, settings: Settings, language: Language, stage: draw.Stage, wanted: int | None
) -> Shown:
    document = document_of(member, settings)
    pages = {page.number: page for page in document.pages}
    if wanted is not None and wanted not in pages:
        raise DocumentError("no_such_page", page=wanted, count=len(pages))
    marks = _marks(member, document, settings, language, stage)
    pictures = []
    for number in [wanted] if wanted else pages:
        found = list(marks(number))
        if found or stage != "doubts":
            picture = draw.paint(_picture(member, pages[number], settings), found)
            pictures.append((number, draw.as_png(picture)))
    return Shown(tuple(pictures), "" if pictures else say("say.no_doubts", language))


def _picture(member: Member, page: PageInfo, settings: Settings) -> Image.Image:
    """The page as the file shows it, at the scale of the marks."""
    if member.kind == "pdf":
        return render(member.data, page.number, draw.SCALE, pdf_limits(settings))
    raster = page_pixels(member, page.number, settings)
    size = (round(page.width * draw.SCALE), round(page.height * draw.SCALE))
    return Image.fromarray(raster.pixels).convert("L").resize(size, Image.Resampling.BOX)


def _marks(
    member: Member,
    document: Document,
    settings: Settings,
    language: Language,
    stage: draw.Stage,
) -> Marks:
    """The marks of a stage; those of a scan, found on its sheet, where the page shows it."""
    if stage in ("form", "doubts"):
        return partial(_form_marks, read_member(member, settings, language), stage, language)
    on_sheet: Marks = partial(_block_marks, document, stage)
    if stage == "page":
        on_sheet = partial(_page_marks, member, document, settings)
    elif stage == "readings":
        on_sheet = partial(_reading_marks, document)

    def on_page(number: int) -> Iterator[draw.Mark]:
        warp = document.warps.get(number)
        for mark in on_sheet(number):
            yield replace(mark, box=warp.to_page(mark.box)) if warp else mark

    return on_page


def _page_marks(
    member: Member, document: Document, settings: Settings, number: int
) -> Iterator[draw.Mark]:
    if number not in document.warps:
        return draw.page_marks(read_page(member.data, number, pdf_limits(settings)))
    from gouji.ingest.scans import reader_of
    from gouji.ocr.scan import scan_of

    scan = scan_of(page_pixels(member, number, settings), reader_of(settings.engine))
    return draw.scan_marks(scan)


def _reading_marks(document: Document, number: int) -> Iterator[draw.Mark]:
    return draw.reading_marks(seen for seen in document.evidence if seen.spot[0] == number)


def _block_marks(document: Document, stage: draw.Stage, number: int) -> Iterator[draw.Mark]:
    blocks = [block for block in document.blocks if block.place.page == number]
    if stage == "lines":
        return draw.line_marks(blocks)
    return draw.cell_marks(grids_of(Document(tuple(blocks))))


def _form_marks(
    records: list[Record], stage: draw.Stage, language: Language, number: int
) -> Iterator[draw.Mark]:
    cells = [cell for cell in _cells(records, stage) if cell.page == number]
    return draw.form_marks(cells, _failing(records), partial(_row_name, records, language))


def _failing(records: list[Record]) -> frozenset[str]:
    """The results of sums that fail, and the figures that would explain them."""
    wrong = (f for record in records for f in record.findings)
    explained = {ref for f in wrong if f.code == "one_figure_explains" for ref in f.refs}
    results = {
        identity.cells[-1]
        for record in records
        for identity in record.identities
        if identity.result == "fail" and (identity.id, identity.at) in strict(record)
    }
    return frozenset(explained | results)


def _row_name(records: list[Record], language: Language, row: str) -> str:
    """The row as the form calls it; in English by the end of its key."""
    if language == "en":
        return row.rpartition(".")[2]
    editions = {table.edition for record in records for table in record.tables}
    rows = (r for edition in editions for table in load(edition).tables for r in table.rows)
    return next((r.label for r in rows if r.key == row), row.removeprefix("x."))


def _cells(records: list[Record], stage: draw.Stage) -> list[CellModel]:
    cells = [cell for record in records for cell in record.cells]
    return [cell for cell in cells if not cell.accepted] if stage == "doubts" else cells


# --- in words -----------------------------------------------------------------------------------


def _printed(
    member: Member, document: Document, settings: Settings, language: Language, stage: draw.Stage
) -> str:
    if stage == "lines":
        return "\n".join(clean_line(line) for line in markup.as_text(document).split("\n"))
    if stage == "cells":
        return _grids(member, document, language)
    cells = _cells(read_member(member, settings, language), stage)
    if not cells:
        return say("say.no_doubts" if stage == "doubts" else "say.no_cells", language)
    return _aligned([_cell_line(cell, language) for cell in cells])


def _grids(member: Member, document: Document, language: Language) -> str:
    parts = []
    for number, grid in enumerate(grids_of(document), start=1):
        head = say("say.table_of", language, number=number, rows=grid.n_rows, columns=grid.n_cols)
        rows = as_rows(as_object(member.name, grid))
        parts.append(f"{head}\n" + _aligned([["|", *row] for row in rows], " | "))
    return "\n\n".join(parts) or say("say.no_tables", language)


def _cell_line(cell: CellModel, language: Language) -> list[str]:
    value = "" if cell.value is None else format(cell.value, "f")
    place = f"{cell.at.line}:{cell.at.start}-{cell.at.end}" if cell.at else ""
    state = say(f"state.{cell.state}", language)
    mark = " " if cell.accepted else "?"
    return [mark, cell.ref, value, state, cell.written or "", place, cell.reason]


def _aligned(rows: list[list[str]], gap: str = "  ") -> str:
    """Rows of texts with their columns below one another."""
    cleaned = [[clean(text) for text in row] for row in rows]
    widths = [max(width(text) for text in column) for column in zip(*cleaned, strict=True)]
    return "\n".join(
        gap.join(pad(text, to) for text, to in zip(row, widths, strict=True)).rstrip()
        for row in cleaned
    )


def clean_line(line: str) -> str:
    """A line without what could steer a terminal; its tabs stay."""
    return "\t".join(clean(part) for part in line.split("\t"))
