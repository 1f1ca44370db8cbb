"""The shapes of printed digits: does a glyph look like the digit that the text layer says?

No character recognition: a few glyphs of each font are laid over the digits of three common
typefaces, and only a clear and better match with *another* digit counts against a font.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium

Shape = npt.NDArray[np.float32]
"""A glyph of 12 by 18 pixels, zero mean and unit length."""
Picture = npt.NDArray[np.uint8]

WIDE, TALL = 12, 18
_FONTS = ("Helvetica", "Times-Roman", "Courier", "Helvetica-Bold", "Times-Bold")
_LIKE = 0.80
_BETTER = 0.12
_THIN = 0.42
"""A glyph narrower than this part of its height is a 1, and is not stretched."""


def shape_of(picture: Picture) -> Shape | None:
    """The shape of the one dark glyph in a picture; None if there is none to speak of."""
    dark = picture.max() - picture.astype(np.float32)
    if not picture.size or dark.max() < 40:
        return None
    inked = dark > 0.3 * dark.max()
    rows, cols = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    glyph = dark[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    height, width = glyph.shape
    if height < 5:
        return None
    if width < _THIN * height:
        side = (int(0.6 * height) - width) // 2 + 1
        glyph = np.pad(glyph, ((0, 0), (side, side)))
    small = _resized(glyph)
    small -= small.mean()
    length = float(np.sqrt((small * small).sum()))
    return small / length if length > 0 else None


def _resized(glyph: Shape) -> Shape:
    """To the common size, softened a little, so that thin strokes of two fonts still meet."""
    height, width = glyph.shape
    small = np.asarray(_weights(height, TALL) @ glyph @ _weights(width, WIDE).T, np.float32)
    soft = np.zeros_like(small)
    rows = small[:-1] + small[1:]
    soft[:-1, :-1] = rows[:, :-1] + rows[:, 1:]
    return soft


@cache
def _weights(size: int, to: int) -> Shape:
    """How much each of ``size`` pixels counts for each of ``to``: less, the farther away it is."""
    step = size / to
    middles = (np.arange(to) + 0.5) * step
    distances = np.abs(np.arange(size) + 0.5 - middles[:, None])
    weights = np.maximum(0, 1 - distances / max(step, 1))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)


def likeness(a: Shape, b: Shape) -> float:
    """Correlation: 1 for the same shape."""
    return float((a * b).sum())


def mistaken_for(digit: str, shapes: Sequence[Shape]) -> str | None:
    """The other digit that glyphs labelled ``digit`` clearly are; None if there is no doubt."""
    mean = np.mean(shapes, axis=0)
    drawn, labels = _common()
    scores = drawn @ (mean / np.linalg.norm(mean)).ravel()
    best = int(scores.argmax())
    own = float(scores[labels == int(digit)].max())
    if labels[best] != int(digit) and scores[best] >= _LIKE and scores[best] - own >= _BETTER:
        return str(labels[best])
    return None


@cache
def _common() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int_]]:
    """The digits of the typefaces that PDFium brings along, a shape a row, and which they are."""
    document = pdfium.PdfDocument(_specimen())
    picture = document[0].render(scale=4, grayscale=True).to_numpy().copy()
    document.close()
    found = [
        (shape.ravel(), digit)
        for row in range(len(_FONTS))
        for digit in range(10)
        if (shape := shape_of(picture[row * 80 : row * 80 + 80, digit * 80 : digit * 80 + 80]))
        is not None
    ]
    return np.array([shape for shape, _ in found]), np.array([digit for _, digit in found])


def _specimen() -> bytes:
    """A page of 200 by 100 points: a row of ten digits for each font, 20 points apart."""
    content = "".join(
        f"BT /F{row} 16 Tf {20 * digit + 4} {len(_FONTS) * 20 - 20 * row - 16} Td ({digit}) Tj ET\n"
        for row in range(len(_FONTS))
        for digit in range(10)
    )
    fonts = "".join(
        f"/F{i}<</Type/Font/Subtype/Type1/BaseFont/{name}>>" for i, name in enumerate(_FONTS)
    )
    parts = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 {20 * len(_FONTS)}]"
        f"/Resources<</Font<<{fonts}>>>>/Contents 4 0 R>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream",
    )
    body = "%PDF-1.4\n"
    offsets = []
    for number, part in enumerate(parts, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj{part}endobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    body += f"xref\n0 5\n0000000000 65535 f \n{table}"
    start = body.index("xref\n0 5")
    return f"{body}trailer<</Size 5/Root 1 0 R>>\nstartxref\n{start}\n%%EOF".encode("ascii")
