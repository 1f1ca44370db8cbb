"""Documents that say what they are: web pages, Word files, spreadsheets, text → ``Document``."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from email.policy import compat32

from gouji.ocr.finding import DocumentError, Finding
from gouji.tables.docx import read_docx
from gouji.tables.encoding import decode
from gouji.tables.grid import Document, Grid
from gouji.tables.html import read_html
from gouji.tables.limits import Limits
from gouji.tables.text import read_text
from gouji.tables.xls import read_xls, read_xml_spreadsheet
from gouji.tables.xlsx import read_xlsx


def read(data: bytes, kind: str, limits: Limits) -> Document:
    """Read a document of one of the kinds in ``READERS``.

    Raises ``DocumentError`` where it is damaged, encrypted or beyond a limit.
    """
    return READERS[kind](data, limits)


def as_text(document: Document) -> str:
    """The document's own text, in which the places of a source without pages point.

    A block a line, a table row a line with its cells joined by tabs, line breaks in a cell as
    blanks. For plain text that is the file itself, apart from blanks and separators.
    """
    lines: list[str] = []
    for block in document.blocks:
        for piece in block.cells if isinstance(block, Grid) else (block,):
            line, start = piece.place.line, piece.place.start
            if line is None or start is None:
                continue
            lines += [""] * (line - len(lines))
            fill = "\t" if isinstance(block, Grid) else " "
            lines[line - 1] = lines[line - 1].ljust(start, fill) + piece.text.replace("\n", " ")
    return "\n".join(lines)


def _text(data: bytes, *, markdown: bool) -> Document:
    text, findings = _decoded(data)
    document = read_text(text, markdown=markdown)
    return Document(document.blocks, findings=findings)


def _html(data: bytes, limits: Limits) -> Document:
    text, findings = _decoded(data)
    document = read_html(text, limits)
    return Document(document.blocks, findings=findings + document.findings)


def _mhtml(data: bytes, limits: Limits) -> Document:
    """Read a saved web page: the first page among its parts."""
    message = message_from_bytes(data, policy=compat32)
    for part in message.walk():
        content = part.get_payload(decode=True)
        if part.get_content_type() == "text/html" and isinstance(content, bytes):
            return _html(content, limits)
    raise DocumentError("damaged")


def _decoded(data: bytes) -> tuple[str, tuple[Finding, ...]]:
    decoded = decode(data)
    if decoded is None:
        raise DocumentError("unknown_encoding")
    if not decoded.lost:
        return decoded.text, ()
    return decoded.text, (Finding("undecodable_bytes", {"count": decoded.lost}),)


READERS: dict[str, Callable[[bytes, Limits], Document]] = {
    "html": _html,
    "mhtml": _mhtml,
    "docx": read_docx,
    "xlsx": read_xlsx,
    "xls": read_xls,
    "xmlss": read_xml_spreadsheet,
    "markdown": lambda data, _: _text(data, markdown=True),
    "text": lambda data, _: _text(data, markdown=False),
}
