"""What differs between operating systems: memory limits, ending process trees, finding programs."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
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
_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
_NOT_THERE = (errno.ENOSYS, errno.EINVAL, errno.EPERM, errno.ENOTSUP, errno.EMLINK)


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


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def kill_self() -> None:
    """End this process at once, as if the power had gone."""
    if sys.platform == "win32":
        os._exit(137)
    os.kill(os.getpid(), signal.SIGKILL)


def move_new(source: Path, target: Path) -> None:
    """Move a file within a filesystem; raises ``FileExistsError`` rather than replace another.

    One step wherever the system can do that; else there is a moment with both names, or, on
    filesystems without links, a moment in which another may take the name.
    """
    if sys.platform == "win32":
        source.rename(target)
        return
    try:
        if sys.platform.startswith("linux"):
            _rename_new(source, target)
            return
    except OSError as error:
        if error.errno not in _NOT_THERE:
            raise
    try:
        target.hardlink_to(source)
        source.unlink()
    except OSError as error:
        if error.errno not in _NOT_THERE:
            raise
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from error
        source.rename(target)


def _rename_new(source: Path, target: Path) -> None:
    """Linux' own call for it."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    paths = (_AT_FDCWD, os.fsencode(source), _AT_FDCWD, os.fsencode(target))
    if libc.renameat2(*paths, _RENAME_NOREPLACE):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(source), None, str(target))


def being_written(path: Path) -> bool:
    """Whether some process has the file open for writing, as far as the system tells.

    Linux grants a lease for reading only where nobody does, and only to the owner or root.
    """
    if not sys.platform.startswith("linux"):
        return False
    import fcntl

    try:
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.fcntl(opened, fcntl.F_SETSIG, signal.SIGURG)  # SIGIO would end the program
        fcntl.fcntl(opened, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(opened, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        os.close(opened)
    return False


def sync_folder(path: Path) -> None:
    """See to it that names made or moved in a folder outlast a loss of power."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


_REMOTE = frozenset((
    "nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "afs", "afpfs", "ncpfs",
    "webdav", "davfs", "ceph", "glusterfs", "lustre", "gpfs", "beegfs", "vboxsf", "vmhgfs",
    "prl_fs",
))  # fmt: skip
_REMOTE_FUSE = ("sshfs", "s3fs", "rclone", "davfs", "gluster", "ceph", "smb", "nfs", "vmhgfs",
                "gcsfuse", "blobfuse", "juicefs", "mfs")  # fmt: skip


def network_share(path: Path) -> str | None:
    """The kind of file system, if the path lies on one that other machines share; else None."""
    whole = os.path.realpath(path)
    if sys.platform == "win32":
        import ctypes

        drive = os.path.splitdrive(whole)[0]
        remote = ctypes.windll.kernel32.GetDriveTypeW(drive + "\\") == 4
        return "SMB" if remote or drive.startswith("\\\\") else None
    try:
        mounts = Path("/proc/mounts").read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return None
    found = "", ""
    for _, place, kind, *_ in (line.split(" ") for line in mounts):
        place = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), place)
        if os.path.commonpath([place, whole]) == place and len(place) >= len(found[0]):
            found = place, kind
    return found[1] if _is_remote(found[1]) else None


def _is_remote(kind: str) -> bool:
    if kind.startswith("fuse."):
        return kind.removeprefix("fuse.").startswith(_REMOTE_FUSE)
    return kind in _REMOTE


def this_process() -> str:
    """The running process, told apart from all others: machine, number and time of its start."""
    return _named(os.getpid())


@cache
def _named(number: int) -> str:
    return f"{_machine()}:{number}:{_started(number)}"


def is_running(process: str) -> bool | None:
    """Whether a process named by ``this_process`` still runs; None on another machine."""
    machine, number, started = process.rsplit(":", 2)
    if machine != _machine():
        return None
    return _started(int(number)) == started


def _machine() -> str:
    """The machine since it was last started, and on Linux the container: each counts processes
    from one.
    """
    told = socket.gethostname()
    with contextlib.suppress(OSError):
        told += "/" + Path("/proc/sys/kernel/random/boot_id").read_text("ascii")[:8]
        told += "/" + re.sub(r"\D", "", str(Path("/proc/self/ns/pid").readlink()))
    return told


def _started(number: int) -> str | None:
    """When a process was started, in the system's own words; None if there is none."""
    if sys.platform == "linux":
        try:
            status = Path(f"/proc/{number}/stat").read_text("utf-8", "replace")
        except OSError:
            return None
        state, *rest = status.rpartition(")")[2].split()
        return None if state in "ZX" else rest[18]
    elif sys.platform == "win32":  # noqa: RET505 - the type checker looks at one branch only
        query = f"(Get-Process -Id {number}).StartTime.Ticks"
        return _answer("powershell", "-NoProfile", "-Command", query)
    else:
        return _answer("ps", "-o", "lstart=", "-p", str(number))


def _answer(*command: str) -> str | None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip().replace(":", ".") or None
