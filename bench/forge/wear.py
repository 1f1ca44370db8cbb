"""What scanners, copiers, faxes and phones do to a page, drawn once for each document.

Lengths are pixels of the finished picture unless they say otherwise; greys are 0 to 255.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

LEVELS = ("clean", "office", "low", "fax", "phone")
FAX_X, FAX_Y = 204.0, (196.0, 98.0)
"""Pixels per inch along a fax's lines, and across them: fine and standard."""


@dataclass(frozen=True)
class Wear:
    """How one document was made into pictures.

    ``dpi`` is across and down. ``gain`` is how far toner spreads, in 1/300 inch across and down;
    ``broken`` the share of the rulings' length that is lost; ``bleed`` how dark the back of the
    sheet shows (0 to 1); ``strength`` how dark ink is (0 to 1); ``shading`` how much darker the
    darkest corner is (0 to 1); ``jpeg`` the quality, 0 without; ``tilt``, ``curl`` and ``cast``
    are a photograph's perspective, bent sheet and colour, as shares.
    """

    level: str
    dpi: tuple[float, float]
    colour: bool = False
    skew: float = 0.0
    gain: tuple[float, float] = (0.0, 0.0)
    broken: float = 0.0
    bleed: float = 0.0
    seal: bool = False
    strength: float = 1.0
    paper: float = 255.0
    shading: float = 0.0
    edge: bool = False
    blur: float = 0.0
    noise: float = 0.0
    jpeg: int = 0
    threshold: float = 0.0
    speckle: float = 0.0
    dropped: int = 0
    tilt: float = 0.0
    curl: float = 0.0
    cast: tuple[float, float, float] = (1.0, 1.0, 1.0)
    turn: int = 0


def draw_wear(rng: Random, level: str, digits: float) -> Wear:
    """Draws a level's wear; ``digits`` is the size in points of the table's smallest figures."""
    return {"clean": _clean, "office": _office, "low": _low, "fax": _fax, "phone": _phone}[level](
        rng, digits
    )


def _clean(rng: Random, _digits: float) -> Wear:
    return Wear(
        "clean", (300.0, 300.0),
        colour=rng.random() < 0.15, skew=_skew(rng, 0.2), blur=rng.uniform(0.3, 0.6),
        noise=rng.uniform(0.0, 2.0), paper=rng.uniform(248, 255),
        jpeg=rng.choice((0, 90, 95)), turn=_turn(rng, 0.03),
    )  # fmt: skip


def _office(rng: Random, _digits: float) -> Wear:
    colour = rng.random() < 0.4
    return Wear(
        "office", (200.0, 200.0),
        colour=colour, skew=_skew(rng, 1.0), gain=(rng.uniform(0, 1.0),) * 2,
        bleed=rng.choice((0.0, 0.0, rng.uniform(0.04, 0.12))),
        seal=rng.random() < (0.5 if colour else 0.15), strength=rng.uniform(0.8, 1.0),
        broken=rng.choice((0.0, 0.0, rng.uniform(0.0, 0.05))),
        paper=rng.uniform(236, 252), shading=rng.uniform(0.0, 0.12), edge=rng.random() < 0.3,
        blur=rng.uniform(0.4, 0.8), noise=rng.uniform(2.0, 6.0), jpeg=75, turn=_turn(rng, 0.06),
    )  # fmt: skip


def _low(rng: Random, _digits: float) -> Wear:
    colour = rng.random() < 0.25
    return Wear(
        "low", (150.0, 150.0),
        colour=colour, skew=_skew(rng, 2.0), gain=(rng.uniform(0, 1.5),) * 2,
        bleed=rng.choice((0.0, rng.uniform(0.03, 0.09))),
        seal=colour and rng.random() < 0.4,
        strength=rng.uniform(0.5, 0.85), broken=rng.uniform(0.0, 0.2),
        paper=rng.uniform(215, 245), shading=rng.uniform(0.0, 0.18), edge=rng.random() < 0.4,
        blur=rng.uniform(0.5, 0.9), noise=rng.uniform(2.0, 7.0), jpeg=rng.randint(40, 60),
        turn=_turn(rng, 0.06),
    )  # fmt: skip


def _fax(rng: Random, digits: float) -> Wear:
    """Standard resolution only where the figures are large enough for it."""
    down = FAX_Y[digits >= 12 and rng.random() < 0.75]
    coarse = down == FAX_Y[1]
    return Wear(
        "fax", (FAX_X, down),
        skew=_skew(rng, 1.2),
        gain=(rng.uniform(1.0, 2.0), rng.uniform(1.8, 2.6) if coarse else 1.5),
        broken=rng.uniform(0.0, 0.15), blur=rng.uniform(0.2, 0.5), noise=rng.uniform(8.0, 24.0),
        threshold=rng.uniform(120, 165), speckle=rng.uniform(0.0, 0.0012),
        # A line of a coarse fax may be all there is of a stroke.
        dropped=0 if coarse else rng.randint(0, 4), turn=_turn(rng, 0.04),
    )  # fmt: skip


def _phone(rng: Random, digits: float) -> Wear:
    dpi = rng.uniform(150 if digits >= 10 else 185, 250)
    warmth = rng.uniform(-0.09, 0.05)
    return Wear(
        "phone", (dpi, dpi),
        colour=True, skew=_skew(rng, 2.5), gain=(rng.uniform(0, 0.8),) * 2,
        seal=rng.random() < 0.25, strength=rng.uniform(0.75, 0.95), paper=rng.uniform(210, 240),
        shading=rng.uniform(0.1, 0.4), blur=rng.uniform(0.5, 0.95), noise=rng.uniform(2.0, 6.0),
        jpeg=rng.randint(70, 90), tilt=rng.uniform(0.0, 0.035), curl=rng.uniform(0.0, 0.010),
        cast=(1.0, 1.0 - abs(warmth) / 3, 1.0 + warmth), turn=_turn(rng, 0.1),
    )  # fmt: skip


def _skew(rng: Random, most: float) -> float:
    return rng.uniform(-most, most)


def _turn(rng: Random, share: float) -> int:
    """Quarter turns to the left of a sheet laid the wrong way."""
    return rng.choice((1, 2, 3)) if rng.random() < share else 0
