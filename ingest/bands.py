"""Where the blocks of a report stand on its pages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gouji.tables.grid import Block


@dataclass(frozen=True, slots=True)
class Band:
    """A page, or a part of it ``[top, bottom)`` in points of its sheet."""

    page: int
    top: float = -math.inf
    bottom: float = math.inf

    def holds(self, block: Block) -> bool:
        """Whether the middle of a block lies in it."""
        box = block.place.box
        middle = box.center[1] if box else 0.0
        return block.place.page == self.page and self.top <= middle < self.bottom


def extent(blocks: Sequence[Block]) -> list[Band]:
    """Where a report stands on each of its pages: from its first block to its last."""
    boxes = [(b.place.page, b.place.box) for b in blocks if b.place.page and b.place.box]
    pages = sorted({page for page, _ in boxes})
    spans = {p: [box for page, box in boxes if page == p] for p in pages}
    return [
        Band(
            page,
            min(box.y0 for box in spans[page]) if page == pages[0] else -math.inf,
            max(box.y1 for box in spans[page]) if page == pages[-1] else math.inf,
        )
        for page in pages
    ]


def position(block: Block) -> tuple[int, float, float]:
    """Where a block stands: page, top, left."""
    box = block.place.box
    return (block.place.page or 0, box.y0 if box else 0.0, box.x0 if box else 0.0)
