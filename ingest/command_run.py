"""``gouji run``: many documents into the store."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gouji.ingest.arguments import add_reading_options, add_store_options, number

if TYPE_CHECKING:
    from gouji.ingest.settings import Settings
    from gouji.ingest.terminal import Console
    from gouji.ingest.texts import Say


def add_arguments(parser: argparse.ArgumentParser, say: Say) -> None:
    """What the command takes."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help=say("help.option.run_paths"))
    add_batch_options(parser, say)
    parser.add_argument("--shard", metavar="N/M", help=say("help.option.shard"))
    parser.add_argument("--again", action="store_true", help=say("help.option.again"))
    add_store_options(parser, say)
    add_reading_options(parser, say)


def add_batch_options(parser: argparse.ArgumentParser, say: Say) -> None:
    """What ``run`` and ``watch`` share."""
    parser.add_argument("--meta", metavar="FILE", type=Path, help=say("help.option.meta"))
    parser.add_argument("--workers", metavar="N", type=number(1), help=say("help.option.workers"))
    parser.add_argument("--cluster", metavar="ADDRESS", help=say("help.option.cluster"))
    parser.add_argument("--json", action="store_true", help=say("help.option.events"))


def run(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Read, keep, and say how it went."""
    from gouji.ingest.batch.files import names_from, shard_of
    from gouji.ingest.batch.metafile import NONE, read_meta
    from gouji.ingest.batch.run import names_in
    from gouji.ingest.batch.setting_up import set_up

    shard = shard_of(options.shard) if options.shard else None
    names = list(names_in(options.paths, lambda: names_from(sys.stdin.buffer)))
    meta = read_meta(options.meta) if options.meta else NONE
    with set_up(options, settings, console, shard, again=options.again) as batch:
        with batch.run.until_told():
            if options.paths:
                batch.run.all_of(names, meta, shard)
            else:
                batch.run.all_waiting()
        return batch.leave()
