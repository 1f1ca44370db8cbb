"""Second opinions: a cell alone, without what was read or decided; and the rates of error."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from gouji.ingest.review import second, view
from gouji.ingest.review.sent import decided_as, seconds_since
from gouji.ingest.review.site import Site, visitor_of
from gouji.ingest.store.deciding import Cell


class Seconds:
    """Answers about second opinions."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def show(self, request: Request, agreed: bool | None = None) -> Response:
        """The next cell, if one is asked for, and the rates."""
        import time

        with self._site.store.reading() as connection:
            program, reviewers = second.rates(connection)
        asked = None
        if visitor_of(request).may_change:
            asked = second.asked(self._site.store, self._site.settings, visitor_of(request).name)
        values: dict[str, Any] = {"program": program, "reviewers": reviewers, "asked": None}
        if asked is not None and (found := self._found(request, asked.cell)) is not None:
            dossier, number = found
            read = dossier.read[asked.cell.place].cells[number]
            pages = dossier.read[asked.cell.place].source.pages
            values |= {
                "asked": asked, "dossier": dossier, "read": read, "number": number,
                "name": view.shown(dossier, asked.cell.place)[number].name,
                "page": next((p for p in pages if p.number == read.page), None),
                "uid": uuid4().hex, "began": f"{time.time():.3f}",
                "known": view.form_cell(dossier.read[asked.cell.place], read),
            }  # fmt: skip
        return self._site.page(
            request, "second.html", agreed=agreed, settings=self._site.settings, **values
        )

    def _found(self, request: Request, cell: Cell) -> tuple[Any, int] | None:
        dossier = self._site.dossier(request, cell.sha256)
        if dossier is None or cell.place >= len(dossier.records):
            return None
        places = dossier.places(cell.place)
        return (dossier, places.index((cell.table, cell.ref))) if (
            cell.table, cell.ref) in places else None  # fmt: skip

    def give(self, request: Request, cell: Cell, sent: dict[str, str]) -> Response:
        """An opinion was sent."""
        found = self._found(request, cell)
        if found is None:
            return self._site.page(request, "missing.html", 404)
        dossier, number = found
        said = decided_as(sent, dossier.records[cell.place], number)
        if said is None:
            return self.show(request)
        counts = dossier.records[cell.place].cells[number]
        one = second.Asked(cell, sent["of"] or None)
        agreed = second.give(
            self._site.store, one, said, (counts.state, counts.value),
            by=visitor_of(request).name, uid=sent["uid"], seconds=seconds_since(sent["began"]),
        )  # fmt: skip
        return self.show(request, agreed)


def routes(seconds: Seconds) -> APIRouter:
    """The addresses of second opinions."""
    router = APIRouter(default_response_class=HTMLResponse)

    @router.get("/second")
    def show(request: Request) -> Response:
        return seconds.show(request)

    @router.post("/second")
    def give(
        request: Request,
        sha256: Annotated[str, Form()], place: Annotated[int, Form(ge=0)],
        table: Annotated[str, Form()], ref: Annotated[str, Form()],
        uid: Annotated[str, Form(pattern="^[0-9a-f]{32}$")], of: Annotated[str, Form()] = "",
        began: Annotated[str, Form()] = "", state: Annotated[str, Form()] = "",
        text: Annotated[str, Form(max_length=100)] = "",
    ) -> Response:  # fmt: skip
        sent = {"uid": uid, "of": of, "began": began, "state": state, "value": "", "text": text}
        return seconds.give(request, Cell(sha256, place, table, ref), sent)

    return router
