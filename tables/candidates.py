"""Placed rows → the ways in which their figures can be the form's cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gouji.tables.align import Located, Placement
from gouji.tables.codes import codes_of, where_codes_stand, without_codes
from gouji.tables.columns import Columns, columns_of
from gouji.tables.grid import Block, Cell, is_drawn
from gouji.tables.rows import Row
from gouji.tables.split import FIGURE_LEFT, Way, ways

_MOST_ROWS = 3
_NEAR = 1.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row of the document as a row of the form, with the ways to read its figures.

    ``figures`` are the cells in question; ``contested``: another way was hardly dearer;
    ``by_place``: blank cells were told by where the figures stand on the page.
    """

    placement: Placement
    row: Row
    columns: Columns
    figures: tuple[Cell, ...]
    ways: tuple[Way, ...]
    contested: bool = False
    by_place: bool = False

    @property
    def start(self) -> int:
        """The column of the grid in which its figures begin."""
        return self.ways[0].start

    @property
    def is_blank_on_page(self) -> bool:
        """Whether a page shows its label and nothing beside it."""
        return not self.row.gridded and not self.row.figures

    @property
    def divided(self) -> bool:
        """Whether its figures are digits run together, to be told apart."""
        return self.row.glued and len(self.figures) < len(self.columns.order)

    @property
    def refs(self) -> frozenset[str]:
        return frozenset(cell.ref for cell in self.columns.order)


def candidates_of(
    located: Located, rows: Sequence[Row], blocks: Sequence[Block]
) -> list[Candidate]:
    """One for each placed row, in the order of the document."""
    stand = where_codes_stand(located, rows)
    return _aligned([_candidate(located, p, rows, blocks, stand) for p in located.placements])


def _candidate(
    located: Located,
    placement: Placement,
    rows: Sequence[Row],
    blocks: Sequence[Block],
    stand: str,
) -> Candidate:
    row = rows[placement.index]
    columns = columns_of(placement.form_row, located, placement.index, rows, blocks)
    codes = codes_of(placement.form_row, located.table)
    figures = without_codes(columns.pick(row), codes, stand)
    written = tuple(cell for cell in figures if cell.text.strip())
    if not is_drawn(blocks[row.block]) and len(written) == len(columns.order):
        figures = written  # the columns between are those of other rows
    if row.gridded and not written and 0 < len(figures) < len(columns.order):
        blank = Way((figures[0],) * len(columns.order), 0.0)  # however the row is divided
        return Candidate(placement, row, columns, figures, (blank,))
    found = ways(figures, columns.order, glued=row.glued, gridded=row.gridded)
    fitting = tuple(
        way
        for way in found
        if not columns.contradicts(way.cells)
        and not (len(figures) > len(way.cells) and columns.leaves(figures, way.cells))
    )
    if columns.order == placement.form_row.cells and len(figures) == len(columns.order):
        # A span too wide pushes a whole row aside: where nothing was added, its order tells. So
        # it does where labels stand in the form's order and the columns only seem to lie there.
        seeming = columns.in_order and not is_drawn(blocks[row.block])
        fitting = found if columns.spans or seeming else fitting
    return Candidate(placement, row, columns, figures, fitting)


def _aligned(candidates: list[Candidate]) -> list[Candidate]:
    """Where rows of a grid leave it open which cells are the figures, the column in which those
    of the other rows begin decides; else a way that leaves much unused is no rival.
    """
    certain = [c for c in candidates if c.row.gridded and len(c.ways) == 1]
    starts = {c.start for c in certain if c.ways[0].cost < FIGURE_LEFT}
    column = starts.pop() if len(certain) >= _MOST_ROWS and len(starts) == 1 else None
    return [_at_column(c, column) if len(c.ways) > 1 else c for c in candidates]


def _at_column(candidate: Candidate, column: int | None) -> Candidate:
    near = tuple(w for w in candidate.ways if w.cost < candidate.ways[0].cost + _NEAR)
    fitting = tuple(w for w in near if candidate.row.gridded and w.start == column)
    if len(fitting) == 1:
        return replace(candidate, ways=fitting)
    return replace(candidate, ways=near, contested=True)
