"""How the peers are called: page pictures in, a line of JSON for each page out.

Runs in the peers' own environment, without this repository's code. Paths come on standard input,
one a line; the first page is read once before the clock starts. Each line out holds ``page``,
``seconds`` (CPU, children's included) and ``words``: lists of x0, y0, x1, y1 in pixels and the
text; the last holds ``megabytes``, the peak memory.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

Word = tuple[float, float, float, float, str]


def serve(read: Callable[[str], list[Word]]) -> None:
    """Reads every page; a page on which a peer breaks has no words and has spent its time."""
    paths = sys.stdin.read().splitlines()
    out, sys.stdout = sys.stdout, sys.stderr  # what libraries print is none of the answer
    _tried(read, paths[0])
    for path in paths:
        before = os.times()
        words = _tried(read, path)
        seconds = sum(os.times()[:4]) - sum(before[:4])
        print(json.dumps({"page": path, "seconds": seconds, "words": words}), file=out, flush=True)
    print(json.dumps({"megabytes": _megabytes()}), file=out, flush=True)


def _tried(read: Callable[[str], list[Word]], path: str) -> list[Word]:
    try:
        return read(path)
    except Exception as error:
        print(f"{path}: {type(error).__name__}: {error}", file=sys.stderr)
        return []


def _megabytes() -> float:
    """Of this process, and of the largest one that it started."""
    import resource

    status = Path("/proc/self/status").read_text().splitlines()
    own = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    # A child begins as a copy of its parent: only what it reached beyond that is its own.
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(own, child) / 1024
