"""What a slip of the hand, or a picture that does not come, must not do to a decision."""

from __future__ import annotations

from typing import Any

from gouji.ingest.review.accounts import Accounts
from gouji.ingest.settings import Settings
from gouji.ingest.store import schema
from gouji.ingest.store.store import Store
from gouji.ingest.store.tending import forget
from tests.browsers import (  # noqa: F401
    chromium,
    current,
    decided,
    expect,
    needs_chromium,
    press,
    scan,
    settings,
    site,
    store,
    window,
)
from tests.reviewing import REF, in_doubt, put, serving, unsure

pytestmark = needs_chromium


def open_one(page: Any, settings: Settings, store: Store, name: str = "a.txt") -> str:
    sha256 = put(store, settings, name, in_doubt({REF: unsure("3", "8", box=False)}))
    page.goto(f"/d/{sha256}/0")
    return sha256


def test_letters_never_decide_while_something_is_typed(
    chromium: Any, settings: Settings, store: Store, site: str
) -> None:
    page = window(chromium, site)
    sha256 = open_one(page, settings, store)
    page.locator("#value").click()
    press(page, "b", "x", "s")
    assert page.locator("#value").input_value() == "bxs"
    page.locator("h2").first.click()
    press(page, "b")
    assert decided(store, sha256) == {}


def test_enter_takes_the_reading_also_after_a_click(
    chromium: Any, settings: Settings, store: Store, site: str
) -> None:
    page = window(chromium, site)
    sha256 = open_one(page, settings, store)
    page.locator("[data-zoom]").click()
    press(page, "Enter")
    page.wait_for_selector(".done")
    assert decided(store, sha256)[REF].value == 3
    expect(page.locator(".told")).to_contain_text("已核定")
    assert page.evaluate("localStorage.getItem('gouji-unsent')") == "{}"
    page.goto("/")
    assert page.locator("#unsent").is_hidden()


def test_what_could_not_be_seen_is_not_decided_until_it_is(
    chromium: Any, store: Store, site: str, scan: str
) -> None:
    page = window(chromium, site)
    page.route("**/page/**", lambda route: route.fulfill(status=404))
    page.goto(f"/d/{scan}/0")
    page.wait_for_selector("[data-unseen]:not([hidden])")
    number = current(page)
    press(page, "Enter")
    assert (current(page), decided(store, scan)) == (number, {})
    page.unroute("**/page/**")
    page.wait_for_selector(".cut image[data-seen]", state="attached")
    assert page.locator("[data-unseen]").is_hidden()
    press(page, "Enter")
    page.wait_for_function(
        f"() => document.querySelector('[data-current]').dataset.current != '{number}'"
    )
    assert len(decided(store, scan)) == 1


def test_a_key_held_down_or_pressed_twice_is_one_stroke(
    chromium: Any, settings: Settings, store: Store, site: str
) -> None:
    page = window(chromium, site)
    sha256 = put(store, settings, "a.txt", in_doubt())
    put(store, settings, "b.txt", in_doubt())
    page.goto("/")
    press(page, "Enter")
    page.wait_for_url("**/d/*/0*")
    for left in ("1", "0"):  # each of them looked at: so fast a person may be
        press(page, "Enter")
        page.wait_for_selector(f'[data-left="{left}"]', state="attached")
    page.wait_for_selector(".done")
    assert len(decided(store, sha256)) == 2
    for _ in range(8):  # held down, it says so
        page.keyboard.down("Enter")
        page.wait_for_timeout(60)
    page.keyboard.up("Enter")
    assert page.locator(".done").count() == 1
    press(page, "Enter")
    page.wait_for_selector("#decision")
    page.keyboard.press("Enter")  # at once: meant for what was there before
    page.wait_for_timeout(100)
    assert page.locator(".done").count() == 0
    assert page.locator("[data-left]").get_attribute("data-left") == "2"


def test_a_double_click_decides_one_cell(
    chromium: Any, settings: Settings, store: Store, site: str
) -> None:
    page = window(chromium, site)
    sha256 = put(store, settings, "a.txt", in_doubt())
    page.goto(f"/d/{sha256}/0")
    place = page.locator("#decision .option").first.bounding_box()
    page.mouse.dblclick(place["x"] + 5, place["y"] + 5, delay=150)
    page.wait_for_selector('[data-left="1"]', state="attached")
    page.wait_for_timeout(150)
    assert len(decided(store, sha256)) == 1


def test_an_enter_that_does_nothing_says_which_key_does(
    chromium: Any, settings: Settings, store: Store, site: str
) -> None:
    page = window(chromium, site)
    unread = unsure("0", "0", box=False) | {"state": "unreadable", "value": None, "readings": []}
    sha256 = put(store, settings, "a.txt", in_doubt({REF: unread | {"written": None}}))
    page.goto(f"/d/{sha256}/0")
    keys = page.locator("#decision .option kbd").all_inner_texts()
    press(page, "Enter")
    expect(page.locator(".told")).to_contain_text(f"请按 {keys[0]}" if keys else "请录入数字")
    assert decided(store, sha256) == {}
    save = page.locator(".save kbd")
    assert save.is_hidden()
    press(page, "4")
    assert save.is_visible()


def test_a_slip_of_the_decimal_point_is_kept_only_when_confirmed(
    chromium: Any, settings: Settings, store: Store, site: str
) -> None:
    page = window(chromium, site)
    sha256 = open_one(page, settings, store)
    press(page, "1", ".", "5", "Enter")
    page.wait_for_selector('#decision [name="sure"]', state="attached")
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    assert decided(store, sha256) == {}
    press(page, "Enter")
    page.wait_for_selector(".done")
    assert str(decided(store, sha256)[REF].value) == "1.5"


def test_cards_without_their_picture_are_not_decided(
    chromium: Any, store: Store, site: str, scan: str
) -> None:
    page = window(chromium, site)
    failing: list[str] = []

    def fail_first(route: Any) -> None:
        failing.append(route.request.url.partition("?")[0])
        if failing[-1] == failing[0]:
            route.fulfill(status=404)
        else:
            route.continue_()

    page.route("**/cut/**", fail_first)
    page.goto("/groups/show?state=zero&value=0")
    page.wait_for_selector('#group button[type="submit"]:not([disabled])', timeout=30_000)
    count = page.locator(".cards input").count()
    assert page.locator(".cards input:checked").count() == count - 1
    press(page, "Enter")
    page.wait_for_function(f"() => document.body.textContent.includes('已核定 {count - 1} 格')")
    assert len(decided(store, scan)) == count - 1


def test_the_list_is_fresh_and_in_the_pages_language_after_a_drop(
    chromium: Any, settings: Settings, store: Store, site: str
) -> None:
    page = window(chromium, site)
    page.goto("/")
    sha256 = put(store, settings, "b.txt", in_doubt())
    page.evaluate(
        """async (path) => {
            const answer = await fetch(path);
            document.getElementById("dropped").innerHTML = await answer.text();
            htmx.process(document.getElementById("dropped"));
        }""",
        f"/drop/{sha256}",
    )
    page.wait_for_selector("#queue table")
    expect(page.locator("#queue")).to_contain_text("b.txt")
    expect(page.locator("#dropped")).to_contain_text("两个识别引擎结果不同")


def test_a_session_that_ended_loses_no_decision_and_nobody_else_sends_it(
    chromium: Any, settings: Settings, store: Store
) -> None:
    accounts = Accounts(store)
    for name in ("张三", "李四"):
        accounts.put(name, "correct horse", "reviewer")

    def log_in(name: str) -> None:
        page.wait_for_selector('input[name="password"]')
        page.fill('input[name="name"]', name)
        page.fill('input[name="password"]', "correct horse")
        page.keyboard.press("Enter")
        page.wait_for_selector("nav")

    with serving(settings, store, accounts=accounts) as site:
        page = window(chromium, site)
        page.goto("/login")
        log_in("张三")
        sha256 = open_one(page, settings, store)
        with store.writing() as connection:
            connection.execute(schema.sessions.delete())
        page.keyboard.press("5")
        page.keyboard.press("Enter")
        # Several requests may find the session ended, and lead there one after the other.
        page.wait_for_selector('input[name="password"]')
        expect(page.locator("#unsent")).to_contain_text("= 5")
        log_in("李四")
        page.wait_for_timeout(2500)
        assert decided(store, sha256) == {}
        page.locator('[hx-post="/logout"]').click()
        log_in("张三")
        expect(page.locator("#unsent")).to_contain_text("均已送达")
        made = decided(store, sha256)[REF]
        assert (made.value, made.by) == (5, "张三")


def test_a_decision_about_what_is_no_more_is_told(
    chromium: Any, settings: Settings, store: Store, site: str
) -> None:
    page = window(chromium, site)
    sha256 = open_one(page, settings, store)
    forget(store, [sha256])
    page.keyboard.press("5")
    page.keyboard.press("Enter")
    expect(page.locator("#unsent")).to_contain_text("未被采纳")
    expect(page.locator("#unsent")).to_contain_text("= 5")
    page.goto("/")
    expect(page.locator("#unsent")).to_be_hidden()
