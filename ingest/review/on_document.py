"""A document: its page, its form, a cell at a time, and what is decided about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import NAMESPACE_URL, uuid5

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from gouji.ingest.review import choice, queue, view
from gouji.ingest.review.dossier import Dossier
from gouji.ingest.review.panel import next_cell, of_cell, of_report
from gouji.ingest.review.sent import Postponed, changes_of, decided_as, read_as, seconds_since
from gouji.ingest.review.site import Site, visitor_of
from gouji.ingest.review.source import lines_of
from gouji.ingest.store.deciding import (
    Cell,
    OvertakenError,
    Same,
    cell_of,
    decide,
    decide_alike,
    undo,
    undo_all,
)
from gouji.ocr.finding import DocumentError

_A_ROW = 100


def _uid(sent: dict[str, str], ref: str) -> str:
    """The name of the entry of one cell among those sent together."""
    return uuid5(NAMESPACE_URL, f"{sent['uid']} {ref}").hex


class Desk:
    """Answers about documents."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.queue = queue.Queue(site.store)
        self.postponed = Postponed()

    # --- showing ----------------------------------------------------------------------------------

    def document(
        self, request: Request, sha256: str, place: int, cell: int | None, last: bool
    ) -> Response:
        """The whole page; ``last``: somebody came to undo the decision on this cell."""
        dossier = self._dossier(request, sha256, place)
        if dossier is None:
            return self.missing(request)
        doubts = dossier.doubts(place)
        number = cell if cell is not None and cell < len(dossier.records[place].cells) else None
        if number is None and doubts:
            number = self._next(request, dossier, place, -1)
        panel = self._panel(request, dossier, place, number)
        if last and panel.get("held"):
            panel["told"] = ("told_last", number)
        return self.site.page(
            request, "document.html", dossier=dossier, place=place, record=dossier.records[place],
            sheets=view.sheets(dossier, place), shown=view.shown(dossier, place),
            pages=dossier.read[place].source.pages, **panel,
        )  # fmt: skip

    def cell(self, request: Request, sha256: str, place: int, number: int) -> Response:
        """The panel of one cell."""
        dossier = self._dossier(request, sha256, place)
        if dossier is None or number >= len(dossier.records[place].cells):
            return self.missing(request)
        return self._answer(request, dossier, place, number)

    def sums(self, request: Request, sha256: str, place: int, number: int, text: str) -> Response:
        """The sums with what is being typed."""
        dossier = self._dossier(request, sha256, place)
        if dossier is None or number >= len(dossier.records[place].cells):
            return self.missing(request)
        record = dossier.records[place]
        cell = record.cells[number]
        known = view.form_cell(record, cell)
        typed = choice.typed_as(text, cell, known) if text.strip() else None
        found = choice.sums(record, number, typed)
        return self.site.page(
            request,
            "sums.html",
            sums=found,
            typed=typed if known and known.money else None,
            wrong=bool(text.strip()) and not typed,
        )

    def source(self, request: Request, sha256: str, place: int) -> Response:
        """The text of a source without pages, with its cells marked."""
        dossier = self._dossier(request, sha256, place)
        if dossier is None:
            return self.missing(request)
        try:
            text, known = self.site.pictures.text(dossier)
        except DocumentError as error:
            return self.site.page(request, "trouble.html", finding=error.finding)
        lines = lines_of(text, view.shown(dossier, place), known)
        return self.site.page(request, "source.html", groups=lines)

    def missing(self, request: Request) -> Response:
        """There is no such thing."""
        return self.site.page(request, "missing.html", 404)

    # --- deciding ---------------------------------------------------------------------------------

    def decide(self, request: Request, sha256: str, place: int, sent: dict[str, str]) -> Response:
        """A decision was sent. What is wrong with it, or late, is shown with what was sent. Which
        cell it is about its names say: numbers change when a document is read again.
        """
        dossier, named = self._dossier(request, sha256, place), (sent["table"], sent["ref"])
        if dossier is None or named not in dossier.places(place):
            return self.missing(request)
        record, number = dossier.records[place], dossier.places(place).index(named)
        decided = decided_as(sent, record, number)
        if decided is None:
            return self._answer(request, dossier, place, number, 422, wrong=sent["text"])
        text, known = sent["text"] or sent["value"], view.form_cell(record, record.cells[number])
        if choice.is_slip(decided[1], known) and sent["sure"] != text:
            return self._answer(request, dossier, place, number, 422, wrong=text, slip=True)
        visitor, now_read = visitor_of(request), dossier.read[place].cells[number].written
        try:
            decide(
                self.site.store, Cell(sha256, place, *named), decided[1], decided[0],
                by=visitor.name, read=read_as(sent["read"], now_read),
                seconds=seconds_since(sent["began"]), uid=sent["uid"], after=sent["after"] or None,
            )  # fmt: skip
        except OvertakenError as late:
            after = self._dossier(request, sha256, place) or dossier
            mine = choice.Option(sent["text"], decided[0], decided[1])
            return self._answer(request, after, place, number, 409, late=late.held, mine=mine,
                                changes=[view.shown(after, place)[number]])  # fmt: skip
        self.postponed.of(visitor.key).discard((sha256, place, number))
        return self._moved(request, dossier, place, number, "told_decided",
                           held=choice.sums(record, number, None))  # fmt: skip

    def decide_row(
        self, request: Request, sha256: str, place: int, number: int, sent: dict[str, str]
    ) -> Response:
        """All cells in doubt of a row say what was read: an entry each. Should that no longer be
        what was shown, nothing is decided.
        """
        dossier = self._dossier(request, sha256, place)
        if dossier is None or number >= len(dossier.records[place].cells):
            return self.missing(request)
        record, read = dossier.records[place], dossier.read[place].cells
        row = choice.row_of(record, dossier.read[place], number)
        again = any(entry.uid == _uid(sent, entry.ref) for entry in dossier.entries)
        if again or not row or choice.said_by(record, row) != sent["said"]:
            return self._answer(request, dossier, place, number, 200 if again else 422)
        places, took = dossier.places(place), seconds_since(sent["began"])
        made = decide_alike(
            self.site.store,
            [Same(Cell(sha256, place, *places[n]), read[n].written, _uid(sent, places[n][1]),
                  one.value, one.state) for n, one in row],
            by=visitor_of(request).name, seconds=took and round(took / len(row), 3),
        )  # fmt: skip
        return self._moved(request, dossier, place, number, "told_row",
                           made=[entry.uid for entry in made])  # fmt: skip

    def undo_row(
        self, request: Request, sha256: str, place: int, number: int, made: list[str]
    ) -> Response:
        """Take back what was decided at one stroke, and go there."""
        before = self._dossier(request, sha256, place)
        if before is None or number >= len(before.records[place].cells):
            return self.missing(request)
        undo_all(self.site.store, made[:_A_ROW], by=visitor_of(request).name)
        after = self._dossier(request, sha256, place) or before
        changes = changes_of(before, after, place)
        return self._answer(request, after, place, number, changes=changes,
                            told=("told_undone", number))  # fmt: skip

    def postpone(self, request: Request, sha256: str, place: int, number: int) -> Response:
        """Put a cell off: it comes again when the others are done."""
        dossier = self._dossier(request, sha256, place)
        if dossier is None:
            return self.missing(request)
        self.postponed.of(visitor_of(request).key).add((sha256, place, number))
        return self._moved(request, dossier, place, number, "told_postponed")

    def undo(self, request: Request, sha256: str, place: int, shown: str) -> Response:
        """Take back the decision on the cell ``shown``; else the visitor's last one in this report,
        and go there. To one in another report only go there: nothing unseen is undone.
        """
        before, by = self._dossier(request, sha256, place), visitor_of(request).name
        if before is None:
            return Response(status_code=204)
        own = next((d for d in before.entries if d.uid == shown), None)
        found = (own.uid, cell_of(own)) if own else queue.last_decision(self.site.store, by)
        dossier = self._dossier(request, found[1].sha256, found[1].place) if found else None
        if found is None or dossier is None:
            return Response(status_code=204)
        uid, cell = found
        places = dossier.places(cell.place)
        number = places.index((cell.table, cell.ref)) if (cell.table, cell.ref) in places else 0
        if (cell.sha256, cell.place) != (sha256, place):
            where = f"/d/{cell.sha256}/{cell.place}?cell={number}&last=1"
            return Response(status_code=204, headers={"HX-Redirect": where})
        try:
            undo(self.site.store, uid, by=by)
        except DocumentError as error:  # undone in another window: what holds now is shown
            if error.finding.code != "no_such_decision":
                raise
        after = self._dossier(request, sha256, place) or before
        changes = changes_of(before, after, place)
        return self._answer(request, after, place, number, changes=changes,
                            told=("told_undone", number))  # fmt: skip

    def following(self, request: Request, sha256: str) -> Response:
        """Go to the next document of the queue."""
        put_off = {(s, p) for s, p, _ in self.postponed.of(visitor_of(request).key)}
        found = self.queue.after(sha256, frozenset(put_off))
        where = f"/d/{found[0]}/{found[1]}" if found else "/"
        if "HX-Request" in request.headers:
            return Response(status_code=204, headers={"HX-Redirect": where})
        return RedirectResponse(where, 303)

    # --- inside -----------------------------------------------------------------------------------

    def _dossier(self, request: Request, sha256: str, place: int) -> Dossier | None:
        dossier = self.site.dossier(request, sha256)
        return dossier if dossier and place < len(dossier.records) else None

    def _next(self, request: Request, dossier: Dossier, place: int, number: int) -> int | None:
        put_off = self.postponed.of(visitor_of(request).key)
        return next_cell(dossier, place, number, put_off)

    def _moved(
        self, request: Request, before: Dossier, place: int, number: int, told: str,
        held: Sequence[choice.Sum] | None = None, made: Sequence[str] = (),
    ) -> HTMLResponse:  # fmt: skip
        """On to the next cell, with what has changed meanwhile, what was done, which of the sums
        that ``held`` until then that has broken, and the decisions ``made`` together.
        """
        after = self._dossier(request, before.sha256, place) or before
        changes = changes_of(before, after, place)
        following = self._next(request, after, place, number)
        now = choice.sums(after.records[place], number, None)
        broken = [] if held is None else choice.broken(held, now)
        return self._answer(request, after, place, following, changes=changes,
                            told=(told, number), broken=broken, made=made)  # fmt: skip

    def _answer(
        self, request: Request, dossier: Dossier, place: int, number: int | None,
        status: int = 200, **more: Any,
    ) -> HTMLResponse:  # fmt: skip
        values = self._panel(request, dossier, place, number) | more
        answer = self.site.page(
            request, "panel.html", status, dossier=dossier, place=place, **values
        )
        where = f"/d/{dossier.sha256}/{place}"
        answer.headers["HX-Replace-Url"] = where if number is None else f"{where}?cell={number}"
        return answer

    def _panel(
        self, request: Request, dossier: Dossier, place: int, number: int | None
    ) -> dict[str, Any]:
        visitor = visitor_of(request)
        common = of_report(dossier, place, number)
        if number is None:
            return common
        cell = of_cell(self.site.store, visitor, dossier, place, number)
        return common | cell | {"following": self._next(request, dossier, place, number)}


def routes(desk: Desk) -> APIRouter:
    """The addresses of documents."""
    router = APIRouter(default_response_class=HTMLResponse)
    base = "/d/{sha256}/{place}"

    @router.get(base)
    def document(
        request: Request, sha256: str, place: int,
        cell: Annotated[int | None, Query(ge=0)] = None, last: bool = False,
    ) -> Response:  # fmt: skip
        return desk.document(request, sha256, max(place, 0), cell, last)

    @router.get(base + "/cell/{number}")
    def cell(request: Request, sha256: str, place: int, number: int) -> Response:
        return desk.cell(request, sha256, max(place, 0), max(number, 0))

    @router.get(base + "/sums/{number}")
    def sums(request: Request, sha256: str, place: int, number: int, text: str = "") -> Response:
        return desk.sums(request, sha256, max(place, 0), max(number, 0), text[:100])

    @router.get(base + "/source")
    def source(request: Request, sha256: str, place: int) -> Response:
        return desk.source(request, sha256, max(place, 0))

    @router.post(base + "/decide/{number}")
    def decide_(
        request: Request, sha256: str, place: int,
        table: Annotated[str, Form()], ref: Annotated[str, Form()],
        uid: Annotated[str, Form(pattern="^[0-9a-f]{32}$")],
        read: Annotated[str, Form()] = "", after: Annotated[str, Form()] = "",
        began: Annotated[str, Form()] = "",
        state: Annotated[str, Form()] = "", value: Annotated[str, Form(max_length=60)] = "",
        text: Annotated[str, Form(max_length=100)] = "",
        sure: Annotated[str, Form(max_length=100)] = "",
    ) -> Response:  # fmt: skip
        sent = {"sure": sure, "table": table, "ref": ref, "uid": uid, "read": read, "after": after,
                "began": began, "state": state, "value": value, "text": text}  # fmt: skip
        return desk.decide(request, sha256, max(place, 0), sent)

    @router.post(base + "/row/{number}")
    def decide_row(
        request: Request, sha256: str, place: int, number: int,
        uid: Annotated[str, Form(pattern="^[0-9a-f]{32}$")],
        said: Annotated[str, Form(max_length=9000)], began: Annotated[str, Form()] = "",
    ) -> Response:  # fmt: skip
        sent = {"uid": uid, "said": said, "began": began}
        return desk.decide_row(request, sha256, max(place, 0), max(number, 0), sent)

    @router.post(base + "/undo/{number}")
    def undo_row(
        request: Request, sha256: str, place: int, number: int,
        made: Annotated[list[str] | None, Form()] = None,
    ) -> Response:  # fmt: skip
        return desk.undo_row(request, sha256, max(place, 0), max(number, 0), made or [])

    @router.post(base + "/postpone/{number}")
    def postpone(request: Request, sha256: str, place: int, number: int) -> Response:
        return desk.postpone(request, sha256, max(place, 0), max(number, 0))

    @router.post(base + "/undo")
    def undo_(request: Request, sha256: str, place: int, shown: str = "") -> Response:
        return desk.undo(request, sha256, max(place, 0), shown)

    @router.get("/next")
    def following(request: Request, sha256: str = "") -> Response:
        return desk.following(request, sha256)

    return router
