"""Rows of an agency's own, numbers of pages and filled labels, beside the rows of a form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gouji.ocr.page import Box
from gouji.tables.forms.form import load
from gouji.tables.grid import Cell, Grid, Place
from gouji.tables.understand import understand

FUJIAN = load("fujian").tables[0].rows
INDICATORS = load("2014").tables[0].rows
REQUESTS = next(t for t in load("2021").tables if t.id == "requests")


def aligned(rows, found_by="unruled", page=2):
    """A grid put together from alignment, a row each 20 points; None goes on with the cell
    before it.
    """
    cells = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text is not None:
                end = next((e for e in range(c + 1, len(row)) if row[e] is not None), len(row))
                box = Box(100.0 * c, 20.0 * r, 100.0 * c + 60, 20.0 * r + 10)
                cells.append(Cell(r, c, r + 1, end, text, Place(page=page, box=box)))
    place = Place(page=page, box=Box(0, 0, 500, 20.0 * len(rows)))
    return Grid(tuple(cells), found_by, place)


def accepted(*grids):
    return {c.form.ref: c.value for t in understand(grids).tables for c in t.cells if c.accepted}


@pytest.mark.parametrize(("own", "known"), [("268 247", True), ("268", False), ("268\n247", False)])
def test_two_figures_of_an_agency_s_own_row_in_one_cell(own, known):
    """One alone may have been torn off another row, and so may one below another."""
    rows = [["指标名称", "2011年度", "历年累计"], *([row.label, "4", "5"] for row in FUJIAN)]
    rows.insert(4, ["公共服务事项", own, ""])
    values = accepted(aligned(rows, "rows"))
    assert (FUJIAN[2].cells[0].ref in values) is known
    assert FUJIAN[-1].cells[0].ref in values


def test_an_own_row_is_whole_also_where_rows_with_other_columns_begin_further_left():
    rows = [
        ["信息内容", "本年新制作数量", "本年新公开数量", "对外公开总数量"],
        ["规章", "1", "2", "9"],
    ]
    rows += [["规范性文件", "3", "4", "8"], ["其他主动公开文件", "133", "200", "63"]]
    rows += [["行政许可", "5", "1", "7"], ["其他对外管理服务事项", "5", "1", "7"]]
    rows += [["行政处罚", "5", "1", "7"], ["行政强制", "5", "1", "7"]]
    grid = aligned(rows)
    fees = aligned([["行政事业性收费", "5", "1"], ["政府集中采购", "5", "1"]], page=3)
    wide = [replace(c, place=replace(c.place, box=c.place.box._replace(x0=c.place.box.x0 - 50)))
            for c in fees.cells]  # fmt: skip
    touching = [replace(c, place=replace(c.place, box=c.place.box._replace(x1=100)))
                if c.col == 0 else c for c in grid.cells]  # fmt: skip
    values = accepted(replace(grid, cells=tuple(touching)), replace(fees, cells=tuple(wide)))
    assert values["proactive.normative_docs@made"] == 3
    assert values["proactive.licensing@decisions"] == 7


@pytest.mark.parametrize(("unit", "known"), [("条", True), ("", False)])
def test_an_own_row_of_a_single_figure_needs_a_unit_of_its_own(unit, known):
    rows = [[row.label, row.cells[0].unit or "", "4"] for row in INDICATORS]
    rows.insert(3, ["公共服务事项", unit, "197"])
    assert (INDICATORS[2].cells[0].ref in accepted(aligned(rows))) is known


@pytest.mark.parametrize(
    ("last", "known"), [(["2", "", ""], True), (["", "2", ""], False), (["77", "", ""], False)]
)
def test_the_number_of_the_page_below_an_aligned_table(last, known):
    """Neither a figure in a column of figures nor any other number is one."""
    rows = [["指标名称", "2011年度", "历年累计"], *([row.label, "4", "5"] for row in FUJIAN)]
    values = accepted(aligned([*rows[:8], last]), aligned(rows[8:], page=3))
    assert (FUJIAN[6].cells[0].ref in values) is known


@pytest.mark.parametrize(("granted", "known"), [([7, 8, 9, 0, 0, 0], True), ([6] * 6, False)])
def test_columns_tell_the_place_of_a_row_whose_merged_label_was_filled_with_zero(granted, known):
    """Its totals are blank: its own sum says nothing."""
    whole = [7, 8, 9, 0, 0, 0]
    written = {"new": whole, "results.granted": granted, "results.total": whole}
    rows = [["", None, *(c.labels[0] for c in REQUESTS.columns)]]
    for row in REQUESTS.rows:
        key = row.key.removeprefix("requests.")
        filled = "0" if key == "results.total" else None
        rows.append([row.label, filled, *map(str, written.get(key, [0] * 6)), ""])
    values = accepted(aligned(rows, "markup"))
    assert ("requests.results.total@natural_person" in values) is known


def test_zeros_that_begin_where_other_rows_have_labels_are_in_doubt():
    """The total, whose column is blank, is not in the grid; the label's blank is no figure."""
    table = next(t for t in load("2019").tables if t.id == "requests")
    rows = [["", "", "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]]
    for row in table.rows:
        label = ["", row.label] if row.key != "requests.results.total" else [row.label, ""]
        rows.append([*label, *["0"] * 6])
    found = understand([aligned(rows)])
    total = [c for t in found.tables for c in t.cells if c.form.row == "requests.results.total"]
    assert len(total) == 7
    assert not any(cell.accepted for cell in total)


@pytest.mark.parametrize(("found_by", "doubted"), [("unruled", True), ("ruled", False)])
def test_a_blank_row_beside_a_figure_with_the_rest_of_its_label_is_in_doubt(found_by, doubted):
    """The figure stands halfway down a label of two lines, and fell to the second."""
    table = next(t for t in load("2014").tables if t.id == "main")
    rows = [["统计指标", "单位", "统计数"]]
    for row in table.rows:
        if row.key == "response.hot_topics":
            rows += [[row.label[:-5], "次", ""], ["计1次）", "", "7"]]
        else:
            rows.append([row.label, "件", "3"])
    cells = {c.form.ref: c for t in understand([aligned(rows, found_by)]).tables for c in t.cells}
    assert (not cells["response.hot_topics"].accepted) is doubted


def test_a_sum_of_money_with_a_unit_of_something_else_is_in_doubt():
    table = next(t for t in load("2014").tables if t.id == "main")
    rows = [["统计指标", "单位", "统计数"], *([row.label, "件", "3"] for row in table.rows)]
    cells = {c.form.ref: c for t in understand([aligned(rows, "ruled")]).tables for c in t.cells}
    assert [finding.code for finding in cells["org.budget"].why] == ["unexpected_unit"]
    assert not cells["org.budget"].accepted
    assert cells["org.staff"].accepted
