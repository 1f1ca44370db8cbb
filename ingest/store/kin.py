"""Reports of the same agency, region, year and scope: copies, revisions, or two that differ.

Nothing of it is stored: it follows from the reports that there are, in whatever order they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any, Literal

from sqlalchemy import Connection, Row, and_, func, select, tuple_

from gouji.ingest.store.schema import documents, reports
from gouji.ocr.finding import Finding

Relation = Literal["copy", "revision", "differs", "unclear"]
_CODES: dict[Relation, str] = {
    "copy": "kin_copy", "revision": "kin_revision",
    "differs": "kin_differs", "unclear": "kin_unclear",
}  # fmt: skip
_ALIKE = (reports.c.agency_key, reports.c.region_code, reports.c.year, reports.c.scope)


@dataclass(frozen=True, slots=True)
class Member:
    """One of several reports that say that they are the same.

    ``figures`` is None while a cell is in doubt, and where there is none.
    """

    id: int
    sha256: str
    place: int
    published: str | None
    signed: str | None
    figures: str | None


@dataclass(frozen=True, slots=True)
class Kin:
    """What a report is to another, ``of``.

    A ``copy`` has the same figures; a ``revision`` has others and is later, as the dates in both
    say; ``differs``: no date tells which holds; ``unclear``: not all cells are certain, or there
    are none.
    """

    relation: Relation
    of: Member

    @property
    def finding(self) -> Finding:
        """What to tell people about it."""
        arguments: dict[str, str | int] = {
            "other": self.of.sha256[:12],
            "number": self.of.place + 1,
        }
        return Finding(f"kin_{self.relation}", arguments)


def relations(group: Sequence[Member]) -> dict[int, Kin]:
    """What each of the reports of a group is to another, by its id; the first is nothing."""
    dated = _dates(group)
    ordered = sorted(group, key=lambda m: (dated.get(m.id) or "~", m.sha256, m.place))
    first: dict[str, Member] = {}
    kin: dict[int, Kin] = {}
    for member in ordered:
        if member.figures is None:
            others = (other for other in ordered if other != member)
            kin[member.id] = Kin("unclear", next(others, member))
        elif (known := first.setdefault(member.figures, member)) != member:
            kin[member.id] = Kin("copy", known)
    versions = list(first.values())
    if _one_after_another(ordered, dated):
        return kin | {later.id: Kin("revision", old) for old, later in pairwise(versions)}
    return kin | {
        member.id: Kin("differs", versions[member == versions[0]]) for member in versions
    }  # fmt: skip


def _dates(group: Iterable[Member]) -> dict[int, str]:
    """The dates by which reports are compared: of one kind, and only if all have it."""
    proved = [member for member in group if member.figures]
    for kind in ("published", "signed"):
        found = {member.id: getattr(member, kind) for member in proved}
        if all(found.values()):
            return found
    return {}


def _one_after_another(ordered: Sequence[Member], dated: dict[int, str]) -> bool:
    """Whether the dates say plainly in which order the different figures were published."""
    proved = [member for member in ordered if member.figures]
    runs = [figures for figures, _ in groupby(proved, key=lambda m: m.figures)]
    if len(runs) != len(set(runs)) or (len(runs) > 1 and not dated):
        return False
    return all(
        a.figures == b.figures or dated[a.id] < dated[b.id] for a, b in pairwise(proved)
    )  # fmt: skip


def others(connection: Connection, document: int) -> Sequence[Any]:
    """The reports of other documents that are of the same agency, region, year and scope as those
    of a document: its ``place`` there; their ``report``, ``document``, ``sha256``, ``other_place``.
    """
    own, other = reports.alias(), reports.alias()
    same = [own.c[column.name] == other.c[column.name] for column in _ALIKE]
    query = (
        select(own.c.place, other.c.id.label("report"), other.c.place.label("other_place"),
               other.c.document, documents.c.sha256)
        .select_from(own.join(other, and_(*same, own.c.document != other.c.document))
                     .join(documents, documents.c.id == other.c.document))
        .where(own.c.document == document).order_by(documents.c.sha256, other.c.place)
    )  # fmt: skip
    return connection.execute(query).all()


def kin_of(connection: Connection, document: int | None = None) -> dict[int, Kin]:
    """The kin of a document's reports, or of all reports, by the id of the report.

    A report that lacks one of agency, region, year and scope is like no other, and so is one of a
    document that could not be read again.
    """
    known = [column.is_not(None) for column in _ALIKE]
    keys = select(*_ALIKE).where(*known).group_by(*_ALIKE).having(func.count() > 1)
    if document is not None:
        keys = select(*_ALIKE).where(*known, reports.c.document == document)
    wanted = (
        select(reports, documents.c.sha256)
        .join(documents)
        .where(tuple_(*_ALIKE).in_(keys), documents.c.state.in_(("clean", "needs_review")))
        .order_by(*_ALIKE)
    )
    kin: dict[int, Kin] = {}
    for _, rows in groupby(connection.execute(wanted), key=_key):
        group = list(_members(rows))
        kin |= relations(group) if len(group) > 1 else {}
    return kin


def _key(row: Row[Any]) -> tuple[object, ...]:
    return tuple(getattr(row, column.name) for column in _ALIKE)


def _members(rows: Iterable[Row[Any]]) -> Iterator[Member]:
    for row in rows:
        yield Member(row.id, row.sha256, row.place, row.published, row.signed, row.figures)
