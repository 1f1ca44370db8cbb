"""The command line: what it prints, how it ends, and that one bad file harms no other."""

import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import jsonschema
import pytest
from PIL import Image

from gouji.ingest import arguments, cli, outcome, reading, terminal
from gouji.ingest.settings import Settings
from gouji.ingest.terminal import Console
from gouji.ocr.finding import DocumentError

SAMPLES = Path(__file__).parent.parent / "samples"
SCHEMA = Path(__file__).parent.parent / "docs" / "record.schema.json"
GOOD = SAMPLES / "henan-commerce-2019.txt"
PROSE = SAMPLES / "guizhou-commerce-2017.txt"
HEAVY = ("numpy", "pandas", "pydantic", "pypdfium2", "lxml", "cv2", "pdfplumber", "camelot",
         "pyarrow", "openpyxl", "highspy", "opencc", "rapidfuzz", "PIL")  # fmt: skip


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOUJI_ISOLATE", "false")
    monkeypatch.setenv("GOUJI_LANGUAGE", "zh")
    monkeypatch.chdir(tmp_path)


def run(*args: object) -> int:
    return cli.main([str(arg) for arg in args])


def process(*args: object, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "GOUJI_LANGUAGE": "en", **variables}
    return subprocess.run(
        [sys.executable, "-m", "gouji.ingest.cli", *map(str, args)],
        capture_output=True, text=True, encoding="utf-8", env=environment, timeout=120, check=False,
    )  # fmt: skip


def broken(tmp_path: Path) -> Path:
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.7\nnothing more")
    return path


def misprinted(tmp_path: Path) -> Path:
    """The good report with one total of the third table changed."""
    text = GOOD.read_text("utf-8")
    lines = text.splitlines()
    at = max(i for i, line in enumerate(lines) if "总计" in line and line.rstrip()[-1].isdigit())
    head, _, last = lines[at].rstrip().rpartition("\t")
    lines[at] = f"{head}\t{int(last) + 7}"
    path = tmp_path / "misprint.txt"
    path.write_text("\n".join(lines), "utf-8")
    return path


# --- help and arguments -------------------------------------------------------------------------


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom gouji.ingest import cli\n"
        "assert cli.main(['--help']) == 0\nassert cli.main(['read', '--help']) == 0\n"
        f"print('LOADED', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("LOADED []\n")


@pytest.mark.parametrize("command", ["", *cli.COMMANDS])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_has_examples(command: str, language: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--lang", language, *filter(None, [command]), "--help") == 0
    out = capsys.readouterr().out
    assert f"gouji {command}".strip() in out
    assert ("示例" in out) == (language == "zh")
    assert "%(" not in out
    assert "{" not in out.replace("{zh,en}", "").replace("{json,html,csv}", "")


@pytest.mark.parametrize("args", [
    [], ["read"], ["nonsense"], ["show", "--stage", "x", "f"], ["read", "f", "--bogus"],
    ["show", "f", "--stage", "page", "--page", "one"], ["read", "f", "--lang", "fr"],
    ["review", "--port", "99999"], ["review", "--port", "-1"], ["watch", "f", "--settle", "inf"],
])  # fmt: skip
def test_wrong_arguments_exit_with_2_and_say_so_in_chinese(
    args: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*args) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("gouji: 参数有误：")
    assert "the following" not in said.err
    assert "invalid" not in said.err
    assert all(word not in said.err for word in ("：int", "：number"))


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out.startswith("gouji ")


def test_lines_break_between_chinese_characters_but_not_before_a_stop() -> None:
    lines = terminal.wrap("主动公开政府信息情况，依申请公开", 20)
    assert [terminal.width(line) <= 22 for line in lines] == [True] * len(lines)
    assert not any(line.startswith("，") for line in lines)
    assert terminal.wrap("one two three", 7) == ["one two", "three"]


def test_what_is_too_wide_is_cut() -> None:
    assert terminal.shorten("政府信息公开", 7) == "政府信…"
    assert terminal.shorten("short", 9) == "short"


# --- read ---------------------------------------------------------------------------------------


def test_read_shows_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("read", GOOD, PROSE) == 0
    out = capsys.readouterr().out
    first = next(line for line in out.splitlines() if "henan" in line)
    assert first.split()[1:] == ["河南省商务厅", "2019", "2019", "198", "0", "45/45", "读准"]
    assert "正文中写明的数字" in out
    assert "\x1b" not in out


def test_json_is_pure_and_keeps_the_contract(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prose = tmp_path / "letter.txt"
    prose.write_text("各处室：请于周五前提交总结。\n", "utf-8")
    assert run("read", "--json", GOOD, prose, broken(tmp_path)) == 5
    records = json.loads(capsys.readouterr().out)
    schema = json.loads(SCHEMA.read_text("utf-8"))
    for record in records:
        jsonschema.validate(record, schema)
    good, letter, failed = records
    assert set(good["gouji"]) == {"version", "schema"}
    assert good["status"] == "clean"
    assert len(good["cells"]) == 198
    assert [table["id"] for table in good["tables"]] == ["proactive", "requests", "disputes"]
    cell = next(c for c in good["cells"] if c["ref"] == "requests.new@total")
    assert isinstance(cell["value"], str)
    assert cell["at"]["line"] > 0
    assert letter["status"] == "no_report"
    assert letter["report"] is None
    assert list(failed) == ["gouji", "source", "findings", "status"]
    assert failed["findings"][0]["code"] == "damaged"


def test_json_of_nothing_readable_is_still_an_array(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("read", "--json", "not-there.pdf") == 3
    said = capsys.readouterr()
    assert [record["status"] for record in json.loads(said.out)] == ["failed"]
    assert "找不到该文件" in said.err


def test_different_failures_exit_with_9(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    assert run("read", broken(tmp_path), empty) == 5
    assert run("read", broken(tmp_path), "not-there.pdf", GOOD) == outcome.SEVERAL
    out = capsys.readouterr().out
    assert "河南省商务厅" in out


def test_an_archive_is_read_member_by_member(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "年报.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(GOOD, "省厅/2019.txt")
        archive.writestr("../坏.pdf", b"%PDF-1.7")
        archive.write(PROSE, "贵州?.txt")
    assert run("read", path, "--json", "--out", tmp_path / "out") == 5
    records = json.loads(capsys.readouterr().out)
    assert [record["status"] for record in records] == ["clean", "failed", "clean"]
    assert records[0]["source"]["file"] == f"{path}/省厅/2019.txt"
    written = sorted(p.relative_to(tmp_path / "out").as_posix() for p in _files(tmp_path / "out"))
    assert written == [
        "年报.zip/坏.pdf.json",
        "年报.zip/省厅/2019.txt.json",
        "年报.zip/贵州_.txt.json",
    ]


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_out_mirrors_a_folder(tmp_path: Path) -> None:
    source = tmp_path / "in"
    (source / "a").mkdir(parents=True)
    (source / "page_files").mkdir()
    (source / ".hidden").mkdir()
    for name in ("a/x.txt", "x.txt", ".hidden/x.txt", "page_files/x.txt", "Thumbs.db", "~$x.txt"):
        (source / name).write_bytes(PROSE.read_bytes())
    (source / "page.html").write_bytes((SAMPLES / "henan-commerce-2019.html").read_bytes())
    assert run("read", source, "--out", tmp_path / "out", "--quiet") == 0
    written = sorted(p.relative_to(tmp_path / "out").as_posix() for p in _files(tmp_path / "out"))
    assert written == ["a/x.txt.json", "page.html.json", "x.txt.json"]
    content = json.loads((tmp_path / "out" / "x.txt.json").read_text("utf-8"))
    assert [record["status"] for record in content] == ["clean"]


def test_out_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").write_text("a file")
    for command in (["read"], ["show", "--stage", "lines"], ["export"]):
        assert run(*command, PROSE, "--out", tmp_path / "out") == 2
        assert "--out 应为文件夹" in capsys.readouterr().err
    assert run("read", PROSE, "--out", tmp_path / "out" / "below") == 12
    assert "无法写入" in capsys.readouterr().err


def test_files_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    for folder in ("t", "u"):
        (tmp_path / folder).mkdir()
    (tmp_path / "t" / "年报.txt").write_bytes(GOOD.read_bytes())
    (tmp_path / "u" / "年报.txt").write_bytes(PROSE.read_bytes())
    for wish, out in ((["t/年报.txt", "u/年报.txt"], "a"), (["t", "u"], "b")):
        assert run("read", *wish, "--out", out, "--quiet") == 0
        written = sorted(p.relative_to(out).as_posix() for p in _files(Path(out)))
        assert written == ["t/年报.txt.json", "u/年报.txt.json"]
    assert run("read", "t/年报.txt", "./t/年报.txt", "--out", "c", "--quiet") == 0
    assert [path.name for path in _files(Path("c"))] == ["年报.txt.json"]


def test_the_state_of_a_document_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "scan.png"
    Image.new("L", (40, 40), 255).save(picture)
    letter = tmp_path / "letter.txt"
    letter.write_text("各处室：请于周五前提交总结。\n", "utf-8")
    assert run("read", GOOD, misprinted(tmp_path), PROSE, picture, letter) == 0
    out = capsys.readouterr().out
    words = [line.split()[-1] for line in out.splitlines()[1:6]]
    states = ["读准", "读准，勾稽不符", "无统计表", "非年度报告", "非年度报告"]
    assert words == states
    assert out.rstrip().endswith(
        "共 5 份：" + "；".join(f"{s} 1" for s in states[:3]) + "；非年度报告 2。"
    )


def test_names_that_become_the_same_are_told_apart(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a?.txt", "a*.txt", "x" * 80 + "1.txt", "x" * 80 + "2.txt"):
        (folder / name).write_bytes(PROSE.read_bytes())
    for _ in range(2):
        assert run("read", folder, "--out", "out", "--quiet") == 0
        assert len(_files(Path("out"))) == 4


def test_an_empty_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "none").mkdir()
    assert run("read", tmp_path / "none") == 3
    assert "文件夹中没有文件" in capsys.readouterr().out


def test_wildcards_that_the_shell_left(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "c.pdf"):
        (tmp_path / name).touch()
    assert [item.path.name for item in reading.inputs(["*.txt"])] == ["a.txt", "b.txt"]
    assert [item.path.name for item in reading.inputs(["*.doc"])] == ["*.doc"]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names there are Unicode")
def test_a_file_name_in_gbk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = os.fsencode(tmp_path) + b"/" + "年报.txt".encode("gbk")
    Path(os.fsdecode(raw)).write_bytes(PROSE.read_bytes())
    assert run("read", os.fsdecode(raw), "--json", "--out", "out") == 0
    assert json.loads(capsys.readouterr().out)[0]["source"]["file"].endswith("/年报.txt")
    assert [path.name for path in _files(Path("out"))] == ["年报.txt.json"]


def test_a_document_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Console("zh").table(["a"], [["red\x1b[31m\u202egnp.exe\n\x07"]])
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert out.count("\n") == 2


# --- check --------------------------------------------------------------------------------------


def test_check_of_a_report_that_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", GOOD) == 0
    assert "45/45 项勾稽关系成立" in capsys.readouterr().out


def test_check_tells_what_does_not_add_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", misprinted(tmp_path), GOOD) == 1
    out = capsys.readouterr().out
    assert "第三项（七）总计·总计：应为" in out
    assert "共 2 份：相符 1，不符 1，未能核对 0。" in out
    assert run("check", misprinted(tmp_path), broken(tmp_path)) == 1
    assert run("--lang=en", "check", misprinted(tmp_path)) == 1
    assert "should be" in capsys.readouterr().out


def test_mere_hints_do_not_fail_a_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", SAMPLES / "shangqiu-2019.txt") == 0
    assert "与表格不一致" in capsys.readouterr().out


def test_a_check_that_checks_nothing_is_no_success(tmp_path: Path) -> None:
    assert run("check", PROSE) == outcome.NOTHING_TO_CHECK
    assert run("check", broken(tmp_path)) == 5


# --- grids, forms, export -----------------------------------------------------------------------


def test_grids_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "t.html"
    page.write_text(
        "<table><tr><td rowspan=2>甲</td><td>1</td></tr><tr><td>=2+3 &lt;b&gt;</td></tr></table>"
        "<table><tr><td>乙</td><td>2</td></tr></table>",
        "utf-8",
    )
    assert run("grids", page) == 0
    found = json.loads(capsys.readouterr().out)
    assert [set(grid) for grid in found] == [{"file", "page", "box", "cells"}] * 2
    assert found[0]["cells"][0] == {
        "row": 0, "col": 0, "row_span": 2, "col_span": 1, "text": "甲", "box": None,
    }  # fmt: skip
    assert run("grids", page, "--format", "csv") == 0
    assert capsys.readouterr().out.splitlines()[1].endswith(",,1,1,,'=2+3 <b>")
    assert run("grids", page, "--format", "html") == 0
    out = capsys.readouterr().out
    assert '<td rowspan="2">甲</td>' in out
    assert "=2+3 &lt;b&gt;" in out


def test_grids_of_a_pdf_have_pages_and_boxes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("grids", SAMPLES / "henan-commerce-2019.pdf", broken(tmp_path)) == 5
    said = capsys.readouterr()
    grid = json.loads(said.out)[0]
    assert grid["page"] >= 1
    x0, y0, x1, y1 = grid["box"]
    assert x0 < x1
    assert y0 < y1
    assert "文件已损坏" in said.err


def test_grids_of_nothing_is_an_empty_array(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("grids", "not-there.pdf") == 3
    assert json.loads(capsys.readouterr().out) == []


def test_a_suffix_that_is_wrong_is_told_without_being_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = tmp_path / "report.pdf"
    named.write_bytes((SAMPLES / "henan-commerce-2019.txt").read_bytes())
    assert run("read", named) == 0
    assert "文件后缀为" in "".join(capsys.readouterr())


def test_forms_lists_and_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("forms") == 0
    out = capsys.readouterr().out
    assert all(edition in out for edition in ("2021", "2019", "2014", "fujian", "shanghai"))
    assert run("forms", "2021") == 0
    out = capsys.readouterr().out
    for expected in (
        "requests.new",
        "natural_person",
        "万元",
        "R1",
        "第一项＋第二项",
        "国办公开办函",
    ):
        assert expected in out
    assert run("forms", "2019", "--crosswalk") == 0
    assert "requests.results.other_handling" in capsys.readouterr().out
    assert run("forms", "1999") == 2
    assert "现有版本" in capsys.readouterr().err


def test_export_writes_the_formats_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("export", GOOD, "--format", "csv,json", "--out", tmp_path / "out") == 0
    said = capsys.readouterr()
    assert str(tmp_path / "out" / "cells.csv") in said.out
    assert "已导出报告 1 份；非报告 0 份，无法读取 0 份。" in said.err
    assert json.loads((tmp_path / "out" / "records.json").read_text("utf-8"))
    assert run("export", GOOD, "--format", "doc") == 2
    assert run("export", GOOD, "--out", tmp_path / "a.xlsx") == 2


# --- the program as a process -------------------------------------------------------------------


def test_a_document_that_kills_its_reader_leaves_the_others(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("1.txt", "2.txt", "3.txt")]
    for path in files:
        path.write_bytes(PROSE.read_bytes())
    settings = Settings.model_validate({"limits": {"seconds": 2}})
    console = Console("zh", quiet=True)
    inputs = reading.inputs([str(path) for path in files])
    done = list(reading.each(inputs, settings, console, _deadly, "2.txt"))
    assert [each.result for each in done] == [None, None, None]
    assert [each.error.finding.code if each.error else "" for each in done] == ["", "crashed", ""]
    done = list(reading.each(inputs, settings, console, _hanging, "2.txt"))
    assert [each.error.finding.code if each.error else "" for each in done] == ["", "too_long", ""]


def _deadly(member, settings, name) -> None:  # type: ignore[no-untyped-def]  # noqa: ARG001
    if member.name.endswith(name):
        os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)


def _hanging(member, settings, name) -> None:  # type: ignore[no-untyped-def]  # noqa: ARG001
    if member.name.endswith(name):
        time.sleep(60)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device")
def test_a_full_disk_behind_standard_output() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "gouji.ingest.cli", "forms"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 12
    assert done.stderr.count("\n") == 1


def test_an_interrupt_in_the_coat_of_a_library(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> int:
        raise ValueError("Error calling function: KeyboardInterrupt: ")

    monkeypatch.setattr(cli.COMMANDS["forms"], "run", fail)
    assert run("forms") == outcome.INTERRUPTED
    assert "已中断" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
def test_an_interrupt_while_the_program_is_loaded() -> None:
    script = (
        "import builtins, os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from gouji.ingest import __main__ as start\n"
        "old = builtins.__import__\n"
        "def load(name, *rest):\n"
        "    if name == 'gouji.ingest.arguments': os.kill(os.getpid(), signal.SIGINT)\n"
        "    return old(name, *rest)\n"
        "builtins.__import__ = load\nsys.exit(start.main())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (130, b"")


def test_without_isolation_a_fault_stays_with_its_document(tmp_path: Path) -> None:
    for name in ("1.txt", "2.txt"):
        (tmp_path / name).touch()
        (tmp_path / name).write_text("文字")
    console = Console("zh", quiet=True)
    inputs = reading.inputs(["1.txt", "2.txt"])
    settings = Settings(isolate=False)
    done = list(reading.each(inputs, settings, console, _faulty, "1.txt"))
    assert [bool(each.error) for each in done] == [True, False]
    with pytest.raises(ZeroDivisionError):
        list(reading.each(inputs, settings, console, _faulty, "1.txt", debug=True))


def _faulty(member, settings, name) -> float:  # type: ignore[no-untyped-def]  # noqa: ARG001
    return 1 / (not member.name.endswith(name))


def test_isolated_reading_from_another_folder(tmp_path: Path) -> None:
    done = process("read", GOOD, broken(tmp_path), "--json", GOUJI_ISOLATE="true")
    assert done.returncode == 5
    assert [record["status"] for record in json.loads(done.stdout)] == ["clean", "failed"]
    assert "Traceback" not in done.stderr


def test_a_reader_that_closes_early_is_no_error() -> None:
    command = [sys.executable, "-m", "gouji.ingest.cli", "forms", "2021"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait(60) in (0, outcome.BROKEN_PIPE)


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted(number: signal.Signals, code: int, tmp_path: Path) -> None:
    pipe = tmp_path / "waiting"
    script = (
        "import signal, sys, time\nfrom gouji.ingest import cli\n"
        # a shell's background job starts with interrupts ignored
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "cli._run = lambda a: (print('ready', flush=True), time.sleep(60))\nsys.exit(cli.main())"
    )
    command = [sys.executable, "-c", script, "read", str(pipe)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        child.send_signal(number)
        assert child.wait(60) == code
        assert b"Traceback" not in child.stderr.read()


def test_a_fault_of_the_program_shows_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> int:
        raise ZeroDivisionError("ahem")

    monkeypatch.setattr(cli.COMMANDS["forms"], "run", fail)
    assert run("forms") == outcome.FAULT
    said = capsys.readouterr().err
    assert "程序内部出错（ZeroDivisionError: ahem）" in said
    assert "Traceback" not in said
    with pytest.raises(ZeroDivisionError):
        run("forms", "--debug")


def test_bad_settings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "s.toml").write_text("[limits]\npages = 'many'\n")
    assert run("--settings", tmp_path / "s.toml", "read", GOOD) == 2
    said = capsys.readouterr().err
    assert f"设置有误：{tmp_path / 's.toml'}: limits.pages：应为整数，而不是“many”" in said


@pytest.mark.parametrize(("content", "told"), [
    ("pages = 3", "s.toml: pages: unknown setting; known: language, engine, second, text, "),
    ("[limits]\npags = 3", "s.toml: limits.pags: unknown setting; known: file_bytes, "),
    ("[limits]\npages = 0", "s.toml: limits.pages: should be more than 0, not 0."),
    ("limits = 3", "s.toml: limits: should be a section ([limits]), not 3."),
    ("isolate = 'no way'", "s.toml: isolate: should be true or false, not 'no way'."),
    ("= 3", "s.toml: line 2 is not valid TOML."),
])  # fmt: skip
def test_bad_settings_are_told_in_their_own_language(
    content: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GOUJI_LANGUAGE")
    monkeypatch.delenv("GOUJI_ISOLATE")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8" if content.startswith("=") else "zh_CN.UTF-8")
    Path("s.toml").write_text(f'language = "en"\n{content}\n', "utf-8")
    assert run("forms", "--settings", "s.toml") == 2
    assert told in capsys.readouterr().err
    monkeypatch.setenv("GOUJI_LIMITS_CELLS", "many")
    assert run("forms", "--lang", "zh") == 2
    assert "GOUJI_LIMITS_CELLS：应为整数" in capsys.readouterr().err


def test_the_language_of_settings_counts_and_the_option_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GOUJI_LANGUAGE")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    (tmp_path / "gouji.toml").write_text('language = "en"\n')
    assert run("forms") == 0
    assert capsys.readouterr().out.startswith("edition")
    assert run("forms", "--lang", "zh") == 0
    assert capsys.readouterr().out.startswith("版本")
    (tmp_path / "gouji.toml").unlink()
    assert run("forms") == 0
    assert capsys.readouterr().out.startswith("版本")


def test_a_console_that_lacks_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    target = io.BytesIO()
    stream = io.TextIOWrapper(target, encoding="ascii")
    monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdout", stream)
    assert run("forms") == 0
    assert b"2021" in target.getvalue()


def test_a_narrow_table_cuts_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "24")
    monkeypatch.setenv("NO_COLOR", "1")
    names = [f"reports/2021/{number}-政府信息公开年报.pdf" for number in (1, 2)]
    Console("zh").table(["file", "n"], [[name, "10"] for name in names], right=[1], paths=[0])
    out = capsys.readouterr().out.splitlines()
    assert out[1].split() == ["1-政府信息公开年报.p", "10"]
    assert out[2:4] == ["df", out[1].replace("1-", "2-")]
    assert max(map(terminal.width, out)) <= 24


def test_colours_only_on_a_terminal_that_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert terminal.can_colour(Terminal())
    assert not terminal.can_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not terminal.can_colour(Terminal())


def test_progress_is_quiet_when_piped(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("read", GOOD, PROSE) == 0
    assert capsys.readouterr().err == ""


def test_exit_codes_join() -> None:
    assert outcome.exit_of([]) == 0
    assert outcome.exit_of([0, 5, 5]) == 5
    assert outcome.exit_of([0, 5, 6]) == outcome.SEVERAL


def test_parser_words_have_both_languages() -> None:
    for name in arguments._KNOWN:
        texts = arguments.catalogue()[f"usage.{name}"]
        assert texts["zh"].count("{}") <= texts["en"].count("{}")


def test_document_errors_of_the_command_itself_are_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise DocumentError("cannot_write", target="x", reason="disk full")

    monkeypatch.setattr(cli.COMMANDS["forms"], "run", fail)
    assert run("forms") == 12
    assert "无法写入 x（disk full）" in capsys.readouterr().err
