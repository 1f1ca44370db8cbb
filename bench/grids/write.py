"""Drawn documents → PDF, by Chromium and by LibreOffice."""

from __future__ import annotations

import html
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bench.grids.model import Drawn, Gold, Style, Table
from bench.grids.word import write_docx

_CHROMIUM = [
    "chromium",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
]

_RULES = {
    "full": "td,th{border:1px solid #000}",
    "horizontal": "td,th{border-top:1px solid #000;border-bottom:1px solid #000}",
    "booktabs": "table{border-top:2px solid #000;border-bottom:2px solid #000}"
    ".last{border-bottom:1px solid #000}",
    "none": "",
    "shaded": "tr:nth-child(odd) td{background:#eee}th{background:#ccd}",
    "outer": "table{border:1px solid #000}",
    "head": ".last{border-bottom:1.5px solid #333}",
    "open": "td,th{border:1px solid #000}.first{border-left:none}.end{border-right:none}",
    "separate": "table{border:1px solid #000}td,th{border:1px solid #888}",
}


def write(documents: Iterable[Drawn], folder: Path) -> list[Path]:
    """One PDF a document, in ``folder``; existing ones are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    documents = list(documents)
    words = [d for d in documents if d.writer == "libreoffice" and not _pdf(d, folder).exists()]
    if words:
        with tempfile.TemporaryDirectory() as work:
            for document in words:
                write_docx(document, Path(work) / f"{document.name}.docx")
            files = sorted(str(path) for path in Path(work).glob("*.docx"))
            subprocess.run(
                ["soffice", f"-env:UserInstallation=file://{work}/profile", "--headless",
                 "--convert-to", "pdf", "--outdir", str(folder), *files],
                check=True, capture_output=True,
            )  # fmt: skip
    for document in documents:
        if document.writer == "chromium" and not _pdf(document, folder).exists():
            with tempfile.TemporaryDirectory() as work:
                page = Path(work) / "page.html"
                page.write_text(as_html(document), encoding="utf-8")
                subprocess.run(
                    [*_CHROMIUM, f"--user-data-dir={work}/profile",
                     f"--print-to-pdf={_pdf(document, folder)}", str(page)],
                    check=True, capture_output=True,
                )  # fmt: skip
    return [_pdf(document, folder) for document in documents]


def _pdf(document: Drawn, folder: Path) -> Path:
    return folder / f"{document.name}.pdf"


def as_html(document: Drawn) -> str:
    """The whole document as a web page."""
    body = "\n".join(_part(kind, part) for kind, part in document.parts)
    return f"<!doctype html><meta charset=utf-8><style>{_css(document.style)}</style>{body}"


def _css(style: Style) -> str:
    separate = style.border == "separate"
    return (
        f"@page{{size:{style.page};margin:20mm}}"
        f"body{{font:{style.size}pt/{style.line_height} '{style.font}'}}"
        "table{page-break-inside:avoid;margin:8pt 0;"
        + (f"width:{style.width}%;" if style.width else "")
        + (
            "border-collapse:separate;border-spacing:2px}"
            if separate
            else "border-collapse:collapse}"
        )
        + f"td,th{{padding:{style.padding}pt {style.padding + 1}pt;vertical-align:middle}}"
        "tr{page-break-inside:avoid}.columns{column-count:2;column-gap:8mm;text-align:justify}"
        "h2{font-size:1.2em}caption{page-break-after:avoid}" + _RULES[style.border]
    )


def _part(kind: str, part: object) -> str:
    match kind, part:
        case "table", Table():
            return _table(part)
        case "list", tuple():
            return "<ol>" + "".join(f"<li>{html.escape(text)}</li>" for text in part) + "</ol>"
        case "columns", tuple():
            return (
                "<div class=columns>" + "".join(f"<p>{html.escape(t)}</p>" for t in part) + "</div>"
            )
        case "h", str():
            return f"<h2>{html.escape(part)}</h2>"
        case _:
            return f"<p>{html.escape(str(part))}</p>"


def _table(table: Table) -> str:
    head_end = max((c.row_end for c in table.cells if c.head), default=0)
    rows = []
    for row in range(table.n_rows):
        cells = "".join(_cell(c, table.n_cols, head_end) for c in table.cells if c.row == row)
        rows.append(f"<tr>{cells}</tr>")
    caption = f"<caption>{html.escape(table.caption)}</caption>" if table.caption else ""
    return f"<table>{caption}{''.join(rows)}</table>"


def _cell(cell: Gold, n_cols: int, head_end: int) -> str:
    names = " ".join(
        name
        for name, wanted in (
            ("first", cell.col == 0),
            ("end", cell.col_end == n_cols),
            ("last", cell.row_end == head_end),
        )
        if wanted
    )
    tag = "th" if cell.head else "td"
    spans = f" rowspan={cell.row_end - cell.row}" if cell.row_end - cell.row > 1 else ""
    spans += f" colspan={cell.col_end - cell.col}" if cell.col_end - cell.col > 1 else ""
    text = html.escape(cell.text)
    return f"<{tag}{spans} class='{names}' style='text-align:{cell.align}'>{text}</{tag}>"
