"""Looking into the store: records as they count, one by one, and how many there are of what."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select, union

from gouji.ingest.messages import Language
from gouji.ingest.store.decisions import decisions_of, opinions_of
from gouji.ingest.store.facts import named
from gouji.ingest.store.kin import Kin, kin_of
from gouji.ingest.store.listing import agency_key
from gouji.ingest.store.model import UNREAD, State
from gouji.ingest.store.project import unpack
from gouji.ingest.store.schema import (
    decisions,
    documents,
    findings,
    names,
    opinions,
    readings,
    reports,
)
from gouji.ingest.store.settle import settled
from gouji.ingest.told import in_language, told
from gouji.ocr.finding import Finding
from gouji.tables.record import Program, Record, Source

_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """Which reports are wanted; an empty part wants all.

    ``regions`` are codes or beginnings of codes (``35`` is a whole province), ``agencies`` parts of
    names, ``states`` those of the documents; none: all but those that still wait. Without
    ``copies`` a report that has several is there once.
    """

    years: tuple[int, ...] = ()
    regions: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    copies: bool = True

    @property
    def wanted(self) -> ColumnElement[bool]:
        """The condition on documents and reports."""
        parts: list[ColumnElement[bool]] = [documents.c.state != "waiting"]
        if self.states:
            parts = [documents.c.state.in_(self.states)]
        if self.years:
            parts.append(reports.c.year.in_(self.years))
        if self.regions:
            codes = [_beginning(code) for code in self.regions]
            parts.append(or_(*(reports.c.region_code.startswith(code) for code in codes)))
        if self.agencies:
            keys = [agency_key(name) or "" for name in self.agencies]
            found = (reports.c.agency_key.contains(key, autoescape=True) for key in keys)
            parts.append(or_(*found))
        return and_(*parts)


def _beginning(code: str) -> str:
    """The part of a region's code that those of the regions in it begin with."""
    if len(code) == 6:
        for zeros in ("0000", "00"):
            if code.endswith(zeros):
                return code.removesuffix(zeros)
    return code


class Records:
    """The records wanted, as often as they are asked for; never all at once.

    ``connection`` is one that reads, so that every pass sees the same.
    """

    def __init__(self, connection: Connection, wish: Filter, language: Language) -> None:
        self._connection = connection
        self._wish = wish
        self._language = language

    def __iter__(self) -> Iterator[Record]:
        for rows in self._rows(readings.c.data):
            yield from self._records(rows)

    def listed(self) -> Iterator[dict[str, Any]]:
        """A row for each report, and each document without: where it comes from, what it is."""
        for rows in self._rows():
            common = self._about(rows[0])
            for row in rows:
                kin = self._kin.get(row.report)
                yield common | {
                    "report": row.place, "agency": row.agency, "year": row.year,
                    "region_code": row.region_code, "scope": row.scope,
                    "relation": kin.relation if kin else None,
                    "related": kin.of.sha256 if kin else None,
                    "related_report": kin.of.place if kin else None,
                }  # fmt: skip

    @cached_property
    def _kin(self) -> dict[int, Kin]:
        return kin_of(self._connection)

    @cached_property
    def _discussed(self) -> frozenset[str]:
        """The documents about which somebody said anything."""
        both = union(select(decisions.c.sha256), select(opinions.c.sha256))
        return frozenset(self._connection.scalars(both))

    def _rows(self, *more: Any) -> Iterator[list[Row[Any]]]:
        """The rows of each document."""
        query = _query(self._wish, *more)
        with self._connection.execute(query.execution_options(yield_per=_AT_ONCE)) as rows:
            for _, own in groupby(rows, key=lambda row: row.id):
                yield list(own)

    def _records(self, rows: Sequence[Row[Any]]) -> Iterator[Record]:
        first = rows[0]
        if first.data is None or first.state == "failed":
            yield self._failed(first)
            return
        made = said = []
        if first.sha256 in self._discussed:
            made = decisions_of(self._connection, first.sha256)
            said = opinions_of(self._connection, first.sha256)
        known = json.loads(first.meta)
        records = settled(unpack(first.data), made, said, known, self._language)
        for row in rows:
            kin = self._kin.get(row.report)
            if kin and kin.relation == "copy" and not self._wish.copies:
                continue
            own = told([kin.finding] if kin else [], self._language)
            record = in_language(records[row.place], self._language)
            yield record.model_copy(update={"findings": (*record.findings, *own)})

    def _failed(self, row: Row[Any]) -> Record:
        """A document that could not be read, with the reason."""
        wanted = select(findings).where(findings.c.document == row.id).order_by(findings.c.number)
        found = [
            Finding(f.code, json.loads(f.arguments), page=f.page)
            for f in self._connection.execute(wanted)
        ] or [Finding(row.code or "interrupted")]
        sha256 = None if row.sha256.startswith(UNREAD) else row.sha256
        return Record(
            gouji=Program(version=row.version or ""),
            source=Source(file=row.name, sha256=sha256, kind=row.kind),
            findings=told([f for f in found if f.code == row.code] or found, self._language),
            status="failed",
        )

    def _about(self, row: Row[Any]) -> dict[str, Any]:
        """What the store knows of a document."""
        wanted = select(names.c.name).where(names.c.document == row.id)
        known = self._connection.scalars(wanted.order_by(names.c.added, names.c.name))
        facts = named(json.loads(row.meta))
        return {
            "document": row.name, "sha256": row.sha256, "names": "\n".join(known),
            "kind": row.kind, "size": row.size, "status": row.state, "code": row.code,
            "attempts": row.attempts, "version": row.version,
            "address": facts.pop("address", None), "retrieved": facts.pop("retrieved", None),
            "facts": json.dumps(facts, ensure_ascii=False) if facts else None,
        }  # fmt: skip


def _query(wish: Filter, *more: Any) -> Select[Any]:
    first = (
        select(names.c.name).where(names.c.document == documents.c.id)
        .order_by(names.c.added, names.c.name).limit(1).scalar_subquery()
    )  # fmt: skip
    columns = [c for c in documents.c if c.name not in ("claimed_by", "lease", "added", "changed")]
    of_report = [reports.c[name] for name in ("place", "agency", "year", "region_code", "scope")]
    return (
        select(*columns, first.label("name"), reports.c.id.label("report"), *of_report, *more)
        .select_from(documents.outerjoin(reports).outerjoin(readings))
        .where(wish.wanted)
        .order_by(documents.c.id, reports.c.place)
    )


def states(connection: Connection) -> Counter[tuple[State, str | None, bool]]:
    """How many documents there are: by state, code, and whether a process is at work on them."""
    claimed = documents.c.claimed_by.is_not(None)
    columns = documents.c.state, documents.c.code, claimed.label("claimed")
    rows = connection.execute(select(*columns, func.count().label("number")).group_by(*columns))
    return Counter({(row.state, row.code, bool(row.claimed)): row.number for row in rows})


def doubts(connection: Connection, wish: Filter) -> int:
    """How many cells of the reports wanted are in doubt."""
    wanted = select(func.coalesce(func.sum(reports.c.doubts), 0))
    return connection.scalar(wanted.select_from(documents.join(reports)).where(wish.wanted)) or 0
