"""Who may come in, and what a foreign page can't do.

Every answer passes through here: the host must be our own, whatever changes something must come
from our own page and carry its token, and where accounts are asked for there must be a session.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from gouji.ingest.review.accounts import Accounts, Role

COOKIE = "gouji"
NAME = "gouji-name"
TOKEN = "X-Gouji-Token"  # noqa: S105 - the name of a header
_SAFE = ("GET", "HEAD")
_OPEN = ("/login", "/static/", "/language")
_READERS = ("/logout", "/language", "/login")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Access:
    """``hosts``: what a request may call us, with the port. ``accounts``: None where only this
    machine can ask. ``owner``: the name of who sits at it.
    """

    hosts: frozenset[str]
    accounts: Accounts | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks. ``key`` is the same for all windows of one browser, and nobody else's. ``named``:
    the name is their own, and not that of who sits at the machine.
    """

    name: str
    role: Role | Literal["none"]
    key: str
    cookie: str
    named: bool = True

    @property
    def token(self) -> str:
        """What our own pages send along with every change; no other page can know it."""
        return hashlib.sha256(f"token:{self.cookie}".encode()).hexdigest()

    @property
    def may_change(self) -> bool:
        return self.role == "reviewer"


Next = Callable[[Request], Awaitable[Response]]


class Guard:
    """The middleware."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def __call__(self, request: Request, call_next: Next) -> Response:
        visitor = self._visitor(request)
        request.state.visitor = visitor
        response = self._refusal(request, visitor) or await call_next(request)
        for name, value in _HEADERS.items():
            response.headers[name] = value
        response.headers.setdefault("Cache-Control", "no-store")
        if request.cookies.get(COOKIE) != visitor.cookie and "set-cookie" not in response.headers:
            keep(response, COOKIE, visitor.cookie, request)
        return response

    def _visitor(self, request: Request) -> Visitor:
        cookie = request.cookies.get(COOKIE) or secrets.token_urlsafe(32)
        key = hashlib.sha256(f"key:{cookie}".encode()).hexdigest()[:16]
        if self._access.accounts is None:
            name = unquote(request.cookies.get(NAME, ""))[:_LONGEST_NAME].strip()
            return Visitor(name or self._access.owner, "reviewer", key, cookie, bool(name))
        account = self._access.accounts.of_session(cookie)
        if account is None:
            return Visitor("", "none", key, cookie)
        return Visitor(account.name, account.role, key, cookie)

    def _refusal(self, request: Request, visitor: Visitor) -> Response | None:
        if request.headers.get("host", "") not in self._access.hosts:
            return PlainTextResponse("unknown host", 421)
        path = request.url.path
        if request.method not in _SAFE and not _is_our_own(request, visitor):
            return PlainTextResponse("not from this page", 403)
        if visitor.role == "none" and not path.startswith(_OPEN):
            if "HX-Request" in request.headers:
                return Response(status_code=401, headers={"HX-Redirect": "/login"})
            return RedirectResponse("/login", 303)
        if request.method not in _SAFE and visitor.role == "reader" and path not in _READERS:
            return PlainTextResponse("readers change nothing", 403)
        return None


def _is_our_own(request: Request, visitor: Visitor) -> bool:
    """Whether a change was asked for by a page of ours, in this browser."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("origin")
    if origin is None or urlsplit(origin).netloc != request.headers.get("host"):
        return False
    return hmac.compare_digest(request.headers.get(TOKEN, "").encode(), visitor.token.encode())


def keep(response: Response, name: str, value: str, request: Request) -> None:
    """A cookie that only our own pages send, and scripts can't see."""
    secure = (request.headers.get("origin") or "").startswith("https:")
    response.set_cookie(
        name, quote(value), httponly=True, samesite="strict", path="/", max_age=30 * 86400,
        secure=secure or request.url.scheme == "https",
    )  # fmt: skip
