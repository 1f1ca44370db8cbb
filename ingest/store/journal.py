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


def now() -> str:
    """The time as the store writes it, so that it sorts: UTC, to the microsecond."""
    return later(timedelta())


def later(by: timedelta) -> str:
    """A time in the future."""
    return (datetime.now(UTC) + by).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


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
    connection.execute(schema.events.insert().values(values))


def as_json(values: Mapping[str, Any]) -> str:
    """Plain values as JSON, the same for the same values."""
    return json.dumps(values, ensure_ascii=True, sort_keys=True)


def insert_once(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless there is one of its key; whether it was inserted."""
    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = kind.insert(table).values(values).on_conflict_do_nothing()
    return connection.execute(insert.returning(*table.primary_key)).first() is not None
