"""Settings: read once, from a TOML file and the environment, then handed down; never changed.

The file is the one given, else the one ``GOUJI_SETTINGS`` names, else ``gouji.toml`` in the
working directory, if there is one::

    language = "en"

    [limits]
    pages = 500

The environment wins over the file: ``GOUJI_LANGUAGE=en``, ``GOUJI_LIMITS_PAGES=500``.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gouji.ocr.finding import DocumentError
from gouji.tables.limits import Limits

PREFIX = "GOUJI_"
FILE = "gouji.toml"


class Settings(BaseModel):
    """Everything a user may set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Literal["zh", "en"] | None = Field(
        default=None, description="of messages: zh or en; by default that of the locale"
    )
    libreoffice: str = Field(
        default="",
        description="path of LibreOffice's soffice; empty: looked for where it usually is",
    )
    isolate: bool = Field(
        default=True,
        description="read documents in a child process, so that none can harm the program",
    )
    limits: Limits = Field(default_factory=Limits, description="see the section [limits]")


def load(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raises ``bad_settings`` with the reason."""
    environment = os.environ if environment is None else environment
    named = path or (
        Path(environment["GOUJI_SETTINGS"]) if "GOUJI_SETTINGS" in environment else None
    )
    values = _from_file(named or Path(FILE), required=named is not None)
    for field, section, name in _variables():
        if field in environment:
            target = values.setdefault(section, {}) if section else values
            target[name] = environment[field]
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise DocumentError("bad_settings", setting=where, reason=first["msg"]) from error


def describe() -> list[tuple[str, str, object, str]]:
    """Every setting: its name in the file, its variable, default, and what it is."""
    rows: list[tuple[str, str, object, str]] = []
    for variable, section, name in _variables():
        model = Limits if section else Settings
        info = model.model_fields[name]
        full = f"{section}.{name}" if section else name
        rows.append((full, variable, info.default, info.description or ""))
    return rows


def _variables() -> list[tuple[str, str, str]]:
    """Variable, section of the file (or ``""``) and name of each setting."""
    own = [(PREFIX + name.upper(), "", name) for name in Settings.model_fields if name != "limits"]
    return own + [
        (f"{PREFIX}LIMITS_{name.upper()}", "limits", name) for name in Limits.model_fields
    ]


def _from_file(path: Path, *, required: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        if not required:
            return {}
        raise DocumentError("bad_settings", setting=str(path), reason="not found") from error
    except (OSError, ValueError) as error:
        raise DocumentError("bad_settings", setting=str(path), reason=str(error)) from error
