"""Draws whose report it is and how its title names it. Codes are those of GB/T 2260."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

# province, its code; cities of it with their code and some of their counties with theirs.
REGIONS: tuple[tuple[str, str, tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]], ...] = (
    ("河北省", "130000", (("石家庄市", "130100", (("正定县", "130123"), ("长安区", "130102"))),)),
    ("内蒙古自治区", "150000", (("呼和浩特市", "150100", (("新城区", "150102"),)),)),
    ("辽宁省", "210000", (("大连市", "210200", (("中山区", "210202"),)),)),
    ("江苏省", "320000", (
        ("南京市", "320100", (("秦淮区", "320104"),)),
        ("淮安市", "320800", (("洪泽区", "320813"),)),
    )),
    ("浙江省", "330000", (("杭州市", "330100", (("西湖区", "330106"),)),)),
    ("安徽省", "340000", (("六安市", "341500", (("金安区", "341502"),)),)),
    ("福建省", "350000", (
        ("福州市", "350100", (("平潭县", "350128"),)),
        ("莆田市", "350300", (("荔城区", "350304"),)),
    )),
    ("山东省", "370000", (("青岛市", "370200", (("市南区", "370202"),)),)),
    ("河南省", "410000", (
        ("洛阳市", "410300", (("洛龙区", "410311"),)),
        ("商丘市", "411400", (("睢阳区", "411403"),)),
    )),
    ("湖北省", "420000", (
        ("武汉市", "420100", (("武昌区", "420106"),)),
        ("黄冈市", "421100", (("红安县", "421122"),)),
    )),
    ("湖南省", "430000", (
        ("长沙市", "430100", (("岳麓区", "430104"),)),
        ("岳阳市", "430600", (("华容县", "430623"),)),
    )),
    ("广东省", "440000", (("广州市", "440100", (("天河区", "440106"),)),)),
    ("广西壮族自治区", "450000", (("南宁市", "450100", (("青秀区", "450103"),)),)),
    ("四川省", "510000", (
        ("成都市", "510100", (("武侯区", "510107"),)),
        ("泸州市", "510500", (("江阳区", "510502"),)),
        ("凉山彝族自治州", "513400", (("西昌市", "513401"),)),
    )),
    ("贵州省", "520000", (("贵阳市", "520100", (("南明区", "520102"),)),)),
    ("云南省", "530000", (("昆明市", "530100", (("五华区", "530102"),)),)),
    ("陕西省", "610000", (("西安市", "610100", (("莲湖区", "610104"),)),)),
    ("甘肃省", "620000", (("定西市", "621100", (("安定区", "621102"),)),)),
    ("宁夏回族自治区", "640000", (("银川市", "640100", (("兴庆区", "640104"),)),)),
    ("新疆维吾尔自治区", "650000", (("乌鲁木齐市", "650100", (("天山区", "650102"),)),)),
)  # fmt: skip
FUJIAN = tuple(region for region in REGIONS if region[0] == "福建省")
SHANGHAI = (
    ("上海市", "310000", (("", "310000", (("浦东新区", "310115"), ("徐汇区", "310104"))),)),
)
MATTERS = (
    "商务", "财政", "教育", "民政", "司法", "审计", "统计", "交通运输", "生态环境", "农业农村",
    "文化和旅游", "卫生健康", "应急管理", "市场监督管理", "人力资源和社会保障", "自然资源",
    "住房和城乡建设", "水利", "退役军人事务", "医疗保障",
)  # fmt: skip
COMMISSIONS = ("发展和改革委员会", "国有资产监督管理委员会")
TOWNSHIPS = ("城关镇", "新华街道办事处", "石桥镇", "白马乡", "东风街道办事处", "龙泉镇")
MINISTRIES = ("商务部", "教育部", "水利部", "国家统计局", "交通运输部", "国家知识产权局")


@dataclass(frozen=True)
class Agency:
    """``name`` is as the title prints it, ``full`` with its province and city."""

    name: str
    full: str
    level: str
    type: str
    region_code: str | None
    we: str


def draw_agency(rng: Random, form: str) -> Agency:
    if form in ("2021", "2019") and rng.random() < 0.03:
        name = rng.choice(MINISTRIES)
        return Agency(name, name, "national", "department", None, "我部")
    regions = {"fujian": FUJIAN, "shanghai": SHANGHAI}.get(form, REGIONS)
    province, code, cities = rng.choice(regions)
    city, city_code, counties = rng.choice(cities)
    county, county_code = rng.choice(counties)
    level = rng.choices(("province", "prefecture", "county", "township"), (1, 4, 5, 2))[0]
    if level == "prefecture" and not city:
        level = "county"
    if level == "province":
        return _agency(rng, level, province, province, code)
    if level == "prefecture":
        short = rng.choice((city, city, province + city))
        return _agency(rng, level, short, province + city, city_code)
    above = rng.choice((county, city + county, city + county, province + city + county))
    if level == "township":
        place = rng.choice(TOWNSHIPS)
        own = place if place.endswith("办事处") else place + "人民政府"
        we = "我街道" if place.endswith("办事处") else "我" + place[-1]
        full = province + city + county + own
        return Agency(above + own, full, level, "township", county_code, we)
    return _agency(rng, level, above, province + city + county, county_code)


def _agency(rng: Random, level: str, short: str, full: str, code: str) -> Agency:
    of = {"province": "省", "prefecture": "市"}.get(level, short[-1])
    kind = rng.choices(("government", "government_office", "department"), (4, 1, 6))[0]
    if kind == "government":
        return Agency(short + "人民政府", full + "人民政府", level, kind, code, "我" + of)
    if kind == "government_office":
        office = "人民政府办公厅" if level != "county" else "人民政府办公室"
        return Agency(short + office, full + office, level, kind, code, "我办")
    name = rng.choice(MATTERS) + ("厅" if level == "province" else "局")
    if rng.random() < 0.1:
        name = rng.choice(COMMISSIONS)
    return Agency(short + name, full + name, level, kind, code, "我" + name[-1].replace("会", "委"))


def draw_title(rng: Random, agency: Agency, year: int) -> str:
    """The phrasings met: with blanks, brackets, 关于, and without 工作."""
    return rng.choice(
        (
            "{a}{y}年政府信息公开工作年度报告",
            "{a}{y}年政府信息公开工作年度报告",
            "{a}{y}年政府信息公开工作年度报告",
            "{a} {y} 年政府信息公开工作年度报告",
            "{a}{y}年度政府信息公开工作年度报告",
            "{y}年{a}政府信息公开工作年度报告",
            "{a}政府信息公开工作{y}年度报告",
            "{a}{y}年政府信息公开年度报告",
            "{a}政府信息公开{y}年年度报告",
            "{a}关于{y}年政府信息公开工作情况的报告",
            "{a}政府信息公开工作年度报告（{y}年）",
            "{a}政府信息公开工作年度报告（{y}年度）",
        )
    ).format(a=agency.name, y=year)
