"""A page as it is seen: what is written on it, where, and the lines drawn on it.

One convention everywhere: points (1/72 inch) of the page as displayed, after CropBox and Rotate,
origin top left, y downwards. An image's pixels are turned into points by its dpi, else by 72.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from gouji.ocr.finding import Finding

Gray = npt.NDArray[np.uint8]
"""A picture in grey, (height, width): 255 is paper, ink goes towards 0."""


class Box(NamedTuple):  # thousands a page: made three times as fast as a frozen dataclass
    """A rectangle in points; ``x0 <= x1``, ``y0 <= y1``."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def center(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def holds(self, other: Box) -> bool:
        """Whether the middle of ``other`` lies in it."""
        x, y = other.center
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1

    def union(self, other: Box) -> Box:
        """The smallest box that holds both."""
        return Box(
            min(self.x0, other.x0),
            min(self.y0, other.y0),
            max(self.x1, other.x1),
            max(self.y1, other.y1),
        )


class Char(NamedTuple):
    """One character of the text layer, with the box of its advance (not of its ink).

    ``angle``: the direction of reading, in degrees clockwise from left to right; 90 reads from
    the top down, 270 from the bottom up. Anything but a multiple of 90 is slanted (a watermark).
    """

    text: str
    box: Box
    angle: int = 0


class Word(NamedTuple):
    """Characters that stand together on one line, without a gap or a ruling between them."""

    text: str
    box: Box


class Ruling(NamedTuple):
    """A drawn line, straight and parallel to an edge of the page: ``x0 == x1`` or ``y0 == y1``.

    A border painted as a thin rectangle is one ruling, along its middle.
    """

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def horizontal(self) -> bool:
        return self.y0 == self.y1


PageKind = Literal["text", "scan", "blank"]


@dataclass(frozen=True, slots=True)
class Page:
    """One page. ``number`` counts from 1; ``width`` and ``height`` in points.

    ``kind``: ``text`` has a text layer that may be believed; ``scan`` needs OCR (an image, or a
    text layer that is not believed: then ``findings`` says why and ``chars`` is empty);
    ``blank`` has nothing on it. ``chars`` in the order of the file, without white space.
    """

    number: int
    width: float
    height: float
    kind: PageKind
    chars: tuple[Char, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    findings: tuple[Finding, ...] = ()
