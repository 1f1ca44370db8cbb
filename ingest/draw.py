"""What was seen at each stage, painted on the page, or printed where there are no pages."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from PIL import Image, ImageDraw, ImageFont

from gouji.ocr.page import Box, Page
from gouji.tables.evidence import Seen
from gouji.tables.grid import Block, Cell, Grid, Line
from gouji.tables.labels import normalise
from gouji.tables.record import CellModel

if TYPE_CHECKING:
    from gouji.ocr.scan import Scan

Colour = tuple[int, int, int]
Stage = Literal["page", "lines", "cells", "readings", "form", "doubts"]
SCALE = 2.0
"""Pixels to the point."""

BLUE, GREEN, RED, GREY = (40, 90, 200), (20, 140, 60), (205, 30, 30), (120, 120, 120)
ORANGE, VIOLET = (225, 130, 0), (140, 60, 170)
_FILL, _VEIL = 40, 110
"""How opaque tints and the grounds of labels are, of 255."""
_SMALLEST, _LARGEST = 8, 12
_EDGE, _MARGIN = 2.0, 62.0
"""Points from the edge of the page, and of what stands there."""
_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
_FONTS = (
    "NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc", "SourceHanSansSC-Regular.otf",
    "wqy-zenhei.ttc", "wqy-microhei.ttc", "uming.ttc", "msyh.ttc", "simsun.ttc", "simhei.ttf",
    "PingFang.ttc", "STHeiti Light.ttc", "DroidSansFallbackFull.ttf", "DroidSansFallback.ttf",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """A box to paint, in points. ``filled``: tinted.

    ``label`` stands in its upper left corner and is cut to its width; ``aside`` on its level in
    the left margin of the page, ``under`` below the box.
    """

    box: Box
    colour: Colour
    label: str = ""
    aside: str = ""
    under: str = ""
    filled: bool = True


def paint(picture: Image.Image, marks: Iterable[Mark], scale: float = SCALE) -> Image.Image:
    """The picture of a page in grey, under the marks in colour."""
    marks = list(marks)
    base = picture.convert("RGBA")
    glass = Image.new("RGBA", base.size)
    pen = ImageDraw.Draw(glass)
    for mark in marks:
        corners = [edge * scale for edge in (mark.box.x0, mark.box.y0, mark.box.x1, mark.box.y1)]
        tint = (*mark.colour, _FILL) if mark.filled else None
        pen.rectangle(corners, fill=tint, outline=(*mark.colour, 230), width=2)
    for mark in marks:
        _write(pen, mark, scale)
    return Image.alpha_composite(base, glass).convert("RGB")


def _write(pen: ImageDraw.ImageDraw, mark: Mark, scale: float) -> None:
    """The words of a mark, small, so that they leave what they speak of to be seen."""
    x, y = mark.box.x0 * scale + 3, mark.box.y0 * scale + 1
    size = int(max(_SMALLEST, min(_LARGEST, mark.box.height * scale / 4)))
    if mark.label:
        room = mark.box.width * scale - 4
        _put(pen, (x, y), _fitting(pen, _drawable(mark.label), _font(size), room), size, mark)
    if mark.aside:
        text = _fitting(pen, _drawable(mark.aside), _font(_LARGEST), _MARGIN * scale)
        middle = mark.box.center[1] * scale - _LARGEST / 2 - 2
        _put(pen, (_EDGE * scale, middle), text, _LARGEST, mark)
    if mark.under:
        text = _fitting(pen, _drawable(mark.under), _font(_LARGEST), _MARGIN * 2 * scale)
        _put(pen, (x, mark.box.y1 * scale + 2), text, _LARGEST, mark)


def _put(
    pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, mark: Mark
) -> None:
    font = _font(size)
    pen.rectangle(pen.textbbox(at, text, font), fill=(255, 255, 255, _VEIL))
    pen.text(at, text, font=font, fill=(*mark.colour, 255))


def _fitting(pen: ImageDraw.ImageDraw, text: str, font: _Font, width: float) -> str:
    while len(text) > 1 and pen.textlength(text, font) > width:
        text = text[:-1]
    return text


@cache
def _font(size: int) -> _Font:
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


@cache
def _has_chinese() -> bool:
    font = _font(_LARGEST)
    return isinstance(font, ImageFont.FreeTypeFont) and "Aileron" not in str(font.getname()[0])


def _drawable(text: str) -> str:
    """What the font can show: without a Chinese font, Chinese characters are left out."""
    return text if _has_chinese() else text.encode("ascii", "ignore").decode()


# --- marks of each stage ------------------------------------------------------------------------


def page_marks(page: Page) -> Iterator[Mark]:
    """Characters of the text layer, and rulings."""
    for char in page.chars:
        yield Mark(char.box, VIOLET if char.angle else ORANGE, filled=False)
    for rule in page.rulings:
        yield Mark(Box(rule.x0, rule.y0, rule.x1, rule.y1), BLUE, filled=False)


def scan_marks(scan: Scan) -> Iterator[Mark]:
    """Rulings and pieces of writing found among the pixels; what is faint in violet."""
    for word in scan.words:
        yield Mark(word.box, VIOLET if word.faint else ORANGE, filled=False)
    for rule in scan.rulings:
        yield Mark(Box(rule.x0, rule.y0, rule.x1, rule.y1), BLUE, filled=False)


_SURE, _DOUBTFUL = 0.98, 0.8


def reading_marks(pieces: Iterable[Seen]) -> Iterator[Mark]:
    """What the first reader saw in each piece of writing, as a number where it may be one.

    Green is sure, orange less so, red unsure; grey is an empty cell.
    """
    for seen in pieces:
        best = max(seen.readings[:1], key=lambda reading: reading.confidence, default=None)
        if best is None:
            yield Mark(seen.spot[1], GREY, filled=False)
            continue
        sure, fair = best.confidence >= _SURE, best.confidence >= _DOUBTFUL
        colour = GREY if not best.text else GREEN if sure else ORANGE if fair else RED
        others = [r.text for r in seen.readings[1:] if r.text and r.text != best.text][:2]
        yield Mark(seen.spot[1], colour, best.text, "" if sure else " ".join(others))


def line_marks(blocks: Sequence[Block]) -> Iterator[Mark]:
    """Lines of running text, numbered; and where the tables stand."""
    number = 0
    for block in blocks:
        if block.place.box is None:
            continue
        if isinstance(block, Line):
            number += 1
            yield Mark(_left_of(block.place.box), ORANGE, str(number), filled=False)
            yield Mark(block.place.box, ORANGE)
        else:
            yield Mark(block.place.box, BLUE, f"{block.found_by} {block.n_rows}×{block.n_cols}")


def _left_of(box: Box) -> Box:
    return Box(max(box.x0 - 16, 0), box.y0, max(box.x0 - 2, 1), box.y1)


def cell_marks(grids: Sequence[Grid]) -> Iterator[Mark]:
    """Cells of tables with their rows and columns; tables in turns of two colours."""
    for number, grid in enumerate(grids):
        colour = (BLUE, VIOLET)[number % 2]
        for cell in grid.cells:
            if cell.place.box is not None:
                yield Mark(cell.place.box, colour, span_name(cell))


def span_name(cell: Cell) -> str:
    """``r2 c0``, or ``r2-4 c0-1`` for a merged cell."""
    rows = str(cell.row) if cell.row_end - cell.row == 1 else f"{cell.row}-{cell.row_end - 1}"
    cols = str(cell.col) if cell.col_end - cell.col == 1 else f"{cell.col}-{cell.col_end - 1}"
    return f"r{rows} c{cols}"


def form_marks(
    cells: Iterable[CellModel],
    failing: frozenset[str] = frozenset(),
    name: Callable[[str], str] = str,
) -> Iterator[Mark]:
    """Cells of the form: accepted green, in doubt red, blank grey, and orange the results of sums
    that fail, named in ``failing``.

    The first of a row is told apart by the ``name`` of its row, beside the table or, where rows
    stand side by side, below. A value is written only where it is not what stands there.
    """
    placed = [cell for cell in cells if cell.box is not None]
    leftmost: dict[str, CellModel] = {}
    for cell in sorted(placed, key=lambda cell: cell.box or ()):
        leftmost.setdefault(row_of(cell.ref), cell)
    levels = Counter(round(cell.box[1]) for cell in leftmost.values() if cell.box)
    for cell in placed:
        box = Box(*(cell.box or (0, 0, 0, 0)))
        first = leftmost[row_of(cell.ref)] is cell
        called = name(row_of(cell.ref)) if first else ""
        alone = levels[round(box.y0)] == 1
        colour = ORANGE if cell.accepted and cell.ref in failing else colour_of(cell)
        yield Mark(box, colour, _told(cell), called if alone else "", "" if alone else called)


def row_of(ref: str) -> str:
    """The row's part of a ref."""
    return ref.partition("@")[0]


def _told(cell: CellModel) -> str:
    """What to say of a cell that can't be seen on the page."""
    if not cell.accepted:
        return "?"
    value = "" if cell.value is None else format(cell.value, "f")
    plain = normalise(cell.written or "").replace(",", "")
    return "" if plain in (value, "+" + value) or cell.value is None else f"={value}"


def colour_of(cell: CellModel) -> Colour:
    """The colour that says how a cell stands."""
    if not cell.accepted:
        return RED
    return GREY if cell.value is None else GREEN


def as_png(picture: Image.Image) -> bytes:
    """The picture as a PNG file has it."""
    target = io.BytesIO()
    picture.save(target, format="PNG")
    return target.getvalue()
