"""The forms as data."""

import re

import pytest

from gouji.tables.forms.form import all_forms, editions, load
from gouji.tables.labels import core


def test_editions_and_their_sizes():
    assert set(editions()) == {"2021", "2019", "2014", "fujian", "shanghai"}
    assert editions()[0] == "2021"
    sizes = {form.edition: sum(len(t.cells) for t in form.tables) for form in all_forms()}
    assert (sizes["2021"], sizes["2019"], sizes["2014"]) == (200, 198, 58)


def test_unknown_edition():
    with pytest.raises(KeyError):
        load("1999")


@pytest.mark.parametrize("edition", ["2021", "2019", "2014", "fujian", "shanghai"])
def test_each_edition_is_sound(edition):
    form = load(edition)
    refs = [cell.ref for table in form.tables for cell in table.cells]
    assert len(refs) == len(set(refs))
    assert all(set(i.refs) <= set(refs) for i in form.identities)
    assert all(i.severity in ("error", "warning", "info") for i in form.identities)
    for table in form.tables:
        for row in table.rows:
            assert row.cells
            assert all(core(label) for label in row.labels)
            assert all(cell.unit for cell in row.cells)


def test_identities_are_spread_over_rows_and_columns():
    form = load("2019")
    count = {}
    for identity in form.identities:
        count[identity.id] = count.get(identity.id, 0) + 1
    assert count == {"R1": 7, "R2": 7, "R3": 23, "D1": 3, "P1": 2, "P2": 5, "P3": 2}
    second = next(i for i in form.identities if i.id == "R2" and i.at == "total")
    assert len(second.left) == 19
    assert second.right == ("requests.results.total@total",)


def test_crosswalk_names_what_has_no_counterpart():
    lost = [c for c in load("2019").crosswalk if not c.to_cells]
    assert any("proactive.procurement@*" in c.from_cells for c in lost)
    summed = next(c for c in load("2019").crosswalk if c.relation == "1:n_sum")
    assert summed.from_cells == ("requests.results.other_handling",)


def test_what_spans_years_is_kept_and_not_evaluated():
    assert {b.id for b in load("2019").beyond} >= {"X1", "X2", "H1"}
    assert not {i.id for i in load("2019").identities} & {"X1", "X2", "H1"}


def test_notes_are_there_in_chinese_too():
    for form in all_forms():
        for fact in (*form.crosswalk, *form.beyond):
            assert bool(fact.note) == bool(fact.note_zh)
            assert not fact.note or re.search("[\u4e00-\u9fff]", fact.note_zh), fact.note
