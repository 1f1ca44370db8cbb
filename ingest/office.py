"""DOC, WPS, RTF, OpenDocument and their like, through LibreOffice, to DOCX or XLSX."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Literal

from gouji.ingest import platform
from gouji.ingest.kinds import Kind
from gouji.ingest.settings import Settings
from gouji.ocr.finding import DocumentError

_FILTERS = {"docx": "docx:Office Open XML Text", "xlsx": "xlsx:Calc MS Excel 2007 XML"}
_SUFFIXES: dict[Kind, str] = {"docxml": "xml"}
_SHEETS: tuple[Kind, ...] = ("ods", "xlsb")
# Less than the whole, so that it ends before a child process that waits for it is ended.
_SHARE = 0.8
# No macros and no links fetched from elsewhere.
_SECURITY = (
    ("DisableActiveContent", "true"),
    ("DisableMacrosExecution", "true"),
    ("BlockUntrustedRefererLinks", "true"),
    ("MacroSecurityLevel", "3"),
)
_PROFILE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    '<item oor:path="/org.openoffice.Office.Common/Security/Scripting">'
    + "".join(
        f'<prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop>'
        for name, value in _SECURITY
    )
    + "</item></oor:items>"
)


def convert(data: bytes, kind: Kind, settings: Settings) -> tuple[bytes, Literal["docx", "xlsx"]]:
    """Convert a document of one of the kinds in ``gouji.ingest.kinds.OFFICE``.

    LibreOffice is a process group of its own, ended when its share of the time is up.

    Raises ``needs_libreoffice`` where it is not installed, ``too_long``, ``libreoffice_failed``.
    """
    program = platform.find_libreoffice(settings.libreoffice)
    if program is None:
        raise DocumentError("needs_libreoffice", kind=kind)
    target: Literal["docx", "xlsx"] = "xlsx" if kind in _SHEETS else "docx"
    with tempfile.TemporaryDirectory(prefix="gouji-", ignore_cleanup_errors=True) as folder:
        here = Path(folder)
        source = here / f"document.{_SUFFIXES.get(kind, kind)}"
        source.write_bytes(data)
        profile = here / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, "utf-8")
        _run(
            [
                program,
                f"-env:UserInstallation={profile.as_uri()}",
                *("--headless", "--norestore", "--nolockcheck", "--nodefault"),
                *("--convert-to", _FILTERS[target], "--outdir", str(here / "out"), str(source)),
            ],
            settings.limits.seconds * _SHARE,
        )
        made = here / "out" / f"document.{target}"
        if not made.is_file():
            raise DocumentError("libreoffice_failed", kind=kind)
        return made.read_bytes(), target


def _run(command: list[str], seconds: float) -> None:
    process = platform.start(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise DocumentError("too_long", seconds=int(seconds)) from error
    finally:
        platform.end(process)
