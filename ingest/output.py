"""Records → JSON, on standard output or in files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from gouji.ocr.finding import DocumentError

if TYPE_CHECKING:
    from gouji.ingest.terminal import Console
    from gouji.tables.record import Record

_OF_FAILED = {"gouji", "source", "findings", "status"}


def as_object(record: Record) -> dict[str, Any]:
    """A record as JSON has it. One that failed has its source, its findings and its status."""
    include = _OF_FAILED if record.status == "failed" else None
    return record.model_dump(mode="json", by_alias=True, include=include)


def as_json(record: Record) -> str:
    """A record as a line of JSON."""
    return json.dumps(as_object(record), ensure_ascii=False)


class JsonArray:
    """One JSON array on standard output, an object a line, written as they come."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._begun = False

    def add(self, record: Record) -> None:
        """Write one record."""
        self._console.print(("," if self._begun else "[") + "\n" + as_json(record), end="")
        self._begun = True

    def end(self) -> None:
        """Close the array."""
        self._console.print("\n]" if self._begun else "[]")


def write_records(folder: Path, place: PurePosixPath, records: Sequence[Record]) -> Path:
    """One JSON array of a document's records, where the document lay: ``a/b.pdf.json``."""
    path = folder / f"{place}.json"
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps([as_object(r) for r in records], ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8")
    return path


def folder_for(path: Path) -> Path:
    """The folder to write into, which need not be there; raises ``out_is_a_folder`` for a file."""
    if path.exists() and not path.is_dir():
        raise DocumentError("out_is_a_folder", path=str(path))
    return path


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what goes wrong when a file is written into one clear error."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise DocumentError("cannot_write", target=str(path), reason=reason) from error
