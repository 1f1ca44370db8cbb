"""The text formats: cells as lines, pipes, and cells run together."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from bench.forge.model import Document

from .base import MODERN, Transformation


def _style(key: str, value: object) -> Callable[[Document, Random], None]:
    def change(document: Document, _rng: Random) -> None:
        document.style[key] = value

    return change


def lines_removed(document: Document, _rng: Random) -> None:
    """A clean-up removed lines that repeat the one before: zeros are gone."""
    document.style["exploded"] = "bare"
    document.flags["lines_removed"] = True


def interleaved_header(document: Document, _rng: Random) -> None:
    """The caption's and the header's lines are mixed up, as in a PDF's order of text."""
    for table in document.tables("requests", "disputes"):
        heads = [row for row in table.rows if row.head]
        cells = [cell for row in heads for cell in row.cells]
        texts = [cell.text for cell in cells]
        first, second = texts[: len(texts) // 2], texts[len(texts) // 2 :]
        mixed = [text for pair in zip(second, first, strict=False) for text in pair]
        mixed += second[len(first) :]
        for cell, text in zip(cells, mixed, strict=True):
            cell.text = text


EXPLODED = {"exploded_bare": "bare", "exploded_pipe": "lone_pipe", "exploded_pipe_end": "pipe_end"}
PIPES = {"pipes_leading": "leading", "pipes_trailing": "trailing", "pipes_tails": "tails"}
_EXPLODED = frozenset({"exploded"})
LINE_LAYOUTS = (
    *(
        Transformation(
            name,
            "lines",
            _style("exploded", value),
            kinds=_EXPLODED,
            excludes=frozenset(EXPLODED) | {"lines_removed"},
        )
        for name, value in EXPLODED.items()
    ),
    *(
        Transformation(
            name,
            "lines",
            _style("pipes", value),
            kinds=frozenset({"markdown"}),
            excludes=frozenset(PIPES),
        )
        for name, value in PIPES.items()
    ),
    Transformation(
        "flattened_glued",
        "lines",
        _style("flattened", "glued"),
        kinds=frozenset({"flattened"}),
        excludes=frozenset({"full_width"}),
        weight=4,
    ),
    Transformation(
        "tsv_collapsed", "lines", _style("tsv_collapse", True), kinds=frozenset({"tsv"}), weight=3
    ),
    Transformation(
        "lines_removed",
        "lines",
        lines_removed,
        kinds=_EXPLODED,
        excludes=frozenset(EXPLODED),
        weight=0.4,
    ),
    Transformation(
        "interleaved_header",
        "lines",
        interleaved_header,
        kinds=_EXPLODED | {"flattened"},
        tables=MODERN,
        weight=0.5,
    ),
)
