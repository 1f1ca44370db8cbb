"""The layouts met in real reports, as transformations that can be combined."""

from __future__ import annotations

from collections.abc import Collection
from random import Random

from bench.forge.model import Document

from .base import Transformation
from .labels import LABELS, LAST
from .lines import LINE_LAYOUTS
from .pages import PAGES
from .rows import ROWS
from .values import VALUES

# In the order in which they are applied.
TRANSFORMATIONS: dict[str, Transformation] = {
    each.name: each for each in (*VALUES, *LABELS, *PAGES, *ROWS, *LINE_LAYOUTS, *LAST)
}
FAMILIES = tuple(sorted({each.family for each in TRANSFORMATIONS.values()}))


def compatible(name: str, others: tuple[str, ...]) -> bool:
    """Whether a layout can go with all the others."""
    mine = TRANSFORMATIONS[name].excludes
    return all(
        other != name and other not in mine and name not in TRANSFORMATIONS[other].excludes
        for other in others
    )


def draw_layouts(
    rng: Random, document: Document, family: str | None = None, avoid: Collection[str] = ()
) -> tuple[str, ...]:
    """Up to four layouts that apply and go together; one of ``family`` first, if there is one."""
    chosen: tuple[str, ...] = ()
    count = rng.choice((0, 1, 1, 2, 2, 3, 4))
    for turn in range(max(count, 1 if family else 0)):
        fitting = [
            each
            for each in TRANSFORMATIONS.values()
            if each.applies(document) and compatible(each.name, chosen) and each.name not in avoid
        ]
        wanted = [each for each in fitting if turn == 0 and each.family == family]
        pool = wanted or fitting
        chosen += (rng.choices(pool, [each.weight for each in pool])[0].name,)
    return chosen


__all__ = ["FAMILIES", "TRANSFORMATIONS", "Transformation", "compatible", "draw_layouts"]
