"""What goes into the store and comes out of it. Imports nothing heavy: workers use it too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

State = Literal["waiting", "failed", "clean", "needs_review", "no_report"]
STATES: tuple[State, ...] = ("waiting", "failed", "clean", "needs_review", "no_report")
INTERRUPTED = "interrupted"
"""The code of a document that failed only because its attempt never ended."""
UNREAD = "path:"
"""What stands before the hash of a path, in place of the hash of bytes that could not be had."""
KILLS = 2
"""A document under which so many workers have died is set aside."""


@dataclass(frozen=True, slots=True)
class Found:
    """A document as it was come upon.

    ``name`` is for people; ``path`` is the file itself, as the system names it (empty for a member
    of an archive); ``origin`` says who found it. ``kept``: its bytes are among the originals.
    ``sha256`` is None where the bytes could not be had. ``meta`` is what is known about it from
    elsewhere, such as its address.
    """

    sha256: str | None
    name: str
    size: int = 0
    kind: str | None = None
    origin: str = ""
    path: bytes = b""
    kept: bool = False
    meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the store. ``name`` is the first it was found under.

    ``sha256`` is the hash of its bytes, or ``path:`` and the hash of its path where the bytes
    could not be had. ``code`` says why it failed. ``meta`` is what is known about it from
    elsewhere.
    """

    id: int
    sha256: str
    name: str
    state: State
    code: str | None
    kind: str | None
    size: int
    kept: bool
    attempts: int
    kills: int
    version: str | None
    meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt at a document, claimed by the process ``by``.

    ``paths``: where files with these bytes were found; the one to read if they are not ``kept``.
    """

    document: Document
    by: str
    paths: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """Which documents to read: those that wait and those that were interrupted, always.

    ``version``: also those that another version of the program read.
    """

    version: str | None = None


@dataclass(frozen=True, slots=True)
class CellRow:
    """A cell as the store lists it. ``ref`` ends in ``#2``, ``#3`` … where a name comes again."""

    edition: str
    table: str
    ref: str
    value: Decimal | None
    state: str
    accepted: bool
    basis: str | None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report as the store lists it. ``place`` is its number in the document, from 0.

    ``published`` and ``signed`` are dates that the document itself gives. ``figures`` is a digest
    of all its cells, None while one of them is in doubt.
    """

    place: int
    status: str
    agency: str | None
    year: int | None
    region_code: str | None
    scope: str | None
    published: str | None
    signed: str | None
    figures: str | None
    cells: tuple[CellRow, ...]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as the store lists it. ``place`` is None for one about the whole document."""

    place: int | None
    code: str
    severity: str
    arguments: str
    refs: str
    page: int | None


@dataclass(frozen=True, slots=True)
class Rows:
    """All that the store lists of a reading."""

    state: State
    code: str | None
    reports: tuple[ReportRow, ...]
    findings: tuple[FindingRow, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a worker made of a document: its records, compressed, and the rows drawn from them.

    ``known`` is what was known from elsewhere when they were drawn.
    """

    data: bytes
    rows: Rows
    version: str
    seconds: float = 0
    known: Mapping[str, str] = field(default_factory=dict)
