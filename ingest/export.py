"""Records → files for people and for statistics programs: CSV, XLSX, Parquet, JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

from gouji.ingest import codebook
from gouji.ingest.export_rows import (
    COLUMNS,
    DOCUMENT_COLUMNS,
    FINDING_COLUMNS,
    STATEMENT_COLUMNS,
    Row,
    finding_rows,
    long_rows,
    statement_rows,
    wide_table,
    write_csv,
)
from gouji.ingest.messages import Language, language_of
from gouji.ingest.output import as_object, writing
from gouji.tables.record import Record

_Write = Callable[[BinaryIO], None]


def export(
    records: Iterable[Record],
    target: Path,
    formats: Sequence[str],
    language: Language | None = None,
    *,
    include_doubtful: bool = False,
) -> list[Path]:
    """Write the records into the folder ``target``, made if it is not there; returns the files.

    The records are gone through several times, and never held all at once.

    ``formats`` are any of ``FORMATS``:

    - ``csv``: ``cells.csv``, a row for each cell; ``findings.csv``, ``statements.csv``
    - ``csv-wide``: ``reports.csv``, a row for each report, a column for each ref; accepted figures
      only, unless ``include_doubtful``
    - ``xlsx``: ``reports.xlsx``, the official form filled in, a sheet for each report
    - ``parquet``: ``cells.parquet``, as ``cells.csv``
    - ``json``: ``records.json``, as ``gouji read --json`` prints

    and ``codebook.csv`` and ``codebook.md``, which explain them, always. Files of these names are
    replaced, each at once. The same records give the same bytes. Raises ``ValueError`` for another
    format, ``DocumentError`` ``cannot_write`` if the folder can't be written.
    """
    if unknown := [name for name in formats if name not in FORMATS]:
        raise ValueError(f"unknown format: {', '.join(unknown)}; there are {', '.join(FORMATS)}")
    chosen = language or language_of()
    written = []
    for wish in dict.fromkeys(formats):
        for name, write in _FILES[wish](records, chosen, include_doubtful):
            written.append(_replace(target / name, write))
    for name, write in _codebook(records, chosen):
        written.append(_replace(target / name, write))
    return written


def write_documents(rows: Iterable[Row], target: Path) -> Path:
    """``documents.csv``: a row for each report of the store, and each document without one."""
    write = partial(write_csv, columns=DOCUMENT_COLUMNS, rows=rows)
    return _replace(target / "documents.csv", write)


_Files = Iterator[tuple[str, _Write]]


def _csv(records: Iterable[Record], _language: Language, _doubtful: bool) -> _Files:
    yield "cells.csv", partial(write_csv, columns=COLUMNS, rows=long_rows(records))
    yield "findings.csv", partial(write_csv, columns=FINDING_COLUMNS, rows=finding_rows(records))
    stated = statement_rows(records)
    yield "statements.csv", partial(write_csv, columns=STATEMENT_COLUMNS, rows=stated)


def _wide(records: Iterable[Record], _language: Language, include_doubtful: bool) -> _Files:
    columns, rows = wide_table(records, include_doubtful)
    yield "reports.csv", partial(write_csv, columns=columns, rows=rows)


def _xlsx(records: Iterable[Record], language: Language, _doubtful: bool) -> _Files:
    # openpyxl is only loaded by those who want it
    from gouji.ingest.export_xlsx import books, write_xlsx

    for number, part in enumerate(books(records), start=1):
        name = "reports.xlsx" if number == 1 else f"reports-{number}.xlsx"
        yield name, partial(write_xlsx, records=part, language=language)


def _parquet(records: Iterable[Record], language: Language, _doubtful: bool) -> _Files:
    from gouji.ingest.export_parquet import write_parquet

    yield "cells.parquet", partial(write_parquet, records=records, language=language)


def _json(records: Iterable[Record], _language: Language, _doubtful: bool) -> _Files:
    yield "records.json", partial(_put_json, records=records)


def _codebook(records: Iterable[Record], language: Language) -> _Files:
    found = codebook.entries_of(records, language)
    rows: Iterator[Row] = (
        dict(zip(codebook.FIELDS, texts, strict=True)) for texts in codebook.as_rows(found)
    )
    yield "codebook.csv", partial(write_csv, columns=codebook.FIELDS, rows=rows)
    yield "codebook.md", lambda handle: _put(handle, codebook.markdown(found, language))


_FILES: dict[str, Callable[[Iterable[Record], Language, bool], _Files]] = {
    "csv": _csv,
    "csv-wide": _wide,
    "xlsx": _xlsx,
    "parquet": _parquet,
    "json": _json,
}
FORMATS = tuple(_FILES)


def _put_json(handle: BinaryIO, records: Iterable[Record]) -> None:
    """One JSON array, figures as strings of exact decimals."""
    before = "[\n"
    for record in records:
        text = json.dumps(as_object(record), ensure_ascii=False, indent=1)
        _put(handle, before + " " + text.replace("\n", "\n "))
        before = ",\n"
    _put(handle, "[]\n" if before == "[\n" else "\n]\n")


def _put(handle: BinaryIO, text: str) -> None:
    handle.write(text.encode("utf-8"))


def _replace(path: Path, write: _Write) -> Path:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as handle:
                write(handle)
            part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink()
    return path
