"""``python -m bench.reviewing``: how fast the review page answers with many documents, and whether
a reviewer who presses its keys ever loses a decision. Prints figures; they also go to ``--json``.

The reviewer is simulated: it sees what the panel offers, knows what stands on the page, for the
scans were drawn, and presses what a person would. Cells are in doubt as gouji read them.
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
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from sqlalchemy import Connection, func, select, text

from bench.doubtful import Said, Scan, clean, scans, weakened
from gouji.ingest import platform
from gouji.ingest.settings import Settings
from gouji.ingest.store import schema
from gouji.ingest.store.decisions import decisions_of
from gouji.ingest.store.model import Found
from gouji.ingest.store.project import places, reading_of
from gouji.ingest.store.settle import in_force
from gouji.ingest.store.store import Store
from gouji.tables.record import Record
from tests.reviewing import serving

_KEPT = Path(__file__).parent.parent / "build" / "drawn"
_FILLERS = 60
_KINDS = ("document", "cell", "sums", "decide", "queue", "filtered", "group", "groups")


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
    " SELECT id + :shift, document + :shift, place, status, agency, agency_key || :mark, year,"
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


def review(client: Client, sha256: str, scan: Scan) -> int:
    """Settle a document as a person would; how many keys that takes. What is not known is put
    off until only such cells are left.
    """
    panel = client.get(f"/d/{sha256}/0", "document")
    keys, put_off = 1, set()  # the key that leads to the next document
    while found := re.findall(r'data-current="(\d+)"', panel)[:1]:
        number = int(found[0])
        said = scan.says(number)
        if number in put_off:
            return keys
        if said is None:
            put_off.add(number)
            panel = client.post(f"/d/{sha256}/0/postpone/{number}", {})
            keys += 1
            continue
        pressed, sent = _pressed(panel, said, scan.truth[scan.record.cells[number].ref]["written"])
        if "text" in sent:
            client.get(f"/d/{sha256}/0/sums/{number}?{urlencode({'text': sent['text']})}", "sums")
        keys += pressed
        panel = client.post(f"/d/{sha256}/0/decide/{number}", sent)
    return keys


def _pressed(panel: str, said: Said, written: str) -> tuple[int, dict[str, str]]:
    """The number of keys with which a person says what stands there, and what they send."""
    form = panel[panel.index('id="decision"') :]
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)[:8])
    state, value = said
    told = "" if value is None else f"{value:f}"
    offered = re.findall(r'data-state="(\w+)" data-value="([^"]*)" data-key="\w+"', form)
    if (state, told) in offered:  # the keys for what is no figure are among them
        return 1, sent | {"state": state, "value": told}
    typed = re.sub(r"[^0-9.,-]", "", unicodedata.normalize("NFKC", written))
    if value is not None and value < 0:  # 减少23, −23
        typed = "-" + typed.strip("-")
    return len(typed) + 1, sent | {"text": typed}


def in_groups(client: Client, shown: dict[str, Scan]) -> tuple[int, int]:
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
            if shown[sha256].says(int(number)) == ("zero", 0):
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


def measure(count: int, drawn: Sequence[Scan]) -> dict[str, Any]:
    """How a reviewer settles the scans, in a store of so many documents."""
    with workspace() as (store, settings):
        for number, scan in enumerate(drawn[:_FILLERS]):
            record = scan.record if number % 3 == 0 else clean(scan.record)
            agency = {"report": record.report and record.report.model_copy(
                update={"agency": f"{number}县"})}  # fmt: skip
            put(store, f"filler-{number}", record.model_copy(update=agency))
        fill(store, count)
        mine = {put(store, f"mine-{scan.name}", scan.record): scan for scan in drawn}
        with serving(settings, store) as address:
            client = Client(address)
            for _ in range(30):
                client.get("/", "queue")
                client.get("/?kind=reading&agency=12", "filtered")
            keys = sum(review(client, sha256, scan) for sha256, scan in mine.items())
        settled = _settled(store, mine)
        with store.reading() as connection:
            total = connection.scalar(select(func.count()).select_from(schema.documents))
    work = [t for kind in ("document", "cell", "sums", "decide") for t in client.times[kind]]
    done = settled["decided"] + settled["settled_by_sums"]
    return {
        "documents": total, "scans": len(mine), **settled, "keys_a_cell": round(keys / done, 3),
        "p95_ms": _p95(work), "each_p95_ms": {k: _p95(t) for k, t in client.times.items() if t},
    }  # fmt: skip


def measure_groups(drawn: Sequence[Scan], seed: int) -> dict[str, Any]:
    """How a reviewer settles what weaker readers took for 0, in groups."""
    rng = random.Random(seed)
    with workspace() as (store, settings):
        shown = {
            put(store, f"group-{weak.name}", weak.record): weak
            for weak in (weakened(scan, rng) for scan in drawn)
        }
        read = [(scan, n) for scan in shown.values() for n in _zeros(scan)]
        misfits = sum(_is_misfit(scan, n) for scan, n in read)
        with serving(settings, store) as address:
            keys, caught = in_groups(Client(address), shown)
        settled = _settled(store, shown)
        caught += sum(_caught_by_sums(store, sha256, scan) for sha256, scan in shown.items())
    return {"cells": len(read), "decided": settled["decided"],
            "keys_a_cell": round(keys / settled["decided"], 3), "misfits": misfits,
            "misfits_caught": caught, "wrong": settled["wrong"]}  # fmt: skip


def _zeros(scan: Scan) -> list[int]:
    """The cells in doubt that were taken for 0, by their places."""
    cells = enumerate(scan.record.cells)
    return [n for n, cell in cells if cell.state == "zero" and not cell.accepted]


def _is_misfit(scan: Scan, number: int) -> bool:
    return scan.says(number) != ("zero", 0)


def _caught_by_sums(store: Store, sha256: str, scan: Scan) -> int:
    """How many misfits the sums took out of their group before it was shown."""
    with store.reading() as connection:
        solved, named = _solved(connection, sha256), list(places(scan.record))
    return sum(named[n][1] in solved and _is_misfit(scan, n) for n in _zeros(scan))


def _settled(store: Store, mine: dict[str, Scan]) -> dict[str, int]:
    """What became of the cells in doubt; ``wrong``: not what the page says, ``lost``: nothing."""
    counts = dict.fromkeys(("decided", "settled_by_sums", "wrong", "lost"), 0)
    with store.reading() as connection:
        for sha256, scan in mine.items():
            held = {ref: (entry.state, entry.value) for (_, _, ref), entry in
                    in_force(decisions_of(connection, sha256)).items()}  # fmt: skip
            solved, named = _solved(connection, sha256), list(places(scan.record))
            counts["decided"] += len(held)
            for number in scan.doubtful:
                ref, said = named[number][1], scan.says(number)
                counts["settled_by_sums"] += ref in solved and ref not in held
                counts["lost"] += ref not in held and ref not in solved
                if (made := (solved | held).get(ref, said)) != said:
                    counts["wrong"] += 1
                    print(f"wrong: {scan.name} {ref}: {made}, page {said}", file=sys.stderr)
    return counts


def _solved(connection: Connection, sha256: str) -> dict[str, Said]:
    """The cells of a document that the sums settled after decisions."""
    c = schema.cells.c
    query = (
        select(schema.refs.c.ref, c.state, c.value)
        .select_from(schema.cells.join(schema.refs).join(schema.reports).join(schema.documents))
        .where(schema.documents.c.sha256 == sha256, c.basis == "solved", c.accepted)
    )  # fmt: skip
    return {row.ref: (row.state, row.value) for row in connection.execute(query)}


def _p95(times: list[float]) -> float:
    return round(1000 * sorted(times)[int(0.95 * len(times))], 1) if times else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--cells", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=60_000, help="of the first scan")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    drawn = list(scans(options.cells, options.seed, _KEPT))
    found = {
        "review": measure(options.documents, drawn),
        "groups": measure_groups(drawn, options.seed),
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
