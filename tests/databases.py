"""The databases that a store may lie in: a file of SQLite's, and a PostgreSQL server of our own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

_USER = "nobody"


def program(name: str) -> str | None:
    """A program of the server's; Debian keeps them apart from the others."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(kept[-1]) if kept else None)


class Server:
    """A PostgreSQL server that only this test run reaches; root may not run one."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gouji-pg-"))
        self._who = {"user": _USER} if os.geteuid() == 0 else {}
        if self._who:
            shutil.chown(self.folder, _USER)
        self._run(program("initdb"), "-D", "data", "-A", "trust", "-U", "gouji", "-E", "UTF8",
                  "--locale=C", "--no-sync")  # fmt: skip
        self.start()

    def _run(self, *command: str | None) -> None:
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True, **self._who)

    def start(self) -> None:
        """Let it run, and wait until it answers."""
        options = ["-k", str(self.folder), "-h", "", "-F"]
        self._server = subprocess.Popen(
            [str(program("postgres")), "-D", "data", *options], cwd=self.folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._who,
        )  # fmt: skip
        for _ in range(200):
            if not self._ask("postgres", "SELECT 1").returncode:
                return
            time.sleep(0.05)
        raise RuntimeError("the server did not start")

    def stop(self) -> None:
        """End it at once."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait()

    def close(self) -> None:
        """Stop it, and take away all it had."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _ask(self, database: str, statement: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [str(program("psql")), "-h", str(self.folder), "-U", "gouji", "-qc", statement,
             database], capture_output=True, check=False,
        )  # fmt: skip

    def database(self) -> str:
        """The URL of a new database."""
        name = f"t{uuid4().hex}"
        if (made := self._ask("postgres", f"CREATE DATABASE {name}")).returncode:
            raise RuntimeError(made.stderr.decode())
        return f"postgresql://gouji@/{name}?host={self.folder}"


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server of our own for the whole run."""
    if not (program("initdb") and program("postgres")):
        pytest.skip("PostgreSQL is not installed")
    made = Server()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty store, in each kind of database."""
    if request.param == "sqlite":
        return str(tmp_path / "store.sqlite")
    made: Server = request.getfixturevalue("server")
    return made.database()
