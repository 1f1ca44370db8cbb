"""Titles, years, agencies, dates; where a report begins, and whether there is one."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from gouji.tables.evidence import Evidence
from gouji.tables.flat import flatten
from gouji.tables.grid import Block, Cell, Grid, Line, Place
from gouji.tables.head import read_head
from gouji.tables.record import ReportModel
from gouji.tables.reports import is_report, split_reports
from gouji.tables.title import parse_name, parse_title

SHARED = Path(__file__).parents[2] / "shared"
REAL = SHARED / "real"
BODY = "一、总体情况\n我单位认真贯彻落实《条例》，主动公开政府信息。\n"
FORM = "二、主动公开政府信息情况\n三、收到和处理政府信息公开申请情况\n"


def lines(text: str) -> list[Block]:
    """Lines of text; ``#`` marks a heading."""
    found: list[Block] = []
    for number, raw in enumerate(text.split("\n"), 1):
        level = len(raw) - len(raw.lstrip("#"))
        text = raw.lstrip("# ") if level else raw
        place = Place(line=number, start=len(raw) - len(text), end=len(raw))
        found.append(Line(text, place, level))
    return found


def grid(*rows: tuple[str, ...]) -> Grid:
    cells = [Cell(r, c, r + 1, c + 1, t) for r, row in enumerate(rows) for c, t in enumerate(row)]
    return Grid(tuple(cells), "markup")


def read(text: str, stem: str | None = None) -> ReportModel:
    return read_head(lines(text), stem).report


SEEDS = sorted((SHARED / "truth").glob("*.json"))


@pytest.mark.skipif(not SEEDS, reason="the checked reports are not here")
@pytest.mark.parametrize("truth", SEEDS, ids=lambda path: path.stem[:3])
def test_the_checked_reports(truth):
    want = json.loads(truth.read_text("utf-8"))["report"]
    report = read((SHARED / "seeds" / f"{truth.stem}.txt").read_text("utf-8"))
    assert (report.title, report.agency) == (want["title"], want["agency_name"])
    assert (report.year, report.region_code) == (want["report_year"], want["region_code"])
    assert report.region == want["region_name"]
    assert (report.level, report.agency_type) == (want["admin_level"], want["agency_type"])
    assert report.scope == want["report_scope"]
    assert report.publish_date == want["publish_date"]
    assert report.signed_date == want.get("signed_date")
    stated = want["period_source"].startswith("stated")
    period = (want["period_start"], want["period_end"]) if stated else (None, None)
    assert (report.period_start, report.period_end) == period


def test_every_fact_is_found_where_it_stands():
    text = "#  洛阳市商务局\n# 2020 年政府信息公开工作年度报告\n发布时间：2021-01-20 10:11\n" + BODY
    report = read(text)
    source = text.split("\n")
    told = set(report.model_dump(exclude_none=True)) - {"index", "found"}
    assert told == set(report.found)
    for name, found in report.found.items():
        assert found.at is not None
        there = source[found.at.line - 1][found.at.start : found.at.end]
        assert found.quote.split("\n")[0] == there, name
    assert report.title == "洛阳市商务局2020 年政府信息公开工作年度报告"
    assert report.publish_date == "2021-01-20"


@pytest.mark.parametrize(
    ("title", "agency", "year"),
    [
        ("河南省商务厅2019年政府信息公开工作年度报告", "河南省商务厅", 2019),
        ("2019年上海市人民政府办公厅政府信息公开工作年度报告", "上海市人民政府办公厅", 2019),
        ("省商务厅2017政府信息公开工作年度报告", "省商务厅", 2017),
        ("关于洛阳市商务局二〇二三年度政府信息公开年度报告", "洛阳市商务局", 2023),
        ("洛阳市商务局关于印发二○二一年政务公开年报", "洛阳市商务局", 2021),
        ("洛阳市商务局政府信息公开2019年度报告", "洛阳市商务局", 2019),
        ("洛阳市人民政府信息公开工作年度报告（2023年）", "洛阳市人民政府", 2023),
        ("洪泽区政府信息公开工作年度报告（2023年度）", "洪泽区", 2023),
        ("《洛阳市商务局2020年政府信息公开工作年度报告》", "洛阳市商务局", 2020),
        ("洛阳市政务公开办公室2019年政府信息公开工作年度报告", "洛阳市政务公开办公室", 2019),
        ("附件1：平潭综合实验区管委会2011年政府信息公开情况统计表", "平潭综合实验区管委会", 2011),
        ("洛阳市商务局（洛阳市口岸办公室）2022年政府信息公开年度报告",
         "洛阳市商务局(洛阳市口岸办公室)", 2022),
        ("廣東省商務廳2019年政府信息公開工作年度報告", "广东省商务厅", 2019),
        ("洛阳市商务局２０２１年政府信息公开工作年度报告", "洛阳市商务局", 2021),
        ("洛阳市商务局2019-2020年政府信息公开工作年度报告", "洛阳市商务局", None),
        ("洛阳市商务局关于报送2020年政府信息公开工作年度报告的报告", "洛阳市商务局", 2020),
        ("我局2020年政府信息公开工作总结", None, 2020),
        ("2021年政务公开年报", None, 2021),
        ("信息公开年报", None, None),
    ],
)  # fmt: skip
def test_titles(title, agency, year):
    assert parse_title(flatten(title)) == (agency, year)


@pytest.mark.parametrize(
    "text",
    [
        "关于做好2023年政府信息公开工作年度报告编制工作的通知",
        "特公布贵州省商务厅2017年政府信息公开工作年度报告。本报告中所列数据",
        "清华大学2022-2023学年信息公开年度报告",
        "政府信息公开申请",
        "政府信息公开指南",
        "上一篇：河南省商务厅2018年政府信息公开工作年度报告",
        "首页政府信息公开年报",
        "河南省商务厅2018年政府信息公开工作年度报告……12",
    ],
)
def test_what_is_no_title(text):
    assert parse_title(flatten(text)) is None


def test_names_of_files_and_pages():
    name = "2023年洛阳市商务局政府信息公开工作年度报告_政府信息公开年报_洛阳市人民政府门户网站"
    assert parse_name(name) == ("洛阳市商务局", 2023)
    assert parse_name("xxx_年度报告_某某政府网") is None
    report = read(BODY, "洛阳市商务局2020年政府信息公开工作年度报告")
    assert (report.title, report.agency, report.year) == (None, "洛阳市商务局", 2020)
    assert report.found["year"].at is None


def test_a_title_broken_over_lines():
    report = read("洪泽区人民政府\n2023 年政府信息\n公开工作年度报告\n" + BODY)
    assert report.title == "洪泽区人民政府2023 年政府信息公开工作年度报告"
    assert (report.agency, report.year, report.level) == ("洪泽区人民政府", 2023, "county")


@pytest.mark.parametrize(
    ("above", "below", "agency"),
    [
        ("宁夏回族自治区银川市国有资产监督管理委", "员会", None),
        ("宁夏回族自治区银川市兴庆区人力资源和社", "会保障局", None),
        ("福州市发展和", "改革委员会", None),
        ("福州市人民政府门户网站", "福州市教育局", "福州市教育局"),
        ("福州市人民政府", "福州市教育局", "福州市教育局"),
    ],
)
def test_a_line_break_within_the_name_of_an_agency(above, below, agency):
    report = read(f"{above}\n{below}2023年政府信息公开工作年度报告\n" + BODY)
    assert report.agency == (agency or above + below)


@pytest.mark.parametrize("end", ["无", "无。", "暂无"])
def test_the_last_words_of_a_report_are_no_part_of_the_next_one_s_title(end):
    report = read(f"{end}\n南京市秦淮区人民政府2020年度政府信息公开工作年度报\n告\n" + BODY)
    assert (report.agency, report.year) == ("南京市秦淮区人民政府", 2020)


def test_a_site_name_is_no_part_of_a_title_that_is_a_heading():
    report = read("洛阳市人民政府\n# 2020年政府信息公开工作年度报告\n" + BODY)
    assert (report.agency, report.year) == (None, 2020)


def test_the_agency_as_the_text_prints_it_in_full():
    report = read(
        "洪泽区人民政府2023年政府信息公开工作年度报告\n"
        "本报告由江苏省淮安市洪泽区人民政府办公室根据《条例》编制，报告中所列数据如下。\n" + BODY
    )
    assert report.agency == "江苏省淮安市洪泽区人民政府"
    assert report.agency_type == "government"
    report = read("县商务局2020年政府信息公开工作年度报告\n" + BODY + "宜阳县商务局\n2021年1月8日")
    assert (report.agency, report.region_code) == ("宜阳县商务局", "410327")
    report = read("商务局2020年政府信息公开工作年度报告\n" + BODY + "宜阳县商务局\n2021年1月8日")
    assert (report.agency, report.region_code) == ("宜阳县商务局", "410327")
    report = read("关林街道2020年政府信息公开年报\n" + BODY + "洛龙区关林街道根据要求工作。")
    assert (report.agency, report.region_code) == ("洛龙区关林街道", "410311")
    assert (report.level, report.agency_type) == ("township", "township")
    # A mention of the superior does not name the agency.
    report = read(
        "商务局2020年政府信息公开工作年度报告\n" + BODY + "按照洛阳市商务局的要求，开展工作。"
    )
    assert (report.agency, report.region_code) == ("商务局", None)


def test_the_agency_where_the_title_has_none():
    title = "2020年政府信息公开工作年度报告\n"
    assert read(title + BODY + "洛阳市商务局\n2021年1月8日").agency == "洛阳市商务局"
    assert read(title + "现公布洛阳市商务局2020年政府信息公开工作年度报告。\n" + BODY).agency == (
        "洛阳市商务局"
    )
    assert read(title + "发布机构：洛阳市商务局 发布日期：2021-01-08\n" + BODY).agency == (
        "洛阳市商务局"
    )
    assert read(title + "来源：洛阳市人民政府办公室\n" + BODY).agency is None
    assert read(title + BODY).agency is None


def test_an_ambiguous_name_needs_its_parent():
    title = "鼓楼区教育局2020年政府信息公开工作年度报告\n"
    head = read_head(lines(title + BODY))
    assert head.report.region_code is None
    assert head.report.level == "county"
    assert [finding.code for finding in head.findings] == ["region_ambiguous"]
    for text in (
        "联系地址：江苏省南京市鼓楼区山西路1号\n",
        "本报告在南京市鼓楼区人民政府网站公布。\n",
        "南京市鼓楼区教育局\n2021年1月8日\n",
    ):
        assert read(title + BODY + text).region_code == "320106", text
    both = "地址：南京市鼓楼区1号\n地址：徐州市鼓楼区1号\n"
    assert read(title + BODY + both).region_code is None


def test_the_year_is_that_of_the_data():
    title = "洛阳市商务局政府信息公开工作年度报告\n"
    stated = "本报告所列数据的统计期限自2023年1月1日起至2023年12月31日止。\n"
    assert read("发布日期：2024-01-20\n" + title + stated + BODY).year == 2023
    assert read(title + BODY + "2023年，我局收到申请3件。2024年，我局将加强工作。").year == 2023
    assert read(title + BODY + "2023年，我局收到申请3件。2022年，我局收到2件。").year is None
    assert read(title + BODY).year is None
    assert read(title + BODY + "发布日期：2024-01-20").year is None


def test_a_title_and_a_period_of_different_years():
    head = read_head(
        lines("洛阳市商务局2024年政府信息公开工作年度报告\n数据统计期限为2023年1月1日至12月31日。")
    )
    assert head.report.year == 2024
    assert (head.report.period_start, head.report.period_end) == ("2023-01-01", "2023-12-31")
    assert head.findings[0].code == "year_contradicts"
    assert head.findings[0].arguments == {"title": 2024, "stated": 2023}


def test_periods_that_are_none():
    title = "洛阳市商务局2023年政府信息公开工作年度报告\n"
    for text in ("2023年5月1日至5月31日开展宣传活动。", "统计期限为2023年2月30日至12月31日。"):
        assert read(title + text).period_start is None
    report = read(title + "统计期限为二〇二三年一月一日至十二月三十一日。")
    assert (report.period_start, report.period_end) == ("2023-01-01", "2023-12-31")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("发布日期：2020-01-31", "2020-01-31"),
        ("来源:办公室发布时间:2020-02-02阅读:", "2020-02-02"),
        ("发布时间：2020-01-03 10:11  浏览次数：30", "2020-01-03"),
        ("时间：2020/1/3 来源：办公室", "2020-01-03"),
        ("【信息时间：2020年1月3日】", "2020-01-03"),
        ("发文日期：2020年1月2日\n时间：2020-01-03", "2020-01-03"),
        ("发布日期：2020-13-31", None),
        ("发布日期：2018-01-31", None),  # before the year of the data
        ("成文日期：2020-01-31", None),
        ("2020-01-31", None),
    ],
)
def test_publication(written, day):
    report = read(f"洛阳市商务局2019年政府信息公开工作年度报告\n{written}\n{BODY}")
    assert report.publish_date == day


def test_signature():
    title = "洛阳市商务局2019年政府信息公开工作年度报告\n"
    assert read(title + BODY + "  洛阳市商务局\n    2020年1月8日").signed_date == "2020-01-08"
    assert read(title + BODY + "洛阳市商务局2020年1月8日").signed_date == "2020-01-08"
    assert read(title + BODY + "二〇二〇年一月二十八日\n打印\n关闭").signed_date == "2020-01-28"
    assert read(title + "（2020年1月8日）\n" + BODY).signed_date == "2020-01-08"
    assert read(title + BODY + "截至2020年1月8日，共收到3件。").signed_date is None


def test_dates_and_publishers_in_a_table_of_the_page():
    blocks = [
        grid(("索引号", "", "发布机构", "洛阳市商务局"), ("发布日期", "2021-01-20", "文号", "")),
        *lines("2020年政府信息公开工作年度报告\n" + BODY),
    ]
    report = read_head(blocks).report
    assert (report.agency, report.publish_date) == ("洛阳市商务局", "2021-01-20")


def test_scope():
    government = "宜阳县人民政府2020年政府信息公开工作年度报告\n"
    assert read(government + BODY).scope is None
    assert read(government + BODY + "全县共收到政府信息公开申请21件。").scope == "aggregate"
    assert read(government + BODY + "全省政务公开工作会议召开3次。").scope is None
    office = "宜阳县人民政府办公室2020年政府信息公开工作年度报告\n"
    assert read(office + BODY).scope == "own"
    assert read(office + BODY + "全县共收到政府信息公开申请21件。").scope is None
    assert read("宜阳县商务局2020年政府信息公开工作年度报告\n" + BODY).scope == "own"


def test_zones_are_told():
    head = read_head(lines("平潭综合实验区管委会2018年政府信息公开工作年度报告\n" + BODY))
    assert head.report.region_code == "350128"
    assert head.findings[0].code == "zone_without_code"


def test_traditional_script():
    report = read("廣東省商務廳2019年政府信息公開工作年度報告\n一、總體情況\n")
    assert (report.agency, report.region, report.year) == ("廣東省商務廳", "广东省", 2019)


NAVIGATION = (
    "首页\n2018年政府信息公开工作年度报告\n2020年政府信息公开工作年度报告\n政府信息公开年报\n"
)
LINKS = (
    "上一篇：\n洛阳市商务局2018年政府信息公开工作年度报告\n相关链接\n"
    "郑州市商务局2019年政府信息公开工作年度报告\n版权所有\n"
)
ONE = "洛阳市商务局2019年政府信息公开工作年度报告\n发布日期：2020-01-31\n" + BODY + FORM


def test_the_title_stands_nearest_above_the_text():
    report = read(NAVIGATION + ONE + LINKS)
    assert (report.agency, report.year) == ("洛阳市商务局", 2019)


def test_one_report_is_not_split():
    mention = "按照《洛阳市商务局2018年政府信息公开工作年度报告》\n"
    table = "附件：洛阳市商务局2019年度政府信息公开情况统计表\n指标名称\n"
    repeated = ONE.split("\n")[0] + "\n" + ONE
    contents = "目录\n洛阳市商务局2018年政府信息公开工作年度报告……1\n"
    for text in (ONE, NAVIGATION + ONE + LINKS, ONE + mention + table, repeated, contents + ONE):
        blocks = lines(text)
        assert split_reports(blocks) == [slice(0, len(blocks))]


def test_several_reports_are_split():
    other = ONE.replace("洛阳市", "郑州市")
    later = "# 洛阳市商务局\n# 2020年政府信息公开工作年度报告\n" + BODY + FORM
    blocks = [*lines(NAVIGATION + ONE), *lines(other), *lines(later + LINKS)]
    parts = split_reports(blocks)
    found = [read_head(blocks[part]).report for part in parts]
    assert [(r.agency, r.year) for r in found] == [
        ("洛阳市商务局", 2019), ("郑州市商务局", 2019), ("洛阳市商务局", 2020)
    ]  # fmt: skip
    assert parts[0].start == 0
    assert parts[-1].stop == len(blocks)
    assert all(a.stop == b.start for a, b in pairwise(parts))


def test_tables_of_two_years_are_split():
    blocks: list[Block] = []
    for year in (2011, 2012):
        blocks += lines(f"平潭综合实验区管委会{year}年政府信息公开情况统计表")
        blocks.append(grid(("指标名称", "计量单位", f"{year}年度", "历年累计")))
    assert split_reports(blocks) == [slice(0, 2), slice(2, 4)]


def test_what_is_a_report():
    assert is_report(lines(ONE))
    assert is_report(lines(NAVIGATION + ONE + LINKS))
    assert is_report(lines(FORM))
    assert is_report(
        [grid(("一、本年新收政府信息公开申请数量", "1"), ("上年结转政府信息公开申请数量", "0"))]
    )
    assert not is_report([])
    assert not is_report(lines(NAVIGATION + LINKS))
    assert not is_report(lines("关于印发年度报告格式的通知\n" + BODY + FORM))
    assert not is_report(lines("洛阳市商务局2020年工作总结\n一、总体情况\n全年进出口增长。"))
    assert not is_report(lines("Annual report on trade\nTotal 3"))


@pytest.mark.parametrize("year", ["（2023年度）", "(2023年)"])
def test_the_text_goes_on_behind_a_title_that_ends_with_its_year(year):
    text = f"商丘市商务局政府信息公开工作年度报告{year}一、总体情况2022年以来，我局按规定公开信息。"
    report = read(text)
    assert (report.agency, report.year) == ("商丘市商务局", 2023)


@pytest.mark.skipif(not REAL.is_dir(), reason="the further real reports are not here")
def test_flattened_tables():
    report = read((REAL / "pingtan-2011.txt").read_text("utf-8"))
    assert (report.agency, report.year) == ("平潭综合实验区管委会", 2011)
    report = read((REAL / "pingtan-2016.txt").read_text("utf-8"))
    assert (report.year, report.region_code) == (2016, "350128")
    blocks = lines((REAL / "pingtan-2020.txt").read_text("utf-8"))
    assert is_report(blocks)
    assert read_head(blocks).report.year is None


@pytest.mark.parametrize(("read", "agency"), [
    ("二内蒙古自治区商务厅", "内蒙古自治区商务厅"), ("忠贵阳市人民政府", "贵阳市人民政府"),
    ("甘肅省水利廳", "甘肃省水利厅"), ("忠县人民政府", "忠县人民政府"),
    ("四川省\uf979山彝族自治州商务局", "四川省凉山彝族自治州商务局"),
    ("贵州省责阳市南明区人民政府", "贵州省贵阳市南明区人民政府"),
    ("福建省福州市仑山区人民政府", "福建省福州市仑山区人民政府"),
])  # fmt: skip
def test_a_speck_before_a_scanned_name_is_no_part_of_it(read: str, agency: str) -> None:
    blocks = [
        replace(line, place=replace(line.place, page=1))
        for line in lines(f"{read}2022年政府信息公开工作年度报告\n" + BODY)
    ]
    assert read_head(blocks, evidence=Evidence({1: []})).report.agency == agency
    assert read_head(blocks).report.agency == read
