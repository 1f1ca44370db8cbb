"""Measured rates: bounds follow from counts, and what is accepted follows from bounds."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from bench import measure
from gouji.ocr.page import Box
from gouji.ocr.reader import Reading
from gouji.tables.evidence import Seen
from gouji.tables.filled import Filled
from gouji.tables.forms.form import load
from gouji.tables.grid import Cell, Place
from gouji.tables.judge import Support
from gouji.tables.measured import AIM, Class, place_rate, reading_rate, suffices

DATA: dict[str, Any] = tomllib.loads(measure.TARGET.read_text("utf-8"))
CLASSES = {
    Class(each["state"], each["readers"], each["sums"], each["share"]): each
    for each in DATA["readings"]
}
SURE = Class("value", "agree", "hold", 0.999)


def test_bounds_follow_from_the_counts() -> None:
    counts = {each: Counter(row) for each, row in CLASSES.items()}
    for each, row in CLASSES.items():
        assert measure.bound_of(each, counts) == pytest.approx(row["bound"], abs=1e-4), each


@pytest.mark.parametrize(
    ("wrong", "cells", "bound"), [(0, 0, 1.0), (0, 299, 0.01), (1, 473, 0.01), (3, 10, 0.6066)]
)
def test_the_bound_is_that_of_clopper_and_pearson(wrong: int, cells: int, bound: float) -> None:
    assert measure.upper(wrong, cells) == pytest.approx(bound, abs=2e-4)


def test_nothing_is_measured_on_seeds_for_reports() -> None:
    last = re.search(r"seeds from \d+ to (\d+)", measure.TARGET.read_text("utf-8"))
    assert last is not None
    assert int(last[1]) < measure.SEEDS


def test_where_sums_fail_only_such_cells_count() -> None:
    fail = Class("value", "agree", "fail", 0.999)
    counts = {SURE: Counter(cells=5000), fail: Counter(cells=10)}
    assert measure.bound_of(SURE, counts) < 0.001
    assert measure.bound_of(fail, counts) == pytest.approx(measure.upper(0, 10))
    zero = Class("zero", "agree", "fail", 0.999)
    counts[zero] = Counter(cells=5)
    assert measure.bound_of(zero, counts) == pytest.approx(measure.upper(0, 15))


def test_a_class_that_was_never_seen_is_not_accepted() -> None:
    unseen = Class("text", "agree", "hold", 0.999)
    assert reading_rate(unseen).right == 0.5
    assert not suffices(unseen)


def test_acceptance_follows_the_bound() -> None:
    for each, row in CLASSES.items():
        assert suffices(each) == (row["bound"] <= (0.05 if each.sums in ("fail", "own") else AIM))


@pytest.mark.parametrize("sums", [(0, 0), (1, 1), (2, 2)])
@pytest.mark.parametrize("readers", ["one", "silent", "differ"])
def test_one_ground_alone_never_suffices(readers: Any, sums: tuple[int, int]) -> None:
    assert not Support("value", 1.0, readers, *sums).suffices


def test_faint_ink_and_open_choices_never_suffice() -> None:
    assert Support("value", 1.0, "agree", held=2).suffices
    assert not Support("value", 1.0, "faint", held=2).suffices
    assert not Support("value", 1.0, "agree", held=2, settled=False).suffices


def test_sums_that_fail_need_order() -> None:
    assert not Support("value", 1.0, "agree", failed=1, orderly=False).suffices


def test_doubts_about_places_lower_confidence() -> None:
    assert place_rate("").right > 0.999
    assert place_rate("place_unproved").right < 0.99


# --- judging a cell -------------------------------------------------------------------------------

TABLE = next(table for table in load("2021").tables if table.id == "disputes")
ROW = TABLE.cells[:5]
TRUTH = {
    "cells": {
        cell.ref: {"written": text, "state": "value", "knowable": True}
        for cell, text in zip(ROW, ("3", "8", "1", "4", "16"), strict=True)
    }
}


def filled(index: int, text: str) -> Filled:
    box = Box(0, 0, 10, 10)
    seen = Seen((1, box), (Reading("rapid", text, 1.0),))
    cell = Cell(0, index, 1, index + 1, text, Place(1, box))
    return Filled(ROW[index], cell, "value", Decimal(text), seen=seen)


class Read:
    """What stands for a report with one table."""

    def __init__(self, *texts: str) -> None:
        self.cells = [filled(index, text) for index, text in enumerate(texts)]
        self.tables = [self]


@pytest.mark.parametrize(
    ("texts", "judged"),
    [
        (("3", "8", "1", "4", "16"), ["right"] * 5),
        (("3", "3", "1", "4", "16"), ["right", "wrong", "right", "right", "right"]),
        (("8", "1", "4", "16", "7"), ["misplaced"] * 4 + ["wrong"]),
    ],
)
def test_a_figure_of_another_cell_was_not_misread(
    texts: tuple[str, ...], judged: list[str]
) -> None:
    read: Any = Read(*texts)
    assert [how for _, how in measure.judged(read, TRUTH)] == judged
