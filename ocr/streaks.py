"""Streaks of a scanner or copier taken away: dirt on its glass draws a line down the whole page.

Paper moves past the glass, so a streak runs exactly along the picture's own columns (or rows), from
one edge to the other, also where nothing is printed. A wall of a table ends at the table.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gouji.ocr.page import Gray

_EVERY = 4
"""Of so many rows one is looked at."""
_PARTS = 64
"""A streak is looked for in so many parts of the page, one below another."""
_MARGIN = 8
"""Of so many parts at each end one is blank, and a streak is seen in all that are."""
_BLANK, _INK, _LINE = 0.03, 48, 10
"""In a blank row no larger share of the pixels is darker than the paper by ``_INK`` grey levels,
and most are not by ``_LINE``."""
_HALF = 0.5
_GLASS = 0.35
"""Of a part: the least of the glass that is seen beside paper; less may be a table's line."""
_BESIDE = 0.025
"""Inches from a streak to what it is compared with on both sides."""
_DARKER, _SEEN = 3, 0.8
"""A streak is so many grey levels darker, in so large a share of the parts."""
_UNEVEN = 3.0
"""Nowhere is it darker than so many times its usual darkness."""
_MOST = 12
"""Columns; where more are found, they are something else."""

Levels = npt.NDArray[np.float32]


def without_streaks(gray: Gray, dpi: float) -> Gray:
    """The page without streaks along its columns or rows; what is written under one stays."""
    return _without_columns(_without_columns(gray, dpi).T, dpi).T


def _without_columns(gray: Gray, dpi: float) -> Gray:
    size, beside = len(gray) // _EVERY // _PARTS, round(_BESIDE * dpi)
    ends = _blank_ends(gray, size * _EVERY) if size and gray.shape[1] > 2 * beside else []
    if not ends:
        return gray
    rows = gray[::_EVERY][: size * _PARTS].astype(np.int16).reshape(_PARTS, size, -1)
    darker = _darker(rows, beside)
    usual = np.median(darker, axis=0)
    seen = darker >= _DARKER
    streaks = np.flatnonzero((seen.mean(axis=0) >= _SEEN) & seen[ends].all(axis=0))
    if len(streaks) > _MOST:
        return gray
    middles = (np.arange(_PARTS) + 0.5) * size * _EVERY
    clean = gray.copy()
    for column in streaks.tolist():
        here = np.clip(darker[:, column], 0, _UNEVEN * usual[column])
        lift = np.interp(np.arange(len(gray)), middles, here)
        clean[:, column] = np.minimum(255, clean[:, column] + lift)
    return clean


def _blank_ends(gray: Gray, high: int) -> list[int]:
    """The parts, each ``high`` rows high, that lie in the blank margins at both ends; none if one
    end has no margin.
    """
    rim, reach = gray.shape[1] // 20, _MARGIN * high
    inner = gray[: _PARTS * high, rim : gray.shape[1] - rim]
    paper = float(np.median(inner[::_EVERY]))
    above = _blank_parts(inner[:reach], paper, high)
    below = [_PARTS - 1 - part for part in _blank_parts(inner[::-1][:reach], paper, high)]
    return [*above, *below] if above and below else []


def _blank_parts(rows: Gray, paper: float, high: int) -> list[int]:
    """Parts without a line or writing, from the edge inwards; the glass may be seen beside it."""
    dark = (rows <= paper - _INK).mean(axis=1)
    blank = ((rows <= paper - _LINE).mean(axis=1) < _HALF) & (dark <= _BLANK)
    first = int(np.argmax(dark < _HALF))
    first = 0 if first < _GLASS * high else first
    after = np.flatnonzero(~blank[first:])
    last = first + int(after[0]) if len(after) else len(rows)
    return list(range(-(-first // high), last // high))


def _darker(rows: npt.NDArray[np.int16], beside: int) -> Levels:
    """For each part and column, by how much the column is usually darker than both sides."""
    darker = np.zeros((len(rows), rows.shape[2]), np.float32)
    sides = np.minimum(rows[:, :, : -2 * beside], rows[:, :, 2 * beside :])
    darker[:, beside:-beside] = np.median(sides - rows[:, :, beside:-beside], axis=1)
    return darker
