"""Published reports that are not ours to pass on: they lie beside the repository, or these skip."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gouji.ingest import read
from gouji.ingest.settings import Settings
from gouji.tables.record import CellModel, IdentityModel, Record

REAL = Path(__file__).parents[2] / "shared" / "real"


@cache
def record_of(name: str) -> Record:
    if not (REAL / name).exists():
        pytest.skip(f"{name} is not beside the repository")
    (record,) = read(REAL / name, Settings(language="zh"))
    return record


def cells_of(record: Record) -> dict[str, CellModel]:
    return {cell.ref: cell for cell in record.cells}


def accepted(record: Record) -> dict[str, Decimal | None]:
    return {cell.ref: cell.value for cell in record.cells if cell.accepted}


def failures(record: Record) -> dict[tuple[str, str], IdentityModel]:
    return {(i.id, i.at): i for i in record.identities if i.result == "fail"}


def editions(record: Record) -> dict[str, str]:
    return {table.id: table.edition for table in record.tables}


def messages(record: Record) -> list[str]:
    return [f.message for f in record.findings if f.code == "sum_differs"]


class TestHybrid:
    """The 2021 form's proactive table, the 2019 form's others; totals printed as 0."""

    @pytest.fixture
    def record(self) -> Record:
        return record_of("hongze-2023.pdf")

    def test_all_values(self, record: Record) -> None:
        truth: dict[str, Any] = json.loads(
            (REAL / "hongze-2023.truth.json").read_text(encoding="utf-8"), parse_float=Decimal
        )
        assert accepted(record) == truth["values"]

    def test_edition_of_each_table(self, record: Record) -> None:
        assert editions(record)["proactive"] == "2021"
        assert editions(record)["requests"] == "2019"
        assert record.report
        assert (record.report.agency, record.report.year) == ("淮安市洪泽区人民政府", 2023)

    def test_published_errors_are_reported_and_kept(self, record: Record) -> None:
        found = failures(record)
        assert {at for _, at in found} == {"disputes.review", "disputes.litigation_after_review"}
        assert sorted(i.difference or 0 for i in found.values()) == [5, 11]
        assert sum("应为11，印为0" in message for message in messages(record)) == 1
        assert sum("应为5，印为0" in message for message in messages(record)) == 1


class TestPage:
    """A web page with blanks for 0, and a column of totals that is mostly blank."""

    @pytest.fixture
    def record(self) -> Record:
        return record_of("shanghai-office-2019.html")

    def test_everything_is_known(self, record: Record) -> None:
        assert set(editions(record).values()) == {"2019"}
        assert len(accepted(record)) == len(record.cells) == 198

    def test_figures(self, record: Record) -> None:
        values = accepted(record)
        assert values["requests.new@total"] == 859
        assert values["requests.results.unavailable.not_held@natural_person"] == 252
        assert values["requests.results.refused.process_info@business"] == 1
        assert values["disputes.litigation_direct@total"] == 9

    def test_yuan_become_ten_thousands(self, record: Record) -> None:
        cell = cells_of(record)["proactive.procurement@amount"]
        assert cell.value == Decimal("25.1")
        assert (cell.written, cell.unit, cell.unit_written) == ("251000元", "万元", "元")

    def test_blank_is_not_zero(self, record: Record) -> None:
        cells = cells_of(record)
        for ref in ("requests.results.granted@total", "requests.new@research_institute"):
            assert (cells[ref].state, cells[ref].value) == ("blank", None)
        assert cells["proactive.licensing@decisions"].state == "zero"


class TestOldForm:
    """Two columns of an old local form, as running text."""

    def test_with_blanks_between_the_figures(self) -> None:
        record = record_of("pingtan-2011.txt")
        values = accepted(record)
        assert editions(record) == {"main": "fujian"}
        assert values["proactive.info_total@this_year"] == 425
        assert values["proactive.info_total@cumulative"] == 1516
        assert values["proactive.channel.gazette@cumulative"] == 7
        assert values["disputes.litigation@this_year"] == 0

    def test_with_digits_run_together(self) -> None:
        record = record_of("pingtan-2016.txt")
        cells, values = cells_of(record), accepted(record)
        for column in ("this_year", "cumulative"):
            assert not cells[f"proactive.info_total@{column}"].accepted
            assert not cells[f"proactive.channel.website@{column}"].accepted
            assert values[f"proactive.channel.gazette@{column}"] == 0
            assert values[f"disputes.review@{column}"] == 0
        assert {cell.value for cell in record.cells if cell.accepted and cell.written} == {0}
        assert record.status == "needs_review"


class TestRunTogether:
    """The 2019 form with all digits run together, and a total that is too small."""

    @pytest.fixture
    def record(self) -> Record:
        return record_of("pingtan-2020.txt")

    def test_the_published_error_is_reported_and_kept(self, record: Record) -> None:
        failed = failures(record)["R2", "natural_person"]
        assert failed.difference == 6
        assert accepted(record)["requests.results.total@natural_person"] == 20
        assert any("应为26，印为20" in message for message in messages(record))

    @pytest.mark.parametrize(
        "row", ["licensing", "other_services", "coercion", "normative_docs", "procurement"]
    )
    def test_what_no_identity_can_split_is_not_accepted(self, record: Record, row: str) -> None:
        of_row = [c for c in record.cells if c.ref.startswith(f"proactive.{row}@")]
        assert of_row
        assert not any(cell.accepted for cell in of_row)

    def test_what_the_identities_can_split_is(self, record: Record) -> None:
        values = accepted(record)
        new = [values[f"requests.new@{who}"] for who in ("natural_person", "other", "total")]
        assert new == [20, 1, 21]
        assert values["requests.results.not_processed.repeat@total"] == 3
        assert values["requests.results.unavailable.not_held@natural_person"] == 4
