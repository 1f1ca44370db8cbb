"""``gouji export``: records as CSV, XLSX, Parquet or JSON."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gouji.ingest.arguments import add_reading_options
from gouji.ingest.outcome import exit_of
from gouji.ocr.finding import DocumentError

if TYPE_CHECKING:
    from gouji.ingest.settings import Settings
    from gouji.ingest.terminal import Console
    from gouji.ingest.texts import Say
    from gouji.tables.record import Record

FORMATS = ("csv", "csv-wide", "xlsx", "parquet", "json")


def add_arguments(parser: argparse.ArgumentParser, say: Say) -> None:
    """What the command takes."""
    parser.add_argument("files", nargs="+", metavar="FILE", help=say("help.option.files"))
    add_reading_options(parser, say)
    text = say("help.option.export_format").format(formats=", ".join(FORMATS))
    parser.add_argument("--format", metavar="FORMAT", default="csv", help=text)
    parser.add_argument(
        "--out", type=Path, default=Path("out"), metavar="DIR", help=say("help.option.export_out")
    )
    parser.add_argument("--doubtful", action="store_true", help=say("help.option.doubtful"))


def run(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Read everything, then write it."""
    formats = _formats(options.format)
    if options.out.suffix.lower().lstrip(".") in FORMATS and not options.out.is_dir():
        raise DocumentError("out_is_a_folder", path=str(options.out))
    from gouji.ingest.export import export
    from gouji.ingest.messages import exit_code
    from gouji.ingest.output import folder_for
    from gouji.ingest.reading import read_each

    folder_for(options.out)
    records: list[Record] = []
    codes: list[int] = []
    for _, found in read_each(options.files, settings, console, debug=options.debug):
        for record in found:
            records.append(record)
            if record.status == "failed":
                console.complain(f"{record.source.file}: {record.findings[0].message}")
                codes.append(exit_code(record.findings[0].code))
    for path in export(
        records, options.out, formats, console.language, include_doubtful=options.doubtful
    ):
        console.print(str(path))
    left_out = "csv-wide" in formats and not options.doubtful
    console.remark(_told(records, console, left_out=left_out))
    return exit_of(codes)


def _told(records: Sequence[Record], console: Console, *, left_out: bool) -> str:
    """How many reports were exported, what is not among them, and how much is in doubt."""
    reports = sum(record.report is not None for record in records)
    failed = sum(record.status == "failed" for record in records)
    doubts = sum(not cell.accepted for record in records for cell in record.cells)
    text = console.say(
        "say.exported", reports=reports, failed=failed, others=len(records) - reports - failed
    )
    if doubts:
        text += console.say("say.left_out" if left_out else "say.marked", count=doubts)
    return text


def _formats(wanted: str) -> list[str]:
    formats = [name.strip() for name in wanted.split(",") if name.strip()]
    for name in formats or [wanted]:
        if name not in FORMATS:
            raise DocumentError("no_such_format", format=name, formats=", ".join(FORMATS))
    return formats
