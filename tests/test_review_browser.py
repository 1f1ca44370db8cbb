"""The page in a real browser, on a scan: by keyboard alone, by two, and when things go wrong."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gouji.ingest.settings import Settings
from gouji.ingest.store.store import Store
from gouji.tables.record import Record
from tests.browsers import (  # noqa: F401
    READING,
    ROOT,
    SCAN,
    chromium,
    current,
    decided,
    expect,
    looked_at,
    needs_chromium,
    number_of,
    picture,
    press,
    scan,
    settings,
    site,
    store,
    wait_for_current,
    window,
)
from tests.reviewing import OTHER, REF, in_doubt, put, serving, unsure

pytestmark = needs_chromium
AXE = Path(__file__).parent / "data_axe" / "axe.min.js"


def truth() -> dict[str, Any]:
    text = (Path(__file__).parent / "truth" / "sichuan-commerce-2019.json").read_text("utf-8")
    values: dict[str, Any] = json.loads(text, parse_float=Decimal)["values"]
    return values


def test_a_scan_is_settled_by_keyboard_alone(
    chromium: Any, store: Store, site: str, scan: str
) -> None:
    (record,) = (Record.model_validate(one) for one in json.loads(READING.read_text("utf-8")))
    doubts = [n for n, cell in enumerate(record.cells) if not cell.accepted]
    page = window(chromium, site)
    page.goto("/")
    picture(page, "queue")
    press(page, "Enter")
    page.wait_for_url(f"**/d/{scan}/0*")
    page.wait_for_load_state("networkidle")
    picture(page, "document")
    keys = 0
    for _ in range(len(doubts)):
        number = current(page)
        if not number:
            break
        said = str(truth()[record.cells[int(number)].ref])
        offered = page.locator("#decision .option .value").all_inner_texts()
        pressed = page.locator("#decision .option kbd").all_inner_texts()
        key = dict(zip(offered, pressed, strict=True)).get(said)
        taken = [key] if key else [*said, "Enter"]
        keys += len(taken)
        press(page, *taken)
        page.wait_for_function(
            f"() => document.querySelector('[data-current]').dataset.current != '{number}'"
        )
    wait_for_current(page, "")
    expect(page.locator("#panel")).to_contain_text("已无存疑")
    picture(page, "done")
    made = decided(store, scan)
    assert {ref: entry.value for ref, entry in made.items()} == {
        ref: Decimal(truth()[ref]) for ref in made
    }  # fmt: skip
    document = store.document(scan)
    assert document is not None
    assert document.state == "clean"
    assert keys <= 1.5 * len(doubts)
    press(page, "Enter")
    page.wait_for_url(f"{site}/")
    expect(page.locator("main")).to_contain_text("没有待核定")
    assert page.complaints == []


def test_either_side_shows_the_other_magnified(chromium: Any, site: str, scan: str) -> None:
    page = window(chromium, site)
    page.goto(f"/d/{scan}/0")
    page.wait_for_load_state("networkidle")
    number = 100
    page.locator(f'.form button[data-cell="{number}"]').click()
    page.wait_for_selector(f'[data-current="{number}"]')
    for side in (".paper", ".form"):
        inside = """([side, number]) => {
            const box = document.querySelector(side).getBoundingClientRect();
            const item = document.querySelector(`${side} [data-cell="${number}"]`);
            const own = item.getBoundingClientRect();
            return item.classList.contains("current") && own.top >= box.top - 1
                && own.bottom <= box.bottom + 1 && own.left >= box.left - 1;
        }"""
        page.wait_for_function(inside, arg=[side, number])
    wide = "document.querySelector('.page').getBoundingClientRect().width"
    large = page.evaluate(wide)
    press(page, "z")
    assert large > 1.5 * page.evaluate(wide)
    page.locator('.paper rect[data-cell="90"]').click()
    page.wait_for_selector('[data-current="90"]')
    assert page.complaints == []


def test_a_cell_whose_place_is_unknown_is_looked_for_where_it_must_be(
    chromium: Any, settings: Settings, store: Store, site: str
) -> None:
    (record,) = (Record.model_validate(one) for one in json.loads(READING.read_text("utf-8")))
    lost = next(
        n for n, cell in enumerate(record.cells) if cell.ref == "requests.results.total@total"
    )
    row = [n for n, cell in enumerate(record.cells) if "requests.results.total@" in cell.ref]
    cells = list(record.cells)
    for n in (lost, *range(len(cells) - 4, len(cells))):
        cells[n] = cells[n].model_copy(update={"box": None, "page": None, "accepted": False})
    record = record.model_copy(update={"cells": tuple(cells), "status": "needs_review"})
    sha256 = put(store, settings, SCAN.name, record, data=SCAN.read_bytes())
    page = window(chromium, site)
    page.goto(f"/d/{sha256}/0?cell={lost}")
    page.wait_for_load_state("networkidle")
    picture(page, "near-row")
    inside = """() => {
        const box = document.querySelector(".paper").getBoundingClientRect();
        const own = document.querySelector("rect.near").getBoundingClientRect();
        return own.top >= box.top - 1 && own.bottom <= box.bottom + 1;
    }"""
    page.wait_for_function(inside)
    assert page.locator(f'.paper [data-cell="{row[0]}"]').count() == 1
    assert page.locator(".cut image").count() == 1
    press(page, "z")
    page.goto(f"/d/{sha256}/0?cell={len(cells) - 1}")
    page.wait_for_load_state("networkidle")
    picture(page, "near-stretch")
    assert page.locator(".paper.far").count() == 1
    page.wait_for_function(inside)
    assert page.complaints == []


def test_a_whole_row_by_one_key(chromium: Any, settings: Settings, store: Store, site: str) -> None:
    (record,) = (Record.model_validate(one) for one in json.loads(READING.read_text("utf-8")))
    cells = tuple(
        cell.model_copy(update={"accepted": cell.accepted and "granted@" not in cell.ref})
        for cell in record.cells
    )
    number = next(n for n, cell in enumerate(cells) if "granted@business" in cell.ref)
    record = record.model_copy(update={"cells": cells})
    sha256 = put(store, settings, SCAN.name, record, data=SCAN.read_bytes())
    page = window(chromium, site)
    page.goto(f"/d/{sha256}/0?cell={number}")
    page.wait_for_selector(".row image[data-seen]", state="attached")
    picture(page, "row")
    press(page, "r")
    expect(page.locator(".told")).to_contain_text("已核定同一行的 7 格")
    made = decided(store, sha256)
    assert {ref: entry.value for ref, entry in made.items()} == {
        cell.ref: cell.value for cell in cells if "granted@" in cell.ref
    }
    press(page, "u")
    wait_for_current(page, str(number))
    assert page.locator(".row").count() == 1
    assert page.complaints == []


def test_sums_turn_before_a_value_is_saved(
    chromium: Any, settings: Settings, store: Store, site: str
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt({REF: unsure("0", "8", box=False)}))
    page = window(chromium, site)
    page.goto(f"/d/{sha256}/0")
    page.wait_for_selector("#sums .holds")
    assert page.locator("#sums .fails:not(.hint)").count() == 0
    page.keyboard.press("4")
    page.keyboard.press("2")
    page.wait_for_selector("#sums .fails")
    expect(page.locator("#sums")).to_contain_text("差 +42")
    picture(page, "sums")
    page.keyboard.press("Escape")
    page.wait_for_function("() => !document.querySelector('#sums .fails:not(.hint)')")
    assert decided(store, sha256) == {}


def test_undo_postpone_next_and_reload_by_keys(
    chromium: Any, settings: Settings, store: Store, site: str
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt({
        REF: unsure("3", "8", box=False), OTHER: unsure("1", "7", box=False)}))  # fmt: skip
    first, second = str(number_of(REF)), str(number_of(OTHER))
    page = window(chromium, site)
    page.goto(f"/d/{sha256}/0")
    wait_for_current(page, first)
    press(page, "j")
    wait_for_current(page, second)
    press(page, "k")
    wait_for_current(page, first)
    press(page, "p")
    wait_for_current(page, second)
    page.reload()
    wait_for_current(page, second)
    press(page, "s")
    wait_for_current(page, first)
    assert decided(store, sha256)[OTHER].value == 7
    press(page, "u")
    wait_for_current(page, second)
    expect(page.locator(f'.form [data-cell="{second}"]')).to_have_class("doubt current")
    press(page, "b")
    wait_for_current(page, first)
    assert decided(store, sha256)[OTHER].state == "blank"
    press(page, "n")
    wait_for_current(page, "")
    assert decided(store, sha256)[REF].state == "not_applicable"
    assert page.complaints == []


def test_two_reviewers(chromium: Any, settings: Settings, store: Store, site: str) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt({REF: unsure("3", "8", box=False)}))
    one, two = window(chromium, site), window(chromium, site)
    two.goto("/help")
    two.locator('input[name="name"]').fill("乙")
    two.locator('input[name="name"]').press("Enter")
    two.wait_for_load_state("networkidle")
    one.goto(f"/d/{sha256}/0")
    two.goto(f"/d/{sha256}/0")
    expect(two.locator("#panel")).to_contain_text("甲 正在核定此格")
    press(one, "Enter")
    press(two, "5", "Enter")
    two.wait_for_selector(".late")
    picture(two, "late")
    expect(two.locator(".late")).to_contain_text("甲 已先行核定为 3")
    assert decided(store, sha256)[REF].by == "甲"
    press(two, "w")
    two.wait_for_selector(".done")
    assert decided(store, sha256)[REF].value == 5


def test_what_could_not_be_sent_is_told_and_sent_later(
    chromium: Any, settings: Settings, store: Store
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt({REF: unsure("3", "8", box=False)}))
    with serving(settings, store) as site:
        port = int(site.rpartition(":")[2])
        page = window(chromium, site)
        page.goto(f"/d/{sha256}/0")
    page.keyboard.press("5")
    page.keyboard.press("Enter")
    page.wait_for_selector("#unsent:not([hidden])")
    expect(page.locator("#unsent")).to_contain_text("= 5")
    picture(page, "unsent")
    assert decided(store, sha256) == {}
    with serving(settings, store, port):
        page.wait_for_function(
            "() => document.getElementById('unsent').textContent.includes('均已送达')"
        )
        assert decided(store, sha256)[REF].value == 5


def test_a_closed_browser_loses_nothing_that_was_sent_and_sends_the_rest(
    chromium: Any, settings: Settings, store: Store
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt({REF: unsure("3", "8", box=False)}))
    with serving(settings, store) as site:
        port = int(site.rpartition(":")[2])
        page = window(chromium, site)
        page.goto(f"/d/{sha256}/0")
        page.wait_for_load_state("networkidle")
    looked_at(page)
    page.keyboard.press("Enter")
    page.wait_for_selector("#unsent:not([hidden])")
    context = page.context
    page.close()
    with serving(settings, store, port):
        again = context.new_page()
        again.goto("/")
        again.wait_for_function(
            "() => document.getElementById('unsent').textContent.includes('均已送达')"
        )
        assert decided(store, sha256)[REF].value == 3


def test_groups_by_keyboard(chromium: Any, store: Store, site: str, scan: str) -> None:
    page = window(chromium, site)
    page.goto("/groups")
    press(page, "Enter")
    page.wait_for_load_state("networkidle")
    cards = page.locator(".cards input")
    count = cards.count()
    assert count >= 2
    page.wait_for_function(
        "() => [...document.querySelectorAll('.cards img')].every((i) => i.naturalWidth)"
    )
    picture(page, "group")
    assert page.evaluate(
        "[...document.querySelectorAll('.cards img')].every((i) => i.width >= i.naturalWidth)"
    )
    press(page, "Space", "ArrowRight", "Space", "Enter")
    page.wait_for_function(f"() => document.body.textContent.includes('已核定 {count - 2} 格')")
    assert len(decided(store, scan)) == count - 2
    press(page, "u")
    page.wait_for_function(f"() => document.body.textContent.includes('已撤销 {count - 2} 格')")
    expect(page.locator(".cards input")).to_have_count(count)
    picture(page, "group-undone")
    assert store.document(scan).state == "needs_review"
    assert page.complaints == []


def test_a_dropped_file_is_read_and_ticked(chromium: Any, site: str) -> None:
    page = window(chromium, site)
    page.goto("/")
    text = (ROOT / "samples" / "sichuan-commerce-2019.txt").read_text("utf-8")
    page.evaluate(
        """(text) => {
            const data = new DataTransfer();
            data.items.add(new File([text], "年报.txt", { type: "text/plain" }));
            document.body.dispatchEvent(
                new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        text,
    )
    page.wait_for_selector(".tick", timeout=60_000)
    picture(page, "dropped")
    expect(page.locator("#dropped")).to_contain_text("年报.txt")
    for kind in ("HTML", "XLSX"):
        with page.expect_download() as waiting:
            page.locator(f"#dropped >> text={kind}").click()
        assert Path(waiting.value.path()).stat().st_size > 3000
    page.locator("#dropped a").first.click()
    page.wait_for_selector(".text mark")
    assert page.complaints == []


@pytest.mark.parametrize(("language", "word"), [("zh-CN", "待核定"), ("en-GB", "To decide")])
def test_both_languages(chromium: Any, site: str, scan: str, language: str, word: str) -> None:
    page = window(chromium, site, locale=language)
    page.goto("/")
    assert page.locator("h1").inner_text() == word
    page.goto(f"/d/{scan}/0")
    why = page.locator(".why").inner_text()
    assert bool(re.search("[\u4e00-\u9fff]", why)) == (language == "zh-CN")
    picture(page, f"document-{language}")
    before = page.evaluate("document.documentElement.lang")
    page.locator('form[hx-post="/language"] button').click()
    page.wait_for_function("(lang) => document.documentElement.lang !== lang", arg=before)
    why = page.locator(".why").inner_text()
    assert bool(re.search("[\u4e00-\u9fff]", why)) == (language != "zh-CN")


def test_findings_follow_decisions_and_lead_to_their_cells(
    chromium: Any, settings: Settings, store: Store, site: str
) -> None:
    ref = "proactive.licensing@decisions"
    unseen = {"value": None, "written": None, "state": "missing_row", "accepted": False}
    lacking = {"code": "row_missing", "severity": "warning", "arguments": {"label": "行政许可"},
               "refs": [ref]}  # fmt: skip
    left = {"code": "figure_not_used", "severity": "warning", "refs": [OTHER],
            "arguments": {"label": "甲", "text": "7", "number": 3}}  # fmt: skip
    record = in_doubt({ref: unseen, REF: unsure("3", "8", box=False)}, findings=[lacking, left])
    sha256 = put(store, settings, "a.txt", record)
    page = window(chromium, site)
    page.goto(f"/d/{sha256}/0")
    page.locator("#findings summary").click()
    expect(page.locator("#findings li")).to_have_count(2)
    press(page, "b")
    expect(page.locator("#findings li")).to_have_count(1)
    expect(page.locator("#findings summary")).to_contain_text("需注意 1 条")
    assert page.locator("#findings").get_attribute("open") is not None
    expect(page.locator(f'.form button[data-cell="{number_of(ref)}"]')).to_have_text("空白")
    page.locator("#findings li a").click()
    wait_for_current(page, str(number_of(OTHER)))
    assert page.complaints == []


def test_files_are_chosen_by_a_button_in_the_pages_language(chromium: Any, site: str) -> None:
    page = window(chromium, site)
    page.goto("/")
    with page.expect_file_chooser() as waiting:
        page.get_by_text("选择文件").click()
    waiting.value.set_files({"name": "x.txt", "mimeType": "text/plain", "buffer": b"nothing"})
    page.get_by_role("button", name="移出列表").click(timeout=60_000)
    expect(page.locator("#dropped li")).to_have_count(0)
    assert page.complaints == []


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize(("width", "height"), [(390, 800), (768, 1024), (1366, 768), (2560, 1300)])
def test_narrow_and_wide_windows(
    chromium: Any, site: str, scan: str, width: int, height: int, language: str
) -> None:
    page = window(chromium, site, viewport={"width": width, "height": height}, locale=language)
    for path in ("/", "/documents", f"/d/{scan}/0", "/groups", "/whole", "/second", "/help"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        picture(page, f"{width}{path.replace('/', '-')[:6]}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.goto(f"/d/{scan}/0")
    assert page.locator('#decision [data-key="Enter"]').is_visible()
    assert page.locator(".cut").is_visible()


def test_no_serious_barriers(chromium: Any, site: str, scan: str) -> None:
    page = window(chromium, site)
    for path in ("/", f"/d/{scan}/0", "/groups", "/groups/show?state=zero&value=0", "/whole",
                 "/second", "/help", "/documents?state=clean", "/nothing"):  # fmt: skip
        page.goto(path)
        page.wait_for_load_state("networkidle")
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run().then((r) => r.violations)")
        grave = [
            (one["id"], one["nodes"][0]["html"][:200])
            for one in found if one["impact"] in ("serious", "critical")
        ]  # fmt: skip
        assert grave == [], path
