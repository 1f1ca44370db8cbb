"""The samples: every document gives its expected record, and every value of its truth."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bench.golden import SAMPLES, differences, documents, expected_of, json_of
from gouji.ingest import read
from gouji.ingest.settings import Settings
from gouji.tables.record import Record

TRUTH = Path(__file__).parent / "truth"
DOCUMENTS = documents()
NAMES = [path.name for path in DOCUMENTS]
WITHOUT_TABLE = "guizhou-commerce-2017"
REPORTS = sorted(path.stem for path in TRUTH.glob("*.json"))


def truth_of(document: Path) -> dict[str, Any]:
    name = document.stem.removesuffix("-web")
    text = (TRUTH / f"{name}.json").read_text(encoding="utf-8")
    truth: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return truth


@cache
def only_record(document: Path) -> Record:
    (record,) = read(document, Settings(language="zh"))
    return record


def wrong_cells(record: Record, values: dict[str, Any]) -> list[str]:
    """A line for each value that isn't accepted as the truth has it, and for each cell too many."""
    cells = {cell.ref: cell for cell in record.cells}
    out = [f"{ref}: not in the truth" for ref in cells.keys() - values.keys()]
    for ref, value in values.items():
        cell = cells.get(ref)
        if cell is None:
            out.append(f"{ref}: missing, should be {value}")
        elif not cell.accepted or cell.value != (None if value is None else Decimal(value)):
            out.append(f"{ref}: {cell.value} ({cell.state}, {cell.reason}), should be {value}")
    return out


def bare(text: str) -> str:
    return re.sub(r"\s|\*\*", "", text)


def test_every_report_is_there_in_every_form() -> None:
    endings = (".txt", ".docx", ".pdf", ".html", "-web.pdf")
    assert len(REPORTS) == 5
    assert sorted(NAMES) == sorted(name + ending for name in REPORTS for ending in endings)


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_expected_record(document: Path) -> None:
    changed = differences(expected_of(document), [json_of(only_record(document), document)])
    shown = "\n".join(changed[:30])
    assert not changed, f"{len(changed)} changes; if they are right: make golden\n{shown}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_report(document: Path) -> None:
    report, truth = only_record(document).report, truth_of(document)["report"]
    assert report is not None
    found = (report.agency, report.year, report.region_code, report.level, report.agency_type)
    keys = ("agency_name", "report_year", "region_code", "admin_level", "agency_type")
    assert found == tuple(truth[key] for key in keys)
    assert report.scope == truth["report_scope"]


WITH_TABLES = [path for path in DOCUMENTS if not path.name.startswith(WITHOUT_TABLE)]


@pytest.mark.parametrize("document", WITH_TABLES, ids=[path.name for path in WITH_TABLES])
def test_all_values_of_the_tables(document: Path) -> None:
    record, values = only_record(document), truth_of(document)["values"]
    assert len(values) == 198
    wrong = wrong_cells(record, values)
    assert not wrong, "\n".join(wrong)
    assert [table.edition for table in record.tables] == ["2019"] * 3
    assert record.status == "clean"
    assert not [identity for identity in record.identities if identity.result == "fail"]


WITHOUT = [path for path in DOCUMENTS if path.name.startswith(WITHOUT_TABLE)]


@pytest.mark.parametrize("document", WITHOUT, ids=[path.name for path in WITHOUT])
def test_all_values_of_the_text(document: Path) -> None:
    record, truth = only_record(document), truth_of(document)
    quotes = {(item["key"], item["value"]): item["quote"] for item in truth["statements"]}
    missing = []
    for ref, value in truth["values"].items():
        quote = bare(quotes[ref, value])
        found = [
            statement
            for statement in record.statements
            if (statement.ref, statement.value) == (ref, value)
            and (quote in bare(statement.quote) or bare(statement.quote) in quote)
        ]
        if not found:
            given = [(s.value, s.quote) for s in record.statements if s.ref == ref]
            missing.append(f"{ref}: should be {value} by {quote}, is {given}")
    assert not missing, "\n".join(missing)
    assert (record.cells, record.tables) == ((), ())
    assert "no_table" in [finding.code for finding in record.findings]


@pytest.mark.parametrize("document", WITHOUT, ids=[path.name for path in WITHOUT])
def test_what_the_text_leaves_open_is_not_stated(document: Path) -> None:
    statements = truth_of(document)["statements"]
    ambiguous = {item["key"] for item in statements if item["kind"] == "ambiguous"}
    found = {s.ref for s in only_record(document).statements if s.kind == "stated"}
    assert not ambiguous & found


def test_the_text_contradicts_the_table() -> None:
    record = only_record(SAMPLES / "shangqiu-2019.txt")
    stated = [statement for statement in record.statements if statement.value == 489]
    assert stated
    assert all("489件" in statement.quote for statement in stated)
    assert "statement_differs_from_table" in [finding.code for finding in record.findings]
