"""The note beside a file that failed: what is wrong, and what to do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gouji.ingest.batch.parcel import Outcome, Parcel
from gouji.ingest.messages import render
from gouji.ingest.store.model import Document
from gouji.ingest.terminal import clean
from gouji.ingest.texts import say
from gouji.ocr.finding import Finding

if TYPE_CHECKING:
    from gouji.ingest.messages import Language
    from gouji.ingest.store.store import Store


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
    return "\n\n".join(lines) + "\n"


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
