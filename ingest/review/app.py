"""The application put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

from gouji.ingest.review import on_document, on_drop, on_groups, on_second, on_whole
from gouji.ingest.review.guard import COOKIE, NAME, Access, Guard, keep
from gouji.ingest.review.queue import A_PAGE, Wish, others_at
from gouji.ingest.review.reading import Reading
from gouji.ingest.review.site import LANGUAGE, Site, visitor_of
from gouji.ingest.settings import Settings
from gouji.ingest.store.faults import StoreError
from gouji.ingest.store.store import Store
from gouji.ocr.finding import DocumentError

_MOST = 1_000_000
_KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}


def application(settings: Settings, store: Store, access: Access) -> FastAPI:
    """The web application on a store; it closes what it opened itself, not the store."""
    site = Site(settings, store, access)
    reading = Reading(settings, store)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        reading.tidy()
        yield
        site.close()
        reading.close()

    app = FastAPI(
        docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan,
        default_response_class=HTMLResponse,
    )  # fmt: skip
    app.state.site = site
    desk = on_document.Desk(site)
    app.middleware("http")(Guard(access))
    app.include_router(on_document.routes(desk))
    app.include_router(on_drop.routes(on_drop.Drop(site, reading)))
    groups = on_groups.Groups(site)
    app.include_router(on_groups.routes(groups))
    app.include_router(on_whole.routes(on_whole.Overview(site)))
    app.include_router(on_second.routes(on_second.Seconds(site)))
    _common(app, site)
    _front(app, site, desk, groups)
    _pictures(app, site)
    _faults(app, site)
    return app


def _front(app: FastAPI, site: Site, desk: on_document.Desk, groups: on_groups.Groups) -> None:
    """The queue, which is the first page."""

    @app.get("/")
    def front(
        request: Request, agency: str = "", year: str = "", kind: str = "", page: int = 0
    ) -> Response:
        wish, page = Wish(agency[:100], year[:4], kind[:60]), min(max(page, 0), _MOST)
        rows = desk.queue.page(wish, page)
        return site.page(
            request, "queue.html", rows=rows[:A_PAGE], more=len(rows) > A_PAGE, wish=wish,
            groups=groups.largest()[:1],
            number=page, left=desk.queue.left(wish), menus=desk.queue.menus(),
            others=others_at(site.store, {row.sha256 for row in rows}, visitor_of(request)),
        )  # fmt: skip


def _pictures(app: FastAPI, site: Site) -> None:
    """Pictures of pages and of cells; they never change."""

    @app.get("/page/{sha256}/{number}.png")
    def page(request: Request, sha256: str, number: int) -> Response:
        dossier = site.dossier(request, sha256)
        if dossier is None:
            raise HTTPException(404)
        return _png(site.pictures.page(dossier, number))

    @app.get("/cut/{sha256}/{place}/{number}.png")
    def cut(request: Request, sha256: str, place: int, number: int) -> Response:
        dossier = site.dossier(request, sha256)
        if dossier is None or not 0 <= place < len(dossier.read):
            raise HTTPException(404)
        cells = dossier.read[place].cells
        if not 0 <= number < len(cells):
            raise HTTPException(404)
        return _png(site.pictures.cut(dossier, cells[number]))


def _png(data: bytes) -> Response:
    return Response(
        data, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"}
    )


def _common(app: FastAPI, site: Site) -> None:
    """What stands on every page: style, language, names, accounts."""
    packed = files("gouji.ingest.review") / "static"
    static = {item.name: item.read_bytes() for item in packed.iterdir()}

    @app.get("/static/{name}")
    def file(name: str) -> Response:
        if name not in static:
            raise HTTPException(404)
        kind = _KINDS.get(name.rpartition(".")[2], "application/octet-stream")
        return Response(static[name], media_type=kind, headers={"Cache-Control": "max-age=600"})

    @app.get("/help")
    def help_(request: Request) -> Response:
        return site.page(request, "help.html")

    @app.post("/language")
    def language(request: Request, wish: Annotated[str, Form()]) -> Response:
        answer = Response(status_code=204, headers={"HX-Refresh": "true"})
        keep(answer, LANGUAGE, "zh" if wish == "zh" else "en", request)
        return answer

    @app.post("/name")
    def name(request: Request, name: Annotated[str, Form(max_length=40)]) -> Response:
        answer = Response(status_code=204, headers={"HX-Refresh": "true"})
        keep(answer, NAME, name.strip(), request)
        return answer

    @app.get("/login")
    def login(request: Request) -> Response:
        return site.page(request, "login.html", failed=None)

    @app.post("/login")
    def log_in(
        request: Request,
        name: Annotated[str, Form(max_length=100)],
        password: Annotated[str, Form(max_length=1000)],
    ) -> Response:
        accounts = site.access.accounts
        if accounts is None:
            return RedirectResponse("/", 303)
        try:
            address = request.client.host if request.client else ""
            cookie = accounts.log_in(name, password, address)
        except DocumentError as error:
            return site.page(request, "login.html", 422, failed=error.finding)
        if cookie is None:
            return site.page(request, "login.html", 422, failed="wrong")
        answer = Response(status_code=204, headers={"HX-Redirect": "/"})
        keep(answer, COOKIE, cookie, request)
        return answer

    @app.post("/logout")
    def log_out(request: Request) -> Response:
        if site.access.accounts is not None:
            site.access.accounts.log_out(visitor_of(request).cookie)
        answer = Response(status_code=204, headers={"HX-Redirect": "/login"})
        answer.delete_cookie(COOKIE)
        return answer


def _faults(app: FastAPI, site: Site) -> None:
    """What goes wrong, said on a page."""

    @app.exception_handler(DocumentError)
    def fault(request: Request, error: DocumentError) -> Response:
        status = 503 if isinstance(error, StoreError) else 404
        return site.page(request, "trouble.html", status, finding=error.finding)

    @app.exception_handler(404)
    def missing(request: Request, _: HTTPException) -> Response:
        return site.page(request, "missing.html", 404)
