"""One report as a sheet that looks like the printed form of its edition."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from openpyxl.cell.cell import Cell
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from gouji.ingest.codebook import label_of
from gouji.ingest.messages import Language
from gouji.ingest.printed import WIDTH, Kind, Printed, printed
from gouji.ingest.wording import words
from gouji.ingest.xlsx_cells import (
    HEI,
    Look,
    block,
    height_of,
    plain,
    put_comment,
    put_number,
    put_text,
)
from gouji.tables.forms.form import FormCell, FormTable, load
from gouji.tables.numbers import parse
from gouji.tables.record import CellModel, FindingModel, Record

DOUBTFUL, FINDING = "FFE699", "F8CBAD"
_SECTION = "C6D9F1"
_COLUMN_POINTS = 34.5
_COLUMN_WIDTH = 5.85
_PAGE_POINTS = 730.0
"""What a page of A4 holds between its margins."""
_LEAST_HEIGHT = 19.0
_LONGEST_DOUBT = 12

_HEADING = Look(size=14, font=HEI, border=False, horizontal="left", indent=2)
_LOOKS: dict[Kind, Look] = {
    "section": Look(size=10, fill=_SECTION),
    "head": Look(bold=True),
    "group": Look(bold=True),
    "label": Look(horizontal="left"),
    "unit": Look(),
    "figure": Look(size=10.5, shrink=True),
}


def write_report(sheet: Worksheet, record: Record, language: Language) -> None:
    """Fill a sheet with the tables of a record."""
    writer = _Writer(sheet, record, language)
    writer.head()
    for number, table in enumerate(record.tables):
        form = next(t for t in load(table.edition).tables if t.id == table.id)
        writer.table(number, form)
    _page(sheet)


def title_of(record: Record) -> str:
    """What to call a report: its title, else agency and year, else the file."""
    report = record.report
    if report and report.title:
        return report.title
    named = f"{report.agency or ''} {report.year or ''}".strip() if report else ""
    return named or Path(record.source.file).name


class _Writer:
    """Writes downwards, table after table; ``_row`` is the next free row, from 1."""

    def __init__(self, sheet: Worksheet, record: Record, language: Language) -> None:
        self._sheet = sheet
        self._record = record
        self._language: Language = language
        self._findings = findings_at(record)
        self._shared = _shared_places(record)
        self._row = self._page_top = 1

    def head(self) -> None:
        """Title, source and, where something is marked, what the colours mean."""
        record = self._record
        self._line(title_of(record), Look(size=16, bold=True, border=False))
        arguments: dict[str, str | int] = {
            "document": record.source.file,
            "editions": "、".join(dict.fromkeys(t.edition for t in record.tables)) or "—",
            "accepted": sum(cell.accepted for cell in record.cells),
            "doubtful": sum(not cell.accepted for cell in record.cells),
        }
        self._line(self._words("read_from", **arguments), Look(border=False))
        if any(not cell.accepted for cell in record.cells):
            self._line(self._words("legend_doubtful"), Look(border=False, fill=DOUBTFUL))
        if self._findings:
            self._line(self._words("legend_finding"), Look(border=False, fill=FINDING))
        if not record.tables:
            self._line(self._words("no_tables"), Look(size=12, border=False))

    def table(self, number: int, form: FormTable) -> None:
        """One table in its printed shape, then the rows that its form does not know."""
        cells = [cell for cell in self._record.cells if cell.table == number]
        filled = {cell.ref: cell for cell in cells}
        places = {cell.ref: cell for cell in form.cells}
        units = _units_in_heads(form, filled)
        shape = [
            replace(piece, text=piece.text + units.get(piece.text, ""))
            if piece.kind == "head" else piece
            for piece in printed(form, absent_rows(form, filled))
        ]  # fmt: skip
        heights = _heights(shape)
        if number > 0:
            self._break_before(sum(heights.values()) + 3 * _LEAST_HEIGHT)
        self._row += 1
        self._line(form.heading, _HEADING)
        for piece in shape:
            self._piece(piece, places.get(piece.ref), filled.get(piece.ref))
        for row, height in heights.items():
            self._sheet.row_dimensions[self._row + row].height = height
        self._row += max(piece.row + piece.row_span for piece in shape)
        self._beyond(form, [cell for cell in cells if cell.ref not in places])

    def _line(self, text: str, look: Look) -> None:
        cell = plain(self._sheet.cell(self._row, 1))
        put_text(cell, text)
        block(self._sheet, self._row, 1, 1, WIDTH, look)
        height = height_of(text, look.size, WIDTH * _COLUMN_POINTS)
        self._sheet.row_dimensions[self._row].height = max(height, _LEAST_HEIGHT)
        self._row += 1

    def _piece(self, piece: Printed, place: FormCell | None, filled: CellModel | None) -> None:
        row, col = self._row + piece.row, 1 + piece.col
        cell = plain(self._sheet.cell(row, col))
        fill = self._figure(cell, place, filled) if piece.kind == "figure" else None
        if piece.text:
            put_text(cell, piece.text)
        look = _look(piece, fill)
        block(self._sheet, row, col, piece.row_span, piece.col_span, look)

    def _figure(self, cell: Cell, place: FormCell | None, filled: CellModel | None) -> str | None:
        """Write a figure, or what stands in its place; returns the colour it is marked with."""
        if filled is None:
            return None
        findings = self._findings.get((filled.table, filled.ref), [])
        comments = [finding.message for finding in findings]
        if not filled.accepted:
            put_text(cell, self._doubtful_text(filled))
            put_comment(cell, [*self._doubt(filled), *comments])
            return DOUBTFUL
        notes = [self._words("comment_note", text=filled.note)] if filled.note else []
        if filled.value is None:
            put_text(cell, without_figure(filled))
        elif not put_number(cell, filled.value, _unit_shown(place, filled)):
            notes.append(self._words("comment_digits"))
        if comments or notes:
            put_comment(cell, comments + notes)
        return FINDING if comments else None

    def _doubtful_text(self, cell: CellModel) -> str:
        """What stands there, as long as it stands there for this cell alone."""
        written = (cell.written or "").strip()
        if not written or len(written) > _LONGEST_DOUBT or self._shared[_where(cell)] > 1:
            return "？"
        return written

    def _doubt(self, cell: CellModel) -> Iterator[str]:
        yield self._words("comment_doubtful") + cell.reason
        if cell.written:
            yield self._words("comment_written", text=cell.written)
        if cell.readings:
            options = "、".join(dict.fromkeys(reading.text for reading in cell.readings))
            yield self._words("comment_readings", text=options)

    def _beyond(self, form: FormTable, cells: list[CellModel]) -> None:
        if not cells:
            return
        self._line(self._words("beyond_form"), Look(border=False, horizontal="left", bold=True))
        for extra in cells:
            label = label_of(form.edition, extra.ref)
            wide, narrow = WIDTH - 4, 4
            self._piece(Printed("label", 0, 0, 1, wide, label), None, None)
            self._piece(Printed("figure", 0, wide, 1, narrow, ref=extra.ref), None, extra)
            height = height_of(label, _LOOKS["label"].size, wide * _COLUMN_POINTS)
            self._sheet.row_dimensions[self._row].height = max(height, _LEAST_HEIGHT)
            self._row += 1

    def _break_before(self, height: float) -> None:
        """Begin a page where the next table would not fit this one."""
        rows = range(self._page_top, self._row)
        used = sum(self._sheet.row_dimensions[row].height or _LEAST_HEIGHT for row in rows)
        if used + height > _PAGE_POINTS:
            self._sheet.row_breaks.append(Break(id=self._row - 1))
            self._page_top = self._row

    def _words(self, key: str, **arguments: str | int) -> str:
        return words(key, self._language, "text", **arguments)


def _heights(shape: list[Printed]) -> dict[int, float]:
    """A height for each row of a table: programs don't find it for merged cells."""
    heights: dict[int, float] = defaultdict(lambda: _LEAST_HEIGHT)
    for piece in sorted(shape, key=lambda piece: piece.row_span):
        width = piece.col_span * _COLUMN_POINTS
        text = "\n".join(piece.text) if piece.vertical else piece.text
        rows = range(piece.row, piece.row + piece.row_span)
        lacking = height_of(text, _LOOKS[piece.kind].size, width) - sum(heights[r] for r in rows)
        for row in rows:
            heights[row] += max(0.0, lacking) / len(rows)
    return {row: round(height, 1) for row, height in heights.items()}


def _look(piece: Printed, fill: str | None) -> Look:
    """Labels of rows stand left, also in bold; a group beside several rows in the middle."""
    look = _LOOKS[piece.kind]
    spans_all = piece.kind == "group" and piece.row_span == 1 and piece.col == 0
    return replace(
        look,
        horizontal="left" if spans_all else look.horizontal,
        fill=fill or look.fill,
        vertical=piece.vertical,
        indent=piece.indent,
    )


def _unit_shown(place: FormCell | None, cell: CellModel) -> str:
    """The unit to show behind a figure, where no label of the form tells it."""
    unit = cell.unit or ""
    if place is None:
        return unit
    if cell.unit_source == "header" and place.unit_assumed:
        return ""
    return unit if place.unit_assumed and unit not in place.labels[0] else ""


def _units_in_heads(form: FormTable, filled: Mapping[str, CellModel]) -> dict[str, str]:
    """What to add to a label: the unit, where the report gives it there and the form does not."""
    return {
        place.labels[0]: f"（{filled[place.ref].unit}）"
        for place in form.cells
        if place.unit_assumed
        and place.ref in filled
        and filled[place.ref].unit_source == "header"
        and filled[place.ref].unit
        and (filled[place.ref].unit or "") not in place.labels[0]
    }


def without_figure(cell: CellModel) -> str:
    """What stands in a cell that is settled and has no figure."""
    written = (cell.written or "").strip()
    if cell.state in ("blank", "missing_row"):
        return ""
    if cell.state == "not_applicable":
        return written if parse(written).state == "not_applicable" else "-"
    return "？" if cell.basis == "reviewed" else written


def absent_rows(form: FormTable, filled: Mapping[str, CellModel]) -> frozenset[str]:
    """The optional rows that are not in this report."""
    return frozenset(
        row.key
        for row in form.rows
        if row.optional
        and all(c.ref not in filled or filled[c.ref].state == "missing_row" for c in row.cells)
    )


# --- what is to be marked -----------------------------------------------------------------------


def findings_at(record: Record) -> dict[tuple[int, str], list[FindingModel]]:
    """The findings about each cell, by table and ref. One about a sum stands at its result."""
    tables = {(cell.table, cell.ref) for cell in record.cells}
    found: defaultdict[tuple[int, str], list[FindingModel]] = defaultdict(list)
    for finding in record.findings:
        if finding.severity == "info":
            continue
        refs = set(refs_of(record, finding))
        for key in tables:
            if key[1] in refs:
                found[key].append(finding)
    return dict(found)


def refs_of(record: Record, finding: FindingModel) -> tuple[str, ...]:
    """The cells at which a finding stands: of one about a sum, its result."""
    return _result(record, finding) or finding.refs


def _result(record: Record, finding: FindingModel) -> tuple[str, ...]:
    """The right side of the sum that a finding is about."""
    for edition in dict.fromkeys(table.edition for table in record.tables):
        for identity in load(edition).identities:
            same = identity.id == finding.arguments.get("identity")
            if same and finding.refs and set(finding.refs) <= set(identity.refs):
                return identity.right
    return ()


@dataclass(frozen=True, slots=True)
class _Where:
    page: int | None
    place: object
    written: str | None


def _where(cell: CellModel) -> _Where:
    return _Where(cell.page, cell.box or cell.at, cell.written)


def _shared_places(record: Record) -> Counter[_Where]:
    """How many cells in doubt claim the same place of the page, as digits run together do."""
    return Counter(
        _where(cell) for cell in record.cells if not cell.accepted and (cell.box or cell.at)
    )


# --- the page -----------------------------------------------------------------------------------


def _page(sheet: Worksheet) -> None:
    """A4 upright, as wide as the page, in the middle; nothing but the form's own lines."""
    for number in range(WIDTH):
        sheet.column_dimensions[chr(ord("A") + number)].width = _COLUMN_WIDTH
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.paperSize = 9
    sheet.page_setup.orientation = "portrait"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    for side in ("left", "right"):
        setattr(sheet.page_margins, side, 0.4)
