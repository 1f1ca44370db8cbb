"""``gouji check``: do the figures add up? For a disclosure office, before it publishes."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from gouji.ingest.arguments import add_reading_options
from gouji.ingest.outcome import DOES_NOT_ADD_UP, NOTHING_TO_CHECK, exit_of

if TYPE_CHECKING:
    from gouji.ingest.settings import Settings
    from gouji.ingest.summary import Summary
    from gouji.ingest.terminal import Console
    from gouji.ingest.texts import Say


def add_arguments(parser: argparse.ArgumentParser, say: Say) -> None:
    """What the command takes."""
    parser.add_argument("files", nargs="+", metavar="FILE", help=say("help.option.files"))
    add_reading_options(parser, say)
    parser.add_argument("--all", action="store_true", help=say("help.option.all"))


def run(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Check each report, print what does not add up."""
    from gouji.ingest.reading import read_each
    from gouji.ingest.summary import summary_of

    codes: list[int] = []
    for _, records in read_each(options.files, settings, console, debug=options.debug):
        for record in records:
            summary = summary_of(record, console.say)
            _show(summary, console, everything=options.all)
            codes.append(verdict(summary))
    if len(codes) > 1:
        good, bad = codes.count(0), codes.count(DOES_NOT_ADD_UP)
        rest = len(codes) - good - bad
        text = console.say("say.checked", count=len(codes), good=good, bad=bad, unchecked=rest)
        console.print(text)
    return DOES_NOT_ADD_UP if DOES_NOT_ADD_UP in codes else exit_of(codes)


def verdict(summary: Summary) -> int:
    """The exit code for one report: unread, nothing to check, wrong, or right."""
    if summary.exit:
        return summary.exit
    if not summary.adds_up:
        return DOES_NOT_ADD_UP
    return 0 if summary.held else NOTHING_TO_CHECK


def _show(summary: Summary, console: Console, *, everything: bool) -> None:
    from gouji.ingest.command_read import show_notes
    from gouji.ingest.terminal import clean

    name = clean(summary.name)
    code = verdict(summary)
    if summary.exit:
        text = console.say("say.unread", file=name)
    elif code == NOTHING_TO_CHECK:
        known = "say.unchecked" if summary.state != "illegible" else "say.not_recognised"
        text = console.say(known, file=name)
    else:
        count = summary.held + summary.failing
        text = console.say("say.fixed", file=name, held=summary.held, count=count)
        if summary.open:
            text += console.say("say.unevaluated", count=summary.open)
    colour = {0: "green", DOES_NOT_ADD_UP: "red"}.get(code, "yellow")
    console.print(console.paint(text, colour))  # type: ignore[arg-type]
    show_notes(summary, console, everything=everything, head=False)
