"""Choices and identities → the one assignment, or doubt.

A choice is a set of ways to read some cells: the divisions of a run of digits, the places of a
row's figures, the alternatives of one scanned cell. The cheapest assignment is sought, where a
way costs what it costs to believe it and an identity that fails costs ``PENALTY``. A choice is
confirmed when its way stays the only one within ``MARGIN`` whichever single identity through it
is left out. Of readings (not of the division of certain digits), identities that hold only zeros
and blanks are left out too: they say nothing.
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
# Limits of work, not of time, so that every machine and every load give the same decisions.
_NODES = 50  # for each program; whatever was solved needed fewer than ten
_WAYS = 3500  # where rows may break their sums: the root of larger programs takes minutes

Values = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Choice:
    """``ways[i]`` gives a value (None for a blank) to every cell of the choice.

    ``certain``: what is written is known and only its division is open; else the ways are
    readings of a picture.
    """

    costs: tuple[float, ...]
    ways: tuple[Values, ...]
    certain: bool = True

    @property
    def refs(self) -> frozenset[str]:
        return frozenset(self.ways[0])


@dataclass(frozen=True, slots=True)
class Decision:
    """``way`` is the index of the cheapest; None if it was not found within the limit of work.

    ``rivals`` are other ways within the margin when one identity is left out: empty for a choice
    that is confirmed.
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
    single = [len(choice.ways) == 1 for choice in choices]
    figures = dict(fixed)
    for choice, alone in zip(choices, single, strict=True):
        if alone:
            figures |= {ref: _as_figure(value) for ref, value in choice.ways[0].items()}
    open_choices = [choice for choice, alone in zip(choices, single, strict=True) if not alone]
    decided = iter(_solve_open(open_choices, list(identities), figures))
    return [Decision(0, frozenset()) if alone else next(decided) for alone in single]


def _as_figure(value: Decimal | None) -> Figure:
    return Figure(value, "blank" if value is None else "value" if value else "zero")


def _solve_open(
    choices: Sequence[Choice], identities: Sequence[Identity], fixed: Mapping[str, Figure]
) -> list[Decision]:
    decisions: dict[int, Decision] = {}
    known = set(fixed) | {ref for choice in choices for ref in choice.refs}
    usable = [
        i
        for i in identities
        if i.severity == "error"
        and known.issuperset(i.refs)
        and not any(_unknown(fixed.get(ref)) for ref in i.refs)
    ]
    for members in _components(choices, usable):
        own = [choices[m] for m in members]
        refs = frozenset[str]().union(*(choice.refs for choice in own))
        through = [i for i in usable if not refs.isdisjoint(i.refs)]
        decisions |= zip(members, _decide(own, through, fixed), strict=True)
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


def _decide(
    choices: Sequence[Choice], identities: Sequence[Identity], fixed: Mapping[str, Figure]
) -> list[Decision]:
    """Decide choices that hang together.

    A way that breaks a sum of its own row costs as much as is to be gained by it, unless another
    identity fails too: so such ways are allowed only where that sum is the one left out, or, if
    an identity fails in the best assignment, everywhere.
    """
    program = _Program(choices, identities, fixed)
    try:
        best = program.best()
        rivals = program.rivals(best)
    except _TooHardError:
        return [Decision(None, frozenset()) for _ in choices]
    return [Decision(way, frozenset(rivals[c])) for c, way in enumerate(best)]


def _holds(identity: Identity, values: Mapping[str, Decimal | None]) -> bool:
    left = sum((values[ref] or Decimal(0) for ref in identity.left), Decimal(0))
    right = sum((values[ref] or Decimal(0) for ref in identity.right), Decimal(0))
    return left == right if identity.op == "=" else left <= right


class _TooHardError(Exception):
    """Neither an assignment nor that there is none was proved within the limit of work."""


class _Program:
    """An integer program. Its binaries: a way is chosen, an identity fails, one is left out."""

    def __init__(
        self, choices: Sequence[Choice], identities: Sequence[Identity], fixed: Mapping[str, Figure]
    ) -> None:
        import highspy

        self._status = highspy.HighsModelStatus
        self._idle: set[int] = set()
        self._choices, self._identities, self._fixed = choices, identities, fixed
        self._highs: Any = highspy.Highs()
        for option, value in _OPTIONS.items():
            self._highs.setOptionValue(option, value)
        add = self._highs.addBinary
        self._chosen = [[add(obj=cost) for cost in choice.costs] for choice in choices]
        self._fails = [add(obj=PENALTY) for _ in identities]
        self._left_out = [add() for _ in identities]
        self._base = add()  # nothing is left out
        for ways in self._chosen:
            self._highs.addConstr(self._highs.qsum(ways) == 1)
        self._own_sums = [
            k for k, identity in enumerate(identities) if self._constrain(k, identity)
        ]
        self._highs.addConstr(self._highs.qsum(self._left_out) + self._base == 1)

    def _constrain(self, k: int, identity: Identity) -> bool:
        """The identity holds unless it fails or is left out. Whether it is one within a choice,
        which some of its ways keep and some break.
        """
        excused = self._fails[k] + self._left_out[k]
        for choice, chosen in zip(self._choices, self._chosen, strict=True):
            if choice.refs.issuperset(identity.refs):
                broken = [
                    x
                    for x, way in zip(chosen, choice.ways, strict=True)
                    if not _holds(identity, way)
                ]
                self._highs.addConstr(self._highs.qsum(broken) - excused <= 0)
                return 0 < len(broken) < len(chosen)
        self._constrain_sums(identity, excused)
        return False

    def _constrain_sums(self, identity: Identity, excused: Any) -> None:
        """Left minus right is zero (or less) unless the identity is excused."""
        sign = dict.fromkeys(identity.left, 1) | dict.fromkeys(identity.right, -1)
        constant = sum(
            float(factor * (self._fixed[ref].value or 0))
            for ref, factor in sign.items()
            if ref in self._fixed
        )
        terms, low, high = [], constant, constant
        for choice, ways in zip(self._choices, self._chosen, strict=True):
            sums = [
                sum(sign[r] * float(v or 0) for r, v in way.items() if r in sign)
                for way in choice.ways
            ]
            terms += [s * x for s, x in zip(sums, ways, strict=True) if s]
            low, high = low + min(sums), high + max(sums)
        total = self._highs.qsum(terms) + constant
        self._highs.addConstr(total - max(high, 0) * excused <= 0)
        if identity.op == "=":
            self._highs.addConstr(total - min(low, 0) * excused >= 0)

    def best(self) -> list[int]:
        """The cheapest assignment: a way for each choice.

        First where all rows keep their sums; only if another identity fails there, everywhere.
        """
        self._highs.changeColBounds(self._base.index, 1, 1)
        self._bound_own_sums(0)
        best = self._minimum()
        if best is None or self.failing(best):
            if sum(len(choice.ways) for choice in self._choices) > _WAYS:
                raise _TooHardError
            self._bound_own_sums(1)
            best = self._cheaper(best)
        self._highs.changeColBounds(self._base.index, 0, 1)
        return best

    def _bound_own_sums(self, most: int) -> None:
        for k in self._own_sums:
            self._highs.changeColBounds(self._fails[k].index, 0, most)

    def _cheaper(self, known: list[int] | None) -> list[int]:
        """The cheapest assignment, if there is a cheaper one than that which is known."""
        rows = [] if known is None else [self._forbid_above(self._cost(known, None) - _LESS)]
        best = self._minimum() or known
        self._highs.deleteRows(len(rows), rows)
        if best is None:
            raise _TooHardError
        return best

    def _forbid_above(self, cost: float) -> int:
        """A bound spares the search most of its work. The row that holds it."""
        objective, _ = self._highs.getObjective()
        return int(self._highs.addConstr(objective + 0 * self._base <= cost).index)

    def rivals(self, best: list[int]) -> list[set[int]]:
        """For each choice a way of another assignment within the margin, if there is one."""
        self._weigh(best)
        self._forbid_above(self._cost(best, None) + MARGIN)
        found: list[set[int]] = [set() for _ in self._choices]
        while not all(found):
            rows = self._demand_difference(best, found)
            other = self._minimum()
            left_out = self._which_left_out() if other else None
            self._highs.deleteRows(len(rows), rows)
            if other is None or self._gap(other, best, left_out) >= MARGIN:
                break
            for c in self._concerned(left_out):
                if other[c] != best[c]:
                    found[c].add(other[c])
        return found

    def _weigh(self, best: list[int]) -> None:
        """Let identities that say nothing cost nothing, and each left-out one give back what the
        best assignment would save by it.
        """
        self._idle = {k for k in range(len(self._identities)) if self._says_nothing(k, best)}
        failing = set(self.failing(best)) - self._idle
        for k in range(len(self._identities)):
            weight = 0.0 if k in self._idle else PENALTY
            self._highs.changeColCost(self._fails[k].index, weight)
            self._highs.changeColCost(self._left_out[k].index, weight if k in failing else 0.0)

    def _demand_difference(self, best: list[int], found: list[set[int]]) -> list[int]:
        """Some choice through the left-out identity, not yet found to have a rival, differs."""
        rows = []
        for k in [None, *range(len(self._identities))]:
            out = self._base if k is None else self._left_out[k]
            free = [c for c in self._concerned(k) if not found[c]]
            same = sum(self._chosen[c][best[c]] for c in free) if free else 0 * out
            rows.append(self._highs.addConstr(out + same <= max(len(free), 0)).index)
        return rows

    def _concerned(self, left_out: int | None) -> list[int]:
        if left_out is None:
            return list(range(len(self._choices)))
        refs = self._identities[left_out].refs
        return [c for c, choice in enumerate(self._choices) if not choice.refs.isdisjoint(refs)]

    def _minimum(self) -> list[int] | None:
        """The cheapest assignment that is allowed; None if none is."""
        self._highs.run()
        status = self._highs.getModelStatus()
        if status == self._status.kInfeasible:
            return None
        if status != self._status.kOptimal:
            raise _TooHardError
        values = self._highs.getSolution().col_value
        return [
            max(range(len(ways)), key=[values[x.index] for x in ways].__getitem__)
            for ways in self._chosen
        ]

    def _which_left_out(self) -> int | None:
        values = self._highs.getSolution().col_value
        return next((k for k, x in enumerate(self._left_out) if values[x.index] > _HALF), None)

    def _gap(self, other: list[int], best: list[int], left_out: int | None) -> float:
        """How much more an assignment costs than the best, reckoned exactly."""
        return self._cost(other, left_out) - self._cost(best, left_out)

    def _cost(self, assignment: list[int], left_out: int | None) -> float:
        cost = sum(c.costs[way] for c, way in zip(self._choices, assignment, strict=True))
        return cost + PENALTY * len(set(self.failing(assignment)) - self._idle - {left_out})

    def failing(self, assignment: list[int]) -> list[int]:
        """The identities that an assignment breaks."""
        values = self._values(assignment)
        return [k for k, identity in enumerate(self._identities) if not _holds(identity, values)]

    def _says_nothing(self, identity: int, assignment: list[int]) -> bool:
        """Whether an identity has only zeros and blanks, and some of them are readings."""
        refs = self._identities[identity].refs
        values = self._values(assignment)
        read = any(not c.certain and not c.refs.isdisjoint(refs) for c in self._choices)
        return read and not any(values[ref] for ref in refs)

    def _values(self, assignment: list[int]) -> dict[str, Decimal | None]:
        values = {ref: figure.value for ref, figure in self._fixed.items()}
        for choice, way in zip(self._choices, assignment, strict=True):
            values |= choice.ways[way]
        return values


_HALF, _LESS = 0.5, 1e-6
_OPTIONS = {
    "output_flag": False,
    "mip_max_nodes": _NODES,
    "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9,
    "mip_rel_gap": 0.0,
    "random_seed": 1,
    "threads": 1,
}
