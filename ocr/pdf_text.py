"""The glyphs of a PDF page's text layer, with what is needed to judge whether to believe it."""

from __future__ import annotations

import ctypes
import math
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from gouji.ocr.page import Box, Char

Matrix = tuple[float, float, float, float, float, float]
"""``x' = a x + c y + e``, ``y' = b x + d y + f``, in the order of PDF: a, b, c, d, e, f."""

INVISIBLE_MODES = frozenset({pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP})
ASCENT, DESCENT = 0.85, 0.15
"""A character's box reaches this far above and below its base line, in font sizes, whatever the
font says, so that all fonts of a line agree."""
_TWICE, _TILE = 0.8, 8.0
"""Text drawn twice stands at most so many points apart; looked up in tiles of that size."""
_NOTHING = frozenset({0x09, 0x0A, 0x0D, 0x20, 0xA0, 0x3000, 0x200B, 0xFEFF})
_PLAIN = (0x3000, 0xD800)
"""Codes between are characters beyond doubt; most of a Chinese page."""
_HYPHENS = frozenset({0x02, 0xAD, 0xFFFE})
_PLAUSIBLE = (0.05, 1.6)
"""An advance outside of this many font sizes is not believed."""
_PARALLEL = 5.0
"""Text within so many degrees of an edge of the page counts as parallel to it."""


@dataclass(frozen=True, slots=True)
class Font:
    """A font of the file. ``key`` is the same for all its text on one page."""

    key: int
    name: str
    embedded: bool


class TextStyle(NamedTuple):
    """What all characters of a text object share, and most text objects of a page.

    ``slope``: a, b, c, d of the matrix that turns a font of size 1 into the file's coordinates.
    ``angle`` as in ``Char``. ``level``: text from left to right on a page that is not turned, so
    that the boxes of a text object have one top and one bottom.
    """

    font: Font
    invisible: bool
    slope: tuple[float, float, float, float]
    angle: int
    level: bool


class Glyph(NamedTuple):
    """A character, and what is needed to judge it.

    ``key`` names its text object, as in ``Drawing.order_of``. ``unmapped``: the file does not say
    which character it is. ``extent``, of digits only: what its outline covers, relative to its
    origin, in thousandths of the size (left, bottom, right, top); the same for every use of a
    font's glyph. None where it cannot be told.
    """

    char: Char
    style: TextStyle
    key: int
    unmapped: bool
    extent: tuple[int, int, int, int] | None


def compose(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that applies ``first``, then ``then``."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def turned(matrix: Matrix, x0: float, y0: float, x1: float, y1: float) -> Box:
    """The box around a rectangle after ``matrix``."""
    a, b, c, d, e, f = matrix
    if b == 0 and c == 0 and a > 0 and x0 <= x1 and y0 <= y1:
        top, bottom = (d * y1 + f, d * y0 + f) if d < 0 else (d * y0 + f, d * y1 + f)
        return Box(a * x0 + e, top, a * x1 + e, bottom)
    xs = (a * x0 + c * y0, a * x1 + c * y1, a * x0 + c * y1, a * x1 + c * y0)
    ys = (b * x0 + d * y0, b * x1 + d * y1, b * x0 + d * y1, b * x1 + d * y0)
    return Box(min(xs) + e, min(ys) + f, max(xs) + e, max(ys) + f)


def quick(
    function: object,
    *arguments: type[ctypes._SimpleCData[Any]],
    result: type[ctypes._SimpleCData[Any]] = ctypes.c_void_p,
) -> Callable[..., Any]:
    """A PDFium function that takes addresses as plain integers: several times faster to call."""
    address = ctypes.cast(function, ctypes.c_void_p).value  # type: ignore[arg-type]
    return ctypes.PYFUNCTYPE(result, *arguments)(address or 0)


def buffer(kind: str, size: int) -> tuple[array[Any], int]:
    """Room for ``size`` numbers that PDFium fills, and its address; quicker to take apart than an
    array of ctypes.
    """
    room = array(kind, [0] * size)
    return room, room.buffer_info()[0]


_AT, _INDEX = ctypes.c_void_p, ctypes.c_int
_get_object = quick(pdfium.FPDFText_GetTextObject, _AT, _INDEX)
_get_unicode = quick(pdfium.FPDFText_GetUnicode, _AT, _INDEX)
_get_size: Callable[..., float] = quick(
    pdfium.FPDFText_GetFontSize, _AT, _INDEX, result=ctypes.c_double
)
_get_origin = quick(pdfium.FPDFText_GetCharOrigin, _AT, _INDEX, _AT, _AT)
_get_box = quick(pdfium.FPDFText_GetCharBox, _AT, _INDEX, _AT, _AT, _AT, _AT)
_get_loose = quick(pdfium.FPDFText_GetLooseCharBox, _AT, _INDEX, _AT)
_is_unmapped = quick(pdfium.FPDFText_HasUnicodeMapError, _AT, _INDEX)
_get_mode = quick(pdfium.FPDFTextObj_GetTextRenderMode, _AT)
_get_font = quick(pdfium.FPDFTextObj_GetFont, _AT)
_get_matrix = quick(pdfium.FPDFText_GetMatrix, _AT, _INDEX, _AT)

# Filled by PDFium, one call after the other; it is not safe for threads anyway.
_MATRIX, _MATRIX_AT = buffer("f", 6)
_LOOSE, _LOOSE_AT = buffer("f", 4)  # left, top, right, bottom
_INK, _INK_AT = buffer("d", 4)  # left, right, bottom, top
_ORIGIN, _ORIGIN_AT = buffer("d", 2)
_INK_PLACES = tuple(_INK_AT + 8 * i for i in range(4))
_ORIGIN_PLACES = (_ORIGIN_AT, _ORIGIN_AT + 8)


class _Styles:
    """The text styles of a page: each text object is asked once, and same styles made once."""

    def __init__(self, text_page: object, display: Matrix) -> None:
        self._address = _address(text_page)
        self._display = display
        self._unturned = display[:4] == (1, 0, 0, -1)
        self._objects: dict[int, tuple[TextStyle, float]] = {}
        self._styles: dict[object, TextStyle] = {}
        self._fonts: dict[int, Font] = {}

    def of(self, key: int, index: int) -> tuple[TextStyle, float]:
        """The style of a text object, of which the character ``index`` is one, and its base line
        on the page as displayed, where it is level.
        """
        found = self._objects.get(key)
        if found is None:
            _get_matrix(self._address, index, _MATRIX_AT)
            a, b, c, d, _, _ = _MATRIX
            size = _get_size(self._address, index)
            known = (_get_font(key), _get_mode(key), size, a, b, c, d)
            style = self._styles.get(known)
            if style is None:
                style = self._styles[known] = self._new(index, *known)
            _get_origin(self._address, index, *_ORIGIN_PLACES)
            found = self._objects[key] = style, self._display[5] - _ORIGIN[1]
        return found

    def _new(
        self, index: int, font: int, mode: int | None, size: float,
        a: float, b: float, c: float, d: float,
    ) -> TextStyle:  # fmt: skip
        flat = self._unturned and b == 0 and c == 0 and a > 0 and d > 0 and size > 0
        return TextStyle(
            self._font(font),
            mode in INVISIBLE_MODES,
            (a * size, b * size, c * size, d * size),
            0 if flat else _angle(a, b, self._display),
            flat and not self._hangs(index, a * size),
        )

    def _hangs(self, index: int, wide: float) -> bool:
        """Whether a character is written downwards: it hangs from the middle of its top."""
        _get_origin(self._address, index, *_ORIGIN_PLACES)
        _get_loose(self._address, index, _LOOSE_AT)
        left, _, right, _ = _LOOSE
        return bool(abs((left + right) / 2 - _ORIGIN[0]) < 0.05 * wide)

    def _font(self, key: int) -> Font:
        font = self._fonts.get(key)
        if font is None:
            handle = ctypes.cast(key, pdfium.FPDF_FONT)
            size = pdfium.FPDFFont_GetBaseFontName(handle, None, 0)
            name = ctypes.create_string_buffer(max(size, 1))
            pdfium.FPDFFont_GetBaseFontName(handle, name, size)
            embedded = pdfium.FPDFFont_GetIsEmbedded(handle) == 1
            font = Font(key, name.value.decode("utf-8", "replace"), embedded)
            self._fonts[key] = font
        return font


def _address(handle: object) -> int:
    return ctypes.cast(handle, ctypes.c_void_p).value or 0  # type: ignore[arg-type]


def glyphs_of(text_page: object, display: Matrix, width: float, height: float) -> list[Glyph]:
    """The glyphs that lie on the page, in the order of the file, without white space.

    ``display`` turns the file's coordinates into those of the page as displayed, which is
    ``width`` by ``height`` points.
    """
    styles = _Styles(text_page, display)
    address = _address(text_page)
    unmapped: dict[tuple[int, int], bool] = {}
    glyphs: list[Glyph] = []
    right, bottom = 2 * width, 2 * height
    last, style, base = 0, None, 0.0
    for index in range(pdfium.FPDFText_CountChars(text_page)):
        code = _get_unicode(address, index) or 0
        if code in _NOTHING:
            continue
        key = _get_object(address, index)
        if key != last:
            last = key
            style, base = styles.of(key, index) if key else (None, 0.0)
        text = chr(code) if _PLAIN[0] < code < _PLAIN[1] else _text(text_page, index, code)
        if text is None or style is None:
            continue
        known = (style.font.key, code)
        broken = unmapped.get(known)
        if broken is None:
            broken = unmapped[known] = (_is_unmapped(address, index) or 0) & 0xFFFFFFFF == 1
        box, extent = _place(address, index, text, display, style, base)
        x0, y0, x1, y1 = box
        if 0 <= x0 + x1 <= right and 0 <= y0 + y1 <= bottom:
            glyphs.append(Glyph(Char(text, box, style.angle), style, key, broken, extent))
    return _without_doubles(glyphs)


def _text(text_page: object, index: int, code: int) -> str | None:
    """The character; None for white space, also that which PDFium makes up between words."""
    if code in _HYPHENS and pdfium.FPDFText_IsHyphen(text_page, index) == 1:
        return "-"
    if 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return "\ufffd"
    text = chr(code)
    return None if code == 0xAD or text.isspace() else text


def _place(
    address: int, index: int, text: str, display: Matrix, style: TextStyle, base: float
) -> tuple[Box, tuple[int, int, int, int] | None]:
    """The box of a character's advance, and of a digit the extent of its outline."""
    a, b, c, d = style.slope
    if b or c:
        _get_origin(address, index, *_ORIGIN_PLACES)
        return _turned_box(address, index, display, style), None
    _get_loose(address, index, _LOOSE_AT)
    left, top, right, bottom = _LOOSE
    wide = abs(a)
    broken = not _PLAUSIBLE[0] * wide < right - left < _PLAUSIBLE[1] * wide
    if broken:  # some files give a glyph a width of twenty sizes, or none
        left, right = _ink(address, index)[:2]
    digit = "0" <= text <= "9"
    if style.level:
        top, bottom = base - ASCENT * d, base + DESCENT * d
        box = Box(left + display[4], top, right + display[4], bottom)
        if not digit:
            return box, None
    _get_origin(address, index, *_ORIGIN_PLACES)
    x, y = _ORIGIN
    if not style.level:
        if broken or abs((left + right) / 2 - x) >= 0.05 * wide:
            bottom, top = y - DESCENT * d, y + ASCENT * d
        box = turned(display, left, bottom, right, top)
    if not digit or not a or not d:
        return box, None
    left, right, bottom, top = _ink(address, index)
    ex, ey = 1000 / a, 1000 / d
    extent = (
        round((left - x) * ex), round((bottom - y) * ey),
        round((right - x) * ex), round((top - y) * ey),
    )  # fmt: skip
    return box, extent


def _angle(right: float, up: float, display: Matrix) -> int:
    """Degrees clockwise on the page as displayed, of a direction in the file."""
    a, b, c, d, _, _ = display
    seen = math.degrees(math.atan2(b * right + d * up, a * right + c * up)) % 360
    nearest = round(seen / 90) * 90
    return nearest % 360 if abs(seen - nearest) <= _PARALLEL else round(seen) % 360


def _ink(address: int, index: int) -> tuple[float, float, float, float]:
    """Left, right, bottom and top of what is drawn, in the file's coordinates."""
    _get_box(address, index, *_INK_PLACES)
    left, right, bottom, top = _INK
    return left, right, bottom, top


def _turned_box(address: int, index: int, display: Matrix, style: TextStyle) -> Box:
    """The box of turned text: along the line from its ink, across it from its size."""
    left, right, bottom, top = _ink(address, index)
    ink = turned(display, left, bottom, right, top)
    _, _, c, d = style.slope
    x, y = _ORIGIN
    across = turned(display, x - DESCENT * c, y - DESCENT * d, x + ASCENT * c, y + ASCENT * d)
    if style.angle in (90, 270):
        return Box(across.x0, ink.y0, across.x1, ink.y1)
    return Box(ink.x0, across.y0, ink.x1, across.y1) if style.angle % 90 == 0 else ink


def _without_doubles(glyphs: list[Glyph]) -> list[Glyph]:
    """Without the second strokes of text made bold by drawing it twice, a little apart."""
    seen: dict[tuple[str, int, int], Glyph] = {}
    kept: list[Glyph] = []
    reach = _TWICE / _TILE
    for glyph in glyphs:
        text, (x0, y0, x1, y1), _ = glyph.char
        x, y = (x0 + x1) / (2 * _TILE), (y0 + y1) / (2 * _TILE)
        column, row = int(x), int(y)
        own = (text, column, row)
        if reach < x - column < 1 - reach and reach < y - row < 1 - reach:
            twin = seen.get(own)  # a twin stands in the same tile, if there is one
            double = twin is not None and _is_twin(glyph, twin)
        else:
            double = any(
                (other := seen.get((text, i, j))) is not None and _is_twin(glyph, other)
                for i in range(int(x - reach), int(x + reach) + 1)
                for j in range(int(y - reach), int(y + reach) + 1)
            )
        if not double:
            seen[own] = glyph
            kept.append(glyph)
    return kept


def _is_twin(glyph: Glyph, other: Glyph) -> bool:
    """Whether a character stands where another text object has drawn the same."""
    one, two = glyph.char.box, other.char.box
    apart = abs(one.x0 - two.x0) + abs(one.y0 - two.y0)
    return apart < 2 * _TWICE and glyph.key != other.key
