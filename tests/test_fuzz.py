"""Whatever bytes come in, a document or a DocumentError comes out, and soon."""

from __future__ import annotations

import contextlib
import functools
import io
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gouji.ingest import kinds
from gouji.ingest.intake import open_file
from gouji.ocr.finding import DocumentError
from gouji.tables import markup
from gouji.tables.grid import Document, Grid
from gouji.tables.limits import Limits

LIMITS = Limits(cells=20_000, file_bytes=2_000_000)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
ROWS = [["项目", "自然人", "总计"], ["一、本年新收", "12", "12"], ["（七）总计", "3", "3.50"]]
SAVED = (
    b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=B\r\n\r\n--B\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n<table><tr><td>1<td>2</table>\r\n--B--\r\n"
)


def word() -> bytes:
    build = docx.Document()
    build.add_heading("二、情况", 1)
    build.add_paragraph("条目", style="List Number")
    table = build.add_table(3, 3)
    for row, texts in enumerate(ROWS):
        for col, text in enumerate(texts):
            table.cell(row, col).text = text
    table.cell(0, 0).merge(table.cell(1, 0))
    target = io.BytesIO()
    build.save(target)
    return target.getvalue()


def excel() -> bytes:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)  # type: ignore[union-attr]
    book.active["D4"] = 12.5  # type: ignore[index]
    book.active.merge_cells("A1:B1")  # type: ignore[union-attr]
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@functools.cache
def honest() -> dict[str, bytes]:
    page = "".join("<tr>" + "".join(f"<td rowspan=1>{c}</td>" for c in r) + "</tr>" for r in ROWS)
    tabs = "\n".join("\t".join(row) for row in ROWS)
    return {
        "html": f"<html><title>报告</title><p>正文</p><table>{page}</table></html>".encode(),
        "text": tabs.encode("gb18030"),
        "markdown": ("# 报告\n" + tabs.replace("\t", " | ")).encode(),
        "docx": word(),
        "xlsx": excel(),
        "mhtml": SAVED,
        "xmlss": (
            b'<?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:'
            b'office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
            b'<Worksheet ss:Name="a"><Table><Row ss:Index="2"><Cell ss:MergeAcross="1">'
            b'<Data ss:Type="Number">'
            b"3</Data></Cell></Row></Table></Worksheet></Workbook>"
        ),
    }


def survives(data: bytes, kind: str) -> None:
    try:
        document = markup.read(data, kind, LIMITS)
    except DocumentError:
        return
    assert isinstance(document, Document)
    markup.as_text(document).encode("utf-8")
    for block in document.blocks:
        if isinstance(block, Grid):
            slots = sum((c.row_end - c.row) * (c.col_end - c.col) for c in block.cells)
            assert slots <= block.n_rows * block.n_cols


@FEW
@given(st.binary(max_size=400))
def test_random_bytes(data: bytes) -> None:
    for kind in markup.READERS:
        survives(data, kind)
    with contextlib.suppress(DocumentError):
        kinds.identify(data)


@FEW
@given(st.sampled_from(sorted(markup.READERS)), st.data())
def test_mutated_files(kind: str, data: st.DataObject) -> None:
    source = bytearray(honest().get(kind) or honest()["text"])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(source)))
        cut = data.draw(st.integers(0, 8))
        source[at : at + cut] = data.draw(st.binary(max_size=8))
    if data.draw(st.booleans()):
        del source[data.draw(st.integers(0, len(source))) :]
    survives(bytes(source), kind)


PARTS = {
    "docx": ["word/document.xml", "word/styles.xml", "word/numbering.xml", "_rels/.rels"],
    "xlsx": [
        "xl/workbook.xml",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
        "xl/sharedStrings.xml",
    ],
}


@FEW
@given(st.sampled_from(sorted(PARTS)), st.data())
def test_mutated_parts_of_packages(kind: str, data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(honest()[kind])) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = data.draw(st.sampled_from([name for name in PARTS[kind] if name in parts]))
    words = ["0", "-1", "99999999999", "", "x", "A1:XFD1048576", "restart", "continue", "%9"]
    pieces = parts[part].split(b'"')
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, max(0, (len(pieces) - 2) // 2))) * 2 + 1
        if at < len(pieces):
            pieces[at] = data.draw(st.sampled_from(words)).encode()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, b'"'.join(pieces) if name == part else content)
    survives(target.getvalue(), kind)


TAGS = ["table", "tr", "td", "th", "tbody", "tfoot", "p", "br", "div", "pre", "title",
 "sup", "sub", "caption", "h2", "img", "input"]  # fmt: skip
HTML_PIECE = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
    st.builds("<td rowspan={} colspan={}>".format, st.integers(-1, 9), st.integers(-1, 9**6)),
    st.text(alphabet="政府 12.\n\t|&<\u3000\xa0", max_size=4),
)


@FEW
@given(st.lists(HTML_PIECE, max_size=60).map("".join))
def test_tag_soup(page: str) -> None:
    survives(page.encode(), "html")


@FEW
@given(st.data())
def test_mutated_zips(data: st.DataObject) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in honest().items():
            archive.writestr(f"报告.{name}", content)
    source = bytearray(target.getvalue())
    for _ in range(data.draw(st.integers(1, 6))):
        source[data.draw(st.integers(0, len(source) - 1))] = data.draw(st.integers(0, 255))
    path = FOLDER[0] / "a.zip"
    path.write_bytes(bytes(source))
    for member in open_file(path, LIMITS):
        assert (member.kind is None) == (member.error is not None)


FOLDER: list[Path] = []


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path) -> None:
    FOLDER[:] = [tmp_path]


def test_mutated_xls() -> None:
    source = Path(__file__).parent / "data_workbook.xls"
    if not source.exists():
        pytest.skip("no workbook of the old format")
    honest_data = source.read_bytes()
    for at in range(0, len(honest_data), 97):
        mutated = bytearray(honest_data)
        mutated[at] ^= 0xFF
        survives(bytes(mutated), "xls")
    survives(honest_data[: len(honest_data) // 2], "xls")
