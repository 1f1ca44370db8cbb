"""What people decide about cells. Entries are only ever added; undoing one is another entry.

A decision is keyed by the hash of the document, the place of the report in it, and the table and
name of the cell; so it outlives every reading, and a document that was forgotten and comes again.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from uuid import uuid4

from sqlalchemy import Connection, or_, select

from gouji.ingest.store import listing
from gouji.ingest.store.carrying import carry_onward
from gouji.ingest.store.decisions import decision, decisions_of, put
from gouji.ingest.store.journal import log, now, now_after
from gouji.ingest.store.schema import decisions, documents
from gouji.ingest.store.settle import Decision, in_force
from gouji.ingest.store.store import Store
from gouji.ocr.finding import DocumentError
from gouji.tables.record import State

ANYTHING = "*"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a document, as decisions name it."""

    sha256: str
    place: int
    table: str
    ref: str


def cell_of(made: Decision) -> Cell:
    """The cell that a decision is about."""
    return Cell(made.sha256, made.place, made.table, made.ref)


class OvertakenError(DocumentError):
    """Somebody else has decided in the meantime: ``held`` is what holds now."""

    def __init__(self, held: Decision | None) -> None:
        super().__init__("decided_meanwhile", by=held.by if held else "")
        self.held = held


def decide(
    store: Store,
    cell: Cell,
    value: Decimal | None,
    state: State,
    *,
    by: str,
    read: str | None = None,
    seconds: float | None = None,
    uid: str | None = None,
    after: str | None = ANYTHING,
) -> Decision:
    """Decide what a cell says; counts at once. ``read`` is what the program had read there.

    ``uid``: a name for the entry; sent again it changes nothing. ``after``: the entry that held
    for the cell when it was looked at, None for none; raises ``OvertakenError`` if that is another
    now.
    """
    with store.writing() as connection:
        entries = decisions_of(connection, cell.sha256)
        if known := next((entry for entry in entries if entry.uid == uid), None):
            return known
        held = in_force(entries).get((cell.place, cell.table, cell.ref))
        if after != ANYTHING and after != (held.uid if held else None):
            raise OvertakenError(held)
        at = now_after(entries[-1].at) if entries else now()
        made = Decision(uid or uuid4().hex, cell.sha256, cell.place, cell.table, cell.ref, read,
                        value, state, by, at, seconds)  # fmt: skip
        _add(connection, store, [made], "decided")
    return made


@dataclass(frozen=True, slots=True)
class Same:
    """One of many cells that are decided at one stroke: what was read there, the name of its
    entry, and what it says.
    """

    cell: Cell
    read: str | None
    uid: str
    value: Decimal | None
    state: State


def decide_alike(
    store: Store,
    alike: Sequence[Same],
    *,
    by: str,
    seconds: float | None = None,
) -> list[Decision]:
    """Decide several cells, all in one, those of a document in a row; those decided meanwhile are
    left.

    ``seconds`` is for each of them.
    """
    made = []
    with store.writing() as connection:
        for sha256, own in groupby(alike, key=lambda one: one.cell.sha256):
            entries = decisions_of(connection, sha256)
            known, held = {entry.uid for entry in entries}, in_force(entries)
            fresh = [
                Decision(one.uid, sha256, one.cell.place, one.cell.table, one.cell.ref, one.read,
                         one.value, one.state, by, now(), seconds)
                for one in own
                if one.uid not in known
                and (one.cell.place, one.cell.table, one.cell.ref) not in held
            ]  # fmt: skip
            if fresh:
                _add(connection, store, fresh, "decided")
                made += fresh
    return made


def undo(store: Store, uid: str, *, by: str) -> Decision:
    """Take a decision back; what was decided before it holds again, or what was read.

    Raises ``no_such_decision`` if there is none of that name, or it was undone already.
    """
    with store.writing() as connection:
        return undo_in(connection, store, uid, by=by)


def undo_all(store: Store, uids: Sequence[str], *, by: str) -> list[Decision]:
    """Take several decisions back, all in one; those that were taken back already are left."""
    made = []
    with store.writing() as connection:
        for uid in uids:
            with suppress(DocumentError):
                made.append(undo_in(connection, store, uid, by=by))
    return made


def undo_in(connection: Connection, store: Store, uid: str, *, by: str) -> Decision:
    """``undo`` as part of a transaction that writes."""
    wanted = or_(decisions.c.uid == uid, decisions.c.undoes == uid)
    rows = connection.execute(select(decisions).where(wanted)).all()
    if len(rows) != 1 or rows[0].undoes:
        raise DocumentError("no_such_decision", decision=uid)
    old = decision(rows[0])
    made = Decision(uuid4().hex, old.sha256, old.place, old.table, old.ref, old.read,
                    old.value, old.state, by, now(), undoes=uid)  # fmt: skip
    _add(connection, store, [made], "undone")
    return made


def _add(connection: Connection, store: Store, made: Sequence[Decision], what: str) -> None:
    """Add entries about one document, and draw what follows from them."""
    put(connection, made)
    state = drawn(connection, store, made[0].sha256)
    for entry in made:
        log(connection, what, entry.sha256, {"uid": entry.uid, "state": state}, entry.by)
    carry_onward(connection, store.refs, made[0].sha256)


def drawn(connection: Connection, store: Store, sha256: str) -> str | None:
    """Draw what follows from the entries about a document; its state then, if the store has it."""
    known = select(documents.c.id).where(documents.c.sha256 == sha256)
    if (key := connection.scalar(known)) is None:
        return None
    listing.redraw(connection, store.refs, key)
    return connection.scalar(select(documents.c.state).where(documents.c.id == key))
