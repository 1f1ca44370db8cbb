"""The entries of decisions and of second opinions, as the store has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from gouji.ingest.store.schema import decisions, opinions
from gouji.ingest.store.settle import Decision, Opinion


def decisions_of(connection: Connection, sha256: str) -> list[Decision]:
    """All that was ever decided about a document, in order."""
    wanted = select(decisions).where(decisions.c.sha256 == sha256)
    rows = connection.execute(wanted.order_by(decisions.c.at, decisions.c.uid))
    return [decision(row) for row in rows]


def opinions_of(connection: Connection, sha256: str) -> list[Opinion]:
    """All second opinions on a document's cells."""
    own = opinions.c
    query = select(own.place, own.table_id, own.ref, own.value, own.state, own.agrees)
    return [Opinion(*row) for row in connection.execute(query.where(own.sha256 == sha256))]


def put(connection: Connection, made: Sequence[Decision]) -> None:
    """Add entries."""
    if made:
        connection.execute(decisions.insert(), [_values(decision) for decision in made])


def _values(made: Decision) -> dict[str, object]:
    return {
        "uid": made.uid, "sha256": made.sha256, "place": made.place, "table_id": made.table,
        "ref": made.ref, "read": made.read, "value": made.value, "state": made.state,
        "by": made.by, "at": made.at, "seconds": made.seconds, "undoes": made.undoes,
        "of": made.of,
    }  # fmt: skip


def decision(row: Row[Any]) -> Decision:
    """A row of the table as a decision."""
    values = row._asdict()
    return Decision(**{("table" if name == "table_id" else name): v for name, v in values.items()})
