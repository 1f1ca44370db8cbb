"""Dashes and slashes, told by their shape: recognisers see no line around them and guess."""

from __future__ import annotations

import numpy as np

from gouji.ocr.page import Box, Gray
from gouji.ocr.reader import Reading, Sight

_FLAT, _SHORT, _LONG = 0.3, 0.25, 1.2
"""A dash is lower than the first share of a line, and as wide as these."""
_TWICE, _FLATTER = 3.2, 0.25
"""One that is longer, up to so many heights of a line (——), is so much lower."""
_NARROW = 0.7
"""A slash is narrower than this share of its height."""
_LEANS = 0.25
"""How far a slash leans at least, across by down; an italic 1 leans by a fifth."""
_THIN = 0.22
"""How much of its height a slash is thick at most."""
_SURE = 0.97
_OF_PICTURE = 0.87
"""A line is so high in the picture of a mark, as a share of that."""


def mark_of(crop: Gray, box: Box, line: float, reader: str) -> Sight | None:
    """The mark that a piece of writing is by its shape; None for anything else.

    ``box`` is tight around the ink and ``line`` the height of a line, both in points.
    """
    if _is_dash(box, line):
        return _sight("-", reader)
    if box.height > _FLAT * line and box.width < _NARROW * box.height and _is_slash(crop):
        return _sight("/", reader)
    return None


def mark_in(picture: Gray, reader: str) -> Sight | None:
    """The mark that a picture for the second reader (ink 0, paper 255) shows by its shape."""
    ys, xs = (np.flatnonzero((picture == 0).any(axis=axis)) for axis in (1, 0))
    if not len(ys):
        return None
    box = Box(float(xs[0]), float(ys[0]), float(xs[-1]) + 1, float(ys[-1]) + 1)
    return mark_of(picture, box, max(box.height, len(picture) * _OF_PICTURE), reader)


def _sight(text: str, reader: str) -> Sight:
    return Sight(text, _SURE, (Reading(reader, text, _SURE),))


def _is_dash(box: Box, line: float) -> bool:
    flat = box.height < _FLAT * line and box.width > 1.5 * box.height
    long = _TWICE if box.height < _FLATTER * line else _LONG
    return flat and _SHORT * line < box.width < long * line


def _is_slash(crop: Gray) -> bool:
    """Whether the ink is one thin straight stroke that leans to the right."""
    ink = 255.0 - crop.astype(np.float32)
    ink[ink < 0.4 * ink.max(initial=1.0)] = 0
    rows = ink.sum(axis=1)
    drawn = np.flatnonzero(rows > 0)
    if len(drawn) < 6:
        return False
    across = np.arange(crop.shape[1], dtype=np.float32)
    middles = (ink[drawn] @ across) / rows[drawn]
    spread = np.sqrt((ink[drawn] * (across - middles[:, None]) ** 2).sum(axis=1) / rows[drawn])
    slope, start = np.polyfit(drawn, middles, 1)
    straight = np.abs(middles - (slope * drawn + start)).max() < _THIN / 2 * len(drawn)
    return bool(straight and -slope > _LEANS and 4 * np.median(spread) < _THIN * len(drawn) + 4)
