"""``python -m bench``: how right, how fast, how large. Prints one page; figures under ``out/``.

Everything is measured in one run on documents drawn for it. Nobody tunes on their seeds.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import accuracy, page, reports, scans, sentences, speed

ROOT = Path(__file__).parent.parent
PARTS = ("reports", "speed", "grids", "sentences", "help", "scans")
REPORT_SEED, GRIDS_SEED, SCANS_SEED = 1_000_000, 1_100_000, 1_500_000
COUNT, SCANS = 600, 240
QUICK = 10
RULED = ("full", "thin")

Json = dict[str, Any]


def main() -> None:
    """The whole bench, or the parts asked for."""
    options = _options()
    part = QUICK if options.quick else 1
    count, documents = max(1, (options.count or COUNT) // part), max(1, options.documents // part)
    options.out.mkdir(parents=True, exist_ok=True)
    report: Json = {"about": _about()}
    if {"reports", "speed"} & set(options.only):
        print(f"drawing {count} reports", file=sys.stderr)
        tasks = reports.draw(count, options.seed or REPORT_SEED, options.out / "reports")
        if "reports" in options.only:
            report |= _reports(tasks, options.seed or REPORT_SEED)
        if "speed" in options.only:
            report["speed"] = _speed([task.path for task in tasks], max(6, count // 10))
    if "help" in options.only:
        report["help"] = speed.help_seconds()
    if "grids" in options.only:
        report["grids"] = _grids(documents, options.out)
    if "sentences" in options.only:
        report["sentences"] = {n: sentences.measure(p) for n, p in sentences.FILES.items()}
    if "scans" in options.only:
        papers, compared = max(5, (options.count or SCANS) // part), options.compared // part
        seed = options.seed or SCANS_SEED
        report["scans"] = scans.measure(papers, compared, seed, options.out)
    _write(report, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--count", type=int, help="drawn reports (600; 240 on paper)")
    parser.add_argument("--seed", type=int, help="their first seed")
    parser.add_argument("--compared", type=int, default=60, help="scans read by others, too (60)")
    parser.add_argument("--documents", type=int, default=100, help="drawn for the grids (100)")
    parser.add_argument("--quick", action="store_true", help="a tenth of it all")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench")
    parser.add_argument(
        "--write", action="store_true", help="docs/bench.md and docs/accuracy.md, too"
    )
    return parser.parse_args()


def _write(report: Json, options: argparse.Namespace) -> None:
    text = page.page(report)
    figures = json.dumps(report, ensure_ascii=False, indent=1, default=str)
    (options.out / "bench.json").write_text(figures + "\n", encoding="utf-8")
    if "scans" in report:
        text += "\n" + "\n".join(accuracy.lines(report["scans"])) + "\n"
    if options.write and "scans" in report:
        accuracy.write(report["scans"], list(page.intro(report)), ROOT / "docs")
    if options.write and set(report) - {"about", "scans"}:
        (ROOT / "docs" / "bench.md").write_text(page.page(report), encoding="utf-8", newline="\n")
    print(text, end="")


def _about() -> Json:
    tools = ", ".join(f"{name} {version(name)}" for name in ("gouji", "pdfplumber", "camelot-py"))
    return {
        "command": " ".join(["python -m bench", *sys.argv[1:]]),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": f"{_processor()}, {os.cpu_count()} cores",
        "versions": f"Python {platform.python_version()}, {tools}",
    }


def _processor() -> str:
    names = Path("/proc/cpuinfo")
    lines = names.read_text().splitlines() if names.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def _reports(tasks: Sequence[reports.Task], seed: int) -> Json:
    outcome = reports.read_all(tasks)
    score = outcome.score
    told = {
        "seed": seed,
        "counts": score.counts,
        "groups": outcome.groups,
        "errors": outcome.errors,
        "wrong": score.wrong,
        "misprints": score.bad_misprints,
        "wrong head": score.wrong_head,
        "wrong statements": score.wrong_statements,
        "doubtful": score.doubtful,
    }
    return {"reports": told, "paths": outcome.paths}


def _speed(paths: Sequence[Path], count: int) -> Json:
    """Every so many of the PDFs, so that all forms and borders are among them."""
    pdfs = [path for path in paths if path.suffix == ".pdf"]
    chosen = pdfs[:: max(1, len(pdfs) // count)][:count]
    ruled = [p for p in chosen if reports.truth_of(p)["families"]["border"] in RULED]
    return speed.measure(chosen, ruled)


def _grids(documents: int, out: Path) -> Json:
    """In a process of its own, which measures memory in others."""
    print(f"grids: {documents} documents", file=sys.stderr)
    found = out / "grids.json"
    command = [sys.executable, "-m", "bench.grids", "--seeds", str(GRIDS_SEED), str(documents)]
    command += ["--out", str(out / "grids"), "--json", str(found)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    finders = json.loads(found.read_text("utf-8"))
    return {"seed": GRIDS_SEED, "documents": documents, "finders": finders}


if __name__ == "__main__":
    main()
