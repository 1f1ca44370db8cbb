"""Image files of all sorts, made here, and what is refused; a PDF page's own pixels."""

import base64
import io
import struct

import docx
import numpy as np
import openpyxl
import openpyxl.drawing.image
import pypdfium2 as pdfium
import pytest
from PIL import Image

from gouji.ingest.kinds import identify
from gouji.ocr.finding import DocumentError
from gouji.ocr.image import ImageLimits, open_rasters
from gouji.ocr.pdf import raster
from gouji.tables.limits import Limits
from gouji.tables.pictures import pictures

WIDE, HIGH = 413, 585  # A4 at 50 pixels to the inch


@pytest.fixture(scope="module")
def drawn():
    """A dark mark at the top left of a light page."""
    values = np.full((HIGH, WIDE), 230, np.uint8)
    values[20:60, 10:110] = 40
    return Image.fromarray(values)


def saved(image, form, **options):
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def only(data):
    rasters = list(open_rasters(data))
    assert [r.number for r in rasters] == [1]
    return rasters[0]


def code(data, limits=None):
    with pytest.raises(DocumentError) as caught:
        list(open_rasters(data, limits))
    return caught.value.finding.code


@pytest.mark.parametrize(
    ("form", "mode", "options"),
    [
        ("PNG", "L", {}), ("PNG", "1", {}), ("PNG", "P", {}), ("PNG", "LA", {}),
        ("PNG", "RGBA", {}), ("JPEG", "RGB", {"quality": 95}),
        ("JPEG", "CMYK", {"quality": 95}), ("BMP", "RGB", {}),
        ("WEBP", "RGB", {"lossless": True}), ("TIFF", "1", {"compression": "group4"}),
        ("TIFF", "CMYK", {}), ("TIFF", "F", {}), ("GIF", "P", {}), ("TIFF", "L", {}),
    ],
)  # fmt: skip
def test_every_form_shows_the_same_page(drawn, form, mode, options):
    data = saved(drawn.convert(mode, dither=Image.Dither.NONE), form, **options)
    assert identify(data) == "image"
    page = only(data)
    assert page.pixels.dtype == np.uint8
    assert page.pixels.shape[:2] == (HIGH, WIDE)
    assert page.pixels[22:58, 12:108].max() < 90
    assert page.pixels[70:].mean() > 215


def test_sixteen_bits_keep_their_contrast():
    values = np.full((HIGH, WIDE), 60_000, np.uint16)
    values[20:60, 10:110] = 9_000
    for form in ("PNG", "TIFF"):
        pixels = only(saved(Image.fromarray(values), form)).pixels
        assert int(pixels[40, 50]) == pytest.approx(35, abs=2)
        assert int(pixels[90, 90]) == pytest.approx(233, abs=2)


def test_what_is_transparent_is_paper(drawn):
    clear = Image.new("RGBA", drawn.size, (0, 0, 0, 0))
    assert only(saved(clear, "PNG")).pixels.min() == 255
    palette = drawn.convert("P")
    assert only(saved(palette, "PNG", transparency=palette.getpixel((50, 40)))).pixels.min() > 200


@pytest.mark.parametrize("form", ["JPEG", "TIFF", "PNG", "WEBP"])
def test_a_page_is_turned_as_its_file_says(drawn, form):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    page = only(saved(drawn, form, exif=exif))
    assert page.pixels.shape[:2] == (WIDE, HIGH)
    assert page.pixels[60, HIGH - 40].max() < 90


@pytest.mark.parametrize(
    ("size", "stated", "dpi"),
    [
        ((1240, 1754), (150, 150), 150),
        ((1240, 1754), None, 150),
        ((1240, 1754), (72, 72), 150),  # would be 17 by 24 inches
        ((1240, 1754), (9999, 9999), 150),
        ((1754, 1240), None, 150),
        ((600, 9000), None, 72.6),  # a web page: as wide as A4
        ((20, 20), None, 30),
    ],
)
def test_a_resolution_is_believed_where_it_makes_a_page(size, stated, dpi):
    options = {"dpi": stated} if stated else {}
    page = only(saved(Image.new("L", size, 255), "PNG", **options))
    assert page.dpi == pytest.approx(dpi, rel=0.01)


def test_pixels_of_a_fax_are_made_square():
    fax = Image.new("1", (1728, 1100), 1)
    page = only(saved(fax, "TIFF", compression="group4", dpi=(204, 98)))
    assert page.dpi == pytest.approx(204)
    assert page.pixels.shape == (round(1100 * 204 / 98), 1728)


def test_pages_of_a_tiff_and_not_its_thumbnails(drawn):
    small = drawn.resize((60, 80))
    small.encoderinfo = {"tiffinfo": {254: 1}}
    data = saved(drawn, "TIFF", save_all=True, append_images=[small, drawn.convert("1")])
    assert [r.pixels.shape for r in open_rasters(data)] == [(HIGH, WIDE)] * 2


def test_monsters_meet_limits(drawn):
    blank = Image.new("1", (60_000, 60_000), 1)
    assert code(saved(blank, "PNG")) == "page_too_large"
    assert code(saved(blank, "TIFF", compression="group4")) == "page_too_large"
    many = saved(
        drawn.convert("1"), "TIFF", save_all=True, append_images=[Image.new("1", (9, 9))] * 300
    )
    assert code(many, ImageLimits(pages=9)) == "too_many_scans"
    assert code(saved(drawn, "PNG"), ImageLimits(pixels=1000)) == "page_too_large"
    fax = saved(Image.new("1", (1000, 1000), 1), "TIFF", dpi=(200, 100))
    assert code(fax, ImageLimits(pixels=1_500_000)) == "page_too_large"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF"])
def test_what_is_cut_short_or_forged_is_damaged(drawn, form):
    rough = np.asarray(drawn) ^ np.random.default_rng(0).integers(0, 9, (HIGH, WIDE), np.uint8)
    data = saved(Image.fromarray(rough.astype(np.uint8)), form)
    for share in (0.01, 0.3, 0.6):
        assert code(data[: int(len(data) * share)]) == "damaged"
    assert code(data[:20] + bytes(len(data) - 20)) == "damaged"


def test_a_tiff_whose_pages_go_in_a_circle_ends():
    data = bytearray(saved(Image.new("1", (8, 8)), "TIFF"))
    first = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, first)[0]
    struct.pack_into("<I", data, first + 2 + 12 * count, first)
    assert len(list(open_rasters(bytes(data)))) <= 2


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
@pytest.mark.parametrize("rotation", [0, 90])
def test_a_scanned_page_of_a_pdf_gives_its_own_pixels(tmp_path, drawn, mode, rotation):
    image = drawn.convert(mode, dither=Image.Dither.NONE)
    path = tmp_path / "scan.pdf"
    options = {} if mode == "1" else {"quality": 100}
    image.resize((1240, 1755), Image.Resampling.NEAREST).save(path, resolution=150, **options)
    if rotation:
        with pdfium.PdfDocument(path) as document:
            document[0].set_rotation(rotation)
            document.save(tmp_path / "turned.pdf")
        path = tmp_path / "turned.pdf"
    page = raster(path, 1)
    assert page.dpi == pytest.approx(150, abs=0.1)
    expected = np.asarray(image.resize((1240, 1755), Image.Resampling.NEAREST).convert("L"))
    expected = np.rot90(expected, -rotation // 90)
    shown = page.pixels if page.pixels.ndim == 2 else page.pixels.mean(axis=2)
    assert np.abs(shown - expected.astype(float)).max() < 12


def _html(data):
    return b"<p>x</p><img alt='' src='data:image/png;base64," + base64.b64encode(data) + b"'>"


def test_pictures_in_documents_that_may_be_pages(drawn, tmp_path):
    page, logo = saved(drawn, "PNG"), saved(drawn.resize((80, 80)), "PNG")
    assert pictures(_html(page) + _html(logo) + _html(page), "html", Limits()) == [page]
    assert pictures(b"<img src='data:image/png;base64,!'>", "html", Limits()) == []
    word = docx.Document()
    for data in (logo, page):
        word.add_picture(io.BytesIO(data))
    word.save(tmp_path / "a.docx")
    assert pictures((tmp_path / "a.docx").read_bytes(), "docx", Limits()) == [page]
    book = openpyxl.Workbook()
    book.active.add_image(openpyxl.drawing.image.Image(io.BytesIO(page)), "A1")
    book.save(tmp_path / "a.xlsx")
    assert len(pictures((tmp_path / "a.xlsx").read_bytes(), "xlsx", Limits())) == 1
    assert pictures(b"text", "text", Limits()) == []


def test_more_pictures_than_pages_are_refused(drawn):
    data = _html(saved(drawn, "PNG")) + _html(saved(drawn, "BMP"))
    with pytest.raises(DocumentError) as caught:
        pictures(data, "html", Limits(pages=1))
    assert caught.value.finding.code == "too_many_pages"
