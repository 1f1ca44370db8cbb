"""Pieces of ridges → rulings: the straight lines drawn on a sheet.

Pieces in one line make a *track*. Where the tracks of the other direction cross it, a track is cut
into *stretches*, and each is drawn or not, as a whole: so a wall between two cells is there or not,
whatever is worn away and whatever text stands in its line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gouji.ocr.page import Ruling
from gouji.ocr.ridges import (
    THICKEST,
    Piece,
    Profile,
    Ridges,
    fades,
    piece_of,
    pieces_of,
    profile_of,
    ridges_of,
)
from gouji.ocr.upright import Sheet

_CLUTTER = 0.15
"""Beside a line so much may be drawn; beside strokes of characters there is more."""
_SOLID = 0.85
"""A piece of a line is drawn over so much of its length, if more than nothing is beside it."""
_WEAKEST = 0.75
"""The same if it runs from one line to another."""
_UNBROKEN = 0.93
"""A piece drawn over so much of a length that no character has may have text close to it."""
_DOTTED = 0.4
"""The same with nothing beside it: dots and dashes."""
_FREE = 0.05
_LONG = 24.0
"""Points; a piece so long beyond all crossings is still drawn."""
_SURE = 48.0
"""Points; so much of a track makes it a line; strokes of characters are shorter."""
_MOST = 0.55
"""... and so much of the way, if it is worn."""
_ASIDE = 1.2
"""Points that pieces of one line may lie beside each other."""
_DOUBLED = 3.0
"""Points; parallel lines nearer than this are one line drawn twice."""
_TOUCH = 4.0
"""Points that a line may end before another that it meets, as everywhere."""
_NEAR = 1.5
"""Points from the rim of another line at which a short line ends."""
_LOWEST = 13.0
"""Points; lines nearer than this have no short line between them: a stroke may be as long."""
_DANGLING = 8.0
"""Points; the shortest end beyond the last crossing, of a table cut off or open at the side."""
_CROSSING = 2.5
"""Points on both sides of a crossing where a line is not seen for the other."""
_DRAWN = 0.6
"""A stretch of a sure track is drawn if this share of it is."""
_DRAWN_UNSURE = 0.8
_WORN = 0.35
"""The same if nothing stands beside and it goes on from a crossing: the rest is worn away."""
_SIDES, _REACHED = 4, 0.25
"""Of so many ends of stretches at lines of the other direction a line reaches at least this share;
strokes of characters, one in each row or column, do not."""
_RUNGS, _EVEN, _FARTHER = 6, 10.0, 3.0
"""So many lines one above the other with the same ends (points) are a table's; nothing in it is so
many times higher than its usual row."""
_WALLED = 0.4
"""Walls stand in at least this part of a table that has any."""
_COVERED = 0.5
"""A stretch that a piece of the line covers so far needs no more proof."""


@dataclass(slots=True)
class Track:
    """Pieces in one line; ``at``, ``start`` and ``end`` in points. ``profile`` from column 0."""

    pieces: list[Piece]
    profile: Profile
    at: float
    start: float
    end: float
    along: float
    sure: bool


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
    ridges = [ridges_of(sheet.gray, sheet.dpi, upright=upright) for upright in (False, True)]
    pieces = [pieces_of(one) for one in ridges]
    across, down = (_tracks(*both) for both in zip(ridges, pieces, strict=True))
    down = [track for track in down if _reaches(track, across)]
    across = [track for track in across if _reaches(track, down)]
    short_across = _short(ridges[0], pieces[0], across, down)
    down += _short(ridges[1], pieces[1], down, across)
    across += short_across
    down = _of_tables(down, across)
    return [Ruling(s.start, s.at, s.end, s.at) for s in _strokes(across, down)] + [
        Ruling(s.at, s.start, s.at, s.end) for s in _strokes(down, across)
    ]


def _tracks(ridges: Ridges, pieces: Sequence[Piece]) -> list[Track]:
    """Lines that are certain, each with its pieces."""
    lines = [line for piece in _in_rows(ridges, pieces) if (line := _line(ridges, piece))]
    groups = _grouped(ridges, lines)
    return [
        _track(ridges, group, sure=True)
        for group in groups
        if _is_sure(group, ridges.along) and not fades(ridges, group)
    ]


def _grouped(ridges: Ridges, lines: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces in one line; a long one wherever it lies, a short one only near to others."""
    groups: list[list[Piece]] = []
    waiting = sorted(lines, key=lambda p: p.start)
    long = [p for p in waiting if (p.end - p.start) * ridges.along >= _LONG]
    for piece in sorted(long, key=lambda p: p.start - p.end):
        _put(piece, groups, ridges)
    waiting = [p for p in waiting if p not in long]
    while near := [p for p in waiting if any(_in_line(p, group, ridges) for group in groups)]:
        for piece in near:
            _put(piece, groups, ridges)
        waiting = [p for p in waiting if p not in near]
    for piece in waiting:
        _put(piece, groups, ridges)
    return groups


def _put(piece: Piece, groups: list[list[Piece]], ridges: Ridges) -> None:
    group = next((group for group in groups if _in_line(piece, group, ridges)), None)
    if group is None:
        groups.append([piece])
    else:
        group.append(piece)


def _in_rows(ridges: Ridges, pieces: Sequence[Piece]) -> list[Piece]:
    """Those that are long, or that may make a line together with others of their height."""
    step = _ASIDE / ridges.across
    length: dict[int, int] = {}
    for piece in pieces:
        row = round(piece.row / step)
        for near in (row - 1, row, row + 1):
            length[near] = length.get(near, 0) + piece.end - piece.start
    return [
        p
        for p in pieces
        if (p.end - p.start) * ridges.along >= _LONG
        or length[round(p.row / step)] * ridges.along >= _SURE
    ]


def _reaches(track: Track, others: Sequence[Track]) -> bool:
    """Whether the track goes up to the lines that it crosses, and not only stands between them."""
    drawn = track.profile.drawn
    stops = [at for at in _stops(track, others) if track.start < at < track.end]
    sides = [(at - _NEAR) / track.along - 2 for at in stops]
    sides += [(at + _NEAR) / track.along for at in stops]
    reached = [bool(drawn[max(0, round(side)) :][:2].all()) for side in sides]
    return len(reached) < _SIDES or sum(reached) >= _REACHED * len(reached)


def _of_tables(down: Sequence[Track], across: Sequence[Track]) -> list[Track]:
    """Without strokes of characters that look like walls in a few rows of a table without any."""
    stray: set[int] = set()
    for ladder in _ladders(across):
        top, bottom = ladder[0].at, ladder[-1].at
        left, right = min(t.start for t in ladder), max(t.end for t in ladder)
        inside = [
            track
            for track in down
            if left - _TOUCH <= track.at <= right + _TOUCH
            and track.start < bottom - _TOUCH
            and track.end > top + _TOUCH
        ]
        spans = _joined([(max(t.start, top), min(t.end, bottom)) for t in inside])
        if sum(end - start for start, end in spans) < _WALLED * (bottom - top):
            stray |= {id(track) for track in inside}
    return [track for track in down if id(track) not in stray]


def _ladders(across: Sequence[Track]) -> list[list[Track]]:
    """Lines one above the other that begin and end at the same places."""
    groups: list[list[Track]] = []
    for track in sorted(across, key=lambda t: t.at):
        for group in groups:
            if abs(track.start - group[0].start) + abs(track.end - group[0].end) <= _EVEN:
                group.append(track)
                break
        else:
            groups.append([track])
    return [part for group in groups for part in _parted(group) if len(part) >= _RUNGS]


def _parted(group: Sequence[Track]) -> list[list[Track]]:
    """Parts of a group with no wide gap between their lines."""
    gaps = sorted(below.at - above.at for above, below in pairwise(group))
    widest = max(_FARTHER * gaps[len(gaps) // 2], _SURE) if gaps else 0.0
    parts = [[group[0]]]
    for above, below in pairwise(group):
        if below.at - above.at > widest:
            parts.append([])
        parts[-1].append(below)
    return parts


def _is_sure(pieces: Sequence[Piece], along: float) -> bool:
    """Whether a piece is longer than characters are, or many make up most of a line."""
    lengths = [(piece.end - piece.start) * along for piece in pieces]
    extent = (max(p.end for p in pieces) - min(p.start for p in pieces)) * along
    return max(lengths) >= _SURE or (sum(lengths) >= _SURE and sum(lengths) >= _MOST * extent)


def _short(
    ridges: Ridges, pieces: Sequence[Piece], tracks: Sequence[Track], others: Sequence[Track]
) -> list[Track]:
    """Pieces in none of the certain lines that run from one of the other direction to the next."""
    found = []
    for piece in pieces:
        at = (piece.row + 0.5) * ridges.across
        met = [o for o in others if o.start - _TOUCH <= at <= o.end + _TOUCH]
        ends = piece.start * ridges.along, piece.end * ridges.along
        if any(abs(t.at - at) < _DOUBLED and t.start < ends[1] and ends[0] < t.end for t in tracks):
            continue
        if _runs_between(met, *ends):
            line = _line(ridges, piece, _WEAKEST)
            if line:
                found.append(_track(ridges, [line], sure=False))
    return found


def _runs_between(met: Sequence[Track], start: float, end: float) -> bool:
    """Whether a short line begins at one line and ends at another, or goes on beyond."""
    near = [_NEAR + o.profile.thick / 2 for o in met]
    reached = [o.at for o, by in zip(met, near, strict=True) if start - by <= o.at <= end + by]
    return bool(reached) and max(reached) - min(reached) >= _LOWEST


def _line(ridges: Ridges, piece: Piece, solid: float = _SOLID) -> Piece | None:
    """The piece cut to where it is drawn, if it is evenly dark, thin and stands free."""
    profile = profile_of(ridges, piece.path, piece.start, [piece])
    drawn = np.flatnonzero(profile.drawn)
    if profile.thick > THICKEST or not len(drawn):
        return None
    inside = slice(int(drawn[0]), int(drawn[-1]) + 1)
    share, sides = profile.drawn[inside].mean(), profile.beside[:, inside].mean(axis=1)
    # Long lines may have text close to them on one side; so have strokes of characters.
    length = (piece.end - piece.start) * ridges.along
    short = length < _SURE
    beside = float(sides.max() if short else sides.mean())
    if share >= _UNBROKEN and length >= _LONG:
        beside = float(sides.min())
    if beside > _CLUTTER or share < (_DOTTED if beside <= _FREE else solid):
        return None
    return piece_of(piece.start + inside.start, piece.path[inside] + profile.shift)


def _in_line(piece: Piece, group: Sequence[Piece], ridges: Ridges) -> bool:
    """Whether the piece lies in the line of a group, or is a part of it drawn twice."""
    nearest = min(group, key=lambda p: max(p.start - piece.end, piece.start - p.end))
    gap = max(nearest.start - piece.end, piece.start - nearest.end) * ridges.along
    if gap > _LONG > (piece.end - piece.start) * ridges.along:
        return False
    aside = abs(piece.row - nearest.row) * ridges.across
    overlaps = piece.start < nearest.end and nearest.start < piece.end
    return aside <= (_DOUBLED if overlaps else _ASIDE)


def _track(ridges: Ridges, pieces: list[Piece], *, sure: bool) -> Track:
    columns = np.concatenate([np.arange(p.start, p.end) for p in pieces])
    rows = np.concatenate([p.path for p in pieces])
    order = np.argsort(columns, kind="stable")
    path = np.interp(np.arange(ridges.height.shape[1]), columns[order], rows[order])
    profile = profile_of(ridges, path.astype(np.float32), 0, pieces)
    return Track(
        pieces,
        profile,
        (float(np.median(rows)) + 0.5) * ridges.across,
        float(columns.min()) * ridges.along,
        float(columns.max() + 1) * ridges.along,
        ridges.along,
        sure,
    )


def _strokes(tracks: Sequence[Track], others: Sequence[Track]) -> list[Stroke]:
    return [
        Stroke(track.at, start, end)
        for track in tracks
        for start, end in _joined(_drawn(track, _stops(track, others)))
    ]


def _stops(track: Track, others: Sequence[Track]) -> list[float]:
    """Where lines of the other direction meet the track."""
    stops: list[float] = []
    for at in sorted(o.at for o in others if o.start - _TOUCH <= track.at <= o.end + _TOUCH):
        if not stops or at - stops[-1] > _DOUBLED:
            stops.append(at)
    return stops


def _drawn(track: Track, stops: Sequence[float]) -> list[tuple[float, float]]:
    """The stretches of the track that are drawn, and what is drawn beyond the outermost stops."""
    pieces = [(p.start * track.along, p.end * track.along) for p in track.pieces]
    if not stops:
        long = [piece for piece in pieces if piece[1] - piece[0] >= _SURE]
        return long if track.sure else []
    found = _stretches(track, stops, pieces)
    if not track.sure:
        found += [span for piece in pieces for span in _through(piece, stops)]
    # The edge of the paper may be crossed far beyond the end of a table's line.
    first, last = track.start - _LONG, track.end + _LONG
    found = [
        (track.start if a < first < b else a, track.end if a < last < b else b) for a, b in found
    ]
    if not track.sure and not found:
        return []
    if track.sure:
        ends = [(a, min(b, stops[0])) for a, b in pieces]
        ends += [(max(a, stops[-1]), b) for a, b in pieces]
        found += [(a, b) for a, b in ends if b - a >= _LONG]
    first, last = round(stops[0] / track.along), round(stops[-1] / track.along)
    before = _dangling(track, range(first, -1, -1))
    after = _dangling(track, range(last, len(track.profile.drawn)))
    if before:
        found.append((stops[0] - before, stops[0]))
    if after:
        found.append((stops[-1], stops[-1] + after))
    return found


def _stretches(
    track: Track, stops: Sequence[float], pieces: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    """The stretches between the stops that are drawn; also those that may be, between two that
    are.
    """
    spans = list(pairwise(stops))
    drawn = [_is_drawn(track, a, b, pieces) for a, b in spans]
    sure = [index for index, is_drawn in enumerate(drawn) if is_drawn]
    for before, after in pairwise(sure):
        between = spans[before + 1 : after]
        if track.sure and all(_is_worn(track, a, b) for a, b in between):
            drawn[before:after] = [True] * (after - before)
    return [span for span, is_drawn in zip(spans, drawn, strict=True) if is_drawn]


def _through(piece: tuple[float, float], stops: Sequence[float]) -> list[tuple[float, float]]:
    """The stretches that a piece runs through, if it is longer than a character is high."""
    reached = [at for at in stops if piece[0] - _TOUCH <= at <= piece[1] + _TOUCH]
    long = piece[1] - piece[0] >= _LONG and len(reached) > 2
    return list(pairwise(reached)) if long else []


def _is_worn(track: Track, start: float, end: float) -> bool:
    """Whether what is seen of the track may be what is left of the line."""
    rim = min(_CROSSING, (end - start) / 4)
    inside = slice(round((start + rim) / track.along), round((end - rim) / track.along))
    free = track.profile.beside[:, inside].mean(axis=1).min() <= _FREE
    return bool(free and track.profile.drawn[inside].mean() >= _WORN)


def _dangling(track: Track, columns: range) -> float:
    """How far the line goes on beyond its last crossing; 0 if that may be a character."""
    drawn = track.profile.drawn[columns.start :: columns.step]
    rim = round(_CROSSING / track.along)
    gaps = np.flatnonzero(~drawn[rim:])
    length = rim + int(gaps[0]) if len(gaps) else len(drawn)
    beside = track.profile.beside[:, columns.start :: columns.step][:, rim:length]
    stands_free = length * track.along >= _DANGLING and beside.mean() <= _FREE
    return length * track.along if stands_free else 0.0


def _is_drawn(
    track: Track, start: float, end: float, pieces: Sequence[tuple[float, float]]
) -> bool:
    """Whether enough is seen of the track between two crossings."""
    rim = min(_CROSSING, (end - start) / 4)
    inside = slice(round((start + rim) / track.along), round((end - rim) / track.along))
    drawn, sides = track.profile.drawn[inside], track.profile.beside[:, inside].mean(axis=1)
    if not len(drawn):
        return False
    share, beside = drawn.mean(), sides.mean()
    # A stroke of a character may stand where the line would be, but not from wall to wall.
    near = round((start + _NEAR) / track.along), round((end - _NEAR) / track.along)
    touches = [track.profile.drawn[near[0] :][:2].all(), track.profile.drawn[: near[1]][-2:].all()]
    covered = max((min(b, end) - max(a, start) for a, b in pieces), default=0.0)
    if track.sure:
        if covered >= _COVERED * (end - start) and share >= _DRAWN and beside <= 2 * _CLUTTER:
            return True
        if beside <= _FREE and (any(touches) or end - start >= _LONG):
            return bool(share >= (_WORN if any(touches) else _DRAWN))
        # Figures may stand close to a wall, but on one side of it only.
        beside = sides.min()
    return bool(share >= _DRAWN_UNSURE and beside <= _CLUTTER and all(touches))


def _joined(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1] + _TOUCH:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
