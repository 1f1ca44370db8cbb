"""One record against the truth of the report that was drawn: what is right, wrong, in doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bench.forge.identities import identities
from gouji.tables.labels import core
from gouji.tables.record import CellModel, Record

Json = dict[str, Any]
Reading = tuple[Decimal | None, str]
"""Value and state."""
Trusted = tuple[float, bool, bool]
"""A cell's confidence, whether it is right, and whether it is a figure other than 0."""
OwnRows = Mapping[str, Sequence[Decimal]]
"""Rows that an agency added to the form: ``x.<label>`` → its figures."""

SHOWN = ("value", "zero", "blank", "not_applicable")
"""States in which the page tells what a cell holds; a text or a missing row is no figure."""
HEAD = ("agency", "year", "region_code", "level", "agency_type")
ACCEPTED = ("stated", "implied")
SUM_FAILS = (
    "sum_differs", "sum_differs_from_parts", "balance_differs", "bound_broken", "bound_doubtful",
    "bound_unusual", "sum_off_as_read",
)  # fmt: skip
"""Findings that tell of a sum that fails, the last one of a sum with doubtful cells."""
SAME_IN_WORDS = {
    "requests.new": "requests.received",
    "requests.results.total": "requests.closed",
    "requests.replies.total": "requests.closed",
}
"""A sentence calls by one name what the forms tell apart."""


@dataclass
class Score:
    """Counts, and the cells behind them. ``counts`` keys are ``cells``, ``agency right``, …"""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[Json] = field(default_factory=list)
    wrong_head: list[Json] = field(default_factory=list)
    wrong_statements: list[Json] = field(default_factory=list)
    bad_misprints: list[Json] = field(default_factory=list)
    doubtful: list[Json] = field(default_factory=list)
    trusted: list[Trusted] = field(default_factory=list)

    def __iadd__(self, other: Score) -> Score:
        self.counts.update(other.counts)
        self.wrong += other.wrong
        self.wrong_head += other.wrong_head
        self.wrong_statements += other.wrong_statements
        self.bad_misprints += other.bad_misprints
        self.doubtful += other.doubtful
        self.trusted += other.trusted
        return self


def is_right(
    truth: Mapping[str, Json], ref: str, got: Reading, own_rows: OwnRows | None = None
) -> bool:
    """Whether an accepted cell is what the page says. A row that is not there is missing."""
    told = truth.get(ref)
    if told is None:
        added = (own_rows or {}).get(ref.partition("@")[0], ())
        return got[1] == "missing_row" or got[0] in added
    return got == (_decimal(told["value"]), told["state"])


def score(file: str, truth: Json, own_rows: OwnRows, record: Record | None) -> Score:
    """Everything about one report; ``record`` is None if the report was not found."""
    out = Score(Counter({"reports": 1}))
    cells = {cell.ref: cell for cell in record.cells} if record else {}
    for ref, told in truth["cells"].items():
        _cell(out, file, ref, told, cells.get(ref))
    _beyond_form(out, file, truth, own_rows, list(cells.values()))
    _tables(out.counts, truth, record)
    _head(out, file, truth, record)
    _statements(out, file, truth["statements"], record)
    _misprint(out, file, truth, record)
    out.counts.update(count_rows(truth, {ref: _reading(cell) for ref, cell in cells.items()}))
    return out


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _cell(out: Score, file: str, ref: str, told: Json, cell: CellModel | None) -> None:
    """One cell, counted among all and, if it is (or was read as) neither 0 nor blank, apart."""
    states = told["state"], cell.state if cell and cell.accepted else ""
    kinds = ("", "figure ") if "value" in states else ("",)
    knowable = told["knowable"] and told["state"] in SHOWN
    accepted = cell is not None and cell.accepted
    exact = cell is not None and is_right({ref: told}, ref, _reading(cell))
    wrong = accepted and not exact
    for kind in kinds:
        out.counts[kind + "cells"] += 1
        out.counts[kind + "knowable"] += knowable
        out.counts[kind + "exact"] += knowable and exact
        out.counts[kind + "accepted"] += accepted
        out.counts[kind + "wrong"] += wrong
        out.counts[kind + "doubtful"] += knowable and not accepted
    if cell is not None and knowable:
        out.trusted.append((cell.confidence, exact, "value" in states))
    if cell is not None and wrong:
        out.wrong.append(_mistake(file, ref, told, cell))
    if knowable and not accepted:
        why = [one.message for one in cell.why] if cell else ["no such cell in the record"]
        state = cell.state if cell else None
        out.doubtful.append(
            {"file": file, "ref": ref, "written": told["written"], "state": state, "why": why}
        )


def count_rows(truth: Json, got: Mapping[str, Reading]) -> Counter[str]:
    """Rows of the requests table: how many are printed, and how many have all cells right."""
    rows: dict[str, list[bool]] = {}
    there = any(table["id"] == "requests" for table in truth["tables"])
    for ref, told in truth["cells"].items():
        if there and ref.startswith("requests.") and told["state"] != "missing_row":
            right = ref in got and is_right({ref: told}, ref, got[ref])
            rows.setdefault(ref.partition("@")[0], []).append(right)
    return Counter({"rows": len(rows), "rows exact": sum(map(all, rows.values()))})


def _beyond_form(
    out: Score, file: str, truth: Json, own_rows: OwnRows, cells: Sequence[CellModel]
) -> None:
    """Accepted cells that the form does not have: right if the agency added such a row."""
    left = {name: list(figures) for name, figures in own_rows.items()}
    out.counts["own rows"] += sum(map(len, left.values()))
    for cell in cells:
        if cell.ref in truth["cells"] or cell.state == "missing_row":
            continue
        figures = left.get(cell.ref.partition("@")[0], [])
        right = bool(figures) and cell.value == figures.pop(0)
        out.counts["own rows right"] += right and cell.accepted
        if cell.accepted and not right:
            out.counts["wrong"] += 1
            out.wrong.append(_mistake(file, cell.ref, None, cell))


def _reading(cell: CellModel) -> Reading:
    return cell.value, cell.state


def _mistake(file: str, ref: str, told: Json | None, cell: CellModel) -> Json:
    return {
        "file": file,
        "ref": ref,
        "truth": _shown(told["value"], told["state"], told["written"]) if told else "no such cell",
        "got": _shown(cell.value, cell.state, cell.written),
        "basis": cell.basis,
        "knowable": told["knowable"] if told else False,
    }


def _shown(value: object, state: str, written: str | None) -> str:
    return f"{state} {value} written {written!r}"


def _tables(counts: Counter[str], truth: Json, record: Record | None) -> None:
    found = {(t.id, t.edition) for t in record.tables} if record else set()
    wanted = {(t["id"], t["edition"]) for t in truth["tables"]}
    counts["tables"] += len(wanted)
    counts["editions right"] += len(found & wanted)
    counts["tables beyond truth"] += len(found - wanted)


def _head(out: Score, file: str, truth: Json, record: Record | None) -> None:
    """Agency, year and so on: right, left open (null), or wrong. The agency is as printed, which
    may be in traditional characters.
    """
    printed = core if "traditional" in truth["layouts"] else str
    for name in HEAD:
        told = truth["report"][name]
        if told is None:
            continue
        got = getattr(record.report, name) if record and record.report else None
        right = got is not None and printed(str(got)) == printed(str(told))
        out.counts[name] += 1
        out.counts[f"{name} right"] += right
        out.counts[f"{name} wrong"] += got is not None and not right
        if got is not None and not right:
            out.wrong_head.append({"file": file, "ref": name, "truth": told, "got": str(got)})


def _statements(out: Score, file: str, told: Mapping[str, str], record: Record | None) -> None:
    """Figures in sentences. The truth lists those that are told outright, so others are not
    judged.
    """
    found: dict[str, set[Decimal | None]] = {}
    for statement in record.statements if record else ():
        if statement.kind in ACCEPTED:
            found.setdefault(_statement_ref(statement.ref), set()).add(statement.value)
    for ref, value in told.items():
        values = found.get(_statement_ref(ref), set())
        out.counts["statements"] += 1
        out.counts["statements found"] += Decimal(value) in values
        if values - {Decimal(value)}:
            out.counts["statements wrong"] += 1
            shown = ", ".join(map(str, values))
            out.wrong.append(
                {"file": file, "ref": f"sentence: {ref}", "truth": value, "got": shown}
            )


def _statement_ref(ref: str) -> str:
    row = ref.partition("@")[0]
    return SAME_IN_WORDS.get(row, row)


# --- misprints -----------------------------------------------------------------------------------


def _misprint(out: Score, file: str, truth: Json, record: Record | None) -> None:
    """A misprint that an identity covers and whose cells the layout leaves knowable."""
    ref = truth["misprint"]
    if ref is None:
        return
    out.counts["misprints"] += 1
    if not any(_knowable(truth, refs) for refs in _broken(truth)):
        return
    cell = next((c for c in record.cells if c.ref == ref), None) if record else None
    accepted = cell is not None and cell.accepted
    kept = cell is not None and accepted and is_right(truth["cells"], ref, _reading(cell))
    told = record is not None and any(
        f.code in SUM_FAILS and ref in f.refs for f in record.findings
    )
    out.counts["misprints covered"] += 1
    out.counts["misprints kept"] += kept
    out.counts["misprints reported"] += told
    out.counts["misprints kept and reported"] += kept and told
    if not (kept and told):
        got = _shown(cell.value, cell.state, cell.written) if cell else "no such cell"
        what = "kept, not reported" if kept else "accepted, changed" if accepted else "in doubt"
        out.bad_misprints.append({"file": file, "ref": ref, "got": got, "what": what})


def _broken(truth: Json) -> Iterator[Iterable[str]]:
    """The cells of each identity that the misprint makes fail."""
    named = {(each["id"], each["at"]) for each in truth["misprint_identities"]}
    for table in truth["tables"]:
        for identity in identities(table["id"], table["edition"]):
            if (identity.id, identity.at) in named and truth["misprint"] in identity.refs:
                yield identity.refs


def _knowable(truth: Json, refs: Iterable[str]) -> bool:
    return all(truth["cells"][ref]["knowable"] for ref in refs)
