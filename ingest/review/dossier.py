"""A document as it counts now: its records with what people decided, and the entries themselves."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import func, select

from gouji.ingest.messages import Language
from gouji.ingest.store.decisions import decisions_of, opinions_of
from gouji.ingest.store.project import places, unpack
from gouji.ingest.store.schema import decisions, documents, names, opinions, readings
from gouji.ingest.store.settle import Decision, in_force, settled
from gouji.ingest.store.store import Store
from gouji.ingest.told import in_language
from gouji.tables.record import Record

_KEPT = 64
_Key = tuple[str, int, int, str | None, str, str]


@dataclass(frozen=True, eq=False)
class Dossier:
    """``read`` are the records as the program read them, ``records`` as they count. ``known``
    are the paths of files with these bytes.
    """

    sha256: str
    name: str
    kind: str | None
    kept: bool
    known: tuple[bytes, ...]
    read: tuple[Record, ...]
    records: tuple[Record, ...]
    entries: tuple[Decision, ...]

    @cached_property
    def held(self) -> dict[tuple[int, str, str], Decision]:
        """The decision in force for each cell."""
        return in_force(self.entries)

    def places(self, place: int) -> list[tuple[str, str]]:
        """Table and name of each cell of a report, as decisions name them."""
        return list(places(self.records[place]))

    def doubts(self, place: int) -> list[int]:
        """The cells of a report that are in doubt, in the form's order."""
        return [n for n, cell in enumerate(self.records[place].cells) if not cell.accepted]


class Dossiers:
    """Looks documents up. The last ones are kept while nothing about them changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: OrderedDict[_Key, Dossier] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, sha256: str, language: Language) -> Dossier | None:
        """The dossier of a document that was read; None if there is none."""
        made = select(func.count(), func.max(decisions.c.at)).where(decisions.c.sha256 == sha256)
        said = select(func.count()).where(opinions.c.sha256 == sha256)
        when = select(readings.c.at, documents.c.meta).join(documents)
        with self._store.reading() as connection:
            row = connection.execute(when.where(documents.c.sha256 == sha256)).first()
            if row is None:
                return None
            count, last = connection.execute(made).one()
            heard = connection.scalar(said) or 0
        key = (sha256, count, heard, last, row.at + row.meta, language)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
            same = (d.read for k, d in self._known.items() if k[0] == sha256 and k[4:] == key[4:])
            read = next(same, None)  # a decision leaves what was read as it is
        found = self._load(sha256, language, read)
        if found is None:
            return None
        with self._lock:
            self._known[key] = found
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found

    def _load(
        self, sha256: str, language: Language, read: tuple[Record, ...] | None = None
    ) -> Dossier | None:
        with self._store.reading() as connection:
            query = select(documents, readings.c.data).join(readings)
            row = connection.execute(query.where(documents.c.sha256 == sha256)).first()
            if row is None:  # forgotten in this moment
                return None
            own = select(names).where(names.c.document == row.id)
            named = connection.execute(own.order_by(names.c.added, names.c.name)).all()
            entries, said = decisions_of(connection, sha256), opinions_of(connection, sha256)
        if read is None:
            records = unpack(row.data)
            read = tuple(in_language(record, language, review=True) for record in records)
        counts = settled(read, entries, said, json.loads(row.meta), language)
        return Dossier(
            sha256, named[0].name if named else sha256, row.kind, bool(row.kept),
            tuple(n.path for n in named if n.path), read, tuple(counts), tuple(entries),
        )  # fmt: skip
