"""A record as if its figures stood in another edition, as far as the forms' crosswalks say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Literal

from gouji.ingest.crosswalk import Sources, sources
from gouji.ingest.messages import Language
from gouji.ingest.told import reasons
from gouji.ocr.finding import Finding
from gouji.tables.forms.form import FormTable, load
from gouji.tables.record import CellModel, Record, TableModel

Relation = Literal["exact", "sum", "approximate", "none"]


class MappedCell(CellModel):
    """A cell of another edition than the page's; ``mapped_from`` are the cells it comes from.

    ``none``: the crosswalk knows no counterpart; then there is no figure, and its state is
    ``missing_row``.
    """

    relation: Relation
    mapped_from: str


class AsEdition:
    """Records, each as if it stood in one edition; as often as they are asked for."""

    def __init__(self, records: Iterable[Record], edition: str, language: Language) -> None:
        self._records = records
        self._edition = edition
        self._language = language

    def __iter__(self) -> Iterator[Record]:
        for record in self._records:
            yield as_edition(record, self._edition, self._language)


def as_edition(record: Record, edition: str, language: Language) -> Record:
    """The record in an edition. Tables that are of it already stay as they are; of others the
    rows beyond the form and the identities are left out.
    """
    tables: list[TableModel] = []
    cells: list[CellModel] = []
    kept: set[str] = set()
    for form in load(edition).tables:
        number = len(tables)
        own = [i for i, t in enumerate(record.tables) if (t.id, t.edition) == (form.id, edition)]
        others = [i for i, t in enumerate(record.tables) if _covers(t, form, edition)]
        if own:
            tables.append(record.tables[own[0]])
            of_it = [c for c in record.cells if c.table == own[0]]
            cells += [c.model_copy(update={"table": number}) for c in of_it]
            kept.update(c.ref for c in of_it)
        elif others:
            first = record.tables[others[0]]
            tables.append(first.model_copy(update={"id": form.id, "edition": edition}))
            cells += _mapped(record, others, form, number, language)
    sums = tuple(i for i in record.identities if kept.issuperset(i.cells))
    change = {"tables": tuple(tables), "cells": tuple(cells), "identities": sums}
    return record.model_copy(update=change)


def _covers(table: TableModel, form: FormTable, edition: str) -> bool:
    """Whether a table of another edition has what a table of this one has: an old form's single
    table has all.
    """
    return table.edition != edition and (table.id == form.id or "main" in (table.id, form.id))


def _mapped(
    record: Record, others: Sequence[int], form: FormTable, number: int, language: Language
) -> Iterator[MappedCell]:
    by_ref: dict[str, CellModel] = {}
    for cell in record.cells:
        if cell.table in others:
            by_ref.setdefault(cell.ref, cell)
    edition = record.tables[others[0]].edition
    for wanted in form.cells:
        found = sources(form.edition, wanted.ref, edition)
        if found is None or not by_ref.keys() >= set(found.refs):
            yield _nothing(wanted.ref, number, language)
        else:
            yield _made(wanted.ref, number, edition, found, by_ref, language)


def _nothing(ref: str, table: int, language: Language) -> MappedCell:
    return MappedCell(
        ref=ref, table=table, value=None, written=None, state="missing_row", accepted=True,
        basis=None, confidence=0, relation="none", mapped_from="",
        why=reasons([Finding("no_counterpart")], language),
    )  # fmt: skip


def _made(
    ref: str, table: int, edition: str, found: Sources,
    by_ref: Mapping[str, CellModel], language: Language,
) -> MappedCell:  # fmt: skip
    parts = [by_ref[one] for one in found.refs]
    rough = found.approximate or _blank_beside_figures(parts)
    relation: Relation = "approximate" if rough else "sum" if len(parts) > 1 else "exact"
    notes = [Finding("counterpart_near")] if rough else []
    for en, zh in found.notes if rough else ():
        notes.append(Finding("counterpart_note", {"note": zh if language == "zh" else en}))
    why = [one for part in parts for one in part.why] + [*reasons(notes, language)]
    content = parts[0].model_dump() if len(parts) == 1 else _sum(parts)
    content |= {"ref": ref, "table": table, "relation": relation, "why": tuple(why),
                "mapped_from": f"{edition}: {' + '.join(found.refs)}"}  # fmt: skip
    return MappedCell.model_validate(content)


def _blank_beside_figures(parts: Sequence[CellModel]) -> bool:
    """Whether a sum takes a blank for a zero, as the form's own sums do."""
    blank = any(part.state == "blank" for part in parts)
    return blank and any(part.value is not None for part in parts)


def _sum(parts: Sequence[CellModel]) -> dict[str, object]:
    """Several cells as one: their sum, if each is a figure or a blank, and of one unit."""
    figures = [part.value for part in parts if part.value is not None]
    lacking = [part for part in parts if part.value is None]
    units = {part.unit for part in parts if part.value is not None}
    open_ones = [part for part in lacking if part.state != "blank"]
    whole = bool(figures) and not open_ones and len(units) == 1
    total = sum(figures, Decimal(0)) if whole else None
    worst = open_ones[0] if open_ones else lacking[0] if lacking and not figures else parts[0]
    return {
        "value": total, "unit": units.pop() if whole else None,
        "written": " + ".join(part.written or "" for part in parts),
        "state": _state(total, worst),
        "accepted": all(part.accepted for part in parts) and (whole or not figures),
        "basis": parts[0].basis, "confidence": min(part.confidence for part in parts),
        "page": parts[0].page,
    }  # fmt: skip


def _state(total: Decimal | None, worst: CellModel) -> str:
    if total is not None:
        return "value" if total else "zero"
    return worst.state if worst.value is None else "unreadable"
