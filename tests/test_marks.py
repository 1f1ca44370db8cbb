"""Dashes and slashes are told by their shape; digits are not taken for them."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from gouji.ocr.marks import mark_in, mark_of
from gouji.ocr.page import Box

FONTS = (
    "DejaVuSans.ttf",
    "DejaVuSerif.ttf",
    "DejaVuSans-Oblique.ttf",
    "LiberationSerif-Italic.ttf",
)


def drawn(text: str, font: str) -> str | None:
    try:
        face = ImageFont.truetype(font, 40)
    except OSError:
        pytest.skip(f"{font} is not installed")
    picture = Image.new("L", (200, 80), 255)
    ImageDraw.Draw(picture).text((20, 12), text, font=face, fill=15)
    x0, y0, x1, y1 = Image.eval(picture, lambda v: 255 - v).getbbox() or (0, 0, 1, 1)
    box = Box(0, 0, (x1 - x0) / 4, (y1 - y0) / 4)
    sight = mark_of(np.asarray(picture.crop((x0 - 2, y0 - 2, x1 + 2, y1 + 2))), box, 9.0, "shape")
    return sight.text if sight else None


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("text", [*"0123456789", "11", "17", "71", "无"])
def test_digits_are_no_marks(text: str, font: str) -> None:
    assert drawn(text, font) is None


@pytest.mark.parametrize("font", FONTS[:2])
@pytest.mark.parametrize("text", ["-", "—", "——", "/"])
def test_marks_are_told(text: str, font: str) -> None:
    assert drawn(text, font) == text.replace("——", "-").replace("—", "-")


@pytest.mark.parametrize(
    ("ink", "text"),
    [((10, 14, 30, 16), "-"), ((8, 14, 62, 16), "-"), ((18, 8, 21, 22), None), (None, None)],
)
def test_marks_are_told_in_the_second_picture(
    ink: tuple[int, int, int, int] | None, text: str | None
) -> None:
    picture = np.full((30, 70), 255, np.uint8)
    if ink:
        picture[ink[1] : ink[3], ink[0] : ink[2]] = 0
    sight = mark_in(picture, "shape")
    assert (sight.text if sight else None) == text
