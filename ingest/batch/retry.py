"""When to try again what failed for a reason that may pass; the rest of the work goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from gouji.ingest.batch.work import AWAY, FILE_AWAY
from gouji.ocr.finding import DocumentError, Finding

FIRST, LONGEST, SOME = 0.2, 30.0, 6


@dataclass(slots=True)
class _Retry:
    began: float
    action: Callable[[], None]
    tries: int = 0
    due: float = 0.0


class Retries:
    """Things to be tried again, each after a longer wait than before.

    ``patience``: seconds after which a fault that concerns everything ends the run.
    """

    def __init__(self, patience: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._patience, self._clock = patience, clock
        self._known: dict[Hashable, _Retry] = {}
        self._due: list[_Retry] = []

    def __len__(self) -> int:
        return len(self._due)

    def again(self, finding: Finding, key: Hashable, action: Callable[[], None]) -> bool:
        """Whether the thing of that ``key`` will be tried again, by calling ``action``.

        Raises ``gave_up`` where all is away and has been for too long.
        """
        if finding.code not in (AWAY, FILE_AWAY):
            return False
        retry = self._known.setdefault(key, _Retry(self._clock(), action))
        if finding.code == FILE_AWAY and retry.tries >= SOME:
            return False
        if finding.code == AWAY and self._clock() - retry.began > self._patience:
            raise DocumentError("gave_up", reason=finding.arguments["reason"])
        retry.due = self._clock() + min(FIRST * 2**retry.tries, LONGEST)
        retry.tries += 1
        self._due.append(retry)
        return True

    def resume(self) -> None:
        """Try what is due."""
        now = self._clock()
        due = [retry for retry in self._due if retry.due <= now]
        self._due = [retry for retry in self._due if retry.due > now]
        for retry in due:
            retry.action()

    def forget(self, key: Hashable) -> None:
        """The thing is done with."""
        self._known.pop(key, None)

    def clear(self) -> None:
        """Nothing is to be tried again."""
        self._due.clear()
