"""The identities of the forms, evaluated on what the page says: the judge of drawn values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from .forms import APPLICANTS, DISPUTES, FORMS, OUTCOMES, ref_of
from .model import Truth

Result = Literal["pass", "pass_blank_as_zero", "fail", "not_evaluable"]


@dataclass(frozen=True)
class Identity:
    """``left`` and ``right`` add up to the same, or left is at most right (``op`` is ``<=``)."""

    id: str
    at: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    op: Literal["=", "<="] = "="

    @property
    def refs(self) -> tuple[str, ...]:
        return self.left + self.right


def of_requests(edition: str) -> list[Identity]:
    keys = [row["key"] for row in FORMS[edition]["requests"]]
    total = "requests.results.total"
    leaves = [key for key in keys if key.startswith("requests.results.") and key != total]
    out = []
    for column in APPLICANTS:

        def at(*rows: str, column: str = column) -> tuple[str, ...]:
            return tuple(ref_of(row, column) for row in rows)

        sides = at("requests.new", "requests.carried_in"), at(total, "requests.carried_out")
        out.append(Identity("R1", column, *sides))
        out.append(Identity("R2", column, at(*leaves), at(total)))
    parts = list(APPLICANTS)[:-1]
    for key in keys:
        left = tuple(ref_of(key, column) for column in parts)
        out.append(Identity("R3", key, left, (ref_of(key, "total"),)))
    return out


def of_disputes() -> list[Identity]:
    parts = list(OUTCOMES)[:-1]
    return [
        Identity("D1", row, tuple(ref_of(row, c) for c in parts), (ref_of(row, "total"),))
        for row in DISPUTES
    ]


def of_proactive(edition: str) -> list[Identity]:
    if edition != "2019":
        return []
    out = []
    for row in ("proactive.rules", "proactive.normative_docs"):
        sides = (ref_of(row, "newly_published"),), (ref_of(row, "published_total"),)
        out.append(Identity("P1", row, *sides, op="<="))
    for name in ("licensing", "other_services", "penalty", "coercion", "fees"):
        row = f"proactive.{name}"
        right = ref_of(row, "items_prev_year"), ref_of(row, "items_change")
        out.append(Identity("P2", row, (), right, op="<="))
    return out


def of_2014() -> list[Identity]:
    def parts(of: str, names: str) -> tuple[str, ...]:
        return tuple(f"{of}.{name}" for name in names.split())

    replies = "already_public granted partial refused not_this_agency not_exist told_to_amend"
    refused = "state_secret trade_secret privacy security_stability not_govt_info other_law"
    sums = {
        "L1": ("requests.received", "in_person fax online letter"),
        "L2": ("requests.closed", "on_time extended"),
        "L4": ("requests.replies.refused", refused),
        "L5": ("disputes.review", "upheld corrected other"),
        "L6": ("disputes.litigation", "upheld corrected other"),
        "L7": ("org.staff", "full_time part_time"),
    }
    out = [Identity(id_, "", parts(of, names), (of,)) for id_, (of, names) in sums.items()]
    left = parts("requests.replies", replies + " told_other_channel")
    out.append(Identity("L3", "", left, ("requests.replies.total",)))
    return out


def identities(table: str, edition: str) -> list[Identity]:
    if table == "requests":
        return of_requests(edition)
    if table == "disputes":
        return of_disputes()
    if table == "proactive":
        return of_proactive(edition)
    return of_2014() if edition == "2014" else []


def evaluate(identity: Identity, truth: Mapping[str, Truth]) -> Result:
    """Blank counts as 0 as an addend only; a side that is blank altogether says nothing."""
    sums, blanks = [], False
    for side in (identity.left, identity.right):
        cells = [truth[ref] for ref in side]
        if any(cell.state in ("text", "missing_row", "not_applicable") for cell in cells):
            return "not_evaluable"
        if cells and all(cell.state == "blank" for cell in cells):
            return "not_evaluable"
        blanks |= any(cell.state == "blank" for cell in cells)
        sums.append(sum((cell.value or Decimal(0) for cell in cells), Decimal(0)))
    holds = sums[0] == sums[1] if identity.op == "=" else sums[0] <= sums[1]
    if not holds:
        return "fail"
    return "pass_blank_as_zero" if blanks else "pass"


def failing(all_: Iterable[Identity], truth: Mapping[str, Truth]) -> list[Identity]:
    return [identity for identity in all_ if evaluate(identity, truth) == "fail"]
