"""Tesseract through pytesseract: the second reader, independent of the first. Optional."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from gouji.ocr.finding import DocumentError
from gouji.ocr.page import Gray
from gouji.ocr.reader import Reading, Sight

_HEIGHT = 56
"""To which lines are scaled, margins included: Tesseract likes capitals of about 30 pixels."""
_MARGIN = 16
_DIGITS = "0123456789-/.,"
_UNITS = "万亿元件条个项次人无不涉及适用"
_WITH_UNIT = 1.6
"""Times wider than high: only such a picture can hold a unit behind the number."""
_SECONDS = 60


class TesseractReader:
    """Reads figures only: one process for many pictures."""

    name = "tesseract"

    def __init__(self) -> None:
        if shutil.which("tesseract") is None:
            raise DocumentError("reader_missing", reader="Tesseract")
        # Its own threads make short lines slower and take the cores of other workers.
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")

    def read(self, crops: Sequence[Gray]) -> list[Sight]:
        """One sight for each picture; its only alternative is what Tesseract takes it for."""
        wide = [i for i, c in enumerate(crops) if c.shape[1] > _WITH_UNIT * c.shape[0]]
        narrow = sorted(set(range(len(crops))) - set(wide))
        found: dict[int, Sight] = {}
        for chosen, chinese in ((narrow, False), (wide, True)):
            sights = _read([crops[i] for i in chosen], chinese=chinese and _knows_chinese())
            found |= dict(zip(chosen, sights, strict=True))
        return [found[i] for i in range(len(crops))]


@cache
def _knows_chinese() -> bool:
    import pytesseract

    return "chi_sim" in pytesseract.get_languages()


def _read(crops: Sequence[Gray], *, chinese: bool) -> list[Sight]:
    import pytesseract

    if not crops:
        return []
    letters = _DIGITS + (_UNITS if chinese else "")
    with tempfile.TemporaryDirectory(prefix="gouji-") as folder:
        try:
            found = pytesseract.image_to_data(
                _listed(crops, Path(folder)),
                lang="chi_sim+eng" if chinese else "eng",
                config=f"--psm 7 --oem 1 -c tessedit_char_whitelist={letters}",
                timeout=_SECONDS + len(crops),
                output_type=pytesseract.Output.DICT,
            )
        except (pytesseract.TesseractError, RuntimeError, OSError) as error:
            raise DocumentError("reader_failed", reader="Tesseract") from error
    words: dict[int, list[tuple[str, float]]] = {}
    for page, text, conf in zip(found["page_num"], found["text"], found["conf"], strict=True):
        if str(text).strip():
            words.setdefault(int(page) - 1, []).append((str(text).strip(), float(conf)))
    return [_sight(words.get(i, [])) for i in range(len(crops))]


def _listed(crops: Sequence[Gray], folder: Path) -> str:
    """The pictures as files, and a file that lists them."""
    names = [str(folder / f"{i}.png") for i in range(len(crops))]
    for name, crop in zip(names, crops, strict=True):
        (folder / name).write_bytes(cv2.imencode(".png", _prepared(crop))[1].tobytes())
    listing = folder / "list.txt"
    listing.write_text("\n".join(names), "utf-8")
    return str(listing)


def _prepared(crop: Gray) -> Gray:
    scale = _HEIGHT / crop.shape[0]
    size = (max(round(crop.shape[1] * scale), 8), _HEIGHT)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(crop, size, interpolation=how)
    bordered = cv2.copyMakeBorder(
        scaled, _MARGIN, _MARGIN, _MARGIN, _MARGIN, cv2.BORDER_CONSTANT, value=[255]
    )
    return np.asarray(bordered, np.uint8)


def _sight(words: Sequence[tuple[str, float]]) -> Sight:
    text = without_specks("".join(word for word, _ in words))
    confidence = max(min((conf for _, conf in words), default=0.0), 0.0) / 100
    figures = (Reading("tesseract", text, confidence),) if text else ()
    return Sight(text, confidence, figures)


def without_specks(text: str) -> str:
    """A figure does not end with a point: that is dirt."""
    return re.sub(r"(?<=\d)[.,]+$", "", text)
