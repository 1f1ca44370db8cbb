"""Writes pictures of pages as the files that scanners and phones make."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

Pixels = NDArray[np.uint8]

ORIENTATIONS = {0: 1, 1: 6, 2: 3, 3: 8}
"""Quarter turns to the left that the pixels had → the EXIF tag that turns them back."""
_ROWS_PER_STRIP = 278
_STRIP_OFFSETS, _STRIP_BYTES = 273, 279


@dataclass(frozen=True)
class Sheet:
    """A page's picture. ``dpi`` is across and down; ``turned`` are quarter turns to the left that
    the pixels have, and that the file says."""

    pixels: Pixels
    dpi: tuple[float, float]
    turned: int = 0

    @property
    def two_toned(self) -> bool:
        return self.pixels.ndim == 2 and bool(np.isin(self.pixels, (0, 255)).all())

    def image(self) -> Image.Image:
        image = Image.fromarray(self.pixels)
        return image.convert("1", dither=Image.Dither.NONE) if self.two_toned else image


def png(sheet: Sheet, *, dpi: bool) -> bytes:
    out = io.BytesIO()
    sheet.image().save(out, "PNG", **({"dpi": sheet.dpi} if dpi else {}))
    return out.getvalue()


def jpeg(sheet: Sheet, quality: int, *, dpi: bool = True) -> bytes:
    """With EXIF orientation if the pixels are turned."""
    out, exif = io.BytesIO(), Image.Exif()
    if sheet.turned:
        exif[274] = ORIENTATIONS[sheet.turned]
    kept = {"dpi": tuple(round(d) for d in sheet.dpi)} if dpi else {}
    image = Image.fromarray(sheet.pixels)
    image.save(out, "JPEG", quality=quality, exif=exif.tobytes() if sheet.turned else b"", **kept)
    return out.getvalue()


def tiff(sheets: Sequence[Sheet]) -> bytes:
    """All pages; two-toned ones as a fax has them, others packed."""
    out = io.BytesIO()
    with TiffImagePlugin.AppendingTiffWriter(out, True) as writer:
        for sheet in sheets:
            packing = "group4" if sheet.two_toned else "tiff_lzw"
            sheet.image().save(writer, "TIFF", compression=packing, dpi=sheet.dpi)
            writer.newFrame()
    return out.getvalue()


def pdf(sheets: Sequence[Sheet], quality: int, *, scale: float = 1.0, margin: float = 0.0) -> bytes:
    """A page for each picture, with nothing but it.

    ``quality`` 0 packs the pixels as they are. ``scale`` is by how much the page is larger than
    its picture's dpi says, ``margin`` points of white around it. A turned picture is turned back
    by the page.
    """
    objects: list[bytes] = []

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects) + 2

    pages = []
    for sheet in sheets:
        picture = add(_stream(*_picture(sheet, quality)))
        high, wide = sheet.pixels.shape[:2]
        width = wide / sheet.dpi[0] * 72 * scale
        height = high / sheet.dpi[1] * 72 * scale
        drawn = f"q {width:.3f} 0 0 {height:.3f} {margin:.2f} {margin:.2f} cm /P Do Q"
        content = add(_stream("", drawn.encode()))
        box = f"[0 0 {width + 2 * margin:.3f} {height + 2 * margin:.3f}]"
        rotate = f"/Rotate {90 * sheet.turned}" if sheet.turned else ""
        page = f"<</Type/Page/Parent 2 0 R/MediaBox{box}{rotate}/Contents {content} 0 R"
        pages.append(add(f"{page}/Resources<</XObject<</P {picture} 0 R>>>>>>".encode()))
    kids = " ".join(f"{number} 0 R" for number in pages)
    tree = f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode()
    return _file([b"<</Type/Catalog/Pages 2 0 R>>", tree, *objects])


def _picture(sheet: Sheet, quality: int) -> tuple[str, bytes]:
    """The image's dictionary and its data."""
    high, wide = sheet.pixels.shape[:2]
    head = f"/Type/XObject/Subtype/Image/Width {wide}/Height {high}"
    if sheet.two_toned:
        parameters = f"/DecodeParms<</K -1/Columns {wide}/Rows {high}/BlackIs1 true>>"
        head += f"/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/CCITTFaxDecode{parameters}"
        return head, _group4(sheet)
    head += f"/ColorSpace/Device{'RGB' if sheet.pixels.ndim == 3 else 'Gray'}/BitsPerComponent 8"
    if quality:
        plain = Sheet(sheet.pixels, sheet.dpi)
        return head + "/Filter/DCTDecode", jpeg(plain, quality)
    return head + "/Filter/FlateDecode", zlib.compress(sheet.pixels.tobytes(), 6)


def _group4(sheet: Sheet) -> bytes:
    """The fax code of a picture, out of a TIFF of one strip."""
    out = io.BytesIO()
    high = sheet.pixels.shape[0]
    sheet.image().save(out, "TIFF", compression="group4", tiffinfo={_ROWS_PER_STRIP: high})
    data = out.getvalue()
    with Image.open(io.BytesIO(data)) as image:
        assert isinstance(image, TiffImagePlugin.TiffImageFile)
        start, length = image.tag_v2[_STRIP_OFFSETS][0], image.tag_v2[_STRIP_BYTES][0]
    return data[start : start + length]


def _stream(entries: str, data: bytes) -> bytes:
    return f"<<{entries}/Length {len(data)}>>stream\n".encode() + data + b"\nendstream"


def _file(objects: Sequence[bytes]) -> bytes:
    out, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    out += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
