"""Which readings of a scan are believed: never against its pixels, never against two readers."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from gouji.ocr.page import Box
from gouji.ocr.reader import Reading
from gouji.tables.evidence import Evidence, Seen
from gouji.tables.forms.form import load
from gouji.tables.judge import Verdict, judge, options_of

TABLE = next(table for table in load("2021").tables if table.id == "disputes")
IDENTITIES = load("2021").identities_of(TABLE)
ROW = [cell.ref for cell in TABLE.cells][:5]
BOX = Box(0, 0, 10, 10)


def seen(*readings: tuple[str, str, float], faint: bool = False) -> Seen:
    return Seen((1, BOX), tuple(Reading(*reading) for reading in readings), faint=faint)


def sure(text: str) -> Seen:
    return seen(("rapid", text, 0.9999))


def disputes(**changed: Seen) -> Mapping[str, Verdict]:
    """A row 3 + 2 + 1 + 4 = 10, with some cells read otherwise."""
    cells = dict(zip(ROW, map(sure, ("3", "2", "1", "4", "10")), strict=True))
    return judge(cells | {ROW[int(at[1:])]: piece for at, piece in changed.items()}, {}, IDENTITIES)


def test_a_row_that_adds_up_is_accepted() -> None:
    assert all(verdict.accepted for verdict in disputes().values())
    assert {verdict.why.code for verdict in disputes().values()} == {"sums_hold"}


def test_a_misprint_stays_and_is_doubted_until_two_readers_agree() -> None:
    alone = disputes(_4=sure("11"))[ROW[4]]
    assert (alone.text, alone.accepted, alone.why.code) == ("11", False, "sum_off")
    both = disputes(_4=seen(("rapid", "11", 0.999), ("tesseract", "11", 0.9)))[ROW[4]]
    assert (both.text, both.accepted, both.basis) == ("11", True, "agreed")


def agreed(text: str, share: float, *others: tuple[str, float]) -> Verdict:
    """The total of the row, as two readers see it, the first one with other readings."""
    more = [("rapid", other, chance) for other, chance in others]
    return disputes(_4=seen(("rapid", text, share), *more, ("tesseract", text, 0.9)))[ROW[4]]


def test_a_sum_that_no_other_reading_mends_is_the_page_s_own() -> None:
    """Ten is wanted. A reading too unlikely is none, but a wall may have made or hidden a 1."""
    assert agreed("12", 0.99).accepted
    assert agreed("12", 0.98, ("16", 0.01)).accepted
    assert agreed("16", 0.99, ("10", 0.001)).accepted
    assert not agreed("16", 0.98, ("10", 0.01)).accepted
    assert not agreed("0", 0.99).accepted
    assert not agreed("110", 0.99).accepted


def test_what_the_other_digits_of_the_document_refute_mends_no_sum() -> None:
    readings = [Reading("rapid", "16", 0.98), Reading("rapid", "10", 0.01)]
    piece = Seen((1, BOX), (*readings, Reading("tesseract", "16", 0.9)))
    assert not disputes(_4=piece)[ROW[4]].accepted
    assert disputes(_4=replace(piece, refuted=frozenset({"10"})))[ROW[4]].accepted
    assert [o.text for o in options_of(replace(piece, refuted=frozenset({"10"})))] == ["16"]


def test_a_figure_that_looks_like_others_of_its_kind_has_a_class_of_its_own() -> None:
    def readers(*more: tuple[str, str, float]) -> str | None:
        support = disputes(_0=seen(("rapid", "3", 0.99), *more))[ROW[0]].support
        return support and support.readers

    like = ("sheet", "3", 1.0)
    assert readers(("tesseract", "8", 0.9)) == "differ"
    assert readers(("tesseract", "8", 0.9), like) == "like"
    assert readers(("tesseract", "", 0.0), like) == "like"
    assert readers(("tesseract", "3", 0.9), like) == "agree"


def test_two_readers_that_agree_are_not_overruled_by_a_sum() -> None:
    piece = seen(("rapid", "11", 0.7), ("rapid", "10", 0.3), ("tesseract", "11", 0.9))
    assert disputes(_4=piece)[ROW[4]].text == "11"


def test_what_is_counted_makes_no_other_figure() -> None:
    """A reader of digits sees none of 件; 元 tells another amount than none."""
    ref = "proactive.rules@issued"
    for text, agreeing in (("11件", True), ("11元", False), ("12件", False)):
        piece = seen(("rapid", text, 0.9999), ("tesseract", "11", 0.9))
        assert judge({ref: piece}, {}, [])[ref].accepted == agreeing


def test_one_sum_does_not_choose_a_reading() -> None:
    verdict = disputes(_0=seen(("rapid", "8", 0.6), ("rapid", "3", 0.4)))[ROW[0]]
    assert not verdict.accepted


def test_readers_that_differ_are_told() -> None:
    verdict = disputes(_0=seen(("rapid", "38", 0.9), ("tesseract", "33", 0.9)))[ROW[0]]
    assert not verdict.accepted
    assert verdict.why.code == "readers_differ"
    assert set(verdict.why.arguments.values()) == {"38", "33"}


def test_a_figure_without_identity_needs_two_readers() -> None:
    lone = judge({"proactive.rules@made": sure("7")}, {}, ())["proactive.rules@made"]
    assert (lone.accepted, lone.why.code) == (False, "one_reader_only")
    two = seen(("rapid", "7", 0.999), ("tesseract", "7", 0.9))
    assert judge({"x": two}, {}, ())["x"].accepted


def test_an_empty_cell_is_blank_and_a_trace_of_ink_is_not() -> None:
    empty = judge({"x": seen(("ink", "", 1.0))}, {}, ())["x"]
    assert (empty.text, empty.accepted, empty.why.code) == ("", True, "no_ink")
    trace = judge({"x": seen(("ink", "", 1.0), faint=True)}, {}, ())["x"]
    assert (trace.accepted, trace.why.code) == (False, "faint_ink")


def test_what_no_reader_can_read_is_illegible() -> None:
    verdict = judge({"x": seen(("rapid", "1-", 0.9))}, {}, ())["x"]
    assert (verdict.text, verdict.accepted, verdict.why.code) == (None, False, "illegible")


def test_sums_of_zeros_confirm_nothing() -> None:
    zeros = {ref: sure("0") for ref in ROW}
    assert not any(verdict.accepted for verdict in judge(zeros, {}, IDENTITIES).values())


def test_shares_follow_the_second_reader() -> None:
    first = options_of(seen(("rapid", "1", 0.6), ("rapid", "7", 0.4)))
    assert [option.value for option in first] == [Decimal(1), Decimal(7)]
    both = options_of(seen(("rapid", "1", 0.6), ("rapid", "7", 0.4), ("tesseract", "7", 0.9)))
    assert both[0].value == Decimal(7)
    assert sum(option.share for option in both) == pytest.approx(1.0, abs=0.01)


def test_evidence_is_found_by_place_and_only_on_scans() -> None:
    piece = Seen((2, Box(1, 1, 3, 3)), (Reading("rapid", "5", 1.0),))
    evidence = Evidence({2: [piece]})
    assert evidence.at(2, BOX) is piece
    assert evidence.at(1, BOX) is None
    nothing = evidence.at(2, Box(20, 20, 30, 30))
    assert nothing is not None
    assert nothing.readings == ()


def test_a_misprint_takes_the_blame_for_the_sums_that_it_explains() -> None:
    """A figure in a row and a column that fail by as much; the others are read by one reader."""
    table = next(table for table in load("2021").tables if table.id == "requests")
    new, before, done, after = (
        [c.ref for c in table.cells if c.row == f"requests.{row}"]
        for row in ("new", "carried_in", "results.total", "carried_out")
    )
    rows = {r: ["5", "0", "0", "0", "0", "0", "5"] for r in (new[0], done[0])}
    rows |= {r: ["2", "0", "0", "0", "0", "0", "2"] for r in (before[0], after[0])}
    cells = {
        ref: sure(text)
        for row in (new, before, done, after)
        for ref, text in zip(row, rows[row[0]], strict=True)
    }
    cells[before[0]] = seen(("rapid", "3", 0.9999), ("tesseract", "3", 0.9))
    verdicts = judge(cells, {}, load("2021").identities_of(table))
    misprint, beside = verdicts[before[0]].support, verdicts[new[0]].support
    assert misprint is not None
    assert beside is not None
    assert (misprint.sums, beside.sums) == ("own", "hold")
    assert verdicts[before[0]].text == "3"
    assert verdicts[before[0]].accepted
    assert verdicts[new[0]].accepted


def test_a_reading_that_only_the_sums_choose_is_in_doubt() -> None:
    """Sums alone would mend a misprint with what the first reader thinks less likely."""
    unsure = seen(("rapid", "8", 0.6), ("rapid", "3", 0.4))
    chosen = disputes(_0=unsure)[ROW[0]]
    assert chosen.support is not None
    assert (chosen.text, chosen.support.readers, chosen.accepted) == ("3", "chosen", False)
    alike = replace(chosen.support, held=3, failed=0, settled=True)
    assert not alike.suffices


def test_a_bound_that_holds_confirms_nothing() -> None:
    form = load("2019")
    table = next(table for table in form.tables if table.id == "proactive")
    pair = ("proactive.licensing@items_prev_year", "proactive.licensing@items_change")
    read = judge(dict.fromkeys(pair, sure("10")), {}, form.identities_of(table))
    assert {(v.accepted, v.why.code) for v in read.values()} == {(False, "one_reader_only")}


def test_what_the_second_reader_contradicts_is_not_chosen_by_sums() -> None:
    """A misprint may make sums hold with a reading of its own."""
    unsure = seen(("rapid", "8", 0.6), ("rapid", "3", 0.4), ("tesseract", "9", 0.5))
    chosen = disputes(_0=unsure)[ROW[0]]
    assert chosen.support is not None
    assert (chosen.support.readers, chosen.accepted) == ("differ", False)


def of_requests(**changed: str) -> Mapping[str, Verdict]:
    """The table of requests with zeros everywhere, as two readers see it."""
    form = load("2021")
    table = next(table for table in form.tables if table.id == "requests")
    texts = {cell.ref: "0" for cell in table.cells} | changed
    pieces = {
        ref: seen(("rapid", text, 0.9999), ("tesseract", text, 0.9)) if text else seen()
        for ref, text in texts.items()
    }
    return judge(pieces, {}, form.identities_of(table))


def test_sums_that_one_figure_each_explains_are_misprints_though_there_are_several() -> None:
    first = "requests.results.refused.state_secret@business"
    second = "requests.results.not_processed.repeat@other"
    verdicts = of_requests(**{first: "12", second: "7"})
    assert verdicts[first].accepted
    assert verdicts[second].accepted
    several = {f"requests.results.{row}@total": "3" for row in ("granted", "partial")}
    apart = of_requests(**{first: "12"} | several)
    assert not apart["requests.results.granted@total"].accepted


def test_one_row_that_is_illegible_leaves_a_misprint_elsewhere() -> None:
    misprint = "requests.results.refused.state_secret@business"
    row = "requests.results.partial"
    columns = [c.partition("@")[2] for c in of_requests() if c.startswith(row + "@")]
    lost = {f"{row}@{column}": "" for column in columns}
    assert of_requests(**{misprint: "12"} | lost)[misprint].accepted
    more = {f"requests.results.{row}@total": "" for row in ("granted", "total")}
    assert not of_requests(**{misprint: "12"} | lost | more)[misprint].accepted
