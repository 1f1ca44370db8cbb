"""A cell of the form as it is filled in, and one reading of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from gouji.ocr.finding import Finding
from gouji.ocr.reader import Reading
from gouji.tables.evidence import Seen
from gouji.tables.forms.form import FormCell
from gouji.tables.grid import Cell
from gouji.tables.identities import Figure
from gouji.tables.judge import Support
from gouji.tables.numbers import MONEY_UNITS, parse, to_wan
from gouji.tables.record import Basis, State
from gouji.tables.rows import Row
from gouji.tables.units import Units

_CLEAR = 0.9
_CHANGE = re.compile("增|减|新增")


@dataclass(frozen=True, slots=True)
class Filled:
    """A cell of the form as filled in. ``cell`` is None where the document has no such row.

    ``readings`` are the candidates of a cell in doubt, and what the readers saw of a scanned one
    (``seen``), and what speaks for it (``support``); ``confidence`` (0 to 1): how many such cells
    were right when it was measured.
    """

    form: FormCell
    cell: Cell | None
    state: State
    value: Decimal | None = None
    unit: str | None = None
    unit_written: str | None = None
    unit_source: str | None = None
    note: str | None = None
    accepted: bool = True
    basis: Basis | None = None
    readings: tuple[Reading, ...] = ()
    seen: Seen | None = None
    confidence: float = 1.0
    support: Support | None = None
    why: tuple[Finding, ...] = ()

    @property
    def figure(self) -> Figure:
        return Figure(self.value, self.state)

    @property
    def clear(self) -> bool:
        """Whether a scanned figure is likely to be right, and its place is not in doubt."""
        sure = max(self.confidence, self.support.share if self.support else 0.0)
        return self.support is not None and sure >= _CLEAR and not self.misplacing

    @property
    def misplacing(self) -> str:
        """The code of what speaks against its place; ``""`` if nothing does."""
        return self.why[0].code if self.why and self.why[0].code in _PLACE_DOUBTS else ""


_PLACE_DOUBTS = frozenset((
    "place_unproved", "grid_unproved", "figures_left", "placed_by_eye", "cells_lost",
    "figures_contested", "columns_unproved",
))  # fmt: skip
"""What speaks against the place of a figure, whatever it says."""


def read_as(form_cell: FormCell, cell: Cell, row: Row, units: Units, basis: Basis) -> Filled:
    """One cell with one reading: its number, its unit, its state."""
    number = parse(cell.text)
    base = Filled(form_cell, cell, number.state, note=number.note, basis=basis)
    if number.state == "text":
        return replace(base, accepted=False, why=(Finding("not_a_number", {"text": cell.text}),))
    if number.value is None:
        return base
    if not form_cell.signed and _CHANGE.match(cell.text.strip()):
        why = Finding("not_a_number", {"text": cell.text})
        return replace(base, state="text", accepted=False, why=(why,))
    unit, written, source = units.unit(form_cell, number, row)
    named = unit if form_cell.money else number.unit
    if named and (named in MONEY_UNITS) != form_cell.money:
        why = Finding("unexpected_unit", {"unit": named})
        return replace(base, state="text", accepted=False, why=(why,))
    value = number.value
    if form_cell.money and unit is not None:
        value, unit = to_wan(value, unit), "万元"
    return Filled(
        form_cell, cell, number.state, value, unit, written, source, number.note, basis=basis
    )


def displaced(filled: Filled, code: str) -> Filled:
    """In doubt because of its place; what else speaks against a scanned cell is told behind."""
    if not filled.accepted and filled.seen is None:
        return filled
    others = filled.why if not filled.accepted else ()
    return replace(filled, accepted=False, why=(Finding(code), *others))
