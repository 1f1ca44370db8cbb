"""An edition of the form: its tables, rows, columns, units and identities.

Everything stands in ``<edition>.toml`` beside this file; a new edition is a new file. The facts
come from the notices named in the files (国办公开办函〔2021〕30号,
〔2019〕60号, 国办发〔2014〕32号) and from filled reports.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class FormCell:
    """A place for one figure. ``ref`` is ``row@column``, or the bare row key.

    ``labels`` are the column's label and its aliases. ``unit`` is the unit of the record's
    value, ``unit_printed`` the one the form itself asks for where that differs (元 for 万元), and
    ``unit_assumed`` says that the form prints none. ``signed``: may be negative.
    """

    ref: str
    row: str
    column: str
    labels: tuple[str, ...]
    unit: str
    unit_printed: str
    unit_assumed: bool
    signed: bool

    @property
    def money(self) -> bool:
        return self.unit == "万元"


@dataclass(frozen=True, slots=True)
class FormRow:
    """A row of the form with its figures in printed order. ``labels``: the label, then aliases.

    ``group`` is the label of the group it stands in, ``code`` its printed code. ``optional``
    rows were not on the form in every year; a report without them lacks nothing.
    """

    key: str
    labels: tuple[str, ...]
    cells: tuple[FormCell, ...]
    group: str | None = None
    code: str | None = None
    optional: bool = False

    @property
    def label(self) -> str:
        return self.labels[0]


@dataclass(frozen=True, slots=True)
class FormColumn:
    """A column that all rows of a table share. ``group``: the header cell above it, if any."""

    key: str
    labels: tuple[str, ...]
    group: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FormTable:
    """One table. ``across``: its rows stand side by side and are printed as a single row.

    ``section`` is the ordinal of the report's section that holds it, ``""`` where it has none.
    ``added`` names rows that the form does not have but agencies add, by their labels.
    ``evidence`` are labels that no other edition prints; ``headings`` are labels without
    figures; ``columns`` is empty where each row has columns of its own.
    """

    id: str
    edition: str
    titles: tuple[str, ...]
    evidence: tuple[str, ...]
    headings: tuple[str, ...]
    columns: tuple[FormColumn, ...]
    rows: tuple[FormRow, ...]
    across: bool = False
    section: str = ""
    added: Mapping[str, str] = field(default_factory=dict)

    @property
    def heading(self) -> str:
        """The title as the report prints it: 二、主动公开政府信息情况."""
        return f"{self.section}、{self.titles[0]}" if self.section else self.titles[0]

    @property
    def cells(self) -> tuple[FormCell, ...]:
        return tuple(cell for row in self.rows for cell in row.cells)


Scope = Literal["column", "row", "cell"]


@dataclass(frozen=True, slots=True)
class Identity:
    """One sum of the form at one place: the cells of ``left`` against those of ``right``.

    ``op`` is ``=`` or ``<=``; an empty side is zero. ``at`` is the column or row it holds for.
    """

    id: str
    at: str
    op: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    severity: Literal["error", "warning", "info"]
    label: str

    @property
    def refs(self) -> tuple[str, ...]:
        return self.left + self.right


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """How cells of this edition relate to those of edition ``to``.

    An empty side means that there is no counterpart; ``=`` that the names are the same; ``*``
    stands for any part of a name.
    """

    to: str
    from_cells: tuple[str, ...]
    to_cells: tuple[str, ...]
    relation: str
    note: str
    note_zh: str


@dataclass(frozen=True, slots=True)
class Beyond:
    """An identity across years or levels of government: kept as a fact, not evaluated."""

    id: str
    scope: str
    formula: str
    severity: str
    note: str
    note_zh: str


@dataclass(frozen=True, slots=True)
class Form:
    """One edition. ``identities`` are spread out: one for each row, column or cell."""

    edition: str
    name: str
    notice: str
    first_year: int
    last_year: int | None
    tables: tuple[FormTable, ...]
    identities: tuple[Identity, ...]
    crosswalk: tuple[Crosswalk, ...]
    beyond: tuple[Beyond, ...]

    def identities_of(self, table: FormTable) -> tuple[Identity, ...]:
        refs = {cell.ref for cell in table.cells}
        return tuple(i for i in self.identities if refs.issuperset(i.refs))


def editions() -> tuple[str, ...]:
    """The editions there is a data file for, newest first."""
    names = (file.name for file in files(__package__).iterdir())
    forms = [load(name.removesuffix(".toml")) for name in names if name.endswith(".toml")]
    return tuple(form.edition for form in sorted(forms, key=lambda f: (-f.first_year, f.edition)))


def all_forms() -> tuple[Form, ...]:
    """Every edition, newest first."""
    return tuple(load(edition) for edition in editions())


@cache
def load(edition: str) -> Form:
    """The form of one edition. Raises ``KeyError`` if there is none of that name."""
    file = files(__package__) / f"{edition}.toml"
    if not file.is_file():
        raise KeyError(edition)
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    tables = tuple(_table(edition, table) for table in data["tables"])
    return Form(
        edition=data["edition"],
        name=data["name"],
        notice=data["notice"],
        first_year=data["first_year"],
        last_year=data.get("last_year"),
        tables=tables,
        identities=tuple(i for d in data.get("identities", ()) for i in _identities(d, tables)),
        crosswalk=tuple(
            Crosswalk(
                d["to"],
                tuple(d["from_cells"]),
                tuple(d["to_cells"]),
                d["relation"],
                d.get("note", ""),
                d.get("note_zh", d.get("note", "")),
            )
            for d in data.get("crosswalk", ())
        ),
        beyond=tuple(
            Beyond(
                d["id"],
                d["scope"],
                d["formula"],
                d["severity"],
                d.get("note", ""),
                d.get("note_zh", d.get("note", "")),
            )
            for d in data.get("beyond_one_report", ())
        ),
    )


def _labels(data: dict[str, Any]) -> tuple[str, ...]:
    return (data["label"], *data.get("aliases", ()))


def _table(edition: str, data: dict[str, Any]) -> FormTable:
    columns = data.get("columns", ())
    return FormTable(
        id=data["id"],
        edition=edition,
        titles=tuple(data["titles"]),
        evidence=tuple(data.get("evidence", ())),
        headings=tuple(data.get("headings", ())),
        columns=tuple(FormColumn(c["key"], _labels(c), c.get("group")) for c in columns),
        rows=tuple(_row(row, row.get("cells", columns), data.get("unit")) for row in data["rows"]),
        across=data.get("across", False),
        section=data.get("section", ""),
        added={label: row["key"] for row in data.get("added", ()) for label in row["labels"]},
    )


def _row(data: dict[str, Any], columns: list[dict[str, Any]], unit: str | None) -> FormRow:
    return FormRow(
        key=data["key"],
        labels=_labels(data),
        cells=tuple(_cell(data, column, unit) for column in columns),
        group=data.get("group") or data.get("section"),
        code=data.get("code"),
        optional=data.get("optional", False),
    )


def _cell(row: dict[str, Any], column: dict[str, Any], unit: str | None) -> FormCell:
    own_unit = str(column.get("unit") or row.get("unit") or unit)
    return FormCell(
        ref=f"{row['key']}@{column['key']}" if column["key"] else row["key"],
        row=row["key"],
        column=column["key"],
        labels=_labels(column),
        unit=own_unit,
        unit_printed=row.get("unit_printed", own_unit),
        unit_assumed=column.get("unit_assumed", False),
        signed=column.get("signed", False),
    )


def _identities(data: dict[str, Any], tables: tuple[FormTable, ...]) -> list[Identity]:
    def at(place: str, left: list[str], right: list[str]) -> Identity:
        return Identity(
            data["id"], place, data["op"], tuple(left), tuple(right),
            data["severity"], data.get("label", ""),
        )  # fmt: skip

    left, right = data["left"], data["right"]
    if data["scope"] == "cell":
        return [at(data["at"], left, right)]
    table = next(t for t in tables if t.id == data["table"])
    if data["scope"] == "column":
        return [
            at(c.key, [f"{row}@{c.key}" for row in left], [f"{row}@{c.key}" for row in right])
            for c in table.columns
        ]
    return [
        at(r.key, [f"{r.key}@{c}" for c in left], [f"{r.key}@{c}" for c in right])
        for r in table.rows
    ]
