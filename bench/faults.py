"""``python -m bench.faults``: kill -9 of batches, workers and watchers, again and again.

Each round starts in an empty workspace, is killed a few times, at random or at a named point, and
then completed by one run. Afterwards the store must equal that of an undisturbed run, and a watched
folder must be empty, with each of its files put away once and unaltered.
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench import batches

ROOT = Path(__file__).parent.parent
BATCH = ("originals.written", "originals.named", "originals.put", "work.kept", "taken.kept",
         "taken.added", "begun", "work.fetched", "read", "finished")  # fmt: skip
WATCH = (*BATCH, "inbox.note", "inbox.noted", "inbox.moved", "inbox.copied", "inbox.doubled")
IN_PARENT = ("taken.kept", "taken.added", "begun", "read", "finished", "inbox.note", "inbox.noted",
             "inbox.moved")  # fmt: skip
SCENES = {"run": BATCH, "watch": WATCH}
_EACH = 3
"""Kills in one workspace, at most; that of a worker ends the round, because the batch goes on."""


@dataclass
class Tally:
    """What was done, and what came of it."""

    hits: collections.Counter[str] = field(default_factory=collections.Counter)
    rounds: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        return self.hits.total()


class Scene:
    """Documents, and what an undisturbed run makes of them."""

    def __init__(self, folder: Path, kind: str, documents: int, tables: int) -> None:
        self.folder, self.kind = folder, kind
        self.source = folder / "source"
        batches.write(self.source, documents, tables)
        (self.source / "empty.pdf").write_bytes(b"")
        (self.source / "same.txt").write_bytes((self.source / "000" / "0.txt").read_bytes())
        began = time.monotonic()
        place = self.fresh("undisturbed")
        self.complete(place)
        self.seconds = time.monotonic() - began
        self.expected = batches.image(place / "gouji-workspace" / "gouji.sqlite")
        self.files = self.put_away(place)
        shutil.rmtree(place)

    def fresh(self, _: str) -> Path:
        """A folder to work in, always of the same name, because the store has the names."""
        place = self.folder / "place"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        shutil.copytree(self.source, place / "in")
        return place

    def start(self, place: Path, **variables: str) -> subprocess.Popen[bytes]:
        command = ["run", "in"] if self.kind == "run" else ["watch", "in", "--once"]
        settle = {"GOUJI_SETTLE": "0.05", "GOUJI_POLL": "0.2"}
        return batches.start(*command, "--workers", 2, cwd=place, **settle | variables)

    def complete(self, place: Path, **variables: str) -> int:
        with self.start(place, **variables) as process:
            return process.wait(timeout=120)

    def put_away(self, place: Path) -> dict[str, list[str]]:
        """Which contents lie where, by the original names of the files."""
        found: dict[str, list[str]] = {}
        for top in ("in", "done", "failed"):
            found[top] = sorted(
                f"{re.sub('-[0-9]+(?=[.])', '', path.relative_to(place / top).as_posix())} "
                f"{path.read_bytes()!r}"
                for path in (place / top).rglob("*")
                if path.is_file()
            )
        return found


def campaign(scene: Scene, plan: Iterator[str], tally: Tally, kills: int, far: Path | None) -> None:
    """Rounds of a scene until there were so many ``kills``."""
    began = tally.kills
    while tally.kills - began < kills:
        place = scene.fresh("round")
        tally.rounds += 1
        variables = _variables(place, far)
        for _ in range(_EACH):
            victim = next(plan)
            hits = _kill(scene, place, victim, variables)
            tally.hits.update(hits)
            if not hits or victim not in ("batch", *IN_PARENT):
                break  # it was completed; a second death would rightly set the document aside
        code = scene.complete(place, **variables)
        _judge(scene, place, code, tally, far)


def _variables(place: Path, far: Path | None) -> dict[str, str]:
    """``far``: a folder on another filesystem, for originals by way of fsspec, and what is done."""
    if far is None:
        return {}
    shutil.rmtree(far, ignore_errors=True)
    far.mkdir()
    return {"GOUJI_ORIGINALS_AT": f"local://{place}/originals", "GOUJI_DONE": str(far)}


def _kill(scene: Scene, place: Path, victim: str, variables: dict[str, str]) -> list[str]:
    """Start, and kill once; the names of the hits: none if all was done before."""
    if victim not in ("batch", "worker"):
        mark = place / "mark"
        mark.unlink(missing_ok=True)
        first = 1 if victim in ("inbox.note", "inbox.noted") else random.randint(1, 6)
        fault = {"GOUJI_FAULTS": f"{victim}=kill@{first}", "GOUJI_FAULTS_MARK": str(mark)}
        scene.complete(place, **variables | fault)
        return [victim] if mark.exists() else []
    with scene.start(place, **variables) as process:
        time.sleep(random.uniform(0.4, max(0.5, scene.seconds)))
        number = process.pid if victim == "batch" else _child(process.pid)
        if number is None or process.poll() is not None:
            process.wait(timeout=120)
            return []
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
        process.wait(timeout=120)
    return [f"{scene.kind}: {victim} at random"]


def _child(pid: int) -> int | None:
    children = Path(f"/proc/{pid}/task").glob("*/children")
    found = [int(number) for path in children for number in path.read_text().split()]
    return random.choice(found) if found else None


def _judge(scene: Scene, place: Path, code: int, tally: Tally, far: Path | None) -> None:
    said = (place / "said").read_text("utf-8", "replace")
    if code not in (0, 5):  # 5: the empty file
        tally.wrong.append(f"exit {code}: {said[-500:]}")
    image = batches.image(place / "gouji-workspace" / "gouji.sqlite")
    tally.wrong += batches.differences(scene.expected, image)
    if far is not None:
        shutil.copytree(far, place / "done", dirs_exist_ok=True)
    files = scene.put_away(place)
    for top, expected in scene.files.items():
        if files[top] != expected:
            tally.wrong.append(f"{top}: {sorted(set(files[top]) ^ set(expected))!r:.500}")
            doubled = [n for n, times in collections.Counter(files[top]).items() if times > 1]
            tally.wrong += [f"{top} twice: {name:.200}" for name in doubled]


def plan(points: Sequence[str], far: bool) -> Iterator[str]:
    """Half of the kills at points, each in its turn; half at random, workers and batches alike."""
    only_far = {"originals.put", "inbox.copied", "inbox.doubled"}
    only_near = {"originals.written", "originals.named"}
    mine = [p for p in points if p not in (only_near if far else only_far)]
    while True:
        for point in mine:
            yield point
            yield random.choice(("batch", "worker"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=240)
    parser.add_argument("--documents", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench" / "faults.json")
    options = parser.parse_args()
    random.seed(options.seed)
    tally = Tally()
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory() as folder:
        for kind, points in SCENES.items():
            scene = Scene(Path(folder) / kind, kind, options.documents, 3)
            for far in (None, shared / f"gouji-{os.getpid()}"):
                share = options.kills * (3 if far is None else 1) // 8
                campaign(scene, plan(points, far is not None), tally, share, far)
                print(f"{kind}: {tally.kills} kills, {len(tally.wrong)} wrong", file=sys.stderr)
    missed = [point for point in WATCH if not tally.hits[point]]
    report = {"kills": tally.kills, "rounds": tally.rounds, "hits": dict(tally.hits),
              "missed": missed, "wrong": tally.wrong}  # fmt: skip
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=1))
    sys.exit(bool(tally.wrong or missed))


if __name__ == "__main__":
    main()
