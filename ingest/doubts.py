"""Of what kinds the doubts of a report are; and how many of them one decision would settle."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from gouji.ingest.messages import kind_of
from gouji.tables.forms.form import Identity, load
from gouji.tables.record import CellModel, Record

OTHER = "other"
_MOST = 60
"""Cells tried out; tables with more of them in doubt have troubles of another kind."""


def kinds_of(cell: CellModel) -> frozenset[str]:
    """The kinds of a cell's doubts; none if it is accepted."""
    if cell.accepted:
        return frozenset()
    return frozenset(kind for one in cell.why if (kind := kind_of(one.code))) or frozenset((OTHER,))


def kinds_in(record: Record) -> tuple[str, ...]:
    """The kinds of doubt in a report, sorted."""
    return tuple(sorted({kind for cell in record.cells for kind in kinds_of(cell)}))


def settles(record: Record) -> int:
    """How many cells at most one decision settles, itself among them; 0 without doubts.

    Reckoned from the sums alone: one in which all figures but one are known gives that one.
    """
    most = 0
    for number in range(len(record.tables)):
        doubtful = [c.ref for c in record.cells if c.table == number and not c.accepted]
        sums = list(_sums(record, number, doubtful))
        for ref in doubtful[:_MOST]:
            most = max(most, 1 + len(_following(ref, frozenset(doubtful), sums)))
    return most


def _sums(record: Record, table: int, refs: Collection[str]) -> Iterator[Identity]:
    """The sums that must hold and have some of the cells."""
    wanted = frozenset(refs)
    for identity in load(record.tables[table].edition).identities:
        if identity.severity == "error" and identity.op == "=" and wanted & set(identity.refs):
            yield identity


def _following(ref: str, doubtful: frozenset[str], sums: Sequence[Identity]) -> frozenset[str]:
    """The cells in doubt that are known once ``ref`` is."""
    open_refs = doubtful - {ref}
    while True:
        unknown = (open_refs.intersection(identity.refs) for identity in sums)
        found = frozenset[str]().union(*(refs for refs in unknown if len(refs) == 1))
        if not found:
            return doubtful - {ref} - open_refs
        open_refs -= found
