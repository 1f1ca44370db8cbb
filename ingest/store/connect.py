"""A database made ready: its engine, its transactions, and what can go wrong with it."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from gouji.ingest import platform
from gouji.ingest.store.faults import StoreError
from gouji.ingest.store.migrations import MIGRATIONS, migrate, version_of
from gouji.ocr.finding import DocumentError

BUSY_SECONDS = 30
"""How long one waits for another writer before the store is called busy."""
_WRITER = 0x676F756A69
"""The number of the lock that whoever writes to PostgreSQL holds."""

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_GONE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY)
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_FULL_STATES = ("53100", "53200")
_BUSY_STATES = ("40001", "40P01", "53300", "55P03", "57014")
_GONE_STATES = ("08", "57P", "25006")


def connect(address: str, *, there: bool = False) -> Engine:
    """Open the store at a URL or in a file, made or brought up to date if need be.

    Raises ``no_store`` where it has to be ``there`` and isn't, ``StoreError``, and
    ``DocumentError`` for a store that this program can't use.
    """
    url = url_of(address)
    if url.get_backend_name() == "sqlite":
        file = Path(url.database or "")
        if there and not file.exists():
            raise DocumentError("no_store", store=str(file))
        _refuse_network_share(file)
    engine = create_engine(url, pool_pre_ping=url.get_backend_name() != "sqlite")
    if engine.dialect.name == "sqlite":
        _set_up_sqlite(engine)
    else:
        _set_up_postgresql(engine)
    try:
        _bring_up_to_date(engine, there=there)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _bring_up_to_date(engine: Engine, *, there: bool) -> None:
    with transaction(engine, reading=True) as connection:
        done = version_of(connection)
    if there and not done:
        raise DocumentError("no_store", store=shown(engine.url))
    if done < len(MIGRATIONS) and engine.dialect.name == "sqlite":
        _let_readers_be(engine)
    for number in range(done + 1, len(MIGRATIONS) + 1):
        with transaction(engine) as connection:
            migrate(connection, number)


def url_of(address: str) -> URL:
    """The URL of a store; a plain path is a file of SQLite's. Raises ``store_address``."""
    if "://" not in address:
        return URL.create("sqlite", database=str(Path(address)))
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise DocumentError("store_address", address=address.split("://")[0]) from error
    drivers = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg",
               "postgres": "postgresql+psycopg"}  # fmt: skip
    backend = url.drivername.split("+")[0]
    if backend not in drivers or (backend == "sqlite" and url.database in (None, "", ":memory:")):
        raise DocumentError("store_address", address=url.render_as_string(hide_password=True))
    return url.set(drivername=drivers[backend])


@contextmanager
def transaction(engine: Engine, *, reading: bool = False) -> Iterator[Connection]:
    """All or nothing. ``reading``: sees the store as it was at its beginning, and locks nobody."""
    try:
        with engine.connect() as connection:
            if reading and engine.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            connection.execution_options(reading=reading)
            with connection.begin():
                yield connection
    except DBAPIError as error:
        raise fault_of(error, engine.url) from error
    except (UnicodeDecodeError, zlib.error) as error:  # bits have changed on the disk
        reason = str(error)[:300]
        raise StoreError("store_broken", shown(engine.url), reason, transient=False) from error


def fault_of(error: DBAPIError, url: URL) -> StoreError:
    """What a database says, in the program's own codes."""
    code, transient = _kind(error)
    return StoreError(code, shown(url), str(error.orig).strip()[:300], transient=transient)


def shown(url: URL) -> str:
    """A store's address as it may be shown: a file, or a URL without its password."""
    plain = url.database if url.get_backend_name() == "sqlite" else None
    return plain or url.render_as_string(hide_password=True)


def _kind(error: DBAPIError) -> tuple[str, bool]:
    if isinstance(error.orig, sqlite3.Error):
        number = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        if number == sqlite3.SQLITE_FULL:
            return "store_full", True
        if number in _BROKEN:
            return "store_broken", False
        if number in _BUSY:
            return "store_busy", True
        return ("store_gone", True) if number in _GONE else ("store_fault", False)
    state = getattr(error.orig, "sqlstate", None) or ""
    if state in _FULL_STATES:
        return "store_full", True
    if state in _BUSY_STATES:
        return "store_busy", True
    lost = error.connection_invalidated or (isinstance(error, OperationalError) and not state)
    return (
        ("store_gone", True) if lost or state.startswith(_GONE_STATES) else ("store_fault", False)
    )


def _refuse_network_share(path: Path) -> None:
    if kind := platform.network_share(path.parent):
        raise DocumentError("store_on_network", path=str(path.parent), kind=kind)


def _let_readers_be(engine: Engine) -> None:
    """WAL, so that reading and writing don't wait for each other; a file keeps that once set."""
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA journal_mode = WAL")
    except sqlite3.Error as error:
        raise fault_of(DBAPIError("PRAGMA journal_mode", {}, error), engine.url) from error
    finally:
        connection.close()


def _set_up_sqlite(engine: Engine) -> None:
    """Durable at every commit: a file may be moved away as soon as the store knows it."""

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("reading")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _set_up_postgresql(engine: Engine) -> None:
    """One writer at a time, as SQLite has it: what is looked at before writing stays as it was."""

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("reading"):
            wait = f"SELECT set_config('lock_timeout', '{BUSY_SECONDS}s', true)"
            connection.exec_driver_sql(f"{wait}, pg_advisory_xact_lock({_WRITER})")
