"""What child processes do: take a file in, read a document. They never see the store."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gouji.ingest.batch.patience import passing
from gouji.ingest.batch.points import reached
from gouji.ingest.intake import Member, document_member, open_file
from gouji.ingest.settings import Settings
from gouji.ingest.store.model import Found, Job, Reading
from gouji.ingest.store.originals import Originals
from gouji.ocr.finding import DocumentError, Finding

AWAY = "machine_fault"
"""The code of a fault that concerns every document: one may only wait."""
FILE_AWAY = "file_away"
"""The code of a fault that concerns one file, and may pass."""
MISSING = "not_found"


@dataclass(frozen=True, slots=True)
class Come:
    """A document of a file: ``found``, and why its bytes could not be had, if so."""

    found: Found
    finding: Finding | None = None


def take_in(path: Path, name: str, settings: Settings) -> list[Come]:
    """The documents of a file, each with its bytes among the originals, durably.

    Raises ``DocumentError``, with ``AWAY`` or ``FILE_AWAY`` for faults that may pass.
    """
    originals = Originals.of(settings)
    return [_come(member, path, name, originals) for member in open_file(path, settings.limits)]


def _come(member: Member, path: Path, name: str, originals: Originals) -> Come:
    own = path.absolute() if member.name == name else None
    place = os.fsencode(own) if own else b""
    if member.sha256 is None:
        error = member.error or DocumentError("crashed", reason="no bytes")
        if reason := passing(error):
            raise DocumentError(FILE_AWAY, reason=reason)
        return Come(Found(None, member.name, path=place), error.finding)
    with _faults(AWAY):
        kept = originals.keep(member.sha256, member.data, own)
    reached("work.kept")
    size = len(member.data)
    return Come(Found(member.sha256, member.name, size, member.kind, path=place, kept=kept))


def read_document(job: Job, settings: Settings) -> Reading:
    """Read a document: its bytes from the originals, or from the file itself; nothing else.

    Raises ``DocumentError`` if they can't be had, or no longer are the same.
    """
    from gouji.ingest.messages import language_of
    from gouji.ingest.pipeline import read_member
    from gouji.ingest.store.project import reading_of

    began, document = time.monotonic(), job.document
    with _faults(AWAY if document.kept else FILE_AWAY):
        data = Originals.of(settings).fetch(document.sha256, job.paths, kept=document.kept)
        reached("work.fetched")
    with _faults(FILE_AWAY):
        member = document_member(document.name, data, settings.limits)
        records = read_member(member, settings, language_of(settings.language))
        return reading_of(records, time.monotonic() - began, document.meta)


@contextmanager
def _faults(code: str) -> Iterator[None]:
    """What may pass by itself gets a code of its own; the rest is a failure."""
    try:
        yield
    except (OSError, DocumentError) as error:
        if (reason := passing(error)) is None:
            raise
        raise DocumentError(code, reason=reason) from error
