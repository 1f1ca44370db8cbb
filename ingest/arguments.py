"""``argparse`` that speaks two languages and knows how wide a Chinese character is."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from gouji.ingest.outcome import USAGE
from gouji.ingest.terminal import wrap
from gouji.ingest.texts import Say, catalogue

if TYPE_CHECKING:
    from gouji.ingest.settings import Settings

ENGINES = ("rapid", "tesseract", "replay")
_WISHES = ("engine", "text", "workspace", "store", "settle", "poll", "done", "failed")
_KNOWN = ("required", "choice", "unknown", "one", "at_least_one", "invalid")


class Parser(argparse.ArgumentParser):
    """A parser with its headings, its help and its complaints in the language of ``tell``."""

    def __init__(self, *, tell: Say, **options: Any) -> None:
        formatter: Callable[[str], _Formatter] = lambda prog: _Formatter(prog, tell)  # noqa: E731
        super().__init__(
            **options,
            formatter_class=formatter,  # type: ignore[arg-type]
            add_help=False,
            allow_abbrev=False,
        )
        self.tell = tell
        self._positionals.title = tell("help.title.arguments")
        self._optionals.title = tell("help.title.options")
        self.add_argument("-h", "--help", action="help", help=tell("help.option.help"))

    def add_version(self) -> None:
        """The option ``--version``."""
        self.add_argument("--version", action=_Version, help=self.tell("help.option.version"))

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments, and leave."""
        text = self.tell("say.usage").format(reason=self._translated(message), program=self.prog)
        self.exit(USAGE, f"gouji: {text}\n")

    def _translated(self, message: str) -> str:
        """What argparse says, in our language where we know the phrase."""
        for name in _KNOWN:
            texts = catalogue()[f"usage.{name}"]
            pattern = re.escape(texts["en"]).replace(r"\{\}", "(.*)")
            if (match := re.fullmatch(pattern, message)) and self.tell("usage." + name):
                return self.tell(f"usage.{name}").format(*match.groups())
        return message


def number(
    least: float, kind: type = int, most: float = sys.float_info.max
) -> Callable[[str], Any]:
    """Takes a number of a kind between those."""

    def number(text: str) -> Any:
        value = kind(text)
        if not least <= value <= most:
            raise ValueError(text)
        return value

    return number


def add_reading_options(parser: argparse.ArgumentParser, tell: Say) -> None:
    """How scanned pages are read; they win over the settings."""
    group = parser.add_argument_group(tell("help.title.scans"))
    group.add_argument("--engine", metavar="NAME", choices=ENGINES, help=tell("help.option.engine"))
    group.add_argument("--text", action="store_true", default=None, help=tell("help.option.text"))


def add_store_options(parser: argparse.ArgumentParser, tell: Say) -> None:
    """Where the store is; they win over the settings."""
    group = parser.add_argument_group(tell("help.title.store"))
    group.add_argument("--workspace", metavar="DIR", help=tell("help.option.workspace"))
    group.add_argument("--store", metavar="URL", help=tell("help.option.store"))


def with_options(settings: Settings, options: argparse.Namespace) -> Settings:
    """The settings as the options of the command line change them."""
    wishes = {name: getattr(options, name, None) for name in _WISHES}
    if getattr(options, "leave", False):
        wishes["afterwards"] = "leave"
    return settings.model_copy(update={k: v for k, v in wishes.items() if v is not None})


class _Version(argparse.Action):
    """Print the version; it is looked up only then."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**(options | {"nargs": 0, "default": argparse.SUPPRESS}))

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        sys.stdout.write(f"gouji {version('gouji')}\n")
        parser.exit()


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Texts wrapped by their width on the terminal."""

    def __init__(self, prog: str, tell: Say) -> None:
        super().__init__(prog, max_help_position=26)
        self._tell = tell

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, prefix or self._tell("help.title.usage"))

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrap(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = [piece for line in text.split("\n") for piece in _wrapped(line, width)]
        return "\n".join(indent + line for line in lines)


def _wrapped(line: str, width: int) -> list[str]:
    """Prose is wrapped; examples, which are indented, are left as they are."""
    return [line] if line.startswith(" ") else wrap(line, width)
