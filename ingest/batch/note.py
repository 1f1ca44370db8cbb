"""The note beside a file that failed: what is wrong, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gouji.ingest.batch.parcel import Outcome, Parcel
from gouji.ingest.messages import render
from gouji.ingest.terminal import clean
from gouji.ingest.texts import say

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
    finding = outcome.finding or next(iter(store.findings(document.id)), None)
    reason = render(finding, language) if finding else str(document.code)
    name = parcel.names.get(document.id, document.name)
    part = name.removeprefix(parcel.file.name).lstrip("/")
    several = len(parcel.outcomes) > 1
    return f"{clean(part)}: {reason}" if several else reason
