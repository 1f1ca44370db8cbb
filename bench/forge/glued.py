"""Digits run together: in how many ways can they be told apart?

A row that has one split only is known. The identities tell more: a split of a row of the requests
table is confirmed if it stays the only one when any single identity through the row is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from .forms import APPLICANTS, ref_of
from .model import Truth

COLUMNS = len(APPLICANTS)
TOTAL = "requests.results.total"
NEW, IN, OUT = "requests.new", "requests.carried_in", "requests.carried_out"
NODES = 20_000
Vector = tuple[int, ...]
Choices = dict[str, list[Vector]]


@cache
def splits(run: str, parts: int) -> int:
    """The number of ways to cut a run into whole numbers without idle zeros."""
    if parts == 0:
        return int(not run)
    heads = (run[:end] for end in range(1, len(run) - parts + 2))
    return sum(splits(run[len(head) :], parts - 1) for head in heads if is_number(head))


def is_number(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isdigit() and (digits == "0" or digits[0] != "0")


def cuts(run: str, parts: int) -> Iterator[Vector]:
    """Every way to cut a run into whole numbers that are not negative."""
    if parts == 1:
        if is_number(run) and run[0] != "-":
            yield (int(run),)
        return
    for end in range(1, len(run) - parts + 2):
        if is_number(run[:end]) and run[0] != "-":
            for rest in cuts(run[end:], parts - 1):
                yield (int(run[:end]), *rest)


class _TooLargeError(Exception):
    """The search is larger than is worth its answer."""


def confirmed_rows(truth: Mapping[str, Truth], rows: list[str]) -> set[str]:
    """Rows of a requests table whose split is certain. ``rows`` are all that the form has."""
    runs = {
        row: "".join(truth[ref_of(row, column)].written or "" for column in APPLICANTS)
        for row in rows
    }
    if not all(run.isdigit() for run in runs.values()):
        return set()
    every = {row: list(cuts(run, COLUMNS)) for row, run in runs.items()}
    summed = {
        row: [cut for cut in found if sum(cut[:-1]) == cut[-1]] for row, found in every.items()
    }
    open_rows = [row for row, found in every.items() if len(found) > 1]
    try:
        certain = set(open_rows)
        for left_out in range(2 * COLUMNS):
            # The first seven scenarios leave out an R1, the others an R2.
            found = _readings(summed, left_out % COLUMNS, carry=left_out < COLUMNS)
            certain = {row for row in certain if len(found[row]) == 1}
        return {row for row in certain if len(_readings(summed | {row: every[row]})[row]) == 1}
    except _TooLargeError:
        return set()


def _readings(
    choices: Choices, left_out: int = -1, *, carry: bool = True
) -> dict[str, set[Vector]]:
    """What each row may say if the sums of the columns hold, but for one of one column."""
    results = [column for column in range(COLUMNS) if carry or column != left_out]
    carries = [column for column in range(COLUMNS) if not carry or column != left_out]
    leaves = [row for row in choices if row.startswith("requests.results.") and row != TOTAL]
    leaves.sort(key=lambda row: len(choices[row]))
    out: dict[str, set[Vector]] = {row: set() for row in choices}
    for total in choices[TOTAL]:
        around = [
            (new, came, left)
            for new in choices[NEW]
            for came in choices[IN]
            for left in choices[OUT]
            if all(new[c] + came[c] == total[c] + left[c] for c in carries)
        ]
        inside = list(_leaf_sums(choices, leaves, total, results)) if around else []
        if not inside:
            continue
        out[TOTAL].add(total)
        for three in around:
            for row, vector in zip((NEW, IN, OUT), three, strict=True):
                out[row].add(vector)
        for solution in inside:
            for row, vector in zip(leaves, solution, strict=True):
                out[row].add(vector)
    return out


def _leaf_sums(
    choices: Choices, leaves: list[str], total: Vector, columns: list[int]
) -> Iterator[list[Vector]]:
    """Choices of the leaves that add up to ``total`` in these columns."""
    nodes = 0

    def search(index: int, rest: list[int], chosen: list[Vector]) -> Iterator[list[Vector]]:
        nonlocal nodes
        nodes += 1
        if nodes > NODES:
            raise _TooLargeError
        if index == len(leaves):
            if not any(rest):
                yield chosen
            return
        for vector in choices[leaves[index]]:
            left = [value - vector[c] for value, c in zip(rest, columns, strict=True)]
            if min(left) >= 0:
                yield from search(index + 1, left, [*chosen, vector])

    yield from search(0, [total[c] for c in columns], [])
