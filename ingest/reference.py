"""The reference of the program, made from the program: commands, settings, codes, the schema.

``python -m gouji.ingest.reference docs`` writes ``reference.md`` and ``record.schema.json``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from gouji.ingest import cli, messages, settings, texts
from gouji.ingest.messages import Language
from gouji.ingest.summary import STATES
from gouji.tables.record import Record

_HEAD = """# Reference

Made from the program by `make docs`; do not edit. Why things are as they are:
[design.md](design.md).
"""
_SETTINGS = """Settings come from the file given with `--settings`, else from the one that
`GOUJI_SETTINGS` names, else from `gouji.toml` in the current folder; a variable of the environment
wins over the file. A dot in a name is a section: `limits.pages` is `pages` under `[limits]`.
"""
_CODES = """What can be told about a document. An `error` without an exit code says that figures are
wrong: `gouji check` then exits with 1. One with an exit code stops its document, and no other; the
rest are hints. `{names}` stand for the arguments that the record gives too.
"""
_RECORD = """`gouji read --json` prints an array of records, one for each report. Their fields:
[record.schema.json](record.schema.json). Values and differences are exact decimals in strings;
pages count from 1, rows and columns of grids from 0; boxes are points of the page as displayed,
origin top left; a source without pages has `at`, a place in the text that
`gouji show --stage lines` prints. A record with `"status": "failed"` has `gouji`, `source`,
`findings` and `status` only.
"""


_STATES = """What became of a document is its `status`; for people there are more words than that:
"""


def schema() -> str:
    """The JSON schema of a record, as it is printed."""
    content = Record.model_json_schema(by_alias=True, mode="serialization")
    content["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    # A failed record is cut short, see ``output.as_object``.
    content["required"] = ["gouji", "source", "findings", "status"]
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def reference() -> str:
    """The whole reference in Markdown."""
    sections = (
        _HEAD,
        "## Commands\n",
        *_commands(),
        "## The record\n",
        _RECORD,
        _STATES,
        _table(("status", "word", "meaning", "状态", "含义"), _states()),
        "## Settings\n",
        _SETTINGS,
        _table(("setting", "variable", "default", "what it is"), _settings()),
        "## Findings and errors\n",
        _CODES,
        _table(("code", "severity", "exit", "English", "中文"), _codes()),
        "## Exit codes\n",
        _table(("code", "English", "中文"), _exits()),
    )
    return "\n".join(sections)


def _commands() -> Iterator[str]:
    english, chinese = (cli.parser_for(language) for language in _LANGUAGES)
    yield "Options of all commands, before or after the command's name:\n"
    yield _options(english, chinese, own=False)
    parsers = zip(_subparsers(english).items(), _subparsers(chinese).values(), strict=True)
    for (name, parser), same in parsers:
        yield f"### gouji {name}\n"
        yield f"{parser.description}. {same.description}。\n"
        yield _options(parser, same, own=True)
        yield f"```text\n{(parser.epilog or '').strip()}\n```\n"


_LANGUAGES: tuple[Language, Language] = ("en", "zh")


def _subparsers(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    commands = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    found: dict[str, argparse.ArgumentParser] = dict(commands.choices)
    return found


def _options(
    english: argparse.ArgumentParser, chinese: argparse.ArgumentParser, *, own: bool
) -> str:
    """The options of a parser; ``own``: without those that all commands have."""
    shared = {"help", "version", *cli.GLOBAL}
    rows = [
        (f"`{_written(action)}`", action.help or "", same.help or "")
        for action, same in zip(english._actions, chinese._actions, strict=True)
        if action.dest != "command" and (action.dest in shared) != own
    ]
    return _table(("option", "English", "中文"), rows)


def _written(action: argparse.Action) -> str:
    """An option as it is typed."""
    choices = "{" + ",".join(action.choices) + "}" if action.choices else None
    value = choices if action.choices else action.metavar
    if not action.option_strings:
        return f"{value}…" if action.nargs == "+" else f"[{value}]"
    names = ", ".join(action.option_strings)
    return f"{names} {value}" if value and action.nargs != 0 else names


def _settings() -> Iterator[Sequence[str]]:
    for name, variable, default, what in settings.describe():
        shown = "" if default in (None, "") else f"`{json.dumps(default)}`"
        yield f"`{name}`", f"`{variable}`", shown, what


def _codes() -> Iterator[Sequence[str]]:
    for code, entry in sorted(messages.catalogue().items()):
        yield f"`{code}`", entry["severity"], str(entry.get("exit", "")), entry["en"], entry["zh"]


def _states() -> Iterator[Sequence[str]]:
    known = texts.catalogue()
    status = {"differs": "clean", "no_table": "clean", "illegible": "needs_review"}
    for state in STATES:
        name, about = known[f"status.{state}"], known[f"status.about.{state}"]
        told = (name["en"], about["en"], name["zh"], about["zh"])
        yield f"`{status.get(state, state)}`", *told


def _exits() -> Iterator[Sequence[str]]:
    for name, words in texts.catalogue().items():
        if name.startswith("exit."):
            yield name.removeprefix("exit."), words["en"], words["zh"]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main(arguments: Sequence[str]) -> None:
    """Write both files into the folder named."""
    folder = Path(arguments[0] if arguments else "docs")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "reference.md").write_text(reference(), encoding="utf-8")
    (folder / "record.schema.json").write_text(schema(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
