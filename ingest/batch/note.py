"""The note beside a file that failed: what is wrong, what to do, and in its last line which file
and which documents it is about, so that it is known when they have been read after all.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gouji.ingest.batch.inbox import NOTE
from gouji.ingest.batch.parcel import Outcome, Parcel
from gouji.ingest.messages import render
from gouji.ingest.store.model import Document
from gouji.ingest.terminal import clean
from gouji.ingest.texts import say
from gouji.ocr.finding import Finding

if TYPE_CHECKING:
    from gouji.ingest.messages import Language
    from gouji.ingest.store.store import Store

_ABOUT = re.compile(r"\n# ([0-9]+) ([0-9]+)((?: (?:path:)?[0-9a-f]{64})+)\s*\Z")


def note_of(parcel: Parcel, store: Store, language: Language) -> str | None:
    """The words; None if every document of the file was read.

    They are the same each time, so that a note left by an attempt that broke off is known again.
    """
    failed = [outcome for outcome in parcel.outcomes if outcome.state == "failed"]
    if not failed:
        return None
    lines = [say("note.head", language, file=clean(parcel.file.path.name))]
    lines += [_line(outcome, parcel, store, language) for outcome in failed]
    if len(failed) < len(parcel.outcomes):
        read = len(parcel.outcomes) - len(failed)
        lines.append(say("note.others", language, count=read))
    lines.append(say("note.remedy", language))
    if parcel.stamp:
        keys = sorted({outcome.document.sha256 for outcome in failed})
        lines.append(f"# {parcel.stamp.size} {parcel.stamp.modified} {' '.join(keys)}")
    return "\n\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class About:
    """What a note is about: a file of that size and time, the documents in it that failed."""

    size: int
    modified: int
    documents: frozenset[str]


def notes_in(folder: Path) -> Iterator[tuple[Path, About]]:
    """All notes in a folder and those in it, with what they are about."""
    for path in sorted(folder.rglob(f"*{NOTE}")):
        if path.with_name(path.name + NOTE).exists():  # a text that failed, whatever it says
            continue
        with contextlib.suppress(OSError):
            if match := _ABOUT.search(path.read_text("utf-8", "replace")):
                size, modified, keys = match.groups()
                yield path, About(int(size), int(modified), frozenset(keys.split()))


def were_read(keys: frozenset[str], store: Store) -> bool:
    """Whether all these documents have been read by now."""
    from sqlalchemy import func, select

    from gouji.ingest.store.schema import documents

    read = documents.c.sha256.in_(keys), documents.c.state.not_in(("waiting", "failed"))
    with store.reading() as connection:
        return connection.scalar(select(func.count()).where(*read)) == len(keys)


def _line(outcome: Outcome, parcel: Parcel, store: Store, language: Language) -> str:
    """A document of the file, by its name if it is a part, and why it failed."""
    document = outcome.document
    finding = outcome.finding or _known(document, store)
    reason = render(finding, language) if finding else str(document.code)
    part = outcome.name.removeprefix(parcel.file.name).lstrip("/")
    several = len(parcel.outcomes) > 1
    return f"{clean(part)}: {reason}" if several else reason


def _known(document: Document, store: Store) -> Finding | None:
    """Why a document failed, as the store has it."""
    from sqlalchemy import select

    from gouji.ingest.store.schema import findings

    why = findings.c.document == document.id, findings.c.code == document.code
    with store.reading() as connection:
        row = connection.execute(select(findings).where(*why).order_by("number")).first()
    return Finding(row.code, json.loads(row.arguments), page=row.page) if row else None
