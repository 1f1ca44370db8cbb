"""What was seen at each stage, painted on the page, or printed where there are no pages."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from gouji.ocr.page import Box, Page
from gouji.tables.grid import Block, Cell, Grid, Line
from gouji.tables.record import CellModel

Colour = tuple[int, int, int]
Stage = Literal["page", "lines", "cells", "form", "doubts"]
SCALE = 2.0
"""Pixels to the point."""

BLUE, GREEN, RED, GREY = (40, 90, 200), (20, 140, 60), (205, 30, 30), (120, 120, 120)
ORANGE, VIOLET = (225, 130, 0), (140, 60, 170)
_FILL, _VEIL = 40, 110
"""How opaque tints and the grounds of labels are, of 255."""
_SMALLEST, _LARGEST = 8, 12
_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
_FONTS = (
    "NotoSansCJK-Regular.ttc", "NotoSerifCJK-Regular.ttc", "SourceHanSansSC-Regular.otf",
    "wqy-zenhei.ttc", "wqy-microhei.ttc", "uming.ttc", "msyh.ttc", "simsun.ttc", "simhei.ttf",
    "PingFang.ttc", "STHeiti Light.ttc", "DroidSansFallbackFull.ttf", "DroidSansFallback.ttf",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """A box to paint, in points. ``filled``: tinted.

    ``label`` stands in its upper left corner and is cut to its width; ``foot`` in the lower left
    one and may run on over its neighbours.
    """

    box: Box
    colour: Colour
    label: str = ""
    foot: str = ""
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
    if mark.foot:
        _put(pen, (x, mark.box.y1 * scale - size - 4), _drawable(mark.foot), size, mark)


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


def form_marks(cells: Iterable[CellModel]) -> Iterator[Mark]:
    """Cells of the form: accepted green, in doubt red, blank grey.

    Each with its value and the initials of its column; the first of a row with the row's key.
    """
    placed = [cell for cell in cells if cell.box is not None]
    leftmost: dict[str, CellModel] = {}
    for cell in sorted(placed, key=lambda cell: cell.box or ()):
        leftmost.setdefault(cell.ref.partition("@")[0], cell)
    for cell in placed:
        row, _, column = cell.ref.partition("@")
        value = "?" if not cell.accepted else "—" if cell.value is None else format(cell.value, "f")
        initials = "".join(word[0] for word in column.split("_") if word)
        foot = row.partition(".")[2] or row
        yield Mark(
            Box(*(cell.box or (0, 0, 0, 0))),
            colour_of(cell),
            f"={value} {initials}",
            foot if leftmost[row] is cell else "",
        )


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
