"""Running text → paragraphs, sentences and clauses, each with the way back to the source."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from gouji.ocr.page import Box
from gouji.tables.chinese_numbers import quantity_at
from gouji.tables.grid import Line, Place
from gouji.tables.narrative_language import language

OPAQUE = "■"  # stands for a quoted name or a document's title
_PAGE_NUMBER = re.compile(r"[\s\-—–－第页·]*\d{1,3}[\s\-—–－页共·]*(?:\d{1,3}\s*页)?\s*")
_HEADING = re.compile(
    r"\s*(?:#|[一二三四五六七八九十]+[、.．]|[（(][一二三四五六七八九十\d]+[）)]|\d{1,2}[.．、](?!\d)"
    r"|[一二三四五六七八九十]是|第[一二三四五六七八九十]+[章节部条]|附件|附[:：]|[①-⑳])"
)
_TITLE = re.compile(r"(?:报告|年报|情况|事项|通知|申请|公开|措施|问题)(?:（[^）]{1,12}）)?$")
_SENTENCE_END = "。！？!?"
_SENTENCE_ENDS = re.compile(rf"[{_SENTENCE_END}]")
_MARKS = re.compile(r"[，；：;:（(）)]")
_COLON_BEFORE_FIGURE = re.compile(
    r"(?:[\d零〇一二两三四五六七八九十百千]+[件条份起次]|无(?=$|[，。；;、]))"
)
_OPEN, _CLOSE = "（(", "）)"
_ENUMERATOR = re.compile(
    r"(?:[#*\s]*)(?:[一二三四五六七八九十]{1,3}(?:是|、|[.．])|\d{1,2}[.．、](?!\d)|[①-⑳]|[-•●])"
)
_ORDINAL_IN_BRACKETS = re.compile(r"[一二三四五六七八九十\d]{1,3}$")
# 检索、复制、邮寄费 is one thing that is paid for.
_WITHIN_COST = ("复制", "复印", "邮寄", "邮递", "检索", "打印")
_COUNTED = re.compile(r"[\d零〇一二两三四五六七八九十百千万亿几数若]")
_COUNTED_NONE = ("apply", "requests", "review", "litigation")  # “零申请”
_IN_ORDER = re.compile(r"分别|依次|各(?:为|有)?[\d一二两三]")
_AND = re.compile(r"以及|、|和|及|与|并")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together. ``origin[i]`` is (line, offset) of ``text[i]``."""

    lines: tuple[Line, ...]
    text: str
    origin: tuple[tuple[int, int], ...]
    heading: bool

    def quote(self, start: int, end: int) -> str:
        """Quote the source between two characters of ``text``, line breaks left out."""
        (first, left), (last, right) = self.origin[start], self.origin[end - 1]
        if first == last:
            return self.lines[first].text[left : right + 1]
        middle = [line.text for line in self.lines[first + 1 : last]]
        return "".join([self.lines[first].text[left:], *middle, self.lines[last].text[: right + 1]])

    def place(self, start: int, end: int) -> Place:
        """Where it stands: the box of its lines on the first one's page, or line and offsets."""
        (first, left), (last, right) = self.origin[start], self.origin[end - 1]
        place = self.lines[first].place
        if place.line is not None:
            base = place.start or 0
            stop = right + 1 if first == last else len(self.lines[first].text)
            return replace(place, start=base + left, end=base + stop)
        box: Box | None = place.box
        for line in self.lines[first : last + 1]:
            if line.place.page == place.page and line.place.box and box:
                box = box.union(line.place.box)
        return replace(place, box=box)


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece between commas. ``at[i]`` is the index in the paragraph of ``text[i]``.

    ``before`` is the mark in front of it; ``nested`` says that it stood in brackets.
    """

    text: str
    at: tuple[int, ...]
    before: str
    nested: bool


def paragraphs(lines: Sequence[Line]) -> Iterator[Paragraph]:
    """Lines joined to paragraphs: a line goes on where it breaks off and no heading follows."""
    kept = [line for line in lines if not _PAGE_NUMBER.fullmatch(line.text or " ")]
    start = 0
    for i in range(1, len(kept) + 1):
        if i == len(kept) or not _goes_on(kept[i - 1], kept[i]):
            paragraph = _paragraph(tuple(kept[start:i]))
            start = i
            if paragraph.text:  # of a mask (``**``) nothing is left
                yield paragraph


def _goes_on(line: Line, following: Line) -> bool:
    text = line.text.rstrip()
    if line.heading or following.heading or not text or text[-1] in _SENTENCE_END + "；;：:":
        return False
    if _HEADING.match(following.text) or following.text.startswith(("\u3000\u3000", "    ")):
        return False
    if _TITLE.search(text) and not re.search(r"[，。；,]", text):
        return False
    if _HEADING.match(line.text) and not re.search(r"[，。；,]", line.text):
        return False
    return len(text) >= 18 or text[-1] in "，、,"


def _paragraph(lines: tuple[Line, ...]) -> Paragraph:
    text: list[str] = []
    origin: list[tuple[int, int]] = []
    for number, line in enumerate(lines):
        for offset, written in enumerate(line.text):
            char = _normal(written)
            if char.isspace() or char in "*\u200b\ufeff":
                if not _between_digits(line.text, offset):
                    continue
                char = " "
            text.append(char)
            origin.append((number, offset))
    whole = _opaque(_commas("".join(text)))
    heading = bool(lines[0].heading) or (len(lines) == 1 and _is_heading(whole))
    return Paragraph(lines, whole, tuple(origin), heading)


def _is_heading(text: str) -> bool:
    """A short line without commas; 四、行政复议、行政诉讼情况 is numbered and ends as titles do."""
    if len(text) > 30 or re.search("[，。；]..", text[4:]):
        return False
    return "、" not in text[4:-2] or bool(_HEADING.match(text) and _TITLE.search(text))


@cache
def _normal(char: str) -> str:
    if "\u4e00" <= char <= "\u9fff" or char in "，；：！？（）":
        return char
    folded = unicodedata.normalize("NFKC", char)
    if folded in "();:!?":
        return {"(": "（", ")": "）", ";": "；", ":": "：", "!": "！", "?": "？"}[folded]
    return folded if len(folded) == 1 else char


def _between_digits(text: str, offset: int) -> bool:
    left, right = text[:offset].rstrip()[-1:], text[offset:].lstrip()[:1]
    return left.isdigit() and right.isdigit()


def _commas(text: str) -> str:
    """Let an ASCII comma that is no thousands separator be one between clauses."""
    return re.sub(r",(?!(?<=\d,)\d{3}(?!\d))", "，", text)


def _opaque(text: str) -> str:
    """Titles of documents and quoted names say nothing about figures; a gazette's is its name."""

    def hide(found: re.Match[str]) -> str:
        if found[0].endswith("政府公报》"):
            return OPAQUE * (len(found[0]) - 3) + "公报" + OPAQUE
        return OPAQUE * len(found[0])

    text = re.sub(r"《[^《》]*(?:〈[^〉]*〉[^《》]*)?》", hide, text)
    text = re.sub(r"〔[^〕]{0,9}〕|\[\d{4}\]|【[^】]{0,9}】", hide, text)
    return re.sub(r"“[^“”]*”|\"[^\"]*\"|‘[^‘’]*’|「[^」]*」", _quoted, text)


def _quoted(found: re.Match[str]) -> str:
    """“同意公开”的2件 names an answer; “网上申请”栏目 is a name, which says nothing."""
    inner = found[0][1:-1]
    kept = language().kind_of(inner) in ("outcome", "reason")
    kept = kept or (inner[:1] == "零" and language().kind_of(inner[1:]) in _COUNTED_NONE)
    return f"“{found[0][1:-1]}”" if kept else OPAQUE * len(found[0])


def sentences(paragraph: Paragraph) -> Iterator[tuple[Clause, ...]]:
    """Yield each sentence's clauses, what stands in brackets after the clause around it."""
    start = 0
    text = paragraph.text
    for end in (*(found.start() for found in _SENTENCE_ENDS.finditer(text)), len(text)):
        if end > start:
            yield tuple(_clauses(text, range(start, end), nested=False))
        start = end + 1


def _clauses(text: str, span: range, *, nested: bool) -> Iterator[Clause]:
    """Pieces between commas; a bracket is cut out of its piece and follows it."""
    before, piece, asides = "", list[int](), list[range]()
    depth, start = 0, span.start
    for found in _MARKS.finditer(text, span.start, span.stop):
        i, char = found.start(), found[0]
        if char in _OPEN:
            depth += 1
            if depth > 1:
                continue
            piece.extend(range(start, i))
        elif char in _CLOSE and depth:
            depth -= 1
            if depth:
                continue
            asides.append(range(start, i))
        elif depth or char in _CLOSE:
            continue
        elif char in "：:" and _labels_figure(text, start, i):
            piece.extend(range(start, i))
        else:
            piece.extend(range(start, i))
            yield from _with_asides(text, piece, asides, before, nested=nested)
            before, piece, asides = char, [], []
        start = i + 1
    (asides.append if depth else piece.extend)(range(start, span.stop))
    yield from _with_asides(text, piece, asides, before, nested=nested)


def _labels_figure(text: str, start: int, colon: int) -> bool:
    """信函申请：6件; but in 收到申请2件：1件为当面递交 a list begins."""
    figure = _COLON_BEFORE_FIGURE.match(text, colon + 1)
    return figure is not None and not _follows_quantity(text[start:colon], colon - start)


def _with_asides(
    text: str, piece: list[int], asides: list[range], before: str, *, nested: bool
) -> Iterator[Clause]:
    yield from _pieces(text, piece, before, nested=nested)
    for aside in asides:
        if not _ORDINAL_IN_BRACKETS.match(text[aside.start : aside.stop]):
            yield from _clauses(text, aside, nested=True)


def _pieces(text: str, piece: list[int], before: str, *, nested: bool) -> Iterator[Clause]:
    """Parts of a list: cut after a quantity that a 、 or 和 follows, and before 其中."""
    words = "".join(text[i] for i in piece)
    if found := _ENUMERATOR.match(words):
        piece, words = piece[found.end() :], words[found.end() :]
    for start, end in _cuts(words):
        if end > start:
            yield Clause(words[start:end], tuple(piece[start:end]), before, nested)
            before = "、"


def _cuts(words: str) -> Iterator[tuple[int, int]]:
    if not _COUNTED.search(words) or _in_order(words):
        yield 0, len(words)
        return
    start = position = 0
    counted = False
    while position < len(words):
        found = quantity_at(words, position)
        if found:
            position, counted = found[1], True
            continue
        mark = _AND.match(words, position)
        if counted and mark and (mark[0] == "、" or quantity_at(words, position - 1) is None):
            is_cost = words.startswith(_WITHIN_COST, mark.end())
            if (
                (not is_cost or "费" not in words)
                and (_counts_next(words, mark.end()) or words.startswith("占", mark.end()))
                and (mark[0] == "、" or _follows_quantity(words, position))
            ):
                yield start, position
                start, counted = mark.end(), False
                position = start
                continue
        elif counted and words.startswith("其中", position):
            yield start, position
            start, counted = position, False
        position += 1
    yield start, len(words)


def _in_order(words: str) -> bool:
    """微信微博分别发布4条、2条; in 分别为微信4条、微博2条 each figure has its own name."""
    found = _IN_ORDER.search(words)
    if found is None or not found[0].startswith(("分别", "依次")):
        return found is not None
    members = re.split(r"[、和]", re.sub(r"^[为是]", "", words[found.end() :]))
    return len(members) < 2 or any(not m or quantity_at(m, 0) for m in members)


def _counts_next(words: str, position: int) -> bool:
    """Whether the next member of the list has a quantity of its own."""
    stop = words.find("、", position)
    end = len(words) if stop < 0 else stop
    return any(quantity_at(words, k) for k in range(position, end))


def _follows_quantity(words: str, position: int) -> bool:
    return any(
        (found := quantity_at(words, k)) is not None and found[1] == position
        for k in range(max(0, position - 12), position)
    )
