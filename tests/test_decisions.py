"""Decisions of people: never lost, never altered, undone only by another entry."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, tzinfo
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import select

from gouji.ingest.messages import severity
from gouji.ingest.store import journal, listing, schema
from gouji.ingest.store.deciding import Cell, OvertakenError, decide, undo
from gouji.ingest.store.decisions import decisions_of
from gouji.ingest.store.facts import filled
from gouji.ingest.store.model import Selection
from gouji.ingest.store.project import reading_of
from gouji.ingest.store.settle import Decision, in_force, settled
from gouji.ingest.store.store import Store
from gouji.ingest.store.tending import retry
from gouji.ocr.finding import DocumentError
from gouji.tables.findings import failure
from gouji.tables.forms.form import load
from gouji.tables.identities import Figure, evaluate
from gouji.tables.record import Record
from tests.databases import address, server  # noqa: F401
from tests.test_export import DOUBT, a_record
from tests.test_store import ME, all_rows, found, the

HASH = f"{1:064x}"
REF = "requests.new@natural_person"
CELL = Cell(HASH, 0, "requests", REF)


@pytest.fixture
def store(address: str) -> Iterator[Store]:  # noqa: F811
    with Store(address) as made:
        yield made


def in_doubt(**cells: object) -> Record:
    record = a_record(cells={REF: DOUBT} | cells)
    return record.model_copy(update={"status": "needs_review"})


def read(store: Store, *records: Record, version: str = "9") -> None:
    document = store.add(found())
    (job,) = store.begin([document.id], ME, Selection(version=version))
    store.finish(job, reading_of(records))


def listed(store: Store, ref: str = REF) -> tuple[object, ...]:
    with store.reading() as connection:
        wanted = select(schema.cells).join(schema.refs).where(schema.refs.c.ref == ref)
        row = connection.execute(wanted).one()
    return row.value, row.state, row.accepted, row.basis


def codes(store: Store) -> list[object]:
    return [row["code"] for row in all_rows(store, schema.findings)]


def test_a_decision_counts_at_once(store: Store) -> None:
    read(store, in_doubt())
    assert (the(store).state, listed(store)) == (
        "needs_review", (None, "unreadable", False, None),
    )  # fmt: skip
    decide(store, CELL, Decimal(30), "value", by="王", read="3?", seconds=2.5)
    assert (the(store).state, listed(store)) == (
        "clean", (Decimal(30), "value", True, "reviewed"),
    )  # fmt: skip
    assert all_rows(store, schema.reports)[0]["doubts"] == 0


def test_undoing_is_another_entry(store: Store) -> None:
    read(store, in_doubt())
    first = decide(store, CELL, Decimal(30), "value", by="王", read="3?")
    second = decide(store, CELL, Decimal(31), "value", by="李", read="3?")
    back = undo(store, second.uid, by="王")
    assert listed(store)[0] == Decimal(30)
    undo(store, first.uid, by="王")
    assert (the(store).state, listed(store)[1]) == ("needs_review", "unreadable")
    with store.reading() as connection:
        entries = decisions_of(connection, HASH)
    assert [d.undoes for d in entries] == [None, None, second.uid, first.uid]
    assert entries[:2] == [first, second]
    for uid in (first.uid, back.uid, "unknown"):
        with pytest.raises(DocumentError) as caught:
            undo(store, uid, by="王")
        assert caught.value.finding.code == "no_such_decision"


def test_reading_again_keeps_what_was_decided_and_replaces_the_rest(store: Store) -> None:
    read(store, in_doubt())
    decide(store, CELL, Decimal(30), "value", by="王", read="3?")
    other = "requests.new@total"
    again = {"value": "7", "written": "7", "state": "value"}
    read(store, in_doubt(**{other: again}))
    assert listed(store) == (Decimal(30), "value", True, "reviewed")
    assert listed(store, other)[0] == 7
    assert the(store).state == "clean"
    assert "decided_otherwise" not in codes(store)


def test_a_reading_that_contradicts_a_decision_is_told(store: Store) -> None:
    read(store, in_doubt())
    decide(store, CELL, Decimal(30), "value", by="王", read="3?")
    read(store, a_record(cells={REF: {"value": "38", "written": "38", "state": "value"}}))
    assert listed(store)[0] == Decimal(30)
    assert "decided_otherwise" in codes(store)


def test_a_decision_on_a_cell_that_is_no_more_is_told(store: Store) -> None:
    read(store, in_doubt())
    decide(store, CELL, Decimal(30), "value", by="王", read="3?")
    record = in_doubt()
    cells = tuple(cell for cell in record.cells if cell.ref != REF)
    read(store, record.model_copy(update={"cells": cells}))
    assert "decision_lost" in codes(store)
    assert len(all_rows(store, schema.decisions)) == 1


def test_a_decision_may_come_before_the_document(store: Store) -> None:
    decide(store, CELL, Decimal(30), "value", by="王")
    read(store, in_doubt())
    assert listed(store)[0] == Decimal(30)


def test_only_the_cell_decided_is_changed() -> None:
    records = [in_doubt(), in_doubt()]
    with_second = [
        settled(records, [d], [], {}, "en")
        for d in _decisions((1, REF), (0, "requests.new@total"), (0, f"{REF}#2"))
    ]
    other_report, other_cell, second = with_second
    assert other_report[0] == records[0]
    assert _changed(other_report[1], records[1]) == [REF]
    assert _changed(other_cell[0], records[0]) == ["requests.new@total"]
    assert _changed(second[0], records[0]) == []


def _decisions(*places: tuple[int, str]) -> list[Decision]:
    return [
        Decision(str(n), HASH, place, "requests", ref, None, Decimal(5), "value", "王", "2026")
        for n, (place, ref) in enumerate(places)
    ]


def _changed(made: Record, old: Record) -> list[str]:
    return [a.ref for a, b in zip(made.cells, old.cells, strict=True) if a != b]


def with_sums(**cells: object) -> Record:
    """A report with the identities through one cell, as they come out."""
    record = a_record(cells=cells)
    figures = {c.ref: Figure(c.value, c.state) for c in record.cells}
    identities, findings = [], []
    form = next(table for table in load("2021").tables if table.id == "requests")
    for identity in load("2021").identities_of(form):
        outcome = evaluate(identity, figures)
        identities.append({"id": identity.id, "at": identity.at, "result": outcome.result,
                           "difference": outcome.difference, "cells": identity.refs})  # fmt: skip
        if outcome.result == "fail":
            found = failure(form, outcome, figures, None)
            findings.append({"code": found.code, "severity": severity(found.code),
                             "arguments": found.arguments, "refs": found.refs})  # fmt: skip
    made = record.model_dump(by_alias=True) | {"identities": identities, "findings": findings}
    return Record.model_validate(made)


def decided_as(value: int) -> Decision:
    (made,) = _decisions((0, REF))
    return replace(
        made, read="0" if value else "5", value=Decimal(value), state="value" if value else "zero"
    )


def test_sums_are_told_anew() -> None:
    wrong = with_sums(**{REF: {"value": "5", "written": "5", "state": "value"}})
    right = with_sums()
    assert wrong.findings
    assert not right.findings
    (mended,) = settled([wrong], [decided_as(0)], [], {}, "en")
    assert (mended.identities, mended.findings) == (right.identities, ())
    (broken,) = settled([right], [decided_as(5)], [], {}, "en")
    assert broken.identities == wrong.identities
    assert [(f.code, f.refs) for f in broken.findings] == [(f.code, f.refs) for f in wrong.findings]
    assert all(finding.message for finding in broken.findings)


def lacking(code: str, table: str, about: Mapping[str, str], *refs: str) -> Record:
    """A report with all cells of a table, or those of ``refs``, in doubt as not found."""
    form = next(form for form in load("2021").tables if form.id == table)
    unseen = {"value": None, "written": None, "state": "missing_row", "accepted": False}
    finding = {"code": code, "severity": "warning", "arguments": about, "refs": refs}
    return a_record(
        cells=dict.fromkeys(refs or [cell.ref for cell in form.cells], unseen), findings=[finding]
    )


@pytest.mark.parametrize(
    ("code", "table", "about", "refs"),
    [
        ("table_missing", "disputes", {"table": "政府信息公开行政复议、行政诉讼情况"}, ()),
        ("table_unread", "proactive", {"table": "主动公开政府信息情况"}, ()),
        ("row_missing", "proactive", {"label": "行政许可"}, ("proactive.licensing@decisions",)),
    ],
)
def test_what_people_filled_in_is_lacking_no_more(
    code: str, table: str, about: Mapping[str, str], refs: tuple[str, ...]
) -> None:
    record = lacking(code, table, about, *refs)
    unseen = [cell.ref for cell in record.cells if not cell.accepted]
    made = [replace(d, table=table) for d in _decisions(*((0, ref) for ref in unseen))]
    (full,) = settled([record], made, (), {}, "en")
    assert (full.status, full.findings) == ("clean", ())
    (some,) = settled([record], made[1:], (), {}, "en")
    assert [finding.code for finding in some.findings] == [code]


def test_a_table_of_which_people_say_that_nothing_is_there_is_lacking_still() -> None:
    record = lacking("table_missing", "disputes", {"table": "政府信息公开行政复议、行政诉讼情况"})
    refs = [(0, cell.ref) for cell in record.cells if not cell.accepted]
    made = [replace(d, table="disputes", value=None, state="missing_row")
            for d in _decisions(*refs)]  # fmt: skip
    (absent,) = settled([record], made, (), {}, "en")
    assert (absent.status, [f.code for f in absent.findings]) == ("clean", ["table_missing"])


def test_text_and_table_are_compared_anew() -> None:
    said = {"ref": "requests.new", "value": "5", "kind": "stated", "quote": "收到5件"}
    finding = {"code": "statement_differs_from_table", "severity": "warning",
               "refs": ["requests.new@total"]}  # fmt: skip
    plain = a_record().model_dump(by_alias=True) | {"statements": [said], "findings": [finding]}
    record = Record.model_validate(plain)
    (same,) = settled([record], _decisions((0, "requests.new@total")), (), {}, "en")
    assert finding["code"] not in [f.code for f in same.findings]
    (other,) = settled([record], _decisions((0, REF)), (), {}, "en")
    differing = [f for f in other.findings if f.code == finding["code"]]
    assert [f.arguments["printed"] for f in differing] == ["0"]


@pytest.mark.parametrize(
    ("report", "facts", "expected", "told"),
    [
        ({"region": None}, {"地区": "河南省洛阳市"}, {"region_code": "410300"}, ["fact_added"]),
        ({"agency": None}, {"机关名称": "乙县"}, {"agency": "乙县"}, ["fact_added"]),
        ({"year": None}, {"年份": "2021年"}, {"year": 2021}, ["fact_added"]),
        ({"year": 2020}, {"year": "2021"}, {"year": 2020}, ["fact_differs"]),
        ({"year": 2020}, {"year": "2020"}, {"year": 2020}, []),
        ({"year": None}, {"year": "去年"}, {"year": None}, ["fact_unusable"]),
        ({"scope": None}, {"口径": "本级"}, {"scope": "own"}, ["fact_added"]),
        ({}, {"address": "http://a", "retrieved": "2026-01-01"}, {}, []),
        ({"region": "河南省洛阳市"}, {"region": "洛阳市"}, {"region": "河南省洛阳市"}, []),
        ({"publish_date": None}, {"publish_date": "上周"}, {}, ["fact_unusable"]),
    ],
)  # fmt: skip
def test_what_is_known_elsewhere_is_added_and_never_overrides(
    report: dict[str, object], facts: dict[str, str], expected: dict[str, object], told: list[str]
) -> None:
    made = filled(a_record(**report), facts, "en")
    assert made.report
    assert {name: getattr(made.report, name) for name in expected} == expected
    assert [finding.code for finding in made.findings] == told


def test_what_is_known_before_is_drawn_by_the_worker(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = store.add(found(meta={"口径": "汇总"}))
    (job,) = store.begin([document.id], ME)
    made = reading_of([a_record(scope=None)], 0, job.document.meta)
    monkeypatch.setattr(listing, "settled", None)
    store.finish(job, made)
    assert all_rows(store, schema.reports)[0]["scope"] == "aggregate"


def test_what_is_known_later_counts_at_once(store: Store) -> None:
    read(store, a_record(scope=None))
    assert all_rows(store, schema.reports)[0]["scope"] is None
    store.add(found(meta={"口径": "汇总", "year": "1999"}))
    assert all_rows(store, schema.reports)[0]["scope"] == "aggregate"
    assert codes(store) == ["fact_differs", "fact_added"]


def test_a_wish_to_read_again_outlives_a_decision(store: Store) -> None:
    read(store, in_doubt())
    retry(store, [HASH])
    decide(store, CELL, Decimal(30), "value", by="王")
    assert the(store).state == "waiting"
    assert listed(store)[0] == Decimal(30)
    read(store, in_doubt())
    assert the(store).state == "clean"


def test_the_later_of_two_decisions_counts_whatever_the_clock_says(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    class SetBack(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> SetBack:
            return cls(2001, 1, 1, tzinfo=tz)

    read(store, in_doubt())
    decide(store, CELL, Decimal(30), "value", by="王")
    monkeypatch.setattr(journal, "datetime", SetBack)
    decide(store, CELL, Decimal(31), "value", by="王")
    assert listed(store)[0] == Decimal(31)


def test_of_two_who_decide_at_once_one_is_told(address: str) -> None:  # noqa: F811
    """From two programs on one store, as on two machines."""
    with Store(address) as one, Store(address) as two:
        read(one, in_doubt())
        for _ in range(10):
            before = _held(one)
            told = at_once(
                *(partial(decide, store, CELL, Decimal(30), "value", by="王", after=before)
                  for store in (one, two))
            )  # fmt: skip
            assert sorted(type(error) for error in told if error) == [OvertakenError]
            assert len({_held(store) for store in (one, two)}) == 1


def test_reading_again_and_deciding_at_once_do_not_harm_each_other(address: str) -> None:  # noqa: F811
    with Store(address) as one, Store(address) as two:
        read(one, in_doubt())
        for number in range(10):
            value = Decimal(30 + number)
            told = at_once(
                lambda n=number: read(one, in_doubt(), version=f"9.{n}"),
                lambda v=value: decide(two, CELL, v, "value", by="王"),
            )
            assert told == [None, None]
            assert listed(one)[0] == value


def _held(store: Store) -> str | None:
    with store.reading() as connection:
        held = in_force(decisions_of(connection, HASH)).get((CELL.place, CELL.table, CELL.ref))
    return held.uid if held else None


def at_once(*actions: Callable[[], object]) -> list[Exception | None]:
    """What each raised, all done at the same time."""
    start = threading.Barrier(len(actions))

    def one(action: Callable[[], object]) -> Exception | None:
        start.wait()
        try:
            action()
        except Exception as error:
            return error
        return None

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(one, actions))
