"""The scans among the samples: no accepted value differs from the report, and each reads as it did
when its expected record was written.
"""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bench.golden import digest_of, expected_of, scans
from gouji.ingest import read

TRUTH = Path(__file__).parent / "truth"
HELD = 0.97
"""Processors round differently: so much of what was accepted must be accepted again."""

pytestmark = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="Tesseract is not installed"
)


def truth_of(document: Path) -> dict[str, Any]:
    name = document.stem.rpartition("-")[0]
    text = (TRUTH / f"{name}.json").read_text("utf-8")
    truth: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return truth


@pytest.mark.parametrize("document", scans(), ids=lambda path: path.name)
def test_a_sample_scan(document: Path) -> None:
    (record,) = read(document)
    found = digest_of(record)
    (expected,) = expected_of(document)
    values = truth_of(document)["values"]
    for cell in record.cells:
        if cell.accepted:
            told = values[cell.ref]
            assert cell.value == (None if told is None else Decimal(told)), cell.ref
    accepted = {ref: value for ref, value in expected["cells"].items() if value is not None}
    same = sum(found["cells"].get(ref) == value for ref, value in accepted.items())
    assert same >= HELD * len(accepted)
    assert (found["agency"], found["year"]) == (expected["agency"], expected["year"])
