"""Writes a document as HTML: for Chromium to print, or as a page saved from a site."""

from __future__ import annotations

from html import escape
from typing import Any

from .model import Cell, Document, Paragraph, Table
from .style import PAPERS, fitted_size

BORDER_CSS = {
    "full": "td{border:1pt solid #000}",
    "thin": "td{border:0.4pt solid #666}",
    "horizontal": "td{border-top:0.6pt solid #000;border-bottom:0.6pt solid #000}",
    "none": "",
}


def write_html(document: Document) -> str:
    """The page as text; ``document.flags`` may name another charset than UTF-8 to encode it in."""
    style, charset = document.style, document.flags.get("charset", "utf-8")
    body = "\n".join(
        _paragraph(block, style) if isinstance(block, Paragraph) else _table(block, document)
        for block in document.blocks
    )
    title = next((b.text for b in document.blocks if isinstance(b, Paragraph)), "")
    before, after = document.flags.get("furniture", ("", ""))
    extra = document.flags.get("extra_css", "")
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="{charset}">'
        f"<title>{escape(title)}</title>\n<style>\n{_css(style)}\n{extra}</style></head>\n"
        f"<body>\n{before}{body}\n{after}</body></html>\n"
    )


def _css(style: dict[str, Any]) -> str:
    width, height = PAPERS[style["paper"]]
    footer = style["footer"]
    fonts = ",".join(f"'{style[name]}'" for name in ("font_digits", "font_table") if style[name])
    counter = ""
    if footer:
        left, _, right = footer.partition("{n}")
        counter = f'@bottom-center{{content:"{left}" counter(page) "{right}";font-size:10pt}}'
    repeat = "" if style["repeat_header"] else "thead{display:table-row-group}"
    weight = "bold" if style["bold_head"] else "normal"
    return "\n".join(
        (
            f"@page{{size:{width}pt {height}pt;margin:{style['margin']}pt;{counter}}}",
            f"body{{font-family:'{style['font_body']}';font-size:{style['size_body']}pt;"
            f"line-height:{style['line_height']}}}",
            f".title{{text-align:center;font-family:'{style['font_title']}';"
            f"font-size:{style['size_title']}pt;margin-top:{style['title_gap']}pt}}",
            f".heading,.subheading{{font-family:'{style['font_head']}';font-weight:{weight}}}",
            ".body,.heading,.subheading,.meta{text-indent:2em;margin:0 0 4pt}",
            "td p{margin:0}.signature{text-align:right}.caption{text-align:center}",
            f"table{{width:100%;border-collapse:collapse;margin:6pt 0;line-height:1.25;"
            f"font-family:{fonts};table-layout:fixed}}",
            f"td{{padding:{style['padding']}pt {style['padding'] + 1}pt;"
            f"vertical-align:{style['valign']};overflow-wrap:anywhere}}",
            "tr{break-inside:" + ("auto" if style["rows_break"] else "avoid") + "}",
            ".c{text-align:center}",
            f".v{{text-align:{style['align']};white-space:nowrap}}.l{{text-align:{style['label_align']}}}",
            f".s{{text-align:center;background:{style['shade'] or 'none'}}}",
            ".vertical{text-align:center}.rotated{writing-mode:vertical-rl;margin:auto}",
            BORDER_CSS[style["border"]],
            repeat,
        )
    )


def _paragraph(block: Paragraph, style: dict[str, Any]) -> str:
    if block.role == "furniture":
        return f"<div>{escape(block.text)}</div>"
    tag = style["title_tag"] if block.role == "title" else "p"
    return f'<{tag} class="{block.role}">{escape(block.text)}</{tag}>'


def _table(table: Table, document: Document) -> str:
    total = sum(table.widths)
    columns = "".join(f'<col style="width:{100 * w / total:.1f}%">' for w in table.widths)
    heads = 0
    while heads < len(table.rows) and table.rows[heads].head and table.id != "proactive":
        heads += 1
    rows = []
    for row in table.rows:
        cells = "".join(_cell(cell, document) for cell in row.cells)
        rows.append(f"<tr>{cells}</tr>")
    head = f"<thead>{''.join(rows[:heads])}</thead>\n" if heads else ""
    attributes = document.style.get("table_attributes", "")
    size = fitted_size(table, document.style)
    breaks = ";break-before:page" if table.rows[0].page_break else ""
    body = "\n".join(rows[heads:])
    out = (
        f'<table{attributes} style="font-size:{size}pt{breaks}"><colgroup>{columns}</colgroup>'
        f"{head}<tbody>\n{body}\n</tbody></table>"
    )
    if document.flags.get("nested"):
        return f'<table width="100%"><tr><td class="c">{out}</td></tr></table>'
    return out


def _cell(cell: Cell, document: Document) -> str:
    style = document.style
    marks = {"value": "v", "filler": "c", "unit": "c", "code": "c", "head": "c", "section": "s"}
    spans = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    spans += f' colspan="{cell.cols}"' if cell.cols > 1 else ""
    classes = marks.get(cell.role, "l") + (" vertical" if cell.vertical else "")
    inner = escape(cell.text).replace("\n", "<br>")
    if cell.vertical and style.get("rotated"):
        inner = f'<div class="rotated">{inner}</div>'
    if not cell.text and style["nbsp"]:
        inner = "&nbsp;"
    if style["cell_paragraphs"]:
        inner = f"<p>{inner}</p>"
    if cell.role == "value" and "split_numbers" in document.flags:
        inner = _split_number(cell.text)
    return f'<td class="{classes}"{spans}>{inner}</td>'


def _split_number(text: str) -> str:
    """A number spread over font tags, as word processors save it."""
    half = len(text) // 2
    if not half:
        return f'<p><span><font face="宋体">{escape(text)}</font></span></p>'
    return (
        f'<p><span lang="EN-US"><font>{escape(text[:half])}</font></span>'
        f"<span><font>{escape(text[half:])}</font></span></p>"
    )
