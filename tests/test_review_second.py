"""Blind second opinions, and what they tell of program and reviewers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gouji.ingest.review.history import days
from gouji.ingest.review.second import Asked, Rate, give, rates
from gouji.ingest.settings import Settings
from gouji.ingest.store.browse import Filter, Records
from gouji.ingest.store.deciding import Cell, decide, undo
from gouji.ingest.store.settle import in_force
from gouji.ingest.store.store import Store
from gouji.ingest.store.tending import retry
from tests.databases import address, server  # noqa: F401
from tests.reviewing import (
    OTHER,
    REF,
    Browser,
    bound_by_sums,
    browsing,
    in_doubt,
    put,
    settings_in,
)
from tests.test_export import a_record
from tests.test_review import ALONE, entries, number_of, values


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path).model_copy(update={"second_decisions": 1.0})


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    with Store(address) as made:
        yield made


def asked(browser: Browser) -> dict[str, str]:
    text = browser.get("/second").text
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text))


def measured(store: Store) -> Any:
    with store.reading() as connection:
        return rates(connection)


def test_another_reviewer_decides_again_without_seeing_the_first(
    settings: Settings, store: Store
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    with browsing(settings, store, ALONE, 2) as (one, two):
        two.post("/name", {"name": "乙"})
        one.decide(sha256, number_of(), text="31")
        one.decide(sha256, number_of(OTHER), text="17")
        assert asked(one) == {}
        page = two.get("/second").text
        assert not re.search(r"\b(31|17)\b", re.sub(r'value="[^"]*"|[0-9a-f]{32,}', "", page))
        first = asked(two)
        right = {REF: "31", OTHER: "17"}
        assert "一致" in two.post("/second", first | {"text": right[first["ref"]]}).text
        other = asked(two)
        assert {first["ref"], other["ref"]} == {REF, OTHER}
        assert "不一致" in two.post("/second", other | {"text": "99"}).text
        two.post("/second", other | {"text": "99"})  # sent twice
        assert asked(two) == {}
        assert values(store, first["ref"])[2] is True
        assert values(store, other["ref"])[2] is False
        assert measured(store)[1] == {"甲": Rate(1, 2)}
        one.decide(sha256, number_of(other["ref"]), text=right[other["ref"]])
        assert measured(store)[1] == {"甲": Rate(0, 2)}
    assert len(entries(store, sha256)) == 4


def test_accepted_cells_are_looked_at_again_at_random(store: Store, tmp_path: Path) -> None:
    settings = settings_in(tmp_path).model_copy(update={"second_accepted": 1.0})
    put(store, settings, "a.txt", a_record())
    with browsing(settings, store, ALONE) as browser:
        for said in ("0", "0", "5"):
            browser.post("/second", asked(browser) | {"text": said})
    assert measured(store) == (Rate(0, 2), {})


def accepted(store: Store) -> list[str]:
    """The cells that are exported as certain."""
    with store.reading() as connection:
        (record,) = Records(connection, Filter(), "en")
    return [cell.ref for cell in record.cells if cell.accepted]


def state_of(store: Store, sha256: str) -> str:
    document = store.document(sha256)
    assert document is not None
    with store.reading() as connection:
        assert days(connection)[-1].counts == {document.state: 1}
    return document.state


def test_an_accepted_cell_that_an_opinion_contradicts_is_in_doubt_until_it_is_decided(
    store: Store, tmp_path: Path
) -> None:
    settings = settings_in(tmp_path).model_copy(update={"second_accepted": 1.0})
    sha256 = put(store, settings, "a.txt", a_record())
    with browsing(settings, store, ALONE) as browser:
        assert browser.get(f"/d/{sha256}/0").status_code == 200
        said = asked(browser)
        number = number_of(said["ref"])
        browser.post("/second", said | {"text": "5"})
        assert values(store, said["ref"])[2] is False
        assert said["ref"] not in accepted(store)
        assert state_of(store, sha256) == "needs_review"
        assert "a.txt" in browser.get("/?kind=opinion").text
        assert "复核意见与原结果不一致" in browser.get(f"/d/{sha256}/0/cell/{number}").text
        assert measured(store)[0] == Rate(0, 0)
        for decided, wrong in (("0", 0), ("5", 1), ("7", 1)):
            browser.decide(sha256, number, text=decided)
            assert values(store, said["ref"])[:1] == (int(decided),)
            assert said["ref"] in accepted(store)
            assert state_of(store, sha256) == "clean"
            assert measured(store)[0] == Rate(wrong, 1)
        for _ in range(3):
            assert state_of(store, sha256) == "clean"
            undo(store, entries_held(store, sha256), by="甲")
        assert state_of(store, sha256) == "needs_review"
        assert measured(store)[0] == Rate(0, 0)


def entries_held(store: Store, sha256: str) -> str:
    """The name of the one decision in force."""
    (held,) = in_force(entries(store, sha256)).values()
    return held.uid


def test_an_opinion_outlives_a_reading_until_the_program_reads_the_same(
    settings: Settings, store: Store
) -> None:
    five = {"value": "5", "written": "5", "state": "value"}
    sha256 = put(store, settings, "a.txt", a_record())
    asked_of = Asked(Cell(sha256, 0, "requests", REF), None)
    give(store, asked_of, ("value", Decimal(5)), ("zero", Decimal(0)), by="乙", uid="1", seconds=1)
    for record, found in ((a_record(), False), (a_record(cells={REF: five}), True)):
        retry(store, [sha256])
        put(store, settings, "a.txt", record)
        assert values(store)[2] is found
        assert (REF in accepted(store)) is found


def test_what_a_decision_settled_is_in_doubt_where_an_opinion_differs(
    settings: Settings, store: Store
) -> None:
    """And no sum settles it again."""
    sha256 = put(store, settings, "a.txt", bound_by_sums())
    decide(store, Cell(sha256, 0, "requests", OTHER), Decimal(4), "value", by="甲")
    assert values(store)[2:] == (True, "solved")
    cell = Asked(Cell(sha256, 0, "requests", REF), None)
    give(store, cell, ("value", Decimal(8)), ("value", Decimal(3)), by="乙", uid="1", seconds=1)
    assert values(store)[2] is False
    assert measured(store)[0] == Rate(0, 0)
    decide(store, cell.cell, Decimal(3), "value", by="丙")
    assert measured(store)[0] == Rate(0, 1)


def test_nothing_is_asked_for_unless_the_settings_say_so(store: Store, tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    put(store, settings, "a.txt", a_record())
    with browsing(settings, store, ALONE) as browser:
        assert "未设抽查" in browser.get("/second").text


def test_rates_have_intervals() -> None:
    none = Rate(0, 20_000)
    assert none.low == 0
    assert 0.00018 < none.high < 0.0002
    some = Rate(10, 100)
    assert (round(some.low, 4), round(some.high, 4)) == (0.0552, 0.1744)
    assert (Rate(0, 0).low, Rate(0, 0).high) == (0, 1)
