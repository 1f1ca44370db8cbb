"""第一季度收到9件，第二季度12件，全年合计21件: parts that are listed, and the sum that follows."""

from __future__ import annotations

from decimal import Decimal

from gouji.tables.chinese_numbers import Quantity
from gouji.tables.narrative_figures import Statement, quantity_of
from gouji.tables.narrative_language import Pattern
from gouji.tables.narrative_words import Word

_BY_CHANNEL = "requests.received."
_RECEIVED = ("requests.received", "requests.received.{channel}")


class Parts:
    """The applications counted in one sentence so far, as long as all of them were understood."""

    def __init__(self) -> None:
        self._amounts: list[Decimal] | None = []

    def interrupt(self, *, counted: bool) -> None:
        """Give up: something else was counted in between."""
        if counted:
            self._amounts = None

    def add(
        self, pattern: Pattern, heard: tuple[Word, ...], made: list[Statement], *, ours: bool
    ) -> Quantity | None:
        """Take a clause's figure as a part, or return it as the sum if it is that of the parts.

        ``made``: what it states; ``ours``: it speaks of the report's own body and whole year.
        """
        quantity = quantity_of(heard)
        if pattern.items and self._amounts is not None:
            self._amounts += [s.value or Decimal(0) for s in made if s.ref.startswith(_BY_CHANNEL)]
        is_bare = len(heard) == 1 and quantity is not None
        if self._amounts is None or pattern.items or not (is_bare or pattern.states):
            return None
        if quantity is None or quantity.value is None or quantity.approximate:
            return None
        if is_bare and ours and len(self._amounts) > 1 and sum(self._amounts) == quantity.value:
            return quantity
        if is_bare or (pattern.states[0] in _RECEIVED and len(pattern.states) == 1):
            self._amounts.append(quantity.value)
        elif pattern.states[0].startswith("requests."):
            self._amounts = None
        return None
