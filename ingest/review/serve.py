"""The web server: where it listens, and how long it runs."""

from __future__ import annotations

import errno
import os
import socket
import threading
import webbrowser

import uvicorn

from gouji.ingest.review.app import application
from gouji.ingest.review.guard import Access
from gouji.ingest.settings import Settings
from gouji.ingest.store.store import Store
from gouji.ingest.terminal import Console
from gouji.ocr.finding import DocumentError

_TRIED = 20


def listen(address: str, port: int | None, usual: int) -> tuple[socket.socket, tuple[str, int]]:
    """A socket on the port wanted, else on the usual one or the next that is free. What is sent
    over its connections goes out at once: an answer is written in two parts, of which the second
    would wait 40 ms for the first one's receipt.

    Raises ``cannot_listen``.
    """
    ports = [port] if port is not None else [*range(usual, usual + _TRIED), 0]
    reason = ""
    for number in ports:
        try:
            family = socket.getaddrinfo(address, number, type=socket.SOCK_STREAM)[0]
            made = socket.socket(family[0], socket.SOCK_STREAM)
            if os.name != "nt":  # there it would take the port from another program
                made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made.bind(family[4])
        except OSError as error:
            reason = error.strerror or str(error)
            if error.errno == errno.EADDRINUSE:
                continue
            break
        host, own = made.getsockname()[:2]
        return made, (str(host), int(own))
    raise DocumentError("cannot_listen", address=f"{address}:{ports[0]}", reason=reason)


def serve(
    settings: Settings, store: Store, access: Access, sock: socket.socket, console: Console, *,
    browser: bool,
) -> None:  # fmt: skip
    """Serve until interrupted. Prints the address, and opens it in the browser if wanted."""
    app = application(settings, store, access)
    config = uvicorn.Config(
        app, log_level="error", access_log=False, server_header=False, date_header=True,
        proxy_headers=False, timeout_graceful_shutdown=3,
    )  # fmt: skip
    host, port = sock.getsockname()[:2]
    shown = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    console.print(shown)
    console.remark(console.say("review.running"))
    console.flush()
    if browser:
        threading.Timer(0.5, webbrowser.open, [shown]).start()
    uvicorn.Server(config).run(sockets=[sock])
