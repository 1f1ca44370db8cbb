"""A label as printed → what it says, apart from how it is set.

Two labels are compared by their ``core``: simplified characters, without blanks, quotes,
explanations in brackets and the ordinal in front. The ordinal is kept apart.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from rapidfuzz.distance import Levenshtein

_NUMERAL = "一二三四五六七八九十"
_ORDINAL = re.compile(
    rf"""(?: 第?[{_NUMERAL}]{{1,3}}[、.,:]
           | [(][{_NUMERAL}]{{1,3}}[)、.]?
           | [(]?\d{{1,2}}[)、.,]
           | \d{{1,2}}(?=[^\d年月日.,%/-])
           | 其中[:,、]?(?=.)
         )+""",
    re.VERBOSE,
)
_TIME = re.compile(r"[上去往前]一?年|下一?年|本年|今年|同期|累计")
_THIS_YEAR = frozenset(("本年", "今年"))
_IN_BRACKETS = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*(?:其中|[上去往前]一?年|同期|累计)")
_DROPPED = re.compile(r"[\s\"'“”‘’「」『』《》〈〉:;,.、·…_|*#/\\~—–-]+")


@lru_cache(maxsize=65536)
def normalise(text: str) -> str:
    """Compatibility characters and traditional script resolved, blanks gone."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return plain if _in_gb2312(plain) else _simplified(plain)


@lru_cache(maxsize=65536)
def core(text: str) -> str:
    """What a label says: no ordinal, no explanation in brackets, no punctuation.

    A label that is nothing but an explanation keeps it.
    """
    plain = normalise(text)
    if re.fullmatch(r"(19|20)\d\d年?度?(数|数量)?", plain):
        return "本年度"
    plain = plain[_ordinal_end(plain) :] or plain
    bare = _without_brackets(plain)
    return _DROPPED.sub("", bare) or _DROPPED.sub("", re.sub(r"[()\[\]]", "", plain))


@lru_cache(maxsize=65536)
def letters(text: str) -> str:
    """All that is written but blanks, punctuation and brackets."""
    return re.sub(r"[()\[\]【】〔〕]", "", _DROPPED.sub("", normalise(text)))


@lru_cache(maxsize=65536)
def ordinal(text: str) -> str:
    """The ordinal in front of a label, bare: ``一``, ``7``; empty without one."""
    plain = normalise(text)
    return re.sub(r"[^\d" + _NUMERAL + "]|其中", "", plain[: _ordinal_end(plain)])


def headed(text: str, word: str) -> str:
    """``word`` with the ordinal in front that ``text`` has."""
    plain = normalise(text)
    return plain[: _ordinal_end(plain)] + word


def part_of_others(text: str) -> str:
    """Where a label says that it counts a part, or another year's: ``in front`` (其中：…), which is
    also how the forms themselves print some rows, ``in brackets`` (…（其中网上）); else empty.
    """
    plain = normalise(text)
    if _IN_BRACKETS.search(plain):
        return "in brackets"
    return "in front" if plain.startswith("其中") else ""


def of_another_time(text: str, own: str) -> bool:
    """Whether the core of a label names another year than the one that it is compared with."""
    told, wanted = set(_TIME.findall(text)), set(_TIME.findall(own))
    return bool(told - wanted - _THIS_YEAR) or bool(told & _THIS_YEAR and wanted - _THIS_YEAR)


def similarity(left: str, right: str) -> float:
    """How alike two cores are, 0 to 1: one minus the edit distance over the longer length."""
    return Levenshtein.normalized_similarity(left, right)


def _ordinal_end(plain: str) -> int:
    match = _ORDINAL.match(plain)
    return match.end() if match else 0


def _without_brackets(plain: str) -> str:
    """Without what stands in brackets, also where the closing one was cut off."""
    before = None
    while before != plain:
        before, plain = plain, re.sub(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]", "", plain)
    return re.sub(r"[(\[【][^()\[\]【】]*$", "", plain)


def _in_gb2312(plain: str) -> bool:
    """GB 2312 has no traditional characters: what it can write needs no conversion."""
    try:
        plain.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=1)
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def _simplified(text: str) -> str:
    return str(_converter().convert(text))
