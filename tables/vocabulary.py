"""The words of the forms, as they are compared: the cores of labels, per table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from gouji.tables.forms.form import FormTable, all_forms
from gouji.tables.labels import core, letters, similarity

_TITLE = 0.75
"""So alike is a title that says 工作 where the form does not."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The cores of a table's words: per row of the form, and those that stand without figures."""

    rows: tuple[frozenset[str], ...]
    columns: frozenset[str]
    headings: frozenset[str]
    evidence: frozenset[str]


@cache
def vocabulary(table: FormTable) -> Vocabulary:
    """The words of one table of a form."""
    columns = {core(x) for c in table.cells for x in c.labels}
    groups = {core(r.group) for r in table.rows if r.group} | {
        core(c.group) for c in table.columns if c.group
    }
    titles = {core(x) for x in table.titles}
    across = {core(x) for r in table.rows for x in r.labels} if table.across else set()
    return Vocabulary(
        tuple(frozenset(core(x) for x in row.labels) for row in table.rows),
        frozenset(columns),
        frozenset({core(x) for x in table.headings} | groups | titles | across),
        frozenset(core(x) for x in table.evidence),
    )


@cache
def known_labels() -> frozenset[str]:
    """The cores of the labels of all rows of all forms."""
    return frozenset(
        label
        for form in all_forms()
        for table in form.tables
        for labels in vocabulary(table).rows
        for label in labels
    )


@cache
def explained_labels() -> frozenset[str]:
    """The labels of rows that the forms explain in brackets, with all that is written there."""
    return frozenset(
        letters(label)
        for form in all_forms()
        for table in form.tables
        for row in table.rows
        for label in row.labels
        if letters(label) != letters(core(label))
    )


@lru_cache(maxsize=4096)
def titled(text: str) -> str | None:
    """The id of the forms' table whose title a line is, in an agency's own words or with one
    character misread; None for any other line.
    """
    plain = core(text)
    for title, table in _titles().items():
        if plain.endswith(title) or similarity(plain, title) >= _TITLE:
            return table
    return None


@cache
def _titles() -> dict[str, str]:
    return {
        core(x): table.id for form in all_forms() for table in form.tables for x in table.titles
    }


@cache
def column_words() -> frozenset[str]:
    """The cores of the labels of all columns of all forms."""
    words = (vocabulary(table).columns for form in all_forms() for table in form.tables)
    return frozenset[str]().union(*words)


@cache
def column_orders() -> tuple[tuple[frozenset[str], ...], ...]:
    """The cores of the labels of each table's columns, in the order of the page."""
    return tuple(
        tuple(frozenset(core(x) for x in column.labels) for column in table.columns)
        * (len(table.rows) if table.across else 1)
        for form in all_forms()
        for table in form.tables
        if table.columns
    )


@cache
def form_words() -> frozenset[str]:
    """The cores of everything that the forms print."""
    words = (vocabulary(table) for form in all_forms() for table in form.tables)
    return known_labels().union(*(w.columns | w.headings for w in words))


@cache
def known_words() -> frozenset[str]:
    """The cores of everything that the forms print, and of the headings of a report."""
    return form_words().union(_HEADINGS)


_HEADINGS = ("总体情况", "存在的主要问题及改进情况", "存在的问题", "其他需要报告的事项", "附件")
