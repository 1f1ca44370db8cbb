"""What is left to decide, in what order, how long it will take; and who is at which cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from gouji.ingest.review.guard import Visitor
from gouji.ingest.review.remembered import Remembered
from gouji.ingest.store.deciding import Cell
from gouji.ingest.store.journal import later, now
from gouji.ingest.store.listing import agency_key
from gouji.ingest.store.schema import decisions, documents, names, reports, taken
from gouji.ingest.store.store import Store

A_PAGE = 25
_LAST = 50
_LASTS = timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which documents to show; an empty part wants all."""

    agency: str = ""
    year: str = ""
    kind: str = ""

    @property
    def wanted(self) -> ColumnElement[bool]:
        """The condition on reports."""
        parts = [reports.c.status == "needs_review"]
        if self.agency:
            key = agency_key(self.agency) or ""
            parts.append(reports.c.agency_key.contains(key, autoescape=True))
        if self.year.isascii() and self.year.isdigit() and len(self.year) == 4:
            parts.append(reports.c.year == int(self.year))
        if self.kind:
            parts.append(reports.c.kinds.contains(f" {self.kind} ", autoescape=True))
        return and_(*parts)


@dataclass(frozen=True, slots=True)
class Left:
    """How many reports and cells are left, and the seconds they will take at the present pace."""

    reports: int
    cells: int
    seconds: float | None


class Queue:
    """The reports that need a person, those first where one decision settles most."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.menus = Remembered(self._menus)
        """The years and kinds of doubt there are."""

    def page(self, wish: Wish, number: int) -> Sequence[Any]:
        """Rows of one page of the queue, from 0; one more than a page if there is another."""
        first = (
            select(names.c.name).where(names.c.document == documents.c.id)
            .order_by(names.c.added, names.c.name).limit(1).scalar_subquery()
        )  # fmt: skip
        query = (
            select(documents.c.sha256, first.label("name"), reports.c.place, reports.c.agency,
                   reports.c.year, reports.c.doubts, reports.c.kinds)
            .select_from(reports.join(documents)).where(wish.wanted)
            .order_by(reports.c.settles.desc(), reports.c.id)
            .limit(A_PAGE + 1).offset(A_PAGE * number)
        )  # fmt: skip
        with self._store.reading() as connection:
            return connection.execute(query).all()

    def left(self, wish: Wish) -> Left:
        """What is left of what is wanted."""
        with self._store.reading() as connection:
            count = select(func.count(), func.coalesce(func.sum(reports.c.doubts), 0))
            number, cells = connection.execute(count.where(wish.wanted)).one()
            pace = pace_of(connection)
        return Left(number, cells, None if pace is None else pace * cells)

    def _menus(self) -> Mapping[str, Sequence[str]]:
        kinds, years = Counter[str](), set[int]()
        columns = reports.c.year, reports.c.kinds
        query = select(*columns, func.count().label("n")).where(Wish().wanted).group_by(*columns)
        with self._store.reading() as connection:
            for row in connection.execute(query):
                years |= {row.year} - {None}
                kinds.update(dict.fromkeys(row.kinds.split(), row.n))
        return {"years": [str(year) for year in sorted(years, reverse=True)],
                "kinds": [kind for kind, _ in kinds.most_common()]}  # fmt: skip

    def after(self, sha256: str, skip: frozenset[tuple[str, int]]) -> tuple[str, int] | None:
        """The next report to decide, other than the document ``sha256`` and those to ``skip``."""
        columns = documents.c.sha256, reports.c.place
        query = (
            select(*columns).select_from(reports.join(documents))
            .where(Wish().wanted, or_(reports.c.doubts > 0), documents.c.sha256 != sha256)
            .order_by(reports.c.settles.desc(), reports.c.id).limit(len(skip) + 1)
        )  # fmt: skip
        with self._store.reading() as connection:
            rows = [(row.sha256, row.place) for row in connection.execute(query)]
        return next((row for row in rows if row not in skip), rows[0] if rows else None)


def pace_of(connection: Connection) -> float | None:
    """Seconds that a decision took of late, in the middle; None before there are any."""
    query = select(decisions.c.seconds).where(
        decisions.c.seconds.is_not(None), decisions.c.undoes.is_(None)
    )
    last = connection.scalars(query.order_by(decisions.c.at.desc()).limit(_LAST)).all()
    return sorted(last)[len(last) // 2] if last else None


# --- who is where ---------------------------------------------------------------------------------


def take(store: Store, cell: Cell, visitor: Visitor) -> str | None:
    """Say that somebody looks at a cell; the name of another who does already, if there is one."""
    own = f"{visitor.key} {visitor.name}"
    here = and_(
        taken.c.sha256 == cell.sha256, taken.c.place == cell.place,
        taken.c.table_id == cell.table, taken.c.ref == cell.ref,
    )  # fmt: skip
    with store.writing() as connection:
        gone = or_(taken.c.until < now(), taken.c.by == own)
        connection.execute(taken.delete().where(gone))
        other = connection.scalar(select(taken.c.by).where(here))
        if other is not None:
            return str(other).partition(" ")[2]
        values = {"sha256": cell.sha256, "place": cell.place, "table_id": cell.table,
                  "ref": cell.ref, "by": own, "until": later(_LASTS)}  # fmt: skip
        connection.execute(taken.insert().values(values))
    return None


def taken_in(store: Store, sha256: str, visitor: Visitor) -> dict[tuple[int, str, str], str]:
    """The cells of a document that others are at, with their names."""
    query = select(taken).where(taken.c.sha256 == sha256, taken.c.until >= now())
    with store.reading() as connection:
        rows = connection.execute(query).all()
    return {
        (row.place, row.table_id, row.ref): row.by.partition(" ")[2]
        for row in rows if row.by.partition(" ")[0] != visitor.key
    }  # fmt: skip


def others_at(store: Store, hashes: Collection[str], visitor: Visitor) -> dict[str, str]:
    """The documents at which somebody else is, with their names."""
    query = select(taken.c.sha256, taken.c.by).where(
        taken.c.sha256.in_(hashes), taken.c.until >= now()
    )
    with store.reading() as connection:
        rows = connection.execute(query).all()
    own = visitor.key
    return {row.sha256: name for row in rows
            for key, _, name in [row.by.partition(" ")] if key != own}  # fmt: skip


def last_decision(store: Store, by: str) -> tuple[str, Cell] | None:
    """The last decision of somebody's that was not undone: its name and its cell."""
    other = decisions.alias()
    undone = select(other.c.uid).where(other.c.undoes == decisions.c.uid).exists()
    query = (
        select(decisions).where(decisions.c.by == by, decisions.c.undoes.is_(None),
                                decisions.c.of.is_(None), ~undone)
        .order_by(decisions.c.at.desc()).limit(1)
    )  # fmt: skip
    with store.reading() as connection:
        row = connection.execute(query).first()
    return (row.uid, Cell(row.sha256, row.place, row.table_id, row.ref)) if row else None
