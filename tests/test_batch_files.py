"""Which files a batch reads: folders, wildcards, lists, shards; and what is known about them."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gouji.ingest.batch.files import File, Shard, count, files, names_from, shard_of
from gouji.ingest.batch.metafile import read_meta
from gouji.ocr.finding import DocumentError


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")


def insides(*names: object, shard: Shard | None = None) -> list[str]:
    return [file.inside for file in files([str(name) for name in names], shard)]


def test_folders_have_all_files_below_them_in_order(tmp_path: Path) -> None:
    make(tmp_path, "b.pdf", "a/年报.html", "a/年报_files/x.css", "a/.hidden", ".git/x", "a/~$b.doc",
         "a/z/c.txt", "a/Thumbs.db", "other_files/d.txt")  # fmt: skip
    assert insides(tmp_path) == ["a/z/c.txt", "a/年报.html", "b.pdf", "other_files/d.txt"]
    assert count(files([str(tmp_path)])) == 4


def test_wildcards_and_what_is_not_there(tmp_path: Path) -> None:
    make(tmp_path, "a.pdf", "b.pdf", "c.txt", "in/d.pdf", "[x].pdf")
    assert [Path(name).name for name in insides(tmp_path / "*.pdf")] == [
        "[x].pdf",
        "a.pdf",
        "b.pdf",
    ]
    assert [Path(name).name for name in insides(f"{tmp_path}/**/*.pdf")] == [
        "[x].pdf", "a.pdf", "b.pdf", "d.pdf",
    ]  # fmt: skip
    assert insides(tmp_path / "[x].pdf") == [str(tmp_path / "[x].pdf")]
    assert insides(tmp_path / "no.pdf") == [str(tmp_path / "no.pdf")]


def test_lists_may_be_parted_by_lines_or_nul() -> None:
    assert names_from(io.BytesIO(b"a b.pdf\r\nc\n\n")) == ["a b.pdf", "c"]
    assert names_from(io.BytesIO(b"a\nb.pdf\0c\0")) == ["a\nb.pdf", "c"]
    assert os.fsencode(names_from(io.BytesIO(b"\xff.pdf\n"))[0]) == b"\xff.pdf"


@pytest.mark.skipif(sys.platform == "win32", reason="names of bytes")
def test_names_that_are_no_text_are_found(tmp_path: Path) -> None:
    for name in ("年报.txt".encode("gb18030"), b"a\nb.txt", b"q\"'.txt", "😀.txt".encode()):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("x")
    found = list(files([str(tmp_path)]))
    assert len(found) == 4
    assert any(file.name.endswith("年报.txt") for file in found)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything."""
    if root := os.geteuid() == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of files")
def test_a_folder_that_cannot_be_listed_is_told_and_the_rest_is_read() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        make(folder, "a/x.txt", "b/y.txt")
        (folder / "a").chmod(0)
        with as_nobody():
            found = [(f.inside, f.error and f.error.finding.code) for f in files([name])]
        (folder / "a").chmod(0o755)
    assert found == [("a", "folder_unreadable"), ("b/y.txt", None)]


def test_shards_part_the_files_and_keep_to_it(tmp_path: Path) -> None:
    make(tmp_path, *(f"{number % 7}/{number}.txt" for number in range(400)))
    parts = [insides(tmp_path, shard=Shard(number, 4)) for number in (1, 2, 3, 4)]
    assert sorted(inside for part in parts for inside in part) == sorted(insides(tmp_path))
    assert all(60 < len(part) < 140 for part in parts)
    elsewhere = tmp_path.rename(tmp_path.with_name("mounted-elsewhere"))
    assert insides(elsewhere, shard=Shard(3, 4)) == parts[2]


@pytest.mark.parametrize("text", ["0/4", "5/4", "3", "a/b", "1/0", "1/4x", "-1/4"])
def test_shards_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(DocumentError) as error:
        shard_of(text)
    assert error.value.finding.code == "bad_shard"
    assert shard_of("4/4") == Shard(4, 4)


def file(path: Path, inside: str) -> File:
    return File(path, str(path), inside)


def test_facts_go_by_path_or_hash(tmp_path: Path) -> None:
    table = tmp_path / "meta.csv"
    table.write_text(
        "path,address,year\nsub/a.pdf,http://a,2021\nb.zip,http://b,\nb.zip/c.pdf,,2020\n"
        f"{'0' * 64},http://hash,\n", "utf-8-sig",
    )  # fmt: skip
    meta = read_meta(table)
    below = file(Path("/data/x/sub/a.pdf"), "sub/a.pdf")
    assert meta.of(below, "", None) == {"address": "http://a", "year": "2021"}
    assert meta.of(below, "", "0" * 64) == {"address": "http://hash", "year": "2021"}
    beside = file(tmp_path / "sub" / "a.pdf", "a.pdf")
    assert meta.of(beside, "", None)["year"] == "2021"
    assert not meta.of(file(Path("/data/a.pdf"), "a.pdf"), "", None)
    member = file(Path("/x/b.zip"), "b.zip")
    assert meta.of(member, "c.pdf", None) == {"address": "http://b", "year": "2020"}
    assert meta.of(member, "d.pdf", None) == {"address": "http://b"}


@pytest.mark.parametrize(
    "text", ["path,year\na.pdf,1\na.pdf,2\n", "path,year\n,1\n", "path,year\na.pdf,1,2\n", None],
)  # fmt: skip
def test_tables_that_cannot_be_trusted_are_refused(tmp_path: Path, text: str | None) -> None:
    table = tmp_path / "meta.csv"
    if text is not None:
        table.write_text(text, "utf-8")
    with pytest.raises(DocumentError) as error:
        read_meta(table)
    assert error.value.finding.code == "bad_meta"


def test_shards_do_not_depend_on_the_process() -> None:
    owners = Counter(
        number for name in map(str, range(1000)) for number in (1, 2, 3)
        if Shard(number, 3).has(File(Path(name), name, name))
    )  # fmt: skip
    assert owners.total() == 1000
    assert min(owners.values()) > 280
