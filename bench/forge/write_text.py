"""Writes a document as text: tab-separated, Markdown, one cell a line, or flattened."""

from __future__ import annotations

from .model import Cell, Document, Paragraph, Row, Table


def write_text(document: Document) -> str:
    lines = {
        "tsv": _tsv,
        "markdown": _markdown,
        "exploded": _exploded,
        "flattened": _flattened,
    }[document.kind]
    return lines(document)


def _one_line(text: str) -> str:
    return text.replace("\n", "")


def _placed(table: Table, *, collapse: bool = False) -> list[tuple[Row, list[str]]]:
    """Rows of texts, one for each place of the grid; ``collapse`` drops places covered sideways."""
    out = []
    for row, anchors, places in zip(table.rows, table.anchors(), table.grid(), strict=True):
        sideways = {
            column
            for first, cell in anchors
            for column in range(first + 1, first + cell.cols)
            if collapse
        }
        texts = [
            _one_line(cell.text) if cell else ""
            for column, cell in enumerate(places)
            if column not in sideways
        ]
        for _ in range(row.shift):
            if texts and not texts[0]:
                texts = [*texts[1:], ""]
        out.append((row, texts))
    return out


def _tsv(document: Document) -> str:
    lines: list[str] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            lines += [block.text, ""]
            continue
        for row, texts in _placed(block, collapse=document.style.get("tsv_collapse", False)):
            lines += row.before
            lines.append("\t".join(texts))
        lines.append("")
    return "\n".join(lines) + "\n"


def _markdown(document: Document) -> str:
    style = document.style.get("pipes", "both")
    marks = {"title": "# ", "heading": "## ", "subheading": "### "}
    lines: list[str] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            lines += [marks.get(block.role, "") + block.text, ""]
            continue
        for index, (row, texts) in enumerate(_placed(block)):
            lines += row.before
            lines.append(_pipes(texts, style))
            if index == 0:
                lines.append(_pipes(["---"] * len(texts), style))
        lines.append("")
    return "\n".join(lines) + "\n"


def _pipes(texts: list[str], style: str) -> str:
    inner = " | ".join(text.replace("|", "/") for text in texts)
    return {
        "both": f"| {inner} |",
        "leading": f"| {inner}",
        "trailing": f"{inner} |",
        "tails": f"| {inner} ||",
    }[style]


def _exploded(document: Document) -> str:
    style = document.style.get("exploded", "blank_lines")
    lines: list[str] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            lines += [block.text, ""]
            continue
        for row in block.rows:
            lines += row.before
            for cell in row.cells:
                if cell.text or style in ("lone_pipe", "pipe_end"):
                    lines += _cell_lines(cell, style)
    if document.flags.get("lines_removed"):
        lines = [line for line, above in zip(lines, ["", *lines], strict=False) if line != above]
    return "\n".join(lines) + "\n"


def _cell_lines(cell: Cell, style: str) -> list[str]:
    if style == "lone_pipe":
        return [*cell.text.split("\n"), "|"]
    if style == "pipe_end":
        return [cell.text.replace("\n", "") + "|"]
    lines = cell.text.split("\n")
    return lines if style == "bare" else [*lines, ""]


def _flattened(document: Document) -> str:
    blanks = document.style.get("flattened", "blanks") == "blanks"
    parts: list[str] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            parts.append(block.text)
            continue
        for row in block.rows:
            texts = [*row.before, *(_one_line(cell.text).strip("　") for cell in row.cells)]
            texts = [text for text in texts if text]
            parts.append(" ".join(texts) if blanks else "".join(texts))
    return (" " if blanks else "").join(parts) + "\n"
