"""Words on a terminal: widths of Chinese text, tables, colours, progress."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile, zip_longest
from typing import Literal, TextIO

from gouji.ingest.messages import Language
from gouji.ingest.texts import say
from gouji.ocr.finding import DocumentError

Style = Literal["red", "green", "yellow", "grey", "bold"]
_CODES: dict[Style, str] = {"red": "31", "green": "32", "yellow": "33", "grey": "90", "bold": "1"}
_GAP = "  "
_NARROWEST = 8


class Console:
    """Where the program speaks: results to standard output, remarks to standard error."""

    def __init__(self, language: Language, *, quiet: bool = False, colour: bool = True) -> None:
        self.language = language
        self.quiet = quiet
        self._colour = colour and can_colour(sys.stdout)
        self._progress = not quiet and sys.stderr.isatty()
        self._shown = 0

    def say(self, text: str, /, **arguments: object) -> str:
        """One of the program's texts in the language of the console."""
        return say(text, self.language, **arguments)

    def print(self, text: str = "", *, end: str = "\n") -> None:
        """A line of the result."""
        self.clear()
        with self._writing():
            sys.stdout.write(text + end)

    def flush(self) -> None:
        """Let the result go out now."""
        with self._writing():
            sys.stdout.flush()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A full disk behind standard output is an error like that of any other file."""
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            drop_output()
            target, reason = self.say("say.stdout"), error.strerror or str(error)
            raise DocumentError("cannot_write", target=target, reason=reason) from error

    def complain(self, text: str) -> None:
        """A line to standard error, whether quiet or not."""
        self.clear()
        sys.stderr.write(f"gouji: {text}\n")

    def remark(self, text: str) -> None:
        """A line to standard error that nobody needs."""
        if not self.quiet:
            self.complain(text)

    def paint(self, text: str, style: Style | None) -> str:
        """The text in a colour, where there are colours."""
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if style and self._colour else text

    def progress(self, number: int, count: int, name: str) -> None:
        """Say what is being read, in one line that is overwritten. Quiet when piped."""
        self.show(self.say("say.progress", number=number, count=count, file=clean(name)))

    def show(self, text: str) -> None:
        """Say how far things are, in one line that the next overwrites. Quiet when piped."""
        if not self._progress:
            return
        self.clear()
        text = shorten(text, shutil.get_terminal_size().columns - 1)
        sys.stderr.write(text)
        sys.stderr.flush()
        self._shown = width(text)

    def clear(self) -> None:
        """Take the progress line away."""
        if self._shown:
            sys.stderr.write("\r" + " " * self._shown + "\r")
            sys.stderr.flush()
            self._shown = 0

    def table(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        right: Sequence[int] = (),
        styles: Sequence[Style | None] = (),
        paths: Sequence[int] = (),
    ) -> None:
        """Print a table. ``right`` are the columns of figures; ``styles`` colour whole rows.

        On a terminal that is too narrow ``paths`` lose the folder they have in common, then the
        widest columns go on in further lines. Nothing is cut.
        """
        cells = [[clean(cell) for cell in row] for row in (heads, *rows)]
        widths = _widths(cells)
        room = shutil.get_terminal_size().columns
        if sys.stdout.isatty() and _taken(widths) > room:
            for column in paths:
                _drop_common_folder(cells[1:], column)
            widths = _widths(cells)
            _fit(widths, room, [max(width(head), _NARROWEST) for head in cells[0]])
            _fit(widths, room, [_NARROWEST] * len(widths))
        for number, row in enumerate(cells):
            style = styles[number - 1] if number and styles else None
            folded = [fold(cell, widths[i]) for i, cell in enumerate(row)]
            for pieces in zip_longest(*folded, fillvalue=""):
                line = _GAP.join(
                    pad(piece, widths[i], right=i in right) for i, piece in enumerate(pieces)
                )
                self.print(self.paint(line.rstrip(), style if number else "bold"))


def drop_output() -> None:
    """What Python would still flush to standard output on leaving has nowhere to go."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def can_colour(stream: TextIO) -> bool:
    """Whether colours are wanted and understood there (https://no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return False
    return sys.platform != "win32" or bool({"WT_SESSION", "ANSICON", "TERM"} & set(os.environ))


def clean(text: str) -> str:
    """The text without what could steer a terminal: documents come from anywhere."""
    return "".join(char if char.isprintable() else " " for char in text)


def width(text: str) -> int:
    """How many columns of a terminal a text takes; a Chinese character takes two."""
    if text.isascii():
        return len(text)
    from wcwidth import wcwidth

    return sum(max(wcwidth(char), 0) for char in text)


def pad(text: str, to: int, *, right: bool = False) -> str:
    """The text filled up with blanks."""
    blanks = " " * max(to - width(text), 0)
    return blanks + text if right else text + blanks


def shorten(text: str, to: int) -> str:
    """The text cut to a width, with an ellipsis for what is left out."""
    return text if width(text) <= to else fold(text, to - 1)[0] + "…"


def fold(text: str, to: int) -> list[str]:
    """The text in lines of a width, broken wherever it is met."""
    lines = [""]
    for char in text:
        if lines[-1] and width(lines[-1]) + width(char) > to:
            lines.append("")
        lines[-1] += char
    return lines


def wrap(text: str, to: int) -> list[str]:
    """The text broken into lines of a width: between words, and between Chinese characters."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and width(line + piece.rstrip()) > to:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str) -> list[str]:
    """Parts that a line may end after. No line begins with a closing mark."""
    pieces: list[str] = []
    for char in text:
        glued = char in "，。；：、）》”？！ ,.;:)" or (
            bool(pieces) and pieces[-1][-1].isascii() and char.isascii() and pieces[-1][-1] != " "
        )
        if pieces and (glued or pieces[-1][-1] in "（《“("):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def _widths(cells: Sequence[Sequence[str]]) -> list[int]:
    return [max(width(row[i]) for row in cells) for i in range(len(cells[0]))]


def _taken(widths: Sequence[int]) -> int:
    """The width of a table with such columns."""
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _drop_common_folder(rows: Sequence[list[str]], column: int) -> None:
    folders = [row[column].replace("\\", "/").split("/")[:-1] for row in rows]
    common = takewhile(lambda names: len(set(names)) == 1, zip(*folders, strict=False))
    start = sum(len(names[0]) + 1 for names in common)
    for row in rows:
        row[column] = row[column][start:]


def _fit(widths: list[int], room: int, least: Sequence[int]) -> None:
    """Take from the widest columns, down to their least widths, until all fit in the room."""
    while _taken(widths) > room:
        spare = [i for i in range(len(widths)) if widths[i] > least[i]]
        if not spare:
            return
        widths[max(spare, key=lambda i: widths[i])] -= 1
