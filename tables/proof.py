"""Which rows may not be believed as they stand, unless their sum proves them.

Most rows need no proof: a label and exactly as many figures as the form has cells. Those that
were placed by their position, whose figures could be placed otherwise, that come from text in
which empty cells leave no trace, or from a grid put together from alignment, need it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from gouji.tables.align import Located, is_heading
from gouji.tables.candidates import Candidate
from gouji.tables.columns import shifting
from gouji.tables.forms.form import FormTable, Identity
from gouji.tables.grid import Block, is_drawn
from gouji.tables.identities import Figure, Outcome, all_zero, evaluate
from gouji.tables.labels import core
from gouji.tables.numbers import parse
from gouji.tables.rows import Row
from gouji.tables.split import FIGURE_LEFT
from gouji.tables.vocabulary import known_words, vocabulary

_MANY = 3
"""So many failing rows are no misprints."""


def unproved(
    located: Located,
    candidates: Sequence[Candidate],
    figures: Mapping[str, Figure],
    identities: Sequence[Identity],
    rows: Sequence[Row],
    blocks: Sequence[Block],
    *,
    scanned: bool = False,
) -> list[tuple[frozenset[str], str]]:
    """The cells that need a proof and have none, by row, with the code of the reason.

    A sum that holds is a proof; a bound that holds is none. Where a page is ``scanned`` it may
    not be level: a figure without a row tells that any row's figures may be another's.
    """
    identities = [identity for identity in identities if identity.op == "="]
    lossy = any(_lacks_figures(c) and _loses_blanks(c.row, blocks) for c in candidates)
    lossy = lossy or _glued_rows_are_lost(candidates, located)
    prints_zeros = any(map(_prints_a_zero, candidates))
    orphans = _orphans(located, rows, blocks)
    disordered = _disordered(candidates, figures, identities)
    untotalled = _untotalled(candidates, figures, identities)
    untold = any(_ends_blank(c, 0) and any(f.text.strip() for f in c.figures) for c in candidates)
    starts = _starts(candidates)
    shifted = _leave_figures_everywhere(candidates)
    found = []
    for candidate, following in pairwise([*candidates, None]):
        if candidate is None:
            continue
        shaky = lossy and _may_have_shifted(candidate, following, located.table, rows, blocks)
        shaky = shaky or _runs_on(candidate, rows) or (candidate.divided and not prints_zeros)
        shaky = shaky or (candidate.divided and len(candidate.ways) > 1)
        aligned = not is_drawn(blocks[candidate.row.block]) and candidate.row.gridded
        reason = "place_unproved" if _label_of_another(candidate, located) else None
        if reason is None and scanned and _leaves_digits(candidate):
            reason = "figures_left"
        found_by = getattr(blocks[candidate.row.block], "found_by", "")
        reason = reason or _reason(candidate, shaky, aligned, headed=found_by == "headed")
        beside = _beside(candidate, orphans, located)
        if reason is None and not scanned and _in_lines_of_a_page(candidate):
            torn = {i for i in orphans if not _is_whole(rows[i], rows, located)}
            torn |= {c.placement.index for c in candidates if c.figures and not c.row.level}
            beside = _beside(candidate, torn, located)
            reason = "grid_unproved" if beside else None
        beside |= aligned and _starts_early(candidate, starts)
        beside |= found_by == "aslant" or (found_by == "unruled" and scanned and bool(orphans))
        # A sum does not tell which of several figures at the wrong place is the noise.
        noisy = reason == "figures_left" and scanned and aligned
        if reason == "grid_unproved" and candidate.refs in untotalled:
            continue
        if reason and (
            noisy or not _proved(candidate, reason, figures, identities, beside, shifted)
        ):
            found.append((candidate.refs, reason))
        elif _leaves_figures(candidate) or (scanned and _leaves_a_mark(candidate)):
            found.append((_blank(candidate, figures), "figures_left"))
        elif disordered and candidate.columns.spans is None:
            found.append((candidate.refs, "columns_unproved"))
        elif untold and _may_be_filled(candidate):
            found.append((candidate.refs, "figures_contested"))
        elif scanned and not aligned and _is_parted(candidate):
            found.append((_blank(candidate, figures), "place_unproved"))
        elif aligned and (beside or (scanned and found_by != "headed")):
            # A figure without a row may belong where a cell seems blank; on a scan, any figure may.
            found.append((_blank(candidate, figures), "grid_unproved"))
    return found


def _starts(candidates: Sequence[Candidate]) -> dict[int, int]:
    """For each grid, the column in which the figures of most rows begin, fitting or not."""
    columns: dict[int, Counter[int]] = {}
    for candidate in candidates:
        if candidate.row.gridded and candidate.row.figures:
            first = candidate.row.figures[0].col
            columns.setdefault(candidate.row.block, Counter())[first] += 1
    return {block: counts.most_common(1)[0][0] for block, counts in columns.items()}


def _starts_early(candidate: Candidate, starts: Mapping[int, int]) -> bool:
    """Whether the row's first figure is taken from where other rows have their labels."""
    return bool(candidate.ways) and candidate.start < starts[candidate.row.block]


def _leaves_figures(candidate: Candidate) -> bool:
    """Whether a row has figures that found no place: one may stand where a cell seems blank, which
    no sum tells from a zero.
    """
    return bool(candidate.ways) and candidate.ways[0].cost >= FIGURE_LEFT


def _leave_figures_everywhere(candidates: Sequence[Candidate]) -> bool:
    """Whether most rows have a figure too many, and it is no zero in a merged label's place: a
    column that is not the form's may have moved them all. Sums of columns hold all the same, and
    those of rows wherever the figure left out is 0.
    """
    told = [candidate for candidate in candidates if candidate.ways]
    many = 2 * sum(map(_leaves_figures, told)) > len(told)
    return many and any(candidate.ways[0].cost >= 2 * FIGURE_LEFT for candidate in told)


def _blank(candidate: Candidate, figures: Mapping[str, Figure]) -> frozenset[str]:
    return frozenset(ref for ref in candidate.refs if figures[ref].state == "blank")


def _in_lines_of_a_page(candidate: Candidate) -> bool:
    """Whether its figures stand on a page without cells: where they are not level, or a figure
    beside them found no place, one may have been broken in two (``50`` over ``6``).
    """
    return not candidate.row.gridded and any(cell.place.box for cell in candidate.figures)


def _ends_blank(candidate: Candidate, more: int) -> bool:
    """Whether the row has so many cells more than the form, and nothing in the last of them."""
    figures = candidate.row.figures
    return len(figures) == len(candidate.columns.order) + more and not figures[-1].text.strip()


def _may_be_filled(candidate: Candidate) -> bool:
    """Whether one of a row's zeros may be a merged label's, and the blank behind them its last
    figure's: they are one more than the form has, and their sum holds either way.
    """
    zeros = all(parse(cell.text).state == "zero" for cell in candidate.row.figures[:-1])
    return _ends_blank(candidate, 1) and zeros


def _is_parted(candidate: Candidate) -> bool:
    """Whether a row has more cells than the form: characters below each other may have been taken
    for walls, and a cell that seems blank be half of one.
    """
    return len(candidate.ways) == 1 and len(candidate.row.figures) > len(candidate.ways[0].cells)


def _disordered(
    candidates: Sequence[Candidate],
    figures: Mapping[str, Figure],
    identities: Sequence[Identity],
) -> bool:
    """Whether the sums of most rows fail: then the columns are not in the form's order, unless
    their header says so.
    """
    results = Counter(
        evaluate(i, figures).result
        for i in identities
        if i.severity == "error" and not all_zero(i, figures)
        if any(candidate.refs.issuperset(i.refs) for candidate in candidates)
    )
    held = results["pass"] + results["pass_blank_as_zero"]
    return results["fail"] >= _MANY and results["fail"] > held


def _untotalled(
    candidates: Sequence[Candidate],
    figures: Mapping[str, Figure],
    identities: Sequence[Identity],
) -> set[frozenset[str]]:
    """The rows with all figures but their total, if all rows are such, or blank, and the columns'
    sums hold, but for one column. As the last figure is not the sum of those before it, the total
    is what is not there, and each of the others stands in its place.
    """
    sums = {frozenset(i.refs): i for i in identities if _is_of_row(i) and len(i.right) == 1}
    full: set[frozenset[str]] = set()
    told = Counter[bool]()
    for total in (sums.get(candidate.refs) for candidate in candidates):
        blank = {figures[ref].state == "blank" for ref in total.left} if total else {True, False}
        if total is None or len(blank) > 1 or figures[total.right[0]].state != "blank":
            return set()
        if blank == {False}:
            full.add(frozenset(total.refs))
            values = [figures[ref].value or 0 for ref in total.left]
            told[sum(values[:-1]) == values[-1]] += any(values)
    down = [evaluate(i, figures) for i in identities if not _is_of_row(i)]
    down = [outcome for outcome in down if not all_zero(outcome.identity, figures)]
    held = [o for o in down if o.result in ("pass", "pass_blank_as_zero")]
    failing = {outcome.identity.at for outcome in down if outcome.result == "fail"}
    certain = told[False] >= _MANY and told[False] > _MANY * told[True]
    return full if certain and len(held) >= _MANY - 1 and len(failing) < 2 else set()


def _label_of_another(candidate: Candidate, located: Located) -> bool:
    """Whether another row of the form has the same label and was not found: 被依法纠错数 stands
    under reviews and under lawsuits.
    """
    placed = {placement.form_row.key for placement in located.placements}
    own = {core(label) for label in candidate.placement.form_row.labels}
    return any(
        row.key not in placed and not own.isdisjoint(core(label) for label in row.labels)
        for row in located.table.rows
    )


def _reason(candidate: Candidate, shaky: bool, aligned: bool, *, headed: bool) -> str | None:
    if not candidate.placement.by_label:
        return "place_unproved"
    if _leaves_figures(candidate):
        return "figures_left"
    if headed or (candidate.by_place and not aligned):
        return "placed_by_eye"
    if shaky:
        return None if _only_zeros(candidate) else "cells_lost"
    if aligned:
        return "grid_unproved"
    return "figures_contested" if candidate.contested else None


def _proved(
    candidate: Candidate,
    reason: str,
    figures: Mapping[str, Figure],
    identities: Sequence[Identity],
    orphans: bool,
    shifted: bool,
) -> bool:
    torn = orphans and not candidate.row.gridded
    if (torn and candidate.by_place) or (reason == "figures_left" and not candidate.row.gridded):
        return False
    if reason == "figures_left" and shifted:
        return False
    refs = candidate.refs
    own = [evaluate(i, figures) for i in identities if refs.issuperset(i.refs)]
    held = own and all(o.result in ("pass", "pass_blank_as_zero") for o in own)
    # Zeros beside figures without a row may be that row's, if a line between the two was not seen:
    # their sum holds in any place.
    torn_zeros = orphans and reason in ("grid_unproved", "placed_by_eye", "place_unproved")
    if held and not (torn_zeros and all(all_zero(o.identity, figures) for o in own)):
        return True
    if reason == "figures_contested" and all(o.result != "fail" for o in own):
        return True
    if reason == "grid_unproved" and not orphans:
        return (
            not own
            or _one_misprint(own, refs, figures, identities)
            or _off_alone(refs, figures, identities)
            or _one_of_its_sums(own, refs, figures)
        )
    if reason == "placed_by_eye" and not orphans and all(o.result != "fail" for o in own):
        return True
    if reason == "figures_left" and _told_by_columns(refs, figures, identities):
        return True
    # Under labels that were all read a figure stands in its place, if no other sum fails.
    labelled = reason == "placed_by_eye" and candidate.columns.spans is not None
    if labelled and not orphans and _one_fails(figures, identities):
        return True
    # A figure too many among digits run together makes a row look like one with a misprint.
    strict = reason in ("figures_left", "place_unproved") or torn or len(candidate.ways) > 1
    return not strict and _one_misprint(own, refs, figures, identities)


def _told_by_columns(
    refs: frozenset[str], figures: Mapping[str, Figure], identities: Sequence[Identity]
) -> bool:
    """Whether the sums of columns hold through a row, several not of zeros: they would not, if it
    were shifted.
    """
    through = [evaluate(i, figures) for i in identities if not refs.isdisjoint(i.refs)]
    results = Counter(
        outcome.result
        for outcome in through
        if not refs.issuperset(outcome.identity.refs) and not all_zero(outcome.identity, figures)
    )
    held = results["pass"] + results["pass_blank_as_zero"]
    return held >= _MANY and held == results.total()


def _orphans(located: Located, rows: Sequence[Row], blocks: Sequence[Block]) -> frozenset[int]:
    """Rows within the table whose figures found no place, or stand in a label: they may be
    missing in another row.
    """
    placed = {placement.index for placement in located.placements}
    return frozenset(
        i
        for i in range(located.first, located.last)
        if (i not in placed and _is_orphan(rows[i], rows, located, blocks))
        or any(_FIGURE_AT_END.search(cell.text) for cell in rows[i].labels)
    )


def _is_orphan(row: Row, rows: Sequence[Row], located: Located, blocks: Sequence[Block]) -> bool:
    """Whether figures stand in the row that may be parts of others' rows."""
    own = row.gridded and row.labels and not is_heading(row, located.table)
    own = own and not (row.scanned and _is_tail(row, located.table))
    own = own and (is_drawn(blocks[row.block]) or _is_whole(row, rows, located))
    return not row.blank and not own and not _has_lone_mark(row) and not _is_rest(row)


def _is_tail(row: Row, table: FormTable) -> bool:
    """Whether the row's label is the end of a form's, as where a page end cut it: its figures
    belong to the row whose label began before.
    """
    text = core(row.labels[-1].text)
    known = {label for labels in vocabulary(table).rows for label in labels}
    return len(text) > 1 and text not in known and any(label.endswith(text) for label in known)


def _is_rest(row: Row) -> bool:
    """Whether nothing stands in a row of a scan but dashes: what is left of a line between rows."""
    return (
        row.scanned
        and not row.labels
        and not any(re.search(r"[^\W_]", c.text) for c in row.figures)
    )


def _has_lone_mark(row: Row) -> bool:
    """Whether words stand in a row, and beside them no digit and one dash at most: what is left of
    a line.
    """
    texts = [cell.text for cell in row.figures if cell.text.strip()]
    marks = sum(parse(text).state == "not_applicable" for text in texts)
    return bool(row.labels) and marks < 2 and not any(re.search(r"\d", text) for text in texts)


def _is_whole(row: Row, rows: Sequence[Row], located: Located) -> bool:
    """Whether a line of a page has as many figures as rows of the form, and a label beside them
    all; one of a single figure may be a part of another's row, unless it has a unit of its own.
    Two may stand in one cell.
    """
    row = replace(row, figures=tuple(cell for cell in row.figures if cell.text.strip()))
    figures = [word for cell in row.figures for word in cell.text.strip().split(" ")]
    counts = {len(form_row.cells) for form_row in located.table.rows} - (
        {1} if not row.unit else set()
    )
    if not row.level or len(figures) not in counts or not row.labels:
        return False
    alike = [rows[p.index] for p in located.placements if rows[p.index].level]
    alike = [r for r in alike if len(r.figures) == len(row.figures)]  # others' columns are others
    left = min(c.place.box.x0 for r in (row, *alike) for c in r.figures if c.place.box)
    label = row.labels[0].place.box
    return label is not None and label.x1 <= left


def _beside(candidate: Candidate, orphans: Collection[int], located: Located) -> bool:
    """Whether such a row stands between the row and its neighbours in the table."""
    placed = sorted(placement.index for placement in located.placements)
    here = placed.index(candidate.placement.index)
    above = placed[here - 1] if here else located.first - 1
    below = placed[here + 1] if here + 1 < len(placed) else located.last
    return any(above <= orphan <= below for orphan in orphans)


_FIGURE_AT_END = re.compile(r"\s[,.]*\d[\d,.]*\s*$")


def _lacks_figures(candidate: Candidate) -> bool:
    written = "".join(cell.text.strip() for cell in candidate.figures)
    count = len(written) if candidate.row.glued else len(candidate.figures)
    return not candidate.ways and count < len(candidate.columns.order)


def _glued_rows_are_lost(candidates: Sequence[Candidate], located: Located) -> bool:
    """Whether, where digits are run together, whole rows left no figures: they were blank."""
    found = {candidate.placement.form_row.key for candidate in candidates}
    lost = any(row.key not in found and not row.optional for row in located.table.rows)
    return lost and not located.table.across and any(c.row.glued for c in candidates)


def _leaves_digits(candidate: Candidate) -> bool:
    """Whether digits stand in the row that belong to no figure: they may be a part of one."""
    used = candidate.ways[0].cells if candidate.ways else candidate.figures
    return any(re.search(r"\d", c.text) for c in candidate.figures if c not in used)


def _leaves_a_mark(candidate: Candidate) -> bool:
    """Whether a dash or the like found no place in the row: it may be where a cell seems blank."""
    used = candidate.ways[0].cells if candidate.ways else candidate.figures
    return any(parse(c.text).state == "not_applicable" for c in candidate.figures if c not in used)


def _prints_a_zero(candidate: Candidate) -> bool:
    """Whether a zero is printed in the row, and no blank stands for it; else a blank may be lost
    among digits run together: ``96`` in two cells is not 9 and 6 for certain.
    """
    cells = candidate.ways[0].cells if len(candidate.ways) == 1 else ()
    return any(parse(cell.text).state == "zero" for cell in cells)


def _loses_blanks(row: Row, blocks: Sequence[Block]) -> bool:
    """Whether an empty cell leaves no trace in the source."""
    return not row.gridded or shifting(blocks[row.block])


def _may_have_shifted(
    candidate: Candidate,
    following: Candidate | None,
    table: FormTable,
    rows: Sequence[Row],
    blocks: Sequence[Block],
) -> bool:
    """Whether a row with the right number of figures may have lost one and gained another.

    In running text figures are gained only where the next row has lost its label, and, where units
    stand before the figures, its unit.
    """
    if not _loses_blanks(candidate.row, blocks):
        return False
    if candidate.row.level or _is_after_unit(candidate):
        return False
    if candidate.row.glued or candidate.row.gridded:
        return True
    keys = [row.key for row in table.rows]
    here, there = candidate.placement.form_row.key, following and following.placement.form_row.key
    if here not in keys or here == keys[-1]:
        return True
    below = table.rows[keys.index(here) + 1]
    names = {core(label) for label in below.labels}  # it may stand there without figures
    at = candidate.placement.index + 1
    behind = [core(cell.text) for row in rows[at : at + 1] for cell in row.labels]
    return there != below.key and names.isdisjoint(behind)


def _is_after_unit(candidate: Candidate) -> bool:
    """Whether the row's own unit leads its figures, of which no code was taken away."""
    figures = candidate.row.figures
    fits = len(figures) == len(candidate.columns.order)
    return candidate.row.after_unit and fits and figures == candidate.figures


def _runs_on(candidate: Candidate, rows: Sequence[Row]) -> bool:
    """Whether digits run together are followed by words that no form knows: they may belong to
    a note or a sentence, and not all be figures of the row.
    """
    if not candidate.row.glued or candidate.placement.index + 1 >= len(rows):
        return False
    texts = [cell.text for cell in rows[candidate.placement.index + 1].labels]
    first, whole = len(core(texts[0])) if texts else 0, core("".join(texts))  # blanks may part it
    return first > 0 and not any(-1 < whole.find(label) < first for label in known_words())


def _only_zeros(candidate: Candidate) -> bool:
    """As many zeros as the form has cells can be read in one way only."""
    written = "".join(cell.text.strip() for cell in candidate.figures)
    return written == "0" * len(candidate.columns.order)


def _one_fails(figures: Mapping[str, Figure], identities: Sequence[Identity]) -> bool:
    """Whether of the sums of rows that tell anything one fails, and others hold."""
    rows = [evaluate(i, figures) for i in identities if _is_of_row(i) and not all_zero(i, figures)]
    results = Counter(outcome.result for outcome in rows)
    return results["fail"] == 1 and results["pass"] + results["pass_blank_as_zero"] > 0


def _off_alone(
    refs: frozenset[str], figures: Mapping[str, Figure], identities: Sequence[Identity]
) -> bool:
    """Whether a row with a figure in every cell is the only one whose sum fails, of many, and the
    rows next to it are legible: no figure came in from another row, or went there.
    """
    rows = [evaluate(i, figures) for i in identities if _is_of_row(i)]
    here = [refs.issuperset(outcome.identity.refs) for outcome in rows]
    near = [
        outcome for index, outcome in enumerate(rows) if any(here[max(0, index - 1) : index + 2])
    ]
    results = Counter(
        outcome.result
        for outcome, own in zip(rows, here, strict=True)
        if not own and not all_zero(outcome.identity, figures)
    )
    full = all(figures[ref].value is not None for ref in refs)
    lost = any(
        figures[r].state == "unreadable" for o in near for r in o.identity.refs if r in figures
    )
    held = results["pass"] + results["pass_blank_as_zero"]
    return full and not lost and held >= _MANY and not results["fail"]


def _one_of_its_sums(
    own: Sequence[Outcome], refs: frozenset[str], figures: Mapping[str, Figure]
) -> bool:
    """Whether a row with a figure or dash in every cell has several sums of which one alone fails:
    a figure from elsewhere would break those that follow it.
    """
    full = all(figures[ref].state not in ("blank", "unreadable") for ref in refs)
    results = [o.result for o in own if not all_zero(o.identity, figures)]
    return full and results.count("fail") == 1 and len(results) >= _MANY


def _is_of_row(identity: Identity) -> bool:
    return len({ref.partition("@")[0] for ref in identity.refs}) == 1


def _one_misprint(
    own: Sequence[Outcome],
    refs: frozenset[str],
    figures: Mapping[str, Figure],
    identities: Sequence[Identity],
) -> bool:
    """Whether one wrong figure explains all: the row and one column fail by the same amount."""
    through = [evaluate(i, figures) for i in identities if not refs.isdisjoint(i.refs)]
    across = [o for o in through if not refs.issuperset(o.identity.refs)]
    failing = [o for o in across if o.result == "fail" and o.difference is not None]
    off = {abs(o.difference) for o in own if o.difference}
    return (
        bool(failing)
        and len({o.identity.at for o in failing}) == 1
        and {abs(o.difference or 0) for o in failing} == off
        and all(o.result != "not_evaluable" or _is_blank(o.identity, figures) for o in across)
    )


def _is_blank(identity: Identity, figures: Mapping[str, Figure]) -> bool:
    """Whether nothing stands in any of its cells: then it says nothing, and hides nothing."""
    return all(figures[ref].state == "blank" for ref in identity.refs if ref in figures)
