"""``gouji run``: results in the store, whatever happens on the way."""

from __future__ import annotations

import argparse
import errno
import io
import json
import os
import signal
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench import batches
from gouji.ingest import cli, platform
from gouji.ingest.batch import documents, points
from gouji.ingest.batch.metafile import NONE
from gouji.ingest.batch.parcel import Outcome
from gouji.ingest.batch.pool import Failed, LocalPool
from gouji.ingest.batch.progress import Progress
from gouji.ingest.batch.setting_up import Batch, set_up
from gouji.ingest.batch.work import AWAY, FILE_AWAY
from gouji.ingest.settings import Settings
from gouji.ingest.store.model import Document, Job, Reading
from gouji.ingest.store.store import Store
from gouji.ingest.terminal import Console
from gouji.ocr.finding import DocumentError, Finding

STORE = Path("gouji-workspace", "gouji.sqlite")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOUJI_LANGUAGE", "en")
    return tmp_path


def gouji(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def rows(table: str) -> list[dict[str, Any]]:
    return [json.loads(row) for row in batches.image(STORE)[table]]


def states() -> list[str]:
    return sorted(row["state"] for row in rows("documents"))


def test_a_folder_is_read_into_the_store_once(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batches.write(place / "in", 5, 1)
    (place / "in" / "again.txt").write_text(batches.small(2), "utf-8")
    (place / "in" / "empty.pdf").write_bytes(b"")
    assert gouji("run", "in", "--workers", 2, "--json") == 5
    events = told(capsys)
    documents = [event for event in events if event["event"] == "document"]
    assert len(documents) == 8
    assert events[-1]["counts"] == {"clean": 6, "known": 1, "failed": 1}
    failed = next(event for event in documents if event["state"] == "failed")
    assert failed["code"] == "empty_file"
    assert failed["message"] == "The file is empty. Get the original again."
    before = batches.image(STORE)
    assert len(before["cells"]) == 198
    assert len(before["names"]) == 8
    assert gouji("run", "in", "--json") == 0
    assert told(capsys)[-1]["counts"] == {"known": 8}
    assert batches.image(STORE) == before
    originals = (place / "gouji-workspace" / "originals").rglob("*")
    assert sum(path.is_file() for path in originals) == 7


def test_its_own_workspace_is_no_input(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    batches.write(place, 2)
    for _ in range(2):
        assert gouji("run", ".", "--json") == 0
    assert told(capsys)[-1]["counts"] == {"known": 2}


def test_lists_from_standard_input(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = batches.write(place / "in", 3)
    listed = b"".join(bytes(path) + b"\0" for path in (*paths, Path("no such file")))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(listed)))
    assert gouji("run", "-", "--json") == 3
    events = told(capsys)
    assert events[-1]["counts"] == {"clean": 3, "unreadable": 1}
    missing = next(event for event in events if event["event"] == "unreadable")
    assert (missing["name"], missing["code"]) == ("no such file", "not_found")
    assert len(rows("documents")) == 3


def test_members_of_archives_are_documents(capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile("a.zip", "w") as archive:
        for number in range(30):
            archive.writestr(f"../sub/{number}.txt", batches.small(number % 20))
        archive.writestr("empty.pdf", b"")
    Path("b.zip").write_bytes(b"PK\x03\x04 and nothing more")
    assert gouji("run", "a.zip", "b.zip", "--json") == 5
    assert told(capsys)[-1]["counts"] == {"clean": 20, "failed": 2}
    assert {row["code"] for row in rows("documents")} == {"None", "empty_file", "damaged"}
    assert any(row["name"] == "a.zip/../sub/0.txt" for row in rows("names"))


def test_facts_from_a_table_are_kept(place: Path) -> None:
    batches.write(place / "in", 2)
    told = "path,address,year,region\n000/1.txt,http://x/1,2022,河南省\n"
    Path("meta.csv").write_text(told, "utf-8")
    assert gouji("run", "in", "--meta", "meta.csv") == 0
    metas = sorted(row["meta"] for row in rows("documents"))
    assert [json.loads(meta) for meta in metas][1:] == [{}]
    assert json.loads(metas[0])["address"] == "http://x/1"
    assert [row["year"] for row in rows("reports")] == ["2023", "2023"]
    assert {"fact_differs", "fact_added"} <= {row["code"] for row in rows("findings")}


@pytest.mark.parametrize("arguments", [
    ("in", "--shard", "4/3"), ("in", "--meta", "no.csv"), ("in", "--cluster", "tcp://127.0.0.1:1"),
    ("in", "--store", "mysql://x"), ("in", "--workers", "0"), ("in", "--workers", "-3"),
])  # fmt: skip
def test_what_cannot_work_is_refused_before_anything_is_read(
    place: Path, arguments: tuple[str, ...]
) -> None:
    batches.write(place / "in", 1)
    assert gouji("run", *arguments) in (2, 13)
    assert not (place / "gouji-workspace" / "originals").exists()


def test_shards_have_stores_of_their_own(place: Path) -> None:
    batches.write(place / "in", 9)
    for number in (1, 2, 3):
        assert gouji("run", "in", "--shard", f"{number}/3", "--workers", 1) == 0
    stores = sorted((place / "gouji-workspace").glob("*.sqlite"))
    assert [path.name for path in stores] == [f"gouji-{n}-of-3.sqlite" for n in (1, 2, 3)]
    assert sum(len(batches.image(path)["readings"]) for path in stores) == 9


def test_again_reads_what_another_version_has_read(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batches.write(place / "in", 2)
    assert gouji("run", "in") == 0
    with Store(str(STORE)) as store, store.writing() as connection:
        connection.exec_driver_sql("UPDATE documents SET version = '0.0.1' WHERE id = 1")
    capsys.readouterr()
    assert gouji("run", "in", "--again", "--json") == 0
    assert told(capsys)[-1]["counts"] == {"clean": 1, "known": 1}


def test_without_paths_it_reads_what_waits(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    batches.write(place / "in", 120)
    assert gouji("run", "in") == 0
    with Store(str(STORE)) as store, store.writing() as connection:
        connection.exec_driver_sql("UPDATE documents SET state = 'waiting' WHERE id > 5")
    capsys.readouterr()
    assert gouji("run", "--json") == 0
    assert told(capsys)[-1]["counts"] == {"clean": 115}
    assert gouji("run") == 0
    assert "There was nothing to read." in capsys.readouterr().err


def test_a_file_that_could_not_be_had_is_taken_in_anew(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    batches.write(place / "in", 1)
    with zipfile.ZipFile(place / "in" / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b.txt", b"0" * 1000)
        archive.writestr("c.txt", batches.small(2))
    with monkeypatch.context() as patch:
        patch.setenv("GOUJI_LIMITS_FILE_BYTES", "300")
        assert gouji("run", "in/000") == 0
        assert gouji("run", "in/a.zip") == 7
        assert states() == ["clean", "failed"]
        assert gouji("retry") == 0
        assert gouji("run") == 7
    assert gouji("retry") == 0
    assert gouji("run") == 0
    assert states() == ["clean", "clean", "no_report"]
    with monkeypatch.context() as patch:
        patch.setenv("GOUJI_LIMITS_FILE_BYTES", "900")
        Path("d.zip").write_bytes(Path("in", "a.zip").read_bytes() + b"x")
        assert gouji("run", "d.zip") == 7
        assert gouji("retry") == 0
        capsys.readouterr()
        assert gouji("run") == 3
        assert "run gouji run on the archive" in capsys.readouterr().err.lower()


# --- workers that die, faults that pass ---------------------------------------------------------


class Fake:
    """A pool that answers as it is told, by the name of the document."""

    size = 2

    def __init__(self, settings: Settings, answers: dict[str, list[Any]]) -> None:
        self.real, self.answers = LocalPool(2, settings), answers
        self.asked: list[str] = []

    def submit(self, work: Any, job: Job, *args: Any) -> Any:
        name = Path(job.document.name).stem
        self.asked.append(name)
        answers = self.answers.get(name, [])
        if not answers:
            return self.real.submit(work, job, *args)
        return self.real._threads.submit(lambda: answers.pop(0))

    def kill(self) -> None:
        self.real.kill()

    def close(self) -> None:
        self.real.close()


@contextmanager
def batch_with(
    monkeypatch: pytest.MonkeyPatch, answers: dict[str, list[Any]], **settings: Any
) -> Iterator[tuple[Batch, Fake, list[Outcome]]]:
    made: list[Fake] = []
    outcomes: list[Outcome] = []

    def fake(_: object, wanted: Settings, __: object) -> Fake:
        made.append(Fake(wanted, answers))
        return made[0]

    options = argparse.Namespace(json=False, workers=2, cluster=None)
    console = Console("en", quiet=True)
    with monkeypatch.context() as patch:
        patch.setattr("gouji.ingest.batch.setting_up._readers", fake)
        with set_up(options, Settings(**settings), console) as batch:
            patch.setattr(batch.run.progress, "document", outcomes.append)
            yield batch, made[0], outcomes


CRASH = Failed(Finding("crashed", {"reason": "SIGSEGV"}), died=True)


def test_a_document_that_kills_two_workers_is_set_aside(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches.write(place / "in", 4)
    answers = {"1": [CRASH, CRASH], "2": [CRASH]}
    with batch_with(monkeypatch, answers) as (batch, pool, outcomes):
        batch.run.all_of(["in"], NONE, None)
    assert sorted(pool.asked) == ["0", "1", "1", "2", "2", "3"]
    aside = next(one for one in outcomes if one.how == "set_aside")
    assert Path(aside.document.name).stem == "1"
    assert states() == ["clean", "clean", "clean", "failed"]
    assert [row["kills"] for row in rows("documents")].count("2") == 1


def test_faults_of_one_file_are_tried_again_and_then_told(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gouji.ingest.batch.retry.FIRST", 0.001)
    batches.write(place / "in", 3)
    away = Failed(Finding(FILE_AWAY, {"reason": "EIO"}))
    answers = {"1": [away] * 3, "2": [away] * 99}
    with batch_with(monkeypatch, answers) as (batch, pool, _):
        batch.run.all_of(["in"], NONE, None)
    assert (pool.asked.count("1"), pool.asked.count("2")) == (4, 7)
    assert sorted(str(row["code"]) for row in rows("documents")) == ["None", "None", FILE_AWAY]


def test_faults_of_everything_are_waited_for_or_end_the_run(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gouji.ingest.batch.retry.FIRST", 0.001)
    batches.write(place / "in", 2)
    away = Failed(Finding(AWAY, {"reason": "disk full"}))
    with batch_with(monkeypatch, {"0": [away] * 3}) as (batch, _, _):
        batch.run.all_of(["in"], NONE, None)
    assert states() == ["clean", "clean"]
    batches.write(place / "more", 4)
    answers = {"3": [away] * 9999}
    with (
        pytest.raises(DocumentError) as error,
        batch_with(monkeypatch, answers, patience=0.2) as (batch, _, _),
    ):
        batch.run.all_of(["more"], NONE, None)
    assert error.value.finding == Finding("gave_up", {"reason": "disk full"})
    assert gouji("run", "more") == 0
    assert states() == ["clean"] * 4


def test_documents_of_another_process_are_left_to_it(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    batches.write(place / "in", 2)
    with batch_with(monkeypatch, {}) as (batch, _, _):
        from gouji.ingest.batch.work import take_in

        path = place / "in" / "000" / "0.txt"
        found = take_in(path, str(path), batch.settings)[0].found
        document = batch.store.add(found)
        other = platform.this_process().rsplit(":", 2)[0] + f":{os.getppid()}:"
        other += str(platform._started(os.getppid()))
        assert batch.store.begin([document.id], other)
    assert gouji("run", "in", "--json") == 0
    assert told(capsys)[-1]["counts"] == {"clean": 1, "elsewhere": 1}


def test_one_store_may_be_filled_by_two_runs_at_once(place: Path) -> None:
    batches.write(place / "in", 40, 4)
    runs = [batches.start("run", "in", "--workers", 1, "--json", cwd=place) for _ in range(2)]
    assert [run.wait(120) for run in runs] == [0, 0]
    read = [e for e in batches.events(place) if e["event"] == "document" and e["how"] == "read"]
    assert len(read) == len({e["sha256"] for e in read}) == 44
    assert states() == ["clean"] * 44


# --- the end ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_puts_back_and_goes_on_later(place: Path, number: int) -> None:
    batches.write(place / "in", 100, 20)
    run = batches.start("run", "in", "--workers", 2, "--json", cwd=place)
    while not (place / "said").read_text("utf-8").count('"event"') > 5:
        time.sleep(0.02)
    run.send_signal(number)
    assert run.wait(60) == 128 + number
    said = (place / "said").read_text("utf-8")
    assert "none lost. Run the same command again" in said
    found = states()
    assert "failed" not in found
    assert "waiting" in found or len(found) < 120
    assert batches.finish("run", "in", "--workers", 2, cwd=place) == 0
    assert states() == ["clean"] * 120
    attempts = [e for e in batches.events(place) if e["event"] == "document"]
    assert all(e["how"] == "read" for e in attempts[:5])


def test_a_second_wish_ends_at_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batches.write(place / "in", 2)
    slow = {str(n): [Failed(Finding("crashed", {"reason": "-"}))] for n in range(2)}
    release = []

    def sleep(*_: object) -> Any:
        while not release:
            time.sleep(0.01)
        return slow["0"][0]

    with batch_with(monkeypatch, {}, grace=600) as (batch, pool, _):
        monkeypatch.setattr(pool, "submit", lambda *_: pool.real._threads.submit(sleep))
        monkeypatch.setattr(pool, "kill", lambda: release.append(1))
        began = time.monotonic()
        batch.stop.hear = lambda: batch.run.engine.happened.put(None)

        def wish() -> None:
            while len(batch.run.engine.documents._jobs) < 2:
                time.sleep(0.02)
            batch.stop.wish()
            batch.stop.wish()

        import threading

        threading.Thread(target=wish).start()
        batch.run.all_of(["in"], NONE, None)
        assert batch.run.wind_up() == (0, 2)
        assert time.monotonic() - began < 30
    assert states() == ["waiting", "waiting"]


# --- what is told -------------------------------------------------------------------------------


def document(state: Any = "clean") -> Document:
    return Document(1, "0" * 64, "a.pdf", state, None, "pdf", 1, True, 1, 0, None)


def test_the_bar_tells_rate_and_remaining_time() -> None:
    now = [100.0]
    progress = Progress(Console("en", quiet=True), clock=lambda: now[0])
    progress.expected = 40
    assert progress.line().startswith("░" * 20 + " 0/40")
    for _ in range(10):
        now[0] += 0.5
        progress.document(Outcome(document(), "read", "clean"))
        progress.show()
    assert progress.rate() == pytest.approx(2)
    assert progress.line() == "█" * 5 + "░" * 15 + " 10/40  2.0/s  0:00:15 left  10 read"
    now[0] += 1000  # the rate is that of late, not the mean of all times
    progress.show()
    assert progress.rate() == 0
    assert "– left" in progress.line()


def test_a_pipe_gets_no_bar(place: Path) -> None:
    batches.write(place / "in", 2)
    assert batches.finish("run", "in", cwd=place) == 0
    said = (place / "said").read_text("utf-8")
    assert said == "gouji: 2 documents: 2 read; 0:00:00.\n".replace("0:00:00", said[-9:-2])


def test_points_do_what_the_environment_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(points, "_faults", points._plan("a=ENOSPC@2*2,b=EIO"))
    points.reached("a")
    for _ in range(2):
        with pytest.raises(OSError, match="a") as error:
            points.reached("a")
        assert error.value.errno == errno.ENOSPC
    points.reached("a")
    points.reached("elsewhere")


def test_names_of_points_in_the_source_are_those_of_the_bench() -> None:
    import re

    from bench import faults

    root = Path(faults.__file__).parent.parent / "ingest"
    found = {
        name
        for path in root.rglob("*.py")
        for name in re.findall(r'reached\("([^"]+)"\)', path.read_text("utf-8"))
    }
    assert found == set(faults.WATCH)


def test_reading_results_are_written_by_the_parent_alone() -> None:
    """What children are given to do imports no store."""
    source = Path(documents.__file__).with_name("work.py").read_text("utf-8")
    assert "store.store" not in source
    assert "sqlalchemy" not in source
    assert Reading.__module__ == "gouji.ingest.store.model"
