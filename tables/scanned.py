"""Cells of scanned pages: which readings are believed, and whose place is in doubt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import median

import numpy as np

from gouji.ocr.page import Box
from gouji.ocr.traces import Floats
from gouji.tables.bare import ends_section
from gouji.tables.candidates import Candidate
from gouji.tables.evidence import Evidence, Seen
from gouji.tables.filled import Filled, displaced, read_as
from gouji.tables.forms.form import Identity
from gouji.tables.grid import Block, Cell, Grid, Place, is_drawn
from gouji.tables.identities import Figure
from gouji.tables.judge import Verdict, judge
from gouji.tables.measured import place_rate
from gouji.tables.numbers import parse
from gouji.tables.rows import Row
from gouji.tables.units import Units

_CLEARLY = 0.999
_ZEROS = 10
"""A table writes 0 for none if it has so many times more of them than of empty cells."""
_RIM = 1.0
"""Points from a wall of a cell within which nobody writes."""
_BESIDE = 0.15
"""Of a cell's width: walls no farther apart are one."""
_DASHES = frozenset("-–—－−")
_SMALL = 3
_NEAR = 1.5
"""The next section's title follows a table in so many times its own height."""
_MANY, _WIDER = 4, 1.6
"""So many cells show where a column or a row is; one so many times wider or higher than they spans
others."""


def weigh(
    cells: dict[str, Filled],
    candidates: Sequence[Candidate],
    blocks: Sequence[Block],
    evidence: Evidence,
    identities: Sequence[Identity],
    units: Units,
) -> None:
    """Where a page is a scan: which readings to believe."""
    seen = _seen(cells, evidence)
    for ref in _unseen(candidates, cells, seen, evidence):
        cells[ref] = displaced(cells[ref], "place_unproved")
    if not seen:
        return
    row_of = {ref: candidate.row for candidate in candidates for ref in candidate.refs}
    fixed = {
        ref: f.figure if f.accepted else Figure(None, "unreadable")
        for ref, f in cells.items() if ref not in seen
    }  # fmt: skip
    for ref, verdict in judge(seen, fixed, identities).items():
        judged = _judged(cells[ref], verdict, row_of[ref], units)
        cells[ref] = replace(judged, readings=seen[ref].readings, seen=seen[ref])
    read = [cells[ref] for ref in seen]
    under = frozenset(_under_labels(candidates, cells, blocks))
    drawn = [c.refs for c in candidates if is_drawn(blocks[c.row.block])]
    aside = (ref for ref in _aside(read, frozenset().union(*drawn)) if ref not in under)
    for ref in (
        *aside,
        *_over_rows(read),
        *_off_line(read),
        *_bare(candidates, cells, seen, blocks),
    ):
        cells[ref] = displaced(cells[ref], "place_unproved")


def touching(
    candidates: Sequence[Candidate], cells: Mapping[str, Filled], blocks: Sequence[Block]
) -> Iterator[str]:
    """Scanned figures at a wall of their cell that no sum confirms: what is left of a worn wall
    looks like a digit to every reader, and a digit may be lost in a wall. But it is no 0, and
    none comes behind a 0.
    """
    for candidate in candidates:
        for ref in candidate.refs if is_drawn(blocks[candidate.row.block]) else ():
            filled = cells[ref]
            if filled.seen is None or filled.cell is None or filled.support is None:
                continue
            wall, ink = filled.cell.place.box, filled.seen.spot[1]
            written = filled.accepted and filled.support.readers != "ink"
            if wall is None or not written or filled.support.sums == "hold":
                continue
            ends_at_wall = filled.state != "zero" and wall.x1 - ink.x1 < _RIM
            if ink.x0 - wall.x0 < _RIM or ends_at_wall:
                yield ref


def like_slashes(cells: Mapping[str, Filled]) -> Iterator[str]:
    """Scanned figures 1 read less than surely that no sum confirms, where others are slashes: what
    a fax leaves of a slash looks like a 1 to every reader.
    """
    seen = {ref: f for ref, f in cells.items() if f.seen and f.cell and f.support}
    if not any(f.state == "not_applicable" and _says(f, "/") for f in seen.values()):
        return
    for ref, filled in seen.items():
        assert filled.support is not None
        unproved = filled.support.sums != "hold" and filled.support.share < _CLEARLY
        if filled.accepted and _says(filled, "1") and unproved:
            yield ref


def like_rests(cells: Mapping[str, Filled]) -> Iterator[str]:
    """Scanned cells with nothing but a dash in a table where dashes stand beside figures: lines of
    a page that is bent leave them in every cell.
    """
    texts = {ref: f.cell.text.split() for ref, f in cells.items() if f.cell}
    dashed = [text for text in texts.values() if len(text) > 1 and _DASHES.issuperset(text[1:])]
    for ref, text in texts.items() if len(dashed) >= _MANY else ():
        if cells[ref].seen and len(text) == 1 and _DASHES.issuperset(text):
            yield ref


def lone_blanks(cells: Mapping[str, Filled]) -> Iterator[str]:
    """Scanned cells that seem empty in a table that writes 0 for none: a digit may be lost in a
    wall.
    """
    scanned = [(ref, f) for ref, f in cells.items() if f.seen and f.accepted]
    blank = [ref for ref, filled in scanned if filled.state == "blank"]
    zeros = sum(filled.state == "zero" for _, filled in scanned)
    yield from blank if zeros >= _ZEROS * len(blank) else ()


def _says(filled: Filled, text: str) -> bool:
    return filled.cell is not None and filled.cell.text.strip() == text


def with_place(filled: Filled) -> Filled:
    """A scanned cell with no more confidence than its place leaves: however surely a figure is
    read, it may be another cell's.
    """
    if filled.seen is None:
        return filled
    return replace(filled, confidence=min(filled.confidence, place_rate(filled.misplacing).right))


def _unseen(
    candidates: Sequence[Candidate],
    cells: Mapping[str, Filled],
    seen: Mapping[str, Seen],
    evidence: Evidence,
) -> Iterator[str]:
    """Cells of rows on a scan that have no box in which anything could be seen."""
    for candidate in candidates:
        if any(evidence.covers(cell.place.page) for cell in candidate.row.cells):
            yield from (r for r in candidate.refs if r not in seen and cells[r].accepted)


def _under_labels(
    candidates: Sequence[Candidate], cells: Mapping[str, Filled], blocks: Sequence[Block]
) -> Iterator[str]:
    """Cells that lie right below the label that tells which they are, and are as wide."""
    for candidate in candidates:
        block = blocks[candidate.row.block]
        heads = block.cells if isinstance(block, Grid) and candidate.columns.spans else ()
        for ref in candidate.refs if heads else ():
            cell = cells[ref].cell
            if cell and any(_lies_under(cell, head) for head in heads if head.row < cell.row):
                yield ref


def _lies_under(cell: Cell, head: Cell) -> bool:
    box, other = cell.place.box, head.place.box
    if box is None or other is None or (cell.col, cell.col_end) != (head.col, head.col_end):
        return False
    worded = parse(head.text).state == "text"
    return worded and max(abs(box.x0 - other.x0), abs(box.x1 - other.x1)) < _BESIDE * box.width


def _aside(cells: Sequence[Filled], drawn: Collection[str]) -> Iterator[str]:
    """Cells of a scan that stand aside of the others of their column, or are ``drawn`` much wider:
    a wall may not have been seen, and a row's figures be shifted, which its sum does not tell.
    """
    columns: dict[tuple[int | None, str], list[tuple[str, Box]]] = {}
    for filled in cells:
        place = filled.cell.place if filled.cell else Place()
        if place.box is not None and filled.form.column:
            group = columns.setdefault((place.page, filled.form.column), [])
            group.append((filled.form.ref, place.box))
    pages = {page for page, _ in columns}
    leans = {p: _lean([own for (at, _), own in columns.items() if at == p]) for p in pages}
    for (page, _), group in columns.items():
        lean = leans[page]
        middle = median(box.center[0] - lean * box.center[1] for _, box in group)
        width = median(box.width for _, box in group)
        for ref, box in group if len(group) >= _MANY else ():
            wide = ref in drawn and box.width > _WIDER * width
            if wide or not box.x0 <= middle + lean * box.center[1] <= box.x1:
                yield ref


def _over_rows(cells: Sequence[Filled]) -> Iterator[str]:
    """Cells of a scan that are much higher than the others of their row: the wall to the next row
    may not have been seen, and the figure be that row's.
    """
    rows: dict[tuple[int | None, str], list[tuple[str, float]]] = {}
    for filled in cells:
        place = filled.cell.place if filled.cell else Place()
        if place.box is not None:
            row = rows.setdefault((place.page, filled.form.row), [])
            row.append((filled.form.ref, place.box.height))
    for row in rows.values():
        usual = median(height for _, height in row)
        yield from (ref for ref, height in row if height > _WIDER * usual and len(row) >= _MANY)


def _lean(columns: Iterable[Sequence[tuple[str, Box]]]) -> float:
    """How far to the right the columns of a page go for each point down: the middle of what any
    two cells of a column tell (Theil and Sen), so that some that stand aside tell nothing.
    """
    leans = [_leans([box.center for _, box in own]) for own in columns if len(own) >= _MANY]
    found = np.concatenate(leans) if leans else np.empty(0)
    return float(np.median(found)) if len(found) else 0.0


def _leans(places: Sequence[tuple[float, float]]) -> Floats:
    """What each two places tell, but for those as high as each other."""
    xs, ys = np.array(places).T
    first, second = np.triu_indices(len(xs), 1)
    down = ys[second] - ys[first]
    apart = down != 0
    return np.asarray((xs[second] - xs[first])[apart] / down[apart], np.float64)


def _off_line(cells: Sequence[Filled]) -> Iterator[str]:
    """Blank cells of a scan in which the figures of their row or column would not stand: what was
    taken for a wall may have parted them from their figure.
    """
    rows: dict[tuple[int, str], list[float]] = {}
    columns: dict[tuple[int, str], list[tuple[float, float]]] = {}
    for filled in cells:
        if filled.seen is not None and filled.state != "blank":
            page, ink = filled.seen.spot
            rows.setdefault((page, filled.form.row), []).append(ink.center[1])
            columns.setdefault((page, filled.form.column), []).append(ink.center)
    for filled in cells:
        box = filled.cell.place.box if filled.cell else None
        if filled.seen is None or box is None or filled.state != "blank":
            continue
        page, (x, y) = filled.seen.spot[0], box.center
        others = columns.get((page, filled.form.column), []) if filled.form.column else []
        across = median([at for at, line in others if not box.y0 <= line <= box.y1] or [x])
        down = median(rows.get((page, filled.form.row), [y]))
        if not (box.x0 <= across <= box.x1 and box.y0 <= down <= box.y1):
            yield filled.form.ref


def _bare(
    candidates: Sequence[Candidate],
    cells: Mapping[str, Filled],
    seen: Mapping[str, Seen],
    blocks: Sequence[Block],
) -> Iterator[str]:
    """The cells of a small table's rows in which nothing stands: a page break, or a row that was
    not seen, may have parted them from their figures; but not between drawn lines right above the
    next section.
    """
    for candidate in candidates if len(candidates) <= _SMALL else ():
        own = [ref for ref in candidate.refs if ref in seen]
        if all(cells[ref].state == "blank" for ref in own) and not _closes(candidate.row, blocks):
            yield from own


def _closes(row: Row, blocks: Sequence[Block]) -> bool:
    """Whether a row of a drawn grid is its last, and the next section follows with no room for
    another row between.
    """
    grid, following = blocks[row.block], next(iter(blocks[row.block + 1 : row.block + 2]), None)
    if not is_drawn(grid) or not ends_section(following, grid.place.page):
        return False
    above, below = grid.place.box, following.place.box if following else None
    if not isinstance(grid, Grid) or above is None or below is None:
        return False
    last = all(cell.row_end == grid.n_rows for cell in row.figures)
    return last and below.y0 - above.y1 <= _NEAR * below.height


def _seen(cells: Mapping[str, Filled], evidence: Evidence) -> dict[str, Seen]:
    """What was seen of each cell of a scan; figures that stand in one box in their order."""
    boxes: dict[tuple[int, Box], list[str]] = {}
    for ref, filled in cells.items():
        place = filled.cell.place if filled.cell else Place()
        known = evidence.covers(place.page) and (filled.accepted or filled.state == "text")
        if known and place.page is not None and place.box is not None:
            boxes.setdefault((place.page, place.box), []).append(ref)
    return {
        ref: piece
        for (page, box), refs in boxes.items()
        for ref, piece in zip(refs, evidence.parts(page, box, len(refs)), strict=True)
    }


def _judged(filled: Filled, verdict: Verdict, row: Row, units: Units) -> Filled:
    if filled.cell is None or verdict.text is None:
        return replace(
            filled, state="unreadable", value=None, accepted=False, confidence=0.0,
            why=(verdict.why,),
        )  # fmt: skip
    basis = filled.basis if verdict.basis in (None, "label") else verdict.basis
    cell = replace(filled.cell, text=verdict.text)
    read = read_as(filled.form, cell, row, units, basis or "label")
    expected = filled.form.unit_printed or filled.form.unit
    told = not filled.form.money or read.unit_written in (None, expected)
    return replace(
        read,
        accepted=read.accepted and verdict.accepted and told,
        confidence=verdict.confidence,
        support=verdict.support,
        why=(*read.why, verdict.why),
    )
