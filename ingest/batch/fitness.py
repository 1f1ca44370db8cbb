"""Whether a worker of a cluster will do: the same program, and the originals within its sight."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from uuid import uuid4

from gouji.ingest.settings import Settings
from gouji.ingest.store.originals import Originals


@contextlib.contextmanager
def sign(settings: Settings) -> Iterator[str]:
    """A file among the originals that workers are to find; empty where they lie elsewhere."""
    place = Originals.of(settings).at
    if "://" in place:
        yield ""
        return
    path = Path(place) / f".seen-{uuid4().hex}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    try:
        yield str(path)
    finally:
        path.unlink(missing_ok=True)


def unfit(version: str, place: str) -> str:
    """Why this worker will not do; empty if it will."""
    if (own := metadata.version("gouji")) != version:
        return f"gouji {own}, not {version}"
    if place and not os.path.exists(place):  # noqa: PTH110
        return f"{os.path.dirname(place)} ?"  # noqa: PTH120
    return ""
