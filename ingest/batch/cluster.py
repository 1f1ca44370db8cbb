"""The same work on a dask.distributed scheduler."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from importlib.metadata import version
from typing import Any, TypeVar, cast

from gouji.ingest.batch.pool import Failed, attempt_here
from gouji.ingest.settings import Settings
from gouji.ocr.finding import DocumentError

T = TypeVar("T")
_ANSWER_SECONDS = 30
_COUNT_EVERY = 5.0


class ClusterPool:
    """A pool of the workers that a scheduler has, however many that is at the moment."""

    def __init__(self, address: str, settings: Settings) -> None:
        """Join a scheduler, by its address or its file.

        Raises ``cluster_unreachable``, or ``cluster_unfit`` for workers that run another version
        of gouji or don't see the originals.
        """
        from distributed import Client

        self._settings = settings
        try:
            where = {"scheduler_file" if address.endswith(".json") else "address": address}
            self._client = Client(**where, timeout=_ANSWER_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            told = str(error)[:300]
            raise DocumentError("cluster_unreachable", address=address, reason=told) from error
        self._executor = self._client.get_executor(pure=False)
        self._size, self._counted = 1, 0.0
        self._refuse_unfit()

    @property
    def size(self) -> int:
        """The threads of all workers; at least 1, because some may yet come."""
        if time.monotonic() - self._counted > _COUNT_EVERY:
            self._counted = time.monotonic()
            self._size = max(1, sum(self._client.nthreads().values()))
        return self._size

    def submit(self, work: Callable[..., T], *args: Any) -> Future[T | Failed]:
        """Have it called in a child process of some worker."""
        if self._client.status != "running":
            raise DocumentError("cluster_lost")
        here = self._executor.submit(attempt_here, self._settings, work, *args)
        return cast("Future[T | Failed]", here)

    def kill(self) -> None:
        """Leave the workers alone with what they are at; nobody waits for it."""
        self._executor.shutdown(wait=False)
        self._client.close(timeout=_ANSWER_SECONDS)

    def close(self) -> None:
        """End, when all is done."""
        self._executor.shutdown()
        self._client.close(timeout=_ANSWER_SECONDS)

    def _refuse_unfit(self) -> None:
        from gouji.ingest.batch.fitness import sign, unfit

        with sign(self._settings) as place:
            answers = self._client.run(unfit, version("gouji"), place)
        for worker, reason in answers.items():
            if reason:
                self._client.close()
                raise DocumentError("cluster_unfit", worker=str(worker), reason=reason)
