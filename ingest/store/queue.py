"""Which documents there are, which of them are due, and whose they are while they are read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select
from sqlalchemy import text as sql

from gouji.ingest import platform
from gouji.ingest.store import schema
from gouji.ingest.store.journal import now
from gouji.ingest.store.migrations import DUE
from gouji.ingest.store.model import UNREAD, Document, Found, Job, Selection
from gouji.ingest.store.project import text

_NAME = (
    select(schema.names.c.name).where(schema.names.c.document == schema.documents.c.id)
    .order_by(schema.names.c.added, schema.names.c.name).limit(1).scalar_subquery()
)  # fmt: skip
DOCUMENT = [*(schema.documents.c[field.name] for field in fields(Document) if field.name != "name"),
            _NAME.label("name")]  # fmt: skip
"""What a ``Document`` is made of."""


def unread(found: Found) -> str:
    """What stands for the hash of a file whose bytes can't be had."""
    place = found.path or text(found.name).encode()
    return UNREAD + hashlib.sha256(place).hexdigest()


def is_gone(process: str, lease: str | None) -> bool:
    """Whether a process has ended, or on another machine has not said for long that it lives."""
    running = platform.is_running(process)
    return (lease or "") < now() if running is None else not running


def due(selection: Selection | None) -> ColumnElement[bool]:
    """The condition on documents that are to be read and that nobody has claimed."""
    table = schema.documents
    wanted: ColumnElement[bool] = sql(f"({DUE})")  # type: ignore[assignment]
    if selection and selection.version:
        done = table.c.state.in_(("clean", "needs_review", "no_report"))
        wanted = or_(wanted, and_(done, table.c.version != selection.version))
    return and_(wanted, table.c.claimed_by.is_(None))


def documents_where(
    connection: Connection, wanted: ColumnElement[bool], limit: int | None = None
) -> list[Document]:
    """The documents that meet a condition, by their ids."""
    query = select(*DOCUMENT).where(wanted).order_by(schema.documents.c.id).limit(limit)
    return [document_of(row) for row in connection.execute(query)]


def document_of(row: Row[Any]) -> Document:
    """A row of the columns ``DOCUMENT``."""
    values = row._asdict()
    return Document(**values | {"meta": json.loads(values["meta"])})


def paths_of(connection: Connection, document: Document) -> tuple[bytes, ...]:
    """Where files with a document's bytes were found, if they are not kept."""
    if document.kept:
        return ()
    table = schema.names
    wanted = select(table.c.path).where(table.c.document == document.id, table.c.path != b"")
    return tuple(connection.scalars(wanted.order_by(table.c.added)))


def ended(connection: Connection, job: Job, state: str, code: str | None, **others: Any) -> bool:
    """End an attempt, if it is still this process's own."""
    table = schema.documents
    mine = and_(
        table.c.id == job.document.id,
        table.c.claimed_by == job.by,
        table.c.attempts == job.document.attempts,
    )
    change = {"state": state, "code": code, "claimed_by": None, "lease": None, "changed": now()}
    done = connection.execute(table.update().where(mine).values(**change, **others))
    return done.rowcount == 1
