"""The unit of a figure: written beside it, named in a header, or the form's."""

from __future__ import annotations

from collections.abc import Sequence

from gouji.tables.align import Located
from gouji.tables.forms.form import FormCell
from gouji.tables.labels import core
from gouji.tables.numbers import Number, money_unit
from gouji.tables.rows import Row


class Units:
    """The units that a table and the labels around it name."""

    def __init__(self, located: Located, rows: Sequence[Row]) -> None:
        self._labels = [
            cell.text for row in rows[located.first : located.last] for cell in row.labels
        ]

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
        own = [cell.text for cell in row.labels]
        above = [
            text
            for text in self._labels
            if any(word in core(text) or word in text for word in words)
        ]
        return next((unit for text in own + above if (unit := money_unit(text))), None)
