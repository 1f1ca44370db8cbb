"""Kinds of doubt, and the reasons of a cell in the words of who asks."""

from __future__ import annotations

import json
from pathlib import Path

from gouji.ingest.doubts import OTHER, kinds_in, kinds_of, settles
from gouji.ingest.messages import catalogue
from gouji.ingest.review.site import kind_name
from gouji.ingest.told import in_language
from gouji.tables.record import CellModel, ReasonModel, Record
from tests.reviewing import REF, in_doubt, unsure
from tests.test_export import a_record

READING = Path(__file__).parent / "data_reading.json"
KINDS = {entry["doubt"] for entry in catalogue().values() if "doubt" in entry}


def doubtful(*codes: str) -> CellModel:
    why = tuple(ReasonModel(code=code) for code in codes)
    return CellModel(ref="a", table=0, value=None, written=None, state="unreadable",
                     accepted=False, basis=None, confidence=0, why=why)  # fmt: skip


def test_a_kind_is_a_property_of_the_reasons_code() -> None:
    assert kinds_of(doubtful("place_unproved", "readers_differ")) == {"place", "reading"}
    assert kinds_of(doubtful("figures_left", "readers_agree")) == {"place"}
    assert kinds_of(doubtful("readers_agree")) == {OTHER}
    assert kinds_of(doubtful("of_another_version")) == {OTHER}
    assert kinds_in(a_record()) == ()


def test_every_kind_has_a_name_of_its_own() -> None:
    for language in ("zh", "en"):
        named = {kind_name(kind, language) for kind in KINDS | {OTHER}}
        assert len(named) == len(KINDS) + 1


def test_every_doubt_of_a_scan_is_of_a_kind() -> None:
    (record,) = (Record.model_validate(one) for one in json.loads(READING.read_text("utf-8")))
    assert kinds_in(record)
    assert OTHER not in kinds_in(record)


def test_reasons_are_said_in_the_language_of_who_asks() -> None:
    gone = unsure("3", "8") | {"why": [{"code": "of_another_version", "message": "as it was"}]}
    record = in_doubt({REF: unsure("3", "8"), "requests.new@business": gone})
    said = [cell.reason for cell in in_language(record, "en").cells if cell.why]
    assert said == ["readers differ: 3 / 8", "as it was"]
    said = [cell.reason for cell in in_language(record, "zh").cells if cell.why]
    assert said == ["两个识别引擎结果不同：3 / 8", "as it was"]


def test_a_decision_settles_what_its_sum_then_proves() -> None:
    total = "requests.new@total"
    assert settles(in_doubt({REF: unsure("3", "8"), total: unsure("3", "8")})) == 2
    assert settles(in_doubt({"proactive.rules@issued": unsure("3", "8")})) == 1
    assert settles(a_record()) == 0
