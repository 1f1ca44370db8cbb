"""The data file ``narrative.toml``, ready to use: the lexicon and the patterns of words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Pattern:
    """A row of words that states something (see ``narrative.toml``)."""

    regex: re.Pattern[str]
    states: tuple[str, ...]
    implies: tuple[str, ...]
    needs: str
    opens: bool
    after: str
    topic: str
    kind: str
    value: str
    items: str
    form: str
    total: bool


@dataclass(frozen=True, slots=True)
class Language:
    """The data file.

    ``sizes``: how long the words are that begin with a character; ``forms``: the class, name and
    form of those words that have a form rather than a spelling, by the character they begin with.
    """

    lexicon: Mapping[str, tuple[str, str]]
    sizes: Mapping[str, tuple[int, ...]]
    forms: Mapping[str, tuple[tuple[str, str, re.Pattern[str]], ...]]
    patterns: tuple[Pattern, ...]
    units: Mapping[str, tuple[str, tuple[str, ...]]]
    outcomes: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, str]

    def kind_of(self, text: str) -> str:
        """Name the class of a text that is one word; empty where it is none."""
        if text in self.lexicon:
            return self.lexicon[text][0]
        forms = self.forms.get(text[:1], ())
        return next((kind for kind, _, form in forms if form.fullmatch(text)), "")


@cache
def language() -> Language:
    """Read the words and patterns of ``narrative.toml``, once."""
    data = tomllib.loads(files("gouji.tables").joinpath("narrative.toml").read_text("utf-8"))
    lexicon: dict[str, tuple[str, str]] = {}
    sizes: dict[str, set[int]] = {}
    for key, words in data["words"].items():
        kind, _, name = key.partition(":")
        for word in words:
            lexicon[word] = (kind, name)
            sizes.setdefault(word[0], set()).add(len(word))
    forms: dict[str, list[tuple[str, str, re.Pattern[str]]]] = {}
    for row in data["form"]:
        kind, _, name = row["word"].partition(":")
        for first in row["begins"]:
            forms.setdefault(first, []).append((kind, name, re.compile(row["text"])))
    return Language(
        lexicon,
        {first: tuple(sorted(of, reverse=True)) for first, of in sizes.items()},
        {first: tuple(of) for first, of in forms.items()},
        tuple(_pattern(row) for row in data["pattern"]),
        {key: (row["unit"], tuple(row["written"])) for key, row in data["units"].items()},
        {key: tuple(names) for key, names in data["outcomes"].items()},
        data["labels"],
    )


@cache
def fitting(tags: str) -> tuple[Pattern, ...]:
    """Find the patterns that explain a clause from its first word to its last."""
    return tuple(p for p in language().patterns if p.regex.fullmatch(tags))


_ALIASES = {
    "subject": "(review|litigation)",
    "item": "(requests|apply|review|litigation|complaints|direct|after_review|carried_in"
    "|other_subject)",
}
_TERM = re.compile(r"[a-z_]+[01]?(?:\.[a-z_]+)*")


def _encoded(found: re.Match[str]) -> str:
    """``outcome.refused`` → the tag of that word, ``outcome`` → the tag of any of its class."""
    kind, _, name = found[0].partition(".")
    if kind == "any":
        return "(?:<[^>]*>)"
    if kind in ("qty0", "qty1"):
        return f"(?:<qty:{kind[-1]}>)"
    return f"(?:<{kind}:{re.escape(name)}>)" if name else f"(?:<{kind}:[^>]*>)"


def _pattern(row: dict[str, Any]) -> Pattern:
    words = row["words"]
    for alias, members in _ALIASES.items():
        words = re.sub(rf"\b{alias}\b", members, words)
    text = _TERM.sub(_encoded, words).replace(" ", "").replace("((?:", "(?:(?:")
    text = re.sub(r"\((?!\?)", "(?:", text)
    return Pattern(
        re.compile(text),
        tuple(row.get("states", ())),
        tuple(row.get("implies", ())),
        row.get("needs", ""),
        row.get("opens", False),
        row.get("after", ""),
        row.get("topic", ""),
        row.get("kind", "stated"),
        row.get("value", "qty"),
        row.get("items", ""),
        row.get("form", ""),
        row.get("total", False),
    )
