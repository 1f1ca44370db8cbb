"""What single clauses say by the words in them: of whom, of how many, and what they leave open."""

from __future__ import annotations

from dataclasses import replace

from gouji.tables.narrative_text import Clause
from gouji.tables.narrative_topic import SILENT
from gouji.tables.narrative_words import Word, words_of

_APART_BY = frozenset({"unknown", "other_subject", "channel", "applicant"})
_COUNTED = frozenset({"received", "requests", "qty"})
_NAMING = frozenset({"received", "closed", "replied", "outcome", "neg", "overdue"})
_LIMITING = ("其中", "在", "对", "针对")
_LIMITED = ("的", "领域", "类", "申请", "申请方面", "申请情况", "申请办理情况")
_AGAIN = ("未再", "没有再")


def limits(clause: Clause, words: tuple[Word, ...]) -> bool:
    """在征地领域，答复9件; 信函申请方面，答复5件: what follows is of some of those counted."""
    kinds = {word.kind for word in words}
    adverbial = clause.text.startswith(_LIMITING) or clause.text.endswith(_LIMITED)
    return adverbial and not kinds & {"qty", "all"} and bool(kinds & _APART_BY)


def tells_some_apart(clause: Clause, words: tuple[Word, ...]) -> bool:
    """对涉及征地的申请，同意公开5件; 征地类申请方面，收到5件: of these applications, not of all."""
    kinds = {word.kind for word in words}
    named = next((word for word in words if word.kind in ("apply", "requests")), None)
    if named is None or "qty" in kinds:
        return False
    if clause.text.startswith(("对", "针对", "关于", "就")):
        return bool(kinds & _APART_BY)
    before = {word.kind for word in words if word.end <= named.start}
    return clause.text[: named.start].endswith(("的", "类")) and bool(before & _APART_BY)


def whole_and_kind(
    clause: Clause, words: tuple[Word, ...], year: int | None
) -> tuple[tuple[Clause, tuple[Word, ...]], ...]:
    """不予公开2件均涉及商业秘密: the figure, and then what kind all of them were."""
    heard = [word for word in words if word.kind not in SILENT]
    for counted, every, kind in zip(heard, heard[1:], heard[2:], strict=False):
        is_kind = kind.kind == "reason" or (kind.kind == "outcome" and "." in kind.name)
        if (counted.kind, every.kind) == ("qty", "all") and is_kind:
            cut = every.start
            first = replace(clause, text=clause.text[:cut], at=clause.at[:cut])
            second = replace(clause, text=clause.text[cut:], at=clause.at[cut:], before="")
            return tuple((half, words_of(half.text, year)) for half in (first, second))
    return ()


def is_bare(heard: tuple[Word, ...]) -> bool:
    """上年结转3件, 信函5件: neither applications nor what is done with them is named."""
    kinds = {word.kind for word in heard}
    named = kinds & _NAMING or {"newly", "apply"} <= kinds
    return not (named or any(word.name == "volume" for word in heard))


def of_all_received(words: tuple[Word, ...]) -> bool:
    """收到政府信息公开申请较上年增加15件: nothing is said of them but how their number changed."""
    kinds = {word.kind for word in words} - SILENT
    return "change" in kinds and "requests" in kinds and kinds <= {*_COUNTED, "change"}


def cumulative_of(words: tuple[Word, ...], text: str) -> tuple[bool, tuple[Word, ...]]:
    """2023年累计 is this year's; 累计 alone and 截至年底累计 may be that of all years."""
    doubt = False
    kept: list[Word] = []
    for word in words:
        if word.kind == "cumulative":
            this_year = bool(kept) and kept[-1].tag == "<time:this>"
            doubt = doubt or not this_year or text[kept[-1].start] == "截"
            continue
        kept.append(word)
    return doubt, tuple(kept)


def is_after_others(clause: Clause) -> bool:
    """1月收到1件，后未再收到: none after those, where the clause names no year."""
    return any(again in clause.text for again in _AGAIN)


def continues(clause: Clause, words: tuple[Word, ...]) -> bool:
    """公开行政许可决定20件，行政处罚决定30件: the latter's verb stands in the clause before."""
    decided = any(word.kind == "decisions" for word in words)
    return decided and not ("作出" in clause.text or "做出" in clause.text)


def counted_until(clause: Clause, words: tuple[Word, ...]) -> bool:
    """收到申请22件（统计至11月30日）: what was counted before is of a part of the year."""
    part = any(word.kind == "time" and word.name == "part" for word in words)
    return clause.nested and part and not any(word.kind == "qty" for word in words)
