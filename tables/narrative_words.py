"""Clauses → words, by the lexicon of ``narrative.toml`` and by what has a form: dates, figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gouji.tables.chinese_numbers import Quantity, number_at, percent_at, quantity_at
from gouji.tables.narrative_dates import date_at
from gouji.tables.narrative_language import language

_AFTER_NAME = frozenset(
    ("neutral", "time", "received", "newly", "handle", "closed", "replied", "publish", "neg")
) | {"hold", "respond", "issue", "cumulative", "collect", "medium", "all", "others", "set"}
_BODY = re.compile(
    r"人民政府|政府|办公室|委员会|管委会|街道办事处|分局|局|厅|委|办|中心|街道|镇|乡"
    r"|县|市|省|区|州|院|所|支队|总队|大队|海关|集团|公司|银行|大学|学院|学校|站|馆|署|处"
)
_LONGEST_NAME = 26
_NO_NAME = re.compile(
    r"转|移交|交由|交办|由|报送|上报|送|邀请|提请|配合|协助|指导|联合|会同|对|给|为|督促|组织|帮助|参加|收到"
    r"|经(?![开济])"
)
_CALLED = re.compile("■+")  # 微信公众号“…”
_NAME = re.compile(r"[\u4e00-\u9fff]+")
_MEANS = re.compile(
    r"(?:通过|利用|采取|采用)(?:各种|各类|多种|多个|不同)(?:渠道|形式|方式|途径|平台)(?:和方式)?|"
    r"(?:主要)?(?:通过|采取|采用|利用|运用|依托|以|经)?[^，。；\d]{2,60}?等(?:多种|多个|各种|各类|多)?"
    r"(?:渠道|形式|方式|途径|平台|载体|媒介|媒体|方法)(?:(?:和|及|、|与)(?:渠道|形式|方式|途径|平台))?"
)
_ABOUT = re.compile(
    r"(?:涉及|有关|关于|围绕|就)[^，。；\d]{1,40}?等(?:方面|领域|问题|内容|话题)?的?"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word of a clause; ``kind`` is its class, ``name`` the member of it."""

    kind: str
    name: str
    start: int
    end: int
    quantity: Quantity | None = None

    @property
    def tag(self) -> str:
        """As patterns see it."""
        return f"<{self.kind}:{self.name}>"


def words_of(clause: str, year: int | None) -> tuple[Word, ...]:
    """Cut a clause into words; what is not known is ``unknown``, one word a run."""
    found: list[Word] = []
    position = 0
    leading = True
    while position < len(clause):
        word = _word(clause, position, year, leading=leading)
        if word is None and found and found[-1].kind == "medium":
            called = _CALLED.match(clause, position)
            word = Word("neutral", "", position, called.end()) if called else None
        if word is None:
            end = position + 1
            if found and found[-1].kind == "unknown" and found[-1].end == position:
                found[-1] = Word("unknown", "", found[-1].start, end)
            else:
                found.append(Word("unknown", "", position, end))
            leading = False
        else:
            found.append(word)
            leading = leading and word.kind in ("neutral", "time", "among")
        position = found[-1].end
    return tuple(found)


def _word(clause: str, position: int, year: int | None, *, leading: bool) -> Word | None:
    formed = _formed(clause, position)
    if formed and formed.kind == "days":
        return formed
    if date := date_at(clause, position, year):
        return Word(date[0], date[1], position, date[2])
    known = _lexeme(clause, position) or formed
    if quantity := quantity_at(clause, position):
        amount, end = quantity
        if known is None or known.end < end or known.kind == "zero":
            name = str(amount.value) if amount.value in (0, 1) else ""
            return Word("qty", name, position, end, amount)
    if percent := percent_at(clause, position):
        return Word("percent", "", position, percent[1], percent[0])
    if formed and (known is None or formed.end > known.end):
        known = formed
    if leading or known is None or known.kind in ("via", "channel", "medium", "arise"):
        phrase = _phrase(clause, position, known, leading=leading)
        if phrase:
            return phrase
    if known:
        return known
    digits_end = number_at(clause, position)
    return None if digits_end is None else Word("number", "", position, digits_end)


def _lexeme(clause: str, position: int) -> Word | None:
    """Find the longest word of the lexicon that begins here."""
    book = language()
    for size in book.sizes.get(clause[position], ()):
        hit = book.lexicon.get(clause[position : position + size])
        if hit:
            return _as_word(hit, position, position + size)
    return None


def _formed(clause: str, position: int) -> Word | None:
    """Find the longest of the words that have a form rather than a spelling."""
    longest: Word | None = None
    for kind, name, regex in language().forms.get(clause[position], ()):
        found = regex.match(clause, position)
        if found and (longest is None or found.end() > longest.end):
            longest = Word(kind, name, position, found.end())
    return longest


_TIMES = {
    "this_year": "this",
    "other_time": "other",
    "part_time": "part",
    "plan": "plan",
    "assumed_time": "if",
}


def _as_word(hit: tuple[str, str], start: int, end: int) -> Word:
    kind, name = hit
    if kind in _TIMES:
        return Word("time", _TIMES[kind], start, end)
    return Word(kind, name, start, end)


def _phrase(clause: str, position: int, known: Word | None, *, leading: bool) -> Word | None:
    """Recognise a list of ways (通过…等形式), of themes (涉及…等方面), or a body's name."""
    if known and known.kind == "arise" and known.end - position == 2:
        found = _ABOUT.match(clause, position)
        return Word("about", "", position, found.end()) if found else None
    if known and known.kind in ("via", "channel", "medium"):
        found = _MEANS.match(clause, position)
        return Word("means", "", position, found.end()) if found else None
    if leading and (known is None or known.kind in ("other_subject", "cause")):
        for end in _name_ends(clause, position):
            following = _lexeme(clause, end) if end < len(clause) else None
            following = following or (_formed(clause, end) if end < len(clause) else None)
            if following and following.kind in _AFTER_NAME:
                return Word("named", "", position, end)
    return None


def _name_ends(clause: str, position: int) -> list[int]:
    """Where a body's name that starts here may end, the longest first."""
    run = _NAME.match(clause, position)
    if run is None or _NO_NAME.match(clause, position):
        return []
    end = min(run.end(), position + _LONGEST_NAME)
    ends = [found.end() for found in _bodies(clause, position + 1, end)]
    return [end for end in ends[::-1] if not clause.endswith("网站", 0, end)]


def _bodies(clause: str, start: int, end: int) -> Iterator[re.Match[str]]:
    while found := _BODY.search(clause, start, end):
        yield found
        start = found.end()
