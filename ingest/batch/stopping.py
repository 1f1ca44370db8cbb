"""Wishes to end: the first lets what is under way be finished, the second does not."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any


class Stop:
    """Hears Ctrl-C and what systems send, while it is used in a ``with`` statement.

    ``wishes`` counts them; ``signal`` is the number of the first. ``hear`` is called at each, in
    the midst of anything: it may only put something into a ``SimpleQueue``.
    """

    def __init__(self, hear: Callable[[], None] = lambda: None) -> None:
        self.wishes = 0
        self.signal = 0
        self.hear = hear
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Stop:
        if threading.current_thread() is threading.main_thread():
            for name in ("SIGINT", "SIGTERM", "SIGHUP"):
                number = getattr(signal, name, None)
                if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._heard)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            with contextlib.suppress(ValueError):
                signal.signal(number, handler)

    def wish(self) -> None:
        """Ask for the end, as a signal does."""
        self.wishes += 1
        self.hear()

    def wait(self, seconds: float) -> bool:
        """Wait, but not on after a wish; whether there is one."""
        until = time.monotonic() + seconds
        while not self.wishes and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, 0.2))
        return bool(self.wishes)

    def _heard(self, number: int, _: FrameType | None) -> None:
        self.signal = self.signal or number
        self.wish()
