"""A folder of files that nobody should send: damaged, locked, endless, absurd, oddly named."""

from __future__ import annotations

import io
import os
import random
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from bench.batches import small

SAMPLES = Path(__file__).parent.parent / "samples"
_HEADS = {
    "pdf": b"%PDF-1.7\n", "docx": b"PK\x03\x04", "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff\xe0", "tif": b"II*\x00", "gif": b"GIF89a",
    "html": b"<!DOCTYPE html><html>", "rtf": b"{\\rtf1", "webp": b"RIFF\x00\x00\x00\x00WEBP",
}  # fmt: skip
_KEYS = (b"/Filter/Standard/V 1/R 2/Length 40/P -4"
         b"/O<" + b"00" * 32 + b">/U<" + b"11" * 32 + b">")  # fmt: skip


def write(folder: Path, pages: int = 10_000, seed: int = 1) -> list[Path]:
    """All of them; each may fail or be no report, but must end with a reason."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, data in (*_damaged(random.Random(seed)), *_locked(), *_endless(pages), *_named()):
        path = Path(os.fsdecode(os.fsencode(folder) + b"/" + name))
        path.write_bytes(data)
        paths.append(path)
    return paths


def _damaged(chance: random.Random) -> Iterator[tuple[bytes, bytes]]:
    for sample in sorted(SAMPLES.glob("henan-commerce-2019.*")):
        whole = sample.read_bytes()
        for tenths in range(10):
            name = f"cut-{tenths}{sample.suffix}"
            yield name.encode(), whole[: len(whole) * tenths // 10]
    for suffix, head in _HEADS.items():
        for size in (0, 100, 20_000):
            yield f"noise-{size}.{suffix}".encode(), head + chance.randbytes(size)
    yield b"noise.bin", chance.randbytes(5000)
    yield b"zeros.pdf", bytes(5000)


def _locked() -> Iterator[tuple[bytes, bytes]]:
    plain = _pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                  b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>", b"<<" + _KEYS + b">>"],
                 b"/Encrypt 4 0 R/ID[<00><00>]")  # fmt: skip
    yield b"locked.pdf", plain
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.txt", b"secret")
    locked = bytearray(inner.getvalue())
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    yield b"locked.zip", bytes(locked)


def _endless(pages: int) -> Iterator[tuple[bytes, bytes]]:
    catalog = b"<</Type/Catalog/Pages 2 0 R>>"
    leaf = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>"
    yield b"loop-pages.pdf", _pdf([catalog, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>"])
    yield b"loop-parents.pdf", _pdf([b"<</Type/Catalog/Pages 1 0 R/Parent 1 0 R/Kids[1 0 R]>>"])
    one = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    yield b"loop-length.pdf", _pdf([catalog, one, leaf, b"<</Length 4 0 R>>stream\nx\nendstream"])
    form = (b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>"
            b"/Length 6>>stream\n/X Do \nendstream")  # fmt: skip
    drawn = leaf[:-2] + b"/Resources<</XObject<</X 5 0 R>>>>>>"
    yield (
        b"loop-forms.pdf",
        _pdf([catalog, one, drawn, b"<</Length 6>>stream\n/X Do \nendstream", form]),
    )
    yield b"claims-pages.pdf", _pdf([catalog, b"<</Type/Pages/Kids[]/Count 999999999>>"])
    for number, box in enumerate((b"0 0 1e30 1e30", b"0 0 0 0", b"9 9 -9 -9", b"0 0 14400 99999999",
                                  b"nan 0 1 1", b"0 0 .0001 .0001")):  # fmt: skip
        page = b"<</Type/Page/Parent 2 0 R/MediaBox[" + box + b"]>>"
        yield f"box-{number}.pdf".encode(), _pdf([catalog, one, page])
    kids = b" ".join(b"%d 0 R" % number for number in range(3, pages + 3))
    many = [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>"] * pages
    yield (
        b"many-pages.pdf",
        _pdf([catalog, b"<</Type/Pages/Kids[" + kids + b"]/Count %d>>" % pages, *many]),
    )
    bomb = zlib.compress(zlib.compress(b"0 0 m 9 9 l S " * 20_000_000, 9), 9)
    packed = b"<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n" % len(bomb)
    yield b"bomb.pdf", _pdf([catalog, one, leaf, packed + bomb + b"\nendstream"])
    yield b"bomb.zip", _zip({"a.txt": b"0" * 300_000_000})
    yield b"bomb.docx", _zip({"[Content_Types].xml": b"<Types/>",
                              "word/document.xml": b"<w>" + b" " * 250_000_000})  # fmt: skip
    nested = b"x"
    for _ in range(8):
        nested = _zip({"a.zip": nested})
    yield b"nested.zip", nested
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    xml = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><x>&l11;</x>'
    yield b"laughs.xml", xml.encode()
    yield (
        b"laughs.docx",
        _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": xml.encode()}),
    )
    yield b"deep.html", b"<html><body>" + b"<div>" * 300_000 + b"1"
    yield b"tables.html", b"<html><body>" + b"<table><tr><td>" * 5_000 + b"1"
    yield b"spans.html", b"<html><table><tr><td rowspan=65534 colspan=65534>1</table></html>" * 50
    head = struct.pack(">II5B", 60_000, 60_000, 8, 0, 0, 0, 0)
    yield (
        b"huge.png",
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", b"") + _chunk(b"IEND", b""),
    )


def _named() -> Iterator[tuple[bytes, bytes]]:
    names = [b"line\nbreak.txt", b"quote'\".txt", "😀表情.txt".encode(), b"-rf.txt", b"%s{0}.txt",
             b"tab\t .txt", "年报".encode("gb18030") + b".txt", b"\xff\xfe.txt", b"$(reboot).txt",
             ("长" * 80).encode() + b".txt", b"con.txt", b"back\\slash.txt",
             b"\x1b[31mred.txt"]  # fmt: skip
    if sys.platform == "win32":
        names = names[2:5]
    for number, name in enumerate(names):
        yield name, small(5_000 + number).encode()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _zip(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def _pdf(objects: list[bytes], trailer: bytes = b"") -> bytes:
    body, offsets = io.BytesIO(), []
    body.write(b"%PDF-1.7\n")
    for number, content in enumerate(objects, start=1):
        offsets.append(body.tell())
        body.write(b"%d 0 obj\n%b\nendobj\n" % (number, content))
    start = body.tell()
    body.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    body.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    end = b"trailer<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF"
    body.write(end % (len(objects) + 1, trailer, start))
    return body.getvalue()
