"""The store: one document for the same bytes, one state for each, nothing half done."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select, text

from gouji.ingest import platform
from gouji.ingest.store import connect, journal, schema
from gouji.ingest.store import store as store_module
from gouji.ingest.store.faults import StoreError
from gouji.ingest.store.migrations import DUE, MIGRATIONS
from gouji.ingest.store.model import Document, Found, Job, Reading, Selection
from gouji.ingest.store.project import reading_of, unpack
from gouji.ingest.store.store import Store
from gouji.ocr.finding import DocumentError, Finding
from gouji.tables.record import Record
from tests.databases import address, server  # noqa: F401
from tests.test_export import DOUBT, a_record

ME = platform.this_process()
OTHER = "elsewhere/0:1:2"
GONE = ME.rsplit(":", 2)[0] + ":999999999:1"


@pytest.fixture
def store(address: str) -> Iterator[Store]:  # noqa: F811
    with Store(address) as made:
        yield made


def found(number: int = 1, **others: object) -> Found:
    return replace(Found(f"{number:064x}", f"{number}.pdf", size=10, kind="pdf"), **others)


def begin(store: Store, *numbers: int, by: str = ME) -> list[Job]:
    documents = [store.add(found(number)) for number in numbers or (1,)]
    return store.begin([document.id for document in documents], by)


def all_rows(store: Store, table: object) -> list[dict[str, object]]:
    with store.reading() as connection:
        return [row._asdict() for row in connection.execute(select(table))]  # type: ignore[call-overload]


def the(store: Store, number: int = 1) -> Document:
    document = store.document(f"{number:064x}")
    assert document
    return document


def test_the_migrated_store_is_what_the_program_thinks_it_is(store: Store) -> None:
    there = inspect(store.engine)
    assert set(there.get_table_names()) == {*schema.metadata.tables, "migrations"}
    for table in schema.metadata.tables.values():
        columns = {c["name"]: c for c in there.get_columns(table.name)}
        assert list(columns) == [column.name for column in table.columns]
        for column in table.columns:
            assert column.primary_key or columns[column.name]["nullable"] == column.nullable
        key = there.get_pk_constraint(table.name)["constrained_columns"]
        assert key == [column.name for column in table.primary_key.columns]
        foreign = there.get_foreign_keys(table.name)
        assert {(k["constrained_columns"][0], k["referred_table"]) for k in foreign} == {
            (k.parent.name, k.column.table.name) for k in table.foreign_keys
        }


def test_the_same_bytes_are_one_document_under_all_its_names(store: Store) -> None:
    first = store.add(found(name="a.pdf", path=b"/a.pdf"))
    for name in ("b.pdf", "c.pdf", "b.pdf"):
        again = store.add(found(name=name))
        assert (again.id, again.name) == (first.id, "a.pdf")
    assert [row["name"] for row in all_rows(store, schema.names)] == ["a.pdf", "b.pdf", "c.pdf"]
    assert [row["what"] for row in all_rows(store, schema.events)] == ["added", "named", "named"]


def test_adding_again_changes_nothing_that_was_reached(store: Store) -> None:
    (job,) = begin(store)
    store.finish(job, reading_of([a_record()]))
    assert store.add(found()).state == "clean"


def test_any_name_can_be_kept(store: Store) -> None:
    name = "a\nb'\"😀\udcff\0.pdf"
    document = store.add(found(name=name, path=b"/a\xff.pdf", meta={"x\n": "\ud800"}))
    assert document.name == "a\nb'\"😀?\ufffd.pdf"
    (job,) = store.begin([document.id], ME)
    assert job.paths == (b"/a\xff.pdf",)


def test_a_document_has_failed_from_its_beginning_until_it_succeeds(store: Store) -> None:
    assert store.add(found()).state == "waiting"
    (job,) = begin(store)
    assert (the(store).state, the(store).code, the(store).attempts) == ("failed", "interrupted", 1)
    assert store.finish(job, reading_of([a_record()], 1.5))
    assert (the(store).state, the(store).code, the(store).version) == ("clean", None, "0")


@pytest.mark.parametrize(
    ("statuses", "state"),
    [(["clean"], "clean"), (["clean", "needs_review"], "needs_review"),
     (["no_report"], "no_report"), (["clean", "no_report"], "clean"),
     (["clean", "failed", "needs_review"], "failed")],
)  # fmt: skip
def test_a_document_is_what_its_worst_record_is(
    store: Store, statuses: list[str], state: str
) -> None:
    (job,) = begin(store)
    reason = {"code": "crashed", "severity": "error", "arguments": {"reason": "x"}}
    records = [
        a_record(findings=[reason] if status == "failed" else []).model_copy(
            update={"status": status}
        )
        for status in statuses
    ]
    assert store.finish(job, reading_of(records))
    assert the(store).state == state
    assert the(store).code == ("crashed" if state == "failed" else None)
    assert bool(all_rows(store, schema.readings)) == (state != "failed")


def a_reading(**others: object) -> tuple[list[Record], Reading]:
    finding = {"code": "sum_off", "severity": "warning", "arguments": {"difference": "1\0\ud800"}}
    cells = {
        "requests.new@total": {"value": "123456789012345678901234567890.10", "state": "value"},
        "requests.new@natural_person": DOUBT,
    }
    extra = [
        {"ref": "x.本地行\0", "table": 0, "value": str(n), "written": str(n), "state": "value",
         "accepted": True, "basis": "label", "confidence": 1}
        for n in range(3)
    ]  # fmt: skip
    record = a_record(cells=cells, extra=extra, findings=[finding], **others)
    return [record], reading_of([record])


def test_a_reading_comes_back_as_it_was(store: Store) -> None:
    records, reading = a_reading()
    (job,) = begin(store)
    store.finish(job, reading)
    (kept,) = all_rows(store, schema.readings)
    assert isinstance(kept["data"], bytes)
    assert [r.cells for r in unpack(kept["data"])] == [r.cells for r in records]
    with store.reading() as connection:
        listed = {
            row.ref: row
            for row in connection.execute(
                select(schema.refs.c.ref, *list(schema.cells.c)[3:]).join(schema.cells)
            )
        }
    assert len(listed) == len(records[0].cells)
    assert listed["requests.new@total"].value == Decimal("123456789012345678901234567890.10")
    assert listed["requests.new@natural_person"].accepted is False
    assert {"x.本地行\ufffd", "x.本地行\ufffd#2", "x.本地行\ufffd#3"} <= listed.keys()
    (finding,) = all_rows(store, schema.findings)
    assert finding["code"] == "sum_off"
    (report,) = all_rows(store, schema.reports)
    assert (report["agency"], report["year"], report["doubts"]) == ("甲县人民政府", 2023, 1)


def test_reading_again_replaces_the_rows(store: Store) -> None:
    for _ in range(2):
        (job,) = begin(store)
        store.finish(job, a_reading()[1])
        with store.writing() as connection:
            connection.execute(text("UPDATE documents SET state = 'waiting'"))
    counts = [len(all_rows(store, t)) for t in (schema.readings, schema.reports, schema.findings)]
    assert counts == [1, 1, 1]
    assert len(all_rows(store, schema.cells)) == len(a_reading()[0][0].cells)


def test_a_failure_keeps_an_older_reading_and_says_why(store: Store) -> None:
    (job,) = begin(store)
    store.finish(job, reading_of([a_record()]))
    document = the(store)
    (job,) = store.begin([document.id], ME, Selection(version="9"))
    assert store.fail(job, Finding("too_long", {"seconds": 300}))
    assert (the(store).state, the(store).code) == ("failed", "too_long")
    assert len(all_rows(store, schema.readings)) == 1
    assert [row["code"] for row in all_rows(store, schema.findings)] == ["too_long"]
    assert store.waiting(9, selection=Selection(version="9")) == []


def test_what_waits_comes_in_pages_without_what_is_done(store: Store) -> None:
    documents = store.add_all([found(number) for number in range(1, 8)])
    first = store.waiting(3)
    assert [d.id for d in first] == [d.id for d in documents[:3]]
    jobs = store.begin([d.id for d in first], ME)
    store.finish(jobs[0], reading_of([a_record()]))
    store.fail(jobs[1], Finding("encrypted"))
    assert [d.id for d in store.waiting(9)] == [d.id for d in documents[3:]]
    assert [d.id for d in store.waiting(2, after=documents[4].id)] == [d.id for d in documents[5:]]
    again = store.waiting(9, selection=Selection(version="1"))
    assert [d.id for d in again] == [documents[0].id, *(d.id for d in documents[3:])]


def test_asking_what_waits_does_not_look_at_what_is_done(address: str) -> None:  # noqa: F811
    if "://" in address:
        pytest.skip("SQLite tells its plan plainly")
    with Store(address) as store, store.reading() as connection:
        plan = connection.execute(
            text(
                f"EXPLAIN QUERY PLAN SELECT id FROM documents WHERE id > 5 AND ({DUE})"
                " AND claimed_by IS NULL ORDER BY id LIMIT 10"
            )
        )
        assert "USING INDEX documents_due (id>?)" in plan.one()[3]


def test_only_one_process_gets_a_document(store: Store) -> None:
    document = store.add(found())
    assert len(store.begin([document.id], OTHER)) == 1
    assert store.waiting(9) == []
    assert store.begin([document.id], ME) == []


def test_what_a_dead_process_claimed_is_free(store: Store) -> None:
    begin(store, 1, by=GONE)
    begin(store, 2, by=ME)
    assert [d.sha256 for d in store.waiting(9)] == [f"{1:064x}"]


def test_a_claim_from_elsewhere_lapses_unless_it_is_renewed(store: Store) -> None:
    begin(store, by=OTHER)
    assert store.waiting(9) == []
    past = journal.later(-store_module._LEASE)
    with store.writing() as connection:
        connection.execute(schema.documents.update().values(lease=past))
    store.renew(OTHER)
    assert store.waiting(9) == []
    with store.writing() as connection:
        connection.execute(schema.documents.update().values(lease=past))
    assert len(store.waiting(9)) == 1


def test_who_lost_the_claim_writes_nothing(store: Store) -> None:
    (late,) = begin(store, by=GONE)
    (waits,) = store.waiting(9)
    (job,) = store.begin([waits.id], ME)
    assert not store.finish(late, a_reading()[1])
    assert not store.fail(late, Finding("encrypted"))
    store.put_back([late])
    assert (the(store).state, the(store).attempts) == ("failed", 2)
    assert not all_rows(store, schema.reports)
    assert store.finish(job, a_reading()[1])
    assert not store.finish(job, a_reading()[1])


def test_readings_kept_at_once_are_all_there_but_those_whose_claim_is_lost(store: Store) -> None:
    jobs = [*begin(store, 1, 2), *begin(store, 3, by=GONE)]
    store.drop_claims()
    reading = a_reading()[1]
    assert store.finish_all([(job, reading) for job in jobs]) == [True, True, False]
    assert [the(store, number).state for number in (1, 2, 3)] == ["clean", "clean", "failed"]
    assert len(all_rows(store, schema.readings)) == 2


def test_what_is_put_back_was_never_tried(store: Store) -> None:
    jobs = begin(store, 1, 2)
    store.put_back(jobs)
    assert [(d.state, d.code, d.attempts) for d in store.waiting(9)] == [("waiting", None, 0)] * 2


def test_what_kills_two_workers_is_set_aside(store: Store) -> None:
    died = Finding("crashed", {"reason": "SIGSEGV"})
    (job,) = begin(store)
    assert not store.killed(job, died)
    (job,) = store.begin([d.id for d in store.waiting(9)], ME)
    assert store.killed(job, died)
    assert store.waiting(9) == []
    assert (the(store).state, the(store).code) == ("failed", "crashed")


def test_what_cannot_be_had_has_failed_until_it_can(store: Store) -> None:
    locked = Found(None, "a.pdf", path=b"/a.pdf")
    document = store.add(locked)
    store.refuse(document, Finding("not_readable", {"reason": "no"}))
    assert store.waiting(9) == []
    assert store.add(locked).state == "failed"
    assert store.add(found(path=b"/a.pdf")).state == "waiting"
    assert len(all_rows(store, schema.documents)) == 1


def test_what_is_known_from_elsewhere_gathers(store: Store) -> None:
    store.add(found(meta={"address": "http://a", "agency": "甲"}))
    store.add(found(name="b.pdf", meta={"agency": "乙"}))
    (row,) = all_rows(store, schema.documents)
    assert row["meta"] == '{"address": "http://a", "agency": "\\u4e59"}'


def test_nothing_of_a_broken_transaction_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (job,) = begin(store)
    whole = store_module.log

    def breaks(connection: object, what: str, *rest: object) -> None:
        if what == "read":
            raise KeyboardInterrupt
        whole(connection, what, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(store_module, "log", breaks)
    with pytest.raises(KeyboardInterrupt):
        store.finish(job, a_reading()[1])
    monkeypatch.undo()
    assert (the(store).state, the(store).code) == ("failed", "interrupted")
    assert not all_rows(store, schema.readings)
    assert not all_rows(store, schema.refs)
    assert store.finish(job, a_reading()[1])
    assert len(all_rows(store, schema.cells)) == len(a_reading()[0][0].cells)


def test_a_newer_store_is_refused_untouched(address: str) -> None:  # noqa: F811
    with Store(address) as store, store.writing() as connection:
        values = {"n": len(MIGRATIONS) + 1}
        connection.execute(text("INSERT INTO migrations VALUES (:n, 'later')"), values)
    with pytest.raises(DocumentError) as caught:
        Store(address)
    assert caught.value.finding.code == "store_newer"


def test_another_program_s_database_is_refused(address: str) -> None:  # noqa: F811
    engine = connect.create_engine(connect.url_of(address))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE theirs (id INTEGER)"))
    engine.dispose()
    before = Path(address).read_bytes() if "://" not in address else b""
    with pytest.raises(DocumentError) as caught:
        Store(address)
    assert caught.value.finding.code == "store_foreign"
    if "://" not in address:
        assert Path(address).read_bytes() == before
        assert [file.name for file in Path(address).parent.iterdir()] == [Path(address).name]


def test_reading_and_writing_do_not_wait_for_each_other(tmp_path: Path) -> None:
    with Store(str(tmp_path / "a % 中 b?.sqlite")) as store:
        with store.reading() as connection:
            assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
            assert connection.scalar(text("PRAGMA synchronous")) == 2
            assert connection.scalar(select(func.count()).select_from(schema.documents)) == 0
            store.add(found())
            assert connection.scalar(select(func.count()).select_from(schema.documents)) == 0
        assert the(store).state == "waiting"
    assert (tmp_path / "a % 中 b?.sqlite").is_file()


def test_a_file_that_is_no_database_is_refused_untouched(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    file.write_bytes(b"letters to the mayor " * 100)
    with pytest.raises(DocumentError) as caught:
        Store(str(file))
    assert caught.value.finding.code == "store_broken"
    assert file.read_bytes() == b"letters to the mayor " * 100


@pytest.mark.parametrize("wrong", ["mysql://a/b", "sqlite://", "sqlite:///:memory:", "://"])
def test_an_address_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(DocumentError) as caught:
        Store(wrong)
    assert caught.value.finding.code == "store_address"


def test_a_locked_store_is_busy_and_that_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "BUSY_SECONDS", 0.05)
    with Store(str(tmp_path / "store.sqlite")) as store:
        other = sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError) as caught:
            store.add(found())
        assert (caught.value.finding.code, caught.value.transient) == ("store_busy", True)
        assert store.waiting(9) == []
        other.execute("ROLLBACK")
        other.close()
        assert store.add(found()).state == "waiting"


def test_a_full_disk_harms_nothing_and_passes(tmp_path: Path) -> None:
    with Store(str(tmp_path / "store.sqlite")) as store:
        (job,) = begin(store)
        with store.writing() as connection:
            pages = connection.scalar(text("PRAGMA page_count"))
            connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        with pytest.raises(StoreError) as caught:
            store.finish(job, a_reading()[1])
        assert (caught.value.finding.code, caught.value.transient) == ("store_full", True)
        assert (the(store).state, the(store).code) == ("failed", "interrupted")
        with store.writing() as connection:
            connection.execute(text("PRAGMA max_page_count = 100000"))
        assert store.finish(job, a_reading()[1])


def test_a_process_is_told_apart_from_those_after_it() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    machine, number, started = ME.rsplit(":", 2)
    assert int(number) != child.pid
    assert platform.is_running(ME)
    assert platform.is_running(f"{machine}:{child.pid}:{started}") is False
    assert platform.is_running(f"{machine}:{child.pid}:{platform._started(child.pid)}")
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert platform._started(child.pid) is None  # dead, though nobody has asked how it ended
    child.communicate()
    assert platform._started(child.pid) is None
    assert platform.is_running(OTHER) is None


def test_a_network_share_is_no_place_for_sqlite(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = "/dev/a / ext4 rw 0 0\nb {} {} rw 0 0\n"
    share = tmp_path / "共享 夹"
    share.mkdir()
    escaped = str(share).replace(" ", "\\040")

    def mounted(kind: str) -> None:
        text = mounts.format(escaped, kind)
        monkeypatch.setattr(Path, "read_text", lambda *_, **__: text)

    for kind in ("nfs4", "cifs", "fuse.sshfs", "9p"):
        mounted(kind)
        assert platform.network_share(share / "not" / "yet") == kind
        with pytest.raises(DocumentError) as caught:
            Store(str(share / "store.sqlite"))
        assert caught.value.finding.code == "store_on_network"
        assert caught.value.finding.arguments["kind"] == kind
        assert not list(share.iterdir())
    mounted("nfs")
    assert platform.network_share(tmp_path) is None
    for kind in ("ext4", "tmpfs", "fuse.ntfs-3g", "overlay"):
        mounted(kind)
        assert platform.network_share(share) is None


def test_the_log_and_decisions_only_grow(store: Store) -> None:
    (job,) = begin(store)
    store.finish(job, reading_of([a_record()]))
    assert [row["what"] for row in all_rows(store, schema.events)] == ["added", "begun", "read"]
    values = {"uid": "u", "sha256": "s", "place": 0, "table_id": "t", "ref": "r",
              "state": "zero", "by": "b", "at": "a"}  # fmt: skip
    with store.writing() as connection:
        connection.execute(schema.decisions.insert().values(values))
    for table in (schema.events, schema.decisions):
        before = all_rows(store, table)
        for change in (table.delete(), table.update().values(by="another")):
            with pytest.raises(StoreError, match="append-only"), store.writing() as connection:
                connection.execute(change)
        assert all_rows(store, table) == before


def test_what_stood_for_an_archive_goes_when_it_is_opened(store: Store) -> None:
    store.refuse(store.add(Found(None, "a.zip", path=b"/a.zip")), Finding("encrypted"))
    store.opened(b"/b.zip")
    assert len(all_rows(store, schema.documents)) == 1
    store.opened(b"/a.zip")
    assert not all_rows(store, schema.documents)
