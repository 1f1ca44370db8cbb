"""``python -m bench.load``: ten thousand small documents in one batch.

Is the parent's memory flat, the rate constant, and does the store answer as fast at the end as at
the beginning? Counted for each tenth of the documents.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bench import batches
from gouji.ingest import cli
from gouji.ingest.batch.progress import Progress

ROOT = Path(__file__).parent.parent
PARTS = 10


@dataclass
class Meter:
    """What was seen in each tenth: seconds, seconds in the store, statements, MB at its end."""

    count: int
    done: int = 0
    statements: list[int] = field(default_factory=lambda: [0] * (PARTS + 1))
    store: list[float] = field(default_factory=lambda: [0.0] * (PARTS + 1))
    ends: list[tuple[float, float]] = field(default_factory=list)
    began: float = 0.0

    def part(self) -> int:
        return min(PARTS, self.done * PARTS // self.count)

    def before(self, *_: object) -> None:
        self.began = time.perf_counter()

    def after(self, *_: object) -> None:
        self.statements[self.part()] += 1
        self.store[self.part()] += time.perf_counter() - self.began

    def document(self) -> None:
        before = self.part()
        self.done += 1
        if self.part() != before:
            self.ends.append((time.monotonic(), _megabytes()))


def _megabytes() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS"))


def measure(count: int, workers: int) -> dict[str, Any]:
    """In this process, because its memory and its statements are to be seen."""
    meter, original = Meter(count), Progress.document

    def document(self: Progress, outcome: Any) -> None:
        original(self, outcome)
        meter.document()

    Progress.document = document  # type: ignore[method-assign]
    event.listen(Engine, "before_cursor_execute", meter.before)
    event.listen(Engine, "after_cursor_execute", meter.after)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        batches.write(Path("in"), count)
        began = time.monotonic()
        code = cli.main(["run", "in", "--workers", str(workers), "--quiet"])
        seconds = time.monotonic() - began
        size = sum(path.stat().st_size for path in Path("gouji-workspace").glob("gouji.sqlite*"))
        os.chdir(ROOT)
    times = [began, *(at for at, _ in meter.ends)]
    share = count / PARTS
    return {
        "documents": count,
        "exit": code,
        "seconds": round(seconds, 1),
        "a second, by tenths": [round(share / (b - a), 1) for a, b in pairwise(times)],
        "MB, by tenths": [round(megabytes, 1) for _, megabytes in meter.ends],
        "statements a document, by tenths": [round(n / share, 1) for n in meter.statements[:PARTS]],
        "ms in statements a document, by tenths": [
            round(1000 * s / share, 2) for s in meter.store[:PARTS]
        ],
        "bytes of the store a document": size // count,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench" / "load.json")
    options = parser.parse_args()
    out = options.out.absolute()
    report = measure(options.count, options.workers)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(json.dumps(report, indent=1))
    sys.exit(report["exit"])


if __name__ == "__main__":
    main()
