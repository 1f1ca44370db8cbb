"""The canonical record: what one report says, and why it may be believed.

The border of the program: JSON of these models is what ``gouji read --json`` prints and what
``docs/record.schema.json`` describes. Values and differences are exact decimals as strings.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

SCHEMA = "1"

Figure = Annotated[
    Decimal,
    PlainSerializer(lambda value: format(value, "f"), return_type=str, when_used="json"),
]
BoxList = tuple[float, float, float, float]

State = Literal["value", "zero", "blank", "not_applicable", "text", "missing_row", "unreadable"]
Basis = Literal["label", "position", "solved", "agreed", "reviewed"]
Result = Literal["pass", "pass_blank_as_zero", "fail", "not_evaluable"]
Status = Literal["clean", "needs_review", "no_report", "failed"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class At(_Model):
    """A place in a source without pages: line from 1, ``start`` to ``end`` in characters of it."""

    line: int
    start: int
    end: int


class ReadingModel(_Model):
    """What one reader saw."""

    by: str
    text: str
    confidence: float = Field(ge=0, le=1)


class ReasonModel(_Model):
    """Why a cell is accepted or in doubt, rendered in the language asked for."""

    code: str
    arguments: dict[str, str | int] = {}
    message: str = ""


class CellModel(_Model):
    """One cell of a form whose table is in the document, or a cell the form does not know."""

    ref: str = Field(description="row@column, or the bare row for a form with one value column")
    table: int = Field(description="index into the record's tables, from 0")
    value: Figure | None = Field(description="exact decimal; money in 万元; null without a figure")
    written: str | None = Field(description="as it stands on the page; null if nothing stands")
    unit: str | None = Field(default=None, description="the unit of value")
    unit_written: str | None = None
    unit_source: Literal["cell", "header", "form", "unknown"] | None = None
    note: str | None = Field(default=None, description="a note in brackets beside the figure")
    state: State
    accepted: bool = Field(description="the program vouches that the page says this")
    basis: Basis | None = Field(description="how the cell was given its place and its reading")
    confidence: float = Field(ge=0, le=1)
    page: int | None = None
    box: BoxList | None = None
    at: At | None = None
    readings: tuple[ReadingModel, ...] = ()
    why: tuple[ReasonModel, ...] = ()

    @property
    def reason(self) -> str:
        """Its reasons in words."""
        return "；".join(one.message for one in self.why)


class TableModel(_Model):
    """One statistical table of the report."""

    id: Literal["proactive", "requests", "disputes", "main"]
    edition: str
    evidence: tuple[str, ...] = Field(description="the labels, as printed, that decided it")
    pages: tuple[int, ...] = ()


class IdentityModel(_Model):
    """One identity of the form at one place. ``difference`` is left minus right."""

    id: str
    at: str
    result: Result
    difference: Figure | None = None
    cells: tuple[str, ...]


class StatementModel(_Model):
    """A figure stated in a sentence."""

    ref: str
    value: Figure | None
    kind: Literal["stated", "implied", "derived", "approximate", "ambiguous"]
    quote: str
    page: int | None = None
    at: At | None = None


class FindingModel(_Model):
    """Something that a person should know, rendered in the language asked for."""

    code: str
    severity: Literal["error", "warning", "info"]
    arguments: dict[str, str | int] = {}
    message: str = ""
    refs: tuple[str, ...] = ()
    page: int | None = None


class Found(_Model):
    """Where a fact of the report's head was found."""

    quote: str
    page: int | None = None
    at: At | None = None


class ReportModel(_Model):
    """Whose report this is, and of what year. Unknown stays null; ``found`` tells where."""

    index: int = Field(description="which report of the file, from 0")
    title: str | None = None
    agency: str | None = Field(default=None, description="as printed")
    year: int | None = Field(default=None, description="the year of the data")
    region: str | None = None
    region_code: str | None = Field(default=None, description="GB/T 2260, six digits")
    level: Literal["national", "province", "prefecture", "county", "township"] | None = None
    agency_type: (
        Literal[
            "government",
            "government_office",
            "department",
            "township",
            "vertical",
            "authorised_org",
        ]
        | None
    ) = None
    scope: Literal["own", "aggregate"] | None = None
    period_start: str | None = None
    period_end: str | None = None
    publish_date: str | None = None
    signed_date: str | None = None
    found: dict[str, Found] = {}


class PageModel(_Model):
    """A page of the source, in points as displayed."""

    number: int
    width: float
    height: float
    kind: str


class Source(_Model):
    """The file the report was read from."""

    file: str
    sha256: str | None = None
    kind: str | None = None
    pages: tuple[PageModel, ...] = ()


class Program(_Model):
    """What made the record."""

    version: str
    schema_: str = Field(default=SCHEMA, alias="schema")


class Record(_Model):
    """One report. ``failed`` and ``no_report`` records have no tables and no cells."""

    gouji: Program
    source: Source
    report: ReportModel | None = None
    tables: tuple[TableModel, ...] = ()
    cells: tuple[CellModel, ...] = ()
    identities: tuple[IdentityModel, ...] = ()
    statements: tuple[StatementModel, ...] = ()
    findings: tuple[FindingModel, ...] = ()
    status: Status
