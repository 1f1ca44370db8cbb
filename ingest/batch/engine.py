"""Files in, documents read and kept: what ``gouji run`` and ``gouji watch`` have in common.

Bytes are touched by child processes alone. This one knows names, and is the only one that writes
to the store.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from gouji.ingest.batch.parcel import Outcome, Parcel, Retry
from gouji.ingest.batch.patience import Patience
from gouji.ingest.batch.points import reached
from gouji.ingest.batch.pool import Failed, Pool
from gouji.ingest.batch.work import AWAY, FILE_AWAY, MISSING, Come, read_document, take_in
from gouji.ingest.settings import Settings
from gouji.ingest.store.model import INTERRUPTED, Document, Found, Job, Reading, Selection
from gouji.ocr.finding import DocumentError, Finding

if TYPE_CHECKING:
    from gouji.ingest.store.store import Store

_RENEW = 120.0
_PAGE = 100
_AHEAD = 2
"""Pieces of work handed out for each that is being done, so that no worker waits."""


class Engine:
    """Takes files and documents, has them read in pools, and writes down what comes of each.

    ``happened`` gets every future that is done; put None into it to wake ``step``.
    """

    def __init__(
        self,
        store: Store,
        readers: Pool,
        intake: Pool,
        settings: Settings,
        patience: Patience,
        *,
        by: str,
        selection: Selection | None = None,
    ) -> None:
        self.happened: SimpleQueue[Future[Any] | None] = SimpleQueue()
        self.later: list[Retry] = []
        self._store, self._readers, self._intake = store, readers, intake
        self._settings, self._patience = settings, patience
        self._by, self._selection = by, selection
        self._parcels: dict[Future[Any], Parcel] = {}
        self._jobs: dict[Future[Any], Job] = {}
        self._ready: deque[int] = deque()
        self._wanted: dict[int, tuple[Document, list[Parcel]]] = {}
        self._retries: dict[int, Retry] = {}
        self._news: list[Outcome | Parcel] = []
        self._draining = False
        self._renewed = time.monotonic()
        self._patience.with_(lambda: store.waiting(1))  # drops the claims of processes that died

    @property
    def busy(self) -> bool:
        """Whether anything is under way, or about to be."""
        waiting = not self._draining and (self._ready or self.later)
        return bool(self._parcels or self._jobs or self._news or waiting)

    def room(self) -> bool:
        """Whether more would keep a worker from waiting."""
        waiting = len(self._parcels) + len(self._wanted) + len(self.later)
        return waiting < 2 * _AHEAD * self._readers.size + 2

    def take(self, parcel: Parcel) -> None:
        """Take a file in: what it is, what is in it."""
        if parcel.file.error:
            parcel.problem = parcel.file.error.finding
            self._news.append(parcel)
            return
        future = self._intake.submit(take_in, parcel.file.path, parcel.file.name, self._settings)
        self._parcels[future] = parcel
        future.add_done_callback(self.happened.put)

    def offer(self, documents: Iterable[Document]) -> None:
        """Have documents read that the store already has."""
        for document in documents:
            self._want(document, None)

    def waiting(self) -> Iterator[Document]:
        """All documents that wait in the store, as it is while they are gone through."""
        after = 0
        while page := self._patience.with_(
            lambda: self._store.waiting(_PAGE, after, self._selection)  # noqa: B023
        ):
            yield from page
            after = page[-1].id

    def step(self, timeout: float) -> list[Outcome | Parcel]:
        """Wait until something happens; what has come of documents, and files that are done."""
        if self._news or (self._ready and len(self._jobs) < self._readers.size):
            timeout = 0
        for future in self._done(timeout):
            if (parcel := self._parcels.pop(future, None)) is not None:
                self._taken(parcel, _result(future))
            elif (job := self._jobs.pop(future, None)) is not None:
                self._settle(job, _result(future))
        self._resume()
        self._begin()
        self._renew()
        news, self._news = self._news, []
        return news

    def drain(self) -> None:
        """Begin nothing more, and put back what no worker has begun."""
        self._draining = True
        self._ready.clear()
        self.later.clear()
        self._put_back([future for future in self._jobs if future.cancel()])
        for future in [future for future in self._parcels if future.cancel()]:
            del self._parcels[future]

    def end(self) -> int:
        """End what is under way, now, and put it back; how many documents that were."""
        self._readers.kill()
        self._intake.kill()
        left = len(self._jobs)
        self._put_back(list(self._jobs))
        return left

    def _put_back(self, futures: Iterable[Future[Any]]) -> None:
        jobs = [self._jobs.pop(future) for future in futures]
        if jobs:
            self._patience.with_(lambda: self._store.put_back(jobs))

    def _done(self, timeout: float) -> list[Future[Any]]:
        """All that is done by now; waits for the first."""
        done: list[Future[Any]] = []
        try:
            while True:
                future = self.happened.get(block=timeout > 0, timeout=timeout)
                done += [future] if future else []
                timeout = 0
        except Empty:
            return done

    # --- files ----------------------------------------------------------------------------------

    def _taken(self, parcel: Parcel, result: list[Come] | Failed | None) -> None:
        if result is None:
            return
        if isinstance(result, Failed):
            self._not_taken(parcel, result)
            return
        reached("taken.kept")
        if not parcel.unchanged():
            parcel.changed = True
            self._news.append(parcel)
            return
        first = result[0].finding if result else None
        if first and first.code == MISSING:
            parcel.problem = first
            self._news.append(parcel)
            return
        facts = [replace(come.found, meta=parcel.facts(come.found)) for come in result]
        documents = self._patience.with_(lambda: self._store.add_all(facts))
        reached("taken.added")
        for document, come in zip(documents, result, strict=True):
            parcel.names[document.id] = come.found.name
            if come.finding:
                self._refuse(document, come.finding, parcel)
            else:
                self._want(document, parcel)
        parcel.taken = True
        if parcel.done:
            self._news.append(parcel)

    def _not_taken(self, parcel: Parcel, failed: Failed) -> None:
        """Try again where that may help; else the file stands in the store as one that failed."""
        retry = parcel.retry = parcel.retry or Retry(lambda: self.take(parcel))
        if self._again(retry, failed):
            return
        path = os.fsencode(parcel.file.path)
        come = Come(Found(None, parcel.file.name, path=path, origin=parcel.origin), failed.finding)
        self._taken(parcel, [come])

    def _refuse(self, document: Document, finding: Finding, parcel: Parcel) -> None:
        self._patience.with_(lambda: self._store.refuse(document, finding))
        self._tell(Outcome(document, "read", "failed", finding), [parcel])

    # --- documents ------------------------------------------------------------------------------

    def _want(self, document: Document, parcel: Parcel | None) -> None:
        """Have a document read, unless it has been."""
        parcels = [parcel] if parcel else []
        if document.id in self._wanted:
            others = self._wanted[document.id][1]
            others += [parcel for parcel in parcels if parcel not in others]
        elif self._is_known(document):
            self._tell(Outcome(document, "known", document.state), parcels)
            return
        else:
            self._wanted[document.id] = (document, parcels)
            self._ready.append(document.id)
        if parcel:
            parcel.left.add(document.id)

    def _is_known(self, document: Document) -> bool:
        newer = self._selection and self._selection.version not in (None, document.version)
        due = document.state == "waiting" or document.code == INTERRUPTED
        return not due and (document.state == "failed" or not newer)

    def _begin(self) -> None:
        """Claim what is next, and hand it out."""
        room = 0 if self._draining else _AHEAD * self._readers.size - len(self._jobs)
        ids = [self._ready.popleft() for _ in range(min(room, len(self._ready)))]
        if not ids:
            return
        jobs = self._patience.with_(lambda: self._store.begin(ids, self._by, self._selection))
        reached("begun")
        for job in jobs:
            future = self._readers.submit(read_document, job, self._settings)
            self._jobs[future] = job
            future.add_done_callback(self.happened.put)
        for other in set(ids) - {job.document.id for job in jobs}:
            document, parcels = self._wanted.pop(other)
            self._tell(Outcome(document, "elsewhere", document.state), parcels)

    def _settle(self, job: Job, result: Reading | Failed | None) -> None:
        """Write down what came of an attempt."""
        if result is None:
            self._patience.with_(lambda: self._store.put_back([job]))
            return
        reached("read")
        if isinstance(result, Reading):
            self._patience.with_(lambda: self._store.finish(job, result))
            reached("finished")
            reason = _finding_of(result)
            self._finish(job, "read", result.rows.state, reason, result.seconds)
        elif result.died:
            if self._patience.with_(lambda: self._store.killed(job, result.finding)):
                self._finish(job, "set_aside", "failed", result.finding)
            else:
                self._ready.append(job.document.id)
        else:
            self._not_read(job, result)

    def _not_read(self, job: Job, failed: Failed) -> None:
        number = job.document.id
        retry = self._retries.setdefault(number, Retry(lambda: self._ready.append(number)))
        if self._again(retry, failed):
            self._patience.with_(lambda: self._store.put_back([job]))
            return
        self._patience.with_(lambda: self._store.fail(job, failed.finding))
        self._finish(job, "read", "failed", failed.finding)

    def _finish(
        self, job: Job, how: Any, state: str, finding: Finding | None, seconds: float = 0.0
    ) -> None:
        document, parcels = self._wanted.pop(job.document.id, (job.document, []))
        self._retries.pop(document.id, None)
        self._tell(Outcome(document, how, state, finding, seconds), parcels)

    def _tell(self, outcome: Outcome, parcels: Iterable[Parcel]) -> None:
        """Let those know who wait for a document."""
        self._news.append(outcome)
        for parcel in parcels:
            parcel.outcomes.append(outcome)
            parcel.left.discard(outcome.document.id)
            if parcel.done:
                self._news.append(parcel)

    # --- faults that pass -----------------------------------------------------------------------

    def _again(self, retry: Retry, failed: Failed) -> bool:
        """Whether it will be tried again. Where all is away, one may only wait, or give up."""
        if failed.died:
            return retry.once(self.later)
        if failed.finding.code == FILE_AWAY:
            return retry.some(self.later)
        if failed.finding.code != AWAY:
            return False
        if not retry.for_(self._settings.patience, self.later):
            raise DocumentError("gave_up", reason=str(failed.finding.arguments["reason"]))
        return True

    def _resume(self) -> None:
        now = time.monotonic()
        due = [retry for retry in self.later if retry.due <= now]
        self.later[:] = [retry for retry in self.later if retry.due > now]
        for retry in due:
            retry.action()

    def _renew(self) -> None:
        if self._jobs and time.monotonic() - self._renewed > _RENEW:
            self._patience.with_(lambda: self._store.renew(self._by))
            self._renewed = time.monotonic()


def _result(future: Future[Any]) -> Any:
    """What a piece of work gave; None if it was ended before it could give anything."""
    if future.cancelled():
        return None
    error = future.exception()
    if error is None:
        return future.result()
    return Failed(Finding("crashed", {"reason": f"{type(error).__name__}: {error}"[:300]}), True)


def _finding_of(reading: Reading) -> Finding | None:
    """Why a document failed, as its record says."""
    if reading.rows.state != "failed":
        return None
    import json

    row = next(row for row in reading.rows.findings if row.code == reading.rows.code)
    return Finding(row.code, json.loads(row.arguments), page=row.page)
