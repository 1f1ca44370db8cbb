"""Pixels → what is written: boxes of words without their text.

Ink is what is darker than the paper around it. The rulings' own ink is taken away, but not where
strokes cross or touch them; what hangs together then is put together to lines of text inside the
free space between the rulings, and to words where wide gaps part a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from gouji.ocr.components import components
from gouji.ocr.doubled import is_doubled, undoubled
from gouji.ocr.erasing import NEAR, Patches, erase, patches_of
from gouji.ocr.flecks import without_worn_lines
from gouji.ocr.page import Box, Gray, Ruling
from gouji.ocr.runs import Blot, at_gutters
from gouji.ocr.upright import Sheet

_DPI = 150.0
"""Ink is looked for at so many pixels to the inch, at least."""
_AREA = 12.0
"""Points; dark areas larger in both directions are shading, not strokes."""
INK = 48.0
"""Grey levels darker than the paper around: ink, whatever the paper's noise."""
_LINE = 1.7
"""A line of text is no higher than this many characters."""
_GAP = 0.9
"""Gaps wider than this many character heights part words."""
_DOT_GAP = 0.4
"""The same for dots: a point stands close to its figure."""
_WORN_THICK, _WORN_ASIDE, _WORN_FAR = 3.0, 1.2, 36.0
"""Points: how thick ink is, how far aside of a ruling's line and beyond its end, that may be what
is left of it."""
_STROKE = (1.15, 0.35)
"""A stroke is so many characters high, and so much narrower: no digit."""
_MET = 1.0
"""Points from a line at which it ends."""
_CLEAR = 1.0
"""Points on both sides of a column's edge that are free of ink."""
DOT = 1.6
"""Points; what is smaller both ways is part of a word or dirt, not a word of its own."""
_FIGURE, _BESIDES = 4.0, 8
"""Points that a figure is high at least; a speck is compared with so many figures nearest to it."""
_SMALL, _DASH = 0.5, (0.35, 0.25)
"""Of their height: no figure that stands alone is smaller, but dashes so long and so flat."""
_SPECK = 0.75
"""Points; what is smaller both ways is dirt anyway."""
_BOLD, _FULL = (5.0, 40.0), 0.25
"""Points high, and the share of its box that is ink: a row of characters that touch."""
_LARGEST = 60.0
"""Points; what is larger is a picture, a frame or the scanner's border."""
_STAMP = 30.0
"""Points; what is larger than that and so large both ways is a stamp or a picture, no line."""
_EDGE = 8.0
"""Points from the edge of a sheet in which nobody writes, if a line is there: the paper's edge."""
_EDGE_LONG, _EDGE_NEAR, _EDGE_LEANS = 0.4, 0.06, 0.012
"""The paper's edge farther in: so long, so near and leaning so much, as shares of the sheet."""
_OTHER_EDGES = 2
_TABLE = 0.3
"""Of the sheet's width: a line so long parts the rows of a table, also one without walls."""
_LEAST_PIXELS = 6
"""What is smaller both ways is no character that could be read."""
_SQUARISH = 1.65
"""Characters are no longer than so many times their other side."""
_SQUARE, _HALF, _PIECES, _LARGE = (0.7, 1.3), 0.3, 4, 1.3
"""A character is so many times as high as it is wide, and the larger of its halves at least; it has
no more patches of ink that lie one above the other; and titles are so much larger than most.
"""
_FEW, _MANY = 40, 20
"""Characters that tell how large most are, of a page and of a band of its writing."""


@dataclass(frozen=True, slots=True)
class InkWord:
    """Writing on one line without a wide gap: ``box`` tight around its ink, in sheet points.

    ``faint``: only a trace of ink, dirt or a weak stroke; or some of it may be a line's.
    """

    box: Box
    faint: bool


def ink_words(sheet: Sheet, rulings: Sequence[Ruling]) -> list[InkWord]:
    """Every piece of writing on the sheet, from the top down; never across a ruling.

    A line of text in a cell is one word, split where gaps are wider than about a character.
    """
    ink, scale = _ink(sheet)
    if is_doubled(ink, 1 / scale, 1 / scale):
        ink = undoubled(ink, ink, 1 / scale, 1 / scale)
        turned = np.ascontiguousarray(ink.T)
        ink = np.ascontiguousarray(undoubled(turned, turned, 1 / scale, 1 / scale).T)
    erase(ink, rulings, scale)
    found, stamps = _blots(*patches_of(ink, rulings, scale), scale)
    blots = _between(without_worn_lines(_inside(found, rulings, sheet)), rulings)
    spaces = _spaces(rulings, sheet.width, sheet.height)
    em = _usual_size(blots)
    blots = [blot for blot in blots if not _runs_through(blot, rulings, em)]
    words: list[InkWord] = []
    for group in by_space(blots, spaces, rulings, sheet.width):
        runs = [
            run
            for line in _lines(group, em)
            for part in _parted(line, rulings)
            for run in _runs(part, em)
        ]
        words += _without_dirt([_word(run, rulings) for run in at_gutters(runs)])
    words = [replace(w, faint=w.faint or _is_stamped(w.box, stamps, scale)) for w in words]
    return sorted(words, key=lambda word: (word.box.y0, word.box.x0))


def usual_size(sheet: Sheet) -> float | None:
    """How high most characters on the sheet are, about, in points; None where there are few. What
    is much longer than wide does not count: the dashes of lines are many.
    """
    ink, scale = _ink(sheet)
    boxes = components(ink)[2][1:, 2:4]
    sizes = boxes.max(axis=1)[boxes.max(axis=1) <= _SQUARISH * boxes.min(axis=1)]
    sizes = sizes[(sizes >= _LEAST_PIXELS) & (sizes <= min(sheet.gray.shape) / 8)]
    return float(np.quantile(sizes, 0.7)) / scale if len(sizes) >= _FEW else None


def _ink(sheet: Sheet) -> tuple[Gray, float]:
    """Where there is ink (0 or 1), and the pixels to the point of that picture."""
    shrink = max(1, int(sheet.dpi / _DPI))
    scale = sheet.dpi / shrink / 72
    dark = _darkness(_shrunk(sheet.gray, shrink), scale)
    return (dark > max(INK, _noise(dark))).astype(np.uint8), scale


def _shrunk(gray: Gray, factor: int) -> Gray:
    if factor == 1:
        return gray
    rows, cols = gray.shape[0] // factor, gray.shape[1] // factor
    whole = gray[: rows * factor, : cols * factor]
    return cv2.resize(whole, (cols, rows), interpolation=cv2.INTER_AREA).astype(
        np.uint8, copy=False
    )


def _darkness(gray: Gray, scale: float) -> Gray:
    """Grey levels darker than the paper, shaded or not, around each place."""
    factor = max(1, round(scale))
    small = _shrunk(gray, factor)
    size = int(_AREA * scale / factor) | 1
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    return cv2.subtract(
        cv2.resize(paper, gray.shape[::-1], interpolation=cv2.INTER_LINEAR), gray
    ).astype(np.uint8, copy=False)


def _noise(dark: Gray) -> float:
    """The darkness that the paper's grain does not reach."""
    sample = dark[::4, ::4]
    middle = float(np.median(sample))
    return middle + 6 * float(np.median(np.abs(sample - middle)))


def _blots(labels: Patches, stats: Patches, scale: float) -> tuple[list[Blot], Gray]:
    """Patches of ink that may be writing: neither grains nor pictures, frames and borders; and
    where there are stamps and pictures, in which figures that touch them are lost.

    Bold characters of a title may touch and be one patch as long as the line.
    """
    boxes, stamps = stats[1:], np.zeros(labels.shape, np.uint8)
    size = boxes[:, 2:4].max(axis=1) / scale if len(boxes) else np.empty(0)
    if not len(boxes):
        return [], stamps
    high, full = boxes[:, 3] / scale, boxes[:, 4] / (boxes[:, 2] * boxes[:, 3])
    joined = (high >= _BOLD[0]) & (high <= _BOLD[1]) & (full >= _FULL)
    kept = boxes[(size >= _SPECK) & ((size <= _LARGEST) | joined)]
    large = (size > _LARGEST) & ~joined & (boxes[:, 2:4].min(axis=1) >= _STAMP * scale)
    for number in np.flatnonzero(large) + 1:
        x, y, w, h = stats[number, :4].tolist()
        stamps[y : y + h, x : x + w] |= labels[y : y + h, x : x + w] == number
    found = [
        Blot(x / scale, y / scale, (x + w) / scale, (y + h) / scale, area / (w * h))
        for x, y, w, h, area in kept.tolist()
    ]
    return found, stamps


def _is_stamped(box: Box, stamps: Gray, scale: float) -> bool:
    """Whether a stamp is so near on its line that it may hide more of what is written."""
    x0, x1 = (box.x0 - box.height) * scale, (box.x1 + box.height) * scale
    near = stamps[round(box.y0 * scale) : round(box.y1 * scale), max(0, int(x0)) : int(x1) + 1]
    return bool(near.any())


def _inside(blots: list[Blot], rulings: Sequence[Ruling], sheet: Sheet) -> list[Blot]:
    """Without what lies at the edge of the scanned paper, where that is seen."""
    down = [(r.x0, r.y0, r.y1) for r in rulings if not r.horizontal]
    across = [(r.y0, r.x0, r.x1) for r in rulings if r.horizontal]
    x0, x1 = _paper(down, across, sheet.width, sheet.height)
    y0, y1 = _paper(across, down, sheet.height, sheet.width)
    return [b for b in blots if x0 < (b.x0 + b.x1) / 2 < x1 and y0 < (b.y0 + b.y1) / 2 < y1]


def _between(blots: Sequence[Blot], rulings: Sequence[Ruling]) -> list[Blot]:
    """Without what is left of lines across: figures and dashes stand between them."""
    across = [ruling for ruling in rulings if ruling.horizontal]
    return [
        blot
        for blot in blots
        if blot.y1 - blot.y0 > _WORN_THICK or not any(_is_worn(blot, line) for line in across)
    ]


def _runs_through(blot: Blot, rulings: Sequence[Ruling], em: float) -> bool:
    """Whether a thin stroke goes from one line of a table to the next: a pen's, or a wall's that
    was not seen. Figures keep off the lines above and below.
    """
    high = blot.y1 - blot.y0
    if high < _STROKE[0] * em or blot.x1 - blot.x0 > _STROKE[1] * high:
        return False
    x = (blot.x0 + blot.x1) / 2
    met = [
        r.y0
        for r in rulings
        if r.horizontal and r.x0 <= x <= r.x1 and blot.y0 - _MET <= r.y0 <= blot.y1 + _MET
    ]
    return bool(met) and max(met) - min(met) >= em


Lines = Sequence[tuple[float, float, float]]
"""Where each line lies, and from where to where it runs."""


def _paper(lines: Lines, others: Lines, size: float, length: float) -> tuple[float, float]:
    """From where to where there is paper between its two edges, as far as they are seen: lines at
    the picture's edge, or long ones near to it that are no table's, and that may lean.
    """
    start, end = 0.0, size
    for at, first, last in lines:
        near = min(at, size - at)
        alone = sum(a - NEAR <= at <= b + NEAR for _, a, b in others) <= _OTHER_EDGES
        alone &= not any(
            abs(first - a) < _EDGE and abs(last - b) < _EDGE
            for y, a, b in lines
            if min(y, size - y) > _EDGE_NEAR * size
        )
        long = last - first >= _EDGE_LONG * length and near <= _EDGE_NEAR * size
        if near >= _EDGE and not (alone and long):
            continue
        rim = near + _EDGE_LEANS * length if near >= _EDGE else _EDGE
        start, end = (max(start, rim), end) if at < size / 2 else (start, min(end, size - rim))
    return start, end


def _spaces(rulings: Iterable[Ruling], width: float, height: float) -> NDArray[np.int32]:
    """The number of the free space between rulings at each point of the sheet."""
    free = np.ones((int(height) + 2, int(width) + 2), np.uint8)
    for r in rulings:
        grow = (2, 0) if r.horizontal else (0, 2)
        start = int(r.x0) - grow[0], int(r.y0) - grow[1]
        end = int(r.x1) + grow[0], int(r.y1) + grow[1]
        cv2.line(free, start, end, 0, 1)
    _, labels = cv2.connectedComponents(free, connectivity=4)
    return labels.astype(np.int32, copy=False)


def by_space(
    blots: Sequence[Blot], spaces: NDArray[np.int32], rulings: Sequence[Ruling], width: float
) -> list[list[Blot]]:
    """The blots of each space, and of each row where long lines part a space without walls.

    ``spaces``: the number of the space at each point of a sheet so many points wide.
    """
    lines = [r for r in rulings if r.horizontal and r.x1 - r.x0 >= _TABLE * width]
    walls = [r for r in rulings if not r.horizontal]
    groups: dict[tuple[int, int], list[Blot]] = {}
    for blot in blots:
        x, y = (blot.x0 + blot.x1) / 2, (blot.y0 + blot.y1) / 2
        beside = [wall.x0 < x for wall in walls if wall.y0 <= y <= wall.y1]
        open_ = all(beside) or not any(beside)
        above = sum(line.y0 < y and line.x0 <= x <= line.x1 for line in lines) if open_ else 0
        groups.setdefault((int(spaces[int(y), int(x)]), above), []).append(blot)
    return list(groups.values())


def _usual_size(blots: Sequence[Blot]) -> float:
    """How high a character is, about: characters of most pages are of few sizes."""
    sizes = [blot.size for blot in blots if blot.size >= 4]
    return float(np.quantile(sizes, 0.7)) if sizes else 10.0


def _lines(blots: list[Blot], em: float) -> list[list[Blot]]:
    """Blots by line of text: bands parted by free rows. What is higher than a line is parted
    where no ink is beside it, for a cell of many rows has its text anywhere beside theirs; what
    has no such gap is cut where it is thinnest.
    """
    lines: list[list[Blot]] = []
    for band in _bands(blots, em):
        own = min(em, _usual_size(band)) if len(band) >= _MANY else em
        parts = [band] if _is_line(band, own) else _columns(band, own)
        parts = parts if len(parts) > 1 else _cut(band, own)
        for part in parts:
            lines += _lines(part, own) if len(parts) > 1 else [part]
    return lines


def _bands(blots: list[Blot], em: float) -> list[list[Blot]]:
    blots.sort(key=lambda blot: blot.y0)
    bands: list[list[Blot]] = []
    top = bottom = 0.0
    for blot in blots:
        if bands and (blot.y0 <= bottom or max(bottom, blot.y1) - top <= 1.1 * em):
            bands[-1].append(blot)
            bottom = max(bottom, blot.y1)
        else:
            bands.append([blot])
            top, bottom = blot.y0, blot.y1
    whole = bands[:1]
    for band in bands[1:]:
        if _is_one_character(whole[-1], band, em):
            whole[-1] = [*whole[-1], *band]
        else:
            whole.append(band)
    return whole


def _is_one_character(upper: Sequence[Blot], lower: Sequence[Blot], em: float) -> bool:
    """Whether two bands are the halves of a character larger than most, alone on its line: 告."""
    both = [*upper, *lower]
    if len(both) > _PIECES:
        return False
    wide = max(b.x1 for b in both) - min(b.x0 for b in both)
    high = max(b.y1 for b in both) - min(b.y0 for b in both)
    highs = [max(b.y1 for b in part) - min(b.y0 for b in part) for part in (upper, lower)]
    square = _SQUARE[0] * wide <= high <= _SQUARE[1] * wide
    return square and wide >= _LARGE * em and max(highs) >= _HALF * wide


def _columns(band: list[Blot], em: float) -> list[list[Blot]]:
    """A band's blots, parted where a gap runs through all its lines."""
    gap = _GAP * max(em, _typical(band))
    columns: list[list[Blot]] = []
    end = 0.0
    for blot in sorted(band, key=lambda blot: blot.x0):
        if columns and blot.x0 - end <= gap:
            columns[-1].append(blot)
            end = max(end, blot.x1)
        else:
            columns.append([blot])
            end = blot.x1
    return columns


def _typical(band: Sequence[Blot]) -> float:
    """How high most of the blots are, at most."""
    return float(np.quantile([b.y1 - b.y0 for b in band], 0.9))


def _is_line(band: Sequence[Blot], em: float) -> bool:
    height = max(b.y1 for b in band) - min(b.y0 for b in band)
    return height <= _LINE * max(em, _typical(band)) or len(band) < 3


def _cut(band: list[Blot], em: float) -> list[list[Blot]]:
    """A band that holds two lines of text or more, cut in two at the row with least ink."""
    if _is_line(band, em):
        return [band]
    top, bottom = min(b.y0 for b in band), max(b.y1 for b in band)
    margin = 0.5 * max(em, _typical(band))
    at = min(
        (top + margin + step * 0.5 for step in range(int((bottom - top - 2 * margin) * 2) + 1)),
        key=lambda y: sum(b.x1 - b.x0 for b in band if b.y0 < y < b.y1),
    )
    upper = [b for b in band if b.y0 + b.y1 < 2 * at]
    lower = [b for b in band if b.y0 + b.y1 >= 2 * at]
    return [upper, lower] if upper and lower else [band]


def _parted(line: list[Blot], rulings: Sequence[Ruling]) -> list[list[Blot]]:
    """A line's blots, parted where a ruling stands between them, and where the one above or below
    begins or ends: there is a column's edge, drawn or not.
    """
    top, bottom = min(b.y0 for b in line), max(b.y1 for b in line)
    left, right = min(b.x0 for b in line), max(b.x1 for b in line)
    middle = (top + bottom) / 2
    between = [r.x0 for r in rulings if not r.horizontal and r.y0 <= middle <= r.y1]
    over = [r for r in rulings if r.horizontal and r.x0 < right and left < r.x1]
    above = max((r.y0 for r in over if r.y0 <= middle), default=None)
    below = min((r.y0 for r in over if r.y0 > middle), default=None)
    for x in (x for r in over if r.y0 in (above, below) for x in (r.x0, r.x1)):
        if not any(b.x0 - _CLEAR < x < b.x1 + _CLEAR for b in line):
            between.append(x)
    parts: dict[int, list[Blot]] = {}
    for blot in line:
        parts.setdefault(sum(x < (blot.x0 + blot.x1) / 2 for x in between), []).append(blot)
    return list(parts.values())


def _runs(line: list[Blot], em: float) -> list[list[Blot]]:
    """The ink of a line's words; dots belong to the word they stand close to, or are dirt."""
    line.sort(key=lambda blot: blot.x0)
    height = max(0.8 * em, *(blot.y1 - blot.y0 for blot in line))
    runs: list[list[Blot]] = []
    end, small = 0.0, False
    for blot in line:
        gap = _DOT_GAP if small or blot.size < DOT else _GAP
        if runs and blot.x0 - end <= gap * height:
            runs[-1].append(blot)
            end = max(end, blot.x1)
        else:
            runs.append([blot])
            end = blot.x1
        small = blot.size < DOT and blot.x1 == end
    return runs


def _word(run: Sequence[Blot], rulings: Sequence[Ruling]) -> InkWord:
    box = Box(
        min(b.x0 for b in run),
        min(b.y0 for b in run),
        max(b.x1 for b in run),
        max(b.y1 for b in run),
    )
    faint = all(blot.size < DOT for blot in run)
    thin = [b for b in run if min(b.x1 - b.x0, b.y1 - b.y0) <= _WORN_THICK]
    return InkWord(box, faint or any(_is_worn(blot, ruling) for blot in thin for ruling in rulings))


def _is_worn(blot: Blot, ruling: Ruling) -> bool:
    """Whether ink may be what is left of a line: on a ruling's line, a little beyond its end."""
    if ruling.horizontal:
        at, start, end = ruling.y0, ruling.x0, ruling.x1
        low, high, first, last = blot.y0, blot.y1, blot.x0, blot.x1
    else:
        at, start, end = ruling.x0, ruling.y0, ruling.y1
        low, high, first, last = blot.x0, blot.x1, blot.y0, blot.y1
    beyond = max(start - last, first - end)
    return (
        -NEAR <= beyond <= _WORN_FAR
        and high - low <= _WORN_THICK
        and abs(low + high - 2 * at) <= 2 * _WORN_ASIDE
    )


def _without_dirt(words: list[InkWord]) -> list[InkWord]:
    """Dots and specks that stand alone are dirt where something else is written."""
    figures = [word.box for word in words if word.box.height >= _FIGURE]
    written = [word for word in words if not _is_speck(word.box, figures)]
    return written or words


def _is_speck(box: Box, figures: Sequence[Box]) -> bool:
    """Whether it is too small to be a figure beside what is written nearest, and no dash."""
    size, middle = max(box.width, box.height), box.center[1]
    if size >= 2 * _FIGURE or size < DOT:
        return size < DOT
    near = sorted(figures, key=lambda other: abs(other.center[1] - middle))[:_BESIDES]
    high = float(np.median([other.height for other in near])) if near else 0.0
    dash = box.width >= _DASH[0] * high and box.height <= _DASH[1] * high
    return size < _SMALL * high and not dash
