"""Bytes to text: UTF-8, GB18030, Big5, UTF-16, by what they hold and not by what they claim.

A page's own claim (``charset=``) is only a vote: saved and mirrored pages often lie.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_CLAIM = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,20})""", re.I)
_CODECS = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "x-gbk": "gb18030"} | {
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "utf-8": "utf-8",
    "utf8": "utf-8",
}
# The commonest characters of running text and of these reports, simplified and traditional: text
# in the right encoding is full of them, the same bytes in a wrong one have hardly any.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国以要他时来用们生到作地于出就分对成会可主发年动同工能下过"
    "子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二起小物现实加量都两"
    "体制机当使从业本去把性好应开合还因由其些然前外天政四日那社义事平形相全表间样与关各重新内"
    "数正心反明看原又利比或但质第向道命此变条只结解问意建月公无系军情最立代想已通并提直题党程"
    "府信息申请开报告主动依复议诉讼规范件本机构总计行许处理结果"
    "這個為國時來們產種學經進著電裡現實體當從業應還與關樣數變條結問無係軍義並題黨報訊規範開請"
    "動復議訴訟機構總計許處理結果務廳縣區鄉鎮長辦門員單發對會說點過後"
    "，。、：；（）“”《》！？—…０１２３４５６７８９"
)
_ASCII = re.compile("[\x00-\x7f]+")
_SAMPLE = 200_000
# Of the characters beyond ASCII, how many of a real Chinese text stand among the common ones.
_PLAUSIBLE = 0.12


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and the codec that gave it; ``lost`` counts the bytes that fit no character."""

    text: str
    encoding: str
    lost: int = 0


def decode(data: bytes) -> Decoded | None:
    """Decode; None if the bytes are no text in any known encoding.

    Bytes that fit no character become U+FFFD; a text with more than one in a hundred of them is
    none.
    """
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return _lenient(data[len(bom) :], codec)
    if b"\x00" in data[:_SAMPLE]:
        return _utf16(data)
    try:
        return _checked(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    return _legacy(data)


def _legacy(data: bytes) -> Decoded | None:
    """The likeliest of the encodings before Unicode, or damaged UTF-8."""
    claim = _CLAIM.search(data[:4096])
    claimed = _CODECS.get(claim.group(1).decode("ascii").lower(), "") if claim else ""
    sample = data[:_SAMPLE]
    scores = {
        codec: _score(sample.decode(codec, "replace")) + (0.02 if codec == claimed else 0)
        for codec in ("utf-8", "gb18030", "big5hkscs")
    }
    best = max(scores, key=lambda codec: scores[codec])
    if scores[best] >= _PLAUSIBLE:
        return _lenient(data, best)
    if sum(byte > 0x7F for byte in sample) <= len(sample) * 0.05:
        return _lenient(data, "cp1252")
    return None


def _utf16(data: bytes) -> Decoded | None:
    """UTF-16 without a mark: one half of each unit of its line breaks and blanks is zero."""
    if len(data) % 2:
        data = data[:-1]
    little = sum(data[:_SAMPLE].count(mark + b"\x00") for mark in (b" ", b"\n", b"<", b">"))
    big = sum(data[:_SAMPLE].count(b"\x00" + mark) for mark in (b" ", b"\n", b"<", b">"))
    codec = "utf-16-le" if little >= big else "utf-16-be"
    decoded = _lenient(data, codec)
    if decoded is None:
        return None
    sample = decoded.text[:_SAMPLE]
    if len(_ASCII.sub("", sample)) * 2 > len(sample) and _score(sample) < _PLAUSIBLE:
        return None
    return decoded


def _lenient(data: bytes, codec: str) -> Decoded | None:
    text = data.decode(codec, "replace")
    return _checked(text, codec)


def _checked(text: str, codec: str) -> Decoded | None:
    """The text, unless it is full of control characters or of what fits no character."""
    lost = text.count("\ufffd")
    if (lost + len(_NO_TEXT.findall(text))) * 100 > len(text) + 99:
        return None
    return Decoded(_CONTROL.sub(" ", text), codec, lost)


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]")


def _score(text: str) -> float:
    """Share of the characters beyond ASCII that are common, less those that fit no character."""
    beyond = Counter(_ASCII.sub("", text))
    if not beyond:
        return 0.0
    common = sum(count for char, count in beyond.items() if char in _COMMON)
    return (common - 3 * beyond["\ufffd"]) / beyond.total()
