"""Numbers as written."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji.tables.numbers import money_unit, parse, to_wan


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("12", "12", None),
        ("1,234", "1234", None),
        ("１，２３４", "1234", None),
        ("+12", "12", None),
        ("－2", "-2", None),
        ("−11", "-11", None),
        ("增1558", "1558", None),
        ("减38", "-38", None),
        ("减少8项", "-8", "项"),
        ("326.6万元", "326.6", "万元"),
        ("251000元", "251000", "元"),
        ("2601.953875万", "2601.953875", "万"),
        ("3.2萬元", "3.2", "万元"),
        ("24252.311082", "24252.311082", None),
        (" 5 件\n", "5", "件"),
    ],
)
def test_values(text, value, unit):
    number = parse(text)
    assert (number.state, number.value, number.unit) == ("value", Decimal(value), unit)


@pytest.mark.parametrize("text", ["0", "０", "0.00", "0件", "-0", "零"])
def test_zero_is_a_state_of_its_own(text):
    assert parse(text).state == "zero"
    assert parse(text).value == 0


@pytest.mark.parametrize("text", ["", " ", "\n", "\u3000", "\xa0"])
def test_blank_is_not_zero(text):
    assert parse(text).state == "blank"
    assert parse(text).value is None


@pytest.mark.parametrize("text", ["-", "—", "——", "/", "无", "不涉及", "不适用"])
def test_marks_for_nothing(text):
    assert parse(text).state == "not_applicable"


@pytest.mark.parametrize(
    "text",
    ["00", "007", "1 2", "12\n3", "约8", "8万余", "****", "12%", "1/2", "1,23", "详见附件", "减-3"],
)
def test_what_is_no_certain_number(text):
    assert parse(text).state == "text"
    assert parse(text).value is None


def test_a_note_in_brackets_is_kept():
    number = parse("22（其中修订 16 件）")
    assert (number.value, number.note) == (Decimal(22), "其中修订16件")


@given(st.integers(-(10**12), 10**12), st.integers(0, 6))
def test_written_numbers_are_read_back(integer, places):
    value = Decimal(integer).scaleb(-places)
    assert parse(format(value, "f")).value == value
    assert parse(format(value, ",f")).value == value


@given(st.integers(0, 10**14))
def test_yuan_is_exact(fen):
    yuan = Decimal(fen) / 100
    assert to_wan(yuan, "元") * 10000 == yuan


def test_unit_named_by_a_label():
    assert money_unit("采购总金额（单位：万元，保留4位小数）") == "万元"
    assert money_unit("本年收费金额(单位:元)") == "元"
    assert money_unit("采购总金额") is None
