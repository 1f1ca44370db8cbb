"""Accounts for those who come over the network: passwords, sessions that end, limits on tries."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select

from gouji.ingest.store.journal import later, now
from gouji.ingest.store.schema import accounts, sessions
from gouji.ingest.store.store import Store
from gouji.ocr.finding import DocumentError

Role = Literal["reviewer", "reader"]
LEAST = 10
"""Characters of a password."""
_LASTS = timedelta(hours=12)
_TRIES, _WITHIN = 5, 300.0
_KNOWN = 1000


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may come in. Readers see everything and change nothing."""

    name: str
    role: Role


class Accounts:
    """The accounts of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_hex())
        self._tries: defaultdict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        with self._store.reading() as connection:
            return connection.scalar(select(func.count()).select_from(accounts)) or 0

    def put(self, name: str, password: str, role: Role) -> None:
        """Add an account, or give it another password; its sessions end.

        Raises ``password_short``.
        """
        if len(password) < LEAST:
            raise DocumentError("password_short", least=LEAST)
        values = {"name": name, "secret": self._hasher.hash(password), "role": role, "added": now()}
        with self._store.writing() as connection:
            connection.execute(sessions.delete().where(sessions.c.account == name))
            connection.execute(accounts.delete().where(accounts.c.name == name))
            connection.execute(accounts.insert().values(values))

    def log_in(self, name: str, password: str, address: str) -> str | None:
        """A new session's cookie; None where name and password don't fit.

        Raises ``too_many_tries`` after some, for a while.
        """
        self._count(f"name {name}", f"address {address}")
        with self._store.reading() as connection:
            row = connection.execute(select(accounts).where(accounts.c.name == name)).first()
        try:  # as long for a name that there isn't
            self._hasher.verify(row.secret if row else self._nobody, password)
        except (VerificationError, InvalidHashError):
            return None
        if row is None:
            return None
        cookie = secrets.token_urlsafe(32)
        with self._store.writing() as connection:
            connection.execute(sessions.delete().where(sessions.c.ends < now()))
            values = {"id": _hidden(cookie), "account": name, "ends": later(_LASTS)}
            connection.execute(sessions.insert().values(values))
        with self._lock:
            self._tries.pop(f"name {name}", None)
            if tries := self._tries[f"address {address}"]:
                tries.pop()  # many may come through one proxy
        return cookie

    def of_session(self, cookie: str) -> Account | None:
        """Whose session it is, if it hasn't ended."""
        wanted = (
            select(accounts.c.name, accounts.c.role).join(sessions)
            .where(sessions.c.id == _hidden(cookie), sessions.c.ends > now())
        )  # fmt: skip
        with self._store.reading() as connection:
            row = connection.execute(wanted).first()
        return Account(row.name, row.role) if row else None

    def log_out(self, cookie: str) -> None:
        """End a session."""
        with self._store.writing() as connection:
            connection.execute(sessions.delete().where(sessions.c.id == _hidden(cookie)))

    def _count(self, *whose: str) -> None:
        with self._lock:
            if len(self._tries) > _KNOWN:
                self._tries.clear()
            since = time.monotonic() - _WITHIN
            for key in whose:
                tries = self._tries[key]
                while tries and tries[0] < since:
                    tries.popleft()
                if len(tries) >= _TRIES * (1 if key.startswith("name") else 4):
                    raise DocumentError("too_many_tries", minutes=int(_WITHIN / 60))
                tries.append(time.monotonic())


def _hidden(cookie: str) -> str:
    """What the store keeps of a session: nobody who reads it can use it."""
    return hashlib.sha256(cookie.encode()).hexdigest()
