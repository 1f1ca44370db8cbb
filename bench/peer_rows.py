"""From the words that a peer saw on its pages to the rows of the requests table, generously.

Everything that a peer leaves to its user is done for it as well as it can be, with the form at
hand: the page is set straight, columns are found, and lines are matched with the form's rows by
label and order. What is not seen stays blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from rapidfuzz.fuzz import partial_ratio

from bench.forge.forms import APPLICANTS, FORMS, ref_of
from bench.scoring import Reading
from gouji.tables.numbers import parse

Word = tuple[float, float, float, float, str]
FIGURE = re.compile(
    r"[-—－]?[\d０-９oOlI|〇]+(?:[.,，][\d０-９]+)*|0\.|[-—－/／]+|无|不涉及|不适用"
)
"""What may stand in a cell; ``1.`` is an item's number."""
LOOKS = str.maketrans({"o": "0", "O": "0", "〇": "0", "l": "1", "I": "1", "|": "1", ".": ""})
COLUMNS = len(APPLICANTS)
SURE = 60
"""A label this similar to the form's is that label."""


@dataclass
class _Line:
    """One line with figures: its label, and its figures by column."""

    y: float
    height: float
    label: str = ""
    figures: list[tuple[float, str]] = field(default_factory=list)


def requests_of(pages: Sequence[Sequence[Word]], edition: str) -> dict[str, Reading]:
    """The requests table's cells, as far as the words of all pages tell."""
    straight = [_straight(_tokens(words)) for words in pages]
    found = [line for words in straight for line in _lines(words)]
    columns = _columns(found, [word for words in straight for word in words])
    rows = [(row["key"], f"{row['group'] or ''}{row['label']}", row["label"])
            for row in FORMS[edition]["requests"]]  # fmt: skip
    out: dict[str, Reading] = {}
    for index, line in _matched(found, rows):
        for column, text in zip(APPLICANTS, _placed(line, found, columns), strict=True):
            out[ref_of(rows[index][0], column)] = _reading(text)
    return out


def _tokens(words: Sequence[Word]) -> Iterator[Word]:
    """Words without blanks in them, each in its share of the box; rules read as strokes dropped."""
    for x0, y0, x1, y1, text in words:
        parts = [(m.start(), m.end(), m[0]) for m in re.finditer(r"\S+", text)]
        wide = (x1 - x0) / max(1, len(text))
        for start, end, part in parts:
            plain = part.strip("|[]｜丨「」") or ("1" if part == "|" and len(parts) == 1 else "")
            if plain:
                yield x0 + start * wide, y0, x0 + end * wide, y1, plain


def _straight(words: Iterator[Word]) -> list[Word]:
    """Turned by the few degrees that bring most words into lines."""
    kept = list(words)
    if len(kept) < 8:
        return kept
    boxes = np.array([word[:4] for word in kept])
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    step = max(2.0, float(np.median(boxes[:, 3] - boxes[:, 1])) / 4)

    def sharpness(slope: float) -> float:
        counts = np.bincount(((y - slope * x - (y - slope * x).min()) / step).astype(int))
        return float((counts.astype(float) ** 2).sum())

    slope = max(np.linspace(-0.06, 0.06, 121), key=sharpness)
    return [
        (a, b - slope * (a + c) / 2, c, d - slope * (a + c) / 2, text) for a, b, c, d, text in kept
    ]


def _lines(words: Sequence[Word]) -> list[_Line]:
    """Lines with figures right of the labels; a label is what stands left of them, or reaches
    over them.
    """
    figures = [word for word in words if FIGURE.fullmatch(word[4])]
    lines: list[_Line] = []
    for word in sorted(figures, key=lambda w: w[1] + w[3]):
        y, height = (word[1] + word[3]) / 2, word[3] - word[1]
        if not lines or y - lines[-1].y > 0.6 * max(height, lines[-1].height):
            lines.append(_Line(y, height))
        lines[-1].figures.append(((word[0] + word[2]) / 2, word[4]))
    others = [word for word in words if not FIGURE.fullmatch(word[4])]
    for line, after in zip(lines, [*lines[1:], None], strict=False):
        first = min(x for x, _ in line.figures)
        # A cell of the next row begins half a row away.
        reach = min(line.height, 0.45 * (after.y - line.y)) if after else 0.45 * line.height
        near = [w for w in others if w[1] - reach < line.y < w[3] + reach and w[0] < first]
        line.label = "".join(w[4] for w in sorted(near, key=lambda w: (w[0] // 40, w[1])))
        line.figures.sort()
    return lines


def _matched(
    lines: Sequence[_Line], rows: Sequence[tuple[str, str, str]]
) -> list[tuple[int, _Line]]:
    """The best chain of lines and rows that keeps both orders; labels weigh, figures help."""
    scores = np.zeros((len(lines) + 1, len(rows) + 1))
    gains = np.zeros((len(lines), len(rows)))
    for i, line in enumerate(lines):
        for j, (_, long, short) in enumerate(rows):
            like = max(partial_ratio(line.label, long), partial_ratio(line.label, short))
            enough = len(line.label) >= 2 and like >= SURE
            gains[i, j] = (like + min(len(line.figures), COLUMNS)) * enough
            # In a table of many figures a line that lost its label still has its place.
            if not enough and len(line.figures) >= COLUMNS - 1:
                gains[i, j] = 20
    for i in range(len(lines)):
        for j in range(len(rows)):
            scores[i + 1, j + 1] = max(
                scores[i, j + 1], scores[i + 1, j], scores[i, j] + gains[i, j]
            )
    out, i, j = [], len(lines), len(rows)
    while i and j:
        if scores[i, j] == scores[i - 1, j]:
            i -= 1
        elif scores[i, j] == scores[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            out.append((j, lines[i]))
    return out


def _columns(lines: Sequence[_Line], words: Sequence[Word]) -> list[float]:
    """Where the figures stand if no line has them all: under their header, else where most do."""
    head = [next(((w[0] + w[2]) / 2 for w in words if w[4] == name), None)
            for name in APPLICANTS.values()]  # fmt: skip
    places = [x for x in head if x is not None]
    if len(places) == COLUMNS and places == sorted(places):
        return places
    most: list[float] = max(([x for x, _ in line.figures] for line in lines), key=len, default=[])
    step = (most[-1] - most[0]) / (len(most) - 1) if len(most) > 1 else 1.0
    return [*most[:COLUMNS], *(most[-1] + step * n for n in range(1, COLUMNS + 1) if most)]


def _placed(line: _Line, lines: Sequence[_Line], columns: Sequence[float]) -> list[str]:
    """Seven figures by place: those of a full line as they come, others by the columns of the
    nearest full line.
    """
    texts = [text for _, text in line.figures]
    if len(texts) >= COLUMNS:
        return texts[-COLUMNS:]
    at = next(index for index, other in enumerate(lines) if other is line)
    full = [(abs(i - at), other) for i, other in enumerate(lines) if len(other.figures) == COLUMNS]
    if full:
        columns = [x for x, _ in min(full, key=lambda pair: pair[0])[1].figures]
    out = [""] * COLUMNS
    for x, text in line.figures:
        out[min(range(COLUMNS), key=lambda c: abs(columns[c] - x))] = text
    return out


def _reading(text: str) -> Reading:
    number = parse(text)
    if number.state == "text":
        number = parse(text.translate(LOOKS))
    return number.value, number.state
