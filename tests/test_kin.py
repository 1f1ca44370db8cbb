"""Copies, revisions, and reports that differ: only what the pages and their dates say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji.ingest.store.kin import Kin, Member, kin_of, relations
from gouji.ingest.store.model import Selection
from gouji.ingest.store.project import reading_of
from gouji.ingest.store.store import Store
from gouji.ocr.finding import Finding
from gouji.tables.forms.form import load
from tests.databases import address, server  # noqa: F401
from tests.test_export import DOUBT, a_record
from tests.test_store import ME, found

PLACED = {"region_code": "410300", "scope": "own"}
REF = load("2021").tables[0].cells[0].ref
OTHER = {REF: {"value": "3", "written": "3", "state": "value"}}


@pytest.fixture
def store(address: str) -> Iterator[Store]:  # noqa: F811
    with Store(address) as made:
        yield made


def member(number: int, figures: str | None, published: str | None = None,
           signed: str | None = None) -> Member:  # fmt: skip
    return Member(number, f"{number:064x}", 0, published, signed, figures)


def told(*group: Member) -> dict[int, tuple[str, int]]:
    return {key: (kin.relation, kin.of.id) for key, kin in relations(group).items()}


def test_equal_figures_are_copies_of_the_first_by_date() -> None:
    group = [member(n, "a", date) for n, date in ((1, "2022-03-01"), (2, "2022-01-31"))]
    assert told(*group) == {1: ("copy", 2)}
    assert told(*group, member(3, "a", "2022-02-01")) == {1: ("copy", 2), 3: ("copy", 2)}
    assert told(member(1, "a"), member(2, "a", "2022-01-01")) == {2: ("copy", 1)}


def test_other_figures_are_a_revision_only_if_dates_say_so() -> None:
    early, late = member(2, "a", "2022-01-31"), member(1, "b", "2022-03-01")
    assert told(early, late) == {1: ("revision", 2)}
    assert told(early, member(1, "b", "2022-01-31")) == {1: ("differs", 2), 2: ("differs", 1)}
    assert told(early, member(1, "b")) == {1: ("differs", 2), 2: ("differs", 1)}


def test_dates_of_one_kind_are_compared() -> None:
    assert told(member(1, "a", "2022-01-01", "2021-12-01"), member(2, "b", None, "2021-12-31")) == {
        2: ("revision", 1)
    }
    assert told(member(1, "a", "2022-01-01"), member(2, "b", None, "2021-12-31")) == {
        1: ("differs", 2), 2: ("differs", 1),
    }  # fmt: skip


def test_revisions_follow_one_another_unless_an_old_one_comes_again() -> None:
    first, second, third = (member(n, str(n), f"2022-0{n}-01") for n in (1, 2, 3))
    assert told(first, second, third) == {2: ("revision", 1), 3: ("revision", 2)}
    again = member(4, "1", "2022-04-01")
    assert told(first, second, again) == {
        1: ("differs", 2), 2: ("differs", 1), 4: ("copy", 1),
    }  # fmt: skip


def test_what_is_in_doubt_is_neither_copy_nor_revision() -> None:
    assert told(member(1, "a", "2022-01-01"), member(2, None, "2022-02-01")) == {2: ("unclear", 1)}
    assert told(member(1, None), member(2, None)) == {1: ("unclear", 2), 2: ("unclear", 1)}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", None]),
            st.sampled_from([None, "2022-01-01", "2022-01-02"]),
        ),
        min_size=2,
        max_size=4,
    )
)
def test_the_order_in_which_they_came_does_not_matter(drawn: list[tuple[str, str]]) -> None:
    group = [member(n, figures, date) for n, (figures, date) in enumerate(drawn, start=1)]
    whole = relations(group)
    assert all(relations(order) == whole for order in permutations(group))
    assert all(kin.of.id != key for key, kin in whole.items())


def put(store: Store, number: int, **report: object) -> None:
    cells = report.pop("cells", None)
    (job,) = store.begin([store.add(found(number)).id], ME)
    store.finish(job, reading_of([a_record(cells=cells, **report)]))


def printed(date: str) -> dict[str, object]:
    """A date of publication that stands on the page."""
    return {"publish_date": date, "found": {"publish_date": {"quote": date}}}


def kin(store: Store) -> list[tuple[str, str]]:
    with store.reading() as connection:
        by_report = kin_of(connection)
    return sorted((k.relation, k.of.sha256.lstrip("0")) for k in by_report.values())


def test_only_what_says_all_four_is_the_same_report(store: Store) -> None:
    put(store, 1, **PLACED)
    put(store, 2, **PLACED | {"agency": " 甲县　人民政府"})
    assert kin(store) == [("copy", "1")]
    for number, other in enumerate(
        [{"agency": "乙县人民政府"}, {"agency": None}, {"year": 2022}, {"year": None},
         {"region_code": "410200"}, {"region_code": None}, {"scope": "aggregate"},
         {"scope": None}, {"scope": None}, {"region_code": None}], start=3,
    ):  # fmt: skip
        put(store, number, **PLACED | other)
    assert kin(store) == [("copy", "1")]


def test_figures_are_compared_and_doubt_is_no_figure(store: Store) -> None:
    put(store, 1, **PLACED, **printed("2024-01-31"))
    put(store, 2, **PLACED, **printed("2024-02-20"), cells=OTHER)
    assert kin(store) == [("revision", "1")]
    put(store, 3, **PLACED, **printed("2024-03-20"), cells={REF: DOUBT})
    assert kin(store) == [("revision", "1"), ("unclear", "1")]


def test_kin_can_be_asked_for_one_document(store: Store) -> None:
    put(store, 1, **PLACED)
    put(store, 2, **PLACED)
    put(store, 3, **PLACED | {"year": 2020})
    two, three = (store.document(f"{n:064x}") for n in (2, 3))
    assert two
    assert three
    with store.reading() as connection:
        asked = kin_of(connection, two.id)
        assert [k.relation for k in asked.values()] == ["copy"]
        assert isinstance(next(iter(asked.values())), Kin)
        assert kin_of(connection, three.id) == {}


def test_a_date_from_elsewhere_makes_no_revision(store: Store) -> None:
    put(store, 1, **PLACED, publish_date="2024-01-31")
    put(store, 2, **PLACED, publish_date="2024-02-20", cells=OTHER)
    assert kin(store) == [("differs", "1"), ("differs", "2")]


def test_what_could_not_be_read_again_is_no_kin(store: Store) -> None:
    put(store, 1, **PLACED)
    put(store, 2, **PLACED)
    document = store.document(f"{1:064x}")
    assert document
    (job,) = store.begin([document.id], ME, Selection(version="9"))
    store.fail(job, Finding("too_long", {"seconds": 1}))
    assert kin(store) == []
