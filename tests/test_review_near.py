"""Where a cell may stand whose own place is not known."""

from __future__ import annotations

from typing import Any

import pytest

from gouji.ingest.review.near import near
from gouji.tables.record import At, PageModel, Record
from tests.test_export import a_record

ROW = "requests.results.granted"
BEFORE, AFTER = "requests.carried_in", "requests.results.partial"


def placed(places: dict[str, tuple[int, float]], count: int = 3) -> Record:
    """A record of so many pages, in which the first cells of the rows named have places."""
    record = a_record()
    cells, left = [], dict(places)
    for cell in record.cells:
        where = left.pop(cell.ref.partition("@")[0], None)
        update: dict[str, Any] = {"page": None, "box": None, "at": None}
        if where:
            update |= {"page": where[0], "box": (100.0, where[1], 120.0, where[1] + 10)}
        cells.append(cell.model_copy(update=update))
    assert not left
    pages = tuple(PageModel(number=n + 1, width=600, height=800, kind="scan") for n in range(count))
    source = record.source.model_copy(update={"pages": pages})
    return record.model_copy(update={"cells": tuple(cells), "source": source})


def stretches(record: Record, ref: str) -> list[Any]:
    number = [cell.ref for cell in record.cells].index(ref)
    return [(one.page, one.box) for one in near(record, number)]


def test_a_cell_is_in_its_own_row() -> None:
    record = placed({BEFORE: (1, 300), ROW: (2, 50)})
    assert stretches(record, f"{ROW}@total") == [(2, (0, 50, 600, 60))]


@pytest.mark.parametrize(
    ("below", "box"), [(400.0, (0, 310, 600, 400)), (310.0, (0, 305, 600, 315))]
)
def test_else_between_the_rows_before_and_after(below: float, box: Any) -> None:
    record = placed({BEFORE: (1, 300), AFTER: (1, below)})
    assert stretches(record, f"{ROW}@total") == [(1, box)]


def test_across_pages_what_is_too_little_is_left_out() -> None:
    record = placed({BEFORE: (1, 760), AFTER: (3, 500)})
    whole = (2, (0, 0, 600, 800))
    assert stretches(record, f"{ROW}@total") == [whole, (3, (0, 0, 600, 500))]


def test_a_table_without_any_place_is_after_the_one_before_it() -> None:
    record = placed({"requests.results.total": (2, 780)})
    last = record.cells[-1].ref
    assert not last.startswith("requests")
    assert stretches(record, last) == [(3, (0, 0, 600, 800))]


def test_nothing_is_said_where_anything_is_possible_or_the_place_is_known() -> None:
    assert stretches(placed({}), f"{ROW}@total") == []
    record = placed({ROW: (2, 50)})
    first = next(cell.ref for cell in record.cells if cell.box)
    assert stretches(record, first) == []


def test_in_a_text_it_is_beside_its_neighbour() -> None:
    record = placed({}, 0)
    numbers = {cell.ref: n for n, cell in enumerate(record.cells)}
    own = numbers[f"{ROW}@natural_person"]
    cells = list(record.cells)
    cells[own] = cells[own].model_copy(update={"at": At(line=3, start=0, end=1)})
    record = record.model_copy(update={"cells": tuple(cells)})
    (found,) = near(record, numbers[f"{ROW}@total"])
    assert (found.beside, found.row) == (own, True)
    (found,) = near(record, numbers[f"{BEFORE}@total"])
    assert (found.beside, found.row) == (own, False)
