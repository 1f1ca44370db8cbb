"""Blind second opinions, and what they tell of program and reviewers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gouji.ingest.review.second import Rate, rates
from gouji.ingest.settings import Settings
from gouji.ingest.store.store import Store
from tests.databases import address, server  # noqa: F401
from tests.reviewing import OTHER, REF, Browser, browsing, in_doubt, put, settings_in
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
    assert measured(store) == (Rate(1, 3), {})


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
