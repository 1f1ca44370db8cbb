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
_SECONDS = 20.0

Values = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Choice:
    """``ways[i]`` gives a value (None for a blank) to every cell of the choice.

    ``certain``: what is written is known and only its division is open; else the ways are
    readings of a picture. ``kept`` are the indices of these ways among all of the choice, where
    some were left out.
    """

    costs: tuple[float, ...]
    ways: tuple[Values, ...]
    certain: bool = True
    kept: tuple[int, ...] | None = None

    def original(self, way: int) -> int:
        return way if self.kept is None else self.kept[way]

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

    Ways that break a sum of their own row are left out at first. If then no identity fails, a
    rival within the margin may break none but the one left out, so that only there they count;
    else they all count everywhere.
    """
    program = _Program([_narrowed(c, identities) for c in choices], identities, fixed)
    best = program.minimum()
    if best is None or program.failing(best):
        program = _Program(choices, identities, fixed)
        best = program.minimum()
        whole = True
    else:
        whole = False
    if best is None:
        return [Decision(None, frozenset()) for _ in choices]
    idle = {k for k in range(len(identities)) if program.says_nothing(k, best)}
    rivals: list[set[int]] = [set() for _ in choices]
    for left_out in [None, *(k for k in range(len(identities)) if k not in idle)]:
        asked, index = program, best
        own = None if left_out is None else _own_choice(choices, identities[left_out])
        if own is not None and not whole:
            asked, index = program.with_choice(own, choices[own], best)
        asked.weigh(idle if left_out is None else {*idle, left_out})
        for c, found in asked.rivals(index, left_out).items():
            rivals[c] |= found
    return [Decision(program.original(c, way), frozenset(rivals[c])) for c, way in enumerate(best)]


def _narrowed(choice: Choice, identities: Sequence[Identity]) -> Choice:
    """Only the ways that satisfy the identities within the choice, if any does."""
    within = [i for i in identities if choice.refs.issuperset(i.refs)]
    kept = [w for w, values in enumerate(choice.ways) if all(_holds(i, values) for i in within)]
    if not kept or len(kept) == len(choice.ways):
        return choice
    return Choice(
        tuple(choice.costs[w] for w in kept),
        tuple(choice.ways[w] for w in kept),
        choice.certain,
        tuple(kept),
    )


def _own_choice(choices: Sequence[Choice], identity: Identity) -> int | None:
    return next((c for c, ch in enumerate(choices) if ch.refs.issuperset(identity.refs)), None)


def _holds(identity: Identity, values: Mapping[str, Decimal | None]) -> bool:
    left = sum((values[ref] or Decimal(0) for ref in identity.left), Decimal(0))
    right = sum((values[ref] or Decimal(0) for ref in identity.right), Decimal(0))
    return left == right if identity.op == "=" else left <= right


class _Program:
    """An integer program: a binary for each way, one for each identity that fails."""

    def __init__(
        self, choices: Sequence[Choice], identities: Sequence[Identity], fixed: Mapping[str, Figure]
    ) -> None:
        import highspy

        self._choices, self._identities, self._fixed = choices, identities, fixed
        self._weights = [PENALTY] * len(identities)
        self._highs: Any = highspy.Highs()
        for option, value in _OPTIONS.items():
            self._highs.setOptionValue(option, value)
        self._chosen = [[self._highs.addBinary(obj=c) for c in choice.costs] for choice in choices]
        self._fails = [self._highs.addBinary(obj=PENALTY) for _ in identities]
        for ways in self._chosen:
            self._highs.addConstr(sum(ways) == 1)
        for identity, fails in zip(identities, self._fails, strict=True):
            self._constrain(identity, fails)

    def _constrain(self, identity: Identity, fails: Any) -> None:
        """Left minus right is zero (or less) unless the identity fails."""
        sign = {ref: 1 for ref in identity.left} | {ref: -1 for ref in identity.right}
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
        bound = max(abs(low), abs(high)) + 1
        total = sum(terms) + constant
        self._highs.addConstr(total - bound * fails <= 0)
        if identity.op == "=":
            self._highs.addConstr(total + bound * fails >= 0)

    def original(self, choice: int, way: int) -> int:
        """The index of a way among all ways of its choice."""
        return self._choices[choice].original(way)

    def with_choice(
        self, index: int, choice: Choice, assignment: list[int]
    ) -> tuple[_Program, list[int]]:
        """The same program with another set of ways for one choice, and the assignment in it."""
        choices = [choice if c == index else ch for c, ch in enumerate(self._choices)]
        moved = [self.original(c, w) if c == index else w for c, w in enumerate(assignment)]
        return _Program(choices, self._identities, self._fixed), moved

    def weigh(self, idle: set[int]) -> None:
        """Let the identities ``idle`` cost nothing."""
        self._weights = [0.0 if k in idle else PENALTY for k in range(len(self._identities))]
        for fails, weight in zip(self._fails, self._weights, strict=True):
            self._highs.changeColCost(fails.index, weight)

    def minimum(self) -> list[int] | None:
        """The cheapest assignment: the index of a way for each choice."""
        self._highs.run()
        values = self._highs.getSolution().col_value
        if not values or self._highs.getInfo().primal_solution_status != _FEASIBLE:
            return None
        return [
            max(range(len(ways)), key=[values[x.index] for x in ways].__getitem__)
            for ways in self._chosen
        ]

    def rivals(self, best: list[int], left_out: int | None) -> dict[int, set[int]]:
        """Ways of other assignments within the margin, of the choices the identity goes through."""
        found: dict[int, set[int]] = {}
        concerned = [
            c
            for c, choice in enumerate(self._choices)
            if left_out is None or not choice.refs.isdisjoint(self._identities[left_out].refs)
        ]
        cost = self._cost(best)
        while concerned:
            same = sum(self._chosen[c][best[c]] for c in concerned)
            row = self._highs.addConstr(same <= len(concerned) - 1)
            other = self.minimum()
            self._highs.deleteRows(1, [row.index])
            if other is None or self._cost(other) >= cost + MARGIN:
                break
            for c in [c for c in concerned if other[c] != best[c]]:
                found.setdefault(c, set()).add(self.original(c, other[c]))
                concerned.remove(c)
        return found

    def _cost(self, assignment: list[int]) -> float:
        """What an assignment costs, reckoned exactly and not by the program's tolerances."""
        cost = sum(c.costs[way] for c, way in zip(self._choices, assignment, strict=True))
        return cost + sum(self._weights[k] for k in self.failing(assignment))

    def failing(self, assignment: list[int]) -> list[int]:
        """The identities that an assignment breaks."""
        values = self._values(assignment)
        return [k for k, identity in enumerate(self._identities) if not _holds(identity, values)]

    def says_nothing(self, identity: int, assignment: list[int]) -> bool:
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


_FEASIBLE = 2
_OPTIONS = {
    "output_flag": False,
    "time_limit": _SECONDS,
    "mip_feasibility_tolerance": 1e-9,
    "primal_feasibility_tolerance": 1e-9,
    "mip_rel_gap": 0.0,
    "random_seed": 1,
    "threads": 1,
}
