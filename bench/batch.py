"""``python -m bench.batch``: what a second worker gains, what store and moves cost.

The cost is told of the batch's time, and of its processor time, where nothing is hidden behind a
worker that waits; starting the program is in both.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from bench import batches

ROOT = Path(__file__).parent.parent
SCANS = ("henan-commerce-2019-low.jpg", "luoyang-commerce-2020-phone.jpg",
         "shangqiu-2019-phone.jpg", "sichuan-commerce-2019-low.jpg")  # fmt: skip
ROUNDS = 3
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS"), "1")


def copies(samples: list[Path], folder: Path, times: int) -> int:
    """Samples again and again, each with other bytes behind its end, so that none is known."""
    folder.mkdir(parents=True)
    for number in range(times):
        for sample in samples:
            data = sample.read_bytes() + f"\n%{number}\n".encode()
            (folder / f"{number}-{sample.name}").write_bytes(data)
    return times * len(samples)


def scans(place: Path, times: int) -> dict[str, Any]:
    """Scans a minute with one worker and with two, in turn; the best of some rounds each, for what
    else the machine does makes them slower and never faster.
    """
    samples = [batches.SAMPLES / "scans" / name for name in SCANS]
    count = copies(samples, place / "in", times)
    copies(samples, place / "few", 1)
    rates: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(ROUNDS):
        for workers, told in rates.items():
            shutil.rmtree(place / "gouji-workspace", ignore_errors=True)
            began = time.monotonic()
            batches.finish("run", "in", "--workers", workers, "--quiet", cwd=place, **ONE_THREAD)
            told.append(60 * count / (time.monotonic() - began))
    one, two = max(rates[1]), max(rates[2])
    return {
        "scans": count,
        "a minute with one worker": round(one, 2),
        "a minute with two": round(two, 2),
        "times as many": round(two / one, 2),
        "all rounds": {str(workers): [round(rate, 2) for rate in told]
                       for workers, told in rates.items()},
        "times that two who only read them do what one does": round(_gain(place), 2),
    }  # fmt: skip


def _gain(place: Path) -> float:
    """What a second process gains on this machine at this moment, with no batch around it."""
    command = [sys.executable, "-m", "bench.batch", "--read", str(place / "few")]
    seconds = []
    for readers in (1, 2):
        began = time.monotonic()
        at_once = [
            subprocess.Popen(command, cwd=ROOT, env=os.environ | ONE_THREAD) for _ in range(readers)
        ]
        if any(reader.wait() for reader in at_once):
            raise RuntimeError("a reader has failed")
        seconds.append(time.monotonic() - began)
    return 2 * seconds[0] / seconds[1]


def costs(place: Path, times: int) -> dict[str, Any]:
    """What of a batch's time is not spent on reading: starting, store, originals and moves.

    What the reading took is the workers' own account of the same run: two runs on one machine
    differ by more than what is measured here. The run with the least of several.
    """
    samples = sorted(batches.SAMPLES.glob("*.pdf"))
    count = copies(samples, place / "source", times)
    copies(samples[:1], place / "one", 1)
    told: dict[str, Any] = {"text PDFs": count}
    for name, options in (("run", ()), ("watch", ("--once",))):
        command = [name, "in", *options]
        ones = [_share(place, "one", command) for _ in range(ROUNDS)]
        runs = [_share(place, "source", command) for _ in range(ROUNDS)]
        told |= {f"gouji {name}, {what}": value for what, value in min(runs, key=_cost).items()}
        alone = [round(one["seconds"] - one["seconds of reading"], 2) for one in ones]
        told[f"gouji {name}, seconds for one PDF that are no reading"] = sorted(alone)
    return told | _bytes(place, count)


def _cost(run: dict[str, float]) -> float:
    return run["share of its processor time that is no reading"]


def _share(place: Path, source: str, arguments: list[str]) -> dict[str, float]:
    for left in ("in", "gouji-workspace"):
        shutil.rmtree(place / left, ignore_errors=True)
    shutil.copytree(place / source, place / "in")
    began, spent = time.monotonic(), _spent()
    environment = ONE_THREAD | {"GOUJI_SETTLE": "0.1"}
    batches.finish(*arguments, "--workers", "1", "--quiet", cwd=place, **environment)
    elapsed, spent = time.monotonic() - began, _spent() - spent
    with closing(sqlite3.connect(place / "gouji-workspace" / "gouji.sqlite")) as store:
        (reading,) = store.execute("SELECT sum(seconds) FROM readings").fetchone()
    return {
        "seconds": round(elapsed, 2),
        "seconds of reading": round(reading, 2),
        "share of its time that is no reading": round(1 - reading / elapsed, 3),
        "processor seconds": round(spent, 2),
        "share of its processor time that is no reading": round(1 - reading / spent, 3),
    }


def _bytes(place: Path, count: int) -> dict[str, int]:
    files = (place / "gouji-workspace").glob("gouji.sqlite*")
    originals = (place / "gouji-workspace" / "originals").rglob("*")
    return {
        "bytes of the store a document": sum(f.stat().st_size for f in files) // count,
        "bytes of originals a document": sum(f.stat().st_size for f in originals if f.is_file())
        // count,
    }


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def read_alone(folder: Path) -> None:
    """What a worker does, without anybody who keeps it."""
    from gouji.ingest.batch.pool import attempt
    from gouji.ingest.intake import open_file
    from gouji.ingest.isolate import Worker
    from gouji.ingest.reading import read_one
    from gouji.ingest.settings import Settings

    settings = Settings()
    with Worker(settings.limits, serves=settings.recycle, threads=1) as worker:
        for path in sorted(folder.iterdir()):
            for member in open_file(path, settings.limits):
                attempt(worker, read_one, member, settings, "en")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.batch", description=__doc__)
    parser.add_argument("--scans", type=int, default=6, help="times that each of four is read")
    parser.add_argument("--pdfs", type=int, default=15, help="times that each of ten is read")
    parser.add_argument("--read", type=Path, help="only read a folder, for comparison")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench" / "batch.json")
    options = parser.parse_args()
    if options.read:
        read_alone(options.read)
        return
    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, what, times in (("costs", costs, options.pdfs), ("scans", scans, options.scans)):
            place = Path(folder) / name
            place.mkdir()
            if times:
                report[name] = what(place, times)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
