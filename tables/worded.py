"""Rows of a form in whose cells words stand, which say no number: 1.2万件, 未统计.

They look like rows of labels only, so no row of figures was found for them. What stands there is
kept, and in doubt. On a scan it may be a figure misread, which other views of the page may show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gouji.ocr.finding import Finding
from gouji.tables.align import Located
from gouji.tables.filled import Filled
from gouji.tables.forms.form import FormRow
from gouji.tables.grid import Cell
from gouji.tables.labels import core
from gouji.tables.rows import Row
from gouji.tables.vocabulary import form_words

_BEYOND = 3
"""Rows below the last one that was found, in which the table may go on."""
_COUNTED = re.compile(r"[\d一二三四五六七八九十百千万亿零〇○①-⑳]")


def with_words(cells: Sequence[Filled], located: Located, rows: Sequence[Row]) -> list[Filled]:
    """The cells of a table; those of a row that seemed to be missing with what stands there."""
    missing = {cell.form.row for cell in cells if cell.state == "missing_row"}
    found: dict[str, Sequence[Cell]] = {}
    for row in rows[located.first : located.last + _BEYOND] if missing else ():
        for form_row, words in _worded(row, located):
            if form_row.key in missing:
                found.setdefault(form_row.key, words)
    texts = _texts(cells, found)
    return [_with_text(cell, texts[cell.form.ref]) if cell.form.ref in texts else cell
            for cell in cells]  # fmt: skip


def _worded(row: Row, located: Located) -> Iterator[tuple[FormRow, Sequence[Cell]]]:
    """The row of the form that a row has the label of, and the words behind that label."""
    for at, label in enumerate(row.labels[:-1] if not row.scanned else ()):
        for form_row in located.table.rows:
            if core(label.text) not in {core(own) for own in form_row.labels}:
                continue
            behind = row.labels[at + 1 :]
            if not row.gridded:  # the next labels may stand behind
                behind = behind[: len(form_row.cells)]
                if not all(_COUNTED.search(cell.text) for cell in behind):
                    continue
            if not any(core(cell.text) in form_words() for cell in behind):
                written = (cell for cell in row.figures if cell.text.strip())
                yield form_row, (*behind, *(written if row.gridded else ()))


def _texts(cells: Sequence[Filled], found: Mapping[str, Sequence[Cell]]) -> dict[str, Cell]:
    """What stands in each cell; where there is not one text for each, all of them in all."""
    texts: dict[str, Cell] = {}
    for key, words in found.items():
        refs = [cell.form.ref for cell in cells if cell.form.row == key]
        if len(words) != len(refs):
            whole = replace(words[0], text=" ".join(word.text for word in words))
            words = [whole] * len(refs)
        texts |= dict(zip(refs, words, strict=True))
    return texts


def _with_text(cell: Filled, text: Cell) -> Filled:
    why = (Finding("not_a_number", {"text": text.text}),)
    return replace(cell, cell=text, state="text", accepted=False, confidence=0.0, why=why)
