"""What the page says of a cell and of a report: in the words of people who see only the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from gouji.ingest import messages
from gouji.ingest.export_sheet import without_figure
from gouji.ingest.review import charts, choice
from gouji.ingest.review.guard import Access
from gouji.ingest.review.history import Day
from gouji.ingest.review.source import lines_of, merged
from gouji.ingest.settings import Settings
from gouji.ingest.store.store import Store
from gouji.ocr.finding import Finding
from gouji.tables.limits import Limits
from gouji.tables.markup import as_text, read
from gouji.tables.record import Record
from tests.browsers import number_of, settings, store  # noqa: F401
from tests.reviewing import HOSTS, REF, Browser, browsing, in_doubt, put, unsure
from tests.test_export import a_record

OF_COMMANDS = re.compile(r"--[a-z]|limits\.|gouji [a-z]+")
NOT_READ = {"value": None, "written": None, "state": "missing_row", "accepted": False,
            "why": [{"code": "row_missing", "arguments": {"label": "行政许可"}}]}  # fmt: skip


@pytest.fixture
def browser(settings: Settings, store: Store) -> Iterator[Browser]:
    with browsing(settings, store, Access(HOSTS, None, "甲")) as made:
        yield made


def finding(code: str, *refs: str, **arguments: str | int) -> dict[str, Any]:
    return {"code": code, "severity": messages.severity(code), "arguments": arguments,
            "refs": refs}  # fmt: skip


def beyond_the_form() -> Record:
    extra = {"ref": "x.某行", "table": 0, "basis": None, "confidence": 0} | unsure("3", "8")
    return in_doubt({REF: unsure("3", "8")}, extra=[extra])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_never_speaks_of_commands_or_settings(language: messages.Language) -> None:
    about_documents = [
        code for code, entry in messages.catalogue().items()
        if entry.get("exit", 5) in (5, 6, 7, 8, 10) or "page" in entry
    ]  # fmt: skip
    told = {c: messages.render(Finding(c), language, review=True) for c in about_documents}
    assert [code for code, words in told.items() if OF_COMMANDS.search(words)] == []
    assert "--text" in messages.render(Finding("text_unread"), language)


def test_what_an_earlier_version_did_not_tell_is_left_open() -> None:
    words = messages.render(Finding("figure_not_used", {"label": "总计", "text": "7"}), "en")
    assert "cell ? from the left, “7”" in words


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (finding("figure_not_used", REF, label="甲", text="7", number=3), "行内有多余数字"),
        (finding("statement_differs_from_table", REF, quote="收到5件", label="甲", stated="5",
                 printed="0"), "文表不一致"),
        (finding("sum_differs", REF, place="甲", expected="5", printed="0", rule="和",
                 identity="none"), "合计不符"),
        (finding("unit_unknown", REF, place="甲"), "需注意"),
    ],
)  # fmt: skip
def test_a_cell_says_what_does_not_agree(
    settings: Settings, store: Store, browser: Browser, about: dict[str, Any], words: str,
) -> None:  # fmt: skip
    sha256 = put(store, settings, "a.txt", a_record(findings=[about]))
    text = browser.get(f"/d/{sha256}/0/cell/{number_of(REF)}").text
    assert re.search(f'<span class="badge failing">{words}</span>', text)


def test_why_is_said_of_doubts_only(settings: Settings, store: Store, browser: Browser) -> None:
    agreed = {"why": [{"code": "readers_agree", "arguments": {"sums": 2}}]}
    record = in_doubt({REF: unsure("3", "8"), "requests.new@business": agreed})
    sha256 = put(store, settings, "a.txt", record)
    doubtful, accepted = (
        browser.get(f"/d/{sha256}/0/cell/{number_of(ref)}").text
        for ref in (REF, "requests.new@business")
    )
    assert "存疑原因：" in doubtful
    assert "说明：两个识别引擎结果一致" in accepted
    assert "存疑原因：" not in accepted


def test_what_was_not_found_is_to_be_looked_for_and_is_said_once(
    settings: Settings, store: Store, browser: Browser,
) -> None:  # fmt: skip
    ref = "proactive.licensing@decisions"
    told = finding("row_missing", ref, label="行政许可")
    sha256 = put(store, settings, "a.txt", in_doubt({ref: NOT_READ}, findings=[told]))
    text = browser.get(f"/d/{sha256}/0/cell/{number_of(ref)}").text
    panel = text.partition("<details hx-swap-oob")[0]
    assert panel.count("程序没有找到“行政许可”一行") == 1


def test_a_row_beyond_the_form_may_be_no_row_of_data(
    settings: Settings, store: Store, browser: Browser,
) -> None:  # fmt: skip
    record = beyond_the_form()
    sha256 = put(store, settings, "a.txt", record)
    own, others = (
        browser.get(f"/d/{sha256}/0/cell/{number}").text
        for number in (len(record.cells) - 1, number_of(REF))
    )
    assert "这不是数据行 <kbd>m</kbd>" in own
    assert "原表无此行 <kbd>m</kbd>" in others


@pytest.mark.parametrize(
    ("state", "words"), [("blank", "空白"), ("missing_row", "无此行"), ("not_applicable", "-")]
)
def test_what_was_decided_to_be_nothing_is_told_apart_on_the_form(
    settings: Settings, store: Store, browser: Browser, state: str, words: str,
) -> None:  # fmt: skip
    sha256 = put(store, settings, "a.txt", in_doubt({REF: unsure("3", "8")}))
    answer = browser.decide(sha256, number_of(REF), state=state, value="")
    assert answer.status_code == 200
    button = f'data-cell="{number_of(REF)}"[^>]*>{words}<'
    assert re.search(button, answer.text)
    page = browser.get(f"/d/{sha256}/0").text
    assert re.search(r'<button type="button" class="reviewed[^>]*' + button, page)


def test_a_dash_is_not_offered_where_a_reader_saw_nothing() -> None:
    def offered(second: str) -> list[str]:
        readings = [{"by": "rapid", "text": "-", "confidence": 0.97},
                    {"by": "tesseract", "text": second, "confidence": 0.9},
                    {"by": "tesseract", "text": "4", "confidence": 0.1}]  # fmt: skip
        dash = {"value": None, "written": "-", "state": "not_applicable"}
        record = in_doubt({REF: unsure("3", "8") | dash | {"readings": readings}})
        found = choice.options(record, record, number_of(REF))
        return [option.text for option in found if not option.by]

    assert offered("-")[0] == "-"
    assert "-" not in offered("")


def test_what_a_person_said_is_shown_and_not_what_was_read() -> None:
    (cell,) = (c for c in in_doubt().cells if c.ref == REF)
    decided = {"value": None, "basis": "reviewed", "accepted": True}
    for state, shown in (("not_applicable", "-"), ("unreadable", "？"), ("blank", "")):
        assert without_figure(cell.model_copy(update=decided | {"state": state})) == shown
    slash = cell.model_copy(update=decided | {"state": "not_applicable", "written": "/"})
    assert without_figure(slash) == "/"


def test_the_last_page_tells_what_was_decided_and_leads_to_what_is_to_be_looked_at(
    settings: Settings, store: Store, browser: Browser,
) -> None:  # fmt: skip
    note = finding("figure_not_used", REF, label="甲", text="7", number=3)
    remark = finding("text_unread")
    sha256 = put(store, settings, "never.txt", a_record(findings=[note, remark]))
    page = browser.get(f"/d/{sha256}/0").text
    assert "本报告没有存疑的数字" in page
    assert "核对结果中有 1 条需要注意" in page
    assert "核对结果：需注意 1 条，另有说明 1 条" in page
    assert page.count(f'hx-get="/d/{sha256}/0/cell/{number_of(REF)}"') == 2
    decided = put(store, settings, "decided.txt", in_doubt({REF: unsure("3", "8")}))
    answer = browser.decide(decided, number_of(REF), state="value", value="3")
    assert "存疑数字均已核定" in answer.text


def test_what_is_no_report_offers_no_form_and_may_be_taken_off(
    settings: Settings, store: Store, browser: Browser,
) -> None:  # fmt: skip
    nothing = {"status": "no_report", "cells": (), "tables": (), "report": None}
    other = put(store, settings, "x.txt", a_record().model_copy(update=nothing))
    report = put(store, settings, "a.txt", in_doubt())
    for path in ("/documents", f"/drop/{other}"):
        text = browser.get(path).text
        assert f"/d/{other}/0" not in text
        assert f"/drop/{other}/forget" in text
    assert browser.post(f"/drop/{report}/forget").status_code == 404
    assert browser.post(f"/drop/{other}/forget").status_code == 200
    assert store.document(other) is None
    assert store.document(report) is not None


def test_two_documents_of_one_report_are_saved_under_two_names(
    settings: Settings, store: Store, browser: Browser,
) -> None:  # fmt: skip
    hashes = [put(store, settings, name, in_doubt()) for name in ("报告.docx", "a/扫描.pdf")]
    named = [
        browser.get(f"/d/{sha256}/0/report.html").headers["content-disposition"]
        for sha256 in hashes
    ]
    assert len(set(named)) == 2
    assert all("%E7%94%B2%E5%8E%BF" in name and "a%2F" not in name for name in named)


def test_columns_have_a_scale_of_whole_counts() -> None:
    days = [Day("2026-01-01", {"clean": 7}), Day("2026-01-02", {"clean": 9, "failed": 2})]
    scale = charts.counts(days)
    assert [text for _, text in scale] == ["0", "5", "10"]
    top = min(box.y for box in charts.columns(days))
    assert all(y >= top for y, _ in scale)
    assert charts.counts([]) == []


def test_merged_cells_of_a_source_stand_as_they_do_there() -> None:
    page = (
        "<table><tr><td rowspan=2>不予公开</td><td>1.国家秘密</td><td>49</td></tr>"
        "<tr><td>2.其他</td><td></td></tr><tr><td colspan=3>总计</td></tr></table><p>以上。</p>"
    )
    document = read(page.encode(), "html", Limits())
    table, line = lines_of(as_text(document), (), merged(document))
    assert [[(piece.row_span, piece.col_span) for piece in row] for row in table.rows] == [
        [(2, 1), (1, 1), (1, 1)], [(1, 1), (1, 1)], [(1, 3)]]  # fmt: skip
    assert (table.table, line.table) == (True, False)
