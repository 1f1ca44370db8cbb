"""Makes the documents in ``samples/`` from the five reports that lie there as text.

Each report is set as an office would set it, its tables as real tables with merged cells, and goes
through real programs: DOCX and PDF through LibreOffice, an HTML page, and that page printed by
Chromium. Labels and figures stay as the text prints them.

    python -m bench.make_samples [NAME …]
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from itertools import groupby, takewhile
from pathlib import Path
from statistics import median
from typing import Any

from bench.forge.convert import chromium_pdfs, libreoffice_pdfs
from bench.forge.model import Cell, Document, Paragraph, Role, Row, Table
from bench.forge.write_docx import write_docx
from bench.forge.write_html import write_html

SAMPLES = Path(__file__).parent.parent / "samples"

PLAIN: dict[str, Any] = {
    "border": "full",
    "font_title": "AR PL UMing CN",
    "font_body": "AR PL UMing CN",
    "font_head": "AR PL UMing CN",
    "font_table": "AR PL UMing CN",
    "font_digits": "",
    "size_title": 18.0,
    "size_body": 14.0,
    "size_table": 9.0,
    "line_height": 1.5,
    "paper": "A4",
    "margin": 72.0,
    "padding": 1.5,
    "align": "center",
    "label_align": "left",
    "valign": "middle",
    "shade": "",
    "title_tag": "p",
    "cell_paragraphs": False,
    "nbsp": False,
    "footer": "— {n} —",
    "rows_break": False,
    "repeat_header": False,
    "bold_head": True,
    "bold_total": False,
    "title_gap": 0,
}
STYLES: dict[str, dict[str, Any]] = {
    "henan-commerce-2019": {"shade": "#d9d9d9", "cell_paragraphs": True},
    "luoyang-commerce-2020": {"border": "thin", "size_body": 12.0, "nbsp": True, "footer": ""},
    "sichuan-commerce-2019": {"size_table": 8.0, "repeat_header": True},
    "guizhou-commerce-2017": {"size_body": 16.0, "footer": "- {n} -"},
    "shangqiu-2019": {
        "font_body": "AR PL UKai CN",
        "font_table": "AR PL UKai CN",
        "font_title": "AR PL UKai CN",
        "valign": "top",
        "rows_break": True,
        "margin": 57.0,
    },
}
# A page's sans-serif; without bold, which Chromium would draw as hundreds of small fonts.
WEB: dict[str, Any] = {
    f"font_{part}": "WenQuanYi Micro Hei" for part in ("title", "head", "body", "table")
}
WEB |= {"bold_head": False, "size_body": 12.0, "footer": ""}
CHARSETS = {"sichuan-commerce-2019": "gb18030"}

SECTIONS = {
    "主动公开政府信息情况": "proactive",
    "收到和处理政府信息公开申请情况": "requests",
    "行政复议、行政诉讼情况": "disputes",
}
FIGURE = re.compile(r"[-+]?[\d.]+(万?元)?")
HEADING = re.compile(r"[一二三四五六七八九十]+、.{2,30}$")
SUBHEADING = re.compile(r"[（(][一二三四五六七八九十]+[）)].{2,24}$")
DATE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日$")
APPLICANTS = ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")

Cells = list[str]
Path3 = tuple[str, str, str]  # a row's labels by level: 三、 / （三） / 1.


def parse(text: str) -> list[Paragraph | Table]:
    """The report's paragraphs and tables, in order."""
    lines = [line.rstrip("\n") for line in text.splitlines()]
    filled = [line for line in lines if line.strip()]
    exploded = "\t" not in text and median(map(len, filled)) < 10
    return list(_exploded(filled) if exploded else _tabbed(filled))


def _tabbed(lines: Sequence[str]) -> Iterator[Paragraph | Table]:
    section, first = "", True
    for is_table, run in groupby(lines, key=lambda line: "\t" in line):
        if is_table:
            yield TABLES[section]([[cell.strip() for cell in line.split("\t")] for line in run])
            continue
        for line in run:
            section = _section(line) or section
            yield _paragraph(line, first)
            first = False


def _exploded(lines: Sequence[str]) -> Iterator[Paragraph | Table]:
    section, cells = "", list[str]()
    for number, line in enumerate(lines):
        ends = _section(line) or line.startswith("五、")
        if section and not ends:
            cells.append(line.strip())
            continue
        if cells:
            yield TABLES[section](list(_rows(cells)))
        section, cells = _section(line), []
        yield _paragraph(line, number == 0)


def _rows(cells: Cells) -> Iterator[Cells]:
    """One cell a line → rows: labels, then figures; what stands before a label is its heading."""
    labels: Cells = []
    for is_figure, run in groupby(cells, key=lambda cell: bool(FIGURE.fullmatch(cell))):
        if not is_figure:
            labels = list(run)
            continue
        figures = list(run)
        yield from _headings(labels[:-1], len(figures))
        yield [labels[-1], *figures]


def _headings(labels: Cells, figures: int) -> Iterator[Cells]:
    if "信息内容" not in labels:
        if labels:
            yield labels
        return
    yield labels[:1]
    heads = labels[2:]
    while len(heads) > figures:  # a label cut in two lines
        short = min(range(len(heads) - 1), key=lambda index: len(heads[index]))
        heads[short : short + 2] = [heads[short] + heads[short + 1]]
    yield [labels[1], *heads]


def _section(line: str) -> str:
    return next((name for words, name in SECTIONS.items() if line.rstrip().endswith(words)), "")


def _paragraph(line: str, first: bool) -> Paragraph:
    text = re.sub(r"^#+ |^- |\*\*", "", line.strip())
    if first:
        return Paragraph(text, "title")
    if DATE.fullmatch(text):
        return Paragraph(text, "signature")
    heading = HEADING.match(text) and "heading"
    return Paragraph(text, heading or (SUBHEADING.match(text) and "subheading") or "body")


def proactive(rows: Sequence[Cells]) -> Table:
    """Four columns; what a row lacks on its right belongs to its last cell."""
    out = []
    for row in map(_trimmed, rows):
        head = row[0] == "信息内容"
        roles: tuple[Role, Role] = ("label", "value")
        if head or len(row) == 1:
            roles = ("head", "head") if head else ("section", "section")
        cells = [Cell(text, roles[index > 0]) for index, text in enumerate(row)]
        cells[-1].cols = 5 - len(row)
        out.append(Row(cells, head=head))
    return Table("proactive", "2019", out, [4, 2, 2, 2])


def requests(rows: Sequence[Cells]) -> Table:
    """Three columns of labels, merged as far as a label reaches, and seven of figures."""
    corner = next(cell for row in rows for cell in row if "勾稽关系" in cell)
    head = [
        [Cell(corner, "corner", rows=3, cols=3), Cell("申请人情况", "head", cols=7)],
        [_tall("自然人"), Cell("法人或其他组织", "head", cols=5), _tall("总计")],
        [Cell(label, "head") for label in APPLICANTS],
    ]
    entries = list(_entries(rows))
    paths = [path for path, _ in entries]
    body = [
        [*_labels(paths, index), *(Cell(figure, "value") for figure in figures)]
        for index, (_, figures) in enumerate(entries)
    ]
    drawn = [Row(cells, head=True) for cells in head] + [Row(cells) for cells in body]
    return Table("requests", "2019", drawn, [0.8, 1.6, 3.6, *[1.0] * 7])


def _entries(rows: Sequence[Cells]) -> Iterator[tuple[Path3, Cells]]:
    """Each row of figures with its labels; a label that stands alone holds for what follows."""
    top = group = ""
    for row in map(_trimmed, rows):
        figures = row[-7:] if len(row) > 7 else []
        if any(not FIGURE.fullmatch(figure) for figure in figures):
            figures = []
        item = ""
        for label in filter(None, row[: len(row) - len(figures)]):
            if re.match("[一二三四]、", label):
                top, group = label, ""
            elif re.match("[（(]\\s*[一二三四五六七]", label) or not group:
                group = label
            else:
                item = label
        if figures:
            yield (top, group, item), figures


def _labels(paths: Sequence[Path3], index: int) -> Iterator[Cell]:
    """The label cells that begin in one row: each reaches as far as it holds."""
    path = paths[index]
    for depth in range(3):
        prefix = path[: depth + 1]
        tall = 1
        if depth < 2:
            if index and paths[index - 1][: depth + 1] == prefix:
                continue
            after = paths[index + 1 :]
            tall += sum(1 for _ in takewhile(lambda p: p[: depth + 1] == prefix, after))  # noqa: B023
        leaf = tall == 1 and not any(path[depth + 1 :])
        wide = 3 - depth if leaf else 1
        vertical = depth == 0 and not leaf
        yield Cell(
            path[depth], "label" if leaf else "group", rows=tall, cols=wide, vertical=vertical
        )
        if leaf:
            return


def disputes(rows: Sequence[Cells]) -> Table:
    """One row of fifteen figures under a header of three."""
    printed = [cell for row in rows for cell in row if re.match("结果|其他|尚未|总计", cell)]
    review, litigation = printed[:5], printed[5:]
    drawn = [
        [Cell("行政复议", "head", cols=5), Cell("行政诉讼", "head", cols=10)],
        [
            *map(_tall, review),
            *(Cell(t, "head", cols=5) for t in ("未经复议直接起诉", "复议后起诉")),
        ],
        [Cell(label, "head") for label in litigation],
        [Cell(figure, "value") for figure in rows[-1][-15:]],
    ]
    out = [Row(cells, head=index < 3) for index, cells in enumerate(drawn)]
    return Table("disputes", "2019", out, [1.0] * 15)


def _tall(label: str) -> Cell:
    return Cell(label, "head", rows=2)


def _trimmed(row: Cells) -> Cells:
    """The row without the blanks on its right."""
    last = max((index for index, cell in enumerate(row) if cell), default=-1)
    return list(row[: last + 1])


TABLES = {"proactive": proactive, "requests": requests, "disputes": disputes}


def make(names: Sequence[str]) -> None:
    """Writes the documents of the named samples."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for name in names:
            text = (SAMPLES / f"{name}.txt").read_text(encoding="utf-8")
            style, charset = PLAIN | STYLES[name], CHARSETS.get(name, "utf-8")
            document = Document("2019", "", parse(text), {}, style, {"charset": charset})
            write_docx(document, scratch / f"{name}.docx")
            document.style |= WEB
            (SAMPLES / f"{name}.html").write_text(write_html(document), encoding=charset)
        words = [scratch / f"{name}.docx" for name in names]
        _libreoffice_words(words)
        libreoffice_pdfs(words, SAMPLES)
        chromium_pdfs([(SAMPLES / f"{name}.html", SAMPLES / f"{name}-web.pdf") for name in names])


def _libreoffice_words(sources: Sequence[Path]) -> None:
    """Saves Word files anew with LibreOffice."""
    with tempfile.TemporaryDirectory() as profile:
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{profile}"]
        command += ["--convert-to", "docx:MS Word 2007 XML", "--outdir", str(SAMPLES)]
        subprocess.run([*command, *map(str, sources)], check=True, capture_output=True)


def main() -> None:
    """Makes the named samples, or all."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("names", nargs="*", metavar="NAME", choices=[*STYLES, []])
    make(parser.parse_args().names or list(STYLES))


if __name__ == "__main__":
    main()
