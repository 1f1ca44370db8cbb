"""Glued digits and identities: the one assignment, or doubt."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gouji.tables import solve as solving
from gouji.tables.forms.form import load
from gouji.tables.grid import Cell
from gouji.tables.identities import Figure
from gouji.tables.numbers import parse
from gouji.tables.solve import Choice, solve
from gouji.tables.split import ways

FORM = load("2019")
TABLE = next(t for t in FORM.tables if t.id == "requests")
ROWS = [row.key for row in TABLE.rows]
COLUMNS = [column.key for column in TABLE.columns]
LEAVES = [r for r in ROWS if r.startswith("requests.results.") and not r.endswith(".total")]


def table_of(leaves: dict[str, list[int]], carried_in: list[int]) -> dict[str, list[int]]:
    rows = {row: [0] * 6 for row in ROWS} | leaves
    rows["requests.results.total"] = [sum(rows[r][i] for r in LEAVES) for i in range(6)]
    rows["requests.carried_in"] = carried_in
    rows["requests.new"] = [
        max(0, total - before)
        for total, before in zip(rows["requests.results.total"], carried_in, strict=True)
    ]
    rows["requests.carried_out"] = [
        new + before - total
        for new, before, total in zip(
            rows["requests.new"], carried_in, rows["requests.results.total"], strict=True
        )
    ]
    return {row: [*values, sum(values)] for row, values in rows.items()}


def choice_of(row: str, values: list[int]) -> tuple[Choice, int]:
    """The row's digits run together, and which of their divisions is the true one."""
    form_row = next(r for r in TABLE.rows if r.key == row)
    run = Cell(0, 0, 1, 1, "".join(str(v) for v in values))
    found = ways([run], form_row.cells, glued=True)
    texts = [[cell.text for cell in way.cells] for way in found]
    maps = tuple(
        {c.ref: parse(cell.text).value for c, cell in zip(form_row.cells, w.cells, strict=True)}
        for w in found
    )
    return Choice(tuple(w.cost for w in found), maps), texts.index([str(v) for v in values])


small = st.lists(st.sampled_from([0, 0, 0, 0, 1, 7, 12]), min_size=6, max_size=6)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(LEAVES), small), max_size=2), small)
def test_what_is_confirmed_is_true(drawn, carried_in):
    rows = table_of(dict(drawn), carried_in)
    made = [choice_of(row, values) for row, values in rows.items()]
    decisions = solve([choice for choice, _ in made], FORM.identities, {})
    for decision, (_, true) in zip(decisions, made, strict=True):
        if decision.confirmed:
            assert decision.way == true


def test_a_misprint_is_not_mended():
    rows = table_of({"requests.results.granted": [6, 0, 0, 0, 0, 1]}, [0] * 6)
    rows["requests.results.total"][0] = 5  # printed so, and the page says so
    fixed = {
        f"{row}@{column}": Figure(Decimal(value), "value" if value else "zero")
        for row, values in rows.items()
        for column, value in zip(COLUMNS, values, strict=True)
        if row != "requests.new"
    }
    choice, true = choice_of("requests.new", rows["requests.new"])
    (decision,) = solve([choice], FORM.identities, fixed)
    assert decision.way == true
    assert fixed["requests.results.total@natural_person"].value == 5


def test_digits_without_identity_stay_open():
    licensing = next(r for t in FORM.tables for r in t.rows if r.key == "proactive.licensing")
    found = ways([Cell(0, 0, 1, 1, "3960181")], licensing.cells, glued=True)
    assert len(found) > 1
    refs = [cell.ref for cell in licensing.cells]
    choice = Choice(
        tuple(0.0 for _ in found),
        tuple(dict(zip(refs, (parse(c.text).value for c in w.cells), strict=True)) for w in found),
    )
    (decision,) = solve([choice], FORM.identities, {})
    assert not decision.confirmed


def test_one_possible_division_needs_no_choice():
    new = TABLE.rows[0]
    (only,) = ways([Cell(0, 0, 1, 1, "0000000")], new.cells, glued=True)
    assert [cell.text for cell in only.cells] == ["0"] * 7


@pytest.mark.parametrize("text", ["1" * 90, "1" * 60 + "-" * 3 + "1" * 60, "12" * 20 + ".5"])
def test_a_run_that_has_no_division_is_given_up_at_once(text):
    """Of the beginnings of a row there would be tens of millions, and each ends nowhere."""
    new = TABLE.rows[0]
    assert ways([Cell(0, 0, 1, 1, text)], new.cells, glued=True) == ()


def test_nothing_is_divided_that_was_not_run_together():
    new = TABLE.rows[0]
    figures = [Cell(0, 0, 1, 1, text) for text in ("12", "34567")]
    assert ways(figures, new.cells, glued=False) == ()


def test_a_zero_read_by_chance_is_not_confirmed_by_zeros():
    refs = [f"requests.new@{column}" for column in COLUMNS]
    fixed = {ref: Figure(Decimal(0), "zero") for ref in refs[1:]}
    choice = Choice((0.0, 1.0), ({refs[0]: Decimal(0)}, {refs[0]: Decimal(6)}), certain=False)
    (decision,) = solve([choice], FORM.identities, fixed)
    assert not decision.confirmed


def broken_row(wrong: int) -> tuple[list[Choice], list[int]]:
    """Rows run together, of which one has a total that is not its sum, and the true ways."""
    rows = table_of({"requests.results.granted": [81, 0, 0, 31, 77, 0]}, [0, 0, 1, 9, 8, 0])
    rows["requests.results.granted"][6] += wrong
    made = [choice_of(row, values) for row, values in rows.items()]
    return [choice for choice, _ in made], [true for _, true in made]


@pytest.mark.parametrize(("limit", "value"), [("_WAYS", 1), ("_OPTIONS", {"mip_max_nodes": 0})])
def test_what_is_not_proved_within_the_limit_of_work_stays_open(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: object
):
    known = getattr(solving, limit)
    monkeypatch.setattr(solving, limit, known | value if isinstance(value, dict) else value)
    choices, true = broken_row(wrong=1)
    decisions = solve(choices, FORM.identities, {})
    several = [d for c, d in zip(choices, decisions, strict=True) if len(c.ways) > 1]
    assert any(d.way is None for d in several)
    assert all(d.way == t for d, t in zip(decisions, true, strict=True) if d.confirmed)


def test_no_clock_ends_the_search():
    assert not any("time" in option for option in solving._OPTIONS)
