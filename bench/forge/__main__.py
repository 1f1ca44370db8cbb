"""``python -m bench.forge --count 600 --seed 1 --out DIR``: writes a balanced corpus."""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from .corpus import balance, corpus
from .draw import FORMS, KINDS, Drawn
from .layouts import TRANSFORMATIONS
from .write import write


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.forge", description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1, help="tuning below 100000, reports from 1e6")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--form", choices=FORMS)
    parser.add_argument("--kind", choices=KINDS)
    parser.add_argument("--layout", action="append", choices=tuple(TRANSFORMATIONS))
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    documents = corpus(
        options.count,
        options.seed,
        form=options.form,
        kind=options.kind,
        layouts=tuple(options.layout) if options.layout else None,
    )
    parts = [documents[start :: options.jobs] for start in range(options.jobs)]
    with ProcessPoolExecutor(options.jobs) as pool:
        list(pool.map(_write, parts, [options.out] * len(parts)))
    for name, counts in balance(documents).items():
        print(name, dict(counts.most_common()))


def _write(part: list[Drawn], folder: Path) -> None:
    write(part, folder)


if __name__ == "__main__":
    main()
