"""What page breaks and conversions do to the rows of the requests table."""

from __future__ import annotations

from random import Random

from bench.forge.model import Cell, Document, Row, Table

from .base import CELLS, LINES, MARKUP, Transformation, cut_spans, result_rows, split

PAGE_NUMBERS = ("- {n} -", "— {n} —", "{n}", "第{n}页", "－{n}－")


def _break_row(rng: Random, table: Table) -> int:
    """A row inside the results, not the first of them."""
    rows = result_rows(table)
    return rng.choice(rows[3:-3])


def _requests(document: Document) -> Table:
    return document.tables("requests")[0]


def page_number(rng: Random, document: Document) -> str:
    """A bare number only where it cannot be taken for one more cell."""
    bare = document.kind not in ("exploded", "flattened")
    ways = [way for way in PAGE_NUMBERS if bare or way != "{n}"]
    return rng.choice(ways).format(n=rng.randint(2, 6))


def page_numbers(document: Document, rng: Random) -> None:
    """— 5 — between two rows, and around it the blank lines of a page's end."""
    table = rng.choice(document.tables())
    for at in sorted(rng.sample(range(2, len(table.rows)), min(2, len(table.rows) - 2))):
        table.rows[at].before += ["", page_number(rng, document), ""]


def unmerged_groups(document: Document, _rng: Random) -> None:
    """A group's label stands in its first row only; the other rows start with empty cells."""
    table = _requests(document)
    for at in range(1, len(table.rows)):
        if not table.rows[at].head:
            cut_spans(table, at)


def group_repeated(document: Document, rng: Random) -> None:
    """三、本年度办理结果 and the group come again after a page break, with or without header."""
    table = _requests(document)
    at = _break_row(rng, table)
    cut_spans(table, at, repeat="text")
    _break(document, rng, table, at, heads=rng.random() < 0.5)


def group_missing(document: Document, rng: Random) -> None:
    """After a page break the group's label is missing."""
    table = _requests(document)
    at = _break_row(rng, table)
    cut_spans(table, at)
    _break(document, rng, table, at, heads=False)


def label_cut(document: Document, rng: Random) -> None:
    """（四）无 / - 4 - / 法提供: a group's label is cut by the page."""
    table = _requests(document)
    rows = [
        index
        for index, row in enumerate(table.rows)
        if any(c.role == "group" and c.text[:1] in ("（", "(") and c.rows > 1 for c in row.cells)
    ]
    first = rng.choice(rows)
    group = [c for c in table.rows[first].cells if c.role == "group"][-1]
    at = first + rng.randint(1, group.rows - 1)
    text, place = group.text, rng.randint(4, len(group.text) - 1)
    cut_spans(table, at)
    group.text = text[:place]
    rest = [c for c in table.rows[at].cells if c.role == "group"][-1]
    rest.text = text[place:]
    _break(document, rng, table, at, heads=False)


def header_repeated(document: Document, rng: Random) -> None:
    table = rng.choice(document.tables("requests", "main"))
    at = rng.choice(result_rows(table)[2:-2])
    cut_spans(table, at)
    _break(document, rng, table, at, heads=True)


def _break(document: Document, rng: Random, table: Table, at: int, *, heads: bool) -> None:
    """Breaks the table; where pages are no more than text, their number may stand between."""
    numbered = document.kind in LINES | {"html"} and rng.random() < 0.6
    split(
        document, table, at, between=[page_number(rng, document)] if numbered else [], heads=heads
    )


def shifted_row(document: Document, rng: Random) -> None:
    """A row after a page break loses its leading empty cell and gains one at its end."""
    table = _requests(document)
    rows = [i for i, row in enumerate(table.rows) if row.key and row.cells[0].text[:1].isdigit()]
    for at in rng.sample(rows, min(len(rows), 1)):
        table.rows[at].shift = rng.randint(1, 2)


def item_labels_lost(document: Document, rng: Random) -> None:
    """The labels of one or more groups' items are lost; the order of the rows is the only key."""
    lost = set(rng.sample(("refused", "unavailable", "not_processed"), rng.randint(1, 2)))
    for _, row in document.rows("requests"):
        if row.key and row.key.split(".")[-2] in lost:
            for cell in row.cells:
                if cell.role == "label":
                    cell.text = ""
            row.labelled = False


def numbers_on_next_row(document: Document, rng: Random) -> None:
    """（一）予以公开 with empty cells, its numbers in the next row."""
    table = _requests(document)
    names = ("granted", "partial", "other_handling", "total")
    keys = {f"requests.results.{n}" for n in rng.sample(names, rng.randint(1, 3))}
    for at in reversed(range(len(table.rows))):
        if table.rows[at].key in keys:
            _two_rows(table, at)


def _two_rows(table: Table, at: int) -> None:
    row, anchors = table.rows[at], table.anchors()
    for index, line in enumerate(anchors):
        for _, cell in line:
            if index <= at < index + cell.rows and (cell.rows > 1 or cell.role == "group"):
                cell.rows += 1
    empty = [Cell("", "filler") for _ in row.values()]
    label = [cell for cell in row.cells if cell.role != "value"]
    blank = [Cell("", "filler", cols=c.cols) for c in label if c.role != "group"]
    table.rows[at] = Row([*label, *empty], before=row.before, page_break=row.page_break)
    table.rows.insert(at + 1, Row([*blank, *row.values()], row.key))


_REQUESTS = frozenset({"requests"})
_TEXT = frozenset({"tsv"})
_BREAKS = frozenset(
    {"group_repeated", "group_missing", "label_cut", "header_repeated", "unmerged_groups"}
)
ROWS = (
    Transformation(
        "item_labels_lost",
        "rows",
        item_labels_lost,
        tables=_REQUESTS,
        kinds=MARKUP | {"tsv", "markdown", "exploded"},
        excludes=frozenset({"typos", "shifted_row"}),
    ),
    Transformation(
        "unmerged_groups", "rows", unmerged_groups, tables=_REQUESTS, kinds=CELLS, excludes=_BREAKS
    ),
    Transformation("group_repeated", "rows", group_repeated, tables=_REQUESTS, excludes=_BREAKS),
    Transformation("group_missing", "rows", group_missing, tables=_REQUESTS, excludes=_BREAKS),
    Transformation("label_cut", "rows", label_cut, tables=_REQUESTS, excludes=_BREAKS),
    Transformation(
        "header_repeated",
        "rows",
        header_repeated,
        tables=frozenset({"requests", "main"}),
        excludes=_BREAKS,
    ),
    Transformation(
        "numbers_on_next_row",
        "rows",
        numbers_on_next_row,
        tables=_REQUESTS,
        kinds=MARKUP | {"tsv", "markdown"},
        excludes=frozenset({"extra_zero"}),
    ),
    Transformation("shifted_row", "rows", shifted_row, tables=_REQUESTS, kinds=_TEXT),
    Transformation("page_numbers", "rows", page_numbers, kinds=LINES),
)
