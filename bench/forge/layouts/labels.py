"""How labels are written: typos, blanks, broken headers, explanations, traditional script."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from random import Random
from typing import Any

from bench.forge.model import Cell, Document, Paragraph, Row

from .base import CELLS, LINES, MARKUP, PDFS, Transformation, labels, row_of

TYPOS = {
    "其他法律行政法规禁止公开": "其他法律行政止公开",
    "没有现成信息需要另行制作": "没有现成信息须要另行制作",
    "要求行政机关确认或重新出具已获取信息": "要求行政机关确认或从新出具已获取信息",
    "结转下年度继续办理": "结转下年度继续办里",
    "无正当理由大量反复申请": "无正当理由大量反复申清",
    "保护第三方合法权益": "保护第三方合法利益",
    "其他对外管理服务事项": "其它对外管理服务事项",
    "行政规范性文件": "行政规范性文件件",
    "上年结转政府信息公开申请数量": "上年结转政府信息申请数量",
    "参加或举办新闻发布会总次数": "参加或举行新闻发布会总次数",
    "告知作出更改补充数": "告知做出更改补充数",
    "同意部分公开答复数": "同意部份公开答复数",
    "信函申请数": "信涵申请数",
}
SHORT = {
    "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请": "1.逾期不补正",
    "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请": "2.逾期不缴费",
}
EXPLAINED = {
    "本年增/减": "本年增/减（与上一年相比，减用负值表示，如-8）",
    "处理决定数量": "处理决定数量（含已公开和依法未公开的）",
    "现行有效件数": "现行有效件数（截至12月31日）",
    "本年处理决定数量": "本年处理决定数量（含不公开的）",
    "总计": "总计（7列之和）",
    "主动公开信息数": "主动公开信息数（同一信息通过多种方式公开的计1条）",
    "主动公开文件数": "主动公开文件数（同一文件通过多种方式公开的计1条）",
    "申请总数": "申请总数（含转办的1类）",
    "（三）申请答复数": "（三）申请答复数（不含未到期的）",
}
DIGITS_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def typos(document: Document, rng: Random) -> None:
    found = [
        (cell, good) for cell in labels(document) for good in TYPOS if cell.text.endswith(good)
    ]
    for cell, good in rng.sample(found, min(len(found), rng.randint(1, 3))):
        cell.text = cell.text.removesuffix(good) + TYPOS[good]
    for block in document.blocks:
        if isinstance(block, Paragraph) and block.role == "heading" and rng.random() < 0.5:
            block.text = block.text.replace("公开行政复议", "公开行政法复议")


def _broken(rng: Random, text: str, mark: str) -> str:
    core = len(text) - len(text.lstrip("　"))
    place = rng.randint(core + 2, max(core + 2, len(text) - 1))
    return text[:place] + mark + text[place:]


def inner_blanks(document: Document, rng: Random) -> None:
    for cell in labels(document):
        if len(cell.text) > 5 and not cell.vertical and rng.random() < 0.3:
            cell.text = _broken(rng, cell.text, rng.choice((" ", " ", "　", "  ")))


def punctuation(document: Document, rng: Random) -> None:
    """Other ordinals, brackets and quotes than the form's."""
    marks = ("、", "．", ". ", " ")
    mark = rng.choice(marks[:3] if document.kind == "flattened" else marks)
    half, wide = rng.random() < 0.5, rng.random() < 0.2
    quotes = rng.choice(("", '""', "「」", "“”"))
    for cell in document.cells():
        if cell.role not in ("label", "group", "head", "section", "corner"):
            continue
        text = re.sub(r"^(　*\d+)[.、]", rf"\g<1>{mark}", cell.text)
        if wide:
            text = re.sub(r"^(　*)(\d+)", lambda m: m[1] + m[2].translate(DIGITS_WIDE), text)
        if half:
            text = text.replace("（", "(").replace("）", ")")
        if quotes != "“”":
            left, right = quotes[:1], quotes[1:]
            text = text.replace("“", left).replace("”", right)
        cell.text = text


def explained_labels(document: Document, _rng: Random) -> None:
    for cell in document.cells():
        plain = cell.text.strip("　")
        if cell.role in ("label", "head") and plain in EXPLAINED and plain != "总计":
            cell.text = cell.text.replace(plain, EXPLAINED[plain])


def short_labels(document: Document, _rng: Random) -> None:
    for cell in labels(document, "requests"):
        cell.text = SHORT.get(cell.text, cell.text)


def broken_headers(document: Document, rng: Random) -> None:
    """本年新↵制作数量, 商业↵企业, and now and then a header cut to 本年新."""
    for cell in document.cells():
        small = cell.role == "head" and cell.rows + cell.cols <= 4 and len(cell.text) >= 4
        if small and rng.random() < 0.6:
            middle = 3 if cell.text.startswith("本年新") else len(cell.text) // 2
            cell.text = cell.text[:middle] + "\n" + cell.text[middle:]
    cut = [cell for cell in document.cells("proactive") if cell.text.startswith("本年新")]
    if len(cut) == 2 and rng.random() < 0.3:
        cut[0].text = "本年新"


def vertical_label(document: Document, rng: Random) -> None:
    document.style["rotated"] = document.kind in PDFS and rng.random() < 0.4
    for cell in document.cells("requests"):
        if cell.role == "group" and cell.text.startswith("三、"):
            cell.vertical = True
            if not document.style["rotated"]:
                cell.text = "\n".join(["三、", *cell.text[2:]])


def ordinal_cell(document: Document, _rng: Random) -> None:
    """一、 in a cell of its own before 本年新收…"""
    for row in [row for _, row in document.rows("requests") if row.key]:
        first = row.cells[0]
        if first.role == "label" and first.cols == 3 and first.text[1:2] == "、":
            ordinal = Cell(first.text[:2], "filler")
            first.text, first.cols = first.text[2:], 2
            row.cells.insert(0, ordinal)


def extra_zero(document: Document, _rng: Random) -> None:
    """Eight numbers for seven columns: a label's second place is filled with 0."""
    for table in document.tables("requests"):
        for key in ("requests.results.other_handling", "requests.results.total"):
            if any(row.key == key for row in table.rows):
                row = row_of(table, key)
                place = next(i for i, cell in enumerate(row.cells) if cell.role == "label")
                if row.cells[place].cols == 2:
                    row.cells[place].cols = 1
                    row.cells.insert(place + 1, Cell("0", "filler"))


def additional_rows(document: Document, rng: Random) -> None:
    """A row of the agency's own after one of the form's; its figures are no cells of the form."""
    table = rng.choice(document.tables("proactive", "main"))
    keys = {"proactive": "proactive.normative_docs", "main": "proactive.info_total"}
    if not any(row.key == keys[table.id or ""] for row in table.rows):
        return
    base = row_of(table, keys[table.id or ""])
    name = rng.choice(
        ("其他主动公开文件", "其中：涉企政策文件", "公共服务事项", "建议提案办理结果")
    )
    cells = []
    for cell in base.cells:
        text = name if cell.role == "label" else str(rng.randint(0, 300))
        text = {"unit": cell.text, "code": "", "label": text}.get(cell.role, text)
        role = "filler" if cell.role == "value" else cell.role
        cells.append(Cell(text, role, None, cell.rows, cell.cols))
    table.rows.insert(table.rows.index(base) + 1, Row(cells))


def traditional(document: Document, _rng: Random) -> None:
    opencc: Any = import_module("opencc")
    convert: Callable[[str], str] = opencc.OpenCC("s2t").convert
    for block in document.blocks:
        if isinstance(block, Paragraph):
            block.text = convert(block.text)
            continue
        for row in block.rows:
            for cell in row.cells:
                cell.text = convert(cell.text)
    for truth in document.truth.values():
        truth.written = convert(truth.written) if truth.written else truth.written


_REQUESTS = frozenset({"requests"})
LABELS = (
    Transformation("short_labels", "labels", short_labels, tables=_REQUESTS, edition="2021"),
    Transformation("explained_labels", "labels", explained_labels),
    Transformation("typos", "labels", typos),
    Transformation("punctuation", "labels", punctuation),
    Transformation("inner_blanks", "labels", inner_blanks),
    Transformation("broken_headers", "labels", broken_headers),
    Transformation("ordinal_cell", "rows", ordinal_cell, tables=_REQUESTS, kinds=CELLS | LINES),
    Transformation(
        "extra_zero", "rows", extra_zero, tables=_REQUESTS, kinds=MARKUP | {"tsv"}, weight=0.6
    ),
    Transformation("vertical_label", "labels", vertical_label, tables=_REQUESTS, kinds=CELLS),
    Transformation(
        "additional_rows", "rows", additional_rows, tables=frozenset({"proactive", "main"})
    ),
)
LAST = (
    Transformation("traditional", "labels", traditional, kinds=MARKUP | LINES | PDFS, weight=0.3),
)
