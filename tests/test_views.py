"""Views of scanned pages: what is tried, and what never is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gouji.ingest import views
from gouji.ocr.page import Box
from gouji.tables.evidence import Evidence
from gouji.tables.grid import Block, Document, Line, Place
from gouji.tables.understood import Understood


def line(text: str, y: float, page: int = 1) -> Line:
    return Line(text, Place(page, Box(50, y, 300, y + 10)))


TITLES = ("三、收到和处理政府信息公开申请情况", "四、政府信息公开行政复议、行政诉讼情况")
BASE = [line("总体情况", 50), line(TITLES[0], 100), line("1", 120), line(TITLES[1], 200)]
BASE += [line("2", 220), line("another report", 400), line("3", 420)]


def document(*seen: list[Block]) -> Document:
    return Document(tuple(BASE), views={1: seen})


def attempts(own: list[Block], *seen: list[Block]) -> list[list[str]]:
    """The texts of what is tried."""
    return [
        [b.text for b in views._seen_so(own, view, bands) if isinstance(b, Line)]
        for _, view, bands in views._attempts(own, document(*seen))
    ]


def test_a_view_of_one_table_leaves_the_others() -> None:
    other = [line("总体情况", 50), line("A", 120), line("B", 220)]
    tried = attempts(BASE[:5], other)
    assert ["总体情况", "A", "B"] in tried
    assert ["总体情况", "A", TITLES[1], "2"] in tried
    assert ["总体情况", TITLES[0], "1", "B"] in tried


def test_what_a_view_does_not_show_is_not_taken_away() -> None:
    """An attempt without a table's rows would have fewer doubts."""
    texts = [b.text for b in BASE[:5] if isinstance(b, Line)]
    assert all(tried == texts for tried in attempts(BASE[:5]))
    upper = [tried for tried in attempts(BASE[:5], [line("A", 120)]) if tried != texts]
    assert ["总体情况", "A", TITLES[1], "2"] in upper
    assert all("A" in tried for tried in upper)


def test_another_report_on_the_page_is_left_out() -> None:
    """Its figures would fill what this one lacks."""
    other = [line("A", 120), line("B", 220), line("foreign", 420)]
    first, second = attempts(BASE[:5], other), attempts(BASE[5:], other)
    assert any("A" in tried for tried in first)
    assert not any("foreign" in tried for tried in first)
    assert any("foreign" in tried for tried in second)
    assert not any("A" in tried or "B" in tried for tried in second)


def test_what_was_understood_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Views of a page that show it as it is, or as another view did, tell nothing new."""
    told: list[list[str]] = []

    def understand(blocks: Sequence[Block], _: Evidence) -> Understood:
        told.append(sorted(b.text for b in blocks if isinstance(b, Line)))
        return Understood((), ())

    monkeypatch.setattr(views, "understand", understand)
    same, other = list(BASE[:5]), [line("总体情况", 50), line("A", 120), line("B", 220)]
    views.best_view(BASE[:5], document(same, other, list(other)))
    assert len(told) > 2
    assert len(told) == len({tuple(texts) for texts in told})
