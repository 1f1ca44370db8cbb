"""All that the panel of a cell shows, and which cell comes next."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from typing import Any
from uuid import uuid4

from gouji.ingest.review import choice, queue, view
from gouji.ingest.review.dossier import Dossier
from gouji.ingest.review.guard import Visitor
from gouji.ingest.review.near import near
from gouji.ingest.store.deciding import Cell
from gouji.ingest.store.store import Store
from gouji.tables.record import BoxList


def next_cell(
    dossier: Dossier, place: int, number: int, put_off: Collection[tuple[str, int, int]]
) -> int | None:
    """The next cell in doubt: those behind first, then those before, postponed ones last."""
    doubts = dossier.doubts(place)
    ordered = [n for n in doubts if n > number] + [n for n in doubts if n < number]
    fresh = [n for n in ordered if (dossier.sha256, place, n) not in put_off]
    later = [n for n in ordered if n not in fresh]
    return next(iter((*fresh, *later)), number if number in doubts else None)


def of_report(dossier: Dossier, place: int, number: int | None) -> dict[str, Any]:
    """What the panel says of the report, with a cell or when there is none left."""
    record = dossier.records[place]
    return {
        "number": number, "left": len(dossier.doubts(place)), "changes": [], "late": None,
        "mine": None, "wrong": None, "taken": {}, "cells": len(record.cells), "told": None,
        "looks": view.shown(dossier, place), "notes": view.notes(dossier, place),
        "decided": any(entry.place == place for entry in dossier.entries),
        "broken": [], "slip": False, "made": [], "near": [],
    }  # fmt: skip


def _around(boxes: Iterable[BoxList]) -> BoxList | None:
    """The box around several; None around none."""
    if not (sides := tuple(zip(*boxes, strict=True))):
        return None
    return min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3])


def of_cell(
    store: Store, visitor: Visitor, dossier: Dossier, place: int, number: int
) -> dict[str, Any]:
    """What the panel says of a cell; the visitor is at it from now on."""
    record, doubts, places = dossier.records[place], dossier.doubts(place), dossier.places(place)
    table, ref = places[number]
    read = dossier.read[place].cells[number]
    named = Cell(dossier.sha256, place, table, ref)
    other = queue.take(store, named, visitor) if visitor.may_change else None
    others = queue.taken_in(store, dossier.sha256, visitor)
    pages = dossier.read[place].source.pages
    before = [n for n in reversed(doubts) if n < number] or doubts[-1:]
    offered = choice.options(record, dossier.read[place], number)
    row = choice.row_of(record, dossier.read[place], number)
    return {
        "row": row, "said": choice.said_by(record, row),
        "row_box": _around(box for n, _ in row if (box := dossier.read[place].cells[n].box)),
        "one": view.shown(dossier, place)[number], "read": read, "table": table, "ref": ref,
        "known": view.form_cell(record, record.cells[number]),
        "options": offered, "option_keys": choice.keys_of(offered),
        "readers": choice.readers(read), "sums": choice.sums(record, number, None),
        "near": near(dossier.read[place], number), "headed": view.headed(record, number),
        "typed": None, "held": dossier.held.get((place, table, ref)), "other": other,
        "entries": [d for d in dossier.entries if (d.place, d.table, d.ref) == (place, table, ref)],
        "uid": uuid4().hex, "began": f"{time.time():.3f}",
        "page": next((p for p in pages if p.number == read.page), None),
        "before": before[0] if before else None,
        "taken": {n: who for n, p in enumerate(places) if (who := others.get((place, *p)))},
    }  # fmt: skip
