"""What takes long to find out is found out anew the more seldom, the longer it takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
_QUICK, _SPARE = 0.05, 20
"""What takes fewer seconds is found out each time, so that a small store is told as it is; other
things stand for so many times as long as they took.
"""


class Remembered(Generic[T]):
    """What ``ask`` gives, which may be a little old."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._known: tuple[float, T] | None = None

    def __call__(self) -> T:
        """The last that was given, if that is not too long ago."""
        began = time.monotonic()
        if self._known and began < self._known[0]:
            return self._known[1]
        found = self._ask()
        ended = time.monotonic()
        took = ended - began
        self._known = (ended + _SPARE * took, found) if took > _QUICK else None
        return found
