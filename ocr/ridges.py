"""Pixels → ridges: places darker than both sides, and the pieces of straight lines they form.

Lines are looked for on two small pictures of the sheet, one for each direction: along the lines
about one pixel to the point, across them about the sheet's own resolution. The mean along a line
keeps its darkness and takes that of noise and of text away; dots and dashes become a faint line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from gouji.ocr.components import components
from gouji.ocr.page import Gray

Floats = NDArray[np.float32]
Marks = NDArray[np.bool_]

_ALONG = 72.0
_ACROSS = 150.0
"""Pixels to the inch of the small pictures, at least; they shrink by whole factors."""
THICKEST = 5.0
"""Points; what is thicker is an area. As with lines of a PDF."""
_DARKER = 12
"""Grey levels that a line is darker than the paper beside it, at least."""
_SHORT = 11.0
"""Points; a shorter ridge without a gap is never a line: characters have such strokes."""
_DASHED = 24.0
"""Points; the shortest stretch that tells a line of dots and dashes from dirt."""
_DASH_GAP = 3.0
"""Points between dashes."""
_BESIDE = (1.2, 2.2)
"""Points from a dashed line; nothing is drawn there, while strokes of characters have others."""
_REACH = 6.0
"""Points on both sides of a line that are looked at."""
_RIM = 1.8
"""Points beside a line in which little is drawn."""
_FADING = (0.5, 1.2)
"""Points from the edge of a shade; there it has not faded yet, while a thin line has ended."""
_EVEN = 0.4
"""A line is nowhere fainter than this share of its usual darkness; between strokes of characters
there is only their haze."""


@dataclass(frozen=True, slots=True)
class Ridges:
    """``height``: by how many grey levels it is darker than on both sides, for lines that run
    along the second axis. ``along`` and ``across``: points to a pixel of the second and the first
    axis. ``threshold``: what the paper's grain does not reach.
    """

    height: Gray
    along: float
    across: float
    threshold: int


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A piece of a straight line: for each column of ``[start, end)`` the row of its middle."""

    start: int
    end: int
    path: Floats
    row: float


def piece_of(start: int, path: Floats) -> Piece:
    """The piece that begins at column ``start``."""
    return Piece(start, start + len(path), path, middle_of(path))


def middle_of(values: NDArray[Any]) -> float:
    """The median of a row of numbers; NumPy's own takes longer than all else that is done to a
    short one.
    """
    ordered = np.sort(values)
    half = len(ordered) // 2
    upper = float(ordered[half])
    return upper if len(ordered) % 2 else (float(ordered[half - 1]) + upper) / 2


@dataclass(frozen=True, slots=True)
class Profile:
    """What is seen along a path: where the line is ``drawn``, the shares above and below
    (``beside``, two rows) that are drawn too, how ``thick`` it is (points), and how far from the
    path (rows).
    """

    drawn: Marks
    beside: Floats
    thick: float
    shift: float


def ridges_of(gray: Gray, dpi: float, *, upright: bool) -> Ridges:
    """The ridges of horizontal lines, or of ``upright`` ones: then the picture is mirrored."""
    along = max(1, round(dpi / _ALONG))
    across = max(1, int(dpi / _ACROSS))
    fy, fx = (along, across) if upright else (across, along)
    rows, cols = gray.shape[0] // fy, gray.shape[1] // fx
    whole = gray[: rows * fy, : cols * fx]
    small = typed(cv2.resize(whole, (cols, rows), interpolation=cv2.INTER_AREA))
    if upright:
        small = np.ascontiguousarray(small.T)
    thick = int(THICKEST * dpi / 72 / across) | 1
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((thick, 1), np.uint8))
    height = typed(cv2.subtract(paper, small))
    noise = float(np.median(height[:: max(1, rows // 200)]))
    return Ridges(height, 72 * along / dpi, 72 * across / dpi, max(_DARKER, round(3 * noise)))


def typed(array: MatLike) -> Gray:
    """OpenCV's stubs do not tell the type of its results."""
    return array.astype(np.uint8, copy=False)


def pieces_of(ridges: Ridges) -> list[Piece]:
    """Ridges that run straight on: without a gap, or with gaps and nothing beside them.

    Characters side by side have strokes at one height too, but with gaps, and other strokes
    above or below; what is found must still be looked at along its whole length.
    """
    dark = (ridges.height > ridges.threshold).astype(np.uint8)
    # A line that is not quite straight steps from one row of pixels to the next.
    wide = typed(cv2.dilate(dark, np.ones((2, 1), np.uint8)))
    solid = _opened(wide, round(_SHORT / ridges.along))
    free = wide & (1 - beside_of(dark, ridges.across))
    gap = round(_DASH_GAP / ridges.along) + 1
    joined = typed(cv2.morphologyEx(free, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8)))
    seeds = solid | _opened(joined, round(_DASHED / ridges.along))
    count, labels, stats, _ = components(seeds)
    pieces = []
    for label, (x, y, width, height, _) in zip(range(1, count), stats[1:].tolist(), strict=True):
        patch = labels[y : y + height, x : x + width] == label
        pieces.append(piece_of(x, y + _middles(patch)))
    return pieces


def _opened(dark: Gray, shortest: int) -> Gray:
    return typed(cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, shortest), np.uint8)))


def beside_of(dark: Gray, across: float) -> Gray:
    """Where there is a ridge a little above or below."""
    near, far = (round(points / across) for points in _BESIDE)
    rows = far - near + 1
    around = typed(cv2.dilate(dark, np.ones((rows, 1), np.uint8)))
    shift = near + rows // 2
    beside = np.zeros_like(dark)
    beside[shift:] = around[:-shift]
    beside[:-shift] |= around[shift:]
    return beside


def _middles(patch: Marks) -> Floats:
    """For each column the middle row of the patch, smoothed."""
    rows = np.arange(patch.shape[0], dtype=np.float32)[:, None]
    middle = (patch * rows).sum(axis=0, dtype=np.float32) / np.maximum(patch.sum(axis=0), 1)
    return smoothed(middle.astype(np.float32), 31)


def smoothed(path: Floats, size: int) -> Floats:
    """The mean over ``size`` places around each."""
    size = min(len(path), size)
    blurred = cv2.blur(path[None], (size, 1), borderType=cv2.BORDER_REPLICATE)
    result: Floats = blurred[0].astype(np.float32)
    return result


def profile_of(ridges: Ridges, path: Floats, start: int, pieces: Sequence[Piece]) -> Profile:
    """What is seen along ``path``, whose first column is ``start``; how dark and thick the line
    is usually is seen at its ``pieces``.
    """
    reach = round(_REACH / ridges.across)
    n_rows = ridges.height.shape[0]
    rows = np.rint(path).astype(np.intp) + np.arange(-reach, reach + 1)[:, None]
    strip = ridges.height[np.clip(rows, 0, n_rows - 1), np.arange(start, start + len(path))]
    strip *= (rows >= 0) & (rows < n_rows)
    known = _at(strip, start, pieces)
    first, last = _core(known, ridges.threshold, reach)
    darkest = known[first : last + 1].max(axis=0)
    seen = darkest[darkest > ridges.threshold]
    usual = middle_of(seen) if len(seen) else 0.0
    level = max(ridges.threshold, _EVEN * usual)
    first, last = _core(known, level, reach)
    # Pieces of one line may be a pixel beside each other.
    drawn: Marks = strip[max(0, first - 1) : last + 2].max(axis=0) > level
    rim = max(2, round(_RIM / ridges.across))
    sides = [strip[max(0, first - 1 - rim) : max(0, first - 1)], strip[last + 2 : last + 2 + rim]]
    counts = [(side > level).sum(axis=0, dtype=np.float32) for side in sides]
    beside: Floats = (np.stack(counts) / rim).astype(np.float32)
    return Profile(drawn, beside, (last + 1 - first) * ridges.across, (first + last) / 2 - reach)


def fades(ridges: Ridges, pieces: Sequence[Piece]) -> bool:
    """Whether what is seen there is pale and fades to one side: the edge of an even shade."""
    columns = np.concatenate([np.arange(p.start, p.end) for p in pieces])
    rows = np.rint(np.concatenate([p.path for p in pieces])).astype(np.intp)
    first, far = (round(points / ridges.across) for points in _FADING)
    last = ridges.height.shape[0] - 1

    def level(by: int) -> float:
        return float(np.median(ridges.height[np.clip(rows + by, 0, last), columns]))

    darkest = max(level(by) for by in (-1, 0, 1))
    sides = [[level(sign * by) for by in range(first, far + 1)] for sign in (-1, 1)]
    ended, fading = sorted(sum(side) / len(side) / max(darkest, 1) for side in sides)
    return darkest < 2 * ridges.threshold and ended < 0.15 and fading > 0.35


def _at(strip: Gray, start: int, pieces: Sequence[Piece]) -> Gray:
    """The columns of a strip, which begins at column ``start``, that pieces cover."""
    columns = np.zeros(strip.shape[1], np.bool_)
    for piece in pieces:
        columns[piece.start - start : piece.end - start] = True
    return strip if columns.all() else strip[:, columns]


def _core(strip: Gray, level: float, middle: int) -> tuple[int, int]:
    """First and last row of those around the middle that are drawn for half of the length."""
    share = np.count_nonzero(strip > level, axis=1).tolist()
    rows = share[middle - 1 : middle + 2]
    peak = middle - 1 + rows.index(max(rows))
    half = 0.5 * share[peak]
    first = last = peak
    while first > 0 and share[first - 1] >= half:
        first -= 1
    while last + 1 < len(share) and share[last + 1] >= half:
        last += 1
    return first, last
