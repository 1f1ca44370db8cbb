"""The unit of a figure: written beside it, named in a header or a caption, or the form's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gouji.tables.align import Located
from gouji.tables.forms.form import FormCell
from gouji.tables.grid import Block, Line
from gouji.tables.labels import core
from gouji.tables.numbers import (
    COUNT_UNITS,
    MONEY_UNITS,
    Number,
    money_unit,
    money_units,
    parse,
)
from gouji.tables.rows import Row

_CLOSE = 3
_AMOUNT = "金额"
_CAPTION = re.compile(r"单\s*位\s*[:：].{0,20}")
_BEGUN = re.compile(r"单\s*位\s*[:：]\s*$")
_COUNTED = re.compile(rf"单\s*位\s*[:：]?\s*(?:{'|'.join(COUNT_UNITS)})")
_UNIT = rf"(?:{'|'.join(MONEY_UNITS)})"
_NOTE = re.compile(
    r"(?:金额|费|款|数额)[^\d。;；]{0,8}"
    rf"(?:单位\s*(?:[均都]?[为是]|[:：])\s*(?:人民币)?{_UNIT}|[以按]{_UNIT}(?:为单位|计))"
)
"""What a note below a table says of the unit of its amounts; a sentence says how much it was."""


class Units:
    """The units that a table and the labels around it name."""

    def __init__(self, located: Located, rows: Sequence[Row], blocks: Sequence[Block]) -> None:
        table = rows[located.first : located.last]
        self._rows = list(table)
        self._labels = [text for row in table for text in _labels(row)]
        self._notes = list(_notes(located, rows, blocks))
        self._captions = [*_captions(located, rows, blocks), *self._notes]
        self._unclear = any(map(_is_unclear, self._labels))
        self.unread = self._unclear or any(_BEGUN.search(text) for text in self._labels)
        """Whether a label says that a unit follows, and none does, or several, or no money's."""

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
        named = self._named(form_cell, row) if form_cell.money else None
        if form_cell.money and (self._unclear or self._is_contradicted(named)):
            self.unread = True
            return None, None, "unknown"
        if named:
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
        texts = (*own, *above, *self._section(row), *self._captions)
        return next((unit for text in texts if (unit := money_unit(text))), None)

    def _is_contradicted(self, named: str | None) -> bool:
        """Whether a note below the table says another unit of its amounts."""
        noted = {unit for note in self._notes for unit in money_units(note)}
        return named is not None and not noted <= {named}

    def _section(self, row: Row) -> list[str]:
        """What the labels between a row and the figures above it say of units."""
        at = self._rows.index(row) if row in self._rows else 0
        found: list[str] = []
        for above in reversed(self._rows[:at]):
            if any(parse(cell.text).figure for cell in above.figures):
                break
            found += [caption[0] for text in _labels(above) if (caption := _CAPTION.search(text))]
        return found


def _is_unclear(label: str) -> bool:
    """Whether a label names several units of an amount, or one that is no money's."""
    counted = _COUNTED.search(label) and not money_units(label)
    return _AMOUNT in label and (len(money_units(label)) > 1 or bool(counted))


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


def _notes(located: Located, rows: Sequence[Row], blocks: Sequence[Block]) -> Iterator[str]:
    """What notes close below a table say of its amounts."""
    block = rows[located.last - 1].block
    for line in blocks[block + 1 : block + 1 + _CLOSE]:
        if isinstance(line, Line) and (note := _NOTE.search(line.text)):
            yield note[0]
