"""Identities of a form → results, from the cells as printed. Nothing is ever changed by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gouji.tables.forms.form import Identity
from gouji.tables.record import Result, State


@dataclass(frozen=True, slots=True)
class Figure:
    """What an identity needs of a cell: its value, None without one, and its state."""

    value: Decimal | None
    state: State


@dataclass(frozen=True, slots=True)
class Outcome:
    """``difference`` is left minus right; None where the identity can't be evaluated."""

    identity: Identity
    result: Result
    difference: Decimal | None = None


_AS_ZERO = ("blank", "not_applicable")


def evaluate(identity: Identity, figures: Mapping[str, Figure]) -> Outcome:
    """A blank counts as zero only as an addend; a side of blanks alone can't be evaluated."""
    cells = [figures.get(ref) for ref in identity.refs]
    if any(cell is None or (cell.value is None and cell.state not in _AS_ZERO) for cell in cells):
        return Outcome(identity, "not_evaluable")
    sides = [identity.left, identity.right]
    if any(refs and all(_blank(figures[ref]) for ref in refs) for refs in sides):
        return Outcome(identity, "not_evaluable")
    difference = _sum(identity.left, figures) - _sum(identity.right, figures)
    holds = difference == 0 if identity.op == "=" else difference <= 0
    if not holds:
        return Outcome(identity, "fail", difference)
    blanks = any(_blank(figures[ref]) for ref in identity.refs)
    return Outcome(identity, "pass_blank_as_zero" if blanks else "pass", difference)


def _blank(figure: Figure) -> bool:
    return figure.value is None


def _sum(refs: Sequence[str], figures: Mapping[str, Figure]) -> Decimal:
    return sum((figures[ref].value or Decimal(0) for ref in refs), Decimal(0))


def all_zero(identity: Identity, figures: Mapping[str, Figure]) -> bool:
    """Whether an identity has only zeros and blanks: such a one proves nothing."""
    return not any(figures[ref].value for ref in identity.refs if ref in figures)
