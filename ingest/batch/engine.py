"""Files in, documents read and kept: what ``gouji run`` and ``gouji watch`` have in common.

Bytes are touched by child processes alone. This one knows names, and is the only one that writes
to the store.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from gouji.ingest.batch.documents import Documents
from gouji.ingest.batch.files import File
from gouji.ingest.batch.parcel import Outcome, Parcel
from gouji.ingest.batch.patience import Patience
from gouji.ingest.batch.points import reached
from gouji.ingest.batch.pool import Failed, Pool, result_of
from gouji.ingest.batch.retry import Retries
from gouji.ingest.batch.work import MISSING, Come, take_in
from gouji.ingest.intake import name_of
from gouji.ingest.settings import Settings
from gouji.ingest.store.model import Document, Found, Selection

if TYPE_CHECKING:
    from gouji.ingest.store.store import Store

_ROOM = 4
"""Files and documents that may be under way, for each that is read at a time."""


class Engine:
    """Takes files in, has their documents read, and tells what comes of both.

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
        selection: Selection,
    ) -> None:
        self.happened: SimpleQueue[Future[Any] | None] = SimpleQueue()
        self._store, self._intake = store, intake
        self._settings, self._patience = settings, patience
        self._parcels: dict[Future[Any], Parcel] = {}
        self._retries = Retries(settings.patience)
        self._news: list[Outcome | Parcel] = []
        self.documents = Documents(
            store, readers, settings, patience, by=by, selection=selection,
            retries=self._retries, happened=self.happened, tell=self._tell, reopen=self._reopen,
        )  # fmt: skip

    @property
    def busy(self) -> bool:
        """Whether anything is under way, or about to be."""
        return bool(self._parcels or self._retries or self._news) or self.documents.busy

    def room(self) -> bool:
        """Whether more would keep a worker from waiting."""
        under_way = len(self._parcels) + len(self.documents) + len(self._retries)
        return under_way < _ROOM * self.documents.readers.size + 2

    def take(self, parcel: Parcel) -> None:
        """Take a file in: find out what documents are in it."""
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
            self.documents.want(document, None)

    def step(self, timeout: float) -> list[Outcome | Parcel]:
        """Wait until something happens; what has come of documents, and files that are done."""
        done = self._done(0 if self._news or self.documents.hungry else timeout)
        for future in done:
            if (parcel := self._parcels.pop(future, None)) is not None:
                self._taken(parcel, result_of(future))
        self.documents.settle(done)
        self._retries.resume()
        self.documents.begin()
        self.documents.renew()
        news, self._news = self._news, []
        return news

    def drain(self) -> None:
        """Begin nothing more; what has begun goes on."""
        self._retries.clear()
        self.documents.drain()
        for future in [future for future in self._parcels if future.cancel()]:
            del self._parcels[future]

    def end(self) -> int:
        """End what is under way, now, and put it back; how many documents that were."""
        self._intake.kill()
        self._parcels.clear()
        return self.documents.end()

    def _reopen(self, path: bytes) -> None:
        """Take a file in whose bytes could not be had before."""
        file = Path(os.fsdecode(path))
        self.take(Parcel(File(file, name_of(file), str(file))))

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

    def _taken(self, parcel: Parcel, result: list[Come] | Failed | None) -> None:
        """Write down the documents of a file, and have them read."""
        if result is None:
            return
        if isinstance(result, Failed):
            self._not_taken(parcel, result)
            return
        self._retries.forget(parcel)
        reached("taken.kept")
        first = result[0].finding if result else None
        parcel.changed = not parcel.unchanged()
        parcel.problem = first if first and first.code == MISSING else None
        if not (parcel.changed or parcel.problem):
            self._add(parcel, result)
            parcel.taken = True
        if parcel.done:
            self._news.append(parcel)

    def _add(self, parcel: Parcel, come: list[Come]) -> None:
        found = [
            replace(one.found, meta=parcel.facts(one.found), origin=parcel.origin) for one in come
        ]
        documents = self._patience.with_(lambda: self._store.add_all(found))
        if not any(one.found.path for one in come):
            path = os.fsencode(parcel.file.path.absolute())
            self._patience.with_(lambda: self._store.opened(path))
        reached("taken.added")
        for document, one in zip(documents, come, strict=True):
            if document.id in parcel.names:  # the same bytes twice in one archive
                continue
            parcel.names[document.id] = one.found.name
            if one.finding:
                finding = one.finding
                self._patience.with_(lambda: self._store.refuse(document, finding))  # noqa: B023
                self._tell(Outcome(document, "read", "failed", finding), [parcel])
            else:
                self.documents.want(document, parcel)

    def _not_taken(self, parcel: Parcel, failed: Failed) -> None:
        """Try again where that may help; else the file stands in the store as one that failed."""
        if failed.died and not parcel.died:
            parcel.died = True
            self.take(parcel)
        elif not self._retries.again(failed.finding, parcel, lambda: self.take(parcel)):
            path = os.fsencode(parcel.file.path.absolute())
            self._taken(parcel, [Come(Found(None, parcel.file.name, path=path), failed.finding)])

    def _tell(self, outcome: Outcome, parcels: list[Parcel]) -> None:
        """Let those know who wait for a document; for all but the first it is known by now."""
        number = outcome.document.id
        if not parcels:
            self._news.append(outcome)
        for parcel in parcels:
            own = replace(outcome, name=parcel.names[number])
            self._news.append(own if parcel is parcels[0] else replace(own, how="known"))
            parcel.outcomes.append(own)
            parcel.left.discard(number)
            if parcel.done:
                self._news.append(parcel)
