"""``gouji watch``: files that come to rest in a folder are read and put away.

What a scan finds and what the store knows is the truth. Events only make a scan come sooner.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gouji.ingest import platform
from gouji.ingest.batch.files import File
from gouji.ingest.batch.inbox import NOTE, Inbox
from gouji.ingest.batch.metafile import Meta
from gouji.ingest.batch.note import note_of, notes_in, were_read
from gouji.ingest.batch.parcel import Parcel
from gouji.ingest.batch.run import own_folders
from gouji.ingest.batch.setting_up import Batch
from gouji.ingest.batch.settle import Settling, Stamp, scan
from gouji.ingest.batch.stopping import Stop
from gouji.ingest.intake import name_of
from gouji.ocr.finding import DocumentError, Finding

if TYPE_CHECKING:
    from gouji.ingest.messages import Language
    from gouji.ingest.settings import Settings

_SOON = 0.05
_SHARE = 5
"""A look at a folder must not take more than a fifth of the time, whatever the events."""
_PAGE = 50


class Watch:
    """A folder that is looked at again and again."""

    def __init__(
        self,
        inbox: Inbox,
        batch: Batch,
        meta: Meta,
        language: Language,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inbox, self._meta, self._language = inbox, meta, language
        self._run, self._store, self._patience = batch.run, batch.store, batch.patience
        self._settings = batch.settings
        self._settling = Settling(batch.settings.settle, clock)
        self._clock = clock
        self._at: dict[Path, Stamp] = {}
        """Files under way, and those that are done with and stay."""
        self._line: dict[Path, Stamp] = {}
        """Files that have come to rest, as the last look found them."""
        self._next = self._soonest = clock()
        self._unreadable: set[Path] = set()
        self._stuck: dict[Path, Parcel] = {}
        self._hinted = self._more_waits = False
        self._mended = True
        """Whether documents that failed may have been read since, whose files lie in ``failed``."""
        self._last, self._heard = 0, clock()

    def hint(self) -> None:
        """Something may have changed; called from any thread."""
        self._hinted = True
        self._run.engine.happened.put(None)

    def until(self, stop: Stop, *, once: bool = False) -> None:
        """Watch until somebody wants it to end; ``once``: until all that lies there is done."""
        while not stop.wishes:
            now = self._clock()
            if now >= self._due():
                self._look()
            self._feed()
            if self._more_waits and not self._run.engine.busy:
                self._read_waiting()
            if once and self._is_idle():
                return
            for parcel in self._run.step(max(_SOON, min(self._due() - self._clock(), 1.0))):
                self._put_away(parcel)

    def _due(self) -> float:
        """When to look next: sooner after a hint, unless there still are files to be taken."""
        return min(self._next, self._soonest) if self._hinted and not self._line else self._next

    def _is_idle(self) -> bool:
        settling = self._settling.due() is not None
        return not (self._hinted or self._run.engine.busy or self._line or settling)

    def _look(self) -> None:
        """See what is there, and what waits in the store."""
        began, self._hinted = self._clock(), False
        self._next = began + self._settings.poll
        try:
            seen, unreadable = scan(self._inbox.folder, self._inbox.folders)
        except OSError as error:
            seen, unreadable = {}, {self._inbox.folder: error}
        for path in unreadable.keys() - self._unreadable:
            self._complain(path, unreadable[path])
        self._unreadable = set(unreadable)
        self._at = {path: stamp for path, stamp in self._at.items() if seen.get(path) == stamp}
        for parcel in list(self._stuck.values()):
            self._put_away(parcel)
        fresh = {path: stamp for path, stamp in seen.items() if path not in self._at}
        self._line = dict(self._settling.settled(fresh))
        if (due := self._settling.due()) is not None:
            self._next = min(self._next, self._clock() + due + _SOON)
        self._soonest = self._clock() + max(_SOON, _SHARE * (self._clock() - began))
        self._more_waits = True
        if began >= self._heard:
            self._hear_of_others()

    def _hear_of_others(self) -> None:
        """Learn, as often as the folder is polled, whether anything was done in the store."""
        self._heard = self._clock() + self._settings.poll
        last = self._patience.with_(self._store.last_event)
        self._mended = self._mended or last != self._last
        self._last = last

    def _feed(self) -> None:
        """Take files that have come to rest, as many as there is room for."""
        while self._line and self._run.engine.room():
            path = next(iter(self._line))
            stamp = self._line.pop(path)
            if self._inbox.holds(path) and not platform.being_written(path):
                self._take(path, stamp)
            else:
                self._settling.again(path)

    def _take(self, path: Path, stamp: Stamp) -> None:
        self._at[path] = stamp
        inside = path.relative_to(self._inbox.folder).as_posix()
        file = File(path, name_of(path), inside)
        self._run.engine.take(Parcel(file, self._meta, "watch", stamp))

    def _read_waiting(self) -> None:
        """What somebody wants to have read again, or another process left behind."""
        documents = self._patience.with_(lambda: self._store.waiting(_PAGE))
        self._run.engine.offer(documents)
        self._more_waits = bool(documents)
        if documents:
            self._mended = True
        elif self._mended and self._settings.afterwards == "move":
            self._mended = False
            self._put_right()

    def _put_right(self) -> None:
        """Move files that had failed, and whose documents have been read since, to the others."""
        for note, of in notes_in(self._inbox.failed):
            if self._patience.with_(lambda: were_read(of.documents, self._store)):  # noqa: B023
                try:
                    moved = self._inbox.put_right(note, of.size, of.modified)
                except OSError as error:  # it stays, for the next time
                    self._complain(note, error)
                else:
                    self._tell_moved(name_of(note).removesuffix(NOTE), moved)

    def _put_away(self, parcel: Parcel) -> None:
        """Move a file that is done; or let it lie, and perhaps look at it again."""
        path, stamp = parcel.file.path, parcel.stamp
        if stamp is None:
            return
        gone = parcel.changed or parcel.problem
        if gone or any(one.how == "elsewhere" for one in parcel.outcomes):
            self._forget(path, stamp)
            self._settling.again(path)
            return
        if self._settings.afterwards == "leave":
            return
        note = note_of(parcel, self._store, self._language)
        try:
            moved = self._patience.with_(lambda: self._inbox.put_away(path, stamp, note))
        except OSError as error:  # it stays, and is tried again
            if path not in self._stuck:
                self._complain(path, error)
            self._stuck[path] = parcel
            return
        self._forget(path, stamp)
        self._tell_moved(parcel.file.name, moved, failed=note is not None)

    def _tell_moved(self, name: str, to: Path | None, *, failed: bool = False) -> None:
        if to:
            self._run.progress.event("moved", name=name, to=name_of(to), failed=failed)

    def _forget(self, path: Path, stamp: Stamp) -> None:
        """The file is done with; one that has come to its place since is not."""
        self._stuck.pop(path, None)
        if self._at.get(path) == stamp:
            del self._at[path]

    def _complain(self, path: Path, error: OSError) -> None:
        """Tell what cannot be looked into, or moved."""
        finding = Finding("folder_unreadable", {"reason": error.strerror or str(error)})
        self._run.progress.problem(name_of(path), finding)


def inbox_of(folder: Path, settings: Settings) -> Inbox:
    """The inbox with its folders beside it.

    Raises ``no_inbox``, ``inbox_is_done`` or ``refer_moves`` where that would come to nothing.
    """
    folder = folder.absolute()
    if settings.originals == "refer" and settings.afterwards == "move":
        raise DocumentError("refer_moves")
    if not folder.is_dir():
        raise DocumentError("no_inbox", path=str(folder))
    done = Path(settings.done).absolute() if settings.done else folder.parent / "done"
    failed = Path(settings.failed).absolute() if settings.failed else folder.parent / "failed"
    inbox = Inbox(folder, done, failed, own_folders(settings))
    if folder in inbox.folders:
        raise DocumentError("inbox_is_done", path=str(folder))
    return inbox
