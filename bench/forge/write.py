"""Writes drawn documents to a folder, each with its truth; converters run once for many."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from .convert import chromium_pdfs, libreoffice_pdfs
from .draw import Drawn
from .shown import mark_lost
from .write_docx import write_docx
from .write_html import write_html
from .write_text import write_text
from .write_xlsx import write_xlsx

SUFFIXES = {
    "pdf-libreoffice": "pdf",
    "pdf-chromium": "pdf",
    "html": "html",
    "docx": "docx",
    "xlsx": "xlsx",
    "tsv": "txt",
    "markdown": "md",
    "exploded": "txt",
    "flattened": "txt",
}

# Files for one call of LibreOffice, whose memory grows with them.
BATCH = 60


def write(drawn_list: Sequence[Drawn], folder: Path | str) -> list[Path]:
    """Writes every document and ``<name>.truth.json`` next to it; returns the documents."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    with tempfile.TemporaryDirectory() as scratch:
        for drawn in drawn_list:
            path = folder / f"{drawn.name}.{SUFFIXES[drawn.kind]}"
            _write_one(drawn, path, Path(scratch))
            paths.append(path)
        _convert(Path(scratch), folder)
    for drawn, path in zip(drawn_list, paths, strict=True):
        for report in (drawn, *drawn.others) if path.suffix == ".pdf" else ():
            mark_lost(report.document, path)
        truth = json.dumps(drawn.truth(), ensure_ascii=False, indent=1)
        (folder / f"{drawn.name}.truth.json").write_text(truth + "\n", encoding="utf-8")
    return paths


def typeset(drawn_list: Sequence[Drawn], folder: Path) -> list[Path]:
    """Writes documents as PDFs to ``folder``, which is no one's but theirs."""
    for drawn in drawn_list:
        _write_one(drawn, folder / drawn.name, folder)
    _convert(folder, folder)
    return [folder / f"{drawn.name}.pdf" for drawn in drawn_list]


def _convert(scratch: Path, folder: Path) -> None:
    words = sorted(scratch.glob("*.docx"))
    for start in range(0, len(words), BATCH):
        libreoffice_pdfs(words[start : start + BATCH], folder)
    pages = sorted(scratch.glob("*.html"))
    chromium_pdfs([(page, folder / f"{page.stem}.pdf") for page in pages])


def _write_one(drawn: Drawn, path: Path, scratch: Path) -> None:
    document = drawn.whole()
    if drawn.kind == "html":
        charset = document.flags.get("charset", "utf-8")
        path.write_text(write_html(document), encoding=charset, errors="xmlcharrefreplace")
    elif drawn.kind == "xlsx":
        write_xlsx(document, path)
    elif drawn.kind == "docx":
        write_docx(document, path)
    elif drawn.kind in ("tsv", "markdown", "exploded", "flattened"):
        path.write_text(write_text(document), encoding="utf-8")
    elif drawn.kind == "pdf-libreoffice":
        write_docx(document, scratch / f"{drawn.name}.docx")
    elif drawn.kind == "pdf-chromium":
        page = write_html(document)
        (scratch / f"{drawn.name}.html").write_text(page, encoding="utf-8")
    else:
        raise NotImplementedError(drawn.kind)
