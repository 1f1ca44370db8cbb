"""The tables of the store. How a store comes to have them stands in ``migrations``."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator, TypeEngine


class Figure(TypeDecorator[Decimal]):
    """An exact decimal. SQLite would make a binary fraction of a number, so it has text there."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        exact = dialect.name == "postgresql"
        return dialect.type_descriptor(Numeric() if exact else Text())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        return value if value is None or dialect.name == "postgresql" else format(value, "f")

    def process_result_value(self, value: Any, _: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


Whole = BigInteger().with_variant(Integer, "sqlite")
metadata = MetaData()

documents = Table(
    "documents",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("sha256", Text, nullable=False, unique=True),
    Column("kind", Text),
    Column("size", Whole, nullable=False),
    Column("kept", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("code", Text),
    Column("attempts", Integer, nullable=False),
    Column("kills", Integer, nullable=False),
    Column("claimed_by", Text),
    Column("lease", Text),
    Column("version", Text),
    Column("meta", Text, nullable=False),
    Column("added", Text, nullable=False),
    Column("changed", Text, nullable=False),
)
names = Table(
    "names",
    metadata,
    Column("document", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("path", LargeBinary, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("added", Text, nullable=False),
)
readings = Table(
    "readings",
    metadata,
    Column("document", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
reports = Table(
    "reports",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("document", ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("agency", Text),
    Column("agency_key", Text),
    Column("year", Integer),
    Column("region_code", Text),
    Column("scope", Text),
    Column("published", Text),
    Column("signed", Text),
    Column("figures", Text),
    Column("accepted", Integer, nullable=False),
    Column("doubts", Integer, nullable=False),
    Column("settles", Integer, nullable=False),
    Column("kinds", Text, nullable=False),
)
refs = Table(
    "refs",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("edition", Text, nullable=False),
    Column("table_id", Text, nullable=False),
    Column("ref", Text, nullable=False),
)
cells = Table(
    "cells",
    metadata,
    Column("report", ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("ref", ForeignKey("refs.id"), nullable=False),
    Column("value", Figure),
    Column("state", Text, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("basis", Text),
)
findings = Table(
    "findings",
    metadata,
    Column("document", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("place", Integer),
    Column("code", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("refs", Text, nullable=False),
    Column("page", Integer),
)
decisions = Table(
    "decisions",
    metadata,
    Column("uid", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("place", Integer, nullable=False),
    Column("table_id", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("read", Text),
    Column("value", Figure),
    Column("state", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("seconds", Float),
    Column("undoes", Text),
    Column("of", Text),
)
events = Table(
    "events",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("at", Text, nullable=False),
    Column("sha256", Text),
    Column("what", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("detail", Text, nullable=False),
)
accounts = Table(
    "accounts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("secret", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("added", Text, nullable=False),
)
sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account", ForeignKey("accounts.name", ondelete="CASCADE"), nullable=False),
    Column("ends", Text, nullable=False),
)
taken = Table(
    "taken",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("table_id", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("by", Text, nullable=False),
    Column("until", Text, nullable=False),
)
opinions = Table(
    "opinions",
    metadata,
    Column("uid", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("place", Integer, nullable=False),
    Column("table_id", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("of", Text),
    Column("value", Figure),
    Column("state", Text, nullable=False),
    Column("agrees", Boolean, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("seconds", Float),
)
