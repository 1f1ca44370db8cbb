"""What a transformation is, and the edits that several of them share."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from random import Random

from bench.forge.model import Cell, Document, Paragraph, Row, Table

PDFS = frozenset({"pdf-libreoffice", "pdf-chromium"})
MARKUP = frozenset({"html", "docx", "xlsx"})
LINES = frozenset({"tsv", "markdown", "exploded", "flattened"})
CELLS = PDFS | MARKUP | {"tsv", "markdown"}
ALL = PDFS | MARKUP | LINES
MODERN = frozenset({"proactive", "requests", "disputes"})


@dataclass(frozen=True)
class Transformation:
    """A layout met in real reports: a function from a document to a document.

    ``kinds`` are the formats it can be drawn in, ``tables`` those of which the document needs one
    (of ``edition``, unless that is None), ``excludes`` the layouts it cannot go with.
    """

    name: str
    family: str
    change: Callable[[Document, Random], None]
    kinds: frozenset[str] = ALL
    tables: frozenset[str] = MODERN | {"main"}
    edition: str | None = None
    excludes: frozenset[str] = frozenset()
    weight: float = 1.0

    def applies(self, document: Document) -> bool:
        there = {
            table.id
            for table in document.tables()
            if self.edition is None or table.edition == self.edition
        }
        return document.kind in self.kinds and bool(there & self.tables)

    def __call__(self, document: Document, rng: Random) -> Document:
        if not self.applies(document):
            raise ValueError(f"{self.name} does not apply to {document.form} as {document.kind}")
        document = deepcopy(document)
        self.change(document, rng)
        return document


def value_refs(document: Document, *tables: str) -> list[str]:
    """Refs of the value cells that stand in these tables (all if none is named)."""
    return [cell.ref for cell in document.cells(*tables) if cell.role == "value" and cell.ref]


def zeros(document: Document, *tables: str) -> list[str]:
    refs = value_refs(document, *tables)
    return [ref for ref in refs if document.truth[ref].state == "zero"]


def a_table(document: Document, rng: Random) -> str:
    return rng.choice([table.id or "" for table in document.tables()])


def labels(document: Document, *tables: str) -> list[Cell]:
    return [cell for cell in document.cells(*tables) if cell.role in ("label", "group")]


def result_rows(table: Table) -> list[int]:
    """Indices of the rows of the requests table that carry figures."""
    return [index for index, row in enumerate(table.rows) if row.key]


def cut_spans(table: Table, at: int, repeat: str = "") -> None:
    """Ends every row span at ``at``; what is left of one becomes a cell of its own there.

    ``repeat`` tells its text: ``text`` repeats the label, ``""`` leaves it empty.
    """
    for index, anchors in enumerate(table.anchors()):
        for column, cell in anchors:
            if index < at < index + cell.rows:
                rest = index + cell.rows - at
                cell.rows = at - index
                text = cell.text if repeat == "text" else ""
                new = Cell(text, cell.role, None, rest, cell.cols, cell.vertical)
                _insert(table, at, column, new)


def _insert(table: Table, at: int, column: int, new: Cell) -> None:
    # Spans are cut from the left, so that the columns of those still uncut stay taken.
    anchors = table.anchors()[at]
    before = sum(1 for other, _ in anchors if other < column)
    table.rows[at].cells.insert(before, new)


def split(document: Document, table: Table, at: int, *, between: list[str], heads: bool) -> None:
    """Splits a table in two at a row, as a page break does; repeats its header if asked.

    In paged formats the second part starts on a new page.
    """
    place = next(i for i, block in enumerate(document.blocks) if block is table)
    rest = table.rows[at:]
    del table.rows[at:]
    header = [deepcopy(row) for row in table.rows if row.head] if heads else []
    new = Table(table.id, table.edition, [*header, *rest], list(table.widths))
    lines = [Paragraph(text, "furniture") for text in between]
    new.rows[0].page_break = document.kind in PDFS
    document.blocks[place + 1 : place + 1] = [*lines, new]


def row_of(table: Table, key: str) -> Row:
    return next(row for row in table.rows if row.key == key)
