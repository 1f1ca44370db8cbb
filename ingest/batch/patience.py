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
_SQLITE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN",
           "SQLITE_PROTOCOL", "SQLITE_NOMEM")  # fmt: skip
_POSTGRES = ("08", "53", "57P", "40", "55P03", "25P03")


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
        return passing(error.__cause__)
    if isinstance(error, OSError):
        known = error.errno in _PASSING or isinstance(error, TimeoutError)
        return (error.strerror or str(error)) if known else None
    if type(error).__module__.startswith("sqlalchemy."):
        return _passing_of_store(error)
    return None


def _passing_of_store(error: BaseException | None) -> str | None:
    """The same for what the store's library raises: the driver's own error says more."""
    inner = getattr(error, "orig", None)
    text = str(inner or error).strip().partition("\n")[0]
    name = getattr(inner, "sqlite_errorname", None)
    if name is not None:
        return text if name.startswith(_SQLITE) else None
    if getattr(error, "connection_invalidated", False):
        return text
    state = getattr(inner, "sqlstate", None)
    if state is not None:
        return text if state.startswith(_POSTGRES) else None
    gone = ("OperationalError", "InterfaceError", "TimeoutError")
    return text if type(error).__name__ in gone else None
