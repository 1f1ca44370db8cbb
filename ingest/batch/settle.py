"""Which files of a watched folder are whole: they have stayed as they are for a while."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gouji.ingest.reading import skip_name

_UNFINISHED = (
    ".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".filepart", ".opdownload",
    ".!ut", ".swp", ".lock", "~",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stamp:
    """What changes when a file does."""

    device: int
    inode: int
    size: int
    modified: int


def stamp_of(path: Path) -> Stamp | None:
    """None where there is no regular file. Links are not followed."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def scan(inbox: Path, without: frozenset[Path]) -> tuple[dict[Path, Stamp], dict[Path, OSError]]:
    """All files that may be taken, in the order of their names; folders that can't be listed.

    Raises ``OSError`` if that is the inbox itself, for then nothing is known about it.
    """
    unreadable: dict[Path, OSError] = {}
    seen = dict(_scan(inbox, without, unreadable))
    if inbox in unreadable:
        raise unreadable[inbox]
    return seen, unreadable


def _scan(
    folder: Path, without: frozenset[Path], unreadable: dict[Path, OSError]
) -> Iterator[tuple[Path, Stamp]]:
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        unreadable[folder] = error
        return
    for entry in found:
        path = folder / entry.name
        if not may_take(entry.name) or path in without:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _scan(path, without, unreadable)
        elif (stamp := stamp_of(path)) is not None:
            yield path, stamp


def may_take(name: str) -> bool:
    """Whether a file or folder of that name may be taken: not what programs still write, nor
    what could be understood as a place elsewhere.
    """
    return not (
        skip_name(name)
        or name.lower().endswith(_UNFINISHED)
        or ".." in PurePosixPath(name.replace("\\", "/")).parts
    )


class Settling:
    """Tells which files have not changed for ``seconds`` of the ``clock``."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._since: dict[Path, tuple[Stamp, float]] = {}
        self._due: dict[Path, float] = {}
        """When those may have settled that had not when they were looked at last."""

    def settled(self, seen: Mapping[Path, Stamp]) -> list[tuple[Path, Stamp]]:
        """Those of all that are ``seen`` now; a file that is not is forgotten."""
        now = self._clock()
        before, self._since = self._since, {}
        for path, stamp in seen.items():
            known, since = before.get(path, (stamp, now))
            self._since[path] = (stamp, since if known == stamp else now)
        ends = {path: since + self._seconds for path, (_, since) in self._since.items()}
        self._due = {path: end for path, end in ends.items() if end > now}
        return [(path, seen[path]) for path in ends if path not in self._due]

    def again(self, path: Path) -> None:
        """Let a file settle once more."""
        self._since.pop(path, None)
        self._due.pop(path, None)

    def due(self) -> float | None:
        """In how many seconds the next file may have settled; None if none is about to."""
        return max(min(self._due.values()) - self._clock(), 0.0) if self._due else None
