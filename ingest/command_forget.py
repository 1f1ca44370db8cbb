"""``gouji forget``: documents are taken out of the store; no file is deleted."""

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
    parser.add_argument("names", nargs="+", metavar="NAME", help=say("help.option.forget_names"))
    add_store_options(parser, say)


def run(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Forget them, and say what was not deleted."""
    from gouji.ingest.store.originals import Originals
    from gouji.ingest.store.tending import forget
    from gouji.ingest.store.workspace import open_store
    from gouji.ingest.terminal import clean

    with open_store(settings, there=True) as store:
        gone = forget(store, options.names)
    for name in gone.names:
        console.print(clean(name))
    where = Originals.of(settings).at
    told = {"kept": gone.kept, "originals": where, "decided": gone.decided}
    console.print(console.say("say.forgotten", **told))
    return 0
