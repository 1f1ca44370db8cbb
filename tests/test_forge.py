"""The generator judges the reader, so its own truth is tested first."""

import re
import shutil
from decimal import Decimal
from functools import cache
from itertools import combinations
from random import Random

import docx
import lxml.html
import openpyxl
import pypdfium2
import pytest

from bench.forge import FORMS, KINDS, TRANSFORMATIONS, Drawn, draw, write
from bench.forge.corpus import balance, corpus
from bench.forge.forms import FORM_TABLES, refs
from bench.forge.glued import confirmed_rows, splits
from bench.forge.identities import evaluate, identities
from bench.forge.layouts import FAMILIES, compatible
from bench.forge.model import Document, Paragraph, Truth
from bench.forge.shown import mark_lost
from bench.forge.style import BORDERS

WIDE = str.maketrans("０１２３４５６７８９．－＋，", "0123456789.-+,")
MODERN = ("2021", "2019", "hybrid-2021-2019", "hybrid-2019-2021")


def where(name: str) -> tuple[str, str]:
    """A form and a kind that a layout applies to."""
    layout = TRANSFORMATIONS[name]
    for form in FORMS:
        for kind in KINDS:
            if layout.applies(draw(1, form=form, kind=kind, layouts=()).document):
                return form, kind
    raise AssertionError(name)


def assert_tiles(document: Document) -> None:
    """Every place of every table is covered once; every printed cell has its written text."""
    for table in document.tables():
        places: dict[tuple[int, int], int] = {}
        for index, anchors in enumerate(table.anchors()):
            for column, cell in anchors:
                for r in range(cell.rows):
                    for c in range(cell.cols):
                        place = index + r, column + c
                        places[place] = places.get(place, 0) + 1
        wanted = {(r, c) for r in range(len(table.rows)) for c in range(len(table.widths))}
        assert places.keys() == wanted, table.id
        assert set(places.values()) == {1}, table.id
    for cell in document.cells():
        if cell.ref in document.truth:
            assert cell.text == (document.truth[cell.ref].written or "")


@pytest.mark.parametrize("form", FORMS)
def test_same_seed_same_document(form: str) -> None:
    first, second = draw(5, form=form), draw(5, form=form)
    assert first.truth() == second.truth()
    assert repr(first.document) == repr(second.document)


def test_forms_have_all_their_cells() -> None:
    counts = {form: len(draw(3, form=form, layouts=()).cells) for form in FORMS}
    assert counts["2021"] == 200
    assert counts["2019"] == 198
    assert counts["hybrid-2021-2019"] == 10 + 23 * 7 + 15
    assert counts["2014"] == 58
    assert counts["fujian"] == 42
    assert counts["shanghai"] == 70


@pytest.mark.parametrize("form", FORMS)
def test_identities_hold_but_for_the_misprint(form: str) -> None:
    misprints = 0
    for seed in range(30):
        drawn = draw(seed, form=form, layouts=())
        checks = [i for t, e in FORM_TABLES[form].items() for i in identities(t, e)]
        failed = {(i.id, i.at) for i in checks if evaluate(i, drawn.cells) == "fail"}
        assert failed == {(each["id"], each["at"]) for each in drawn.misprint_identities}
        misprints += drawn.misprint is not None
        if drawn.misprint and checks:
            assert failed
    assert 2 <= misprints <= 15


def test_printed_rows_only_are_not_missing() -> None:
    drawn = draw(3, form="fujian", layouts=())
    printed = {cell.ref for cell in drawn.document.cells() if cell.ref}
    for ref in refs("main", "fujian"):
        assert (ref in printed) == (drawn.cells[ref].state != "missing_row")


@pytest.mark.parametrize("name", TRANSFORMATIONS)
def test_each_layout_changes_the_document_and_keeps_its_truth(name: str) -> None:
    form, kind = where(name)
    changed = False
    for seed in range(8):
        plain = draw(seed, form=form, kind=kind, layouts=())
        drawn = draw(seed, form=form, kind=kind, layouts=(name,))
        assert_tiles(drawn.document)
        assert drawn.cells.keys() == plain.cells.keys()
        changed |= repr(drawn.document) != repr(plain.document)
    assert changed


@cache
def plain_document(seed: int, form: str, kind: str) -> Document:
    return draw(seed, form=form, kind=kind, layouts=()).document


def test_pairs_of_layouts_go_together() -> None:
    for turn, names in enumerate(combinations(TRANSFORMATIONS, 2)):
        document = plain_document(turn % 2, MODERN[turn % 4], KINDS[turn % len(KINDS)])
        layouts = [TRANSFORMATIONS[name] for name in names]
        if compatible(names[0], names[1:]) and all(each.applies(document) for each in layouts):
            for each in layouts:
                document = each(document, Random(turn))
            assert_tiles(document)


def test_what_does_not_apply_is_refused() -> None:
    with pytest.raises(ValueError, match="short_labels"):
        draw(1, form="2019", layouts=("short_labels",))


def figure(truth: Truth, ref: str, header_unit: str) -> Decimal:
    """Reads a figure as written, in a way of its own."""
    text = (truth.written or "").translate(
        str.maketrans("０１２３４５６７８９．－＋，", "0123456789.-+,")
    )
    text = re.sub(r"[（(].*[）)]", "", text).replace(",", "").replace("−", "-")
    sign = -1 if text.startswith(("减", "-")) else 1
    number = Decimal(re.search(r"\d+(\.\d+)?", text)[0]) * sign
    in_yuan = text.endswith("元") and not text.endswith("万元")
    bare = re.fullmatch(r"[\d.]+", text) and ref.startswith("proactive.procurement@amount")
    printed_in_yuan = ref.startswith("fees.collected_or_waived@")
    if in_yuan or printed_in_yuan or (bare and header_unit == "元"):
        number /= 10000
    return number


def test_what_is_written_says_the_value() -> None:
    for seed in range(120):
        drawn = draw(seed)
        unit = drawn.document.flags.get("purchases_unit", "")
        for ref, truth in drawn.cells.items():
            if truth.state in ("value", "zero"):
                assert figure(truth, ref, unit) == truth.value, (seed, ref, truth)
                assert (truth.state == "zero") == (truth.value == 0)
            else:
                assert truth.value is None
                assert bool(truth.written) == (truth.state in ("not_applicable", "text"))


def test_digits_run_together() -> None:
    assert splits("0000000", 7) == 1
    assert splits("2300002", 7) == 1
    assert splits("270020130", 7) > 1
    assert splits("3960181", 3) > 1
    assert splits("96-4442278", 3) > 1
    assert splits("00", 1) == 0


def test_glued_rows_are_known_only_if_the_identities_tell_them() -> None:
    counts = {True: 0, False: 0}
    for seed in range(24):
        drawn = draw(seed, form="2019", kind="flattened", layouts=("flattened_glued",))
        for ref, truth in drawn.cells.items():
            if ref.startswith("requests.") and truth.value:
                counts[truth.knowable] += 1
    assert counts[True] > 0
    assert counts[False] > 0


def test_a_split_that_one_identity_alone_tells_is_not_confirmed() -> None:
    drawn = draw(2, form="2019", kind="flattened", layouts=("flattened_glued",))
    rows = list(dict.fromkeys(r.split("@")[0] for r in drawn.cells if r.startswith("requests.")))
    zero = {ref: Truth(Decimal(0), "zero", "0") for ref in drawn.cells}
    assert confirmed_rows(zero, rows) == set()
    for column in ("natural_person", "total"):
        for row in ("requests.new", "requests.results.granted", "requests.results.total"):
            zero[f"{row}@{column}"] = Truth(Decimal(12), "value", "12")
    assert confirmed_rows(zero, rows) == {
        "requests.new",
        "requests.results.granted",
        "requests.results.total",
    }


def test_lost_labels_are_known_by_order_if_the_sums_hold() -> None:
    for seed in range(40):
        drawn = draw(seed, form="2019", kind="tsv", layouts=("item_labels_lost",))
        lost = [row for _, row in drawn.document.rows("requests") if not row.labelled]
        assert lost
        known = {drawn.cells[cell.ref].knowable for row in lost for cell in row.values()}
        misprinted = any(cell.ref == drawn.misprint for row in lost for cell in row.values())
        assert known == {True} if not misprinted else False in known


def test_text_that_lost_lines_is_not_known() -> None:
    drawn = draw(4, form="2019", kind="exploded", layouts=("lines_removed",))
    assert not any(truth.knowable for truth in drawn.cells.values())


def values(drawn: Drawn) -> list[str]:
    return [c.text for c in drawn.document.cells() if c.role == "value"]


def test_html_docx_xlsx_and_tsv_hold_the_cells(tmp_path) -> None:
    for kind in ("html", "docx", "xlsx", "tsv"):
        drawn = draw(11, form="2021", kind=kind, layouts=("blank_zeros",))
        (path,) = write([drawn], tmp_path)
        found = {
            "html": lambda p: [
                cell.text_content().strip()
                for cell in lxml.html.parse(str(p)).iter("td")
                if "v" in cell.get("class").split()
            ],
            "docx": lambda p: [
                cell.text
                for table in docx.Document(str(p)).tables
                for row in table.rows
                for cell in row.cells
            ],
            "xlsx": lambda p: [
                str(cell.value)
                for sheet in openpyxl.load_workbook(p)
                for row in sheet.iter_rows()
                for cell in row
                if cell.value is not None
            ],
            "tsv": lambda p: re.split(r"[\t\n]", p.read_text(encoding="utf-8")),
        }[kind](path)
        wanted = [text for text in values(drawn) if text]
        assert not [text for text in set(wanted) if found.count(text) < wanted.count(text)], kind


def test_gb18030_page_says_so(tmp_path) -> None:
    (path,) = write([draw(2, form="2019", kind="html", layouts=("gb18030",))], tmp_path)
    text = path.read_bytes().decode("gb18030")
    assert 'charset="gb18030"' in text
    assert "政府信息公开" in text


def test_two_years_are_two_truths(tmp_path) -> None:
    drawn = draw(3, form="2019", kind="html", layouts=("two_years",))
    (other,) = drawn.others
    assert other.year == drawn.year - 1
    (path,) = write([drawn], tmp_path)
    page = path.read_text(encoding="utf-8")
    assert page.count("</table>") == 2 * 3 + sum(
        not isinstance(block, Paragraph) and block.id is None for block in drawn.whole().blocks
    )


@pytest.mark.parametrize(
    ("kind", "program"), [("pdf-libreoffice", "soffice"), ("pdf-chromium", "chromium")]
)
def test_pdf_holds_the_figures(kind: str, program: str, tmp_path) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    drawn = draw(13, form="2019", kind=kind, layouts=())
    (path,) = write([drawn], tmp_path)
    pdf = pypdfium2.PdfDocument(path)
    text = "".join(page.get_textpage().get_text_bounded() for page in pdf)
    pdf.close()
    found = re.findall(r"[-\d.]+", text)
    missing = [v for v in values(drawn) if v.isdigit() and v not in found]
    assert not missing


def test_a_table_that_is_not_on_the_pages_is_not_known(monkeypatch, tmp_path) -> None:
    drawn = draw(13, form="2019", kind="pdf-libreoffice", layouts=())
    shown = [cell.text for cell in drawn.document.cells("requests")]
    monkeypatch.setattr("bench.forge.shown._text", lambda _: "".join("".join(shown).split()))
    mark_lost(drawn.document, tmp_path)
    known = {ref.partition(".")[0] for ref, truth in drawn.cells.items() if truth.knowable}
    assert "proactive" not in known
    assert "requests" in known


def test_a_corpus_is_balanced() -> None:
    documents = corpus(140, 0)
    counts = balance(documents)
    tenth = len(documents) / 10
    assert all(counts["form"][form] >= tenth for form in FORMS)
    assert all(counts["border"][border] >= tenth for border in BORDERS)
    assert all(counts["family"][family] >= tenth for family in FAMILIES)
    assert counts["kind"].keys() == set(KINDS)
