"""Headings over several columns, in tables whose lines do not tell how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gouji.ocr.page import Box
from gouji.tables.grid import Cell
from gouji.tables.gutters import is_number
from gouji.tables.lattice import Segment

_HEADS = 3
"""Headings stand in so many rows at most."""
_UNHEADED, _BESIDE = 0.8, 0.1
"""What it costs to leave a column without heading, between two headings, and before or after
them; a heading out of the middle of what it heads costs 1 for each character height."""
_NEAR = 0.4
"""So little out of the middle is in the middle: the texts below are not all of one width."""
_LAST_RESORT = 50.0
_EDGE = 0.8
"""... and so much to stand at one of its edges instead."""

Choice = tuple[int, int, float]
"""First column, end column, cost."""


def spread(cells: Sequence[Cell], n_cols: int, rules: Sequence[Segment]) -> list[Cell]:
    """The cells, with headings of several columns spread over the columns they head.

    A heading heads the columns that a rule below it runs over; else those, around the ones it
    stands on, in whose middle it stands, and which have headings of their own below it.
    """
    rows: dict[int, list[Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.row, []).append(cell)
    columns = _extents(cells, n_cols)
    above: list[tuple[int, int]] = []
    for row in range(min(_HEADS, len(rows))):
        below = [cell for lower in range(row + 1, row + 1 + _HEADS) for cell in rows.get(lower, [])]
        if row not in rows or not below or len(rows[row]) >= n_cols:
            continue
        if any(is_number(cell.text) for cell in rows[row][1:]):
            continue
        rows[row] = _spread_row(rows[row], below, columns, rules, above)
        above += [(c.col, c.col_end) for c in rows[row] if c.col_end - c.col > 1]
    return [cell for row in sorted(rows) for cell in rows[row]]


def _extents(cells: Sequence[Cell], n_cols: int) -> list[tuple[float, float]]:
    """From where to where each column's text reaches."""
    found: list[tuple[float, float]] = []
    for col in range(n_cols):
        boxes = [c.place.box for c in cells if c.place.box and (c.col, c.col_end) == (col, col + 1)]
        if boxes:
            found.append((min(b.x0 for b in boxes), max(b.x1 for b in boxes)))
        else:
            found.append(found[-1] if found else (0.0, 0.0))
    return found


def _spread_row(
    row: Sequence[Cell],
    below: Sequence[Cell],
    columns: Sequence[tuple[float, float]],
    rules: Sequence[Segment],
    above: Sequence[tuple[int, int]],
) -> list[Cell]:
    headed = {col for cell in below for col in range(cell.col, cell.col_end)}
    middles = [cell.place.box.center[0] for cell in row if cell.place.box]
    own_rules = [r for r in rules if sum(r.start <= x <= r.end for x in middles) == 1]
    choices = [
        [
            *(c for c in _choices(cell, below, columns, headed, own_rules) if _nests(c, above)),
            (cell.col, cell.col_end, _LAST_RESORT),
        ]
        for cell in row
    ]
    return [
        replace(cell, col=col, col_end=col_end)
        for cell, (col, col_end) in zip(row, _fitted(choices, headed), strict=True)
    ]


def _nests(choice: Choice, above: Sequence[tuple[int, int]]) -> bool:
    """Whether a span lies within, around or beside each span above it."""
    col, col_end, _ = choice
    return not any(
        start < col < end < col_end or col < start < col_end < end for start, end in above
    )


def _fitted(choices: Sequence[Sequence[Choice]], headed: set[int]) -> list[tuple[int, int]]:
    """Spans beside each other, one of each heading's, that cost least and leave least unheaded."""
    best: dict[int, tuple[float, list[tuple[int, int]]]] = {0: (0.0, [])}
    for heading in choices:
        after: dict[int, tuple[float, list[tuple[int, int]]]] = {}
        for end, (cost, spans) in best.items():
            for col, col_end, own in heading:
                if col < end:
                    continue
                price = _UNHEADED if spans else _BESIDE
                total = cost + own + price * len(headed & set(range(end, col)))
                if col_end not in after or total < after[col_end][0]:
                    after[col_end] = (total, [*spans, (col, col_end)])
        best = after
    last = max(headed, default=0) + 1
    return min(
        (cost + _BESIDE * len(headed & set(range(end, last))), spans)
        for end, (cost, spans) in best.items()
    )[1]


def _by_rule(
    box: Box,
    below: Sequence[Cell],
    columns: Sequence[tuple[float, float]],
    rules: Sequence[Segment],
) -> tuple[int, int] | None:
    """Columns over which a rule between a heading and the row below runs, not all of them."""
    bottom = min((c.place.box.y1 for c in below if c.place.box), default=box.y1)
    left, right = columns[0][0], columns[-1][1]
    for rule in rules:
        if not (box.center[1] < rule.at < bottom and rule.start <= box.center[0] <= rule.end):
            continue
        if rule.end - rule.start > 0.9 * (right - left):
            continue
        inside = [
            col for col, (x0, x1) in enumerate(columns) if rule.start <= (x0 + x1) / 2 <= rule.end
        ]
        if inside:
            return inside[0], inside[-1] + 1
    return None


def _choices(
    cell: Cell,
    below: Sequence[Cell],
    columns: Sequence[tuple[float, float]],
    headed: set[int],
    rules: Sequence[Segment],
) -> list[Choice]:
    """The spans that a heading may have, with what speaks against each."""
    own: Choice = (cell.col, cell.col_end, 0.0)
    box = cell.place.box
    if box is None or cell.row_end - cell.row > 1:
        return [own]
    ruled = _by_rule(box, below, columns, rules)
    if ruled is not None:
        return [(*ruled, 0.0)]
    found = []
    for first in range(len(columns)):
        for last in range(first, len(columns)):
            x0, x1 = columns[first][0], columns[last][1]
            inside = first <= cell.col and cell.col_end <= last + 1
            if (first, last + 1) == (cell.col, cell.col_end):
                inside = True
            elif not set(range(first, last + 1)) <= headed or not _overlaps(box, x0, x1):
                continue
            if not inside and not (x0 <= box.center[0] <= x1):
                continue
            middle = abs((x0 + x1) / 2 - box.center[0])
            edge = min(abs(x0 - box.x0), abs(x1 - box.x1)) + _EDGE * box.height
            off = min(middle, edge) / box.height
            found.append((first, last + 1, max(off - _NEAR, 0.0)))
    return found or [own]


def _overlaps(box: Box, x0: float, x1: float) -> bool:
    """Whether a heading stands within what it heads."""
    return x0 - 2 <= box.x0 and box.x1 <= x1 + 2
