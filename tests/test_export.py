"""Export: exact, safe in a spreadsheet, the same every time, in the shape of the form."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gouji.ingest import codebook
from gouji.ingest.export import FORMATS, export
from gouji.ingest.export_rows import COLUMNS, clean, harmless
from gouji.ingest.export_xlsx import books, sheet_names
from gouji.ingest.printed import WIDTH, printed
from gouji.ingest.wording import section
from gouji.ocr.finding import DocumentError
from gouji.tables.forms.form import all_forms, load
from gouji.tables.record import Record

DOUBT = {"value": None, "written": "3?", "state": "unreadable", "accepted": False,
         "basis": None, "confidence": 0, "why": [{"code": "illegible", "message": "看不清"}],
         "readings": [{"by": "a", "text": "30", "confidence": 0.5}]}  # fmt: skip


def a_record(edition="2021", file="a.pdf", cells=None, extra=(), findings=(), **report) -> Record:
    """A report whose cells are all a printed 0, but for those given."""
    tables = load(edition).tables
    made = []
    for number, table in enumerate(tables):
        for cell in table.cells:
            plain = {"ref": cell.ref, "table": number, "value": "0", "written": "0",
                     "unit": cell.unit, "unit_source": "form", "state": "zero", "accepted": True,
                     "basis": "label", "confidence": 1}  # fmt: skip
            made.append(plain | (cells or {}).get(cell.ref, {}))
    return Record.model_validate({
        "gouji": {"version": "0", "schema": "1"},
        "source": {"file": file, "sha256": "ab" * 32, "kind": "pdf"},
        "report": {"index": 0, "agency": "甲县人民政府", "year": 2023} | report,
        "tables": [{"id": t.id, "edition": edition, "evidence": []} for t in tables],
        "cells": [*made, *extra],
        "findings": list(findings),
        "status": "clean",
    })  # fmt: skip


def figure(text: str, **more) -> dict:
    return {"value": text, "written": text, "state": "value", **more}


def a_failure(file="=bad.pdf") -> Record:
    return Record.model_validate({
        "gouji": {"version": "0", "schema": "1"},
        "source": {"file": file},
        "findings": [{"code": "damaged", "severity": "error", "message": "文件已损坏"}],
        "status": "failed",
    })  # fmt: skip


def rows_of(path: Path) -> list[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "Excel in China needs the BOM"
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def cells_of(folder: Path) -> dict[str, dict[str, str]]:
    return {row["ref"]: row for row in rows_of(folder / "cells.csv")}


# --- CSV ----------------------------------------------------------------------------------------


def test_long_csv_keeps_every_cell_and_every_digit(tmp_path):
    exact = "12345678901234567890.123456"
    record = a_record("2019", cells={
        "proactive.procurement@amount": figure(exact, unit="万元", unit_source="cell"),
        "proactive.licensing@items_change": figure("-12"),
    })  # fmt: skip
    export([record], tmp_path, ["csv"], "zh")
    cells = cells_of(tmp_path)
    assert len(cells) == 198
    assert cells["proactive.procurement@amount"]["value"] == exact
    assert cells["proactive.licensing@items_change"]["value"] == "-12"
    assert cells["proactive.licensing@items_change"]["written"] == "-12"
    assert cells["requests.new@total"]["label"] == "一、本年新收政府信息公开申请数量·总计"
    assert list(cells["requests.new@total"]) == list(COLUMNS)


def test_findings_stand_beside_their_cells_and_in_a_file_of_their_own(tmp_path):
    finding = {"code": "unit_unknown", "severity": "warning", "message": "未写明",
               "refs": ["proactive.fees@amount_collected"]}  # fmt: skip
    export([a_record(findings=[finding]), a_failure()], tmp_path, ["csv"], "zh")
    assert cells_of(tmp_path)["proactive.fees@amount_collected"]["findings"] == "unit_unknown"
    found = rows_of(tmp_path / "findings.csv")
    assert [(row["document"], row["code"]) for row in found] == [
        ("a.pdf", "unit_unknown"),
        ("'=bad.pdf", "damaged"),
    ]


def test_wide_csv_tells_zero_blank_not_applicable_doubtful_and_absent_apart(tmp_path):
    record = a_record(cells={
        "proactive.rules@issued": {"value": None, "written": "", "state": "blank"},
        "proactive.rules@repealed": {"value": None, "written": "/", "state": "not_applicable"},
        "proactive.rules@in_force": DOUBT,
        "proactive.licensing@decisions": figure("7") | {"accepted": False},
    })  # fmt: skip
    export([record, a_record("fujian", "b.txt")], tmp_path, ["csv-wide"], "zh")
    first, second = rows_of(tmp_path / "reports.csv")
    assert first["requests.new@total"] == "0"
    assert first["proactive.rules@issued"] == ""
    assert first["proactive.rules@repealed"] == "N/A"
    assert first["proactive.rules@in_force"] == "NULL"
    assert first["proactive.licensing@decisions"] == "NULL"
    assert first["disputes.review@this_year"] == "NA"
    assert second["disputes.review@this_year"] == "0"
    assert first["doubtful_refs"] == "proactive.rules@in_force proactive.licensing@decisions"
    export([record], tmp_path, ["csv-wide"], "zh", include_doubtful=True)
    (first,) = rows_of(tmp_path / "reports.csv")
    assert first["proactive.licensing@decisions"] == "7"
    assert first["proactive.rules@in_force"] == "NULL"


def test_wide_csv_gives_money_its_unit_and_loses_no_row_of_the_same_name(tmp_path):
    extra = [
        {"ref": "x.其他事项", "table": 0, "value": v, "written": v, "state": "value",
         "accepted": True, "basis": "label", "confidence": 1}
        for v in ("5", "6")
    ]  # fmt: skip
    money = figure("251000", unit=None, unit_source="unknown")
    record = a_record("2019", cells={"proactive.procurement@amount": money}, extra=extra)
    export([record, a_failure()], tmp_path, ["csv-wide"], "zh")
    first, failed = rows_of(tmp_path / "reports.csv")
    assert first["proactive.procurement@amount"] == "251000"
    assert first["proactive.procurement@amount#unit"] == ""
    assert (first["x.其他事项"], first["x.其他事项#2"]) == ("5", "6")
    assert (failed["status"], failed["requests.new@total"]) == ("failed", "NA")


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+cmd", "-2+3", "@sum", "\t=1", "\r=1", "＝1+1", " =1", "\ufeff=1", "-", "+²", "'=1"],
)
def test_no_text_can_be_taken_for_a_formula(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["-12", "+3", "-0.50", "-1,234", "12", "—", "1=1", "", "－2", "-１２"]
)
def test_numbers_and_harmless_text_stay(text):
    assert harmless(text) == text


@given(st.text(max_size=20))
def test_harmless_text_can_be_had_back(text):
    safe = harmless(text)
    assert safe == text or safe == f"'{text}"
    number = re.fullmatch(r"[+-][0-9０-９,，]+([.．][0-9０-９]+)?", safe)
    assert number or not safe.startswith(tuple("=+-@\t\r\n"))
    clean(text).encode("utf-8")


# --- XLSX ---------------------------------------------------------------------------------------


def sheet_of(folder: Path, name: str = "2023 甲县人民政府"):
    return openpyxl.load_workbook(folder / "reports.xlsx")[name]


def place_of(sheet, text: str):
    return next(cell for row in sheet.iter_rows() for cell in row if cell.value == text)


def beside(sheet, label: str, step: int = 1):
    """The cells in the row of a label that are not covered by a merged one."""
    cell = place_of(sheet, label)
    row = [c for c in sheet[cell.row] if c.column > cell.column and c.value is not None]
    return row[step - 1]


def test_xlsx_is_filled_in_like_the_form(tmp_path):
    record = a_record(cells={
        "requests.new@natural_person": figure("21"),
        "proactive.fees@amount_collected": figure("7730.28"),
        "requests.new@business": DOUBT,
    })  # fmt: skip
    export([record], tmp_path, ["xlsx"], "zh")
    sheet = sheet_of(tmp_path)
    assert beside(sheet, "一、本年新收政府信息公开申请数量").value == 21
    fee = beside(sheet, "行政事业性收费")
    assert (fee.value, fee.number_format) == (7730.28, "0.00")
    doubtful = beside(sheet, "一、本年新收政府信息公开申请数量", 2)
    assert (doubtful.value, doubtful.data_type) == ("3?", "s")
    assert doubtful.fill.start_color.rgb.endswith("FFE699")
    assert "看不清" in doubtful.comment.text
    assert "30" in doubtful.comment.text
    merged = {str(area) for area in sheet.merged_cells.ranges}
    vertical = place_of(sheet, "三、本年度办理结果")
    assert vertical.alignment.textRotation == 255
    assert f"A{vertical.row}:A{vertical.row + 21}" in merged
    assert place_of(sheet, "法人或其他组织").font.name == "宋体"


def test_xlsx_keeps_the_unit_that_stands_in_a_heading(tmp_path):
    amount = figure("326.6", unit="万元", unit_source="header")
    record = a_record("2019", cells={"proactive.procurement@amount": amount})
    export([record], tmp_path, ["xlsx"], "zh")
    assert place_of(sheet_of(tmp_path), "采购总金额（万元）")


def test_xlsx_marks_the_result_of_a_sum_that_fails(tmp_path):
    finding = {"code": "sum_differs", "severity": "error", "message": "应为26，印为20",
               "arguments": {"identity": "R2"},
               "refs": ["requests.results.granted@total", "requests.results.total@total"],
               }  # fmt: skip
    export([a_record(findings=[finding])], tmp_path, ["xlsx"], "zh")
    sheet = sheet_of(tmp_path)
    total = beside(sheet, "（七）总计", 7)
    assert total.comment.text == "应为26，印为20"
    assert total.value == 0
    assert beside(sheet, "（一）予以公开", 7).comment is None


def test_xlsx_holds_numbers_exactly_or_as_text(tmp_path):
    long, short = "12345678901234567.25", "8.95"
    record = a_record("2019", cells={
        "proactive.procurement@amount": figure(long, unit="万元", unit_source="cell"),
        "proactive.fees@items_change": figure("-3"),
        "proactive.rules@made": figure(short),
    })  # fmt: skip
    export([record], tmp_path, ["xlsx"], "zh")
    sheet = sheet_of(tmp_path)
    amount = beside(sheet, "政府集中采购", 2)
    assert (amount.value, amount.data_type) == (long + "万元", "s")
    assert beside(sheet, "行政事业性收费", 2).value == -3
    with zipfile.ZipFile(tmp_path / "reports.xlsx") as archive:
        assert b"<v>8.95</v>" in archive.read("xl/worksheets/sheet2.xml")


def test_xlsx_has_no_formula_whatever_the_text(tmp_path):
    record = a_record(agency="=HYPERLINK(1)", file="=a.pdf", title="=1+1", cells={
        "requests.new@total": DOUBT | {"written": "=1+2"},
        "requests.new@other": figure("4", note="=cmd\x00\ud800"),
    }, extra=[{"ref": "x.=1", "table": 0, "value": None, "written": "@x", "state": "text",
               "accepted": False, "basis": "label", "confidence": 0}])  # fmt: skip
    export([record, a_failure()], tmp_path, ["xlsx", "csv", "csv-wide", "parquet"], "zh")
    book = openpyxl.load_workbook(tmp_path / "reports.xlsx")
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
    assert not [c for c in cells if c.data_type == "f"]
    risky = [c for c in cells if isinstance(c.value, str) and c.value.startswith("=")]
    assert risky
    assert all(c.quotePrefix for c in risky)
    for name in ("cells.csv", "reports.csv", "findings.csv", "codebook.csv"):
        for row in rows_of(tmp_path / name):
            for text in (*row, *row.values()):
                assert not text.startswith(("=", "+", "@", "\t", "\r"))


def test_sheet_names_are_valid_and_unique():
    long = "某某省某某市某某县" * 6
    records = [
        a_record(agency=name) for name in (long, long, "a/b:c*[d]?'", "A/B:C*[D]?", "", "𠀀" * 40)
    ]
    names = sheet_names([*records, a_failure()], ["目录"])
    assert names[-1] is None
    made = [name for name in names if name]
    assert len({name.casefold() for name in made}) == len(records)
    assert all(0 < len(name.encode("utf-16-le")) // 2 <= 31 for name in made)
    assert not [name for name in made if re.search(r"[\[\]:*?/\\]|^'|'$", name)]


def test_contents_lead_to_the_reports_and_name_what_failed(tmp_path):
    export([a_record(), a_failure("b.pdf")], tmp_path, ["xlsx"], "zh")
    contents = openpyxl.load_workbook(tmp_path / "reports.xlsx")["目录"]
    assert contents["L2"].hyperlink.location == "'2023 甲县人民政府'!A1"
    assert [contents["A3"].value, contents["B3"].value] == ["b.pdf", "文件已损坏"]


def test_many_reports_go_on_in_another_workbook():
    assert [len(part) for part in books([a_failure()] * 401)] == [200, 200, 1]
    assert [len(part) for part in books([])] == [0]


# --- Parquet, JSON, codebook --------------------------------------------------------------------


def test_parquet_has_exact_decimals_and_text_for_what_does_not_fit(tmp_path):
    tiny = "0.00000000001"
    record = a_record(cells={
        "proactive.fees@amount_collected": figure("24252.311082"),
        "requests.new@total": figure(tiny),
        "requests.new@other": figure("1" * 28 + ".5"),
    })  # fmt: skip
    export([record], tmp_path, ["parquet"], "zh")
    table = pq.read_table(tmp_path / "cells.parquet")
    assert {f.name: str(f.type).replace("double", "float64") for f in table.schema} == {
        name: about["type"] for name, about in section("columns").items()
    }
    rows = {row["ref"]: row for row in table.to_pylist()}
    assert rows["proactive.fees@amount_collected"]["value"] == Decimal("24252.311082")
    assert rows["requests.new@total"]["value"] is None
    assert rows["requests.new@total"]["value_text"] == tiny
    assert rows["requests.new@other"]["value_text"] == "1" * 28 + ".5"
    assert rows["requests.carried_in@total"]["value"] == 0


def test_json_is_the_records(tmp_path):
    records = [a_record(), a_failure()]
    export(records, tmp_path, ["json"], "zh")
    plain = json.loads((tmp_path / "records.json").read_text(encoding="utf-8"))
    assert [Record.model_validate(entry) for entry in plain] == records


@pytest.mark.parametrize("language", ["zh", "en"])
def test_codebook_explains_every_ref_of_the_editions_present(tmp_path, language):
    export([a_record("2019"), a_record("2014")], tmp_path, [], language)
    book = {(row["edition"], row["ref"]): row for row in rows_of(tmp_path / "codebook.csv")}
    refs = {(e, c.ref) for e in ("2019", "2014") for t in load(e).tables for c in t.cells}
    assert set(book) == refs
    entry = book["2019", "requests.results.total@total"]
    assert entry["identities"] == "R1 R2 R3"
    assert entry["meaning"] == "收到和处理政府信息公开申请情况·三、本年度办理结果·（七）总计·总计"
    assert entry["crosswalk"].startswith("2021: requests.results.total@total（")
    assert "2014: requests.closed（" in entry["crosswalk"]
    other = book["2019", "requests.results.other_handling@total"]["crosswalk"]
    assert "correction_overdue@total + " in other
    assert "2021" in book["2019", "proactive.rules@newly_published"]["crosswalk"]
    text = (tmp_path / "codebook.md").read_text(encoding="utf-8")
    assert "`value_text`" in text
    assert "requests.new@total" in text


def test_every_word_exists_in_both_languages():
    for name in ("text", "codebook", "remark", "relation", "columns", "markdown"):
        for key, about in section(name).items():
            assert {"zh", "en"} <= set(about), (name, key)
    relations = {c.relation for form in all_forms() for c in form.crosswalk}
    assert relations - {"none"} <= set(section("relation"))


# --- the printed form ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "table", [t for f in all_forms() for t in f.tables], ids=lambda t: f"{t.edition}-{t.id}"
)
def test_printed_cells_tile_the_page(table):
    pieces = printed(table)
    covered = [
        (row, col)
        for p in pieces
        for row in range(p.row, p.row + p.row_span)
        for col in range(p.col, p.col + p.col_span)
    ]
    height = max(row for row, _ in covered) + 1
    assert sorted(covered) == [(row, col) for row in range(height) for col in range(WIDTH)]
    assert sorted(p.ref for p in pieces if p.ref) == sorted(cell.ref for cell in table.cells)


def test_headings_of_the_old_form_stand_where_they_are_printed():
    table = load("2014").tables[0]
    labels = [p.text for p in printed(table) if p.kind in ("group", "label")]
    for heading, below in [
        ("一、主动公开情况", "（一）主动公开政府信息数"),
        ("（二）通过不同渠道和方式回应解读的情况", "1.参加或举办新闻发布会总次数"),
        ("九、政府信息公开会议和培训情况", "（一）召开政府信息公开工作会议"),
    ]:
        assert labels[labels.index(heading) + 1].startswith(below)


def test_optional_rows_that_are_not_there_are_not_printed():
    table = load("fujian").tables[0]
    absent = frozenset(row.key for row in table.rows if row.optional)
    assert absent
    assert not {p.ref.partition("@")[0] for p in printed(table, absent)} & absent


# --- files --------------------------------------------------------------------------------------


def test_the_same_records_give_the_same_bytes(tmp_path):
    records = [a_record(cells={"requests.new@total": DOUBT}), a_failure()]
    first = export(records, tmp_path / "a", FORMATS, "zh")
    second = export(records, tmp_path / "b", FORMATS, "zh")
    assert [path.name for path in first] == [path.name for path in second]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_no_records_are_no_error(tmp_path):
    files = export([], tmp_path, FORMATS, "en")
    assert {path.name for path in files} == {path.name for path in tmp_path.iterdir()}


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    export([a_record()], tmp_path, ["csv"], "zh")
    before = (tmp_path / "codebook.md").read_bytes()

    def full(*_args: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(codebook, "markdown", full)
    with pytest.raises(DocumentError) as error:
        export([a_record("2019")], tmp_path, ["csv"], "zh")
    assert error.value.finding.code == "cannot_write"
    assert (tmp_path / "codebook.md").read_bytes() == before
    assert not list(tmp_path.glob(".*"))


def test_a_target_that_is_a_file_and_a_format_that_is_none(tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("x")
    with pytest.raises(DocumentError):
        export([], taken, ["csv"], "zh")
    with pytest.raises(ValueError, match="xml"):
        export([], tmp_path, ["xml"], "zh")
