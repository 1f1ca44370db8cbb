"""Documents under way: claimed in the store, handed to workers, and written down."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from gouji.ingest.batch.parcel import How, Outcome, Parcel
from gouji.ingest.batch.patience import Patience
from gouji.ingest.batch.points import reached
from gouji.ingest.batch.pool import Failed, Pool, result_of
from gouji.ingest.batch.retry import Retries
from gouji.ingest.batch.work import MISSING, read_document
from gouji.ingest.settings import Settings
from gouji.ingest.store.model import INTERRUPTED, UNREAD, Document, Job, Reading, Selection
from gouji.ocr.finding import DocumentError, Finding

if TYPE_CHECKING:
    from gouji.ingest.store.store import Store

Tell = Callable[[Outcome, list[Parcel]], None]
_RENEW = 120.0
_PAGE = 100
_AHEAD = 2
"""Pieces of work handed out for each that is being done, so that no worker waits."""


class Documents:
    """Has documents read by the ``readers``, and writes down in the store what comes of each.

    ``tell`` hears of it, with the files that wait for the document; ``happened`` gets every future
    that is done; ``reopen`` takes a file in whose bytes could not be had before.
    """

    def __init__(
        self,
        store: Store,
        readers: Pool,
        settings: Settings,
        patience: Patience,
        *,
        by: str,
        selection: Selection,
        retries: Retries,
        happened: SimpleQueue[Future[Any] | None],
        tell: Tell,
        reopen: Callable[[bytes], None],
    ) -> None:
        self.readers = readers
        self._store, self._settings, self._patience = store, settings, patience
        self._by, self._selection, self._retries = by, selection, retries
        self._happened, self._tell, self._reopen = happened, tell, reopen
        self._jobs: dict[Future[Any], Job] = {}
        self._ready: deque[int] = deque()
        self._wanted: dict[int, tuple[Document, list[Parcel]]] = {}
        self._draining = False
        self._renewed = time.monotonic()
        self._patience.with_(lambda: store.waiting(1))  # drops the claims of processes that died

    @property
    def busy(self) -> bool:
        """Whether any is under way, or about to be."""
        return bool(self._jobs or (self._ready and not self._draining))

    @property
    def hungry(self) -> bool:
        """Whether a worker waits for a document that is there."""
        ready = self._ready and not self._draining
        return bool(ready and len(self._jobs) < self.readers.size)

    def __len__(self) -> int:
        return len(self._wanted)

    def want(self, document: Document, parcel: Parcel | None) -> None:
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
        for waiting in parcels:
            waiting.left.add(document.id)

    def waiting(self) -> Iterator[Document]:
        """All documents that wait in the store, as it is while they are gone through."""
        after = 0
        while page := self._patience.with_(
            lambda: self._store.waiting(_PAGE, after, self._selection)  # noqa: B023
        ):
            yield from page
            after = page[-1].id

    def begin(self) -> None:
        """Claim what is next, and hand it out."""
        room = 0 if self._draining else _AHEAD * self.readers.size - len(self._jobs)
        ids = [self._ready.popleft() for _ in range(min(room, len(self._ready)))]
        if not ids:
            return
        jobs = self._patience.with_(lambda: self._store.begin(ids, self._by, self._selection))
        reached("begun")
        for job in jobs:
            if job.document.sha256.startswith(UNREAD):
                self._begin_unread(job)
                continue
            future = self.readers.submit(read_document, job, self._settings)
            self._jobs[future] = job
            future.add_done_callback(self._happened.put)
        for number in set(ids) - {job.document.id for job in jobs}:
            document, parcels = self._wanted.pop(number)
            self._tell(Outcome(document, "elsewhere", document.state), parcels)

    def _begin_unread(self, job: Job) -> None:
        """Nothing is known of it but a file, which is taken in anew if it still is there."""
        there = next((path for path in job.paths if os.path.lexists(path)), None)
        if there:
            self._patience.with_(lambda: self._store.put_back([job]))
            self._wanted.pop(job.document.id)
            self._reopen(there)
        else:
            self._failed(job, Finding(MISSING if job.paths else "member_unread"))

    def settle(self, futures: Iterable[Future[Any]]) -> None:
        """Write down what came of attempts, of those futures that are such; all that was read in
        one, so that the more come at once the less each waits for the disk.
        """
        done = {future: result_of(future) for future in futures if future in self._jobs}
        if not done:
            return
        reached("read")
        self._keep([(self._jobs[f], result) for f, result in done.items()
                    if isinstance(result, Reading)])  # fmt: skip
        for future, result in done.items():
            if not isinstance(result, Reading):
                self._without(self._jobs[future], result)
            del self._jobs[future]  # only now: if anything goes wrong above, it is put back

    def _keep(self, read: Sequence[tuple[Job, Reading]]) -> None:
        if not read:
            return
        kept = self._patience.with_(lambda: self._store.finish_all(read))
        reached("finished")
        for (job, reading), mine in zip(read, kept, strict=True):
            told = _finding_of(reading), reading.seconds
            self._end(job, "read" if mine else "elsewhere", reading.rows.state, *told)

    def _without(self, job: Job, result: Failed | None) -> None:
        """There is nothing to keep of an attempt."""
        if result is None:
            self._patience.with_(lambda: self._store.put_back([job]))
            self._ready.append(job.document.id)
        elif result.died:
            self._killed(job, result.finding)
        else:
            self._failed(job, result.finding)

    def renew(self) -> None:
        """Tell other machines, now and then, that this process is alive."""
        if self._jobs and time.monotonic() - self._renewed > _RENEW:
            self._patience.with_(lambda: self._store.renew(self._by))
            self._renewed = time.monotonic()

    def drain(self) -> None:
        """Begin nothing more, and put back what no worker has begun."""
        self._draining = True
        self._ready.clear()
        self._put_back([future for future in self._jobs if future.cancel()])

    def end(self) -> int:
        """End what is under way, now, and put it back; how many documents that were."""
        self.readers.kill()
        left = len(self._jobs)
        self._put_back(list(self._jobs))
        return left

    def _put_back(self, futures: Iterable[Future[Any]]) -> None:
        """If the store is away, they count as interrupted once this process is gone."""
        jobs = [self._jobs.pop(future) for future in futures]
        with contextlib.suppress(DocumentError):
            self._store.put_back(jobs)

    def _is_known(self, document: Document) -> bool:
        newer = self._selection.version not in (None, document.version)
        due = document.state == "waiting" or document.code == INTERRUPTED
        return not due and (document.state == "failed" or not newer)

    def _killed(self, job: Job, finding: Finding) -> None:
        """Its worker is gone: once may be chance, twice is not."""
        if self._patience.with_(lambda: self._store.killed(job, finding)):
            self._end(job, "set_aside", "failed", finding)
        else:
            self._ready.append(job.document.id)

    def _failed(self, job: Job, finding: Finding) -> None:
        number = job.document.id
        if self._retries.again(finding, number, lambda: self._ready.append(number)):
            self._patience.with_(lambda: self._store.put_back([job]))
        else:
            self._patience.with_(lambda: self._store.fail(job, finding))
            self._end(job, "read", "failed", finding)

    def _end(
        self, job: Job, how: How, state: str, finding: Finding | None, seconds: float = 0.0
    ) -> None:
        document, parcels = self._wanted.pop(job.document.id, (job.document, []))
        self._retries.forget(document.id)
        self._tell(Outcome(document, how, state, finding, seconds), parcels)


def _finding_of(reading: Reading) -> Finding | None:
    """Why a document failed, as its record says."""
    if reading.rows.state != "failed":
        return None
    row = next(row for row in reading.rows.findings if row.code == reading.rows.code)
    return Finding(row.code, json.loads(row.arguments), page=row.page)
