"""What a browser sent about a cell, and what it then has to show otherwise."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from decimal import Decimal
from typing import get_args

from gouji.ingest.review import choice, view
from gouji.ingest.review.dossier import Dossier
from gouji.tables.record import Record, State

_LONGEST = 900.0
_VISITORS = 200
_FIGURE = re.compile(r"(?a:-?\d{1,40}(\.\d{1,40})?(E[+-]?\d{1,2})?)")
_NO_FIGURE: dict[str, State] = {
    "blank": "blank", "not_applicable": "not_applicable", "unreadable": "unreadable",
    "missing_row": "missing_row",
}  # fmt: skip


class Postponed:
    """What each visitor has put off, as long as the server runs."""

    def __init__(self) -> None:
        self._of: OrderedDict[str, set[tuple[str, int, int]]] = OrderedDict()

    def of(self, key: str) -> set[tuple[str, int, int]]:
        """Document, report and cell of each."""
        found = self._of.setdefault(key, set())
        self._of.move_to_end(key)
        while len(self._of) > _VISITORS:
            self._of.popitem(last=False)
        return found


def changes_of(before: Dossier, after: Dossier, place: int) -> list[view.Shown]:
    """The cells that look otherwise now."""
    old = {one.number: (one.look, one.text) for one in view.shown(before, place)}
    return [
        one for one in view.shown(after, place) if old.get(one.number) != (one.look, one.text)
    ]  # fmt: skip


def seconds_since(began: str) -> float | None:
    """How long it took since the cell was shown; None for what can't be."""
    try:
        took = time.time() - float(began)
    except ValueError:
        return None
    return round(took, 2) if 0 <= took <= _LONGEST else None


def read_as(seen: str, now_read: str | None) -> str | None:
    """What was read in a cell when it was decided: as the reviewer saw it, should the document have
    been read again since. Forms write line breaks in their own way.
    """
    return now_read if seen.split() == (now_read or "").split() else seen or None


def figure_of(text: str) -> Decimal | None:
    """A figure as our own pages write it; None for any other text, such as ``1e999999999``."""
    return Decimal(text) if _FIGURE.fullmatch(text) else None


def decided_as(
    sent: dict[str, str], record: Record, number: int
) -> tuple[State, Decimal | None] | None:
    """What was decided; None for what says no figure."""
    state = sent["state"]
    if state in _NO_FIGURE:
        return _NO_FIGURE[state], None
    if state in get_args(State) and sent["value"]:
        value = figure_of(sent["value"])
        return None if value is None else ("value" if value else "zero", value)
    cell = record.cells[number]
    if not sent["text"].strip():
        return None
    return choice.typed_as(sent["text"], cell, view.form_cell(record, cell))
