"""Units and their codes, and 300 drawn units in the phrasing of titles."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import pytest

from gouji.tables.agency import understand
from gouji.tables.grid import Line, Place
from gouji.tables.head import read_head
from gouji.tables.places import all_units, full_name, name_place, stem_place
from gouji.tables.record import ReportModel

TABLE = Path(__file__).parents[1] / "tables" / "regions.tsv"


@cache
def units() -> list[tuple[str, str, int, int]]:
    rows = [line.split("\t") for line in TABLE.read_text("utf-8").splitlines()]
    return [(code, name, int(first), int(last)) for code, name, first, last in rows]


def test_the_table_is_whole():
    codes = {code for code, *_ in units()}
    assert len(units()) == len(all_units()) > 3500
    assert len({code for code in codes if code.endswith("0000")}) == 34
    assert not [name for _, name, *_ in units() if name in ("市辖区", "县") or "直辖" in name]
    assert all(2007 <= first <= last <= 2100 for *_, first, last in units())


@pytest.mark.parametrize(
    ("name", "year", "code", "taken"),
    [
        ("河南省商务厅", 2019, "410000", "河南省"),
        ("洛阳市民政局", 2019, "410300", "洛阳市"),
        ("淮安市洪泽区人民政府", 2023, "320813", "淮安市洪泽区"),
        ("洪泽县人民政府", 2014, "320829", "洪泽县"),
        ("江苏省南京市鼓楼区人民政府", 2020, "320106", "江苏省南京市鼓楼区"),
        ("北京海淀区教育局", 2020, "110108", "北京海淀区"),
        ("凉山州商务局", 2020, "513400", "凉山州"),
        ("四川凉山州教育局", 2020, "513400", "四川凉山州"),
        ("临夏州东乡县人民政府", 2020, "622926", "临夏州东乡县"),
        ("鄂温克旗人民政府", 2020, "150724", "鄂温克旗"),
        ("吉林省吉林市人民政府", 2020, "220200", "吉林省吉林市"),
        ("海南藏族自治州人民政府", 2020, "632500", "海南藏族自治州"),
        ("济源市人民政府", 2020, "419001", "济源市"),
        ("襄樊市人民政府", 2009, "420600", "襄樊市"),
        ("三元区人民政府", 2019, "350403", "三元区"),
        ("三元区人民政府", 2022, "350404", "三元区"),
        ("晋城市城区人民政府", 2020, "140502", "晋城市城区"),
        ("东莞市虎门镇人民政府", 2020, "441900", "东莞市"),
        ("浦东新区人民政府", 2020, "310115", "浦东新区"),
    ],
)
def test_the_unit_a_name_begins_with(name, year, code, taken):
    named = name_place(name, year)
    assert named is not None
    assert named.unit is not None
    assert (named.unit.code, name[: named.end]) == (code, taken)


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("鼓楼区人民政府", 2020),
        ("城关区教育局", 2020),
        ("朝阳市场监督管理局", 2020),  # of one of the districts 朝阳, not of the city 朝阳
        ("城区人民政府", 2020),
        ("东区街道办事处", 2020),
        ("洛阳市伊滨区人民政府", 2020),  # calls itself a district, is none
        ("洪泽区人民政府", 2010),  # founded 2016
        ("南京江北新区管理委员会", 2020),
        ("省商务厅", 2020),
        ("新疆生产建设兵团", 2020),
        ("商务局", 2020),
    ],
)
def test_what_is_not_certain_has_no_unit(name, year):
    named = name_place(name, year)
    assert named is None or named.unit is None


def test_zones_have_the_code_of_the_unit_they_cover():
    for name in ("平潭综合实验区管委会", "福建省平潭综合实验区自然资源局"):
        named = name_place(name, 2016)
        assert named is not None
        assert named.zone
        assert named.unit is not None
        assert named.unit.code == "350128"
    named = name_place("洛阳市高新技术产业开发区管委会", 2020)
    assert named is not None
    assert named.zone
    assert named.unit is not None
    assert named.unit.code == "410300"


def test_stems_count_only_where_one_unit_has_them():
    unit = stem_place("洛阳", 2020)
    assert unit is not None
    assert unit.code == "410300"
    assert stem_place("朝阳", 2020) is None
    province = stem_place("吉林", 2020, "province")
    assert province is not None
    assert province.code == "220000"


def test_full_names():
    named = name_place("洪泽区", 2023)
    assert named is not None
    assert named.unit is not None
    assert full_name(named.unit, 2023) == "江苏省淮安市洪泽区"


@pytest.mark.parametrize(
    ("name", "code", "level", "kind"),
    [
        ("国家税务总局洛阳市税务局", "410300", "prefecture", "vertical"),
        ("国家统计局洛阳调查队", "410300", "prefecture", "vertical"),
        ("国家统计局吉林调查总队", "220000", "province", "vertical"),
        ("河南省气象局", "410000", "province", "vertical"),
        ("洛阳市消防救援支队", "410300", "prefecture", "vertical"),
        ("上海市人民政府办公厅", "310000", "province", "government_office"),
        ("宜阳县政府办", "410327", "county", "government_office"),
        ("宜阳县柳泉镇人民政府", "410327", "township", "township"),
        ("洛阳市洛龙区关林街道办事处", "410311", "township", "township"),
        ("蒋坝镇人民政府", None, "township", "township"),
        ("洛阳市商务局", "410300", "prefecture", "department"),
        ("洛阳市发展和改革委员会", "410300", "prefecture", "department"),
        ("洛阳市国有资产监督管理委员会", "410300", "prefecture", "department"),
        ("洛阳市生态环境局洛龙分局", "410300", None, "department"),
        ("洛阳市住房公积金管理中心", "410300", "prefecture", "authorised_org"),
        ("洛阳市公共资源交易中心", "410300", "prefecture", None),
        ("平潭综合实验区管委会", "350128", None, None),
        ("商务部", None, "national", "department"),
        ("国家税务总局", None, "national", "department"),
        ("洪泽区", "320813", "county", "government"),
        ("鼓楼区教育局", None, "county", "department"),
    ],
)
def test_bodies(name, code, level, kind):
    body = understand(name, 2021)
    assert (body.unit and body.unit.code, body.level, body.kind) == (code, level, kind)


OFFICES = ("商务厅", "人民政府", "人民政府办公厅", "统计局", "发展和改革委员会", "市场监督管理局")
BUREAUS = ("商务局", "人民政府", "人民政府办公室", "教育局", "民政局", "发展和改革委员会", "财政局")
PHRASINGS = (
    "{agency}{year}年政府信息公开工作年度报告",
    "{year}年{agency}政府信息公开工作年度报告",
    "{agency} {year} 年政府信息公开年度报告",
    "{agency}关于{year}年度政府信息公开工作情况的报告",
    "{agency}{year}年度政务公开年报",
    "{agency}政府信息公开工作年度报告（{year}年）",
    "{agency}\n{year}年政府信息公开工作年度报告",
    "{agency}\n政府信息公开工作年度报告\n（{year}年度）",
    "关于{agency}{han}年政府信息公开工作的年度报告",
    "{agency}{year}政府信息公开工作年度报告",
    "附件：{agency}{year}年度政府信息公开情况统计表",
)
HAN = str.maketrans("0123456789", "〇一二三四五六七八九")


def draw(rng: random.Random) -> tuple[str, str, str, int, bool]:
    """Agency, code, title, year, and whether the name alone leaves the code open."""
    code, name, first, last = rng.choice(units())
    year = rng.randint(first, last)
    chain = [(name, "")]
    for parent in dict.fromkeys((code[:4] + "00", code[:2] + "0000")):
        there = [n for c, n, a, b in units() if c == parent != code and a <= year <= b]
        chain[:0] = [(there[0], parent.rstrip("0"))] if there else []
    parents = chain[rng.randrange(len(chain)) :]
    shown = "".join(part for part, _ in parents)
    inside = parents[-2][1] if len(parents) > 1 else ""
    kinds = OFFICES if code.endswith("0000") else BUREAUS
    agency = shown + rng.choice(kinds)
    title = rng.choice(PHRASINGS).format(agency=agency, year=year, han=str(year).translate(HAN))
    same = {c for c, n, a, b in units() if n == name and a - 1 <= year <= b + 1}
    return agency, code, title, year, sum(c.startswith(inside) for c in same) > 1


def read(title: str) -> ReportModel:
    lines = [*title.split("\n"), "一、总体情况", "我单位认真贯彻落实，主动公开政府信息。"]
    blocks = [Line(text, Place(line=i)) for i, text in enumerate(lines, 1)]
    return read_head(blocks).report


def test_300_drawn_units():
    rng = random.Random(2260)
    told = 0
    for _ in range(300):
        agency, code, title, year, open_ = draw(rng)
        report = read(title)
        assert (report.agency, report.year) == (agency, year), title
        assert report.region_code == code or (report.region_code is None and open_), title
        told += report.region_code is not None
    assert told > 250
