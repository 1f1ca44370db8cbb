"""Cells of all documents that were read alike, decided at one stroke or picked out one by one."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any
from uuid import NAMESPACE_URL, uuid5

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import and_, func, select, text

from gouji.ingest.codebook import label_of
from gouji.ingest.review.remembered import Remembered
from gouji.ingest.review.sent import figure_of
from gouji.ingest.review.site import Site, visitor_of
from gouji.ingest.store.deciding import Cell, Same, decide_alike, undo_all
from gouji.ingest.store.schema import cells, documents, refs, reports
from gouji.ingest.store.store import Store

A_PAGE = 24
_MOST = 60
_LEAST = 2
_LONGEST = 900.0
_STATES = ("value", "zero", "not_applicable")
_KEY = re.compile(r"(?a:(\d{1,18})-(\d{1,9}))")
_CELL = re.compile(r"(?a:([0-9a-f]{64})-(\d{1,9})-(\d{1,9}))")
_DOUBTFUL = text("NOT cells.accepted")


@dataclass(frozen=True, slots=True)
class Alike:
    """What the cells of a group were read as."""

    state: str
    value: str

    @property
    def figure(self) -> Decimal | None:
        """The value; None where there is none, or it is no number."""
        return figure_of(self.value)

    @property
    def wanted(self) -> Any:
        """The condition on cells."""
        same = cells.c.value.is_(None) if self.figure is None else cells.c.value == self.figure
        return and_(_DOUBTFUL, cells.c.state == self.state, same)


def largest(store: Store, count: int) -> Sequence[Any]:
    """The largest groups: what their cells were read as, and their ``number``."""
    number = func.count().label("number")
    query = (
        select(cells.c.state, cells.c.value, number)
        .where(_DOUBTFUL, cells.c.state.in_(_STATES)).group_by(cells.c.state, cells.c.value)
        .having(number >= _LEAST).order_by(number.desc()).limit(count)
    )  # fmt: skip
    with store.reading() as connection:
        return connection.execute(query).all()


class Groups:
    """Answers about groups."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.largest = Remembered(lambda: largest(site.store, _MOST))
        """The groups, the largest first."""

    def all(self, request: Request) -> Response:
        """The groups, the largest first."""
        return self._site.page(request, "groups.html", rows=self.largest())

    def show(
        self, request: Request, alike: Alike, after: str, told: Mapping[str, int] | None = None,
        made: Sequence[str] = (), since: str = "",
    ) -> Response:  # fmt: skip
        """Some of a group, beyond the cell ``after``, and what was done: words with their counts.
        The decisions ``made`` on cells beyond ``since`` can be undone.
        """
        rows = self._rows(alike, after)
        return self._site.page(
            request, "group.html", alike=alike, rows=rows[:A_PAGE], began=f"{time.time():.3f}",
            told=told or {}, since=after, made=made, made_since=since,
            fragment=told is not None, names=[_name(row) for row in rows[:A_PAGE]],
        )  # fmt: skip

    def _rows(self, alike: Alike, after: str) -> Sequence[Any]:
        beyond: Any = text("1 = 1")
        if match := _KEY.fullmatch(after):
            first, second = map(int, match.groups())
            same = and_(cells.c.report == first, cells.c.number > second)
            beyond = (cells.c.report > first) | same
        query = (
            select(cells.c.report, cells.c.number, documents.c.sha256, reports.c.place,
                   reports.c.agency, reports.c.year, refs)
            .select_from(cells.join(reports).join(documents).join(refs))
            .where(alike.wanted, beyond).order_by(cells.c.report, cells.c.number)
            .limit(A_PAGE + 1)
        )  # fmt: skip
        with self._site.store.reading() as connection:
            return connection.execute(query).all()

    def decide(
        self, request: Request, alike: Alike, chosen: list[str], began: str, after: str, since: str
    ) -> Response:
        """The cells chosen say what they were read as."""
        same = [one for key in chosen[:A_PAGE] if (one := self._same(request, alike, key, began))]
        same.sort(key=lambda one: one.cell.sha256)
        made = decide_alike(
            self._site.store, same, by=visitor_of(request).name, seconds=_seconds(began, len(same)),
        )  # fmt: skip
        told = {"group_done": len(made), "group_left": len(chosen) - len(made)}
        return self.show(request, alike, after, told, [one.uid for one in made], since)

    def undo(self, request: Request, alike: Alike, made: list[str], since: str) -> Response:
        """Take back what was decided at one stroke, and show those cells again."""
        undone = undo_all(self._site.store, made[:A_PAGE], by=visitor_of(request).name)
        return self.show(request, alike, since, {"group_undone": len(undone)})

    def _same(self, request: Request, alike: Alike, key: str, began: str) -> Same | None:
        """One cell chosen; None if it no longer is what was shown, or nobody could see it."""
        if not (match := _CELL.fullmatch(key)):
            return None
        sha256, place, number = match[1], int(match[2]), int(match[3])
        dossier = self._site.dossier(request, sha256)
        if dossier is None or place >= len(dossier.records):
            return None
        found = dossier.records[place].cells
        if number >= len(found):
            return None
        cell, read = found[number], dossier.read[place].cells[number]
        known = (cell.state, cell.value) == (alike.state, alike.figure)
        if cell.accepted or not known or cell.box is None:
            return None
        table, ref = dossier.places(place)[number]
        uid = uuid5(NAMESPACE_URL, f"{key} {began} {visitor_of(request).key}").hex
        return Same(Cell(sha256, place, table, ref), read.written, uid, cell.value, cell.state)


def _name(row: Any) -> str:
    """A cell in an official's words."""
    return label_of(row.edition, row.ref.partition("#")[0])


def _seconds(began: str, count: int) -> float | None:
    try:
        took = time.time() - float(began)
    except ValueError:
        return None
    return round(took / count, 3) if count and 0 <= took <= _LONGEST else None


def routes(groups: Groups) -> APIRouter:
    """The addresses of groups."""
    router = APIRouter(default_response_class=HTMLResponse)

    @router.get("/groups")
    def all_(request: Request) -> Response:
        return groups.all(request)

    @router.get("/groups/show")
    def show(request: Request, state: str, value: str = "", after: str = "") -> Response:
        return groups.show(request, Alike(state, value[:40]), after[:40])

    @router.post("/groups/decide")
    def decide(
        request: Request,
        state: Annotated[str, Form(pattern="^(value|zero|not_applicable)$")],
        value: Annotated[str, Form(max_length=40)] = "",
        began: Annotated[str, Form(max_length=40)] = "",
        after: Annotated[str, Form(max_length=40)] = "",
        since: Annotated[str, Form(max_length=40)] = "",
        cell: Annotated[list[str] | None, Form()] = None,
    ) -> Response:
        return groups.decide(request, Alike(state, value), cell or [], began, after, since)

    @router.post("/groups/undo")
    def undo(
        request: Request,
        state: Annotated[str, Form(pattern="^(value|zero|not_applicable)$")],
        value: Annotated[str, Form(max_length=40)] = "",
        since: Annotated[str, Form(max_length=40)] = "",
        made: Annotated[list[str] | None, Form()] = None,
    ) -> Response:
        return groups.undo(request, Alike(state, value), made or [], since)

    return router
