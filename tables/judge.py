"""Readings of scanned cells and the form's identities → which readings to believe.

A cell's readings are options with a probability each. Where the likeliest satisfy every identity
nothing is to be chosen; else the solver may choose others that are plausible readings of their
own pixels. Accepted is what the evidence suffices for: how sure the readers are, whether two of
them agree, and how many identities hold that the figure is part of. A figure on which two readers
agree is never changed: a sum that fails then is the page's own.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from gouji.ocr.finding import Finding
from gouji.tables.evidence import AGAIN, INK, LIKE, Seen
from gouji.tables.forms.form import Identity
from gouji.tables.identities import Figure, Outcome, all_zero, evaluate
from gouji.tables.measured import Class, Readers, Sums, band_of, reading_rate, suffices
from gouji.tables.numbers import COUNT_UNITS, parse
from gouji.tables.record import Basis, State
from gouji.tables.solve import Choice, solve
from gouji.tables.suspects import suspects, wanted_of

_PLAUSIBLE = 0.002
"""A reading less likely than this is no reading of the cell's pixels."""
_ONLY_SECOND = 0.005
"""The first reader's probability of a figure that only the second reader sees."""
_OTHER = 0.02
"""How likely the second reader sees something else than what is printed and can be read."""


@dataclass(frozen=True, slots=True)
class Option:
    """One value a cell may have: how it was read, and its share of the evidence (0 to 1)."""

    text: str
    state: State
    value: Decimal | None
    share: float

    @property
    def figure(self) -> Figure:
        return Figure(self.value, self.state)


@dataclass(frozen=True, slots=True)
class Support:
    """What speaks for the figure that was chosen for a cell.

    ``state``: its own; ``share``: how likely the first reader holds it; ``held`` and ``failed``:
    identities through it that do and do not hold, without those of zeros only and without bounds
    that hold, which prove little; ``own``: others that fail, and would with any reading of it;
    ``settled``: the solver leaves no rival; ``orderly``: the sums that fail, if any, may be due to
    one figure, and the table is legible.
    """

    state: State
    share: float
    readers: Readers
    held: int = 0
    failed: int = 0
    own: int = 0
    settled: bool = True
    orderly: bool = True

    @property
    def sums(self) -> Sums:
        """What the identities through the cell say."""
        if self.readers == "ink":
            return "none"
        if self.held > self.failed + self.own:
            return "hold"
        if self.held:
            return "none"
        return "fail" if self.failed else "own" if self.own else "none"

    @property
    def measured(self) -> Class:
        """The cells for which as much speaks."""
        return Class(self.state, self.readers, self.sums, band_of(self.share))

    @property
    def suffices(self) -> bool:
        """Whether to accept: on two grounds, where so few of such cells were wrong. That sums
        chose what the first reader thinks less likely is none: so a misprint would be mended.
        """
        if not self.settled or self.readers == "chosen":
            return False
        if self.readers not in (*_TWICE, "ink") and self.sums != "hold":
            return False
        if self.sums == "fail" and not self.orderly:
            return False
        return self.readers != "faint" and suffices(self.measured)


_TWO = 2
_TWICE = "agree", "again", "like"
"""Two readers, pictures or looks speak for what was read."""
_MARKS = 3
"""So many dashes in a table are not the remains of lines."""
_STRAY = 2
"""Rows of a table with cells that are not legible; with more its figures may stand in wrong
places.
"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``text`` is the reading chosen, None where nothing legible was seen; so ``support``."""

    text: str | None
    accepted: bool
    basis: Basis | None
    why: Finding
    support: Support | None = None

    @property
    def confidence(self) -> float:
        """The share of right ones among the cells for which as much speaks."""
        return reading_rate(self.support.measured).right if self.support else 0.0


def judge(
    seen: Mapping[str, Seen], fixed: Mapping[str, Figure], identities: Sequence[Identity]
) -> dict[str, Verdict]:
    """A verdict for each scanned cell. ``fixed`` are the figures of all other cells."""
    options = {ref: options_of(piece) for ref, piece in seen.items()}
    legible = {ref: found for ref, found in options.items() if found}
    figures = dict(fixed) | {ref: Figure(None, "unreadable") for ref in seen}
    figures |= {ref: found[0].figure for ref, found in legible.items()}
    errors = [identity for identity in identities if identity.severity == "error"]
    chosen, rivals = _chosen(legible, figures, errors)
    figures |= {ref: option.figure for ref, option in chosen.items()}
    outcomes = [evaluate(i, figures) for i in errors if not all_zero(i, figures)]
    blamed = _blamed(outcomes, figures)
    through = _by_cell(outcomes, blamed)
    orderly = _orderly(seen, outcomes, blamed)
    own = _own(seen, through, figures) if orderly else {}
    verdicts = {}
    for ref, piece in seen.items():
        option, sums = chosen.get(ref), through.get(ref, [])
        if option is None:
            verdicts[ref] = Verdict(None, False, None, Finding("illegible"))
        else:
            support = _support(piece, options[ref], option, sums, own.get(ref, 0))
            support = replace(support, settled=ref not in rivals, orderly=orderly)
            other = rivals.get(ref) or next((o for o in options[ref] if o is not option), None)
            verdicts[ref] = _verdict(piece, option, other, support, sums)
    return _without_lone_marks(verdicts)


def _orderly(
    seen: Mapping[str, Seen], outcomes: Sequence[Outcome], blamed: Collection[Identity]
) -> bool:
    """Whether the sums that fail look like misprints: but for those ``blamed`` on one figure each,
    one figure is part of all of them, and in hardly a row a cell could not be told from its
    neighbours.
    """
    failing = [o.identity for o in outcomes if o.result == "fail"]
    rest = [frozenset(identity.refs) for identity in failing if identity not in blamed]
    shared = not rest or bool(frozenset.intersection(*rest))
    unread = {ref.partition("@")[0] for ref, piece in seen.items() if not piece.readings}
    return shared and len(unread) <= _STRAY


def _without_lone_marks(verdicts: dict[str, Verdict]) -> dict[str, Verdict]:
    """A report that prints dashes prints several: one alone may be what is left of a line."""
    marks = [ref for ref, verdict in verdicts.items() if verdict.text in ("-", "/")]
    if len(marks) >= _MARKS:
        return verdicts
    lone = {ref: replace(verdicts[ref], accepted=False, why=Finding("faint_ink")) for ref in marks}
    return verdicts | lone


def options_of(seen: Seen) -> tuple[Option, ...]:
    """The values a cell may have, likeliest first; shares sum to 1 or, unread, to less."""
    readers = seen.readers
    if not readers:
        return ()
    first: dict[tuple[State, Decimal | None, str | None], tuple[str, float]] = {}
    for reading in seen.by(readers[0]):
        if (not reading.text and reading.by != INK) or reading.text in seen.refuted:
            continue  # where ink was found something is written
        _add(first, reading.text, reading.confidence)
    others = [seen.by(other)[0].text for other in readers[1:] if AGAIN not in other]
    for text in others:
        first = _weighed(first, text)
    weighed = any(others)
    total = sum(share for _, share in first.values()) if weighed else 1.0
    found = [
        Option(text, state, value, share / total)
        for (state, value, _), (text, share) in first.items()
    ]
    found.sort(key=lambda option: -option.share)
    if found and _all_see(seen, found[0].text):
        return (found[0],)
    return tuple(option for option in found if option.share >= _PLAUSIBLE * found[0].share)


def _all_see(seen: Seen, text: str) -> bool:
    """Whether all readers that see something, and more than one, take a cell for the same."""
    texts = [best for reader in seen.readers if (best := seen.by(reader)[0].text)]
    return len(texts) > 1 and {_key(best) for best in texts} == {_key(text)}


_Key = tuple[State, Decimal | None, str | None]


def _key(text: str) -> _Key | None:
    """What a text says: ``0件`` is ``0``, which a reader of digits sees in it."""
    number = parse(text)
    unit = None if number.unit in COUNT_UNITS else number.unit
    return None if number.state == "text" else (number.state, number.value, unit)


def _add(found: dict[_Key, tuple[str, float]], text: str, share: float) -> None:
    key = _key(text)
    if key is not None:
        known = found.get(key, (text, 0.0))
        found[key] = (known[0], known[1] + share)


def _weighed(found: dict[_Key, tuple[str, float]], text: str) -> dict[_Key, tuple[str, float]]:
    """The shares in the light of what another reader sees; one who sees nothing says nothing."""
    key = _key(text)
    if key is None or not text:
        return found
    if key not in found:
        found = {**found, key: (text, _ONLY_SECOND)}
    weight = {other: share * (1 if other == key else _OTHER) for other, (_, share) in found.items()}
    total = sum(weight.values())
    return {other: (found[other][0], share / total) for other, share in weight.items()}


def _chosen(
    legible: Mapping[str, Sequence[Option]],
    figures: Mapping[str, Figure],
    identities: Sequence[Identity],
) -> tuple[dict[str, Option], dict[str, Option | None]]:
    """The option of each cell, and for those that the solver leaves open another one."""
    chosen = {ref: options[0] for ref, options in legible.items()}
    open_refs = [ref for ref, options in legible.items() if len(options) > 1]
    if not open_refs or all(evaluate(i, figures).result != "fail" for i in identities):
        return chosen, {}
    fixed = {ref: figure for ref, figure in figures.items() if ref not in open_refs}
    choices = [_choice(ref, legible[ref]) for ref in open_refs]
    rivals: dict[str, Option | None] = {}
    for ref, decision in zip(open_refs, solve(choices, identities, fixed), strict=True):
        options = legible[ref]
        if decision.way is not None:
            chosen[ref] = options[decision.way]
        if not decision.confirmed:
            rivals[ref] = next((options[w] for w in sorted(decision.rivals)), None)
    return chosen, rivals


def _choice(ref: str, options: Sequence[Option]) -> Choice:
    best = options[0].share
    return Choice(
        tuple(-math.log(option.share / best) for option in options),
        tuple({ref: option.value} for option in options),
        certain=False,
    )


def _blamed(outcomes: Sequence[Outcome], figures: Mapping[str, Figure]) -> dict[Identity, str]:
    """The sums that fail for a figure that alone explains several, with that."""
    return {
        identity: suspect.ref
        for suspect in suspects(outcomes, figures)
        for identity in suspect.sums
    }


def _by_cell(
    outcomes: Sequence[Outcome], blamed: Mapping[Identity, str]
) -> dict[str, list[Outcome]]:
    """The identities that tell something about each cell: one that fails for another figure does
    not.
    """
    through: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        for ref in outcome.identity.refs:
            if blamed.get(outcome.identity, ref) == ref:
                through.setdefault(ref, []).append(outcome)
    return through


def _own(
    seen: Mapping[str, Seen],
    through: Mapping[str, Sequence[Outcome]],
    figures: Mapping[str, Figure],
) -> dict[str, int]:
    """How many sums through each cell fail whatever is read in it: they are the page's own, or
    another figure's. So it is if what would mend them is no plausible reading, and no stroke at
    an end of the figure, which may be a wall's, makes the difference.
    """
    return {
        ref: sum(
            outcome.result == "fail" and wanted_of(outcome, ref, figures) not in possible
            for outcome in through.get(ref, ())
        )
        for ref, possible in ((ref, _possible(piece)) for ref, piece in seen.items())
    }


def _possible(seen: Seen) -> set[Decimal]:
    """The values that a cell may have by what readers saw."""
    sure = {by: seen.by(by)[0].confidence for by in seen.readers}
    told = seen.by(LIKE) or [r for r in seen.readings if r.text not in seen.refuted]
    texts = {r.text for r in told if r.confidence >= _PLAUSIBLE * sure[r.by]}
    texts |= {more for text in texts for more in ("1" + text, text + "1")}
    texts |= {text.removeprefix("1") for text in texts} | {text.removesuffix("1") for text in texts}
    return {parse(text).value or Decimal(0) for text in texts}


def _support(
    seen: Seen,
    options: Sequence[Option],
    chosen: Option,
    through: Sequence[Outcome],
    own: int,
) -> Support:
    held = [o for o in through if o.result in ("pass", "pass_blank_as_zero")]
    shares = [r.confidence for r in seen.by(seen.readers[0]) if _key(r.text) == _key(chosen.text)]
    readers = _readers(seen, chosen.text)
    # What the sums chose and nobody else has seen is for the second reader to say.
    solved = chosen is not options[0] and readers != "differ"
    return Support(
        chosen.state,
        min(sum(shares), 1.0),
        "chosen" if solved else readers,
        held=sum(outcome.identity.op == "=" for outcome in held),
        failed=sum(outcome.result == "fail" for outcome in through) - own,
        own=own,
    )


def _readers(seen: Seen, chosen: str) -> Readers:
    """Who else sees what was chosen."""
    if seen.faint:
        return "faint"
    first, *others = seen.readers
    told = {by: text for by in (first, *others) if (text := seen.by(by)[0].text)}
    if not others:
        return "ink" if first == INK else "one"
    like = told.pop(LIKE, None)
    agreed = first in told and all(_key(text) == _key(chosen) for text in told.values())
    if like is not None and _key(like) == _key(chosen) and not (agreed and len(told) >= _TWO):
        return "like"
    if not agreed:
        return "differ"
    if len(told) < _TWO:
        return "silent"
    return "agree" if len({by.partition(AGAIN)[0] for by in told}) >= _TWO else "again"


def _verdict(
    seen: Seen,
    chosen: Option,
    other: Option | None,
    support: Support,
    through: Sequence[Outcome],
) -> Verdict:
    if support.suffices:
        basis, why = _accepted(support)
        return Verdict(chosen.text, True, basis, why, support)
    why = _doubt(seen, chosen, other, support, through)
    return Verdict(chosen.text, False, "label", why, support)


_AGREED = {"agree": "readers_agree", "again": "seen_twice", "like": "like_its_kind"}


def _accepted(support: Support) -> tuple[Basis, Finding]:
    """How a cell came to be accepted, in words a reviewer understands."""
    sums: dict[str, str | int] = {"sums": support.held}
    if support.readers == "ink":
        return "label", Finding("no_ink")
    if support.readers not in _TWICE:
        return "label", Finding("sums_hold", sums)
    return "agreed", Finding(_AGREED[support.readers], sums)


def _doubt(
    seen: Seen,
    chosen: Option,
    other: Option | None,
    support: Support,
    through: Sequence[Outcome],
) -> Finding:
    """Why a cell was not accepted, in words a reviewer understands."""
    if seen.faint:
        return Finding("faint_ink")
    second = seen.by(seen.readers[1])[0].text if len(seen.readers) > 1 else ""
    if second and _key(second) != _key(chosen.text):
        return Finding("readers_differ", {"first": chosen.text, "second": second})
    failing = next((outcome for outcome in through if outcome.result == "fail"), None)
    if failing is not None and support.held <= support.failed + support.own:
        difference = format(abs(failing.difference or Decimal(0)), "f")
        return Finding("sum_off", {"rule": failing.identity.label, "difference": difference})
    if other is not None:
        return Finding("reader_unsure", _pair(chosen, other))
    twice = support.readers in _TWICE or support.sums == "hold"
    return Finding("not_sure_enough" if twice else "one_reader_only", {"first": chosen.text or "∅"})


def _pair(chosen: Option, other: Option | None) -> dict[str, str | int]:
    return {"first": chosen.text or "∅", "second": (other.text if other else "") or "∅"}
