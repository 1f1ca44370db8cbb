"""Pictures of pages, and of single cells; the text of sources without pages.

Documents are opened in a child process under its limits, never in the server itself.
"""

from __future__ import annotations

import contextlib
import io
import threading
from collections import OrderedDict
from pathlib import Path
from uuid import uuid4

from PIL import Image

from gouji.ingest.documents import document_of, page_pixels, pdf_limits
from gouji.ingest.intake import document_member
from gouji.ingest.isolate import Worker
from gouji.ingest.review.dossier import Dossier
from gouji.ingest.review.source import Merged, merged
from gouji.ingest.settings import Settings
from gouji.ingest.store.originals import Originals
from gouji.ocr.finding import DocumentError
from gouji.ocr.pdf import render
from gouji.tables.markup import as_text
from gouji.tables.record import CellModel, PageModel

_LONGEST, _DENSEST = 2600.0, 3.0
"""Pixels of a page's longer side at most, and pixels to the point."""
_GREYS = 16
_MARGIN = 3.0
_LEAST_HEIGHT, _LARGER = 64, 3.0
"""Pixels of a single cell's height at least, and how much larger than on its page at most."""
_TEXTS = 32


class Pictures:
    """What a person looks at beside the figures. Pages are kept as files in the workspace; they
    are made anew where they are missing.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = Path(settings.workspace) / "pages"
        self._worker = Worker(settings.limits)
        self._alone = threading.Lock()
        self._texts: OrderedDict[str, tuple[str, Merged]] = OrderedDict()

    def close(self) -> None:
        """End the child."""
        self._worker.close()

    def page(self, dossier: Dossier, number: int) -> bytes:
        """A page as PNG. Raises ``DocumentError``."""
        known = {page.number: page for record in dossier.read for page in record.source.pages}
        if number not in known:
            raise DocumentError("no_such_page", page=number, count=len(known))
        file = self._folder / dossier.sha256[:2] / f"{dossier.sha256}-{number}.png"
        if file.is_file():
            return file.read_bytes()
        with self._alone:
            if file.is_file():
                return file.read_bytes()
            data = self._bytes(dossier)
            made = self._worker.run(draw_page, data, dossier.name, known[number], self._settings)
        with contextlib.suppress(OSError):  # a full disk: it is drawn again the next time
            _put(file, made)
        return made

    def cut(self, dossier: Dossier, cell: CellModel) -> bytes:
        """A cell cut from its page, as PNG. Raises ``DocumentError`` where it has no place."""
        if cell.page is None or cell.box is None:
            raise DocumentError("no_pages")
        pages = {page.number: page for record in dossier.read for page in record.source.pages}
        with Image.open(io.BytesIO(self.page(dossier, cell.page))) as picture:
            scale = picture.width / pages[cell.page].width
            x0, y0, x1, y1 = cell.box
            edges = x0 - _MARGIN, y0 - _MARGIN, x1 + _MARGIN, y1 + _MARGIN
            left, top, right, bottom = (round(edge * scale) for edge in edges)
            target = io.BytesIO()
            right, bottom = max(right, left + 4), max(bottom, top + 4)
            cut = picture.convert("L").crop((left, top, right, bottom))
            larger = min(_LARGER, max(1.0, _LEAST_HEIGHT / cut.height))
            size = round(cut.width * larger), round(cut.height * larger)
            cut.resize(size, Image.Resampling.BICUBIC).save(target, "PNG")
            return target.getvalue()

    def text(self, dossier: Dossier) -> tuple[str, Merged]:
        """The text of a source without pages, in which the places of cells point, and the cells
        of its tables.
        """
        with self._alone:
            if dossier.sha256 not in self._texts:
                made = self._worker.run(text_of, self._bytes(dossier), dossier.name, self._settings)
                self._texts[dossier.sha256] = made
                while len(self._texts) > _TEXTS:
                    self._texts.popitem(last=False)
            return self._texts[dossier.sha256]

    def _bytes(self, dossier: Dossier) -> bytes:
        originals = Originals.of(self._settings)
        return originals.fetch(dossier.sha256, dossier.known, kept=dossier.kept)


def _put(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{uuid4().hex}.part")
    try:
        part.write_bytes(data)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def draw_page(data: bytes, name: str, page: PageModel, settings: Settings) -> bytes:
    """A page as the file shows it, in some shades of grey, as PNG. Runs in the child."""
    member = document_member(name, data, settings.limits)
    scale = min(_DENSEST, _LONGEST / max(page.width, page.height))
    if member.kind == "pdf":
        picture = render(data, page.number, scale, pdf_limits(settings))
    else:
        if member.kind == "image":
            raster = page_pixels(member, page.number, settings)
        else:
            raster = _picture_in(data, str(member.kind), page.number, settings)
        size = round(page.width * scale), round(page.height * scale)
        picture = Image.fromarray(raster.pixels).convert("L").resize(size)
    target = io.BytesIO()
    picture.convert("L").quantize(_GREYS).save(target, "PNG")
    return target.getvalue()


def _picture_in(data: bytes, kind: str, number: int, settings: Settings):  # type: ignore[no-untyped-def]
    """A picture inside a document of text, which counts as a page."""
    from gouji.ocr.image import ImageLimits, open_rasters
    from gouji.tables.pictures import pictures

    found = pictures(data, kind, settings.limits)
    if number > len(found):
        raise DocumentError("no_such_page", page=number, count=len(found))
    limits = ImageLimits(pages=settings.limits.scans, pixels=settings.limits.pixels)
    return next(iter(open_rasters(found[number - 1], limits)))


def text_of(data: bytes, name: str, settings: Settings) -> tuple[str, Merged]:
    """A document's own text, and the cells of its tables. Runs in the child."""
    document = document_of(document_member(name, data, settings.limits), settings)
    return as_text(document), merged(document)
