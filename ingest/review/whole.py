"""The whole store in figures: documents by state, doubts by kind, failing sums, figures by year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, and_, cast, distinct, func, select

from gouji.ingest.review.history import Day, days, in_state
from gouji.ingest.store.listing import agency_key
from gouji.ingest.store.schema import cells, documents, findings, names, refs, reports
from gouji.tables.forms.form import all_forms

_MOST = 12
_AGENCIES = 6
_FAILS = ("sum_differs", "balance_differs", "bound_broken")
_LISTED = 200
FIGURE = "requests.new@total"


@dataclass(frozen=True, slots=True)
class Bar:
    """A count, and the query of the documents behind it."""

    label: str
    count: int
    query: dict[str, str]


@dataclass(frozen=True, slots=True)
class Point:
    """A figure of a year."""

    year: int
    value: Decimal
    edition: str
    sha256: str
    place: int


@dataclass(frozen=True, slots=True)
class Series:
    """An agency's figures, parted where one edition of the form ends and another begins."""

    agency: str
    pieces: tuple[tuple[Point, ...], ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """What the overview shows. ``figure`` is the ref of the figure followed over the years."""

    states: tuple[Bar, ...]
    days: tuple[Day, ...]
    kinds: tuple[Bar, ...]
    fails: tuple[Bar, ...]
    series: tuple[Series, ...]
    figure: str
    accepted: int
    doubts: int


def whole(connection: Connection, figure: str = FIGURE, agency: str = "") -> Whole:
    """The store as it is now; of agencies those named, else those with the most years."""
    states = connection.execute(
        select(documents.c.state, func.count().label("n")).group_by(documents.c.state)
    ).all()
    count = select(func.coalesce(func.sum(reports.c.accepted), 0),
                   func.coalesce(func.sum(reports.c.doubts), 0))  # fmt: skip
    accepted, doubts = connection.execute(count).one()
    return Whole(
        states=tuple(Bar(row.state, row.n, {"state": row.state}) for row in states),
        days=days(connection), kinds=_kinds(connection), fails=_fails(connection),
        series=tuple(_series(connection, figure, agency)), figure=figure,
        accepted=accepted, doubts=doubts,
    )  # fmt: skip


def _kinds(connection: Connection) -> tuple[Bar, ...]:
    query = select(reports.c.kinds, func.count().label("n")).where(reports.c.kinds != "")
    found: Counter[str] = Counter()
    for row in connection.execute(query.group_by(reports.c.kinds)):
        for kind in row.kinds.split():
            found[kind] += row.n
    return tuple(Bar(kind, n, {"kind": kind}) for kind, n in found.most_common(_MOST))


def _rule(connection: Connection) -> Any:
    if connection.dialect.name == "sqlite":
        return func.json_extract(findings.c.arguments, "$.rule")
    return cast(findings.c.arguments, JSON)["rule"].as_string()


def _fails(connection: Connection) -> tuple[Bar, ...]:
    rule = _rule(connection).label("rule")
    count = func.count(distinct(findings.c.document)).label("n")
    query = select(rule, count).where(findings.c.code.in_(_FAILS)).group_by(rule)
    rows = connection.execute(query.order_by(count.desc()).limit(_MOST)).all()
    return tuple(Bar(row.rule or "?", row.n, {"rule": row.rule or ""}) for row in rows)


def _series(connection: Connection, figure: str, agency: str) -> list[Series]:
    query = (
        select(reports.c.agency_key, reports.c.agency, reports.c.year, reports.c.place,
               documents.c.sha256, cells.c.value, refs.c.edition)
        .select_from(reports.join(documents).join(cells).join(refs))
        .where(reports.c.agency_key.in_(_agencies(connection, agency)),
               reports.c.year.is_not(None), refs.c.ref == figure, cells.c.accepted,
               cells.c.value.is_not(None))
        .order_by(reports.c.agency_key, reports.c.year, documents.c.id.desc())
    )  # fmt: skip
    found: dict[str, dict[int, Point]] = {}
    called: dict[str, str] = {}
    for row in connection.execute(query):
        called.setdefault(row.agency_key, row.agency)
        point = Point(row.year, row.value, row.edition, row.sha256, row.place)
        found.setdefault(row.agency_key, {}).setdefault(row.year, point)
    return [Series(called[key], _parted(list(own.values()))) for key, own in found.items()]


def _agencies(connection: Connection, wish: str) -> Sequence[str]:
    years = func.count(distinct(reports.c.year))
    query = select(reports.c.agency_key).where(reports.c.agency_key.is_not(None))
    if wish:
        key = agency_key(wish) or ""
        query = query.where(reports.c.agency_key.contains(key, autoescape=True))
    query = query.group_by(reports.c.agency_key).order_by(years.desc(), reports.c.agency_key)
    return [key for key in connection.scalars(query.limit(_AGENCIES)) if key]


def _parted(points: Sequence[Point]) -> tuple[tuple[Point, ...], ...]:
    """Points that may be joined: of one edition, without a missing year between them."""
    pieces: list[list[Point]] = []
    for point in points:
        last = pieces[-1][-1] if pieces else None
        if last and last.edition == point.edition and last.year + 1 == point.year:
            pieces[-1].append(point)
        else:
            pieces.append([point])
    return tuple(map(tuple, pieces))


def figures() -> list[tuple[str, str]]:
    """The figures that may be followed: their refs and their labels, of the newest form."""
    from gouji.tables.findings import place_name

    return [
        (cell.ref, place_name(table, cell.ref))
        for table in all_forms()[0].tables
        for cell in table.cells
    ]


def listed(connection: Connection, wish: dict[str, str]) -> Sequence[Any]:
    """The documents behind a point of a chart, or all; the last that were read of them."""
    parts: list[ColumnElement[bool]] = []
    state, day = wish.get("state", ""), wish.get("day", "")
    if day:
        then = in_state(connection, state, day)
        parts.append(documents.c.sha256.in_(then[:_LISTED]))
    elif state:
        parts.append(documents.c.state == state)
    if kind := wish.get("kind"):
        parts.append(reports.c.kinds.contains(f" {kind} ", autoescape=True))
    if rule := wish.get("rule"):
        own = select(findings.c.document).where(findings.c.code.in_(_FAILS))
        parts.append(documents.c.id.in_(own.where(_rule(connection) == rule)))
    first = (
        select(names.c.name).where(names.c.document == documents.c.id)
        .order_by(names.c.added, names.c.name).limit(1).scalar_subquery()
    )  # fmt: skip
    fails = (
        select(func.count()).where(findings.c.document == documents.c.id,
                                   findings.c.place == reports.c.place,
                                   findings.c.code.in_(_FAILS)).scalar_subquery()
    )  # fmt: skip
    query = (
        select(documents.c.sha256, documents.c.state, first.label("name"), reports.c.place,
               reports.c.agency, reports.c.year, fails.label("fails"))
        .select_from(documents.outerjoin(reports)).where(and_(True, *parts))
        .order_by(documents.c.changed.desc(), documents.c.id).limit(_LISTED)
    )  # fmt: skip
    return connection.execute(query).all()
