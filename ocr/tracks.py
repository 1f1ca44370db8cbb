"""Pieces of ridges → tracks: the pieces that lie in one line, and what is seen along it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gouji.ocr.ridges import THICKEST, Piece, Profile, Ridges, fades, piece_of, profile_of

CLUTTER = 0.15
"""Beside a line so much may be drawn; beside strokes of characters there is more."""
SOLID = 0.85
"""A piece of a line is drawn over so much of its length, if more than nothing is beside it."""
_WEAKEST = 0.75
"""The same if it runs from one line to another."""
_UNBROKEN = 0.93
"""A piece drawn over so much of a length that no character has may have text close to it."""
_DOTTED = 0.4
"""The same with nothing beside it: dots and dashes."""
FREE = 0.05
LONG = 24.0
"""Points; a piece so long beyond all crossings is still drawn."""
SURE = 48.0
"""Points; so much of a track makes it a line; strokes of characters are shorter."""
_MOST = 0.55
"""... and so much of the way, if it is worn."""
_ASIDE = 1.2
"""Points that pieces of one line may lie beside each other."""
DOUBLED = 3.0
"""Points; parallel lines nearer than this are one line drawn twice."""
TOUCH = 4.0
"""Points that a line may end before another that it meets, as everywhere."""
_CORNER = 12.0
"""Points of a line's end that may be worn away where another ends too."""
NEAR = 1.5
"""Points from the rim of another line at which a short line ends."""
_MEETS, _ENDS = 1.5, 2
"""Points from a line at which a worn one ends, figures keep farther off; and how many it has."""
AS_THICK = 1.5
"""Lines of a sheet are no thicker than most by more than this."""
_SAGITTA, _RADIUS = 1.0, 150.0
"""Points: how far the middle of an arc is from its ends, and how large a seal is at most."""
LOWEST = 13.0
"""Points; lines nearer than this have no short line between them: a stroke may be as long."""


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


def tracks_of(ridges: Ridges, pieces: Sequence[Piece]) -> list[Track]:
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
    long = [p for p in waiting if (p.end - p.start) * ridges.along >= LONG]
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
        if (p.end - p.start) * ridges.along >= LONG
        or length[round(p.row / step)] * ridges.along >= SURE
    ]


def _is_sure(pieces: Sequence[Piece], along: float) -> bool:
    """Whether a piece is longer than characters are, or many make up most of a line."""
    lengths = [(piece.end - piece.start) * along for piece in pieces]
    extent = (max(p.end for p in pieces) - min(p.start for p in pieces)) * along
    return max(lengths) >= SURE or (sum(lengths) >= SURE and sum(lengths) >= _MOST * extent)


def short_tracks(
    ridges: Ridges, pieces: Sequence[Piece], tracks: Sequence[Track], others: Sequence[Track]
) -> list[Track]:
    """Pieces in none of the certain lines that run from one of the other direction to the next."""
    found = []
    # What crosses a line and is as thin as one is no stroke of a character, though text is close.
    thickest = AS_THICK * float(np.median([o.profile.thick for o in others] or [0]))
    for piece in pieces:
        at = (piece.row + 0.5) * ridges.across
        met = [o for o in others if o.start - TOUCH <= at <= o.end + TOUCH]
        ends = piece.start * ridges.along, piece.end * ridges.along
        if any(_is_on(piece, track, ridges) for track in tracks):
            continue
        reached = _reached(met, *ends)
        lowest = LOWEST if ends[1] - ends[0] < LONG else DOUBLED
        if reached and max(reached) - min(reached) >= lowest:
            room = _room(ridges, piece, thickest) if len(reached) > _ENDS else FREE
            line = _line(ridges, piece, _WEAKEST, room)
            if line:
                found.append(_track(ridges, [line], sure=False))
    return found + _worn_tracks(ridges, pieces, [*tracks, *found], others, thickest)


def _worn_tracks(
    ridges: Ridges,
    pieces: Sequence[Piece],
    tracks: Sequence[Track],
    others: Sequence[Track],
    thickest: float,
) -> list[Track]:
    """Short lines of which only parts are left, from one line of the other direction over some to
    the last: a small table's. Text may be close to parts that are no thicker than ``thickest``.
    """
    lines = np.array([(o.at, o.start - TOUCH, o.end + TOUCH) for o in others]).reshape(-1, 3)
    free = [
        line
        for piece in pieces
        if _meets(piece, lines, ridges)
        and not any(_is_on(piece, track, ridges) for track in tracks)
        and (line := _line(ridges, piece, _WEAKEST, _room(ridges, piece, thickest)))
    ]
    groups = [group for group in _grouped(ridges, free) if len(group) > 1]
    return [_track(ridges, group, sure=True) for group in groups if _spans(ridges, group, others)]


def _spans(ridges: Ridges, group: Sequence[Piece], others: Sequence[Track]) -> bool:
    """Whether pieces begin at one line and end at another, over at least one between them."""
    start, end = min(p.start for p in group), max(p.end for p in group)
    at = (group[0].row + 0.5) * ridges.across
    met = [o.at for o in others if o.start - TOUCH <= at <= o.end + TOUCH]
    first, last = start * ridges.along, end * ridges.along
    crossed = [by for by in met if first - _MEETS <= by <= last + _MEETS]
    return (
        len(crossed) > _ENDS
        and max(min(crossed) - first, last - max(crossed)) <= DOUBLED
        and sum(p.end - p.start for p in group) >= _MOST * (end - start)
    )


def _meets(piece: Piece, lines: NDArray[np.float64], ridges: Ridges) -> bool:
    """Whether a piece ends at one of the ``lines`` (at, start, end), or crosses it."""
    at, start, end = lines.T
    place = (piece.row + 0.5) * ridges.across
    first, last = piece.start * ridges.along - _MEETS, piece.end * ridges.along + _MEETS
    return bool(((start <= place) & (place <= end) & (first <= at) & (at <= last)).any())


def _is_on(piece: Piece, track: Track, ridges: Ridges) -> bool:
    """Whether a piece lies on a track's line."""
    start, end = piece.start * ridges.along, piece.end * ridges.along
    aside = abs(track.at - (piece.row + 0.5) * ridges.across)
    return aside < DOUBLED and track.start < end and start < track.end


def _room(ridges: Ridges, piece: Piece, thickest: float) -> float:
    """How much may be beside a piece of a short line: text, if it is as thin as lines are."""
    thick = profile_of(ridges, piece.path, piece.start, [piece]).thick
    return CLUTTER if thick <= thickest else FREE


def _reached(met: Sequence[Track], start: float, end: float) -> list[float]:
    """The lines of the other direction that a short one begins or ends at, or crosses."""
    near = [NEAR + o.profile.thick / 2 for o in met]
    return [o.at for o, by in zip(met, near, strict=True) if start - by <= o.at <= end + by]


def _line(
    ridges: Ridges, piece: Piece, solid: float = SOLID, clutter: float = FREE
) -> Piece | None:
    """The piece cut to where it is drawn, if it is evenly dark, thin and stands free: beside a
    short one there is no more than ``clutter``.
    """
    profile = profile_of(ridges, piece.path, piece.start, [piece])
    drawn = np.flatnonzero(profile.drawn)
    if profile.thick > THICKEST or not len(drawn) or _is_arc(ridges, piece):
        return None
    inside = slice(int(drawn[0]), int(drawn[-1]) + 1)
    share, sides = profile.drawn[inside].mean(), profile.beside[:, inside].mean(axis=1)
    # Long lines may have text close to them on one side; so have strokes of characters.
    length = (piece.end - piece.start) * ridges.along
    short = length < SURE
    beside = float(sides.max() if short else sides.mean())
    if share >= _UNBROKEN and length >= LONG:
        beside = float(sides.min())
    cluttered = beside > (CLUTTER if length >= LONG else clutter)
    if cluttered or share < (_DOTTED if beside <= FREE else solid):
        return None
    return piece_of(piece.start + inside.start, piece.path[inside] + profile.shift)


def _is_arc(ridges: Ridges, piece: Piece) -> bool:
    """Whether a piece bends as the rim of a seal does."""
    path, length = piece.path * ridges.across, len(piece.path) * ridges.along
    sagitta = abs(float(path[len(path) // 2]) - float(path[0] + path[-1]) / 2)
    return sagitta >= _SAGITTA and length**2 <= 8 * sagitta * _RADIUS


def _in_line(piece: Piece, group: Sequence[Piece], ridges: Ridges) -> bool:
    """Whether the piece lies in the line of a group, or is a part of it drawn twice."""
    nearest = min(group, key=lambda p: max(p.start - piece.end, piece.start - p.end))
    gap = max(nearest.start - piece.end, piece.start - nearest.end) * ridges.along
    if gap > LONG > (piece.end - piece.start) * ridges.along:
        return False
    aside = abs(piece.row - nearest.row) * ridges.across
    overlaps = piece.start < nearest.end and nearest.start < piece.end
    return aside <= (DOUBLED if overlaps else _ASIDE)


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


def stops_of(track: Track, others: Sequence[Track]) -> list[float]:
    """Where lines of the other direction meet the track."""
    stops: list[float] = []
    for at in sorted(other.at for other in others if _meet(track, other)):
        if not stops or at - stops[-1] > DOUBLED:
            stops.append(at)
    return stops


def _meet(track: Track, other: Track) -> bool:
    """Whether two lines meet; at a corner where one ends, the other may be worn."""
    apart = max(other.start - track.at, track.at - other.end)
    if apart <= TOUCH or apart > _CORNER:
        return apart <= TOUCH
    ends = (end * track.along for piece in track.pieces for end in (piece.start, piece.end))
    return track.sure and other.sure and any(abs(end - other.at) <= NEAR for end in ends)
