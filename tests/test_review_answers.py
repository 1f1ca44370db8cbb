"""The review page answers at once, however much there is to count."""

from __future__ import annotations

import socket
import time

from gouji.ingest.review.remembered import Remembered
from gouji.ingest.review.serve import listen


def test_answers_do_not_wait_for_receipts() -> None:
    sock, address = listen("127.0.0.1", 0, 0)
    with sock:
        sock.listen()
        with socket.create_connection(address), sock.accept()[0] as taken:
            assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_what_takes_long_is_asked_more_seldom() -> None:
    asked: list[int] = []

    def slowly() -> int:
        asked.append(len(asked))
        time.sleep(0.06)
        return asked[-1]

    found = Remembered(slowly)
    assert [found() for _ in range(5)] == [0] * 5
    time.sleep(1.5)
    assert found() == 1


def test_what_is_quick_is_told_as_it_is() -> None:
    count = iter(range(5))
    found = Remembered(lambda: next(count))
    assert [found() for _ in range(5)] == [0, 1, 2, 3, 4]
