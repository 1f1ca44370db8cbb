"""Whose report it is: the name in the title, or what the text itself prints of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from gouji.tables.agency import Body, is_body, is_place, kind_of, place_of, understand
from gouji.tables.dates import DATE, YEAR
from gouji.tables.flat import Flow, in_simplified_script
from gouji.tables.places import Named, Unit, misread_place, name_place
from gouji.tables.record import Found
from gouji.tables.title import KIND, Title

_LEVEL_WORD = re.compile(r"自治[区州县旗]|[省市县区州盟旗]")
_SUFFIX = re.compile(r"[省市区县州盟旗]$")
_HAN = re.compile(r"[\u4e00-\u9fff]*$")
_BEFORE = 16
_NAME = r"(?P<name>[\u4e00-\u9fff]{4,30}?)"
_STATED = re.compile(rf"(?:公布|发布|编制|制定)了?{_NAME}(?:关于)?{YEAR}(?:年度|年|度)?{KIND}")
_DRAWN_UP = re.compile(rf"由{_NAME}(?:根据|依据|按照|编制|负责编制)")
# A government's office draws up the government's report, and its site carries everyone's.
_OTHERS = ("government", "government_office")
_PUBLISHER = re.compile(
    r"(?:发布机构|公开机构|发布单位|公开主体|编制单位|制作单位|发文机关|发文单位|公开责任部门|信息来源|来源):?"
    rf"{_NAME}(?=[^\u4e00-\u9fff]|发布|公开|成文|生成|日期|时间|浏览|阅读|字号|作者|文号|$)"
)
_ADDRESS = re.compile(r"地址[:为]?$")
_SITE = re.compile(r"(?:人民)?政府(?:门户)?网")
_SIGNED_ROWS = 12


@dataclass(frozen=True, slots=True)
class Issuer:
    """The agency as printed, its flat name, where it stands, and what its name tells.

    ``place`` is where its region was found, if not in its name.
    """

    printed: str
    flat: str
    found: Found
    body: Body
    place: Found | None = None


def find_issuer(
    flow: Flow, titles: list[Title], named: str | None, year: int | None, *, scanned: bool = False
) -> Issuer | None:
    """The agency of the report, by the best source that names it.

    That is the title, else the other titles in front, else the signature, a sentence or a label
    that names it, else ``named``, which comes from the file's name. On a ``scanned`` page a speck
    before a name may look like a character of it, and characters may look traditional.
    """
    issuer = _issuer(flow, titles, named, year, scanned=scanned)
    if issuer is None or not scanned:
        return issuer
    return _with_known_place(_without_old_script(issuer, year), year)


def _without_old_script(issuer: Issuer, year: int | None) -> Issuer:
    """Few reports are printed in traditional script; a reader sees its characters in others."""
    printed, flat = in_simplified_script(issuer.printed), in_simplified_script(issuer.flat)
    if (printed, flat) == (issuer.printed, issuer.flat):
        return issuer
    return replace(issuer, printed=printed, flat=flat, body=understand(flat, year))


def _with_known_place(issuer: Issuer, year: int | None) -> Issuer:
    """A unit that nobody knows may be one of which a character was misread: then the name as
    printed has the right one, too.
    """
    misread = None if issuer.body.named else misread_place(issuer.flat, year)
    if misread is None:
        return issuer
    printed, flat = issuer.printed.replace(*misread), issuer.flat.replace(*misread)
    return replace(issuer, printed=printed, flat=flat, body=understand(flat, year))


def _issuer(
    flow: Flow, titles: list[Title], named: str | None, year: int | None, *, scanned: bool
) -> Issuer | None:
    for title in titles:
        if title.agency:
            name = _without_speck(title.agency, year) if scanned else title.agency
            return _in_full(flow, name, _span_in_rows(flow, title, name), year)
    for name, start, end in _elsewhere(flow, year):
        return _in_full(flow, name, (start, end), year)
    if named:
        body = understand(named, year)
        return Issuer(named, named, Found(quote=named), body)
    return None


def _without_speck(name: str, year: int | None) -> str:
    """二内蒙古自治区… → 内蒙古自治区…, where only what follows names a place."""
    rest = name[1:]
    stray = name_place(name, year) is None and name_place(rest, year) is not None
    return rest if stray and is_body(rest, year) else name


def _span_in_rows(flow: Flow, title: Title, name: str) -> tuple[int, int]:
    """Where the name stands in the title; the whole title if it is broken in an odd place."""
    start = flow.starts[title.first]
    end = flow.starts[title.last] if title.last < len(flow.starts) else len(flow.text)
    found = re.compile("\n?".join(map(re.escape, name))).search(flow.text, start, end)
    return found.span() if found else (start, end)


def _in_full(flow: Flow, name: str, span: tuple[int, int], year: int | None) -> Issuer:
    """The name as the text prints it in full, and its region, if the text settles it."""
    if is_place(name, year) and name + "人民政府" in flow.text:
        name += "人民政府"
        span = _first(flow, name)
    longer = list(_longer(flow, name, year)) or list(_named_fully(flow, name, year))
    codes = {unit.code for _, _, unit in longer}
    if len(codes) == 1:
        start, end, _ = max(longer, key=lambda item: item[1] - item[0])
        name, span = flow.text[start:end], (start, end)
    body = understand(name, year)
    issuer = Issuer(flow.printed(*span), name, flow.found(*span), body)
    if body.named and body.unit is None and len(codes) < 2:
        return _placed(flow, issuer, body.named, year)
    return issuer


def _first(flow: Flow, name: str) -> tuple[int, int]:
    start = flow.text.index(name)
    return start, start + len(name)


def _longer(flow: Flow, name: str, year: int | None) -> Iterator[tuple[int, int, Unit]]:
    """Where the text prints the name with the units above it before it."""
    own = place_of(name, year)
    town = kind_of(name, own) == "township"
    if own is None and not town and not _LEVEL_WORD.match(name):
        return
    for start, end, unit in _with_parents(flow, name, year, 0 if own is None and town else 1):
        whole = flow.text[start:end]
        if _fits(own, unit, whole, len(whole) - len(name)):
            yield start, end, unit


def _with_parents(
    flow: Flow, name: str, year: int | None, inside: int = 1
) -> Iterator[tuple[int, int, Unit]]:
    """Where the text prints the name behind others that name one unit.

    At least ``inside`` characters of the name are of the unit's: 贵州|省商务厅.
    """
    for found in re.finditer(re.escape(name), flow.text):
        start, end = found.span()
        before = _HAN.search(flow.text, max(0, start - _BEFORE), start)
        for at in range(before.start() if before else start, start):
            named = name_place(flow.text[at:end], year)
            if named and named.unit and named.end >= start - at + inside:
                yield at, end, named.unit
                break


def _named_fully(flow: Flow, name: str, year: int | None) -> Iterator[tuple[int, int, Unit]]:
    """Where a body without its place (商务局) signs, or is spoken of, with it (洛阳市商务局)."""
    if place_of(name, year) or _LEVEL_WORD.match(name):
        return
    for full, start, end in _elsewhere(flow, year):
        named = name_place(full, year)
        if named and named.unit and full[named.end :] == name:
            yield start, end, named.unit


def _fits(own: Named | None, unit: Unit, whole: str, added: int) -> bool:
    """Whether the longer name is the same body's: it completes 省…, or names a parent in full."""
    return own is None or (unit in own.units and _SUFFIX.search(whole[:added]) is not None)


def _placed(flow: Flow, issuer: Issuer, named: Named, year: int | None) -> Issuer:
    """An ambiguous name whose parent stands in an address or in the name of the site."""
    hits: dict[str, tuple[Unit, Found]] = {}
    for start, end, unit in _with_parents(flow, issuer.flat[: named.end], year):
        told = _SITE.match(flow.text, end) or _ADDRESS.search(flow.text[max(0, start - 4) : start])
        if told and unit in named.units:
            hits.setdefault(unit.code, (unit, flow.found(start, end)))
    if len(hits) != 1:
        return issuer
    unit, place = next(iter(hits.values()))
    body = replace(issuer.body, named=replace(named, units=(unit,)))
    return replace(issuer, body=body, place=place)


def _elsewhere(flow: Flow, year: int | None) -> Iterator[tuple[str, int, int]]:
    yield from _signatures(flow, year)
    for pattern, others in ((_STATED, ()), (_DRAWN_UP, _OTHERS), (_PUBLISHER, _OTHERS)):
        for found in pattern.finditer(flow.text):
            name = found["name"]
            body = understand(name, year)
            if is_body(name, year) and body.named and body.kind not in others:
                yield name, found.start("name"), found.end("name")


def _signatures(flow: Flow, year: int | None) -> Iterator[tuple[str, int, int]]:
    """A body's name by itself near the end, with a date on the same or the next row."""
    rows = flow.rows
    for index in range(max(1, len(rows) - _SIGNED_ROWS), len(rows)):
        flat = rows[index].flat
        found = re.fullmatch(rf"([\u4e00-\u9fff]{{4,40}})({DATE})?", flat)
        if not found or not is_body(found[1], year) or not place_of(found[1], year):
            continue
        after = rows[index + 1].flat if index + 1 < len(rows) else ""
        if found[2] or re.fullmatch(DATE, after):
            start = flow.starts[index]
            yield found[1], start, start + len(found[1])
