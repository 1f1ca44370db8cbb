"""The commands that tend a workspace, and exports of it."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import select

from bench import batches
from gouji.ingest import cli
from gouji.ingest.as_edition import as_edition
from gouji.ingest.crosswalk import sources
from gouji.ingest.export import export
from gouji.ingest.review.accounts import Accounts
from gouji.ingest.review.second import Asked, give
from gouji.ingest.store import browse
from gouji.ingest.store.deciding import Cell, decide
from gouji.ingest.store.model import Found
from gouji.ingest.store.originals import Originals
from gouji.ingest.store.project import reading_of
from gouji.ingest.store.store import Store
from gouji.ocr.finding import Finding
from gouji.tables.forms.form import load
from gouji.tables.record import Record
from tests.databases import address, server  # noqa: F401
from tests.test_export import DOUBT, a_record, cells_of
from tests.test_store import ME, all_rows, schema

Run = Callable[..., tuple[int, str, str]]
REF = "requests.new@natural_person"


@pytest.fixture
def store(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:  # noqa: F811
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOUJI_STORE", address)
    monkeypatch.setenv("GOUJI_LANGUAGE", "en")
    with Store(address) as made:
        yield made


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def do(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(arguments)
        told = capsys.readouterr()
        return code, told.out, told.err

    return do


def put(store: Store, name: str, *records: Record, **others: Any) -> None:
    """A document that was read."""
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    document = store.add(Found(sha256, name, len(name), "pdf", **others))
    if records:
        made = [r.model_copy(update={"source": r.source.model_copy(
            update={"file": name, "sha256": sha256})}) for r in records]  # fmt: skip
        (job,) = store.begin([document.id], ME)
        store.finish(job, reading_of(made, known=document.meta))


def put_failure(store: Store, name: str, finding: Finding) -> None:
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    (job,) = store.begin([store.add(Found(sha256, name)).id], ME)
    store.fail(job, finding)


def doubtful(**others: object) -> Record:
    return a_record(cells={REF: DOUBT}, **others).model_copy(update={"status": "needs_review"})


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


# --- status, retry, forget ----------------------------------------------------------------------


def some(store: Store) -> None:
    put(store, "waits.pdf")
    put(store, "clean.pdf", a_record())
    put(store, "doubt.pdf", doubtful(year=2020))
    put_failure(store, "secret.pdf", Finding("encrypted"))
    put_failure(store, "long.pdf", Finding("too_long", {"seconds": 300}))
    store.begin([store.add(Found("e" * 64, "running.pdf")).id], ME)


def test_status_tells_what_there_is_of_what(store: Store, run: Run) -> None:
    some(store)
    gone = ME.rsplit(":", 2)[0] + ":999999999:1"
    store.begin([store.add(Found("f" * 64, "cut.pdf")).id], gone)
    code, out, _ = run("status", "--json")
    told = json.loads(out)
    assert code == 0
    assert {k: told[k] for k in told if k != "store"} == {
        "documents": 7, "waiting": 1, "running": 1, "interrupted": 1, "failed": 2,
        "needs_review": 1, "clean": 1, "no_report": 0,
        "failures": {"encrypted": 1, "too_long": 1}, "doubts": 1, "differing": 0,
    }  # fmt: skip
    code, out, _ = run("status")
    assert code == 0
    assert "waiting" in out
    assert "encrypted: 1, too_long: 1" in out


def test_status_names_documents_and_reasons(store: Store, run: Run) -> None:
    some(store)
    _, out, _ = run("status", "--list", "failed")
    assert "long.pdf  " in out
    assert "300" in out
    _, out, _ = run("status", "--list", "needs_review", "--json")
    assert json.loads(out)["name"] == "doubt.pdf"


def test_status_shows_no_password(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = run("status", "--store", f"postgresql://a:geheim@/x?host={tmp_path}")
    assert code == 13
    assert "geheim" not in err


@pytest.mark.parametrize("command", [("status",), ("retry",), ("forget", "a"), ("export",)])
def test_no_command_makes_a_workspace_by_looking(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Sequence[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = run(*command)
    assert code == 13
    assert "gouji run" in err or "gouji watch" in err
    assert not list(tmp_path.iterdir())


def test_retry_lets_failures_wait_again(store: Store, run: Run) -> None:
    some(store)
    assert run("retry", "--code", "too_long")[1].startswith("1 ")
    assert [d.name for d in store.waiting(9)] == ["waits.pdf", "long.pdf"]
    assert run("retry")[1].startswith("1 ")  # what runs is left alone
    assert [d.name for d in store.waiting(9)] == ["waits.pdf", "secret.pdf", "long.pdf"]


def test_retry_takes_any_document_by_name_or_hash(store: Store, run: Run) -> None:
    some(store)
    prefix = hashlib.sha256(b"doubt.pdf").hexdigest()[:8]
    assert run("retry", "clean.pdf", prefix)[1].startswith("2 ")
    assert {d.name for d in store.waiting(9)} == {"waits.pdf", "clean.pdf", "doubt.pdf"}
    assert len(all_rows(store, schema.readings)) == 2
    code, _, err = run("retry", "no such")
    assert (code, "no such" in err) == (3, True)


def test_the_end_of_a_name_will_do_where_there_is_none_of_that_name(store: Store, run: Run) -> None:
    for name in ("/srv/inbox/a.pdf", "/srv/inbox/x/a.pdf", "a_.pdf", "x/a_.pdf", "ba.pdf"):
        put(store, name, a_record())
    for wish, names in (
        ("a.pdf", {"/srv/inbox/a.pdf", "/srv/inbox/x/a.pdf"}),
        ("x/a.pdf", {"/srv/inbox/x/a.pdf"}), ("a_.pdf", {"a_.pdf"}),
    ):  # fmt: skip
        assert run("forget", wish)[0] == 0
        with store.reading() as connection:
            left = set(connection.scalars(select(schema.names.c.name)))
        assert not left & names
        for name in names:
            put(store, name, a_record())
    assert run("forget", "%.pdf")[0] == 3


def test_a_workspace_may_be_moved(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text(batches.small(1), "utf-8")
    assert run("run", "a.txt", "--workers", "1")[0] == 0
    (tmp_path / "a.txt").unlink()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "gouji-workspace").rename(tmp_path / "elsewhere" / "档案")
    where = ("--workspace", "elsewhere/档案")
    assert run("retry", "a.txt", *where)[0] == 0
    assert run("run", *where, "--workers", "1")[0] == 0
    told = json.loads(run("status", "--json", *where)[1])
    assert (told["documents"], told["clean"]) == (1, 1)


def test_forget_takes_out_a_document_and_deletes_nothing_else(
    store: Store, run: Run, tmp_path: Path
) -> None:
    data = b"kept.pdf"
    sha256 = hashlib.sha256(data).hexdigest()
    Originals("copy", str(tmp_path / "gouji-workspace" / "originals")).keep(sha256, data)
    put(store, "kept.pdf", doubtful(), kept=True)
    put(store, "other.pdf", a_record())
    decide(store, Cell(sha256, 0, "requests", REF), Decimal(3), "value", by="王")
    code, out, _ = run("forget", "kept.pdf")
    assert code == 0
    assert "1 originals" in out
    assert "1 decisions" in out
    assert store.document(sha256) is None
    assert list((tmp_path / "gouji-workspace").rglob(sha256))
    for table in (schema.names, schema.readings, schema.reports):
        assert len(all_rows(store, table)) == 1
    assert len(all_rows(store, schema.decisions)) == 1
    assert "forgotten" in [row["what"] for row in all_rows(store, schema.events)]
    put(store, "kept.pdf", doubtful(), kept=True)
    assert store.document(sha256).state == "clean"  # type: ignore[union-attr]


# --- export -------------------------------------------------------------------------------------


def panel(store: Store) -> None:
    """Reports of two years, two provinces and two states, and documents that are none."""
    for year in (2021, 2022):
        for region in ("410300", "350100"):
            made = doubtful if (year, region) == (2021, "350100") else a_record
            put(store, f"{year}-{region}.pdf",
                made(year=year, region_code=region, agency=f"{region[:2]}商务局"))  # fmt: skip
    letter = a_record().model_copy(
        update={"report": None, "tables": (), "cells": (), "status": "no_report"}
    )
    put(store, "letter.pdf", letter)
    put_failure(store, "secret.pdf", Finding("encrypted"))
    put(store, "waits.pdf")


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ((), {"2021-41", "2021-35", "2022-41", "2022-35", "letter", "secret"}),
        (("--year", "2021"), {"2021-41", "2021-35"}),
        (("--year", "2020-2021", "--year", "2022"), {"2021-41", "2021-35", "2022-41", "2022-35"}),
        (("--region", "410000"), {"2021-41", "2022-41"}),
        (("--region", "350100", "--region", "41"), {"2021-41", "2021-35", "2022-41", "2022-35"}),
        (("--region", "4103"), {"2021-41", "2022-41"}),
        (("--region", "410301"), set()),
        (("--agency", "41 商务"), {"2021-41", "2022-41"}),
        (("--agency", "%"), set()),
        (("--state", "needs_review"), {"2021-35"}),
        (("--state", "failed", "--state", "no_report"), {"letter", "secret"}),
        (("--year", "2021", "--region", "35", "--state", "clean"), set()),
    ],
)
def test_an_export_has_what_was_chosen(
    store: Store, run: Run, tmp_path: Path, choice: Sequence[str], expected: set[str]
) -> None:
    panel(store)
    code, _, err = run("export", *choice, "--doubtful", "--format", "csv,csv-wide", "--out", "o")
    assert (code, err.splitlines()[0][:6]) == (0, "gouji:")
    wide = rows(tmp_path / "o" / "reports.csv")
    assert {row["document"][:7].removesuffix(".pdf").strip(".") for row in wide} == {
        name[:7] for name in expected
    }
    listed = rows(tmp_path / "o" / "documents.csv")
    assert [row["document"] for row in listed] == [row["document"] for row in wide]
    cells = rows(tmp_path / "o" / "cells.csv")
    assert {row["document"] for row in cells} == {row["document"] for row in wide if row["year"]}
    assert (tmp_path / "o" / "codebook.csv").is_file()


def test_an_export_of_the_store_is_that_of_its_records(
    store: Store, run: Run, tmp_path: Path
) -> None:
    panel(store)
    run("export", "--state", "clean", "--format", "csv,csv-wide,parquet,json,xlsx", "--out", "o")
    records = [
        Record.model_validate(plain)
        for plain in json.loads((tmp_path / "o/records.json").read_text())
    ]
    assert [r.source.file for r in records] == [
        "2021-410300.pdf", "2022-410300.pdf", "2022-350100.pdf",
    ]  # fmt: skip
    formats = ["csv", "csv-wide", "parquet", "json", "xlsx"]
    for path in export(records, tmp_path / "p", formats, "en"):
        assert path.read_bytes() == (tmp_path / "o" / path.name).read_bytes(), path.name
    assert pq.read_table(tmp_path / "o/cells.parquet").num_rows == sum(
        len(record.cells) for record in records
    )


def test_records_are_unpacked_one_by_one_as_often_as_wanted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel(store)
    opened = []
    whole = browse.unpack
    monkeypatch.setattr(browse, "unpack", lambda data: opened.append(1) or whole(data))
    with store.reading() as connection:
        records = browse.Records(connection, browse.Filter(), "en")
        next(iter(records))
        assert len(opened) == 1
        first = list(records)
        put(store, "later.pdf", a_record())
        assert list(records) == first


def test_an_export_tells_failures_in_the_language_asked_for(
    store: Store, run: Run, tmp_path: Path
) -> None:
    panel(store)
    for language, word in (("en", "password"), ("zh", "密码")):
        run("export", "--state", "failed", "--lang", language, "--out", language)
        (finding,) = rows(tmp_path / language / "findings.csv")
        assert (finding["code"], finding["document"]) == ("encrypted", "secret.pdf")
        assert word in finding["message"]


def test_an_export_has_decisions_facts_and_kin(store: Store, run: Run, tmp_path: Path) -> None:
    alike = {"region_code": "410300", "scope": "own"}
    put(store, "a.pdf", doubtful(**alike))
    put(store, "b.pdf", a_record(**alike), meta={"网址": "http://a", "公布日期": "2024-01-31"})
    decide(store, Cell(hashlib.sha256(b"a.pdf").hexdigest(), 0, "requests", REF), Decimal(7),
           "value", by="王", read="3?")  # fmt: skip
    run("export", "--out", "o", "--format", "csv,csv-wide")
    cells = {(r["document"], r["ref"]): r for r in rows(tmp_path / "o/cells.csv")}
    assert cells["a.pdf", REF]["value"] == "7"
    assert cells["a.pdf", REF]["basis"] == "reviewed"
    findings = {(r["document"], r["code"]) for r in rows(tmp_path / "o/findings.csv")}
    assert findings >= {("a.pdf", "kin_differs"), ("b.pdf", "kin_differs"), ("b.pdf", "fact_added")}
    first, second = rows(tmp_path / "o/documents.csv")
    assert (first["relation"], first["related"]) == ("differs", second["sha256"])
    assert second["address"] == "http://a"
    assert rows(tmp_path / "o/reports.csv")[1]["publish_date"] == "2024-01-31"


def test_copies_may_be_left_out(store: Store, run: Run, tmp_path: Path) -> None:
    alike = {"region_code": "410300", "scope": "own"}
    put(store, "a.pdf", a_record(**alike))
    put(store, "b.pdf", a_record(**alike))
    put(store, "c.pdf", doubtful(**alike))
    put(store, "d.pdf", a_record())
    for more, count in (((), 4), (("--no-copies",), 3)):
        run("export", "--doubtful", "--out", "o", "--format", "csv-wide", *more)
        assert len(rows(tmp_path / "o/reports.csv")) == count
        assert len(rows(tmp_path / "o/documents.csv")) == 4


@pytest.mark.parametrize(
    "wrong",
    [("--year", "新"), ("--year", "2021-"), ("--region", "河南"), ("--state", "waiting"),
     ("--as", "2020"), ("--as", "2021", "--format", "xlsx"), ("--year", "2021", "a.pdf"),
     ("--no-copies", "a.pdf")],
)  # fmt: skip
def test_a_choice_that_is_none_is_refused(store: Store, run: Run, wrong: Sequence[str]) -> None:
    assert store
    code, _, err = run("export", *wrong, "--out", "o")
    assert code == 2
    assert err
    assert not Path("o").exists()


# --- in another edition -------------------------------------------------------------------------


def by_ref(record: Record) -> dict[str, Any]:
    return {cell.ref: cell for cell in record.cells}


def valued(edition: str, **cells: object) -> Record:
    """A report with the figures given, and a 0 elsewhere."""
    given = {
        ref: value if isinstance(value, dict) else {"value": str(value), "written": str(value),
                                                    "state": "value"}
        for ref, value in cells.items()
    }  # fmt: skip
    return a_record(edition, cells=given)


def test_figures_come_over_as_the_crosswalk_has_them() -> None:
    made = by_ref(as_edition(valued("2014", **{
        "requests.received": 12,
        "requests.replies.refused.trade_secret": 2, "requests.replies.refused.privacy": 3,
        "requests.replies.already_public": 4, "requests.replies.granted": 5,
        "requests.replies.refused.other_law": 6, "disputes.litigation": 9,
    }), "2021", "en"))  # fmt: skip
    told = {ref: (made[ref].value, made[ref].relation) for ref in made}
    assert set(told) == {c.ref for t in load("2021").tables for c in t.cells}
    assert told["requests.new@total"] == (12, "exact")
    assert told["requests.results.refused.third_party_rights@total"] == (5, "sum")
    assert told["requests.results.granted@total"] == (9, "approximate")
    assert told["requests.results.refused.prohibited_by_law@total"] == (6, "approximate")
    for ref in ("disputes.litigation_direct@total", REF, "proactive.rules@in_force",
                "requests.results.other_handling.misc@total"):  # fmt: skip
        assert told[ref] == (None, "none")
    assert "2014: " in made["requests.new@total"].mapped_from
    assert made["requests.results.granted@total"].why


def test_every_figure_that_comes_over_is_on_the_page() -> None:
    for edition in ("2014", "2019"):
        refs = [c.ref for t in load(edition).tables for c in t.cells]
        record = valued(edition, **{ref: 10**9 + n for n, ref in enumerate(refs)})
        page = by_ref(record)
        for ref, cell in by_ref(as_edition(record, "2021", "en")).items():
            found = sources("2021", ref, edition)
            assert (cell.value is None) == (found is None), ref
            if found:
                assert cell.value == sum(page[one].value for one in found.refs)
                assert (cell.relation == "approximate") == found.approximate


def test_what_is_of_the_edition_already_stays() -> None:
    record = valued("2021")
    assert as_edition(record, "2021", "en") == record


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((DOUBT, 3), (None, "unreadable", False, "sum")),
        (({"value": None, "written": "", "state": "blank"}, 3), (3, "value", True, "approximate")),
        (({"value": None, "written": "", "state": "blank"},) * 2, (None, "blank", True, "sum")),
        (({"value": None, "written": "/", "state": "not_applicable"}, 3),
         (None, "not_applicable", False, "sum")),
    ],
)  # fmt: skip
def test_a_sum_is_no_surer_than_its_parts(
    parts: tuple[object, ...], expected: tuple[object, ...]
) -> None:
    refs = ("requests.replies.refused.trade_secret", "requests.replies.refused.privacy")
    record = valued("2014", **dict(zip(refs, parts, strict=True)))
    made = by_ref(as_edition(record, "2021", "en"))
    cell = made["requests.results.refused.third_party_rights@total"]
    assert (cell.value, cell.state, cell.accepted, cell.relation) == expected


def test_an_export_in_another_edition_says_what_is_only_near(
    store: Store, run: Run, tmp_path: Path
) -> None:
    put(store, "a.pdf", valued("2019", **{"proactive.licensing@decisions": 5, REF: 7}))
    put(store, "b.pdf", valued("2021", **{REF: 8}))
    assert run("export", "--as", "2021", "--format", "csv,csv-wide,parquet", "--out", "o")[0] == 0
    old, new = rows(tmp_path / "o/reports.csv")
    assert (old[REF], new[REF]) == ("7", "8")
    assert "proactive.licensing@decisions" in old["approximate_refs"].split()
    assert new["approximate_refs"] == ""
    assert (old["proactive.rules@in_force"], new["proactive.rules@in_force"]) == ("NA", "0")
    cells = {(r["document"], r["ref"]): r for r in rows(tmp_path / "o/cells.csv")}
    assert cells["a.pdf", "proactive.rules@in_force"]["relation"] == "none"
    assert cells["a.pdf", "proactive.rules@in_force"]["value"] == ""
    assert cells["a.pdf", REF]["relation"] == "exact"
    assert cells["b.pdf", REF]["relation"] == ""
    table = pq.read_table(tmp_path / "o/cells.parquet").to_pylist()
    assert {row["edition"] for row in table} == {"2021"}


# --- merge --------------------------------------------------------------------------------------


def shard(folder: Path, *names: str, **others: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with Store(str(folder / "gouji.sqlite")) as made:
        for name in names:
            data = name.encode()
            sha256 = hashlib.sha256(data).hexdigest()
            kept = Originals("copy", str(folder / "originals")).keep(sha256, data)
            put(made, name, a_record(**others), kept=kept)
    return folder / "gouji.sqlite"


def content(store: Store) -> list[object]:
    """All that is the same however it came there: no ids, times, attempts or events."""
    found: list[object] = []
    with store.reading() as connection:
        for document in connection.execute(schema.documents.select()):
            own = {k: v for k, v in document._asdict().items()
                   if k not in ("id", "added", "changed", "attempts")}  # fmt: skip
            for table in (schema.names, schema.readings, schema.findings):
                rows = connection.execute(table.select().where(table.c.document == document.id))
                own[table.name] = sorted(
                    repr({k: v for k, v in row._asdict().items()
                          if k not in ("document", "added", "at", "seconds")}) for row in rows
                )  # fmt: skip
            cells = (
                schema.cells.select().add_columns(schema.refs.c.ref.label("name"))
                .select_from(schema.cells.join(schema.reports).join(schema.refs))
                .where(schema.reports.c.document == document.id)
                .order_by(schema.reports.c.place, schema.cells.c.number)
            )  # fmt: skip
            own["cells"] = [row[3:] for row in connection.execute(cells)]
            found.append(own)
        found.sort(key=lambda own: own["sha256"])  # type: ignore[index]
        for entries in (schema.decisions, schema.opinions):
            found.append(sorted(map(repr, connection.execute(entries.select()))))
    return found


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2, 1, 0)])
def test_shards_are_merged_in_any_order_and_again(
    store: Store, run: Run, tmp_path: Path, order: Sequence[int]
) -> None:
    files = [
        shard(tmp_path / "0", "a.pdf", "b.pdf"),
        shard(tmp_path / "1", "b.pdf", "c.pdf", agency="乙"),
        shard(tmp_path / "2", "d.pdf"),
    ]
    with Store(str(files[2])) as third:
        put_failure(third, "a.pdf", Finding("too_long", {"seconds": 1}))
        put_failure(third, "e.pdf", Finding("encrypted"))
        decide(third, Cell(hashlib.sha256(b"a.pdf").hexdigest(), 0, "requests", REF),
               Decimal(9), "value", by="王")  # fmt: skip
        decide(third, Cell("0" * 64, 0, "requests", REF), Decimal(9), "value", by="王")
    for number, file in enumerate(files):
        cell = Cell(hashlib.sha256(b"b.pdf").hexdigest(), 0, "requests", REF)
        with Store(str(file)) as one:
            give(one, Asked(cell, None), ("value", Decimal(number)), ("value", Decimal(1)),
                 by="李", uid=f"{number}", seconds=1.5)  # fmt: skip
            if number == 0:
                Accounts(one).put("李", "a secret of theirs", "reviewer")
    assert run("merge", *(str(files[n]) for n in order))[0] == 0
    whole = content(store)
    assert [own["state"] for own in whole[:-2]] == [  # type: ignore[index]
        {"b.pdf": "needs_review", "e.pdf": "failed"}.get(name, "clean") for name in _sorted("abcde")
    ]
    assert [len(entries) for entries in whole[-2:]] == [2, 3]  # type: ignore[arg-type]
    assert not all_rows(store, schema.accounts)
    (tmp_path / "reference").mkdir()
    with Store(str(tmp_path / "reference" / "s.sqlite")) as other:
        run("merge", *map(str, files), "--store", str(tmp_path / "reference" / "s.sqlite"))
        for one, two in zip(content(other), whole, strict=True):
            assert one == two
    code, out, _ = run("merge", *map(str, files))
    assert code == 0
    assert all(": 0 documents added, 0 brought" in line for line in out.splitlines())
    assert content(store) == whole
    for name in ("a.pdf", "b.pdf", "c.pdf", "d.pdf"):
        sha256 = hashlib.sha256(name.encode()).hexdigest()
        assert Originals("copy", "gouji-workspace/originals").fetch(sha256) == name.encode()


def _sorted(letters: str) -> list[str]:
    names = [f"{letter}.pdf" for letter in letters]
    return sorted(names, key=lambda name: hashlib.sha256(name.encode()).hexdigest())


def test_a_decision_that_comes_with_a_merge_counts(store: Store, run: Run, tmp_path: Path) -> None:
    put(store, "a.pdf", doubtful())
    other = shard(tmp_path / "1", "b.pdf")
    sha256 = hashlib.sha256(b"a.pdf").hexdigest()
    with Store(str(other)) as made:
        decide(made, Cell(sha256, 0, "requests", REF), Decimal(9), "value", by="王")
    run("merge", str(other))
    assert store.document(sha256).state == "clean"  # type: ignore[union-attr]


def test_an_opinion_that_comes_with_a_merge_counts(store: Store, run: Run, tmp_path: Path) -> None:
    put(store, "a.pdf", a_record())
    other = shard(tmp_path / "1", "b.pdf")
    cell = Cell(hashlib.sha256(b"a.pdf").hexdigest(), 0, "requests", REF)
    with Store(str(other)) as made:
        give(made, Asked(cell, None), ("value", Decimal(5)), ("zero", Decimal(0)),
             by="李", uid="1", seconds=1.5)  # fmt: skip
    assert run("export", "--out", "o")[0] == 0
    run("merge", str(other))
    assert store.document(cell.sha256).state == "needs_review"  # type: ignore[union-attr]
    code, _, err = run("export", "--out", "o")
    assert (code, "1 cells of the selection are still in doubt" in err) == (1, True)


def test_originals_that_are_nowhere_are_told(store: Store, run: Run, tmp_path: Path) -> None:
    file = shard(tmp_path / "1", "a.pdf")
    for original in (tmp_path / "1" / "originals").rglob("*"):
        if original.is_file():
            original.unlink()
    code, _, err = run("merge", str(file))
    assert code == 0
    assert "1" in err
    assert len(all_rows(store, schema.readings)) == 1


def test_a_store_is_not_merged_into_itself(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = shard(tmp_path / "w", "a.pdf")
    assert run("merge", "w/gouji.sqlite", "--store", str(file))[0] == 2
    assert run("merge", "w/none.sqlite", "--store", str(file))[0] == 13


def test_an_export_is_refused_while_cells_are_in_doubt(store: Store, run: Run) -> None:
    doubtful = a_record(cells={REF: DOUBT}).model_copy(update={"status": "needs_review"})
    put(store, "a.pdf", doubtful)
    code, _, err = run("export", "--out", "o")
    assert (code, "1 cells" in err) == (1, True)
    assert run("export", "--out", "o", "--state", "clean")[0] == 0
    assert run("export", "--out", "o", "--doubtful")[0] == 0
    row = cells_of(Path("o"))[REF]
    assert row["accepted"] == "false"
    with store.reading() as connection:
        sha256 = connection.scalar(schema.documents.select().with_only_columns(
            schema.documents.c.sha256))  # fmt: skip
    decide(store, Cell(str(sha256), 0, "requests", REF), Decimal(30), "value", by="王")
    assert run("export", "--out", "p")[0] == 0
    row = cells_of(Path("p"))[REF]
    assert (row["value"], row["basis"]) == ("30", "reviewed")
