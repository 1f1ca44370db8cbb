"""What a batch is told to read → its files, one by one; never all of them at once in memory."""

from __future__ import annotations

import glob
import os
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from gouji.ingest.intake import name_of
from gouji.ingest.reading import skip_folder, skip_name
from gouji.ocr.finding import DocumentError

Folders = frozenset[Path]


@dataclass(frozen=True, slots=True)
class File:
    """A file to read. ``name``: as people shall see it; ``inside``: its path below the folder that
    was named, or as it was named itself; ``error``: why a folder has no files.
    """

    path: Path
    name: str
    inside: str
    error: DocumentError | None = None


@dataclass(frozen=True, slots=True)
class Shard:
    """One part of ``of`` equal ones, ``number`` from 1. A file's part depends on its name alone."""

    number: int = 1
    of: int = 1

    def has(self, file: File) -> bool:
        """Whether the file belongs to this part."""
        return zlib.crc32(file.inside.encode("utf-8", "replace")) % self.of == self.number - 1


def shard_of(text: str) -> Shard:
    """``3/40`` → the third of forty parts; raises ``bad_shard``."""
    match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise DocumentError("bad_shard", given=text)
    return Shard(int(match[1]), int(match[2]))


def names_from(stream: BinaryIO) -> list[str]:
    """Names in a list: one a line, or parted by NUL as ``find -print0`` does."""
    data = stream.read()
    parts = data.split(b"\0") if b"\0" in data else data.splitlines()
    return [os.fsdecode(part) for part in parts if part.strip()]


def files(
    names: Sequence[str], shard: Shard | None = None, without: Folders = frozenset()
) -> Iterator[File]:
    """Files as named; all files of a folder, sorted; wildcards. A shard has only its own.

    Nothing is looked for in the folders ``without``, which are absolute.
    """
    for name in names:
        for file in _of(name, without):
            if shard is None or shard.has(file):
                yield file


def _of(name: str, without: Folders) -> Iterator[File]:
    path = Path(name)
    matches = [path]
    if not os.path.lexists(path) and glob.has_magic(name):
        matches = [Path(match) for match in sorted(glob.iglob(name, recursive=True))]  # noqa: PTH207
    for match in matches or [path]:
        if match.is_dir():
            yield from _folder(match, match, without)
        else:
            yield File(match, name_of(match), str(match))


def _folder(top: Path, folder: Path, without: Folders) -> Iterator[File]:
    """All files of a folder and those in it; one that cannot be listed is told, not left out."""
    if Path(os.path.abspath(folder)) in without:  # noqa: PTH100
        return
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        inner = {entry.name for entry in found if entry.is_dir(follow_symlinks=False)}
    except OSError as error:
        yield _unreadable(folder, top, error)
        return
    pages = [entry.name for entry in found if entry.name not in inner]
    for entry in found:
        if entry.name in inner:
            if not skip_folder(entry.name, pages):
                yield from _folder(top, folder / entry.name, without)
        elif not skip_name(entry.name):
            path = folder / entry.name
            yield File(path, name_of(path), path.relative_to(top).as_posix())


def _unreadable(folder: Path, top: Path, error: OSError) -> File:
    stopped = DocumentError("folder_unreadable", reason=error.strerror or str(error))
    stopped.__cause__ = error
    return File(folder, name_of(folder), str(folder.relative_to(top)), stopped)


def count(found: Iterable[File]) -> int:
    """How many there are."""
    return sum(1 for _ in found)
