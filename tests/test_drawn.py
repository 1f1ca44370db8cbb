"""Drawn reports of each kind, read back: nothing accepted is wrong, misprints are kept and told."""

from __future__ import annotations

import shutil
from decimal import Decimal

import pytest

from bench.forge import draw, write
from gouji.ingest.pipeline import read_file
from gouji.ingest.settings import Settings
from gouji.tables.forms.form import load

SETTINGS = Settings(language="en")
NEEDS = {"pdf-libreoffice": "soffice", "pdf-chromium": "chromium"}
KINDS = (
    "html", "docx", "xlsx", "tsv", "markdown", "exploded", "flattened",
    "pdf-libreoffice", "pdf-chromium",
)  # fmt: skip
FIRST = {kind: 400 + 20 * number for number, kind in enumerate(KINDS)}


@pytest.mark.parametrize("kind", KINDS)
def test_ten_of_each_kind(kind, tmp_path):
    program = NEEDS.get(kind)
    if program and not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    drawn = [draw(seed, kind=kind) for seed in range(FIRST[kind], FIRST[kind] + 10)]
    known = accepted = 0
    for report, path in zip(drawn, write(drawn, tmp_path), strict=True):
        record = next(read_file(path, SETTINGS))
        cells = {cell.ref: cell for cell in record.cells}
        for table in record.tables:
            form = next(t for t in load(table.edition).tables if t.id == table.id)
            assert cells.keys() >= {cell.ref for cell in form.cells}, path.name
        for ref, truth in report.cells.items():
            cell = cells.get(ref)
            value = None if truth.value is None else Decimal(truth.value)
            if cell and cell.accepted:
                assert (cell.value, cell.state) == (value, truth.state), (path.name, ref)
            if truth.knowable and truth.state not in ("missing_row", "text"):
                known += 1
                accepted += bool(cell and cell.accepted)
        if report.misprint and report.misprint_identities and cells[report.misprint].accepted:
            failed = {i.id for i in record.identities if i.result == "fail"}
            assert failed & {i["id"] for i in report.misprint_identities}, path.name
    assert accepted >= 0.95 * known


@pytest.mark.parametrize(
    ("form", "editions"),
    [
        ("2021", {"2021"}), ("2019", {"2019"}), ("2014", {"2014"}), ("fujian", {"fujian"}),
        ("shanghai", {"shanghai"}), ("hybrid-2021-2019", {"2021", "2019"}),
        ("hybrid-2019-2021", {"2021", "2019"}),
    ],
)  # fmt: skip
def test_the_edition_is_told_by_the_labels(form, editions, tmp_path):
    (path,) = write([draw(77, form=form, kind="html", layouts=())], tmp_path)
    record = next(read_file(path, SETTINGS))
    assert {table.edition for table in record.tables} == editions
    assert all(table.evidence for table in record.tables)
