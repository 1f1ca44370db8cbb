"""Sums that fail together → the one figure that would explain them. Nothing is mended by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gouji.tables.forms.form import Identity
from gouji.tables.identities import Figure, Outcome


@dataclass(frozen=True, slots=True)
class Suspect:
    """A cell that several failing sums share: with ``value`` in it all of them would hold."""

    ref: str
    value: Decimal
    sums: tuple[Identity, ...]


def suspects(outcomes: Sequence[Outcome], figures: Mapping[str, Figure]) -> Iterator[Suspect]:
    """The cells that alone explain two failing sums or more.

    A cell that stands in a sum that holds is none, nor are two that would explain the same.
    """
    strict = [o for o in outcomes if o.identity.op == "=" and o.identity.severity == "error"]
    failing = [o for o in strict if o.result == "fail"]
    holding = {r for o in strict if o.result.startswith("pass") for r in o.identity.refs}
    found: dict[tuple[int, ...], list[Suspect]] = {}
    for ref in dict.fromkeys(r for o in failing for r in o.identity.refs if r not in holding):
        through = [i for i, o in enumerate(failing) if ref in o.identity.refs]
        wanted = {wanted_of(failing[i], ref, figures) for i in through}
        value = wanted.pop()
        if len(through) > 1 and not wanted and value >= 0 and figures[ref].value is not None:
            sums = tuple(failing[i].identity for i in through)
            found.setdefault(tuple(through), []).append(Suspect(ref, value, sums))
    yield from (alike[0] for alike in found.values() if len(alike) == 1)


def wanted_of(outcome: Outcome, ref: str, figures: Mapping[str, Figure]) -> Decimal:
    """What the cell would have to say for the sum to hold."""
    printed = figures[ref].value or Decimal(0)
    difference = outcome.difference or Decimal(0)
    return printed - difference if ref in outcome.identity.left else printed + difference
