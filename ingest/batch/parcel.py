"""A file under way, what came of its documents, and when to try again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gouji.ingest.batch.files import File
from gouji.ingest.batch.metafile import NONE, Meta
from gouji.ingest.store.model import Document, Found
from gouji.ocr.finding import Finding

How = Literal["read", "known", "elsewhere", "set_aside"]
_FIRST, _LONGEST, _SOME = 0.2, 30.0, 6


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a document. ``how``: read now; known before; under way in another process;
    or set aside, because workers died under it. ``finding`` says why it failed.
    """

    document: Document
    how: How
    state: str
    finding: Finding | None = None
    seconds: float = 0.0


@dataclass(slots=True)
class Retry:
    """When to try something again: each time after a longer wait."""

    action: Callable[[], None]
    tries: int = 0
    began: float = 0.0
    due: float = 0.0

    def once(self, later: list[Retry]) -> bool:
        """Try again if it is the first time."""
        return self._wait(later) if not self.tries else False

    def some(self, later: list[Retry]) -> bool:
        """Try again a few times."""
        return self._wait(later) if self.tries < _SOME else False

    def for_(self, seconds: float, later: list[Retry]) -> bool:
        """Try again for so long."""
        if self.tries and time.monotonic() - self.began > seconds:
            return False
        return self._wait(later)

    def _wait(self, later: list[Retry]) -> bool:
        now = time.monotonic()
        self.began = self.began or now
        self.due = now + min(_FIRST * 2**self.tries, _LONGEST)
        self.tries += 1
        later.append(self)
        return True


@dataclass(slots=True, eq=False)
class Parcel:
    """A file under way, and what has come of the documents in it.

    ``unchanged``: whether it still is the file that was taken; if not, it is ``changed``, and
    nothing was made of it. ``problem``: why there was nothing to take.
    """

    file: File
    meta: Meta = NONE
    origin: str = ""
    unchanged: Callable[[], bool] = lambda: True
    changed: bool = False
    problem: Finding | None = None
    taken: bool = False
    left: set[int] = field(default_factory=set)
    outcomes: list[Outcome] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    retry: Retry | None = None

    @property
    def done(self) -> bool:
        """Whether all documents in it have come to something."""
        return self.taken and not self.left

    def facts(self, found: Found) -> Mapping[str, str]:
        """What is known from elsewhere about a document in the file."""
        member = found.name.removeprefix(self.file.name).lstrip("/")
        return self.meta.of(self.file, member, found.sha256)
