"""Which rows of a document are which rows of a form: an alignment in the form's order.

Labels are compared within the place in the form where they stand: the best chain of matches
that keeps the form's order wins (local alignment, as for sequences). Rows without labels are
placed between recognised ones, and only when their count is exactly what is missing there.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from gouji.ocr.page import Box
from gouji.tables.forms.form import FormRow, FormTable
from gouji.tables.labels import core, of_another_time, ordinal, part_of_others, similarity
from gouji.tables.numbers import parse, without_unit
from gouji.tables.resemblance import resemblances
from gouji.tables.rows import Row, in_one_column
from gouji.tables.vocabulary import Vocabulary, known_labels, vocabulary

ALIKE = 0.75
_ITEM = re.compile(r"(?<=\D)(?=\d[.．、])|(?=[（(][一二三四五六七八九十][)）])")
_REACH = 3
_HEADINGS_COUNT = 4
"""So many recognised headings at most count, each for half a row."""
_BLANK_ROW = 0.5
_BESIDE, _LINES, _LABEL_LINES = 2.5, 14, 6
_BLANK = 1.2
"""A blank in a label is no wider than one character."""
_LONG, _CUT_ALIKE = 8, 0.85
_HEADER_WORDS = 60
_OTHER_YEAR = re.compile(r"(?:[上去往前]一?年度?|同期)$")
"""Right before the end of a text that is a label: then it is no row of this year."""
_IMITATED = 6
"""Rows around one with a label of the form, of which none stands for the same row."""
_SKIP_ROW_OF_FORM = 0.15
_SKIP_HEADING, _SKIP_UNLABELLED, _SKIP_WORDS, _SKIP_FIGURES = 0.0, 0.05, 0.12, 0.3


Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """A row of the document as a row of the form; ``by_label`` or by its position."""

    index: int
    form_row: FormRow
    by_label: bool


@dataclass(frozen=True, slots=True)
class Located:
    """A table found among rows ``[first, last)``; ``header`` are the rows of its column labels.

    ``score`` grows with every label recognised; ``evidence`` are the printed labels that no
    other edition has.
    """

    table: FormTable
    first: int
    last: int
    placements: tuple[Placement, ...]
    score: float
    evidence: tuple[str, ...]


def locate(
    table: FormTable, rows: Sequence[Row], names: Sequence[Names] | None = None
) -> Located | None:
    """The best place of ``table`` among ``rows``, or None if it is not there. ``names`` of the
    rows, for who asks for several tables.
    """
    if table.across:
        return _locate_across(table, rows)
    return _locate_rows(table, rows, names or [names_of(row) for row in rows])


# --- tables of labelled rows --------------------------------------------------------------------


def _locate_rows(table: FormTable, rows: Sequence[Row], names: Sequence[Names]) -> Located | None:
    words = vocabulary(table)
    matches = [_matches(row, own, table) for row, own in zip(rows, names, strict=True)]
    _drop_imitations(matches)
    if sum(map(any, matches)) + _HEADINGS_COUNT / 2 < _enough(table):
        return None
    chain, score = _align(matches, [_skip_cost(row, words) for row in rows])
    if not chain:
        return None
    first, last = _extent(rows, words, chain[0][0], chain[-1][0])
    evidence, recognised = _evidence(rows[first:last], words)
    if len(chain) + min(recognised, _HEADINGS_COUNT) / 2 < _enough(table):
        return None
    placements = _with_positions(table, rows, chain)
    placements += tuple(_out_of_order(placements, table, matches))
    last = max(placement.index for placement in placements) + 1
    return Located(table, first, last, placements, score + len(evidence), evidence)


def _enough(table: FormTable) -> float:
    return min(4.0, 1.5 + len(table.rows) / 4)


def _matches(row: Row, names: Names, table: FormTable) -> list[float]:
    """How well the row's label is that of each row of the form, 0 to 1."""
    likenesses = _likenesses(names, row.gridded, table)
    if names and (qualified := part_of_others(row.labels[-1].text)):
        likenesses = tuple(
            best if best == 1.0 and qualified == "in front" else 0.0 for best in likenesses
        )
    if not any(likenesses) and row.scanned and names:
        likenesses = resemblances(row.labels[-1].text, table)
    if not any(likenesses) or _is_header(row, vocabulary(table)):
        return [0.0] * len(table.rows)
    return [
        _score(best, row, len(form_row.cells))
        for best, form_row in zip(likenesses, table.rows, strict=True)
    ]


def exactly(row: Row, table: FormTable) -> list[FormRow]:
    """The rows of the form whose label the row has, to the letter."""
    matches = _matches(row, names_of(row), table)
    return [own for own, best in zip(table.rows, matches, strict=True) if best == 1.0]


def _drop_imitations(matches: Sequence[list[float]]) -> None:
    """Where a row has exactly the label of one row of the form, none near it is only like that."""
    for index, own in enumerate(matches):
        exact = [slot for slot, likeness in enumerate(own) if likeness == 1.0]
        if len(exact) != 1:
            continue
        for other in matches[max(0, index - _IMITATED) : index + _IMITATED + 1]:
            if 0 < other[exact[0]] < 1:
                other[exact[0]] = 0.0


@lru_cache(maxsize=8192)
def _likenesses(texts: Names, gridded: bool, table: FormTable) -> tuple[float, ...]:
    """How well the best of the texts is a label of each row of the form; reports repeat them."""
    known = [likenesses for text in texts if (likenesses := _known_as(text, gridded))]
    return tuple(
        max((own[label] for own in known for label in labels & own.keys()), default=0.0)
        for labels in vocabulary(table).rows
    )


@lru_cache(maxsize=65536)
def _known_as(text: str, gridded: bool) -> dict[str, float]:
    """The labels of all forms that a text is like, and how well.

    Labels much shorter than the text can only be its end.
    """
    labels = _labels_by_length()
    short = bisect_right(labels, ALIKE * len(text) - 1, key=len)
    ends = () if gridded else (label for label in labels[:short] if text.endswith(label))
    likenesses = {own: _alike(text, own, gridded) for own in (*labels[short:], *ends)}
    return {own: alike for own, alike in likenesses.items() if alike}


@cache
def _labels_by_length() -> tuple[str, ...]:
    return tuple(sorted(known_labels(), key=len))


def _score(best: float, row: Row, count: int) -> float:
    if not best:
        return 0.0
    if not row.figures:  # a blank row of a page: nothing but its whole label tells of it
        return _BLANK_ROW if best == 1.0 and row.labels[-1].place.box else 0.0
    return best if _has_room(row, count) else best * 0.6


def _has_room(row: Row, count: int) -> bool:
    return not row.gridded or len(row.figures) >= count


def names_of(row: Row) -> Names:
    """The cores a row may be known by: its last label, or its last ones read as one; none for
    one that is no row of a form.
    """
    if not row.labels or (row.gridded and not row.figures):
        return ()
    joined = ["".join(texts[i:]) for texts in _label_columns(row) for i in range(len(texts))]
    if not row.gridded:  # a heading may touch its first item
        joined.append(_ITEM.split(row.labels[-1].text)[-1])
    texts = [core(label) for label in joined]
    if not row.gridded:
        texts += [without_unit(text) for text in texts]
    return tuple(text for text in dict.fromkeys(texts) if text)


def _label_columns(row: Row) -> list[list[str]]:
    """The texts of the last labels; on a page, by where they stand: a group's label stands in
    lines of its own beside those of its items, and blanks may part a label.
    """
    last = row.labels[-1].place.box
    if row.gridded or last is None:
        return [[cell.text for cell in row.labels[-4:]]]
    figures = [cell.place.box.x0 for cell in row.figures if cell.place.box]
    left = min(figures, default=last.x1)
    pieces = [
        (cell.text, cell.place.box)
        for cell in row.labels[-_LINES:]
        if cell.place.box and (cell.place.box.x0 < left or cell.place.box is last)
    ]  # without words over the figures
    joined = _joined(pieces)
    return _by_column(pieces) + (_by_column(joined) if len(joined) < len(pieces) else [])


def _joined(pieces: Sequence[tuple[str, Box]]) -> list[tuple[str, Box]]:
    """Pieces with a blank between them on one line as one."""
    joined: list[tuple[str, Box]] = []
    for text, box in pieces:
        before, at = joined[-1] if joined else ("", box)
        if before and abs(box.y0 - at.y0) < box.height / 2 and box.x0 - at.x1 < _BLANK * box.height:
            joined[-1] = before + text, at.union(box)
        else:
            joined.append((text, box))
    return joined


def _by_column(pieces: Sequence[tuple[str, Box]]) -> list[list[str]]:
    """The texts of each column that has a line about as low as the last."""
    columns: list[tuple[Box, list[str]]] = []
    for text, box in reversed(pieces):
        near = next((texts for first, texts in columns if in_one_column(box, first)), None)
        if near is not None:
            near.insert(0, text)
        elif abs(box.y0 - pieces[-1][1].y0) <= _BESIDE * pieces[-1][1].height:
            columns.append((box, [text]))
    return [texts[-_LABEL_LINES:] for _, texts in columns]


def _alike(text: str, own: str, gridded: bool) -> float:
    if text == own:
        return 1.0
    n, m = len(text), len(own)
    if n >= 4 and m >= 4 and not of_another_time(text, own):
        if own.startswith(text):  # cut short by a page or a cell
            return 0.85
        # Texts of too different a length cannot be alike enough: most pairs are told by that.
        if n >= _LONG and m > _CUT_ALIKE * n - 1 and similarity(text, own[:n]) >= _CUT_ALIKE:
            return 0.8
        if m > ALIKE * n - 1 and n > ALIKE * m - 1 and (alike := similarity(text, own)) >= ALIKE:
            return alike * 0.9
    if not gridded and text.endswith(own) and not _OTHER_YEAR.search(text[:-m]):
        return 0.95 if len(own) >= 4 else 0.9
    return 0.0


def _is_header(row: Row, words: Vocabulary) -> bool:
    """A row of column labels: the last word is one, without a number, and it is not alone."""
    cores = [core(cell.text) for cell in row.labels]
    named = cores[-1] in words.columns and not ordinal(row.labels[-1].text)
    return named and sum(c in words.columns for c in cores) >= 2


def _skip_cost(row: Row, words: Vocabulary) -> float:
    if not row.labels:
        return _SKIP_UNLABELLED
    known = words.headings | words.columns
    if all(core(cell.text) in known for cell in row.labels):
        if not _has_figures(row):
            return _SKIP_HEADING
        # On a scan a stroke between the words of a header may look like a figure.
        return _SKIP_WORDS if row.scanned and len(row.labels) > 1 else _SKIP_FIGURES
    return _SKIP_WORDS if row.blank else _SKIP_FIGURES


def _has_figures(row: Row) -> bool:
    return any(parse(cell.text).figure for cell in row.figures)


def is_header(row: Row, table: FormTable) -> bool:
    """Whether the row holds labels of columns: several, or one that is no row's label and has no
    figures beside it.
    """
    words = vocabulary(table)
    cores = {core(cell.text) for cell in row.labels} & words.columns
    alone = bool(cores) and not any(cores & labels for labels in words.rows)
    return len(cores) >= 2 or (alone and not _has_figures(row))


def is_heading(row: Row, table: FormTable) -> bool:
    """Whether the row has only words that the form prints without figures, and none."""
    return bool(row.labels) and _skip_cost(row, vocabulary(table)) == _SKIP_HEADING


def _align(matches: list[list[float]], skips: list[float]) -> tuple[list[tuple[int, int]], float]:
    """Local alignment: the pairs (row, slot) of the best chain, and its score."""
    n_slots = len(matches[0]) if matches else 0
    score = [[0.0] * (n_slots + 1) for _ in range(len(matches) + 1)]
    best, end = 0.0, (0, 0)
    for i, row in enumerate(matches, start=1):
        above, here, skip = score[i - 1], score[i], skips[i - 1]
        if not (any(row) or any(above)):
            continue
        for j in range(1, n_slots + 1):
            value = max(0.0, above[j] - skip, here[j - 1] - _SKIP_ROW_OF_FORM)
            if row[j - 1]:
                value = max(value, above[j - 1] + row[j - 1])
            here[j] = value
            if value > best:
                best, end = value, (i, j)
    return _trace(score, matches, skips, end), best


def _trace(
    score: list[list[float]], matches: list[list[float]], skips: list[float], end: tuple[int, int]
) -> list[tuple[int, int]]:
    chain: list[tuple[int, int]] = []
    i, j = end
    while i and j and score[i][j] > 0:
        hit = matches[i - 1][j - 1]
        if hit and score[i][j] == score[i - 1][j - 1] + hit:
            chain.append((i - 1, j - 1))
            i, j = i - 1, j - 1
        elif score[i][j] == score[i - 1][j] - skips[i - 1]:
            i -= 1
        else:
            j -= 1
    return chain[::-1]


def _extent(rows: Sequence[Row], words: Vocabulary, first: int, last: int) -> tuple[int, int]:
    """Widen to the headings and column labels above, and to nothing below."""
    while first and _skip_cost(rows[first - 1], words) == _SKIP_HEADING:
        first -= 1
    return first, last + 1


def _evidence(rows: Sequence[Row], words: Vocabulary) -> tuple[tuple[str, ...], int]:
    """The labels that decide the edition as printed, and how many headings were recognised."""
    known = words.headings | words.columns
    cores = {core(cell.text): cell.text.strip() for row in rows for cell in row.labels}
    if any(not row.gridded for row in rows):
        whole = "".join(core(cell.text) for row in rows for cell in row.labels)
        cores |= {e: e for e in sorted(words.evidence, key=whole.find) if e in whole}
    deciding = tuple(text for c, text in cores.items() if c in words.evidence)
    return deciding, sum(c in known for c in cores)


def _with_positions(
    table: FormTable, rows: Sequence[Row], chain: list[tuple[int, int]]
) -> tuple[Placement, ...]:
    """The labelled rows, and those without a label where exactly one order is possible."""
    placed = [Placement(i, table.rows[s], by_label=True) for i, s in chain]
    for (i, s), (i_next, s_next) in pairwise(chain):
        unlabelled = [
            k for k in range(i + 1, i_next)
            if _unlabelled(rows, k, table) and not rows[k].blank
            and len(rows[k].figures) >= len(table.rows[s].cells)
        ]  # fmt: skip
        own_is_blank = rows[i].blank and bool(unlabelled)
        open_slots = list(range(s if own_is_blank else s + 1, s_next))
        if unlabelled and len(unlabelled) == len(open_slots):
            if own_is_blank:
                placed = [p for p in placed if p.index != i]
            placed += [
                Placement(k, table.rows[o], by_label=False)
                for k, o in zip(unlabelled, open_slots, strict=True)
            ]
    return tuple(sorted(placed, key=lambda p: p.index))


def _unlabelled(rows: Sequence[Row], index: int, table: FormTable) -> bool:
    """Whether no label of its own stands in the row, or none that can be read; one of its group
    may, or half of that, or the header of the next page.
    """
    row, words = rows[index], vocabulary(table)
    headings = words.headings
    known = headings | words.columns if is_header(row, table) else headings
    if row.scanned or all(core(cell.text) in known for cell in row.labels):
        return True
    return any(
        upper.labels and lower.labels
        and core(upper.labels[-1].text + lower.labels[-1].text) in headings
        for upper, lower in pairwise(rows[max(0, index - 1) : index + 2])
    )  # fmt: skip


def _out_of_order(
    placements: Sequence[Placement], table: FormTable, matches: list[list[float]]
) -> Iterator[Placement]:
    """Rows near the table whose label is exactly that of one row of the form still missing."""
    taken = {p.index for p in placements}
    first, last = min(taken), max(taken) + _REACH
    missing = [s for s, row in enumerate(table.rows) if row not in [p.form_row for p in placements]]
    free = [i for i in range(max(0, first - _REACH), min(len(matches), last)) if i not in taken]
    for slot in missing:
        hits = [i for i in free if matches[i][slot] == 1.0]
        rivals = [s for i in hits for s in missing if s != slot and matches[i][s] == 1.0]
        if len(hits) == 1 and not rivals:
            yield Placement(hits[0], table.rows[slot], by_label=True)


# --- tables printed as one row ------------------------------------------------------------------


def _locate_across(table: FormTable, rows: Sequence[Row]) -> Located | None:
    """The first row with a figure for each cell, under the labels of the columns."""
    words = vocabulary(table)
    n = len(table.cells)
    for index, row in enumerate(rows):
        if len(row.figures) < (n if row.gridded else 1) and not _is_blank(rows[index : index + 2]):
            continue
        first = _header_start(rows, words, index)
        evidence = _header_evidence(rows[first : index + 1], words)
        if len(evidence) >= len(words.evidence) and _belongs(row, words):
            whole = FormRow(table.id, table.titles, table.cells)
            placement = Placement(index, whole, by_label=True)
            return Located(table, first, index + 1, (placement,), float(len(evidence)), evidence)
    return None


def _is_blank(rows: Sequence[Row]) -> bool:
    """Whether a page shows the labels of a row and nothing under them, but what comes after it:
    at the end of a page its figures may stand on the next.
    """
    row = rows[0]
    if row.gridded or row.figures or row.labels[-1].place.box is None:
        return False
    return len(rows) > 1 and rows[1].cells[0].place.page == row.labels[-1].place.page


def _header_evidence(rows: Sequence[Row], words: Vocabulary) -> tuple[str, ...]:
    """The column labels that stand above the figures; on a page a label may be cut into lines,
    which running text tells one after the other.
    """
    found, _ = _evidence(rows, words)
    if rows[-1].gridded or len(found) >= len(words.evidence):
        return found
    text = "".join(core(cell.text) for row in rows for cell in row.labels[-_HEADER_WORDS:])
    return tuple(sorted(label for label in words.evidence if _in_order(label, text)))


def _in_order(label: str, text: str) -> bool:
    rest = iter(text)
    return all(char in rest for char in label)


def _header_start(rows: Sequence[Row], words: Vocabulary, index: int) -> int:
    first = index
    while first and _skip_cost(rows[first - 1], words) == _SKIP_HEADING:
        first -= 1
    return first


def _belongs(row: Row, words: Vocabulary) -> bool:
    """Whether the row may be the table's: in a grid, whatever its label (数量, 2022年); in running
    text it has none of its own, or only those of the header above it.
    """
    if not row.labels or (row.gridded and not _is_header(row, words)):
        return True
    last = core(row.labels[-1].text)
    if row.labels[-1].place.box and set(last) <= set("".join(words.columns)):
        return True  # a page may have the words of one line of the header without blanks
    return any(last.endswith(word) or word.endswith(last) for word in words.columns)
