"""The blocks of one report → its statistical tables, filled in and checked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from gouji.ocr.finding import Finding
from gouji.tables.align import Located, locate, names_of
from gouji.tables.bare import with_blank_rows
from gouji.tables.crossed import straightened
from gouji.tables.cuts import mend_cut_rows
from gouji.tables.evidence import NOTHING, Evidence
from gouji.tables.fill import figures_of, fill
from gouji.tables.filled import Filled, displaced
from gouji.tables.forms.form import FormRow, FormTable, Identity, all_forms, load
from gouji.tables.grid import Block, Line, is_drawn
from gouji.tables.identities import Figure, Outcome, evaluate
from gouji.tables.leftover import below, extra_cells, left_over, robbed, unplaced
from gouji.tables.repeated import repeated
from gouji.tables.rows import Row, in_rows_of, rows_of_grids, rows_of_lines
from gouji.tables.shaped import shaped
from gouji.tables.spelling import spelled
from gouji.tables.suspects import suspects
from gouji.tables.unread import illegible, in_doubt, unread
from gouji.tables.vocabulary import titled

_SAME_IN_ALL = "disputes"
"""A table that the editions share: it counts to the edition of the tables beside it."""
_GRID_IS_WORTH = 2.0
"""A grid is believed before running text unless that many more labels are recognised there."""
_FIGURES_A_ROW = 7
"""Of the one table whose rows may lose their labels and still be told by their sums."""
_OF_PLACE = (
    "figures_do_not_fit", "place_unproved", "grid_unproved", "figures_left", "row_missing",
    "not_a_number",
)  # fmt: skip
_OF_PAGE = ("row_missing", "not_a_number")
"""Where the cells are drawn, this is how the page is: another look would see the same."""
_LACKING = ("no_table", "table_missing", "table_unread")
_FEW_UNPLACED = 2
_OF_ONE_FORM = ("proactive", "requests", "disputes")

Rank = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Table:
    """A statistical table, filled in. ``extra`` are rows of the page the form does not know;
    ``drawn``: its cells are those of the source and were not put together from alignment;
    ``findings``: what is to be told of it.
    """

    form: FormTable
    evidence: tuple[str, ...]
    pages: tuple[int, ...]
    cells: tuple[Filled, ...]
    extra: tuple[Filled, ...]
    outcomes: tuple[Outcome, ...]
    drawn: bool = True
    findings: tuple[Finding, ...] = ()

    @property
    def unplaced(self) -> bool:
        """Whether cells are in doubt because of where they stand, not of what stands there."""
        return any(
            why.code in _OF_PLACE and not (self.drawn and why.code in _OF_PAGE)
            for c in self.cells
            if not c.accepted
            for why in c.why
        )

    @property
    def unread(self) -> bool:
        """Whether it is there, but its arrangement could not be read."""
        return not self.evidence and all(c.state == "unreadable" for c in self.cells)

    @property
    def open_questions(self) -> bool:
        """Whether cells could not be placed, or a sum fails in a grid put together from
        alignment.
        """
        return self.unplaced or (self.failing and not self.drawn)

    @property
    def failing(self) -> bool:
        return bool(self.in_failing_sums)

    @property
    def in_failing_sums(self) -> frozenset[str]:
        """The cells that are part of an identity that must hold and fails."""
        return frozenset(
            ref
            for outcome in self.outcomes
            if outcome.result == "fail" and outcome.identity.severity == "error"
            for ref in outcome.identity.refs
        )

    @property
    def doubts(self) -> int:
        """How many cells are not accepted, and identities that fail: less is better."""
        cells = sum(not cell.accepted for cell in (*self.cells, *self.extra))
        failing = (o.result == "fail" and o.identity.severity == "error" for o in self.outcomes)
        return cells + sum(failing)

    @property
    def rank(self) -> Rank:
        """To compare two attempts at the same table: whether it is read, then fewer cells without
        a place, which no reader can settle, then fewer doubts.
        """
        doubtful = [cell for cell in self.cells if not cell.accepted]
        return (
            not self.unread,
            -sum(c.misplacing != "" or _unseen(c) for c in doubtful),
            -self.doubts,
        )


@dataclass(frozen=True, slots=True)
class Understood:
    """All statistical tables of one report, in the form's order. ``beside``: the blocks that no
    table was found in; ``told``: findings about none of the tables.
    """

    tables: tuple[Table, ...]
    beside: tuple[Block, ...] = ()
    told: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is to be told of the tables, and of those that are missing."""
        of_tables = (finding for table in self.tables for finding in table.findings)
        return (*of_tables, *_missing_tables(self.tables), *self.told)

    @property
    def rank(self) -> Rank:
        """To compare two attempts at the same report: that of all its tables that are read."""
        ranks = [table.rank for table in self.tables if not table.unread]
        return sum(r[0] for r in ranks), sum(r[1] for r in ranks), sum(r[2] for r in ranks)

    @property
    def _doubtful(self) -> list[Filled]:
        return [c for t in self.tables for c in t.cells if not c.accepted]

    @property
    def open_questions(self) -> bool:
        """Whether another look at the page might help: a table missing, cells that could not be
        placed, or a sum that fails in a table whose grid was put together from alignment.
        """
        if self.lacks_tables or any(f.code == "row_not_used" for f in self.findings):
            return True
        return any(t.open_questions for t in self.tables)

    @property
    def hard_to_place(self) -> bool:
        """Whether there is no table, or cells of a scan could not be told from one another: all
        of one that is there but was not read are such.
        """
        return not self.tables or sum(map(_unseen, self._doubtful)) > _FEW_UNPLACED

    @property
    def lacks_tables(self) -> bool:
        """Whether a table was not found, or not read."""
        return any(f.code in _LACKING for f in self.findings)

    @property
    def only_missing_tables(self) -> bool:
        """Whether the tables that were found raise no question themselves."""
        unused = any(finding.code == "row_not_used" for finding in self.findings)
        return bool(self.tables) and not unused and not any(t.open_questions for t in self.tables)

    @property
    def failing(self) -> bool:
        """Whether a sum of some table fails."""
        return any(table.failing for table in self.tables)

    @property
    def values(self) -> dict[str, Decimal | None]:
        """The accepted values."""
        return {c.form.ref: c.value for t in self.tables for c in t.cells if c.accepted}


def _unseen(cell: Filled) -> bool:
    return cell.seen is None or not cell.seen.readings


def understand(blocks: Sequence[Block], evidence: Evidence = NOTHING) -> Understood:
    """Find, fill in and check the tables of one report. ``evidence``: of its scanned pages."""
    blocks = with_blank_rows(spelled(blocks, evidence), evidence)
    blocks = straightened(shaped(blocks, evidence))
    found = _find_tables(blocks, evidence)
    tables = []
    for located, rows in found:
        table = _table(located, rows, blocks, evidence)
        told = [*_findings(table), *left_over(located, rows, blocks, table.cells)]
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
    return sorted(tables, key=lambda table: (*_OF_ONE_FORM, "main").index(table.form.id))


def _unread_tables(
    blocks: Sequence[Block], used: Collection[int], tables: Sequence[Table], evidence: Evidence
) -> Iterator[Table]:
    """The tables that are there, but in no arrangement that can be read: all in doubt. On a scan
    the title of one that was not seen tells that it is there.
    """
    present = {table.form.id: table.form.edition for table in tables}
    beside = present.get("requests", present.get("proactive"))
    scanned = [b for b in blocks if isinstance(b, Line) and evidence.covers(b.place.page)]
    named = {titled(line.text) for line in scanned}
    for wanted in () if "main" in present else _OF_ONE_FORM:
        form = None if wanted in present else unread(blocks, used, wanted, beside)
        code = "table_unread" if form else "table_missing"
        if form is None and wanted not in present and wanted in named and beside:
            form = next(table for table in load(beside).tables if table.id == wanted)
        if form is None and wanted == "requests" and not present and illegible(blocks, evidence):
            form, code = _any_form(wanted), "table_unread"
        if form is not None:
            cells = in_doubt(form, code)
            figures = figures_of(cells)
            sums = load(form.edition).identities_of(form)
            yield Table(form, (), (), cells, (), tuple(evaluate(i, figures) for i in sums))


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
    later = sum(found[i].score for i in _OF_ONE_FORM if i in found)
    if "main" in found and found["main"].score < later:
        del found["main"]
    elif "main" in found:
        found = {"main": found["main"]}
    return {i: found[i] for i in (*_OF_ONE_FORM, "main") if i in found}


def _table(
    located: Located, rows: Sequence[Row], blocks: Sequence[Block], evidence: Evidence
) -> Table:
    form = load(located.table.edition)
    cells = fill(form, located, rows, blocks, evidence)
    for other in repeated(located, rows):
        cells = _where_alike(cells, fill(form, other, rows, blocks, evidence))
    lacking = any(cell.state == "missing_row" and not cell.accepted for cell in cells)
    unknown = next(unplaced(located, rows), None) is not None
    if lacking or unknown or any(below(located, rows, ())):
        cells = [_maybe_misread(cell, evidence, located, rows) for cell in cells]
    if evidence.covers(rows[located.first].cells[0].place.page):
        theirs = {cell.ref for row in robbed(located, rows) for cell in row.cells}
        cells = [displaced(c, "figures_left") if c.form.ref in theirs else c for c in cells]
    figures = figures_of(cells)
    outcomes = tuple(evaluate(i, figures) for i in form.identities_of(located.table))
    extra = tuple(extra_cells(located, rows, blocks, evidence))
    pages = {
        c.cell.place.page for c in (*cells, *extra) if c.cell and c.cell.place.page is not None
    }
    drawn = all(is_drawn(blocks[row.block]) for row in rows[located.first : located.last])
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


def _where_alike(cells: Sequence[Filled], others: Sequence[Filled]) -> list[Filled]:
    """The cells, in doubt where the same table says something else in another place."""
    return [
        replace(cell, accepted=False, why=(Finding("table_repeated", {"text": _written(other)}),))
        if cell.accepted and cell.figure != other.figure
        else cell
        for cell, other in zip(cells, others, strict=True)
    ]


def _written(filled: Filled) -> str:
    return filled.cell.text.strip() if filled.cell else ""


# --- findings -----------------------------------------------------------------------------------


def _missing_tables(tables: Sequence[Table]) -> list[Finding]:
    present = {table.form.id for table in tables}
    if not present:
        return [Finding("no_table")]
    if "main" in present:
        return []
    missing = [
        Finding("table_missing", {"table": _TITLES[i]}) for i in _OF_ONE_FORM if i not in present
    ]
    unseen = [
        Finding(t.cells[0].why[0].code, {"table": _TITLES[t.form.id]}) for t in tables if t.unread
    ]
    return [*missing, *unseen]


def _findings(table: Table) -> list[Finding]:
    figures = figures_of(table.cells)
    found = [
        failure(table.form, o, figures, _page_of(table, result_of(o.identity)))
        for o in table.outcomes if o.result == "fail"
    ]  # fmt: skip
    found += _as_read(table)
    found += [
        Finding("not_a_count", {"place": place_name(table.form, c.form.ref),
                                "value": str(c.value)}, (c.form.ref,))
        for c in table.cells
        if c.accepted and c.value is not None and not c.form.money
        and (c.value != c.value.to_integral_value() or (c.value < 0 and not c.form.signed))
    ]  # fmt: skip
    found += [
        Finding("unit_unknown", {"place": place_name(table.form, c.form.ref)}, (c.form.ref,))
        for c in table.cells
        if c.unit_source == "unknown" and c.value
    ]
    found += [
        Finding("one_figure_explains", {
            "place": place_name(table.form, s.ref), "printed": _total((s.ref,), figures),
            "would": format(s.value, "f"), "count": len(s.sums),
        }, (s.ref,), _page_of(table, (s.ref,)))
        for s in suspects(table.outcomes, figures)
    ]  # fmt: skip
    missing = [c.form.row for c in table.cells if c.state == "missing_row" and not c.accepted]
    for row in dict.fromkeys(missing):
        label = next(r.label for r in table.form.rows if r.key == row)
        refs = tuple(c.form.ref for c in table.cells if c.form.row == row)
        found.append(Finding("row_missing", {"label": label}, refs))
    return found


def failure(
    form: FormTable, outcome: Outcome, figures: Mapping[str, Figure], page: int | None
) -> Finding:
    """What to say of an identity that fails; ``page`` is that of its result."""
    identity = outcome.identity
    left, right = (_total(refs, figures) for refs in (identity.left, identity.right))
    refs = tuple(ref for ref in identity.refs if figures[ref].value is not None)
    arguments: dict[str, str | int] = {"identity": identity.id, "rule": identity.label}
    if identity.op == "=" and len(identity.right) == 1:
        place = place_name(form, identity.right[0])
        arguments |= {"place": place, "expected": left, "printed": right}
        return Finding(_BY_SEVERITY["sum", identity.severity], arguments, refs, page)
    arguments |= {"at": _at_name(form, identity.at), "left": left, "right": right}
    kind = "balance" if identity.op == "=" else "bound"
    return Finding(_BY_SEVERITY[kind, identity.severity], arguments, refs, page)


def result_of(identity: Identity) -> tuple[str, ...]:
    """The cell that is the result of a sum."""
    return identity.right[-1:] or identity.left[-1:]


def _as_read(table: Table) -> Iterator[Finding]:
    """Sums that cannot be told to fail because of doubtful cells, and do if these were read
    rightly: a misprint stands there, or a misreading.
    """
    figures = {c.form.ref: c.figure for c in table.cells if c.accepted or c.clear}
    doubtful = {c.form.ref for c in table.cells if not c.accepted}
    for outcome in table.outcomes:
        identity = outcome.identity
        unsure = doubtful.intersection(identity.refs)
        if not unsure or identity.severity != "error" or not figures.keys() >= set(identity.refs):
            continue
        read = evaluate(identity, figures)
        if read.result == "fail" and read.difference is not None:
            arguments: dict[str, str | int] = {
                "identity": identity.id, "rule": identity.label,
                "at": _at_name(table.form, identity.at),
                "difference": format(abs(read.difference), "f"), "count": len(unsure),
            }  # fmt: skip
            page = _page_of(table, result_of(identity))
            yield Finding("sum_off_as_read", arguments, identity.refs, page)


def _page_of(table: Table, refs: Sequence[str]) -> int | None:
    """The page on which the result of a sum stands."""
    return next((c.cell.place.page for c in table.cells if c.form.ref in refs and c.cell), None)


_TITLES = {
    "proactive": "主动公开政府信息情况",
    "requests": "收到和处理政府信息公开申请情况",
    "disputes": "政府信息公开行政复议、行政诉讼情况",
}
_BY_SEVERITY = {
    ("sum", "error"): "sum_differs",
    ("sum", "warning"): "sum_differs_from_parts",
    ("sum", "info"): "sum_differs_from_parts",
    ("balance", "error"): "balance_differs",
    ("balance", "warning"): "bound_doubtful",
    ("balance", "info"): "bound_unusual",
    ("bound", "error"): "bound_broken",
    ("bound", "warning"): "bound_doubtful",
    ("bound", "info"): "bound_unusual",
}


def _total(refs: Sequence[str], figures: Mapping[str, Figure]) -> str:
    return format(sum((figures[r].value or Decimal(0) for r in refs), Decimal(0)), "f")


def place_name(table: FormTable, ref: str) -> str:
    """A cell in an official's words: ``第三项（七）总计·自然人``."""
    row = next(row for row in table.rows if any(cell.ref == ref for cell in row.cells))
    cell = next(cell for cell in row.cells if cell.ref == ref)
    column = cell.labels[0] if cell.column else ""
    return "·".join(part for part in (_row_name(row), column) if part)


def _row_name(row: FormRow) -> str:
    return _item(row.group or "") + _item(row.label) if _numbered(row.group) else _item(row.label)


def _numbered(group: str | None) -> bool:
    return bool(group) and ("、" in str(group)[:4] or str(group).startswith("（"))


def _item(label: str) -> str:
    """``三、本年度办理结果`` is called 第三项."""
    head, mark, tail = label.partition("、")
    if mark and len(head) <= 2 and set(head) <= set("一二三四五六七八九十"):
        return f"第{head}项" if tail == "本年度办理结果" else f"第{head}项{tail}"
    return label


def _at_name(table: FormTable, at: str) -> str:
    for row in table.rows:
        if row.key == at:
            return _row_name(row)
    for column in table.columns:
        if column.key == at:
            return column.labels[0]
    return at
