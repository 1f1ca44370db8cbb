"""The ZIP of XML parts that DOCX and XLSX are; XML without entities, document types or network."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from gouji.ocr.finding import DocumentError
from gouji.tables.limits import Limits

_CHUNK = 1 << 20
_RATIO_MATTERS = 20_000_000
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_STRICT = "http://purl.oclc.org/ooxml/"
_BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError)


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> bytes:
    """One member's bytes, counted as they come: the sizes in the ZIP's directory may lie.

    Raises ``too_large``, ``encrypted`` or ``damaged``, with the member's name.
    """
    name = info.filename
    if info.flag_bits & 0x1:
        raise DocumentError("encrypted", part=name)
    allowed = limits.file_bytes
    by_ratio = max(_RATIO_MATTERS, info.compress_size * limits.ratio)
    pieces: list[bytes] = []
    size = 0
    try:
        with archive.open(info) as stream:
            while piece := stream.read(_CHUNK):
                size += len(piece)
                if size > min(allowed, by_ratio):
                    raise DocumentError("too_large", part=name, limit=min(allowed, by_ratio))
                pieces.append(piece)
    except RuntimeError as error:  # zipfile's way to ask for a password
        raise DocumentError("encrypted", part=name) from error
    except _BAD_ZIP as error:
        raise DocumentError("damaged", part=name) from error
    return b"".join(pieces)


def parse_xml(data: bytes, part: str) -> etree._Element:
    """The root of an XML part; raises ``damaged`` for what is no XML or has a document type."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_pis=True
    )
    try:
        root = etree.fromstring(usual_namespaces(data), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DocumentError("damaged", part=part) from error
    if has_document_type(root):
        raise DocumentError("damaged", part=part)
    return root


def has_document_type(element: etree._Element) -> bool:
    """Whether the element's file declares a document type, as no OOXML part does."""
    return element.getroottree().docinfo.internalDTD is not None


def usual_namespaces(data: bytes) -> bytes:
    """The namespaces of ISO "strict" files brought to the usual ones."""
    if _STRICT.encode() not in data[:20_000]:
        return data
    usual = b"http://schemas.openxmlformats.org/"
    data = data.replace(_STRICT.encode() + b"officeDocument/", usual + b"officeDocument/2006/")
    for name in (b"wordprocessingml", b"spreadsheetml", b"drawingml"):
        data = data.replace(_STRICT.encode() + name, usual + name + b"/2006")
    return data


@dataclass(frozen=True, slots=True)
class Package:
    """An opened package. ``part`` names are paths without the leading slash."""

    archive: zipfile.ZipFile
    limits: Limits
    names: dict[str, zipfile.ZipInfo]

    @classmethod
    def open(cls, data: bytes, limits: Limits) -> Package:
        """Open a package from its bytes; raises ``damaged``."""
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except _BAD_ZIP as error:
            raise DocumentError("damaged") from error
        names = {_normal(info.filename): info for info in archive.infolist()}
        return cls(archive, limits, names)

    def data(self, part: str) -> bytes | None:
        """A part's bytes, None if there is no such part."""
        info = self.names.get(part.lower())
        return None if info is None else read_member(self.archive, info, self.limits)

    def xml(self, part: str) -> etree._Element | None:
        """A part's root element, None if there is no such part."""
        data = self.data(part)
        return None if data is None else parse_xml(data, part)

    def related(self, part: str) -> Iterator[tuple[str, str, str]]:
        """A part's relations to parts inside the package: id, last word of the type, part."""
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        if root is None:
            return
        for relation in root.iter(f"{_RELATIONS}Relationship"):
            if relation.get("TargetMode") == "External":
                continue
            target = posixpath.join("/", folder, str(relation.get("Target", "")))
            kind = str(relation.get("Type", "")).rpartition("/")[2]
            yield str(relation.get("Id", "")), kind, posixpath.normpath(target).lstrip("/")

    def main(self) -> str:
        """The part that is the document itself; raises ``damaged`` if none is."""
        for _, kind, part in self.related(""):
            if kind == "officeDocument":
                return part
        raise DocumentError("damaged", part="_rels/.rels")


def _normal(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
