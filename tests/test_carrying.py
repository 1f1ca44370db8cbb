"""A cell is asked for anew only when source and reading have both changed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from gouji.ingest.store import schema
from gouji.ingest.store.deciding import Cell, decide, undo
from gouji.ingest.store.decisions import decisions_of
from gouji.ingest.store.model import Found, Selection
from gouji.ingest.store.project import reading_of
from gouji.ingest.store.settle import in_force
from gouji.ingest.store.store import Store
from gouji.ingest.store.tending import forget
from gouji.tables.record import Record
from tests.databases import address, server  # noqa: F401
from tests.test_export import DOUBT, a_record
from tests.test_kin import PLACED
from tests.test_store import ME

REF, BESIDE, FREE = "requests.new@natural_person", "requests.new@business", "proactive.rules@issued"
OLD, NEW, THIRD = (f"{number:064x}" for number in (1, 2, 3))
THREE = {"value": "3", "written": "3", "state": "value"}


@pytest.fixture
def store(address: str) -> Iterator[Store]:  # noqa: F811
    with Store(address) as made:
        yield made


def report(cells: dict[str, Any] | None = None, **about: Any) -> Record:
    made = a_record(cells={REF: DOUBT} | (cells or {}), **(PLACED | about))
    return made.model_copy(update={"status": "needs_review"})


def read(store: Store, sha256: str, record: Record) -> None:
    document = store.add(Found(sha256, f"{sha256[-1]}.pdf", 1, "pdf"))
    (job,) = store.begin([document.id], ME, Selection(version="9"))
    assert store.finish(job, reading_of([record]))


def decided(store: Store, sha256: str, ref: str = REF, value: int = 30, by: str = "王") -> str:
    table = ref.partition(".")[0]
    cell = Cell(sha256, 0, table, ref)
    return decide(store, cell, Decimal(value), "value", by=by, read="3?").uid


def says(store: Store, sha256: str, ref: str = REF) -> Decimal | None:
    with store.reading() as connection:
        held = in_force(decisions_of(connection, sha256))
    return next((d.value for (_, _, own), d in held.items() if own == ref), None)


def test_what_was_decided_before_a_revision_came_holds_for_it(store: Store) -> None:
    read(store, OLD, report())
    first = decided(store, OLD)
    read(store, NEW, report())
    document = store.document(NEW)
    assert document is not None
    assert document.state == "clean"
    with store.reading() as connection:
        (entry,) = decisions_of(connection, NEW)
        reviewed = schema.cells.select().where(schema.cells.c.basis == "reviewed")
        counted = connection.execute(reviewed).all()
    assert (entry.value, entry.by, entry.of, entry.seconds) == (30, "王", first, None)
    assert [row.value for row in counted] == [30, 30]
    read(store, NEW, report())  # again is harmless
    with store.reading() as connection:
        assert len(decisions_of(connection, NEW)) == 1


def test_a_decision_holds_for_what_is_there_already(store: Store) -> None:
    read(store, OLD, report())
    read(store, NEW, report())
    decided(store, OLD)
    assert says(store, NEW) == 30


@pytest.mark.parametrize(
    "other",
    [
        report({REF: DOUBT | {"written": "8?"}}),
        report({REF: DOUBT | {"written": None}}),
        report({REF: THREE}),
        report({BESIDE: THREE}),
        report(year=2022),
        report(agency="乙县人民政府"),
        report(region_code=None),
    ],
    ids=["read otherwise", "not read", "accepted", "beside it", "year", "agency", "no region"],
)
def test_another_reading_or_report_is_asked_for_anew(store: Store, other: Record) -> None:
    read(store, OLD, report())
    decided(store, OLD)
    read(store, NEW, other)
    assert says(store, NEW) is None


def test_figures_that_no_sum_joins_to_the_cell_may_be_revised(store: Store) -> None:
    read(store, OLD, report({FREE: DOUBT}))
    decided(store, OLD)
    decided(store, OLD, FREE)
    read(store, NEW, report({FREE: DOUBT, "proactive.rules@in_force": THREE}))
    assert says(store, NEW) == 30
    assert says(store, NEW, FREE) is None


def test_undoing_and_deciding_anew_follow(store: Store) -> None:
    read(store, OLD, report())
    read(store, NEW, report())
    decided(store, OLD, value=30)
    second = decided(store, OLD, value=31)
    assert says(store, NEW) == 31
    undo(store, second, by="李")
    assert says(store, NEW) == 30
    third = decided(store, OLD, value=38)
    assert says(store, NEW) == 38
    undo(store, third, by="李")
    assert says(store, NEW) == 30


def test_what_is_decided_here_counts_before_what_is_carried(store: Store) -> None:
    read(store, OLD, report())
    read(store, NEW, report())
    decided(store, OLD, value=30)
    own = decided(store, NEW, value=8)
    decided(store, OLD, value=31)
    assert (says(store, OLD), says(store, NEW)) == (31, 8)
    undo(store, own, by="王")
    assert says(store, NEW) == 31


def test_what_two_documents_contradict_is_asked_for(store: Store) -> None:
    for sha256 in (OLD, NEW, THIRD):
        read(store, sha256, report())
    decided(store, OLD, value=30)
    assert says(store, THIRD) == 30
    decided(store, NEW, value=38)
    assert (says(store, OLD), says(store, NEW), says(store, THIRD)) == (30, 38, None)


def test_what_was_carried_stays_when_the_other_is_forgotten(store: Store) -> None:
    read(store, OLD, report())
    decided(store, OLD)
    read(store, NEW, report())
    forget(store, [OLD])
    read(store, NEW, report())
    assert says(store, NEW) == 30
