"""Second opinions on a PDF's tables, asked only where the fast path leaves something open."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from gouji.ingest.bands import extent, position
from gouji.ingest.intake import Member
from gouji.ingest.isolate import once
from gouji.ocr.finding import DocumentError
from gouji.tables import layout
from gouji.tables.grid import Block, Document, Grid, Line, is_drawn
from gouji.tables.labels import core
from gouji.tables.peers import PEERS, peer_grids
from gouji.tables.understand import combined, understand
from gouji.tables.understood import Understood
from gouji.tables.vocabulary import column_words, known_labels, known_words

Found = Mapping[int, Sequence[Block]]
"""What a finder sees on some pages, by number."""
_FEW = 3


@dataclass(slots=True)
class PathCounts:
    """How often each path ran and how often its result was taken, for the bench."""

    ran: dict[str, int] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)

    def note(self, path: str, taken: bool) -> None:
        self.ran[path] = self.ran.get(path, 0) + 1
        self.taken[path] = self.taken.get(path, 0) + taken


COUNTS = PathCounts()


def best_understood(member: Member, document: Document, blocks: Sequence[Block]) -> Understood:
    """What the fast path understood, or what a second opinion understood better."""
    best = understand(blocks)
    COUNTS.note("fast", taken=True)
    if member.kind != "pdf" or not _may_be_better(best):
        return best
    pages = _pages_with_tables(document, blocks)
    best = _better(best, blocks, "lines", _lines(document, pages))
    for name, found in _peers(member, pages) if best.lacks_tables else ():
        best = _better(best, blocks, name, found)
        if not best.lacks_tables:
            break
    return best


def _better(best: Understood, blocks: Sequence[Block], name: str, found: Found) -> Understood:
    """The best so far, with the tables that a second opinion understood better."""
    if not found:
        return best
    both = combined(best, understand(with_pages(blocks, found)))
    COUNTS.note(name, taken=both is not best)
    return both


def _lines(document: Document, pages: Sequence[int]) -> Found:
    """The pages with grids only where rulings draw them: all else is lines of words."""
    return {
        number: layout.blocks(document.aligned[number], aligned=False)
        for number in pages
        if number in document.aligned
    }


def _peers(member: Member, pages: Sequence[int]) -> Iterator[tuple[str, Found]]:
    """What pdfplumber and camelot see on the pages: they find tables, but place no figure better.

    Each runs in a process of its own, which gives back the memory it takes.
    """
    with tempfile.TemporaryDirectory(prefix="gouji-") as folder:
        path = Path(folder) / "document.pdf"
        path.write_bytes(member.data)
        for name in PEERS if pages else ():
            with suppress(DocumentError):  # the opinion of one that fails is not missed
                yield name, once(peer_grids, name, str(path), tuple(pages))


def _may_be_better(best: Understood) -> bool:
    """Whether another look may answer an open question. A table that is missing may be there only
    where labels of the forms have found no place; cells that are drawn are certain.
    """
    if not best.open_questions or not best.only_missing_tables:
        return best.open_questions
    labels = Counter(
        block.place.page
        for block in best.beside
        if not is_drawn(block)
        for text in _texts(block)
        if _is_one_of(text, known_labels() | column_words())
    )
    return any(count >= _FEW for count in labels.values())


def _pages_with_tables(document: Document, blocks: Sequence[Block]) -> list[int]:
    """The readable pages on which several words of the forms stand, or figures in columns: the
    rest of a table, perhaps.
    """
    words = Counter(
        block.place.page
        for block in blocks
        for text in _texts(block)
        if _is_one_of(text, known_words())
    )
    readable = {page.number for page in document.pages if page.kind == "text"}
    aligned = {b.place.page for b in blocks if isinstance(b, Grid) and not is_drawn(b)}
    return sorted(page for page in readable if words[page] >= _FEW or page in aligned)


def _is_one_of(text: str, words: frozenset[str]) -> bool:
    return core(text) in words or core(text.split(" ")[0]) in words


def _texts(block: Block) -> list[str]:
    return [block.text] if isinstance(block, Line) else [cell.text for cell in block.cells]


def with_pages(blocks: Sequence[Block], pages: Mapping[int, Sequence[Block]]) -> list[Block]:
    """The blocks with the tables of some pages as another finder sees them; of what it sees, only
    what stands where the blocks do: a page may be shared with another report.
    """
    own = extent(blocks)
    inside = {
        number: [block for block in found if any(band.holds(block) for band in own)]
        for number, found in pages.items()
    }
    seen = {number: found for number, found in inside.items() if found}
    kept = [block for block in blocks if not _replaced(block, seen)]
    return sorted([*kept, *(b for found in seen.values() for b in found)], key=position)


def _replaced(block: Block, pages: Mapping[int, Sequence[Block]]) -> bool:
    found = pages.get(block.place.page or 0)
    if found is None:
        return False
    if any(isinstance(other, Line) for other in found):
        return True
    return not isinstance(block, Line) or _inside(block, found)


def _inside(line: Line, grids: Sequence[Block]) -> bool:
    boxes = [grid.place.box for grid in grids if grid.place.box is not None]
    return line.place.box is not None and any(box.holds(line.place.box) for box in boxes)
