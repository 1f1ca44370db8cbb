"""``gouji watch``, as a process of its own and with its clock in hand."""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench import batches
from gouji.ingest.batch import hints
from gouji.ingest.batch.files import File
from gouji.ingest.batch.metafile import NONE
from gouji.ingest.batch.parcel import Parcel
from gouji.ingest.batch.setting_up import Batch, set_up
from gouji.ingest.batch.settle import stamp_of
from gouji.ingest.batch.watch import Watch, inbox_of
from gouji.ingest.settings import Settings
from gouji.ingest.store.store import Store
from gouji.ingest.store.tending import retry
from gouji.ingest.terminal import Console
from gouji.ocr.finding import DocumentError

OPTIONS = argparse.Namespace(json=True, workers=1, cluster=None)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    return tmp_path


@contextmanager
def watching(**settings: object) -> Iterator[tuple[Watch, Batch]]:
    """A watcher in this process; no file need settle."""
    wanted = Settings.model_validate({"settle": 0, "poll": 0.05, "grace": 5} | settings)
    inbox = inbox_of(Path("in"), wanted)
    with set_up(OPTIONS, wanted, Console("en", quiet=True)) as batch:
        yield Watch(inbox, batch, NONE, "en"), batch


def watch_all(**settings: object) -> None:
    with watching(**settings) as (watch, batch):
        watch.until(batch.stop, once=True)


def files(folder: Path) -> list[str]:
    found = (p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    return sorted(found)


def states(place: Path) -> list[str]:
    import json

    rows = batches.image(place / "gouji-workspace" / "gouji.sqlite")["documents"]
    return sorted(json.loads(row)["state"] for row in rows)


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.05)


def test_what_lies_there_is_read_and_put_away(place: Path) -> None:
    batches.write(place / "in" / "2023", 3)
    (place / "in" / "空.pdf").write_bytes(b"")
    (place / "in" / "letter.txt").write_text("Dear Sir, nothing to see here.\n")
    (place / "in" / "half.pdf.part").write_bytes(b"half")
    watch_all()
    assert files(place / "in") == ["half.pdf.part"]
    assert files(place / "done") == ["2023/000/0.txt", "2023/000/1.txt", "2023/000/2.txt",
                                     "letter.txt"]  # fmt: skip
    assert files(place / "failed") == ["空.pdf", "空.pdf.txt"]
    note = (place / "failed" / "空.pdf.txt").read_text("utf-8")
    assert "空.pdf could not be read" in note
    assert "The file is empty." in note
    assert "gouji retry" in note
    assert states(place) == ["clean"] * 3 + ["failed", "no_report"]


def test_ten_names_for_the_same_bytes_are_one_document(place: Path) -> None:
    for number in range(10):
        (place / "in" / f"{number}.txt").write_text(batches.small(1), "utf-8")
    watch_all(workers=2)
    assert len(files(place / "done")) == 10
    image = batches.image(place / "gouji-workspace" / "gouji.sqlite")
    assert (len(image["documents"]), len(image["names"]), len(image["readings"])) == (1, 10, 1)
    (place / "in" / "11.txt").write_text(batches.small(1), "utf-8")
    watch_all()
    assert len(files(place / "done")) == 11


def test_an_archive_with_a_bad_member_fails_and_says_which(place: Path) -> None:
    with zipfile.ZipFile(place / "in" / "a.zip", "w") as archive:
        archive.writestr("good.txt", batches.small(1))
        archive.writestr("again.txt", batches.small(1))
        archive.writestr("../bad.pdf", b"%PDF-1.4 nothing")
    watch_all()
    assert files(place / "failed") == ["a.zip", "a.zip.txt"]
    note = (place / "failed" / "a.zip.txt").read_text("utf-8")
    assert "bad.pdf: The file is damaged" in note
    assert "1 others in it were read" in note
    assert states(place) == ["clean", "failed"]


def test_files_may_stay_where_they_are(place: Path) -> None:
    batches.write(place / "in", 2)
    with watching(afterwards="leave", originals="refer") as (watch, batch):
        watch.until(batch.stop, once=True)
        (place / "in" / "000" / "0.txt").write_text(batches.small(7), "utf-8")
        watch.hint()
        watch.until(batch.stop, once=True)
    assert len(files(place / "in")) == 2
    assert not (place / "done").exists()
    assert states(place) == ["clean"] * 3


def test_files_that_move_cannot_only_be_referred_to(place: Path) -> None:
    with pytest.raises(DocumentError) as error:
        inbox_of(place / "in", Settings(originals="refer"))
    assert error.value.finding.code == "refer_moves"
    with pytest.raises(DocumentError) as error:
        inbox_of(place / "no", Settings())
    assert error.value.finding.code == "no_inbox"
    for folders in ({"done": "in"}, {"failed": str(place / "in")}, {"workspace": "in"}):
        with pytest.raises(DocumentError) as error:
            inbox_of(place / "in", Settings.model_validate(folders))
        assert error.value.finding.code == "inbox_is_done"


def test_a_workspace_in_the_inbox_is_no_input(place: Path) -> None:
    batches.write(place / "in", 1)
    watch_all(workspace="in/work", done="in/done")
    watch_all(workspace="in/work", done="in/done")
    found = [name for name in files(place / "in") if not name.startswith("work/")]
    assert found == ["done/000/0.txt"]
    assert len(batches.image(place / "in" / "work" / "gouji.sqlite")["documents"]) == 1


def test_a_file_overwritten_while_it_is_read_is_read_again(place: Path) -> None:
    path = place / "in" / "a.txt"
    path.write_text(batches.small(1), "utf-8")
    with watching() as (watch, batch):
        watch._look()
        watch._feed()  # taken, not yet read
        path.write_text(batches.small(22), "utf-8")
        watch.until(batch.stop, once=True)
    assert (place / "done" / "a.txt").read_text("utf-8") == batches.small(22)
    assert files(place / "in") == []
    assert "clean" in states(place)


def test_a_slow_document_does_not_take_its_successor_with_it(place: Path) -> None:
    """A file is overwritten while it is read; the new one has come to rest by the time it is."""
    path = place / "in" / "a.txt"
    with watching() as (watch, batch):
        parcels = []
        for number in (1, 22):
            path.write_text(batches.small(number), "utf-8")
            stamp = stamp_of(path)
            assert stamp
            parcels.append(Parcel(File(path, str(path), "a.txt"), stamp=stamp, taken=True))
            watch._at[path] = stamp
        watch._put_away(parcels[0])
        assert files(place / "in") == ["a.txt"]
        assert watch._at[path] == parcels[1].stamp
        watch._at.clear()
        watch.until(batch.stop, once=True)
    assert files(place / "done") == ["a.txt"]
    assert states(place) == ["clean"]


def test_a_folder_that_cannot_be_looked_into_is_told_once_and_looked_at_again(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    batches.write(place / "in", 1)
    scandir, broken = os.scandir, [True]

    def failing(folder: Path) -> object:
        if broken[0] and Path(folder).name == "000":
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", failing)
    with watching() as (watch, batch):
        for _ in range(3):
            watch.hint()
            watch._look()
        watch.until(batch.stop, once=True)
        assert not (place / "done").exists()
        broken[0] = False
        watch.hint()
        watch.until(batch.stop, once=True)
    assert capsys.readouterr().out.count('"folder_unreadable"') == 1
    assert files(place / "done") == ["000/0.txt"]


def test_what_cannot_be_moved_stays_and_is_moved_when_it_can_be(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batches.write(place / "in", 1)
    (place / "done").write_text("in the way")
    with watching() as (watch, batch):
        while not watch._stuck:
            watch.until(batch.stop, once=True)
            watch.hint()
        for _ in range(3):
            watch._look()
        assert files(place / "in") == ["000/0.txt"]
        (place / "done").unlink()
        watch.hint()
        watch.until(batch.stop, once=True)
    assert files(place / "done") == ["000/0.txt"]
    assert capsys.readouterr().out.count('"folder_unreadable"') == 1


def test_documents_that_wait_in_the_store_are_read_too(place: Path) -> None:
    with watching() as (watch, batch):
        watch.until(batch.stop, once=True)
        (place / "x.txt").write_text(batches.small(5), "utf-8")
        from gouji.ingest.batch.work import take_in

        come = take_in(place / "x.txt", "x.txt", batch.settings)
        batch.store.add_all([one.found for one in come])
        watch.hint()
        watch.until(batch.stop, once=True)
    assert states(place) == ["clean"]


def let_it_be_read(place: Path) -> None:
    """What was wrong is mended, and somebody says so."""
    with Store(str(place / "gouji-workspace" / "gouji.sqlite")) as store:
        assert retry(store)


NARROW = {"limits": {"pages": 1}}
"""Settings under which the sample fails, with which nothing is wrong."""


def failed_sample(place: Path, name: str, end: str = "") -> Path:
    """A sample of several pages that has failed, under a name; where it lies then."""
    path = place / "in" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((batches.SAMPLES / "shangqiu-2019.pdf").read_bytes() + end.encode())
    watch_all(**NARROW)
    assert not path.exists()
    return place / "failed" / name


def test_a_file_that_had_failed_is_moved_once_it_has_been_read(place: Path) -> None:
    failed_sample(place, "sub/a.pdf")
    failed_sample(place, "sub/a.pdf", "\n%2\n")
    (place / "failed" / "notes.txt").write_text("somebody's own")
    (place / "in" / "empty.pdf").write_bytes(b"")
    watch_all(**NARROW)
    assert files(place / "done") == []
    let_it_be_read(place)
    watch_all()
    assert files(place / "done") == ["sub/a-2.pdf", "sub/a.pdf"]
    assert files(place / "failed") == ["empty.pdf", "empty.pdf.txt", "notes.txt"]


def test_a_watcher_that_runs_moves_what_another_wants_to_have_read_again(place: Path) -> None:
    failed_sample(place, "a.pdf")
    with watching() as (watch, batch):
        watch.until(batch.stop, once=True)
        assert files(place / "failed") == ["a.pdf", "a.pdf.txt"]
        let_it_be_read(place)
        watch.hint()
        watch.until(batch.stop, once=True)
    assert (files(place / "done"), files(place / "failed")) == (["a.pdf"], [])


def test_a_watcher_that_runs_moves_what_another_has_read_again(place: Path) -> None:
    failed_sample(place, "a.pdf")
    with watching() as (watch, batch):
        watch.until(batch.stop, once=True)
        let_it_be_read(place)
        with set_up(OPTIONS, batch.settings, Console("en", quiet=True)) as other:
            other.run.all_waiting()
        time.sleep(batch.settings.poll)
        watch.hint()
        watch.until(batch.stop, once=True)
    assert (files(place / "done"), files(place / "failed")) == (["a.pdf"], [])


def test_an_archive_that_had_failed_is_moved_when_all_in_it_was_read(place: Path) -> None:
    sample = (batches.SAMPLES / "shangqiu-2019.pdf").read_bytes()
    for name, others in (("good.zip", {}), ("bad.zip", {"bad.pdf": b"%PDF-1.4 nothing"})):
        with zipfile.ZipFile(place / "in" / name, "w") as archive:
            for member, data in ({"long.pdf": sample + name.encode()} | others).items():
                archive.writestr(member, data)
    watch_all(**NARROW)
    let_it_be_read(place)
    watch_all()
    assert files(place / "done") == ["good.zip"]
    assert files(place / "failed") == ["bad.zip", "bad.zip.txt"]


def test_another_file_in_the_place_of_one_that_had_failed_stays(place: Path) -> None:
    """Somebody mends it where it lies: those bytes have not been read."""
    path = failed_sample(place, "a.pdf")
    path.write_bytes(b"other")
    let_it_be_read(place)
    watch_all()
    assert files(place / "failed") == ["a.pdf", "a.pdf.txt"]
    path.unlink()
    watch_all()  # now the note belongs to nothing
    assert files(place / "failed") == files(place / "done") == []


def test_a_text_that_failed_is_no_note_whatever_it_says(place: Path) -> None:
    (place / "in" / "a.txt").write_text(batches.small(1), "utf-8")
    watch_all()
    read = hashlib.sha256(batches.small(1).encode()).hexdigest()
    (place / "in" / "b.txt").write_text(f"x\n# 1 1 {read}\n")
    watch_all(limits={"file_bytes": 9})
    watch_all()
    assert files(place / "failed") == ["b.txt", "b.txt.txt"]


@pytest.mark.parametrize("point", ["finished", "inbox.noted", "inbox.moved"])
def test_killed_while_it_moves_what_had_failed_a_watcher_does_it_later(
    place: Path, point: str
) -> None:
    failed_sample(place, "a.pdf")
    let_it_be_read(place)
    fault = {"GOUJI_FAULTS": f"{point}=kill"}
    assert batches.finish("watch", "in", "--once", cwd=place, **FAST, **fault) == -signal.SIGKILL
    assert files(place / "failed")
    watch_all()
    assert (files(place / "done"), files(place / "failed")) == (["a.pdf"], [])
    assert states(place) == ["clean"]


def test_a_file_that_is_gone_when_it_is_to_be_read_again_has_failed(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "in" / "a.txt").write_text(batches.small(1), "utf-8")
    watch_all(limits={"file_bytes": 1})  # nothing of it is known but its path
    let_it_be_read(place)
    with watching() as (watch, batch):
        for _ in range(3):
            watch.hint()
            watch.until(batch.stop, once=True)
    assert states(place) == ["failed"]
    assert capsys.readouterr().out.count('"not_found"') == 1
    (place / "failed" / "a.txt").rename(place / "in" / "a.txt")
    watch_all()
    assert states(place) == ["clean"]


# --- processes --------------------------------------------------------------------------------

FAST = {"GOUJI_SETTLE": "0.3", "GOUJI_POLL": "1"}


def test_writers_of_all_kinds_and_two_watchers(place: Path) -> None:
    """Slow ones, bursts, renames, overwriting: each version that came to rest is read once."""
    names = ["--workers", "1", "--json"]
    watchers = [batches.start("watch", "in", *names, cwd=place, **FAST) for _ in range(2)]
    inbox = place / "in"

    def slowly() -> None:
        with (inbox / "slow.txt").open("w", encoding="utf-8") as stream:
            for line in batches.small(101).splitlines(keepends=True):
                stream.write(line)
                stream.flush()
                time.sleep(0.4)

    def in_bursts() -> None:
        for number in range(110, 122):
            (inbox / f"burst{number}.txt").write_text(batches.small(number), "utf-8")

    def by_renaming() -> None:
        for number in (130, 131):
            part = inbox / f"{number}.part"
            part.write_text(batches.small(number), "utf-8")
            time.sleep(0.5)
            part.rename(inbox / f"{number}.txt")

    def overwriting() -> None:
        for number in (140, 141, 142):
            (inbox / "same.txt").write_text(batches.small(number), "utf-8")
            time.sleep(random.uniform(0.2, 1.5))

    writers = [threading.Thread(target=t) for t in (slowly, in_bursts, by_renaming, overwriting)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    wait_for(lambda: not files(inbox))
    for watcher in watchers:
        watcher.send_signal(signal.SIGTERM)
    assert [watcher.wait(30) for watcher in watchers] == [0, 0]
    done = sorted(path.read_text("utf-8") for path in (place / "done").iterdir())
    must = {batches.small(n) for n in (101, *range(110, 122), 130, 131, 142)}
    may = {batches.small(n) for n in (140, 141)}
    assert must <= set(done) <= must | may
    assert len(done) == len(set(done))
    assert not (place / "failed").exists()
    image = batches.image(place / "gouji-workspace" / "gouji.sqlite")
    assert len(image["documents"]) == len(image["readings"]) == len(done)
    read = [e for e in batches.events(place) if e["event"] == "document" and e["how"] == "read"]
    assert len(read) == len(done)
    assert "Watching has ended" in (place / "said").read_text("utf-8")


def test_sigterm_in_the_midst_loses_nothing(place: Path) -> None:
    batches.write(place / "in", 30, 10)
    watcher = batches.start("watch", "in", "--workers", "2", cwd=place, **FAST)
    wait_for(lambda: (place / "done").exists())
    watcher.send_signal(signal.SIGTERM)
    assert watcher.wait(30) == 0
    assert files(place / "in")
    assert "failed" not in states(place)
    assert batches.finish("watch", "in", "--once", cwd=place, **FAST) == 0
    assert len(files(place / "done")) == 40
    assert states(place) == ["clean"] * 40


def test_events_come_sooner_than_polling(place: Path) -> None:
    slow = {"GOUJI_SETTLE": "0.1", "GOUJI_POLL": "600"}
    watcher = batches.start("watch", "in", cwd=place, **slow)
    wait_for(lambda: (place / "gouji-workspace").exists())
    time.sleep(1)
    batches.write(place / "in" / "later", 2)
    wait_for(lambda: len(files(place / "done")) == 2)
    watcher.send_signal(signal.SIGINT)
    assert watcher.wait(30) == 0


def test_on_a_network_share_there_are_no_events_and_it_looks_by_itself(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hinted: list[bool] = []
    share = SimpleNamespace(network_share=lambda _: "nfs4")
    monkeypatch.setattr(hints, "platform", share)
    listening = hints.Hints(place / "in", lambda: hinted.append(True))
    with watching() as (watch, batch):
        watch._look()  # and what comes after it is found without a hint
        batches.write(place / "in", 1)
        wait_for(lambda: watch.until(batch.stop, once=True) or files(place / "done") != [])
    listening.close()
    assert not hinted


def test_an_inbox_that_goes_and_comes_again(place: Path) -> None:
    watcher = batches.start("watch", "in", cwd=place, **{**FAST, "GOUJI_POLL": "0.2"})
    wait_for(lambda: (place / "gouji-workspace").exists())
    shutil.rmtree(place / "in")
    wait_for(lambda: "can't be looked into" in (place / "said").read_text("utf-8"))
    batches.write(place / "in", 1)
    wait_for(lambda: len(files(place / "done")) == 1)
    watcher.terminate()
    assert watcher.wait(30) == 0
