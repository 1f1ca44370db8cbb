"""img2table with RapidOCR: its cells as words. Rotation is looked for, tables may lack rulings."""

from __future__ import annotations

import cv2
from img2table.document import Image
from img2table.ocr import RapidOCR
from rapidocr import LangRec
from rapidocr_pages import ONE_THREAD
from serve import Word, serve

cv2.setNumThreads(1)
OCR = RapidOCR(params={**ONE_THREAD, "Rec.lang_type": LangRec.CH})


def read(path: str) -> list[Word]:
    image = Image(path, detect_rotation=True)
    tables = image.extract_tables(
        ocr=OCR, implicit_rows=False, borderless_tables=True, min_confidence=50
    )
    cells = {
        (cell.bbox.x1, cell.bbox.y1, cell.bbox.x2, cell.bbox.y2): cell.value
        for table in tables
        for row in table.content.values()
        for cell in row
    }
    return [(*box, text) for box, text in cells.items() if text]


if __name__ == "__main__":
    serve(read)
