"""A seed → a drawn document."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from bench.grids import content
from bench.grids.model import Drawn, Style

BORDERS = (
    "full",
    "horizontal",
    "booktabs",
    "none",
    "none",
    "shaded",
    "outer",
    "head",
    "open",
    "separate",
)
FONTS = {
    "zh": (
        "Noto Serif CJK SC",
        "Noto Sans CJK SC",
        "AR PL UKai CN",
        "AR PL UMing CN",
        "WenQuanYi Zen Hei",
    ),
    "en": ("DejaVu Serif", "DejaVu Sans", "DejaVu Sans Condensed", "Noto Sans CJK SC"),
}


def draw(seed: int) -> Drawn:
    """The document of this seed, always the same."""
    rng = Random(seed)
    language = rng.choice(("zh", "en"))
    style = Style(
        border=rng.choice(BORDERS),
        font=rng.choice(FONTS[language]),
        size=rng.choice((8, 9, 10, 10.5, 12)),
        padding=rng.choice((0.75, 1.5, 2, 3, 4, 6)),
        width=rng.choice((0, 0, 100, 100, 80)),
        line_height=rng.choice((1.1, 1.25, 1.5)),
        page=rng.choice(("A4", "A4", "A4 landscape", "letter")),
    )
    writer = rng.choice(("chromium", "libreoffice"))
    if writer == "libreoffice" and style.border == "separate":
        style = replace(style, border="full")
    parts: list[tuple[str, object]] = [("h", content.title(rng, language))]
    tables = rng.choice((1, 1, 2, 3, 4))
    families = []
    for _ in range(tables):
        parts += _between(rng, language)
        table = rng.choice(content.KINDS)(rng, language)
        if rng.random() < 0.6:
            table = replace(table, caption=content.title(rng, language))
        families.append(table.family)
        parts.append(("table", table))
    parts += _between(rng, language)
    return Drawn(seed, language, style, tuple(parts), writer, tuple(families))


def _between(rng: Random, language: str) -> list[tuple[str, object]]:
    """What stands between tables: prose, a list, prose in two columns, or nothing."""
    parts: list[tuple[str, object]] = []
    for _ in range(rng.randint(0, 2)):
        kind = rng.choice(("p", "p", "p", "list", "columns", "h"))
        if kind == "list":
            parts.append(
                (kind, tuple(content.words(rng, language, 3, 16) for _ in range(rng.randint(2, 6))))
            )
        elif kind == "columns":
            parts.append(
                (kind, tuple(content.paragraph(rng, language) for _ in range(rng.randint(3, 5))))
            )
        elif kind == "h":
            parts.append((kind, content.title(rng, language)))
        else:
            parts.append((kind, content.paragraph(rng, language)))
    return parts
