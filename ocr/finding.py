"""Findings about a document, and the one error that stops it. Both are a code with arguments.

The floors below ``ingest`` never write prose: ``ingest/messages.toml`` has, for each code, its
severity and its text in Chinese and English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Argument = str | int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one document that a person should know.

    ``refs`` are the cells concerned, as ``row@column``; ``page`` counts from 1, None where the
    finding is about the whole document or the source has no pages.
    """

    code: str
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    refs: tuple[str, ...] = ()
    page: int | None = None


class DocumentError(Exception):
    """A document cannot be read; the others can.

    ``finding.code`` decides the exit code and the message, which says what to do.
    """

    def __init__(self, code: str, page: int | None = None, **arguments: Argument) -> None:
        super().__init__(code, arguments)
        self.finding = Finding(code, arguments, page=page)
