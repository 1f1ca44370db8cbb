"""What a file is, by what it holds; its suffix only tells whether somebody named it wrongly."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath
from typing import Literal, get_args

from gouji.ingest.cfb import root_streams
from gouji.ocr.finding import DocumentError
from gouji.tables.encoding import decode

Kind = Literal[
    "pdf", "html", "mhtml", "docx", "xlsx", "xls", "xmlss", "markdown", "text", "image", "zip",
    "doc", "rtf", "odt", "ods", "xlsb", "docxml",
]  # fmt: skip
OFFICE: tuple[Kind, ...] = ("doc", "rtf", "odt", "ods", "xlsb", "docxml")

_SUFFIXES: dict[Kind, tuple[str, ...]] = {
    "pdf": ("pdf",),
    "html": ("html", "htm", "xhtml", "shtml", "jsp", "asp", "aspx", "php"),
    "mhtml": ("mht", "mhtml"),
    "docx": ("docx", "docm", "dotx"),
    "xlsx": ("xlsx", "xlsm", "xltx"),
    "xls": ("xls", "et"),
    "xmlss": ("xml",),
    "markdown": ("md", "markdown", "txt", "text"),
    "text": ("txt", "text", "md", "markdown", "csv", "tsv"),
    "image": ("png", "jpg", "jpeg", "jpe", "tif", "tiff", "bmp", "webp", "gif"),
    "zip": ("zip",),
    "doc": ("doc", "wps", "dot", "wpt"),
    "rtf": ("rtf",),
    "odt": ("odt",),
    "ods": ("ods",),
    "xlsb": ("xlsb",),
    "docxml": ("xml",),
}
_IMAGES = (
    b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+",
    b"GIF87a", b"GIF89a",
)  # fmt: skip
_ARCHIVES = {
    b"Rar!\x1a\x07": "RAR",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"\x1f\x8b\x08": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
}
_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIPS = (b"PK\x03\x04", b"PK\x05\x06")
_TAG = re.compile(
    r"</?(html|head|body|div|p|table|tr|td|th|span|br|meta|font|h[1-6]|ul|li|tbody|a|img)\b[^<>]*>",
    re.I,
)
_BLOCK_TAGS = frozenset(["html", "body", "div", "p", "table", "tr", "td"])
_MHTML = re.compile(rb"^content-type:\s*multipart/related", re.I | re.M)


def identify(data: bytes) -> Kind:
    """The kind of a file by its content.

    Raises ``empty_file``, ``unknown_type``, ``unsupported_type``, ``encrypted`` or ``damaged``.
    """
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise DocumentError("empty_file")
    if data.startswith(_ZIPS):  # first: a PDF may lie in it uncompressed
        return _zip_kind(data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(_IMAGES) or _is_bmp(data) or _is_webp(data):
        return "image"
    if data.startswith(_CFB):
        return _cfb_kind(data)
    for magic, name in _ARCHIVES.items():
        if data.startswith(magic):
            raise DocumentError("unsupported_type", type=name)
    if data.lstrip()[:5] == b"{\\rtf":
        return "rtf"
    if b"mime-version:" in data[:4096].lower() and _MHTML.search(data[:8192]):
        return "mhtml"
    return _text_kind(data)


def suffix_differs(name: str, kind: Kind) -> bool:
    """Whether a name has the suffix of another kind. Names without a known suffix tell nothing."""
    suffix = PurePath(name).suffix.lower().lstrip(".")
    known = {known for suffixes in _SUFFIXES.values() for known in suffixes}
    return suffix in known and suffix not in _SUFFIXES[kind]


def _text_kind(data: bytes) -> Kind:
    decoded = decode(data)
    if decoded is None:
        raise DocumentError("unknown_type")
    text = decoded.text
    head = text[:4096]
    if "<?mso-application" in head or "urn:schemas-microsoft-com:office:spreadsheet" in head:
        return "xmlss" if "office:spreadsheet" in text[:20_000] else "docxml"
    tags = [tag.lower() for tag in _TAG.findall(text[:500_000])]
    if len(tags) >= 2 and _BLOCK_TAGS.intersection(tags):
        return "html"
    from gouji.tables.text import looks_like_markdown  # loads much, and few files are texts

    return "markdown" if looks_like_markdown(text) else "text"


def _zip_kind(data: bytes) -> Kind:
    """A document kept as a ZIP, or a ZIP of documents."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {info.filename.replace("\\", "/").lower() for info in archive.infolist()}
            if "mimetype" in names:
                return _odf_kind(archive)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise DocumentError("damaged") from error
    if "[content_types].xml" in names:
        for kind, main in _OOXML_PARTS:
            if main in names or any(name.startswith(main) for name in names):
                return kind
        raise DocumentError("unsupported_type", type="Office Open XML")
    if "ofd.xml" in names:
        raise DocumentError("unsupported_type", type="OFD")
    return "zip"


_OOXML_PARTS: tuple[tuple[Kind, str], ...] = (
    ("xlsb", "xl/workbook.bin"),
    ("xlsx", "xl/workbook"),
    ("docx", "word/"),
    ("xlsx", "xl/"),
)


def _odf_kind(archive: zipfile.ZipFile) -> Kind:
    with archive.open(next(i for i in archive.infolist() if i.filename.lower() == "mimetype")) as f:
        mime = f.read(200).decode("ascii", "replace").strip()
    if mime.startswith("application/vnd.oasis.opendocument.text"):
        return "odt"
    if mime.startswith("application/vnd.oasis.opendocument.spreadsheet"):
        return "ods"
    raise DocumentError("unsupported_type", type=mime)


def _cfb_kind(data: bytes) -> Kind:
    """Word, WPS and Excel files from before 2007, and encrypted ones of any age."""
    streams = root_streams(data)
    if "EncryptedPackage" in streams:
        raise DocumentError("encrypted")
    if "WordDocument" in streams:
        # FibBase: bit 8 of the flags at offset 10 says that the document is encrypted.
        head = streams["WordDocument"]
        if len(head) >= 12 and head[11] & 0x01:
            raise DocumentError("encrypted")
        return "doc"
    if "Workbook" in streams or "Book" in streams:
        return "xls"
    raise DocumentError("unknown_type")


def _is_bmp(data: bytes) -> bool:
    return data[:2] == b"BM" and len(data) > 26 and data[14:18] in _BMP_HEADERS


_BMP_HEADERS = tuple(size.to_bytes(4, "little") for size in (12, 40, 52, 56, 64, 108, 124))


def _is_webp(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


assert set(_SUFFIXES) == set(get_args(Kind))
