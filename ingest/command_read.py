"""``gouji read``: documents in, records out, for people or as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gouji.ingest.arguments import add_reading_options
from gouji.ingest.outcome import exit_of

if TYPE_CHECKING:
    from gouji.ingest.settings import Settings
    from gouji.ingest.summary import Note, Summary
    from gouji.ingest.terminal import Console, Style
    from gouji.ingest.texts import Say
    from gouji.tables.record import Record

_COLUMNS = ("file", "agency", "year", "edition", "accepted", "doubts", "identities", "status")
_FIGURES = (4, 5, 6)
_SHOWN = 20
_COLOURS: dict[str, Style] = {
    "differs": "yellow", "needs_review": "yellow", "illegible": "yellow", "failed": "red",
    "no_table": "grey", "no_report": "grey",
}  # fmt: skip
_NOTE_COLOURS: dict[str, Style] = {"error": "red", "warning": "yellow", "info": "grey"}


def add_arguments(parser: argparse.ArgumentParser, say: Say) -> None:
    """What the command takes."""
    parser.add_argument("files", nargs="+", metavar="FILE", help=say("help.option.files"))
    add_reading_options(parser, say)
    parser.add_argument("--json", action="store_true", help=say("help.option.json"))
    parser.add_argument("--out", metavar="DIR", type=Path, help=say("help.option.read_out"))
    parser.add_argument("--all", action="store_true", help=say("help.option.all"))


def run(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Read, print, and say how it went."""
    from gouji.ingest.output import JsonArray, folder_for, write_records
    from gouji.ingest.reading import read_each
    from gouji.ingest.summary import summary_of

    if options.out:
        folder_for(options.out)
    summaries: list[Summary] = []
    array = JsonArray(console) if options.json else None
    for place, records in read_each(options.files, settings, console, debug=options.debug):
        if options.out:
            write_records(options.out, place, records)
        for record in records:
            summaries.append(summary_of(record, console.say))
            if array:
                array.add(record)
                _complain_of(record, console)
    if array:
        array.end()
    else:
        show(summaries, console, everything=options.all)
    if options.out:
        console.remark(console.say("say.written_to", path=options.out))
    return exit_of(summary.exit for summary in summaries)


def _complain_of(record: Record, console: Console) -> None:
    if record.status == "failed" and not console.quiet:
        console.complain(f"{record.source.file}: {record.findings[0].message}")


def show(summaries: Sequence[Summary], console: Console, *, everything: bool) -> None:
    """The table of documents, then what is to be said about each."""
    from gouji.ingest.summary import STATES

    say = console.say
    console.table(
        [say(f"column.{name}") for name in _COLUMNS],
        [_row(summary, console) for summary in summaries],
        right=_FIGURES,
        paths=(0,),
        styles=[_style(summary) for summary in summaries],
    )
    for summary in summaries:
        show_notes(summary, console, everything=everything)
    if len(summaries) > 1:
        counts = {state: sum(summary.state == state for summary in summaries) for state in STATES}
        told = [
            say("say.of_them", state=say(f"status.{s}"), count=n) for s, n in counts.items() if n
        ]
        text = say("say.documents", count=len(summaries), states=say("say.between").join(told))
        console.print("\n" + text)


def _row(summary: Summary, console: Console) -> list[str]:
    evaluated = summary.held + summary.failing
    read = summary.state in ("clean", "differs", "needs_review")
    return [
        summary.name,
        summary.agency,
        summary.year,
        summary.editions,
        str(summary.accepted) if read else "",
        str(summary.doubts) if read else "",
        f"{summary.held}/{evaluated}" if evaluated else "",
        console.say(f"status.{summary.state}"),
    ]


def _style(summary: Summary) -> Style | None:
    return _COLOURS.get(summary.state)


def show_notes(summary: Summary, console: Console, *, everything: bool, head: bool = True) -> None:
    """The findings of one document that matter; or all of them."""
    everything = everything or not summary.editions
    notes = [note for note in summary.notes if everything or note.severity != "info"]
    if not notes:
        return
    if head:
        console.print("\n" + console.paint(_clean(summary.name), "bold"))
    shown = notes if everything else notes[:_SHOWN]
    for line in _lines(shown, console):
        console.print("  " + line)
    if len(shown) < len(notes):
        console.print("  " + console.say("say.more", count=len(notes) - len(shown)))


def _lines(notes: Iterable[Note], console: Console) -> Iterable[str]:
    for note in notes:
        label = console.paint(
            console.say(f"severity.{note.severity}"), _NOTE_COLOURS[note.severity]
        )
        yield f"{label}  {_clean(note.text)}"


def _clean(text: str) -> str:
    from gouji.ingest.terminal import clean

    return clean(text)
