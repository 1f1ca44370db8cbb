"""Faults, in a short form; ``bench/faults.py`` and ``bench/load.py`` have the long one."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from bench import bad_inputs, batches, faults
from gouji.ingest import cli
from gouji.ingest.batch.progress import Progress
from gouji.ingest.store import connect
from gouji.ingest.store.store import Store
from tests.databases import Server, program

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc and kill")
SHARED = Path("/dev/shm")


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOUJI_LANGUAGE", "en")
    random.seed(1)


def store_of(place: Path) -> Path:
    return place / "gouji-workspace" / "gouji.sqlite"


# --- kill -9 ------------------------------------------------------------------------------------


def killed_at(scene: faults.Scene, points: list[str], far: Path | None = None) -> None:
    """Killed once at each point in one workspace, then completed."""
    tally, place = faults.Tally(), scene.fresh("round")
    variables = faults._variables(place, far)
    for point in points:
        fault = {"GOUJI_FAULTS": f"{point}=kill", "GOUJI_FAULTS_MARK": str(place / "mark")}
        scene.complete(place, **variables | fault)
        assert (place / "mark").exists(), f"{point} was not reached"
        (place / "mark").unlink()
    code = scene.complete(place, **variables)
    faults._judge(scene, place, code, tally, far)
    assert not tally.wrong


def test_killed_at_each_point_a_watcher_loses_nothing(tmp_path: Path) -> None:
    scene = faults.Scene(tmp_path / "scene", "watch", 6, 0)
    killed_at(scene, list(faults.IN_PARENT))
    for point in ("originals.written", "originals.named", "work.kept", "work.fetched"):
        killed_at(scene, [point])
    if SHARED.is_dir() and SHARED.stat().st_dev != tmp_path.stat().st_dev:
        far = SHARED / f"gouji-test-{os.getpid()}"
        try:
            killed_at(scene, ["inbox.copied", "inbox.doubled"], far)
            killed_at(scene, ["originals.put"], far)
        finally:
            shutil.rmtree(far, ignore_errors=True)


def test_killed_at_random_a_batch_loses_nothing(tmp_path: Path) -> None:
    scene, tally = faults.Scene(tmp_path / "scene", "run", 20, 1), faults.Tally()
    victims = itertools.cycle(("batch", "batch", "worker"))
    faults.campaign(scene, victims, tally, 3, None)
    assert tally.kills >= 3
    assert not tally.wrong


# --- faults of disks and stores -----------------------------------------------------------------


@contextlib.contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    """A filesystem that is soon full."""
    disk = place / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_waited_for(tmp_path: Path) -> None:
    batches.write(tmp_path / "in", 60, 6)
    assert batches.finish("run", "in", cwd=tmp_path) == 0
    expected = batches.image(store_of(tmp_path))
    with small_disk(tmp_path, 8) as disk:
        ballast = disk / "ballast"
        with ballast.open("wb") as stream, contextlib.suppress(OSError):
            stream.write(bytes(7_000_000))
        workspace = {"GOUJI_WORKSPACE": str(disk / "work")}
        run = batches.start("run", "in", "--json", cwd=tmp_path, **workspace)
        said = tmp_path / "said"
        until = time.monotonic() + 60
        while '"waiting"' not in said.read_text("utf-8") and run.poll() is None:
            assert time.monotonic() < until
            time.sleep(0.05)
        assert run.poll() is None, "the disk never was full"
        ballast.unlink()
        assert run.wait(120) == 0
        assert not batches.differences(expected, batches.image(disk / "work" / "gouji.sqlite"))


def test_originals_that_cannot_be_written_for_a_while(tmp_path: Path) -> None:
    batches.write(tmp_path / "in", 6)
    full = {"GOUJI_FAULTS": "originals.written=ENOSPC*3,work.fetched=EIO*2"}
    assert batches.finish("run", "in", "--workers", 1, cwd=tmp_path, **full) == 0
    assert len(batches.image(store_of(tmp_path))["readings"]) == 6


def test_a_disk_that_stays_full_ends_the_run_and_the_next_completes_it(tmp_path: Path) -> None:
    batches.write(tmp_path / "in", 6)
    full = {"GOUJI_FAULTS": "originals.written=ENOSPC@3*999", "GOUJI_PATIENCE": "1"}
    assert batches.finish("run", "in", "--workers", 1, cwd=tmp_path, **full) == 12
    assert "The fault did not pass" in (tmp_path / "said").read_text("utf-8")
    assert batches.finish("run", "in", "--workers", 1, cwd=tmp_path) == 0
    assert len(batches.image(store_of(tmp_path))["readings"]) == 6


def test_a_store_that_is_locked_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(connect, "BUSY_SECONDS", 0.2)
    batches.write(tmp_path / "in", 20)
    with Store(str(store_of(make(tmp_path)))):
        pass
    told, own = threading.Event(), Progress.fault
    other = sqlite3.connect(store_of(tmp_path), isolation_level=None, check_same_thread=False)

    def fault(progress: Progress, reason: str, seconds: float) -> None:
        own(progress, reason, seconds)
        told.set()

    def lock() -> None:
        until = time.monotonic() + 60
        while not other.execute("SELECT count(*) FROM documents").fetchone()[0]:
            assert time.monotonic() < until
            time.sleep(0.01)
        other.execute("BEGIN IMMEDIATE")
        told.wait(60)
        other.execute("ROLLBACK")

    monkeypatch.setattr(Progress, "fault", fault)
    thread = threading.Thread(target=lock)
    thread.start()
    batches.write(tmp_path / "in", 60)
    assert cli.main(["run", "in", "--workers", "1", "--json"]) == 0
    thread.join()
    other.close()
    assert len(batches.image(store_of(tmp_path))["readings"]) == 60
    assert "waiting" in capsys.readouterr().out


def make(place: Path) -> Path:
    store_of(place).parent.mkdir(parents=True, exist_ok=True)
    return place


def test_a_store_that_is_gone_for_a_while(tmp_path: Path) -> None:
    server_of = server_or_skip()
    try:
        address = server_of.database()
        batches.write(tmp_path / "in", 60)
        run = batches.start("run", "in", "--json", "--store", address, cwd=tmp_path)
        said = tmp_path / "said"
        until = time.monotonic() + 60
        while said.read_text("utf-8").count('"document"') < 5:
            assert time.monotonic() < until
            time.sleep(0.02)
        server_of.stop()
        while '"waiting"' not in said.read_text("utf-8"):
            assert time.monotonic() < until
            time.sleep(0.05)
        time.sleep(1)
        server_of.start()
        assert run.wait(60) == 0
        image = batches.image(address)
        assert len(image["readings"]) == len(image["documents"]) == 60
    finally:
        server_of.close()


def server_or_skip() -> Server:
    if not (program("initdb") and program("postgres")):
        pytest.skip("PostgreSQL is not installed")
    return Server()


# --- bad input ----------------------------------------------------------------------------------


def test_bad_input_ends_in_a_state_with_a_reason_and_good_input_is_read(tmp_path: Path) -> None:
    bad = bad_inputs.write(tmp_path / "in")
    (tmp_path / "in" / "zz-good.txt").write_text(batches.small(1), "utf-8")
    limits = {"GOUJI_LIMITS_SECONDS": "30", "GOUJI_LIMITS_MEMORY_MB": "1500"}
    code = batches.finish("run", "in", "--workers", 2, "--json", cwd=tmp_path, **limits)
    assert code == 9, "several files failed for different reasons"
    told = [one for one in batches.events(tmp_path) if one["event"] == "document"]
    assert len({one["name"] for one in told}) == len(bad) + 1
    for one in told:
        assert one["how"] in ("read", "known", "set_aside")
        assert one["state"] != "failed" or one["how"] == "known" or one["message"]
        assert one["seconds"] < 30
    assert next(one for one in told if one["name"] == "in/zz-good.txt")["state"] == "clean"
    with Store(str(store_of(tmp_path))) as store:
        assert not store.waiting(1)
    names = [one for one in told if one["state"] == "clean" and "cut" not in one["name"]]
    assert len(names) >= 14, "odd names do not matter"


# --- load ---------------------------------------------------------------------------------------


def test_the_store_is_not_asked_more_as_it_grows(tmp_path: Path) -> None:
    """Statements for each of many documents, first and last; what they cost is in the bench."""
    batches.write(tmp_path / "in", 200)
    counts: list[int] = []
    told: list[int] = []

    def count(*_: object) -> None:
        counts.append(len(told))

    from gouji.ingest.batch.progress import Progress

    original = Progress.document

    def document(self: Progress, outcome: object) -> None:
        told.append(1)
        original(self, outcome)  # type: ignore[arg-type]

    from sqlalchemy.engine import Engine

    event.listen(Engine, "before_cursor_execute", count)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Progress, "document", document)
        assert cli.main(["run", "in", "--workers", "1", "--quiet"]) == 0
    event.remove(Engine, "before_cursor_execute", count)
    first = sum(number < 100 for number in counts)
    last = sum(number >= 100 for number in counts)
    assert last <= 1.1 * first
