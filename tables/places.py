"""The administrative unit that the name of an agency begins with, and its GB/T 2260 code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Level = Literal["national", "province", "prefecture", "county", "township"]

_LONGEST = 16
# A year around the change of a name or a code: the report of a year is written in the next.
_LEEWAY = 1
_PEOPLES = (
    "各族|蒙古族?|回族|藏族|维吾尔族?|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|"
    "哈萨克族?|傣族|黎族|傈僳族|佤族|畲族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜族?|土族|达斡尔族|"
    "仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族?|普米族|塔吉克族?|怒族|独龙族|裕固族|保安族"
)
_AUTONOMOUS = re.compile(rf"(.{{2,}}?)(?:{_PEOPLES})*自治([区州县旗])")
_STEM = re.compile(r"(.{2,}?)(?:(?:" + _PEOPLES + r")*自治[区州县旗]|省|市|地区|盟|区|县|旗)")
# Names so plain that anything may begin with them: they need their parent.
_PLAIN = frozenset({"城区", "郊区", "矿区", "东区", "西区"})
# What follows may own the unit's last character: 朝阳|市场监督管理局 is of 朝阳区, not 朝阳市.
_NEXT_WORD = re.compile(r"市(?:场监|容|政(?:公用|工程|管理|园林|设施|局))|区域")
# A unit below that is none of those known: a new one, or a zone that calls itself a district.
_UNKNOWN = re.compile(
    r"[\u4e00-\u9fff]{2,4}?(?:[县旗]|(?<![城都])市|(?<![社地山景园库林牧灾校辖老])区)"
)
_TOWN = re.compile(r"(?:街道|镇|乡|苏木|地区)(?:办事处|人民政府|政府|$)")
_ZONE = re.compile(
    r"[^市县省局厅]{0,12}?(?:开发区|实验区|示范区|试验区|新区|园区|高新区|经开区|保税区|合作区|"
    r"度假区|管理区|风景(?:名胜)?区|景区|产业区|港区|集聚区)"
)
# Zones that have no code and cover exactly one unit that has one.
_ZONES = {
    "平潭综合实验区": "350128",
    "舟山群岛新区": "330900",
    "杨凌农业高新技术产业示范区": "610403",
    "杨凌示范区": "610403",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of county level or above; ``first`` and ``last`` are the years it is known for."""

    code: str
    name: str
    first: int
    last: int

    @property
    def level(self) -> Level:
        """By its code. The districts of the four municipalities count as counties."""
        if self.code.endswith("0000"):
            return "province"
        return "prefecture" if self.code.endswith("00") else "county"

    def holds(self, other: Unit) -> bool:
        """Whether the other lies in this one, by the codes."""
        stem = self.code[:2] if self.level == "province" else self.code[:4]
        return self.level != "county" and other.code.startswith(stem) and other.code != self.code

    def known_in(self, year: int | None, leeway: int = 0) -> bool:
        """Whether code and name went together in that year; yes if the year is unknown."""
        return year is None or self.first - leeway <= year <= self.last + leeway


@dataclass(frozen=True, slots=True)
class Named:
    """What the beginning of a name says: ``end`` characters of it name the unit.

    ``units`` are all units it can mean; more than one is an ambiguous name. ``zone`` tells that it
    is a special zone without a code, and ``units`` the unit it lies in. The name of a zone does
    not count for ``end`` unless the zone covers a unit exactly.
    """

    units: tuple[Unit, ...]
    end: int
    zone: bool = False

    @property
    def unit(self) -> Unit | None:
        """The one unit, None if the name is ambiguous."""
        return self.units[0] if len(self.units) == 1 else None


@dataclass(frozen=True, slots=True)
class _Names:
    full: dict[str, tuple[Unit, ...]]
    stems: dict[str, tuple[Unit, ...]]
    codes: dict[str, tuple[Unit, ...]]


def name_place(name: str, year: int | None = None) -> Named | None:
    """The unit that ``name`` (flat, simplified) begins with: 淮安市洪泽区人民政府 → 320813.

    The longest chain of names counts. A province or prefecture without its suffix (河南洛阳市) is
    understood only before a unit that lies in it. None if the name begins with no known unit.
    """
    covering = _zone_place(name, year)
    if covering:
        return covering
    chains = list(_chains(name, year))
    if not chains:
        return None
    end = max(end for _, end in chains)
    units = _pick(tuple(unit for unit, stop in chains if stop == end), year)
    zone = bool(_ZONE.match(name, end))
    if not units or (not zone and _UNKNOWN.match(name, end)):
        return None
    return Named(units, end, zone)


def misread_place(name: str, year: int | None = None) -> tuple[str, str] | None:
    """What a scan's reader saw of a unit, and its name, if one character of it was misread and the
    units before and behind are its own: 贵州省责阳市南明区… → 责阳市, 贵阳市.
    """
    found = {
        (seen, unit.name)
        for above, start in _chains(name, year)
        for unit in all_units()
        if above.holds(unit) and unit.known_in(year, _LEEWAY)
        for seen in [name[start : start + len(unit.name)]]
        if len(seen) == len(unit.name)
        and sum(a != b for a, b in zip(seen, unit.name, strict=True)) == 1
        and any(
            unit.holds(below) for below, _ in _tokens(name, start + len(seen), _names().full, year)
        )
    }
    return found.pop() if len(found) == 1 else None


def stem_place(stem: str, year: int | None, level: Level | None = None) -> Unit | None:
    """The one unit of that name without its suffix (洛阳 → 洛阳市), None if there are several."""
    known = _names().stems.get(stem, ()) + _names().full.get(stem, ())
    units = _pick(tuple(u for u in known if level in (None, u.level)), year)
    return units[0] if len(units) == 1 else None


def full_name(unit: Unit, year: int | None = None) -> str:
    """The name with its parents': 江苏省淮安市洪泽区."""
    parents = [unit.code[:2] + "0000", unit.code[:4] + "00"]
    names = []
    for code in parents:
        known = _pick(_names().codes.get(code, ()), year) if code != unit.code else ()
        if known:
            names.append(known[-1].name)
    return "".join(dict.fromkeys(names)) + unit.name


def all_units() -> tuple[Unit, ...]:
    """Every unit known, of all years, by code."""
    return tuple(unit for units in _names().codes.values() for unit in units)


def _zone_place(name: str, year: int | None) -> Named | None:
    """The unit of a zone that covers one, also behind the names of its parents."""
    for zone, code in _ZONES.items():
        at = name.find(zone)
        host = _pick(_names().codes[code], year) if at >= 0 else ()
        parents = _chains(name[:at], year) if at > 0 else ()
        if host and (at == 0 or any(u.holds(host[0]) and end == at for u, end in parents)):
            return Named(host, at + len(zone), zone=True)
    return None


def _chains(name: str, year: int | None) -> Iterator[tuple[Unit, int]]:
    for unit, end in _tokens(name, 0, _names().full, year):
        if name[:end] not in _PLAIN:
            yield from _longer(name, unit, end, year)
    for unit, end in _tokens(name, 0, _names().stems, year):
        if unit.level != "county":
            yield from _below(name, unit, end, year)


def _longer(name: str, unit: Unit, end: int, year: int | None) -> Iterator[tuple[Unit, int]]:
    below = list(_below(name, unit, end, year))
    yield from below or [(unit, end)]


def _below(name: str, unit: Unit, end: int, year: int | None) -> Iterator[tuple[Unit, int]]:
    for other, stop in _tokens(name, end, _names().full, year):
        if unit.holds(other):
            yield from _longer(name, other, stop, year)
    if unit.level == "province":
        for other, stop in _tokens(name, end, _names().stems, year):
            if unit.holds(other) and other.level == "prefecture":
                yield from _below(name, other, stop, year)


def _tokens(
    name: str, start: int, names: dict[str, tuple[Unit, ...]], year: int | None
) -> Iterator[tuple[Unit, int]]:
    for end in range(min(start + _LONGEST, len(name)), start + 1, -1):
        for unit in names.get(name[start:end], ()):
            if unit.known_in(year, _LEEWAY) and not _is_cut(name, start, end):
                yield unit, end


def _is_cut(name: str, start: int, end: int) -> bool:
    """Whether the unit's name is only the beginning of another word."""
    if _TOWN.match(name, end):
        return True
    shared = _names().stems.get(name[start : end - 1], ())
    return len({unit.code[:4] for unit in shared}) > 1 and bool(_NEXT_WORD.match(name, end - 1))


def _pick(units: tuple[Unit, ...], year: int | None) -> tuple[Unit, ...]:
    """One unit for each code; of one place that changed its code, the one of the year."""
    units = tuple({unit.code: unit for unit in units if unit.known_in(year, _LEEWAY)}.values())
    exact = tuple(unit for unit in units if unit.known_in(year))
    same_place = len({unit.code[:4] for unit in units}) == 1
    return exact if same_place and exact else units


@cache
def _names() -> _Names:
    text = files("gouji.tables").joinpath("regions.tsv").read_text("utf-8")
    fields = [line.split("\t") for line in text.splitlines()]
    first = min(int(field[2]) for field in fields)
    last = max(int(field[3]) for field in fields)
    full: dict[str, list[Unit]] = {}
    stems: dict[str, list[Unit]] = {}
    codes: dict[str, list[Unit]] = {}
    for code, name, since, until in fields:
        # What stands in the first or the last revision was there before, or is there still.
        unit = Unit(
            code,
            name,
            0 if int(since) == first else int(since),
            9999 if int(until) == last else int(until),
        )
        codes.setdefault(code, []).append(unit)
        full.setdefault(name, []).append(unit)
        autonomous = _AUTONOMOUS.fullmatch(name) if "自治" in name else None
        if autonomous:
            short = autonomous[1].removesuffix("族") + autonomous[2]
            full.setdefault(short, []).append(unit)
        stem = _STEM.fullmatch(name)
        if stem:
            stems.setdefault(stem[1], []).append(unit)
    return _Names(*({k: tuple(v) for k, v in d.items()} for d in (full, stems, codes)))
