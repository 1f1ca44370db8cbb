"""Readings of scanned cells and the form's identities → which readings to believe.

A cell's readings are options with a probability each. Where the likeliest satisfy every identity
nothing is to be chosen; else the solver may choose others that are plausible readings of their
own pixels. Accepted is what the evidence suffices for: how sure the readers are, whether two of
them agree, and how many identities hold that the figure is part of. A figure on which two readers
agree is never changed: a sum that fails then is the page's own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from gouji.ocr.finding import Finding
from gouji.tables.evidence import AGAIN, INK, Seen
from gouji.tables.forms.form import Identity
from gouji.tables.identities import Figure, Outcome, all_zero, evaluate
from gouji.tables.numbers import parse
from gouji.tables.record import Basis, State
from gouji.tables.solve import Choice, solve

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

    ``share``: how likely the readers hold it; ``agreed``: two readers see it, or (``alone``) one
    of them in two pictures made independently; ``held`` and
    ``failed``: identities through it that do and do not hold, without those of zeros only;
    ``likeliest``: no other reading was likelier; ``settled``: the solver leaves no rival;
    ``orderly``: the sums that fail, if any, may be due to one figure, and the table is legible.
    """

    share: float
    agreed: bool
    alone: bool
    held: int
    failed: int
    likeliest: bool = True
    settled: bool = True
    orderly: bool = True
    zero: bool = False

    @property
    def suffices(self) -> bool:
        """Whether to accept. docs/accuracy.md shows what comes of these thresholds."""
        if not self.settled:
            return False
        if not self.likeliest:
            return self.held >= _TWO_SUMS and not self.failed and self.share >= PLAUSIBLE_BY_SUMS
        if self.agreed:
            misprinted = self.failed > 0 and not self.held
            if self.alone and not self.held and not self.zero:
                return False  # one reader and no sum: dirt may look like a 1, hardly like a 0
            enough = _AGAIN if self.alone else _AGREED
            return self.share >= enough and (self.orderly or not misprinted)
        if self.held > self.failed:
            return self.share >= (_SUM if self.held < _TWO_SUMS or self.failed else _SUMS)
        return False


_TWO_SUMS = 2
_MARKS = 3
"""So many dashes in a table are not the remains of lines."""
_STRAY = 2
"""Cells of a table not legible; with more of them its figures may stand in wrong places."""
PLAUSIBLE_BY_SUMS = 0.05
"""The share of a reading that two sums suffice for."""
_AGREED, _AGAIN, _SUM, _SUMS = 0.9, 0.99, 0.98, 0.9


@dataclass(frozen=True, slots=True)
class Verdict:
    """``text`` is the reading chosen, None where nothing legible was seen."""

    text: str | None
    accepted: bool
    confidence: float
    basis: Basis | None
    why: Finding


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
    through = _by_cell(outcomes)
    orderly = _orderly(seen, outcomes)
    verdicts = {}
    for ref, piece in seen.items():
        option, sums = chosen.get(ref), through.get(ref, [])
        if option is None:
            verdicts[ref] = Verdict(None, False, 0.0, None, Finding("illegible"))
        elif piece.readers == [INK] and not piece.faint:
            verdicts[ref] = Verdict("", True, option.share, "label", Finding("no_ink"))
        else:
            support = _support(piece, options[ref], option, sums)
            support = replace(support, settled=ref not in rivals, orderly=orderly)
            other = rivals.get(ref) or next((o for o in options[ref] if o is not option), None)
            verdicts[ref] = _verdict(piece, option, other, support, sums)
    return _without_lone_marks(verdicts)


def _orderly(seen: Mapping[str, Seen], outcomes: Sequence[Outcome]) -> bool:
    """Whether the sums that fail look like a misprint: one figure is part of all of them, and
    hardly a cell could not be told from its neighbours.
    """
    failing = [frozenset(o.identity.refs) for o in outcomes if o.result == "fail"]
    shared = not failing or bool(frozenset.intersection(*failing))
    return shared and sum(not piece.readings for piece in seen.values()) <= _STRAY


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
        if not reading.text and reading.by != INK:
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
    number = parse(text)
    return None if number.state == "text" else (number.state, number.value, number.unit)


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


def _by_cell(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    through: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        for ref in outcome.identity.refs:
            through.setdefault(ref, []).append(outcome)
    return through


def _support(
    seen: Seen, options: Sequence[Option], chosen: Option, through: Sequence[Outcome]
) -> Support:
    results = [outcome.result for outcome in through]
    return Support(
        chosen.share,
        agreed=_all_see(seen, chosen.text),
        alone=len({by.partition(AGAIN)[0] for by in seen.readers if seen.by(by)[0].text}) < 2,
        held=sum(result in ("pass", "pass_blank_as_zero") for result in results),
        failed=results.count("fail"),
        likeliest=chosen is options[0],
        zero=chosen.state == "zero",
    )


def _verdict(
    seen: Seen,
    chosen: Option,
    other: Option | None,
    support: Support,
    through: Sequence[Outcome],
) -> Verdict:
    if support.suffices and not seen.faint:
        basis, why = _accepted(chosen, other, support)
        return Verdict(chosen.text, True, chosen.share, basis, why)
    return Verdict(
        chosen.text, False, chosen.share, "label", _doubt(seen, chosen, other, support, through)
    )


def _accepted(chosen: Option, other: Option | None, support: Support) -> tuple[Basis, Finding]:
    """How a cell came to be accepted, in words a reviewer understands."""
    sums: dict[str, str | int] = {"sums": support.held}
    if not support.likeliest:
        return "solved", Finding("chosen_by_sums", {**_pair(chosen, other), **sums})
    if not support.agreed:
        return "label", Finding("sums_hold", sums)
    return "agreed", Finding("seen_twice" if support.alone else "readers_agree", sums)


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
    if failing is not None and support.held <= support.failed:
        difference = format(abs(failing.difference or Decimal(0)), "f")
        return Finding("sum_off", {"rule": failing.identity.label, "difference": difference})
    if other is not None:
        return Finding("reader_unsure", _pair(chosen, other))
    return Finding("one_reader_only", {"first": chosen.text or "∅"})


def _pair(chosen: Option, other: Option | None) -> dict[str, str | int]:
    return {"first": chosen.text or "∅", "second": (other.text if other else "") or "∅"}
