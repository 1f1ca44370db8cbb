"""The forms as skeletons: tables of labels whose value cells carry their refs and no text yet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .model import Cell, Row, Table

FORMS: dict[str, dict[str, list[dict[str, Any]]]] = json.loads(
    (Path(__file__).parent / "forms.json").read_text(encoding="utf-8")
)
EDITIONS = ("2021", "2019", "2014", "fujian", "shanghai")
# The edition of each table; a hybrid mixes two.
FORM_TABLES: dict[str, dict[str, str]] = {
    "2021": {"proactive": "2021", "requests": "2021", "disputes": "2021"},
    "2019": {"proactive": "2019", "requests": "2019", "disputes": "2019"},
    "hybrid-2021-2019": {"proactive": "2021", "requests": "2019", "disputes": "2019"},
    "hybrid-2019-2021": {"proactive": "2019", "requests": "2021", "disputes": "2021"},
    "2014": {"main": "2014"},
    "fujian": {"main": "fujian"},
    "shanghai": {"main": "shanghai"},
}
APPLICANTS = {
    "natural_person": "自然人",
    "business": "商业企业",
    "research_institute": "科研机构",
    "social_organization": "社会公益组织",
    "legal_service": "法律服务机构",
    "other": "其他",
    "total": "总计",
}
OUTCOMES = {
    "upheld": "结果维持",
    "corrected": "结果纠正",
    "other_result": "其他结果",
    "pending": "尚未审结",
    "total": "总计",
}
DISPUTES = ("disputes.review", "disputes.litigation_direct", "disputes.litigation_after_review")
CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
RESULTS = "三、本年度办理结果"
VALUE_COLUMNS = {
    "2014": ("",),
    "fujian": ("this_year", "cumulative"),
    "shanghai": ("this_period", "this_year"),
}

MAIN_WIDTHS = {
    "2014": (5.0, 1.0, 1.4),
    "fujian": (4.0, 1.2, 1.5, 1.5),
    "shanghai": (0.8, 4.5, 1.0, 1.3, 1.3),
}


def ref_of(row: str, column: str) -> str:
    return f"{row}@{column}" if column else row


def refs(table: str, edition: str) -> list[str]:
    """Every ref of a form's table, printed in this document or not, in the form's order."""
    if table == "disputes":
        return [ref_of(row, column) for row in DISPUTES for column in OUTCOMES]
    rows = FORMS[edition][table]
    if table == "proactive":
        return [ref_of(row["key"], cell[0]) for row in rows for cell in row["cells"]]
    columns = tuple(APPLICANTS) if table == "requests" else VALUE_COLUMNS[edition]
    return [ref_of(row["key"], column) for row in rows if row["key"] for column in columns]


def table_of(table: str, edition: str, year: int) -> Table:
    if table == "proactive":
        return _proactive(edition)
    if table == "requests":
        return _requests(edition)
    if table == "disputes":
        return _disputes(edition)
    return _main(edition, year)


def _proactive(edition: str) -> Table:
    table = Table("proactive", edition, [], [2.2, 1.6, 1.6, 1.6])
    previous = ("", "")
    for item in FORMS[edition]["proactive"]:
        labels = [label for _, label in item["cells"]]
        if (item["section"], "".join(labels)) != previous:
            previous = (item["section"], "".join(labels))
            table.rows.append(Row([Cell(item["section"], "section", cols=4)], head=True))
            heads = [Cell("信息内容", "head"), *(Cell(label, "head") for label in labels)]
            table.rows.append(Row(heads, head=True))
            _fill_width(heads[1:])
        cells = [Cell(item["label"], "label")]
        cells += [Cell("", "value", ref_of(item["key"], column)) for column, _ in item["cells"]]
        _fill_width(cells[1:])
        table.rows.append(Row(cells, item["key"]))
    return table


def _fill_width(cells: list[Cell]) -> None:
    """Spreads one to three cells over the three value columns."""
    if len(cells) == 1:
        cells[0].cols = 3
    elif len(cells) == 2:
        cells[1].cols = 2


def _requests(edition: str) -> Table:
    names = list(APPLICANTS.items())
    first = [Cell(CORNER, "corner", rows=3, cols=3), Cell("申请人情况", "head", cols=7)]
    second = [
        Cell("自然人", "head", rows=2),
        Cell("法人或其他组织", "head", cols=5),
        Cell("总计", "head", rows=2),
    ]
    third = [Cell(label, "head") for _, label in names[1:6]]
    rows = [Row(cells, head=True) for cells in (first, second, third)]
    items = FORMS[edition]["requests"]
    results = [item for item in items if item["key"].startswith("requests.results.")]
    groups: set[str] = set()
    for item in items:
        cells: list[Cell] = []
        group, key = item["group"], item["key"]
        if key == results[0]["key"]:
            cells.append(Cell(RESULTS, "group", rows=len(results)))
        if group is None:
            cells.append(Cell(item["label"], "label", cols=3))
        elif group == RESULTS:
            cells.append(Cell(item["label"], "label", cols=2))
        else:
            if group not in groups:
                groups.add(group)
                count = sum(1 for other in items if other["group"] == group)
                cells.append(Cell(group, "group", rows=count))
            cells.append(Cell(item["label"], "label"))
        cells += [Cell("", "value", ref_of(key, column)) for column in APPLICANTS]
        rows.append(Row(cells, key))
    return Table("requests", edition, rows, [0.7, 1.1, 2.6] + [0.75] * 7)


def _disputes(edition: str) -> Table:
    names = list(OUTCOMES.values())
    first = [Cell("行政复议", "head", cols=5), Cell("行政诉讼", "head", cols=10)]
    second = [Cell(name, "head", rows=2) for name in names]
    second += [Cell("未经复议直接起诉", "head", cols=5), Cell("复议后起诉", "head", cols=5)]
    third = [Cell(name, "head") for name in names * 2]
    values = [Cell("", "value", ref_of(row, column)) for row in DISPUTES for column in OUTCOMES]
    rows = [Row(cells, head=True) for cells in (first, second, third)]
    return Table("disputes", edition, [*rows, Row(values, "disputes")], [1.0] * 15)


def fujian_era(year: int) -> str:
    return "a" if year <= 2012 else "b" if year == 2013 else "c" if year <= 2016 else "d"


def _main(edition: str, year: int) -> Table:
    heads = {
        "2014": ["统计指标", "单位", "统计数"],
        "fujian": ["指标名称", "计量单位", f"{year}年度", "历年累计"],
        "shanghai": ["代码", "指标名称", "计量单位", "本期", "本年累计"],
    }[edition]
    rows = [Row([Cell(text, "head") for text in heads], head=True)]
    for item in FORMS[edition]["main"]:
        label = item["labels"].get(fujian_era(year)) if edition == "fujian" else item["label"]
        if label is None:
            continue
        cells = [Cell(item["code"], "code")] if edition == "shanghai" else []
        cells.append(Cell("　" * item.get("level", 0) + label, "label"))
        cells.append(Cell(item["unit"] or "", "unit"))
        if item["key"] is None:
            cells.append(Cell("", "filler"))
        else:
            columns = VALUE_COLUMNS[edition]
            cells += [Cell("", "value", ref_of(item["key"], column)) for column in columns]
        rows.append(Row(cells, item["key"]))
    widths = {
        "2014": [5, 1, 1.4],
        "fujian": [4, 1.2, 1.5, 1.5],
        "shanghai": [0.8, 4.5, 1, 1.3, 1.3],
    }
    return Table("main", edition, rows, [float(width) for width in widths[edition]])
