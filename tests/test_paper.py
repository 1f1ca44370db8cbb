"""The drawn scans judge the reader of scans, so what they hold is tested first."""

from __future__ import annotations

import io
import json
import shutil
from collections import Counter
from importlib.metadata import packages_distributions
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageOps, ImageSequence

from bench import accuracy, calibration, make_scans
from bench.forge import picture_files
from bench.forge.degrade import RENDER, picture, turned
from bench.forge.forms import APPLICANTS, FORMS, ref_of
from bench.forge.identities import evaluate, identities
from bench.forge.paper import LEAST, SINGLE, draw_paper, file_of, write_papers
from bench.forge.picture_files import Sheet
from bench.forge.style import fitted_size
from bench.forge.wear import LEVELS, Wear, draw_wear
from bench.peer_rows import requests_of
from bench.scans import pictures

WHITE = 200


def page() -> np.ndarray:
    """A small sheet at RENDER: rulings, and bars for characters."""
    sheet = np.full((900, 700), 255, np.uint8)
    for at in range(50, 651, 120):
        sheet[at : at + 3, 50:653] = 0
        sheet[50:653, at : at + 3] = 0
    sheet[100:140, 90:96] = 0
    sheet[220:260, 450:480] = 0
    return sheet


def wear(level: str, seed: int = 0) -> Wear:
    from random import Random

    return draw_wear(Random(seed), level, 12.0)


@pytest.mark.parametrize("level", LEVELS)
def test_same_seed_same_picture(level: str) -> None:
    first, again, other = (
        picture(page(), wear(level, 3), np.random.default_rng(seed), page()) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert first.shape != other.shape or not np.array_equal(first, other)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("level", LEVELS)
def test_levels_have_their_resolution(level: str, seed: int) -> None:
    worn = wear(level, seed)
    pixels = picture(page(), worn, np.random.default_rng(seed), None)
    across, down = worn.dpi
    wanted = {"clean": (300, 300), "office": (200, 200), "low": (150, 150)}
    if level in wanted:
        assert worn.dpi == wanted[level]
    if level == "fax":
        assert across == 204
        assert down in (98, 196)
        assert set(np.unique(pixels)) <= {0, 255}
    if level == "phone":
        assert 150 <= across <= 250
        # The desk shows around the sheet.
        assert pixels.shape[0] > 900 * down / RENDER
        assert pixels.ndim == 3
    else:
        assert pixels.shape[:2] == (round(900 * down / RENDER), round(700 * across / RENDER))


@pytest.mark.parametrize("level", LEVELS)
def test_characters_outlast_every_level(level: str) -> None:
    """Ink where the bars are, paper between them."""
    for seed in range(6):
        worn = wear(level, seed)
        pixels = picture(page(), worn, np.random.default_rng(seed), None)
        grey = pixels.mean(axis=2) if pixels.ndim == 3 else pixels.astype(float)
        across, down = (n / size for n, size in zip(grey.shape[::-1], (700, 900), strict=True))
        cell = grey[int(190 * down) : int(280 * down), int(430 * across) : int(510 * across)]
        assert cell.min() < np.median(cell) - 50, (level, seed)


def test_broken_rulings_leave_characters_whole() -> None:
    sheet, worn = page(), Wear("low", (300.0, 300.0), broken=0.3)
    pixels = picture(sheet, worn, np.random.default_rng(5), None)
    assert (pixels[100:140, 90:96] < WHITE).all()
    lost = (sheet[50:53, 50:653] < WHITE) & (pixels[50:53, 50:653] > 180)
    assert 0.02 < lost.mean() < 0.7


@pytest.mark.parametrize("quarters", range(4))
def test_what_the_file_says_turns_the_picture_back(quarters: int, tmp_path: Path) -> None:
    pixels = np.full((400, 300), 255, np.uint8)
    pixels[:60, :60] = 0
    sheet = Sheet(turned(pixels, quarters), (100.0, 100.0), quarters)
    shown = ImageOps.exif_transpose(Image.open(io.BytesIO(picture_files.jpeg(sheet, 95))))
    assert np.abs(np.asarray(shown).astype(int) - pixels).max() < 40
    path = tmp_path / "turned.pdf"
    path.write_bytes(picture_files.pdf([sheet], 95, scale=1.37, margin=10))
    shown = next(pictures(path)).convert("L")
    assert shown.width < shown.height
    assert np.asarray(shown)[20:50, 20:50].mean() < 60


def test_fax_code_keeps_every_pixel(tmp_path: Path) -> None:
    pixels = picture(page(), wear("fax"), np.random.default_rng(1), None)
    sheets = [Sheet(pixels, (204.0, 98.0)), Sheet(turned(pixels, 1), (98.0, 204.0))]
    frames = Image.open(io.BytesIO(picture_files.tiff(sheets)))
    found = [np.asarray(frame.convert("L")) for frame in ImageSequence.Iterator(frames)]
    assert [frame.shape for frame in found] == [sheet.pixels.shape for sheet in sheets]
    assert all(np.array_equal(f, s.pixels) for f, s in zip(found, sheets, strict=True))
    assert frames.info["dpi"] == pytest.approx((98, 204), rel=0.01)
    path = tmp_path / "fax.pdf"
    path.write_bytes(picture_files.pdf(sheets[:1], 0))
    image = next(iter(pypdfium2.PdfDocument(path)[0].get_objects()))
    assert np.array_equal(np.asarray(image.get_bitmap().to_pil().convert("L")), pixels)


# --- reports -------------------------------------------------------------------------------------


def test_drawn_papers_are_varied_and_legible() -> None:
    papers = [draw_paper(seed) for seed in range(70_000, 70_100)]
    assert sum(bool(paper.drawn.misprint_identities) for paper in papers) >= 25
    assert Counter(paper.wear.level for paper in papers) == dict.fromkeys(LEVELS, 20)
    borders = Counter(paper.drawn.style["border"] for paper in papers)
    assert borders["full"] + borders["thin"] > 60
    assert len(borders) == 4
    for paper in papers:
        drawn = paper.drawn
        sizes = [fitted_size(t, drawn.style) for t in drawn.document.tables()]
        assert min(sizes) >= LEAST[paper.wear.level], paper.name
        for table in drawn.tables:
            checks = identities(table["id"], table["edition"])
            failing = {(c.id, c.at) for c in checks if evaluate(c, drawn.cells) == "fail"}
            told = {(each["id"], each["at"]) for each in drawn.misprint_identities}
            assert {at for at in failing if at not in told} == set(), paper.name


def test_truth_is_what_the_page_shows() -> None:
    """Also where only one table is left of the report."""
    alone = 0
    for seed in range(71_000, 71_040):
        drawn = draw_paper(seed, kind="png").drawn
        shown = {cell.ref: cell.text for cell in drawn.document.cells() if cell.ref}
        alone += [table["id"] for table in drawn.tables] == ["requests"]
        assert {table.id for table in drawn.document.tables()} == {t["id"] for t in drawn.tables}
        for ref, truth in drawn.cells.items():
            if truth.state == "missing_row":
                assert ref not in shown
            else:
                assert shown.pop(ref) == (truth.written or "")
        assert not shown
        assert drawn.misprint is None or drawn.misprint in drawn.cells
    assert alone >= 5


@pytest.mark.parametrize("kind", ["pdf", "tiff", "png", "jpg"])
def test_files_are_pictures_only(kind: str) -> None:
    pages = [page()] if kind in SINGLE else [page(), page()]
    first, how = file_of(pages, wear("office", 2), kind, 5)
    assert (first, how) == file_of(pages, wear("office", 2), kind, 5)
    if kind == "pdf":
        document = pypdfium2.PdfDocument(first)
        assert len(document) == 2
        for each in document:
            assert each.get_textpage().get_text_bounded() == ""
            assert len(list(each.get_objects())) == 1
    else:
        assert Image.open(io.BytesIO(first)).n_frames == len(pages) if kind == "tiff" else True


@pytest.mark.skipif(shutil.which("chromium") is None, reason="Chromium typesets these pages")
def test_written_papers_have_their_truth(tmp_path: Path) -> None:
    seeds = [seed for seed in range(72_000, 72_100)
             if draw_paper(seed, "low", "jpg").drawn.kind == "pdf-chromium"][:2]  # fmt: skip
    paths = write_papers([draw_paper(seed, "low", "jpg") for seed in seeds], tmp_path)
    for path in paths:
        truth = json.loads(path.with_name(f"{path.stem}.truth.json").read_text("utf-8"))
        shown = list(pictures(path))
        assert truth["level"] == truth["wear"]["level"] == "low"
        assert truth["kind"] == path.suffix[1:]
        assert len(shown) == truth["pages"]
        assert min(shown[0].size) > 1000
        # As many marks as a page of tables has: nothing was lost on the way.
        assert (np.asarray(shown[0].convert("L")) < 150).mean() > 0.01


# --- the bench -----------------------------------------------------------------------------------


def test_words_of_peers_become_rows() -> None:
    """Askew, with labels of two lines and a row of which two figures were not seen."""
    words, wanted = [], {}
    for index, row in enumerate(FORMS["2021"]["requests"]):
        y = 100.0 + 30 * index
        words.append((50.0, y + 2, 300.0, y + 18, row["label"]))
        for column, name in enumerate(APPLICANTS):
            x = 400.0 + 60 * column
            seen = not (index == 4 and column in (2, 3))
            if seen:
                words.append((x, y, x + 15, y + 18, str(index + column)))
            wanted[ref_of(row["key"], name)] = str(index + column) if seen else None
    slope = 0.02
    askew = [(a, b + slope * a, c, d + slope * a, text) for a, b, c, d, text in words]
    got = requests_of([askew[:62], askew[62:]], "2021")
    found = {ref: None if value is None else str(value) for ref, (value, _) in got.items()}
    assert found == wanted


def test_calibration_counts_every_cell_once() -> None:
    cells = [(1.0, True, True), (0.999, False, False), (0.97, True, True), (0.2, False, True)]
    told = calibration.of(cells)
    assert sum(each["cells"] for each in told["bins"]) == 4
    assert sum(each["observed"] for each in told["bins"]) == 2
    assert sum(each["expected"] for each in told["bins"]) == pytest.approx(0.001 + 0.03 + 0.8)
    assert told["curve"] == [[0.25, 0.0], [0.5, 0.5], [0.75, 1 / 3], [1.0, 0.5]]
    assert told["figure curve"][-1] == [1.0, pytest.approx(1 / 3)]


def test_figures_go_between_the_marks(tmp_path: Path) -> None:
    counts = {"files": 1, "cells": 10, "knowable": 10, "exact": 9, "accepted": 8, "doubtful": 2}
    data = {
        "seed": 1, "counts": counts, "levels": {level: {} for level in LEVELS} | {"fax": counts},
        "errors": [], "wrong": [], "misprints": [], "wrong head": [], "doubtful": [], "paths": {},
        "calibration": calibration.of([(0.9, True, True), (0.8, False, True)]),
    }  # fmt: skip
    path = tmp_path / "accuracy.md"
    path.write_text(f"before\n{accuracy.BEGIN}\nold\n{accuracy.END}\nafter\n", encoding="utf-8")
    accuracy.write(data, ["told"], tmp_path)
    text = path.read_text("utf-8")
    assert text.startswith(f"before\n{accuracy.BEGIN}\n\ntold")
    assert text.endswith(f"{accuracy.END}\nafter\n")
    assert "old\n" not in text.replace("told\n", "")
    assert "| fax | 1 |" in text
    assert "90.000 %" in text
    assert "20.000 %" in text
    assert (tmp_path / accuracy.PICTURE).read_text("utf-8").startswith("<svg")


# --- the samples ---------------------------------------------------------------------------------

SCANS = sorted(make_scans.SCANS.iterdir())


def test_samples_of_scans_are_those_that_are_made() -> None:
    made = {scan.path for scan in (*make_scans.WHOLE, *make_scans.TYPESET)}
    assert set(SCANS) == made
    assert {scan.wear.level for scan in (*make_scans.WHOLE, *make_scans.TYPESET)} == set(LEVELS)


@pytest.mark.parametrize("path", SCANS, ids=lambda path: path.name)
def test_samples_of_scans_are_small_pictures(path: Path) -> None:
    assert path.stat().st_size < 200_000
    for shown in pictures(path):
        assert shown.height > shown.width > 1000
    if path.suffix == ".pdf":
        texts = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(path)]
        assert set(texts) == {""}


def test_there_is_one_cv2() -> None:
    """Two wheels that bring ``cv2`` overwrite each other; peers have their own environment."""
    assert len(set(packages_distributions()["cv2"])) == 1
