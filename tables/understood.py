"""What a report's tables came to: filled in, checked, and how they compare with another attempt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from gouji.ocr.finding import Finding
from gouji.tables.filled import Filled
from gouji.tables.forms.form import FormTable
from gouji.tables.grid import Block
from gouji.tables.identities import Outcome

OF_ONE_FORM = ("proactive", "requests", "disputes")
"""The tables of a form that has no single one, in their order."""
_OF_PLACE = (
    "figures_do_not_fit", "place_unproved", "grid_unproved", "figures_left", "row_missing",
    "not_a_number",
)  # fmt: skip
_OF_PAGE = ("row_missing", "not_a_number")
"""Where the cells are drawn, this is how the page is: another look would see the same."""
_LACKING = ("no_table", "table_missing", "table_unread")
_FEW_UNPLACED = 2
_TITLES = {
    "proactive": "主动公开政府信息情况",
    "requests": "收到和处理政府信息公开申请情况",
    "disputes": "政府信息公开行政复议、行政诉讼情况",
}

Rank = tuple[int, int, int]
"""Greater is better."""


@dataclass(frozen=True, slots=True)
class Table:
    """A statistical table, filled in. ``extra`` are rows of the page the form does not know;
    ``drawn``: its cells are those of the source and were not put together from alignment;
    ``findings``: what is to be told of it.
    """

    form: FormTable
    evidence: tuple[str, ...]
    pages: tuple[int, ...]
    cells: tuple[Filled, ...]
    extra: tuple[Filled, ...]
    outcomes: tuple[Outcome, ...]
    drawn: bool = True
    findings: tuple[Finding, ...] = ()

    @property
    def unplaced(self) -> bool:
        """Whether cells are in doubt because of where they stand, not of what stands there."""
        return any(
            why.code in _OF_PLACE and not (self.drawn and why.code in _OF_PAGE)
            for c in self.cells
            if not c.accepted
            for why in c.why
        )

    @property
    def unread(self) -> bool:
        """Whether it is there, but its arrangement could not be read."""
        return not self.evidence and all(c.state == "unreadable" for c in self.cells)

    @property
    def open_questions(self) -> bool:
        """Whether cells could not be placed, or a sum fails in a grid put together from
        alignment.
        """
        return self.unplaced or (self.failing and not self.drawn)

    @property
    def failing(self) -> bool:
        return bool(self.in_failing_sums)

    @property
    def in_failing_sums(self) -> frozenset[str]:
        """The cells that are part of an identity that must hold and fails."""
        return frozenset(
            ref
            for outcome in self.outcomes
            if outcome.result == "fail" and outcome.identity.severity == "error"
            for ref in outcome.identity.refs
        )

    @property
    def doubts(self) -> int:
        """How many cells are not accepted, and identities that fail: less is better."""
        cells = sum(not cell.accepted for cell in (*self.cells, *self.extra))
        failing = (o.result == "fail" and o.identity.severity == "error" for o in self.outcomes)
        return cells + sum(failing)

    @property
    def rank(self) -> Rank:
        """To compare two attempts at the same table: whether it is read, then fewer cells without
        a place, which no reader can settle, then fewer doubts.
        """
        doubtful = [cell for cell in self.cells if not cell.accepted]
        return (
            not self.unread,
            -sum(c.misplacing != "" or _unseen(c) for c in doubtful),
            -self.doubts,
        )


@dataclass(frozen=True, slots=True)
class Understood:
    """All statistical tables of one report, in the form's order. ``beside``: the blocks that no
    table was found in; ``told``: findings about none of the tables.
    """

    tables: tuple[Table, ...]
    beside: tuple[Block, ...] = ()
    told: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is to be told of the tables, and of those that are missing."""
        of_tables = (finding for table in self.tables for finding in table.findings)
        return (*of_tables, *_missing_tables(self.tables), *self.told)

    @property
    def rank(self) -> Rank:
        """To compare two attempts at the same report: that of all its tables that are read."""
        ranks = [table.rank for table in self.tables if not table.unread]
        return sum(r[0] for r in ranks), sum(r[1] for r in ranks), sum(r[2] for r in ranks)

    @property
    def _doubtful(self) -> list[Filled]:
        return [c for t in self.tables for c in t.cells if not c.accepted]

    @property
    def open_questions(self) -> bool:
        """Whether another look at the page might help: a table missing, cells that could not be
        placed, or a sum that fails in a table whose grid was put together from alignment.
        """
        if self.lacks_tables or any(f.code == "row_not_used" for f in self.findings):
            return True
        return any(t.open_questions for t in self.tables)

    @property
    def hard_to_place(self) -> bool:
        """Whether there is no table, or cells of a scan could not be told from one another: all
        of one that is there but was not read are such.
        """
        return not self.tables or sum(map(_unseen, self._doubtful)) > _FEW_UNPLACED

    @property
    def lacks_tables(self) -> bool:
        """Whether a table was not found, or not read."""
        return any(f.code in _LACKING for f in self.findings)

    @property
    def only_missing_tables(self) -> bool:
        """Whether the tables that were found raise no question themselves."""
        unused = any(finding.code == "row_not_used" for finding in self.findings)
        return bool(self.tables) and not unused and not any(t.open_questions for t in self.tables)

    @property
    def failing(self) -> bool:
        """Whether a sum of some table fails."""
        return any(table.failing for table in self.tables)

    @property
    def values(self) -> dict[str, Decimal | None]:
        """The accepted values."""
        return {c.form.ref: c.value for t in self.tables for c in t.cells if c.accepted}


def _unseen(cell: Filled) -> bool:
    return cell.seen is None or not cell.seen.readings


def _missing_tables(tables: Sequence[Table]) -> list[Finding]:
    present = {table.form.id for table in tables}
    if not present:
        return [Finding("no_table")]
    if "main" in present:
        return []
    missing = [
        Finding("table_missing", {"table": _TITLES[i]}) for i in OF_ONE_FORM if i not in present
    ]
    unseen = [
        Finding(t.cells[0].why[0].code, {"table": _TITLES[t.form.id]}) for t in tables if t.unread
    ]
    return [*missing, *unseen]
