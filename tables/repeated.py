"""The same table more than once in a report, as that of the year before beside this year's, or
that of the agency itself beside the sum of all below it: which of them counts is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gouji.tables.align import Located, Placement, exactly, locate
from gouji.tables.rows import Row

_NEXT = 2
"""Rows above and below a table that may be one of it printed a second time."""
_AS_FULL = 0.75
"""Another place holds the table too if it has such a share of the recognised labels."""


def repeated(located: Located, rows: Sequence[Row]) -> Iterator[Located]:
    """The other places among ``rows`` where the table stands about as fully as in ``located``."""
    if located.table.across:
        yield from _further_rows(located, rows)
    for start, part in ((0, rows[: located.first]), (located.last, rows[located.last :])):
        other = locate(located.table, part)
        if other is not None and other.score >= _AS_FULL * located.score:
            yield _moved(other, start)


def _further_rows(located: Located, rows: Sequence[Row]) -> Iterator[Located]:
    """Rows of figures right under the one taken, below the same header."""
    taken = located.placements[0]
    count = len(located.table.cells)
    for index in range(taken.index + 1, len(rows)):
        row = rows[index]
        inside = row.gridded and row.block == rows[taken.index].block
        full = len(row.figures) >= count and not row.blank
        if not (full and (inside or not row.gridded)) and (row.labels or not inside):
            return
        if full:
            placement = replace(taken, index=index)
            yield replace(located, last=index + 1, placements=(placement,))


def doubled(located: Located, rows: Sequence[Row]) -> Iterator[Located]:
    """Rows in the table or next to it that have the label of a row found there, and no other's:
    which of the two holds is not known here.
    """
    taken = {placement.index for placement in located.placements}
    slots = {placement.form_row.key: placement for placement in located.placements}
    near = range(max(0, located.first - _NEXT), min(len(rows), located.last + _NEXT))
    for index in near if not located.table.across else ():
        row = rows[index]
        if index in taken or row.blank or not row.labels:
            continue
        named = exactly(row, located.table)
        if len(named) == 1 and named[0].key in slots and len(row.figures) >= len(named[0].cells):
            placement = replace(slots[named[0].key], index=index)
            yield replace(located, placements=(placement,))


def _moved(located: Located, by: int) -> Located:
    def moved(placement: Placement) -> Placement:
        return replace(placement, index=placement.index + by)

    return replace(
        located,
        first=located.first + by,
        last=located.last + by,
        placements=tuple(map(moved, located.placements)),
    )
