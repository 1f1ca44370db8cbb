"""Makes the scans in ``samples/scans/`` from the reports that lie in ``samples/`` as text and PDF.

Whole reports are two-toned, as office scanners and faxes send them; pictures of one sheet (title,
first paragraph, requests table) are JPEG. All stay below 200 kB.

    python -m bench.make_scans
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.forge.convert import libreoffice_pdfs
from bench.forge.degrade import Pixels
from bench.forge.model import Block, Document, Table
from bench.forge.paper import file_of, rendered
from bench.forge.wear import Wear
from bench.forge.write_docx import write_docx
from bench.make_samples import PLAIN, SAMPLES, STYLES, parse

SCANS = SAMPLES / "scans"

# Less noise than the drawn levels have, for noise is most of a file's size.
CLEAN = Wear("clean", (300.0, 300.0), skew=0.15, blur=0.4, noise=4.0, threshold=150.0)
OFFICE = Wear("office", (200.0, 200.0), skew=-0.8, gain=(1.2, 1.2), bleed=0.06, edge=True,
              strength=0.9, blur=0.5, noise=4.0, threshold=150.0)  # fmt: skip
LOW = Wear("low", (150.0, 150.0), skew=1.6, broken=0.15, bleed=0.05, strength=0.6, paper=232.0,
           shading=0.12, blur=0.7, noise=1.5, jpeg=42)  # fmt: skip
FAX = Wear("fax", (204.0, 196.0), skew=1.0, gain=(1.5, 1.5), broken=0.1, blur=0.3, noise=10.0,
           threshold=145.0, speckle=0.00005, dropped=2)  # fmt: skip
PHONE = Wear("phone", (160.0, 160.0), colour=True, seal=True, skew=1.5, strength=0.85, paper=228.0,
             shading=0.25, blur=0.6, noise=1.2, jpeg=62, tilt=0.02, curl=0.006,
             cast=(1.0, 0.98, 0.95))  # fmt: skip


@dataclass(frozen=True)
class Scan:
    """One file: of the PDF that ``source`` names, or typeset anew, small, or one sheet only."""

    name: str
    wear: Wear
    kind: str
    source: str = ""
    whole: bool = False

    @property
    def path(self) -> Path:
        return SCANS / f"{self.name}-{self.wear.level}.{self.kind}"


WHOLE = (
    Scan("sichuan-commerce-2019", CLEAN, "pdf", "sichuan-commerce-2019.pdf"),
    Scan("henan-commerce-2019", OFFICE, "pdf", "henan-commerce-2019.pdf"),
    Scan("guizhou-commerce-2017", OFFICE, "pdf", "guizhou-commerce-2017-web.pdf"),
    Scan("luoyang-commerce-2020", FAX, "tiff", "luoyang-commerce-2020.pdf"),
)
TYPESET = (
    Scan(
        "shangqiu-2019",
        replace(FAX, broken=0.0, noise=3.0, speckle=0.0, blur=0.8),
        "pdf",
        whole=True,
    ),
    Scan("henan-commerce-2019", LOW, "jpg"),
    Scan("luoyang-commerce-2020", PHONE, "jpg"),
    Scan("sichuan-commerce-2019", replace(LOW, skew=-1.9, turn=1), "jpg"),
    Scan("shangqiu-2019", replace(PHONE, seal=False, skew=-2.0, curl=0.009), "jpg"),
)


def make() -> None:
    """Writes all scans."""
    SCANS.mkdir(exist_ok=True)
    for seed, scan in enumerate(WHOLE):
        _write(scan, list(rendered(SAMPLES / scan.source)), seed)
    with tempfile.TemporaryDirectory() as folder:
        sources = [_source(scan, Path(folder)) for scan in TYPESET]
        libreoffice_pdfs(sources, Path(folder))
        for seed, (scan, source) in enumerate(zip(TYPESET, sources, strict=True), start=10):
            _write(scan, list(rendered(source.with_suffix(".pdf"))), seed)


def _write(scan: Scan, pages: Sequence[Pixels], seed: int) -> None:
    scan.path.write_bytes(file_of(pages, scan.wear, scan.kind, seed)[0])


def _source(scan: Scan, folder: Path) -> Path:
    """The report, or its title, first line and requests table under its heading, for Word."""
    blocks: list[Block] = [*parse((SAMPLES / f"{scan.name}.txt").read_text(encoding="utf-8"))]
    if not scan.whole:
        at = next(i for i, b in enumerate(blocks) if isinstance(b, Table) and b.id == "requests")
        blocks = [*blocks[:2], *blocks[at - 1 : at + 1]]
    small = {"size_table": 9.0, "size_body": 10.5 if scan.whole else 12.0, "margin": 57.0}
    path = folder / f"{scan.path.stem}.docx"
    write_docx(Document("2019", "", blocks, {}, PLAIN | STYLES[scan.name] | small, {}), path)
    return path


if __name__ == "__main__":
    make()
