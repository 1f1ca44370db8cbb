"""What tests and benches of batches share: small documents, processes, the image of a store."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from gouji.ingest.store import schema
from gouji.ingest.store.store import Store

SAMPLES = Path(__file__).parent.parent / "samples"
_TABLES = ("henan-commerce-2019.txt", "sichuan-commerce-2019.txt", "luoyang-commerce-2020.txt")
_APART = frozenset(("added", "changed", "at", "seconds", "attempts", "claimed_by", "lease", "data",
                    "id", "document", "report", "agency_key"))  # fmt: skip


def small(number: int) -> str:
    """A report of a few lines, read in milliseconds; no two are alike."""
    return (
        f"某市{_name(number)}局2023年政府信息公开工作年度报告\n\n一、总体情况\n"
        f"2023年，本机关主动公开政府信息{number + 3}条，收到政府信息公开申请{number % 17}件。\n"
        "二、存在的主要问题及改进情况\n无。\n三、其他需要报告的事项\n无。\n"
    )


def _name(number: int) -> str:
    return "".join("环教财民林水农商文体"[int(digit)] for digit in str(number))


def write(folder: Path, count: int, tables: int = 0) -> list[Path]:
    """So many small documents, then so many with whole tables; in subfolders of twenty."""
    paths = []
    for number in range(count + tables):
        path = folder / f"{number // 20:03}" / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        if number < count:
            path.write_text(small(number), encoding="utf-8")
        else:
            text = (SAMPLES / _TABLES[number % len(_TABLES)]).read_text("utf-8")
            path.write_text(f"{text}\n编号{number}\n", encoding="utf-8")
        paths.append(path)
    return paths


def start(*arguments: object, cwd: Path, **variables: str) -> subprocess.Popen[bytes]:
    """A ``gouji`` of its own, in a group of its own; what it says goes to ``said`` in ``cwd``."""
    command = [sys.executable, "-m", "gouji.ingest", *map(str, arguments)]
    environment = os.environ | {"GOUJI_LANGUAGE": "en"} | variables
    with (cwd / "said").open("ab") as said:
        return subprocess.Popen(
            command, cwd=cwd, env=environment, stdout=said, stderr=said, stdin=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip


def finish(*arguments: object, cwd: Path, **variables: str) -> int:
    """The same, to its end; the exit code."""
    with start(*arguments, cwd=cwd, **variables) as process:
        return process.wait()


def image(address: Path | str) -> dict[str, list[str]]:
    """A store without times, ids, attempts and events: equal for equal contents, in any order."""
    with Store(str(address)) as store, store.reading() as connection:
        rows = connection.execute(select(schema.documents.c.id, schema.documents.c.sha256))
        of = {row.id: row.sha256 for row in rows}
        rows = connection.execute(select(schema.reports.c.id, schema.reports.c.document,
                                         schema.reports.c.place))  # fmt: skip
        of_report = {row.id: f"{of[row.document]}/{row.place}" for row in rows}

        names = {row.id: str(row[1:]) for row in connection.execute(select(schema.refs))}

        def plain(table: Table) -> Iterator[str]:
            for row in connection.execute(select(table)):
                kept = {k: str(v) for k, v in row._asdict().items() if k not in _APART}
                if hasattr(row, "document"):
                    kept["document"] = of[row.document]
                if hasattr(row, "report"):
                    kept["report"] = of_report[row.report]
                if table is schema.cells:
                    kept["ref"] = names[row.ref]
                if hasattr(row, "data"):
                    kept["data"] = _digest(row.data)
                yield json.dumps(kept, sort_keys=True, ensure_ascii=False)

        tables = [t for t in schema.metadata.sorted_tables if t.name not in ("events", "refs")]
        return {table.name: sorted(plain(table)) for table in tables}


def differences(one: dict[str, list[str]], other: dict[str, list[str]]) -> list[str]:
    """What stands in only one of two images."""
    return [
        f"{name}: {line[:300]}"
        for name in sorted(one.keys() | other.keys())
        for line in sorted(set(one.get(name, ())) ^ set(other.get(name, ())))
    ] + [f"{name}: doubled" for name in one if len(one[name]) != len(other.get(name, ()))]


def _digest(data: bytes) -> str:
    """Of the records, but for the name: which of several came first is chance."""
    records = json.loads(zlib.decompress(data))
    for record in records:
        record["source"]["file"] = ""
    return hashlib.sha256(json.dumps(records, sort_keys=True).encode()).hexdigest()


def events(folder: Path) -> list[dict[str, Any]]:
    """The JSON events among what processes in a folder have said."""
    lines = (folder / "said").read_text("utf-8", "replace").splitlines()
    return [json.loads(line) for line in lines if line.startswith('{"event"')]
