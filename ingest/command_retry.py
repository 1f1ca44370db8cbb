"""``gouji retry``: documents that failed wait to be read again."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from gouji.ingest.arguments import add_store_options

if TYPE_CHECKING:
    from gouji.ingest.settings import Settings
    from gouji.ingest.terminal import Console
    from gouji.ingest.texts import Say


def add_arguments(parser: argparse.ArgumentParser, say: Say) -> None:
    """What the command takes."""
    parser.add_argument("names", nargs="*", metavar="NAME", help=say("help.option.retry_names"))
    parser.add_argument("--code", metavar="CODE", help=say("help.option.retry_code"))
    add_store_options(parser, say)


def run(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Let them wait, and say how many they are."""
    from gouji.ingest.store.tending import retry
    from gouji.ingest.store.workspace import open_store

    with open_store(settings, there=True) as store:
        number = retry(store, options.names, options.code)
    console.print(console.say("say.retried", count=number))
    return 0
