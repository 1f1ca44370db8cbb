"""Readers: what turns the picture of a piece of writing into text, and how sure it is.

A reader is an entry of ``READERS``: its name, and what makes it. Another engine is another entry.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from gouji.ocr.page import Gray


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader saw: ``by`` names the reader, ``confidence`` lies between 0 and 1."""

    by: str
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Sight:
    """One picture as a reader saw it.

    ``text`` is what is written, read freely, with its confidence. ``figures`` is the same if it
    must be a number, or a sign that stands for one: the best alternatives, best first, with
    probabilities. Empty where nothing like a number was seen.
    """

    text: str
    confidence: float
    figures: tuple[Reading, ...] = ()


class Reader(Protocol):
    """Reads pictures of single lines: words, cells."""

    @property
    def name(self) -> str:
        """As readings name it."""

    def read(self, crops: Sequence[Gray]) -> list[Sight]:
        """One sight for each picture, in the same order."""


def _maker(module: str, name: str) -> Callable[[], Reader]:
    """A reader's factory. Engines are heavy: none is imported before it is wanted."""

    def make() -> Reader:
        reader: Reader = getattr(import_module(f"gouji.ocr.{module}"), name)()
        return reader

    return make


READERS: dict[str, Callable[[], Reader]] = {
    "rapid": _maker("rapid", "RapidReader"),
    "tesseract": _maker("tesseract", "TesseractReader"),
    "replay": _maker("replay", "ReplayReader"),
}
"""What makes each reader; raises ``DocumentError`` ``reader_missing`` where it isn't installed."""
