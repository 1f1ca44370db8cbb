"""Outputs of a recogniser step by step → the likeliest texts (connectionist temporal
classification: a text is the sum of all ways in which steps can spell it).
"""

from __future__ import annotations

from heapq import nlargest

import numpy as np
from numpy.typing import NDArray

_SURE = 0.9995
"""Steps as sure as this leave no second text worth asking for."""
_BEAM = 12
_MOST = 5
_LEAST = 1e-5


def texts_of(steps: NDArray[np.float32], symbols: str) -> list[tuple[str, float]]:
    """The likeliest texts with their probabilities, best first.

    ``steps`` (n, 1 + len(symbols)): for each step the probability of nothing new (column 0) and of
    each symbol; rows sum to 1.
    """
    best = steps.argmax(axis=1)
    sure = steps[np.arange(len(steps)), best]
    if sure.min(initial=1.0) >= _SURE:
        return [(_spelt(best, symbols), float(sure.prod()))]
    return _beam(steps, symbols)


def _spelt(path: NDArray[np.intp], symbols: str) -> str:
    """The text of one path: repeats are one symbol, and nothing new parts two of a kind."""
    kept = path[np.flatnonzero(np.diff(path, prepend=-1))]
    return "".join(symbols[i - 1] for i in kept if i)


def _beam(steps: NDArray[np.float32], symbols: str) -> list[tuple[str, float]]:
    """Prefix beam search: of each text the probability to end in nothing new, and in a symbol."""
    beam: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}
    for nothing, *shares in steps.tolist():
        options = [(symbols[i], share) for i, share in enumerate(shares) if share > _LEAST]
        grown: dict[str, tuple[float, float]] = {}
        for text, (rest, ended) in beam.items():
            both = rest + ended
            _add(grown, text, both * nothing, 0.0)
            for symbol, share in options:
                if text.endswith(symbol):
                    _add(grown, text, 0.0, ended * share)
                    _add(grown, text + symbol, 0.0, rest * share)
                else:
                    _add(grown, text + symbol, 0.0, both * share)
        if len(grown) > _BEAM:
            grown = dict(nlargest(_BEAM, grown.items(), key=_likely))
        beam = grown
    found = [(text, sum(parts)) for text, parts in beam.items() if sum(parts) > _LEAST]
    return sorted(found, key=lambda item: -item[1])[:_MOST]


def _likely(item: tuple[str, tuple[float, float]]) -> float:
    return item[1][0] + item[1][1]


def _add(beam: dict[str, tuple[float, float]], text: str, rest: float, ended: float) -> None:
    old = beam.get(text, (0.0, 0.0))
    beam[text] = (old[0] + rest, old[1] + ended)
