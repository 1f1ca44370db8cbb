"""Where the program begins: what takes time to import comes after a word on interrupts."""

from __future__ import annotations

# ``signal`` itself takes a while to import.
import _signal as signal  # type: ignore[import-not-found]
import os
import sys


def main() -> int:
    """Run ``gouji``; an interrupt ends it quietly even while it is still being loaded."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    from gouji.ingest import cli

    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
