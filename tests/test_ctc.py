"""Steps of a recogniser → texts: every text is the sum of all ways to spell it."""

from itertools import product

import numpy as np
import pytest

from gouji.ocr.ctc import texts_of

SYMBOLS = "01"


def spelt(path: tuple[int, ...]) -> str:
    kept = [i for n, i in enumerate(path) if i and (n == 0 or path[n - 1] != i)]
    return "".join(SYMBOLS[i - 1] for i in kept)


def exactly(steps: np.ndarray) -> dict[str, float]:
    """The probability of every text, by going through all paths."""
    found: dict[str, float] = {}
    for path in product(range(3), repeat=len(steps)):
        share = float(np.prod([row[i] for row, i in zip(steps, path, strict=True)]))
        found[spelt(path)] = found.get(spelt(path), 0.0) + share
    return found


@pytest.mark.parametrize("seed", range(6))
def test_probabilities_are_those_of_all_paths(seed: int) -> None:
    raw = np.random.default_rng(seed).random((4, 3)).astype(np.float32)
    steps = raw / raw.sum(axis=1, keepdims=True)
    truth = exactly(steps)
    found = texts_of(steps, SYMBOLS)
    best = max(truth, key=lambda text: truth[text])
    assert found[0][0] == best
    for text, share in found[:3]:
        assert share == pytest.approx(truth[text], rel=0.02)


def test_a_digit_twice_needs_nothing_between() -> None:
    one, nothing = [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]
    assert texts_of(np.array([one, one], np.float32), SYMBOLS)[0][0] == "1"
    assert texts_of(np.array([one, nothing, one], np.float32), SYMBOLS)[0][0] == "11"


def test_no_step_is_no_text() -> None:
    assert texts_of(np.zeros((0, 3), np.float32), SYMBOLS) == [("", 1.0)]
