"""A document's own digits: what looks like its 7s and unlike its 1s is a 7."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from gouji.ocr.exemplars import Exemplars
from gouji.ocr.page import Gray


def drawn(text: str, seed: int = 0, apart: int = 22) -> Gray:
    """Black digits on white with ragged edges, no two of them quite alike."""
    rng = np.random.default_rng(seed)
    picture = np.full((44, 16 + apart * len(text)), 255, np.uint8)
    for place, digit in enumerate(text):
        cv2.putText(
            picture, digit, (8 + apart * place, 34), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 3,
            cv2.LINE_AA,
        )  # fmt: skip
    noisy = cv2.GaussianBlur(picture, (0, 0), 1.2) + rng.normal(0, 8, picture.shape)
    return np.where(noisy < 128, 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def digits() -> Exemplars:
    known = [(d, drawn(d, seed)) for seed, d in enumerate("00001111222333455666777888")]
    return Exemplars([*known, ("17", drawn("17", 90)), ("90", drawn("90", 91))])


@pytest.mark.parametrize("text", ["7", "1", "0", "3", "12", "708"])
def test_digits_are_confirmed_by_others_of_their_kind(digits: Exemplars, text: str) -> None:
    assert digits.confirm(text, drawn(text, 7), ())


@pytest.mark.parametrize("text", ["7", "0", "12", "708"])
@pytest.mark.parametrize("shown", ["1", "6", "10", "108", "7 "])
def test_other_digits_are_not(digits: Exemplars, text: str, shown: str) -> None:
    assert shown.strip() == text or not digits.confirm(text, drawn(shown, 8), ())


def test_a_kind_that_is_not_known_is_not_ruled_out(digits: Exemplars) -> None:
    """One 4 and one 9 are too few to tell how they look."""
    assert digits.confirm("7", drawn("7", 9), ["1"])
    assert not digits.confirm("7", drawn("7", 9), ["4"])
    assert not digits.confirm("4", drawn("4", 9), ())


def test_digits_that_touch_tell_nothing(digits: Exemplars) -> None:
    touching = drawn("17", 5, apart=10)
    assert not digits.confirm("17", touching, ())
    assert digits.refuted(["71"], touching) == frozenset()


def test_what_a_picture_cannot_be_is_told(digits: Exemplars) -> None:
    assert digits.refuted(["1", "9", "17"], drawn("7", 3)) == {"1"}
    assert digits.refuted(["7"], drawn("7", 4)) == frozenset()


def test_an_empty_picture_shows_nothing(digits: Exemplars) -> None:
    blank = np.full((20, 20), 255, np.uint8)
    assert not digits.confirm("0", blank, ())
    assert digits.refuted(["0", "1"], blank) == frozenset()
    assert not Exemplars(()).confirm("0", drawn("0"), ())
