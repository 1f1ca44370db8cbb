"""Identities are three-valued, and never change a figure."""

from decimal import Decimal

import pytest

from gouji.tables.forms.form import Identity
from gouji.tables.identities import Figure, evaluate


def figure(text):
    if text is None:
        return Figure(None, "blank")
    if text == "/":
        return Figure(None, "not_applicable")
    if text == "?":
        return Figure(None, "unreadable")
    return Figure(Decimal(text), "value" if Decimal(text) else "zero")


@pytest.mark.parametrize(
    ("left", "right", "result", "difference"),
    [
        (["1", "2"], ["3"], "pass", "0"),
        (["1", None], ["1"], "pass_blank_as_zero", "0"),
        (["1", "/"], ["1"], "pass_blank_as_zero", "0"),
        (["6", "20"], ["20"], "fail", "6"),
        (["1", "2"], [None], "not_evaluable", None),
        ([None, None], ["0"], "not_evaluable", None),
        (["1", "?"], ["1"], "not_evaluable", None),
    ],
)
def test_results(left, right, result, difference):
    refs = [f"c{i}" for i in range(len(left) + len(right))]
    identity = Identity(
        "T", "", "=", tuple(refs[: len(left)]), tuple(refs[len(left) :]), "error", ""
    )
    outcome = evaluate(identity, dict(zip(refs, map(figure, left + right), strict=True)))
    assert outcome.result == result
    assert outcome.difference == (None if difference is None else Decimal(difference))


def test_a_missing_row_is_not_evaluable():
    identity = Identity("T", "", "=", ("a",), ("b",), "error", "")
    assert evaluate(identity, {"a": figure("1")}).result == "not_evaluable"


def test_bounds():
    identity = Identity("P", "", "<=", (), ("a", "b"), "error", "")
    assert evaluate(identity, {"a": figure("5"), "b": figure("-5")}).result == "pass"
    assert evaluate(identity, {"a": figure("5"), "b": figure("-6")}).result == "fail"
