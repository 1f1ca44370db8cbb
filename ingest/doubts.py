"""Why cells are in doubt, in a word; and how many of them one decision would settle."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache, lru_cache

from gouji.ingest.messages import Language, catalogue, render
from gouji.ocr.finding import Finding
from gouji.tables.forms.form import Identity, load
from gouji.tables.record import CellModel, Record

OTHER = "other"
_MOST = 60
"""Cells tried out; tables with more of them in doubt have troubles of another kind."""


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Every message as a pattern, the longest first; its arguments may be anything."""
    found = []
    for code, entry in catalogue().items():
        for language in ("zh", "en"):
            found.append((code, re.compile(_pattern(entry[language]), re.DOTALL)))
    return sorted(found, key=lambda pair: -len(pair[1].pattern))


def _pattern(text: str) -> str:
    parts, seen = [], set[str]()
    for part in re.split(r"(\{\w+\})", text):
        name = part[1:-1]
        if not part.startswith("{"):
            parts.append(re.escape(part))
        elif name in seen:
            parts.append(f"(?P={name})")
        else:
            seen.add(name)
            parts.append(f"(?P<{name}>.*)")
    return "".join(parts)


@lru_cache(maxsize=4096)
def finding_of(message: str) -> Finding | None:
    """The finding that was put in words, in whatever language; None if no code says that."""
    for code, known in _patterns():
        if found := known.fullmatch(message):
            return Finding(code, found.groupdict())
    return None


def code_of(message: str) -> str:
    """The code of a finding that was put in words."""
    found = finding_of(message)
    return found.code if found else OTHER


def said_in(message: str, language: Language) -> str:
    """The same message in a language; one that no code says as it is."""
    found = finding_of(message)
    return render(found, language) if found else message


def kind_of(cell: CellModel) -> str:
    """The code of why a cell is in doubt: of its last reason, which is the readers' own."""
    return code_of(cell.why[-1]) if cell.why else OTHER


def kinds_of(record: Record) -> tuple[str, ...]:
    """The kinds of doubt in a report, sorted."""
    return tuple(sorted({kind_of(cell) for cell in record.cells if not cell.accepted}))


def settles(record: Record) -> int:
    """How many cells at most one decision settles, itself among them; 0 without doubts.

    Reckoned from the sums alone: one in which all figures but one are known gives that one.
    """
    most = 0
    for number in range(len(record.tables)):
        doubtful = [c.ref for c in record.cells if c.table == number and not c.accepted]
        sums = list(_sums(record, number, doubtful))
        for ref in doubtful[:_MOST]:
            most = max(most, 1 + len(_following(ref, frozenset(doubtful), sums)))
    return most


def _sums(record: Record, table: int, refs: Collection[str]) -> Iterator[Identity]:
    """The sums that must hold and have some of the cells."""
    wanted = frozenset(refs)
    for identity in load(record.tables[table].edition).identities:
        if identity.severity == "error" and identity.op == "=" and wanted & set(identity.refs):
            yield identity


def _following(ref: str, doubtful: frozenset[str], sums: Sequence[Identity]) -> frozenset[str]:
    """The cells in doubt that are known once ``ref`` is."""
    open_refs = doubtful - {ref}
    while True:
        unknown = (open_refs.intersection(identity.refs) for identity in sums)
        found = frozenset[str]().union(*(refs for refs in unknown if len(refs) == 1))
        if not found:
            return doubtful - {ref} - open_refs
        open_refs -= found
