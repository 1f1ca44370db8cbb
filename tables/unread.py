"""Tables whose words stand in the document, but in no arrangement that could be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from gouji.ocr.finding import Finding
from gouji.tables.evidence import Evidence
from gouji.tables.filled import Filled
from gouji.tables.forms.form import FormTable, all_forms
from gouji.tables.grid import Block, Grid, Line, is_drawn
from gouji.tables.labels import core
from gouji.tables.numbers import parse
from gouji.tables.printed_order import words_of
from gouji.tables.vocabulary import vocabulary

_SHARE = 0.5
"""Of the labels of the form's rows."""
_FIGURES, _FULL_ROWS = 7, 12
"""The table of requests has rows of so many figures, and at least so many rows on one page."""


def unread(
    blocks: Sequence[Block], used: Collection[int], wanted: str, beside: str | None
) -> FormTable | None:
    """The table ``wanted`` of the edition most of whose words stand outside of the tables read,
    None where they do not suffice to say that it is there. Of equals that of the edition
    ``beside`` it.
    """
    words = {w for i, block in enumerate(blocks) if i not in used for w in _words(block)}
    likely = [table for form in all_forms() for table in form.tables if table.id == wanted]
    best = max(likely, key=lambda table: (_share(table, words), table.edition == beside))
    return best if _share(best, words) >= _SHARE else None


def illegible(blocks: Sequence[Block], evidence: Evidence) -> bool:
    """Whether a grid on a scan has the shape of the table of requests, of which no label could be
    read.
    """
    return any(
        is_drawn(block) and evidence.covers(block.place.page) and _full_rows(block) >= _FULL_ROWS
        for block in blocks
        if isinstance(block, Grid)
    )


def _full_rows(grid: Grid) -> int:
    figures = Counter(cell.row for cell in grid.cells if parse(cell.text).figure)
    return sum(count >= _FIGURES for count in figures.values())


def in_doubt(table: FormTable, code: str) -> tuple[Filled, ...]:
    """The cells of a table that could not be read, or be seen, as ``code`` says."""
    why = (Finding(code, {"table": table.titles[0]}),)
    return tuple(Filled(cell, None, "unreadable", accepted=False, why=why) for cell in table.cells)


def _share(table: FormTable, words: Collection[str]) -> float:
    """How many of the labels that tell the table are there. One printed as a single row is told
    by those of its columns alone, which must all be there.
    """
    own = vocabulary(table)
    evidence = [core(label) in words for label in table.evidence]
    if table.across:
        return float(all(evidence))
    rows = sum(not labels.isdisjoint(words) for labels in own.rows)
    return rows / len(own.rows) if any(evidence) else 0.0


def _words(block: Block) -> Iterator[str]:
    for piece in (block,) if isinstance(block, Line) else block.cells:
        yield from words_of(piece.text)
