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
from gouji.ocr.finding import DocumentError, Finding

AWAY = "originals_away"
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

    Raises ``DocumentError`` with ``AWAY`` or ``FILE_AWAY`` for faults that may pass.
    """
    from gouji.ingest.store.originals import open_originals

    originals = open_originals(settings)
    come = []
    for member in open_file(path, settings.limits):
        own = os.fsencode(path) if member.name == name else b""
        if member.error and member.sha256 is None:
            if reason := passing(member.error):
                raise DocumentError(FILE_AWAY, reason=reason)
            come.append(Come(Found(None, member.name, path=own), member.error.finding))
            continue
        with _faults(AWAY):
            kept = originals.keep(member.data, member.sha256, own)
        reached("work.kept")
        found = Found(member.sha256, member.name, len(member.data), member.kind, path=own, kept=kept)
        come.append(Come(found))
    return come


def read_document(job: Job, settings: Settings) -> Reading:
    """Read a document: its bytes from the originals, or from the file itself; nothing else.

    Raises ``DocumentError`` if they can't be had, or no longer are the same.
    """
    from gouji.ingest.messages import language_of
    from gouji.ingest.pipeline import read_member
    from gouji.ingest.store.originals import open_originals
    from gouji.ingest.store.project import reading_of

    began = time.monotonic()
    with _faults(AWAY if job.document.kept else FILE_AWAY):
        data = open_originals(settings).fetch(job)
    member = document_member(job.document.name, data, settings.limits)
    reached("work.fetched")
    records = read_member(member, settings, language_of(settings.language))
    return reading_of(records, time.monotonic() - began)


@contextmanager
def _faults(code: str) -> Iterator[None]:
    """What may pass by itself gets a code of its own; the rest is a failure."""
    try:
        yield
    except OSError as error:
        if (reason := passing(error)) is None:
            raise
        raise DocumentError(code, reason=reason) from error


__all__ = ["AWAY", "FILE_AWAY", "MISSING", "Come", "Member", "read_document", "take_in"]
