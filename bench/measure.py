"""How often scanned cells are wrong, by what speaks for them → ``tables/measured.toml``.

``python -m bench.measure FOLDER ...`` reads the drawn paper in the folders (documents with their
truths, as ``python -m bench.forge.paper`` writes them; seeds below 100,000) twice: with the first
reader alone, and with every cell read by the second one too. Each time it counts, by class, the
cells that were read and those of them that were read wrong. A figure that stands in the cell of
another one was not read wrong: such cells are counted apart, as misplaced.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from math import comb
from multiprocessing import Pool
from pathlib import Path
from typing import Any, get_args

from bench.scoring import SHOWN
from gouji.ingest import second, views
from gouji.ingest.pipeline import read_file
from gouji.ingest.settings import Settings
from gouji.tables.evidence import INK, Seen
from gouji.tables.filled import Filled
from gouji.tables.grid import Block, Document
from gouji.tables.measured import BANDS, Class, Sums
from gouji.tables.numbers import parse
from gouji.tables.understand import understand
from gouji.tables.understood import Understood

TARGET = Path(__file__).parent.parent / "tables" / "measured.toml"
CERTAINTY = 0.95
SEEDS = 100_000
"""Reports are made from seeds beyond; nothing is measured on them."""

Json = dict[str, Any]
Counts = dict[Any, Counter[str]]
"""A class, or a doubt about places → ``cells``, ``wrong``, ``misplaced``."""


Note = tuple[int, Class, str, str]
"""Of a cell: with how many readers more, its class, what speaks against its place, how it was."""


class Measured:
    """The counts, and what they were made from."""

    def __init__(self) -> None:
        self.readings: Counts = defaultdict(Counter)
        self.places: Counts = defaultdict(Counter)
        self.documents = 0
        self.seeds: set[int] = set()

    def add(self, seed: int, notes: Iterable[Note]) -> None:
        """One document."""
        self.documents += 1
        self.seeds.add(seed)
        for note in notes:
            self.note(*note)

    def note(self, attempt: int, each: Class, doubt: str, how: str) -> None:
        """One cell. Where its place is in doubt it tells nothing about readings."""
        if attempt:
            wrong = how == "misplaced" or (how == "wrong" and doubt != "")
            self.places[doubt].update({"cells": 1, "wrong": int(wrong)})
        if not doubt and (attempt == 0) == (each.readers == "one"):
            self.readings[each].update({"cells": int(how != "misplaced"), how: 1})

    def lines(self) -> Iterator[str]:
        """The file."""
        day, seeds = datetime.now(UTC).date(), sorted(self.seeds)
        yield f"# Written by `python -m bench.measure` on {day}: {self.documents} drawn documents,"
        yield f"# of {len(seeds)} seeds from {seeds[0]} to {seeds[-1]}."
        yield "# share: lower end of the band of the first reader's share. wrong: read wrong;"
        yield "# misplaced: another cell's figure, not counted among the cells. bound: no larger"
        yield f"# share is wrong, with {CERTAINTY:.0%} certainty, by the class or by larger ones."
        yield "readings = ["
        for each in sorted(self.readings):
            yield f"  {{ {_entry(each, self.readings)} }},"
        yield "]"
        yield "# Where the figures of other cells stand, by what speaks against their place."
        yield "places = ["
        for doubt, counts in sorted(self.places.items()):
            cells, wrong = counts["cells"], counts["wrong"]
            yield f'  {{ doubt = "{doubt}", cells = {cells}, wrong = {wrong} }},'
        yield "]"


def _entry(each: Class, counts: Mapping[Class, Counter[str]]) -> str:
    own = counts[each]
    told = (
        f'state = "{each.state}"', f'readers = "{each.readers}"', f'sums = "{each.sums}"',
        f"share = {each.share}", f"cells = {own['cells']}", f"wrong = {own['wrong']}",
        f"misplaced = {own['misplaced']}", f"bound = {bound_of(each, counts):.4f}",
    )  # fmt: skip
    return ", ".join(told)


def bound_of(each: Class, counts: Mapping[Class, Counter[str]]) -> float:
    """The least of the bounds of the class and of larger ones that are no easier to read: all
    cells that readers saw alike, for a picture is what it is, whatever its sums say (but where
    sums fail, which is what errors do), and what two readers agree on with what the second could
    not read; those that the first reader was less sure of; for a 0, other figures too.
    """
    alike = [each] if each.sums == "fail" else [replace(each, sums=s) for s in get_args(Sums)]
    if each.readers == "agree" and each.sums != "fail":
        alike += [replace(c, readers="again") for c in alike]
    unsurer = [replace(c, share=s) for c in alike for s in BANDS if s <= each.share]
    harder = [replace(c, state="value") for c in alike] if each.state == "zero" else []
    larger = ([each], alike, unsurer, [*alike, *harder])
    return min(_upper_of(some, counts) for some in larger)


def _upper_of(some: Iterable[Class], counts: Mapping[Class, Counter[str]]) -> float:
    known = [counts[each] for each in some if each in counts]
    return upper(sum(c["wrong"] for c in known), sum(c["cells"] for c in known))


def upper(wrong: int, cells: int) -> float:
    """The largest share of wrong ones at which as few as these are to be expected (Clopper and
    Pearson's bound).
    """
    low, high = 0.0, 1.0
    for _ in range(40):
        share = (low + high) / 2
        few = sum(comb(cells, k) * share**k * (1 - share) ** (cells - k) for k in range(wrong + 1))
        low, high = (low, share) if few < 1 - CERTAINTY else (share, high)
    return high if cells else 1.0


# --- one document --------------------------------------------------------------------------------


def judged(understood: Understood, truth: Json) -> Iterator[tuple[Filled, str]]:
    """The cells of a scan that the truth knows: ``right``, ``wrong`` or ``misplaced``."""
    cells = [f for t in understood.tables for f in t.cells if f.seen and _known(f, truth)]
    off = [f for f in cells if not _is_right(f, truth)]
    rows = Counter(f.form.row for f in off)
    for filled in cells:
        if filled not in off:
            yield filled, "right"
        else:
            moved = rows[filled.form.row] > 1 and _stands_near(filled, truth)
            yield filled, "misplaced" if moved else "wrong"


def _known(filled: Filled, truth: Json) -> bool:
    told = truth["cells"].get(filled.form.ref)
    return told is not None and told["knowable"] and told["state"] in SHOWN


def _is_right(filled: Filled, truth: Json) -> bool:
    return _says(truth["cells"][filled.form.ref], filled)


def _says(told: Json, filled: Filled) -> bool:
    """Whether the same is written: units that a header tells do not matter."""
    written = parse(told["written"] or "")
    number = parse(filled.cell.text if filled.cell else "")
    return (number.state, number.value) == (written.state, written.value)


def _stands_near(filled: Filled, truth: Json) -> bool:
    """Whether another cell of the same row or column says what was read here."""
    row, _, column = filled.form.ref.partition("@")
    for ref, told in truth["cells"].items():
        other, _, beside = ref.partition("@")
        alike = other == row or (column != "" and beside == column)
        if alike and ref != filled.form.ref and _says(told, filled):
            return True
    return False


def attempts(blocks: Sequence[Block], document: Document) -> Iterator[Understood]:
    """A report understood with the first reader alone, and with both."""
    blocks, alone = views.best_view(blocks, document)
    yield alone
    first, other = second.reader_of("rapid"), second.reader_of("tesseract")
    asked = {s.spot: s for t in alone.tables for f in t.cells if (s := f.seen) and _pictured(s)}
    evidence = second.read_again(document.evidence, list(asked.values()), "tesseract", other, first)
    both = understand(blocks, evidence)
    more = second.compared(evidence, both)
    yield understand(blocks, more) if more else both


def _pictured(seen: Seen) -> bool:
    return seen.picture is not None and seen.readers != [INK]


@contextmanager
def _noting(found: list[tuple[Sequence[Block], Document]]) -> Iterator[None]:
    """Notes what is to be understood."""
    own = second.understand_scan

    def understand_scan(blocks: Sequence[Block], document: Document, *readers: str) -> Understood:
        found.append((blocks, document))
        return own(blocks, document, *readers)

    second.understand_scan = understand_scan  # type: ignore[assignment]
    try:
        yield
    finally:
        second.understand_scan = own


def notes_of(told: Path) -> tuple[int, list[Note]]:
    """The seed of one document, and what is to be counted of it."""
    truth: Json = json.loads(told.read_text("utf-8"))
    found: list[tuple[Sequence[Block], Document]] = []
    with _noting(found):
        list(read_file(_document(told), Settings(second="none")))
    notes = [
        (number, cell.support.measured, cell.misplacing, how)
        for seen in found[-1:]  # the last one is of all that was read
        for number, understood in enumerate(attempts(*seen))
        for cell, how in judged(understood, truth)
        if cell.support is not None
    ]
    return truth["seed"], notes


def _document(told: Path) -> Path:
    name = told.name.removesuffix(".truth.json")
    return next(path for path in told.parent.glob(f"{name}.*") if path != told)


def measure(folders: Sequence[Path], workers: int = 2) -> Measured:
    """All documents of the folders, with progress on standard error."""
    paths = sorted(path for folder in folders for path in folder.glob("*.truth.json"))
    for told in paths:
        if int(told.name.split("-")[0]) >= SEEDS:
            raise ValueError(f"{told} is kept for reports")
    out = Measured()
    with Pool(workers) as pool:
        for seed, notes in pool.imap_unordered(notes_of, paths):
            out.add(seed, notes)
            print(f"measure: {out.documents} of {len(paths)}", file=sys.stderr)
    return out


def write(out: Measured) -> None:
    """The package's file."""
    TARGET.write_text("\n".join([*out.lines(), ""]), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(measure([Path(name) for name in sys.argv[1:]]))
