"""The review page answers at once, however much there is to count."""

from __future__ import annotations

import socket

import pytest

from gouji.ingest.review import remembered
from gouji.ingest.review.remembered import Remembered
from gouji.ingest.review.serve import listen


def test_answers_do_not_wait_for_receipts() -> None:
    sock, address = listen("127.0.0.1", 0, 0)
    with sock:
        sock.listen()
        with socket.create_connection(address), sock.accept()[0] as taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_what_takes_long_is_asked_more_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    count = iter(range(5))
    monkeypatch.setattr(remembered, "_QUICK", -1)
    monkeypatch.setattr(remembered, "_SPARE", 1e9)
    found = Remembered(lambda: next(count))
    assert [found() for _ in range(5)] == [0] * 5
    monkeypatch.setattr(remembered, "_SPARE", 0)
    found = Remembered(lambda: next(count))
    assert [found() for _ in range(4)] == [1, 2, 3, 4]


def test_what_is_quick_is_told_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    count = iter(range(5))
    monkeypatch.setattr(remembered, "_QUICK", 1e9)
    found = Remembered(lambda: next(count))
    assert [found() for _ in range(5)] == [0, 1, 2, 3, 4]
