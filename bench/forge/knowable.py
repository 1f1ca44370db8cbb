"""Judges which cells a reader of the written document can know, and why it cannot the others."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .forms import APPLICANTS, FORMS, ref_of
from .glued import confirmed_rows, splits
from .identities import evaluate, identities
from .model import Document, Row, Table, Truth
from .units import PURCHASES

DIGITS = re.compile(r"-?\d+")


def judge(document: Document) -> None:
    """Sets ``knowable`` and ``why`` of each cell's truth."""
    _purchases(document)
    _in_wan(document)
    _unlabelled(document)
    glued = document.style.get("flattened") == "glued"
    if document.flags.get("lines_removed"):
        for _, _, cells in _printed(document):
            _unknown(cells, "repeated lines removed")
    elif document.kind == "flattened" and glued:
        _glued(document)
    elif document.kind == "flattened" or _drops_blanks(document):
        for _, _, cells in _printed(document):
            _lost_blanks(cells)


def _drops_blanks(document: Document) -> bool:
    styles = ("blank_lines", "bare")
    if document.kind == "tsv":
        return bool(document.style.get("tsv_collapse"))
    return document.kind == "exploded" and document.style.get("exploded", styles[0]) in styles


def _printed(document: Document) -> Iterator[tuple[Table, Row, list[Truth]]]:
    for table, row in document.rows():
        cells = [document.truth[cell.ref] for cell in row.values() if cell.ref]
        if cells:
            yield table, row, cells


def _unknown(cells: list[Truth], why: str) -> None:
    for cell in cells:
        cell.knowable, cell.why = False, cell.why or why


def _purchases(document: Document) -> None:
    """An amount is not known without its unit; what is printed is."""
    truth = document.truth.get(PURCHASES)
    if truth is None or truth.value is None or document.flags.get("purchases_unit"):
        return
    if truth.state == "value" and not re.search("[万元]", truth.written or ""):
        truth.knowable, truth.why = False, "no unit"


def _in_wan(document: Document) -> None:
    """The table of Fujian prints its fees in 元; the truth is in 万元."""
    for ref, truth in document.truth.items():
        if ref.startswith("fees.collected_or_waived@") and truth.value:
            truth.value /= 10000


def _unlabelled(document: Document) -> None:
    """Order tells the rows of a run without labels only if each row's sum holds in full."""
    for table in document.tables("requests"):
        sums = {c.at: c for c in identities("requests", table.edition or "") if c.id == "R3"}
        run: list[Row] = []
        for row in [*table.rows, Row([], labelled=True)]:
            if not row.labelled:
                run.append(row)
                continue
            if any(evaluate(sums[r.key or ""], document.truth) != "pass" for r in run):
                for lost in run:
                    cells = [document.truth[cell.ref] for cell in lost.values() if cell.ref]
                    _unknown(cells, "labels lost")
            run = []


def _lost_blanks(cells: list[Truth]) -> None:
    """Where blank cells leave no trace, a row that is partly blank tells no place, and one that
    is wholly blank can't be told from one whose figures were lost."""
    if any(cell.state == "blank" for cell in cells):
        _unknown(cells, "blanks lost")


def _glued(document: Document) -> None:
    """Digits run together: known if only one split is possible, or the identities leave one."""
    printed = list(_printed(document))
    lossy = any(cell.state == "blank" for _, _, cells in printed for cell in cells)
    for table, _, cells in printed:
        texts = [cell.written or "" for cell in cells]
        if lossy and set(texts) != {"0"}:
            _unknown(cells, "blanks lost")
        if len(cells) == 1 or not any(texts):
            continue
        if table.edition == "shanghai":
            _unknown(cells, "the next row's code runs on")
        elif not all(DIGITS.fullmatch(t) for t in texts) or splits("".join(texts), len(texts)) > 1:
            _unknown(cells, "digits run together")
    if document.tables("requests"):
        _confirm(document)


def _confirm(document: Document) -> None:
    edition = document.tables("requests")[0].edition or ""
    rows = [row["key"] for row in FORMS[edition]["requests"]]
    for row in confirmed_rows(document.truth, rows):
        for column in APPLICANTS:
            truth = document.truth[ref_of(row, column)]
            truth.knowable, truth.why = True, ""
