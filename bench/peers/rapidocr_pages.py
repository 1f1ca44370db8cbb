"""RapidOCR on whole pages, as it comes: its default models, angle classifier on."""

from __future__ import annotations

from rapidocr import RapidOCR
from serve import Word, serve

ONE_THREAD = {
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "Global.log_level": "error",
}
ENGINE = RapidOCR(params=ONE_THREAD)


def read(path: str) -> list[Word]:
    found = ENGINE(path)
    if found.boxes is None:
        return []
    return [
        (float(box[:, 0].min()), float(box[:, 1].min()),
         float(box[:, 0].max()), float(box[:, 1].max()), text)
        for box, text in zip(found.boxes, found.txts, strict=True)
    ]  # fmt: skip


if __name__ == "__main__":
    serve(read)
