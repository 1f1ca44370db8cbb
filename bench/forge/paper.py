"""``python -m bench.forge.paper --count 20 --seed 1 --out DIR``: scanned reports, known values.

A report is drawn and typeset, and its pages are made into pictures at one of five levels. Each
file has ``<name>.truth.json`` next to it, as other drawn documents do, with how the pictures were
made. Seeds below 100,000 are for tuning, from 1,000,000 on for reports alone.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pypdfium2

from . import picture_files
from .degrade import RENDER, Pixels, picture, turned
from .draw import Drawn, Misprints, draw
from .model import Block, Paragraph
from .picture_files import Sheet
from .style import DIGITS, fitted_size
from .wear import LEVELS, Wear, draw_wear
from .write import typeset

KINDS = ("pdf", "png", "jpg", "tiff")
FORMS = {
    "2021": 9, "2019": 5, "hybrid-2021-2019": 1, "hybrid-2019-2021": 1,
    "2014": 2, "fujian": 1, "shanghai": 1,
}  # fmt: skip
BORDERS = {"full": 14, "thin": 3, "horizontal": 2, "none": 1}
SHARES = {
    "clean": {"pdf": 6, "png": 2, "tiff": 2},
    "office": {"pdf": 7, "jpg": 1, "tiff": 2},
    "low": {"pdf": 6, "jpg": 3, "png": 1},
    "fax": {"tiff": 5, "pdf": 4, "png": 1},
    "phone": {"jpg": 6, "pdf": 4},
}
"""How often a level comes as a kind of file."""
LEAST = {"clean": 7.0, "office": 7.5, "low": 9.0, "fax": 9.0, "phone": 8.5}
"""Points of the smallest figures that a careful person reads without guessing."""
SIZES = (8.0, 9.0, 9.0, 10.0, 10.5, 12.0), (9.0, 9.0, 10.0, 10.5, 12.0, 12.0, 12.0)
"""Points of the figures, and of those sent by fax."""
ROOMS: tuple[dict[str, Any], ...] = (
    {}, {"padding": 0.5, "margin": 45.0}, {"paper": "A4-landscape"}, {"paper": "A3"},
    {"size_body": 12.0},
)  # fmt: skip
"""More and more room for figures, if they are too small."""
AVOIDED = ("two_years", "misused_columns")
PAGED = ("group_repeated", "group_missing", "label_cut", "header_repeated")
"""Layouts that go over several pages."""
SINGLE = ("png", "jpg")
"""Files that hold one page."""
ALIKE = {"0": "689", "1": "7", "2": "7", "3": "8", "4": "1", "5": "6", "6": "580", "7": "1",
         "8": "306", "9": "0"}  # fmt: skip
MISPRINTS = 0.45


@dataclass(frozen=True)
class Paper:
    """A drawn report, what its pages go through, and the file they become."""

    drawn: Drawn
    wear: Wear
    kind: str

    @property
    def seed(self) -> int:
        return self.drawn.seed

    @property
    def name(self) -> str:
        return f"{self.seed:07d}-{self.drawn.form}-{self.wear.level}"


def draw_paper(seed: int, level: str | None = None, kind: str | None = None) -> Paper:
    """The same seed and options give the same paper. A picture of one page (``png``, ``jpg``)
    shows a report on one large sheet, or its requests table alone."""
    rng = Random(f"paper {seed}")
    level = level or LEVELS[seed % len(LEVELS)]
    kind = kind or _weighted(rng, SHARES[level])
    alike, busy = rng.random() < 0.4, rng.choice((6, 60, 300))
    style: dict[str, Any] = {
        "border": _weighted(rng, BORDERS),
        "font_digits": rng.choice(("", "", *DIGITS)),
        "size_table": max(LEAST[level], rng.choice(SIZES[level == "fax"])),
    }
    form, plain = _weighted(rng, FORMS), rng.random() < 0.4
    if kind in SINGLE:
        style |= {"paper": "A3", "margin": 57.0, "size_table": rng.choice((9.0, 9.0, 10.5))}
        style |= {"title_gap": 0, "size_body": 12.0, "padding": rng.choice((0.5, 1.5))}
    typesetter = rng.choice(("pdf-libreoffice", "pdf-libreoffice", "pdf-chromium"))
    misprints = Misprints(MISPRINTS, ALIKE if alike else {})
    avoided = AVOIDED + PAGED * (kind in SINGLE)
    for room in ROOMS:
        style |= room
        # What is long beyond all paper is left out.
        layouts = () if plain or room is ROOMS[-1] else None
        drawn = draw(
            seed, form=form, kind=typesetter, layouts=layouts, style=style, avoid=avoided,
            misprints=misprints, busy=busy,
        )  # fmt: skip
        digits = min(fitted_size(table, drawn.style) for table in drawn.document.tables())
        if digits >= LEAST[level]:
            break
    if kind in SINGLE:
        _one_page(drawn, rng)
    return Paper(drawn, draw_wear(rng, level, digits), kind)


def _weighted(rng: Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _one_page(drawn: Drawn, rng: Random) -> None:
    """Leaves the title, a paragraph and the tables; often only the requests table."""
    alone = bool(drawn.document.tables("requests")) and rng.random() < 0.4
    blocks: list[Block] = []
    for block in drawn.document.blocks:
        if isinstance(block, Paragraph):
            told = any(isinstance(b, Paragraph) and b.role == "body" for b in blocks)
            wanted = block.role in ("title", "heading", "signature")
            wanted |= block.role == "body" and not told
        else:
            wanted = block.id == "requests" if alone else block.id is not None
            if not wanted and isinstance(blocks[-1], Paragraph) and blocks[-1].role == "heading":
                blocks.pop()
        if wanted:
            blocks.append(block)
    drawn.document.blocks = blocks
    drawn.statements = {}
    if alone:
        drawn.document.style["paper"] = rng.choice(("A4", "A3"))
        drawn.tables = [table for table in drawn.tables if table["id"] == "requests"]
        drawn.cells = {r: t for r, t in drawn.cells.items() if r.startswith("requests.")}
        if drawn.misprint not in drawn.cells:
            drawn.misprint, drawn.misprint_identities = None, []


def write_papers(papers: Sequence[Paper], folder: Path) -> list[Path]:
    """Typesets all in one go, makes the pictures, and writes files and truths."""
    folder.mkdir(parents=True, exist_ok=True)
    out = []
    with tempfile.TemporaryDirectory() as scratch:
        sources = typeset([paper.drawn for paper in papers], Path(scratch))
        for paper, source in zip(papers, sources, strict=True):
            out.append(_write(paper, source, folder))
    return out


def _write(paper: Paper, source: Path, folder: Path) -> Path:
    pages = list(rendered(source))
    # What does not fit one page is no single picture.
    if len(pages) > 1 and paper.kind in SINGLE:
        paper = replace(paper, kind={"png": "tiff", "jpg": "pdf"}[paper.kind])
    path = folder / f"{paper.name}.{paper.kind}"
    packed, how = file_of(pages, paper.wear, paper.kind, paper.seed)
    path.write_bytes(packed)
    truth = paper.drawn.truth() | {
        "kind": paper.kind,
        "level": paper.wear.level,
        "typeset": paper.drawn.kind,
        "wear": asdict(paper.wear),
        "file": how,
        "pages": len(pages),
    }
    text = json.dumps(truth, ensure_ascii=False, indent=1)
    (folder / f"{path.stem}.truth.json").write_text(text + "\n", encoding="utf-8")
    return path


def rendered(source: Path) -> Iterator[Pixels]:
    """A PDF's pages as greys at RENDER."""
    document = pypdfium2.PdfDocument(source)
    try:
        for page in document:
            bitmap = page.render(scale=RENDER / 72, grayscale=True)
            yield (
                bitmap.to_numpy()[:, :, 0].copy()
                if bitmap.to_numpy().ndim == 3
                else (bitmap.to_numpy().copy())
            )
    finally:
        document.close()


def file_of(
    pages: Sequence[Pixels], wear: Wear, kind: str, seed: int
) -> tuple[bytes, dict[str, Any]]:
    """The file's bytes, and how its pictures are stored."""
    rng, sheets, turns = Random(f"paper file {seed}"), [], []
    quality = wear.jpeg
    said = rng.random() < (0.8 if kind in ("jpg", "pdf") else 0.0)
    for number, page in enumerate(pages):
        noise = np.random.default_rng([seed, number])
        behind = pages[(number + 1) % len(pages)] if len(pages) > 1 else None
        pixels = picture(page, wear, noise, behind)
        quarters = wear.turn if rng.random() < 0.5 or len(pages) == 1 else 0
        if wear.level == "phone" and kind == "jpg" and not quarters:
            quarters, shown = rng.choice((0, 1, 2, 3)), True
        else:
            shown = said
        turns.append({"quarters": quarters, "told": shown and quarters != 0})
        dpi = (wear.dpi[1], wear.dpi[0]) if quarters % 2 else wear.dpi
        sheets.append(Sheet(turned(pixels, quarters), dpi, quarters if shown else 0))
    scale = rng.choice((1.0, 1.0, 1.0, 1.0, 0.83, 1.37, 2.0))
    margin = rng.choice((0.0, 0.0, 0.0, 12.5))
    dpi_told = rng.random() < (0.1 if wear.level == "phone" else 0.8)
    how: dict[str, Any] = {"turns": turns}
    if kind == "pdf":
        return picture_files.pdf(sheets, quality, scale=scale, margin=margin), how | {
            "scale": scale, "margin": margin}  # fmt: skip
    if kind == "tiff":
        return picture_files.tiff(sheets), how
    how["dpi told"] = dpi_told
    if kind == "jpg":
        return picture_files.jpeg(sheets[0], quality or 92, dpi=dpi_told), how
    return picture_files.png(sheets[0], dpi=dpi_told), how


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.forge.paper", description=__doc__)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1, help="tuning below 100000, reports from 1e6")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--level", choices=LEVELS, help="all in turn, if none is named")
    parser.add_argument("--kind", choices=KINDS)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    seeds = range(options.seed, options.seed + options.count)
    papers = [draw_paper(seed, options.level, options.kind) for seed in seeds]
    parts = [papers[start :: options.jobs] for start in range(options.jobs)]
    with ProcessPoolExecutor(options.jobs) as pool:
        list(pool.map(write_papers, parts, [options.out] * len(parts)))


if __name__ == "__main__":
    main()
