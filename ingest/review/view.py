"""What is shown of a report: its form as a table, a cell with its readings, sums as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import groupby
from typing import Literal, get_args

from gouji.ingest.export_sheet import absent_rows, findings_at, refs_of, without_figure
from gouji.ingest.messages import Language
from gouji.ingest.printed import Kind, printed
from gouji.ingest.review.dossier import Dossier
from gouji.ingest.summary import place_of
from gouji.ingest.texts import Say, say
from gouji.tables.forms.form import FormCell, FormTable, Identity, load
from gouji.tables.record import CellModel, FindingModel, Record

Look = Literal["doubt", "reviewed", "solved", "failing", "blank", "accepted"]
Concern = Literal["sums", "text", "figures", "other"]
_CONCERNS: dict[str, Concern] = {
    "statement_differs_from_table": "text", "statements_disagree": "text",
    "figure_not_used": "figures",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell of the report: ``number`` is its place among the record's cells, ``notes`` what was
    found about it, ``concern`` of what kind the gravest of that is.
    """

    number: int
    look: Look
    text: str
    name: str
    cell: CellModel
    notes: tuple[str, ...] = ()
    concern: Concern = "other"

    @property
    def word(self) -> str:
        """The name of the words for how it stands."""
        return f"concern_{self.concern}" if self.look == "failing" else f"look_{self.look}"

    @property
    def nothing(self) -> str:
        """The name of the words for nothing, where a person has decided that there is none."""
        known = self.look == "reviewed" and self.cell.state in ("blank", "missing_row")
        return f"short_{self.cell.state}" if known else ""

    @property
    def beyond(self) -> bool:
        """Whether the form does not know its row."""
        return self.cell.ref.startswith("x.")


@dataclass(frozen=True, slots=True)
class Note:
    """A finding, and the cell at which it stands, if it does at one."""

    finding: FindingModel
    number: int | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A cell of the printed form; ``shown`` where a figure stands."""

    kind: Kind
    text: str
    row_span: int
    col_span: int
    vertical: bool
    shown: Shown | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table in its printed shape, row by row, and the cells beyond its form."""

    heading: str
    rows: tuple[tuple[Piece, ...], ...]
    beyond: tuple[Shown, ...]


def say_in(language: Language) -> Say:
    """The program's words in a language."""
    return partial(say, language=language)


@lru_cache(maxsize=128)
def shown(dossier: Dossier, place: int) -> tuple[Shown, ...]:
    """All cells of a report."""
    record = dossier.records[place]
    failing, about = _failing(record), findings_at(record)
    made = []
    for n, cell in enumerate(record.cells):
        key = (cell.table, cell.ref)
        own = about.get(key, [])
        told = dict.fromkeys(one.message for one in own) if cell.accepted else _not_why(cell, own)
        look = _look(cell, key in failing or bool(own))
        made.append(Shown(n, look, text_of(cell), place_of(record, cell), cell, tuple(told),
                          _concern(own, key in failing)))  # fmt: skip
    return tuple(made)


def _not_why(cell: CellModel, findings: Iterable[FindingModel]) -> dict[str, None]:
    """What is found about a cell in doubt and is not the reason for its doubt."""
    why = {one.message for one in cell.why}
    return dict.fromkeys(one.message for one in findings if one.message not in why)


def _concern(findings: Sequence[FindingModel], failing: bool) -> Concern:
    kinds = {_CONCERNS.get(f.code, "sums" if "identity" in f.arguments else "other")
             for f in findings} | ({"sums"} if failing else set())  # fmt: skip
    return next((kind for kind in get_args(Concern) if kind in kinds), "other")


@lru_cache(maxsize=128)
def notes(dossier: Dossier, place: int) -> tuple[Note, ...]:
    """All findings about a report."""
    record = dossier.records[place]
    first = {cell.ref: n for n, cell in reversed(list(enumerate(record.cells)))}
    return tuple(
        Note(finding, next((first[r] for r in refs_of(record, finding) if r in first), None))
        for finding in record.findings
    )


def sheets(dossier: Dossier, place: int) -> list[Sheet]:
    """The tables of a report in the official layout."""
    record, cells = dossier.records[place], shown(dossier, place)
    made = []
    for number in range(len(record.tables)):
        form = form_of(record, number)
        own = [one for one in cells if one.cell.table == number]
        first = {one.cell.ref: one for one in reversed(own)}
        absent = absent_rows(form, {ref: one.cell for ref, one in first.items()})
        pieces = sorted(printed(form, absent), key=lambda p: (p.row, p.col))
        rows = tuple(
            tuple(
                Piece(p.kind, p.text, p.row_span, p.col_span, p.vertical, first.get(p.ref))
                for p in row
            )
            for _, row in groupby(pieces, key=lambda p: p.row)
        )
        printed_refs = {p.ref for p in pieces if p.ref}
        used = {first[ref].number for ref in printed_refs if ref in first}
        beyond = tuple(
            one
            for one in own
            if one.number not in used
            and not (one.cell.state == "missing_row" and one.cell.accepted)
        )
        made.append(Sheet(form.heading, rows, beyond))
    return made


def form_of(record: Record, table: int) -> FormTable:
    """The form of one of the record's tables."""
    known = record.tables[table]
    return next(t for t in load(known.edition).tables if t.id == known.id)


def form_cell(record: Record, cell: CellModel) -> FormCell | None:
    """The form's own cell; None for one that the form does not know."""
    return next((c for c in form_of(record, cell.table).cells if c.ref == cell.ref), None)


def headed(record: Record, number: int) -> tuple[str, str]:
    """What stands beside a cell and above it: its row's label and its column's; "" for none."""
    cell = record.cells[number]
    form, (key, _, column) = form_of(record, cell.table), cell.ref.partition("@")
    row = next((one.label for one in form.rows if one.key == key), "")
    above = next((one.labels[0] for one in form.cells if one.ref == cell.ref and column), "")
    return row, above


def _look(cell: CellModel, failing: bool) -> Look:
    if not cell.accepted:
        return "doubt"
    if cell.basis == "reviewed":
        return "reviewed"
    if failing:
        return "failing"
    if cell.basis == "solved":
        return "solved"
    return "blank" if cell.value is None else "accepted"


def _failing(record: Record) -> set[tuple[int, str]]:
    """The results of the sums that must hold and do not."""
    return {
        (number, ref)
        for number in range(len(record.tables))
        for identity, result in _results(record, number)
        if result == "fail" and identity.severity == "error"
        for ref in (identity.right[-1:] or identity.left[-1:])
    }


def _results(record: Record, table: int) -> Iterator[tuple[Identity, str]]:
    known = {(i.id, i.at, i.cells): i.result for i in record.identities}
    for identity in load(record.tables[table].edition).identities_of(form_of(record, table)):
        yield identity, known.get((identity.id, identity.at, identity.refs), "not_evaluable")


def text_of(cell: CellModel) -> str:
    """What to show of a cell."""
    if cell.value is not None:
        return f"{cell.value:f}"
    return "？" if cell.state in ("text", "unreadable") else without_figure(cell)
