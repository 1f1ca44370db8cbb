"""The wheel, installed beside PyTables, reads a sample, and neither hides the other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "samples" / "sichuan-commerce-2019.txt"
FLOORS = ("ocr", "tables", "ingest")
UNREACHABLE = ("No matching distribution", "ConnectionError", "connection", "timed out", "SSL")


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of what is packed, so that nothing is left in the repository."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    for name in (*FLOORS, "pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        (source / name).symlink_to(ROOT / name)
    build = ("-m", "build", "--wheel", "--no-isolation", "--outdir", out)
    done = run(sys.executable, *build, cwd=source)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the wheel and PyTables.

    What the wheel depends on is shared with this environment, through a .pth file that comes after
    its own packages; so nothing large is installed twice.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True, symlinks=sys.platform != "win32")
    scripts = folder / ("Scripts" if sys.platform == "win32" else "bin")
    interpreter = scripts / "python"
    install = (interpreter, "-m", "pip", "install", "--no-input", "--disable-pip-version-check")
    done = run(*install, "--no-deps", wheel, cwd=folder)
    assert done.returncode == 0, done.stderr
    done = run(*install, "--retries", "1", "--timeout", "20", "tables", cwd=folder)
    if done.returncode and any(word in done.stderr for word in UNREACHABLE):
        pytest.skip(f"PyTables can't be fetched: {done.stderr.strip().splitlines()[-1][:200]}")
    assert done.returncode == 0, done.stderr
    own = sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)})
    (Path(own) / "shared.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return interpreter


def test_the_wheel_holds_the_floors_and_their_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    packed = {name for name in names if not name.split("/")[0].endswith(".dist-info")}
    wanted = {
        f"gouji/{path.relative_to(ROOT).as_posix()}"
        for floor in FLOORS
        for path in (ROOT / floor).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == wanted
    assert {"gouji/tables/forms/2021.toml", "gouji/tables/regions.tsv"} <= packed
    assert {Path(name).name for name in names - packed} >= {"LICENSE", "NOTICE"}


def test_it_reads_a_sample_from_another_folder(python: Path, tmp_path: Path) -> None:
    code = f"""
import json
import gouji.ingest, gouji.tables
(record,) = gouji.ingest.read({str(SAMPLE)!r})
print(json.dumps([gouji.ingest.__file__, gouji.tables.__file__, record.status, len(record.cells)]))
"""
    done = run(python, "-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    ingest, tables, status, cells = json.loads(done.stdout)
    environment = str(python.parent.parent)
    assert ingest.startswith(environment)
    assert tables.startswith(environment)
    assert (status, cells) == ("clean", 198)


def test_pytables_is_still_pytables(python: Path, tmp_path: Path) -> None:
    code = """
import tables, gouji.tables.grid
with tables.open_file("there.h5", "w") as file:
    file.create_array("/", "figures", [1, 2, 3])
print(tables.__version__, tables.__file__ != gouji.tables.__file__)
"""
    done = run(python, "-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == "True"
    assert (tmp_path / "there.h5").exists()


def test_its_command_runs(python: Path, tmp_path: Path) -> None:
    done = run(python.parent / "gouji", "--quiet", "read", "--json", SAMPLE, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [record["status"] for record in json.loads(done.stdout)] == ["clean"]
