"""A file under way, and what came of its documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gouji.ingest.batch.files import File
from gouji.ingest.batch.metafile import NONE, Meta
from gouji.ingest.batch.settle import Stamp, stamp_of
from gouji.ingest.store.model import Document, Found
from gouji.ocr.finding import Finding

How = Literal["read", "known", "elsewhere", "set_aside"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a document. ``how``: read now; known before; under way in another process;
    or set aside, because workers died under it. ``finding`` says why it failed; ``name`` is that
    under which it was found now, empty if it was not.
    """

    document: Document
    how: How
    state: str
    finding: Finding | None = None
    seconds: float = 0.0
    name: str = ""


@dataclass(slots=True, eq=False)
class Parcel:
    """A file under way, and what has come of the documents in it.

    ``stamp``: what the file was when it was taken, if that matters; if it is another by the time
    its bytes are had, it is ``changed``, and nothing was made of it. ``problem``: why there was
    nothing to take. ``died``: a worker did, once, when it took the file. ``names``: those of its
    documents, by their ids.
    """

    file: File
    meta: Meta = NONE
    origin: str = ""
    stamp: Stamp | None = None
    changed: bool = False
    problem: Finding | None = None
    taken: bool = False
    left: set[int] = field(default_factory=set)
    outcomes: list[Outcome] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    died: bool = False

    @property
    def done(self) -> bool:
        """Whether nothing is left to be done about it."""
        return bool(self.changed or self.problem) or (self.taken and not self.left)

    def unchanged(self) -> bool:
        """Whether the file is still the one that was taken, as far as that matters."""
        return self.stamp is None or stamp_of(self.file.path) == self.stamp

    def facts(self, found: Found) -> Mapping[str, str]:
        """What is known from elsewhere about a document in the file."""
        member = found.name.removeprefix(self.file.name).lstrip("/")
        return self.meta.of(self.file, member, found.sha256)
