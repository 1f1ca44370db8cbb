"""What a cell is offered to say: what was read, what its sums leave, figures of its row."""

from __future__ import annotations

from gouji.ingest.review import choice
from gouji.tables.record import Record
from tests.reviewing import REF, in_doubt, unsure

NOT_READ = {"value": None, "written": None, "state": "missing_row", "accepted": False}
SAID = {"value": "7", "written": "7", "state": "value"}


def offered(record: Record, ref: str) -> list[tuple[str, str]]:
    number = [cell.ref for cell in record.cells].index(ref)
    return [(o.text, o.by) for o in choice.options(record, record, number)]


def test_what_the_sums_leave_comes_first_where_nothing_was_read_else_last() -> None:
    row = {f"requests.new@{column}": SAID for column in ("business", "total")}
    assert offered(in_doubt(row | {REF: NOT_READ}), REF) == [("0", "sums")]
    assert offered(in_doubt(row | {REF: unsure("3", "8")}), REF) == [
        ("3", ""), ("8", ""), ("0", "sums")]  # fmt: skip
    assert offered(in_doubt(row | {REF: unsure("0", "8")}), REF) == [("0", ""), ("8", "")]


def test_a_sum_with_another_doubt_leaves_nothing() -> None:
    row = {f"requests.new@{column}": NOT_READ for column in ("natural_person", "total")}
    balance = {"requests.carried_out@natural_person": NOT_READ}
    assert offered(in_doubt(row | balance), REF) == []


def test_a_row_read_as_a_whole_offers_its_figures_by_their_places() -> None:
    refs = [f"proactive.rules@{column}" for column in ("issued", "repealed", "in_force")]
    row = NOT_READ | {"state": "unreadable", "page": 1, "box": [1, 1, 90, 9]}
    three = in_doubt({ref: row | {"written": "4 0 59"} for ref in refs})
    assert [offered(three, ref)[0] for ref in refs] == [("4", "row"), ("0", "row"), ("59", "row")]
    two = in_doubt({ref: row | {"written": "4 59"} for ref in refs})
    texts = [[text for text, _ in offered(two, ref)] for ref in refs]
    assert texts == [["4"], ["59", "4"], ["59"]]


def test_enter_is_only_for_what_was_read_and_nothing_is_never_offered() -> None:
    row = {f"requests.new@{column}": SAID for column in ("business", "total")}
    blank = NOT_READ | {"state": "blank", "written": "", "page": 1, "box": [1, 1, 9, 9]}
    for cell, keys in ((NOT_READ, "s"), (blank, "s"), (unsure("3", "8"), "Enter")):
        record = in_doubt(row | {REF: cell})
        number = [c.ref for c in record.cells].index(REF)
        found = choice.options(record, record, number)
        assert {o.state for o in found} <= {"value", "zero"}
        assert choice.keys_of(found)[0] == keys


def test_what_was_decided_of_a_row_moves_none_of_its_figures() -> None:
    refs = [f"proactive.rules@{column}" for column in ("issued", "repealed", "in_force")]
    row = NOT_READ | {"state": "unreadable", "page": 1, "box": [1, 1, 90, 9], "written": "4 0 59"}
    read = in_doubt(dict.fromkeys(refs, row))
    now = in_doubt({ref: row if ref != refs[0] else SAID for ref in refs})
    number = [cell.ref for cell in read.cells].index(refs[1])
    assert [o.text for o in choice.options(now, read, number)] == ["0"]
