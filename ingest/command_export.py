"""``gouji export``: records as CSV, XLSX, Parquet or JSON, of files or of the workspace."""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from gouji.ingest.arguments import add_reading_options, add_store_options
from gouji.ingest.outcome import exit_of
from gouji.ocr.finding import DocumentError

if TYPE_CHECKING:
    from gouji.ingest.settings import Settings
    from gouji.ingest.store.browse import Filter, Records
    from gouji.ingest.terminal import Console
    from gouji.ingest.texts import Say
    from gouji.tables.record import Record

FORMATS = ("csv", "csv-wide", "xlsx", "parquet", "json")
_STATES = ("clean", "needs_review", "no_report", "failed")
_CHOICES = ("year", "region", "agency", "state")


def add_arguments(parser: argparse.ArgumentParser, say: Say) -> None:
    """What the command takes."""
    parser.add_argument("files", nargs="*", metavar="FILE", help=say("help.option.export_files"))
    add_reading_options(parser, say)
    text = say("help.option.export_format").format(formats=", ".join(FORMATS))
    parser.add_argument("--format", metavar="FORMAT", default="csv", help=text)
    parser.add_argument(
        "--out", type=Path, default=Path("out"), metavar="DIR", help=say("help.option.export_out")
    )
    parser.add_argument("--doubtful", action="store_true", help=say("help.option.doubtful"))
    parser.add_argument("--as", dest="edition", metavar="EDITION", help=say("help.option.as"))
    group = parser.add_argument_group(say("help.title.select"))
    for name in _CHOICES:
        text = say(f"help.option.{name}").format(states=", ".join(_STATES))
        group.add_argument(
            f"--{name}", metavar=name.upper(), action="append", default=[], help=text
        )
    group.add_argument("--no-copies", action="store_true", help=say("help.option.no_copies"))
    add_store_options(parser, say)


def run(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Write the records that are wanted."""
    formats = _formats(options.format)
    _check(options, formats)
    from gouji.ingest.output import folder_for

    folder_for(options.out)
    codes: list[int] = []
    with ExitStack() as stack:
        records = (
            _of_files(options, settings, console, codes)
            if options.files
            else _of_store(options, settings, console, stack)
        )
        told = _write(records, options, formats, console)
    left_out = "csv-wide" in formats and not options.doubtful
    console.remark(told.text(console, left_out=left_out))
    return exit_of(codes)


def _write(
    records: Sequence[Record] | Records,
    options: argparse.Namespace,
    formats: Sequence[str],
    console: Console,
) -> _Tally:
    from gouji.ingest.as_edition import AsEdition
    from gouji.ingest.export import export, write_documents

    wanted: Iterable[Record] = records
    if options.edition:
        wanted = AsEdition(records, options.edition, console.language)
    tally = _Tally(wanted)
    files = export(tally, options.out, formats, console.language, include_doubtful=options.doubtful)
    if not options.files:
        files.append(write_documents(records.listed(), options.out))  # type: ignore[union-attr]
    for path in files:
        console.print(str(path))
    return tally


def _of_files(
    options: argparse.Namespace, settings: Settings, console: Console, codes: list[int]
) -> list[Record]:
    """What is in the files."""
    from gouji.ingest.messages import exit_code
    from gouji.ingest.reading import read_each

    records: list[Record] = []
    for _, found in read_each(options.files, settings, console, debug=options.debug):
        for record in found:
            records.append(record)
            if record.status == "failed":
                console.complain(f"{record.source.file}: {record.findings[0].message}")
                codes.append(exit_code(record.findings[0].code))
    return records


def _of_store(
    options: argparse.Namespace, settings: Settings, console: Console, stack: ExitStack
) -> Records:
    """What is in the workspace, as it is now."""
    from gouji.ingest.store.browse import Records
    from gouji.ingest.store.workspace import open_store

    store = stack.enter_context(open_store(settings, there=True))
    connection = stack.enter_context(store.reading())
    return Records(connection, _filter(options), console.language)


def _filter(options: argparse.Namespace) -> Filter:
    from gouji.ingest.store.browse import Filter

    return Filter(
        years=tuple(year for text in options.year for year in _years(text)),
        regions=tuple(options.region),
        agencies=tuple(options.agency),
        states=tuple(options.state),
        copies=not options.no_copies,
    )


def _years(text: str) -> Iterable[int]:
    first, last = text.split("-") if "-" in text else (text, text)
    return range(int(first), int(last) + 1)


class _Tally:
    """Records, counted as they are gone through."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._records = records
        self._counts: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Record]:
        counts: Counter[str] = Counter()
        for record in self._records:
            counts["failed"] += record.status == "failed"
            counts["reports"] += record.report is not None
            counts["all"] += 1
            counts["doubts"] += sum(not cell.accepted for cell in record.cells)
            yield record
        self._counts = counts

    def text(self, console: Console, *, left_out: bool) -> str:
        """How many reports were exported, what is not among them, and how much is in doubt."""
        reports, failed, doubts = (self._counts[n] for n in ("reports", "failed", "doubts"))
        others = self._counts["all"] - reports - failed
        text = console.say("say.exported", reports=reports, failed=failed, others=others)
        if doubts:
            text += console.say("say.left_out" if left_out else "say.marked", count=doubts)
        return text


def _formats(wanted: str) -> list[str]:
    formats = [name.strip() for name in wanted.split(",") if name.strip()]
    for name in formats or [wanted]:
        if name not in FORMATS:
            raise DocumentError("no_such_format", format=name, formats=", ".join(FORMATS))
    return formats


def _check(options: argparse.Namespace, formats: Sequence[str]) -> None:
    """Choices that can't be met are refused before anything is read."""
    if options.out.suffix.lower().lstrip(".") in FORMATS and not options.out.is_dir():
        raise DocumentError("out_is_a_folder", path=str(options.out))
    given = [f"--{name}" for name in _CHOICES if getattr(options, name)]
    given += ["--no-copies"] if options.no_copies else []
    if options.files and given:
        raise DocumentError("only_from_store", options=" ".join(given))
    checks = [
        ("--year", text, r"[12]\d{3}(-[12]\d{3})?", "2021, 2019-2021") for text in options.year
    ]
    checks += [("--region", text, r"\d{1,6}", "410300, 41") for text in options.region]
    checks += [("--state", text, "|".join(_STATES), ", ".join(_STATES)) for text in options.state]
    if options.edition:
        from gouji.tables.forms.form import editions

        known = editions()
        checks.append(("--as", options.edition, "|".join(known), ", ".join(known)))
        if "xlsx" in formats:
            raise DocumentError("no_form_as", format="xlsx")
    for option, text, pattern, expected in checks:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise DocumentError("bad_choice", option=option, given=text, expected=expected)
