"""Events of the file system, as hints that a look at a folder may be worth while."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from gouji.ingest import platform


class Hints:
    """Calls ``hint`` after something has changed in a folder, from a thread of its own.

    Where the system has no events, or they tell nothing of other machines, it never calls.
    """

    def __init__(self, folder: Path, hint: Callable[[], None]) -> None:
        self._folder, self._hint = folder, hint
        self._end = threading.Event()
        if platform.network_share(folder) is None:
            threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._end.set()

    def _listen(self) -> None:
        from watchfiles import watch

        try:
            for _ in watch(self._folder, stop_event=self._end, raise_interrupt=False, step=100):
                self._hint()
        except Exception:  # polling goes on, and it is enough
            return
