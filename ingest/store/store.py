"""The store: which documents there are, what became of each, and what was read."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, and_, func, select, tuple_

from gouji.ingest.messages import severity
from gouji.ingest.store import connect, listing, schema
from gouji.ingest.store.carrying import carry
from gouji.ingest.store.journal import as_json, insert_once, later, log, now
from gouji.ingest.store.model import (
    INTERRUPTED,
    KILLS,
    Document,
    FindingRow,
    Found,
    Job,
    Reading,
    Selection,
)
from gouji.ingest.store.project import text
from gouji.ingest.store.queue import (
    DOCUMENT,
    document_of,
    documents_where,
    due,
    ended,
    is_gone,
    paths_of,
    unread,
)
from gouji.ocr.finding import Finding

_LEASE = timedelta(minutes=15)


class Store:
    """Documents and what was read of them, in SQLite or PostgreSQL.

    Every method is one transaction: done, durable, or not done at all. They raise ``StoreError``
    for what is wrong with the store itself. Use it in a ``with`` statement, or call ``close``.
    """

    def __init__(self, address: str, *, there: bool = False) -> None:
        """Open the store at a URL or in a file; it is made unless it has to be ``there``."""
        self.engine = connect.connect(address, there=there)
        self.refs = listing.Refs()
        self._alone = threading.Lock()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @property
    def name(self) -> str:
        """The store's address as it may be shown: a file, or a URL without its password."""
        return connect.shown(self.engine.url)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A look at the store as it is now, for several queries that must agree."""
        with connect.transaction(self.engine, reading=True) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes; one at a time, so none within another."""
        with self._alone:
            self.refs.forget()
            with connect.transaction(self.engine) as connection:
                yield connection
            self.refs.keep()

    # --- documents ------------------------------------------------------------------------------

    def add(self, found: Found) -> Document:
        """A document that was found; see ``add_all``."""
        return self.add_all([found])[0]

    def add_all(self, found: Iterable[Found]) -> list[Document]:
        """Documents that were found, each waiting, or as it is if the store has it already.

        The same bytes are one document; it gets the further name. Again is harmless. What could
        not be read before, and now can, takes the place of what stood for it. Save the bytes
        before: a document that is ``kept`` must be there whatever happens after.
        """
        with self.writing() as connection:
            return [self._add(connection, one) for one in found]

    def _add(self, connection: Connection, found: Found) -> Document:
        table, at = schema.documents, now()
        key = found.sha256 or unread(found)
        told = {name: text(value) for name, value in found.meta.items()}
        values = {
            "sha256": key, "kind": found.kind, "size": found.size, "kept": found.kept,
            "state": "waiting", "attempts": 0, "kills": 0, "meta": as_json(told), "added": at,
            "changed": at,
        }  # fmt: skip
        new = insert_once(connection, table, values)
        (document,) = documents_where(connection, table.c.sha256 == key)
        known = {**document.meta, **told}
        if known != document.meta or (found.kept and not document.kept):
            change = {"meta": as_json(known), "kept": document.kept or found.kept}
            connection.execute(table.update().where(table.c.id == document.id).values(change))
            listing.redraw(connection, self.refs, document.id)
            (document,) = documents_where(connection, table.c.sha256 == key)
        name = {"document": document.id, "name": text(found.name), "path": found.path,
                "origin": text(found.origin), "added": at}  # fmt: skip
        named = insert_once(connection, schema.names, name)
        if new or named:
            log(connection, "added" if new else "named", key, {"name": text(found.name)})
        if found.sha256 and found.path:
            before = table.delete().where(table.c.sha256 == unread(found))
            if connection.execute(before).rowcount:
                log(connection, "replaced", key, {"instead_of": unread(found)})
        return replace(document, name=text(found.name)) if new else document

    def opened(self, path: bytes) -> None:
        """An archive could be opened; what may have stood for it when it could not goes."""
        table = schema.documents
        with self.writing() as connection:
            stand_in = unread(Found(None, "", path=path))
            connection.execute(table.delete().where(table.c.sha256 == stand_in))

    def document(self, sha256: str) -> Document | None:
        """The document with these bytes, if the store has it."""
        with self.reading() as connection:
            found = documents_where(connection, schema.documents.c.sha256 == sha256)
        return found[0] if found else None

    def last_event(self) -> int:
        """The number of the last entry in the log: another one, if anything was done since."""
        with self.reading() as connection:
            return connection.scalar(select(func.max(schema.events.c.id))) or 0

    # --- the work -------------------------------------------------------------------------------

    def waiting(
        self, limit: int, after: int = 0, selection: Selection | None = None
    ) -> list[Document]:
        """The next documents to be read, in the order of their ids, beyond ``after``.

        What another running process has claimed is left out; claims of processes that are gone
        are dropped first.
        """
        self.drop_claims()
        table = schema.documents
        with self.reading() as connection:
            wanted = and_(table.c.id > after, due(selection))
            return documents_where(connection, wanted, limit)

    def begin(self, ids: Sequence[int], by: str, selection: Selection | None = None) -> list[Job]:
        """Claim documents; only those that are still to be read and nobody else has claimed.

        From here on until it is finished, each counts as failed, because it was interrupted.
        """
        table = schema.documents
        with self.writing() as connection:
            free = select(table.c.id).where(table.c.id.in_(ids), due(selection))
            rows = connection.execute(
                table.update().where(table.c.id.in_(free)).values(
                    state="failed", code=INTERRUPTED, attempts=table.c.attempts + 1,
                    claimed_by=by, lease=later(_LEASE), changed=now(),
                ).returning(*DOCUMENT)
            ).all()  # fmt: skip
            claimed = sorted(map(document_of, rows), key=lambda document: document.id)
            for document in claimed:
                log(connection, "begun", document.sha256, {"attempt": document.attempts}, by)
            return [Job(document, by, paths_of(connection, document)) for document in claimed]

    def renew(self, by: str) -> None:
        """Say that a process is still at work; to be done every few minutes."""
        table = schema.documents
        with self.writing() as connection:
            mine = table.update().where(table.c.claimed_by == by)
            connection.execute(mine.values(lease=later(_LEASE)))

    def finish(self, job: Job, reading: Reading) -> bool:
        """Keep what was read; see ``finish_all``."""
        return self.finish_all([(job, reading)])[0]

    def finish_all(self, read: Sequence[tuple[Job, Reading]]) -> list[bool]:
        """Keep what was read. False for a job that is no longer this process's own: of that
        nothing is kept. A reading that failed keeps an older one, and only says why.
        """
        with self.writing() as connection:
            return [self._finish(connection, job, reading) for job, reading in read]

    def _finish(self, connection: Connection, job: Job, reading: Reading) -> bool:
        rows = reading.rows
        if not ended(connection, job, rows.state, rows.code, kills=0, version=reading.version):
            return False
        if rows.state == "failed":
            listing.put_findings(connection, job.document.id, rows.findings)
        else:
            listing.put_reading(connection, self.refs, job.document, reading)
        log(connection, "read", job.document.sha256, {"state": rows.state}, job.by)
        if rows.state == "needs_review":
            carry(connection, self.refs, job.document.id)
        return True

    def fail(self, job: Job, finding: Finding) -> bool:
        """The attempt has failed, for a reason that will last; as ``finish`` otherwise."""
        with self.writing() as connection:
            if not ended(connection, job, "failed", finding.code):
                return False
            listing.put_findings(connection, job.document.id, [_row_of(finding)])
            detail = {"code": finding.code, **finding.arguments}
            log(connection, "failed", job.document.sha256, detail, job.by)
        return True

    def killed(self, job: Job, finding: Finding) -> bool:
        """A worker died under the document. True if that has happened too often now, so that it
        is set aside for the reason given; else it will be tried again.
        """
        kills = job.document.kills + 1
        aside = kills >= KILLS
        with self.writing() as connection:
            code = finding.code if aside else INTERRUPTED
            if ended(connection, job, "failed", code, kills=kills):
                listing.put_findings(connection, job.document.id, [_row_of(finding)])
                detail = {"code": finding.code, "kills": kills}
                log(connection, "killed", job.document.sha256, detail, job.by)
        return aside

    def refuse(self, document: Document, finding: Finding) -> None:
        """A waiting document whose bytes can't even be had, or opened, has failed."""
        table = schema.documents
        with self.writing() as connection:
            wanted = and_(table.c.id == document.id, due(None))
            change = {"state": "failed", "code": finding.code, "changed": now()}
            if connection.execute(table.update().where(wanted).values(change)).rowcount:
                listing.put_findings(connection, document.id, [_row_of(finding)])
                detail = {"code": finding.code, **finding.arguments}
                log(connection, "failed", document.sha256, detail)

    def put_back(self, jobs: Iterable[Job]) -> None:
        """Jobs that were not done after all wait again, as if they had not been begun."""
        with self.writing() as connection:
            for job in jobs:
                attempts = job.document.attempts - 1
                if ended(connection, job, "waiting", None, attempts=attempts):
                    log(connection, "put_back", job.document.sha256, {}, job.by)

    def drop_claims(self) -> None:
        """Free what was claimed by processes that are gone; what they began was interrupted."""
        table = schema.documents
        claims = select(table.c.claimed_by, table.c.lease).where(table.c.claimed_by.is_not(None))
        with self.reading() as connection:
            rows = connection.execute(claims.distinct()).all()
        gone = [tuple(row) for row in rows if is_gone(row.claimed_by, row.lease)]
        if gone:
            # One that has renewed its lease meanwhile is alive after all.
            lost = tuple_(table.c.claimed_by, table.c.lease).in_(gone)
            with self.writing() as connection:
                change = {"claimed_by": None, "lease": None}
                connection.execute(table.update().where(lost).values(change))


def _row_of(finding: Finding) -> FindingRow:
    arguments = json.dumps(dict(finding.arguments), ensure_ascii=True)
    return FindingRow(None, finding.code, severity(finding.code), text(arguments), "", finding.page)
