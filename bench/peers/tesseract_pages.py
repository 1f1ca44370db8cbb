"""Tesseract on whole pages: LSTM engine, simplified Chinese and English, one block of text."""

from __future__ import annotations

import pytesseract
from PIL import Image
from serve import Word, serve

OPTIONS = "--oem 1 --psm 6"


def read(path: str) -> list[Word]:
    with Image.open(path) as image:
        found = pytesseract.image_to_data(
            image, lang="chi_sim+eng", config=OPTIONS, output_type=pytesseract.Output.DICT
        )
    places = zip(*(found[key] for key in ("left", "top", "width", "height", "text")), strict=True)
    return [(x, y, x + w, y + h, text) for x, y, w, h, text in places if text.strip()]


if __name__ == "__main__":
    serve(read)
