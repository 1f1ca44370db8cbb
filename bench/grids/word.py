"""A drawn document → DOCX, for LibreOffice to print."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from bench.grids.model import Drawn, Gold, Style, Table

_ROOM = 440.0
"""Points for text across an upright page."""
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
}


def write_docx(document: Drawn, path: Path) -> None:
    """Writes the document to ``path``."""
    docx = Document()
    section = docx.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    widest = max(sum(_widths(table, document.style)) for table in document.tables)
    if document.style.page.endswith("landscape") or widest > _ROOM:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
    normal = docx.styles["Normal"]
    normal.font.name, normal.font.size = document.style.font, Pt(document.style.size)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), document.style.font)
    for kind, part in document.parts:
        _part(docx, kind, part, document.style)
    docx.save(str(path))


def _part(docx: Any, kind: str, part: object, style: Style) -> None:
    match kind, part:
        case "table", Table():
            if part.caption:
                docx.add_paragraph(part.caption).paragraph_format.keep_with_next = True
            _table(docx, part, style)
            docx.add_paragraph("")
        case "list", tuple():
            for number, text in enumerate(part, 1):
                docx.add_paragraph(f"{number}. {text}")
        case "columns", tuple():
            for text in part:
                docx.add_paragraph(text)
        case "h", str():
            docx.add_paragraph().add_run(part).bold = True
        case _:
            docx.add_paragraph(str(part))


def _table(docx: Any, table: Table, style: Style) -> None:
    made = docx.add_table(rows=table.n_rows, cols=table.n_cols)
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    for column, wide in zip(made.columns, _widths(table, style), strict=True):
        column.width = Pt(wide)
        for cell in column.cells:
            cell.width = Pt(wide)
    head_end = max((c.row_end for c in table.cells if c.head), default=0)
    for gold in table.cells:
        cell = made.cell(gold.row, gold.col)
        if gold.row_end - gold.row > 1 or gold.col_end - gold.col > 1:
            cell = cell.merge(made.cell(gold.row_end - 1, gold.col_end - 1))
        _fill(cell, gold, style)
        _borders(cell, _edges(gold, table, style.border, head_end))
        if style.border == "shaded" and (gold.head or gold.row % 2 == 0):
            _shade(cell, "CCCCDD" if gold.head else "EEEEEE")
    for row in made.rows:
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = row is not made.rows[-1]


def _widths(table: Table, style: Style) -> list[float]:
    """Each column's width in points: its longest word fits, long texts wrap."""
    widths = []
    for col in range(table.n_cols):
        texts = [c.text for c in table.cells if (c.col, c.col_end) == (col, col + 1)]
        longest = max((_length(word) for text in texts for word in text.split()), default=2)
        whole = max((_length(text) for text in texts), default=2)
        wish = max(min(longest, 22), min(0.6 * whole, 30))
        widths.append(0.6 * style.size * (wish + 1) + 14)
    return widths


def _length(text: str) -> int:
    return sum(2 if char >= "\u2e80" else 1 for char in text)


def _fill(cell: Any, gold: Gold, style: Style) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = cell.paragraphs[0]
    paragraph.alignment = _ALIGN[gold.align]
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(style.padding / 2)
    form.line_spacing = style.line_height
    paragraph.add_run(gold.text).bold = gold.head


def _edges(gold: Gold, table: Table, border: str, head_end: int) -> dict[str, int]:
    """Width of each drawn edge, in eighths of a point."""
    first, last = gold.row == 0, gold.row_end == table.n_rows
    left, right = gold.col == 0, gold.col_end == table.n_cols
    match border:
        case "full" | "separate":
            return dict.fromkeys(("top", "bottom", "left", "right"), 4)
        case "horizontal":
            return {"top": 4, "bottom": 4}
        case "booktabs":
            edges = {"top": 12} if first else {}
            if gold.row_end == head_end:
                edges["bottom"] = 4
            return edges | ({"bottom": 12} if last else {})
        case "outer":
            sides = {"top": first, "bottom": last, "left": left, "right": right}
            return {side: 4 for side, wanted in sides.items() if wanted}
        case "head":
            return {"bottom": 8} if gold.row_end == head_end else {}
        case "open":
            edges = {"top": 4, "bottom": 4}
            return edges | ({} if left else {"left": 4}) | ({} if right else {"right": 4})
        case _:
            return {}


def _borders(cell: Any, edges: dict[str, int]) -> None:
    if not edges:
        return
    borders = OxmlElement("w:tcBorders")
    for side in ("top", "left", "bottom", "right"):
        if side in edges:
            edge = OxmlElement(f"w:{side}")
            edge.set(qn("w:val"), "single")
            edge.set(qn("w:sz"), str(edges[side]))
            edge.set(qn("w:color"), "000000")
            borders.append(edge)
    cell._tc.get_or_add_tcPr().append(borders)


def _shade(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), colour)
    cell._tc.get_or_add_tcPr().append(shade)
