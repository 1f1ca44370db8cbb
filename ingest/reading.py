"""The files that a command names → what was made of each document in them, one by one.

Each document is handled in a child process, so that one which crashes, hangs or starves leaves
the others untouched. This module imports nothing heavy: the parent only waits.
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from gouji.ingest.intake import Member, name_of, open_file
from gouji.ingest.isolate import Worker
from gouji.ingest.settings import Settings
from gouji.ocr.finding import DocumentError

if TYPE_CHECKING:
    from gouji.ingest.messages import Language
    from gouji.ingest.terminal import Console
    from gouji.tables.record import Record

T = TypeVar("T")
Work = Callable[..., T]
_LEFT_BY_SYSTEMS = frozenset(("thumbs.db", "desktop.ini"))
_PAGE_PARTS = ("_files", ".files")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\\\x00-\x1f]')
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Input:
    """A file to read. ``inside``: where it lies below the folder that was named."""

    path: Path
    inside: PurePosixPath


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """One document, and what was made of it: ``result``, or the ``error`` that stopped it.

    ``place`` is a relative path for what is written about it: the document's own, made safe.
    """

    member: Member
    place: PurePosixPath
    result: T | None = None
    error: DocumentError | None = None


def inputs(names: Sequence[str]) -> list[Input]:
    """Files as named; all files of a folder, sorted; wildcards, which not every shell expands."""
    found: list[Input] = []
    for name in names:
        path = Path(name)
        matches = [path]
        if not path.exists() and glob.has_magic(name):
            matches = [Path(match) for match in sorted(glob.glob(name))] or [path]  # noqa: PTH207
        for match in matches:
            inside = _folder(match) if match.is_dir() else []
            found += inside or [Input(match, PurePosixPath(match.name))]
    return _told_apart(found)


def _told_apart(found: list[Input]) -> list[Input]:
    """The same files; where two would lie in one place, all lie as below their common folder."""
    paths = {os.path.abspath(item.path): item.inside for item in found}  # noqa: PTH100
    if len(set(paths.values())) == len(paths):
        return found
    try:
        common = os.path.commonpath([os.path.dirname(path) for path in paths])  # noqa: PTH120
    except ValueError:  # on several drives
        common = ""
    return [Input(item.path, _below(common, item.path)) for item in found]


def _below(folder: str, path: Path) -> PurePosixPath:
    whole = Path(os.path.abspath(path))  # noqa: PTH100
    return PurePosixPath((whole.relative_to(folder) if folder else whole).as_posix())


def _folder(folder: Path) -> list[Input]:
    """All files below a folder, but for hidden ones and the parts of saved web pages."""
    files: list[Path] = []
    for where, folders, names in os.walk(folder):
        folders[:] = [f for f in folders if not skip_folder(f, names)]
        files += [Path(where, name) for name in names if not skip_name(name)]
    return [Input(f, PurePosixPath(f.relative_to(folder).as_posix())) for f in sorted(files)]


def skip_folder(name: str, beside: Iterable[str]) -> bool:
    """Whether a folder is hidden or has the parts of a saved web page ``beside`` it."""
    page = next((name.removesuffix(e) for e in _PAGE_PARTS if name.endswith(e)), None)
    saved = page is not None and any(
        Path(file).stem == page and file.lower().endswith((".htm", ".html")) for file in beside
    )
    return saved or name.startswith(".")


def skip_name(name: str) -> bool:
    """Whether systems or programs leave such files behind."""
    return name.startswith((".", "~$")) or name.lower() in _LEFT_BY_SYSTEMS


def each(
    files: Sequence[Input],
    settings: Settings,
    console: Console,
    work: Work[T],
    *args: Any,
    debug: bool = False,
) -> Iterator[Done[T]]:
    """``work(member, settings, *args)`` for every document of the files, in their order.

    ``work`` is a module's own function, because it runs in a child process, unless the settings
    or ``debug`` say otherwise; with ``debug`` an unexpected exception passes through.
    """
    places = _Places()
    with contextlib.ExitStack() as stack:
        run: Callable[..., T] = _plain if debug else _guarded
        if settings.isolate and not debug:
            run = stack.enter_context(Worker(settings.limits)).run
        for number, item in enumerate(files, start=1):
            console.progress(number, len(files), name_of(item.path))
            for member in _members(item, settings, debug):
                place = places.of(item, member)
                if member.error:
                    yield Done(member, place, error=member.error)
                    continue
                try:
                    result = run(work, member, settings, *args)
                except DocumentError as error:
                    yield Done(member, place, error=error)
                else:
                    yield Done(member, place, result)
    console.clear()


def _members(item: Input, settings: Settings, debug: bool) -> Iterator[Member]:
    """The documents of a file; if opening it fails in an unforeseen way, one with that error."""
    if item.path.is_dir():
        yield Member(name_of(item.path), b"", None, None, error=DocumentError("empty_folder"))
        return
    try:
        yield from open_file(item.path, settings.limits)
    except Exception as error:
        if debug:
            raise
        yield Member(name_of(item.path), b"", None, None, error=_crash(error))


def _plain(work: Work[T], *args: Any) -> T:
    return work(*args)


def _guarded(work: Work[T], *args: Any) -> T:
    try:
        return work(*args)
    except DocumentError:
        raise
    except Exception as error:
        raise _crash(error) from error


def _crash(error: Exception) -> DocumentError:
    return DocumentError("crashed", reason=f"{type(error).__name__}: {error}"[:300])


class _Places:
    """Where to write about each document of a run: never about two in one place."""

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}

    def of(self, item: Input, member: Member) -> PurePosixPath:
        """The document's own place, or where another has it, one with a mark of its own."""
        place = _place(item, member)
        whose = f"{member.name}\0{member.sha256}"
        # Some systems take names that differ in case only for one.
        if self._taken.setdefault(str(place).casefold(), whose) != whose:
            mark = hashlib.sha256(whose.encode("utf-8", "replace")).hexdigest()[:8]
            place = place.with_name(f"{place.stem}-{mark}{place.suffix}")
        return place


def _place(item: Input, member: Member) -> PurePosixPath:
    """Where to write about a document: as its file lies, a member of a ZIP below the ZIP."""
    inner = member.name.removeprefix(name_of(item.path)).replace("\\", "/")
    inside = name_of(Path(item.inside)).replace("\\", "/")
    parts = [*PurePosixPath(inside).parts, *PurePosixPath(inner).parts]
    return PurePosixPath(*(_safe(part) for part in parts if part not in ("/", "..", ".")))


def _safe(name: str) -> str:
    """A file name that every system takes, no longer than they allow."""
    name = _NOT_IN_NAMES.sub("_", name).rstrip(". ") or "_"
    if len(name) <= _LONGEST_NAME:
        return name
    suffix = PurePosixPath(name).suffix[:8]
    return name[: _LONGEST_NAME - len(suffix)] + suffix


def read_one(member: Member, settings: Settings, language: Language) -> list[Record]:
    """The records of one document. Runs in the child."""
    from gouji.ingest.pipeline import read_member

    return read_member(member, settings, language)


def read_each(
    names: Sequence[str], settings: Settings, console: Console, *, debug: bool = False
) -> Iterator[tuple[PurePosixPath, list[Record]]]:
    """The records of every document; those that failed have a record that says why."""
    files = inputs(names)
    for done in each(files, settings, console, read_one, console.language, debug=debug):
        if done.result is not None:
            yield done.place, done.result
        else:
            yield done.place, [_failed(done, console.language)]


def _failed(done: Done[list[Record]], language: Language) -> Record:
    from gouji.ingest import records

    member = done.member
    error = done.error or DocumentError("crashed", reason="")
    where = records.source(member.name, member.sha256, member.kind)
    return records.failed(where, error, language)
