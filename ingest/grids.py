"""Every table of any document, before meaning."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Iterator, Sequence
from typing import Any

from gouji.ingest.documents import document_of
from gouji.ingest.export_rows import harmless
from gouji.ingest.intake import Member
from gouji.ingest.settings import Settings
from gouji.ocr.page import Box
from gouji.tables.grid import Cell, Document, Grid


def grids_of(document: Document) -> list[Grid]:
    """The grids of a document in reading order."""
    return [block for block in document.blocks if isinstance(block, Grid)]


def read_grids(member: Member, settings: Settings) -> list[dict[str, Any]]:
    """The grids of one document as JSON has them. Runs in the child."""
    document = document_of(member, settings)
    return [as_object(member.name, grid) for grid in grids_of(document)]


def as_object(file: str, grid: Grid) -> dict[str, Any]:
    """A grid as JSON has it: rows and columns from 0, pages from 1, boxes in points."""
    return {
        "file": file,
        "page": grid.place.page,
        "box": _box(grid.place.box),
        "cells": [_cell(cell) for cell in grid.cells],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "row": cell.row,
        "col": cell.col,
        "row_span": cell.row_end - cell.row,
        "col_span": cell.col_end - cell.col,
        "text": cell.text,
        "box": _box(cell.place.box),
    }


def _box(box: Box | None) -> list[float] | None:
    return [round(edge, 2) for edge in (box.x0, box.y0, box.x1, box.y1)] if box else None


# --- as people like them ------------------------------------------------------------------------

HTML_HEAD = (
    '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>gouji grids</title>'
    "<style>table{border-collapse:collapse;margin:1em 0}td{border:1px solid #888;padding:2px 6px;"
    "white-space:pre-line}caption{text-align:left}</style></head><body>"
)
HTML_TAIL = "</body></html>"


def as_html(grid: dict[str, Any]) -> str:
    """A grid as an HTML table with its spans."""
    page = f" · {grid['page']}" if grid["page"] else ""
    lines = [f"<table><caption>{html.escape(grid['file'])}{page}</caption>"]
    for row in _by_row(grid):
        lines.append("<tr>" + "".join(_html_cell(cell) for cell in row) + "</tr>")
    return "\n".join([*lines, "</table>"])


def _html_cell(cell: dict[str, Any]) -> str:
    spans = "".join(
        f' {name}span="{cell[f"{name}_span"]}"'
        for name in ("row", "col")
        if cell[f"{name}_span"] > 1
    )
    return f"<td{spans}>{html.escape(cell['text'])}</td>"


def _by_row(grid: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    rows: dict[int, list[dict[str, Any]]] = {}
    for cell in grid["cells"]:
        rows.setdefault(cell["row"], []).append(cell)
    for number in range(_size(grid)[0]):
        yield sorted(rows.get(number, []), key=lambda cell: int(cell["col"]))


def as_csv(grid: dict[str, Any], number: int) -> str:
    """The rows of a grid, each after file, page, number of the table in its file, and row.

    The text of a merged cell stands at its first row and column; the rest is empty.
    """
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    for row, texts in enumerate(as_rows(grid)):
        head = [harmless(grid["file"]), grid["page"] or "", number, row]
        writer.writerow([*head, *(harmless(text) for text in texts)])
    return target.getvalue()


def as_rows(grid: dict[str, Any]) -> list[list[str]]:
    """The grid as rows of texts."""
    height, width = _size(grid)
    rows = [[""] * width for _ in range(height)]
    for cell in grid["cells"]:
        rows[cell["row"]][cell["col"]] = cell["text"]
    return rows


def _size(grid: dict[str, Any]) -> tuple[int, int]:
    cells: Sequence[dict[str, Any]] = grid["cells"]
    return (
        max((cell["row"] + cell["row_span"] for cell in cells), default=0),
        max((cell["col"] + cell["col_span"] for cell in cells), default=0),
    )
