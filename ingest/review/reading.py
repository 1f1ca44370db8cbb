"""Files that were dropped on the page, taken in and read one after another, in a child process."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from queue import SimpleQueue
from uuid import uuid4

from gouji.ingest import platform
from gouji.ingest.batch.work import read_document, take_in
from gouji.ingest.intake import name_of
from gouji.ingest.isolate import ChildGoneError, Worker
from gouji.ingest.output import writing
from gouji.ingest.settings import Settings
from gouji.ingest.store.model import INTERRUPTED, Document
from gouji.ingest.store.store import Store
from gouji.ocr.finding import DocumentError, Finding

_LONGEST_NAME = 120
ORIGIN = "review"
_ABANDONED = 24 * 3600.0
"""Seconds after which nobody still writes, or is taking in, an upload."""


class Reading:
    """Takes files in and has them read in the background, as ``gouji run`` would."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings.model_copy(update={"originals": "copy"})
        self._store = store
        self._by = platform.this_process()
        self._folder = Path(settings.workspace) / "uploads"
        self._opener = Worker(settings.limits)
        self._opening = threading.Lock()
        self._waiting: SimpleQueue[int | None] = SimpleQueue()
        self._reader = threading.Thread(target=self._read_on, daemon=True)
        self._starting = threading.Lock()

    def tidy(self) -> None:
        """Delete old uploads that a server had not taken in when it was killed."""
        for path in self._folder.glob("*.part"):
            with contextlib.suppress(OSError):  # another server did, or the system keeps it
                if path.stat().st_mtime < time.time() - _ABANDONED:
                    path.unlink()

    async def save(self, stream: AsyncIterator[bytes]) -> Path:
        """Write an upload to a file of our own naming. Raises ``too_large``, ``cannot_write``."""
        with writing(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
        path, size = self._folder / f"{uuid4().hex}.part", 0
        try:
            with writing(self._folder), path.open("wb") as file:
                async for piece in stream:
                    size += len(piece)
                    if size > self._settings.limits.file_bytes:
                        raise DocumentError("too_large", limit=self._settings.limits.file_bytes)
                    file.write(piece)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path

    def take(self, path: Path, given: str) -> list[Document]:
        """The documents of an upload, on their way to be read; the file itself goes.

        ``given`` is a name from outside: text to be shown, never a path.
        """
        name = PurePosixPath(given.replace("\\", "/")).name[-_LONGEST_NAME:] or "?"
        own = name_of(path)
        taken = []
        try:
            with self._opening:
                comes = self._opener.run(take_in, path, own, self._settings)
        finally:
            path.unlink(missing_ok=True)
        for come in comes:
            inner = come.found.name.removeprefix(own)
            found = replace(come.found, name=name + inner, path=b"", origin=ORIGIN)
            document = self._store.add(found)
            if come.finding is not None:
                self._store.refuse(document, come.finding)
            elif document.state == "waiting" or document.code == INTERRUPTED:
                self.want(document.id)
            taken.append(document)
        return taken

    def want(self, number: int) -> None:
        """Have a waiting document read."""
        with self._starting:
            if self._reader.ident is None:
                self._reader.start()
        self._waiting.put(number)

    def _read_on(self) -> None:
        with Worker(self._settings.limits) as worker:
            while (number := self._waiting.get()) is not None:
                with contextlib.suppress(DocumentError):  # the store is away: it waits there
                    self._read(worker, number)

    def _read(self, worker: Worker, number: int) -> None:
        for job in self._store.begin([number], self._by):
            try:
                self._store.finish(job, worker.run(read_document, job, self._settings))
            except ChildGoneError as error:
                self._store.killed(job, error.finding)
            except DocumentError as error:
                self._store.fail(job, error.finding)
            except Exception as error:
                reason = f"{type(error).__name__}: {error}"[:300]
                self._store.fail(job, Finding("crashed", {"reason": reason}))

    def close(self) -> None:
        """End; what is not yet read waits in the store."""
        self._waiting.put(None)
        self._opener.close()
