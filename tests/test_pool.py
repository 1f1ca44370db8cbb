"""Workers that may be killed: limits, recycling, shares of the cores; faults that pass."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from pathlib import Path

import pytest

from gouji.ingest import platform
from gouji.ingest.batch.patience import Patience, passing
from gouji.ingest.batch.pool import Failed, LocalPool, attempt, attempt_here
from gouji.ingest.batch.retry import SOME, Retries
from gouji.ingest.batch.stopping import Stop
from gouji.ingest.batch.work import AWAY, FILE_AWAY
from gouji.ingest.isolate import Worker
from gouji.ingest.settings import Settings
from gouji.ingest.store.faults import StoreError
from gouji.ocr.finding import DocumentError, Finding
from gouji.tables.limits import Limits

SETTINGS = Settings(recycle=3)


def own_pid() -> int:
    return os.getpid()


def be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail() -> None:
    raise DocumentError("damaged")


def nap(seconds: float = 60) -> str:
    time.sleep(seconds)
    return "awake"


def hoard() -> int:
    return len(bytearray(3_000_000_000))


def threads() -> tuple[int, str]:
    import cv2

    return cv2.getNumThreads(), os.environ["OMP_NUM_THREADS"]


def test_results_and_failures_come_back_and_nobody_else_is_harmed() -> None:
    settings = Settings(limits=Limits(seconds=2, memory_mb=1000))
    with LocalPool(2, settings) as pool:
        killed, failed, late, greedy, fine = (
            pool.submit(work) for work in (be_killed, fail, nap, hoard, own_pid)
        )
        assert isinstance(fine.result(), int)
        assert killed.result() == Failed(Finding("crashed", {"reason": "SIGKILL"}), died=True)
        assert failed.result() == Failed(Finding("damaged"))
        assert late.result() == Failed(Finding("too_long", {"seconds": 2}))
        assert greedy.result() == Failed(Finding("too_much_memory", {"megabytes": 1000}))


def test_a_child_is_replaced_after_so_many_documents() -> None:
    with LocalPool(1, SETTINGS) as pool:
        pids = [pool.submit(own_pid).result() for _ in range(7)]
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [3, 3, 1]


def test_native_libraries_keep_to_one_thread() -> None:
    """More than a worker's share of the cores would be two already, and slower by far."""
    with LocalPool(1, SETTINGS) as pool:
        assert pool.submit(threads).result() == (1, "1")
    assert attempt_here(SETTINGS, threads) == (1, "1")
    with Worker(Limits(), threads=3) as worker:
        assert worker.run(threads) == (3, "3")


def test_killing_a_pool_ends_all_that_is_under_way_at_once() -> None:
    began = time.monotonic()
    pool = LocalPool(2, SETTINGS)
    futures: list[Future[str | Failed]] = [pool.submit(nap) for _ in range(5)]
    time.sleep(0.5)
    pool.kill()
    assert time.monotonic() - began < 20
    assert all(future.done() for future in futures)
    assert sum(future.cancelled() for future in futures) == 3
    assert all(isinstance(f.result(), Failed) for f in futures if not f.cancelled())
    pool.kill()  # again is harmless


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's help is needed")
def test_children_end_with_a_parent_that_is_killed() -> None:
    code = (
        "import os, sys\n"
        "from gouji.ingest.batch.pool import LocalPool\n"
        "from gouji.ingest.settings import Settings\n"
        "from tests.test_pool import nap, own_pid\n"
        "pool = LocalPool(1, Settings())\n"
        "print(pool.submit(own_pid).result(), flush=True)\n"
        "pool.submit(nap).result()\n"
    )
    command = [sys.executable, "-c", code]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        time.sleep(0.3)
        parent.kill()
    for _ in range(100):
        if not alive(child):
            return
        time.sleep(0.05)
    raise AssertionError("the child goes on")


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_worker_goes_on_after_its_child_was_killed() -> None:
    with Worker(Limits()) as worker:
        first = attempt(worker, own_pid)
        assert isinstance(first, int)
        assert isinstance(attempt(worker, os._exit, 3), Failed)
        second = attempt(worker, own_pid)
        assert isinstance(second, int)
        os.kill(second, signal.SIGKILL)
        os.waitid(os.P_PID, second, os.WEXITED | os.WNOWAIT)  # ended while nothing was asked of it
        assert isinstance(attempt(worker, own_pid), int)


def test_a_child_that_cannot_be_started_is_no_fault_of_the_document(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def cannot(*_: object, **__: object) -> None:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(platform, "start", cannot)
    with Worker(Limits()) as worker:
        failed = attempt(worker, own_pid)
    assert failed == Failed(Finding(AWAY, {"reason": "Resource temporarily unavailable"}))


# --- faults that pass -------------------------------------------------------------------------


def test_faults_that_pass_are_told_from_those_that_last() -> None:
    assert passing(OSError(errno.ENOSPC, "No space left on device")) == "No space left on device"
    assert passing(OSError(errno.EACCES, "Permission denied")) is None
    assert passing(FileNotFoundError(errno.ENOENT, "gone")) is None
    assert passing(StoreError("store_busy", "s", "locked", transient=True)) == "locked"
    assert passing(StoreError("store_broken", "s", "no database", transient=False)) is None
    assert passing(ValueError("x")) is None
    cause = DocumentError("not_readable", reason="x")
    cause.__cause__ = OSError(errno.EIO, "Input/output error")
    assert passing(cause) == "Input/output error"


class Flaky:
    """Fails so many times."""

    def __init__(self, times: int, error: Exception) -> None:
        self.times, self.error, self.calls = times, error, 0

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.times:
            raise self.error
        return "done"


def test_patience_waits_longer_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, waits = Stop(), []
    monkeypatch.setattr(stop, "wait", lambda seconds: waits.append(seconds))
    told: list[tuple[str, float]] = []
    patience = Patience(600, stop, lambda reason, delay: told.append((reason, delay)))
    assert patience.with_(Flaky(4, OSError(errno.ENOSPC, "full"))) == "done"
    assert waits == [0.1, 0.2, 0.4, 0.8]
    assert told[0] == ("full", 0.1)


def test_patience_ends_and_lasting_faults_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = Stop()
    monkeypatch.setattr(stop, "wait", lambda _: False)
    full = Flaky(10_000, OSError(errno.ENOSPC, "full"))
    with pytest.raises(DocumentError) as error:
        Patience(100, stop).with_(full)
    assert error.value.finding == Finding("gave_up", {"reason": "full"})
    assert 8 < full.calls < 20
    denied = Flaky(1, PermissionError(errno.EACCES, "no"))
    with pytest.raises(PermissionError):
        Patience(100, stop).with_(denied)
    assert denied.calls == 1


def test_a_wish_to_end_ends_the_waiting() -> None:
    stop = Stop()
    stop.wish()
    began = time.monotonic()
    with pytest.raises(DocumentError):
        Patience(600, stop).with_(Flaky(10, OSError(errno.ENOSPC, "full")))
    assert time.monotonic() - began < 5


def test_retries_of_one_file_end_and_those_of_all_give_up() -> None:
    now = [0.0]
    retries, done = Retries(100, lambda: now[0]), []
    one = Finding(FILE_AWAY, {"reason": "EIO"})
    for _ in range(SOME):
        assert retries.again(one, 1, lambda: done.append(1))
        retries.resume()
        assert len(retries) == 1  # not yet
        now[0] += 60
        retries.resume()
    assert done == [1] * SOME
    assert not retries.again(one, 1, lambda: None)
    everything = Finding(AWAY, {"reason": "full"})
    assert retries.again(everything, 2, lambda: None)
    now[0] += 101
    with pytest.raises(DocumentError) as error:
        retries.again(everything, 2, lambda: None)
    assert error.value.finding.code == "gave_up"
    assert not retries.again(Finding("damaged"), 3, lambda: None)


def test_a_child_outlives_the_thread_that_first_used_it() -> None:
    with Worker(Limits()) as worker:
        found: list[int] = []
        for _ in range(2):
            thread = threading.Thread(target=lambda: found.append(worker.run(os.getpid)))
            thread.start()
            thread.join()
        assert found[0] == found[1] == worker.run(os.getpid)
