"""Drawn reports read by the whole way, from file to record, and compared with their truth."""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path

from bench.forge.corpus import corpus
from bench.forge.model import Cell, Document
from bench.forge.write import SUFFIXES, write
from bench.paths import Effects, effects, watched
from bench.scoring import Json, OwnRows, Reading, Score, is_right, score
from gouji.ingest.pipeline import read_file
from gouji.ingest.settings import Settings
from gouji.tables.labels import core
from gouji.tables.record import Record

PROCESSES = 2


@dataclass(frozen=True)
class Task:
    """A document, and the rows that each of its reports adds to the form."""

    path: Path
    own_rows: list[OwnRows]


@dataclass
class Outcome:
    """What came of one file, or of many. ``groups``: dimension, name → counts of its files."""

    score: Score = field(default_factory=Score)
    paths: Effects = field(default_factory=dict)
    groups: dict[str, dict[str, Counter[str]]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def __iadd__(self, other: Outcome) -> Outcome:
        self.score += other.score
        self.errors += other.errors
        for path, counts in other.paths.items():
            self.paths.setdefault(path, Counter()).update(counts)
        for dimension, names in other.groups.items():
            mine = self.groups.setdefault(dimension, {})
            for name, counts in names.items():
                mine.setdefault(name, Counter()).update(counts)
        return self


def draw(count: int, seed: int, folder: Path) -> list[Task]:
    """Writes a balanced corpus to ``folder``, in place of what was there."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*"):
        old.unlink()
    documents = corpus(count, seed)
    parts = [documents[start::PROCESSES] for start in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES) as pool:
        list(pool.map(write, parts, [folder] * len(parts)))
    return [
        Task(folder / f"{drawn.name}.{SUFFIXES[drawn.kind]}",
             [own_rows(each.document) for each in (drawn, *drawn.others)])
        for drawn in documents
    ]  # fmt: skip


def own_rows(document: Document) -> OwnRows:
    """The rows that layouts added to the form, which are no cells of the truth."""
    return {
        f"x.{core(label.text)}": [Decimal(cell.text) for cell in row.cells if _is_figure(cell)]
        for _, row in document.rows("proactive", "main")
        if row.key is None and not row.head and any(map(_is_figure, row.cells))
        for label in row.cells
        if label.role == "label"
    }


def _is_figure(cell: Cell) -> bool:
    return cell.role == "filler" and cell.text.isdecimal()


def truth_of(path: Path) -> Json:
    """What the document says."""
    truth: Json = json.loads(path.with_name(path.stem + ".truth.json").read_text("utf-8"))
    return truth


def read_all(tasks: Sequence[Task]) -> Outcome:
    """Every file, with progress on standard error."""
    whole, start = Outcome(), time.monotonic()
    context = multiprocessing.get_context("spawn")
    with context.Pool(PROCESSES) as pool:
        for done, outcome in enumerate(pool.imap_unordered(outcome_of, tasks, 4), start=1):
            whole += outcome
            if done % max(1, len(tasks) // 20) == 0:
                counts, spent = whole.score.counts, time.monotonic() - start
                print(
                    f"reports: {done}/{len(tasks)} files, {counts['wrong']} cells wrong,"
                    f" {counts['doubtful']} in doubt, {spent:.0f} s",
                    file=sys.stderr,
                )
    whole.score.wrong.sort(key=lambda cell: (cell["file"], cell["ref"]))
    whole.score.doubtful.sort(key=lambda cell: (cell["file"], cell["ref"]))
    return whole


def outcome_of(task: Task) -> Outcome:
    """One file. What the reader raises is an error of the reader, and its reports are unread."""
    path = task.path
    truth, out = truth_of(path), Outcome()
    truths = [truth, *truth["others"]]
    records: list[Record] = []
    with watched() as watch:
        try:
            records = list(read_file(path, Settings(language="zh")))
        except Exception as error:
            out.errors.append(f"{path.name}: {type(error).__name__}: {error}")
    for record in records:
        if record.status in ("failed", "no_report"):
            codes = ", ".join(finding.code for finding in record.findings)
            out.errors.append(f"{path.name}: {record.status}: {codes}")
    found = [record for record in records if record.report]
    if not found and not out.errors:
        codes = ", ".join(finding.code for record in records for finding in record.findings)
        out.errors.append(f"{path.name}: no report: {codes}")
    if len(found) > len(truths):
        out.errors.append(f"{path.name}: {len(found)} reports instead of {len(truths)}")
    out.score.counts["files"] = 1
    for index, told in enumerate(truths):
        read = found[index] if index < len(found) else None
        out.score += score(path.name, told, task.own_rows[index], read)
    for told, own, attempts in zip(truths, task.own_rows, watch.reports, strict=False):
        out += Outcome(paths=effects(attempts, partial(_right, told["cells"], own)))
    for dimension, name in _groups(truth):
        out.groups.setdefault(dimension, {})[name] = Counter(out.score.counts)
    return out


def _right(truth: Mapping[str, Json], own_rows: OwnRows, ref: str, got: Reading) -> bool:
    return is_right(truth, ref, got, own_rows)


def _groups(truth: Json) -> Iterator[tuple[str, str]]:
    families = truth["families"]
    if "level" in truth:
        yield "level", truth["level"]
    yield "form", families["form"]
    yield "kind", families["kind"]
    yield "border", families["border"] or "no borders in this kind"
    for name in families["layout"]:
        yield "layout family", name
    for name in truth["layouts"]:
        yield "layout", name
