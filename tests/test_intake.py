"""What a file is, what is in it, and one clear error for each that cannot be read."""

from __future__ import annotations

import hashlib
import io
import os
import re
import struct
import time
import tomllib
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest

from gouji.ingest import kinds, office, platform
from gouji.ingest.intake import Member, open_file
from gouji.ingest.isolate import Worker, once
from gouji.ingest.settings import Settings, describe, load
from gouji.ocr.finding import DocumentError
from gouji.tables import markup
from gouji.tables.encoding import decode
from gouji.tables.limits import Limits

REPORT = "某市人民政府2020年政府信息公开工作年度报告\n一、总体情况\n本机关依法公开政府信息12条。\n"
PAGE = f"<html><body><p>{REPORT}</p></body></html>"
LIMITS = Limits()


def word_file() -> bytes:
    target = io.BytesIO()
    build = docx.Document()
    build.add_paragraph(REPORT)
    build.save(target)
    return target.getvalue()


def excel_file() -> bytes:
    target = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["申请", 1])  # type: ignore[union-attr]
    book.save(target)
    return target.getvalue()


def zip_of(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def compound_file(*streams: tuple[str, bytes]) -> bytes:
    """A compound file whose directory has these streams under its root, each in its sectors."""
    none = 0xFFFFFFFF
    names = [name for name, _ in streams]
    entries = [_entry("Root Entry", child=1)]
    body = b""
    first = 2
    for index, (name, data) in enumerate(streams):
        data = data.ljust(4096, b"\x00")
        right = index + 2 if index + 1 < len(names) else none
        entries.append(_entry(name, right=right, first=first, size=len(data)))
        first += len(data) // 512
        body += data
    directory = b"".join(entries).ljust(512, b"\x00")
    fat = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[none] * 126)
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\x00"))
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<I", header, 48, 1)
    struct.pack_into("<II", header, 68, none, 0)
    struct.pack_into("<109I", header, 76, 0, *[none] * 108)
    return bytes(header) + fat + directory + body


def _entry(
    name: str, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF, first: int = 0, size: int = 0
) -> bytes:
    entry = bytearray(128)
    raw = name.encode("utf-16-le")
    entry[: len(raw)] = raw
    struct.pack_into("<H", entry, 64, len(raw) + 2)
    struct.pack_into("<III", entry, 68, 0xFFFFFFFF, right, child)
    struct.pack_into("<II", entry, 116, first, size)
    return bytes(entry)


def code_of(data: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        kinds.identify(data)
    return caught.value.finding.code


def members(tmp_path: Path, name: str, data: bytes, limits: Limits = LIMITS) -> list[Member]:
    path = tmp_path / name
    path.write_bytes(data)
    return list(open_file(path, limits))


def code(member: Member) -> str | None:
    return member.error.finding.code if member.error else None


# Kinds


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (b"\n\n%PDF-1.4\n", "pdf"),
        (PAGE.encode(), "html"),
        (PAGE.encode("gb18030"), "html"),
        (PAGE.encode("utf-16"), "html"),
        (b"<table><tr><td>1</td></tr></table>", "html"),
        (REPORT.encode(), "text"),
        (REPORT.encode("gb18030"), "text"),
        (REPORT.encode("utf-16"), "text"),
        (f"# {REPORT}".encode(), "markdown"),
        (b"| a | b |\n|---|---|\n| 1 | 2 |", "markdown"),
        (word_file(), "docx"),
        (excel_file(), "xlsx"),
        (zip_of({"a.txt": b"x"}), "zip"),
        (zip_of({"mimetype": b"application/vnd.oasis.opendocument.text"}), "odt"),
        (b"\x89PNG\r\n\x1a\n....", "image"),
        (b"\xff\xd8\xff\xe0", "image"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image"),
        (b"{\\rtf1 x}", "rtf"),
        (compound_file(("WordDocument", b"\xec\xa5")), "doc"),
        (compound_file(("Other", b""), ("Workbook", b"")), "xls"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x", "mhtml"),
        (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><a/>', "docxml"),
    ],
)
def test_kinds_by_content(data: bytes, kind: str) -> None:
    assert kinds.identify(data) == kind


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "empty_file"),
        (b" \r\n\x00", "empty_file"),
        (bytes(range(256)) * 20, "unknown_type"),
        (b"\x7fELF\x02\x01\x01" + bytes(200), "unknown_type"),
        (b"Rar!\x1a\x07\x00....", "unsupported_type"),
        (zip_of({"OFD.xml": b"<x/>"}), "unsupported_type"),
        (zip_of({"[Content_Types].xml": b"<x/>", "ppt/a.xml": b""}), "unsupported_type"),
        (b"PK\x03\x04 cut short", "damaged"),
        (compound_file(("EncryptedPackage", b"")), "encrypted"),
        (compound_file(("WordDocument", b"\xec\xa5" + bytes(9) + b"\x01")), "encrypted"),
        (compound_file(("WordDocument", b""))[:600], "damaged"),
        (compound_file(("Pictures", b"")), "unknown_type"),
    ],
)
def test_what_cannot_be_read_has_one_error(data: bytes, error: str) -> None:
    assert code_of(data) == error


def test_a_wrong_suffix_is_a_finding(tmp_path: Path) -> None:
    (member,) = members(tmp_path, "报告.doc", PAGE.encode())
    assert member.kind == "html"
    assert [finding.code for finding in member.findings] == ["suffix_differs"]
    assert member.sha256 == hashlib.sha256(PAGE.encode()).hexdigest()
    (member,) = members(tmp_path, "报告.HTM", PAGE.encode())
    assert not member.findings


def test_files_that_are_not_there(tmp_path: Path) -> None:
    assert [code(member) for member in open_file(tmp_path / "none.pdf", LIMITS)] == ["not_found"]
    assert [code(member) for member in open_file(tmp_path, LIMITS)] == ["not_readable"]


# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_encodings(encoding: str) -> None:
    for source in (REPORT, PAGE, REPORT[:12]):
        decoded = decode(source.encode(encoding))
        assert decoded is not None
        assert decoded.text.removeprefix("\ufeff") == source
        assert decoded.lost == 0


def test_traditional_script_in_big5() -> None:
    source = "規範性檔案：本機關依法公開政府資訊十二條，並無收費。"
    decoded = decode(source.encode("big5"))
    assert decoded is not None
    assert (decoded.text, decoded.encoding) == (source, "big5hkscs")


def test_a_page_that_lies_about_its_encoding() -> None:
    for claimed, real in (("utf-8", "gb18030"), ("gb2312", "utf-8"), ("big5", "gb18030")):
        page = PAGE.replace("<body>", f"<meta charset={claimed}><body>")
        decoded = decode(page.encode(real))
        assert decoded is not None
        assert decoded.text == page


def test_a_few_broken_bytes_are_counted() -> None:
    data = REPORT.encode("gb18030") * 9
    decoded = decode(data[:300] + b"\xff" + data[300:])
    assert decoded is not None
    assert 1 <= decoded.lost <= 3
    english = decode("A café in Genève, and nothing more than that in plain words".encode("cp1252"))
    assert english is not None
    assert "café" in english.text


# ZIPs


def test_a_zip_member_by_member(tmp_path: Path) -> None:
    data = zip_of(
        {
            "甲/报告.docx": word_file(),
            "乙.txt": REPORT.encode(),
            "空.txt": b"",
            "__MACOSX/._乙.txt": b"x",
            "甲/Thumbs.db": b"x",
            "页.html": PAGE.encode(),
            "页_files/a.js": b"var a;",
            "内.zip": zip_of({"丙.xlsx": excel_file(), "坏.docx": b"PK\x03\x04"}),
        }
    )
    found = members(tmp_path, "包.zip", data)
    names = [member.name.partition("包.zip/")[2] for member in found]
    assert names == [
        "甲/报告.docx",
        "乙.txt",
        "空.txt",
        "页.html",
        "内.zip/丙.xlsx",
        "内.zip/坏.docx",
    ]
    assert [code(member) for member in found] == [
        *(None, None, "empty_file", None, None, "damaged"),
    ]
    assert [member.kind for member in found][:2] == ["docx", "text"]


def test_names_in_gbk_without_saying_so(tmp_path: Path) -> None:
    plain = zip_of({"aaaaaaaa.txt": REPORT.encode()}, zipfile.ZIP_STORED)
    data = plain.replace(b"aaaaaaaa.txt", "年度报告".encode("gbk") + b".txt")
    assert members(tmp_path, "a.zip", data)[0].name.endswith("a.zip/年度报告.txt")


def test_encrypted_and_damaged_members_stand_alone(tmp_path: Path) -> None:
    data = zip_of({"a.txt": REPORT.encode(), "b.txt": REPORT.encode()}, zipfile.ZIP_STORED)
    encrypted = bytearray(data)
    encrypted[6] |= 1
    encrypted[encrypted.index(b"PK\x01\x02") + 8] |= 1
    assert [code(m) for m in members(tmp_path, "e.zip", bytes(encrypted))] == ["encrypted", None]
    damaged = data.replace("总体".encode(), "总休".encode(), 1)
    assert [code(m) for m in members(tmp_path, "d.zip", damaged)] == ["damaged", None]
    assert [code(m) for m in members(tmp_path, "t.zip", data[:-30])] == ["damaged"]


def test_zip_bombs(tmp_path: Path) -> None:
    bomb = zip_of({"a.txt": bytes(30_000_000), "b.txt": REPORT.encode()})
    found = members(tmp_path, "a.zip", bomb)
    assert [code(member) for member in found] == ["too_large", None]
    limits = Limits(unpacked_bytes=1_000, members=3, nesting=1)
    many = zip_of({f"{i}.txt": b"x" for i in range(9)})
    assert [code(m) for m in members(tmp_path, "m.zip", many, limits)] == ["too_many_members"]
    large = zip_of({"1.txt": b"a " * 400, "2.txt": b"b " * 400})
    assert [code(m) for m in members(tmp_path, "l.zip", large, limits)] == [None, "too_large"]
    nested = zip_of({"x.zip": zip_of({"x.zip": zip_of({"x.txt": b"x"})})})
    assert [code(m) for m in members(tmp_path, "n.zip", nested, limits)] == ["too_deep"]
    assert [code(m) for m in members(tmp_path, "s", b"x" * 99, Limits(file_bytes=9))] == [
        "too_large"
    ]


def replaced(package: bytes, part: str, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zip_of(parts | {part: content})


@pytest.mark.parametrize(
    ("package", "part"),
    [(word_file(), "word/document.xml"), (excel_file(), "xl/worksheets/sheet1.xml")],
)
def test_xml_without_entities(package: bytes, part: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
    for content in (
        f'<!DOCTYPE a [<!ENTITY e0 "ha">{entities}]><a>&e11;</a>',
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>',
        "<a>" * 5_000,
        "no xml",
    ):
        data = replaced(package, part, content.encode())
        kind = kinds.identify(data)
        with pytest.raises(DocumentError, match="damaged"):
            markup.read(data, kind, LIMITS)


# Settings


def test_settings_come_from_file_and_environment(tmp_path: Path) -> None:
    path = tmp_path / "gouji.toml"
    path.write_text('language = "en"\n[limits]\npages = 7\ndepth = 9\n', "utf-8")
    settings = load(path, {"GOUJI_LIMITS_PAGES": "8", "GOUJI_ISOLATE": "false"})
    assert (settings.language, settings.isolate) == ("en", False)
    assert (settings.limits.pages, settings.limits.depth) == (8, 9)
    assert load(None, {"GOUJI_SETTINGS": str(path)}).limits.pages == 7
    for wrong in ({"GOUJI_LIMITS_PAGES": "many"}, {"GOUJI_SETTINGS": str(tmp_path / "none")}):
        with pytest.raises(DocumentError, match="bad_settings"):
            load(None, wrong)
    path.write_text("[limits]\nno_such = 1\n", "utf-8")
    with pytest.raises(DocumentError, match="bad_settings"):
        load(path, {})


def test_each_setting_is_described() -> None:
    rows = describe()
    assert all(description for *_, description in rows)
    assert len(rows) == len(Limits.model_fields) + len(Settings.model_fields) - 1


def test_each_code_of_intake_has_its_message() -> None:
    root = Path(__file__).parents[1]
    messages = tomllib.loads((root / "ingest" / "messages.toml").read_text("utf-8"))["code"]
    for path in MODULES:
        source = (root / path).read_text("utf-8")
        for kind, name in re.findall(r'(DocumentError|Finding)\(\s*"(\w+)"', source):
            assert {"zh", "en", "severity"} <= messages[name].keys(), name
            assert kind == "Finding" or isinstance(messages[name]["exit"], int), name


MODULES = [
    *(f"ingest/{name}.py" for name in ["cfb", "intake", "isolate", "kinds", "office", "settings"]),
    *(
        f"tables/{name}.py"
        for name in ["docx", "html", "markup", "ooxml", "sheets", "spans", "xlsx"]
    ),
]


# Isolation


def test_a_child_serves_many_and_none_can_harm() -> None:
    with Worker(Limits(seconds=20)) as worker:
        assert worker.run(markup.read, PAGE.encode(), "html", LIMITS).blocks
        assert worker.run(os.getpid) == worker.run(os.getpid) != os.getpid()
        with pytest.raises(DocumentError, match="damaged"):
            worker.run(markup.read, b"PK", "docx", LIMITS)
        with pytest.raises(DocumentError, match="crashed"):
            worker.run(os._exit, 3)
        with pytest.raises(DocumentError, match=r"crashed.*ValueError"):
            worker.run(int, "x")
        worker.run(print, "noise")
        assert worker.run(len, "abc") == 3


def test_a_process_for_one_call_tells_what_it_gave_or_why_not() -> None:
    assert once(os.getpid) not in (once(os.getpid), os.getpid())
    assert once(int, "ff", base=16) == 255
    with pytest.raises(DocumentError, match="damaged"):
        once(markup.read, b"PK", "docx", LIMITS)
    with pytest.raises(DocumentError, match=r"crashed.*3"):
        once(os._exit, 3)


def test_a_child_that_takes_too_long_is_ended() -> None:
    with Worker(Limits(seconds=1)) as worker:
        with pytest.raises(DocumentError, match="too_long"):
            worker.run(time.sleep, 60)
        assert worker.run(len, "abc") == 3


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on a process's memory here")
def test_a_child_that_takes_too_much_memory_is_ended() -> None:
    with Worker(Limits(memory_mb=600)) as worker:
        with pytest.raises(DocumentError, match="too_much_memory"):
            worker.run(bytearray, 3_000_000_000)
        assert worker.run(len, "abc") == 3


# LibreOffice


def test_libreoffice_is_asked_for_where_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "find_libreoffice", lambda _="": None)
    with pytest.raises(DocumentError, match="needs_libreoffice"):
        office.convert(b"", "doc", Settings())


@pytest.mark.skipif(not platform.find_libreoffice(), reason="LibreOffice is not installed")
def test_old_kinds_through_libreoffice() -> None:
    data, kind = office.convert(b"{\\rtf1 12\\par 34}", "rtf", Settings())
    assert markup.as_text(markup.read(data, kind, LIMITS)).split() == ["12", "34"]


def test_a_zip_that_holds_a_pdf_uncompressed_is_a_zip(tmp_path: Path) -> None:
    archive = tmp_path / "stored.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as packed:
        packed.writestr("a.pdf", b"%PDF-1.4\n%%EOF\n")
        packed.writestr("b.txt", "一、总体情况")
    members = list(open_file(archive, Limits()))
    assert [member.name.rsplit("/", 1)[-1] for member in members] == ["a.pdf", "b.txt"]
