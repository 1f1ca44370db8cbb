"""The words of exported files, from ``export.toml``, in the language asked for."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from gouji.ingest.messages import Language


@cache
def section(name: str) -> dict[str, dict[str, str]]:
    """One table of ``export.toml``: for each key its words by language."""
    text = (files("gouji.ingest") / "export.toml").read_text(encoding="utf-8")
    data: dict[str, Any] = tomllib.loads(text)
    entries: dict[str, dict[str, str]] = data[name]
    return entries


def words(key: str, language: Language, group: str = "text", **arguments: object) -> str:
    """The words of a key, with the arguments put in."""
    return section(group)[key][language].format_map(arguments)
