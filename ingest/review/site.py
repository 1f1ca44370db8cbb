"""What all answers need: the store, the words in the visitor's language, the templates."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from gouji.ingest.messages import Language, render
from gouji.ingest.review.dossier import Dossier, Dossiers
from gouji.ingest.review.guard import Access, Visitor
from gouji.ingest.review.pictures import Pictures
from gouji.ingest.settings import Settings
from gouji.ingest.store.store import Store

LANGUAGE = "gouji-language"


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """The page's own words, by name and language."""
    text = (files("gouji.ingest.review") / "words.toml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = tomllib.loads(text)
    return found


@cache
def style() -> str:
    """The style sheet, for files that stand alone."""
    return (files("gouji.ingest.review") / "static" / "style.css").read_text(encoding="utf-8")


def word(name: str, /, language: Language, **arguments: object) -> str:
    """One of the page's words, with its arguments."""
    return words()[name][language].format_map(arguments)


def kind_name(kind: str, language: Language) -> str:
    """A kind of doubt in a few words."""
    known = f"kind_{kind}"
    return word(known if known in words() else "kind_other", language)


def reader_name(by: str, language: Language) -> str:
    """A reader as people who know none of them may call it; ``again`` stands after ``/``."""
    first, _, again = by.partition("/")
    known = f"reader_{first}"
    name = word(known, language) if known in words() else first
    return word("reader_again", language, name=name) if again else name


def visitor_of(request: Request) -> Visitor:
    """Who asks."""
    visitor: Visitor = request.state.visitor
    return visitor


def language_for(request: Request) -> Language:
    """As the visitor chose; else as the browser prefers."""
    chosen = request.cookies.get(LANGUAGE)
    if chosen in ("zh", "en"):
        return "zh" if chosen == "zh" else "en"
    wishes = request.headers.get("accept-language", "").lower().split(",")
    known = (wish.strip()[:2] for wish in wishes)
    first = next((wish for wish in known if wish in ("zh", "en")), "en" if wishes[0] else "zh")
    return "zh" if first == "zh" else "en"


Render = Callable[..., str]


@cache
def renderer() -> Render:
    """Fills in a template, by its name and language; whatever a document says is text in it,
    never markup.
    """
    templates = Environment(
        loader=PackageLoader("gouji.ingest.review"), autoescape=True, trim_blocks=True,
        lstrip_blocks=True, undefined=StrictUndefined,
    )  # fmt: skip

    def fill_in(template: str, /, language: Language, **values: Any) -> str:
        return templates.get_template(template).render(
            t=partial(word, language=language), language=language, q=partial(quote, safe=""),
            plain=str, reader_name=partial(reader_name, language=language),
            kind_name=partial(kind_name, language=language), style=style(),
            finding_text=partial(render, language=language, review=True), **values,
        )  # fmt: skip

    return fill_in


class Site:
    """The application's parts, handed to all who answer."""

    def __init__(self, settings: Settings, store: Store, access: Access) -> None:
        self.settings = settings
        self.store = store
        self.access = access
        self.dossiers = Dossiers(store)
        self.pictures = Pictures(settings)
        self.parts = frozenset(
            ("/", "/documents", "/help", "/drop", "/groups", "/whole", "/second")
        )
        self.render = renderer()

    def close(self) -> None:
        """End what was begun."""
        self.pictures.close()

    def dossier(self, request: Request, sha256: str) -> Dossier | None:
        """A document in the visitor's language."""
        return self.dossiers.of(sha256, language_for(request))

    def page(
        self, request: Request, template: str, /, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """An answer made of a template."""
        visitor, language = visitor_of(request), language_for(request)
        text = self.render(
            template, language, visitor=visitor, with_accounts=self.access.accounts is not None,
            path=request.url.path, parts=self.parts,
            path_is_page="HX-Request" not in request.headers, **values,
        )  # fmt: skip
        return HTMLResponse(text, status)
