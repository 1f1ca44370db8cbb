"""Draws how a document looks: fonts, borders, paper, spacing. Lengths are points."""

from __future__ import annotations

from random import Random
from typing import Any

from .model import Table

BORDERS = ("full", "thin", "horizontal", "none")
SONG = ("Noto Serif CJK SC", "AR PL UMing CN")
KAI = ("AR PL UKai CN",)
HEI = ("Noto Sans CJK SC", "WenQuanYi Zen Hei")
PAPERS = {
    "A4": (595.3, 841.9),
    "A4-landscape": (841.9, 595.3),
    "A3": (841.9, 1190.6),
    "Letter": (612.0, 792.0),
    "16K": (521.6, 737.0),
}
DIGITS = ("DejaVu Serif", "DejaVu Sans", "DejaVu Serif Condensed", "DejaVu Sans Condensed")
"""Latin fonts for a table's figures; ``font_digits`` is "" where they come from its own font."""
FOOTERS = ("", "- {n} -", "— {n} —", "{n}", "第{n}页")


def draw_style(rng: Random, border: str | None = None) -> dict[str, Any]:
    body = rng.choice(SONG + KAI)
    paper = rng.choices(tuple(PAPERS), (12, 2, 1, 2, 2))[0]
    width, _ = PAPERS[paper]
    return {
        "border": border or rng.choice(BORDERS),
        "font_title": rng.choice(HEI + SONG),
        "font_body": body,
        "font_head": rng.choice((*HEI, body)),
        "font_table": rng.choice((*SONG, *KAI, *HEI, body)),
        "font_digits": "",
        "size_title": rng.choice((16.0, 18.0, 22.0)),
        "size_body": rng.choice((10.5, 12.0, 14.0, 16.0)),
        "size_table": rng.choice((7.0, 8.0, 9.0, 10.0, 10.5, 12.0)) if width > 560 else 8.0,
        "line_height": rng.choice((1.2, 1.5, 1.8)),
        "paper": paper,
        "margin": rng.choice((45.0, 57.0, 72.0, 85.0)) if width > 560 else 48.0,
        "padding": rng.choice((0.5, 1.5, 3.0, 5.0)),
        "align": rng.choices(("center", "right", "left"), (8, 2, 1))[0],
        "label_align": rng.choice(("left", "left", "center")),
        "valign": rng.choice(("middle", "middle", "top")),
        "shade": rng.choice(("", "", "#bdd7ee", "#d9d9d9", "#f2f2f2")),
        "title_tag": rng.choice(("p", "h1", "div")),
        "cell_paragraphs": rng.random() < 0.3,
        "nbsp": rng.random() < 0.3,
        "footer": rng.choice(FOOTERS),
        "rows_break": rng.random() < 0.5,
        "repeat_header": rng.random() < 0.3,
        "bold_head": rng.random() < 0.4,
        "bold_total": rng.random() < 0.2,
        "title_gap": rng.choice((0, 0, 30, 120)),
    }


def fitted_size(table: Table, style: dict[str, Any]) -> float:
    """The table's font size, smaller if a figure would not fit its column; 5 points at least."""
    room = PAPERS[style["paper"]][0] - 2 * style["margin"]
    unit = room / sum(table.widths)
    size: float = style["size_table"]
    for row in table.anchors():
        for column, cell in row:
            if cell.role == "value" and cell.text:
                width = unit * sum(table.widths[column : column + cell.cols])
                digit = 0.65 if style["font_digits"] else 0.6
                ems = sum(digit if ord(c) < 0x2000 else 1.05 for c in cell.text)
                size = min(size, (width - 2 * style["padding"] - 3) / ems)
    return max(5.0, int(size * 2) / 2)
