"""Layouts of real reports, each drawn small: what is read, and what is left in doubt."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gouji.ingest.pipeline import read_file
from gouji.ingest.settings import Settings
from gouji.tables.forms.form import load
from gouji.tables.grid import Line
from gouji.tables.limits import Limits
from gouji.tables.markup import read
from gouji.tables.numbers import parse
from gouji.tables.pieces import pieces_of
from gouji.tables.printed_order import joined
from gouji.tables.understand import combined, understand

COLUMNS = [c.key for c in next(t for t in load("2019").tables if t.id == "requests").columns]
PROACTIVE = """二、主动公开政府信息情况
信息内容\t本年新制作数量\t本年新公开数量\t对外公开总数量
规章\t0\t0\t0
规范性文件\t4\t4\t71
信息内容\t上一年项目数量\t本年增/减\t处理决定数量
行政许可\t5\t+1\t445
其他对外管理服务事项\t31\t－2\t21322
行政处罚\t32\t增6\t0
行政强制\t2\t减1\t0
信息内容\t上一年项目数量\t本年增/减\t
行政事业性收费\t0\t0\t
信息内容\t采购项目数量\t采购总金额（单位：万元）\t
政府集中采购\t29\t2402.46\t
"""


def cells_of(text: str):
    understood = understand(read(text.encode(), "text", Limits()).blocks)
    return {c.form.ref: c for t in understood.tables for c in (*t.cells, *t.extra)}, understood


def test_signs_units_and_money():
    cells, _ = cells_of(PROACTIVE)
    value = {ref: cell.value for ref, cell in cells.items()}
    assert value["proactive.licensing@items_change"] == 1
    assert value["proactive.other_services@items_change"] == -2
    assert value["proactive.penalty@items_change"] == 6
    assert value["proactive.coercion@items_change"] == -1
    amount = cells["proactive.procurement@amount"]
    assert (amount.value, amount.unit, amount.unit_source) == (Decimal("2402.46"), "万元", "header")
    assert all(cell.accepted for cell in cells.values())


def test_a_sign_in_words_is_no_label():
    cells, _ = cells_of(PROACTIVE.replace("5\t+1\t445", "5\t↓3\t445"))
    change, decisions = (cells[f"proactive.licensing@{k}"] for k in ("items_change", "decisions"))
    assert (change.state, change.accepted, change.cell.text) == ("text", False, "↓3")
    assert decisions.value == 445


@pytest.mark.parametrize(
    ("header", "figure", "value", "unit", "source"),
    [
        ("采购总金额", "326.6万元", "326.6", "万元", "cell"),
        ("采购总金额", "251000元", "25.1", "万元", "cell"),
        ("采购总金额（单位：元）", "251000", "25.1", "万元", "header"),
        ("采购总金额（单位：元）", "3万元", "3", "万元", "cell"),
        ("采购总金额（单位：\t元）", "251000", "25.1", "万元", "header"),
        ("采购总金额", "8040", "8040", None, "unknown"),
    ],
)
def test_the_unit_comes_from_cell_then_header_then_form(header, figure, value, unit, source):
    text = PROACTIVE.replace("采购总金额（单位：万元）", header).replace("2402.46", figure)
    amount = cells_of(text)[0]["proactive.procurement@amount"]
    assert (amount.value, amount.unit, amount.unit_source) == (Decimal(value), unit, source)


def test_an_amount_whose_unit_was_not_read_is_in_doubt():
    text = PROACTIVE.replace("（单位：万元）", "（单位：")
    amount = cells_of(text)[0]["proactive.procurement@amount"]
    assert not amount.accepted
    assert [why.code for why in amount.why] == ["unit_unread"]
    body = PROACTIVE.replace("（单位：万元）", "").replace(
        "政府集中采购\t29", "事业单位\t0\t0\n政府集中采购\t29"
    )
    assert cells_of(body)[0]["proactive.procurement@amount"].accepted


def test_columns_follow_their_labels():
    text = PROACTIVE.replace(
        "本年新制作数量\t本年新公开数量\t对外公开总数量",
        "对外公开总数量\t本年新制作数量\t本年新公开数量",
    ).replace("规范性文件\t4\t4\t71", "规范性文件\t71\t4\t3")
    cells, _ = cells_of(text)
    assert cells["proactive.normative_docs@published_total"].value == 71
    assert cells["proactive.normative_docs@newly_published"].value == 3


def test_a_row_of_an_agency_s_own_is_kept():
    text = PROACTIVE.replace("规范性文件\t", "其他主动公开文件\t7\t8\t9\n规范性文件\t")
    cells, _ = cells_of(text)
    assert [c.value for r, c in cells.items() if r.startswith("x.其他主动公开文件")] == [7, 8, 9]
    assert cells["proactive.normative_docs@made"].value == 4


@pytest.mark.parametrize(
    "label",
    ["第二十条第（九）项", "第二十条第（大）项", "第二十条第项", "第二十条第九项", "第二干条第项"],
)
@pytest.mark.parametrize(("figure", "kept"), [("-", []), ("3", [3])])
def test_what_is_left_of_a_heading_is_no_row_unless_it_has_a_figure(label, figure, kept):
    text = PROACTIVE.replace("信息内容\t采购", f"{label}\t{figure}\t\t\n信息内容\t采购")
    cells, found = cells_of(text)
    assert [cell.value for ref, cell in cells.items() if ref.startswith("x.")] == kept
    assert "row_not_used" not in [finding.code for finding in found.findings]


def test_states_are_told_apart():
    text = PROACTIVE.replace("规章\t0\t0\t0", "规章\t\t/\t无")
    cells, _ = cells_of(text)
    states = [cells[f"proactive.rules@{c}"].state for c in ("made", "newly_published")]
    assert states == ["blank", "not_applicable"]
    assert cells["proactive.rules@published_total"].state == "not_applicable"


def requests(rows: dict[str, list[int]], *, labels: bool = True) -> str:
    """A requests table of the 2019 form as tab-separated text; other rows are zero."""
    table = next(t for t in load("2019").tables if t.id == "requests")
    lines = [
        "三、收到和处理政府信息公开申请情况",
        "\t" + "\t".join(c.labels[0] for c in table.columns),
    ]
    for row in table.rows:
        figures = rows.get(row.key, [0] * 7)
        leaf = row.key.startswith("requests.results.refused")
        label = row.label if labels or not leaf else ""
        lines.append("\t".join([label, *map(str, figures)]))
    return "\n".join(lines)


SOUND = {
    "requests.new": [5, 0, 1, 0, 0, 0, 6],
    "requests.results.granted": [3, 0, 0, 0, 0, 0, 3],
    "requests.results.refused.process_info": [2, 0, 1, 0, 0, 0, 3],
    "requests.results.total": [5, 0, 1, 0, 0, 0, 6],
}


def test_rows_without_labels_by_their_place_and_their_sums():
    cells, _ = cells_of(requests(SOUND, labels=False))
    cell = cells["requests.results.refused.process_info@natural_person"]
    assert (cell.value, cell.accepted, cell.basis) == (2, True, "position")


def test_lost_labels_whose_empty_cells_are_left():
    title, *rows = requests(SOUND, labels=False).splitlines()
    marked = [f"{cell}|" for row in rows for cell in row.split("\t")]
    cells, _ = cells_of("\n".join([title, *marked]))
    assert cells["requests.results.refused.process_info@natural_person"].value == 2
    assert all(cell.accepted for cell in cells.values())
    del marked[len(marked) - 1 - marked[::-1].index("|")]
    cells, _ = cells_of("\n".join([title, *marked]))
    assert not cells["requests.results.refused.process_info@natural_person"].accepted


def test_a_header_repeated_between_rows_without_labels_is_no_label():
    """A cell a line: the next page's header stands right before a row's figures."""
    title, header, *rows = requests(SOUND, labels=False).splitlines()
    at = next(n for n, row in enumerate(rows) if row.startswith("\t")) + 3
    written = [title, header, *rows[:at], header, *rows[at:]]
    cells, _ = cells_of("\n".join(cell for line in written for cell in line.split("\t") if cell))
    cell = cells["requests.results.refused.process_info@natural_person"]
    assert (cell.value, cell.accepted, cell.basis) == (2, True, "position")


@pytest.mark.parametrize(("below", "known"), [("行政处罚\n", True), ("", False)])
def test_the_label_of_a_blank_row_closes_in_the_one_above(below, known):
    lossy = PROACTIVE.replace("规章\t0\t0\t0", "规章\t0\t0")
    cells, _ = cells_of(lossy.replace("行政处罚\t32\t增6\t0\n", below).replace("\t", "\n"))
    assert not cells["proactive.penalty@decisions"].accepted
    assert cells["proactive.other_services@decisions"].accepted is known


def test_a_row_too_few_leaves_the_places_open():
    lines = requests(SOUND, labels=False).splitlines()
    del lines[lines.index("\t0\t0\t0\t0\t0\t0\t0")]
    cells, _ = cells_of("\n".join(lines))
    assert not cells["requests.results.refused.process_info@natural_person"].accepted


def test_a_position_without_its_sum_is_in_doubt():
    broken = SOUND | {"requests.results.refused.process_info": [2, 0, 1, 0, 0, 0, 4]}
    cells, _ = cells_of(requests(broken, labels=False))
    doubtful = cells["requests.results.refused.process_info@natural_person"]
    assert not doubtful.accepted
    assert [why.code for why in doubtful.why] == ["place_unproved"]


def test_a_misprint_stays_as_printed_and_is_told():
    printed = SOUND | {"requests.results.total": [4, 0, 1, 0, 0, 0, 6]}
    cells, understood = cells_of(requests(printed))
    cell = cells["requests.results.total@natural_person"]
    assert (cell.value, cell.accepted) == (4, True)
    told = [f.arguments for f in understood.findings if f.code == "sum_differs"]
    assert {"expected": "5", "printed": "4"}.items() <= told[0].items()
    assert told[0]["place"] == "第三项（七）总计·自然人"


def test_prose_and_other_tables_are_left_alone():
    text = "全年办理行政许可12件，行政处罚3件。\n渠道\t数量\n政府网站\t12\n微博\t3\n"
    understood = understand(read(text.encode(), "text", Limits()).blocks)
    assert not understood.tables
    assert [f.code for f in understood.findings] == ["no_table"]


def glued(table: str) -> str:
    return table.replace("\t", "").replace("\n", "")


def test_digits_run_together_are_divided_by_the_sums():
    cells, _ = cells_of(glued(requests(SOUND)))
    new = [cells[f"requests.new@{column}"] for column in COLUMNS]
    assert [c.value for c in new] == SOUND["requests.new"]
    assert all(c.accepted for c in new)


def test_digits_that_no_sum_divides_stay_in_doubt():
    cells, _ = cells_of(glued(PROACTIVE.replace("5\t+1\t445", "39\t60\t181")))
    doubtful = cells["proactive.licensing@decisions"]
    assert (doubtful.accepted, doubtful.value, doubtful.cell.text) == (False, None, "3960181")
    assert len(doubtful.readings) > 1


@pytest.mark.parametrize(("rules", "believed"), [("007", True), ("496", False)])
def test_a_division_may_hide_a_blank_where_no_zero_is_printed(rules, believed):
    table = (
        PROACTIVE.replace("规章\t0\t0\t0", f"规章\t{rules}")
        .replace("31\t－2\t21322", "8\t3\t2")
        .replace("增6\t0", "6\t8")
        .replace("减1\t0", "1\t9")
        .replace("收费\t0\t0", "收费\t4\t5")
    )
    cells, _ = cells_of(glued(table))
    for column in ("made", "newly_published", "published_total"):
        assert cells[f"proactive.rules@{column}"].accepted is believed


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ("678\t无\t无", ["678", "无", "无"]),
        ("无\t678\t无", ["无", "678", "无"]),
        ("不涉及\t不涉及\t8", ["不涉及", "不涉及", "8"]),
        ("678\t-\t-", None),  # may be two strokes, or one that is longer
        ("67\t/\t/", None),
    ],
)
def test_words_for_none_are_cells_of_a_run_and_no_part_of_a_label(rules, told):
    table = PROACTIVE.replace("规章\t0\t0\t0", f"规章\t{rules}")
    cells, _ = cells_of(table.replace("\t", ""))
    found = [cells[f"proactive.rules@{c}"] for c in ("made", "newly_published", "published_total")]
    if told is None:
        assert not any(cell.accepted for cell in found)
    else:
        assert [(cell.cell.text, cell.accepted) for cell in found] == [(t, True) for t in told]


def test_words_for_none_stand_between_the_rows_of_a_form_with_units():
    rows = next(t for t in load("2014").tables if t.id == "main").rows
    lines = ["统计指标单位统计数"]
    for number, row in enumerate(rows):
        unit = "万元" if row.cells[0].money else "件"
        lines.append(f"{row.label}{unit}{number if number % 3 == 0 else '不涉及'}")
    cells, _ = cells_of("".join(lines))
    found = [(cells[row.key].state, cells[row.key].accepted) for row in rows]
    states = ["value" if number % 3 == 0 else "not_applicable" for number in range(len(rows))]
    states[0] = "zero"
    assert found == [(state, True) for state in states]


@pytest.mark.parametrize(("text", "pieces"), [
    ("22(2)“信息不存在”数条25", ["22", "(2)“信息不存在”数条", "25"]),
    ("申请数条22(2) 25", ["申请数条", "22(2)", "25"]),
])  # fmt: skip
def test_the_number_of_an_item_is_no_note_of_the_figure_before_it(text, pieces):
    assert [text[a:b] for a, b in pieces_of(Line(text))] == pieces


def test_a_label_that_begins_with_a_word_for_none_stays_whole():
    cells, _ = cells_of(glued(requests(SOUND)).replace("（四）无法提供", "无法提供"))
    assert all(cells[f"requests.results.unavailable.not_held@{c}"].accepted for c in COLUMNS)


def test_a_bound_that_holds_proves_no_division():
    cells, _ = cells_of(glued(PROACTIVE.replace("0\t0\t0", "").replace("5\t+1\t445", "119")))
    assert not cells["proactive.licensing@items_change"].accepted


def test_digits_longer_than_any_figure():
    cells, _ = cells_of(glued(PROACTIVE.replace("5\t+1\t445", "1" * 60)))
    assert not cells["proactive.licensing@items_change"].accepted


def test_one_cell_a_line():
    text = requests(SOUND).replace("\t", "\n\n")
    cells, _ = cells_of(text)
    assert cells["requests.results.refused.process_info@research_institute"].value == 1
    assert all(cell.accepted for cell in cells.values())


# --- layouts that would mislead ------------------------------------------------------------------

SIX = [5, 0, 1, 2, 0, 4, 12]


def html_requests(header, order):
    """A requests table as HTML whose columns stand in another order than the form's."""
    table = next(t for t in load("2021").tables if t.id == "requests")
    head = "".join(f"<th>{name}</th>" for name in header)
    figures = "".join(f"<td>{SIX[i]}</td>" for i in order)
    rows = "".join(f"<tr><td>{row.label}</td>{figures}</tr>" for row in table.rows)
    return f"<table><tr><th>申请人情况</th>{head}</tr>{rows}</table>"


def understood_html(text):
    return understand(read(text.encode(), "html", Limits()).blocks)


NAMES = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
TOTAL_FIRST = [6, 0, 1, 2, 3, 4, 5]


def test_columns_in_an_order_that_the_header_tells_only_in_part_stay_in_doubt():
    names = [NAMES[i] for i in TOTAL_FIRST]
    known = understood_html(html_requests(names, TOTAL_FIRST))
    assert known.values["requests.new@total"] == 12
    names[-1] = "其他组织"
    unknown = understood_html(html_requests(names, TOTAL_FIRST))
    assert unknown.tables
    assert not unknown.values


def test_columns_in_another_order_without_a_header_fail_their_sums():
    rows = [(row.label, [SIX[i] for i in TOTAL_FIRST]) for row in load("2021").tables[1].rows]
    text = "\n".join("\n".join([label, *map(str, figures)]) for label, figures in rows)
    understood = understand(read(text.encode(), "text", Limits()).blocks)
    assert understood.tables
    assert not understood.values


def html_disputes(heads, *rows):
    names = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 3
    lines = [names, *rows]
    body = "".join("<tr>" + "".join(f"<td>{x}</td>" for x in line) + "</tr>" for line in lines)
    return f"<table>{heads}{body}</table>"


LITIGATION = (
    "<td colspan=5>未经复议直接起诉</td><td colspan=5>复议后起诉</td>",
    "<td colspan=10>行政诉讼</td>",
    "<td colspan=5 rowspan=2>行政复议</td>",
)
HEADS = f"<tr>{LITIGATION[2]}{LITIGATION[1]}</tr><tr>{LITIGATION[0]}</tr>"
SWAPPED = f"<tr>{LITIGATION[1]}{LITIGATION[2]}</tr><tr>{LITIGATION[0]}</tr>"
DISPUTES = [1, 2, 3, 4, 10, 5, 6, 7, 8, 26, 9, 10, 11, 12, 42]


def test_lawsuits_before_reviews():
    values = understood_html(html_disputes(SWAPPED, DISPUTES)).values
    assert values["disputes.review@upheld"] == 9
    assert values["disputes.litigation_direct@upheld"] == 1


def test_lawsuits_before_reviews_under_words_of_their_own():
    heads = SWAPPED.replace("行政复议", "行政复议情况").replace("未经复议", "")
    assert not understood_html(html_disputes(heads, DISPUTES)).values


def test_two_rows_of_figures_under_one_header_are_in_doubt():
    other = [x + (4 if i % 5 == 4 else 1) for i, x in enumerate(DISPUTES)]
    assert not understood_html(html_disputes(HEADS, DISPUTES, other)).values


def test_the_table_of_last_year_beside_this_years_is_in_doubt():
    once = html_requests(NAMES, range(7))
    again = once.replace("<td>5</td>", "<td>6</td>").replace("<td>12</td>", "<td>13</td>")
    values = understood_html(once + "<p>上年</p>" + again).values
    assert "requests.new@natural_person" not in values
    assert values["requests.new@research_institute"] == 1
    assert "requests.new@natural_person" in understood_html(once + "<p></p>" + once).values


def test_a_figure_of_another_column_does_not_push_the_row_aside():
    table = html_requests([*NAMES, "上年总计"], range(7)).replace(
        "</td></tr>", "</td><td>4</td></tr>"
    )
    shifted = table.replace("<td>5</td><td>0</td>", "<td>0</td><td>5</td>")
    values = understood_html(shifted).values
    assert values.get("requests.new@natural_person", 0) == 0


def test_a_mark_of_a_note_is_no_digit():
    assert (parse("12①").value, parse("12①").note) == (12, "1")
    assert (parse("12³").value, parse("1²2").state) == (12, "text")


def test_money_in_yuan_named_in_a_caption_or_a_header():
    rows = (
        "<table>{}<tr><td>信息内容</td><td>本年制发件数</td><td>本年废止件数</td><td>现行有效件数</td></tr>"
        "<tr><td>规章</td><td>1</td><td>2</td><td>3</td></tr>"
        "<tr><td>行政规范性文件</td><td>1</td><td>2</td><td>3</td></tr>"
        "<tr><td>信息内容</td><td colspan=3>{}</td></tr>"
        "<tr><td>行政事业性收费</td><td colspan=3>251000</td></tr></table>"
    )
    caption = "<tr><td colspan=4>单位：件、元</td></tr>"
    for page in (
        "<p>单位：件、元</p>" + rows.format("", "本年收费金额"),
        rows.format(caption, "本年收费金额"),
        rows.format("", "本年收费金额（人民币元）"),
        rows.format("", "收费金额/元"),
    ):
        assert understood_html(page).values["proactive.fees@amount_collected"] == Decimal("25.1")


# --- headers in running text ---------------------------------------------------------------------

RESULTS = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]


@pytest.mark.parametrize(
    ("heads", "first"),
    [
        (["行政复议", "行政诉讼", "未经复议直接起诉", "复议后起诉"], "review"),
        (["行政诉讼", "行政复议", "未经复议直接起诉", "复议后起诉"], "litigation_direct"),
        (["行政诉讼", "行政复议", "复议后起诉", "未经复议直接起诉"], "litigation_after_review"),
        (["行政诉讼", "未经复议直接起诉", "复议后起诉", "行政复议"], "litigation_direct"),
        (["未经复议直接起诉", "复议后起诉", "行政复议"], "litigation_direct"),
    ],
)
@pytest.mark.parametrize("between", ["\n", "\n\n", "  ", "\t"])
def test_disputes_in_text_stand_in_the_order_of_their_header(heads, first, between):
    figures = map(str, DISPUTES)
    title = "四、政府信息公开行政复议、行政诉讼情况\n"
    _, understood = cells_of(title + between.join([*heads, *RESULTS * 3, *figures]))
    first_row = [understood.values[f"disputes.{first}@{c}"] for c in DISPUTE_COLUMNS]
    assert first_row == DISPUTES[:5]
    assert len(understood.values) == 15


DISPUTE_COLUMNS = ["upheld", "corrected", "other_result", "pending", "total"]


def test_disputes_in_lines_of_tabs_stand_in_the_order_of_their_header():
    heads = ["行政诉讼" + "\t" * 10 + "行政复议", "未经复议直接起诉" + "\t" * 5 + "复议后起诉"]
    lines = [*heads, "\t".join(RESULTS * 3), "\t".join(map(str, DISPUTES))]
    _, understood = cells_of("\n".join(lines))
    assert understood.values["disputes.review@upheld"] == 9
    assert understood.values["disputes.litigation_direct@upheld"] == 1


def test_disputes_whose_header_cannot_be_read_in_full_but_is_not_the_form_s():
    heads = ["行政诉讼", "行政复议", "直接起诉的", "复议以后起诉的"]
    text = "四、行政复议、行政诉讼\n" + "\n".join([*heads, *RESULTS * 3, *map(str, DISPUTES)])
    cells, understood = cells_of(text)
    assert not understood.values
    assert {why.code for why in cells["disputes.review@upheld"].why} == {"columns_unread"}


ISSUED = (
    "二、主动公开政府信息情况\n信息内容 {}\n规章 9 4 1\n行政规范性文件 70 3 2\n"
    "信息内容 本年处理决定数量\n行政许可 5\n行政处罚 6\n行政强制 7\n"
    "信息内容 本年收费金额（单位：万元）\n行政事业性收费 8\n"
)


@pytest.mark.parametrize("between", [" ", "  ", "\t", "\n"])
def test_a_header_in_another_order_on_one_line(between):
    text = ISSUED.format("现行有效件数 本年制发件数 本年废止件数").replace(" ", between)
    values = cells_of(text)[1].values
    names = ("in_force", "issued", "repealed")
    assert [values[f"proactive.rules@{name}"] for name in names] == [9, 4, 1]


def test_words_of_a_header_in_pieces_are_put_together():
    broken = ["上一年项目数量", "本年", "增/减", "处理决", "定数量", "行政许可"]
    assert joined(broken) == ["上一年项目数量", "本年增/减", "处理决定数量", "行政许可"]
    assert joined(["其他", "总计", "其他", "结果"]) == ["其他", "总计", "其他结果"]


def test_a_header_in_an_order_that_cannot_be_read_in_full():
    values = cells_of(ISSUED.format("现行有效的 本年制发件数 本年废止件数"))[1].values
    assert values["proactive.licensing@decisions"] == 5
    assert "proactive.rules@issued" not in values
    cut = cells_of(ISSUED.format("本年制发件数 本年废止件数 现行有 效件数"))[1].values
    assert cut["proactive.rules@issued"] == 9


def test_a_header_mixed_up_with_other_lines_tells_no_order():
    heads = ["行政诉讼", "行政复议", "复议后起诉", "未经复议直接起诉"]
    mixed = [*RESULTS[::-1], *RESULTS, *RESULTS[2:], *RESULTS[:2]]
    text = "四、政府信息公开行政复议、行政诉讼情况\n" + "\n".join(
        [*heads, *mixed, *map(str, DISPUTES)]
    )
    assert list(cells_of(text)[1].values.values()) == DISPUTES


# --- disputes in other arrangements --------------------------------------------------------------

SIDES = ["行政复议", "未经复议直接起诉", "复议后起诉"]
FIVES = [DISPUTES[i : i + 5] for i in (0, 5, 10)]


def table_of(rows):
    line = "<tr>{}</tr>".format
    body = [line("".join(c if "<" in str(c) else f"<td>{c}</td>" for c in row)) for row in rows]
    return f"<table>{''.join(body)}</table>"


DOWNWARDS = [["", *RESULTS], *([side, *five] for side, five in zip(SIDES, FIVES, strict=True))]
TURNED = [["", *SIDES], *([r, *(f[i] for f in FIVES)] for i, r in enumerate(RESULTS))]
LISTED = [
    [*([f"<td rowspan=5>{side}</td>"] if not i else []), result, five[i]]
    for side, five in zip(SIDES, FIVES, strict=True)
    for i, result in enumerate(RESULTS)
]
TWO_TABLES = (
    table_of([["<td colspan=5>行政复议</td>"], RESULTS, FIVES[0]])
    + "<p>（二）</p>"
    + table_of(
        [
            ["<td colspan=5>未经复议直接起诉</td>", "<td colspan=5>复议后起诉</td>"],
            RESULTS * 2,
            FIVES[1] + FIVES[2],
        ]
    )
)
CAPTIONED = "".join(
    f"<p>（{number}）{side}情况</p>" + table_of([RESULTS, five])
    for number, side, five in zip("一二三", SIDES, FIVES, strict=True)
)


@pytest.mark.parametrize(
    "page",
    [table_of(DOWNWARDS), table_of(TURNED), table_of(LISTED), TWO_TABLES, CAPTIONED],
    ids=["downwards", "turned", "listed", "two tables", "under captions"],
)
def test_disputes_in_another_arrangement(page):
    understood = understood_html("<p>四、政府信息公开行政复议、行政诉讼情况</p>" + page)
    assert list(understood.values.values()) == DISPUTES
    assert {o.result for t in understood.tables for o in t.outcomes} == {"pass"}


UNREADABLE = {
    "lines": "\n".join("\n".join(map(str, row)) for row in DOWNWARDS),
    "a column unknown": "\n".join("\t".join(map(str, row)) for row in TURNED).replace(
        "行政复议", "某项"
    ),
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_disputes_that_are_there_but_cannot_be_read_are_all_in_doubt(text):
    title = "\n四、政府信息公开行政复议、行政诉讼情况\n"
    cells, understood = cells_of(requests(SOUND) + title + text)
    assert [t.form.id for t in understood.tables] == ["requests", "disputes"]
    assert [f.code for f in understood.findings] == ["table_missing", "table_unread"]
    doubtful = [c for ref, c in cells.items() if ref.startswith("disputes")]
    assert len(doubtful) == 15
    assert not any(c.accepted for c in doubtful)


def test_requests_turned_round_are_all_in_doubt():
    table = next(t for t in load("2021").tables if t.id == "requests")
    rows = [["", *(row.label for row in table.rows)]]
    rows += [[column.labels[0], *range(25)] for column in table.columns]
    understood = understood_html("<p>三、收到和处理政府信息公开申请情况</p>" + table_of(rows))
    assert [(t.form.id, t.form.edition) for t in understood.tables] == [("requests", "2021")]
    assert not understood.values


def test_words_of_a_table_in_a_sentence_are_no_table():
    text = "全年行政复议结果维持1件，结果纠正0件，尚未审结0件。\n" + PROACTIVE
    assert [t.form.id for t in cells_of(text)[1].tables] == ["proactive"]


# --- remarks, and rows of an agency's own --------------------------------------------------------


@pytest.mark.parametrize("remark", ["含上年", "其中2件", "见附件"])
@pytest.mark.parametrize("header", [[["", *NAMES, "备注"]], []])
def test_a_column_of_remarks_is_no_label(remark, header):
    rows = load("2021").tables[1].rows
    body = [[row.label, *SIX, remark if i % 3 == 0 else ""] for i, row in enumerate(rows)]
    understood = understood_html(table_of([*header, *body]))
    assert understood.values["requests.new@total"] == 12
    assert len(understood.values) == 175


def test_words_where_a_figure_belongs_are_in_doubt():
    rows = load("2021").tables[1].rows
    for column in (3, 6):
        body = [[row.label, *SIX] for row in rows]
        body[4][column + 1] = "见附件"
        table = understood_html(table_of([["", *NAMES], *body])).tables[0]
        assert [c.state for c in table.cells if not c.accepted] == ["text"]


def test_rows_of_an_agency_s_own_under_other_handling():
    table = next(t for t in load("2019").tables if t.id == "requests")
    one, two, blank = [1, 0, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 0, 2], [""] * 7
    for printed in (two, blank):
        rows = [["", *NAMES]]
        for row in table.rows:
            figures = two if row.key in ("requests.new", "requests.results.total") else [0] * 7
            other = row.key == "requests.results.other_handling"
            rows.append([row.label, *(printed if other else figures)])
            rows += [["1.申请人撤回", *one], ["2.其他", *one]] if other else []
        understood = understood_html(table_of(rows))
        (found,) = understood.tables
        assert found.form.edition == "2019"
        handled = understood.values["requests.results.other_handling@natural_person"]
        assert handled == (2 if printed is two else None)
        assert understood.values["requests.results.total@total"] == 2
        own = {c.form.ref: c.value for c in found.extra if c.form.column or "@total" in c.form.ref}
        assert own == {"x.requests.withdrawn@total": 1, "x.其他@total": 1}


def test_a_row_with_a_figure_left_over_has_no_certain_blanks():
    """The sum holds, but the zero that found no place may stand where the cell seems blank."""
    table = next(t for t in load("2019").tables if t.id == "requests")
    printed = [["0"] * 7 for _ in table.rows]
    printed[-3] = ["5", "", "0", "0", "0", "0", "5", "0"]
    rows = [[row.label, *figures] for row, figures in zip(table.rows, printed, strict=True)]
    (found,) = understood_html(table_of([["", *NAMES], *rows])).tables
    row = [cell for cell in found.cells if cell.form.row == table.rows[-3].key]
    assert [cell.state for cell in row if not cell.accepted] == ["blank"]
    assert [cell.value for cell in row if cell.accepted] == [5, 0, 0, 0, 0, 5]


def test_a_row_in_place_of_one_of_the_form_s_is_in_doubt():
    own = "其他主动公开文件\t7\t8\t9\n"
    rows = "规范性文件\t4\t4\t71\n"
    for text, accepted in (
        (PROACTIVE.replace(rows, own + rows), True),
        (PROACTIVE.replace(rows, own), False),
    ):
        found = [c for ref, c in cells_of(text)[0].items() if ref.startswith("x.")]
        assert [(c.value, c.accepted) for c in found] == [(n, accepted) for n in (7, 8, 9)]


def test_figures_beside_the_heading_of_a_group_are_told():
    rows = [[row.label, *SIX] for row in load("2021").tables[1].rows]
    rows.insert(4, ["（三）不予公开", *SIX])
    (found,) = understood_html(table_of([["", *NAMES], *rows])).tables
    assert [c.value for c in found.extra] == SIX


# --- nothing is dropped in silence ---------------------------------------------------------------


def told(understood, code):
    return [f.arguments["text"] for f in understood.findings if f.code == code]


def test_cells_that_belong_to_no_column_are_told():
    rows = [[row.label, *SIX, ""] for row in load("2021").tables[1].rows]
    rows[3][8], rows[4][8] = "7", "含上年"
    understood = understood_html(table_of([["", *NAMES, "其中网络"], *rows]))
    assert len(understood.values) == 175
    assert told(understood, "figure_not_used") == ["7", "含上年"]
    filled = [[row.label, *([0, *SIX] if i == 4 else SIX)] for i, row in
              enumerate(load("2021").tables[1].rows)]  # fmt: skip
    assert told(understood_html(table_of(filled)), "figure_not_used") == ["0"]


def test_ordinals_codes_and_units_in_cells_of_their_own_are_no_figures():
    rows = [[i, row.label, "件", *SIX] for i, row in enumerate(load("2021").tables[1].rows)]
    assert not told(understood_html(table_of(rows)), "figure_not_used")
    grouped = [["（三）不予公开", "1", "属于国家秘密", *SIX]]
    rows = [[row.label, "", "", *SIX] for row in load("2021").tables[1].rows]
    understood = understood_html(table_of([*rows[:4], *grouped, *rows[5:]]))
    assert not told(understood, "figure_not_used")
    assert len(understood.values) == 175


def test_the_other_half_of_a_table_in_two_halves_is_told():
    rows = [["规章", 1, 2, 3, "行政许可", 5], ["行政规范性文件", 1, 2, 3, "行政处罚", 6]]
    understood = understood_html(table_of([*rows, ["行政强制", 1], ["行政事业性收费", "5万元"]]))
    told_of = " ".join(f.arguments.get("text", "") for f in understood.findings)
    read = {str(value) for value in understood.values.values()}
    assert {"5", "6"} <= read | set(told_of.split())


def test_figures_under_the_table_in_its_grid_are_told():
    rows = [[row.label, *SIX] for row in load("2021").tables[1].rows]
    understood = understood_html(table_of([["", *NAMES], *rows, ["五、其他", *SIX]]))
    assert told(understood, "row_not_used") == ["五、其他 5 0 1 2 0 4 12"]


@pytest.mark.parametrize(
    "text", ["12*", "12※", "12注1", "#FORMULA", "#REF!", "#FORMAT 251000", "□"]
)
def test_a_figure_with_a_mark_or_none_at_all_is_in_doubt_and_its_row_stays(text):
    rows = [[row.label, *SIX] for row in load("2021").tables[1].rows]
    rows[3][1] = text
    (table,) = understood_html(table_of([["", *NAMES], *rows])).tables
    assert [(c.state, c.cell.text) for c in table.cells if not c.accepted] == [("text", text)]


# --- one figure behind several failing sums ------------------------------------------------------


def explained(rows):
    lines = [[row.label, *rows.get(row.key, [0] * 7)] for row in load("2019").tables[1].rows]
    understood = understood_html(table_of([["", *NAMES], *lines]))
    return [
        (f.refs, f.arguments["printed"], f.arguments["would"], f.arguments["count"])
        for f in understood.findings
        if f.code == "one_figure_explains"
    ]


def test_the_cell_that_failing_sums_share_is_named():
    wrong = [7, 0, 1, 0, 0, 0, 6]
    place = ("requests.results.total@natural_person",)
    assert explained(SOUND | {"requests.results.total": wrong}) == [(place, "7", "5", 3)]
    leaf = SOUND | {"requests.results.granted": [1, 0, 0, 0, 0, 0, 3]}
    assert explained(leaf) == [(("requests.results.granted@natural_person",), "1", "3", 2)]


def test_no_cell_is_named_where_one_does_not_explain_all():
    assert explained(SOUND) == []
    twice = [7, 0, 3, 0, 0, 0, 6]  # two misprints in one row
    assert all(len(refs) == 1 for refs, *_ in explained(SOUND | {"requests.results.total": twice}))
    # One sum alone may be wrong in any of its cells.
    assert explained({"requests.new": [0] * 7, "requests.carried_in": [1, 0, 0, 0, 0, 0, 1]}) == []


# --- what a record holds -------------------------------------------------------------------------


def record_of(tmp_path, text):
    path = tmp_path / "某市商务局2020年政府信息公开工作年度报告.txt"
    path.write_text(text, "utf-8")
    (record,) = read_file(path, Settings(language="zh"))
    return record


HEAD = "洛阳市商务局2020年政府信息公开工作年度报告\n一、总体情况\n"


def test_a_form_without_its_table_has_no_cells_one_finding_and_statements(tmp_path):
    told = "2020年，收到政府信息公开申请12件。\n"
    record = record_of(tmp_path, HEAD + told + PROACTIVE)
    assert [table.id for table in record.tables] == ["proactive"]
    assert not any(cell.ref.startswith("requests") for cell in record.cells)
    missing = [f.arguments["table"] for f in record.findings if f.code == "table_missing"]
    assert missing == ["收到和处理政府信息公开申请情况", "政府信息公开行政复议、行政诉讼情况"]
    quoted = [str(s.value) for s in record.statements if "公开申请12件" in s.quote]
    assert quoted[:1] == ["12"]


def test_findings_alone_need_no_review(tmp_path):
    printed = SOUND | {"requests.results.total": [4, 0, 1, 0, 0, 0, 6]}
    record = record_of(tmp_path, HEAD + requests(printed))
    assert any(finding.severity == "error" for finding in record.findings)
    assert record.status == "clean"
    failing = [i for i in record.identities if i.result == "fail"]
    assert {(i.id, i.at, i.difference) for i in failing} == {
        ("R1", "natural_person", 1),
        ("R2", "natural_person", 1),
        ("R3", "requests.results.total", -1),
    }


@pytest.mark.parametrize(("other", "believed"), [("", True), ("上年数", False)])
def test_digits_run_together_with_those_of_another_column_are_in_doubt(other, believed):
    header = f"信息内容{other}本年处理决定数量"
    cells, _ = cells_of(
        "二、主动公开政府信息情况\n信息内容本年制发件数本年废止件数现行有效件数\n"
        f"规章000\n行政规范性文件000\n{header}\n行政许可150\n{header}\n行政处罚620\n"
        "行政强制580\n信息内容本年收费金额\n行政事业性收费0\n"
    )
    found = [cell.accepted for ref, cell in cells.items() if ref.endswith("@decisions")]
    assert found == [believed] * 3


def test_a_figure_too_many_among_digits_run_together_is_no_misprint():
    rows = {
        "requests.new": [5, 0, 1, 2, 0, 0, 8],
        "requests.results.granted": [5, 0, 1, 2, 0, 0, 82],
        "requests.results.total": [5, 0, 1, 2, 0, 0, 8],
    }
    cells, _ = cells_of(glued(requests(rows)))
    assert not cells["requests.results.granted@total"].accepted
    assert cells["requests.results.total@total"].value == 8


@pytest.mark.parametrize(
    ("beside", "states"), [("", {"blank"}), ("7", {"unreadable"})], ids=["nothing", "a figure"]
)
def test_a_row_with_nothing_in_it_is_blank_however_it_is_divided(beside, states):
    rows = [
        ["信息内容", "本年新制作数量", "本年新公开数量", "对外公开总数量"],
        ["规章", f"<td colspan=3>{beside}</td>"],
        ["规范性文件", 4, 4, 71],
    ]
    found = understood_html(f"<h3>二、主动公开政府信息情况</h3>{table_of(rows)}")
    (table,) = found.tables
    rules = [cell for cell in table.cells if cell.form.ref.startswith("proactive.rules@")]
    assert {cell.state for cell in rules} == states
    assert {cell.accepted for cell in rules} == {beside == ""}


def test_of_two_views_each_table_is_taken_where_it_is_told_better():
    broken = SOUND | {"requests.results.total": []}
    whole = PROACTIVE.replace("445", "4 45 6"), requests(SOUND)
    one, other = (cells_of("\n".join(parts))[1] for parts in (whole, (PROACTIVE, requests(broken))))
    both = combined(one, other)
    assert all(cell.accepted for table in both.tables for cell in table.cells)
    assert [t.form.id for t in both.tables] == ["proactive", "requests"]
    assert "row_missing" not in {finding.code for finding in both.findings}
    assert combined(one, one) is one


def test_what_two_views_vouch_for_differently_is_in_doubt():
    one = cells_of(PROACTIVE)[1]
    other = cells_of(PROACTIVE.replace("445", "446").replace("规章\t0", "规章\t"))[1]
    (table,) = combined(one, other).tables
    doubted = {cell.form.ref: cell for cell in table.cells if not cell.accepted}
    assert set(doubted) == {"proactive.licensing@decisions", "proactive.rules@made"}
    assert {cell.why[0].code for cell in doubted.values()} == {"views_differ"}


@pytest.mark.parametrize("parting", ["\n", " "])
def test_text_above_the_first_row_is_not_the_table_s(parting):
    """One cell a line, and one row a line: a row begins with all words since the last figure."""
    prose = ["全年受理政府信息公开申请6件，", "均已按时办结。", "各部门进一步规范公开流程。"]
    table = PROACTIVE.replace("\t", parting).replace(" \n", "\n")
    _, understood = cells_of("\n".join([*prose, table, "五、存在的主要问题"]))
    texts = [block.text for block in understood.beside]
    assert texts[:3] == prose
    assert texts[-1] == "五、存在的主要问题"
    assert not any("行政处罚" in text or "2402.46" in text for text in texts)
