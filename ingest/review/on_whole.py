"""The overview, and the documents behind each of its points."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from gouji.ingest.messages import Language
from gouji.ingest.review import charts
from gouji.ingest.review.site import Render, Site
from gouji.ingest.review.whole import FIGURE, Whole, figures, listed, whole

_REMEMBERED = 60.0
_WISHES = ("state", "day", "kind", "rule")


class Overview:
    """Answers about the whole. What is reckoned is remembered for a minute."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._known: dict[tuple[str, str], tuple[float, Whole]] = {}

    def show(self, request: Request, figure: str, agency: str) -> Response:
        """The charts."""
        figure = figure if figure in dict(figures()) else FIGURE
        at, found = self._known.get((figure, agency), (0.0, None))
        if found is None or time.monotonic() - at > _REMEMBERED:
            with self._site.store.reading() as connection:
                found = whole(connection, figure, agency)
            self._known = {(figure, agency): (time.monotonic(), found)}
        values = values_of(found)
        return self._site.page(
            request, "whole.html", **values, agency=agency, figures=figures(), alone=False
        )

    def documents(self, request: Request) -> Response:
        """The documents behind a point."""
        wish = {name: request.query_params.get(name, "")[:200] for name in _WISHES}
        with self._site.store.reading() as connection:
            rows = listed(connection, wish)
        return self._site.page(request, "documents.html", rows=rows)


def values_of(found: Whole) -> dict[str, Any]:
    """What the template needs."""
    return {
        "whole": found, "lines": charts.lines(found.series), "columns": charts.columns(found.days),
        "counts": charts.counts(found.days),
        "width": charts.WIDTH, "height": charts.HEIGHT, "states": charts.STATES,
        "urlencode": urlencode, "figure_name": dict(figures()).get(found.figure, found.figure),
    }  # fmt: skip


def standing_alone(render: Render, found: Whole, language: Language) -> str:
    """The overview as one file to send."""
    return render("whole_file.html", language, **values_of(found), alone=True)


def routes(overview: Overview) -> APIRouter:
    """The addresses of the overview."""
    router = APIRouter(default_response_class=HTMLResponse)

    @router.get("/whole")
    def show(request: Request, figure: str = FIGURE, agency: str = "") -> Response:
        return overview.show(request, figure[:100], agency[:100])

    @router.get("/documents")
    def documents(request: Request) -> Response:
        return overview.documents(request)

    return router
