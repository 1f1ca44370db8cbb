"""A table of a form → the cells of the printed form: where each stands and what it spans.

The page is ``WIDTH`` columns wide. All follows from the form's data: a table whose rows stand side
by side, one whose rows have columns of their own, one with groups, or a plain list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from gouji.ingest.codebook import group_spans
from gouji.tables.forms.form import FormRow, FormTable

WIDTH = 15
_LABELS = 8
"""Columns of a table with groups that the labels take; the figures take the others."""
_OUTER, _INNER = 1, 3
_OWN_LABEL = 5

Kind = Literal["section", "head", "group", "label", "unit", "figure"]


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed cell; rows and columns count from 0. ``ref`` is set for the place of a figure.

    ``vertical``: the text runs downwards. ``indent``: how deep a label of a list is.
    """

    kind: Kind
    row: int
    col: int
    row_span: int
    col_span: int
    text: str = ""
    ref: str = ""
    vertical: bool = False
    indent: int = 0


def printed(table: FormTable, absent: frozenset[str] = frozenset()) -> list[Printed]:
    """The cells of the printed form, without the ``absent`` ones of its optional rows."""
    rows = [row for row in table.rows if not (row.optional and row.key in absent)]
    if table.across:
        return list(_across(rows))
    if not table.columns:
        return list(_sections(table, rows))
    if any(row.group for row in rows):
        return list(_grouped(table, rows))
    return list(_listed(table, rows))


def _spread(width: int, parts: int) -> list[int]:
    """``width`` columns shared out evenly, the first parts taking what is left over."""
    return [width // parts + (i < width % parts) for i in range(parts)]


def _side_by_side(
    kind: Kind, row: int, col: int, widths: Sequence[int], texts: Sequence[str], refs: bool = False
) -> Iterator[Printed]:
    """Cells in one row; ``texts`` are their texts, or their refs."""
    for width, text in zip(widths, texts, strict=True):
        yield Printed(kind, row, col, 1, width, "" if refs else text, text if refs else "")
        col += width


# --- rows side by side: reviews and lawsuits ----------------------------------------------------


def _across(rows: Sequence[FormRow]) -> Iterator[Printed]:
    cells = [cell for row in rows for cell in row.cells]
    widths = _spread(WIDTH, len(cells))
    levels = 2 if any(row.group for row in rows) else 1
    ends = [sum(widths[:i]) for i in range(len(widths) + 1)]
    at = 0
    starts = {}
    for row in rows:
        starts[row.key] = (ends[at], ends[at + len(row.cells)])
        at += len(row.cells)
    for group, members in groupby(rows, key=lambda row: row.group):
        found = list(members)
        first, last = starts[found[0].key][0], starts[found[-1].key][1]
        if group:
            yield Printed("head", 0, first, 1, last - first, group)
        for row in found:
            left, right = starts[row.key]
            top = 1 if group else 0
            yield Printed("head", top, left, levels - top, right - left, row.label)
    yield from _side_by_side("head", levels, 0, widths, [cell.labels[0] for cell in cells])
    yield from _side_by_side("figure", levels + 1, 0, widths, [c.ref for c in cells], refs=True)


# --- rows with columns of their own: proactive disclosure ---------------------------------------


def _sections(table: FormTable, rows: Sequence[FormRow]) -> Iterator[Printed]:
    sections = {row.group for row in table.rows}
    corner = next((h for h in table.headings if h not in sections), "")
    top = 0
    for section, members in groupby(rows, key=lambda row: row.group):
        if section:
            yield Printed("section", top, 0, 1, WIDTH, section)
            top += 1
        for labels, alike in groupby(members, key=_column_labels):
            widths = _spread(WIDTH - _OWN_LABEL, len(labels))
            yield Printed("head", top, 0, 1, _OWN_LABEL, corner)
            yield from _side_by_side("head", top, _OWN_LABEL, widths, labels)
            for top, row in enumerate(alike, start=top + 1):  # noqa: B020
                yield Printed("label", top, 0, 1, _OWN_LABEL, row.label)
                refs = [cell.ref for cell in row.cells]
                yield from _side_by_side("figure", top, _OWN_LABEL, widths, refs, refs=True)
            top += 1


def _column_labels(row: FormRow) -> list[str]:
    return [cell.labels[0] for cell in row.cells]


# --- rows in groups: requests -------------------------------------------------------------------


def _grouped(table: FormTable, rows: Sequence[FormRow]) -> Iterator[Printed]:
    widths = _spread(WIDTH - _LABELS, len(table.columns))
    head = list(_grouped_head(table, widths))
    depth = max(cell.row + cell.row_span for cell in head)
    yield from head
    spans = group_spans(rows)
    outer = {g for g in spans if any(_within(spans[h], spans[g]) for h in spans if h != g)}
    for group, (first, last) in spans.items():
        if group in outer:
            yield Printed("group", depth + first, 0, last - first + 1, _OUTER, group, vertical=True)
        else:
            left = _OUTER if any(_within(spans[group], spans[o]) for o in outer) else 0
            width = _OUTER + _INNER - left
            yield Printed("group", depth + first, left, last - first + 1, width, group)
    for top, row in enumerate(rows, start=depth):
        left = 0 if row.group is None else _OUTER if row.group in outer else _OUTER + _INNER
        kind: Kind = "label" if row.group else "group"
        yield Printed(kind, top, left, 1, _LABELS - left, row.label)
        refs = [cell.ref for cell in row.cells]
        yield from _side_by_side("figure", top, _LABELS, widths, refs, refs=True)


def _within(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _grouped_head(table: FormTable, widths: Sequence[int]) -> Iterator[Printed]:
    """Corner, banner over all columns, groups of columns, columns."""
    groups = {row.group for row in table.rows} | {column.group for column in table.columns}
    free = [heading for heading in table.headings if heading not in groups]
    corner = next((heading for heading in free if heading.startswith("（")), "")
    banner = next((heading for heading in free if heading != corner), "")
    levels = 2 if any(column.group for column in table.columns) else 1
    top = 1 if banner else 0
    yield Printed("label", 0, 0, top + levels, _LABELS, corner)
    if banner:
        yield Printed("head", 0, _LABELS, 1, sum(widths), banner)
    left, at = _LABELS, 0
    for group, members in groupby(table.columns, key=lambda column: column.group):
        found = list(members)
        width = sum(widths[at : at + len(found)])
        if group:
            yield Printed("head", top, left, 1, width, group)
        for column, own in zip(found, widths[at : at + len(found)], strict=True):
            rows = 1 if group else levels
            yield Printed("head", top + levels - rows, left, rows, own, column.labels[0])
            left += own
        at += len(found)


# --- a plain list: the old forms ----------------------------------------------------------------

_FIGURE, _UNIT, _CODE = 3, 2, 1


def _listed(table: FormTable, rows: Sequence[FormRow]) -> Iterator[Printed]:
    coded = any(row.code for row in rows)
    figures = [_FIGURE] * len(table.columns)
    label = WIDTH - sum(figures) - _UNIT - (_CODE if coded else 0)
    widths = [label, *([_CODE] if coded else []), _UNIT, *figures]
    named = [
        table.headings[0] if table.headings else "",
        *([_heading(table, "代码", "编号")] if coded else []),
        _heading(table, "单位"),
        *(column.labels[0] for column in table.columns),
    ]
    yield from _side_by_side("head", 0, 0, widths, named)
    top = 1
    indents = _indents([row.label for row in rows])
    for (row, heading), indent in zip(_with_headings(table, rows), indents, strict=True):
        if heading:
            yield Printed("group", top, 0, 1, label, heading, indent=indent - 1)
            yield from _side_by_side("unit", top, label, widths[1:], [""] * (len(widths) - 1))
            top += 1
        yield Printed("label", top, 0, 1, label, row.label, indent=indent)
        beside = [*([row.code or ""] if coded else []), row.cells[0].unit]
        yield from _side_by_side("unit", top, label, widths[1 : len(beside) + 1], beside)
        refs = [cell.ref for cell in row.cells]
        left = WIDTH - sum(figures)
        yield from _side_by_side("figure", top, left, figures, refs, refs=True)
        top += 1


def _heading(table: FormTable, *words: str) -> str:
    return next((h for h in table.headings if any(word in h for word in words)), words[0])


_NUMBERED: tuple[tuple[str, Callable[[str], int]], ...] = (
    (r"([一二三四五六七八九十]+)、", lambda text: _chinese(text)),
    (r"[（(]([一二三四五六七八九十]+)[）)]", lambda text: _chinese(text)),
    (r"(?:其中[：:])?(\d+)[.、．]", int),
    (r"[（(](\d+)[）)]", int),
)


def _chinese(text: str) -> int:
    tens, ten, ones = text.rpartition("十")
    digits = "一二三四五六七八九"
    high = (digits.index(tens) + 1 if tens else 1) * 10 if ten else 0
    return high + (digits.index(ones) + 1 if ones else 0)


def _ordinal(label: str) -> tuple[int, int] | None:
    """Level and number of a label: ``（二）…`` is (1, 2)."""
    for level, (pattern, number) in enumerate(_NUMBERED):
        if match := re.match(pattern, label):
            return level, number(match[1])
    return None


def _indents(labels: Sequence[str]) -> list[int]:
    """How deep each label stands: by its number, 其中 below the label above it.

    A label without a number stands beside a 其中 whose own parent has one, else outermost.
    """
    indents: list[int] = []
    above, beside, numbered = 0, 0, False
    for label in labels:
        ordinal = _ordinal(label)
        if ordinal:
            depth, beside = ordinal[0], 0
        elif label.startswith("其中"):
            depth = above + 1
            beside = depth if numbered else 0
        else:
            depth = beside
        indents.append(depth)
        above, numbered = depth, ordinal is not None
    return indents


def _with_headings(
    table: FormTable, rows: Sequence[FormRow]
) -> Iterator[tuple[FormRow, str | None]]:
    """Each row with the heading above it, found by its number: the form's data list headings
    without their places. One comes where its number is the next of its level and the row opens
    a list below it.
    """
    waiting = [heading for heading in table.headings if _ordinal(heading)]
    counts: dict[int, int] = {}
    for row in rows:
        heading = None
        at = _ordinal(row.label)
        if at and waiting and at[1] == 1:
            level, number = _ordinal(waiting[0]) or (0, 0)
            if level == at[0] - 1 and number == counts.get(level, 0) + 1:
                heading = waiting.pop(0)
                counts = _counted(counts, level, number)
        if at:
            counts = _counted(counts, *at)
        yield row, heading


def _counted(counts: dict[int, int], level: int, number: int) -> dict[int, int]:
    """The numbers reached at each level; those below begin anew."""
    return {k: n for k, n in counts.items() if k < level} | {level: number}
