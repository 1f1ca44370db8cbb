"""The unit of a figure: written beside it, named in a header or a caption, or the form's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gouji.tables.align import Located
from gouji.tables.forms.form import FormCell
from gouji.tables.grid import Block, Line
from gouji.tables.labels import core
from gouji.tables.numbers import Number, money_unit
from gouji.tables.rows import Row

_CLOSE = 3
_AMOUNT = "金额"
_CAPTION = re.compile(r"单\s*位\s*[:：].{0,20}")
_BEGUN = re.compile(r"单\s*位\s*[:：]\s*$")


class Units:
    """The units that a table and the labels around it name."""

    def __init__(self, located: Located, rows: Sequence[Row], blocks: Sequence[Block]) -> None:
        table = rows[located.first : located.last]
        self._labels = [text for row in table for text in _labels(row)]
        self._captions = list(_captions(located, rows, blocks))
        self.unread = any(_BEGUN.search(text) for text in self._labels)
        """Whether a label says that a unit follows, and none does."""

    def unit(
        self, form_cell: FormCell, number: Number, row: Row
    ) -> tuple[str | None, str | None, str]:
        """The unit of a figure, as it is written, and where: in the cell, else the header, else
        the form.
        """
        if number.unit:
            return number.unit, number.unit, "cell"
        if row.unit:
            return row.unit, row.unit, "header"
        if form_cell.money and (named := self._named(form_cell, row)):
            return named, named, "header"
        if form_cell.unit_assumed:
            return None, None, "unknown"
        return form_cell.unit_printed, None, "form"

    def _named(self, form_cell: FormCell, row: Row) -> str | None:
        words = {core(label) for label in form_cell.labels}
        own = _labels(row)
        above = [
            text
            for text in self._labels
            if _AMOUNT in text or any(word in core(text) or word in text for word in words)
        ]
        named = (money_unit(text) for text in (*own, *above, *self._captions))
        return next((unit for unit in named if unit), None)


def _labels(row: Row) -> list[str]:
    """The labels of a row; one that breaks off before its unit with the next."""
    texts = [cell.text for cell in row.labels]
    return [a + b if _BEGUN.search(a) else a for a, b in zip(texts, [*texts[1:], ""], strict=False)]


def _captions(located: Located, rows: Sequence[Row], blocks: Sequence[Block]) -> Iterator[str]:
    """What stands close above a table, in its grid or before it, and names units: 单位：元."""
    block = rows[located.first].block
    before = [b.text for b in blocks[max(0, block - _CLOSE) : block] if isinstance(b, Line)]
    inside = [
        cell.text
        for row in rows[max(0, located.first - _CLOSE) : located.first + 1]
        for cell in row.labels
        if row.block == block
    ]
    for text in (*reversed(inside), *reversed(before)):
        if caption := _CAPTION.search(text):
            yield caption[0]
