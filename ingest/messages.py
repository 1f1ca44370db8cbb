"""Codes with arguments → words. The texts stand in ``messages.toml``, Chinese and English."""

from __future__ import annotations

import locale
import os
import tomllib
from collections import defaultdict
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from gouji.ocr.finding import Finding

Language = Literal["zh", "en"]
Severity = Literal["error", "warning", "info"]


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    """Every code with its severity, its texts and, for errors that stop, its exit code."""
    text = (files("gouji.ingest") / "messages.toml").read_text(encoding="utf-8")
    entries: dict[str, dict[str, Any]] = tomllib.loads(text)["code"]
    return entries


def severity(code: str) -> Severity:
    """How serious a finding is: only an ``error`` makes ``gouji check`` fail."""
    level: Severity = catalogue()[code]["severity"]
    return level


def kind_of(code: str) -> str:
    """The kind of doubt that a cell's reason is; empty if it is none, or of another version."""
    return str(catalogue().get(code, {}).get("doubt", ""))


def exit_code(code: str) -> int:
    """What the program exits with when this error stops a document."""
    return int(catalogue()[code].get("exit", 1))


def render(finding: Finding, language: Language, *, review: bool = False) -> str:
    """The finding in words, at the command line or for the ``review`` page. ``{page}`` stands for
    its page, the rest for its arguments; what an earlier version did not tell is a question mark.
    """
    entry = catalogue()[finding.code]
    text: str = (entry.get("page", entry) if review else entry)[language]
    values = {"page": finding.page, **finding.arguments}
    known = {name: str(value) for name, value in values.items()}
    return text.format_map(defaultdict(lambda: "?", known))


def language_of(wish: str | None = None) -> Language:
    """The language asked for, else that of the locale: Chinese in a Chinese one, else English."""
    if wish in ("zh", "en"):
        return "zh" if wish == "zh" else "en"
    named = next(
        (os.environ[v] for v in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(v)), ""
    )
    if not named:
        named = locale.getlocale()[0] or ""
    return "zh" if named.lower().startswith(("zh", "chinese")) else "en"
