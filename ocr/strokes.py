"""Pieces of ridges → rulings: the straight lines drawn on a sheet.

Pieces in one line make a *track*. Where the tracks of the other direction cross it, a track is cut
into *stretches*, and each is drawn or not, as a whole: so a wall between two cells is there or not,
whatever is worn away and whatever text stands in its line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from gouji.ocr.doubled import is_doubled, undoubled
from gouji.ocr.ladders import as_thin, joined, reaches, walls_of_tables
from gouji.ocr.page import Ruling
from gouji.ocr.ridges import Ridges, pieces_of, ridges_of
from gouji.ocr.scattered import scattered_tracks
from gouji.ocr.tracks import (
    AS_THICK,
    CLUTTER,
    DOUBLED,
    FREE,
    LONG,
    LOWEST,
    NEAR,
    SURE,
    TOUCH,
    Track,
    short_tracks,
    stops_of,
    tracks_of,
)
from gouji.ocr.upright import Sheet

_DANGLING = 8.0
"""Points; the shortest end beyond the last crossing, of a table cut off or open at the side."""
_CROSSING = 2.5
"""Points on both sides of a crossing where a line is not seen for the other."""
_DRAWN = 0.6
"""A stretch of a sure track is drawn if this share of it is."""
_DRAWN_UNSURE = 0.8
_WORN = 0.35
"""The same if nothing stands beside and it goes on from a crossing: the rest is worn away."""
_ALIKE = 5
"""So many lines of a table end at one place."""
_COVERED, _MEETS = 0.5, 1.0
"""A stretch that a piece of the line covers so far needs no more proof, if that comes as near
(points) to one of its ends."""


Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line running along one axis; ``at`` across, ``start`` to ``end`` along, in points."""

    at: float
    start: float
    end: float


def rulings(sheet: Sheet) -> list[Ruling]:
    """The straight lines drawn on the sheet, in its points.

    Thin, broken, faint, doubled and dotted lines are one ruling each.
    """
    ridges = _with_single_lines(
        [ridges_of(sheet.gray, sheet.dpi, upright=upright) for upright in (False, True)]
    )
    pieces = [pieces_of(one) for one in ridges]
    across, down = (tracks_of(*both) for both in zip(ridges, pieces, strict=True))
    across = scattered_tracks(ridges[0], across, down)
    down = scattered_tracks(ridges[1], down, across)
    across, down = as_thin(across, down), as_thin(down, across)
    down = [track for track in down if reaches(track, across)]
    across = [track for track in across if reaches(track, down)]
    short_across = short_tracks(ridges[0], pieces[0], across, down)
    down += short_tracks(ridges[1], pieces[1], down, across)
    across += short_across
    down = walls_of_tables(as_thin(down, across), across)
    return [Ruling(s.start, s.at, s.end, s.at) for s in _strokes(across, down)] + [
        Ruling(s.at, s.start, s.at, s.end) for s in _strokes(down, across)
    ]


def _with_single_lines(ridges: Sequence[Ridges]) -> list[Ridges]:
    """The same, where cells have frames of their own with one line between them."""
    dark = [(each.height > each.threshold).astype(np.uint8) for each in ridges]
    if not is_doubled(dark[0], ridges[0].along, ridges[0].across):
        return list(ridges)
    return [
        replace(each, height=undoubled(each.height, mask, each.along, each.across))
        for each, mask in zip(ridges, dark, strict=True)
    ]


def _strokes(tracks: Sequence[Track], others: Sequence[Track]) -> list[Stroke]:
    """What is drawn of the tracks; of two that lie on each other the longer one."""
    found: list[Stroke] = []
    drawn = [
        Stroke(track.at, start, end)
        for track in tracks
        for start, end in joined(_drawn(track, stops_of(track, others)) or _alone(track, tracks))
    ]
    for stroke in sorted(drawn, key=lambda s: s.start - s.end):
        if not any(
            abs(stroke.at - other.at) < DOUBLED
            and other.start - TOUCH <= stroke.start
            and stroke.end <= other.end + TOUCH
            for other in found
        ):
            found.append(stroke)
    return found


def _alone(track: Track, tracks: Sequence[Track]) -> list[Span]:
    """What is drawn of a line that goes from wall to wall nowhere, as in a table without walls
    between the edges of the paper: it ends on the right where others do, and is as thin.
    """
    pieces = [(p.start * track.along, p.end * track.along) for p in track.pieces]
    spans = [(a, b) for a, b in joined(pieces, LONG) if b - a >= SURE]
    usual = float(np.median([t.profile.thick for t in tracks]))
    alike = sum(abs(t.end - track.end) <= TOUCH for t in tracks if t.profile.thick <= usual)
    thin = track.profile.thick <= AS_THICK * usual
    return spans if track.sure and thin and alike >= _ALIKE else []


def _drawn(track: Track, stops: Sequence[float]) -> list[Span]:
    """The stretches of the track that are drawn, and what is drawn beyond the outermost stops."""
    pieces = [(p.start * track.along, p.end * track.along) for p in track.pieces]
    if not stops:
        long = [piece for piece in pieces if piece[1] - piece[0] >= SURE]
        return long if track.sure else []
    found = _stretches(track, stops, pieces)
    if not track.sure:
        found += [span for piece in pieces for span in _through(piece, stops)]
    found = [_within(track, a, b) for a, b in found]
    if not track.sure and not found:
        return []
    if track.sure:
        ends = [(a, min(b, stops[0])) for a, b in pieces]
        ends += [(max(a, stops[-1]), b) for a, b in pieces]
        found += [(a, b) for a, b in ends if b - a >= LONG]
    first, last = round(stops[0] / track.along), round(stops[-1] / track.along)
    before = _dangling(track, range(first, -1, -1))
    after = _dangling(track, range(last, len(track.profile.drawn)))
    if before:
        found.append((stops[0] - before, stops[0]))
    if after:
        found.append((stops[-1], stops[-1] + after))
    return found


def _within(track: Track, start: float, end: float) -> Span:
    """A stretch up to the end of what is seen of the track, where it goes on far beyond: the edge
    of the paper may be crossed there.
    """
    if start < track.start - LONG and track.start + TOUCH < end:
        start = track.start
    if end > track.end + LONG and start < track.end - TOUCH:
        end = track.end
    return start, end


def _stretches(track: Track, stops: Sequence[float], pieces: Sequence[Span]) -> list[Span]:
    """The stretches between the stops that are drawn; also those that may be, between two that
    are, and beside one of a short line.
    """
    spans = list(pairwise(stops))
    drawn = [_is_drawn(track, a, b, pieces) for a, b in spans]
    if not track.sure and not _has_pieces(drawn, spans, pieces):
        return []
    sure = [index for index, is_drawn in enumerate(drawn) if is_drawn]
    for before, after in pairwise(sure):
        between = spans[before + 1 : after]
        if track.sure and all(_is_worn(track, a, b) for a, b in between):
            drawn[before:after] = [True] * (after - before)
    for beside in (j for i in sure for j in (i - 1, i + 1) if 0 <= j < len(spans)):
        drawn[beside] |= not track.sure and _goes_on(track, *spans[beside])
    return [span for span, is_drawn in zip(spans, drawn, strict=True) if is_drawn]


def _through(piece: Span, stops: Sequence[float]) -> list[Span]:
    """The stretches that a piece runs through, if it is longer than a character is high."""
    reached = [at for at in stops if piece[0] - TOUCH <= at <= piece[1] + TOUCH]
    long = piece[1] - piece[0] >= LONG and len(reached) > 2
    return list(pairwise(reached)) if long else []


def _is_worn(track: Track, start: float, end: float) -> bool:
    """Whether what is seen of the track may be what is left of the line."""
    rim = min(_CROSSING, (end - start) / 4)
    inside = slice(round((start + rim) / track.along), round((end - rim) / track.along))
    free = track.profile.beside[:, inside].mean(axis=1).min() <= FREE
    return bool(free and track.profile.drawn[inside].mean() >= _WORN)


def _has_pieces(drawn: Sequence[bool], spans: Sequence[Span], pieces: Sequence[Span]) -> bool:
    """Whether pieces of a line were seen in any of the stretches that are drawn."""
    return any(
        is_drawn and min(b, end) - max(a, start) > TOUCH
        for is_drawn, (a, b) in zip(drawn, spans, strict=True)
        for start, end in pieces
    )


def _goes_on(track: Track, start: float, end: float) -> bool:
    """Whether a short line goes on over a stretch beside what is drawn of it, and is only worn
    there: no stroke of a character fills so much of it and reaches one of its ends.
    """
    inside = slice(round((start + NEAR) / track.along), round((end - NEAR) / track.along))
    drawn = track.profile.drawn[inside]
    free = track.profile.beside[:, inside].mean() <= FREE
    reaches_end = drawn[:2].all() or drawn[-2:].all()
    return bool(end - start >= LOWEST and free and drawn.mean() >= _DRAWN and reaches_end)


def _dangling(track: Track, columns: range) -> float:
    """How far the line goes on beyond its last crossing; 0 if that may be a character."""
    drawn = track.profile.drawn[columns.start :: columns.step]
    rim = round(_CROSSING / track.along)
    gaps = np.flatnonzero(~drawn[rim:])
    length = rim + int(gaps[0]) if len(gaps) else len(drawn)
    beside = track.profile.beside[:, columns.start :: columns.step][:, rim:length]
    stands_free = length * track.along >= _DANGLING and beside.mean() <= FREE
    return length * track.along if stands_free else 0.0


def _is_drawn(track: Track, start: float, end: float, pieces: Sequence[Span]) -> bool:
    """Whether enough is seen of the track between two crossings."""
    rim = min(_CROSSING, (end - start) / 4)
    inside = slice(round((start + rim) / track.along), round((end - rim) / track.along))
    drawn, sides = track.profile.drawn[inside], track.profile.beside[:, inside].mean(axis=1)
    if not len(drawn):
        return False
    share, beside = drawn.mean(), sides.mean()
    # A stroke of a character may stand where the line would be, but not from wall to wall.
    # Far from the rest of its line a wall must meet the others; a tight row's figures nearly do.
    apart = start > track.end + TOUCH or end < track.start - TOUCH
    by = _MEETS if apart else NEAR
    near = round((start + by) / track.along), round((end - by) / track.along)
    touches = [track.profile.drawn[near[0] :][:2].all(), track.profile.drawn[: near[1]][-2:].all()]
    meeting = [(a, b) for a, b in pieces if a <= start + _MEETS or b >= end - _MEETS]
    covered = max((min(b, end) - max(a, start) for a, b in meeting), default=0.0)
    if track.sure and not apart:
        if covered >= _COVERED * (end - start) and share >= _DRAWN and beside <= 2 * CLUTTER:
            return True
        if beside <= FREE and (any(touches) or end - start >= LONG):
            worn = any(touches) and end - start >= LOWEST
            return bool(share >= (_WORN if worn else _DRAWN))
        # Figures may stand close to a wall, but on one side of it only.
        beside = sides.min()
    if not apart and end - start >= LONG and beside <= FREE and any(touches):
        return bool(share >= _DRAWN_UNSURE)
    return bool(share >= _DRAWN_UNSURE and beside <= CLUTTER and all(touches))
