"""A text layer whose sums fail is compared with what a reader sees in some of its cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from gouji.ingest.intake import Member
from gouji.ingest.scans import reader_of
from gouji.ingest.settings import Settings
from gouji.ocr.crops import crop
from gouji.ocr.page import Box, Gray
from gouji.ocr.pdf import PdfLimits, render_part
from gouji.tables.filled import Filled
from gouji.tables.numbers import parse
from gouji.tables.understood import Understood

_MOST = 12
"""Cells of a page that are looked at."""
_SURE = 0.95
_FEW, _SHARE = 2, 0.25
"""A layer that differs in so many cells, and in this share of those read, is not believed."""
_RIM, _AROUND = 2.5, 1.0
"""Points at the rim of a cell that may hold its rulings; and around one that ends where its figure
does, in a table without lines.
"""
_INK = 128
_DPI = 240.0
"""So densely a page is drawn for the reader."""


def doubtful_pages(member: Member, understood: Understood, settings: Settings) -> frozenset[int]:
    """The pages of a PDF whose text layer says other figures than are to be seen.

    Only cells of sums that fail are looked at: a layer that keeps them all is in order.
    """
    pages: dict[int, list[Filled]] = {}
    for filled in _of_failing_sums(understood):
        place = filled.cell.place if filled.cell else None
        if place and place.page is not None and place.box is not None and filled.value:
            pages.setdefault(place.page, []).append(filled)
    limits = PdfLimits(pages=settings.limits.pages, pixels=settings.limits.pixels)
    return frozenset(
        page
        for page, cells in pages.items()
        if _differs(list(_pictures(member.data, page, cells[:_MOST], limits)), settings)
    )


def _pictures(
    data: bytes, page: int, cells: Sequence[Filled], limits: PdfLimits
) -> Iterator[tuple[str, Gray]]:
    """What the layer says in each of some cells of a page, and what is to be seen there; without
    cells whose figure touches what is around it. No more of the page is drawn.
    """
    boxes = [filled.cell.place.box for filled in cells if filled.cell and filled.cell.place.box]
    whole = reduce(Box.union, boxes)
    around = Box(whole.x0 - _RIM, whole.y0 - _RIM, whole.x1 + _RIM, whole.y1 + _RIM)
    gray, left, top = render_part(data, page, around, _DPI / 72, limits)
    x, y = left * 72 / _DPI, top * 72 / _DPI
    for filled, box in zip(cells, boxes, strict=True):
        ink = _ink_in(gray, Box(box.x0 - x, box.y0 - y, box.x1 - x, box.y1 - y))
        if ink and filled.cell:
            yield filled.cell.text, crop(gray, _DPI, ink, ink.height)


def _of_failing_sums(understood: Understood) -> Iterator[Filled]:
    for table in understood.tables:
        failing = table.in_failing_sums
        yield from (filled for filled in table.cells if filled.form.ref in failing)


def _differs(cells: Sequence[tuple[str, Gray]], settings: Settings) -> bool:
    read = differing = 0
    sights = reader_of(settings.engine).read([picture for _, picture in cells])
    for (text, _), sight in zip(cells, sights, strict=True):
        best = sight.figures[0] if sight.figures else None
        number = parse(best.text) if best and best.confidence >= _SURE else None
        if number is None or number.value is None:
            continue
        read += 1
        differing += number.value != parse(text).value
    return differing >= _FEW and differing >= _SHARE * read


def _ink_in(gray: Gray, box: Box) -> Box | None:
    """The box around the ink of a cell; None where there is none, or it goes on beyond the cell."""
    scale = _DPI / 72
    for by in (_RIM, -_AROUND):
        left, top = (max(0, int((start + by) * scale)) for start in (box.x0, box.y0))
        inside = gray[top : int((box.y1 - by) * scale), left : int((box.x1 - by) * scale)] < _INK
        rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
        if len(rows) and not _touches_edge(inside):
            return Box(
                (left + columns[0]) / scale,
                (top + rows[0]) / scale,
                (left + columns[-1] + 1) / scale,
                (top + rows[-1] + 1) / scale,
            )
    return None


def _touches_edge(inside: NDArray[np.bool_]) -> bool:
    return bool(inside[[0, -1]].any() or inside[:, [0, -1]].any())
