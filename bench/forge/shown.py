"""What a printed page shows of the tables: LibreOffice may leave out nearly all of one."""

from __future__ import annotations

from pathlib import Path

import pypdfium2

from .model import Document, Row, Table

BEGINNING = 4
"""So many characters of a label are looked for: the rest may stand on another line."""


def mark_lost(document: Document, pdf: Path) -> None:
    """Nothing is known of a table of whose rows less than half are on the pages."""
    text = _text(pdf)
    for name in {table.id for table in document.tables() if table.id}:
        tables = document.tables(name)
        beginnings = [b for table in tables for row in table.rows if (b := _beginning(row))]
        if 2 * sum(beginning in text for beginning in beginnings) < len(beginnings):
            for table in tables:
                _forget(document, table)


def _forget(document: Document, table: Table) -> None:
    for row in table.rows:
        for cell in row.values():
            if cell.ref:
                truth = document.truth[cell.ref]
                truth.knowable, truth.why = False, "not on the page"


def _beginning(row: Row) -> str:
    label = next((cell.text for cell in row.cells if cell.role == "label"), "")
    return "".join(label.split())[:BEGINNING] if row.key else ""


def _text(pdf: Path) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)
    finally:
        document.close()
