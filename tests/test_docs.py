"""The reference cannot rot: everything the program has stands in it, and nothing is out of date."""

import argparse
import ast
import json
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from gouji.ingest import cli, messages, outcome, reference, settings, texts

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
REFERENCE = (DOCS / "reference.md").read_text("utf-8")
LANGUAGES = ("zh", "en")


@cache
def sources() -> tuple[tuple[Path, ast.Module], ...]:
    paths = [p for folder in ("ocr", "tables", "ingest") for p in (ROOT / folder).rglob("*.py")]
    return tuple((path, ast.parse(path.read_text("utf-8"))) for path in sorted(paths))


def called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def strings() -> Iterator[str]:
    """Every string in the source that stands by itself."""
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def findings() -> Iterator[tuple[Path, str, set[str] | None, bool]]:
    """Each finding or error made in the source: code, arguments where they stand there, and
    whether it is an error."""
    for path, tree in sources():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or called(node) not in ("Finding", "DocumentError"):
                continue
            error = called(node) == "DocumentError"
            named = {word.arg for word in node.keywords if word.arg} - {"refs", "page"}
            given: set[str] | None = None
            if error and all(word.arg for word in node.keywords):
                given = named
            elif not error and len(node.args) < 2:
                given = set()
            elif not error and isinstance(node.args[1], ast.Dict):
                keys = [k.value for k in node.args[1].keys if isinstance(k, ast.Constant)]
                given = {str(key) for key in keys} if len(keys) == len(node.args[1].keys) else None
            for code in _constants(node.args[0]) if node.args else ():
                yield path, code, given, error


def _constants(node: ast.expr) -> Iterator[str]:
    """The strings that an expression may be; what is looked up in a table is not followed."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_constants(node.body), *_constants(node.orelse))


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_reference_and_schema_are_current() -> None:
    assert reference.reference() == REFERENCE, "run `make docs`"
    assert reference.schema() == (DOCS / "record.schema.json").read_text("utf-8"), "run `make docs`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_and_option_stands_in_the_reference(language: messages.Language) -> None:
    parser = cli.parser_for(language)
    commands = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    assert set(commands.choices) == set(cli.COMMANDS)
    for name, own in commands.choices.items():
        assert f"### gouji {name}\n" in REFERENCE
        for action in own._actions:
            for option in action.option_strings:
                assert option in REFERENCE
            assert action.help
            assert reference._cell(action.help) in REFERENCE


def test_every_setting_stands_in_the_reference() -> None:
    for name, variable, _, what in settings.describe():
        assert f"| `{name}` | `{variable}` |" in REFERENCE
        assert what


def test_every_code_stands_in_the_reference() -> None:
    for code, entry in messages.catalogue().items():
        assert f"| `{code}` | {entry['severity']} | {entry.get('exit', '')} |" in REFERENCE
        for language in LANGUAGES:
            assert reference._cell(entry[language]) in REFERENCE


def test_every_exit_code_is_explained() -> None:
    explained = {
        int(name.removeprefix("exit."))
        for name in texts.catalogue()
        if name.startswith("exit.")
    }  # fmt: skip
    of_errors = {entry["exit"] for entry in messages.catalogue().values() if "exit" in entry}
    own = {value for name, value in vars(outcome).items() if name.isupper()}
    assert explained == of_errors | own
    for code in explained:
        assert f"\n| {code} | " in REFERENCE


def test_codes_in_the_source_have_texts_and_texts_have_codes() -> None:
    known = messages.catalogue()
    made = {code for _, code, _, _ in findings()}
    assert made <= set(known), made - set(known)
    unused = set(known) - set(strings())
    assert not unused


def test_errors_have_exit_codes_and_others_have_none() -> None:
    for path, code, _, error in findings():
        if error:
            assert "exit" in messages.catalogue()[code], (path, code)
    for code, entry in messages.catalogue().items():
        assert "exit" not in entry or entry["severity"] == "error", code


def test_messages_use_only_arguments_that_are_given() -> None:
    for path, code, given, _ in findings():
        if given is None:
            continue
        entry = messages.catalogue()[code]
        for language in LANGUAGES:
            assert fields(entry[language]) - {"page"} <= given, (path.name, code)


def test_messages_are_whole_and_in_both_languages() -> None:
    for code, entry in messages.catalogue().items():
        assert set(entry) <= {"severity", "zh", "en", "exit", "doubt", "page"}, code
        assert entry["severity"] in ("error", "warning", "info"), code
        for said in (entry, entry.get("page", entry)):
            assert re.search("[\u4e00-\u9fff]", said["zh"]), code
            assert not re.search("[\u4e00-\u9fff]", said["en"]), code
            assert all(fields(said[one]) <= fields(entry[one]) for one in LANGUAGES), code


def test_own_texts_are_in_both_languages_with_the_same_arguments() -> None:
    for name, entry in texts.catalogue().items():
        assert set(entry) == set(LANGUAGES), name
        if not name.startswith("usage."):
            assert fields(entry["zh"]) == fields(entry["en"]), name


def test_own_texts_are_used() -> None:
    """A name that no string of the source holds, nor begins one that it puts together."""
    whole = set(strings())
    beginnings = ("column.", "status.", "state.", "severity.", "usage.", "exit.", "help.",
                  "say.setting.")  # fmt: skip
    for name in texts.catalogue():
        assert name in whole or name.startswith(beginnings), name


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(reference.schema()))
