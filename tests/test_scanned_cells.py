"""Tables of scans, drawn as cells with what readers saw in them: which are in doubt, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pytest

from gouji.ocr.page import Box
from gouji.ocr.reader import Reading
from gouji.tables.evidence import INK, Evidence, Seen
from gouji.tables.filled import Filled
from gouji.tables.forms.form import load
from gouji.tables.grid import Cell, Grid, Line, Place
from gouji.tables.understand import understand

WIDE, HIGH = 60.0, 20.0
APPLICANTS = ["自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计"]
REQUESTS = {
    "requests.new": "一、本年新收政府信息公开申请数量",
    "requests.carried_in": "二、上年结转政府信息公开申请数量",
    "requests.results.granted": "（一）予以公开",
    "requests.results.partial": "（二）部分公开（区分处理的，只计这一情形，不计其他情形）",
    "requests.results.refused.state_secret": "1.属于国家秘密",
}


@dataclass(frozen=True)
class Scan:
    """A grid on page 1, and a look at each cell by two readers that agree."""

    grid: Grid
    evidence: tuple[Seen, ...]

    def cells(self, *below: Line) -> dict[str, Filled]:
        """What is understood of the table with some lines of text ``below`` it."""
        understood = understand([self.grid, *below], Evidence({1: self.evidence}))
        return {c.form.ref: c for t in understood.tables for c in t.cells}


def scan(
    rows: Sequence[Sequence[str]],
    boxes: Mapping[tuple[int, int], Box] | None = None,
    faint: Sequence[tuple[int, int]] = (),
) -> Scan:
    """``boxes``: of cells that do not stand where their row and column do."""
    cells, looks = [], []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            box = (boxes or {}).get((r, c), Box(c * WIDE, r * HIGH, (c + 1) * WIDE, (r + 1) * HIGH))
            cells.append(Cell(r, c, r + 1, c + 1, text, Place(1, box)))
            spot = box
            read: tuple[Reading, ...] = (Reading(INK, "", 1.0),)
            if text:
                x, y = box.center
                spot = Box(x - 5, y - 5, x + 5, y + 5)
                read = (Reading("rapid", text, 0.9999), Reading("tesseract", text, 0.9))
            looks.append(Seen((1, spot), read, faint=(r, c) in faint))
    box = Box(0, 0, WIDE * len(rows[0]), HIGH * len(rows))
    return Scan(Grid(tuple(cells), "ruled", Place(1, box)), tuple(looks))


def requests(*figures: Sequence[str]) -> list[list[str]]:
    head = ["", *APPLICANTS]
    return [head, *([label, *row] for label, row in zip(REQUESTS.values(), figures, strict=False))]


FIVE = [
    ["3", "0", "1", "", "0", "0", "4"],
    ["1", "0", "0", "", "0", "0", "1"],
    ["2", "0", "1", "", "0", "0", "3"],
    ["1", "2", "0", "", "0", "0", "3"],
    ["0", "0", "0", "", "5", "0", "5"],
]


def why(cells: Mapping[str, Filled], row: int, column: str) -> str | None:
    """The first reason why a cell is in doubt; None if it is accepted."""
    cell = cells[f"{list(REQUESTS)[row]}@{column}"]
    return None if cell.accepted else cell.why[0].code


def test_a_table_in_order_is_accepted() -> None:
    cells = scan(requests(*FIVE)).cells()
    assert {
        why(cells, row, column) for row in range(5)
        for column in ("natural_person", "social_organization", "other", "total")
    } == {None}  # fmt: skip
    assert all(0.9 < cells[f"{row}@total"].confidence < 1 for row in REQUESTS)


def test_a_cell_aside_of_its_column_is_in_doubt() -> None:
    aside = Box(1.55 * WIDE, 2 * HIGH, 1.95 * WIDE, 3 * HIGH)
    cells = scan(requests(*FIVE), {(2, 1): aside}).cells()
    assert why(cells, 1, "natural_person") == "place_unproved"
    assert why(cells, 2, "natural_person") is None
    doubted, beside = (
        cells[f"requests.carried_in@{c}"].confidence for c in ("natural_person", "other")
    )
    assert doubted < 0.99 < beside


def test_the_columns_of_a_page_may_lean() -> None:
    """As those of a page with coarser pixels down than across, which stood askew."""
    lean = {
        (r, c): Box((c + 0.25 * r) * WIDE, r * HIGH, (c + 1 + 0.25 * r) * WIDE, (r + 1) * HIGH)
        for r in range(6) for c in range(8)
    }  # fmt: skip
    cells = scan(requests(*FIVE), lean).cells()
    assert {why(cells, row, "total") for row in range(5)} == {None}
    lean[5, 7] = Box(9.05 * WIDE, 5 * HIGH, 10.05 * WIDE, 6 * HIGH)
    cells = scan(requests(*FIVE), lean).cells()
    assert why(cells, 4, "total") == "place_unproved"
    assert why(cells, 3, "total") is None


def test_a_cell_much_wider_than_its_column_is_in_doubt() -> None:
    wide = Box(0.2 * WIDE, 2 * HIGH, 2 * WIDE, 3 * HIGH)
    cells = scan(requests(*FIVE), {(2, 1): wide}).cells()
    assert why(cells, 1, "natural_person") == "place_unproved"


def test_a_cell_much_higher_than_its_row_is_in_doubt() -> None:
    """The wall below was not seen, as under a seal: its figure may be the next row's."""
    high = Box(4 * WIDE, 2 * HIGH, 5 * WIDE, 4 * HIGH)
    cells = scan(requests(*FIVE), {(2, 4): high}).cells()
    assert why(cells, 1, "social_organization") == "place_unproved"
    assert why(cells, 1, "natural_person") is None


def test_few_cells_do_not_tell_where_their_column_is() -> None:
    aside = Box(1.55 * WIDE, 2 * HIGH, 1.95 * WIDE, 3 * HIGH)
    cells = scan(requests(*FIVE[:3]), {(2, 1): aside}).cells()
    assert why(cells, 1, "natural_person") is None


def test_an_empty_cell_above_its_row_s_figures_is_in_doubt() -> None:
    """A line through the cell parted it from its figure."""
    upper = Box(4 * WIDE, 2 * HIGH, 5 * WIDE, 2.4 * HIGH)
    cells = scan(requests(*FIVE), {(2, 4): upper}).cells()
    assert why(cells, 1, "social_organization") == "place_unproved"
    assert why(cells, 2, "social_organization") is None


def test_an_empty_cell_beside_its_column_s_figures_is_in_doubt() -> None:
    """A line that is no wall parted it from its figure, in a table too small to tell columns."""
    part = Box(4 * WIDE, 2 * HIGH, 4.3 * WIDE, 3 * HIGH)
    rows = [["1", "0", "0", "2", "0", "0", "3"], FIVE[1]]
    cells = scan(requests(*rows), {(2, 4): part}).cells()
    assert why(cells, 1, "social_organization") == "place_unproved"


def test_blank_cells_of_a_row_with_more_cells_than_the_form_are_in_doubt() -> None:
    """Figures below each other, in tight rows, were taken for a wall that parts their cells."""
    rows = requests(*FIVE)
    more = [[row[0], "", *row[1:]] for row in rows]
    cells = scan(more).cells()
    assert why(cells, 1, "social_organization") == "place_unproved"
    assert why(cells, 1, "total") is None


def test_a_row_with_digits_that_are_no_figure_is_in_doubt_but_for_its_sum() -> None:
    """What shines through from the back of the sheet made other words of a figure, and walls."""
    rows = [
        ["行政许可", "5", "", "1", "", "445"],
        ["其他对外管理服务事项", "3652", "", "1051", "", "1 2 2335 -"],
        ["信息内容", "上一年项目数量", "", "本年增/减", "", "处理决定数量"],
        ["行政处罚", "32", "", "6", "", "0"],
    ]
    cells = scan(rows).cells()
    row = "proactive.other_services"
    assert not any(
        cells[f"{row}@{column}"].accepted
        for column in ("items_prev_year", "items_change", "decisions")
    )
    noted = [[*row, ""] for row in requests(*FIVE)]
    noted[2][-1] = "12 -"
    cells = scan(noted).cells()
    assert why(cells, 1, "total") is None


def disputes(figures: Sequence[str]) -> list[list[str]]:
    outcomes = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    heads = ["行政复议", "行政诉讼未经复议直接起诉", "行政诉讼复议后起诉"]
    return [[head for head in heads for _ in outcomes], outcomes * 3, list(figures)]


@pytest.mark.parametrize(("text", "gap", "page", "blank"), [
    ("五、存在的主要问题及改进情况", 14.0, 1, True),
    ("五、存在的主要问题及改进情况", 40.0, 1, False),  # room for a row that was not seen
    ("五、存在的主要问题及改进情况", 14.0, 2, False),
    ("存在的主要问题及改进情况", 14.0, 1, False),
])  # fmt: skip
def test_a_blank_row_right_above_the_next_section_is_blank(
    text: str, gap: float, page: int, *, blank: bool
) -> None:
    table = scan(disputes([""] * 15))
    box = table.grid.place.box
    assert box
    below = Line(text, Place(page, Box(20, box.y1 + gap, 300, box.y1 + gap + 12)))
    assert {cell.accepted for cell in table.cells(below).values()} == {blank}


def test_a_small_table_with_nothing_in_it_may_be_parted_from_its_figures() -> None:
    bare = scan(disputes([""] * 15)).cells()
    assert {cell.why[0].code for cell in bare.values()} == {"place_unproved"}
    assert not any(cell.accepted for cell in bare.values())
    filled = scan(disputes(["1", "", "", "", "1", *[""] * 10])).cells()
    assert all(cell.accepted for cell in filled.values())


def proactive(unit: str, amount: str) -> list[list[str]]:
    return [
        ["信息内容", "本年处理决定数量"],
        ["行政许可", "4"],
        ["行政处罚", "7"],
        ["行政强制", "2"],
        ["信息内容", f"本年收费金额（单位：{unit}）"],
        ["行政事业性收费", amount],
    ]


def test_money_in_another_unit_than_the_form_s_is_in_doubt_on_scans() -> None:
    """A header that says 元 for 万元 is as likely misread as printed."""
    usual = scan(proactive("万元", "12.5")).cells()["proactive.fees@amount_collected"]
    assert (usual.accepted, usual.unit, str(usual.value)) == (True, "万元", "12.5")
    other = scan(proactive("元", "125000")).cells()["proactive.fees@amount_collected"]
    assert (other.accepted, str(other.value)) == (False, "12.5")


def test_a_figure_at_a_wall_needs_a_sum() -> None:
    """What is left of a worn wall looks like a 1 to every reader."""
    table = scan(proactive("万元", "12.5"))
    at_wall = [
        replace(seen, spot=(1, Box(2 * WIDE - 12, HIGH, 2 * WIDE + 0.5, 2 * HIGH)))
        if seen.readings[0].text == "4"
        else seen
        for seen in table.evidence
    ]
    cells = replace(table, evidence=tuple(at_wall)).cells()
    doubtful = {
        ref: cell.why[0].code for ref, cell in cells.items() if not cell.accepted and cell.cell
    }
    assert doubtful == {"proactive.licensing@decisions": "touches_wall"}


def test_a_zero_at_the_wall_behind_it_is_one() -> None:
    """No digit comes behind a 0 that might be lost in the wall; one before it might."""
    rows = requests(*FIVE[:1], ["0", "0", "0", "", "0", "", "0"], *FIVE[2:])
    for before, reason in ((0.5, "touches_wall"), (20.0, None)):
        table = scan(rows)
        at_wall = [
            replace(seen, spot=(1, Box(WIDE + before, 45, WIDE + 59.5, 55)))
            if seen.spot[1] == Box(WIDE * 1.5 - 5, 45, WIDE * 1.5 + 5, 55)
            else seen
            for seen in table.evidence
        ]
        assert at_wall != list(table.evidence)
        cells = replace(table, evidence=tuple(at_wall)).cells()
        assert why(cells, 1, "natural_person") == reason


def test_an_empty_cell_s_own_look_counts() -> None:
    """Another view's cell in the same place may have gone across walls."""
    table = scan(requests(*FIVE))
    box = Box(3.5 * WIDE, HIGH, 5.5 * WIDE, 2.5 * HIGH)
    across = Seen((1, box), (Reading(INK, "", 1.0),), faint=True)
    cells = replace(table, evidence=(*table.evidence, across)).cells()
    assert why(cells, 0, "social_organization") is None
    faint = scan(requests(*FIVE), faint=[(1, 4)]).cells()
    assert why(faint, 0, "social_organization") == "faint_ink"


def test_a_row_without_walls_that_alone_is_off_keeps_its_place() -> None:
    """As many figures as cells, and all other rows add up: the figure is misprinted."""
    off = [*FIVE[:2], ["2", "0", "1", "0", "0", "0", "8"], *FIVE[3:]]
    aligned = scan(requests(*off))
    aligned = replace(aligned, grid=replace(aligned.grid, found_by="unruled"))
    assert why(aligned.cells(), 2, "total") is None
    lost = [*FIVE[:2], ["2", "", "1", "0", "0", "0", "8"], *FIVE[3:]]
    shifted = scan(requests(*lost))
    shifted = replace(shifted, grid=replace(shifted.grid, found_by="unruled"))
    assert why(shifted.cells(), 2, "total") == "grid_unproved"


def test_a_sum_with_doubtful_cells_is_told_as_it_is_read() -> None:
    off = [["3", "0", "1", "0", "0", "0", "8"], *FIVE[1:]]
    table = scan(requests(*off))
    alone = [
        replace(seen, readings=seen.readings[:1]) if seen.readings[0].text == "3" else seen
        for seen in table.evidence
    ]
    found = understand([table.grid], Evidence({1: alone}))
    (told,) = [f for f in found.findings if f.code == "sum_off_as_read"]
    assert told.arguments["difference"] == "4"
    assert "requests.new@total" in told.refs
    assert not any(
        f.code == "sum_differs" and "requests.new@total" in f.refs for f in found.findings
    )


def unruled(table: Scan) -> dict[str, Filled]:
    return replace(table, grid=replace(table.grid, found_by="unruled")).cells()


ZEROS = ["0"] * 7


def test_figures_without_a_row_doubt_the_zeros_of_a_table_without_walls() -> None:
    """But for the number of a page, and for what is left of a line in a heading or between rows."""
    rows = requests(*FIVE[:2], ZEROS, *FIVE[3:])
    torn = ["", *ZEROS[:3], "7", *ZEROS[4:]]
    assert why(unruled(scan([*rows[:3], torn, *rows[3:]])), 2, "total") == "grid_unproved"
    paged = ["", "", "", "- 2 -", *[""] * 4]
    assert why(unruled(scan([*rows[:3], paged, *rows[3:]])), 2, "total") is None
    worn = ["", "-", "", "—", "_", *[""] * 3]
    assert why(unruled(scan([*rows[:3], worn, *rows[3:]])), 2, "total") is None
    heading = ["申请人情况", "", "-", *[""] * 5]
    assert why(unruled(scan([*rows[:3], heading, *rows[3:]])), 2, "total") is None
    comma = ["申请人情况 ,", *[""] * 7]
    assert why(unruled(scan([*rows[:3], comma, *rows[3:]])), 2, "total") is None


def test_under_labels_that_were_read_a_misprint_keeps_its_place() -> None:
    """Where the headings tell the columns, though blanks stand for zeros."""
    figures = ["", "", "", "", "", "3", "0", "7", "4", "8", "4", "0", "5", "0", "9"]
    table = scan(disputes(figures))
    spread = tuple(
        replace(c, col_end=c.col + 5) if c.row == 0 else c
        for c in table.grid.cells
        if c.row or not c.col % 5
    )
    for found_by, accepted in (("headed", True), ("rows", False)):
        grid = replace(table.grid, cells=spread, found_by=found_by)
        misprint = replace(table, grid=grid).cells()["disputes.litigation_direct@other_result"]
        assert misprint.accepted == accepted


def test_a_cell_as_wide_as_its_label_is_not_aside() -> None:
    """The last section of the form has two columns, where the others have three."""
    rows = [
        ["信息内容", "上一年项目数量", "本年增/减", "处理决定数量"],
        ["行政许可", "11", "-6", "1"],
        ["其他对外管理服务事项", "2", "3", "6"],
        ["信息内容", "上一年项目数量", "本年增/减", "处理决定数量"],
        ["行政处罚", "4", "2", "12"],
        ["行政强制", "5", "2", "13"],
        ["信息内容", "上一年项目数量", "本年增/减"],
        ["行政事业性收费", "7", "8"],
    ]
    wide = {(r, 2): Box(2 * WIDE, r * HIGH, 4 * WIDE, (r + 1) * HIGH) for r in (6, 7)}
    drawn = scan(rows, wide)
    spanning = [replace(c, col_end=4) if (c.row, c.col) in wide else c for c in drawn.grid.cells]
    cells = replace(drawn, grid=replace(drawn.grid, cells=tuple(spanning))).cells()
    assert cells["proactive.fees@items_change"].accepted
    unlabelled = [c for c in spanning if c.row != 6]
    cells = replace(drawn, grid=replace(drawn.grid, cells=tuple(unlabelled))).cells()
    assert not cells["proactive.fees@items_change"].accepted


def test_a_table_whose_title_alone_was_seen_is_in_doubt() -> None:
    """On a scan; one without even a title is not there, and so it is in a text."""
    table = scan(requests(*FIVE))
    title = Line("四、政府信息公开行政复议、行政诉讼情况", Place(1))
    found = understand([table.grid, title], Evidence({1: table.evidence}))
    cells = {c.form.ref: c for t in found.tables for c in t.cells}
    assert cells["disputes.review@upheld"].why[0].code == "table_missing"
    assert not cells["disputes.review@upheld"].accepted
    for read in (understand([table.grid, title]), understand([table.grid], Evidence({1: []}))):
        assert [t.form.id for t in read.tables] == ["requests"]
        assert sum(f.code == "table_missing" for f in read.findings) == 2


def test_labels_beside_their_columns_do_not_contradict_the_order() -> None:
    """Without lines a heading may lie in the column before its figures'."""
    rows = requests(*[["3", "0", "1", "0", "0", "0", "4"]] * 5)
    aside = [
        ["", "自然人", "商业企业", "科研机构", "社会公益组织 法律", "其他", "总计", ""],
        *rows[1:],
    ]
    table = scan(aside)
    assert why(unruled(table), 0, "total") is None
    assert why(table.cells(), 0, "total") == "columns_unread"
    turned = [
        ["", "总计", "商业企业", "科研机构", "社会公益组织 法律", "其他", "自然人", ""],
        *rows[1:],
    ]
    assert why(unruled(scan(turned)), 0, "total") == "columns_unread"


def test_two_labels_over_one_column_do_not_change_places() -> None:
    """Where a page bends, a heading of the next column stands below the one of this."""
    figures = requests(*[["3", "0", "1", "0", "0", "0", "4"]] * 5)[1:]
    high = ["", "自然人", "", "", "社会公益组织", "法律服务机构", "其他", "总计"]
    low = ["", "商业企业", "科研机构", "", "", "", "", ""]
    cells = unruled(scan([high, low, *figures]))
    assert str(cells["requests.new@natural_person"].value) == "3"
    assert str(cells["requests.new@business"].value) == "0"
    turned = ["", "总计", "", "", "社会公益组织", "法律服务机构", "其他", "自然人"]
    assert why(unruled(scan([turned, low, *figures])), 0, "business") == "columns_unread"


def test_columns_of_other_rows_are_no_cells_of_a_full_row() -> None:
    rows = [
        ["信息内容", "上一年项目数量", "", "本年增/减", "处理决定数量"],
        ["行政许可", "11", "", "-6", "1"],
        ["信息内容", "采购项目数量", "", "采购总金额", ""],
        ["政府集中采购", "19", "", "", "25.5"],
    ]
    cells = unruled(scan(rows))
    amount = cells["proactive.procurement@amount"]
    assert (amount.accepted, str(amount.value)) == (True, "25.5")


def test_one_of_three_sums_of_a_full_row_may_be_misprinted() -> None:
    """Where no walls are drawn: a figure from elsewhere would break the sums behind it, too."""
    words = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 3
    heads = [["行政复议", *[""] * 4, "未经复议直接起诉", *[""] * 4, "复议后起诉", *[""] * 4], words]
    printed = ["1", "2", "3", "4", "10", "5", "0", "1", "0", "6", "7", "1", "2", "0", "12"]
    table = scan([*heads, printed])
    spread = [
        replace(c, col_end=c.col + 5) if c.row == 0 else c
        for c in table.grid.cells if c.row or not c.col % 5
    ]  # fmt: skip
    cells = unruled(replace(table, grid=replace(table.grid, cells=tuple(spread))))
    total = cells["disputes.litigation_after_review@total"]
    assert (total.accepted, str(total.value)) == (True, "12")
    two = [*printed[:4], "11", *printed[5:]]
    seen = scan([*heads, two])
    cells = unruled(replace(seen, grid=replace(seen.grid, cells=tuple(
        replace(c, text=two[c.col]) if c.row == 2 else c for c in spread))))  # fmt: skip
    assert not cells["disputes.litigation_after_review@total"].accepted


def test_a_1_among_slashes_may_be_one() -> None:
    """A fax leaves an upright stroke of a slash, and both readers see the same."""
    rows = [
        ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
        ["规章", "1", "2", "11"],
        ["行政规范性文件", "/", "3", "21"],
    ]
    table = scan(rows)
    unsure = replace(table, evidence=tuple(
        replace(look, readings=(Reading("rapid", "1", 0.95), *look.readings[1:]))
        if look.readings[0].text == "1" else look
        for look in table.evidence
    ))  # fmt: skip
    made = "proactive.rules@issued"
    assert table.cells()[made].accepted
    assert unsure.cells()[made].why[0].code == "reader_unsure"
    plain = scan([*rows[:2], ["行政规范性文件", "-", "3", "21"]])
    assert plain.cells()[made].accepted


def test_a_blank_row_beside_figures_without_a_label_may_be_theirs() -> None:
    """A double image's lines cut a row in two; the next row's label was misread."""
    rows = requests(*FIVE)
    cut = [*rows[:4], [rows[4][0], *[""] * 7], ["", *FIVE[3]], ["甘他", *FIVE[1]], *rows[5:]]
    assert why(scan(cut).cells(), 3, "total") == "figures_left"
    assert why(scan(cut).cells(), 2, "total") is None


def test_an_empty_cell_in_a_table_that_writes_0_may_have_lost_its_digit() -> None:
    zeros = [["0"] * 7, ["0"] * 7, ["0"] * 7]
    full = requests(["3", "0", "1", "0", "0", "0", "4"], *zeros)
    one = [*full[:3], [*full[3][:4], "", *full[3][5:]], *full[4:]]
    assert why(scan(one).cells(), 2, "social_organization") == "lone_blank"
    none = [[cell if cell != "0" else "" for cell in row] for row in one]
    assert why(scan(none).cells(), 2, "social_organization") is None


def test_a_row_called_as_a_group_may_be_the_first_of_it() -> None:
    """（六）其他处理 is a row since 2019 and a group of three since 2021."""
    table = next(t for t in load("2019").tables if t.id == "requests")
    whole = [["", *APPLICANTS], *([row.label, *FIVE[4]] for row in table.rows)]
    at = next(i for i, row in enumerate(whole) if row[0] == "（六）其他处理") + 1
    followed = [*whole[:at], ["请俞费要求缴", *FIVE[4]], *whole[at:]]
    ref = "requests.results.other_handling@total"
    assert scan(whole).cells()[ref].accepted
    assert scan(followed).cells()[ref].why[0].code == "figures_left"


def test_a_grid_full_of_figures_whose_labels_are_lost_is_an_unread_table() -> None:
    """A copy of a copy: its strokes have grown together."""
    garbled = [["F以公井", *FIVE[row % 5][:3], "0", *FIVE[row % 5][4:]] for row in range(20)]
    cells = scan(garbled).cells()
    assert {cell.why[0].code for cell in cells.values()} == {"table_unread"}
    assert not scan(garbled[:8]).cells()


def test_a_row_without_a_label_under_the_table_may_be_one_that_seems_to_be_absent() -> None:
    labels = [row.label for row in load("fujian").tables[0].rows if row.key != "disputes.appeal"]
    rows = [["指标名称", "2011年度", "历年累计"], *([label, "1", "2"] for label in labels)]
    absent, unread = scan(rows).cells(), scan([*rows, ["", "0", "246"]]).cells()
    assert absent["disputes.appeal@cumulative"].accepted
    assert unread["disputes.appeal@cumulative"].why[0].arguments == {"label": "行政申诉数"}
    lacking = scan([*rows[:2], *rows[3:]]).cells()
    assert not lacking["disputes.appeal@cumulative"].accepted


def test_digits_that_are_no_figure_of_a_row_doubt_all_of_it() -> None:
    """Where no walls are drawn, wide digits of one figure may stand in two columns."""
    full = [["3", "0", "1", "0", "0", "0", "4"]] * 5
    head, *rows = [[row[0], "", *row[1:]] for row in requests(*full)]
    head = [""] * len(head)
    clear = unruled(scan([head, *rows]))
    split = unruled(scan([head, [rows[0][0], "1 9", *rows[0][2:]], *rows[1:]]))
    assert why(clear, 0, "total") is None
    assert why(split, 0, "total") == "figures_left"
    assert why(split, 1, "total") is None


def whole(column: int | None = None) -> Scan:
    """The whole table of requests without lines, the total column left blank; or with the figures
    of another ``column`` left blank.
    """
    form = next(table for table in load("2021").tables if table.id == "requests")
    figures = {row.key: [0] * 6 for row in form.rows}
    figures["requests.new"] = [30, 4, 0, 0, 9, 0]
    figures["requests.results.granted"] = [20, 0, 0, 0, 9, 0]
    figures["requests.results.refused.state_secret"] = [7, 4, 0, 0, 0, 0]
    figures["requests.results.total"] = [27, 4, 0, 0, 9, 0]
    figures["requests.carried_out"] = [3, 0, 0, 0, 0, 0]
    rows = [["", *APPLICANTS]]
    for row in form.rows:
        written = [str(figure) for figure in figures[row.key]]
        if column is None:
            rows.append([row.label, *written, ""])
        else:
            total = str(sum(figures[row.key]))
            rows.append([row.label, *(written[:5] if column else written[1:]), total, ""])
    table = scan(rows)
    return replace(table, grid=replace(table.grid, found_by="unruled"))


def test_where_only_totals_are_left_out_the_columns_sums_prove_rows() -> None:
    cells = whole().cells()
    assert all(cells[f"requests.new@{c}"].accepted for c in ("natural_person", "other", "total"))
    assert cells["requests.new@total"].state == "blank"


def test_a_row_that_ends_with_its_total_lacks_another_figure() -> None:
    assert not any(
        cell.accepted for cell in whole(5).cells().values() if cell.form.row == "requests.new"
    )


def test_a_dash_without_a_place_may_be_where_a_cell_seems_blank() -> None:
    """A grid from alignment with a column too many, in which the dash stands."""
    rows = [
        ["信息内容", "本年新制作数量", "本年新公开数量", "", "对外公开总数量"],
        ["规章", "1", "", "-", "2"], ["规范性文件", "3", "4", "", "5"],
        ["信息内容", "上一年项目数量", "本年增/减", "", "处理决定数量"],
        ["行政许可", "6", "1", "", "7"], ["其他对外管理服务事项", "6", "1", "", "7"],
    ]  # fmt: skip
    cells = scan(rows).cells()
    # Any three cells side by side would leave a number out that stands under its label.
    assert cells["proactive.rules@newly_published"].why[0].code == "columns_unread"
    assert not cells["proactive.rules@newly_published"].accepted
    assert cells["proactive.normative_docs@newly_published"].accepted


@pytest.mark.parametrize(("beside", "believed"), [(3, True), (4, False)])
def test_dashes_are_lines_where_they_stand_beside_figures_too(
    beside: int, *, believed: bool
) -> None:
    figures = [["-", *row[1:]] for row in FIVE]
    for row, column in [(0, 4), (1, 1), (2, 2), (3, 4)][:beside]:
        figures[row][column] += " -"
    cells = scan(requests(*figures)).cells()
    assert (why(cells, 4, "natural_person") is None) is believed


def test_zeros_without_a_label_do_not_take_the_place_of_a_row_that_a_page_end_cut() -> None:
    """Of the label in two lines the second has the figures; under the rest of the label that is
    cut stand figures that were not parted.
    """
    zeros = ["0"] * 7
    rows = [
        ["", *APPLICANTS],
        ["一、本年新收政府信息公开申请数量", *FIVE[0]], ["3.危及“三安全一稳定”", *zeros],
        ["4.保护第三方合法权", "", "", "", "", "", "-", "-"], ["益", *zeros],
        ["信息", "4 0", "0", "0", "0", "0", "4"],
        ["6.属于四类过程性信息", *zeros], ["7.属于行政执法案卷", *zeros],
    ]  # fmt: skip
    cells = scan(rows).cells()
    assert not cells["requests.results.refused.internal_affairs@total"].accepted
    whole = scan([*rows[:5], *rows[6:]]).cells()
    assert whole["requests.results.refused.internal_affairs@total"].value == 0


def test_a_misread_figure_is_no_label_that_parts_its_row() -> None:
    rows = requests(*FIVE)
    rows[1][2] = "1082T 148"
    cells = scan(rows).cells()
    assert why(cells, 0, "natural_person") is None
    assert why(cells, 0, "business") == "illegible"
    assert cells["requests.new@total"].value == 4
