"""Second opinions: the tables that pdfplumber and camelot find, as grids.

Both are slow to import and to run, so they are imported when asked and used only where the fast
path finds nothing or its identities fail.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from gouji.ocr.page import Box
from gouji.tables.grid import Cell, Grid, Place

_SAME = 1.0
"""Edges of cells so near (points) are one edge."""


def pdfplumber_grids(
    path: str | os.PathLike[str], page: int, strategy: Literal["lines", "text"] = "lines"
) -> list[Grid]:
    """The tables that pdfplumber sees on ``page`` (from 1)."""
    import pdfplumber

    settings = {"vertical_strategy": strategy, "horizontal_strategy": strategy}
    grids = []
    with _quiet(), pdfplumber.open(os.fspath(path), pages=[page]) as document:
        seen = document.pages[0]
        left, top = seen.bbox[0], seen.bbox[1]
        for table in seen.find_tables(settings):
            rows = zip(table.rows, table.extract(), strict=True)
            pieces = [
                (Box(box[0] - left, box[1] - top, box[2] - left, box[3] - top), text or "")
                for row, texts in rows
                for box, text in zip(row.cells, texts, strict=True)
                if box is not None
            ]
            grids.append(_grid(pieces, "pdfplumber", page))
    return [grid for grid in grids if grid.cells]


def camelot_grids(
    path: str | os.PathLike[str],
    page: int,
    flavor: Literal["lattice", "stream", "network", "hybrid"] = "lattice",
) -> list[Grid]:
    """The tables that camelot sees on ``page`` (from 1)."""
    from camelot.io import read_pdf

    grids = []
    with _quiet():
        tables = read_pdf(os.fspath(path), pages=str(page), flavor=flavor)
        for table in tables:
            height = table.page_height if hasattr(table, "page_height") else _height(path, page)
            pieces = [
                (Box(box[0], height - box[3], box[2], height - box[1]), text)
                for box, text in _merged(table)
            ]
            grids.append(_grid(pieces, "camelot", page))
    return [grid for grid in grids if grid.cells]


PEERS = ("pdfplumber", "pdfplumber-text", "camelot")


def peer_grids(
    name: str, path: str | os.PathLike[str], pages: Sequence[int]
) -> dict[int, list[Grid]]:
    """The tables that one of ``PEERS`` sees on each of the pages (from 1)."""
    if name == "camelot":
        return {page: camelot_grids(path, page) for page in pages}
    strategy: Literal["lines", "text"] = "text" if name.endswith("text") else "lines"
    return {page: pdfplumber_grids(path, page, strategy) for page in pages}


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the remarks these libraries make about files that are only unusual."""
    loggers = [logging.getLogger(name) for name in ("pdfminer", "pdfplumber", "camelot", "playa")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _height(path: str | os.PathLike[str], page: int) -> float:
    from contextlib import closing

    import pypdfium2

    with closing(pypdfium2.PdfDocument(os.fspath(path))) as document:
        size: tuple[float, float] = document.get_page_size(page - 1)
        return size[1]


def _merged(table: Any) -> Iterator[tuple[tuple[float, float, float, float], str]]:
    """The cells of a camelot table, joined where it says that no edge lies between."""
    cells = table.cells
    done: set[tuple[int, int]] = set()
    for i, row in enumerate(cells):
        for j in range(len(row)):
            if (i, j) in done:
                continue
            end = j + 1
            while end < len(row) and not row[end].left and not row[end - 1].right:
                end += 1
            low = i + 1
            while low < len(cells) and all(
                not cells[low][k].top and not cells[low - 1][k].bottom for k in range(j, end)
            ):
                low += 1
            unruled = not any(c.left or c.right or c.top or c.bottom for c in row)
            if unruled:
                end, low = j + 1, i + 1
            part = [(r, c) for r in range(i, low) for c in range(j, end)]
            part = [spot for spot in part if spot not in done]
            done |= set(part)
            inside = [cells[r][c] for r, c in part]
            text = "\n".join(c.text.strip() for c in inside if c.text.strip())
            box = (
                min(c.x1 for c in inside), min(c.y1 for c in inside),
                max(c.x2 for c in inside), max(c.y2 for c in inside),
            )  # fmt: skip
            yield box, text


def _grid(pieces: Sequence[tuple[Box, str]], by: str, page: int) -> Grid:
    """Boxes with texts → cells whose rows and columns are the boxes' edges."""
    xs = _edges([x for box, _ in pieces for x in (box.x0, box.x1)])
    ys = _edges([y for box, _ in pieces for y in (box.y0, box.y1)])
    cells = [
        Cell(
            _index(ys, box.y0), _index(xs, box.x0), _index(ys, box.y1), _index(xs, box.x1),
            text, Place(page=page, box=box),
        )
        for box, text in pieces
    ]  # fmt: skip
    whole = [c for c in cells if c.row_end > c.row and c.col_end > c.col]
    whole.sort(key=lambda c: (c.row, c.col))
    if not whole:
        return Grid((), by)
    return Grid(tuple(whole), by, Place(page=page, box=Box(xs[0], ys[0], xs[-1], ys[-1])))


def _edges(values: Sequence[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _SAME:
            edges.append(value)
    return edges


def _index(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda i: abs(edges[i] - value))
