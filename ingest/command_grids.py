"""``gouji grids``: every table found in any document, before meaning."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gouji.ingest.arguments import add_reading_options
from gouji.ingest.outcome import exit_of

if TYPE_CHECKING:
    from gouji.ingest.settings import Settings
    from gouji.ingest.terminal import Console
    from gouji.ingest.texts import Say

FORMATS = ("json", "html", "csv")


def add_arguments(parser: argparse.ArgumentParser, say: Say) -> None:
    """What the command takes."""
    parser.add_argument("files", nargs="+", metavar="FILE", help=say("help.option.files"))
    add_reading_options(parser, say)
    parser.add_argument(
        "--format", choices=FORMATS, default="json", help=say("help.option.grids_format")
    )


def run(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Print the tables of every document; a file that cannot be read is told apart."""
    from gouji.ingest import grids
    from gouji.ingest.messages import exit_code, render
    from gouji.ingest.reading import each, inputs

    before, between, after, render_grid = _manner(options.format)
    codes: list[int] = []
    count = 0
    console.print(before, end="")
    files = inputs(options.files)
    for done in each(files, settings, console, grids.read_grids, debug=options.debug):
        if done.error:
            finding = done.error.finding
            console.complain(f"{done.member.name}: {render(finding, console.language)}")
            codes.append(exit_code(finding.code))
        for number, grid in enumerate(done.result or (), start=1):
            console.print((between if count else "") + render_grid(grid, number), end="")
            count += 1
    console.print(after, end="")
    if not count and not codes:
        console.remark(console.say("say.no_tables"))
    return exit_of(codes)


_Manner = tuple[str, str, str, Callable[[dict[str, Any], int], str]]


def _manner(name: str) -> _Manner:
    """What stands before, between and after the tables, and how one is written."""
    from gouji.ingest import grids

    if name == "html":
        return grids.HTML_HEAD, "", grids.HTML_TAIL + "\n", lambda g, _: grids.as_html(g) + "\n"
    if name == "csv":
        return "", "", "", grids.as_csv
    return "[\n", ",\n", "\n]\n", lambda g, _: json.dumps(g, ensure_ascii=False)
