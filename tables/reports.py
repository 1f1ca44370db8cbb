"""Whether a document is such a report at all, and where each of several begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from gouji.tables.flat import Row, rows
from gouji.tables.grid import Block, Cell, Grid, Line
from gouji.tables.head import body_start
from gouji.tables.numbers import parse
from gouji.tables.title import Title, find_titles

_MARKS = (
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "政府信息公开行政复议",
    "存在的主要问题及改进情况",
    "本年新收政府信息公开申请",
    "上年结转政府信息公开申请",
    "法律行政法规禁止公开",
    "三安全一稳定",
    "属于三类内部事务信息",
    "政府信息公开情况统计表",
    "主动公开政府信息数",
    "依申请公开信息总数",
    "对申请的答复",
    "收到申请数",
    "申请办结数",
    "免予公开范围",
)
_ENOUGH = 2
_FIRST = re.compile(
    r"[#*]*(?:第?一[、.](?!本年新收|主动公开情况$)|第二十条第[(]一[)]项|统计指标|指标名称)"
)
_ORDER = re.compile(r".*(?:关于.*(?:通知|意见|方案|办法|函|公告|决定)|条例|指南|规定)")
_PROSE = 40
_FILLED = 30
"""So many figures in cells tell a form that was filled in."""


def is_report(blocks: Sequence[Block]) -> bool:
    """Whether this is a report or a table of one.

    It is by its title over a text about disclosure, or by two marks of the forms. A notice that
    only orders such reports is none, nor is a list of links; one that has a form filled in is.
    """
    found = rows(blocks)
    titles = find_titles(found)
    body = body_start(found)
    front = [title for title in titles if title.first <= body and title.weight]
    if front:
        last = front[-1].last
        return any(_tells(row) for row in found[last - 1 :])
    ordered = any(_ORDER.fullmatch(row.flat) for row in found[:body] if len(row.flat) < _PROSE * 2)
    if ordered and _figures(blocks) < _FILLED:
        return False
    text = "\n".join(row.flat for row in found)
    return sum(mark in text for mark in _MARKS) >= _ENOUGH


def _figures(blocks: Sequence[Block]) -> int:
    """How many figures stand in cells: a form that is only handed out has none."""
    cells = (cell for block in blocks if isinstance(block, Grid) for cell in block.cells)
    return sum(parse(cell.text).figure for cell in cells)


def _tells(row: Row) -> bool:
    prose = len(row.flat) >= _PROSE and "公开" in row.flat and bool(re.search("[。,\\d]", row.flat))
    return prose or bool(_FIRST.match(row.flat)) or any(mark in row.flat for mark in _MARKS)


def cut_at_titles(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with each grid cut where a row holds nothing but the title of a report or of
    its table, as in a sheet that has several reports one below the other.
    """
    return [part for block in blocks for part in _cut(block)]


def _cut(block: Block) -> list[Block]:
    if isinstance(block, Line):
        return [block]
    parts: list[Block] = []
    kept: list[Cell] = []
    for _, group in groupby(sorted(block.cells, key=lambda c: (c.row, c.col)), lambda c: c.row):
        cells = list(group)
        written = [cell for cell in cells if cell.text.strip()]
        if len(written) == 1 and find_titles(rows([Line(written[0].text, written[0].place)])):
            parts += [*_grid_of(block, kept), Line(written[0].text, written[0].place)]
            kept = []
        else:
            kept += cells
    return [*parts, *_grid_of(block, kept)] if parts else [block]


def _grid_of(grid: Grid, cells: list[Cell]) -> list[Grid]:
    if not any(cell.text.strip() for cell in cells):
        return []
    first = min(cell.row for cell in cells)
    moved = [replace(c, row=c.row - first, row_end=c.row_end - first) for c in cells]
    return [replace(grid, cells=tuple(moved))]


def split_reports(blocks: Sequence[Block]) -> list[slice]:
    """The reports of a document, as slices of its blocks that cover them all.

    A report begins at a title that names another agency or another year than the one before and
    under which the sections or the tables begin anew. Titles in navigation, in lists of links and
    in sentences begin none.
    """
    found: list[Row] = []
    owner: list[int] = []
    for index, block in enumerate(blocks):
        new = rows([block])
        found.extend(new)
        owner.extend([index] * len(new))
    starts = [0, *(owner[row] for row in _starts(found))]
    ends = [*starts[1:], len(blocks)]
    return [slice(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


def _starts(found: list[Row]) -> list[int]:
    """The rows at which the second and later reports begin."""
    titles = find_titles(found)
    starts: list[int] = []
    current: Title | None = None
    pending: list[Title] = []
    for index, row in enumerate(found):
        while titles and titles[0].first <= index:
            pending.append(titles.pop(0))
        if not pending or not _begins(row, index, pending[-1]):
            continue
        title = pending[-1]
        if current is None:
            current = _best(pending)
        elif _differ(current, title):
            starts.append(_begin(pending, title))
            current = title
        pending = []
    return starts


def _begins(row: Row, index: int, title: Title) -> bool:
    """Whether sections or tables begin here; on the title's own row, anywhere after it."""
    if title.first == index:
        return bool(_FIRST.search(row.flat, title.end))
    return bool(_FIRST.match(row.flat))


def _best(pending: list[Title]) -> Title:
    """The nearest title that says most, with what only titles above it say."""
    return max(pending, key=lambda title: (title.weight, title.first))


def _begin(pending: list[Title], title: Title) -> int:
    """The first of the titles right above that repeat this one."""
    first = title.first
    for other in reversed(pending):
        if _differ(other, title):
            break
        first = other.first
    return first


def _differ(one: Title, other: Title) -> bool:
    if one.year and other.year and one.year != other.year:
        return True
    a, b = one.agency, other.agency
    return bool(a and b) and not (str(a).endswith(str(b)) or str(b).endswith(str(a)))
