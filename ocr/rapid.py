"""RapidOCR's recogniser (PP-OCR) on pictures of single lines: the first reader.

Its wheel carries the model. Only the recogniser is used, without the detector: gouji knows where
writing stands, and a detector loses isolated digits.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gouji.ocr.ctc import texts_of
from gouji.ocr.finding import DocumentError
from gouji.ocr.page import Gray
from gouji.ocr.reader import Reading, Sight

_HEIGHT = 48
"""What the model expects, in pixels."""
_STEP = 16
"""Pictures are padded to a multiple of this width, so that those of a batch differ little."""
_BATCH = 1024
"""Pixels of width in one batch: 10 MB of output."""
_WIDEST = 2400
SYMBOLS = "0123456789-/.,无件条个项次人元万亿增减()*"
"""What may stand in a cell for figures: digits, signs, units of the forms."""
_ALIKE = {
    "0": "Oo〇○ОоΟοQD", "1": "lI|丨Ⅰ｜і", "-": "—–−―一_ー~", "/": "∕╱丿", ".": "·。", ",": "，、'",
    "无": "無", "个": "個", "条": "條", "项": "項", "万": "萬", "亿": "億", "减": "減",
}  # fmt: skip
"""Characters that look like a symbol where only figures can stand."""


class RapidReader:
    """PP-OCR by onnxruntime, on one thread unless told otherwise."""

    name = "rapid"

    def __init__(self, threads: int = 1) -> None:
        self._session = _session(threads)
        self._input = self._session.get_inputs()[0].name
        written = self._session.get_modelmeta().custom_metadata_map["character"].split("\n")
        self._characters = ["", *written, " "]
        columns = _columns(self._characters)
        self._classes = np.concatenate(columns)
        self._starts = np.cumsum([0, *map(len, columns[:-1])])

    def read(self, crops: Sequence[Gray]) -> list[Sight]:
        """Reads in batches of like width; each picture is scaled to the model's height."""
        pictures = [_scaled(crop) for crop in crops]
        sights: dict[int, Sight] = {}
        for batch in _batches([picture.shape[1] for picture in pictures]):
            outputs = self._run([pictures[i] for i in batch])
            sights |= {i: self._sight(out) for i, out in zip(batch, outputs, strict=True)}
        return [sights[i] for i in range(len(crops))]

    def _run(self, pictures: Sequence[Gray]) -> NDArray[np.float32]:
        """(n, steps, classes): probabilities."""
        width = _padded(max(picture.shape[1] for picture in pictures))
        batch = np.full((len(pictures), _HEIGHT, width), 255, np.uint8)
        for row, picture in zip(batch, pictures, strict=True):
            row[:, : picture.shape[1]] = picture
        scaled = batch.astype(np.float32) / 127.5 - 1
        inputs = np.repeat(scaled[:, None], 3, axis=1)
        outputs: NDArray[np.float32] = self._session.run(None, {self._input: inputs})[0]
        return outputs

    def _sight(self, output: NDArray[np.float32]) -> Sight:
        best = output.argmax(axis=1)
        starts = np.flatnonzero(np.diff(best, prepend=-1))
        text = "".join(self._characters[best[i]] for i in starts)
        confidence = float(output[np.arange(len(best)), best].prod())
        return Sight(text.strip(), confidence, self._figures(output))

    def _figures(self, output: NDArray[np.float32]) -> tuple[Reading, ...]:
        """The alternatives if only symbols of figures can stand there.

        Each step is shared out among them, and what they lack of certainty stays lacking.
        """
        steps = np.add.reduceat(output[:, self._classes], self._starts, axis=1)
        total = steps.sum(axis=1, keepdims=True)
        if float(total.min(initial=1.0)) < _FOREIGN:
            return ()
        texts = texts_of(steps / total, SYMBOLS)
        return tuple(Reading(self.name, text, min(p, 1.0)) for text, p in texts)


_FOREIGN = 1e-4
"""A step in which symbols of figures have less than this share shows no figure."""


def _session(threads: int) -> Any:
    spec = find_spec("rapidocr")
    models = Path(spec.origin).parent / "models" if spec and spec.origin else None
    found = sorted(models.glob("*_rec_*.onnx")) if models else []
    if not found or not find_spec("onnxruntime"):
        raise DocumentError("reader_missing", reader="RapidOCR")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(found[-1]), options, providers=["CPUExecutionProvider"])


def _columns(characters: Sequence[str]) -> list[list[int]]:
    """The model's classes that stand for each symbol; the first list is the blank's."""
    columns: list[list[int]] = [[0]]
    plain = [unicodedata.normalize("NFKC", c) for c in characters]
    for symbol in SYMBOLS:
        alike = {symbol, *_ALIKE.get(symbol, "")}
        columns.append([i for i, c in enumerate(plain) if c in alike or characters[i] in alike])
    return columns


def _scaled(crop: Gray) -> Gray:
    height, width = crop.shape
    to = min(max(round(_HEIGHT * width / height), _STEP), _WIDEST)
    how = cv2.INTER_AREA if height > _HEIGHT else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(crop, (to, _HEIGHT), interpolation=how), np.uint8)


def _padded(width: int) -> int:
    return -(-width // _STEP) * _STEP


def _batches(widths: Sequence[int]) -> Iterator[list[int]]:
    """Indices of pictures of one padded width, as many as a batch may hold."""
    order = sorted(range(len(widths)), key=widths.__getitem__)
    batch: list[int] = []
    for index in order:
        width = _padded(widths[index])
        full = batch and (width * (len(batch) + 1) > _BATCH or width != _padded(widths[batch[0]]))
        if full:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
