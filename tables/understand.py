"""The blocks of one report → its statistical tables, filled in and checked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from gouji.ocr.finding import Finding
from gouji.tables.align import Located, locate, names_of
from gouji.tables.bare import with_blank_rows
from gouji.tables.crossed import straightened
from gouji.tables.cuts import mend_cut_rows
from gouji.tables.evidence import NOTHING, Evidence
from gouji.tables.fill import figures_of, fill
from gouji.tables.filled import Filled, displaced
from gouji.tables.findings import findings_of
from gouji.tables.forms.form import FormTable, all_forms, load
from gouji.tables.grid import Block, Line, is_drawn
from gouji.tables.identities import evaluate
from gouji.tables.leftover import below, extra_cells, left_over, robbed, unplaced
from gouji.tables.numbers import parse
from gouji.tables.repeated import doubled, repeated
from gouji.tables.rows import Row, in_rows_of, rows_of_grids, rows_of_lines
from gouji.tables.shaped import shaped
from gouji.tables.spelling import spelled
from gouji.tables.understood import OF_ONE_FORM, Table, Understood
from gouji.tables.unread import illegible, in_doubt, unread
from gouji.tables.vocabulary import titled
from gouji.tables.worded import with_words

_SAME_IN_ALL = "disputes"
"""A table that the editions share: it counts to the edition of the tables beside it."""
_GRID_IS_WORTH = 2.0
"""A grid is believed before running text unless that many more labels are recognised there."""
_HEADING = re.compile(r"[一二三四五六七八九十]{1,2}、")
_FIGURES_TOLD = 4
"""A grid of so many figures below a table's title is that table."""
_FIGURES_A_ROW = 7
"""Of the one table whose rows may lose their labels and still be told by their sums."""


def understand(blocks: Sequence[Block], evidence: Evidence = NOTHING) -> Understood:
    """Find, fill in and check the tables of one report. ``evidence``: of its scanned pages."""
    blocks = with_blank_rows(spelled(blocks, evidence), evidence)
    blocks = straightened(shaped(blocks, evidence))
    found = _find_tables(blocks, evidence)
    tables = []
    for located, rows in found:
        table = _table(located, rows, blocks, evidence)
        told = [*findings_of(table), *left_over(located, rows, blocks, table.cells)]
        told += below(located, rows, [other for other, its_rows in found if its_rows is rows])
        tables.append(replace(table, findings=tuple(told)))
    used = {index for located, rows in found for index in _blocks_of(located, rows)}
    tables += _unread_tables(blocks, used, tables, evidence)
    beside = tuple(block for index, block in enumerate(blocks) if index not in used)
    return Understood(tuple(_in_order(tables)), beside)


def _blocks_of(located: Located, rows: Sequence[Row]) -> Iterator[int]:
    """The blocks in which a table stands; running text above the label of its first row is none."""
    own = rows[located.first : located.last]
    if own[-1].until is not None:
        yield from range(own[0].block, own[-1].until + 1)
    yield from (row.block for row in own)


def combined(one: Understood, other: Understood) -> Understood:
    """The better of two attempts at a report; where both see it in forms of one family, table by
    table. What one vouches for and the other contradicts is in doubt.
    """
    best, second = (other, one) if other.rank > one.rank else (one, other)
    tables = {table.form.id: table for table in second.tables}
    own = {table.form.id: table for table in best.tables}
    if ("main" in tables) != ("main" in own):
        return best
    for name, table in own.items():
        less = tables.get(name, table)
        if less.rank > table.rank:
            table, less = less, table
        tables[name] = _uncontradicted(table, less)
    if tables == own:
        return best
    return replace(best, tables=tuple(_in_order(list(tables.values()))))


def _uncontradicted(table: Table, other: Table) -> Table:
    """The table; in doubt is what another attempt at it vouches for as something else."""
    seen = {cell.form.ref: cell for cell in other.cells if cell.accepted}
    cells = tuple(
        replace(cell, accepted=False, why=(Finding("views_differ", {"text": _written(against)}),))
        if cell.accepted
        and (against := seen.get(cell.form.ref)) is not None
        and cell.figure != against.figure
        else cell
        for cell in table.cells
    )
    return table if cells == table.cells else replace(table, cells=cells)


def _in_order(tables: Sequence[Table]) -> list[Table]:
    return sorted(tables, key=lambda table: (*OF_ONE_FORM, "main").index(table.form.id))


def _unread_tables(
    blocks: Sequence[Block], used: Collection[int], tables: Sequence[Table], evidence: Evidence
) -> Iterator[Table]:
    """The tables that are there, but in no arrangement that can be read: all in doubt. On a scan
    the title of one that was not seen tells that it is there.
    """
    present = {table.form.id: table.form.edition for table in tables}
    beside = present.get("requests", present.get("proactive"))
    scanned = [b for b in blocks if isinstance(b, Line) and evidence.covers(b.place.page)]
    there = _titled_grids(blocks, used)
    named = {titled(line.text) for line in scanned} | there
    for wanted in () if "main" in present else OF_ONE_FORM:
        form = None if wanted in present else unread(blocks, used, wanted, beside)
        code = "table_unread" if form else "table_missing"
        if form is None and wanted not in present and wanted in named and beside:
            form = next(table for table in load(beside).tables if table.id == wanted)
            code = "table_unread" if wanted in there else code
        if form is None and wanted == "requests" and not present and illegible(blocks, evidence):
            form, code = _any_form(wanted), "table_unread"
        if form is not None:
            cells = in_doubt(form, code)
            figures = figures_of(cells)
            sums = load(form.edition).identities_of(form)
            yield Table(form, (), (), cells, (), tuple(evaluate(i, figures) for i in sums))


def _titled_grids(blocks: Sequence[Block], used: Collection[int]) -> set[str | None]:
    """The tables under whose title a grid of figures stands that was not read."""
    found: set[str | None] = set()
    title: str | None = None
    for index, block in enumerate(blocks):
        if isinstance(block, Line):
            title = titled(block.text) or (title if not _HEADING.match(block.text) else None)
        elif title and index not in used:
            figures = sum(parse(cell.text).figure for cell in block.cells)
            found |= {title} if figures >= _FIGURES_TOLD else set()
            title = None
    return found


def _any_form(wanted: str) -> FormTable:
    """The table of that name of the first form that has one: most of their rows are the same."""
    return next(table for form in all_forms() for table in form.tables if table.id == wanted)


def _find_tables(blocks: Sequence[Block], evidence: Evidence) -> list[tuple[Located, list[Row]]]:
    """Each table with the rows it stands in: those of grids, or else those of running text."""
    gridded = mend_cut_rows(rows_of_grids(blocks, evidence))
    running = rows_of_lines(blocks)
    divided = in_rows_of(running, _FIGURES_A_ROW)
    found = {i: (located, gridded) for i, located in _located(gridded).items()}
    _take_better(found, _located(running), running, _GRID_IS_WORTH)
    if len(divided) > len(running) and found.get("requests", ((), running))[1] is running:
        found |= {i: (at, divided) for i, at in _located(divided).items() if i == "requests"}
    kept = _one_family({i: located for i, (located, _) in found.items()})
    return [found[i] for i in kept]


def _take_better(
    found: dict[str, tuple[Located, list[Row]]],
    others: Mapping[str, Located],
    rows: list[Row],
    worth: float,
) -> None:
    """Put in the tables that are not found yet, or clearly better told in these rows."""
    for i, located in others.items():
        if i not in found or located.score > found[i][0].score + worth:
            found[i] = (located, rows)


def _located(rows: Sequence[Row]) -> dict[str, Located]:
    """The best edition for each table, by its labels."""
    best: dict[str, Located] = {}
    shared: list[Located] = []
    names = [names_of(row) for row in rows]
    for form in all_forms():
        for table in form.tables:
            located = locate(table, rows, names)
            if located is None:
                continue
            if table.id == _SAME_IN_ALL:
                shared.append(located)
            elif table.id not in best or located.score > best[table.id].score:
                best[table.id] = located
    beside = next((best[i].table.edition for i in ("requests", "proactive") if i in best), None)
    for located in shared:
        if _SAME_IN_ALL not in best or located.table.edition == beside:
            best[_SAME_IN_ALL] = located
    return best


def _one_family(found: dict[str, Located]) -> dict[str, Located]:
    """An old form's single table and the later three do not stand in one report: more wins."""
    later = sum(found[i].score for i in OF_ONE_FORM if i in found)
    if "main" in found and found["main"].score < later:
        del found["main"]
    elif "main" in found:
        found = {"main": found["main"]}
    return {i: found[i] for i in (*OF_ONE_FORM, "main") if i in found}


def _table(
    located: Located, rows: Sequence[Row], blocks: Sequence[Block], evidence: Evidence
) -> Table:
    form = load(located.table.edition)
    cells = fill(form, located, rows, blocks, evidence)
    for other in repeated(located, rows):
        cells = _where_alike(cells, fill(form, other, rows, blocks, evidence), "table_repeated")
    for other in doubled(located, rows):
        cells = _where_alike(cells, fill(form, other, rows, blocks, evidence), "row_repeated")
    cells = with_words(cells, located, rows)
    lacking = any(cell.state == "missing_row" and not cell.accepted for cell in cells)
    unknown = next(unplaced(located, rows), None) is not None
    if lacking or unknown or any(below(located, rows, ())):
        cells = [_maybe_misread(cell, evidence, located, rows) for cell in cells]
    drawn = all(is_drawn(blocks[row.block]) for row in rows[located.first : located.last])
    if not drawn or evidence.covers(rows[located.first].cells[0].place.page):
        theirs = {cell.ref for row in robbed(located, rows, blocks) for cell in row.cells}
        cells = [displaced(c, "figures_left") if c.form.ref in theirs else c for c in cells]
    figures = figures_of(cells)
    outcomes = tuple(evaluate(i, figures) for i in form.identities_of(located.table))
    extra = tuple(extra_cells(located, rows, blocks, evidence))
    pages = {
        c.cell.place.page for c in (*cells, *extra) if c.cell and c.cell.place.page is not None
    }
    return Table(
        located.table, located.evidence, tuple(sorted(pages)), tuple(cells), extra, outcomes, drawn
    )


def _maybe_misread(
    cell: Filled, evidence: Evidence, located: Located, rows: Sequence[Row]
) -> Filled:
    """On a scan a row that seems to be absent may be one whose label was misread."""
    page = rows[located.first].cells[0].place.page
    if cell.state != "missing_row" or not cell.accepted or not evidence.covers(page):
        return cell
    label = next(row.label for row in located.table.rows if row.key == cell.form.row)
    return replace(cell, accepted=False, why=(Finding("row_missing", {"label": label}),))


def _where_alike(cells: Sequence[Filled], others: Sequence[Filled], code: str) -> list[Filled]:
    """The cells, in doubt where the same table, or row, says something else in another place."""
    rows = {o.form.row for o in others if code == "table_repeated" or o.state != "missing_row"}
    return [
        replace(cell, accepted=False, why=(Finding(code, {"text": _written(other)}),))
        if cell.accepted and cell.form.row in rows and cell.figure != other.figure
        else cell
        for cell, other in zip(cells, others, strict=True)
    ]


def _written(filled: Filled) -> str:
    return filled.cell.text.strip() if filled.cell else ""
