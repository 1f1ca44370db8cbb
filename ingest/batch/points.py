"""Named points between two durable writes or moves, at which tests break things.

``GOUJI_FAULTS`` names them: ``begun=kill``, ``inbox.moved=kill@3`` (when reached the third time),
``originals.written=ENOSPC*5`` (the first five times); several are separated by commas. With
``GOUJI_FAULTS_MARK``, a path, only the first of all processes is killed that comes to make that
file, which then names the point.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path

from gouji.ingest import platform


@dataclass(slots=True)
class _Fault:
    """What goes wrong at a point: from its ``first`` hit on, ``times`` times."""

    action: str
    first: int
    times: int
    hits: int = 0


def _plan(text: str) -> dict[str, _Fault]:
    faults = {}
    for item in filter(None, text.split(",")):
        name, _, what = item.partition("=")
        what, _, times = what.partition("*")
        action, _, first = what.partition("@")
        faults[name] = _Fault(action, int(first or 1), int(times or 1))
    return faults


_faults = _plan(os.environ.get("GOUJI_FAULTS", ""))


def reached(name: str) -> None:
    """Nothing, unless the environment wants the process killed here, or an ``OSError``."""
    if not _faults or (fault := _faults.get(name)) is None:
        return
    fault.hits += 1
    if not fault.first <= fault.hits < fault.first + fault.times:
        return
    if fault.action == "kill":
        if _marked(name):
            platform.kill_self()
        return
    raise OSError(getattr(errno, fault.action), os.strerror(getattr(errno, fault.action)), name)


def _marked(name: str) -> bool:
    """Whether this process may be killed."""
    if (mark := os.environ.get("GOUJI_FAULTS_MARK")) is None:
        return True
    try:
        with Path(mark).open("x") as stream:
            stream.write(name)
    except FileExistsError:
        return False
    return True
