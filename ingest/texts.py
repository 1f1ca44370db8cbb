"""The program's own words, Chinese and English. They stand in ``texts.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from gouji.ingest.messages import Language

Say = Callable[[str], str]
"""Gives a text by its name, in the language already chosen."""


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Every text: its dotted name → language → words."""
    content = (files("gouji.ingest") / "texts.toml").read_text(encoding="utf-8")
    return dict(_flat("", tomllib.loads(content)))


def say(name: str, /, language: Language, **arguments: object) -> str:
    """A text with its arguments filled in."""
    text = catalogue()[name][language].strip("\n")
    return text.format_map(arguments) if arguments else text


def _flat(prefix: str, data: Mapping[str, Any]) -> list[tuple[str, Mapping[str, str]]]:
    if "zh" in data:
        return [(prefix, data)]
    return [
        pair
        for name, inner in data.items()
        for pair in _flat(f"{prefix}.{name}" if prefix else name, inner)
    ]
