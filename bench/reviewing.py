"""``python -m bench.reviewing``: how fast the review page answers with many documents, and whether
a reviewer who presses its keys ever loses a decision. Prints figures; they also go to ``--json``.

The reviewer is simulated: it knows the page (the report that was drawn), sees what the panel offers
and presses what a person would. Cells are put in doubt with readings of which some are wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from sqlalchemy import select, text

from gouji.ingest import platform
from gouji.ingest.settings import Settings
from gouji.ingest.store import schema
from gouji.ingest.store.decisions import decisions_of
from gouji.ingest.store.model import Found
from gouji.ingest.store.project import reading_of
from gouji.ingest.store.settle import in_force
from gouji.ingest.store.store import Store
from gouji.tables.forms.form import load
from gouji.tables.record import Record
from tests.reviewing import serving

MISFIT = 0.5
"""The share of other figures read as 0; so 2 % of what is read as 0 is something else."""
WRONG_FIRST = 0.1
_FIGURES = 8
_KEYS = ("Enter", "s", "d", "f")
_KINDS = ("document", "cell", "sums", "decide", "queue", "filtered", "group", "groups")


def drawn(rng: random.Random, doubtful: int) -> tuple[Record, dict[str, Decimal]]:
    """A report whose sums hold, and what its doubtful cells say; mostly zeros, as in real ones."""
    form = load("2021")
    values = {cell.ref: Decimal(0) for table in form.tables for cell in table.cells}
    free = sorted(ref for ref in values if ref.startswith("proactive"))
    values |= {ref: Decimal(rng.randint(1, 400)) for ref in rng.sample(free, _FIGURES)}
    places = [(n, cell.ref) for n, table in enumerate(form.tables) for cell in table.cells]
    chosen = set(rng.sample([ref for _, ref in places], doubtful))
    cells = []
    for number, (table, ref) in enumerate(places):
        said = f"{values[ref]:f}"
        cell: dict[str, Any] = {
            "ref": ref, "table": table, "value": said, "written": said, "accepted": True,
            "state": "value" if values[ref] else "zero", "confidence": 1, "basis": "label",
        }  # fmt: skip
        if ref in chosen:
            cell |= _in_doubt(rng, said, number)
        cells.append(cell)
    record = Record.model_validate({
        "gouji": {"version": "0", "schema": "1"},
        "source": {"file": "a.pdf", "kind": "pdf",
                   "pages": [{"number": 1, "width": 600, "height": 800, "kind": "scan"}]},
        "report": {"index": 0, "agency": f"{rng.randint(1, 999)}县", "year": 2023},
        "tables": [{"id": t.id, "edition": "2021", "evidence": []} for t in form.tables],
        "cells": cells, "status": "needs_review" if chosen else "clean",
    })  # fmt: skip
    return record, {ref: values[ref] for ref in chosen}


def _in_doubt(rng: random.Random, said: str, number: int) -> dict[str, Any]:
    other = rng.choice([digit for digit in "0123456789" if digit != said])
    first, second = (other, said) if rng.random() < WRONG_FIRST else (said, other)
    if said == "0":  # what is read as 0 is nearly always one
        first, second = said, other
    elif rng.random() < MISFIT:
        first, second = "0", said
    return {
        "value": first, "written": first, "state": "value" if Decimal(first) else "zero",
        "accepted": False, "page": 1, "box": [10, number, 40, number + 4],
        "readings": [{"by": "rapid", "text": first, "confidence": 0.9},
                     {"by": "tesseract", "text": second, "confidence": 0.6}],
        "why": [
            {"code": "readers_differ", "arguments": {"first": first, "second": second}}],
    }  # fmt: skip


def put(store: Store, name: str, record: Record) -> str:
    """A document that was read."""
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    document = store.add(Found(sha256, name, 1, "pdf"))
    (job,) = store.begin([document.id], platform.this_process())
    store.finish(job, reading_of([record]))
    return sha256


def fill(store: Store, count: int) -> None:
    """Copies of the documents there are, until there are so many: rows, not readings anew."""
    with store.writing() as connection:
        own = connection.execute(select(schema.documents.c.id)).scalars().all()
        top, step = max(own), max(own)
        for number in range(1, max(1, count // len(own))):
            shift = {"shift": number * step, "mark": f"{number:08x}"}
            for statement in _COPY:
                connection.execute(text(statement), shift | {"top": top})


_COPY = (
    "INSERT INTO documents SELECT id + :shift, substr(sha256, 1, 56) || :mark, kind, size, kept,"
    " state, code, attempts, kills, NULL, NULL, version, meta, added, changed FROM documents"
    " WHERE id <= :top",
    "INSERT INTO names SELECT document + :shift, name || :mark, path, origin, added FROM names"
    " WHERE document <= :top",
    "INSERT INTO readings SELECT document + :shift, version, at, seconds, data FROM readings"
    " WHERE document <= :top",
    "INSERT INTO reports (id, document, place, status, agency, agency_key, year, region_code,"
    " scope, published, signed, figures, accepted, doubts, settles, kinds)"
    " SELECT id + :shift, document + :shift, place, status, agency, agency_key, year,"
    " region_code, scope, published, signed, figures, accepted, doubts, settles, kinds"
    " FROM reports WHERE document <= :top",
    "INSERT INTO cells SELECT report + :shift, number, ref, value, state, accepted, basis"
    " FROM cells WHERE report <= :top",
)


class Client:
    """A browser on the wire, with a clock."""

    def __init__(self, address: str) -> None:
        self._host = urlsplit(address).netloc
        self._origin = address
        self._connection = http.client.HTTPConnection(self._host)
        self._cookie = self._token = ""
        self.times: dict[str, list[float]] = {kind: [] for kind in _KINDS}
        first = self._ask("GET", "/help", "", {})
        self._cookie = first.headers["set-cookie"].partition(";")[0]
        page = self.get("/help")
        self._token = re.findall(r'"([0-9a-f]{64})"', page)[0]

    def _ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> Any:
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        answer.text = answer.read().decode()  # type: ignore[attr-defined]
        return answer

    def get(self, path: str, kind: str = "") -> str:
        began = time.perf_counter()
        answer = self._ask("GET", path, "", {"Cookie": self._cookie})
        if kind:
            self.times[kind].append(time.perf_counter() - began)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return str(answer.text)

    def post(self, path: str, sent: Any, kind: str = "decide") -> str:
        headers = {"Cookie": self._cookie, "Origin": self._origin, "X-Gouji-Token": self._token,
                   "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
        began = time.perf_counter()
        answer = self._ask("POST", path, urlencode(sent, doseq=True), headers)
        self.times[kind].append(time.perf_counter() - began)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return str(answer.text)


def review(client: Client, sha256: str, record: Record, truth: dict[str, Decimal]) -> int:
    """Settle a document as a person would; how many keys that takes."""
    panel = client.get(f"/d/{sha256}/0", "document")
    keys = 0
    while number := re.findall(r'data-current="(\d+)"', panel)[:1]:
        said = f"{truth[record.cells[int(number[0])].ref]:f}"
        form = panel[panel.index('id="decision"') :]
        sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)[:7])
        offered = re.findall(r'data-state="(\w+)" data-value="([^"]*)" data-key="(\w+)"', form)
        key = next((k for _, value, k in offered if k in _KEYS and value == said), None)
        if key:
            keys += 1
            sent |= {"state": "value", "value": said}
        else:
            keys += len(said) + 1
            client.get(f"/d/{sha256}/0/sums/{number[0]}?text={said}", "sums")
            sent |= {"text": said}
        panel = client.post(f"/d/{sha256}/0/decide/{number[0]}", sent)
    return keys + 1  # on to the next document


def in_groups(client: Client, truths: dict[str, dict[int, Decimal]]) -> tuple[int, int]:
    """Decide what was read as 0 in groups, picking out what is none: keys, and misfits caught."""
    keys = caught = 0
    client.get("/groups", "groups")
    page = client.get("/groups/show?state=zero&value=0", "group")
    while cells := re.findall(r'name="cell" value="(\w+)-0-(\d+)"', page):
        sent: list[tuple[str, str]] = re.findall(
            r'type="hidden" name="(\w+)" value="([^"]*)"', page
        )
        last = 0
        for at, (sha256, number) in enumerate(cells):
            if truths[sha256][int(number)] == 0:
                sent.append(("cell", f"{sha256}-0-{number}"))
            else:
                caught += 1
                keys += at - last + 1  # arrows there, and Space
                last = at
        keys += 1
        page = client.post("/groups/decide", sent, "group")
    return keys, caught


@contextmanager
def workspace() -> Iterator[tuple[Store, Settings]]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(workspace=folder)
        with Store(f"{folder}/gouji.sqlite") as store:
            yield store, settings


def measure(count: int, cells: int, seed: int) -> dict[str, Any]:
    """All figures: of a store with so many documents, and so many cells in doubt to settle."""
    rng = random.Random(seed)
    with workspace() as (store, settings):
        documents = [drawn(rng, rng.randint(2, 9) if n % 3 == 0 else 0) for n in range(60)]
        for n, (record, _) in enumerate(documents):
            put(store, f"filler-{n}", record)
        fill(store, count)
        mine: dict[str, tuple[Record, dict[str, Decimal]]] = {}
        while sum(len(truth) for _, truth in mine.values()) < cells:
            record, truth = drawn(rng, rng.randint(3, 9))
            mine[put(store, f"mine-{len(mine)}", record)] = (record, truth)
        with serving(settings, store) as address:
            client = Client(address)
            for _ in range(30):
                client.get("/", "queue")
                client.get("/?kind=reading&agency=12", "filtered")
            keys = sum(review(client, s, record, truth) for s, (record, truth) in mine.items())
        return _told(store, client, mine, keys)


def measure_groups(cells: int, seed: int) -> dict[str, Any]:
    """A store of documents whose zeros are in doubt, settled in groups."""
    rng = random.Random(seed)
    with workspace() as (store, settings):
        truths, kept, misfits = {}, {}, 0
        while sum(len(own) for own in kept.values()) < cells:
            record, truth = drawn(rng, 9)
            sha256 = put(store, f"group-{len(kept)}", record)
            kept[sha256] = truth
            misfits += sum(c.value == 0 != truth[c.ref] for c in record.cells if c.ref in truth)
            truths[sha256] = {n: truth[c.ref] for n, c in enumerate(record.cells) if c.ref in truth}
        with serving(settings, store) as address:
            keys, caught = in_groups(Client(address), truths)
        wrong = made = 0
        with store.reading() as connection:
            for sha256, truth in kept.items():
                for (_, _, ref), entry in in_force(decisions_of(connection, sha256)).items():
                    made += 1
                    wrong += entry.value != truth[ref]
    return {"decided": made, "keys_a_cell": round(keys / made, 3), "misfits": misfits,
            "misfits_caught": caught,
            "wrong": wrong}  # fmt: skip


def _told(store: Store, client: Client, mine: dict[str, Any], keys: int) -> dict[str, Any]:
    wrong = lost = decided = solved = 0
    with store.reading() as connection:
        total = len(connection.execute(select(schema.documents.c.id)).scalars().all())
        for sha256, (_, truth) in mine.items():
            held = {ref: entry for (_, _, ref), entry in
                    in_force(decisions_of(connection, sha256)).items()}  # fmt: skip
            decided += len(held)
            wrong += sum(entry.value != truth[ref] for ref, entry in held.items())
            settled = connection.execute(
                select(schema.refs.c.ref, schema.cells.c.value)
                .select_from(schema.cells.join(schema.refs).join(schema.reports)
                             .join(schema.documents))
                .where(schema.documents.c.sha256 == sha256, schema.cells.c.basis == "solved",
                       schema.cells.c.accepted)
            ).all()  # fmt: skip
            solved += len(settled)
            wrong += sum(row.value != truth[row.ref] for row in settled)
            lost += len(truth) - len(held) - len(settled)
    work = [t for kind in ("document", "cell", "sums", "decide") for t in client.times[kind]]
    return {
        "documents": total, "cells": decided + solved, "settled_by_sums": solved, "wrong": wrong,
        "lost": lost, "keys_a_cell": round(keys / (decided + solved), 3),
        "p95_ms": _p95(work), "each_p95_ms": {k: _p95(t) for k, t in client.times.items() if t},
    }  # fmt: skip


def _p95(times: list[float]) -> float:
    return round(1000 * sorted(times)[int(0.95 * len(times))], 1) if times else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--cells", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found = {
        "review": measure(options.documents, options.cells, options.seed),
        "groups": measure_groups(options.cells, options.seed),
    }
    told = json.dumps(found, indent=2)
    print(told)
    if options.json:
        options.json.write_text(told + "\n", encoding="utf-8")
    groups = found["groups"]
    bad = found["review"]["wrong"] + found["review"]["lost"] + groups["wrong"]
    bad += groups["misfits"] - groups["misfits_caught"]
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
