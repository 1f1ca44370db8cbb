"""A watched folder: which files may be taken, when, and where they go."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from gouji.ingest import platform
from gouji.ingest.batch import inbox as inbox_module
from gouji.ingest.batch.inbox import Inbox
from gouji.ingest.batch.settle import Settling, Stamp, may_take, scan, stamp_of

NOTHING: frozenset[Path] = frozenset()


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    (tmp_path / "in").mkdir()
    return Inbox(tmp_path / "in", tmp_path / "done", tmp_path / "failed")


def put(inbox: Inbox, name: str, text: str = "x") -> tuple[Path, Stamp]:
    path = inbox.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    stamp = stamp_of(path)
    assert stamp
    return path, stamp


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("name", [
    "a.pdf", "年报.docx", "a.tmp.pdf", "no suffix", "a\nb.pdf", "😀.pdf", 'q"\'.pdf', "..a.pdf",
])  # fmt: skip
def test_names_that_may_be_taken(name: str) -> None:
    assert may_take(name) == (not name.startswith("."))


@pytest.mark.parametrize("name", [
    "a.tmp", "A.TMP", "a.part", "a.crdownload", "~$report.docx", ".hidden", ".~lock.a.odt#",
    "a.pdf~", "a.filepart", "Thumbs.db", "..\\evil.pdf", "sub\\..\\..\\evil.pdf",
])  # fmt: skip
def test_names_that_may_not(name: str) -> None:
    assert not may_take(name)


def test_only_regular_files_below_the_folder_are_seen(inbox: Inbox, tmp_path: Path) -> None:
    path, stamp = put(inbox, "sub/a.pdf")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "b.pdf").write_text("x")
    (inbox.folder / "link.pdf").symlink_to(path)
    (inbox.folder / "folder").symlink_to(tmp_path / "outside")
    os.mkfifo(inbox.folder / "pipe.pdf")
    seen, unreadable = scan(inbox.folder, NOTHING)
    assert seen == {path: stamp}
    assert not unreadable
    assert inbox.holds(path)
    assert not inbox.holds(inbox.folder / "folder" / "b.pdf")


def test_folders_for_what_is_done_are_not_looked_into(tmp_path: Path) -> None:
    inside = Inbox(tmp_path, tmp_path / "done", tmp_path / "failed")
    put(inside, "done/a.pdf")
    put(inside, "failed/a.pdf")
    path, stamp = put(inside, "b.pdf")
    assert scan(tmp_path, inside.folders)[0] == {path: stamp}


def test_a_missing_inbox_is_an_error_and_a_missing_subfolder_is_not(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        scan(tmp_path / "no", NOTHING)


def test_a_file_settles_only_when_it_stays_as_it_is(inbox: Inbox) -> None:
    now = [0.0]
    settling = Settling(5, lambda: now[0])

    def look(at: float) -> list[str]:
        now[0] = at
        return [path.name for path, _ in settling.settled(scan(inbox.folder, NOTHING)[0])]

    path, _ = put(inbox, "slow.pdf", "1")
    assert look(0) == []
    put(inbox, "fast.pdf")
    put(inbox, "slow.pdf", "12")  # a writer that takes its time
    assert look(4) == []
    put(inbox, "slow.pdf", "123")
    assert look(8) == []
    assert look(9) == ["fast.pdf"]
    assert settling.due() == pytest.approx(4)
    now[0] = 20.0  # busy elsewhere: what has settled meanwhile is not forgotten, but due at once
    assert settling.due() == 0
    assert look(13) == ["fast.pdf", "slow.pdf"]
    other = inbox.folder / "new.part"
    other.write_text("123")
    other.replace(path)  # the same name, size and nearly time, but another file
    assert look(14) == ["fast.pdf"]
    path.unlink()
    look(15)
    put(inbox, "slow.pdf", "123")
    assert look(16) == ["fast.pdf"]  # a file that was gone settles anew
    settling.again(inbox.folder / "fast.pdf")
    assert look(17) == []
    assert look(22) == ["fast.pdf", "slow.pdf"]
    assert settling.due() is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells")
def test_a_file_that_somebody_writes_is_known(inbox: Inbox) -> None:
    path, _ = put(inbox, "a.pdf")
    assert not platform.being_written(path)
    with path.open("ab"):
        assert platform.being_written(path)
    assert not platform.being_written(path)
    assert not platform.being_written(path.with_name("gone"))


def test_files_keep_their_names_and_never_replace_others(inbox: Inbox) -> None:
    for number in (1, 2, 3):
        path, stamp = put(inbox, "sub/年报.tar.pdf", str(number))
        moved = inbox.put_away(path, stamp)
        assert moved
        assert not path.exists()
    assert contents(inbox.done) == {
        "sub/年报.tar.pdf": "1", "sub/年报.tar-2.pdf": "2", "sub/年报.tar-3.pdf": "3",
    }  # fmt: skip


def test_a_failure_has_a_note_beside_it(inbox: Inbox) -> None:
    path, stamp = put(inbox, "a.pdf", "1")
    assert inbox.put_away(path, stamp, "why 1") == inbox.failed / "a.pdf"
    path, stamp = put(inbox, "a.pdf", "2")
    assert inbox.put_away(path, stamp, "why 2") == inbox.failed / "a-2.pdf"
    assert contents(inbox.failed) == {
        "a.pdf": "1", "a.pdf.txt": "why 1", "a-2.pdf": "2", "a-2.pdf.txt": "why 2",
    }  # fmt: skip


def test_a_note_whose_file_was_not_moved_is_used_again(inbox: Inbox) -> None:
    """As a watcher leaves it that is killed in between."""
    inbox.failed.mkdir()
    (inbox.failed / "a.pdf.txt").write_text("why")
    (inbox.failed / "b.pdf.txt").write_text("another's")
    path, stamp = put(inbox, "a.pdf")
    assert inbox.put_away(path, stamp, "why") == inbox.failed / "a.pdf"
    path, stamp = put(inbox, "b.pdf")
    assert inbox.put_away(path, stamp, "why") == inbox.failed / "b-2.pdf"


@pytest.mark.parametrize("note", [None, "why"])
def test_a_file_that_was_overwritten_after_it_was_taken_stays(
    inbox: Inbox, note: str | None
) -> None:
    path, stamp = put(inbox, "a.pdf", "old")
    put(inbox, "a.pdf", "newer")
    assert inbox.put_away(path, stamp, note) is None
    path.unlink()
    assert inbox.put_away(path, stamp, note) is None
    assert not contents(inbox.done)
    assert not contents(inbox.failed)


@pytest.mark.parametrize("note", [None, "why"])
def test_a_file_that_comes_at_the_last_moment_goes_back(
    inbox: Inbox, note: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, stamp = put(inbox, "a.pdf", "old")

    def too_late(source: Path, target: Path) -> None:
        monkeypatch.undo()
        put(inbox, "a.pdf", "newer")
        platform.move_new(source, target)

    monkeypatch.setattr(inbox_module, "_move", too_late)
    assert inbox.put_away(path, stamp, note) is None
    assert contents(inbox.folder) == {"a.pdf": "newer"}
    assert not contents(inbox.done)
    assert not contents(inbox.failed)


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="no second filesystem")
def test_files_are_put_away_on_another_filesystem(tmp_path: Path) -> None:
    if Path("/dev/shm").stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second filesystem")
    far = Path("/dev/shm") / f"gouji-test-{os.getpid()}"
    inbox = Inbox(tmp_path / "in", far / "done", far / "failed")
    try:
        for text in ("1", "2"):
            path, stamp = put(inbox, "sub/a.pdf", text)
            os.utime(path, (1, 1))
            stamp = stamp_of(path)
            assert stamp
            moved = inbox.put_away(path, stamp)
            assert moved
            assert moved.stat().st_mtime == 1
        assert contents(far) == {"done/sub/a.pdf": "1", "done/sub/a-2.pdf": "2"}
        assert not contents(inbox.folder)
    finally:
        import shutil

        shutil.rmtree(far, ignore_errors=True)


def test_many_movers_lose_nothing(tmp_path: Path) -> None:
    """Several at once move files of the same name into one folder."""
    boxes = [Inbox(tmp_path / f"in{i}", tmp_path / "done", tmp_path / "failed") for i in range(4)]

    def move(box: Inbox, mine: str) -> None:
        for number in range(30):
            path, stamp = put(box, "a.pdf", f"{mine}.{number}")
            assert box.put_away(path, stamp, "why" if number % 2 else None)

    threads = [threading.Thread(target=move, args=(box, str(i))) for i, box in enumerate(boxes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = [*contents(tmp_path / "done").values(), *contents(tmp_path / "failed").values()]
    assert len([text for text in done if text != "why"]) == len({*done} - {"why"}) == 120


def test_long_names_and_names_that_are_no_text(inbox: Inbox) -> None:
    put(inbox, "年" * 80 + ".pdf", "1")
    (Path(os.fsdecode(os.fsencode(inbox.folder) + b"/\xff\xfe.pdf"))).write_text("2")
    seen, _ = scan(inbox.folder, NOTHING)
    assert len(seen) == 2
    for path, stamp in seen.items():
        assert inbox.put_away(path, stamp, "why\n")
    path, stamp = put(inbox, "年" * 80 + ".pdf", "3")
    assert inbox.put_away(path, stamp, "why\n")
    assert sorted(contents(inbox.failed).values()) == ["1", "2", "3", "why\n", "why\n", "why\n"]


@pytest.mark.parametrize("way", ["linux", "links", "plain"])
def test_moving_never_replaces_whatever_the_system_can(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*_: object) -> None:
        raise OSError(38, "Function not implemented")

    if way != "linux":
        monkeypatch.setattr(platform, "_rename_new", cannot)
    if way == "plain":
        monkeypatch.setattr(Path, "hardlink_to", cannot)
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_text("a")
    platform.move_new(source, target)
    assert target.read_text() == "a"
    source.write_text("other")
    with pytest.raises(FileExistsError):
        platform.move_new(source, target)
    assert (source.read_text(), target.read_text()) == ("other", "a")
    with pytest.raises(FileNotFoundError):
        platform.move_new(tmp_path / "gone", tmp_path / "c")


def test_time_is_not_asked_of_the_clock_on_the_wall() -> None:
    assert Settling(1, time.monotonic).due() is None
