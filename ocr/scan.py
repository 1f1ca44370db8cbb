"""A scanned page: made upright, its rulings and writing found, and read piece by piece.

Finding is cheap and done once; reading is dear, and done only for the pieces that are wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from gouji.ocr.crops import crop, line_height, second_crop
from gouji.ocr.dirt import without_dirt
from gouji.ocr.image import Raster
from gouji.ocr.ink import InkWord, ink_words
from gouji.ocr.marks import mark_of
from gouji.ocr.page import Box, Char, Gray, Page, Ruling
from gouji.ocr.pale_seals import without_pale_seals
from gouji.ocr.parting import figures_in, is_spaced, parted
from gouji.ocr.reader import Reader, Reading, Sight
from gouji.ocr.scale import to_scale
from gouji.ocr.strokes import rulings
from gouji.ocr.upright import Sheet, upright

_ENOUGH, _CHARACTERS = 6, 6
"""So many lines tell whether a page stands upright."""
_LONG, _NARROWED = 3.2, 0.65
"""Labels so many times wider than high are made so much narrower before they are read."""
_CLEAR = 0.93
"""What is read with less certainty than this, by character, is read as it is."""
_DIGIT = re.compile(r".\d")
"""A digit that is no label's number."""


_CELL = 25.0
"""Of a figure's height: cells are hardly wider, a frame around a page is."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of writing that was read. ``box``: points of the sheet, as high as its line.

    ``second``: its picture for a second reader. ``faint``: only a trace of ink.
    """

    box: Box
    sight: Sight
    by: str
    second: Gray
    faint: bool = False

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Its readings as a number; else what was read freely, which may be a word for none."""
        free = Reading(self.by, self.sight.text, self.sight.confidence)
        return self.sight.figures or ((free,) if free.text else ())


@dataclass(frozen=True, slots=True)
class Scan:
    """A scanned page: the sheet, its rulings and its pieces of writing, each read only once."""

    sheet: Sheet
    rulings: tuple[Ruling, ...]
    words: tuple[InkWord, ...]
    line: float
    _read_before: dict[tuple[Box, bool], Piece] = field(default_factory=dict, repr=False)

    def read(
        self, words: Iterable[InkWord], reader: Reader, *, labels: bool = False
    ) -> list[Piece]:
        """Read some of the words; the same picture is read once, and a word that reads as several
        figures is several pieces. ``labels``: long ones are only to be told from each other.
        """
        wanted = list(words)
        whole: list[Piece] = []
        parts: list[InkWord] = []
        for word, piece in zip(wanted, self._read(wanted, reader, labels=labels), strict=True):
            if is_spaced(piece.sight.text) and self._is_walled(word.box):
                text = piece.sight.text.replace(" ", "")
                whole.append(replace(piece, sight=replace(piece.sight, text=text)))
                continue
            count = figures_in(piece.sight.text)
            boxes = parted(self.sheet.gray, self.sheet.dpi, word.box, count) if count else []
            parts += [replace(word, box=box) for box in boxes]
            whole += [] if boxes else [piece]
        return [*whole, *self._read(parts, reader, labels=False)]

    def _is_walled(self, box: Box) -> bool:
        """Whether a wall stands on either side, so near that it is a cell's: what stands closely
        together in a cell is one figure.
        """
        x, y = box.center
        walls = [r.x0 for r in self.rulings if not r.horizontal and r.y0 <= y <= r.y1]
        left = max((wall for wall in walls if wall < x), default=None)
        right = min((wall for wall in walls if wall > x), default=None)
        return left is not None and right is not None and right - left <= _CELL * box.height

    def _read(self, words: Sequence[InkWord], reader: Reader, *, labels: bool) -> list[Piece]:
        unread = [word for word in words if (word.box, labels) not in self._read_before]
        for word, piece in zip(unread, self._pieces(unread, reader, labels=labels), strict=True):
            self._read_before[word.box, labels] = piece
        return [self._read_before[word.box, labels] for word in words]

    def _pieces(self, words: Sequence[InkWord], reader: Reader, *, labels: bool) -> list[Piece]:
        gray, dpi = self.sheet.gray, self.sheet.dpi
        crops = [crop(gray, dpi, word.box, self.line) for word in words]
        sights = read_labels(crops, reader) if labels else read_once(crops, reader)
        return [
            Piece(
                _as_high_as_a_line(word.box, self.line),
                mark_of(picture, word.box, self.line, reader.name) or sight,
                reader.name,
                second_crop(gray, dpi, word.box, self.line),
                word.faint,
            )
            for word, picture, sight in zip(words, crops, sights, strict=True)
        ]

    def page(self, pieces: Sequence[Piece]) -> Page:
        """The page with what was read of it."""
        return Page(
            self.sheet.number,
            self.sheet.width,
            self.sheet.height,
            "scan",
            tuple(Char(text, piece.box) for piece in pieces if (text := text_of(piece.sight))),
            self.rulings,
        )


def scan_of(raster: Raster, reader: Reader) -> Scan:
    """Find what is on a page; ``reader`` tells whether it stands on its head."""
    sheet = upright(
        raster,
        lambda crops: legibility(reader.read([_start(crop) for crop in crops[:_ENOUGH]])),
    )
    sheet = without_pale_seals(to_scale(sheet))
    lines = tuple(rulings(sheet))
    sheet = without_dirt(sheet, lines)
    words = tuple(ink_words(sheet, lines))
    return Scan(sheet, lines, words, line_height([word.box for word in words]))


def _start(crop: Gray) -> Gray:
    """The first characters of a line: enough to tell whether it can be read."""
    return crop[:, : _CHARACTERS * crop.shape[0]]


def legibility(sights: Sequence[Sight]) -> float:
    """How well pieces could be read, from 0 to 1: the mean confidence, by character."""
    shares = [s.confidence ** (1 / len(s.text)) if s.text else 0.0 for s in sights]
    return sum(shares) / len(shares) if shares else 0.0


def read_once(crops: Sequence[Gray], reader: Reader) -> list[Sight]:
    """One sight for each picture; equal pictures are read once."""
    keys = [(picture.shape, picture.tobytes()) for picture in crops]
    first = {key: index for index, key in reversed(list(enumerate(keys)))}
    distinct = sorted(first.values())
    sights = dict(zip(distinct, reader.read([crops[i] for i in distinct]), strict=True))
    return [sights[first[key]] for key in keys]


def read_labels(crops: Sequence[Gray], reader: Reader) -> list[Sight]:
    """The same, with long labels made narrower: a reader's work grows with the width. What may be
    a figure, or is not clear, is read again as it is.
    """
    shown = [_narrowed(c) if c.shape[1] > _LONG * c.shape[0] else c for c in crops]
    sights = read_once(shown, reader)
    again = [
        i for i, sight in enumerate(sights)
        if shown[i] is not crops[i] and not _is_clear_label(sight)
    ]  # fmt: skip
    wide = read_once([crops[i] for i in again], reader)
    found = dict(enumerate(sights)) | dict(zip(again, wide, strict=True))
    return list(found.values())


def _narrowed(picture: Gray) -> Gray:
    size = round(picture.shape[1] * _NARROWED), picture.shape[0]
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _is_clear_label(sight: Sight) -> bool:
    figure = sight.figures or _DIGIT.search(sight.text)
    return not figure and legibility([sight]) >= _CLEAR


def text_of(sight: Sight) -> str:
    """What a piece says: the number that it is if all its characters look like one's, else what
    was read freely.
    """
    if sight.figures and (not sight.text or len(sight.figures[0].text) == len(sight.text)):
        return sight.figures[0].text
    return sight.text


def _as_high_as_a_line(box: Box, line: float) -> Box:
    """A dash or a point stands on a line like any other writing."""
    more = max(0.0, (line - box.height) / 2)
    return Box(box.x0, box.y0 - more, box.x1, box.y1 + more)
