"""Makes PDFs of many files with one LibreOffice or one Chromium."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)


def libreoffice_pdfs(sources: Sequence[Path], folder: Path) -> None:
    """Converts office files to ``folder/<stem>.pdf``. Raises RuntimeError if one is missing."""
    if not sources:
        return
    program = shutil.which("soffice")
    if program is None:
        raise RuntimeError("soffice (LibreOffice) is not installed")
    with tempfile.TemporaryDirectory() as profile:
        command = [program, "--headless", f"-env:UserInstallation=file://{profile}"]
        command += ["--convert-to", "pdf", "--outdir", str(folder), *map(str, sources)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    for source in sources:
        if not (folder / f"{source.stem}.pdf").exists():
            raise RuntimeError(f"LibreOffice made no PDF of {source.name}: {done.stderr[-300:]}")


def chromium_pdfs(pages: Sequence[tuple[Path, Path]]) -> None:
    """Prints each (HTML, PDF) pair through one browser, with the page size of the style sheet."""
    if not pages:
        return
    with _browser() as browser:
        for source, target in pages:
            target.write_bytes(browser.pdf(source))


class _Browser:
    """The few commands of the DevTools protocol that printing takes, over a pair of pipes."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = os.fdopen(to, "wb", buffering=0), os.fdopen(back, "rb")
        self._buffer = b""
        self._number = 0

    def close(self) -> None:
        self._call("Browser.close")
        self._to.close()
        self._back.close()

    def pdf(self, source: Path) -> bytes:
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._call("Page.enable", session)
        self._call("Page.navigate", session, url=source.resolve().as_uri())
        while self._message().get("method") != "Page.loadEventFired":
            pass
        options = {"preferCSSPageSize": True, "printBackground": True}
        data = self._call("Page.printToPDF", session, **options)["data"]
        self._call("Target.closeTarget", targetId=target)
        return base64.b64decode(data)

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            more = os.read(self._back.fileno(), 1 << 20)
            if not more:
                raise RuntimeError("Chromium ended before its work")
            self._buffer += more
        line, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        return message

    def _call(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self._to.write(json.dumps(message).encode() + b"\0")
        while (answer := self._message()).get("id") != self._number:
            pass
        if "error" in answer:
            raise RuntimeError(f"Chromium: {method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result


@contextmanager
def _browser() -> Iterator[_Browser]:
    program = shutil.which("chromium")
    if program is None:
        raise RuntimeError("chromium is not installed")
    read, to = os.pipe()
    back, write = os.pipe()
    # The browser reads descriptor 3 and writes 4: first lift ours out of their way.
    high_read, high_write = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10) for fd in (read, write))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        child = os.posix_spawn(
            program,
            [program, *CHROMIUM, f"--user-data-dir={profile}"],
            dict(os.environ),
            file_actions=[
                (os.POSIX_SPAWN_DUP2, high_read, 3),
                (os.POSIX_SPAWN_DUP2, high_write, 4),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            ],
        )
        for fd in (read, write, high_read, high_write):
            os.close(fd)
        browser = _Browser(to, back)
        try:
            yield browser
        finally:
            browser.close()
            os.waitpid(child, 0)
