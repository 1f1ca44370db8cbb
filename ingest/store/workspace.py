"""Where a run keeps its store and its originals, as the settings say."""

from __future__ import annotations

from pathlib import Path

from gouji.ingest.output import writing
from gouji.ingest.settings import Settings
from gouji.ingest.store.store import Store

_FILE = "gouji.sqlite"


def open_store(settings: Settings, *, there: bool = False) -> Store:
    """The store of the workspace, made if it isn't there, unless it has to be ``there``.

    Raises ``DocumentError``: ``no_store``, ``cannot_write`` if the folder can't be made, or that
    of ``Store``.
    """
    if settings.store:
        return Store(settings.store, there=there)
    folder = Path(settings.workspace)
    if not there:
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
    return Store(str(folder / _FILE), there=there)
