"""What each path of the reader did: the fast one, the second opinions, the readers of scans, the
mending of their grids, and the solver.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.scoring import Reading
from gouji.ingest import opinions, scans, second, views
from gouji.ocr.page import Char
from gouji.tables import fill, judge
from gouji.tables.grid import Block, Grid
from gouji.tables.mend import Mended, mended
from gouji.tables.solve import Choice, Decision, solve
from gouji.tables.understand import combined, understand
from gouji.tables.understood import Understood

Accepted = dict[str, Reading]
Judge = Callable[[str, Reading], bool]
"""Whether an accepted cell is what the page says."""
Effects = dict[str, Counter[str]]


@dataclass
class Attempt:
    """One way to see a report. ``unsolved``: what is accepted of it if the solver is not asked;
    None if it was not. ``unmended``: the same for the mending of grids.
    """

    accepted: Accepted
    unsolved: Accepted | None
    unmended: Accepted | None = None
    path: str = ""
    taken: bool = False


@dataclass
class Watch:
    """Stands in for the counts of the paths, and notes the attempts at each report in turn."""

    reports: list[list[Attempt]] = field(default_factory=list)
    _last: Attempt | None = None
    _solver_on: bool = True
    _solver_ran: bool = False
    _as_found: dict[Grid, Grid] = field(default_factory=dict)

    def note(self, path: str, taken: bool) -> None:
        """Called by the reader after each attempt."""
        assert self._last is not None
        self._last.path, self._last.taken = path, taken
        if path in ("fast", "first reader"):
            self.reports.append([])
        self.reports[-1].append(self._last)

    def understand(self, blocks: Sequence[Block], *others: Any) -> Understood:
        """The reader's own, and once more without the solver where it was asked."""
        self._solver_ran = False
        found = understand(blocks, *others)
        without = None
        if self._solver_ran:
            self._solver_on = False
            without = _accepted(understand(blocks, *others))
            self._solver_on = True
        self._last = Attempt(_accepted(found), without, self._unmended(blocks, *others))
        return found

    def combined(self, one: Understood, other: Understood) -> Understood:
        """The reader's own; what is accepted of both is what the second attempt gives."""
        both = combined(one, other)
        assert self._last is not None
        self._last.accepted = _accepted(both)
        return both

    def _unmended(self, blocks: Sequence[Block], *others: Any) -> Accepted | None:
        """What is accepted where the grids stay as they were found; None if all did."""
        as_found = [
            self._as_found.get(block, block) if isinstance(block, Grid) else block
            for block in blocks
        ]
        if as_found == list(blocks):
            return None
        return _accepted(understand(as_found, *others))

    def mended(self, grid: Grid, chars: Sequence[Char]) -> Mended:
        """The reader's own, and the grid as it was found is kept."""
        found = mended(grid, chars)
        if found.count:
            self._as_found[found.grid] = grid
        return found

    def solve(self, choices: Sequence[Choice], *others: Any) -> list[Decision]:
        """The solver, or one that decides nothing."""
        self._solver_ran = True
        if self._solver_on:
            return solve(choices, *others)
        return [Decision(None, frozenset()) for _ in choices]


@contextmanager
def watched() -> Iterator[Watch]:
    """Everything read within is watched."""
    watch = Watch()
    stands_in: list[tuple[Any, str, Any]] = [
        (opinions, "COUNTS", watch),
        (opinions, "understand", watch.understand),
        (opinions, "combined", watch.combined),
        (views, "COUNTS", watch),
        (views, "understand", watch.understand),
        (second, "understand", watch.understand),
        (fill, "solve", watch.solve),
        (judge, "solve", watch.solve),
        (scans, "mended", watch.mended),
    ]
    before = [getattr(module, name) for module, name, _ in stands_in]
    for module, name, other in stands_in:
        setattr(module, name, other)
    try:
        yield watch
    finally:
        for (module, name, _), own in zip(stands_in, before, strict=True):
            setattr(module, name, own)


def effects(attempts: Sequence[Attempt], right: Judge) -> Effects:
    """For each path: ``ran``, ``taken``, and the accepted cells it changed against the truth."""
    out: Effects = {}
    best: Attempt | None = None
    for attempt in attempts:
        counts = out.setdefault(attempt.path, Counter())
        counts.update(ran=1, taken=attempt.taken)
        if attempt.taken:
            counts.update(_changes(best.accepted if best else {}, attempt.accepted, right))
            best = attempt
    for path, before in (
        ("mending", best.unmended if best else None),
        ("solver", best.unsolved if best else None),
    ):
        if best is not None and before is not None:
            changes = _changes(before, best.accepted, right)
            out[path] = Counter(ran=1, taken=int(any(changes.values()))) + changes
    return out


def _accepted(understood: Understood) -> Accepted:
    return {
        cell.form.ref: (cell.value, cell.state)
        for table in understood.tables
        for cell in (*table.cells, *table.extra)
        if cell.accepted
    }


def _changes(before: Accepted, after: Accepted, right: Judge) -> Counter[str]:
    """Cells made right or wrong, and those that were so and are no longer."""
    good = [{ref for ref, got in seen.items() if right(ref, got)} for seen in (before, after)]
    bad = [set(seen) - goods for seen, goods in zip((before, after), good, strict=True)]
    return Counter(
        {
            "made right": len(good[1] - good[0]),
            "right lost": len(good[0] - good[1]),
            "made wrong": len(bad[1] - bad[0]),
            "wrong undone": len(bad[0] - bad[1]),
        }
    )
