"""Scans read from end to end with the real readers: what is accepted is what the page says."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Sequence
from importlib.metadata import packages_distributions
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image

from gouji.ingest import cli, read
from gouji.ingest.settings import Settings
from gouji.ocr.finding import DocumentError
from gouji.ocr.page import Gray
from gouji.ocr.reader import READERS, Reader, Sight
from gouji.ocr.replay import VARIABLE, Recorder, ReplayReader
from gouji.ocr.tesseract import without_specks
from gouji.tables.limits import Limits
from gouji.tables.record import Record

SAMPLES = Path(__file__).parent.parent / "samples"
REPORT = SAMPLES / "henan-commerce-2019.pdf"
needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="Tesseract is not installed"
)


def pages(document: Path, dpi: int) -> list[Image.Image]:
    with pdfium.PdfDocument(document) as pdf:
        return [page.render(scale=dpi / 72, grayscale=True).to_pil() for page in pdf]


def scanned(document: Path, target: Path, dpi: int = 150, **options: object) -> Path:
    """The document as a file of pictures: of the kind that the suffix says."""
    first, *others = pages(document, dpi)
    first.save(target, save_all=True, append_images=others, dpi=(dpi, dpi), **options)
    return target


def only(records: Sequence[Record]) -> Record:
    (record,) = records
    return record


@pytest.fixture(scope="module")
def truth() -> dict[str, object]:
    return {cell.ref: cell.value for cell in only(read(REPORT)).cells}


@pytest.fixture(scope="module")
def tiff(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return scanned(REPORT, tmp_path_factory.mktemp("scans") / "report.tiff")


@pytest.fixture(scope="module")
def record(tiff: Path) -> Record:
    return only(read(tiff, Settings(language="en")))


@pytest.fixture(scope="module")
def alone(tiff: Path) -> Record:
    """Read without a second reader."""
    return only(read(tiff, Settings(second="none", language="en")))


def wrong(record: Record, truth: dict[str, object]) -> list[str]:
    return [
        f"{cell.ref}: {cell.value}, not {truth.get(cell.ref)}"
        for cell in record.cells
        if cell.accepted and cell.value != truth.get(cell.ref)
    ]


@needs_tesseract
def test_a_scan_says_what_the_text_says(record: Record, truth: dict[str, object]) -> None:
    assert wrong(record, truth) == []
    accepted = sum(cell.accepted for cell in record.cells)
    assert accepted >= 0.95 * len(truth)
    assert record.report is not None
    assert (record.report.agency, record.report.year) == ("河南省商务厅", 2019)
    assert {page.kind for page in record.source.pages} == {"scan"}


@needs_tesseract
def test_every_scanned_cell_says_why(record: Record) -> None:
    printed = [cell for cell in record.cells if cell.box is not None]
    assert printed
    assert all(cell.why for cell in printed)
    assert all(cell.readings for cell in printed if cell.accepted)
    assert any(cell.why[-1].code == "readers_agree" for cell in printed)


def test_boxes_are_those_of_the_page(record: Record) -> None:
    text = {cell.ref: cell.box for cell in only(read(REPORT)).cells if cell.box}
    for cell in record.cells:
        if cell.box and cell.ref in text:
            x, y = (cell.box[0] + cell.box[2]) / 2, (cell.box[1] + cell.box[3]) / 2
            x0, y0, x1, y1 = text[cell.ref]
            assert x0 - 2 <= x <= x1 + 2
            assert y0 - 2 <= y <= y1 + 2


def test_without_a_second_reader_what_no_sum_proves_is_in_doubt(
    alone: Record, truth: dict[str, object]
) -> None:
    assert wrong(alone, truth) == []
    doubtful = [cell for cell in alone.cells if not cell.accepted]
    assert doubtful
    assert any(cell.why[-1].code == "one_reader_only" for cell in doubtful)


def test_a_missing_second_reader_is_told(tiff: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gouji.ingest import second

    there = second.reader_of

    def missing(name: str) -> Reader:
        if name == "tesseract":
            raise DocumentError("reader_missing", reader="Tesseract")
        return there(name)

    monkeypatch.setattr(second, "reader_of", missing)
    record = only(read(tiff, Settings(isolate=False)))
    assert "second_reader_missing" in {finding.code for finding in record.findings}


@pytest.mark.parametrize(("suffix", "options"), [
    (".png", {}), (".jpg", {"quality": 75}), (".webp", {"quality": 90}), (".bmp", {}),
])  # fmt: skip
def test_pictures_of_one_page(
    suffix: str, options: dict[str, object], tmp_path: Path, truth: dict[str, object]
) -> None:
    page = next(i for i, cell in enumerate(only(read(REPORT)).cells) if cell.page)
    number = only(read(REPORT)).cells[page].page or 1
    picture = pages(REPORT, 130)[number - 1]
    target = tmp_path / f"page{suffix}"
    picture.save(target, dpi=(130, 130), **options)
    record = only(read(target, Settings(second="none")))
    assert wrong(record, truth) == []
    assert record.tables


def test_a_picture_without_writing_is_no_report(tmp_path: Path) -> None:
    Image.new("L", (800, 1100), 255).save(tmp_path / "white.png")
    assert only(read(tmp_path / "white.png")).status == "no_report"


def test_noise_that_nobody_can_read_needs_review(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    noise = rng.integers(0, 255, (60, 40)).astype(np.uint8)
    Image.fromarray(noise).resize((800, 1200), Image.Resampling.NEAREST).save(tmp_path / "n.png")
    assert only(read(tmp_path / "n.png")).status in ("needs_review", "no_report")


def test_recorded_readings_are_replayed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gouji.ingest import scans

    number = next(cell.page for cell in only(read(REPORT)).cells if cell.page) or 1
    pages(REPORT, 110)[number - 1].save(tmp_path / "page.png", dpi=(110, 110))
    recorder = Recorder(READERS["rapid"]())
    monkeypatch.setattr(scans, "reader_of", lambda _: recorder)
    first = only(read(tmp_path / "page.png", Settings(second="none", isolate=False)))
    monkeypatch.undo()
    recorder.save(tmp_path / "readings.json")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "readings.json"))
    scans.reader_of.cache_clear()
    replayed = Settings(engine="replay", second="none", isolate=False)
    again = only(read(tmp_path / "page.png", replayed))
    values = {cell.ref: (cell.value, cell.accepted) for cell in first.cells}
    assert values == {cell.ref: (cell.value, cell.accepted) for cell in again.cells}
    assert any(value for value, _ in values.values())


def test_replay_without_a_record_says_what_is_missing(
    tiff: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("GOUJI_LANGUAGE", "en")
    assert cli.main(["read", str(tiff), "--engine", "replay"]) == 8
    assert "GOUJI_REPLAY" in capsys.readouterr().out


def test_an_unknown_picture_is_not_legible_to_replay() -> None:
    crop: Gray = np.full((4, 4), 255, np.uint8)
    assert ReplayReader({}).read([crop]) == [Sight("", 0.0)]


@needs_tesseract
@pytest.mark.parametrize("stage", ["page", "lines", "cells", "readings", "form"])
def test_every_stage_is_painted_on_a_scan(stage: str, tmp_path: Path) -> None:
    number = next(cell.page for cell in only(read(REPORT)).cells if cell.page) or 1
    picture = pages(REPORT, 110)[number - 1]
    picture.save(tmp_path / "page.png", dpi=(110, 110))
    out = tmp_path / "out"
    assert cli.main(["show", str(tmp_path / "page.png"), "--stage", stage, "--out", str(out)]) == 0
    (painted,) = out.rglob("*.png")
    with Image.open(io.BytesIO(painted.read_bytes())) as image:
        pixels = np.asarray(image.convert("RGB")).astype(int)
    coloured = np.abs(pixels[:, :, 0] - pixels[:, :, 2]) > 30
    assert coloured.mean() > 0.001


def test_running_text_is_read_on_request(tiff: Path, alone: Record) -> None:
    everything = only(read(tiff, Settings(second="none", text=True)))
    assert "text_unread" in {finding.code for finding in alone.findings}
    assert "text_unread" not in {finding.code for finding in everything.findings}
    assert len(everything.statements) > len(alone.statements)


def test_one_build_of_opencv_is_installed() -> None:
    assert len(packages_distributions()["cv2"]) == 1


def test_what_is_said_of_a_scan_is_valid_json(record: Record) -> None:
    written = json.loads(record.model_dump_json())
    assert all(0 <= cell["confidence"] <= 1 for cell in written["cells"])


def test_too_many_scanned_pages_are_refused(tiff: Path, tmp_path: Path) -> None:
    limited = Settings(limits=Limits(scans=2))
    assert only(read(tiff, limited)).findings[0].code == "too_many_scans"
    with pdfium.PdfDocument.new() as pdf:
        for picture in pages(REPORT, 30)[:3]:
            jpeg = io.BytesIO()
            picture.save(jpeg, "JPEG")
            image = pdfium.PdfImage.new(pdf)
            image.load_jpeg(jpeg)
            image.set_matrix(pdfium.PdfMatrix().scale(595, 842))
            page = pdf.new_page(595, 842)
            page.insert_obj(image)
            page.gen_content()
        pdf.save(tmp_path / "scan.pdf")
    assert only(read(tmp_path / "scan.pdf", limited)).findings[0].code == "too_many_scans"


@pytest.mark.parametrize(
    ("read", "meant"),
    [("5.", "5"), ("40,", "40"), ("0.,", "0"), ("1,234", "1,234"), ("0.5", "0.5"), (".", ".")],
)
def test_a_figure_does_not_end_with_a_point(read: str, meant: str) -> None:
    assert without_specks(read) == meant
