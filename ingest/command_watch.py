"""``gouji watch``: a folder whose files are read as they come."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gouji.ingest.arguments import add_reading_options, add_store_options, number
from gouji.ingest.command_run import add_batch_options

if TYPE_CHECKING:
    from gouji.ingest.settings import Settings
    from gouji.ingest.terminal import Console
    from gouji.ingest.texts import Say


def add_arguments(parser: argparse.ArgumentParser, say: Say) -> None:
    """What the command takes."""
    parser.add_argument("inbox", metavar="INBOX", type=Path, help=say("help.option.inbox"))
    for name, least in (("settle", 0), ("poll", 0.1)):
        parser.add_argument(
            f"--{name}", metavar="SECONDS", type=number(least, float),
            help=say(f"help.option.{name}"),
        )  # fmt: skip
    parser.add_argument("--leave", action="store_true", help=say("help.option.leave"))
    parser.add_argument("--done", metavar="DIR", help=say("help.option.done"))
    parser.add_argument("--failed", metavar="DIR", help=say("help.option.failed"))
    parser.add_argument("--once", action="store_true", help=say("help.option.once"))
    add_batch_options(parser, say)
    add_store_options(parser, say)
    add_reading_options(parser, say)


def run(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Watch until told to end, which is no failure."""
    from gouji.ingest.batch.hints import Hints
    from gouji.ingest.batch.metafile import NONE, read_meta
    from gouji.ingest.batch.setting_up import set_up
    from gouji.ingest.batch.watch import Watch, inbox_of

    inbox = inbox_of(options.inbox, settings)
    meta = read_meta(options.meta) if options.meta else NONE
    patient = settings.model_copy(update={"patience": float("inf")})
    with set_up(options, patient, console) as batch:
        watch = Watch(inbox, batch, meta, console.language)
        hints = Hints(inbox.folder, watch.hint)
        console.remark(console.say("say.batch.watching", path=inbox.folder))
        with batch.run.until_told():
            watch.until(batch.stop, once=options.once)
        hints.close()
        code = batch.leave("say.batch.watched")
        return 0 if batch.stop.wishes else code
