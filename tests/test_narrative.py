"""Figures in sentences: what may be taken, what may not, and how they compare with tables."""

from __future__ import annotations

import json
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from gouji.ocr.page import Box
from gouji.tables.chinese_numbers import chinese_number, quantity_at
from gouji.tables.grid import Line, Place
from gouji.tables.narrative import Statement, compare, statements
from gouji.tables.narrative_figures import whole_of

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
SEED = SHARED / "seeds" / "003_7328df8ead66a012.txt"
TRUTH = SHARED / "truth" / "003_7328df8ead66a012.json"


def lines(text: str) -> list[Line]:
    return [
        Line(raw, Place(line=number, start=0, end=len(raw)))
        for number, raw in enumerate(text.split("\n"), 1)
        if raw.strip()
    ]


def accepted(found: list[Statement]) -> dict[str, Decimal | None]:
    return {s.ref: s.value for s in found if s.kind in ("stated", "implied")}


def one(text: str, ref: str, year: int = 2023) -> Statement:
    (found,) = [s for s in statements(lines(text), year) if s.ref == ref]
    return found


def sentences() -> list[tuple[int | None, str, dict[str, Decimal]]]:
    rows = (ROOT / "tests" / "data_narrative.tsv").read_text("utf-8").splitlines()
    table = [row.split("\t") for row in rows if not row.startswith("#")]
    return [
        (
            None if year == "-" else int(year),
            text.replace("\\n", "\n"),
            {
                ref: Decimal(value)
                for ref, value in (pair.split("=") for pair in figures.split() if pair != "-")
            },
        )
        for year, text, figures in table
    ]


@pytest.mark.parametrize(("year", "text", "figures"), sentences())
def test_sentences(year: int | None, text: str, figures: dict[str, Decimal]) -> None:
    found = statements(lines(text), year)
    assert accepted(found) == figures
    for statement in found:
        assert statement.quote in text.replace("\n", "")


@pytest.mark.skipif(not TRUTH.exists(), reason="the reference documents are not here")
def test_a_whole_report() -> None:
    truth = json.loads(TRUTH.read_text("utf-8"))
    found = statements(lines(SEED.read_text("utf-8")), 2017)
    assert accepted(found) == {ref: Decimal(v) for ref, v in truth["values"].items()}
    by_ref = {s.ref: s for s in found}
    assert len(by_ref) == len(found) == len(truth["statements"])
    for expected in truth["statements"]:
        statement = by_ref[expected["key"]]
        assert statement.kind == expected["kind"]
        assert statement.value == expected["value"]
        assert statement.unit == expected["unit"]
        assert statement.quote in expected["quote"] or expected["quote"] in statement.quote


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("主动公开政府信息8万余条。", 80000),
        ("主动公开政府信息1.2万条。", 12000),
        ("主动公开政府信息两百余条。", 200),
        ("主动公开政府信息约1000条。", 1000),
        ("主动公开政府信息1000多条。", 1000),
        ("主动公开政府信息5000条以上。", 5000),
        ("主动公开政府信息近千条。", 1000),
    ],
)
def test_approximate(text: str, value: int) -> None:
    statement = one(text, "proactive.info_total")
    assert (statement.kind, statement.value) == ("approximate", value)


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("全年办理政府信息公开申请56件。", "requests.closed"),
        ("政府信息公开申请12件，另有信访。", "requests.received"),
        ("收到政府信息公开申请12人次。", "requests.received"),
        ("2023年，我局累计主动公开政府信息1000条。", "proactive.info_total"),
        ("利用门户网站，主动公开政府信息5120条。", "proactive.info_total"),
        ("新增行政复议2件。", "disputes.review"),
    ],
)
def test_left_to_a_person(text: str, ref: str) -> None:
    statement = one(text, ref)
    assert (statement.kind, statement.value) == ("ambiguous", None)


def test_contradiction_is_left_to_a_person_and_reported() -> None:
    found = statements(
        lines("我局收到政府信息公开申请12件。\n我局收到政府信息公开申请13件。"), 2023
    )
    assert [(s.kind, s.value) for s in found] == [("ambiguous", 12), ("ambiguous", 13)]
    assert [f.code for f in compare(found, {})] == ["statements_disagree"]


def test_a_line_of_which_nothing_is_left_is_no_paragraph() -> None:
    assert accepted(statements(lines("**\n本年新收政府信息公开申请3件。\n**\n\u200b"), 2023))


def test_plans_are_no_figures() -> None:
    text = """滨海县城市管理局2013年政府信息公开工作年度报告
五、存在问题和下一步工作打算
存在公开不及时的问题。
（一）加强培训。举办政务公开培训班2期。
（二）主动公开政府信息500条。
六、其他
召开新闻发布会3次。"""
    assert accepted(statements(lines(text), 2013)) == {"response.press_conferences": 3}


def test_derived() -> None:
    text = "2015年收到政府信息公开申请67件，均按时办结，其中信函12件，当面1件，网上54件。"
    derived = {s.ref: s.value for s in statements(lines(text), 2015) if s.kind == "derived"}
    assert derived == {"requests.received.fax": 0, "requests.closed.extended": 0}


def test_names_of_answers_follow_the_form() -> None:
    text = "收到政府信息公开申请9件，不予公开9件。"
    old = accepted(statements(lines(text), 2019, {"2014"}))
    new = accepted(statements(lines(text), 2019, {"2019"}))
    assert "requests.replies.refused" in old
    assert "requests.results.refused" in new


def test_place_is_the_quote_of_the_line() -> None:
    text = "一、总体情况\n2023 年，我局共收到政府信息公开申请 12 件，均按时答复。"
    for statement in statements(lines(text), 2023):
        place = statement.place
        assert place.line == 2
        assert text.split("\n")[1][place.start : place.end] == statement.quote


def test_lines_of_a_page_are_joined() -> None:
    texts = [
        "2023年政府信息公开工作年度报告",
        "（二）依申请公开情况。进一步规范流程，畅通渠道。2023 年全区受理政",
        "府信息公开申请 21 件，",
        "- 2 -",
        "均在法定期限答复。",
        "（三）管理情况。",
    ]
    page = [
        Line(text, Place(page=1, box=Box(10, 20 * i, 200, 20 * i + 12)))
        for i, text in enumerate(texts)
    ]
    found = {s.ref: s for s in statements(page)}
    received = found["requests.received"]
    assert received.quote == "2023 年全区受理政府信息公开申请 21 件"
    assert received.place == Place(page=1, box=Box(10, 20, 200, 52))
    assert found["requests.replies.total"].value == 21


TABLE = {
    "requests.new@total": Decimal(490),
    "requests.carried_in@total": Decimal(4),
    "requests.results.total@total": Decimal(491),
    "requests.carried_out@total": Decimal(3),
    "disputes.review@total": None,
    "disputes.litigation_direct@total": Decimal(2),
    "disputes.litigation_after_review@total": Decimal(1),
    "requests.results.refused.state_secret@total": Decimal(2),
    "requests.results.refused.admin_query@total": None,
}


@pytest.mark.parametrize(
    ("text", "differing"),
    [
        ("共收到政府信息公开申请490件，行政复议5件，行政诉讼3件。", []),
        ("共收到政府信息公开申请494件，均按时办结。", []),
        ("全年受理办理依申请政府信息489件，办结489件。", ["489", "489"]),
        ("共收到政府信息公开申请490件，结转下年度2件，不予公开3件。", ["2", "3"]),
        ("共收到政府信息公开申请约500件，行政诉讼2件。", ["2"]),
    ],
)
def test_compared_with_the_table(text: str, differing: list[str]) -> None:
    findings = compare(statements(lines(text), 2023), TABLE)
    assert [f.arguments["stated"] for f in findings] == differing
    assert {f.code for f in findings} <= {"statement_differs_from_table"}


def test_received_may_mean_two_figures() -> None:
    (finding,) = compare(statements(lines("收到政府信息公开申请489件。"), 2023), TABLE)
    assert finding.arguments["printed"] == "490 / 494"
    assert finding.refs == ("requests.new@total", "requests.carried_in@total")


def test_compared_with_an_old_form() -> None:
    found = statements(lines("全年主动公开政府信息4970条，行政复议1件。"), 2013)
    values = {"proactive.info_total@this_year": Decimal(72804), "disputes.review": Decimal(0)}
    assert [f.refs[0] for f in compare(found, values)] == [
        "proactive.info_total@this_year",
        "disputes.review",
    ]


def test_parts_that_exceed_the_whole() -> None:
    found = statements(lines("收到政府信息公开申请9件，其中网上8件，信函4件。"), 2023)
    (finding,) = compare(found, {})
    assert (finding.code, finding.arguments["sum"]) == ("enumeration_exceeds_total", "12")


def test_codes_have_messages() -> None:
    messages = tomllib.loads((ROOT / "ingest" / "messages.toml").read_text("utf-8"))["code"]
    for code in (
        "statement_differs_from_table",
        "statements_disagree",
        "enumeration_exceeds_total",
    ):
        assert messages[code]["zh"]
        assert messages[code]["en"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("十二", 12),
        ("二十", 20),
        ("一百零三", 103),
        ("一百二十三", 123),
        ("两千三百", 2300),
        ("三万五千六百", 35600),
        ("十万", 100000),
        ("一亿零五百", 100000500),
        ("二〇一九", 2019),
        ("〇", 0),
        ("三五", None),
        ("一万二", None),
        ("十百", None),
        ("件", None),
    ],
)
def test_chinese_numbers(text: str, number: int | None) -> None:
    assert chinese_number(text) == number


@pytest.mark.parametrize(
    "text", ["第12件", "12%", "12个工作日", "12", "〔2019〕60号", "三条例", "3次性"]
)
def test_no_quantity(text: str) -> None:
    assert all(
        quantity_at(text, k) is None for k in range(len(text)) if k == 0 or text[k - 1] == "第"
    )


def test_whole_of_a_share() -> None:
    assert whole_of(Decimal(41), Decimal("80.4")) == 51
    assert whole_of(Decimal(1), Decimal("1")) is None
