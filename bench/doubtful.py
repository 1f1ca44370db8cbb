"""Scans that ``bench.forge`` draws, as gouji reads them: cells in doubt whose truth is known.

What was drawn and read is kept in a folder, so that a reviewer can be simulated again at once.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from bench.forge.paper import draw_paper, write_papers
from bench.reports import truth_of
from gouji.ingest.output import as_object
from gouji.ingest.pipeline import read_file
from gouji.ingest.settings import Settings
from gouji.tables.record import CellModel, Record

LEVELS = ("low", "fax", "phone")
"""Levels at which cells come to be in doubt; on better paper they hardly do."""
WEAKENED = 0.3
"""The share of accepted zeros that are put in doubt for groups."""
MISFITS = 0.02
"""How many cells that say something else are read as 0, for each that is one."""
Said = tuple[str, Decimal | None]
"""What a cell says: its state, and its value if it has one."""


@dataclass(frozen=True)
class Scan:
    """The name of a drawn scan, the record of its report, and what its cells say."""

    name: str
    record: Record
    truth: Mapping[str, Mapping[str, Any]]

    @property
    def doubtful(self) -> list[int]:
        """The cells in doubt of which it is known what they say, by their places."""
        cells = enumerate(self.record.cells)
        return [n for n, cell in cells if not cell.accepted and self.says(n) is not None]

    def says(self, number: int) -> Said | None:
        """What a cell says; None where that is not known, as of rows beyond the form, and for
        words, such as ``**``, for which there is no key.
        """
        told = self.truth.get(self.record.cells[number].ref)
        if told is None or told["state"] == "text":
            return None
        return told["state"], None if told["value"] is None else Decimal(told["value"])


def scans(cells: int, seed: int, folder: Path) -> Iterator[Scan]:
    """Scans from ``seed`` on, until so many of their cells are in doubt."""
    for number in count(seed):
        scan = scan_of(number, folder)
        if scan is not None and scan.doubtful:
            cells -= len(scan.doubtful)
            yield scan
        if cells <= 0:
            return


def scan_of(seed: int, folder: Path) -> Scan | None:
    """A scan as it was drawn and read before, or is now; None if it was not read as a report."""
    paper = draw_paper(seed, LEVELS[seed % len(LEVELS)])
    kept = folder / f"{paper.name}.records.json"
    if not kept.exists():
        print(f"drawing and reading {paper.name}", file=sys.stderr)
        (path,) = write_papers([paper], folder)
        records = read_file(path, Settings(language="zh"))
        told = {"file": path.name, "records": [as_object(record) for record in records]}
        kept.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    told = json.loads(kept.read_text("utf-8"))
    records = [Record.model_validate(one) for one in told["records"]]
    if len(records) != 1 or not records[0].tables:
        return None
    return Scan(told["file"], records[0], truth_of(folder / told["file"])["cells"])


def clean(record: Record) -> Record:
    """The record as if nothing in it were in doubt."""
    cells = tuple(cell.model_copy(update={"accepted": True}) for cell in record.cells)
    return record.model_copy(update={"cells": cells, "status": "clean"})


def weakened(scan: Scan, rng: random.Random) -> Scan:
    """The scan as a weaker reader would have read it: zeros in doubt, and other figures, also in
    doubt, misread as 0.
    """
    cells = list(scan.record.cells)
    sure = [n for n, cell in enumerate(cells) if cell.accepted and cell.box and cell.readings]
    zeros = [n for n in sure if cells[n].value == 0 and rng.random() < WEAKENED]
    others = [n for n in sure if cells[n].value]
    wanted = sum(rng.random() < MISFITS for _ in zeros)
    for number in (*zeros, *rng.sample(others, min(wanted, len(others)))):
        cells[number] = _as_doubtful_zero(cells[number])
    record = scan.record.model_copy(update={"cells": tuple(cells), "status": "needs_review"})
    return Scan(scan.name, record, scan.truth)


def _as_doubtful_zero(cell: CellModel) -> CellModel:
    change = {"value": Decimal(0), "written": "0", "state": "zero", "accepted": False}
    return cell.model_copy(update=change)
