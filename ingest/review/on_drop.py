"""Files dropped on the page, what came of them, and a report to take along."""

from __future__ import annotations

import io
import re
from pathlib import PurePosixPath
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from gouji.ingest.review import view
from gouji.ingest.review.reading import Reading
from gouji.ingest.review.site import Site, language_for
from gouji.ingest.store.model import Document
from gouji.ingest.store.schema import findings
from gouji.ingest.store.tending import forget, retry
from gouji.ingest.summary import summary_of
from gouji.ocr.finding import DocumentError, Finding
from gouji.tables.record import Record

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


class Drop:
    """Answers about files dropped."""

    def __init__(self, site: Site, reading: Reading) -> None:
        self._site = site
        self._reading = reading

    async def take(self, request: Request, name: str) -> Response:
        """Take a file in: its bytes are the body of the request."""
        try:
            path = await self._reading.save(request.stream())
            documents = await run_in_threadpool(self._reading.take, path, name)
        except DocumentError as error:
            return self._site.page(request, "dropped.html", 422, name=name, failed=error.finding,
                                   documents=[])  # fmt: skip
        states = [await run_in_threadpool(self._told, request, one.sha256) for one in documents]
        return self._site.page(
            request, "dropped.html", name=name, failed=None, documents=states
        )  # fmt: skip

    def state(self, request: Request, sha256: str) -> Response:
        """What has become of a document that was dropped."""
        told = self._told(request, sha256)
        if told is None:
            return self._site.page(request, "missing.html", 404)
        return self._site.page(request, "dropped_one.html", one=told)

    def again(self, request: Request, sha256: str) -> Response:
        """A document that failed is read once more."""
        document = self._site.store.document(sha256)
        if document is not None and document.state == "failed":
            retry(self._site.store, [sha256])
            self._reading.want(document.id)
        return self.state(request, sha256)

    def forget(self, request: Request, sha256: str) -> Response:
        """Take a document out of the list that is no report or could not be read, and about which
        nobody has decided anything.
        """
        document, dossier = self._site.store.document(sha256), self._site.dossier(request, sha256)
        useless = document is not None and document.state in ("no_report", "failed")
        if not useless or (dossier is not None and dossier.entries):
            return self._site.page(request, "missing.html", 404)
        forget(self._site.store, [sha256])
        return Response()

    def _told(self, request: Request, sha256: str) -> dict[str, object] | None:
        document = self._site.store.document(sha256)
        if document is None:
            return None
        told: dict[str, object] = {"document": document, "summaries": [], "why": None}
        if document.state == "failed" and document.code != "interrupted":
            told["why"] = self._reason(document)
        dossier = self._site.dossier(request, sha256)
        if dossier is not None and document.state not in ("waiting", "failed"):
            say = view.say_in(language_for(request))
            told["summaries"] = [summary_of(record, say) for record in dossier.records]
        return told

    def _reason(self, document: Document) -> Finding:
        import json

        wanted = select(findings).where(findings.c.document == document.id)
        with self._site.store.reading() as connection:
            row = connection.execute(wanted.where(findings.c.code == document.code)).first()
        arguments = json.loads(row.arguments) if row else {"reason": ""}
        return Finding(document.code or "crashed", arguments, page=row.page if row else None)

    def report(self, request: Request, sha256: str, place: int, kind: str) -> Response:
        """A report as one file: HTML, or XLSX in the official layout."""
        dossier = self._site.dossier(request, sha256)
        if dossier is None or not 0 <= place < len(dossier.records):
            return self._site.page(request, "missing.html", 404)
        record, language = dossier.records[place], language_for(request)
        if kind == "xlsx":
            data, media = _workbook(record, request), _XLSX
        else:
            text = self._site.render(
                "report.html", language, record=record, dossier=dossier,
                sheets=view.sheets(dossier, place),
            )  # fmt: skip
            data, media = text.encode(), "text/html; charset=utf-8"
        about = record.report
        named = f"{about.agency}{about.year}_" if about and about.agency and about.year else ""
        file = PurePosixPath(dossier.name).stem + (f"_{place + 1}" if place else "")
        stem = _NOT_IN_NAMES.sub("_", named + file)[:80]
        disposition = f"attachment; filename*=UTF-8''{quote(f'{stem}.{kind}')}"
        return Response(data, media_type=media, headers={"Content-Disposition": disposition})


def _workbook(record: Record, request: Request) -> bytes:
    from gouji.ingest.export_xlsx import write_xlsx

    target = io.BytesIO()
    write_xlsx(target, [record], language_for(request))
    return target.getvalue()


def routes(drop: Drop) -> APIRouter:
    """The addresses of dropped files and of reports to take along."""
    router = APIRouter(default_response_class=HTMLResponse)

    @router.post("/drop")
    async def take(request: Request, name: str = "") -> Response:
        return await drop.take(request, name[:500])

    @router.get("/drop/{sha256}")
    def state(request: Request, sha256: str) -> Response:
        return drop.state(request, sha256)

    @router.post("/drop/{sha256}/again")
    def again(request: Request, sha256: str) -> Response:
        return drop.again(request, sha256)

    @router.post("/drop/{sha256}/forget")
    def forget_(request: Request, sha256: str) -> Response:
        return drop.forget(request, sha256)

    @router.get("/d/{sha256}/{place}/report.{kind}")
    def report(request: Request, sha256: str, place: int, kind: str) -> Response:
        return drop.report(request, sha256, place, "xlsx" if kind == "xlsx" else "html")

    return router
