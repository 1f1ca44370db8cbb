"""Recorded readings, for tests: what a reader once saw of each picture."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from gouji.ocr.finding import DocumentError
from gouji.ocr.page import Gray
from gouji.ocr.reader import Reader, Reading, Sight

VARIABLE = "GOUJI_REPLAY"
"""The environment variable that names the file of recorded readings (JSON)."""


class ReplayReader:
    """Says of each picture what the record says; a picture that it lacks is not legible."""

    name = "replay"

    def __init__(self, sights: Mapping[str, Sight] | None = None) -> None:
        self._sights = _loaded() if sights is None else sights

    def read(self, crops: Sequence[Gray]) -> list[Sight]:
        return [self._sights.get(key_of(crop), Sight("", 0.0)) for crop in crops]


class Recorder:
    """A reader that asks another one and keeps what it says."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.name = reader.name
        self.sights: dict[str, Sight] = {}

    def read(self, crops: Sequence[Gray]) -> list[Sight]:
        found = self._reader.read(crops)
        self.sights |= {key_of(crop): sight for crop, sight in zip(crops, found, strict=True)}
        return found

    def save(self, path: Path) -> None:
        """Write what was seen so far as the file that ``ReplayReader`` reads."""
        kept = {key: asdict(sight) for key, sight in sorted(self.sights.items())}
        path.write_text(json.dumps(kept, ensure_ascii=False, indent=0), "utf-8")


def key_of(crop: Gray) -> str:
    """A picture's name in the record."""
    return hashlib.sha256(repr(crop.shape).encode() + crop.tobytes()).hexdigest()[:32]


def _loaded() -> dict[str, Sight]:
    path = os.environ.get(VARIABLE)
    if path is None:
        raise DocumentError("reader_missing", reader=f"replay ({VARIABLE})")
    try:
        written = json.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DocumentError("reader_missing", reader=f"replay ({path})") from error
    return {
        key: Sight(
            sight["text"], sight["confidence"], tuple(Reading(**r) for r in sight["figures"])
        )
        for key, sight in written.items()
    }
