"""Web pages, word processors' markup, and what stands around the report."""

from __future__ import annotations

from random import Random

from bench.forge.model import Cell, Document, Paragraph, Table

from .base import ALL, LINES, MARKUP, Transformation

WORD_STYLE = (
    'p.MsoNormal{mso-style-parent:"";margin:0;mso-pagination:none;text-align:justify;'
    'font-family:"Times New Roman";mso-fareast-font-family:宋体;font-size:10.5pt}\n'
)
HTML = frozenset({"html"})


def furniture(document: Document, rng: Random) -> None:
    """The site around the report, touching its text: 来源, 阅读, 上一篇, 下一篇."""
    day = f"{rng.randint(1, 3):02d}-{rng.randint(10, 28)}"
    year = document.flags["year"] + 1
    meta = rng.choice(
        (
            f"来源:办公室发布时间:{year}-{day}阅读:",
            f"发布日期：{year}-{day}　来源：办公室　浏览次数：{rng.randint(10, 999)}　"
            "字体：[大 中 小]",
            f"索引号：01{rng.randint(1000000, 9999999)}　发文日期：{year}-{day}",
        )
    )
    document.blocks.insert(1, Paragraph(meta, "meta"))
    tail = rng.choice((("上一篇:", "下一篇:"), ("打印本页", "关闭窗口"), ("附件下载",)))
    document.blocks += [Paragraph(text, "meta") for text in tail]
    if document.kind != "html":
        return
    menu = "".join(f'<li><a href="/c{n}/">{t}</a></li>' for n, t in enumerate(MENU))
    table = "<table><tr><td>今日访问</td><td>1024</td></tr></table>"
    document.flags["furniture"] = (
        f'<div class="nav"><ul>{menu}</ul></div>\n<script>var total = 12;</script>\n'
        '<div class="path">当前位置：首页 &gt; 政务公开 &gt; 政府信息公开年报</div>\n'
        '<div class="content">\n',
        f'</div>\n<div class="side">{table}</div>\n<div class="foot">版权所有：市人民政府办公室　'
        "ICP备案号：豫ICP备05012345号-1　网站标识码：4100000001</div>\n",
    )


MENU = ("首页", "机构概况", "政务公开", "政务服务", "互动交流", "2023年部门预算")


def split_numbers(document: Document, _rng: Random) -> None:
    document.flags["split_numbers"] = True


def word_styles(document: Document, rng: Random) -> None:
    """Word's own style sheet and attributes, hundreds of kilobytes of them."""
    document.flags["extra_css"] = WORD_STYLE * rng.randint(20, 800)
    document.style["cell_paragraphs"] = True
    document.style["nbsp"] = rng.random() < 0.7
    document.style["table_attributes"] = ' class="MsoNormalTable" border="1" cellspacing="0"'


def ragged_spans(document: Document, rng: Random) -> None:
    """The proactive table on five columns, with spans that differ from row to row."""
    for table in document.tables("proactive"):
        table.widths = [2.2, 1.6, 0.8, 0.8, 1.6]
        for row in table.rows:
            _rag(rng, row.cells)


def _rag(rng: Random, cells: list[Cell]) -> None:
    """Gives one more column to a cell of the row; which one differs."""
    rng.choice(cells[1:] or cells).cols += 1


def nested_table(document: Document, _rng: Random) -> None:
    document.flags["nested"] = True


def gb18030(document: Document, _rng: Random) -> None:
    document.flags["charset"] = "gb18030"


def template_text(document: Document, rng: Random) -> None:
    """The template's own words are left in before the tables."""
    text = rng.choice(
        ("（该部分以表格形式报告。表格如下）", "该部分以表格形式报告。表格如下：", "单位：件")
    )
    for table in document.tables("proactive", "requests", "disputes"):
        place = next(i for i, block in enumerate(document.blocks) if block is table)
        document.blocks.insert(place, Paragraph(text))


def shifted_ordinals(document: Document, _rng: Random) -> None:
    """The three tables numbered 一, 二, 三 after another 一…六."""
    numbers = "一二三四五六七八"
    headings = [b for b in document.blocks if isinstance(b, Paragraph) and b.role == "heading"]
    for heading in headings:
        place = numbers.find(heading.text[:1])
        if place > 0 and heading.text[1:2] == "、":
            heading.text = numbers[place - 1] + heading.text[1:]


def other_tables(document: Document, rng: Random) -> None:
    """Statistics of the narrative and a list of people: to be left alone."""
    from bench.forge.phrases import other_table

    if any(isinstance(block, Table) and block.id is None for block in document.blocks):
        return
    place = 3
    document.blocks[place:place] = other_table(rng)


def two_years(document: Document, _rng: Random) -> None:
    """The report of the year before follows in the same file; it is drawn with the report."""
    document.flags["two_years"] = True


PAGES = (
    Transformation("other_tables", "document", other_tables, kinds=ALL),
    Transformation(
        "two_years",
        "document",
        two_years,
        kinds=ALL - {"flattened"},
        excludes=frozenset({"lines_removed", "traditional"}),
        weight=0.5,
    ),
    Transformation("template_text", "document", template_text, tables=frozenset({"proactive"})),
    Transformation(
        "shifted_ordinals",
        "document",
        shifted_ordinals,
        tables=frozenset({"proactive"}),
        weight=0.5,
    ),
    Transformation(
        "ragged_spans", "markup", ragged_spans, kinds=MARKUP, tables=frozenset({"proactive"})
    ),
    Transformation(
        "split_numbers", "markup", split_numbers, kinds=frozenset({"html", "docx"}), weight=2
    ),
    Transformation("word_styles", "markup", word_styles, kinds=HTML, weight=2),
    Transformation("nested_table", "markup", nested_table, kinds=HTML, weight=2),
    Transformation("gb18030", "markup", gb18030, kinds=HTML, weight=2),
    Transformation("furniture", "document", furniture, kinds=HTML | LINES, weight=1.5),
)
