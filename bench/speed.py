"""Seconds a page and peak memory of gouji's whole way, pdfplumber and camelot, on the same PDFs."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
Json = dict[str, Any]
Times = dict[str, float]
T = TypeVar("T")
Spent = tuple[dict[Path, T], dict[Path, float], float]
"""What came of each file, its CPU seconds (children's included), and the peak of memory in MB."""


def _gouji() -> Callable[[Path], object]:
    """Set up as the child processes that read."""
    from gouji.ingest.isolate import COLLECT_AFTER
    from gouji.ingest.pipeline import read_file
    from gouji.ingest.settings import Settings

    gc.set_threshold(COLLECT_AFTER)
    settings = Settings(language="zh")
    return lambda path: list(read_file(path, settings))


def _gouji_fast() -> Callable[[Path], object]:
    """Without second opinions, to tell what these cost. In a process of its own."""
    from gouji.ingest import opinions

    setattr(opinions, "_may_be_better", lambda *_: False)  # noqa: B010
    return _gouji()


def _pdfplumber() -> Callable[[Path], object]:
    import pdfplumber

    def read(path: Path) -> object:
        with pdfplumber.open(path) as document:
            return [page.extract_tables() for page in document.pages]

    return read


def _camelot() -> Callable[[Path], object]:
    import cv2
    from camelot.io import read_pdf

    cv2.setNumThreads(1)
    return lambda path: read_pdf(str(path), pages="all", flavor="lattice")


READERS = {
    "gouji": _gouji,
    "gouji without second opinions": _gouji_fast,
    "pdfplumber": _pdfplumber,
    "camelot lattice": _camelot,
}


def measure(paths: Sequence[Path], ruled: Sequence[Path]) -> Json:
    """For each reader: CPU seconds a page on all PDFs and on the ruled ones, and peak MB."""
    pages = {path: _pages(path) for path in paths}
    context = multiprocessing.get_context("spawn")
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    out: Json = {"files": len(paths), "pages": sum(pages.values()), "readers": {}}
    out["ruled files"], out["ruled pages"] = len(ruled), sum(pages[path] for path in ruled)
    for name in READERS:
        with context.Pool(1) as pool:  # a process of its own, so that its memory is its own
            spent, megabytes = pool.apply(_timed, (name, list(paths)))
        out["readers"][name] = {
            "all": _per_page(spent, paths, pages),
            "ruled": _per_page(spent, ruled, pages),
            "median": statistics.median(spent[str(p)] / pages[p] for p in paths),
            "megabytes": megabytes,
        }
        print(f"speed: {name}: {out['readers'][name]['all']:.4f} s a page", file=sys.stderr)
    return out


def _per_page(spent: Times, paths: Sequence[Path], pages: dict[Path, int]) -> float:
    return sum(spent[str(p)] for p in paths) / max(1, sum(pages[p] for p in paths))


def _timed(name: str, paths: list[Path]) -> tuple[Times, float]:
    """CPU seconds for each file, after one file to warm up, and peak memory; both with those of
    the process's own children.
    """
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    read = READERS[name]()
    _tried(read, paths[0])
    spent = {}
    for path in paths:
        start = _cpu_seconds()
        _tried(read, path)
        spent[str(path)] = _cpu_seconds() - start
    return spent, _peak_megabytes()


def in_process(read: Callable[[Path], T], paths: Sequence[Path]) -> Spent[T]:
    """A reader in a process of its own, with one thread: see ``Spent``. The first file is read
    once before the clock starts.
    """
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_spent, (read, list(paths)))


def _spent(read: Callable[[Path], T], paths: list[Path]) -> Spent[T]:
    import cv2

    cv2.setNumThreads(1)
    read(paths[0])
    found, spent = {}, {}
    for path in paths:
        start = sum(os.times()[:4])
        found[path] = read(path)
        spent[path] = sum(os.times()[:4]) - start
    return found, spent, _peak_megabytes()


def _tried(read: Callable[[Path], object], path: Path) -> None:
    """Speed only: a reader that breaks on a file has spent its time all the same."""
    try:
        read(path)
    except Exception as error:
        print(f"speed: {path.name}: {type(error).__name__}: {error}", file=sys.stderr)


def _cpu_seconds() -> float:
    spent = os.times()
    return time.process_time() + spent.children_user + spent.children_system


def _peak_megabytes() -> float:
    """Of this process or its largest child.

    Unlike ``ru_maxrss``, Linux's ``VmHWM`` leaves out the parent's memory.
    """
    import resource

    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit
    status = Path("/proc/self/status")
    if not status.exists():
        return max(children, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)
    line = next(s for s in status.read_text().splitlines() if s.startswith("VmHWM:"))
    return max(children, int(line.split()[1]) / 1024)


def _pages(path: Path) -> int:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    try:
        return len(document)
    finally:
        document.close()


def help_seconds(times: int = 5) -> float:
    """``gouji --help``: the median of some runs."""
    command = [str(Path(sys.executable).with_name("gouji")), "--help"]
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)
