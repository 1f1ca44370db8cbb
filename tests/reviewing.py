"""A store to review, a browser's part of the conversation, and a server for a real browser."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import uvicorn
from fastapi.testclient import TestClient

from gouji.ingest.review.accounts import Accounts
from gouji.ingest.review.app import application
from gouji.ingest.review.guard import TOKEN, Access
from gouji.ingest.review.serve import listen
from gouji.ingest.settings import Settings
from gouji.ingest.store.model import Found
from gouji.ingest.store.originals import Originals
from gouji.ingest.store.project import reading_of
from gouji.ingest.store.store import Store
from gouji.tables.record import Record
from tests.test_export import a_record
from tests.test_store import ME

BASE = "http://127.0.0.1:8365"
HOSTS = frozenset(("127.0.0.1:8365",))
REF, OTHER = "requests.new@natural_person", "requests.new@business"


def unsure(first: str, second: str, *, box: bool = True) -> dict[str, Any]:
    """A scanned cell that two readers read differently."""
    readings = [{"by": "rapid", "text": first, "confidence": 0.95},
                {"by": "tesseract", "text": second, "confidence": 0.6}]  # fmt: skip
    return {
        "value": first, "written": first, "state": "value" if Decimal(first) else "zero",
        "accepted": False, "readings": readings, "why": [
            {"code": "readers_differ", "arguments": {"first": first, "second": second}}],
        "page": 1 if box else None, "box": [10, 10, 40, 20] if box else None,
    }  # fmt: skip


def in_doubt(cells: dict[str, Any] | None = None, **more: Any) -> Record:
    """A report with two cells in doubt, or those given."""
    made = a_record(cells=cells or {REF: unsure("3", "8"), OTHER: unsure("1", "7")}, **more)
    return made.model_copy(update={"status": "needs_review"})


def bound_by_sums() -> Record:
    """A report with two cells in doubt, of which one decided settles the other."""
    cells = {REF: unsure("3", "8"), OTHER: unsure("4", "9")}
    for column, number in (("natural_person", "3"), ("business", "4"), ("total", "7")):
        for row in ("new", "results.granted", "results.total"):
            plain = {"value": number, "written": number, "state": "value"}
            cells.setdefault(f"requests.{row}@{column}", plain)
    return in_doubt(cells)


def put(store: Store, settings: Settings, name: str, *records: Record, data: bytes = b"") -> str:
    """A document that was read; its hash."""
    data = data or name.encode()
    sha256 = hashlib.sha256(data).hexdigest()
    kept = Originals.of(settings).keep(sha256, data)
    document = store.add(Found(sha256, name, len(data), "text", kept=kept))
    (job,) = store.begin([document.id], ME)
    assert store.finish(job, reading_of(records))
    return sha256


class Browser:
    """One person's browser, without scripts: it sends what the page's script would send."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=headers, follow_redirects=False)

    def token(self, path: str = "/help") -> str:
        found = re.search(TOKEN + r'": "([0-9a-f]{64})"', self.get(path).text)
        assert found
        return found[1]

    def post(self, path: str, data: dict[str, str] | None = None, **headers: str) -> Any:
        own = {"Origin": BASE, TOKEN: headers.pop("token", None) or self.token("/login")}
        return self.client.post(
            path, data=data or {}, headers=own | headers, follow_redirects=False
        )  # fmt: skip

    def panel(self, sha256: str, number: int) -> dict[str, str]:
        """What the form of a cell would send."""
        text = self.get(f"/d/{sha256}/0/cell/{number}").text
        form = text[text.index('id="decision"') :]
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
        return dict(hidden)

    def decide(self, sha256: str, number: int, **sent: str) -> Any:
        return self.post(f"/d/{sha256}/0/decide/{number}", self.panel(sha256, number) | sent)


@contextmanager
def browsing(settings: Settings, store: Store, access: Access, count: int = 1) -> Iterator[Any]:
    """Browsers at one application."""
    app = application(settings, store, access)
    with TestClient(app, base_url=BASE) as first:
        others = [TestClient(app, base_url=BASE) for _ in range(count - 1)]
        browsers = [Browser(client) for client in (first, *others)]
        yield browsers[0] if count == 1 else browsers


@contextmanager
def serving(
    settings: Settings, store: Store, port: int | None = None, accounts: Accounts | None = None
) -> Iterator[str]:
    """The application on a port of its own; its address."""
    sock, (host, own) = listen("127.0.0.1", port or 0, 0)
    address = f"{host}:{own}"
    app = application(settings, store, Access(frozenset((address,)), accounts, "甲"))
    config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    try:
        yield f"http://{address}"
    finally:
        server.should_exit = True
        thread.join(10)
        sock.close()


def settings_in(folder: Path) -> Settings:
    return Settings(workspace=str(folder), isolate=True)
