"""``gouji report``: the overview of a workspace as one file to send."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gouji.ingest.arguments import add_store_options

if TYPE_CHECKING:
    from gouji.ingest.settings import Settings
    from gouji.ingest.terminal import Console
    from gouji.ingest.texts import Say


def add_arguments(parser: argparse.ArgumentParser, say: Say) -> None:
    """What the command takes."""
    text = say("help.option.report_html")
    parser.add_argument("--html", metavar="OUT", type=Path, required=True, help=text)
    parser.add_argument("--agency", metavar="AGENCY", default="", help=say("help.option.agency"))
    parser.add_argument("--figure", metavar="REF", help=say("help.option.figure"))
    add_store_options(parser, say)


def run(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Write the file."""
    from gouji.ingest.output import writing
    from gouji.ingest.review.on_whole import standing_alone
    from gouji.ingest.review.site import renderer
    from gouji.ingest.review.whole import FIGURE, whole
    from gouji.ingest.store.workspace import open_store

    with open_store(settings, there=True) as store, store.reading() as connection:
        found = whole(connection, options.figure or FIGURE, options.agency)
    text = standing_alone(renderer(), found, console.language)
    with writing(options.html):
        options.html.write_text(text, encoding="utf-8")
    console.print(str(options.html))
    return 0
