"""Which views of a scanned document tell most: by its lines, or by how its words are aligned."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from gouji.ingest.bands import Band, extent, position
from gouji.ingest.opinions import COUNTS
from gouji.tables.grid import Block, Document, Line
from gouji.tables.understand import understand
from gouji.tables.understood import Understood
from gouji.tables.vocabulary import titled

_NAMES = ("by its headings", "without walls", "without lines")


def best_view(blocks: Sequence[Block], document: Document) -> tuple[Sequence[Block], Understood]:
    """The blocks as the lines tell them, or as other views of pages or parts of them do better."""
    best = blocks, understand(blocks, document.evidence)
    tried = {frozenset(blocks)}
    COUNTS.note("first reader", taken=True)
    for name, view, bands in _attempts(blocks, document):
        if not best[1].hard_to_place:
            break
        other = _seen_so(best[0], view, bands)
        if frozenset(other) in tried:
            continue
        tried.add(frozenset(other))
        understood = understand(other, document.evidence)
        better = understood.rank > best[1].rank
        COUNTS.note(name, taken=better)
        best = (other, understood) if better else best
    return best


View = Sequence[Block]


def _attempts(
    blocks: Sequence[Block], document: Document
) -> Iterator[tuple[str, View, Sequence[Band]]]:
    """What to see otherwise: all pages, then one after another, then one table after another; of
    a file with several reports only what is this one's, and nothing where a view shows nothing.
    """
    own = extent(blocks)
    views = [
        (name, [b for seen in document.views.values() if index < len(seen) for b in seen[index]])
        for index, name in enumerate(_NAMES)
    ]
    views = [(name, [b for b in view if any(e.holds(b) for e in own)]) for name, view in views]
    for name, view in views:
        pages = [band for band in own if any(map(band.holds, view))]
        if pages:
            yield name, view, pages
        if len(pages) > 1:
            yield from ((name, view, [page]) for page in pages)
    tables = [band for page in document.views for band in _tables(blocks, page)]
    for name, view in (("lines", list(blocks)), *views):
        yield from ((name, view, [band]) for band in tables if any(map(band.holds, view)))


def _tables(blocks: Sequence[Block], page: int) -> Iterator[Band]:
    """The parts of a page between the titles of the form's tables."""
    titles = sorted(
        block.place.box.y0
        for block in blocks
        if isinstance(block, Line) and block.place.page == page and block.place.box
        if titled(block.text)
    )
    for top, bottom in pairwise([-math.inf, *titles, math.inf]) if titles else ():
        yield Band(page, top, bottom)


def _seen_so(blocks: Sequence[Block], view: View, bands: Sequence[Band]) -> list[Block]:
    """The blocks with those in some bands as another view shows them."""
    others = [block for block in view if any(band.holds(block) for band in bands)]
    kept = [block for block in blocks if not any(band.holds(block) for band in bands)]
    return sorted([*kept, *others], key=position)
