"""Where the files of a watched folder go when they are done: never over another file."""

from __future__ import annotations

import contextlib
import errno
import filecmp
import hashlib
import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from gouji.ingest import platform
from gouji.ingest.batch.points import reached
from gouji.ingest.batch.settle import Stamp, stamp_of

NOTE = ".txt"
"""What the name of a note has more than that of the file that failed."""
_LONGEST = 240


@dataclass(frozen=True, slots=True)
class Inbox:
    """A watched folder, and the folders beside it that take what is ``done`` or has ``failed``.

    In ``others`` nothing is looked for either, because the program keeps things there.
    """

    folder: Path
    done: Path
    failed: Path
    others: frozenset[Path] = frozenset()

    @property
    def folders(self) -> frozenset[Path]:
        """Those in which nothing is looked for, should they lie in the inbox."""
        return self.others | {self.done, self.failed}

    def holds(self, path: Path) -> bool:
        """Whether a path really lies in the inbox: no link on its way leads elsewhere."""
        return _lies_in(path, self.folder)

    def put_away(self, path: Path, stamp: Stamp, note: str | None = None) -> Path | None:
        """Move a file out of the inbox, as it was when ``stamp`` was taken; where it is then.

        With a ``note`` it has failed, and the note is put beside it. None if the file is gone or
        is another one by now: then it stays where it is.
        """
        return self._put(self.folder, path, stamp, note)

    def put_right(self, note: Path, size: int, modified: int) -> Path | None:
        """A file that had failed is done after all: move it, and take the ``note`` beside it away.

        None if the file is gone, or is another one by now: then it stays where it is.
        """
        path = note.with_name(note.name.removesuffix(NOTE))
        stamp, moved = stamp_of(path), None
        if stamp and (stamp.size, stamp.modified) == (size, modified):
            moved = self._put(self.failed, path, stamp, None)
        if moved or not stamp:
            note.unlink(missing_ok=True)
            platform.sync_folder(note.parent)
        return moved

    def _put(self, source: Path, path: Path, stamp: Stamp, note: str | None) -> Path | None:
        top = self.done if note is None else self.failed
        for target in _names(top / path.relative_to(source)):
            target.parent.mkdir(parents=True, exist_ok=True)
            if _is_copied(path, target):
                path.unlink()
                return target
            if note is not None and not _write_note(target, note):
                continue
            reached("inbox.noted")
            if stamp_of(path) != stamp or not _lies_in(path, source):
                _drop_note(target, note)
                return None
            try:
                _move(path, target)
            except FileExistsError:
                continue
            except FileNotFoundError:
                _drop_note(target, note)
                return None
            reached("inbox.moved")
            platform.sync_folder(target.parent)
            platform.sync_folder(path.parent)
            return self._confirmed(path, stamp, target, note)
        return None

    def _confirmed(self, path: Path, stamp: Stamp, target: Path, note: str | None) -> Path | None:
        """If another file came to the place just before the move, that was moved: it goes back."""
        moved = stamp_of(target)
        if moved is None or (moved.size, moved.modified) == (stamp.size, stamp.modified):
            return target
        for back in _names(path):
            with contextlib.suppress(FileExistsError):
                _move(target, back)
                _drop_note(target, note)
                return None
        return None


def _lies_in(path: Path, folder: Path) -> bool:
    inside = path.parent.relative_to(folder)
    return os.path.realpath(path.parent) == os.path.realpath(folder) + (
        f"{os.sep}{inside}" if inside.parts else ""
    )


def _names(wanted: Path) -> Iterator[Path]:
    """The wanted name, then ``name-2.pdf``, ``name-3.pdf`` … none longer than systems allow."""
    for number in range(1, 100_000):
        mark = f"-{number}" if number > 1 else ""
        room = _LONGEST - len(os.fsencode(mark + wanted.suffix)) - len(NOTE)
        stem = os.fsencode(wanted.stem)
        if len(stem) > room:
            stem = stem[:room].decode("utf-8", "ignore").encode()
        yield wanted.with_name(os.fsdecode(stem) + mark + wanted.suffix)


def _write_note(target: Path, note: str) -> bool:
    """Write what is wrong beside where the file will be; whether that place is free."""
    place = target.with_name(target.name + NOTE)
    if os.path.lexists(target):
        return False
    if os.path.lexists(place):  # left by an attempt that did not get further, or another's
        return place.read_text("utf-8", "replace") == note
    part = _part(target, note)
    try:
        with _over(part) as stream:
            _write_all(stream, io.BytesIO(note.encode("utf-8", "replace")))
        reached("inbox.note")
        platform.move_new(part, place)
    except (FileExistsError, FileNotFoundError):  # another was faster
        return False
    finally:
        part.unlink(missing_ok=True)
    return True


def _drop_note(target: Path, note: str | None) -> None:
    """Take a note back that belongs to no file."""
    place = target.with_name(target.name + NOTE)
    if note is not None and not os.path.lexists(target):
        with contextlib.suppress(OSError):
            if place.read_text("utf-8", "replace") == note:
                place.unlink()


def _move(source: Path, target: Path) -> None:
    """Move a file, to another filesystem too; raises ``FileExistsError`` rather than replace."""
    try:
        platform.move_new(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _move_far(source, target)


def _is_copied(source: Path, target: Path) -> bool:
    """Whether a move to another filesystem broke off when only the old name was left to go."""
    one, other = stamp_of(source), stamp_of(target)
    return (
        one is not None
        and other is not None
        and one.device != other.device
        and (one.size, one.modified) == (other.size, other.modified)
        and filecmp.cmp(source, target, shallow=False)
    )


def _move_far(source: Path, target: Path) -> None:
    before = stamp_of(source)
    part = _part(target, f"{source} {before}")
    try:
        with source.open("rb") as content, _over(part) as stream:
            _write_all(stream, content)
        shutil.copystat(source, part)
        reached("inbox.copied")
        if stamp_of(source) != before:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(source))
        platform.move_new(part, target)
        platform.sync_folder(target.parent)
    finally:
        part.unlink(missing_ok=True)
    reached("inbox.doubled")
    source.unlink()


def _part(target: Path, content: str) -> Path:
    """Where something is written before it has its name: the same for the same content, so that
    nothing is left over by an attempt that broke off, and two at once do each other no harm.
    """
    digest = hashlib.sha256(content.encode("utf-8", "surrogateescape")).hexdigest()
    return target.with_name(f".{digest[:32]}.part")


def _over(path: Path) -> BinaryIO:
    """Open a file to be written over; it is never shorter than it was, for another may use it."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o644), "wb")


def _write_all(stream: BinaryIO, content: BinaryIO) -> None:
    shutil.copyfileobj(content, stream)
    stream.truncate()
    stream.flush()
    os.fsync(stream.fileno())
