"""Rows of text → runs of rows that stand in columns: where tables without rulings are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from gouji.ocr.page import Word
from gouji.tables.gutters import Row, Strip, crosses, is_number, strips
from gouji.tables.lattice import Segment

_FAR = 3.6
"""Base lines farther apart (in character heights) never belong to one table."""
_APART = 1.75
"""A distance that exceeds the usual one of a run so many times ends it."""
_UNKNOWN = 2.5
"""Rows may follow at this distance (in character heights) where a table's own is not known."""
_LINE, _LEAD = 1.6, 2.4
"""Lines of one cell stand no farther apart than this (in character heights), in the first column,
where a caption or a list may follow, and in the others."""
_SHORT = 6
"""A table of more rows is no accident of spacing."""
_HEADS = 3
"""So many rows of headings may reach over gutters."""
_PROSE_CHARS = 14
_PROSE_FILL = 0.72
_MARK = re.compile(
    r"[(（]?([\d０-９]{1,3}|[A-Za-z]|[ivxIVX]{1,5}|[一二三四五六七八九十]{1,3})[.)、）．:：]|[•·▪●○◦■□◆–\-*]|[①-⑳]"
)
_LEADERS = re.compile(r"[.…·．]{4,}|…{2,}")


@dataclass(frozen=True, slots=True)
class Region:
    """Rows of one table, and the gutters between its columns."""

    rows: tuple[Row, ...]
    strips: tuple[Strip, ...]


@dataclass(slots=True)
class _Run:
    """Rows ``[start, end)``; ``rows`` are those in columns among them."""

    start: int
    end: int
    rows: list[Row]


def regions(rows: Sequence[Row], rules: Sequence[Segment] = ()) -> list[Region]:
    """The tables among ``rows`` (top down). ``rules``: the horizontal lines drawn."""
    found: list[tuple[int, Region]] = []
    free = [True] * len(rows)
    for run in sorted(_runs(rows), key=lambda run: -len(run.rows)):
        gutters = strips(run.rows) if all(free[run.start : run.end]) else []
        if not gutters:
            continue
        start, end = _grown(rows, run, gutters, free, rules)
        body = [row for row in rows[start:end] if _columned(row) or not crosses(row, gutters)]
        gutters = strips(body)
        if gutters and _is_table(body, gutters) and not _within_prose(rows, start, end, gutters):
            free[start:end] = [False] * (end - start)
            found.append((start, Region(tuple(rows[start:end]), tuple(gutters))))
    return [region for _, region in sorted(found, key=lambda item: item[0])]


def _columned(row: Row) -> bool:
    """Whether a row's words stand in columns."""
    if any(_LEADERS.search(word.text) for word in row.words):
        return False
    numbers = [is_number(word.text) for word in row.words]
    if sum(a and b for a, b in pairwise(numbers)) > 1:  # figures side by side
        return True
    if len(row.phrases) < 2:
        return False
    first = row.phrases[0]
    return not (len(row.phrases) == 2 and len(first) == 1 and _MARK.fullmatch(first[0].text))


def _runs(rows: Sequence[Row]) -> list[_Run]:
    """Rows in columns that follow each other at even distances."""
    runs: list[_Run] = []
    for index, row in enumerate(rows):
        if not _columned(row):
            continue
        last = runs[-1] if runs else None
        if last and last.end == index and not _ends(last.rows, row):
            last.end += 1
            last.rows.append(row)
        else:
            runs.append(_Run(index, index + 1, [row]))
    return [part for run in runs for part in _uniform(run)]


def _ends(run: Sequence[Row], row: Row) -> bool:
    """Whether the distance from a run to ``row`` is that between two tables."""
    distance = row.middle - run[-1].middle
    if distance > _FAR * max(row.height, run[-1].height):
        return True
    pitches = [b.middle - a.middle for a, b in pairwise(run)]
    pitches = [p for p in pitches if p > 0.8 * row.height]
    return len(pitches) > 1 and distance > _APART * median(pitches) and distance > 2 * row.height


def _uniform(run: _Run) -> list[_Run]:
    """A run cut where two tables with other columns follow each other."""
    if len(run.rows) < 4 or strips(run.rows):
        return [run]
    best = max(
        range(2, len(run.rows) - 1),
        key=lambda cut: len(strips(run.rows[:cut])) + len(strips(run.rows[cut:])),
    )
    cut = run.start + best
    parts = (_Run(run.start, cut, run.rows[:best]), _Run(cut, run.end, run.rows[best:]))
    if not any(strips(part.rows) for part in parts):
        return [run]
    return [smaller for part in parts for smaller in _uniform(part)]


def _in_columns(row: Row, gutters: Sequence[Strip]) -> bool:
    """Whether a row has words in several columns, and none reaches over a gutter."""
    return _parts(row, gutters) > 1 and not crosses(row, gutters)


def _parts(row: Row, gutters: Sequence[Strip]) -> int:
    """In how many columns a row has words."""
    return len({sum(w.box.center[0] > s.middle for s in gutters) for w in row.words})


def _grown(
    rows: Sequence[Row],
    run: _Run,
    gutters: Sequence[Strip],
    free: Sequence[bool],
    rules: Sequence[Segment],
) -> tuple[int, int]:
    """The run with what belongs to its table before and after it."""
    pitches = [b.middle - a.middle for a, b in pairwise(run.rows)]
    height = median(row.height for row in run.rows)
    usual = 1.4 * max(pitches) if pitches else _UNKNOWN * height
    reach = max(usual, 1.9 * height)
    reach = min(reach, _FAR * height)
    end = run.end
    while end < len(rows) and free[end]:
        if rows[end].middle - rows[end - 1].middle > reach:
            break
        if not (_fits_below(rows, end, gutters) or _titles(rows, end, gutters, reach)):
            break
        end += 1
    left, right = (
        min(r.box.x0 for r in rows[run.start : end]),
        max(r.box.x1 for r in rows[run.start : end]),
    )
    start, heads = run.start, 0
    while start > 0 and free[start - 1] and rows[start].middle - rows[start - 1].middle <= reach:
        row = rows[start - 1]
        if crosses(row, gutters):
            heads += 1
            centred = abs(sum(row.box.center[:1]) - (left + right) / 2) < 0.03 * (right - left)
            caption = len(row.phrases) == 1 and centred
            if heads > _HEADS or caption or not _heads(row, gutters):
                break
        elif (
            row.box.x1 < gutters[0].x1
            and not _ruled_off(row, rows[start], rules)
            and not any(_in_columns(r, gutters) for r in rows[max(start - 3, 0) : start - 1])
        ):
            break  # in the first column only, and no row of the table above it: a caption
        start -= 1
    return start, end


def _ruled_off(row: Row, below: Row, rules: Sequence[Segment]) -> bool:
    """Whether a rule runs close above a row, and none between it and the row below."""
    over = [s.at for s in rules if s.start <= row.box.center[0] <= s.end]
    return any(0 < row.middle - at < 1.5 * row.height for at in over) and not any(
        row.middle < at < below.middle for at in over
    )


def _heads(row: Row, gutters: Sequence[Strip]) -> bool:
    """Whether a row that reaches over gutters may head several columns: not all, not the first."""
    if row.box.x0 > gutters[0].x0 and len(gutters) > 1:
        return True
    crossed = [p for p in row.phrases if _crossed(p, gutters)]
    return _columned(row) and all(_crossed(p, gutters) <= len(gutters) / 2 for p in crossed)


def _crossed(phrase: Sequence[Word], gutters: Sequence[Strip]) -> int:
    return sum(phrase[0].box.x0 < s.x0 and phrase[-1].box.x1 > s.x1 for s in gutters)


def _fits_below(rows: Sequence[Row], at: int, gutters: Sequence[Strip]) -> bool:
    """Whether a row goes on with the table above it: in its columns, or wrapped in one."""
    row = rows[at]
    if crosses(row, gutters):
        return _has_wide_label(row, gutters)
    if _parts(row, gutters) > 1:
        return True
    first = row.box.x1 < gutters[0].x1
    near = row.middle - rows[at - 1].middle <= (_LINE if first else _LEAD) * row.height
    return near or (at + 1 < len(rows) and _in_columns(rows[at + 1], gutters))


def _has_wide_label(row: Row, gutters: Sequence[Strip]) -> bool:
    """Whether a label reaches over columns of labels, and figures stand alone in all others."""
    figures = [w for w in row.words if is_number(w.text)]
    if len(figures) < 2 or row.words[-len(figures) :] != tuple(figures):
        return False
    columns = {sum(w.box.center[0] > s.middle for s in gutters) for w in figures}
    label = max(w.box.x1 for w in row.words[: -len(figures)] or figures[:1])
    left = sum(s.middle > label for s in gutters)
    return len(columns) == len(figures) == left and not any(
        w.box.x0 < s.x0 and w.box.x1 > s.x1 for s in gutters for w in figures
    )


def _titles(rows: Sequence[Row], at: int, gutters: Sequence[Strip], reach: float) -> bool:
    """Whether a row that reaches over gutters is a title within the table."""
    row = rows[at]
    if len(row.phrases) > 1 or at + 1 >= len(rows) or not _in_columns(rows[at + 1], gutters):
        return False
    left, right = rows[at - 1].box.x0, max(r.box.x1 for r in rows[max(at - 4, 0) : at])
    above = row.middle - rows[at - 1].middle
    below = rows[at + 1].middle - row.middle
    return row.box.width < 0.6 * (right - left) and below <= reach and above <= 1.3 * below


def _is_table(rows: Sequence[Row], gutters: Sequence[Strip]) -> bool:
    """Whether rows in columns are a table, and not prose in columns, a list, or a letterhead."""
    if len(rows) < (2 if len(gutters) > 1 else 3):
        return False
    columns = _columns(rows, gutters)
    if sum(_is_prose(texts) for texts in columns) * 2 >= len(columns):
        return False
    marks = [text for text, _ in columns[0]]
    listed = all(_MARK.fullmatch(text) for text in marks)
    return not (listed and len(columns) == 2)


def _within_prose(rows: Sequence[Row], start: int, end: int, gutters: Sequence[Strip]) -> bool:
    """Whether a few rows, most of them words, are lines of a paragraph with wide blanks."""
    inside = rows[start:end]
    words = [word.text for row in inside for word in row.words]
    if len(inside) > _SHORT or sum(map(is_number, words)) * 3 > len(words):
        return False
    beside = [(rows[start - 1], rows[start])] if start else []
    if end < len(rows):
        beside.append((rows[end], rows[end - 1]))
    return any(
        abs(row.middle - next_row.middle) < 1.9 * row.height
        and crosses(row, gutters)
        and row.box.width > 0.8 * max(r.box.width for r in inside)
        for row, next_row in beside
    )


def _columns(rows: Sequence[Row], gutters: Sequence[Strip]) -> list[list[tuple[str, float]]]:
    """For each column its texts, and how much of the column's width each fills."""
    bounds = [s.middle for s in gutters]
    texts: list[list[tuple[str, float, float]]] = [[] for _ in range(len(bounds) + 1)]
    for row in rows:
        for number, column in enumerate(texts):
            low = bounds[number - 1] if number else float("-inf")
            high = bounds[number] if number < len(bounds) else float("inf")
            words = [w for w in row.words if low <= w.box.center[0] < high]
            if words:
                text = " ".join(word.text for word in words)
                column.append((text, words[0].box.x0, words[-1].box.x1))
    result = []
    for column in texts:
        wide = max((x1 for _, _, x1 in column), default=0) - min(
            (x0 for _, x0, _ in column), default=0
        )
        result.append([(text, (x1 - x0) / max(wide, 1)) for text, x0, x1 in column])
    return result


def _is_prose(texts: Sequence[tuple[str, float]]) -> bool:
    """Long lines that mostly fill their column."""
    if len(texts) < 3:
        return False
    weights = [2 if c >= "\u2e80" else 1 for text, _ in texts for c in text]
    if sum(weights) / len(texts) < 2 * _PROSE_CHARS:
        return False
    full = sum(fill >= 0.8 for _, fill in texts)
    return full >= 0.6 * len(texts) or sum(fill for _, fill in texts) / len(texts) > _PROSE_FILL
