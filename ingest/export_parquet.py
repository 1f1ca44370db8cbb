"""Records → Parquet: a row for each cell, figures as exact decimals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from gouji.ingest.export_rows import Row, clean, long_rows
from gouji.ingest.messages import Language
from gouji.ingest.wording import section
from gouji.tables.record import Record

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

_DIGITS, _PLACES = 38, 10
_GROUP = 50_000


def schema(language: Language) -> pa.Schema:
    """The columns of ``export.toml`` with their types; what each means stands in its metadata."""
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "int32": pa.int32(),
        "float64": pa.float64(),
        "bool": pa.bool_(),
        f"decimal128({_DIGITS}, {_PLACES})": pa.decimal128(_DIGITS, _PLACES),
    }
    return pa.schema(
        [
            pa.field(name, types[about["type"]], metadata={"description": about[language]})
            for name, about in section("columns").items()
        ]
    )


def write_parquet(handle: BinaryIO, records: Iterable[Record], language: Language) -> None:
    """The long table. ``value`` is null where it doesn't fit; ``value_text`` is always exact."""
    import pyarrow as pa
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    columns = schema(language)
    rows = (_row(row) for row in long_rows(records))
    with pq.ParquetWriter(handle, columns) as writer:
        for group in _groups(rows):
            writer.write_table(pa.Table.from_pylist(group, schema=columns))


def _groups(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while group := list(islice(rows, _GROUP)):
        yield group


def _row(row: Row) -> Row:
    plain: Row = {k: clean(v) if isinstance(v, str) else v for k, v in row.items()}
    value = row["value"]
    if isinstance(value, Decimal):
        plain["value_text"] = format(value, "f")
        plain["value"] = value if _fits(value) else None
    else:
        plain["value_text"] = None
    return plain


def _fits(value: Decimal) -> bool:
    """Whether the column holds the figure exactly."""
    scaled = value.scaleb(_PLACES) if len(value.as_tuple().digits) <= _DIGITS - _PLACES else None
    return scaled is not None and scaled == int(scaled) and abs(int(scaled)) < 10**_DIGITS
