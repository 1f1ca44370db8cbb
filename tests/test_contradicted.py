"""What a page says against a figure: another row's label, another column's, another unit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gouji.tables.forms.form import load
from gouji.tables.grid import Document
from gouji.tables.head import read_head
from gouji.tables.limits import Limits
from gouji.tables.markup import read
from gouji.tables.numbers import parse
from gouji.tables.reports import is_report
from gouji.tables.title import parse_title
from gouji.tables.understand import understand
from gouji.tables.understood import Understood

REQUESTS = next(table for table in load("2021").tables if table.id == "requests")
NAMES = [column.labels[0] for column in REQUESTS.columns]
NEW = "一、本年新收政府信息公开申请数量"
FIGURES = [9, 2, 1, 0, 0, 0, 12]
OTHERS = [4, 0, 0, 0, 0, 0, 4]


def document(text: str, kind: str = "html") -> Document:
    return read(text.encode(), kind, Limits())


def understood(text: str, kind: str = "html") -> Understood:
    return understand(document(text, kind).blocks)


def rows(more: dict[str, list[object]] | None = None, after: int = 0) -> list[list[object]]:
    """Label and figures of each row of the form, with ``more`` behind row ``after``."""
    own: list[list[object]] = []
    for index, row in enumerate(REQUESTS.rows):
        counted = row.key in ("requests.new", "requests.carried_in", "requests.results.total")
        own.append([row.label, *(FIGURES if counted else [0] * 7)])
        if more and index == after:
            own += [[label, *figures] for label, figures in more.items()]
    return own


def html(lines: list[list[object]], heads: list[str]) -> str:
    cells = [[f"<td>{text}</td>" for text in line] for line in [["项目", *heads], *lines]]
    return "<table>" + "".join(f"<tr>{''.join(line)}</tr>" for line in cells) + "</table>"


def tabs(lines: list[list[object]], heads: list[str]) -> str:
    return "\n".join("\t".join(map(str, line)) for line in [["项目", *heads], *lines])


@pytest.mark.parametrize("kind", ["html", "text"])
@pytest.mark.parametrize(
    "label",
    [
        "其中：本年新收网上申请数量",
        "一、上年新收政府信息公开申请数量",
        "一、本年新收政府信息公开申请数量（其中网上）",
        "一、本年新收政府信息公开申请数量（上年）",
    ],
)
def test_a_row_with_a_label_like_another_s_does_not_take_its_place(label: str, kind: str) -> None:
    draw = html if kind == "html" else tabs
    for after in (0, -1):
        lines = rows({label: OTHERS}, 0) if after == 0 else [[label, *OTHERS], *rows()]
        values = understood(draw(lines, NAMES), kind).values
        assert values.get("requests.new@natural_person", 9) == 9


def test_the_same_label_twice_leaves_the_row_in_doubt() -> None:
    values = understood(html(rows({NEW: OTHERS}), NAMES)).values
    assert "requests.new@natural_person" not in values
    assert values["requests.new@legal_service"] == 0
    assert values["requests.results.total@natural_person"] == 9
    assert "requests.new@natural_person" in understood(html(rows({NEW: FIGURES}), NAMES)).values


def test_a_row_for_each_year_leaves_the_disputes_in_doubt() -> None:
    form = next(table for table in load("2021").tables if table.id == "disputes")
    names = [cell.labels[0] for cell in form.cells]
    heads = "".join(f"<td colspan=5>{row.labels[0]}</td>" for row in form.rows)
    this, last = [1, 0, 0, 0, 1] * 3, [2, 0, 0, 0, 2] * 3
    table = "<table><tr><td></td>" + heads + "</tr>" + "".join(
        f"<tr>{''.join(f'<td>{text}</td>' for text in line)}</tr>"
        for line in [["", *names], ["2022年", *last], ["2023年", *this]]
    ) + "</table>"  # fmt: skip
    values = understood(table).values
    assert "disputes.review@upheld" not in values
    assert values["disputes.review@corrected"] == 0


@pytest.mark.parametrize("kind", ["html", "text"])
@pytest.mark.parametrize("place", range(1, 7))
@pytest.mark.parametrize("extra", ["小计", "备注"])
def test_a_column_that_is_not_the_form_s_moves_no_figure(extra: str, place: int, kind: str) -> None:
    heads = [*NAMES[:place], extra, *NAMES[place:]]
    lines = [
        [
            line[0],
            *line[1 : place + 1],
            "" if extra == "备注" else sum(line[2:7]),
            *line[place + 1 :],
        ]
        for line in rows()
    ]
    values = understood((html if kind == "html" else tabs)(lines, heads), kind).values
    wanted = {f"requests.new@{c.key}": f for c, f in zip(REQUESTS.columns, FIGURES, strict=True)}
    assert {ref: value for ref, value in values.items() if ref in wanted}.items() <= wanted.items()


@pytest.mark.parametrize("kind", ["html", "text"])
@pytest.mark.parametrize(
    "names",
    [
        ["自然人", "法律服务机构", "商业企业", "科研机构", "社会公益组织", "其他组织", "总数"],
        ["个人", "企业", "社会组织", "科研院所", "律所", "其他", "合计"],
    ],
)
def test_columns_that_seem_to_stand_in_another_order_are_in_doubt(
    names: list[str], kind: str
) -> None:
    draw = html if kind == "html" else tabs
    assert not understood(draw(rows(), names), kind).values
    usual = ["个人", "企业", "科研院所", "社会组织", "律所", "其他", "合计"]
    assert understood(draw(rows(), usual), kind).values


@pytest.mark.parametrize(
    "heads", [("2016年度", "同比增减"), ("第四季度", "全年"), ("计划", "实际")]
)
def test_columns_of_another_kind_are_not_the_form_s(heads: tuple[str, str]) -> None:
    form = next(iter(load("fujian").tables))
    lines: list[list[object]] = [[row.label, 7, 3] for row in form.rows]
    assert understood(html(lines, ["本年度", "历年累计"])).values
    assert not understood(html(lines, list(heads))).values


# --- units ---------------------------------------------------------------------------------------

FEES = (
    "<table><tr><td>信息内容</td><td>本年制发件数</td><td>本年废止件数</td><td>现行有效件数</td></tr>"
    "<tr><td>规章</td><td>1</td><td>2</td><td>3</td></tr>"
    "<tr><td>行政规范性文件</td><td>1</td><td>2</td><td>3</td></tr>"
    "<tr><td colspan=4>第二十条第（八）项{section}</td></tr>"
    "<tr><td>信息内容</td><td colspan=3>本年收费金额{header}</td></tr>"
    "<tr><td>行政事业性收费</td><td colspan=3>{figure}</td></tr></table>{note}"
)


@pytest.mark.parametrize(
    ("section", "header", "figure", "note", "value"),
    [
        ("", "（单位：万元）", "125000（元）", "", "12.5"),
        ("", "", "125000（单位：元）", "", "12.5"),
        ("", "（单位：元）", "12.5（万元）", "", "12.5"),
        ("", "（单位：万元）", "人民币125000元整", "", "12.5"),
        ("（单位：元）", "", "125000", "", "12.5"),
        ("", "", "125000", "<p>注：收费金额单位为元。</p>", "12.5"),
        ("", "", "125000", "<p>注：以上费用均以元为单位。</p>", "12.5"),
        ("", "", "12.5", "<p>本年收费为125000元，金额为125000元。</p>", "12.5"),
        ("", "（单位：万元）", "12.5", "<p>收费总金额为125000元。</p>", "12.5"),
        ("", "（元/万元）", "12.5", "", None),
        ("", "（单位：件）", "12.5", "", None),
        ("", "（单位：万元）", "125000", "<p>注：收费金额单位为元。</p>", None),
    ],
)
def test_the_unit_of_an_amount(
    section: str, header: str, figure: str, note: str, value: str | None
) -> None:
    page = FEES.format(section=section, header=header, figure=figure, note=note)
    found = understood(page).values.get("proactive.fees@amount_collected")
    assert found == (None if value is None else Decimal(value))


@pytest.mark.parametrize("text", ["①", "⑴", "³"])
def test_a_mark_alone_is_no_figure(text: str) -> None:
    assert parse(text).state == "text"


def test_what_cannot_be_seen_is_no_part_of_a_figure() -> None:
    assert parse("12\u200e").value == 12


# --- words for figures ---------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1.2万件", "二十三", "未统计", "其中：3件", "约300万元"])
def test_words_in_a_cell_are_kept(text: str) -> None:
    page = FEES.format(section="", header="", figure=text, note="")
    cells = {c.form.ref: c for table in understood(page).tables for c in table.cells}
    cell = cells["proactive.fees@amount_collected"]
    assert (cell.state, cell.accepted, cell.cell and cell.cell.text) == ("text", False, text)


def test_a_table_under_its_title_that_cannot_be_read_is_there() -> None:
    names = "".join(f"<td>{x}</td>" for x in ["未审结", "维持", "纠正", "其它", "合计"] * 3)
    figures = "".join(f"<td>{x}</td>" for x in [1, 0, 0, 0, 1] * 3)
    disputes = f"<table><tr>{names}</tr><tr>{figures}</tr></table>"
    title = "<p>四、政府信息公开行政复议、行政诉讼情况</p>"
    found = understood(html(rows(), NAMES) + title + disputes)
    (unread,) = (table for table in found.tables if table.unread)
    assert (unread.form.id, unread.cells[0].why[0].code) == ("disputes", "table_unread")
    assert len(understood(html(rows(), NAMES) + title + "<p>无。</p>").tables) == 1


# --- whole reports -------------------------------------------------------------------------------


def test_a_notice_that_has_the_form_filled_in_is_a_report() -> None:
    notice = "<h1>关于印发《临江市水务局2022年政府信息公开工作年度报告》的通知</h1>"
    head = "<p>三、收到和处理政府信息公开申请情况</p>"
    assert is_report(document(notice + head + html(rows(), NAMES)).blocks)
    told = read_head(document(notice + head + html(rows(), NAMES)).blocks).report
    assert (told.agency, told.year) == ("临江市水务局", 2022)
    empty = [[line[0], *[""] * 7] for line in rows()]
    assert not is_report(document(notice + head + html(empty, NAMES)).blocks)


@pytest.mark.parametrize(
    "title",
    [
        "沈阳市大东区2022年政府信息公开工作年度报告（汇总）",
        "沈阳市大东区2022年政府信息公开工作年度报告(图片版)",
        "沈阳市大东区2022年政府信息公开工作年度报告全文",
        "【年报】沈阳市大东区2022年政府信息公开工作年度报告",
        "沈阳市大东区2022年政府信息公开工作年度报告(征求意见稿)",
    ],
)
def test_what_a_title_says_of_its_version(title: str) -> None:
    from gouji.tables.flat import flatten

    assert parse_title(flatten(title)) == ("沈阳市大东区", 2022)
