"""Characters → words → lines, by where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from gouji.ocr.page import Box, Char, Word

LATIN_GAP = 0.18
"""Latin letters and digits this far apart (in font sizes) belong to two words."""
_WIDE = "\u2e80"
"""From here on characters are Chinese, as wide as high."""
WIDE_GAP = 0.45
"""The same where a Chinese character stands on one side: their boxes are full width, and
typesetting programs add up to a quarter of the size between scripts by themselves."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """Characters on one base line, in reading order. ``words`` left to right (as read)."""

    words: tuple[Word, ...]
    box: Box
    angle: int = 0

    @property
    def text(self) -> str:
        """The words, a blank between."""
        return " ".join(word.text for word in self.words)


def text_lines(chars: Iterable[Char]) -> list[TextLine]:
    """Lines from the top down; turned text is put together along its own direction.

    Characters side by side on one base line become one line, however far apart they stand.
    """
    upright: list[Char] = []
    turned: dict[int, list[Char]] = {}
    for char in chars:
        if char.angle:
            turned.setdefault(char.angle, []).append(char)
        else:
            upright.append(char)
    lines = [_line(row, 0) for row in rows_of(upright)]
    for angle, group in turned.items():
        if angle % 90:
            lines.extend(_slanted(group, angle))
        else:
            lines.extend(_turned(group, angle))
    if turned:
        lines.sort(key=lambda line: (line.box.y0, line.box.x0))
    return lines


def rows_of(chars: Iterable[Char]) -> list[list[Char]]:
    """Upright characters by base line, top down, each row from left to right."""
    rows: list[list[Char]] = []
    middles: list[float] = []
    heights: list[float] = []
    for char in sorted(chars, key=_height_on_page):
        _, y0, _, y1 = char.box
        middle, height = (y0 + y1) / 2, y1 - y0
        if rows and middle - middles[-1] < 0.45 * max(min(heights[-1], height), 1.0):
            rows[-1].append(char)
            # A small superscript must not draw the line to itself: the tallest decides.
            if height > heights[-1]:
                middles[-1], heights[-1] = middle, height
        else:
            rows.append([char])
            middles.append(middle)
            heights.append(height)
    for row in rows:
        row.sort(key=_left)
    return rows


def _height_on_page(char: Char) -> float:
    return char.box.y0 + char.box.y1


def _left(char: Char) -> float:
    return char.box.x0


def words_of(row: Sequence[Char]) -> list[Word]:
    """The words of a row that runs from left to right."""
    return [_word(run) for run in _runs(row)]


def text_of(chars: Sequence[Char]) -> str:
    """The text of ``text_lines``, a line break between lines, without their places: faster."""
    if len(chars) == 1:
        return chars[0].text
    if any(char.angle for char in chars):
        chars = _set_upright(chars)
        return "\n".join(line.text for line in text_lines(chars))
    return "\n".join(
        " ".join(["".join([char.text for char in run]) for run in _runs(row)])
        for row in rows_of(chars)
    )


def _set_upright(chars: Sequence[Char]) -> Sequence[Char]:
    """Text written downwards turns brackets and dashes, and leaves its characters upright: all of
    it as one text, from the top down.
    """
    turned = [char for char in chars if char.angle]
    if 2 * len(turned) > len(chars) or any(char.text.isalnum() for char in turned):
        return chars
    return [char._replace(angle=0) if char.angle else char for char in chars]


def _runs(row: Sequence[Char]) -> list[list[Char]]:
    """The characters of each word."""
    runs: list[list[Char]] = []
    end, size, narrow = 0.0, 0.0, False
    for char in row:
        text, (x0, y0, x1, y1), _ = char
        height, thin = y1 - y0, text < _WIDE
        gap = LATIN_GAP if narrow and thin else WIDE_GAP
        if not runs or x0 - end > gap * (size if size > height else height):
            runs.append([char])
        else:
            runs[-1].append(char)
        end, size, narrow = x1, height, thin
    return runs


def _word(run: Sequence[Char]) -> Word:
    return Word("".join([char.text for char in run]), _around([char.box for char in run]))


def _around(boxes: Sequence[Box]) -> Box:
    if len(boxes) == 1:
        return boxes[0]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def _line(row: Sequence[Char], angle: int) -> TextLine:
    words = tuple(words_of(row))
    return TextLine(words, _around([word.box for word in words]), angle)


def _turned(chars: list[Char], angle: int) -> list[TextLine]:
    """Lines of text turned by 90, 180 or 270 degrees: turned upright, joined, turned back."""
    upright = [Char(char.text, _spin(char.box, angle)) for char in chars]
    lines = []
    for row in rows_of(upright):
        for part in _parts(row):
            words = tuple(Word(w.text, _spin(w.box, -angle)) for w in words_of(part))
            lines.append(TextLine(words, _around([word.box for word in words]), angle))
    return lines


def _parts(row: Sequence[Char]) -> list[list[Char]]:
    """A row cut at gaps that no line of text has: turned labels of several cells."""
    size = median(char.box.height for char in row)
    parts: list[list[Char]] = [[]]
    for char in row:
        if parts[-1] and char.box.x0 - parts[-1][-1].box.x1 > 2 * size:
            parts.append([])
        parts[-1].append(char)
    return parts


def _slanted(chars: list[Char], angle: int) -> list[TextLine]:
    """Slanted text (a watermark) in the order of the file, one line for all."""
    word = _word(chars)
    return [TextLine((word,), word.box, angle)]


def _spin(box: Box, angle: int) -> Box:
    """The box after turning the plane anticlockwise by ``angle`` degrees about the origin."""
    match angle % 360:
        case 90:
            return Box(box.y0, -box.x1, box.y1, -box.x0)
        case 180:
            return Box(-box.x1, -box.y1, -box.x0, -box.y0)
        case 270:
            return Box(-box.y1, box.x0, -box.y0, box.x1)
        case _:
            return box
