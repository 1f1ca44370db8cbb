"""How often readings of scanned cells were wrong, by what speaks for them: ``measured.toml``.

``python -m bench.measure`` writes that file from drawn paper of known content. A figure is
accepted where of its class at most ``AIM`` are wrong with 95 % certainty; its confidence is the
share of its class that was right.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from gouji.tables.record import State

AIM = 0.03
"""What is accepted belongs to a class of which no more are wrong, with 95 % certainty."""
AIM_TOLD = 0.05
"""The same for figures whose sums fail: a finding tells so, and no error there is a silent one."""
BANDS = (0.999, 0.9, 0.0)
"""Lower ends of the first reader's share of what was chosen."""
Readers = Literal["agree", "again", "like", "silent", "differ", "one", "chosen", "faint", "ink"]
"""Two agree; the first sees the same in a second picture; it looks like others of its kind in the
document, whatever the second sees; that sees nothing; something else; only the first was asked;
another reading was likelier, but for the sums; there is but a trace of ink; none was asked, for
there is no ink.
"""
Sums = Literal["fail", "own", "none", "hold"]
"""All that tell anything about the cell fail; they fail too, but no other reading of the cell would
mend them; they tell nothing for sure; more hold than fail.
"""


@dataclass(frozen=True, slots=True, order=True)
class Class:
    """Cells for which the same speaks. ``state``: of the reading chosen; ``share``: its band."""

    state: State
    readers: Readers
    sums: Sums
    share: float


@dataclass(frozen=True, slots=True)
class Rate:
    """``bound``: at most this share of such cells is wrong, with 95 % certainty."""

    cells: int
    wrong: int
    bound: float = 1.0

    @property
    def right(self) -> float:
        """The share of right cells to expect, from 0 to 1."""
        return 1 - (self.wrong + 0.5) / (self.cells + 1)


_UNKNOWN = Rate(0, 0)


def band_of(share: float) -> float:
    """The lower end of a share's band."""
    return next(band for band in BANDS if share >= band)


def reading_rate(of: Class) -> Rate:
    """How often what was read was not what stands there."""
    return _readings().get(of, _UNKNOWN)


def suffices(of: Class) -> bool:
    """Whether so few of such cells were wrong that they may be accepted."""
    return reading_rate(of).bound <= (AIM_TOLD if of.sums in ("fail", "own") else AIM)


def place_rate(doubt: str) -> Rate:
    """How often figures in doubt because of their place are wrong. ``doubt``: its code; ``""``:
    how often those of which the place is not in doubt are another cell's.
    """
    return _places().get(doubt, _UNKNOWN)


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("gouji.tables").joinpath("measured.toml").read_text("utf-8"))


@cache
def _readings() -> Mapping[Class, Rate]:
    return {
        Class(each["state"], each["readers"], each["sums"], each["share"]): Rate(
            each["cells"], each["wrong"], each["bound"]
        )
        for each in _data()["readings"]
    }


@cache
def _places() -> Mapping[str, Rate]:
    return {each["doubt"]: Rate(each["cells"], each["wrong"]) for each in _data()["places"]}
