"""The expected records of the documents in ``samples/``: writes them anew, and tells what changed.

    python -m bench.golden [DOCUMENT …]

``make golden`` does all of them. Read what it prints before you commit it.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gouji.ingest import read
from gouji.ingest.settings import Settings
from gouji.tables.record import Record

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "samples"
EXPECTED = ROOT / "tests" / "golden"
SUFFIXES = (".txt", ".html", ".docx", ".pdf")
KEYS = {
    "cells": ("table", "ref"),
    "identities": ("id", "at"),
    "statements": ("ref",),
    "findings": ("code",),
}

Json = dict[str, Any]


def documents() -> list[Path]:
    """The sample documents, by name."""
    return sorted(path for path in SAMPLES.iterdir() if path.suffix in SUFFIXES)


def scans() -> list[Path]:
    """The scans among the samples, by name."""
    return sorted(path for path in (SAMPLES / "scans").iterdir() if path.suffix != ".md")


def digest_of(record: Record) -> Json:
    """What a scan's record says, without what differs between processors: an accepted value, or
    null for a cell in doubt.
    """
    return {
        "agency": record.report.agency if record.report else None,
        "year": record.report.year if record.report else None,
        "cells": {
            cell.ref: ("" if cell.value is None else format(cell.value, "f"))
            if cell.accepted
            else None
            for cell in record.cells
        },
    }


def json_of(record: Record, document: Path) -> Json:
    """A record as JSON, without the program's version and the document's folder."""
    data: Json = record.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    data["gouji"]["version"] = "*"
    data["source"]["file"] = document.name
    return data


def expected_of(document: Path) -> list[Json]:
    """What should be read of it; nothing if that was never written."""
    path = EXPECTED / f"{document.name}.json"
    if not path.exists():
        return []
    records: list[Json] = json.loads(path.read_text(encoding="utf-8"))
    return records


def write(document: Path, records: Sequence[Json]) -> None:
    """Stores ``records`` as what should be read of ``document``, a line for each cell."""
    EXPECTED.mkdir(exist_ok=True)
    path = EXPECTED / f"{document.name}.json"
    text = ",\n".join(_dump(record) for record in records)
    path.write_text(f"[{text}]\n", encoding="utf-8", newline="\n")


def _dump(record: Json) -> str:
    parts = []
    for key, value in record.items():
        text = json.dumps(value, ensure_ascii=False)
        if isinstance(value, list):
            lines = ",\n  ".join(json.dumps(item, ensure_ascii=False) for item in value)
            text = f"[\n  {lines}\n ]" if value else "[]"
        parts.append(f" {json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}"


def differences(expected: Sequence[Json], found: Sequence[Json]) -> list[str]:
    """What differs, one line a fact: ``cells 1 requests.new@total value: "94" → "95"``."""
    before = dict(_facts(list(expected), ""))
    after = dict(_facts(list(found), ""))
    return [
        f"{name}: {_show(before.get(name))} → {_show(after.get(name))}"
        for name in (before | after)
        if before.get(name) != after.get(name)
    ]


def _facts(value: Any, name: str, keys: Sequence[str] = ()) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _facts(inner, f"{name} {key}".strip(), KEYS.get(key, ()))
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        seen: Counter[str] = Counter()
        for item in value:
            label = " ".join(str(item[key]) for key in keys)
            again = f" #{seen[label]}" if seen[label] or not keys else ""
            seen[label] += 1
            yield from _facts(item, f"{name} {label}{again}".strip())
    else:
        yield name, value


def _show(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)


def main() -> None:
    """Writes the expected records of the named documents, or of all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("documents", nargs="*", type=Path, metavar="DOCUMENT")
    named = [path.resolve() for path in parser.parse_args().documents]
    for document in named or (*documents(), *scans()):
        records = read(document, Settings(language="zh"))
        if document.parent.name == "scans":
            digest = [digest_of(record) for record in records]
            write(document, digest)
            print(f"{document.name}: {sum(len(record['cells']) for record in digest)} cells")
            continue
        found = [json_of(record, document) for record in records]
        changed = differences(expected_of(document), found)
        write(document, found)
        print(f"{document.name}: {len(changed)} changes")
        for line in changed[:40]:
            print(f"  {line}")
        if len(changed) > 40:
            print(f"  … and {len(changed) - 40} more")


if __name__ == "__main__":
    main()
