"""Cells with frames of their own: two lines with a narrow gap, wherever others have one line."""

from __future__ import annotations

import cv2
import numpy as np

from gouji.ocr.page import Gray

_APART = 3.0
"""Points from one line to the other beside it, at most."""
_LONG, _SHORT = 24.0, 11.0
"""Points; a gap so long between two lines is no gap between strokes of characters, and one so long
is none where a sheet's lines are doubled."""
_TALL = 4.0
"""Points; nothing in a line is so high, but strokes in lines of bold text are."""
_SHARE = 0.08
"""Of the length of all long lines: so much is a gap where they are doubled, else next to nothing.
"""


def is_doubled(dark: Gray, along: float, across: float) -> bool:
    """Whether most lines that run along the second axis of ``dark`` (0 or 1) are drawn twice.

    ``along`` and ``across``: points to a pixel of the second and the first axis.
    """
    tall = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((round(_TALL / across), 1), np.uint8))
    lines = _lines(np.where(tall, np.uint8(0), dark), _LONG / along)
    gaps = _opened(_joined(lines, across) & (1 - lines), _LONG / along)
    return _length(gaps) > _SHARE * _length(lines)


def undoubled(height: Gray, dark: Gray, along: float, across: float) -> Gray:
    """``height`` with one line in place of two that run beside each other along its second axis,
    where ``dark`` is 1.
    """
    doubled = _joined(_lines(dark, _SHORT / along), across) > 0
    return np.where(doubled, _joined(height, across), height)


def _lines(dark: Gray, shortest: float) -> Gray:
    # A line that is not quite straight steps from one row of pixels to the next.
    wide = cv2.dilate(dark, np.ones((2, 1), np.uint8))
    return _opened(wide, shortest) & dark


def _opened(mask: cv2.typing.MatLike, shortest: float) -> Gray:
    run = np.ones((1, round(shortest)), np.uint8)
    return cv2.morphologyEx(mask, cv2.MORPH_OPEN, run).astype(np.uint8, copy=False)


def _joined(picture: Gray, across: float) -> Gray:
    gap = np.ones((round(_APART / across) | 1, 1), np.uint8)
    return cv2.morphologyEx(picture, cv2.MORPH_CLOSE, gap).astype(np.uint8, copy=False)


def _length(mask: Gray) -> int:
    """How long the runs of a mask are, whatever their thickness."""
    return int(np.count_nonzero(mask[:1]) + np.count_nonzero(mask[1:] > mask[:-1]))
