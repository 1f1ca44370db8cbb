"""``gouji show``: what was seen at each stage."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gouji.ingest.arguments import add_reading_options
from gouji.ingest.outcome import exit_of

if TYPE_CHECKING:
    from gouji.ingest.draw import Stage
    from gouji.ingest.intake import Member
    from gouji.ingest.messages import Language
    from gouji.ingest.settings import Settings
    from gouji.ingest.stages import Shown
    from gouji.ingest.terminal import Console
    from gouji.ingest.texts import Say

STAGES = ("page", "lines", "cells", "readings", "form", "doubts")


def add_arguments(parser: argparse.ArgumentParser, say: Say) -> None:
    """What the command takes."""
    parser.add_argument("files", nargs="+", metavar="FILE", help=say("help.option.files"))
    add_reading_options(parser, say)
    parser.add_argument(
        "--stage", choices=STAGES, required=True, metavar="STAGE", help=say("help.option.stage")
    )
    parser.add_argument("--page", type=int, metavar="N", help=say("help.option.page"))
    parser.add_argument(
        "--out", type=Path, default=Path("out"), metavar="DIR", help=say("help.option.show_out")
    )


def run(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Paint or print each document."""
    from gouji.ingest.messages import exit_code, render
    from gouji.ingest.output import folder_for, writing
    from gouji.ingest.reading import each, inputs

    folder_for(options.out)
    codes = []
    wish = (console.language, options.stage, options.page)
    files = inputs(options.files)
    for done in each(files, settings, console, _show, *wish, debug=options.debug):
        if done.error:
            finding = done.error.finding
            console.complain(f"{done.member.name}: {render(finding, console.language)}")
            codes.append(exit_code(finding.code))
            continue
        shown = done.result
        for number, picture in shown.pictures if shown else ():
            path = options.out / f"{done.place}-{number:03d}-{options.stage}.png"
            with writing(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(picture)
            console.print(str(path))
        if shown and shown.text:
            console.print(shown.text)
    return exit_of(codes)


def _show(
    member: Member, settings: Settings, language: Language, stage: Stage, page: int | None
) -> Shown:
    """Runs in the child, which alone imports what paints."""
    from gouji.ingest.stages import show

    return show(member, settings, language, stage, page)
