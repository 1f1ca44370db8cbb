"""Faults that pass: a full disk, a busy store, a share that is away. They are tried again."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import TypeVar

from gouji.ingest.batch.stopping import Stop
from gouji.ocr.finding import DocumentError

T = TypeVar("T")
_FIRST, _LONGEST = 0.1, 30.0
_PASSING = frozenset(
    getattr(errno, name)
    for name in (
        "ENOSPC", "EDQUOT", "EIO", "EAGAIN", "EBUSY", "EINTR", "ENFILE", "EMFILE", "ENOMEM",
        "ENOLCK", "ESTALE", "EHOSTDOWN", "EHOSTUNREACH", "ENETDOWN", "ENETUNREACH", "ENOTCONN",
        "ENODEV", "ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "ESHUTDOWN",
        "EREMOTEIO",
    )
    if hasattr(errno, name)
)  # fmt: skip


class Patience:
    """Tries an action again, each time after a longer wait, until ``seconds`` have gone by."""

    def __init__(
        self, seconds: float, stop: Stop, tell: Callable[[str, float], None] = lambda *_: None
    ) -> None:
        self._seconds = seconds
        self._stop = stop
        self._tell = tell

    def with_(self, action: Callable[[], T]) -> T:
        """What the action gives; raises what it raised last if that lasts, or ``gave_up``.

        A wish to end ends the waiting, too.
        """
        delay, waited = _FIRST, 0.0
        while True:
            try:
                return action()
            except Exception as error:
                reason = passing(error)
                if reason is None:
                    raise
                if waited >= self._seconds or self._stop.wishes:
                    raise DocumentError("gave_up", reason=reason) from error
                self._tell(reason, delay)
            self._stop.wait(delay)
            waited += delay
            delay = min(delay * 2, _LONGEST)


def passing(error: BaseException | None) -> str | None:
    """In words why the error may pass by itself; None if it will not."""
    if isinstance(error, DocumentError):
        known = getattr(error, "transient", False)
        return str(error.finding.arguments["reason"]) if known else passing(error.__cause__)
    if isinstance(error, OSError) and (error.errno in _PASSING or isinstance(error, TimeoutError)):
        return error.strerror or str(error)
    return None
