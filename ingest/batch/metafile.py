"""A table of what the documents do not tell: path or hash → address, time of retrieval, agency …"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gouji.ingest.batch.files import File
from gouji.ocr.finding import DocumentError

Facts = Mapping[str, str]
KEYS = ("sha256", "hash", "path", "file")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Meta:
    """Facts by hash and by path."""

    by_hash: Mapping[str, Facts]
    by_path: Mapping[str, Facts]

    def of(self, file: File, member: str, sha256: str | None) -> Facts:
        """What is known about a document: a file, or with a name a ``member`` of an archive.

        What goes by its hash comes first; a member has the facts of its archive, too.
        """
        found: dict[str, str] = {}
        for suffix in ("", f"/{member}")[: 2 if member else 1]:
            for place in (file.inside, os.path.abspath(file.path)):  # noqa: PTH100
                found |= self.by_path.get(place.replace("\\", "/") + suffix, {})
        return found | dict(self.by_hash.get(sha256 or "", {}))


NONE = Meta({}, {})


def read_meta(path: Path) -> Meta:
    """Read the CSV; its first column, or one named for it, has the path or the hash.

    Paths may be those below a folder that is read, or start from the working directory or from
    the folder of the table.

    Raises ``bad_meta`` with the reason.
    """
    by_hash: dict[str, Facts] = {}
    by_path: dict[str, Facts] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for number, row in enumerate(csv.DictReader(stream, strict=True), start=2):
                key, facts = _row(row, number, path)
                if _HASH.fullmatch(key.lower()):
                    table, places = by_hash, {key.lower()}
                else:
                    table, places = by_path, _places(key, path.parent)
                if any(table.setdefault(place, facts) != facts for place in places):
                    raise _bad(path, f"line {number}: {key} comes twice")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _bad(path, getattr(error, "strerror", None) or str(error)) from error
    return Meta(by_hash, by_path)


def _row(row: Mapping[str | None, str | None], number: int, path: Path) -> tuple[str, Facts]:
    names = [name for name in row if name is not None]
    if None in row:
        raise _bad(path, f"line {number}: more values than columns")
    named = (name for name in names if name.strip().lower() in KEYS and row[name])
    key_name = next(named, names[0])
    key = (row[key_name] or "").strip()
    if not key:
        raise _bad(path, f"line {number}: neither path nor hash")
    told = {n.strip(): (row[n] or "").strip() for n in names if n.strip().lower() not in KEYS}
    return key, {name: value for name, value in told.items() if value and name != key_name}


def _places(key: str, folder: Path) -> set[str]:
    """A path as seen from a folder that is read, from where the program runs, from the table."""
    inside = PurePosixPath(key.replace("\\", "/"))
    seen_from = (Path.cwd(), folder)
    absolute = {os.path.abspath(place / inside).replace("\\", "/") for place in seen_from}  # noqa: PTH100
    return {str(inside)} | absolute


def _bad(path: Path, reason: str) -> DocumentError:
    return DocumentError("bad_meta", file=str(path), reason=reason)
