"""Worn lines → tracks: of a thin line a fax or a pale copy leaves specks, but all in one line.

No speck tells a line from dirt, and no few do. That nearly every part of the way from one wall of a
table to another has some, and that nothing else is as near, tells it: writing has strokes above
and below each other, and dirt lies everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from gouji.ocr.ladders import joined
from gouji.ocr.page import Gray
from gouji.ocr.ridges import Marks, Profile, Ridges, beside_of, piece_of, typed
from gouji.ocr.tracks import DOUBLED, TOUCH, Track

_BAND = 2.0
"""Points across in which the specks of a line that is not quite straight lie."""
_PART, _LEAST = 36.0, 144.0
"""Points of a part of the way, and of all of it at least."""
_SEEN, _WRITTEN = 0.75, 0.35
"""Specks are in so many of the parts at least; writing is in the way for no more than this."""
_SHARE, _DIRT, _SURELY = 0.1, 4.0, 2.0
"""So much of the way is drawn at least, and so many times as much as where dirt alone is; a part
that has so many times as much as that surely belongs to the line."""
_AROUND = 20.0
"""Points above and below in which the dirt is seen."""
_FEW, _MISSED = 0.25, 10.0
"""A stretch is not drawn that has so much fewer specks than the others; where so many (columns)
would be and none is, that is no chance."""
_NEAR, _AS_MUCH = 0.2, 0.5
"""So near to the walls, as a share of the way between two, as much is drawn as elsewhere, or half
of that: strokes of figures and dashes for "none" keep off the walls. So it is where no writing is
as near as a ``_LINE`` (points): the rims of characters are only at these."""
_LINE = 12.0
_BODY, _ASIDE, _FEET = (2.0, 9.0), 2.0, 0.3
"""Points above and below, and aside, in which the rest of a character stands whose foot or top a
speck is; by so much, as a share, specks may have that more often than the rest of the way.
"""
_MOST = 0.8
"""A line that is seen over so much of the way already is left as it is."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Seen:
    """Where there are specks with nothing beside them (``free``), writing (``written``), neither
    that nor anything of it within a line's height (``apart``), and anything that is no part of a
    line seen already (``ink``).
    """

    free: Marks
    written: Marks
    apart: Marks
    ink: Marks


def scattered_tracks(
    ridges: Ridges, tracks: Sequence[Track], others: Sequence[Track]
) -> list[Track]:
    """``tracks`` with the lines of which specks are left between the walls that ``others`` are, in
    place of parts of them.
    """
    seen = _seen(ridges, tracks)
    found = [
        _as_track(row, run, ridges)
        for rows, stops in _frames(others, ridges)
        for row, dirt in _peaks(seen.free[:, stops[0] : stops[-1]], rows, ridges)
        for run in _runs(seen.free[row], stops, dirt)
        if _is_line(seen, row, run, dirt, ridges)
    ]
    found = [new for new in found if not any(_covers(track, new) for track in tracks)]
    left = [track for track in tracks if not any(_is_part(track, whole) for whole in found)]
    return [*left, *found]


def _seen(ridges: Ridges, tracks: Sequence[Track]) -> _Seen:
    dark = (ridges.height > ridges.threshold).astype(np.uint8)
    beside = beside_of(dark, ridges.across)
    band = np.ones((round(_BAND / ridges.across) | 1, 1), np.uint8)
    free, written = (_spread(marks, band) for marks in (dark & (1 - beside), dark & beside))
    far = np.ones((round(_LINE / ridges.across) | 1, 1), np.uint8)
    return _Seen(
        free & ~written, written, ~_spread(dark & beside, far), _without(tracks, dark, ridges)
    )


def _without(tracks: Sequence[Track], dark: Gray, ridges: Ridges) -> Marks:
    """What is dark without the lines that are seen."""
    ink = dark.astype(np.bool_)
    for track in tracks:
        rows = slice(*(max(0, round((track.at + by) / ridges.across)) for by in (-_BAND, _BAND)))
        ink[rows, round(track.start / ridges.along) : round(track.end / ridges.along)] = False
    return ink


def _spread(marks: Gray, band: Gray) -> Marks:
    return typed(cv2.dilate(marks, band)).astype(np.bool_)


def _frames(walls: Sequence[Track], ridges: Ridges) -> Iterator[tuple[slice, list[int]]]:
    """Rows of the picture in which the same walls stand, and the columns of these."""
    ends = sorted({end for wall in walls for end in (wall.start - TOUCH, wall.end + TOUCH)})
    for top, bottom in pairwise(ends):
        here = [(w.at, w.at) for w in walls if w.start - TOUCH <= top < w.end + TOUCH]
        stops = [at for at, _ in joined(here)]
        if len(stops) > 1 and stops[-1] - stops[0] >= _LEAST:
            rows = slice(max(0, round(top / ridges.across)), round(bottom / ridges.across))
            yield rows, [round(at / ridges.along) for at in stops]


def _peaks(free: Marks, rows: slice, ridges: Ridges) -> Iterator[tuple[int, float]]:
    """The rows with more specks than any near them, and than dirt leaves; and the share of the
    way that dirt alone covers.
    """
    share = free.mean(axis=1, dtype=np.float32)
    near, around = round(DOUBLED / ridges.across), round(_AROUND / ridges.across)
    highest = cv2.dilate(share[:, None], np.ones((2 * near + 1, 1), np.uint8))[:, 0]
    last = -near
    for row in np.flatnonzero((share == highest) & (share >= _SHARE / 2)).tolist():
        if rows.start <= row < rows.stop and row - last > near:
            dirt = float(np.median(share[max(0, row - around) : row + around]))
            if share[row] > _DIRT * dirt:
                yield row, dirt
            last = row


def _runs(free: Marks, stops: Sequence[int], dirt: float) -> list[list[Span]]:
    """The stretches between walls over which a line goes: in most there are specks, and none in
    one between two others may be chance.
    """
    spans = list(pairwise(stops))
    lengths = np.diff(stops)
    counts = np.array([np.count_nonzero(free[a:b]) for a, b in spans])
    drawn = counts > np.maximum(1, _SURELY * dirt * lengths)
    share = counts[drawn].sum() / max(1, lengths[drawn].sum())
    drawn &= counts > _FEW * share * lengths
    chance = share * lengths < _MISSED
    drawn[1:-1] |= chance[1:-1] & drawn[:-2] & drawn[2:]
    runs: list[list[Span]] = [[]]
    for span, is_drawn in zip(spans, drawn, strict=True):
        if is_drawn:
            runs[-1].append(span)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _is_line(seen: _Seen, row: int, run: Sequence[Span], dirt: float, ridges: Ridges) -> bool:
    """Whether specks are nearly everywhere in a run where nothing is written."""
    first, last = run[0][0], run[-1][1]
    specks, words = seen.free[row, first:last], seen.written[row, first:last]
    size = round(_PART / ridges.along)
    if (last - first) * ridges.along < _LEAST or words.mean() > _WRITTEN:
        return False
    share = np.count_nonzero(specks) / np.count_nonzero(~words)
    hit = _parts(specks, size).sum(axis=1) > _SURELY * dirt * size
    bare = _parts(words, size).mean(axis=1) <= 0.5
    if share < max(_SHARE, _DIRT * dirt) or hit[bare].mean() < _SEEN:
        return False
    if _are_feet(seen, row, slice(first, last), ridges):
        return False
    apart = first + np.flatnonzero(seen.apart[row, first:last])
    places = [*_near_walls(run), apart]
    clear = [columns[~seen.written[row, columns]] for columns in places]
    return all(len(c) and seen.free[row, c].mean() >= _AS_MUCH * share for c in clear)


def _are_feet(seen: _Seen, row: int, way: slice, ridges: Ridges) -> bool:
    """Whether the specks are feet or tops of characters: most have a body, and the rest of the way
    has none.
    """
    near, far = (round(points / ridges.across) for points in _BODY)
    rows = [*range(max(0, row - far), row - near), *range(row + near, row + far)]
    reach = round(_ASIDE / ridges.along)
    body = seen.ink[[at for at in rows if at < len(seen.ink)], way].any(axis=0)
    body = np.convolve(body, np.ones(2 * reach + 1), "same") > 0
    specks = seen.free[row, way]
    if specks.all():
        return False
    return bool(body[specks].mean() > body[~specks].mean() + _FEET)


def _near_walls(run: Sequence[Span]) -> list[NDArray[np.intp]]:
    """The columns right behind the walls, and those right before them."""
    rims = [max(2, round(_NEAR * (end - start))) for start, end in run]
    behind = [np.arange(start + 1, start + rim) for (start, _), rim in zip(run, rims, strict=True)]
    before = [np.arange(end - rim, end - 1) for (_, end), rim in zip(run, rims, strict=True)]
    return [np.concatenate(behind), np.concatenate(before)]


def _parts(marks: Marks, size: int) -> Marks:
    """The marks in parts of ``size``, the last of which may be shorter."""
    count = -(-len(marks) // size)
    return np.pad(marks, (0, count * size - len(marks))).reshape(count, size)


def _as_track(row: int, run: Sequence[Span], ridges: Ridges) -> Track:
    """The line as a track that is drawn all along."""
    first, last = run[0][0], run[-1][1]
    drawn = np.zeros(ridges.height.shape[1], np.bool_)
    drawn[first:last] = True
    profile = Profile(drawn, np.zeros((2, len(drawn)), np.float32), 2 * ridges.across, 0.0)
    piece = piece_of(first, np.full(last - first, row, np.float32))
    at, start, end = (row + 0.5) * ridges.across, first * ridges.along, last * ridges.along
    return Track([piece], profile, at, start, end, ridges.along, True)


def _covers(track: Track, whole: Track) -> bool:
    """Whether a line is seen over most of the way already."""
    common = min(track.end, whole.end) - max(track.start, whole.start)
    return abs(track.at - whole.at) <= DOUBLED and common >= _MOST * (whole.end - whole.start)


def _is_part(track: Track, whole: Track) -> bool:
    inside = whole.start - TOUCH <= track.start and track.end <= whole.end + TOUCH
    return abs(track.at - whole.at) <= DOUBLED and inside
