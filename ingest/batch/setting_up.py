"""A batch made ready from the settings and the command line, and taken leave of."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from gouji.ingest import outcome, platform
from gouji.ingest.batch.engine import Engine
from gouji.ingest.batch.files import Shard
from gouji.ingest.batch.patience import Patience
from gouji.ingest.batch.pool import LocalPool, Pool
from gouji.ingest.batch.progress import Progress
from gouji.ingest.batch.run import Run
from gouji.ingest.batch.stopping import Stop
from gouji.ingest.messages import exit_code
from gouji.ingest.settings import Settings
from gouji.ingest.store.model import Selection
from gouji.ingest.store.workspace import open_store
from gouji.ocr.finding import DocumentError

if TYPE_CHECKING:
    from gouji.ingest.store.store import Store
    from gouji.ingest.terminal import Console

_TIMES = 4


@dataclass(frozen=True, slots=True)
class Batch:
    """All that a command needs to have documents read."""

    run: Run
    store: Store
    patience: Patience
    stop: Stop
    console: Console
    settings: Settings

    def leave(self, stopped: str = "say.batch.stopped") -> int:
        """End, and say how it went, ``stopped`` if it was to end; the exit code."""
        say, progress = self.console.say, self.run.progress
        if self.stop.wishes:
            self.console.remark(say("say.batch.stopping"))
        finished, back = self.run.wind_up()
        words, time = progress.states(), timedelta(seconds=round(progress.seconds()))
        progress.event("ended", counts=dict(progress.counts), finished=finished, back=back)
        known = "say.batch.ended" if progress.done else "say.batch.nothing"
        self.console.remark(say(known, count=progress.done, states=words, time=time))
        if self.stop.wishes:
            self.console.complain(say(stopped, finished=finished, back=back))
            return 128 + self.stop.signal if self.stop.signal else outcome.INTERRUPTED
        return outcome.exit_of(exit_code(code) for code in self.run.failures)


@contextmanager
def set_up(
    options: argparse.Namespace,
    settings: Settings,
    console: Console,
    shard: Shard | None = None,
    *,
    again: bool = False,
) -> Iterator[Batch]:
    """A batch with its store, its workers and its ears for signals; all are let go of after it."""
    settings = _whole(settings, shard)
    with ExitStack() as stack:
        stop = stack.enter_context(Stop())
        progress = Progress(console, as_json=options.json)
        patience = Patience(settings.patience, stop, progress.fault)
        store = stack.enter_context(open_store(settings))
        readers = _readers(options, settings, store)
        stack.callback(readers.kill)
        intake = stack.enter_context(LocalPool(1, _for_archives(settings)))
        engine = Engine(
            store, readers, intake, settings, patience,
            by=platform.this_process(),
            selection=Selection(version=version("gouji") if again else None),
        )  # fmt: skip
        stack.callback(engine.end)
        stop.hear = lambda: engine.happened.put(None)
        run = Run(engine, progress, stop, settings)
        yield Batch(run, store, patience, stop, console, settings)


def _readers(options: argparse.Namespace, settings: Settings, store: Store) -> Pool:
    if options.cluster is None:
        wish = options.workers or settings.workers
        return LocalPool(wish or platform.cores(), settings)
    from gouji.ingest.batch.cluster import ClusterPool

    if store.engine.dialect.name == "sqlite":
        raise DocumentError("cluster_needs_server")
    return ClusterPool(options.cluster, settings)


def _for_archives(settings: Settings) -> Settings:
    """What takes files in may take its time, for an archive holds many documents."""
    limits = settings.limits.model_copy(update={"seconds": _TIMES * settings.limits.seconds})
    return settings.model_copy(update={"limits": limits})


def _whole(settings: Settings, shard: Shard | None) -> Settings:
    """Settings that mean the same in another process; a shard has a store of its own."""
    workspace = Path(settings.workspace).absolute()
    change = {"workspace": str(workspace)}
    if settings.originals_at and "://" not in settings.originals_at:
        change["originals_at"] = str(Path(settings.originals_at).absolute())
    if shard and not settings.store:
        workspace.mkdir(parents=True, exist_ok=True)
        change["store"] = str(workspace / f"gouji-{shard.number}-of-{shard.of}.sqlite")
    return settings.model_copy(update=change)
