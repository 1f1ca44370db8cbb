"""A balanced corpus: each form, layout family and border style has its share of the documents.

Seeds 0 to 99,999 are for tuning; reports draw from 1,000,000 on, and nobody tunes on those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

from .draw import FORMS, KINDS, Drawn, draw
from .layouts import FAMILIES, TRANSFORMATIONS
from .style import BORDERS

# Kinds that have more than one share: PDFs are most of what is published.
SHARES = {"pdf-libreoffice": 3, "pdf-chromium": 3, "html": 2, "docx": 2}


def corpus(
    count: int,
    seed: int,
    *,
    form: str | None = None,
    kind: str | None = None,
    layouts: Sequence[str] | None = None,
) -> list[Drawn]:
    """``count`` documents from ``seed`` on. Forms, borders and families take turns.

    The kind is drawn among those that have layouts of the family.
    """
    families = (*FAMILIES, "")
    out = []
    for index in range(count):
        turn = index // len(FORMS)
        family = families[(index + 2 * turn) % len(families)]
        out.append(
            draw(
                seed + index,
                form=form or FORMS[index % len(FORMS)],
                kind=kind or _kind(Random(f"corpus {seed + index}"), family),
                border=BORDERS[(index + 2 * turn) % len(BORDERS)],
                layouts=layouts,
                family=family or None,
            )
        )
    return out


def _kind(rng: Random, family: str) -> str:
    offered = [each.kinds for each in TRANSFORMATIONS.values() if each.family == family]
    kinds = [kind for kind in KINDS if not offered or any(kind in each for each in offered)]
    return rng.choices(kinds, [SHARES.get(kind, 1) for kind in kinds])[0]


def balance(documents: Sequence[Drawn]) -> dict[str, Counter[str]]:
    """How many documents each form, kind, border, layout family and layout has."""
    out: dict[str, Counter[str]] = {
        key: Counter() for key in ("form", "kind", "border", "family", "layout")
    }
    for drawn in documents:
        out["form"][drawn.form] += 1
        out["kind"][drawn.kind] += 1
        out["border"][drawn.families["border"] or "no borders in this kind"] += 1
        out["family"].update(drawn.families["layout"])
        out["layout"].update(drawn.layouts)
    return out
