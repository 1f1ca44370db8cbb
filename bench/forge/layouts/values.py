"""How figures are written: blanks, dashes, signs, units, notes, long and full-width ones."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random

from bench.forge.model import Document
from bench.forge.units import amount_text, plain, set_unit_header

from .base import Transformation, a_table, value_refs, zeros

FULL_WIDTH = str.maketrans("0123456789.-,", "０１２３４５６７８９．－，")
MONEY = ("proactive.procurement@amount", "proactive.fees@amount_collected", "org.budget")


def blank_zeros(document: Document, rng: Random) -> None:
    where = rng.choice(((), (a_table(document, rng),)))
    for ref in zeros(document, *where):
        document.write(ref, "", "blank")


def blank_total_column(document: Document, _rng: Random) -> None:
    for ref in value_refs(document, "requests"):
        if ref.endswith("@total"):
            document.write(ref, "", "blank")


def blank_cell(document: Document, rng: Random) -> None:
    found = zeros(document) or value_refs(document)
    for ref in rng.sample(found, min(len(found), rng.randint(1, 3))):
        document.write(ref, "", "blank")


def blank_block(document: Document, _rng: Random) -> None:
    """The first block of the disputes table; another one if only that holds no case."""
    blocks = [
        [ref for ref in value_refs(document, "disputes") if ref.startswith(row + "@")]
        for row in ("disputes.review", "disputes.litigation_after_review")
    ]
    empty = [block for block in blocks if not any(document.truth[ref].value for ref in block)]
    for ref in (empty or blocks)[0]:
        document.write(ref, "", "blank")


def dashes(document: Document, rng: Random) -> None:
    mark = rng.choice(("-", "—", "/", "无", "不涉及", "不适用", "－", "——"))
    found = zeros(document, a_table(document, rng))
    if rng.random() < 0.5:
        found = rng.sample(found, (len(found) + 1) // 2)
    for ref in found:
        document.write(ref, mark, "not_applicable")


def _change_text(value: Decimal, way: str) -> str:
    size = format(abs(value), "f")
    up, down = {
        "plus": ("+", "-"),
        "wide": ("＋", "－"),
        "minus": ("", "−"),
        "words": ("增", "减"),
        "long words": ("增加", "减少"),
    }[way]
    return (up if value > 0 else down) + size


def signed_changes(document: Document, rng: Random) -> None:
    way = rng.choice(("plus", "wide", "minus", "words", "long words"))
    for ref in value_refs(document, "proactive"):
        value = document.truth[ref].value
        if ref.endswith("@items_change") and value:
            document.write(ref, _change_text(value, way))


def misused_columns(document: Document, rng: Random) -> None:
    """421 | 增1423 | 1844: the third column holds the sum, not the decisions."""
    for name in ("licensing", "other_services", "penalty"):
        row = f"proactive.{name}"
        before, change = rng.randint(20, 900), rng.randint(1, 1500)
        for column, value in (
            ("items_prev_year", before),
            ("items_change", change),
            ("decisions", before + change),
        ):
            truth = document.truth[f"{row}@{column}"]
            truth.value, truth.state = Decimal(value), "value"
            text = f"增{value}" if column == "items_change" else str(value)
            document.write(f"{row}@{column}", text)


def _money(document: Document) -> list[str]:
    """Refs of amounts that stand in the document as a figure."""
    there = set(value_refs(document)) & set(MONEY)
    return [ref for ref in MONEY if ref in there and document.truth[ref].value is not None]


def units_in_cell(document: Document, rng: Random) -> None:
    """326.6万元, 251000元; now and then 12件 for counts."""
    unit = rng.choice(("万元", "元"))
    for ref in _money(document):
        value = document.truth[ref].value or Decimal(0)
        document.write(ref, plain(value * (10000 if unit == "元" else 1)) + unit)
    counts = [ref for ref in value_refs(document, "proactive") if ref not in MONEY]
    if counts and rng.random() < 0.4:
        for ref in counts:
            truth = document.truth[ref]
            if truth.state in ("value", "zero") and truth.written and not ref.endswith("_change"):
                document.write(ref, truth.written + "件")


def unit_cut(document: Document, rng: Random) -> None:
    ref = "proactive.procurement@amount"
    value = Decimal(rng.randint(10**7, 10**10)).scaleb(-6)
    document.truth[ref].value, document.truth[ref].state = value, "value"
    document.write(ref, format(value, "f") + "万")


def unit_missing(document: Document, _rng: Random) -> None:
    """Neither header nor cell names the unit of the purchases."""
    set_unit_header(document, "")


def notes(document: Document, rng: Random) -> None:
    found = [
        ref
        for ref in value_refs(document, "proactive", "main")
        if (document.truth[ref].value or 0) > 3 and ref not in MONEY
    ]
    for ref in rng.sample(found, min(len(found), rng.randint(1, 2))):
        part = rng.randint(1, int(document.truth[ref].value or 1))
        note = rng.choice(
            ("（其中修订{n}件）", "（其中修订 {n} 件）", "(含转发{n}件)", "（含{n}件）")
        )
        document.write(ref, (document.truth[ref].written or "") + note.format(n=part))


def long_figures(document: Document, rng: Random) -> None:
    """Eight-digit counts and amounts with six decimals, where no identity binds them."""
    for ref in value_refs(document, "proactive", "main"):
        truth = document.truth[ref]
        if ref.endswith("@decisions") or ref.startswith(("x.page_views", "proactive.info_total")):
            value = Decimal(rng.randint(10**6, 10**8))
        elif ref in MONEY:
            value = Decimal(rng.randint(10**9, 10**13)).scaleb(-rng.choice((4, 6)))
        else:
            continue
        truth.value, truth.state = value, "value"
        document.write(ref, amount_text(document, ref, value))


def full_width(document: Document, _rng: Random) -> None:
    for ref in value_refs(document):
        truth = document.truth[ref]
        if truth.state in ("value", "zero") and truth.written:
            document.write(ref, truth.written.translate(FULL_WIDTH))


def thousands(document: Document, rng: Random) -> None:
    mark = rng.choice((",", ",", "，"))
    for ref in value_refs(document):
        truth = document.truth[ref]
        if truth.value is not None and abs(truth.value) >= 1000 and truth.written:
            figure = format(truth.value, "f")
            if figure in truth.written:
                grouped = format(truth.value, ",f").replace(",", mark)
                document.write(ref, truth.written.replace(figure, grouped, 1))


def masks(document: Document, rng: Random) -> None:
    found = [ref for ref in value_refs(document) if ref != document.flags.get("misprint")]
    for ref in rng.sample(found, min(len(found), rng.randint(1, 2))):
        document.write(ref, rng.choice(("****", "**", "×××")), "text")


def _of_2019(
    name: str, change: Callable[[Document, Random], None], weight: float, *excludes: str
) -> Transformation:
    tables = frozenset({"proactive"})
    return Transformation(
        name,
        "values",
        change,
        tables=tables,
        edition="2019",
        excludes=frozenset(excludes),
        weight=weight,
    )


VALUES = (
    Transformation("long_figures", "values", long_figures, weight=0.6),
    _of_2019("misused_columns", misused_columns, 0.4),
    _of_2019("unit_cut", unit_cut, 0.4, "units_in_cell", "unit_missing", "long_figures"),
    _of_2019("unit_missing", unit_missing, 0.4, "units_in_cell", "unit_cut"),
    Transformation("units_in_cell", "values", units_in_cell),
    _of_2019("signed_changes", signed_changes, 1.0),
    Transformation("blank_zeros", "values", blank_zeros, weight=1.5),
    Transformation("dashes", "values", dashes),
    Transformation(
        "blank_total_column", "values", blank_total_column, tables=frozenset({"requests"})
    ),
    Transformation("blank_cell", "values", blank_cell),
    Transformation("blank_block", "values", blank_block, tables=frozenset({"disputes"})),
    Transformation("thousands", "values", thousands, weight=0.4),
    Transformation("notes", "values", notes, weight=0.6),
    Transformation("full_width", "values", full_width, weight=0.4),
    Transformation("masks", "values", masks, weight=0.3),
)
