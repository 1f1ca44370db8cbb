"""Choices and identities → the one assignment, or doubt.

A choice is a set of ways to read some cells: the divisions of a run of digits, the places of a
row's figures, the alternatives of one scanned cell. The cheapest assignment is sought, where a
way costs what it costs to believe it and an identity that fails costs ``PENALTY``. A choice is
confirmed when its way stays the only one within ``MARGIN`` whichever single identity through it
is left out, and without those that hold only zeros and blanks, which say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gouji.tables.forms.form import Identity
from gouji.tables.identities import Figure

PENALTY = 8.0
MARGIN = 3.0
_SECONDS = 20.0

Values = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Choice:
    """``ways[i]`` gives a value (None for a blank) to every cell of the choice."""

    costs: tuple[float, ...]
    ways: tuple[Values, ...]

    @property
    def refs(self) -> frozenset[str]:
        return frozenset(self.ways[0])


@dataclass(frozen=True, slots=True)
class Decision:
    """``way`` is the index of the cheapest; None if nothing was found in time.

    ``rivals`` are the other ways within the margin when one identity is left out: empty for a
    choice that is confirmed.
    """

    way: int | None
    rivals: frozenset[int]

    @property
    def confirmed(self) -> bool:
        return self.way is not None and not self.rivals


def solve(
    choices: Sequence[Choice], identities: Iterable[Identity], fixed: Mapping[str, Figure]
) -> list[Decision]:
    """One decision for each choice, in their order."""
    decisions: dict[int, Decision] = {}
    known = set(fixed) | {ref for choice in choices for ref in choice.refs}
    usable = [i for i in identities if i.severity == "error" and known.issuperset(i.refs)]
    usable = [i for i in usable if not any(_unknown(fixed.get(ref)) for ref in i.refs)]
    for members in _components(choices, usable):
        own = [choices[m] for m in members]
        refs = frozenset().union(*(choice.refs for choice in own))
        through = [i for i in usable if not refs.isdisjoint(i.refs)]
        decisions |= zip(members, _Program(own, through, fixed).decide(), strict=True)
    return [decisions[index] for index in range(len(choices))]


def _unknown(figure: Figure | None) -> bool:
    return figure is not None and figure.value is None and figure.state not in (
        "blank", "not_applicable")  # fmt: skip


def _components(choices: Sequence[Choice], identities: Sequence[Identity]) -> list[list[int]]:
    """Choices that an identity ties together, directly or through others."""
    groups: list[tuple[set[str], list[int]]] = []
    for index, choice in enumerate(choices):
        refs = set(choice.refs)
        for identity in identities:
            if not choice.refs.isdisjoint(identity.refs):
                refs.update(identity.refs)
        touching = [g for g in groups if not g[0].isdisjoint(refs)]
        groups = [g for g in groups if g[0].isdisjoint(refs)]
        members = [m for g in touching for m in g[1]]
        groups.append((refs.union(*(g[0] for g in touching)), [*members, index]))
    return [sorted(members) for _, members in groups]


class _Program:
    """An integer program: a binary for each way, one for each identity that holds."""

    def __init__(
        self, choices: Sequence[Choice], identities: Sequence[Identity], fixed: Mapping[str, Figure]
    ) -> None:
        import highspy

        self._choices, self._identities, self._fixed = choices, identities, fixed
        self._highs: Any = highspy.Highs()
        for option, value in (
            ("output_flag", False),
            ("time_limit", _SECONDS),
            ("mip_feasibility_tolerance", 1e-9),
            ("primal_feasibility_tolerance", 1e-9),
            ("mip_rel_gap", 0.0),
            ("random_seed", 1),
            ("threads", 1),
        ):
            self._highs.setOptionValue(option, value)
        self._chosen = [[self._highs.addBinary(obj=c) for c in choice.costs] for choice in choices]
        self._fails = [self._highs.addBinary(obj=PENALTY) for _ in identities]
        for ways in self._chosen:
            self._highs.addConstr(sum(ways) == 1)
        for identity, fails in zip(identities, self._fails, strict=True):
            self._constrain(identity, fails)

    def _constrain(self, identity: Identity, fails: Any) -> None:
        """Left minus right is zero (or less) unless the identity fails."""
        sign = dict.fromkeys(identity.left, 1) | dict.fromkeys(identity.right, -1)
        constant, terms, low, high = 0.0, [], 0.0, 0.0
        for ref, factor in sign.items():
            if ref in self._fixed:
                constant += factor * float(self._fixed[ref].value or 0)
        for choice, ways in zip(self._choices, self._chosen, strict=True):
            sums = [
                sum(sign[r] * float(v or 0) for r, v in way.items() if r in sign)
                for way in choice.ways
            ]
            terms += [s * x for s, x in zip(sums, ways, strict=True) if s]
            low, high = low + min(sums), high + max(sums)
        bound = max(abs(constant + low), abs(constant + high)) + 1
        total = sum(terms) + constant
        self._highs.addConstr(total - bound * fails <= 0)
        if identity.op == "=":
            self._highs.addConstr(total + bound * fails >= 0)

    def decide(self) -> list[Decision]:
        best = self._minimum()
        if best is None:
            return [Decision(None, frozenset()) for _ in self._choices]
        rivals: list[set[int]] = [set() for _ in self._choices]
        idle = {k for k, identity in enumerate(self._identities) if self._all_zero(identity, best)}
        for left_out in [None, *(k for k in range(len(self._identities)) if k not in idle)]:
            self._weigh(idle | ({left_out} if left_out is not None else set()))
            self._find_rivals(best, left_out, rivals)
        return [Decision(way, frozenset(found)) for way, found in zip(best, rivals, strict=True)]

    def _find_rivals(self, best: list[int], left_out: int | None, rivals: list[set[int]]) -> None:
        """Look for assignments within the margin that differ in a choice the identity goes through."""
        concerned = [
            c for c, choice in enumerate(self._choices)
            if left_out is None or not choice.refs.isdisjoint(self._identities[left_out].refs)
        ]  # fmt: skip
        cost = self._cost(best)
        while concerned:
            row = self._highs.addConstr(
                sum(self._chosen[c][best[c]] for c in concerned) <= len(concerned) - 1
            )
            other = self._minimum()
            found = other is not None and self._cost(other) < cost + MARGIN
            self._highs.deleteRows(1, [row.index])
            if other is None or not found:
                return
            differing = [c for c in concerned if other[c] != best[c]]
            for c in differing:
                rivals[c].add(other[c])
            concerned = [c for c in concerned if c not in differing]

    def _weigh(self, idle: set[int]) -> None:
        self._weights = [0.0 if k in idle else PENALTY for k in range(len(self._identities))]
        for fails, weight in zip(self._fails, self._weights, strict=True):
            self._highs.changeColCost(fails.index, weight)

    def _minimum(self) -> list[int] | None:
        """The cheapest assignment: the index of a way for each choice."""
        self._highs.run()
        values = self._highs.getSolution().col_value
        if not values or self._highs.getInfo().primal_solution_status != 2:
            return None
        return [max(range(len(ws)), key=lambda w: values[ws[w].index]) for ws in self._chosen]

    def _cost(self, assignment: list[int]) -> float:
        """What an assignment costs, reckoned exactly and not by the program's tolerances."""
        values = self._values(assignment)
        cost = sum(c.costs[way] for c, way in zip(self._choices, assignment, strict=True))
        for identity, weight in zip(self._identities, self._weights, strict=True):
            difference = sum(values[r] for r in identity.left) - sum(
                values[r] for r in identity.right
            )
            holds = difference == 0 if identity.op == "=" else difference <= 0
            cost += 0.0 if holds else weight
        return cost

    def _all_zero(self, identity: Identity, assignment: list[int]) -> bool:
        values = self._values(assignment)
        return not any(values[ref] for ref in identity.refs)

    def _values(self, assignment: list[int]) -> dict[str, Decimal]:
        values = {ref: figure.value or Decimal(0) for ref, figure in self._fixed.items()}
        for choice, way in zip(self._choices, assignment, strict=True):
            values |= {ref: value or Decimal(0) for ref, value in choice.ways[way].items()}
        return values
