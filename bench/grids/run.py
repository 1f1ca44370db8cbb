"""``python -m bench.grids [--seeds FIRST COUNT] [--out DIR] [--only NAME…]``: draw and compare."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.grids.draw import draw
from bench.grids.model import Drawn
from bench.grids.score import Score, Spanning, score
from bench.grids.write import write

Finder = Callable[[Path], list[Sequence[Spanning]]]


def _gouji(path: Path) -> list[Sequence[Spanning]]:
    from gouji.ocr.pdf import open_pages
    from gouji.tables.grid import Grid
    from gouji.tables.layout import blocks

    return [
        block.cells
        for page in open_pages(path)
        for block in blocks(page)
        if isinstance(block, Grid)
    ]


def _pdfplumber(strategy: str) -> Finder:
    def find(path: Path) -> list[Sequence[Spanning]]:
        from gouji.tables.peers import pdfplumber_grids

        pages = range(1, _pages(path) + 1)
        return [g.cells for page in pages for g in pdfplumber_grids(path, page, strategy)]  # type: ignore[arg-type]

    return find


def _camelot(flavor: str) -> Finder:
    def find(path: Path) -> list[Sequence[Spanning]]:
        from gouji.tables.peers import camelot_grids

        pages = range(1, _pages(path) + 1)
        return [g.cells for page in pages for g in camelot_grids(path, page, flavor)]  # type: ignore[arg-type]

    return find


def _pages(path: Path) -> int:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    count = len(document)
    document.close()
    return count


FINDERS: dict[str, Finder] = {
    "gouji": _gouji,
    "pdfplumber lines": _pdfplumber("lines"),
    "pdfplumber text": _pdfplumber("text"),
    "camelot lattice": _camelot("lattice"),
    "camelot stream": _camelot("stream"),
    "camelot hybrid": _camelot("hybrid"),
}


def main() -> None:
    """The whole bench."""
    options = _options()
    documents = [draw(options.seeds[0] + i) for i in range(options.seeds[1])]
    paths = write(documents, options.out)
    pages = sum(_pages(path) for path in paths)
    print(
        f"{len(documents)} documents, {pages} pages, {sum(len(d.tables) for d in documents)} tables"
    )
    print(f"{'':20}{'precision':>10}{'recall':>10}{'F1':>10}{'s/page':>10}{'MB':>8}")
    report = {}
    context = multiprocessing.get_context("spawn")
    for name in options.only or FINDERS:
        with context.Pool(1) as pool:  # a process of its own, so that memory is its own
            found = pool.apply(_measured, (name, documents, paths))
        report[name] = found
        total = Score(*found["total"])
        print(
            f"{name:20}{total.precision:10.4f}{total.recall:10.4f}{total.f1:10.4f}"
            f"{found['seconds'] / pages:10.4f}{found['megabytes']:8.0f}"
        )
    for key in ("border", "writer", "family"):
        _print_parts(report, key)
    if options.json:
        options.json.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.grids", description=__doc__)
    parser.add_argument("--seeds", nargs=2, type=int, default=(1_000_000, 100))
    parser.add_argument("--out", type=Path, default=Path("out/bench/grids"))
    parser.add_argument("--only", nargs="*", choices=list(FINDERS))
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _measured(name: str, documents: list[Drawn], paths: list[Path]) -> dict[str, object]:
    """Scores in all and by kind, seconds, and the peak of this process's memory."""
    finder = FINDERS[name]
    parts: dict[str, dict[str, Score]] = {
        k: defaultdict(Score) for k in ("border", "writer", "family")
    }
    total, each, seconds = Score(), {}, 0.0
    for document, path in zip(documents, paths, strict=True):
        start = time.perf_counter()
        found = _tried(finder, path)
        seconds += time.perf_counter() - start
        result = score([t.cells for t in document.tables], found)
        total += result
        each[document.name] = round(result.f1, 4)
        parts["border"][document.style.border] += result
        parts["writer"][document.writer] += result
        if len(set(document.families)) == 1:
            parts["family"][document.families[0]] += result
    return {
        "total": (total.right, total.found, total.drawn),
        "seconds": seconds,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "each": each,
        **{key: {k: round(s.f1, 4) for k, s in value.items()} for key, value in parts.items()},
    }


def _tried(finder: Finder, path: Path) -> list[Sequence[Spanning]]:
    """What a finder finds; one that breaks on a document has found nothing."""
    try:
        return finder(path)
    except Exception as error:
        print(f"  {path.name}: {type(error).__name__}: {error}")
        return []


def _print_parts(report: dict[str, dict[str, dict[str, float]]], key: str) -> None:
    names = sorted({name for found in report.values() for name in found[key]})
    print(f"\nF1 by {key:14}" + "".join(f"{name:>13}" for name in names))
    for who, found in report.items():
        print(f"{who:20}" + "".join(f"{found[key].get(name, 0):13.4f}" for name in names))
