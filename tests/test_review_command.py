"""``gouji review`` as a program: killed in the middle of a save, started by a click."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gouji.ingest.review.accounts import Accounts
from gouji.ingest.settings import Settings
from gouji.ingest.store.decisions import decisions_of
from gouji.ingest.store.store import Store
from tests.browsers import chromium, expect, looked_at, needs_chromium, window  # noqa: F401
from tests.reviewing import REF, in_doubt, put, unsure

ROOT = Path(__file__).parent.parent


@contextmanager
def serving(workspace: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The program itself, listening."""
    command = [sys.executable, "-m", "gouji.ingest", "review", "--no-browser", "--port", str(port)]
    with subprocess.Popen([*command, "--workspace", str(workspace)], stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert str(port).encode() in run.stdout.readline()
        until = time.monotonic() + 30
        while not accepts(port):
            assert time.monotonic() < until
            time.sleep(0.05)
        try:
            yield run
        finally:
            run.kill()


def accepts(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_a_program_may_hand_over_the_password(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gouji.ingest", "review", "--account", "张三"]
    for given, code in (("correct horse\n", 0), ("", 2)):
        run = subprocess.run([*command, "--workspace", str(tmp_path)], input=given.encode())
        assert run.returncode == code
    with Store(str(tmp_path / "gouji.sqlite")) as store:
        assert Accounts(store).log_in("张三", "correct horse", "")


@needs_chromium
@pytest.mark.parametrize("kept", [False, True], ids=["before it is kept", "after it was kept"])
def test_a_server_killed_in_the_middle_of_a_save_loses_nothing(
    chromium: Any, tmp_path: Path, kept: bool
) -> None:
    settings, port = Settings(workspace=str(tmp_path)), free_port()
    with Store(str(tmp_path / "gouji.sqlite")) as store:
        sha256 = put(store, settings, "a.txt", in_doubt({REF: unsure("3", "8", box=False)}))
    page = window(chromium, f"http://127.0.0.1:{port}")
    with serving(tmp_path, port) as server:
        page.goto(f"/d/{sha256}/0")

        def kill(route: Any) -> None:
            if kept:
                assert route.fetch().status == 200
            server.kill()
            server.wait()
            route.abort()

        page.route("**/decide/**", kill, times=1)
        looked_at(page)
        page.keyboard.press("Enter")
        page.wait_for_selector("#unsent:not([hidden])")
        expect(page.locator("#unsent")).to_contain_text(
            "第一项本年新收政府信息公开申请数量·自然人 = 3"
        )
    with serving(tmp_path, port):
        page.wait_for_function(
            "() => document.getElementById('unsent').textContent.includes('均已送达')"
        )
    with Store(str(tmp_path / "gouji.sqlite")) as store, store.reading() as connection:
        assert [entry.value for entry in decisions_of(connection, sha256)] == [3]


# --- started by a click ---------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_the_start_file_opens_the_page_in_the_browser(tmp_path: Path) -> None:
    """The file as it is, beside an installed program; the browser is a script."""
    shell = shutil.which("sh") or "/bin/sh"
    start = ROOT / "gouji.command"
    assert os.access(start, os.X_OK)
    subprocess.run([shell, "-n", start], check=True)
    shutil.copy(start, tmp_path)
    program = tmp_path / ".venv" / "bin" / "gouji"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gouji.ingest "$@"\n')
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{opened}.part"; mv "{opened}.part" "{opened}"\n')
    for script in (program, browser):
        script.chmod(0o755)
    environment = os.environ | {"BROWSER": str(browser), "GOUJI_WORKSPACE": str(tmp_path / "w")}
    with subprocess.Popen(
        [tmp_path / "gouji.command"], cwd="/", env=environment, stdout=subprocess.PIPE
    ) as run:
        try:
            assert run.stdout is not None
            address = run.stdout.readline().decode().strip()
            until = time.monotonic() + 30
            while not opened.exists():
                assert time.monotonic() < until
                time.sleep(0.05)
            assert opened.read_text().strip() == address
            assert address.startswith("http://127.0.0.1:")
        finally:
            run.kill()


def test_the_start_file_for_windows_calls_what_is_installed() -> None:
    data = (ROOT / "gouji.bat").read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n")
    assert b"gouji.exe" in data
