"""Many machines: a scheduler with workers of which one is killed; shards without any server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import batches
from gouji.ingest.batch import fitness
from gouji.ingest.records import program
from tests.databases import Server, server  # noqa: F401

pytest.importorskip("distributed")


class Cluster:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, place: Path) -> None:
        self.file, self._place = place / "scheduler.json", place
        self.scheduler = self._start("scheduler", "--port", "0", "--no-show")
        self.workers: list[subprocess.Popen[bytes]] = []

    def add(self, **variables: str) -> subprocess.Popen[bytes]:
        options = ("--nthreads", "1", "--no-nanny", "--local-directory", str(self._place / "dask"))
        self.workers.append(self._start("worker", *options, **variables))
        return self.workers[-1]

    def _start(self, what: str, *options: str, **variables: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli.dask_" + what]
        shared = ["--scheduler-file", str(self.file), "--no-dashboard"]
        with (self._place / f"{what}.log").open("ab") as log:
            return subprocess.Popen(
                [*command, *shared, *options], cwd=self._place, stdout=log, stderr=log,
                env=os.environ | variables,
            )  # fmt: skip

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    try:
        yield made
    finally:
        made.close()


def wait_for(place: Path, text: str, count: int = 1) -> None:
    until = time.monotonic() + 90
    while not (place / "said").exists() or (place / "said").read_text().count(text) < count:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_worker_that_dies_costs_a_retry_and_no_result(
    tmp_path: Path,
    cluster: Cluster,
    server: Server,  # noqa: F811
) -> None:
    batches.write(tmp_path / "in", 30, 10)
    address = server.database()
    first = cluster.add()
    cluster.add()
    arguments = ("run", "in", "--json", "--store", address, "--cluster", cluster.file)
    run = batches.start(*arguments, cwd=tmp_path)
    wait_for(tmp_path, '"document"', 5)
    first.kill()
    assert run.wait(120) == 0, (tmp_path / "said").read_text()
    image = batches.image(address)
    (tmp_path / "said").unlink()
    assert batches.finish("run", "in", cwd=tmp_path) == 0
    alone = batches.image(tmp_path / "gouji-workspace" / "gouji.sqlite")
    assert not batches.differences(alone, image)
    assert len(image["documents"]) == len(image["readings"]) == 40


def test_workers_of_another_kind_are_known(tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.write_text("")
    assert fitness.unfit(program().version, str(here)) == ""
    assert "?" in fitness.unfit(program().version, str(tmp_path / "no" / "x"))
    assert "0.0.0" in fitness.unfit("0.0.0", "")


def test_a_scheduler_that_goes_is_told_and_nothing_is_lost(
    tmp_path: Path,
    cluster: Cluster,
    server: Server,  # noqa: F811
) -> None:
    batches.write(tmp_path / "in", 40, 10)
    address = server.database()
    cluster.add()
    arguments = ("run", "in", "--json", "--store", address)
    run = batches.start(*arguments, "--cluster", cluster.file, cwd=tmp_path)
    wait_for(tmp_path, '"document"', 5)
    cluster.scheduler.kill()
    assert run.wait(120) == 12
    assert "The connection to the cluster is lost" in (tmp_path / "said").read_text("utf-8")
    assert batches.finish(*arguments, cwd=tmp_path) == 0
    image = batches.image(address)
    assert len(image["documents"]) == len(image["readings"]) == 50


def test_the_machine_that_gives_the_work_may_be_killed(
    tmp_path: Path,
    cluster: Cluster,
    server: Server,  # noqa: F811
) -> None:
    batches.write(tmp_path / "in", 40, 10)
    address = server.database()
    cluster.add()
    cluster.add()
    arguments = ("run", "in", "--json", "--store", address, "--cluster", cluster.file)
    run = batches.start(*arguments, cwd=tmp_path)
    wait_for(tmp_path, '"document"', 5)
    run.kill()
    run.wait()
    assert batches.finish(*arguments, cwd=tmp_path) == 0
    image = batches.image(address)
    assert len(image["documents"]) == len(image["readings"]) == 50


def test_shards_merged_in_any_order_equal_one_run(tmp_path: Path) -> None:
    """One of them is killed and started again, as a queue does; one is merged twice."""
    batches.write(tmp_path / "in", 24, 4)
    assert batches.finish("run", "in", cwd=tmp_path) == 0
    whole = batches.image(tmp_path / "gouji-workspace" / "gouji.sqlite")
    shutil.rmtree(tmp_path / "gouji-workspace")
    jobs = [
        batches.start("run", "in", "--shard", f"{n}/2", "--workspace", f"job{n}", cwd=tmp_path)
        for n in (1, 2)
    ]
    time.sleep(1.5)
    jobs[0].kill()
    assert [job.wait(60) for job in jobs][1] == 0
    again = ("run", "in", "--shard", "1/2", "--workspace", "job1")
    assert batches.finish(*again, cwd=tmp_path) == 0
    one, two = (f"job{n}/gouji-{n}-of-2.sqlite" for n in (1, 2))
    for number, order in enumerate(((one, two), (two, one, two))):
        place = f"merged{number}"
        assert batches.finish("merge", *order, "--workspace", place, cwd=tmp_path) == 0
        merged = batches.image(tmp_path / place / "gouji.sqlite")
        assert not batches.differences(whole, merged)
    assert "failed" not in (tmp_path / "said").read_text("utf-8")
