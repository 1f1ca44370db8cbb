"""Labels of columns and headings misread on scanned pages → as the forms spell them.

A label with one character wrong (尚未申结) is not one that an agency wrote, where it is like
exactly one of the forms' and no other. Labels of rows are not touched: agencies add rows of their
own, and the alignment compares rows itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache

from rapidfuzz.distance import Levenshtein

from gouji.tables.evidence import Evidence
from gouji.tables.forms.form import all_forms
from gouji.tables.grid import Block, Cell, Grid
from gouji.tables.labels import core, headed
from gouji.tables.vocabulary import form_words, vocabulary

_SHORTEST = 3
"""Characters; of a shorter word one wrong character leaves too little."""
_WRONG = 4
"""One character in so many may be wrong, and one in any word that is long enough."""


def spelled(blocks: Sequence[Block], evidence: Evidence) -> list[Block]:
    """The blocks with the labels of scanned grids as the forms spell them."""
    return [
        replace(block, cells=tuple(map(_spelled, block.cells)))
        if isinstance(block, Grid) and evidence.covers(block.place.page)
        else block
        for block in blocks
    ]


def _spelled(cell: Cell) -> Cell:
    word = core(cell.text)
    known = _nearest(word)
    return replace(cell, text=headed(cell.text, known)) if known else cell


@lru_cache(maxsize=8192)
def _nearest(word: str) -> str | None:
    """The one word that is meant; None where there is none, or several, or it is known itself."""
    if len(word) < _SHORTEST or word in form_words():
        return None
    most = max(1, len(word) // _WRONG)
    near = sorted(
        (Levenshtein.distance(word, known, score_cutoff=most + 1), known)
        for known in _words()
        if abs(len(known) - len(word)) <= most
    )
    if not near or near[0][0] > most or any(far <= near[0][0] for far, _ in near[1:]):
        return None
    return near[0][1]


@cache
def _words() -> tuple[str, ...]:
    """Labels of columns and headings of all forms."""
    tables = [vocabulary(table) for form in all_forms() for table in form.tables]
    words = frozenset[str]().union(*(table.columns | table.headings for table in tables))
    return tuple(sorted(word for word in words if len(word) >= _SHORTEST))
