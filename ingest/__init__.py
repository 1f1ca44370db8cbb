"""Running it: from files to records, and out again.

``read`` is the way in for Python programs::

    from gouji.ingest import read, to_frame

    records = read("report.pdf")
    frame = to_frame(records)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    import pandas as pd

    from gouji.ingest.settings import Settings
    from gouji.tables.record import Record

__all__ = ["read", "to_frame"]


def read(path: str | os.PathLike[str], settings: Settings | None = None) -> list[Record]:
    """Read one file: a record for each report in it.

    A ZIP gives those of its members. A readable document that is no such report gives one record
    with ``status="no_report"``; one that can't be read gives one with ``status="failed"``, whose
    only finding says why and what to do. ``settings`` default to those of ``gouji.toml`` and
    the environment. Runs in this process; raises ``DocumentError`` only for bad settings.
    """
    from pathlib import Path

    from gouji.ingest.pipeline import read_file
    from gouji.ingest.settings import load

    return list(read_file(Path(path), settings or load()))


def to_frame(records: Iterable[Record]) -> pd.DataFrame:
    """All cells of the records as one table, a row for each cell.

    Columns: ``file``, ``report``, ``agency``, ``year``, ``region_code``, ``edition``, ``table``,
    ``row``, ``column``, ``ref``, ``value`` (exact ``Decimal``, or None), ``unit``, ``written``,
    ``state``, ``accepted``, ``basis``, ``page``.
    """
    from gouji.ingest.frame import cells_frame

    return cells_frame(records)
