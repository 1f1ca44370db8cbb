"""``gouji run``: many files, read and kept, until all is done or somebody wants it to end."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from gouji.ingest.batch.engine import Engine
from gouji.ingest.batch.files import Folders, Shard, count, files
from gouji.ingest.batch.metafile import Meta
from gouji.ingest.batch.parcel import Outcome, Parcel
from gouji.ingest.batch.progress import Progress
from gouji.ingest.batch.stopping import Stop
from gouji.ingest.settings import Settings
from gouji.ocr.finding import DocumentError

_WAIT = 0.5


class Run:
    """An engine at work, its progress told, until it has nothing left to do or is to end."""

    def __init__(self, engine: Engine, progress: Progress, stop: Stop, settings: Settings) -> None:
        self.engine, self.progress, self._stop = engine, progress, stop
        self._grace, self._without = settings.grace, own_folders(settings)
        self.failures: set[str] = set()

    def step(self, timeout: float = _WAIT) -> list[Parcel]:
        """Let the engine work for a while; the files that are done by then."""
        parcels = []
        for news in self.engine.step(timeout):
            if isinstance(news, Outcome):
                self._outcome(news)
            else:
                parcels.append(news)
                self._parcel(news)
        self.progress.show()
        return parcels

    def all_of(self, names: Sequence[str], meta: Meta, shard: Shard | None) -> None:
        """Read all files that are named."""
        self._count(lambda: count(files(names, shard, self._without)))
        for file in files(names, shard, self._without):
            if not self._wait_for_room():
                return
            self.engine.take(Parcel(file, meta))
            self.step(0)
        self._until_idle()

    def all_waiting(self) -> None:
        """Read whatever waits in the store."""
        for document in self.engine.documents.waiting():
            if not self._wait_for_room():
                return
            self.progress.expected += 1
            self.engine.offer([document])
            self.step(0)
        self._until_idle()

    def wind_up(self) -> tuple[int, int]:
        """Finish what is under way, or put it back; how many documents each."""
        before, until = self.progress.done, time.monotonic() + self._grace
        with contextlib.suppress(DocumentError):  # a store that is away; the next run sees to it
            self.engine.drain()
            while self.engine.busy and self._stop.wishes < 2 and time.monotonic() < until:
                self.step()
        left = self.engine.end()
        return self.progress.done - before, left

    @contextlib.contextmanager
    def until_told(self) -> Iterator[None]:
        """What goes wrong once the program is to end is no fault."""
        try:
            yield
        except DocumentError:
            if not self._stop.wishes:
                raise

    def _wait_for_room(self) -> bool:
        while not self.engine.room() and not self._stop.wishes:
            self.step()
        return not self._stop.wishes

    def _until_idle(self) -> None:
        while self.engine.busy and not self._stop.wishes:
            self.step()

    def _count(self, how: Callable[[], int]) -> None:
        """Find out how many there are while the first are read."""

        def find_out() -> None:
            with contextlib.suppress(OSError, ValueError):
                self.progress.expected += how()

        threading.Thread(target=find_out, daemon=True).start()

    def _outcome(self, outcome: Outcome) -> None:
        self.progress.document(outcome)
        if outcome.finding:
            self.failures.add(outcome.finding.code)

    def _parcel(self, parcel: Parcel) -> None:
        if parcel.problem:
            self.progress.problem(parcel.file.name, parcel.problem)
            self.failures.add(parcel.problem.code)
        self.progress.expected += max(0, len(parcel.outcomes) - 1)


def own_folders(settings: Settings) -> Folders:
    """Where the program keeps what is its own; no document is looked for there."""
    places = [
        settings.workspace,
        *([] if "://" in settings.originals_at else [settings.originals_at]),
    ]
    return frozenset(Path(place).absolute() for place in places if place)


def names_in(arguments: Sequence[str], listed: Callable[[], Sequence[str]]) -> Iterator[str]:
    """The names given, with those of the list in the place of ``-``."""
    for argument in arguments:
        if argument == "-":
            yield from listed()
        else:
            yield argument
