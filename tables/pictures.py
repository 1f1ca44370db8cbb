"""The pictures in a document that are large enough to be pages of it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import compat32
from urllib.parse import unquote_to_bytes

from lxml import etree

from gouji.ocr.finding import DocumentError
from gouji.tables.limits import Limits
from gouji.tables.ooxml import Package

_SHORT, _LONG = 250, 500
"""Pixels: smaller pictures are logos, codes and buttons."""
_DATA = re.compile(
    rb"""<img\b[^<>]{0,2000}?\ssrc\s*=\s*["']?\s*data:([^,"'<>]{0,200}),([^"'<>]*)""", re.I
)
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def pictures(data: bytes, kind: str, limits: Limits) -> list[bytes]:
    """The files of the pictures in a document of ``kind``, in the order they are met, each once.

    Pictures on the net, drawings in lines and curves, and small pictures are left out; of a kind
    that can hold none there are none. Raises ``too_many_pages``, and what opening the document
    raises.
    """
    finder = _FINDERS.get(kind)
    found: dict[bytes, None] = {}
    for picture in finder(data, limits) if finder else ():
        from gouji.ocr.image import size_of  # with OpenCV, which most documents do without

        size = size_of(picture)
        if size is not None and min(size) >= _SHORT and max(size) >= _LONG:
            found[picture] = None
        if len(found) > limits.pages:
            raise DocumentError("too_many_pages", pages=len(found), limit=limits.pages)
    return list(found)


def _in_html(data: bytes, _: Limits) -> Iterator[bytes]:
    for head, content in _DATA.findall(data):
        raw = unquote_to_bytes(content)
        if not head.rstrip().lower().endswith(b";base64"):
            yield raw
            continue
        try:
            yield base64.b64decode(re.sub(rb"\s", b"", raw) + b"==")
        except binascii.Error:
            continue


def _in_mhtml(data: bytes, limits: Limits) -> Iterator[bytes]:
    for part in message_from_bytes(data, policy=compat32).walk():
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        if part.get_content_maintype() == "image":
            yield content
        elif part.get_content_type() == "text/html":
            yield from _in_html(content, limits)


def _in_docx(data: bytes, limits: Limits) -> Iterator[bytes]:
    package = Package.open(data, limits)
    yield from _shown_by(package, package.main())


def _in_xlsx(data: bytes, limits: Limits) -> Iterator[bytes]:
    package = Package.open(data, limits)
    for _, kind, sheet in package.related(package.main()):
        if kind == "worksheet":
            for _, kind_below, drawing in package.related(sheet):
                if kind_below == "drawing":
                    yield from _shown_by(package, drawing)


def _shown_by(package: Package, part: str) -> Iterator[bytes]:
    """The pictures that a part refers to, in its order."""
    root = package.xml(part)
    files = {name: file for name, kind, file in package.related(part) if kind == "image"}
    if root is None or not files:
        return
    for element in root.iter(etree.Element):
        for attribute in ("embed", "id"):
            file = files.get(element.get(_RELATIONS + attribute, ""))
            picture = package.data(file) if file else None
            if picture is not None:
                yield picture


_FINDERS: dict[str, Callable[[bytes, Limits], Iterator[bytes]]] = {
    "html": _in_html,
    "mhtml": _in_mhtml,
    "docx": _in_docx,
    "xlsx": _in_xlsx,
}
