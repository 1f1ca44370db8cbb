"""Long labels are shown to readers narrower than they are; what may be a figure never stays so."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from gouji.ocr.page import Gray
from gouji.ocr.reader import Reading, Sight
from gouji.ocr.scan import read_labels

LONG: Gray = np.full((40, 400), 255, np.uint8)
SHORT: Gray = np.full((40, 60), 255, np.uint8)


class Told:
    """Reads every picture as one sight, and remembers how wide it was."""

    name = "told"

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self.widths: list[int] = []

    def read(self, crops: Sequence[Gray]) -> list[Sight]:
        self.widths += [crop.shape[1] for crop in crops]
        return [self._sight] * len(crops)


def test_a_long_label_is_read_once_and_narrow() -> None:
    reader = Told(Sight("2.其他法律行政法规禁止公开", 0.95))
    assert [sight.text for sight in read_labels([SHORT, LONG], reader)] == [reader._sight.text] * 2
    assert sorted(reader.widths)[0] == 60
    assert sorted(reader.widths)[1] < 300
    assert len(reader.widths) == 2


@pytest.mark.parametrize("sight", [
    Sight("1234567890", 0.99, (Reading("told", "1234567890", 0.99),)),
    Sight("通过政务微博公开信息2216条", 0.99),
    Sight("12345678", 0.99),
    Sight("其他法律行政法规禁止公开", 0.2),
    Sight("", 0.0),
])  # fmt: skip
def test_figures_and_what_is_not_clear_are_read_as_wide_as_they_are(sight: Sight) -> None:
    reader = Told(sight)
    assert read_labels([LONG], reader) == [sight]
    assert reader.widths[-1] == LONG.shape[1]
