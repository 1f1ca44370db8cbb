"""Drawn reports on paper: read by gouji and, the same pages, by others.

The others are programs of an environment of their own (``build/peers``, versions in
``peers.txt``), called as processes; none of them shares anything with gouji's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageOps, ImageSequence

from bench import calibration, reports, speed
from bench.forge.forms import APPLICANTS, FORMS, ref_of
from bench.forge.paper import draw_paper, write_papers
from bench.forge.wear import LEVELS
from bench.peer_rows import requests_of
from bench.scoring import Reading, count_rows, is_right

HERE = Path(__file__).parent
PEERS = {
    "img2table with RapidOCR": "img2table_pages.py",
    "RapidOCR on whole pages": "rapidocr_pages.py",
    "Tesseract on whole pages": "tesseract_pages.py",
}
BATCH = 20
PACKAGES = ("img2table", "rapidocr", "onnxruntime", "pytesseract")

Json = dict[str, Any]


def measure(count: int, compared: int, seed: int, out: Path) -> Json:
    """``count`` documents over all levels read by gouji, ``compared`` of them by all."""
    print(f"drawing {count} reports on paper", file=sys.stderr)
    tasks = draw(count, seed, out / "scans")
    outcome = reports.read_all(tasks)
    return {
        "seed": seed,
        "counts": outcome.score.counts,
        "levels": {level: outcome.groups["level"].get(level, {}) for level in LEVELS},
        "errors": outcome.errors,
        "wrong": outcome.score.wrong,
        "wrong head": outcome.score.wrong_head,
        "misprints": outcome.score.bad_misprints,
        "doubtful": outcome.score.doubtful,
        "paths": outcome.paths,
        "calibration": calibration.of(outcome.score.trusted),
        "compared": compare([task.path for task in tasks], compared, out),
    }


def draw(count: int, seed: int, folder: Path) -> list[reports.Task]:
    """Writes the documents, levels in turn, in place of what was there."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*"):
        old.unlink()
    papers = [draw_paper(each) for each in range(seed, seed + count)]
    parts = [papers[start : start + BATCH] for start in range(0, count, BATCH)]
    with ProcessPoolExecutor(reports.PROCESSES) as pool:
        paths = [p for part in pool.map(write_papers, parts, [folder] * len(parts)) for p in part]
    return [
        reports.Task(path, [reports.own_rows(paper.drawn.document)])
        for paper, path in zip(papers, paths, strict=True)
    ]


# --- the same pages by all -----------------------------------------------------------------------


def compare(paths: Sequence[Path], count: int, out: Path) -> Json:
    """gouji and the peers on some documents with a requests table, levels in equal shares."""
    chosen = _chosen(paths, count)
    pages = {path: list(_pages(path, out / "pages")) for path in chosen}
    truths = {path: reports.truth_of(path) for path in chosen}
    ruled = [p for p in chosen if truths[p]["families"]["border"] in ("full", "thin")]
    told: Json = {
        "documents": len(chosen), "pages": sum(map(len, pages.values())),
        "ruled documents": len(ruled), "ruled pages": sum(len(pages[p]) for p in ruled),
        "levels": Counter(truths[path]["level"] for path in chosen),
    }  # fmt: skip
    python = environment()
    told["versions"] = versions(python)
    readers = {"gouji": _gouji(chosen, pages)}
    for name, script in PEERS.items():
        print(f"scans: {name}", file=sys.stderr)
        readers[name] = _peer(python, script, pages, truths, out)
    told["readers"] = {
        name: _summary(read, seconds, megabytes, pages, truths, ruled)
        for name, (read, seconds, megabytes) in readers.items()
    }
    return told


def _chosen(paths: Sequence[Path], count: int) -> list[Path]:
    able = [p for p in paths if any(t["id"] == "requests" for t in reports.truth_of(p)["tables"])]
    by_level = {level: [p for p in able if p.stem.endswith(level)] for level in LEVELS}
    return sorted(p for level in by_level.values() for p in level[: max(1, count // len(LEVELS))])


def _pages(path: Path, folder: Path) -> Iterator[Path]:
    """A document's pages as upright as the file shows them, each in its own resolution."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, image in enumerate(pictures(path), start=1):
        page = folder / f"{path.stem}-{number}.png"
        image.convert("L" if image.mode == "1" else image.mode).save(page, compress_level=1)
        yield page


def pictures(path: Path) -> Iterator[Image.Image]:
    """The pictures in a file, as it shows them, with square pixels."""
    if path.suffix == ".pdf":
        document = pypdfium2.PdfDocument(path)
        try:
            for page in document:
                pixels = max(next(iter(page.get_objects())).get_px_size())
                yield page.render(scale=pixels / max(page.get_size())).to_pil()
        finally:
            document.close()
        return
    with Image.open(path) as image:
        for frame in ImageSequence.Iterator(image):
            yield _square(ImageOps.exif_transpose(frame))


def _square(image: Image.Image) -> Image.Image:
    across, down = map(float, image.info.get("dpi", (1, 1)))
    if abs(across / down - 1) < 0.1:
        return image
    most = max(across, down)
    size = round(image.width * most / across), round(image.height * most / down)
    return image.convert("L").resize(size, Image.Resampling.BICUBIC)


Read = dict[Path, Mapping[str, Reading]]
Run = tuple[Read, dict[Path, float], float]
"""What was read of each document, its CPU seconds, and the peak of memory in MB."""


def _gouji(paths: Sequence[Path], pages: Mapping[Path, Sequence[Path]]) -> Run:
    print("scans: gouji", file=sys.stderr)
    cells, spent, megabytes = speed.in_process(_read_cells, paths)
    assert set(cells) == set(pages)
    return cells, spent, megabytes


def _read_cells(path: Path) -> Mapping[str, Reading]:
    """The first report's cells, accepted or not; none where it is not read."""
    from gouji.ingest.pipeline import read_file
    from gouji.ingest.settings import Settings

    try:
        records = [each for each in read_file(path, Settings(language="zh")) if each.report]
    except Exception as error:
        print(f"scans: {path.name}: {type(error).__name__}: {error}", file=sys.stderr)
        records = []
    if not records:
        return {}
    accepted = {cell.ref: (cell.value, cell.state) for cell in records[0].cells if cell.accepted}
    seen = {cell.ref: (cell.value, cell.state) for cell in records[0].cells}
    return seen | {f"accepted {ref}": reading for ref, reading in accepted.items()}


def _peer(
    python: Path, script: str, pages: Mapping[Path, Sequence[Path]], truths: Mapping[Path, Json],
    out: Path,
) -> Run:  # fmt: skip
    """One process for all pages; what it printed stays in ``out``."""
    every = [page for several in pages.values() for page in several]
    done = subprocess.run(
        [python, HERE / "peers" / script], input="\n".join(map(str, every)), text=True,
        env=os.environ | dict.fromkeys((*speed.ONE_THREAD, "OMP_THREAD_LIMIT"), "1"),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    (out / script).with_suffix(".jsonl").write_text(done.stdout, encoding="utf-8")
    *lines, last = map(json.loads, done.stdout.splitlines())
    by_page = {Path(line["page"]): line for line in lines}
    cells: Read = {}
    for path, several in pages.items():
        edition = next(t["edition"] for t in truths[path]["tables"] if t["id"] == "requests")
        words = [by_page[page]["words"] for page in several]
        found = requests_of(words, edition)
        # A peer believes what it saw; a row that it did not see is for the user to find.
        cells[path] = found | {f"accepted {ref}": reading for ref, reading in found.items()}
    seconds = {path: sum(by_page[p]["seconds"] for p in several) for path, several in pages.items()}
    return cells, seconds, last["megabytes"]


def _summary(
    read: Read, seconds: Mapping[Path, float], megabytes: float,
    pages: Mapping[Path, Sequence[Path]], truths: Mapping[Path, Json], ruled: Sequence[Path],
) -> Json:  # fmt: skip
    counts: Counter[str] = Counter()
    for path, got in read.items():
        counts += _table_counts(truths[path], got)
    return {
        "counts": counts,
        "megabytes": megabytes,
        "all": sum(seconds.values()) / max(1, sum(map(len, pages.values()))),
        "ruled": sum(seconds[p] for p in ruled) / max(1, sum(len(pages[p]) for p in ruled)),
    }


def _table_counts(truth: Json, got: Mapping[str, Reading]) -> Counter[str]:
    """Of the requests table only, which is what peers are mapped to."""
    counts = count_rows(truth, got)
    edition = next(t["edition"] for t in truth["tables"] if t["id"] == "requests")
    for row in FORMS[edition]["requests"]:
        for column in APPLICANTS:
            ref = ref_of(row["key"], column)
            told = truth["cells"][ref]
            if told["state"] == "missing_row":
                continue
            accepted = got.get(f"accepted {ref}")
            for kind in ("", "figure ") if told["state"] == "value" else ("",):
                counts[kind + "cells"] += 1
                counts[kind + "exact"] += ref in got and is_right({ref: told}, ref, got[ref])
                counts[kind + "review"] += accepted is None
                counts[kind + "wrong"] += accepted is not None and not is_right(
                    {ref: told}, ref, accepted
                )
    return counts


# --- the peers' environment ----------------------------------------------------------------------


def environment() -> Path:
    """The peers' Python, made on first use or when ``peers.txt`` has changed."""
    folder, wanted = HERE.parent / "build" / "peers", HERE / "peers.txt"
    python, mark = folder / "bin" / "python", folder / ".versions"
    if not (mark.exists() and mark.read_text() == wanted.read_text()):
        print("setting up the peers' environment", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "-r", str(wanted)]
        subprocess.run(command, check=True)
        mark.write_text(wanted.read_text())
    return python


def versions(python: Path) -> str:
    """What was compared."""
    code = "import sys, importlib.metadata as m\nfor n in sys.argv[1:]: print(n, m.version(n))"
    found = subprocess.run(
        [python, "-c", code, *PACKAGES], capture_output=True, text=True, check=True
    ).stdout.split("\n")
    tesseract = subprocess.run(["tesseract", "--version"], capture_output=True, text=True)
    return ", ".join([*filter(None, found), tesseract.stdout.split("\n")[0]])
