"""A real browser at a review page: fixtures and helpers for tests; skipped without Chromium."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gouji.ingest.settings import Settings
from gouji.ingest.store.decisions import decisions_of
from gouji.ingest.store.store import Store
from gouji.tables.record import Record
from tests.reviewing import put, serving, settings_in
from tests.test_export import a_record

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")

ROOT = Path(__file__).parent.parent
SCAN = ROOT / "samples" / "scans" / "sichuan-commerce-2019-low.jpg"
READING = Path(__file__).parent / "data_reading.json"
PICTURES = os.environ.get("GOUJI_SCREENSHOTS", "")
"""A folder for screenshots, to be looked at."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(str(tmp_path / "store.sqlite")) as made:
        yield made


@pytest.fixture
def scan(store: Store, settings: Settings) -> str:
    """The sample scan, as it was read."""
    records = [Record.model_validate(one) for one in json.loads(READING.read_text("utf-8"))]
    return put(store, settings, SCAN.name, *records, data=SCAN.read_bytes())


@pytest.fixture
def site(store: Store, settings: Settings) -> Iterator[str]:
    with serving(settings, store) as made:
        yield made


def window(chromium: Any, site: str, **options: Any) -> Any:
    """A page of a person's own; whatever its console complains of fails the test."""
    options = {"locale": "zh-CN", "viewport": {"width": 1366, "height": 850}} | options
    page = chromium.new_context(base_url=site, **options).new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda m: page.complaints.append(m.text) if m.type == "error" else None)
    return page


def picture(page: Any, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png")


def current(page: Any) -> str:
    return str(page.locator("[data-current]").get_attribute("data-current"))


def wait_for_current(page: Any, number: str) -> None:
    """Wait until the cell of this number is the one to decide; ``""``: none is left."""
    page.wait_for_selector(f'[data-current="{number}"]', state="attached")


def looked_at(page: Any) -> None:
    """Wait as long as a person needs to see what has come into view."""
    page.wait_for_function("() => !('fresh' in document.body.dataset)")


def press(page: Any, *keys: str) -> None:
    """Press keys and wait until the page has answered."""
    for key in keys:
        looked_at(page)
        page.keyboard.press(key)
    page.wait_for_timeout(50)
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
    page.wait_for_timeout(80)


def number_of(ref: str) -> int:
    return [cell.ref for cell in a_record().cells].index(ref)


def decided(store: Store, sha256: str) -> dict[str, Any]:
    with store.reading() as connection:
        return {d.ref: d for d in decisions_of(connection, sha256)}
