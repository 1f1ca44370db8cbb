"""The overview: each point leads to its documents, and a new edition is a break."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from gouji.ingest import cli
from gouji.ingest.review.history import days, in_state
from gouji.ingest.review.whole import whole
from gouji.ingest.settings import Settings
from gouji.ingest.store import journal
from gouji.ingest.store.deciding import Cell, decide
from gouji.ingest.store.store import Store
from gouji.ingest.store.tending import forget
from tests.databases import address, server  # noqa: F401
from tests.reviewing import Browser, browsing, in_doubt, put, settings_in, unsure
from tests.test_export import a_record, figure
from tests.test_review import ALONE

REF = "requests.new@total"
BROKEN = {
    "code": "sum_differs", "severity": "error", "message": "",
    "arguments": {"identity": "row", "rule": "总计=各项之和", "place": "", "expected": "1",
                  "printed": "2"},
    "refs": [REF],
}  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture
def store(address: str, settings: Settings) -> Iterator[Store]:
    with Store(address) as made:
        for year, edition in ((2018, "2019"), (2019, "2019"), (2021, "2021"), (2022, "2021")):
            record = a_record(edition, cells={REF: figure(str(year - 2000))}, year=year)
            put(made, settings, f"{year}.txt", record)
        put(made, settings, "doubt.txt", in_doubt(agency="乙县"))
        put(made, settings, "broken.txt", a_record(findings=[BROKEN], agency="丙县"))
        yield made


def test_figures_are_joined_only_within_an_edition(store: Store) -> None:
    with store.reading() as connection:
        found = whole(connection, REF, "甲县")
    (series,) = found.series
    assert [[p.year for p in piece] for piece in series.pieces] == [[2018, 2019], [2021, 2022]]
    assert [p.value for piece in series.pieces for p in piece] == [18, 19, 21, 22]
    assert {bar.label: bar.count for bar in found.kinds} == {"reading": 1}
    assert {bar.label: bar.count for bar in found.fails} == {"总计=各项之和": 1}
    assert sum(bar.count for bar in found.states) == 6


def test_each_point_leads_to_its_documents(settings: Settings, store: Store) -> None:
    with browsing(settings, store, ALONE) as browser:
        text = browser.get("/whole?agency=甲县").text
        assert text.count("<polyline") == 2
        assert "2019 → 2021" in text
        links = set(re.findall(r'href="(/(?:d|documents)[/?][^"]+)"', text))
        assert len(links) >= 4 + 1 + 1 + 2
        for link in links:
            assert browser.get(link.replace("&amp;", "&")).status_code == 200
        assert "broken.txt" in follow(browser, text, "rule=")
        assert "doubt.txt" in follow(browser, text, "kind=")
        assert "doubt.txt" not in follow(browser, text, "state=clean")


def follow(browser: Browser, text: str, part: str) -> str:
    link = re.search(rf'href="(/documents\?[^"]*{part}[^"]*)"', text)
    assert link
    return str(browser.get(link[1].replace("&amp;", "&")).text)


def test_states_over_time_are_what_was_true_then(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = put(store, settings, "later.txt", in_doubt({REF: unsure("3", "8")}, agency="丁县"))
    monkeypatch.setattr(journal, "now", lambda: "2999-01-01T00:00:00.000000Z")
    decide(store, Cell(sha256, 0, "requests", REF), Decimal(3), "value", by="甲")
    with store.reading() as connection:
        first, last = days(connection)
        then = [in_state(connection, "needs_review", day.day) for day in (first, last)]
    assert (first.counts["needs_review"], last.counts["needs_review"]) == (2, 1)
    assert (first.counts["clean"], last.counts["clean"]) == (5, 6)
    assert [sha256 in hashes for hashes in then] == [True, False]
    forget(store, ["later.txt"])
    with store.reading() as connection:
        assert days(connection)[-1].counts["clean"] == 5


@pytest.mark.usefixtures("store")
def test_the_overview_as_one_file_needs_nothing_else(
    address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOUJI_STORE", address)
    assert cli.main(["report", "--html", "o.html", "--lang", "zh"]) == 0
    text = Path("o.html").read_text(encoding="utf-8")
    assert "总计=各项之和" in text
    assert "<polyline" in text
    assert not re.search(r"(?:href|src|url)\s*[=(]", text)
    assert cli.main(["report", "--html", "nowhere/o.html"]) != 0
