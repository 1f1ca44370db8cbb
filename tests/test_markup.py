"""Readers of web pages, Word files, spreadsheets and text: what is displayed, cell by cell."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Border, Font, Side

from gouji.ocr.finding import DocumentError
from gouji.tables import markup
from gouji.tables.grid import Document, Grid, Line
from gouji.tables.limits import Limits
from gouji.tables.number_format import show
from gouji.tables.numbering import chinese

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
REAL = Path(__file__).parents[2] / "shared" / "real"


def html(text: str, limits: Limits | None = None) -> Document:
    return markup.read(text.encode(), "html", limits or Limits())


def text(source: str, kind: str = "text") -> Document:
    return markup.read(source.encode(), kind, Limits())


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def lines(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Line)]


def rows(grid: Grid) -> list[list[str]]:
    table: list[list[str]] = [[] for _ in range(grid.n_rows)]
    for cell in grid.cells:
        table[cell.row].append(cell.text)
    return table


def spans(grid: Grid) -> dict[str, tuple[int, int, int, int]]:
    return {cell.text: (cell.row, cell.row_end, cell.col, cell.col_end) for cell in grid.cells}


def places_hold(document: Document) -> None:
    """Each place points at its text, apart from line breaks and Markdown's marks."""
    own = markup.as_text(document).split("\n")
    for block in document.blocks:
        for piece in block.cells if isinstance(block, Grid) else (block,):
            place = piece.place
            assert place.line is not None
            if not piece.text:
                continue
            assert own[place.line - 1][place.start : place.end].rstrip() == piece.text.replace(
                "\n", " "
            )


def overlap(grid: Grid) -> bool:
    seen: set[tuple[int, int]] = set()
    for cell in grid.cells:
        slots = {
            (r, c) for r in range(cell.row, cell.row_end) for c in range(cell.col, cell.col_end)
        }
        if not slots or slots & seen:
            return True
        seen |= slots
    return False


# Web pages


def test_numbers_split_over_tags_are_one_number() -> None:
    page = html(
        "<table><tr><td>a</td><td><font>3</font><font><span>2</span></font><b>6</b>.6</td></tr>"
        "<tr><td><p>本年新<br/>制作</p><p>数量</p></td><td>&nbsp;</td></tr></table>"
    )
    assert rows(grids(page)[0]) == [["a", "326.6"], ["本年新\n制作\n数量", ""]]


def test_spans_that_differ_from_row_to_row() -> None:
    page = html(
        "<table><tr><td rowspan=2>g</td><td colspan=2>h</td><td>t</td></tr>"
        "<tr><td>x</td><td>y</td><td>z</td></tr><tr><td colspan=3>w</td><td>v</td></tr></table>"
    )
    grid = grids(page)[0]
    assert spans(grid) == {
        "g": (0, 2, 0, 1),
        "h": (0, 1, 1, 3),
        "t": (0, 1, 3, 4),
        "x": (1, 2, 1, 2),
        "y": (1, 2, 2, 3),
        "z": (1, 2, 3, 4),
        "w": (2, 3, 0, 3),
        "v": (2, 3, 3, 4),
    }


def test_spans_end_with_their_row_group_and_never_overlap() -> None:
    page = html(
        "<table><thead><tr><td rowspan=9>a</td><td>b</td></tr></thead>"
        "<tbody><tr><td>c</td><td rowspan=0>d</td></tr><tr><td>e</td></tr></tbody></table>"
        "<table><tr><td>a</td><td rowspan=2>b</td></tr><tr><td colspan=3>c</td><td>d</td></tr>"
        "<tr><td>1</td><td>2</td><td>3</td></tr></table>"
    )
    first, second = grids(page)
    assert spans(first)["a"] == (0, 1, 0, 1)
    assert spans(first)["d"] == (1, 3, 1, 2)
    assert not overlap(second)
    assert spans(second)["c"] == (1, 2, 0, 1)


def test_a_huge_span_ends_at_the_table() -> None:
    page = html(
        "<table><tr><td colspan=100000 rowspan=99999>标题</td></tr>"
        "<tr><td>a</td><td>1</td></tr><tr><td>b</td><td>2</td></tr></table>"
        "<table><tr><td colspan=100000>标题</td></tr><tr><td>a</td><td>1</td></tr></table>"
    )
    for grid in grids(page):
        assert not overlap(grid)
        assert grid.n_cols <= 3
        assert grid.n_rows <= 3


def test_layout_tables_dissolve_and_data_tables_stay() -> None:
    inner = "".join(f"<tr><td>行{i}</td><td>{i}</td><td>0</td></tr>" for i in range(4))
    page = html(
        f"<table><tr><td>首页</td><td>导航</td></tr><tr><td colspan=2><h2>二、情况</h2>"
        f"<p>正文。</p><table>{inner}</table><p>尾。</p></td></tr></table>"
    )
    assert [type(block) for block in page.blocks] == [Line, Line, Line, Line, Grid, Line]
    assert lines(page) == ["首页", "导航", "二、情况", "正文。", "尾。"]
    assert [b.heading for b in page.blocks if isinstance(b, Line)] == [0, 0, 2, 0, 0]
    assert grids(page)[0].n_rows == 4


def test_a_table_inside_a_cell_of_data_is_a_block_of_its_own() -> None:
    data = "".join(f"<tr><td>行{i}</td><td>{i}</td></tr>" for i in range(5))
    page = html(f"<table>{data}<tr><td>x</td><td><table>{data}</table></td></tr></table>")
    assert [grid.n_rows for grid in grids(page)] == [6, 5]


def test_hidden_text_is_left_out() -> None:
    page = html(
        "<style>p{}</style><p>a<span style='display: none'>9</span>b</p><script>x</script>"
        "<p hidden>c</p><!-- d --><noscript>e</noscript><div style='visibility:hidden'><p>f</p>"
        "</div><template><p>g</p></template><p>h</p>"
    )
    assert lines(page) == ["ab", "h"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<del>7</del><ins>5</ins>", "5"),
        ("<span style='visibility:collapse'>7</span>5", "5"),
        ("<span style='opacity: 0'>7</span>5", "5"),
        ("<span style='color:transparent'>7</span>5", "5"),
        ("<span style='background-color:transparent'>5</span>", "5"),
        ("<span class='x old'>7</span>5", "5"),
        ("<span class='print'>5</span>", "5"),
        ("5<span style='font-size:8px;vertical-align:super'>1</span>", "5[1]"),
        ("5<sup>①</sup>", "5[①]"),
        ("<select><option>7</option><option selected>5</option></select>", "□"),
        ("<table><tr><td>5</td></tr></table>", "5"),
    ],
)
def test_what_a_reader_of_a_page_sees_in_a_cell(written: str, read: str) -> None:
    rules = "/* .print */ @media print { .print {display:none} } b, .old {display:none}"
    body = f"<tr><td>行政许可</td><td>{written}</td><td>6</td></tr>" * 3
    document = html(f"<style>{rules}</style><table>{body}</table>")
    assert [row[1] for row in rows(grids(document)[0])] == [read] * 3


def test_title_and_date_of_the_head_come_first() -> None:
    page = html(
        "<html><head><meta name='PubDate' content='2020-01-31'><title> 年度 报告 </title></head>"
        "<body><p>正文</p></body></html>"
    )
    assert lines(page) == ["年度 报告", "PubDate: 2020-01-31", "正文"]


def test_breaks_of_the_source_are_no_blanks_in_chinese() -> None:
    page = html("<p>政府信息\n  公开 2020\n 年</p><p>a\nb</p>")
    assert lines(page) == ["政府信息公开 2020 年", "a b"]


def test_raised_digits_do_not_join_the_number() -> None:
    page = html(
        "<table><tr><td>a</td><td>22<sup>1</sup></td></tr><tr><td>b<td>m<sup>2</sup></table>"
    )
    assert rows(grids(page)[0]) == [["a", "22[1]"], ["b", "m2"]]


def test_preformatted_text_with_tabs_is_a_table() -> None:
    page = html("<body><pre>题\na\t1\t2\nb\t3\t4\n尾</pre></body>")
    assert rows(grids(page)[0]) == [["a", "1", "2"], ["b", "3", "4"]]
    assert lines(page) == ["题", "尾"]


def test_markdown_with_html_tables_keeps_its_lines() -> None:
    page = html("# 报告\n一\n\n<table><tr><td>a</td><td>1</td></tr></table>\n\n二\n三")
    assert lines(page) == ["报告", "一", "二", "三"]
    assert rows(grids(page)[0]) == [["a", "1"]]


def test_a_page_of_pictures_says_so() -> None:
    assert [f.code for f in html("<p>年度报告（图片版）</p><img src=a><img>").findings] == [
        "has_pictures"
    ]


def test_depth_is_limited() -> None:
    with pytest.raises(DocumentError, match="too_deep"):
        html("<div>" * 50_000)
    with pytest.raises(DocumentError, match="too_deep"):
        html("<table><tr><td>" * 500)
    with pytest.raises(DocumentError, match="too_many_cells"):
        html("<table>" + "<tr><td>x" * 200, Limits(cells=100))


def test_the_page_of_a_real_office() -> None:
    path = REAL / "shanghai-office-2019.html"
    if not path.exists():
        pytest.skip("the reference pages are not here")
    page = markup.read(path.read_bytes(), "html", Limits())
    assert [(grid.n_rows, grid.n_cols) for grid in grids(page)] == [(18, 5), (26, 10), (4, 15)]
    assert all(not overlap(grid) for grid in grids(page))
    places_hold(page)


# Text


def test_stray_blank_lines_do_not_end_a_table_and_headings_do() -> None:
    grid, other = grids(text("题\na\t1\t2\n\n\nb\t3\t\n\n三、标题\n\nc\t4\t5\n\t\t6\n"))
    assert rows(grid) == [["a", "1", "2"], ["b", "3", ""]]
    assert rows(other) == [["c", "4", "5"], ["", "", "6"]]
    assert other.cells[0].place.line == 9


def test_indented_paragraphs_are_no_rows() -> None:
    document = text("\t一、情况\n\ta\n\tb\nx\t1\t2\ny\t3\t4\n\t五、其他\n")
    assert lines(document) == ["一、情况", "a", "b", "五、其他"]
    assert len(grids(document)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "| a | 1 | 2 |\n|---|---|---|\n| b | 3 | 4 |",
        "| a | 1 | 2\n| b | 3 | 4",
        "a | 1 | 2 |\nb | 3 | 4 |",
        "a | 1 | 2\n--- | --- | ---\nb | 3 | 4",
    ],
)
def test_pipes_in_each_form(source: str) -> None:
    grid = grids(text(source, "markdown"))[0]
    assert grid.found_by == "pipes"
    assert rows(grid) == [["a", "1", "2"], ["b", "3", "4"]]


def test_pipes_with_empty_tails_and_empty_heads() -> None:
    assert rows(grids(text("| a | 0 | ||\n| b | 0 | ||"))[0]) == [
        ["a", "0", "", ""],
        ["b", "0", "", ""],
    ]
    assert rows(grids(text("| 名 | 数 ||\n| a | 0 ||\n| b | ||"))[0]) == [
        ["名", "数"],
        ["a", "0"],
        ["b", ""],
    ]
    assert rows(grids(text("三 | 一 | 0 |\n| 二 | 1 |\n| 三 | 2 |"))[0]) == [
        ["三", "一", "0"],
        ["", "二", "1"],
        ["", "三", "2"],
    ]


def test_dashes_are_figures_unless_they_rule() -> None:
    grid = grids(text("| a | b |\n| - | - |\n| 1 | 2 |\n| - | - |", "markdown"))[0]
    assert rows(grid) == [["a", "b"], ["1", "2"], ["-", "-"]]


def test_one_cell_a_line_stays_lines() -> None:
    assert not grids(text("a|\n1|\n2|\n|\n3|"))
    assert not grids(text("首页 | 新闻 | 公开"))
    assert rows(grids(text("46\t13\t5\t4"))[0]) == [["46", "13", "5", "4"]]


def test_markdown_marks_are_taken_away() -> None:
    document = text("## 一、**情况** ##\n| 1\\. a | \\-2 |\n| b<br>c | **3** |", "markdown")
    assert lines(document) == ["一、情况"]
    assert rows(grids(document)[0]) == [["1. a", "-2"], ["b\nc", "3"]]


@pytest.mark.parametrize("name", ["000", "001", "004"])
def test_tables_of_the_seeds(name: str) -> None:
    paths = sorted(SEEDS.glob(f"{name}*.txt"))
    if not paths:
        pytest.skip("the reference texts are not here")
    source = paths[0].read_text("utf-8")
    document = text(source, "markdown" if name == "004" else "text")
    assert [grid.n_cols for grid in grids(document)] == [4, 10, 15]
    file_lines = source.split("\n")
    for grid in grids(document):
        for cell in grid.cells:
            place = cell.place
            assert place.line is not None
            assert file_lines[place.line - 1][place.start : place.end] == cell.text


# Word


def word(build: docx.document.Document) -> Document:
    target = io.BytesIO()
    build.save(target)
    return markup.read(target.getvalue(), "docx", Limits())


def test_word_tables_with_spans_and_nested_tables() -> None:
    build = docx.Document()
    build.add_heading("二、情况", 2)
    table = build.add_table(4, 3)
    for row in range(4):
        for col in range(3):
            table.cell(row, col).text = f"{row}{col}"
    table.cell(0, 0).merge(table.cell(0, 1)).text = "宽"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "高"
    inner = table.cell(3, 2).add_table(2, 2)
    for row in range(2):
        for col in range(2):
            inner.cell(row, col).text = f"i{row}{col}"
    build.add_paragraph("正文")
    document = word(build)
    assert [type(b) for b in document.blocks] == [Line, Grid, Grid, Line]
    assert isinstance(document.blocks[0], Line)
    assert document.blocks[0].heading == 2
    outer, nested = grids(document)
    assert spans(outer)["宽"] == (0, 1, 0, 2)
    assert spans(outer)["高"] == (1, 3, 0, 1)
    assert rows(nested) == [["i00", "i01"], ["i10", "i11"]]
    places_hold(document)


def test_word_text_as_displayed() -> None:
    build = docx.Document()
    build.element.body.insert(
        0,
        parse_xml(
            f"<w:p {nsdecls('w')}><w:r><w:t>3</w:t></w:r><w:del><w:r><w:delText>9</w:delText></w:r>"
            "</w:del><w:ins><w:r><w:t>2</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr>"
            "<w:t>7</w:t></w:r><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>= 1"
            "</w:instrText><w:t>5</w:t></w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r>"
            "<w:r><w:t>6</w:t></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r><w:sdt>"
            "<w:sdtContent>"
            "<w:r><w:t>.5</w:t></w:r></w:sdtContent></w:sdt><w:r><w:rPr><w:vertAlign "
            "w:val='superscript'/></w:rPr><w:t>1</w:t></w:r><w:moveFrom><w:r><w:t>8</w:t></w:r>"
            "</w:moveFrom></w:p>"
        ),
    )
    assert lines(word(build)) == ["326.5[1]"]


def test_word_text_changed_struck_or_hidden_by_a_style() -> None:
    build = docx.Document()
    raised = build.styles.add_style("Mark", WD_STYLE_TYPE.CHARACTER)
    raised.font.superscript = True
    unseen = build.styles.add_style("Unseen", WD_STYLE_TYPE.PARAGRAPH)
    unseen.font.hidden = True
    build.add_paragraph("9", style="Unseen")
    line = build.add_paragraph("22")
    line.add_run("1", style="Mark")
    line.add_run("7").font.strike = True
    line.add_run("8").font.double_strike = True
    table = build.add_table(2, 2)
    for row in table.rows:
        row.cells[0].text, row.cells[1].text = "a", "5"
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(parse_xml(f"<w:hidden {nsdecls('w')}/>"))
    insertion = parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>3</w:t></w:r></w:ins>")
    build.add_paragraph("1")._p.append(insertion)
    document = word(build)
    assert lines(document)[0] == "22[1]"
    assert lines(document)[-1] == "13"
    assert "9" not in "".join(lines(document))
    assert [row for grid in grids(document) for row in rows(grid)] == [["a", "5"]]
    assert [f.code for f in document.findings] == ["text_struck_out", "tracked_changes"]


def test_word_tabs_are_a_table() -> None:
    build = docx.Document()
    for line in ("标题", "a\t1\t2", "b\t3\t4", "正文"):
        build.add_paragraph(line)
    document = word(build)
    assert rows(grids(document)[0]) == [["a", "1", "2"], ["b", "3", "4"]]
    places_hold(document)


def test_word_writes_the_numbers_of_its_lists() -> None:
    build = docx.Document()
    for line in ("属于国家秘密", "其他", "5"):
        build.add_paragraph(line, style="List Number")
    assert lines(word(build)) == ["1.属于国家秘密", "2.其他", "[3.] 5"]
    assert [chinese(n) for n in (1, 10, 12, 20, 105, 110, 1000)] == [
        "一", "十", "十二", "二十", "一百零五", "一百一十", "一千",
    ]  # fmt: skip


# Spreadsheets


def sheet(fill: openpyxl.Workbook) -> Document:
    target = io.BytesIO()
    fill.save(target)
    return markup.read(target.getvalue(), "xlsx", Limits())


def test_sheets_show_what_their_cells_display() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["2020年统计", None, None, None])
    page.merge_cells("A1:D1")
    page.append(["条数", 12, 326.6, 0.1 + 0.2])
    page.append(["金额", 1234.5, 0.25, datetime(2020, 1, 31)])
    page["B3"].number_format = "#,##0.00"
    page["C3"].number_format = "0%"
    page["D3"].number_format = 'yyyy"年"m"月"d"日"'
    page["B5"] = "=1+1"
    page["C5"].border = Border(left=Side(style="thin"))
    document = sheet(book)
    assert rows(grids(document)[0]) == [
        ["2020年统计"],
        ["条数", "12", "326.6", "0.3"],
        ["金额", "1,234.50", "25%", "2020年1月31日"],
        ["", "", "", ""],
        ["", "#FORMULA", "", ""],
    ]
    assert [f.code for f in document.findings] == ["formula_without_value"]
    assert spans(grids(document)[0])["2020年统计"] == (0, 1, 0, 4)
    places_hold(document)


def test_hidden_sheets_are_left_out_and_said() -> None:
    book = openpyxl.Workbook()
    book.active.append(["a", 1])  # type: ignore[union-attr]
    hidden = book.create_sheet("底稿")
    hidden.append(["b", 2])
    hidden.sheet_state = "hidden"
    named = book.create_sheet("依申请")
    named.append(["c", 3])
    named.append(["d", 4])
    named.row_dimensions[2].hidden = True
    document = sheet(book)
    assert lines(document) == ["依申请"]
    assert [rows(grid) for grid in grids(document)] == [[["a", "1"]], [["c", "3"]]]
    assert [f.code for f in document.findings] == ["hidden_sheets", "hidden_cells"]


def test_hidden_rows_and_columns_are_not_seen() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for line in (["行政许可", 7, 12, 13], ["行政处罚", 8, 14, 15], ["行政强制", 9, 16, 17]):
        page.append(line)
    page.merge_cells("A2:A3")
    page["A2"] = "合并"
    page.column_dimensions["B"].hidden = True
    page.row_dimensions[2].hidden = True
    document = sheet(book)
    assert rows(grids(document)[0]) == [["行政许可", "12", "13"], ["合并", "16", "17"]]
    assert [f.code for f in document.findings] == ["hidden_cells"]


def test_what_is_struck_out_in_a_sheet_counts_as_deleted() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["行政许可", 12, 13])
    page["B1"].font = Font(strike=True)
    page["C1"] = CellRichText(TextBlock(InlineFont(strike=True), "7"), "13")
    document = sheet(book)
    assert rows(grids(document)[0]) == [["行政许可", "", "13"]]
    assert [f.code for f in document.findings] == ["text_struck_out"]


def test_far_cells_do_not_fill_memory() -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["A1"], page["B1"], page["XFD1048576"] = "a", 1, "z"
    assert grids(sheet(book))[0].n_rows == 2


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (12.0, "General", "12"),
        (-12.5, "#,##0.00;[Red]#,##0.00", "-12.50"),
        (-12.5, "#,##0.00_);(#,##0.00)", "-12.50"),
        (0.0, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "-"),
        (0.0, "0;-0;;@", ""),
        (5.0, '0"件"', "5件"),
        (2173413.7948, "0.0000_ ", "2173413.7948"),
        (2.5, "0", "3"),
        (-0.001, "0.00", "0.00"),
        (1e20, "General", "100000000000000000000"),
        (12.0, "[DBNum1]General", "12"),
        (-7.0, "[Red]General", "-7"),
        (43831.0, "yyyy/m/d;@", "2020/1/1"),
        (1e9, "yyyy/m/d", "1000000000"),
        (5.0, ";;;", ""),
        (251000.0, '0!.0,"万元"', "#FORMAT 251000"),
        (251000.0, '[>=10000]0.00,"万";0', "#FORMAT 251000"),
        (251000.0, '0.00,"千"', "251.00千"),
    ],
)
def test_number_formats(value: float, code: str, shown: str) -> None:
    assert show(value, code).text == shown


@given(st.integers(-(10**14), 10**14), st.integers(0, 4))
def test_exact_decimals_survive_display(units: int, places: int) -> None:
    number = units / 10**places
    code = "0." + "0" * places if places else "0"
    assert show(number, code).text == f"{number:.{places}f}" or units == 0


def test_workbooks_of_the_old_format() -> None:
    data = (Path(__file__).parent / "data_workbook.xls").read_bytes()
    document = markup.read(data, "xls", Limits())
    assert rows(grids(document)[0]) == [
        ["2020年统计"],
        ["项目", "数量", "金额"],
        ["行政许可", "12", "326.60"],
        ["合计", "12", ""],
    ]
    assert spans(grids(document)[0])["2020年统计"] == (0, 1, 0, 3)
    assert [f.code for f in document.findings] == ["hidden_sheets"]
    places_hold(document)


def test_xml_spreadsheets() -> None:
    source = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
    <Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
     xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Sheet1"><Table>
     <Row><Cell ss:MergeAcross="1"><Data ss:Type="String">题</Data></Cell></Row>
     <Row ss:Index="3"><Cell><Data ss:Type="String">a</Data></Cell>
     <Cell><Data ss:Type="Number">326.6</Data></Cell></Row></Table></Worksheet></Workbook>"""
    document = markup.read(source.encode(), "xmlss", Limits())
    assert rows(grids(document)[0]) == [["题"], ["", ""], ["a", "326.6"]]


def test_saved_web_pages() -> None:
    source = (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=B\r\n\r\n--B\r\n"
        b"Content-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    import base64

    page = "<p>政府信息公开工作年度报告</p>".encode("gb18030")
    source += base64.encodebytes(page) + b"\r\n--B--\r\n"
    assert lines(markup.read(source, "mhtml", Limits())) == ["政府信息公开工作年度报告"]


# Places

WORDS = st.text(alphabet="政府信息0123456789 .|-", max_size=6)
TABLES = st.lists(st.lists(WORDS, min_size=1, max_size=5), min_size=1, max_size=6)


@given(st.lists(st.one_of(WORDS, TABLES), max_size=6))
def test_places_point_at_their_text(parts: list[str | list[list[str]]]) -> None:
    page = "".join(
        f"<p>{part}</p>"
        if isinstance(part, str)
        else "<table>"
        + "".join("<tr>" + "".join(f"<td>{c}" for c in row) for row in part)
        + "</table>"
        for part in parts
    )
    places_hold(html(page))
    plain = "\n".join(
        part if isinstance(part, str) else "\n".join("\t".join(row) for row in part)
        for part in parts
    )
    places_hold(text(plain))
    places_hold(text(plain, "markdown"))


SPAN = st.integers(0, 4)


@given(st.lists(st.lists(st.tuples(SPAN, SPAN), max_size=4), max_size=6))
def test_cells_never_overlap(table: list[list[tuple[int, int]]]) -> None:
    page = "<table>" + "".join(
        "<tr>" + "".join(f"<td rowspan={r} colspan={c}>x" for r, c in row) for row in table
    )
    for grid in grids(html(page)):
        assert not overlap(grid)


@given(TABLES)
def test_a_drawn_table_is_read_back(table: list[list[str]]) -> None:
    width = max(len(row) for row in table)
    table = [[cell.strip() + "字" for cell in row] + ["字"] * (width - len(row)) for row in table]
    if width < 2:
        return
    page = "<table>" + "".join("<tr>" + "".join(f"<td>{c}" for c in r) for r in table)
    expected = [[" ".join(cell.split()) for cell in row] for row in table]
    assert rows(grids(html(page))[0]) == expected


@pytest.mark.parametrize(("last", "rows"), [("\t\t", 3), ("\t", 2), ("", 2), ("\n\t\t", 2)])
def test_a_last_row_with_nothing_in_it_is_a_row(last, rows):
    (grid, line) = markup.read(
        f"甲\t乙\t丙\n1\t2\t3\n{last}\n\n五、其他".encode(), "text", Limits()
    ).blocks
    assert (grid.n_rows, line.text) == (rows, "五、其他")
