"""The files that were read, kept by the hash of their bytes: in a folder, or wherever fsspec goes.

What is kept is there for good once ``keep`` has returned, and only then may the store know of it.
A user's own file is never altered or deleted.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from gouji.ingest.batch.points import reached
from gouji.ingest.settings import Settings
from gouji.ingest.store.faults import StoreError
from gouji.ocr.finding import DocumentError

Mode = Literal["copy", "link", "refer"]


@dataclass(frozen=True, slots=True)
class Originals:
    """Where originals are kept, and how. It is small and pickles: workers have one too."""

    mode: Mode
    at: str

    @classmethod
    def of(cls, settings: Settings) -> Originals:
        """As the settings say."""
        at = settings.originals_at.removeprefix("file://")
        return cls(settings.originals, at or f"{settings.workspace}/originals")

    def keep(self, sha256: str, data: bytes, path: Path | None = None) -> bool:
        """Keep a document's bytes; False where they are only referred to.

        ``path`` is the file that has them; None for a member of an archive, which is copied
        always. Raises ``StoreError``.
        """
        if self.mode == "refer" and path is not None:
            return False
        linked = path if self.mode == "link" else None
        with self._told():
            if "://" not in self.at:
                _put_local(self._local(sha256), sha256, data, linked)
            elif not self._is_there(sha256, len(data)):
                _put_remote(*self._remote(sha256), data)
        return True

    def fetch(self, sha256: str, paths: Iterable[bytes] = (), *, kept: bool = True) -> bytes:
        """The bytes of a document, kept or in one of the files that are referred to.

        Raises ``original_gone`` where there are none, ``original_changed`` where they are not
        those that were found once, and ``StoreError``.
        """
        places = [self._where(sha256)] if kept else [os.fsdecode(path) for path in paths]
        changed = []
        for place in places:
            data = self._read(sha256) if kept else _read(Path(place))
            if data is not None and hashlib.sha256(data).hexdigest() == sha256:
                return data
            changed += [place] if data is not None else []
        if changed:
            raise DocumentError("original_changed", path=changed[0])
        raise DocumentError("original_gone", path=places[0] if places else sha256)

    def has(self, sha256: str, size: int) -> bool:
        """Whether a document's bytes are kept here, all of them."""
        with self._told():
            return self._is_there(sha256, size)

    def _is_there(self, sha256: str, size: int) -> bool:
        """One that was cut off, where places know no better, is known by its size."""
        if "://" not in self.at:
            return _is_whole(self._local(sha256), size)
        system, place = self._remote(sha256)
        with contextlib.suppress(FileNotFoundError):
            return bool(system.info(place)["size"] == size)
        return False

    def _read(self, sha256: str) -> bytes | None:
        if "://" not in self.at:
            return _read(self._local(sha256))
        with self._told():
            system, place = self._remote(sha256)
            try:
                data: bytes = system.cat_file(place)
            except FileNotFoundError:
                return None
            return data

    def _where(self, sha256: str) -> str:
        return f"{self.at}/{sha256[:2]}/{sha256}"

    def _local(self, sha256: str) -> Path:
        return Path(self._where(sha256))

    def _remote(self, sha256: str) -> tuple[Any, str]:
        from fsspec.core import url_to_fs

        system, place = url_to_fs(self._where(sha256))
        return system, place

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what goes wrong with the place itself into one clear error."""
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            raise StoreError("originals_fault", self.at, reason, transient=True) from error
        except (ImportError, ValueError) as error:  # fsspec knows no such kind of place
            raise StoreError("originals_fault", self.at, str(error), transient=False) from error
        except Exception as error:
            if "://" not in self.at:
                raise
            reason = f"{type(error).__name__}: {error}"[:300]
            raise StoreError("originals_fault", self.at, reason, transient=True) from error


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreError("originals_fault", str(path), reason, transient=True) from error


def _put_remote(system: Any, place: str, data: bytes) -> None:
    """Object stores have no folders, and whoever may write there may not look at the bucket."""
    try:
        system.pipe_file(place, data)
    except FileNotFoundError:
        system.makedirs(place.rpartition("/")[0], exist_ok=True)
        system.pipe_file(place, data)
    reached("originals.put")


def _is_whole(place: Path, size: int) -> bool:
    return place.is_file() and place.stat().st_size == size


def _put_local(place: Path, sha256: str, data: bytes, linked: Path | None) -> None:
    """Under a name of its own until it is whole and on the disk, then under its hash."""
    if not _is_whole(place, len(data)):
        _make(place.parent)
        part = place.with_name(f".{uuid4().hex}.part")
        try:
            if not (linked and _link(linked, part, sha256)):
                part.write_bytes(data)
            _sync(part)
            reached("originals.written")
            part.replace(place)
            reached("originals.named")
        finally:
            with contextlib.suppress(OSError):
                part.unlink()
    _sync(place.parent)


def _link(path: Path, part: Path, sha256: str) -> bool:
    """A second name for the user's file, if the system can and the bytes are still the same."""
    try:
        os.link(path, part)
    except OSError:
        return False
    if hashlib.sha256(part.read_bytes()).hexdigest() == sha256:
        return True
    part.unlink()
    return False


def _make(folder: Path) -> None:
    """A folder that stays, whatever happens to the machine."""
    if folder.is_dir():
        return
    _make(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync(folder.parent)


def _sync(path: Path) -> None:
    """Wait until a file or the names in a folder are on the disk. Windows has no such folders."""
    if os.name == "nt" and path.is_dir():
        return
    number = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
