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
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gouji.ingest.messages import Language, language_of
from gouji.ingest.outcome import SettingsError
from gouji.ingest.texts import say
from gouji.tables.limits import Limits

PREFIX = "GOUJI_"
FILE = "gouji.toml"


class Settings(BaseModel):
    """Everything a user may set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Literal["zh", "en"] | None = Field(
        default=None, description="of messages: zh or en; by default that of the locale"
    )
    engine: Literal["rapid", "tesseract", "replay"] = Field(
        default="rapid", description="what reads scanned pages first"
    )
    second: Literal["tesseract", "replay", "none"] = Field(
        default="tesseract", description="what reads where proof is missing; none: nothing does"
    )
    text: bool = Field(default=False, description="read the running text of scanned pages too")
    libreoffice: str = Field(
        default="",
        description="path of LibreOffice's soffice; empty: looked for where it usually is",
    )
    isolate: bool = Field(
        default=True,
        description="read documents in a child process, so that none can harm the program",
    )
    workspace: str = Field(
        default="gouji-workspace",
        description="folder of the store and the originals, made when first needed",
    )
    store: str = Field(
        default="",
        description="URL of a PostgreSQL database; empty: an SQLite file in the workspace",
    )
    originals: Literal["copy", "link", "refer"] = Field(
        default="copy",
        description="what is done with the files read: copied, linked (copied where that can't be),"
        " or only referred to",
    )
    originals_at: str = Field(
        default="",
        description="folder or fsspec's URL where originals are kept; empty: in the workspace",
    )
    workers: int = Field(
        default=0, ge=0, description="documents read at a time; 0: as many as there are cores"
    )
    recycle: int = Field(
        default=500, ge=0, description="documents after which a worker is replaced; 0: never"
    )
    patience: float = Field(
        default=600, ge=0, description="seconds for which a full disk or a store that is away is"
        " tried again; gouji watch never gives up"
    )  # fmt: skip
    grace: float = Field(
        default=10, ge=0, description="seconds that documents under way have to be finished when"
        " the program is to end"
    )  # fmt: skip
    settle: float = Field(
        default=5, ge=0, description="seconds for which a file in a watched folder must not change"
    )
    poll: float = Field(
        default=10, gt=0, description="seconds between two looks at a watched folder"
    )
    afterwards: Literal["move", "leave"] = Field(
        default="move", description="what is done with files of a watched folder that were read"
    )
    done: str = Field(
        default="", description="folder for files that were read; empty: done beside the inbox"
    )
    failed: str = Field(
        default="", description="folder for files that failed; empty: failed beside the inbox"
    )
    second_decisions: float = Field(
        default=0, ge=0, le=1, description="share of decisions that another reviewer decides again,"
        " without seeing the first"
    )  # fmt: skip
    second_accepted: float = Field(
        default=0, ge=0, le=1, description="share of accepted cells that a reviewer decides,"
        " without seeing what was read"
    )  # fmt: skip
    limits: Limits = Field(default_factory=Limits, description="see the section [limits]")


def load(
    path: Path | None = None,
    environment: Mapping[str, str] | None = None,
    language: Language | None = None,
) -> Settings:
    """Read the settings; raises ``SettingsError`` with file and reason.

    The reason is in ``language``, else in the one that the settings ask for.
    """
    environment = os.environ if environment is None else environment
    named = path or (
        Path(environment["GOUJI_SETTINGS"]) if "GOUJI_SETTINGS" in environment else None
    )
    file = named or Path(FILE)
    wish = language or environment.get(PREFIX + "LANGUAGE")
    values = _from_file(file, language_of(wish), required=named is not None)
    for field, section, name in _variables():
        if field in environment:
            target = values.setdefault(section, {}) if section else values
            if isinstance(target, dict):
                target[name] = environment[field]
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        chosen = language_of(wish or str(values.get("language")))
        where, reason = _complaint(error, file, environment, chosen)
        raise SettingsError(where, reason, chosen) from error


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


def _complaint(
    error: ValidationError, file: Path, environment: Mapping[str, str], language: Language
) -> tuple[str, str]:
    """Where the first wrong setting stands, and what is wrong with it."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    variable = PREFIX + name.upper().replace(".", "_")
    where = variable if variable in environment else f"{file}: {name}"
    if first["type"] == "extra_forbidden":
        model = Limits if len(first["loc"]) > 1 else Settings
        known = ", ".join(model.model_fields)
        return where, say("say.setting.unknown", language, known=known)
    kind = first["type"].removesuffix("_type").removesuffix("_parsing")
    known_kind = next((known for known in _KINDS if kind.startswith(known)), "other")
    limits = {k: v for k, v in first.get("ctx", {}).items() if k in ("gt", "ge", "expected")}
    bound = str(next(iter(limits.values()), "")).replace(" or ", ", ")
    return where, say(f"say.setting.{known_kind}", language, given=first["input"], bound=bound)


_KINDS = ("int", "float", "bool", "string", "literal_error", "greater_than_equal", "greater_than",
          "model")  # fmt: skip


def _from_file(path: Path, language: Language, *, required: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        if not required:
            return {}
        raise SettingsError(str(path), say("say.setting.not_found", language), language) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsError(str(path), reason, language) from error
    except UnicodeDecodeError as error:
        raise SettingsError(str(path), say("say.setting.not_utf8", language), language) from error
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        known = "say.setting.not_toml_line" if line else "say.setting.not_toml"
        reason = say(known, language, **({"line": line[1]} if line else {}))
        raise SettingsError(str(path), reason, language) from error
