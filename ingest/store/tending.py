"""What people do with documents of the store: find them, have them read again, forget them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from gouji.ingest.intake import name_of
from gouji.ingest.store.journal import log, now
from gouji.ingest.store.model import State
from gouji.ingest.store.project import text
from gouji.ingest.store.schema import decisions, documents, findings, names, reports
from gouji.ingest.store.store import Store
from gouji.ocr.finding import DocumentError

_HASH = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was taken out of the store, and what was not.

    ``kept`` is the number of originals that stay where they are kept, ``decided`` that of entries
    about what people decided.
    """

    names: tuple[str, ...]
    kept: int
    decided: int


def find(connection: Connection, wishes: Sequence[str]) -> list[int]:
    """Documents by name, or by the first eight or more digits of their hash; where there is none
    of that name, those whose names end in it, after the folders they lay in.

    Raises ``no_such_document``.
    """
    found: set[int] = set()
    for wish in wishes:
        name = text(name_of(Path(wish)))
        whole: ColumnElement[bool] = names.c.name == name
        if _HASH.fullmatch(wish):
            whole = or_(whole, documents.c.sha256.startswith(wish))
        for condition in (whole, names.c.name.endswith(f"/{name}", autoescape=True)):
            query = select(documents.c.id).join(names).where(condition)
            if ids := connection.scalars(query).all():
                break
        else:
            raise DocumentError("no_such_document", wish=text(wish))
        found.update(ids)
    return sorted(found)


def retry(store: Store, wishes: Sequence[str] = (), code: str | None = None) -> int:
    """Have documents wait to be read again: those named, or all that failed (with this code).

    What was read and decided stays until they have been. Returns how many there are.
    """
    with store.writing() as connection:
        if wishes:
            wanted: ColumnElement[bool] = documents.c.id.in_(find(connection, wishes))
        else:
            wanted = documents.c.state == "failed"
        if code:
            wanted = and_(wanted, documents.c.code == code)
        wanted = and_(wanted, documents.c.claimed_by.is_(None))
        for sha256 in connection.scalars(select(documents.c.sha256).where(wanted)).all():
            log(connection, "retried", sha256, {})
        change = {"state": "waiting", "code": None, "kills": 0, "changed": now()}
        return connection.execute(documents.update().where(wanted).values(change)).rowcount


def forget(store: Store, wishes: Sequence[str]) -> Forgotten:
    """Take documents and what was read of them out of the store.

    Files, originals, decisions and the log stay. One that is come upon again is new.
    """
    with store.writing() as connection:
        ids = find(connection, wishes)
        gone: list[str] = []
        kept = decided = 0
        for row in connection.execute(select(documents).where(documents.c.id.in_(ids))).all():
            own = connection.scalars(select(names.c.name).where(names.c.document == row.id)).all()
            gone += own
            kept += row.kept
            made = select(func.count()).where(decisions.c.sha256 == row.sha256)
            decided += connection.scalar(made) or 0
            log(connection, "forgotten", row.sha256, {"names": list(own)})
        connection.execute(documents.delete().where(documents.c.id.in_(ids)))
    return Forgotten(tuple(gone), kept, decided)


@dataclass(frozen=True, slots=True)
class Listed:
    """A document in a list of those in one state; ``reason`` is its finding's code."""

    sha256: str
    name: str
    code: str | None
    arguments: str | None
    page: int | None


def listed(connection: Connection, state: State) -> Iterator[Listed]:
    """The documents in a state, with the finding that says why, if they failed."""
    first = select(func.min(names.c.name)).where(names.c.document == documents.c.id)
    why = and_(findings.c.document == documents.c.id, findings.c.code == documents.c.code)
    query = (
        select(documents.c.sha256, first.scalar_subquery().label("name"), documents.c.code,
               findings.c.arguments, findings.c.page)
        .select_from(documents.outerjoin(findings, why))
        .where(documents.c.state == state)
        .order_by(documents.c.id)
    )  # fmt: skip
    last = None
    for row in connection.execute(query):
        if row.sha256 != last:
            yield Listed(*row)
        last = row.sha256


def doubts(connection: Connection) -> int:
    """How many cells of all reports are in doubt."""
    return connection.scalar(select(func.coalesce(func.sum(reports.c.doubts), 0))) or 0
