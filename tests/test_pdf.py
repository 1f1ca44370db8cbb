"""A PDF's pages: what stands where, which lines are drawn, and whether the text is believed."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from raw_pdf import RawPdf, cmap, text

from gouji.ingest.isolate import Worker
from gouji.ocr.finding import DocumentError
from gouji.ocr.page import Box, Page
from gouji.ocr.pdf import PdfLimits, open_pages, read_page, render, render_part
from gouji.tables.limits import Limits

DIGITS = "".join(text(20 + 30 * i, 200, str(i) * 2) for i in range(10))
WORDS = text(20, 100, "Eleven applications were received")


def only(pdf: RawPdf) -> Page:
    (page,) = open_pages(pdf.bytes())
    return page


def written(page: Page) -> str:
    return "".join(char.text for char in page.chars)


def codes(page: Page) -> list[str]:
    return [finding.code for finding in page.findings]


def picture(pdf: RawPdf, pixels: bytes, width: int, height: int) -> int:
    return pdf.stream(
        pixels,
        f"/Type/XObject/Subtype/Image/Width {width}/Height {height}"
        "/ColorSpace/DeviceGray/BitsPerComponent 8",
    )


# Where things stand


@pytest.mark.parametrize(
    ("turn", "expected"),
    [(0, (50, 60)), (90, (240, 50)), (180, (350, 240)), (270, (60, 350))],
)
def test_coordinates_are_those_of_the_page_as_displayed(
    turn: int, expected: tuple[int, int]
) -> None:
    # A dot-like character at (50, 240) of a page 400 by 300.
    pdf = RawPdf().page(text(50, 240, "1", 10), f"/MediaBox[0 0 400 300]/Rotate {turn}")
    page = only(pdf)
    (char,) = page.chars
    assert (page.width, page.height) == ((400, 300) if turn % 180 == 0 else (300, 400))
    assert char.angle == turn
    corners = [(x, y) for x in (char.box.x0, char.box.x1) for y in (char.box.y0, char.box.y1)]
    nearest = min(abs(x - expected[0]) + abs(y - expected[1]) for x, y in corners)
    assert nearest < 3.5


def test_the_crop_box_is_the_page() -> None:
    pdf = RawPdf().page(
        text(120, 180, "in") + text(10, 10, "out"),
        "/MediaBox[0 0 400 300]/CropBox[100 100 300 200]",
    )
    page = only(pdf)
    assert (page.width, page.height) == (200, 100)
    assert written(page) == "in"
    assert page.chars[0].box.x0 == pytest.approx(20, abs=0.5)
    assert page.chars[0].box.y1 == pytest.approx(20 + 0.15 * 12, abs=0.5)


def test_white_space_is_left_out_and_order_kept() -> None:
    page = only(RawPdf().page(text(20, 200, "a b  c") + text(20, 250, "d")))
    assert written(page) == "abcd"


def test_text_drawn_twice_to_look_bold_counts_once() -> None:
    page = only(RawPdf().page(text(20, 200, "100") + text(20.3, 200, "100")))
    assert written(page) == "100"


def test_turned_text_tells_its_direction() -> None:
    up = "BT /F1 12 Tf 0 1 -1 0 50 100 Tm (abc) Tj ET "
    page = only(RawPdf().page(up))
    assert {char.angle for char in page.chars} == {270}
    assert page.chars[0].box.y0 > page.chars[2].box.y1 - 1


# Lines


def lines(page: Page) -> set[tuple[int, int, int, int]]:
    return {(round(r.x0), round(r.y0), round(r.x1), round(r.y1)) for r in page.rulings}


def test_strokes_strips_and_rectangles_are_rulings() -> None:
    drawn = "1 w 50 250 m 350 250 l S 50 199.5 300 1 re f 100 50 200 100 re S "
    assert lines(only(RawPdf().page(drawn + WORDS))) == {
        (50, 50, 350, 50), (50, 100, 350, 100),
        (100, 150, 300, 150), (100, 250, 300, 250), (100, 150, 100, 250), (300, 150, 300, 250),
    }  # fmt: skip


def test_thin_shapes_are_rulings_where_they_are_painted() -> None:
    pdf = RawPdf()
    form = pdf.stream(b"0 0 100 1 re f", "/Type/XObject/Subtype/Form/BBox[-5 -5 200 200]")
    pdf.resources += f"/XObject<</X {form} 0 R>>"
    parts = "50 260 m 90 260 l 90 261 l 50 261 l h 200 260 m 290 260 l 290 261 l 200 261 l h f "
    leaning = "50 20 m 150 40 l 150 41 l 50 21 l h f "
    pdf.page(f"{parts}{leaning}q 0 2 -1 0 350 50 cm /X Do Q {WORDS}")
    assert lines(only(pdf)) == {(50, 40, 90, 40), (200, 40, 290, 40), (350, 50, 350, 250)}


def test_white_clipped_slanted_and_transparent_lines_are_none() -> None:
    white = "1 1 1 RG 50 250 m 350 250 l S 0 0 0 RG "
    clipped = "q 0 0 10 10 re W n 50 200 m 350 200 l S Q "
    slanted = "50 50 m 350 150 l S "
    assert lines(only(RawPdf().page(white + clipped + slanted + WORDS))) == set()


def test_white_lines_on_a_shaded_area_are_seen() -> None:
    drawn = "0.8 g 50 50 300 200 re f 1 1 1 RG 1 w 50 150 m 350 150 l S 0 g "
    assert lines(only(RawPdf().page(drawn + WORDS))) == {(50, 150, 350, 150)}


def test_lines_inside_a_form_stand_where_the_form_puts_them() -> None:
    pdf = RawPdf()
    form = pdf.stream(
        b"1 w 0 0 m 100 0 l S",
        "/Type/XObject/Subtype/Form/BBox[-5 -5 200 200]/Matrix[1 0 0 1 10 0]",
    )
    pdf.resources += f"/XObject<</X {form} 0 R>>"
    pdf.page("q 2 0 0 1 50 100 cm /X Do Q " + WORDS)
    assert lines(only(pdf)) == {(70, 200, 270, 200)}


def test_dashes_are_kept_as_one_line() -> None:
    assert lines(only(RawPdf().page("[3 2] 0 d 50 200 m 350 200 l S " + WORDS))) == {
        (50, 100, 350, 100)
    }


# Whether the text is believed


def test_honest_text_is_believed() -> None:
    page = only(RawPdf().page(DIGITS + WORDS))
    assert (page.kind, codes(page)) == ("text", [])
    assert written(page).startswith("00112233")


def test_an_empty_page_is_blank() -> None:
    assert only(RawPdf().page("")).kind == "blank"


def test_invisible_text_over_an_image_is_not_believed() -> None:
    pdf = RawPdf()
    image = picture(pdf, bytes(range(256)), 16, 16)
    pdf.resources += f"/XObject<</I {image} 0 R>>"
    page = only(pdf.page("q 400 0 0 300 0 0 cm /I Do Q " + text(20, 200, "1136", more="3 Tr")))
    assert (page.kind, page.chars, codes(page)) == ("scan", (), ["invisible_text_over_image"])


def test_text_beneath_an_opaque_image_is_not_believed() -> None:
    pdf = RawPdf()
    image = picture(pdf, bytes(range(256)), 16, 16)
    pdf.resources += f"/XObject<</I {image} 0 R>>"
    page = only(pdf.page(text(20, 200, "1136") + "q 400 0 0 300 0 0 cm /I Do Q "))
    assert (page.kind, codes(page)) == ("scan", ["invisible_text_over_image"])


@pytest.mark.parametrize(
    "hidden",
    ["1 g " + text(200, 200, "4119") + "0 g ", text(200, 200, "4119", more="3 Tr")],
    ids=["white", "invisible"],
)
def test_figures_without_ink_are_not_believed(hidden: str) -> None:
    page = only(RawPdf().page(WORDS + hidden))
    assert (page.kind, codes(page)) == ("scan", ["text_without_ink"])


def test_text_covered_by_a_white_patch_is_not_believed() -> None:
    page = only(RawPdf().page(DIGITS + WORDS + "1 g 15 190 350 30 re f"))
    assert (page.kind, codes(page)) == ("scan", ["text_without_ink"])


def test_white_text_on_a_dark_field_is_believed() -> None:
    page = only(RawPdf().page("0 0 0.5 rg 10 180 380 50 re f 1 g " + DIGITS + "0 g " + WORDS))
    assert (page.kind, codes(page)) == ("text", [])


def test_a_few_hidden_letters_are_left_out() -> None:
    page = only(RawPdf().page(WORDS + DIGITS + text(300, 50, "x", more="3 Tr")))
    assert (page.kind, codes(page)) == ("text", ["text_hidden"])
    assert "x" not in written(page)


def mapped(codes_: dict[int, str]) -> RawPdf:
    pdf = RawPdf()
    number = pdf.stream(cmap(codes_))
    pdf.resources = (
        f"/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode {number} 0 R>>>>"
    )
    return pdf


HONEST = {code: chr(code) for code in range(0x21, 0x7F)}


def test_an_honest_map_is_believed() -> None:
    page = only(mapped(HONEST).page(DIGITS + WORDS))
    assert (page.kind, codes(page)) == ("text", [])


@pytest.mark.parametrize("change", [{0x33: "8", 0x38: "3"}, {0x33: "8"}, {0x30: "6", 0x36: "0"}])
def test_digits_mapped_to_others_are_not_believed(change: dict[int, str]) -> None:
    page = only(mapped(HONEST | change).page(DIGITS + WORDS))
    assert (page.kind, codes(page)) == ("scan", ["glyphs_clash"])


def test_a_map_into_the_private_area_is_not_believed() -> None:
    private = {code: chr(0xE000 + code) for code in range(0x30, 0x3A)}
    page = only(mapped(HONEST | private).page(DIGITS + WORDS))
    assert (page.kind, codes(page)) == ("scan", ["unicode_map_broken"])


def test_a_picture_of_text_is_ink_without_text() -> None:
    rows = "".join(text(20, 280 - 20 * i, "table of figures 123") for i in range(13))
    pixels = render(RawPdf().page(rows).bytes(), 1, 2)
    pdf = RawPdf()
    image = picture(pdf, pixels.tobytes(), pixels.width, pixels.height)
    pdf.resources += f"/XObject<</I {image} 0 R>>"
    placed = "q 300 0 0 200 20 20 cm /I Do Q "
    page = only(pdf.page(placed + text(20, 270, "A heading above the picture 2023")))
    assert (page.kind, codes(page)) == ("scan", ["ink_without_text"])
    alone = RawPdf(resources=pdf.resources, extra=pdf.extra).page(placed)
    assert only(alone).kind == "scan"


# Files that are none


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"hello"])
def test_damaged_files_say_so(data: bytes) -> None:
    with pytest.raises(DocumentError) as caught:
        list(open_pages(data))
    assert caught.value.finding.code == "damaged"


def test_limits_hold() -> None:
    pdf = RawPdf().page(WORDS).page(WORDS).bytes()
    with pytest.raises(DocumentError) as caught:
        list(open_pages(pdf, PdfLimits(pages=1)))
    assert caught.value.finding.code == "too_many_pages"
    with pytest.raises(DocumentError) as caught:
        list(open_pages(pdf, PdfLimits(objects=1)))
    assert caught.value.finding.code == "page_too_complex"


def test_pages_come_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "two.pdf"
    path.write_bytes(RawPdf().page(WORDS).page(DIGITS).bytes())
    pages = open_pages(path)
    assert next(pages).number == 1
    pages.close()


def test_reading_text_needs_no_opencv() -> None:
    code = "import sys, gouji.ocr.pdf, gouji.tables.layout; assert 'cv2' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


# Files of an unusual kind


def test_an_encrypted_file_says_so() -> None:
    lock = f"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{'41' * 32}>/U<{'42' * 32}>>>/ID[<00><00>]"
    data = RawPdf().page(WORDS).bytes().replace(b"/Root 1 0 R", f"/Root 1 0 R{lock}".encode())
    with pytest.raises(DocumentError) as caught:
        list(open_pages(data))
    assert caught.value.finding.code == "encrypted"


def test_text_drawn_as_outlines_is_ink_without_text() -> None:
    ring = "{x} {y} m {r} {y} {r} {t} {x} {t} c {l} {t} {l} {y} {x} {y} c f\n"
    rings = "".join(
        ring.format(x=x, y=y, r=x + 6, t=y + 9, l=x - 6)
        for y in range(40, 280, 20)
        for x in range(30, 370, 12)
    )
    page = only(RawPdf().page(rings))
    assert (page.kind, codes(page)) == ("scan", ["ink_without_text"])


def stamped(pixels: bytes, mask: str) -> Page:
    """Figures, and then an image of 16 by 16 pixels over them, so large as a seal."""
    pdf = RawPdf()
    more = f"/SMask {pdf.stream(bytes(pixels), GREY.format(16, 16))} 0 R" if mask else ""
    image = pdf.stream(bytes([90]) * 256, GREY.format(16, 16) + more)
    pdf.resources += f"/XObject<</I {image} 0 R>>"
    return only(pdf.page(DIGITS + WORDS + "q 120 0 0 120 100 130 cm /I Do Q "))


GREY = "/Type/XObject/Subtype/Image/Width {}/Height {}/ColorSpace/DeviceGray/BitsPerComponent 8"
RING = bytes(170 if 30 <= (x - 7.5) ** 2 + (y - 7.5) ** 2 <= 56 else 0
             for y in range(16) for x in range(16))  # fmt: skip


def test_figures_under_a_transparent_seal_are_believed() -> None:
    page = stamped(RING, mask="soft")
    assert (page.kind, codes(page)) == ("text", [])
    assert written(page).startswith("00112233445566778899")


def test_figures_under_an_opaque_seal_are_not_believed() -> None:
    assert stamped(RING, mask="").kind == "scan"


def test_a_watermark_is_kept_apart_by_its_slant() -> None:
    pdf = RawPdf()
    pdf.resources += "/ExtGState<</G<</ca 0.2>>>>"
    mark = "q /G gs 0.7 g BT /F1 60 Tf 0.8 0.6 -0.6 0.8 60 40 Tm (DRAFT 2023) Tj ET Q\n"
    for content in (mark + DIGITS + WORDS, DIGITS + WORDS + mark):
        page = only(RawPdf(pdf.resources).page(content))
        assert (page.kind, codes(page)) == ("text", [])
        slanted = {char.text for char in page.chars if char.angle % 90}
        assert slanted == set("DRAFT203")


def test_units_of_the_user_are_taken_for_points() -> None:
    page = only(RawPdf().page(WORDS, "/MediaBox[0 0 400 300]/UserUnit 2"))
    assert (page.width, page.height, page.kind) == (400, 300, "text")


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_pages_are_judged_alike(turn: int) -> None:
    more = f"/MediaBox[0 0 400 300]/Rotate {turn}"
    assert codes(only(RawPdf().page(DIGITS + WORDS, more))) == []
    hidden = only(RawPdf().page(WORDS + "1 g " + DIGITS, more))
    assert (hidden.kind, codes(hidden)) == ("scan", ["text_without_ink"])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on a process's memory here")
def test_a_stream_that_inflates_beyond_measure_is_one_error() -> None:
    packer = zlib.compressobj(9)
    head = packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * 20_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    pdf = RawPdf().page(WORDS)
    bomb = pdf.stream(head + 60 * block + packer.flush(), "/Filter/FlateDecode")
    pdf.pages = [("", f"/MediaBox[0 0 400 300]/Contents {bomb} 0 R")]
    assert len(pdf.bytes()) < 2_000_000
    with Worker(Limits(seconds=20, memory_mb=600)) as worker:
        with pytest.raises(DocumentError) as caught:
            worker.run(read_page, pdf.bytes(), 1)
        assert caught.value.finding.code in ("too_much_memory", "crashed", "too_long")
        honest = worker.run(read_page, RawPdf().page(WORDS).bytes(), 1)
        assert honest.kind == "text"


def test_a_part_of_a_page_is_what_the_whole_shows_there() -> None:
    data = RawPdf().page(DIGITS + WORDS).bytes()
    whole = np.asarray(render(data, 1, 240 / 72)).astype(int)
    for part in (Box(20.2, 60.7, 170.4, 250.1), Box(-3, 90, 900, 900)):
        drawn, left, top = render_part(data, 1, part, 240 / 72)
        high, wide = drawn.shape
        assert (left, top) == (max(int(part.x0 / 0.3), 0), int(part.y0 / 0.3))
        assert left + wide >= min(part.x1 / 0.3, whole.shape[1])
        assert top + high >= min(part.y1 / 0.3, whole.shape[0])
        same = whole[top : top + high, left : left + wide]
        assert drawn.min() < 100
        assert np.abs(same - drawn).max() < 30
