"""Tracks that are no walls: strokes of characters that stand one below the other in a table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from gouji.ocr.tracks import AS_THICK, NEAR, SOLID, SURE, TOUCH, Track, stops_of

_SIDES, _REACHED = 4, 0.25
"""Of so many ends of stretches at lines of the other direction a line reaches at least this share;
strokes of characters, one in each row or column, do not."""
_RUNGS, _EVEN, _FARTHER = 6, 10.0, 3.0
"""So many lines one above the other with the same ends (points) are a table's; nothing in it is so
many times higher than its usual row."""
_BAR = 3.5
"""A frame is no more than so many times as thick as most lines."""
_WALLED = 0.4
"""Walls stand in at least this part of a table that has any."""


def reaches(track: Track, others: Sequence[Track]) -> bool:
    """Whether the track goes up to the lines that it crosses, and not only stands between them."""
    drawn = track.profile.drawn
    stops = [at for at in stops_of(track, others) if track.start < at < track.end]
    sides = [(at - NEAR) / track.along - 2 for at in stops]
    sides += [(at + NEAR) / track.along for at in stops]
    reached = [bool(drawn[max(0, round(side)) :][:2].all()) for side in sides]
    return len(reached) < _SIDES or sum(reached) >= _REACHED * len(reached)


def as_thin(tracks: Sequence[Track], others: Sequence[Track]) -> list[Track]:
    """Without what is too thick beside the sheet's solid lines: a row of characters, and, if it is
    broken, a column of ``0`` set closely.
    """
    solid = [t.profile.thick for t in (*tracks, *others) if _drawn(t) >= SOLID]
    usual = float(np.median(solid)) if solid else np.inf
    return [
        t for t in tracks if t.profile.thick <= (_BAR if _drawn(t) >= SOLID else AS_THICK) * usual
    ]


def _drawn(track: Track) -> float:
    """The share of it that is drawn."""
    inside = slice(round(track.start / track.along), round(track.end / track.along))
    return float(track.profile.drawn[inside].mean())


def walls_of_tables(down: Sequence[Track], across: Sequence[Track]) -> list[Track]:
    """Without strokes of characters that look like walls in a few rows of a table without any."""
    stray: set[int] = set()
    for ladder in _ladders(across):
        top, bottom = ladder[0].at, ladder[-1].at
        left, right = min(t.start for t in ladder), max(t.end for t in ladder)
        inside = [
            track
            for track in down
            if left - TOUCH <= track.at <= right + TOUCH
            and track.start < bottom - TOUCH
            and track.end > top + TOUCH
        ]
        spans = joined([(max(t.start, top), min(t.end, bottom)) for t in inside])
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
    widest = max(_FARTHER * gaps[len(gaps) // 2], SURE) if gaps else 0.0
    parts = [[group[0]]]
    for above, below in pairwise(group):
        if below.at - above.at > widest:
            parts.append([])
        parts[-1].append(below)
    return parts


def joined(spans: Sequence[tuple[float, float]], gap: float = TOUCH) -> list[tuple[float, float]]:
    """Spans (points) in their order; those that meet, or nearly, as one."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1] + gap:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found
