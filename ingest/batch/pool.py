"""Many documents at a time, each in a process that may be killed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Protocol, TypeVar

from gouji.ingest.batch.work import AWAY
from gouji.ingest.isolate import ChildGoneError, Worker
from gouji.ingest.settings import Settings
from gouji.ocr.finding import DocumentError, Finding

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no result; ``died``: because the process that worked on it is gone."""

    finding: Finding
    died: bool = False


class Pool(Protocol):
    """Where work is done. ``size``: how many pieces of it at a time."""

    @property
    def size(self) -> int: ...

    def submit(self, work: Callable[..., T], *args: Any) -> Future[T | Failed]:
        """Have a module's function called with arguments that pickle, by and by."""

    def kill(self) -> None:
        """End all that is under way, now."""

    def close(self) -> None:
        """End, when all is done."""


def attempt(worker: Worker, work: Callable[..., T], *args: Any) -> T | Failed:
    """What the work gives in the worker's child, or why it gives nothing; raises nothing."""
    try:
        return worker.run(work, *args)
    except ChildGoneError as error:
        return Failed(error.finding, died=True)
    except DocumentError as error:
        return Failed(error.finding)
    except OSError as error:  # no child could be started: that is no fault of the document
        return Failed(Finding(AWAY, {"reason": error.strerror or str(error)}))
    except Exception as error:
        return Failed(Finding("crashed", {"reason": f"{type(error).__name__}: {error}"[:300]}))


class LocalPool:
    """A pool on this machine: as many child processes, each of one thread."""

    def __init__(self, size: int, settings: Settings) -> None:
        self.size = size
        self._workers = [_worker(settings) for _ in range(size)]
        self._idle: SimpleQueue[Worker] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(size)
        self._open: set[Future[Any]] = set()

    def __enter__(self) -> LocalPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def submit(self, work: Callable[..., T], *args: Any) -> Future[T | Failed]:
        """Have it called in the next child that is idle."""
        future = self._threads.submit(self._run, work, *args)
        self._open.add(future)
        future.add_done_callback(self._open.discard)
        return future

    def kill(self) -> None:
        """End the children; what was under way is ``Failed``, what had not begun is cancelled."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        while wait(set(self._open), timeout=0.05).not_done:
            for worker in self._workers:
                worker.interrupt()
        self._close()

    def close(self) -> None:
        """End, when all is done."""
        self._threads.shutdown()
        self._close()

    def _run(self, work: Callable[..., T], *args: Any) -> T | Failed:
        worker = self._idle.get()
        try:
            return attempt(worker, work, *args)
        finally:
            self._idle.put(worker)

    def _close(self) -> None:
        for worker in self._workers:
            worker.close()


def result_of(future: Future[Any]) -> Any:
    """What a piece of work gave; None if it was ended before it could give anything."""
    if future.cancelled():
        return None
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, CancelledError):
        return None
    return Failed(Finding("crashed", {"reason": f"{type(error).__name__}: {error}"[:300]}), True)


def _worker(settings: Settings) -> Worker:
    """One thread each, even where there are cores to spare: lines of text are too short a work for
    several, which wait for each other seven times as long as one takes.
    """
    return Worker(settings.limits, serves=settings.recycle, threads=1)


_here = threading.local()


def attempt_here(settings: Settings, work: Callable[..., T], *args: Any) -> T | Failed:
    """``attempt`` in a child that belongs to this thread: what a process of a cluster calls."""
    worker: Worker | None = getattr(_here, "worker", None)
    if worker is None:
        worker = _here.worker = _worker(settings)
    return attempt(worker, work, *args)
