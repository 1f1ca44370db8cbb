"""Text in which empty cells leave no trace: what units and labels still tell."""

from __future__ import annotations

import pytest

from gouji.tables.forms.form import load
from gouji.tables.limits import Limits
from gouji.tables.markup import read
from gouji.tables.understand import understand

INDICATORS = next(t for t in load("2014").tables if t.id == "main").rows
LOST = "requests.replies.not_exist"


def indicators(parting, figures, *, units=True, pieces=None):
    """The form of 2014 as text, with zeros but for ``figures``; a blank cell leaves nothing."""
    found = ["2016年政府信息公开情况统计表", "统计指标"]
    for row in INDICATORS:
        found += (pieces or {}).get(row.key, [row.label])
        found += [row.cells[0].unit] if units else []
        found += [figures.get(row.key, "0")]
    return parting.join(text for text in found if text)


def accepted(text):
    understood = understand(read(text.encode(), "text", Limits()).blocks)
    return {c.form.ref: c.value for t in understood.tables for c in t.cells if c.accepted}


def test_digits_behind_their_row_s_unit_are_the_row_s():
    figures = {LOST: "", "requests.replies.granted": "12", "complaints.total": "3"}
    values = accepted(indicators("", figures))
    assert LOST not in values
    assert values["requests.replies.granted"] == 12
    assert values["complaints.total"] == 3


def test_without_units_digits_run_together_may_have_shifted():
    figures = {LOST: "", "requests.replies.granted": "12"}
    assert "requests.replies.granted" not in accepted(indicators("", figures, units=False))


@pytest.mark.parametrize(("between", "known"), [("件", True), ("件\n0\n1\n件", False)])
def test_two_figures_behind_one_unit_are_the_row_s(between, known):
    """A row that has lost its label leaves its unit among the figures of the row above."""
    text = f"""指标名称\n计量单位\n2010年度\n历年累计\n主动公开信息数\n条\n49\n49
受理依申请公开信息总数\n条\n0\n4\n其中：1.当面申请数\n条\n4
2.传真申请数\n条\n0\n3\n行政复议数\n件\n0\n1\n行政诉讼数\n{between}\n0\n3"""
    values = accepted(text)
    assert "requests.received.in_person@cumulative" not in values
    assert (values.get("disputes.litigation@cumulative") == 3) is known


def test_blanks_may_part_the_label_behind_digits():
    parted = {"requests.received.online": ["3. ", "网 络申请数"]}
    figures = {LOST: "", "requests.received.fax": "2"}
    assert accepted(indicators("", figures, pieces=parted))["requests.received.fax"] == 2


def test_the_number_of_a_page_touches_figures():
    figures = {LOST: "", "requests.received.fax": "2第5页"}
    assert accepted(indicators("", figures))["requests.received.fax"] == 2
