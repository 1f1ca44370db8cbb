"""Writes a document as DOCX, which LibreOffice turns into PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from .model import Cell, Document, Paragraph, Table
from .style import PAPERS, fitted_size

ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
VALIGN = {"middle": WD_CELL_VERTICAL_ALIGNMENT.CENTER, "top": WD_CELL_VERTICAL_ALIGNMENT.TOP}
EDGES = {
    "full": (("top", "left", "bottom", "right", "insideH", "insideV"), 8, "000000"),
    "thin": (("top", "left", "bottom", "right", "insideH", "insideV"), 4, "7F7F7F"),
    "horizontal": (("top", "bottom", "insideH"), 6, "000000"),
    "none": ((), 0, ""),
}


def write_docx(document: Document, path: Path) -> None:
    """Writes ``document`` to ``path``; same document, same text and layout."""
    word = docx.Document()
    _page(word, document.style)
    for block in document.blocks:
        if isinstance(block, Paragraph):
            _paragraph(word, block, document.style)
        else:
            _table(word, block, document)
    word.save(str(path))


def _page(word: Any, style: dict[str, Any]) -> None:
    section = word.sections[0]
    width, height = PAPERS[style["paper"]]
    section.page_width, section.page_height = Pt(width), Pt(height)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Pt(style["margin"]))
    _font(word.styles["Normal"], style["font_body"], style["size_body"])
    if style["footer"]:
        paragraph = section.footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        left, _, right = style["footer"].partition("{n}")
        paragraph.add_run(left)
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        paragraph._p.append(field)
        paragraph.add_run(right)


def _font(owner: Any, name: str, size: float, *, bold: bool = False, latin: str = "") -> None:
    owner.font.name, owner.font.size, owner.font.bold = latin or name, Pt(size), bold
    owner.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _paragraph(word: Any, block: Paragraph, style: dict[str, Any]) -> None:
    paragraph = word.add_paragraph()
    run = paragraph.add_run(block.text)
    shape = paragraph.paragraph_format
    shape.space_after, shape.line_spacing = Pt(3), style["line_height"]
    if block.role == "title":
        _font(run, style["font_title"], style["size_title"], bold=True)
        paragraph.alignment, shape.space_before = WD_ALIGN_PARAGRAPH.CENTER, Pt(style["title_gap"])
        return
    if block.role in ("heading", "subheading"):
        _font(run, style["font_head"], style["size_body"], bold=style["bold_head"])
        shape.keep_with_next = True
    if block.role == "signature":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    elif block.role == "caption":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    else:
        shape.first_line_indent = Pt(2 * style["size_body"])


def _table(word: Any, table: Table, document: Document) -> None:
    style = document.style
    if table.rows[0].page_break:
        word.add_paragraph().paragraph_format.page_break_before = True
    size = fitted_size(table, style)
    width = PAPERS[style["paper"]][0] - 2 * style["margin"]
    widths = [width * part / sum(table.widths) for part in table.widths]
    out = word.add_table(rows=len(table.rows), cols=len(widths))
    out.autofit, out.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    _borders(out, style)
    for column, points in zip(out.columns, widths, strict=True):
        column.width = Pt(points)
    cells = [row.cells for row in out.rows]
    for index, anchors in enumerate(table.anchors()):
        for column, cell in anchors:
            place = cells[index][column]
            if cell.rows > 1 or cell.cols > 1:
                last = cells[index + cell.rows - 1][column + cell.cols - 1]
                place = place.merge(last)
            _fill(place, cell, style, size)
            if cell.role == "value" and "split_numbers" in document.flags:
                _split_runs(place)
    _row_marks(out, table, style)
    gap = word.add_paragraph().paragraph_format
    gap.space_after = Pt(0)


def _borders(out: Any, style: dict[str, Any]) -> None:
    names, size, colour = EDGES[style["border"]]
    properties = out._tbl.tblPr
    edges = OxmlElement("w:tblBorders")
    for name in names:
        edge = OxmlElement(f"w:{name}")
        for key, value in (("val", "single"), ("sz", str(size)), ("color", colour)):
            edge.set(qn(f"w:{key}"), value)
        edges.append(edge)
    properties.append(edges)
    margins = OxmlElement("w:tblCellMar")
    for name in ("top", "left", "bottom", "right"):
        side = OxmlElement(f"w:{name}")
        extra = 1.0 if name in ("left", "right") else 0.0
        side.set(qn("w:w"), str(int(20 * (style["padding"] + extra))))
        side.set(qn("w:type"), "dxa")
        margins.append(side)
    properties.append(margins)


def _fill(place: Any, cell: Cell, style: dict[str, Any], size: float) -> None:
    place.vertical_alignment = VALIGN[style["valign"]]
    align = {"value": style["align"], "label": style["label_align"], "group": "center"}
    bold = style["bold_head"] and cell.role in ("head", "section")
    bold |= style["bold_total"] and bool(cell.ref and "total" in cell.ref)
    lines = cell.text.split("\n")
    for number, text in enumerate(lines):
        paragraph = place.paragraphs[0] if number == 0 else place.add_paragraph()
        paragraph.alignment = ALIGN[align.get(cell.role, "center")]
        shape = paragraph.paragraph_format
        shape.space_after, shape.line_spacing = Pt(0), 1.0
        run = paragraph.add_run(text)
        _font(run, style["font_table"], size, bold=bold, latin=style["font_digits"])
    if cell.vertical and style.get("rotated"):
        _property(place, "w:textDirection", "tbRlV")
    if cell.role == "section" and style["shade"]:
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), style["shade"].lstrip("#"))
        place._tc.get_or_add_tcPr().append(shade)


def _split_runs(place: Any) -> None:
    """Spreads a cell's text over two runs, as edited documents do."""
    run = place.paragraphs[0].runs[0]
    half = len(run.text) // 2
    if half:
        rest = place.paragraphs[0].add_run(run.text[half:])
        rest.font.size, run.text = run.font.size, run.text[:half]


def _property(place: Any, name: str, value: str) -> None:
    element = OxmlElement(name)
    element.set(qn("w:val"), value)
    place._tc.get_or_add_tcPr().append(element)


def _row_marks(out: Any, table: Table, style: dict[str, Any]) -> None:
    """Rows do not break over pages; the first header rows repeat if the style says so."""
    heading = style["repeat_header"] and table.id != "proactive"
    for row, drawn in zip(out.rows, table.rows, strict=True):
        properties = row._tr.get_or_add_trPr()
        if not style["rows_break"]:
            properties.append(OxmlElement("w:cantSplit"))
        heading = heading and drawn.head
        if heading:
            properties.append(OxmlElement("w:tblHeader"))
