"""A text layer that says other figures than are to be seen, against a misprint on the page."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from raw_pdf import RawPdf

from gouji.ingest.intake import Member
from gouji.ingest.settings import Settings
from gouji.ingest.text_layer import doubtful_pages
from gouji.ocr.page import Box
from gouji.tables.fill import figures_of
from gouji.tables.filled import Filled
from gouji.tables.forms.form import load
from gouji.tables.grid import Cell, Place
from gouji.tables.identities import evaluate
from gouji.tables.numbers import parse
from gouji.tables.understood import Table, Understood

FORM = next(table for table in load("2021").tables if table.id == "disputes")
WIDE, HIGH, TOP = 60.0, 24.0, 100.0


def box_of(index: int, figure: str = "") -> Box:
    """A cell between its lines, or one that ends where its figure does."""
    x, low = 20 + index * WIDE, TOP + HIGH
    if figure:
        return Box(x + 20, low - 17, x + 20 + 6.7 * len(figure), low - 8)
    return Box(x, TOP, x + WIDE, low)


def drawn(figures: Sequence[str], *, ruled: bool = True) -> Member:
    """A page of 400 by 300 points that shows the figures in cells."""
    content = []
    for index, text in enumerate(figures):
        box = box_of(index)
        x, y = box.x0 + 20, 300 - box.y1 + 8
        lines = f"{box.x0} {300 - box.y1} {WIDE} {HIGH} re S " if ruled else ""
        content.append(f"{lines}BT /F1 12 Tf {x} {y} Td ({text}) Tj ET")
    data = RawPdf().page("\n".join(content)).bytes()
    return Member("page.pdf", data, "pdf", "")


def layer(figures: Sequence[str], *, ruled: bool = True) -> Understood:
    """What the text layer says about the page: the first row of the table."""
    boxes = [box_of(i, "" if ruled else text) for i, text in enumerate(figures)]
    cells = [
        Filled(form, Cell(0, i, 1, i + 1, text, Place(1, boxes[i])), "value", parse(text).value)
        for i, (form, text) in enumerate(zip(FORM.cells, figures, strict=False))
    ]
    identities = [i for i in load("2021").identities_of(FORM) if i.at == "disputes.review"]
    outcomes = tuple(evaluate(identity, figures_of(cells)) for identity in identities)
    return Understood((Table(FORM, (), (1,), tuple(cells), (), outcomes),), ())


@pytest.mark.parametrize("ruled", [True, False])
@pytest.mark.parametrize(
    ("shown", "told", "doubted"),
    [
        (("3", "2", "1", "4", "10"), ("8", "7", "1", "4", "10"), {1}),
        (("3", "2", "1", "4", "16"), ("3", "2", "1", "4", "16"), set()),  # misprinted
        (("3", "2", "1", "4", "10"), ("3", "2", "1", "4", "16"), set()),  # too few to tell
        (("8", "7", "1", "4", "10"), ("3", "2", "1", "4", "10"), set()),  # its sums hold
        (("34", "2", "1", "64", "266"), ("34", "2", "1", "64", "266"), set()),  # misprinted
    ],
)  # fmt: skip
def test_only_a_layer_that_lies_in_several_cells_is_doubted(
    shown: Sequence[str], told: Sequence[str], doubted: set[int], *, ruled: bool
) -> None:
    member, understood = drawn(shown, ruled=ruled), layer(told, ruled=ruled)
    assert doubtful_pages(member, understood, Settings()) == doubted
