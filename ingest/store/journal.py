"""Small things that all who write to the store need: the log, the time, rows put in once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from gouji.ingest import platform
from gouji.ingest.store import schema

_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"


def now() -> str:
    """The time as the store writes it, so that it sorts: UTC, to the microsecond."""
    return later(timedelta())


def now_after(at: str) -> str:
    """The time; a moment after ``at`` where the clock, set back or another's, is behind that."""
    moment = datetime.strptime(at, _FORMAT).replace(tzinfo=UTC) + timedelta(microseconds=1)
    return max(now(), moment.strftime(_FORMAT))


def later(by: timedelta) -> str:
    """A time in the future."""
    return (datetime.now(UTC) + by).strftime(_FORMAT)


def log(
    connection: Connection,
    what: str,
    sha256: str | None,
    detail: Mapping[str, Any],
    by: str | None = None,
) -> None:
    """Write down what happened. The log only grows."""
    values = {"at": now(), "sha256": sha256, "what": what, "detail": as_json(detail),
              "by": by or platform.this_process()}  # fmt: skip
    connection.execute(schema.events.insert(), values)


def as_json(values: Mapping[str, Any]) -> str:
    """Plain values as JSON, the same for the same values."""
    return json.dumps(values, ensure_ascii=True, sort_keys=True)


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless there is one of its key; whether it was inserted."""
    insert = _insert(connection, table).on_conflict_do_nothing()
    return connection.execute(insert.returning(*table.primary_key), values).first() is not None


def put(connection: Connection, table: Table, values: Mapping[str, Any]) -> None:
    """Insert a row, or alter the one of its key."""
    insert = _insert(connection, table)
    change = {name: insert.excluded[name] for name in values if name not in table.primary_key}
    connection.execute(insert.on_conflict_do_update(table.primary_key, set_=change), values)


def _insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert: postgresql.Insert | sqlite.Insert = kind.insert(table)
    return insert
