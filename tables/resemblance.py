"""A label badly read on a scanned page → the one row of the form whose label it may be.

What is left of a label (``不（1分处理的，只计这``) tells its row where it is much more like that
row's label than like any other's: there are few labels, and they are long.
"""

from __future__ import annotations

from functools import cache, lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from gouji.tables.forms.form import FormTable
from gouji.tables.labels import letters

_SHORTEST = 4
"""Characters; less tells nothing."""
_LEAST_SHORT, _LEAST_LONG, _LONG = 0.6, 0.4, 14
"""So alike a label must be at least: a short one, and one of so many characters."""
_AHEAD = 0.15
"""... and by so much more than the next."""
_PART, _WHOLE = 0.9, 0.85
"""What a part of the text is worth that is like the label; noise may stand around it. A label
shorter than the text must be there almost whole: the beginning of a long one holds much of a short.
"""
_WEIGHT = 0.6
"""What such a label counts in comparison with one that was well read."""


@lru_cache(maxsize=8192)
def resemblances(text: str, table: FormTable) -> tuple[float, ...]:
    """For each row of the form 0, but for the one whose label it may be."""
    text = letters(text)
    found = [max(_alike(text, label) for label in labels) for labels in _labels(table)]
    best, second = sorted(found, reverse=True)[:2] if len(found) > 1 else (*found, 0.0)
    if best < _least(len(text)) or best - second < _AHEAD:
        return (0.0,) * len(found)
    return tuple(_WEIGHT * alike if alike == best else 0.0 for alike in found)


def _least(length: int) -> float:
    share = min(1.0, max(0.0, (length - _SHORTEST) / (_LONG - _SHORTEST)))
    return _LEAST_SHORT - share * (_LEAST_SHORT - _LEAST_LONG)


def _alike(text: str, label: str) -> float:
    if min(len(text), len(label)) < _SHORTEST:
        return 0.0
    whole = Levenshtein.normalized_similarity(text, label)
    part = fuzz.partial_ratio(text, label) / 100
    return max(whole, _PART * part) if len(text) <= len(label) or part >= _WHOLE else whole


@cache
def _labels(table: FormTable) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(letters(label) for label in row.labels) for row in table.rows)
