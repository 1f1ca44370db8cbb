"""The figures of a row → the ways in which they can be the form's cells.

A row with exactly as many figures as the form asks for has one way. One with more has a label's
cell among them; one with fewer, in running text, has digits run together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gouji.tables.forms.form import FormCell
from gouji.tables.grid import Cell
from gouji.tables.numbers import NOT_APPLICABLE_RUN, parse

#: Beyond so many ways nothing can be told, and the row is left to a person.
MOST = 20_000
_DIGITS = 12
"""No figure of a report has more."""
_FAR = 1.6
_BLANK_LEFT = 0.1
FIGURE_LEFT = 1.5
"""What it costs, at least, to leave a figure unused; such a way needs its row's sum."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way: a cell for each cell of the form, and what it costs to believe it."""

    cells: tuple[Cell, ...]
    cost: float

    @property
    def start(self) -> int:
        """The column of the grid in which it begins."""
        return self.cells[0].col


def ways(
    figures: Sequence[Cell], form: Sequence[FormCell], *, glued: bool = False, gridded: bool = True
) -> tuple[Way, ...]:
    """All ways, cheapest first; those far dearer than the best are left out. May be empty."""
    figures = _without_page_number(figures, len(form))
    if len(figures) < len(form):
        found = _apart(figures, form)
        if not found and glued:
            found = tuple(Way(cells, 0.0) for cells in _unglued(figures, form))
        return found
    return _windows(figures, len(form), filler=gridded)


def _without_page_number(figures: Sequence[Cell], count: int) -> Sequence[Cell]:
    """Running text may have ``- 4 -`` behind the last row of a page."""
    tail = "".join(cell.text.strip() for cell in figures[count:])
    if len(figures) == count + 3 and re.fullmatch(r"[-—–－]\d{1,4}[-—–－]", tail):
        return figures[:count]
    return figures


def _windows(figures: Sequence[Cell], count: int, *, filler: bool) -> tuple[Way, ...]:
    """``count`` neighbours; what is left over must cost nothing or little to leave. ``filler``:
    a merged label may have been filled with 0.
    """
    found: dict[tuple[str, ...], Way] = {}
    for start in range(len(figures) - count, -1, -1):
        cells = tuple(figures[start : start + count])
        rest = figures[start + count :]
        cost = sum(_cost_of_leaving(c, filler=filler) for c in figures[:start])
        cost += sum(_cost_of_leaving(c, filler=False) for c in rest) + (_BLANK_LEFT if rest else 0)
        key = tuple(cell.text.strip() for cell in cells)
        if key not in found or cost < found[key].cost:
            found[key] = Way(cells, cost)
    best = min(way.cost for way in found.values())
    return tuple(sorted((w for w in found.values() if w.cost < best + _FAR), key=lambda w: w.cost))


def _cost_of_leaving(cell: Cell, *, filler: bool) -> float:
    """An empty cell of a label's column costs nothing, nor do words; a merged label filled with 0
    was seen; any other figure costs very much.
    """
    state = parse(cell.text).state
    if state in ("blank", "text"):
        return 0.0
    return FIGURE_LEFT if state == "zero" and filler else 2 * FIGURE_LEFT


def _apart(figures: Sequence[Cell], form: Sequence[FormCell]) -> tuple[Way, ...]:
    """Figures that one cell holds side by side, with blanks between them."""
    parts = [part for cell in figures for part in _words(cell)]
    if len(parts) != len(form) or not all(parse(p.text).figure for p in parts):
        return ()
    return (Way(tuple(parts), 0.0),)


def _words(cell: Cell) -> Iterator[Cell]:
    for word in re.finditer(r"\S+", cell.text):
        yield _part(cell, word.start(), word.end())


def _part(cell: Cell, start: int, end: int) -> Cell:
    place = cell.place
    if place.start is not None:
        place = replace(place, start=place.start + start, end=place.start + end)
    return replace(cell, text=cell.text[start:end], place=place)


def _unglued(figures: Sequence[Cell], form: Sequence[FormCell]) -> list[tuple[Cell, ...]]:
    """Every division of the digits into as many numbers as the form has cells, in order."""
    pieces = [part for cell in figures for part in _words(cell)]
    if not pieces or not all(map(_is_run, pieces)):
        return []
    found: list[tuple[Cell, ...]] = []
    dead: set[tuple[int, int, int]] = set()  # from here on there is no way

    def extend(piece: int, at: int, taken: tuple[Cell, ...]) -> None:
        here, before = (piece, at, len(taken)), len(found)
        if before > MOST or here in dead:
            return
        if piece == len(pieces):
            found.extend([taken] if len(taken) == len(form) else [])
        elif len(taken) + len(pieces) - piece <= len(form):
            cell, wanted = pieces[piece], form[len(taken)]
            for end in _ends(cell.text, at, wanted):
                part = _part(cell, at, end)
                done = end == len(cell.text)
                extend(piece + 1 if done else piece, 0 if done else end, (*taken, part))
        if len(found) == before:
            dead.add(here)

    extend(0, 0, ())
    return found if len(found) <= MOST else []


def _is_run(piece: Cell) -> bool:
    return bool(re.search(r"\d", piece.text) or NOT_APPLICABLE_RUN.fullmatch(piece.text))


def _ends(text: str, at: int, wanted: FormCell) -> list[int]:
    """Where a number that begins at ``at`` may end."""
    ends = []
    for end in range(at + 1, min(len(text), at + _DIGITS) + 1):
        if text[end : end + 1] in (".", "．"):
            continue
        number = parse(text[at:end])
        if number.state == "not_applicable":
            ends.append(end)
        if number.value is None:
            continue
        if (number.value < 0 or text[at] in "+＋-－") and not wanted.signed:
            continue
        if not wanted.money and (number.value != number.value.to_integral_value()):
            continue
        if number.unit in ("元", "万元", "万", "亿元") and not wanted.money:
            continue
        ends.append(end)
    return ends
