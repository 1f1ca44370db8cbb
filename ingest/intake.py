"""A file to the documents in it: itself, or the members of a ZIP; each with its kind or its error.

One that cannot be read never keeps another from being read.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import stat
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gouji.ingest.kinds import Kind, identify, suffix_differs
from gouji.ocr.finding import DocumentError, Finding
from gouji.tables.limits import Limits
from gouji.tables.ooxml import read_member

_UNICODE_PATH = 0x7075
_JUNK = ("__MACOSX/", "__macosx/")
_JUNK_NAMES = frozenset((".ds_store", "thumbs.db", "desktop.ini"))


@dataclass(frozen=True, slots=True)
class Member:
    """One document of a file.

    ``name`` is the path as given; for a member of a ZIP followed by ``/`` and its own.
    ``kind`` is None where ``error`` says why the document cannot be read; ``sha256`` is of
    ``data``, None where that could not be had.
    """

    name: str
    data: bytes
    kind: Kind | None
    sha256: str | None
    findings: tuple[Finding, ...] = ()
    error: DocumentError | None = None


def open_file(path: Path, limits: Limits) -> Iterator[Member]:
    """The documents of a file, one after the other; never raises ``DocumentError``."""
    name = name_of(path)
    try:
        data = _read(path, limits)
    except DocumentError as error:
        yield Member(name, b"", None, None, error=error)
        return
    yield from _open(name, data, limits, _Budget(limits))


def document_member(name: str, data: bytes, limits: Limits) -> Member:
    """The document with these bytes; an archive is none, and has an error."""
    first = next(_open(name, data, limits, _Budget(limits)))
    if first.name == name:
        return first
    digest = hashlib.sha256(data).hexdigest()
    return Member(name, data, None, digest, error=DocumentError("unsupported_type", type="ZIP"))


def name_of(path: Path) -> str:
    """A path as text. Names written in another encoding, as Chinese Windows does, are GB18030."""
    name = str(path)
    try:
        name.encode()
    except UnicodeEncodeError:
        raw = os.fsencode(path)
        with contextlib.suppress(UnicodeDecodeError):
            return raw.decode("gb18030")
        return raw.decode("utf-8", "replace")
    return name


@dataclass(slots=True)
class _Budget:
    """What all ZIPs inside one file may still bring."""

    limits: Limits
    members: int = 0
    unpacked: int = 0

    def take(self, members: int = 0, unpacked: int = 0) -> None:
        self.members += members
        self.unpacked += unpacked
        if self.members > self.limits.members:
            raise DocumentError("too_many_members", limit=self.limits.members)
        if self.unpacked > self.limits.unpacked_bytes:
            raise DocumentError("too_large", limit=self.limits.unpacked_bytes)


def _read(path: Path, limits: Limits) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise DocumentError("not_readable", reason="not a regular file")
        if status.st_size > limits.file_bytes:
            raise DocumentError("too_large", limit=limits.file_bytes)
        with path.open("rb") as stream:
            data = stream.read(limits.file_bytes + 1)
    except FileNotFoundError as error:
        raise DocumentError("not_found") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DocumentError("not_readable", reason=reason) from error
    if len(data) > limits.file_bytes:
        raise DocumentError("too_large", limit=limits.file_bytes)
    return data


def _open(
    name: str, data: bytes, limits: Limits, budget: _Budget, nesting: int = 0
) -> Iterator[Member]:
    digest = hashlib.sha256(data).hexdigest()
    try:
        kind = identify(data)
    except DocumentError as error:
        yield Member(name, data, None, digest, error=error)
        return
    if kind != "zip":
        yield Member(name, data, kind, digest, _suffix_finding(name, kind))
        return
    try:
        if nesting > limits.nesting:
            raise DocumentError("too_deep", limit=limits.nesting)
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = [(info, member_name(info)) for info in archive.infolist()]
        budget.take(members=len(infos))
        infos = _documents(infos)
        if not infos:
            raise DocumentError("empty_file")
    except DocumentError as error:
        yield Member(name, data, None, digest, error=error)
        return
    for info, inner in infos:
        full = f"{name}/{inner}"
        try:
            content = read_member(archive, info, limits)
            budget.take(unpacked=len(content))
        except DocumentError as error:
            yield Member(full, b"", None, None, error=error)
            continue
        yield from _open(full, content, limits, budget, nesting + 1)


def _suffix_finding(name: str, kind: Kind) -> tuple[Finding, ...]:
    if not suffix_differs(name, kind):
        return ()
    return (
        Finding("suffix_differs", {"suffix": PurePosixPath(name).suffix.lstrip("."), "kind": kind}),
    )


def member_name(info: zipfile.ZipInfo) -> str:
    """A member's name. Chinese Windows writes GBK and does not say so."""
    if info.flag_bits & 0x800:
        return info.filename
    unicode_path = _extra(info.extra, _UNICODE_PATH)
    if len(unicode_path) > 5:
        return unicode_path[5:].decode("utf-8", "replace")
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return info.filename


def _extra(extra: bytes, wanted: int) -> bytes:
    """The payload of one extra field, empty if absent."""
    at = 0
    while at + 4 <= len(extra):
        found, length = struct.unpack_from("<HH", extra, at)
        if found == wanted:
            return extra[at + 4 : at + 4 + length]
        at += 4 + length
    return b""


def _documents(infos: list[tuple[zipfile.ZipInfo, str]]) -> list[tuple[zipfile.ZipInfo, str]]:
    """Members without folders, what systems leave behind, and the parts of saved web pages."""
    pages = {
        str(PurePosixPath(name).with_suffix(""))
        for _, name in infos
        if PurePosixPath(name).suffix.lower() in (".html", ".htm")
    }
    companions = tuple(page + ending for page in pages for ending in ("_files/", ".files/"))
    kept = []
    for info, name in infos:
        last = PurePosixPath(name).name
        junk = name.startswith(_JUNK) or last.lower() in _JUNK_NAMES or last.startswith("~$")
        if not (name.endswith("/") or junk or (companions and name.startswith(companions))):
            kept.append((info, name))
    return kept
