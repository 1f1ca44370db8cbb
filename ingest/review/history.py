"""How many documents were in each state at the end of each day, as the log tells."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, select

from gouji.ingest.store.schema import events

_MOST = 60
_BY_ITSELF = {"added": "waiting", "retried": "waiting", "put_back": "waiting", "failed": "failed",
              "killed": "failed", "forgotten": ""}  # fmt: skip
_AS_TOLD = ("read", "merged", "decided", "undone", "carried", "doubted")


@dataclass(frozen=True, slots=True)
class Day:
    """How many documents were in each state when a day ended."""

    day: str
    counts: dict[str, int]


def days(connection: Connection) -> tuple[Day, ...]:
    """The last days on which something happened."""
    now: dict[str, str] = {}
    counts = Counter[str]()
    found = []
    for day, changes in groupby(_changes(connection), key=lambda change: change[0]):
        for _, sha256, state in changes:
            counts[now.get(sha256, "")] -= 1
            counts[state] += 1
            now[sha256] = state
        found.append(Day(day, {one: n for one, n in counts.items() if one and n > 0}))
    return tuple(found[-_MOST:])


def in_state(connection: Connection, state: str, day: str) -> list[str]:
    """The documents that were in a state at the end of a day."""
    now = {sha256: state for at, sha256, state in _changes(connection) if at <= day}
    return [sha256 for sha256, known in now.items() if known == state]


def _changes(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Day, document, and the state it then came to be in; empty: it went out of the store."""
    query = (
        select(events.c.at, events.c.sha256, events.c.what, events.c.detail)
        .where(events.c.what.in_((*_BY_ITSELF, *_AS_TOLD)), events.c.sha256.is_not(None))
        .order_by(events.c.id).execution_options(yield_per=1000)
    )  # fmt: skip
    for at, sha256, what, detail in connection.execute(query):
        state = _BY_ITSELF.get(what)
        if state is None:
            state = json.loads(detail).get("state")
        if state is not None:
            yield at[:10], sha256, state
