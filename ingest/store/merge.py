"""Stores brought together, in any order and as often as one likes, with the same result.

Of a document in both, the reading that is better stays: a success before a failure, then that of
the newer version, then, so that the order does not matter, that of the greater hash. Decisions and
second opinions are all kept. Accounts and the log are not merged: they belong to a place.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from gouji.ingest.store import listing
from gouji.ingest.store.carrying import carry_onward
from gouji.ingest.store.journal import as_json, insert_once, log, now
from gouji.ingest.store.originals import Originals
from gouji.ingest.store.schema import decisions, documents, findings, names, opinions, readings
from gouji.ingest.store.store import Store
from gouji.ocr.finding import DocumentError

_AT_ONCE = 100
_RANK = {"waiting": 0, "failed": 1}
_SUCCESS = 2


@dataclass(slots=True)
class Merged:
    """How many documents were ``new``, ``better`` than what was there, or the ``same``.

    ``decided`` and ``opinions``: entries of people that were not here yet. ``missing`` are the
    hashes of documents whose originals were found nowhere.
    """

    new: int = 0
    better: int = 0
    same: int = 0
    decided: int = 0
    opinions: int = 0
    missing: list[str] = field(default_factory=list)


def merge(store: Store, other: Store, originals: Originals, theirs: Originals | None) -> Merged:
    """Bring what another store has into this one; the other is only read.

    ``originals`` are those of this store, ``theirs`` those of the other.
    """
    merged = Merged()
    if _same(store, other):
        raise DocumentError("merge_itself", store=store.name)
    with other.reading() as source:
        for rows in _pages(source):
            for row in rows:
                _keep(row, originals, theirs, merged)
            with store.writing() as target:
                for row in rows:
                    _document(source, target, store.refs, row, merged, other.name)
        merged.decided = _entries(source, store, decisions)
        merged.opinions = _entries(source, store, opinions)
    _carry(store)
    return merged


def _carry(store: Store) -> None:
    """Decisions hold for what has come to stand beside their documents."""
    with store.reading() as connection:
        query = select(decisions.c.sha256).where(decisions.c.of.is_(None)).distinct()
        decided = sorted(connection.scalars(query))
    for sha256 in decided:
        with store.writing() as target:
            carry_onward(target, store.refs, sha256)


def _same(store: Store, other: Store) -> bool:
    one, two = store.engine.url, other.engine.url
    if one.get_backend_name() == two.get_backend_name() == "sqlite":
        return Path(str(one.database)).resolve() == Path(str(two.database)).resolve()
    return one == two


def _pages(source: Connection) -> Iterator[list[Row[Any]]]:
    """The documents of a store, by the hundred."""
    after = 0
    own = readings.c
    wanted = select(documents, own.data, own.at, own.seconds, own.version.label("read_version"))
    query = wanted.join(readings, isouter=True).order_by(documents.c.id).limit(_AT_ONCE)
    while rows := list(source.execute(query.where(documents.c.id > after)).all()):
        yield rows
        after = rows[-1].id


def _keep(
    row: Row[Any], originals: Originals, theirs: Originals | None, merged: Merged
) -> None:  # fmt: skip
    """The original comes along, before the store knows of it."""
    if not row.kept or originals.has(row.sha256, row.size):
        return
    try:
        if theirs is None:
            raise DocumentError("original_gone", path=row.sha256)
        originals.keep(row.sha256, theirs.fetch(row.sha256))
    except DocumentError as error:
        if error.finding.code not in ("original_gone", "original_changed"):
            raise
        merged.missing.append(row.sha256)


def _document(
    source: Connection, target: Connection, refs: listing.Refs, row: Row[Any], merged: Merged,
    origin: str,
) -> None:  # fmt: skip
    at = now()
    values = {
        "sha256": row.sha256, "kind": row.kind, "size": row.size, "kept": row.kept,
        "state": "waiting", "attempts": 0, "kills": 0, "meta": "{}", "added": row.added,
        "changed": at,
    }  # fmt: skip
    new = insert_once(target, documents, values)
    wanted = select(documents, readings.c.data).join(readings, isouter=True)
    own = target.execute(wanted.where(documents.c.sha256 == row.sha256)).one()
    for name in source.execute(select(names).where(names.c.document == row.id)).all():
        insert_once(target, names, name._asdict() | {"document": own.id})
    better = _rank(row) > _rank(own)
    meta = _both(json.loads(own.meta), json.loads(row.meta))
    change: dict[str, Any] = {
        "meta": as_json(meta), "kept": own.kept or row.kept, "added": min(own.added, row.added),
        "attempts": max(own.attempts, row.attempts), "kills": max(own.kills, row.kills),
    }  # fmt: skip
    if better:
        change |= {"state": row.state, "code": row.code, "version": row.version, "changed": at,
                   "kind": row.kind, "size": row.size}  # fmt: skip
    target.execute(documents.update().where(documents.c.id == own.id).values(change))
    if row.data is not None and (better or own.data is None):
        _reading(target, row, own.id)
    if better:
        _findings(source, target, row.id, own.id)
        log(target, "merged", row.sha256, {"from": origin, "state": row.state})
    if better or as_json(meta) != own.meta:
        listing.redraw(target, refs, own.id)
    merged.new += new
    merged.better += better and not new
    merged.same += not better and not new


def _rank(row: Row[Any]) -> tuple[object, ...]:
    """How good what is known of a document is, in an order that leaves nothing open."""
    numbers = tuple(int(part) for part in re.findall(r"\d+", row.version or ""))
    digest = hashlib.sha256(row.data).hexdigest() if row.data else ""
    rank = _RANK.get(row.state, _SUCCESS)
    return rank, numbers, row.version or "", digest, row.code or ""


def _both(one: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    """Facts from two sides; where they differ, the order of merging must not decide."""
    return {key: max(one.get(key, ""), other.get(key, "")) for key in one | other}


def _reading(target: Connection, row: Row[Any], document: int) -> None:
    target.execute(readings.delete().where(readings.c.document == document))
    values = {"document": document, "version": row.read_version, "at": row.at,
              "seconds": row.seconds, "data": row.data}  # fmt: skip
    target.execute(readings.insert().values(values))


def _findings(source: Connection, target: Connection, document: int, own: int) -> None:
    """Why it failed, if it did; those of a reading are drawn from it."""
    target.execute(findings.delete().where(findings.c.document == own))
    for found in source.execute(select(findings).where(findings.c.document == document)).all():
        target.execute(findings.insert().values(found._asdict() | {"document": own}))


def _entries(source: Connection, store: Store, table: Table) -> int:
    """What people said about cells; what of it was not here yet counts at once. How many."""
    count = 0
    rows = source.execute(select(table).order_by(table.c.sha256)).all()
    for sha256, own in groupby(rows, key=lambda row: row.sha256):
        with store.writing() as target:
            new = sum(insert_once(target, table, row._asdict()) for row in own)
            known = select(documents.c.id).where(documents.c.sha256 == sha256)
            if new and (key := target.scalar(known)) is not None:
                listing.redraw(target, store.refs, key)
        count += new
    return count
