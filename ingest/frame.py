"""Records → a pandas table of cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from gouji.tables.record import Record

COLUMNS = (
    "file", "report", "agency", "year", "region_code", "edition", "table", "row", "column",
    "ref", "value", "unit", "written", "state", "accepted", "basis", "page",
)  # fmt: skip


def cells_frame(records: Iterable[Record]) -> pd.DataFrame:
    """A row for each cell of each record; figures stay exact decimals."""
    rows = [row for record in records for row in cell_rows(record)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def cell_rows(record: Record) -> Iterator[dict[str, Any]]:
    """The cells of one record as plain rows, with what identifies their report."""
    report = record.report
    for cell in record.cells:
        table = record.tables[cell.table]
        row, _, column = cell.ref.partition("@")
        yield {
            "file": record.source.file,
            "report": report.index if report else 0,
            "agency": report.agency if report else None,
            "year": report.year if report else None,
            "region_code": report.region_code if report else None,
            "edition": table.edition,
            "table": table.id,
            "row": row,
            "column": column,
            "ref": cell.ref,
            "value": cell.value,
            "unit": cell.unit,
            "written": cell.written,
            "state": cell.state,
            "accepted": cell.accepted,
            "basis": cell.basis,
            "page": cell.page,
        }
