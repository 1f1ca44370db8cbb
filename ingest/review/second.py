"""Blind second opinions: on a share of decisions, and of the cells that the program accepted.

Which cells are asked for follows from a hash of each, so that nobody chooses them. An opinion that
differs puts the cell in doubt, for a third to decide; a decision it differs from is taken back.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select

from gouji.ingest.settings import Settings
from gouji.ingest.store.deciding import Cell, drawn, undo_in
from gouji.ingest.store.decisions import decisions_of
from gouji.ingest.store.journal import log, now
from gouji.ingest.store.project import places, unpack
from gouji.ingest.store.schema import cells, decisions, documents, opinions, readings, refs, reports
from gouji.ingest.store.settle import in_force, settled
from gouji.ingest.store.store import Store
from gouji.ocr.finding import DocumentError
from gouji.tables.record import State

_LAST = 2000
_TRIES = 400
_Z = 1.959964
"""Of the normal distribution, for intervals of 95 %."""


Said = tuple[State, Decimal | None]
"""What somebody says of a cell: its state, and its value if it has one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A cell for a second opinion; ``of`` is the decision, None for a cell that was accepted."""

    cell: Cell
    of: str | None


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many were wrong; ``low`` and ``high`` bound the true share (95 %, Wilson)."""

    wrong: int
    of: int

    @property
    def low(self) -> float:
        return self._bound(-1)

    @property
    def high(self) -> float:
        return self._bound(1)

    def _bound(self, sign: int) -> float:
        if not self.of:
            return 0.0 if sign < 0 else 1.0
        share, square = self.wrong / self.of, _Z * _Z / self.of
        spread = _Z * math.sqrt(share * (1 - share) / self.of + square / self.of / 4)
        return min(1.0, max(0.0, (share + square / 2 + sign * spread) / (1 + square)))


def asked(store: Store, settings: Settings, by: str) -> Asked | None:
    """A cell that ``by`` should give an opinion on; None if there is none."""
    with store.reading() as connection:
        found = next(_decided(connection, settings.second_decisions, by), None)
        return found or next(_accepted(connection, settings.second_accepted), None)


def _chosen(key: str, share: float) -> bool:
    digits = hashlib.sha256(key.encode()).hexdigest()[:8]
    return int(digits, 16) < share * 16**8


def _decided(connection: Connection, share: float, by: str) -> Iterator[Asked]:
    """Decisions of others that still hold and nobody has looked at again."""
    if not share:
        return
    later, looked = decisions.alias(), opinions.alias()
    same = (later.c.sha256 == decisions.c.sha256, later.c.place == decisions.c.place,
            later.c.table_id == decisions.c.table_id, later.c.ref == decisions.c.ref,
            later.c.at > decisions.c.at)  # fmt: skip
    query = (
        select(decisions)
        .where(decisions.c.by != by, decisions.c.undoes.is_(None),
               ~select(later.c.uid).where(*same).exists(),
               ~select(looked.c.uid).where(looked.c.of == decisions.c.uid).exists())
        .order_by(decisions.c.at.desc()).limit(_LAST)
    )  # fmt: skip
    for row in connection.execute(query):
        if _chosen(row.uid, share):
            yield Asked(Cell(row.sha256, row.place, row.table_id, row.ref), row.uid)


def _accepted(connection: Connection, share: float) -> Iterator[Asked]:
    """Cells that the program accepted, at random, that nobody has looked at."""
    if not share or share <= _share_audited(connection):
        return
    last = connection.scalar(select(func.max(reports.c.id))) or 0
    dice = random.SystemRandom()
    for _ in range(_TRIES):
        report, number = dice.randint(1, max(last, 1)), dice.randint(0, 255)
        row = connection.execute(
            select(documents.c.sha256, reports.c.place, refs.c.table_id, refs.c.ref)
            .select_from(cells.join(reports).join(documents).join(refs))
            .where(cells.c.report == report, cells.c.number == number, cells.c.accepted,
                   cells.c.basis.is_distinct_from("reviewed"))
        ).first()  # fmt: skip
        if row is not None and not _looked_at(connection, row):
            yield Asked(Cell(*row), None)


def _share_audited(connection: Connection) -> float:
    audited = connection.scalar(select(func.count()).where(opinions.c.of.is_(None))) or 0
    accepted = connection.scalar(select(func.sum(reports.c.accepted))) or 0
    return audited / accepted if accepted else 1.0


def _looked_at(connection: Connection, cell: tuple[str, int, str, str]) -> bool:
    columns = opinions.c.sha256, opinions.c.place, opinions.c.table_id, opinions.c.ref
    same = [column == part for column, part in zip(columns, cell, strict=True)]
    return connection.execute(select(opinions.c.uid).where(*same)).first() is not None


def give(
    store: Store, one: Asked, said: Said, now_says: Said,
    *, by: str, uid: str, seconds: float | None,
) -> bool:  # fmt: skip
    """Keep an opinion; whether it agrees with what the cell counted as. Sent again it is one."""
    agrees = said == now_says
    values = {"uid": uid, "sha256": one.cell.sha256, "place": one.cell.place,
              "table_id": one.cell.table, "ref": one.cell.ref, "of": one.of, "value": said[1],
              "state": said[0], "agrees": agrees, "by": by, "at": now(),
              "seconds": seconds}  # fmt: skip
    with store.writing() as connection:
        known = select(opinions.c.agrees).where(opinions.c.uid == uid)
        if (before := connection.scalar(known)) is not None:
            return bool(before)
        connection.execute(opinions.insert().values(values))
        if not agrees:
            state = drawn(connection, store, one.cell.sha256)
            log(connection, "doubted", one.cell.sha256, {"uid": uid, "state": state}, by)
        if one.of is not None and not agrees:
            with contextlib.suppress(DocumentError):  # somebody else did in between
                undo_in(connection, store, one.of, by=by)
    return agrees


def rates(connection: Connection) -> tuple[Rate, dict[str, Rate]]:
    """How often the program, and each reviewer, was found to be wrong.

    The program: where an opinion on an accepted cell differed and what was decided since is not
    what the program says; what is not yet decided doesn't count. A reviewer: where a second opinion
    differed, unless what was decided since is what they had said.
    """
    audits = connection.execute(select(opinions).where(opinions.c.of.is_(None))).all()
    found = [not row.agrees and _program_wrong(connection, row) for row in audits]
    counted = [wrong for wrong in found if wrong is not None]
    first = decisions.alias()
    said = first.c.state.label("first_state"), first.c.value.label("first_value")
    query = select(opinions, first.c.by.label("whose"), *said)
    query = query.join(first, first.c.uid == opinions.c.of)
    reviewers: dict[str, Rate] = {}
    for row in connection.execute(query).all():
        first_said = (row.first_state, row.first_value)
        wrong = not row.agrees and _decided_since(connection, row) != first_said
        old = reviewers.get(row.whose, Rate(0, 0))
        reviewers[row.whose] = Rate(old.wrong + wrong, old.of + 1)
    return Rate(sum(counted), len(counted)), reviewers


def _decided_since(connection: Connection, row: Any) -> Said | None:
    """What holds of the cell by a decision made after the opinion; None if there is none."""
    entries = decisions_of(connection, row.sha256)
    held = in_force(entries).get((row.place, row.table_id, row.ref))
    return (held.state, held.value) if held and held.at > row.at else None


def _program_wrong(connection: Connection, row: Any) -> bool | None:
    """Whether a cell was accepted wrongly on which an opinion differs; None until it is decided."""
    said = _decided_since(connection, row)
    if said is None or said == (row.state, row.value):
        return None if said is None else True
    return said != _program_says(connection, row)


def _program_says(connection: Connection, row: Any) -> Said | None:
    """What the cell would count as if nobody had said anything about it."""
    data = connection.scalar(
        select(readings.c.data).join(documents).where(documents.c.sha256 == row.sha256)
    )
    cell = (row.place, row.table_id, row.ref)
    others = [d for d in decisions_of(connection, row.sha256) if (d.place, d.table, d.ref) != cell]
    return {
        (number, *place): (found.state, found.value)
        for number, record in enumerate(settled(unpack(data) if data else (), others, (), {}, "zh"))
        for place, found in zip(places(record), record.cells, strict=True)
    }.get(cell)
