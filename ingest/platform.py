"""What differs between operating systems: memory limits, ending process trees, finding programs."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_SOFFICE_PLACES = (
    "/usr/bin/soffice",
    "/usr/lib/libreoffice/program/soffice",
    "/opt/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.com",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.com",
)
_PR_SET_PDEATHSIG = 1


def limit_memory(megabytes: int) -> None:
    """Limit what this process may allocate; nothing on Windows and where the system refuses.

    Only Linux counts anonymous mappings as data; the size of its address space is not limited,
    because libraries reserve far more of it than they use.
    """
    if sys.platform == "win32" or not megabytes:
        return
    import resource

    limit = megabytes * 1_000_000
    with contextlib.suppress(ValueError, OSError):
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard != resource.RLIM_INFINITY:
            limit = min(limit, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def die_with_parent() -> None:
    """Let this process end with the one that started it, also if that is killed; only on Linux.

    Elsewhere a child ends when it has done what it is at, because nobody asks for more.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def start(command: Sequence[str], **options: object) -> subprocess.Popen[bytes]:
    """Start a program in a group of its own, so that ``end`` reaches its children too."""
    if sys.platform == "win32":
        options["creationflags"] = subprocess.CREATE_NEW_PROCESS_GROUP
    else:
        options["start_new_session"] = True
    return subprocess.Popen(list(command), **options)  # type: ignore[call-overload,no-any-return]  # noqa: S603


def end(process: subprocess.Popen[bytes]) -> None:
    """End a program started by ``start``, and what it started, and wait for it."""
    if sys.platform == "win32":
        subprocess.run(  # noqa: S603
            ["taskkill", "/F", "/T", "/PID", str(process.pid)],  # noqa: S607
            capture_output=True,
            check=False,
        )
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def describe_exit(code: int | None) -> str:
    """How a process ended, for a message: ``SIGSEGV``, or ``exit code 3``."""
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-code).name
    return f"exit code {code}"


def find_libreoffice(named: str = "") -> str | None:
    """The path of LibreOffice, None if it is not installed; ``named`` wins where it is set."""
    if named:
        return shutil.which(named)
    for command in ("soffice", "libreoffice"):
        if found := shutil.which(command):
            return found
    return next((place for place in _SOFFICE_PLACES if Path(place).is_file()), None)
