"""What holds for all tests."""

from __future__ import annotations

import contextlib
import signal


def pytest_configure() -> None:
    """Let the programs that tests start hear Ctrl-C, also where the tests run in the background.

    A shell starts what runs there deaf to it, and that is inherited.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        with contextlib.suppress(ValueError):  # not the main thread
            signal.signal(signal.SIGINT, signal.default_int_handler)
