"""Trying to get in, and to slip something in."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gouji.ingest import command_review
from gouji.ingest.review.accounts import Accounts
from gouji.ingest.review.guard import COOKIE, TOKEN, Access
from gouji.ingest.settings import Settings
from gouji.ingest.store import schema
from gouji.ingest.store.store import Store
from gouji.ocr.finding import DocumentError
from gouji.tables.limits import Limits
from tests.reviewing import BASE, HOSTS, Browser, browsing, in_doubt, put, settings_in
from tests.test_review import entries, number_of

PASSWORD = "correct horse"
ALONE = Access(HOSTS, None, "甲")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(str(tmp_path / "store.sqlite")) as made:
        yield made


@pytest.fixture
def accounts(store: Store) -> Accounts:
    made = Accounts(store)
    made.put("张三", PASSWORD, "reviewer")
    made.put("李四", PASSWORD, "reader")
    return made


@pytest.fixture
def two(settings: Settings, store: Store, accounts: Accounts) -> Iterator[Any]:
    with browsing(settings, store, Access(HOSTS, accounts), 2) as made:
        yield made


def log_in(browser: Browser, name: str = "张三", password: str = PASSWORD) -> Any:
    return browser.post("/login", {"name": name, "password": password})


def test_without_login_nothing_is_shown_or_changed(
    settings: Settings, store: Store, two: list[Browser]
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    paths = ["/", f"/d/{sha256}/0", f"/page/{sha256}/1.png", f"/cut/{sha256}/0/1.png",
             f"/d/{sha256}/0/report.html", f"/drop/{sha256}", "/next"]  # fmt: skip
    for path in paths:
        answer = two[0].get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        assert two[0].get(path, **{"HX-Request": "true"}).status_code == 401
    for path in (f"/d/{sha256}/0/decide/{number_of()}", f"/d/{sha256}/0/undo", "/drop?name=a"):
        assert two[0].post(path).status_code in (303, 401)
    assert entries(store, sha256) == []


def test_a_session_lets_in_until_it_ends(
    settings: Settings, store: Store, two: list[Browser]
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    assert log_in(two[0], password="wrong").status_code == 422
    assert log_in(two[0], name="nobody").status_code == 422
    assert log_in(two[0]).status_code == 204
    assert two[0].get(f"/d/{sha256}/0").status_code == 200
    assert two[0].decide(sha256, number_of(), text="5").status_code == 200
    assert entries(store, sha256)[0].by == "张三"
    with store.writing() as connection:
        connection.execute(schema.sessions.update().values(ends="2020"))
    assert two[0].get("/").status_code == 303


def test_logging_out_ends_the_session_itself(two: list[Browser]) -> None:
    log_in(two[0])
    cookie = two[0].client.cookies[COOKIE]
    two[0].post("/logout", token=two[0].token("/help"))
    two[1].client.cookies.set(COOKIE, cookie)
    assert two[1].get("/").status_code == 303


def test_a_cookie_is_for_our_own_pages_only(two: list[Browser]) -> None:
    answer = log_in(two[0])
    told = answer.headers["set-cookie"].lower()
    assert "httponly" in told
    assert "samesite=strict" in told
    assert two[0].client.cookies[COOKIE] not in two[0].get("/").text


def test_what_the_store_keeps_lets_nobody_in(store: Store, two: list[Browser]) -> None:
    log_in(two[0])
    with store.reading() as connection:
        session = connection.execute(schema.sessions.select()).one()
        secrets = [row.secret for row in connection.execute(schema.accounts.select())]
    two[1].client.cookies.set(COOKIE, session.id)
    assert two[1].get("/").status_code == 303
    assert all(secret.startswith("$argon2id$") for secret in secrets)


def test_anothers_token_does_not_serve(
    settings: Settings, store: Store, two: list[Browser]
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    log_in(two[0])
    log_in(two[1], "李四")
    sent = two[0].panel(sha256, number_of()) | {"text": "5"}
    path = f"/d/{sha256}/0/decide/{number_of()}"
    assert two[0].post(path, sent, token=two[1].token()).status_code == 403
    assert entries(store, sha256) == []


def test_readers_change_nothing(settings: Settings, store: Store, two: list[Browser]) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    log_in(two[0])
    log_in(two[1], "李四")
    assert two[1].get(f"/d/{sha256}/0").status_code == 200
    assert 'name="text"' not in two[1].get(f"/d/{sha256}/0").text
    sent = two[0].panel(sha256, number_of()) | {"text": "5"}
    for path in (f"/d/{sha256}/0/decide/{number_of()}", f"/d/{sha256}/0/postpone/1",
                 f"/d/{sha256}/0/undo", "/drop?name=a"):  # fmt: skip
        assert two[1].post(path, sent).status_code == 403
    assert entries(store, sha256) == []


def test_tries_are_limited(two: list[Browser]) -> None:
    for _ in range(5):
        assert "不正确" in log_in(two[0], password="wrong").text
    assert "次数过多" in log_in(two[0]).text
    assert log_in(two[1], "李四").status_code == 204


def test_many_may_come_through_one_proxy(settings: Settings, store: Store) -> None:
    made = Accounts(store)
    for number in range(25):
        made.put(f"审核{number}", PASSWORD, "reviewer")
    with browsing(settings, store, Access(HOSTS, made)) as browser:
        answers = [log_in(browser, f"审核{number}").status_code for number in range(25)]
        assert answers == [204] * 25
        for number in range(20):
            assert "不正确" in log_in(browser, f"审核{number}", "wrong").text
        assert "次数过多" in log_in(browser, "审核24").text


def test_passwords_are_long(accounts: Accounts) -> None:
    with pytest.raises(DocumentError, match="password_short"):
        accounts.put("王五", "short", "reviewer")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": BASE, "Sec-Fetch-Site": "cross-site"},
        {"Origin": BASE, "Sec-Fetch-Site": "same-site"},
        {"Origin": BASE, TOKEN: "0" * 64},
        {"Origin": BASE, TOKEN: "é"},
        {"Origin": "http://127.0.0.1:9999"},
    ],
)
def test_foreign_pages_change_nothing(
    settings: Settings, store: Store, headers: dict[str, str]
) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    with browsing(settings, store, ALONE) as browser:
        sent = browser.panel(sha256, number_of()) | {"text": "5"}
        path = f"/d/{sha256}/0/decide/{number_of()}"
        encoded = {k: v.encode() for k, v in ({TOKEN: browser.token()} | headers).items()}
        answer = browser.client.post(path, data=sent, headers=encoded)
        assert answer.status_code == 403
        assert browser.client.post(path, data=sent).status_code == 403
    assert entries(store, sha256) == []


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:9", "evil.example:8365"])
def test_other_names_of_this_host_are_refused(settings: Settings, store: Store, host: str) -> None:
    with browsing(settings, store, ALONE) as browser:
        assert browser.get("/", Host=host).status_code == 421


def test_every_answer_forbids_scripts_of_others(settings: Settings, store: Store) -> None:
    sha256 = put(store, settings, "a.txt", in_doubt())
    with browsing(settings, store, ALONE) as browser:
        for path in ("/", f"/d/{sha256}/0", "/nothing", "/static/page.js", "/login"):
            answer = browser.get(path)
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert " style=" not in answer.text
            assert "<script>" not in answer.text
            assert " onclick" not in answer.text


def test_names_from_outside_are_no_paths(settings: Settings, store: Store, tmp_path: Path) -> None:
    with browsing(settings, store, ALONE) as browser:
        for name in ("../../../../etc/cron.d/evil", "..\\..\\evil.txt", "/etc/passwd", "a\0b", ""):
            answer = browser.client.post(
                "/drop", params={"name": name}, content=b"plain text",
                headers={"Origin": BASE, TOKEN: browser.token()},
            )  # fmt: skip
            assert answer.status_code == 200
    files = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*") if path.is_file()}
    assert {f for f in files if not f.startswith("store.sqlite")} == {"originals"}
    with store.reading() as connection:
        names = {row.name for row in connection.execute(schema.names.select())}
        paths = {bytes(row.path) for row in connection.execute(schema.names.select())}
    assert paths == {b""}
    assert not any("/" in name for name in names)


def test_numbers_without_measure_are_refused_at_once(settings: Settings, store: Store) -> None:
    """Any page on the web may ask for such an address, though it can't see the answer."""
    sha256 = put(store, settings, "a.txt", in_doubt())
    large, long = "1e999999999", "9" * 39
    with browsing(settings, store, ALONE) as browser:
        for path in (f"/groups/show?state=zero&value={large}", f"/?page={long}",
                     f"/groups/show?state=zero&value=0&after={long}-1",
                     f"/d/{sha256}/0/sums/{number_of()}?text={large}"):  # fmt: skip
            assert browser.get(path).status_code == 200
        assert browser.decide(sha256, number_of(), state="value", value=large).status_code == 422
        assert browser.decide(sha256, number_of(), text=large).status_code == 422
        alike = {"state": "value", "value": large, "cell": f"{sha256}-0-²"}
        assert browser.post("/groups/decide", alike).status_code == 200
    assert entries(store, sha256) == []


def test_an_upload_that_cannot_be_kept_is_told(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    (tmp_path / "uploads").write_text("in the way")
    with browsing(settings, store, ALONE) as browser:
        answer = browser.client.post(
            "/drop", params={"name": "a.txt"}, content=b"text",
            headers={"Origin": BASE, TOKEN: browser.token()},
        )  # fmt: skip
    assert answer.status_code == 422
    assert "a.txt" in answer.text
    assert str(tmp_path / "uploads") in answer.text


def test_an_upload_meets_the_limits(settings: Settings, store: Store, tmp_path: Path) -> None:
    small = settings.model_copy(update={"limits": Limits(file_bytes=1000)})
    with browsing(small, store, ALONE) as browser:
        answer = browser.client.post(
            "/drop", params={"name": "big.txt"}, content=b"x" * 2000,
            headers={"Origin": BASE, TOKEN: browser.token()},
        )  # fmt: skip
    assert answer.status_code == 422
    assert "big.txt" in answer.text
    assert list((tmp_path / "uploads").iterdir()) == []


def test_uploads_that_a_killed_server_left_are_deleted_after_a_day(
    settings: Settings, store: Store, tmp_path: Path
) -> None:
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    ages = {"old.part": 25, "fresh.part": 23, "old.pdf": 25}
    for name, hours in ages.items():
        (uploads / name).write_text("half")
        then = time.time() - 3600 * hours
        os.utime(uploads / name, (then, then))
    with browsing(settings, store, ALONE):
        assert {path.name for path in uploads.iterdir()} == {"fresh.part", "old.pdf"}


def test_another_address_wants_accounts(store: Store) -> None:
    def access(address: str, *hosts: str) -> Access:
        options = argparse.Namespace(host=list(hosts))
        return command_review._access(options, store, (address, 8365))

    assert access("127.0.0.1").accounts is None
    for address, hosts in (("0.0.0.0", ()), ("192.0.2.1", ()), ("127.0.0.1", ("a.example",))):
        with pytest.raises(DocumentError, match="accounts_wanted"):
            access(address, *hosts)
    Accounts(store).put("张三", PASSWORD, "reviewer")
    assert access("192.0.2.1", "a.example").accounts is not None
