"""The command ``gouji``: arguments in, exit code out. The one place where errors become codes.

Nothing heavy is imported before a command is known: ``gouji --help`` answers at once.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from gouji.ingest import (
    command_check,
    command_export,
    command_forget,
    command_forms,
    command_grids,
    command_merge,
    command_read,
    command_report,
    command_retry,
    command_review,
    command_run,
    command_show,
    command_status,
    command_watch,
    outcome,
)
from gouji.ingest.arguments import Parser, with_options
from gouji.ingest.messages import Language, exit_code, language_of, render
from gouji.ingest.outcome import SettingsError
from gouji.ingest.terminal import Console, drop_output
from gouji.ingest.texts import Say, say
from gouji.ocr.finding import DocumentError

COMMANDS: dict[str, ModuleType] = {
    "read": command_read,
    "check": command_check,
    "show": command_show,
    "export": command_export,
    "grids": command_grids,
    "forms": command_forms,
    "run": command_run,
    "watch": command_watch,
    "review": command_review,
    "report": command_report,
    "status": command_status,
    "retry": command_retry,
    "forget": command_forget,
    "merge": command_merge,
}
GLOBAL: dict[str, Any] = {
    "lang": None,
    "settings": None,
    "quiet": False,
    "no_color": False,
    "debug": False,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code. Never lets a traceback out.

    Without arguments, it takes those of the process, and its signals too.
    """
    if arguments is None:
        arguments = sys.argv[1:] or ["review"]
        _end_well_when_told_to()
    _prepare_streams()
    debug = "--debug" in arguments
    console = Console(_language_before_parsing(arguments))
    try:
        code = _run(arguments)
        console.flush()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else outcome.FAULT
    except KeyboardInterrupt:
        return _interrupted(console)
    except BrokenPipeError:
        drop_output()
        return outcome.BROKEN_PIPE
    except DocumentError as error:
        language = error.language if isinstance(error, SettingsError) else console.language
        console.complain(render(error.finding, language))
        return exit_code(error.finding.code)
    except Exception as error:
        # Libraries may put an interrupt into an exception of their own.
        if "KeyboardInterrupt" in f"{type(error).__name__}: {error}":
            return _interrupted(console)
        if debug:
            raise
        reason = f"{type(error).__name__}: {error}"[:300]
        console.complain(console.say("say.internal", reason=reason))
        return outcome.FAULT
    return code


def _interrupted(console: Console) -> int:
    console.complain(console.say("say.interrupted"))
    return outcome.INTERRUPTED


def _run(arguments: Sequence[str]) -> int:
    options = parser_for(_language_before_parsing(arguments)).parse_args(arguments)
    from gouji.ingest.settings import load

    settings = with_options(load(options.settings, language=options.lang), options)
    language = language_of(options.lang or settings.language)
    console = Console(language, quiet=options.quiet, colour=not options.no_color)
    code: int = COMMANDS[options.command].run(options, settings, console)
    console.clear()
    return code


def parser_for(language: Language) -> Parser:
    """The whole command line, with its help in a language."""
    tell: Say = partial(say, language=language)
    parser = Parser(
        tell=tell,
        prog="gouji",
        usage="gouji COMMAND …",
        description=tell("about"),
        epilog=tell("examples"),
    )
    parser.add_version()
    commands = parser.add_subparsers(
        title=tell("help.title.commands"),
        prog="gouji",
        dest="command",
        metavar="COMMAND",
        required=True,
    )
    for name, command in COMMANDS.items():
        own = commands.add_parser(
            name,
            tell=tell,
            help=tell(f"help.{name}"),
            description=tell(f"help.{name}"),
            epilog=tell(f"help.more.{name}"),
        )
        command.add_arguments(own, tell)
        _add_global(own)
    _add_global(parser, defaults=GLOBAL)
    return parser


def _add_global(parser: Parser, defaults: dict[str, Any] | None = None) -> None:
    """Options that may stand before or after the command."""
    group = parser.add_argument_group(parser.tell("help.title.global"))
    group.add_argument(
        "--lang", choices=("zh", "en"), default=argparse.SUPPRESS,
        help=parser.tell("help.option.lang"),
    )  # fmt: skip
    group.add_argument(
        "--settings", metavar="FILE", type=Path, default=argparse.SUPPRESS,
        help=parser.tell("help.option.settings"),
    )  # fmt: skip
    for name in ("quiet", "no_color", "debug"):
        group.add_argument(
            "--" + name.replace("_", "-"), action="store_true", default=argparse.SUPPRESS,
            help=parser.tell(f"help.option.{name}"),
        )  # fmt: skip
    parser.set_defaults(**(defaults or {}))


def _language_before_parsing(arguments: Sequence[str]) -> Language:
    """The language for help and for errors that come before the settings are read."""
    wishes = [os.environ.get("GOUJI_LANGUAGE")]
    for at, argument in enumerate(arguments):
        if argument == "--lang":
            wishes += arguments[at + 1 : at + 2]
        elif argument.startswith("--lang="):
            wishes.append(argument.removeprefix("--lang="))
    return language_of(next((w for w in reversed(wishes) if w in ("zh", "en")), None))


def _prepare_streams() -> None:
    """A console that lacks a character shows another; what is piped is UTF-8, as JSON must be."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="replace")


def _end_well_when_told_to() -> None:
    """A request to end unwinds the program, so that its child process ends too."""

    def leave(number: int, _: FrameType | None) -> None:
        sys.exit(128 + number)

    with contextlib.suppress(ValueError):  # not the main thread
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, leave)
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, leave)


if __name__ == "__main__":
    sys.exit(main())
