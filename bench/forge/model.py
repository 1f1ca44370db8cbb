"""The abstract document: what a drawn report says and how it is laid out, before any format.

A table is rows of anchor cells with spans, as in HTML. ``Document.truth`` holds what each cell of
the forms says on the page; a table's value cells point at it by ``ref``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

State = Literal["value", "zero", "blank", "not_applicable", "text", "missing_row"]
Role = Literal["corner", "head", "section", "group", "label", "unit", "code", "value", "filler"]


@dataclass
class Truth:
    """What one cell of a form says on the page. Money is in 万元 if the page states its unit."""

    value: Decimal | None
    state: State
    written: str | None
    knowable: bool = True
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        value = None if self.value is None else format(self.value, "f")
        out: dict[str, Any] = {"value": value, "state": self.state, "written": self.written}
        out["knowable"] = self.knowable
        if self.why:
            out["why"] = self.why
        return out


@dataclass
class Cell:
    """An anchor cell. ``label`` keeps a label's text in the form while ``text`` may be altered."""

    text: str
    role: Role
    ref: str | None = None
    rows: int = 1
    cols: int = 1
    vertical: bool = False


@dataclass
class Row:
    """One row. ``key`` is the form's row; ``before`` are lines that stand between the rows."""

    cells: list[Cell]
    key: str | None = None
    head: bool = False
    before: list[str] = field(default_factory=list)
    page_break: bool = False
    shift: int = 0
    labelled: bool = True

    def values(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.role == "value"]


@dataclass
class Table:
    """``id`` is proactive, requests, disputes or main; None for a table that is no form."""

    id: str | None
    edition: str | None
    rows: list[Row]
    widths: list[float]

    def anchors(self) -> list[list[tuple[int, Cell]]]:
        """Rows of (first column, anchor cell), columns from 0."""
        taken: dict[int, int] = {}
        out = []
        for row in self.rows:
            line, column = [], 0
            for cell in row.cells:
                while taken.get(column, 0) > 0:
                    column += 1
                line.append((column, cell))
                for _ in range(cell.cols):
                    taken[column] = max(taken.get(column, 0), cell.rows)
                    column += 1
            taken = {c: left - 1 for c, left in taken.items()}
            out.append(line)
        return out

    def grid(self) -> list[list[Cell | None]]:
        """The anchor or, at covered places, None."""
        out: list[list[Cell | None]] = [[None] * len(self.widths) for _ in self.rows]
        for line, anchors in zip(out, self.anchors(), strict=True):
            for column, cell in anchors:
                line[column] = cell
        return out


@dataclass
class Paragraph:
    """A line of text: title, heading, subheading, body, meta, signature, caption or furniture."""

    text: str
    role: str = "body"


Block = Paragraph | Table


@dataclass
class Document:
    """One file's content: usually one report."""

    form: str
    kind: str
    blocks: list[Block]
    truth: dict[str, Truth]
    style: dict[str, Any]
    flags: dict[str, Any] = field(default_factory=dict)

    def tables(self, *ids: str) -> list[Table]:
        return [
            block
            for block in self.blocks
            if isinstance(block, Table) and block.id is not None and (not ids or block.id in ids)
        ]

    def rows(self, *ids: str) -> Iterator[tuple[Table, Row]]:
        for table in self.tables(*ids):
            for row in table.rows:
                yield table, row

    def cells(self, *ids: str) -> Iterator[Cell]:
        for _, row in self.rows(*ids):
            yield from row.cells

    def cell(self, ref: str) -> Cell:
        return next(cell for cell in self.cells() if cell.ref == ref)

    def write(self, ref: str, written: str, state: State | None = None) -> None:
        """Changes what stands in a cell; the value goes with a state that has none."""
        truth = self.truth[ref]
        truth.written = written or None
        if state is not None:
            truth.state = state
            if state not in ("value", "zero"):
                truth.value = None
        for cell in self.cells():
            if cell.ref == ref:
                cell.text = written
