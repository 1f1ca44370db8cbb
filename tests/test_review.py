"""The page on which people decide: what it shows, what it keeps, what it says when late."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gouji.ingest.review import remembered
from gouji.ingest.review.dossier import Dossiers
from gouji.ingest.review.guard import Access
from gouji.ingest.review.pictures import Pictures
from gouji.ingest.settings import Settings
from gouji.ingest.store import schema
from gouji.ingest.store.decisions import decisions_of
from gouji.ingest.store.model import Selection
from gouji.ingest.store.project import reading_of
from gouji.ingest.store.store import Store
from gouji.ingest.store.tending import forget
from gouji.tables.record import PageModel, Record
from tests.databases import address, server  # noqa: F401
from tests.reviewing import (
    HOSTS,
    OTHER,
    REF,
    Browser,
    bound_by_sums,
    browsing,
    in_doubt,
    put,
    settings_in,
    unsure,
)
from tests.test_export import a_record
from tests.test_store import ME

ALONE = Access(HOSTS, None, "甲")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture
def store(address: str) -> Iterator[Store]:  # noqa: F811
    with Store(address) as made:
        yield made


@pytest.fixture
def browser(settings: Settings, store: Store) -> Iterator[Browser]:
    with browsing(settings, store, ALONE) as made:
        yield made


def number_of(ref: str = REF) -> int:
    return [cell.ref for cell in a_record().cells].index(ref)


def entries(store: Store, sha256: str) -> list[Any]:
    with store.reading() as connection:
        return decisions_of(connection, sha256)


def values(store: Store, ref: str = REF) -> tuple[Any, ...]:
    with store.reading() as connection:
        wanted = select(schema.cells).join(schema.refs).where(schema.refs.c.ref == ref)
        row = connection.execute(wanted).one()
    return row.value, row.state, row.accepted, row.basis


def test_the_queue_shows_what_is_left_where_one_decision_settles_most_first(
    settings: Settings, store: Store, browser: Browser
) -> None:
    put(store, settings, "few.txt", in_doubt({REF: unsure("3", "8")}, agency="乙县"))
    total = "requests.new@total"
    put(store, settings, "many.txt", in_doubt({REF: unsure("3", "8"), total: unsure("3", "8")}))
    put(store, settings, "clean.txt", a_record())
    text = browser.get("/").text
    assert text.index("many.txt") < text.index("few.txt")
    assert "clean.txt" not in text
    assert "还有 2 份报告、3 格" in text
    assert "few.txt" in browser.get("/?agency=乙县").text
    assert "many.txt" not in browser.get("/?agency=乙县").text
    assert "many.txt" not in browser.get("/?year=1999").text
    assert "many.txt" in browser.get("/?kind=reading").text
    assert "many.txt" not in browser.get("/?kind=ink").text


def test_the_time_left_follows_the_pace(settings: Settings, store: Store, browser: Browser) -> None:
    three = {ref: unsure("3", "8") for ref in (REF, OTHER, "requests.new@total")}
    sha256 = put(store, settings, "a.txt", in_doubt(three))
    assert "按目前速度" not in browser.get("/").text
    browser.decide(sha256, number_of(), text="5", began=f"{time.time() - 90:.3f}")
    assert "2 格待核定。按目前速度约需 3 分钟" in "".join(browser.get("/").text.split("\n"))


def test_the_page_speaks_the_browsers_language_and_can_be_switched(
    settings: Settings, store: Store, browser: Browser
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    chinese = browser.get(f"/d/{sha256}/0", **{"Accept-Language": "zh-CN,zh;q=0.9"}).text
    assert "两个识别引擎结果不同：3 / 8" in chinese
    english = browser.get(f"/d/{sha256}/0", **{"Accept-Language": "en-GB"}).text
    assert "readers differ: 3 / 8" in english
    browser.post("/language", {"wish": "zh"})
    assert "待核定" in browser.get("/", **{"Accept-Language": "en"}).text


def test_a_decision_is_kept_with_what_was_read_by_whom_and_how_long_it_took(
    settings: Settings, store: Store, browser: Browser
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    answer = browser.decide(sha256, number_of(), text="1,234")
    assert answer.status_code == 200
    (made,) = entries(store, sha256)
    told = (made.read, made.value, made.state, made.by, made.table, made.ref)
    assert told == ("3", Decimal(1234), "value", "甲", "requests", REF)
    assert made.seconds is not None
    assert 0 <= made.seconds < 60
    assert values(store) == (Decimal(1234), "value", True, "reviewed")
    assert f'data-current="{number_of(OTHER)}"' in answer.text


@pytest.mark.parametrize("state", ["blank", "not_applicable", "missing_row", "unreadable"])
def test_what_is_no_figure_has_keys_of_its_own(
    settings: Settings, store: Store, browser: Browser, state: str
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    assert browser.decide(sha256, number_of(), state=state).status_code == 200
    assert values(store) == (None, state, True, "reviewed")


def test_what_is_no_number_is_not_kept(settings: Settings, store: Store, browser: Browser) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    for sent in ({"text": "12x"}, {"text": ""}, {"state": "value", "value": "NaN"}):
        answer = browser.decide(sha256, number_of(), **sent)
        assert answer.status_code == 422
    assert 'value="12x"' in browser.decide(sha256, number_of(), text="12x").text
    assert entries(store, sha256) == []


def test_money_is_typed_as_printed(settings: Settings, store: Store, browser: Browser) -> None:
    ref = "proactive.procurement@amount"
    doubtful = unsure("3", "8") | {"unit_written": "元", "unit_source": "header", "unit": "万元"}
    record = in_doubt({ref: doubtful}, edition="2019")
    sha256 = put(store, settings, "a.txt", record)
    number = [cell.ref for cell in record.cells].index(ref)
    browser.decide(sha256, number, text="251000")
    assert values(store, ref)[0] == Decimal("25.1")


def test_sums_turn_as_a_value_is_typed(settings: Settings, store: Store, browser: Browser) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt({REF: unsure("3", "8")}))
    path = f"/d/{sha256}/0/sums/{number_of()}"
    right, wrong = browser.get(f"{path}?text=0").text, browser.get(f"{path}?text=5").text
    assert 'class="fails"' not in right
    assert 'class="holds"' in right
    assert 'class="fails"' in wrong
    assert "差 +5" in wrong
    assert values(store)[2] is False


def test_undo_takes_back_the_last_decision_and_goes_there(
    settings: Settings, store: Store, browser: Browser
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    browser.decide(sha256, number_of(), text="5")
    answer = browser.post(f"/d/{sha256}/0/undo")
    assert f'data-current="{number_of()}"' in answer.text
    assert [bool(entry.undoes) for entry in entries(store, sha256)] == [False, True]
    assert values(store)[2] is False
    assert browser.post(f"/d/{sha256}/0/undo").status_code == 204


def test_undo_is_of_the_cell_shown_and_only_goes_to_another_report(
    settings: Settings, store: Store, browser: Browser
) -> None:
    sha256, other = (put(store, settings, name, in_doubt()) for name in ("a.txt", "b.txt"))
    browser.decide(sha256, number_of(), text="5")
    browser.decide(sha256, number_of(OTHER), text="6")
    shown = entries(store, sha256)[0].uid
    assert f"undo?shown={shown}" in browser.get(f"/d/{sha256}/0/cell/{number_of()}").text
    answer = browser.post(f"/d/{other}/0/undo")
    where = answer.headers["HX-Redirect"]
    assert where == f"/d/{sha256}/0?cell={number_of(OTHER)}&last=1"
    assert "上一次核定在这份报告中" in browser.get(where).text
    assert "上一次核定在这份报告中" not in browser.get(where.partition("&")[0]).text
    assert len(entries(store, sha256)) == 2
    answer = browser.post(f"/d/{sha256}/0/undo?shown={shown}")
    assert "已撤销" in answer.text
    assert [entry.undoes for entry in entries(store, sha256)] == [None, None, shown]


def test_a_report_is_saved_from_its_own_page_and_from_the_list(
    settings: Settings, store: Store, browser: Browser
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt({REF: unsure("3", "8")}))
    pages = [browser.decide(sha256, number_of(), text="0"), browser.get("/documents")]
    pages.append(browser.get(f"/d/{sha256}/0"))
    for page in pages:
        links = re.findall(r'href="([^"]*)" download', page.text)
        assert {link.rpartition(".")[2] for link in links} == {"html", "xlsx"}
        for link in links:
            assert browser.get(link).status_code == 200


def test_a_postponed_cell_comes_again_when_the_others_are_done(
    settings: Settings, store: Store, browser: Browser
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    first, second = number_of(), number_of(OTHER)
    answer = browser.post(f"/d/{sha256}/0/postpone/{first}")
    assert f'data-current="{second}"' in answer.text
    assert f'data-current="{second}"' in browser.get(f"/d/{sha256}/0").text
    answer = browser.decide(sha256, second, text="1")
    assert f'data-current="{first}"' in answer.text


def test_the_same_decision_sent_twice_is_one(
    settings: Settings, store: Store, browser: Browser
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    sent = browser.panel(sha256, number_of()) | {"text": "5"}
    path = f"/d/{sha256}/0/decide/{number_of()}"
    assert [browser.post(path, sent).status_code for _ in range(3)] == [200, 200, 200]
    assert len(entries(store, sha256)) == 1


def test_a_late_save_says_so_and_loses_nothing(settings: Settings, store: Store) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    with browsing(settings, store, ALONE, 2) as (one, two):
        two.post("/name", {"name": "乙"})
        seen = two.panel(sha256, number_of())
        one.decide(sha256, number_of(), text="5")
        late = two.post(f"/d/{sha256}/0/decide/{number_of()}", seen | {"text": "6"})
        assert late.status_code == 409
        assert "甲 已先行核定为 5" in late.text
        assert values(store)[0] == Decimal(5)
        notice = late.text[late.text.index("late") : late.text.index('class="cut"')]
        again = dict(re.findall(r'name="(\w+)" value="([^"]*)"', notice))
        assert again["value"] == "6"
        assert two.post(f"/d/{sha256}/0/decide/{number_of()}", again).status_code == 200
    assert values(store)[0] == Decimal(6)
    assert [entry.by for entry in entries(store, sha256)] == ["甲", "乙"]


def read_again(store: Store, sha256: str, record: Record) -> None:
    document = store.document(sha256)
    assert document
    (job,) = store.begin([document.id], ME, Selection(version="another"))
    assert store.finish(job, reading_of([record]))


def test_what_is_read_again_while_a_person_looks_is_told_from_what_they_saw(
    settings: Settings, store: Store, browser: Browser
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    seen = browser.panel(sha256, number_of())
    fewer = a_record(cells={REF: {"value": "8", "written": "8", "state": "value"}})
    fewer = fewer.model_copy(update={"cells": fewer.cells[number_of() :]})
    read_again(store, sha256, fewer)
    sent = seen | {"state": "value", "value": "3"}
    path = f"/d/{sha256}/0/decide/{len(fewer.cells) + number_of()}"
    assert browser.post(path, sent).status_code == 200
    (entry,) = entries(store, sha256)
    assert (entry.ref, entry.read, entry.value) == (REF, "3", Decimal(3))
    with store.reading() as connection:
        codes = set(connection.scalars(select(schema.findings.c.code)))
    assert "decided_otherwise" in codes


def test_a_decision_on_a_document_that_is_gone_is_refused(
    settings: Settings, store: Store, browser: Browser
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    seen = browser.panel(sha256, number_of())
    forget(store, [sha256])
    answer = browser.post(f"/d/{sha256}/0/decide/{number_of()}", seen | {"text": "3"})
    assert answer.status_code == 404
    assert Dossiers(store)._load(sha256, "zh") is None
    assert entries(store, sha256) == []


def test_what_was_undone_in_another_window_is_not_undone_twice(
    settings: Settings, store: Store, browser: Browser
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    browser.decide(sha256, number_of(), text="5")
    shown = entries(store, sha256)[0].uid
    for _ in range(2):
        answer = browser.post(f"/d/{sha256}/0/undo?shown={shown}")
        assert answer.status_code == 200
        assert f'data-current="{number_of()}"' in answer.text
    assert len(entries(store, sha256)) == 2


def test_a_page_is_shown_though_its_picture_cannot_be_kept(
    settings: Settings, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    dossier = Dossiers(store).of(sha256, "zh")
    assert dossier
    (read,) = dossier.read
    page = PageModel(number=1, width=100, height=100, kind="scan")
    source = read.source.model_copy(update={"pages": (page,)})
    dossier = replace(dossier, read=(read.model_copy(update={"source": source}),))
    (tmp_path / "pages").write_text("in the way")
    pictures = Pictures(settings)
    monkeypatch.setattr(pictures._worker, "run", lambda *_: b"png")
    assert pictures.page(dossier, 1) == b"png"


def test_a_cell_that_somebody_is_at_is_shown_as_taken(settings: Settings, store: Store) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    with browsing(settings, store, ALONE, 2) as (one, two):
        assert "正在核定此格" not in one.get(f"/d/{sha256}/0/cell/{number_of()}").text
        assert "甲 正在核定此格" in two.get(f"/d/{sha256}/0/cell/{number_of()}").text
        assert "甲 正在核定" in two.get("/").text
        assert f'<li data-cell="{number_of()}">' in two.get(f"/d/{sha256}/0").text
        one.get(f"/d/{sha256}/0/cell/{number_of(OTHER)}")
        assert "正在核定此格" not in two.get(f"/d/{sha256}/0/cell/{number_of()}").text


def test_decisions_outlive_the_server(settings: Settings, store: Store) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    with browsing(settings, store, ALONE) as browser:
        sent = browser.panel(sha256, number_of()) | {"text": "5"}
        token = browser.token()
        cookies = dict(browser.client.cookies)
    with browsing(settings, store, ALONE) as browser:
        browser.client.cookies.update(cookies)
        path = f"/d/{sha256}/0/decide/{number_of()}"
        assert browser.post(path, sent, token=token).status_code == 200
    assert values(store)[0] == Decimal(5)


def test_one_decision_settles_others_by_their_sums(
    settings: Settings, store: Store, browser: Browser
) -> None:
    sha256 = put(store, settings, "a.txt", bound_by_sums())
    answer = browser.decide(sha256, number_of(), text="3")
    assert values(store, OTHER) == (Decimal(4), "value", True, "solved")
    assert "由勾稽关系判定" in answer.text
    browser.post(f"/d/{sha256}/0/undo")
    assert values(store, OTHER)[2] is False


def test_a_wrong_decision_settles_nothing(
    settings: Settings, store: Store, browser: Browser
) -> None:
    total = "requests.new@total"
    cells = {REF: unsure("3", "8"), OTHER: unsure("4", "9"),
             total: {"value": "7", "written": "7", "state": "value"}}  # fmt: skip
    sha256 = put(store, settings, "a.txt", in_doubt(cells))
    browser.decide(sha256, number_of(), text="5")
    assert values(store, OTHER)[2] is False


def test_what_a_document_says_is_never_markup(
    settings: Settings, store: Store, browser: Browser
) -> None:
    evil = "<script>alert(1)</script>"
    cells = {
        REF: unsure("3", "8")
        | {"written": evil, "why": [{"code": "gone", "message": evil}], "box": None, "page": None}
    }
    record = in_doubt(cells, agency=evil, title=evil)
    sha256 = put(store, settings, f"{evil}/../../x.txt", record)
    for path in ("/", f"/d/{sha256}/0", f"/d/{sha256}/0/cell/{number_of()}"):
        answer = browser.get(path)
        assert answer.status_code == 200
        assert evil not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_what_is_not_there_is_said(browser: Browser) -> None:
    for path in ("/d/" + "0" * 64 + "/0", "/page/../etc/passwd", "/static/../app.py", "/nothing"):
        assert browser.get(path).status_code == 404


def test_cells_read_alike_are_decided_at_one_stroke_or_picked_out(
    settings: Settings, store: Store, browser: Browser
) -> None:
    zero = unsure("0", "6")
    hashes = [
        put(store, settings, f"{n}.txt", in_doubt({REF: zero, OTHER: unsure("7", "1")}))
        for n in range(4)
    ]
    assert "/groups/show?state=zero" in browser.get("/groups").text
    page = browser.get("/groups/show?state=zero&value=0").text
    shown = re.findall(r'name="cell" value="([^"]+)"', page)
    assert shown == [f"{sha256}-0-{number_of()}" for sha256 in hashes]
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    answer = browser.post("/groups/decide", sent | {"cell": [shown[0], shown[1], shown[3]]})
    assert "已核定 3 格" in answer.text
    assert 'name="cell"' not in answer.text
    assert [len(entries(store, sha256)) for sha256 in hashes] == [1, 1, 0, 1]
    again = browser.post("/groups/decide", sent | {"cell": [shown[0]]})
    assert "已核定 0 格" in again.text
    assert entries(store, hashes[0])[0].value == 0


def test_what_was_decided_at_one_stroke_is_undone_at_one(
    settings: Settings, store: Store, browser: Browser
) -> None:
    hashes = [put(store, settings, f"{n}.txt", in_doubt({REF: unsure("0", "6")})) for n in range(3)]
    page = browser.get("/groups/show?state=zero&value=0").text
    hidden = r'type="hidden" name="(\w+)" value="([^"]*)"'
    keys = re.findall(r'name="cell" value="([^"]+)"', page)
    page = browser.post("/groups/decide", dict(re.findall(hidden, page)) | {"cell": keys}).text
    made = re.findall(r'name="made" value="([^"]*)"', page)
    assert len(made) == 3
    sent = {"state": "zero", "value": "0", "since": "", "made": made}
    page = browser.post("/groups/undo", sent).text
    assert "已撤销 3 格" in page
    assert re.findall(r'name="cell" value="([^"]+)"', page) == keys
    assert "已撤销" not in browser.post("/groups/undo", sent | {"made": [*made, "x"]}).text
    assert [len(entries(store, sha256)) for sha256 in hashes] == [2, 2, 2]


def test_the_queue_points_to_the_largest_group(
    settings: Settings, store: Store, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "_QUICK", 1e9)  # however slow the machine is
    put(store, settings, "one.txt", in_doubt({REF: unsure("0", "6"), OTHER: unsure("7", "1")}))
    assert "成组核定</a></p>" not in browser.get("/").text
    put(store, settings, "two.txt", in_doubt({REF: unsure("0", "6")}))
    text = browser.get("/").text
    assert "2 格同读为 0" in text
    assert 'href="/groups/show?state=zero&amp;value=0"' in text


def test_a_decision_that_breaks_a_sum_says_so_and_how_to_undo_it(
    settings: Settings, store: Store, browser: Browser
) -> None:
    sha256 = put(
        store, settings, "a.txt", in_doubt({REF: unsure("0", "8"), OTHER: unsure("0", "8")})
    )
    text = browser.decide(sha256, number_of(), text="3").text
    assert "合计因此不符" in text
    assert "3 ≠ 0" in text[: text.index("cellhead")]
    text = browser.decide(sha256, number_of(OTHER), text="0").text
    assert "合计因此不符" not in text
    assert "合计因此不符" not in browser.decide(sha256, number_of(), text="0").text


def test_a_row_is_decided_at_one_stroke_and_undone_at_one(
    settings: Settings, store: Store, browser: Browser
) -> None:
    unread = unsure("0", "8") | {"state": "unreadable", "value": None, "readings": []}
    cells = {REF: unsure("3", "8"), OTHER: unsure("1", "7"), "requests.new@other": unread,
             "requests.carried_in@business": unsure("5", "6")}  # fmt: skip
    sha256 = put(store, settings, "a.txt", in_doubt(cells))
    page = browser.get(f"/d/{sha256}/0/cell/{number_of()}").text
    assert "本行存疑的 2 格" in page
    form = page[page.index('class="row"') : page.index('id="decision"')]
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    path = f"/d/{sha256}/0/row/{number_of()}"
    assert browser.post(path, sent | {"said": "otherwise"}).status_code == 422
    assert entries(store, sha256) == []
    answer = browser.post(path, sent).text
    assert "已核定同一行的 2 格" in answer
    assert browser.post(path, sent).status_code == 200
    made = {entry.ref: (entry.value, entry.read) for entry in entries(store, sha256)}
    assert made == {REF: (Decimal(3), "3"), OTHER: (Decimal(1), "1")}
    assert len(entries(store, sha256)) == 2
    uids = re.findall(r'name="made" value="([^"]*)"', answer)
    answer = browser.post(f"/d/{sha256}/0/undo/{number_of()}", {"made": uids}).text
    assert f'data-current="{number_of()}"' in answer
    assert [bool(entry.undoes) for entry in entries(store, sha256)] == [False, False, True, True]


def test_a_count_has_no_parts_unless_the_source_really_prints_them(
    settings: Settings, store: Store, browser: Browser
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    for sent in ({"text": "1.5"}, {"state": "value", "value": "1.5"}):
        answer = browser.decide(sha256, number_of(), **sent)
        assert answer.status_code == 422
        assert "“1.5”不是整数" in answer.text
        assert 'name="sure" value="1.5"' in answer.text
    assert entries(store, sha256) == []
    assert browser.decide(sha256, number_of(), text="2.5", sure="1.5").status_code == 422
    assert browser.decide(sha256, number_of(), text="1.5", sure="1.5").status_code == 200
    assert browser.decide(sha256, number_of(OTHER), text="7.0").status_code == 200
    assert [entry.value for entry in entries(store, sha256)] == [Decimal("1.5"), Decimal("7.0")]


def test_what_only_looks_alike_is_offered_as_such(
    settings: Settings, store: Store, browser: Browser
) -> None:
    cell = unsure("0", "4")
    cell["readings"].insert(1, {"by": "rapid", "text": "6", "confidence": 0.2})
    sha256 = put(store, settings, "a.txt", in_doubt({REF: cell}))
    text = browser.get(f"/d/{sha256}/0/cell/{number_of()}").text
    offered = re.findall(r'class="value">(\w+)</span>(?: <small>(\w+)</small>)?', text)
    assert offered == [("0", ""), ("4", ""), ("6", "形近")]


def test_a_system_name_is_no_reviewers(browser: Browser) -> None:
    asked = browser.get("/").text
    assert 'class="wanted"' in asked
    assert 'value="甲"' not in asked
    browser.post("/name", {"name": "乙"})
    named = browser.get("/").text
    assert 'value="乙"' in named
    assert 'class="wanted"' not in named


def test_what_nobody_can_see_is_not_decided_in_groups(
    settings: Settings, store: Store, browser: Browser
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt({REF: unsure("0", "6", box=False)}))
    sent = {"state": "zero", "value": "0", "cell": f"{sha256}-0-{number_of()}"}
    assert "1 格没有图像" in browser.post("/groups/decide", sent).text
    for key in ("", "x-y-z", f"{sha256}-9-9", f"{sha256}-0-99999"):
        assert browser.post("/groups/decide", sent | {"cell": key}).status_code == 200
    assert entries(store, sha256) == []
