"""The store when things go wrong: killed, crowded, full, away. Nothing is ever half done."""

from __future__ import annotations

import contextlib
import hashlib
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from gouji.ingest.store import connect
from gouji.ingest.store.browse import Filter, Records
from gouji.ingest.store.faults import StoreError
from gouji.ingest.store.migrations import MIGRATIONS
from gouji.ingest.store.originals import Originals
from gouji.ingest.store.project import reading_of
from gouji.ingest.store.store import Store
from gouji.ocr.finding import DocumentError
from tests.databases import Server, address, program, server  # noqa: F401
from tests.test_export import DOUBT, a_record
from tests.test_store import ME, all_rows, begin, found, schema, the
from tests.test_workspace import content

DOCUMENTS = 40
WORK = """
import sys
from gouji.ingest import platform
from gouji.ingest.store.store import Store
from tests.test_store_faults import the_work
with Store(sys.argv[1]) as store:
    the_work(store, platform.this_process())
"""


def the_work(store: Store, by: str) -> None:
    """Documents are found, begun and finished, until there are no more."""
    store.add_all([found(number) for number in range(1, DOCUMENTS + 1)])
    while waiting := store.waiting(3):
        for job in store.begin([document.id for document in waiting], by):
            number = int(job.document.sha256, 16)
            cells = {"requests.new@total": DOUBT} if number % 3 == 0 else None
            record = a_record(cells=cells, year=2000 + number)
            status = "needs_review" if cells else "clean"
            store.finish(job, reading_of([record.model_copy(update={"status": status})]))


def start(address: str) -> subprocess.Popen[bytes]:  # noqa: F811
    here = Path(__file__).parents[1]
    return subprocess.Popen([sys.executable, "-c", WORK, address], cwd=here)


def test_killed_at_any_moment_the_work_is_completed_as_if_nothing_had_been(
    address: str,  # noqa: F811
    tmp_path: Path,
) -> None:
    chance = random.Random(7)
    killed = 0
    while killed < 4:
        child = start(address)
        for _ in range(600):  # until it is at work, or done
            time.sleep(0.02)
            if child.poll() is not None or _begun(address):
                break
        time.sleep(chance.random() * 0.3)
        killed += child.poll() is None
        child.kill()
        child.wait()
        with Store(address) as store:
            _check_whole(store)
            if not store.waiting(1):
                break
    assert killed
    with Store(address) as store, Store(str(tmp_path / "undisturbed.sqlite")) as other:
        the_work(store, ME)
        the_work(other, ME)
        assert {d["state"] for d in all_rows(store, schema.documents)} == {"clean", "needs_review"}
        if "://" not in address:
            with store.reading() as connection:
                assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
        assert content(store) == content(other)


def _begun(address: str) -> bool:  # noqa: F811
    if "://" not in address and not Path(address).exists():
        return False
    try:
        with Store(address, there=True) as store:
            return bool(all_rows(store, schema.documents))
    except DocumentError:
        return False


def _check_whole(store: Store) -> None:
    """Whatever is there is whole: who succeeded has all its rows, who did not has none."""
    reports = {row["document"]: row for row in all_rows(store, schema.reports)}
    cells = [row["report"] for row in all_rows(store, schema.cells)]
    expected = len(a_record().cells)
    for row in all_rows(store, schema.documents):
        done = row["state"] in ("clean", "needs_review")
        assert (row["id"] in reports) == done
        if done:
            assert cells.count(reports[row["id"]]["id"]) == expected


@pytest.mark.parametrize("after", [1, 2, 9, len(MIGRATIONS[0])])
def test_killed_while_it_is_made_the_store_is_made_the_next_time(
    address: str,  # noqa: F811
    after: int,
) -> None:
    program = f"""
import os, sys
from sqlalchemy import Engine, event
from gouji.ingest.store.store import Store
made = 0
@event.listens_for(Engine, "after_cursor_execute")
def count(connection, cursor, statement, *rest):
    global made
    made += statement.startswith("CREATE")
    if made == {after}:
        os.kill(os.getpid(), 9)
Store(sys.argv[1])
"""
    assert subprocess.run([sys.executable, "-c", program, address]).returncode == -9
    with Store(address) as store:
        assert store.add(found()).state == "waiting"
        assert len(all_rows(store, schema.documents)) == 1


def test_several_that_make_the_store_at_once_make_one(address: str) -> None:  # noqa: F811
    program = "import sys; from gouji.ingest.store.store import Store; Store(sys.argv[1]).close()"
    children = [
        subprocess.Popen([sys.executable, "-c", program, address]) for _ in range(4)
    ]  # fmt: skip
    assert [child.wait() for child in children] == [0] * 4
    with Store(address, there=True) as store:
        assert all_rows(store, schema.documents) == []


def test_of_several_at_work_each_document_is_one_s_only(address: str) -> None:  # noqa: F811
    with Store(address) as store:
        store.add_all([found(number) for number in range(1, 61)])
    got: list[str] = []

    def work(name: str) -> None:
        with Store(address) as own:
            while waiting := own.waiting(7):
                for job in own.begin([d.id for d in waiting], name):
                    got.append(job.document.sha256)
                    assert own.finish(job, reading_of([a_record()]))

    machine = ME.rsplit(":", 2)[0] + "elsewhere"
    threads = [threading.Thread(target=work, args=(f"{machine}:{n}:1",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Store(address) as store:
        rows = all_rows(store, schema.documents)
    assert sorted(got) == sorted(row["sha256"] for row in rows)
    assert {(row["state"], row["attempts"]) for row in rows} == {("clean", 1)}


def test_new_names_of_cells_given_by_two_at_once_are_one(address: str) -> None:  # noqa: F811
    with Store(address) as one, Store(address) as two:
        (first,), (second,) = begin(one, 1), begin(two, 2)
        threads = [
            threading.Thread(target=store.finish, args=(job, reading_of([a_record()])))
            for store, job in ((one, first), (two, second))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {the(one, number).state for number in (1, 2)} == {"clean"}
        assert len(all_rows(one, schema.refs)) == len(a_record().cells)


def test_a_store_that_goes_away_comes_back() -> None:
    if not program("postgres"):
        pytest.skip("PostgreSQL is not installed")
    own = Server()
    try:
        with Store(own.database()) as store:
            (job,) = begin(store)
            own.stop()
            for _ in range(2):
                with pytest.raises(StoreError) as caught:
                    store.finish(job, reading_of([a_record()]))
                assert (caught.value.finding.code, caught.value.transient) == ("store_gone", True)
            own.start()
            assert store.finish(job, reading_of([a_record()]))
            assert the(store).state == "clean"
    finally:
        own.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with little room."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "gouji-test", str(place)]
    if sys.platform != "linux" or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no disk may be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_that_is_full_for_a_while_loses_nothing(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    originals = Originals("copy", str(small_disk / "originals"))
    data = b"x" * 100_000
    sha256 = hashlib.sha256(data).hexdigest()
    with Store(str(small_disk / "store.sqlite")) as store:
        jobs = begin(store, *range(1, 9))
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as stream:
            while stream.write(b"x" * 4096):
                pass
        with pytest.raises(StoreError) as caught:
            originals.keep(sha256, data)
        assert caught.value.transient
        with pytest.raises(StoreError) as caught:
            [store.finish(job, reading_of([a_record()] * 3)) for job in jobs]
        assert caught.value.transient, caught.value.finding
        assert caught.value.finding.code == "store_full"
        _only_whole(store)
        ballast.unlink()
        assert originals.keep(sha256, data)
        for job in jobs:
            if the(store, int(job.document.sha256, 16)).state == "failed":
                assert store.finish(job, reading_of([a_record()]))
        assert {row["state"] for row in all_rows(store, schema.documents)} == {"clean"}


def _only_whole(store: Store) -> None:
    done = {row["document"] for row in all_rows(store, schema.readings)}
    for row in all_rows(store, schema.documents):
        assert (row["id"] in done) == (row["state"] == "clean")


def test_a_folder_that_may_not_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "store.sqlite"
    with Store(str(file)) as store:
        store.add(found())
    engine = connect.create_engine(f"sqlite:///file:{file}?mode=ro&uri=true")
    monkeypatch.setattr(connect, "create_engine", lambda *_, **__: engine)
    with Store(str(file)) as store:
        assert the(store).state == "waiting"
        with pytest.raises(StoreError) as caught:
            store.add(found(2))
    assert (caught.value.finding.code, caught.value.transient) == ("store_gone", True)


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_store_is_told_and_never_taken_for_whole(tmp_path: Path, seed: int) -> None:
    file = tmp_path / "store.sqlite"
    with Store(str(file)) as store:
        the_work(store, ME)
        with store.reading() as connection:
            whole = [record.cells for record in Records(connection, Filter(), "en")]
    data, chance = bytearray(file.read_bytes()), random.Random(seed)
    start = chance.randrange(len(data) // 4096) * 4096
    data[start : start + 4096] = chance.randbytes(4096) if seed % 2 else bytes(4096)
    file.write_bytes(data[: chance.randrange(4096, len(data))] if seed % 3 == 0 else data)
    found = _read_or_fault(file)
    if isinstance(found, StoreError):
        assert found.finding.code in ("store_broken", "store_fault")
        assert not found.transient
    else:
        assert found == whole


def _read_or_fault(file: Path) -> object:
    try:
        with Store(str(file), there=True) as store, store.reading() as connection:
            return [record.cells for record in Records(connection, Filter(), "en")]
    except StoreError as error:
        return error


def test_bits_that_changed_in_a_reading_are_told(address: str) -> None:  # noqa: F811
    with Store(address) as store:
        (job,) = begin(store)
        store.finish(job, reading_of([a_record()]))
        data = bytearray(all_rows(store, schema.readings)[0]["data"])  # type: ignore[arg-type]
        data[len(data) // 2] ^= 1
        with store.writing() as connection:
            connection.execute(schema.readings.update().values(data=bytes(data)))
        with pytest.raises(StoreError) as caught, store.reading() as connection:
            list(Records(connection, Filter(), "en"))
        assert caught.value.finding.code == "store_broken"
