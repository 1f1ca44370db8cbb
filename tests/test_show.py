"""Pictures of what was seen: the right colours in the right places, and words without pages."""

import io
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from gouji.ingest import cli, draw, stages
from gouji.ingest.intake import open_file
from gouji.ingest.settings import Settings
from gouji.ocr.page import Box
from gouji.tables.grid import Cell, Grid, Line, Place
from gouji.tables.record import CellModel

SAMPLES = Path(__file__).parent.parent / "samples"
PDF = SAMPLES / "henan-commerce-2019.pdf"
TEXT = SAMPLES / "henan-commerce-2019.txt"
SETTINGS = Settings(isolate=False)


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOUJI_ISOLATE", "false")
    monkeypatch.setenv("GOUJI_LANGUAGE", "zh")
    monkeypatch.chdir(tmp_path)


def paper() -> Image.Image:
    return Image.new("L", (200, 100), 255)


def model(ref: str, *, accepted: bool = True, value: str | None = "3") -> CellModel:
    return CellModel(
        ref=ref, table=0, value=Decimal(value) if value else None, written=value,
        state="value" if value else "blank", accepted=accepted, basis="label", confidence=1,
        page=1, box=(10, 10, 60, 40),
    )  # fmt: skip


def ink(picture: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    pixel = picture.getpixel(at)
    assert isinstance(pixel, tuple)
    return pixel


def test_a_mark_is_painted_where_it_belongs() -> None:
    painted = draw.paint(paper(), [draw.Mark(Box(10, 10, 60, 40), draw.RED, "a", "b")], scale=2)
    assert painted.size == (200, 100)
    red, green, blue = ink(painted, (20, 50))
    assert red > green
    assert red > blue
    assert ink(painted, (150, 50)) == (255, 255, 255)
    tinted = ink(painted, (100, 50))
    assert tinted != (255, 255, 255)
    assert min(tinted) > 180, "the page shines through"


def test_colours_tell_how_a_cell_stands() -> None:
    assert draw.colour_of(model("a@b")) == draw.GREEN
    assert draw.colour_of(model("a@b", accepted=False)) == draw.RED
    assert draw.colour_of(model("a@b", value=None)) == draw.GREY
    marks = list(draw.form_marks([model("requests.new@natural_person"), model("requests.new@t")]))
    assert [mark.aside for mark in marks] == ["requests.new", ""]
    assert [mark.label for mark in marks] == ["", ""], "what stands there is left to be seen"
    changed = model("a").model_copy(update={"written": "3万", "value": Decimal(30000)})
    assert next(draw.form_marks([changed])).label == "=30000"
    failing = draw.form_marks([model("a@b"), model("c@d")], frozenset({"a@b"}))
    assert [mark.colour for mark in failing] == [draw.ORANGE, draw.GREEN]
    assert next(draw.form_marks([model("a", accepted=False)])).label == "?"


def test_spans_are_named() -> None:
    assert draw.span_name(Cell(2, 0, 3, 1, "")) == "r2 c0"
    assert draw.span_name(Cell(2, 0, 5, 2, "")) == "r2-4 c0-1"
    box = Box(0, 0, 10, 10)
    grid = Grid((Cell(0, 0, 1, 1, "x", Place(1, box)),), "ruled", Place(1, box))
    assert [mark.label for mark in draw.cell_marks([grid])] == ["r0 c0"]
    labels = [mark.label for mark in draw.line_marks([Line("x", Place(1, box)), grid])]
    assert labels == ["1", "", "ruled 1×1"]


def test_without_a_chinese_font_the_rest_is_still_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw, "_FONTS", ())
    draw._font.cache_clear()
    draw._has_chinese.cache_clear()
    try:
        assert draw._drawable("申请a1") == "a1"
        draw.paint(paper(), [draw.Mark(Box(10, 10, 60, 40), draw.RED, "申请a1")])
    finally:
        draw._font.cache_clear()
        draw._has_chinese.cache_clear()


@pytest.mark.parametrize("stage", ["page", "lines", "cells", "form"])
def test_every_stage_paints_a_page(stage: draw.Stage) -> None:
    member = next(open_file(PDF, SETTINGS.limits))
    everything = [stages.show(member, SETTINGS, "zh", stage, page) for page in (1, 2)]
    for shown, number in zip(everything, (1, 2), strict=True):
        [(page, png)] = shown.pictures
        assert page == number
        with Image.open(io.BytesIO(png)) as picture:
            assert picture.format == "PNG"
            assert picture.width > 900


def test_only_pages_with_doubts_are_painted(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["show", str(PDF), "--stage", "doubts"]) == 0
    assert "没有存疑的数据" in capsys.readouterr().out


def test_pictures_of_files_of_one_name_lie_apart(tmp_path: Path) -> None:
    names = [tmp_path / folder / "年报.pdf" for folder in ("t", "u")]
    for name in names:
        name.parent.mkdir()
        name.write_bytes(PDF.read_bytes())
    assert cli.main(["show", *map(str, names), "--stage", "page", "--page", "1"]) == 0
    pictures = sorted(path.relative_to("out").as_posix() for path in Path("out").rglob("*.png"))
    assert pictures == ["t/年报.pdf-001-page.png", "u/年报.pdf-001-page.png"]


def test_pictures_are_written_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "pictures"
    assert cli.main(["show", str(PDF), "--stage", "page", "--page", "2", "--out", str(out)]) == 0
    [path] = out.iterdir()
    assert path.name == "henan-commerce-2019.pdf-002-page.png"
    assert capsys.readouterr().out == f"{path}\n"


@pytest.mark.parametrize("page", ["0", "999"])
def test_a_page_that_is_not_there(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["show", str(PDF), "--stage", "lines", "--page", page]) == 2
    assert "没有第" in capsys.readouterr().err


def test_lines_of_a_source_without_pages_are_its_own_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["show", str(TEXT), "--stage", "lines"]) == 0
    out = capsys.readouterr().out.splitlines()
    member = next(open_file(TEXT, SETTINGS.limits))
    cell = next(
        cell
        for record in _records(member)
        for cell in record.cells
        if cell.ref == "requests.new@total"
    )
    assert cell.at is not None
    assert out[cell.at.line - 1][cell.at.start : cell.at.end] == cell.written


def _records(member):  # type: ignore[no-untyped-def]
    from gouji.ingest.pipeline import read_member

    return read_member(member, SETTINGS, "zh")


def test_other_stages_without_pages_are_tables(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["show", str(SAMPLES / "henan-commerce-2019.html"), "--stage", "cells"]) == 0
    assert "表1（" in capsys.readouterr().out
    assert cli.main(["show", str(TEXT), "--stage", "form"]) == 0
    assert "requests.new@total" in capsys.readouterr().out
    assert cli.main(["show", str(TEXT), "--stage", "doubts"]) == 0
    assert "没有存疑的数据" in capsys.readouterr().out
    assert cli.main(["show", str(TEXT), "--stage", "page"]) == 2
    assert "没有版面页" in capsys.readouterr().err
