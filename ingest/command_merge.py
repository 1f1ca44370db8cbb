"""``gouji merge``: stores, such as those of shards, brought together in one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gouji.ingest.arguments import add_store_options

if TYPE_CHECKING:
    from gouji.ingest.settings import Settings
    from gouji.ingest.store.originals import Originals
    from gouji.ingest.terminal import Console
    from gouji.ingest.texts import Say


def add_arguments(parser: argparse.ArgumentParser, say: Say) -> None:
    """What the command takes."""
    parser.add_argument("stores", nargs="+", metavar="FILE", help=say("help.option.merge_stores"))
    add_store_options(parser, say)


def run(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Bring them together, and say what was new."""
    from gouji.ingest.store.merge import merge
    from gouji.ingest.store.originals import Originals
    from gouji.ingest.store.store import Store
    from gouji.ingest.store.workspace import open_store

    originals = Originals.of(settings)
    with open_store(settings) as store:
        for name in options.stores:
            theirs = _beside(name)
            with Store(name, there=True) as other:
                made = merge(store, other, originals, theirs)
            told = {"new": made.new, "better": made.better, "same": made.same,
                    "decided": made.decided, "opinions": made.opinions}  # fmt: skip
            console.print(console.say("say.merged", store=name, **told))
            if made.missing:
                places = ", ".join(place.at for place in (originals, theirs) if place)
                console.complain(
                    console.say("say.originals_missing", count=len(made.missing), places=places)
                )
    return 0


def _beside(name: str) -> Originals | None:
    """The originals that lie beside a store's file, as a workspace has them."""
    from gouji.ingest.store.originals import Originals

    folder = Path(name).parent / "originals"
    return Originals("copy", str(folder)) if "://" not in name and folder.is_dir() else None
