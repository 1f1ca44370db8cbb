"""Reading one document in a child process, which may hang, starve or crash by itself.

One child serves many documents; it is replaced after it had to be ended. It is no
``multiprocessing`` process, because those run the caller's own script again.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO, ParamSpec, TypeVar

from gouji.ingest import platform
from gouji.ocr.finding import DocumentError, Finding
from gouji.tables.limits import Limits

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
_COMMAND = (sys.executable, "-P", "-c", "from gouji.ingest.isolate import serve; serve()")
_MEGABYTES = "GOUJI_CHILD_MB"
_THREADS = ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
            "OPENCV_FOR_THREADS_NUM")  # fmt: skip
_LENGTH = struct.Struct("<Q")
_STARTER = ThreadPoolExecutor(1, "starter")
"""Starts all children: on Linux a child that dies with its parent dies with the thread that
started it, and threads of a web server come and go.
"""
COLLECT_AFTER = 20_000
"""A child looks for cyclic garbage after so many new objects, not Python's 700: pages are read
into many small tuples, which form no cycles.
"""


class ChildGoneError(DocumentError):
    """The child ended before it answered: a crash of native code, or somebody killed it."""


class Worker:
    """A child process that runs functions under the limits on time and memory.

    ``serves``: so many calls, then the child is replaced, which gives back what it gathered; 0 for
    no end. ``threads``: as many of them as native libraries may use; 0 leaves it to them.
    Not for several threads at once, but for ``interrupt``. Use it in a ``with`` statement, or
    call ``close``.
    """

    def __init__(self, limits: Limits, *, serves: int = 0, threads: int = 0) -> None:
        self._limits = limits
        self._serves = serves
        self._threads = threads
        self._served = 0
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(
        self,
        function: Callable[Parameters, Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Call a function of a module in the child; it and all it takes and gives must pickle.

        Raises its ``DocumentError``, or ``too_long``, ``too_much_memory``, or ``crashed`` with
        the reason; the last also for any other exception of the function, and as ``ChildGoneError``
        where the child is gone.
        """
        request = pickle.dumps((function, args, kwargs), pickle.HIGHEST_PROTOCOL)
        if self._serves and self._served >= self._serves:
            self.close()
        if self._child is not None and self._child.poll() is not None:
            self.close()  # it ended while nothing was asked of it
        child = self._child = self._child or _start(self._limits, self._threads)
        self._served += 1
        answer: list[bytes] = []
        exchange = threading.Thread(target=_exchange, args=(child, request, answer), daemon=True)
        try:
            exchange.start()
            exchange.join(self._limits.seconds)
            late = exchange.is_alive()
        except BaseException:
            self.close()
            raise
        if late:
            self.close()
            exchange.join()
            raise DocumentError("too_long", seconds=int(self._limits.seconds))
        if not answer:
            child.wait()
            self.close()
            raise ChildGoneError("crashed", reason=platform.describe_exit(child.returncode))
        try:
            result: Result = _opened(answer[0])
        except MemoryError:
            self.close()
            raise DocumentError("too_much_memory", megabytes=self._limits.memory_mb) from None
        return result

    def interrupt(self) -> None:
        """End the child from another thread; a call under way raises ``ChildGoneError``."""
        if (child := self._child) is not None:
            platform.end(child)

    def close(self) -> None:
        """End the child, if there is one."""
        self._served = 0
        if self._child is not None:
            platform.end(self._child)
            for stream in (self._child.stdin, self._child.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
            self._child = None


def once(
    function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Result:
    """Call a function of a module in a process that ends with it, and so gives back its memory.

    For use in a worker's child: it has no limits but the worker's, and ends when that is ended.
    Raises the function's ``DocumentError``, or ``crashed``.
    """
    request = pickle.dumps((function, args, kwargs), pickle.HIGHEST_PROTOCOL)
    done = subprocess.run(  # noqa: S603
        _COMMAND,
        input=_LENGTH.pack(len(request)) + request,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        check=False,
    )
    if done.returncode or not done.stdout:
        raise DocumentError("crashed", reason=platform.describe_exit(done.returncode))
    try:
        result: Result = _opened(done.stdout[_LENGTH.size :])
    except MemoryError:
        raise DocumentError("crashed", reason="MemoryError") from None
    return result


def _start(limits: Limits, threads: int) -> subprocess.Popen[bytes]:
    pinned = dict.fromkeys(_THREADS, str(threads)) if threads else {}
    environment = _environment() | pinned | {_MEGABYTES: str(limits.memory_mb)}
    return _STARTER.submit(_started, environment).result()


def _started(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return platform.start(
        _COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )


def _environment() -> dict[str, str]:
    """That of this process, so that a child finds the same modules."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def _opened(answer: bytes) -> Any:
    """What the function gave; raises its ``DocumentError``, or ``MemoryError``."""
    state, value = pickle.loads(answer)  # noqa: S301 - from our own child
    if state == "memory":
        raise MemoryError
    if state == "error":
        raise DocumentError(value.code, value.page, **value.arguments)
    return value


def _exchange(child: subprocess.Popen[bytes], request: bytes, answer: list[bytes]) -> None:
    """Send a request and wait for its answer; leaves ``answer`` empty if the child ended."""
    if child.stdin is None or child.stdout is None:
        return
    with contextlib.suppress(OSError, EOFError, ValueError):
        _send(child.stdin, request)
        answer.append(_receive(child.stdout))


def _send(stream: BinaryIO | Any, message: bytes) -> None:
    stream.write(_LENGTH.pack(len(message)))
    stream.write(message)
    stream.flush()


def _receive(stream: BinaryIO | Any) -> bytes:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    length = _LENGTH.unpack(head)[0]
    message: bytes = stream.read(length)
    if len(message) < length:
        raise EOFError
    return message


def serve() -> None:
    """Answer requests until there are no more; what a child process runs."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)  # what libraries print must not mix with the answers
    platform.die_with_parent()
    platform.limit_memory(int(os.environ.get(_MEGABYTES, "0")))
    gc.set_threshold(COLLECT_AFTER)
    while True:
        try:
            request = _receive(requests)
        except EOFError:
            return
        _send(answers, _answer(request))


def _answer(request: bytes) -> bytes:
    try:
        function, args, kwargs = pickle.loads(request)  # noqa: S301 - from our own parent
        return pickle.dumps(("ok", function(*args, **kwargs)), pickle.HIGHEST_PROTOCOL)
    except DocumentError as error:
        return pickle.dumps(("error", error.finding))
    except MemoryError:
        return pickle.dumps(("memory", None))
    except RecursionError:
        return pickle.dumps(("error", Finding("crashed", {"reason": "RecursionError"})))
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        reason = f"{type(error).__name__}: {error} ({last.name}:{last.lineno})"
        return pickle.dumps(("error", Finding("crashed", {"reason": reason[:300]})))
