"""The unit of the purchases in the 2019 form, which its notice leaves open."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from .model import Document

PURCHASES = "proactive.procurement@amount"
HEADER = "采购总金额"
# What the header adds, and the unit it names.
HEADERS = {
    "（单位：万元）": "万元",
    "（单位：万元，保留4位小数）": "万元",
    "（万元）": "万元",
    "（单位：元）": "元",
    "": "",
}


def plain(value: Decimal) -> str:
    """Without idle zeros after the point."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount_text(document: Document, ref: str, value: Decimal) -> str:
    """An amount in the unit that the table's header names."""
    if ref == PURCHASES and document.flags.get("purchases_unit") == "元":
        return plain(value * 10000)
    return format(value, "f")


def set_unit_header(document: Document, header: str) -> None:
    """Changes the header's unit and writes the amount in it; without one, value is as printed."""
    if PURCHASES not in document.truth:
        return
    document.flags["purchases_unit"] = HEADERS[header]
    for cell in document.cells("proactive"):
        if cell.text.startswith(HEADER):
            cell.text = HEADER + header
    truth = document.truth[PURCHASES]
    if truth.value is not None:
        document.write(PURCHASES, amount_text(document, PURCHASES, truth.value))


def draw_unit(rng: Random, document: Document) -> None:
    """Header or, without one there, cell."""
    if PURCHASES not in document.truth:
        return
    header = rng.choices(tuple(HEADERS), (6, 3, 2, 1, 3))[0]
    set_unit_header(document, header)
    value = document.truth[PURCHASES].value
    if not header and value:
        unit, factor = rng.choice((("万元", 1), ("元", 10000)))
        document.write(PURCHASES, plain(value * factor) + unit)
