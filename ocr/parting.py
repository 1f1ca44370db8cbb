"""A piece of writing that reads as several figures → as many pieces.

Figures of columns without walls may stand as close together as the digits of one.
"""

from __future__ import annotations

import re
from itertools import pairwise

import cv2
import numpy as np

from gouji.ocr.components import components
from gouji.ocr.page import Box, Gray

_FIGURE = r"(?:[-—–/]|-?\d[\d.,]*)"
_SEVERAL = re.compile(rf"{_FIGURE}(?:\s+{_FIGURE})+")
_SPACED = re.compile(r"[-—–]?[1-9](?:\s+\d)+")
_INK = 60.0
"""Grey levels darker than the paper."""
_GAP = 0.3
"""Of a figure's height: narrower gaps part digits of one figure."""
_WHOLE, _WALL = 0.9, 1.3
"""A stroke over so much of a piece's height is left of a wall, if the piece is so many times higher
than all else in it."""
_SPECK, _RIM = 4, 2
"""Pixels: of a patch that is dirt, and beside a wall."""


def figures_in(text: str) -> int:
    """How many figures a text is, with blanks between; 0 for any other text."""
    return len(text.split()) if _SEVERAL.fullmatch(text.strip()) else 0


def is_spaced(text: str) -> bool:
    """Whether it may be one figure whose digits are set apart."""
    return bool(_SPACED.fullmatch(text.strip()))


def parted(gray: Gray, dpi: float, box: Box, count: int) -> list[Box]:
    """``box`` (points) cut into ``count`` at its widest gaps; nothing if there are too few."""
    scale = dpi / 72
    left, right = round(box.x0 * scale), round(box.x1 * scale)
    cut = gray[round(box.y0 * scale) : round(box.y1 * scale), left:right]
    if not cut.size:
        return []
    ink, high = _without_walls((cut < float(cut.max()) - _INK).astype(np.uint8))
    inked = np.flatnonzero(ink.any(axis=0))
    gaps = sorted((int(b - a), int(a), int(b)) for a, b in pairwise(inked))[1 - count :]
    if len(gaps) < count - 1 or gaps[0][0] < _GAP * high:
        return []
    ends = [int(inked[0]), *(x for _, a, b in sorted(gaps, key=lambda g: g[1]) for x in (a + 1, b))]
    ends.append(int(inked[-1]) + 1)
    return [
        Box((left + a) / scale, box.y0, (left + b) / scale, box.y1)
        for a, b in zip(ends[::2], ends[1::2], strict=True)
    ]


def _without_walls(ink: Gray) -> tuple[Gray, int]:
    """The ink without what is left of a wall and of the lines that it meets, and how high (pixels)
    the rest of it is.
    """
    high = ink.shape[0]
    lines = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, high), np.uint8))
    rest = np.asarray(np.where(lines, 0, ink), np.uint8)
    for column in np.flatnonzero(np.count_nonzero(ink, axis=0) >= _WHOLE * high).tolist():
        rest[:, max(0, column - _RIM) : column + _RIM + 1] = 0
    _, _, stats, _ = components(rest)
    written = [(y, y + rows) for _, y, _, rows, area in stats[1:].tolist() if area > _SPECK]
    left = max((y for _, y in written), default=0) - min((y for y, _ in written), default=0)
    return (rest, left) if 0 < left * _WALL <= high else (ink, high)
