"""The words above figures in running text → the order in which their columns are printed.

In text a header is a run of words: the labels of columns, of groups of columns, and of rows that
stand side by side. A group of such rows comes before its members, or on the line above.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations, groupby, pairwise

from gouji.tables.forms.form import FormCell, FormColumn, FormRow, FormTable
from gouji.tables.labels import core, similarity
from gouji.tables.vocabulary import form_words

_APART = re.compile(r"[\s|]+")
_UNKNOWN = ""
_ALIKE = 0.5
"""A word so alike a label and no other may be meant as that."""
_FOREIGN = re.compile("同比|环比|增[减幅长]|计划|季度|[上下]半年|[上去往前]一?年")
_PIECES = 4
"""A word is broken into no more."""


@dataclass(frozen=True, slots=True)
class _Name:
    """A column, or a row that stands beside others; ``group`` is ``""`` without one."""

    key: str
    words: frozenset[str]
    group: str

    @classmethod
    def of(cls, key: str, labels: Sequence[str], group: str | None = None) -> _Name:
        return cls(key, frozenset(map(core, labels)), core(group or ""))


def printed_order(
    form_row: FormRow, table: FormTable, labels: Sequence[str]
) -> tuple[FormCell, ...] | None:
    """The cells of the row in the order that ``labels``, the words above it, tell.

    The form's own order where they do not tell; None where they contradict that but do not tell
    the other in full.
    """
    words = [word for label in labels for word in words_of(label)]
    columns = table.columns or [FormColumn(c.column, c.labels) for c in form_row.cells]
    names = [_Name.of(column.key, column.labels) for column in columns]
    if table.across:
        return _side_by_side(table, names, words)
    header = _header(names, words)
    if any(column.group for column in columns):  # a total may stand on the line of the groups
        keys = tuple(n.key for word in header for n in names if word in n.words)
        whole = set(keys) == {n.key for n in names} and len(header) == len(names)
        order = keys if whole else _unless_turned(columns, keys)
    else:
        order = _ranked(names, header) if _has_room(names, header) else None
    by_column = {cell.column: cell for cell in form_row.cells}
    return None if order is None else tuple(by_column[key] for key in order)


def _unless_turned(columns: Sequence[FormColumn], keys: Sequence[str]) -> tuple[str, ...] | None:
    """The form's order, but where the members of a group that were read stand in another."""
    form = [column.key for column in columns if column.group]
    read = [key for key in keys if key in form]
    once = len(set(read)) == len(read)
    return None if once and read != sorted(read, key=form.index) else tuple(c.key for c in columns)


def is_turned(form_row: FormRow, columns: Sequence[FormColumn], labels: Sequence[str]) -> bool:
    """Whether words that no form knows stand in another order than the labels that they are like,
    or are of another kind of column: 同比.
    """
    grouped = {column.key for column in columns if column.group}
    cells = [cell for cell in form_row.cells if not grouped or cell.column in grouped]
    names = [_Name.of(cell.column, cell.labels) for cell in cells]
    places: list[tuple[int, bool]] = []
    for word in map(core, labels):
        likeness = [max(similarity(word, own) for own in name.words) for name in names]
        best, known = max(likeness, default=0.0), word in form_words()
        if best == 1.0 or (best >= _ALIKE and not known and likeness.count(best) == 1):
            places.append((likeness.index(best), best == 1.0))
        elif not grouped and not known and _FOREIGN.search(word):
            return True
    return any(
        before > after and not (certain and sure)
        for (before, certain), (after, sure) in pairwise(places)
    )


def _side_by_side(
    table: FormTable, names: Sequence[_Name], words: Sequence[str]
) -> tuple[FormCell, ...] | None:
    """The order of the rows, and under each of them that of the columns.

    A header that has the columns in another order under each row is mixed up with other lines,
    and tells nothing.
    """
    orders = {_ranked(names, run) for run in _runs(names, words, len(table.rows))}
    if len(orders) > 1:
        return table.cells
    rows = _ranked([_Name.of(row.key, row.labels, row.group) for row in table.rows], words)
    columns = orders.pop()
    if rows is None or columns is None:
        return None
    by_place = {(cell.row, cell.column): cell for cell in table.cells}
    return tuple(by_place[row, column] for row in rows for column in columns)


def _ranked(names: Sequence[_Name], words: Sequence[str]) -> tuple[str, ...] | None:
    """The keys in the order in which ``words`` has them; the last mention counts."""
    at = {word: place for place, word in enumerate(words) if word}
    own = {n.key: max((at[word] for word in n.words if word in at), default=-1) for n in names}
    groups = {n.group: at.get(n.group, -1) for n in names if n.group}
    read = [place for place in (*own.values(), *groups.values()) if place >= 0]
    unknown = read and _UNKNOWN in words[min(read) : max(read)]
    if min(own.values()) < 0 or (unknown and min(groups.values(), default=0) < 0):
        return None if _contradicted(names, own, groups) else tuple(own)
    above = {n.key: groups[n.group] if groups.get(n.group, -1) >= 0 else own[n.key] for n in names}
    return tuple(sorted(own, key=lambda key: (above[key], own[key])))


def _contradicted(
    names: Sequence[_Name], own: Mapping[str, int], groups: Mapping[str, int]
) -> bool:
    """Whether two that were read stand in an order that cannot be the form's.

    What follows a group may stand before its members: the group's line comes first.
    """
    entries: dict[str, tuple[str, int]] = {}
    for name in names:
        if name.group:
            entries[name.group] = ("", groups[name.group])
        entries[name.key] = (name.group, own[name.key])
    read = [entry for entry in entries.values() if entry[1] >= 0]
    return any(
        before > after and first in ("", second)
        for (first, before), (second, after) in combinations(read, 2)
    )


def _header(names: Sequence[_Name], words: Sequence[str]) -> list[str]:
    """The run of words, between other words of the form, that has most of the names; of several
    the last.
    """
    own = {word for name in names for word in name.words} | {_UNKNOWN}
    runs = [list(run) for inside, run in groupby(words, own.__contains__) if inside]
    return max(reversed(runs), key=lambda run: len(set(run) - {_UNKNOWN}), default=[])


def _has_room(names: Sequence[_Name], header: Sequence[str]) -> bool:
    """Whether the header of columns without groups, if some of them can't be read, has as many
    words before and after those that can as the form has names there.
    """
    at = {word: place for place, word in enumerate(header) if word}
    places = [max((at[word] for word in n.words if word in at), default=None) for n in names]
    return None not in places or all(
        place is None or (place >= before and len(header) - place >= len(names) - before)
        for before, place in enumerate(places)
    )


def _runs(names: Sequence[_Name], words: Sequence[str], count: int) -> list[list[str]]:
    """The names under each of ``count`` rows side by side, of which all have the same if the
    header has them only once.
    """
    size = len(names)
    known = [word for word in words if any(word in name.words for name in names)][-count * size :]
    if len(known) < count * size:
        return [known[-size:]] * count
    return [known[i : i + size] for i in range(0, count * size, size)]


def joined(labels: Sequence[str]) -> list[str]:
    """The labels, with those put together that are pieces of one word: 处理决 / 定数量."""
    found: list[str] = []
    at = 0
    while at < len(labels):
        sizes = (n for n in range(_PIECES, 1, -1) if _is_broken_word(labels[at : at + n]))
        size = next(sizes, 1)
        found.append("".join(labels[at : at + size]))
        at += size
    return found


def _is_broken_word(pieces: Sequence[str]) -> bool:
    return core("".join(pieces)) in form_words() and any(_UNKNOWN in words_of(p) for p in pieces)


@lru_cache(maxsize=4096)
def words_of(label: str) -> tuple[str, ...]:
    """The words of the forms that a label is made of; ``""`` for what is made of others."""
    found = _divided(label)
    return found or tuple(
        word for part in _APART.split(label) if part for word in _divided(part) or (_UNKNOWN,)
    )


def _divided(text: str) -> tuple[str, ...]:
    plain = core(text)
    whole = _any_words().fullmatch(plain) if plain else None
    return tuple(_any_word().findall(plain)) if whole else ()


@cache
def _any_word() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(form_words(), key=len, reverse=True))))


@cache
def _any_words() -> re.Pattern[str]:
    return re.compile(f"(?:{_any_word().pattern})+")
