"""Originals: there for good before the store knows of them, and never another's bytes."""

from __future__ import annotations

import errno
import hashlib
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gouji.ingest.settings import Settings
from gouji.ingest.store import originals
from gouji.ingest.store.faults import StoreError
from gouji.ingest.store.originals import Originals
from gouji.ocr.finding import DocumentError

DATA = "年报".encode() * 1000
HASH = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A bucket on a server that speaks S3: ``pip install s3fs moto[server]``."""
    reason = "s3fs and moto are not installed"
    s3fs = pytest.importorskip("s3fs", reason=reason)
    server = pytest.importorskip("moto.server", reason=reason).ThreadedMotoServer(port=0)
    server.start()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.get_host_and_port()[1]}",
        }.items():  # fmt: skip
            patch.setenv(name, value)
        s3fs.S3FileSystem().mkdir("bucket")
        yield "s3://bucket"
    server.stop()


@pytest.fixture(params=["folder", "memory", "local", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "s3":
        return f"{request.getfixturevalue('bucket')}/{tmp_path.name}/原件"
    schemes = {"folder": "", "memory": "memory://", "local": "local://"}
    return f"{schemes[request.param]}{tmp_path / 'a b' / '原件'}"


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    file = tmp_path / "年报.pdf"
    file.write_bytes(DATA)
    file.chmod(0o400)
    return file


def test_what_is_kept_comes_back(place: str) -> None:
    kept = pickle.loads(pickle.dumps(Originals("copy", place)))
    assert not kept.has(HASH, len(DATA))
    assert kept.keep(HASH, DATA)
    assert kept.keep(HASH, DATA)
    assert kept.has(HASH, len(DATA))
    assert kept.fetch(HASH) == DATA


def test_the_place_is_in_the_workspace_unless_it_is_set() -> None:
    assert Originals.of(Settings(workspace="w")).at == "w/originals"
    assert Originals.of(Settings(originals_at="s3://a")).at == "s3://a"
    assert Originals.of(Settings(originals_at="file:///a")).at == "/a"


def test_a_part_left_by_a_cut_is_made_whole(place: str) -> None:
    kept = Originals("copy", place)
    kept.keep(HASH, DATA[:10])
    assert not kept.has(HASH, len(DATA))
    with pytest.raises(DocumentError) as caught:
        kept.fetch(HASH)
    assert caught.value.finding.code == "original_changed"
    kept.keep(HASH, DATA)
    assert kept.fetch(HASH) == DATA


def test_what_is_not_there_is_said(place: str) -> None:
    with pytest.raises(DocumentError) as caught:
        Originals("copy", place).fetch(HASH)
    assert caught.value.finding.code == "original_gone"


@pytest.mark.parametrize("mode", ["copy", "link", "refer"])
def test_a_user_s_file_is_left_as_it_is(tmp_path: Path, theirs: Path, mode: str) -> None:
    before = theirs.stat()
    kept = Originals(mode, str(tmp_path / "originals"))
    there = kept.keep(HASH, DATA, theirs)
    assert there == (mode != "refer")
    assert kept.fetch(HASH, [os.fsencode(theirs)], kept=there) == DATA
    assert theirs.read_bytes() == DATA
    after = theirs.stat()
    assert (after.st_mode, after.st_mtime_ns) == (before.st_mode, before.st_mtime_ns)
    assert after.st_nlink == (2 if mode == "link" else 1)


def test_a_linked_file_may_be_moved_and_deleted(tmp_path: Path, theirs: Path) -> None:
    kept = Originals("link", str(tmp_path / "originals"))
    kept.keep(HASH, DATA, theirs)
    theirs.unlink()
    assert kept.fetch(HASH) == DATA


def test_a_file_that_was_changed_meanwhile_is_not_linked(tmp_path: Path, theirs: Path) -> None:
    theirs.unlink()
    theirs.write_bytes(b"another")
    kept = Originals("link", str(tmp_path / "originals"))
    kept.keep(HASH, DATA, theirs)
    assert kept.fetch(HASH) == DATA
    assert theirs.stat().st_nlink == 1


def test_what_can_not_be_linked_is_copied(
    tmp_path: Path, theirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise OSError(errno.EXDEV, "another disk")

    monkeypatch.setattr(os, "link", refuses)
    kept = Originals("link", str(tmp_path / "originals"))
    kept.keep(HASH, DATA, theirs)
    assert kept.fetch(HASH) == DATA


def test_a_member_of_an_archive_is_copied_always(tmp_path: Path) -> None:
    kept = Originals("refer", str(tmp_path / "originals"))
    assert kept.keep(HASH, DATA)
    assert kept.fetch(HASH) == DATA


def test_of_files_referred_to_any_with_the_bytes_will_do(tmp_path: Path, theirs: Path) -> None:
    other, gone = tmp_path / "b.pdf", tmp_path / "c.pdf"
    other.write_bytes(b"another")
    kept = Originals("refer", str(tmp_path / "originals"))
    paths = [os.fsencode(path) for path in (gone, other, theirs)]
    assert kept.fetch(HASH, paths, kept=False) == DATA
    for some, code in ((paths[:2], "original_changed"), (paths[:1], "original_gone")):
        with pytest.raises(DocumentError) as caught:
            kept.fetch(HASH, some, kept=False)
        assert caught.value.finding.code == code


def test_a_full_disk_leaves_nothing_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(name: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", name)

    monkeypatch.setattr(originals, "reached", full)
    kept = Originals("copy", str(tmp_path / "originals"))
    with pytest.raises(StoreError) as caught:
        kept.keep(HASH, DATA)
    assert (caught.value.finding.code, caught.value.transient) == ("originals_fault", True)
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]
    monkeypatch.undo()
    kept.keep(HASH, DATA)
    assert kept.fetch(HASH) == DATA


@pytest.mark.parametrize("point", ["originals.written", "originals.named"])
def test_killed_between_two_steps_it_is_there_or_not(tmp_path: Path, point: str) -> None:
    program = f"""
import os
from gouji.ingest.store import originals
originals.reached = lambda name: os.kill(os.getpid(), 9) if name == {point!r} else None
originals.Originals("copy", {str(tmp_path)!r}).keep({HASH!r}, "年报".encode() * 1000)
"""
    assert subprocess.run([sys.executable, "-c", program]).returncode == -9
    kept = Originals("copy", str(tmp_path))
    assert kept.has(HASH, len(DATA)) == (point == "originals.named")
    kept.keep(HASH, DATA)
    assert kept.fetch(HASH) == DATA


def test_a_place_of_an_unknown_kind_is_a_lasting_fault() -> None:
    with pytest.raises(StoreError) as caught:
        Originals("copy", "nowhere://a/b").keep(HASH, DATA)
    assert (caught.value.finding.code, caught.value.transient) == ("originals_fault", False)
