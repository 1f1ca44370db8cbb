"""Is a page's text layer to be believed? By what needs no OCR.

A page whose layer says something that is not to be seen, or does not say what is to be seen,
counts as a scan.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from gouji.ocr.digits import Shape, likeness, mistaken_for, shape_of
from gouji.ocr.drawing import Drawing, Picture
from gouji.ocr.finding import Finding
from gouji.ocr.page import Box, Char, PageKind
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
_POINTS = 6
"""Ink is looked for at so many places across and down a character first."""
_OUTLINES = 30
"""Fewer drawings with curves than this are no text turned into outlines."""
_SEEN_THROUGH, _MASKED = 200, 0.1
"""A picture of which more than this share is less opaque (of 255) covers nothing."""
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
    hidden = _hidden(page, glyphs, drawing)
    bare = [g for g in _without_ink(glyphs, pixels) if id(g) not in {id(h) for h in hidden}]
    findings = [
        *_about_hidden(hidden, glyphs, drawing.pictures),
        *_about_bare(bare, glyphs),
        *_about_map(glyphs),
        *digits.findings(_without_overlays(glyphs, drawing), pixels),
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


def _hidden(page: pdfium.PdfPage, glyphs: Sequence[Glyph], drawing: Drawing) -> list[Glyph]:
    """Glyphs drawn invisibly, or before a picture that covers them."""
    hidden = {id(g) for g in glyphs if g.style.invisible}
    for picture in drawing.pictures:
        if picture.opaque:
            beneath = _beneath(picture, glyphs, drawing)
            if beneath and not _is_masked(page, picture):
                hidden |= {id(glyph) for glyph in beneath}
    return [glyph for glyph in glyphs if id(glyph) in hidden]


def _beneath(picture: Picture, glyphs: Sequence[Glyph], drawing: Drawing) -> list[Glyph]:
    """The glyphs in the place of a picture that is painted after them."""
    never = drawing.objects + 1
    return [
        glyph
        for glyph in glyphs
        if _holds(picture.box, glyph.char.box)
        and drawing.order_of.get(glyph.key, never) < picture.order
    ]


def _is_masked(page: pdfium.PdfPage, picture: Picture) -> bool:
    """Whether much of a picture lets the page be seen, like a seal."""
    item = ctypes.cast(picture.key, raw.FPDF_PAGEOBJECT)
    drawn = raw.FPDFImageObj_GetRenderedBitmap(page.pdf.raw, page.raw, item)
    if not drawn:
        return False
    bitmap = pdfium.PdfBitmap.from_raw(drawn)  # frees it when it goes
    if bitmap.format != raw.FPDFBitmap_BGRA:
        return False
    return bool((bitmap.to_numpy()[:, :, 3] < _SEEN_THROUGH).mean() > _MASKED)


def _without_overlays(glyphs: Sequence[Glyph], drawing: Drawing) -> Sequence[Glyph]:
    """The glyphs over which no picture is painted, so that their shapes are their own."""
    over = {id(g) for picture in drawing.pictures for g in _beneath(picture, glyphs, drawing)}
    return [glyph for glyph in glyphs if id(glyph) not in over] if over else glyphs


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
    if not glyphs:
        return []
    chars = [glyph.char for glyph in glyphs]
    boxes = _cores(
        np.fromiter(chain.from_iterable([char.box for char in chars]), np.float64, 4 * len(chars)),
        np.array([char.angle % 180 == 0 for char in chars]),
    )
    suspects = np.flatnonzero(_seems_even(pixels, boxes)).tolist()
    return [glyphs[i] for i in suspects if _has_ink(glyphs[i]) and _is_even(pixels, boxes[i])]


def _has_ink(glyph: Glyph) -> bool:
    """Whether this is a character that is drawn everywhere."""
    char = glyph.char
    return (
        char.text.isalnum()
        and (glyph.style.font.embedded or char.text.isascii())
        and char.angle % 90 == 0
        and char.box.height > 2
    )


def _cores(
    sides: npt.NDArray[np.float64], upright: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """The middles of characters' boxes in pixels, where a letter has ink for certain."""
    boxes = sides.reshape(-1, 4) * SCALE
    rims = 0.12 * (boxes[:, 2:] - boxes[:, :2])
    rims[upright, 0] = 0
    rims[~upright, 1] = 0
    boxes[:, :2] += rims
    boxes[:, 2:] -= rims
    return np.asarray(boxes)


def _seems_even(pixels: Pixels, boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """A quick look at some pixels of each box, which may miss ink but sees none where is none."""
    height, width = pixels.shape
    steps = (np.arange(_POINTS) + 0.5) / _POINTS
    across = boxes[:, 0, None] + (boxes[:, 2] - boxes[:, 0])[:, None] * steps
    down = boxes[:, 1, None] + (boxes[:, 3] - boxes[:, 1])[:, None] * steps
    xs = np.clip(across.astype(np.intp), 0, width - 1)
    ys = np.clip(down.astype(np.intp), 0, height - 1)
    seen = pixels[ys[:, :, None], xs[:, None, :]].reshape(len(boxes), -1)
    return np.asarray(seen.max(axis=1) - seen.min(axis=1) <= _EDGE)


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
            near = _are_near(one[1], two[1])
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


def _are_near(one: Extent, two: Extent) -> bool:
    left, bottom, right, top = one
    return (
        abs(left - two[0]) <= _SAME_EXTENT
        and abs(bottom - two[1]) <= _SAME_EXTENT
        and abs(right - two[2]) <= _SAME_EXTENT
        and abs(top - two[3]) <= _SAME_EXTENT
    )


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
