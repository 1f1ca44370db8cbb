"""A line of running text → its pieces: what of it is label and what is figure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache, reduce
from itertools import pairwise

from gouji.ocr.page import Box
from gouji.tables.grid import Line
from gouji.tables.labels import core, letters, normalise
from gouji.tables.numbers import NOT_APPLICABLE_RUN, parse, without_unit
from gouji.tables.vocabulary import explained_labels, known_labels

PAGE_NUMBER = re.compile(
    r"[-—–－\s]+\d{1,4}[-—–－\s]+|第\s*\d{1,4}\s*页(?:\s*[,，/]?\s*共\s*\d+\s*页)?"
)
MARKS = re.compile(
    r"(?!\d{1,2}\.$)[\d.,+\-−%]+(?:[*※#†]+|\[?注\d*\]?)?|[*×xX#?]{2,}|#[A-Z/0]{3,}.*"
)
"""Figures that are no single number or have a mark, masks, and errors of sheets: no words."""
END_OF_BRACKET = re.compile(r"\d+[条次件][)）]")
"""What a line break leaves of an explanation: ``公开相同信息计`` / ``1条）``."""
_LABEL_BEGINNING = 4
_FIGURE = re.compile(
    r"""(?:增加|减少|增|减|[+＋\-－−–])?\d[\d,，]*(?:[.．]\d+)?
        (?:亿元|万元|千元|元|万|件|条|项|个|次|篇|份|人次)?""",
    re.VERBOSE,
)
_WORDS_WITH_DIGITS = re.compile(
    rf"\d{{1,4}}\s*[年月日号]|\d+(?=[”\"」』])|{END_OF_BRACKET.pattern}"
)
_ORDINAL_APART = re.compile(r"\d{1,2}[.．、](?=\s*[^\d\s|])")
_GLUED_PAGE_NUMBER = re.compile(
    r"(?<=[^\s—–－-])[-—–－]\s?\d{1,3}\s?[-—–－](?=[^\d\s—–－-]|\d{1,2}[、.．][^\d\s])"
    r"|第\s?\d{1,3}\s?页(?:[,，/]?\s?共\s?\d{1,3}\s?页)?"
)
_WORD = re.compile(r"(?:[（(][^（()）]*[)）]|[^\s|])+")
_ITEM_INSIDE = re.compile(r"(?<=[^第\s])[（(][一二三四五六七八九十]{1,3}[)）]")
"""The number of an item right behind the label of its group."""
_ORDINAL_BRACKET = re.compile(r"[（(][一二三四五六七八九十]{1,3}[)）]")
_ITEM_BRACKET = re.compile(r"[（(]\d{1,2}[)）](?=[^\d\s|])")
"""The number of an item right before its label; a note is followed by the next cell."""
_BRACKET = re.compile(r"[（(〔\[][^（()）〔〕\[\]]*[)）〕\]]")


Token = tuple[int, int, bool]


def pieces_of(line: Line) -> Iterator[tuple[int, int]]:
    """A line's labels and figures as half-open spans of it."""
    text = line.text
    stripped = text.strip().strip("|").strip()
    start = text.find(stripped)
    one_word = not re.search(r"\s", stripped)
    plain = parse(stripped).state != "text" or not re.search(r"\d", stripped)
    words = stripped.split()
    figures = any(parse(word).figure for word in words[1:])
    single = plain and one_word and not (line.words and _ITEM_INSIDE.search(stripped))
    if stripped and ((core(stripped) in known_labels() and not figures) or single):
        yield start, start + len(stripped)
        return
    yield from _joined(line, _tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    """Spans of a line with whether each is a figure; words are still in pieces."""
    at, after_figure = 0, False
    masked = _GLUED_PAGE_NUMBER.sub(lambda match: " " * len(match[0]), text)
    for word in _WORD.finditer(masked):
        if PAGE_NUMBER.fullmatch(word[0]):
            continue
        number = parse(word[0])
        if (number.figure and not re.search(r"\d", word[0])) or MARKS.fullmatch(word[0]):
            yield word.start(), word.end(), True
            after_figure = True
            continue
        at = word.start()
        if match := _ORDINAL_APART.match(text, at):
            yield at, match.end(), False
            at, after_figure = match.end(), False
        while at < word.end():
            end, figure = _next_token(text, at, word.end(), after_figure)
            yield at, end, figure
            at, after_figure = end, figure


def _next_token(text: str, at: int, end: int, after_figure: bool) -> tuple[int, bool]:
    if match := _ORDINAL_BRACKET.match(text, at, end) or _ITEM_BRACKET.match(text, at, end):
        return match.end(), False
    if match := _BRACKET.match(text, at, end):
        # An explanation belongs to what it follows: a note to its figure, else to the label.
        return match.end(), after_figure and re.search(r"\d", match[0]) is not None
    if match := _WORDS_WITH_DIGITS.match(text, at, end):
        return match.end(), False
    if match := _FIGURE.match(text, at, end):
        return match.end(), True
    return at + 1, False


def _joined(line: Line, tokens: Iterable[Token]) -> Iterator[tuple[int, int]]:
    """Words that touch become one label; a figure and its note one figure; a glued ordinal
    (``0000000|2.其他``) goes to the label behind it. Blanks of a page are gaps between words.
    """
    text, apart = line.text, bool(line.words)
    merged: list[_Piece] = []
    for start, end, figure in tokens:
        previous = merged[-1] if merged else None
        touches = previous is not None and previous.end == start and previous.figure == figure
        is_note = figure and text[start] in "（(〔["
        if apart and touches and _ITEM_INSIDE.match(text, start):
            merged.append(_Piece(start, end, figure))
        elif previous is not None and ((touches and not figure) or (touches and is_note)):
            previous.end = end
        elif previous is not None and not apart and _one_label(previous, start, figure):
            previous.end = end  # a blank inside a label
        elif previous is not None and apart and figure and _in_bracket(line, previous, start, end):
            previous.end = end
        else:
            merged.append(_Piece(start, end, figure))
    for here, following in pairwise(merged):
        _give_ordinal(text, here, following)
        if apart and _is_ordinal_apart(line, here, following):
            here.end, following.start = here.start, here.start
    for piece in merged:
        if not piece.figure and not apart:
            yield from _absent_apart(text, piece)
        elif piece.end > piece.start:
            yield piece.start, piece.end


@dataclass(slots=True)
class _Piece:
    start: int
    end: int
    figure: bool


def _absent_apart(text: str, label: _Piece) -> Iterator[tuple[int, int]]:
    """A label without the words for "none" that run into it, from cells before, behind and, of
    several rows, within it: ``规章无无678无行政规范性文件``, ``网上申请数件不涉及信函申请数件``.
    """
    start, end = label.start, label.end
    behind_figure = text[max(0, start - 1) : start].isdigit()
    before = NOT_APPLICABLE_RUN.match(text, start, end) if behind_figure else None
    if before and not (before[0].isalpha() and begins_a_label(text[start:end])):
        yield before.span()
        start = before.end()
    for absent in NOT_APPLICABLE_RUN.finditer(text, start, end):
        last = absent.end() == end
        if (last or len(absent[0]) > 1) and _ends_with_label(text[start : absent.start()]):
            yield from ((start, absent.start()), absent.span())
            start = absent.end()
    if end > start:
        yield start, end


def _ends_with_label(text: str) -> bool:
    """Whether a row's label, perhaps with its unit, is all that is said, or the end of it."""
    words = core(without_unit(text))
    known = known_labels()
    return words in known or any(words[n:] in known for n in range(1, len(words) - 3))


def _is_ordinal_apart(line: Line, here: _Piece, following: _Piece) -> bool:
    """Whether a digit stands close before the beginning of a known label: ``１　属于``."""
    digit, label = (
        line.text[here.start : here.end],
        core(line.text[following.start : following.end]),
    )
    if not here.figure or following.figure or len(digit) > 2 or len(label) < _LABEL_BEGINNING:
        return False
    left, right = box_of(line, here.start, here.end), box_of(line, following.start, following.end)
    close = left is not None and right is not None and right.x0 - left.x1 <= 1.5 * right.height
    return close and any(known.startswith(label) for known in known_labels())


def _in_bracket(line: Line, label: _Piece, start: int, end: int) -> bool:
    """Whether a digit is one of a form's explanation, broken off: ``（同一舆情计 1`` / ``次）``."""
    words = normalise(line.text[label.start : label.end])
    if label.figure or words.count("(") <= words.count(")"):
        return False
    left, right = box_of(line, label.start, label.end), box_of(line, start, end)
    close = left is not None and right is not None and right.x0 - left.x1 <= 0.6 * right.height
    so_far = letters(words + line.text[start:end])
    return close and any(so_far in explained for explained in explained_labels())


def _one_label(previous: _Piece, start: int, figure: bool) -> bool:
    return not figure and not previous.figure and start - previous.end <= 1


def _give_ordinal(text: str, here: _Piece, following: _Piece) -> None:
    """Move ``2`` of ``00000002`` over to a label that begins with ``.其他`` or ``、网上``."""
    if not here.figure or following.figure or following.start - here.end > 1:
        return
    if text[following.start] in ".．、" and text[here.end - 1].isdigit():
        here.end -= 1
        following.start = here.end


def box_of(line: Line, start: int, end: int) -> Box | None:
    """The box of some characters of a line; within a word, by their share of it."""
    boxes = []
    at = 0
    for word in line.words:
        first, last = max(start, at), min(end, at + len(word.text))
        if first < last:
            step = word.box.width / len(word.text)
            x0, x1 = word.box.x0 + (first - at) * step, word.box.x0 + (last - at) * step
            boxes.append(Box(x0, word.box.y0, x1, word.box.y1))
        at += len(word.text) + 1
    return reduce(Box.union, boxes) if boxes else None


@lru_cache(maxsize=8192)
def begins_a_label(text: str) -> bool:
    """Whether a label of a row begins so."""
    plain = normalise(text)
    is_open = plain.count("(") > plain.count(")")
    words = core(plain[: plain.rindex("(")] if is_open else plain)
    return words in _beginnings()


@cache
def _beginnings() -> frozenset[str]:
    """What the labels of all rows of all forms begin with."""
    return frozenset(label[:length] for label in known_labels() for length in range(len(label) + 1))
