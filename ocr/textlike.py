"""Ink that looks like lines of text."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gouji.ocr.components import components
from gouji.ocr.page import Box

_DARK = 128
_LIGHT = 180
_SMALL, _TALL, _WIDE = 4.0, 30.0, 45.0
"""Marks of writing are so high at least and at most, and so wide at most (points)."""
_LEAST_MARKS = 24
_LEAST_LINES = 2


def textlike_marks(pixels: npt.NDArray[np.uint8], areas: Sequence[Box], scale: int) -> int:
    """How many marks in ``areas`` (points) stand in lines, dark on light; 0 if few."""
    total = 0
    for area in areas:
        top, left = max(int(area.y0 * scale), 0), max(int(area.x0 * scale), 0)
        part = pixels[top : int(area.y1 * scale) + 1, left : int(area.x1 * scale) + 1]
        if part.size:
            total += _marks(part, scale)
    return total


def _marks(part: npt.NDArray[np.uint8], scale: int) -> int:
    dark = (part < _DARK).astype(np.uint8)
    _, _, stats, _ = components(dark)
    boxes = []
    for x, y, width, height, area in stats[1:].tolist():
        if not (_SMALL * scale <= height <= _TALL * scale and width <= _WIDE * scale):
            continue
        around = part[max(y - 2, 0) : y + height + 2, max(x - 2, 0) : x + width + 2]
        light = int((around > _LIGHT).sum()) / around.size
        if light >= 0.3 and area >= 0.08 * width * height:
            boxes.append((y, x, width, height))
    return _in_lines(sorted(boxes))


def _in_lines(boxes: Sequence[tuple[int, int, int, int]]) -> int:
    """Marks with others of their height beside them, if they make lines enough."""
    lines: list[list[tuple[int, int, int, int]]] = []
    for box in boxes:
        y, _, _, height = box
        for line in lines[-6:]:
            other_y, _, _, other_height = line[-1]
            overlap = min(y + height, other_y + other_height) - max(y, other_y)
            similar = 0.5 <= height / other_height <= 2
            if similar and overlap > 0.5 * min(height, other_height):
                line.append(box)
                break
        else:
            lines.append([box])
    long = [line for line in lines if _runs(line) >= 5]
    marks = sum(len(line) for line in long)
    return marks if marks >= _LEAST_MARKS and len(long) >= _LEAST_LINES else 0


def _runs(line: Sequence[tuple[int, int, int, int]]) -> int:
    """The most marks of a line that follow each other closely."""
    best = run = 1
    ordered = sorted(line, key=lambda box: box[1])
    for (_, x, width, height), (_, next_x, _, next_height) in itertools.pairwise(ordered):
        run = run + 1 if next_x - (x + width) < 1.5 * max(height, next_height) else 1
        best = max(best, run)
    return best
