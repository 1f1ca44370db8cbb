"""Which exit code a run ends with. What each means stands in ``texts.toml`` under ``exit``."""

from __future__ import annotations

from collections.abc import Iterable

from gouji.ingest.messages import Language
from gouji.ocr.finding import DocumentError

OK = 0
DOES_NOT_ADD_UP = 1
USAGE = 2
SEVERAL = 9
NOTHING_TO_CHECK = 11
FAULT = 70
INTERRUPTED = 130
BROKEN_PIPE = 141
ENDED = 143


class SettingsError(DocumentError):
    """Settings that cannot be used, told in the language that they ask for themselves."""

    def __init__(self, setting: str, reason: str, language: Language) -> None:
        super().__init__("bad_settings", setting=setting, reason=reason)
        self.language = language


def exit_of(codes: Iterable[int]) -> int:
    """0 where nothing went wrong, the code if there is one, ``SEVERAL`` if there are more."""
    bad = set(codes) - {OK}
    if not bad:
        return OK
    return bad.pop() if len(bad) == 1 else SEVERAL
