"""Is a page's text layer to be believed? By what needs no OCR.

A page whose layer says something that is not to be seen, or does not say what is to be seen,
counts as a scan.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium

from gouji.ocr.digits import Shape, likeness, mistaken_for, shape_of
from gouji.ocr.finding import Finding
from gouji.ocr.page import Box, Char, PageKind
from gouji.ocr.pdf_paths import Drawing, Picture
from gouji.ocr.pdf_text import ASCENT, Glyph

SCALE = 2
"""Pixels to the point of the picture that the text layer is compared with."""
_EDGE = 24
"""Ink differs so much (of 255) from what lies beside it."""
_FEW = 3
_SHARE = 0.05
"""So few hidden letters, or this share of the page's, are left out without more ado."""
_BROKEN_SHARE = 0.02
_SYMBOLS = re.compile(r"symbol|dings|bats|icon|awesome", re.IGNORECASE)
_SAMPLES = 2
_SAME_EXTENT = 8
"""Outlines of two digits whose extents differ by no more (thousandths) may be one and the same."""
_ONE_SHAPE, _TWO_SHAPES = 0.97, 0.75
_TILE = 4
"""Pixels of the tiles in which ink is looked for."""
_OUTLINES = 30
"""Fewer drawings with curves than this are no text turned into outlines."""
_LARGE = 130.0
"""Pictures smaller than this (points, both ways) are stamps, signatures, codes, emblems."""

Extent = tuple[int, int, int, int]
Form = tuple[str, Extent]
"""A digit, and the extent of its outline."""
Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a page counts as, the characters that are believed, and why others are not."""

    kind: PageKind
    chars: tuple[Char, ...] = ()
    findings: tuple[Finding, ...] = ()


def judged(
    page: pdfium.PdfPage, glyphs: Sequence[Glyph], drawing: Drawing, digits: DigitShapes
) -> Verdict:
    """The verdict on a page; ``digits`` is kept for the whole document."""
    if not glyphs and not drawing.pictures and drawing.curves < _OUTLINES:
        return Verdict("blank")
    if not glyphs and drawing.pictures:
        return Verdict("scan")
    pixels = _pixels(page)
    hidden = _hidden(glyphs, drawing)
    bare = [g for g in _without_ink(glyphs, pixels) if id(g) not in {id(h) for h in hidden}]
    findings = [
        *_about_hidden(hidden, glyphs, drawing.pictures),
        *_about_bare(bare, glyphs),
        *_about_map(glyphs),
        *digits.findings(glyphs, pixels),
        *_about_other_ink(glyphs, drawing, pixels),
    ]
    unseen = {id(g) for g in (*hidden, *bare)}
    if findings:
        return Verdict("scan", findings=tuple(findings))
    chars = tuple(g.char for g in glyphs if id(g) not in unseen)
    if not unseen:
        return Verdict("text", chars)
    return Verdict("text", chars, (Finding("text_hidden", {"count": len(unseen)}),))


def _pixels(page: pdfium.PdfPage) -> Pixels:
    pixels: Pixels = page.render(
        scale=SCALE, grayscale=True, may_draw_forms=False, draw_annots=False
    ).to_numpy()
    return pixels


def _matters(glyphs: Sequence[Glyph], of: int) -> bool:
    """Whether glyphs that are not to be seen spoil the page: any figure does, or many letters."""
    if any(g.char.text.isdigit() for g in glyphs):
        return True
    return len(glyphs) > max(_FEW, _SHARE * of)


def _hidden(glyphs: Sequence[Glyph], drawing: Drawing) -> list[Glyph]:
    """Glyphs drawn invisibly, or before a picture that covers them."""
    covers = [p for p in drawing.pictures if p.opaque]
    hidden = []
    for glyph in glyphs:
        style = glyph.style
        if style.invisible:
            hidden.append(glyph)
        elif covers:
            order = drawing.order_of.get(style.key)
            if order is not None and any(
                order < p.order and _holds(p.box, glyph.char.box) for p in covers
            ):
                hidden.append(glyph)
    return hidden


def _holds(box: Box, inner: Box) -> bool:
    x, y = inner.center
    return box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1


def _about_hidden(
    hidden: Sequence[Glyph], glyphs: Sequence[Glyph], pictures: Sequence[Picture]
) -> list[Finding]:
    if not _matters(hidden, len(glyphs)):
        return []
    pictured = sum(any(_holds(p.box, g.char.box) for p in pictures) for g in hidden)
    code = "invisible_text_over_image" if 2 * pictured >= len(hidden) else "text_without_ink"
    return [Finding(code, {"count": len(hidden)})]


def _without_ink(glyphs: Sequence[Glyph], pixels: Pixels) -> list[Glyph]:
    """Letters and digits where nothing is drawn.

    A font that the file does not bring along may be missing here, not on the page: of such fonts
    only the letters that every program has are looked at.
    """
    looked_at = [
        g
        for g in glyphs
        if g.char.angle == 0
        and g.char.text.isalnum()
        and (g.style.font.embedded or g.char.text.isascii())
        and g.char.box.height > 2
    ]
    if not looked_at:
        return []
    boxes = np.array([_core(g.char.box) for g in looked_at])
    suspects = np.flatnonzero(_marks_inside(pixels, boxes) == 0)
    return [looked_at[i] for i in suspects if _is_even(pixels, boxes[i])]


def _core(box: Box) -> tuple[float, float, float, float]:
    """The middle of a character's box in pixels, where a letter has ink for certain."""
    rim = 0.12 * box.height
    return box.x0 * SCALE, (box.y0 + rim) * SCALE, box.x1 * SCALE, (box.y1 - rim) * SCALE


def _marks_inside(pixels: Pixels, boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    """How many tiles with some ink lie wholly in each box: a quick look."""
    rows, cols = pixels.shape[0] // _TILE, pixels.shape[1] // _TILE
    whole = pixels[: rows * _TILE, : cols * _TILE]
    low = _by_tile(whole, np.minimum)
    high = _by_tile(whole, np.maximum)
    sums = np.zeros((rows + 1, cols + 1), dtype=np.int32)
    inked = (high - low > _EDGE).view(np.int8)
    np.cumsum(np.cumsum(inked, axis=0, dtype=np.int32), axis=1, out=sums[1:, 1:])
    x0 = np.clip(np.ceil(boxes[:, 0] / _TILE), 0, cols).astype(int)
    x1 = np.clip(np.floor(boxes[:, 2] / _TILE), 0, cols).astype(int)
    y0 = np.clip(np.ceil(boxes[:, 1] / _TILE), 0, rows).astype(int)
    y1 = np.clip(np.floor(boxes[:, 3] / _TILE), 0, rows).astype(int)
    x1, y1 = np.maximum(x0, x1), np.maximum(y0, y1)
    return np.asarray(sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0])


def _by_tile(pixels: Pixels, choose: np.ufunc) -> Pixels:
    """The least or greatest value of each tile; by slices, which is faster than reducing."""
    strips: Pixels = pixels[0::_TILE]
    for i in range(1, _TILE):
        strips = choose(strips, pixels[i::_TILE])
    tiles: Pixels = strips[:, 0::_TILE]
    for i in range(1, _TILE):
        tiles = choose(tiles, strips[:, i::_TILE])
    return tiles


def _is_even(pixels: Pixels, box: npt.NDArray[np.float64]) -> bool:
    """Whether there is no ink in a box (pixels) at all."""
    x0, y0, x1, y1 = (max(int(v), 0) for v in (box[0], box[1], np.ceil(box[2]), np.ceil(box[3])))
    part = pixels[y0:y1, x0:x1]
    return part.size > 0 and int(part.max()) - int(part.min()) <= _EDGE


def _about_bare(bare: Sequence[Glyph], glyphs: Sequence[Glyph]) -> list[Finding]:
    return (
        [Finding("text_without_ink", {"count": len(bare)})] if _matters(bare, len(glyphs)) else []
    )


def _about_map(glyphs: Sequence[Glyph]) -> list[Finding]:
    """Characters that the file gives no, or no proper, meaning."""
    broken = sum(
        1
        for g in glyphs
        if (
            g.unmapped
            or unicodedata.category(g.char.text[0]) in ("Co", "Cc", "Cn")
            or g.char.text == "\ufffd"
        )
        and not _SYMBOLS.search(g.style.font.name)
    )
    if broken <= max(_FEW, _BROKEN_SHARE * len(glyphs)):
        return []
    return [Finding("unicode_map_broken", {"count": broken})]


class DigitShapes:
    """The digits of a document's fonts as drawn, each looked at once."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, Form], list[Shape]] = {}
        self._likeness: dict[tuple[str, Form, Form], float] = {}
        self._others: dict[tuple[str, Form], str | None] = {}
        self._nameless = 0

    def findings(self, glyphs: Sequence[Glyph], pixels: Pixels) -> list[Finding]:
        """Fonts in which a digit has two shapes, two have one, or one looks like another."""
        fonts: dict[int, dict[Form, list[Glyph]]] = {}
        for glyph in glyphs:
            if glyph.extent is not None and not glyph.style.angle:
                forms = fonts.setdefault(glyph.style.font.key, {})
                forms.setdefault((glyph.char.text, glyph.extent), []).append(glyph)
        for forms in fonts.values():
            name = next(iter(forms.values()))[0].style.font.name
            if not name:  # made up for this page, and perhaps another on the next
                self._nameless += 1
                name = f"#{self._nameless}"
            clash = self._clash(name, forms, pixels)
            if clash:
                return [Finding("glyphs_clash", {"first": clash[0], "second": clash[1]})]
        return []

    def _clash(
        self, name: str, forms: dict[Form, list[Glyph]], pixels: Pixels
    ) -> tuple[str, str] | None:
        for form, uses in forms.items():
            if (name, form) not in self._drawn:
                spread = uses[:: max(1, len(uses) // _SAMPLES)][:_SAMPLES]
                drawn = [s for g in spread if (s := _shape(g, form[1], pixels)) is not None]
                self._drawn[name, form] = drawn
                self._others[name, form] = mistaken_for(form[0], drawn) if drawn else None
            other = self._others[name, form]
            if other is not None:
                return form[0], other
        for one, two in combinations(sorted(forms), 2):
            near = all(abs(a - b) <= _SAME_EXTENT for a, b in zip(one[1], two[1], strict=True))
            if near != (one[0] != two[0]):
                continue  # two digits that differ in extent, or one digit with one extent
            alike = self._alike(name, one, two)
            if alike is not None and (alike > _ONE_SHAPE if near else alike < _TWO_SHAPES):
                return one[0], two[0]
        return None

    def _alike(self, name: str, one: Form, two: Form) -> float | None:
        """How like each other two forms are at best; None where one could not be seen."""
        if (name, one, two) not in self._likeness:
            pairs = [(a, b) for a in self._drawn[name, one] for b in self._drawn[name, two]]
            if not pairs:
                return None
            self._likeness[name, one, two] = max(likeness(a, b) for a, b in pairs)
        return self._likeness[name, one, two]


def _shape(glyph: Glyph, extent: Extent, pixels: Pixels) -> Shape | None:
    box = glyph.char.box
    size = box.height / 1000
    base = box.y0 + ASCENT * box.height
    wide = abs(glyph.style.slope[0] / glyph.style.slope[3]) * size
    x0, x1 = box.x0 + extent[0] * wide, box.x0 + extent[2] * wide
    y0, y1 = base - extent[3] * size, base - extent[1] * size
    left, right = round(x0 * SCALE - 0.5), round(x1 * SCALE + 0.5)
    top, bottom = round(y0 * SCALE - 0.5), round(y1 * SCALE + 0.5)
    if left < 0 or top < 0 or right - left < 2 or bottom - top < 8:
        return None
    return shape_of(pixels[top:bottom, left:right])


def _about_other_ink(glyphs: Sequence[Glyph], drawing: Drawing, pixels: Pixels) -> list[Finding]:
    """Pictures, or outlines, of text that the layer does not have."""
    areas = [p.box for p in drawing.pictures if max(p.box.width, p.box.height) >= _LARGE
             and min(p.box.width, p.box.height) >= 20]  # fmt: skip
    if drawing.curves >= _OUTLINES:
        height, width = pixels.shape
        areas.append(Box(0, 0, width / SCALE, height / SCALE))
    if not areas:
        return []
    from gouji.ocr.textlike import textlike_marks

    marks = textlike_marks(_cleared(pixels, (g.char.box for g in glyphs)), areas, SCALE)
    return [Finding("ink_without_text", {"count": marks})] if marks else []


def _cleared(pixels: Pixels, boxes: Iterable[Box]) -> Pixels:
    """The page with what the text layer accounts for painted over."""
    cleared = pixels.copy()
    for box in boxes:
        y0, y1 = int(box.y0 * SCALE) - 1, int(box.y1 * SCALE) + 2
        x0, x1 = int(box.x0 * SCALE) - 1, int(box.x1 * SCALE) + 2
        cleared[max(y0, 0) : y1, max(x0, 0) : x1] = 255
    return cleared
