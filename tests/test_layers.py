"""The contract between the floors holds, and notices who breaks it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ("ocr", "tables", "ingest")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The floors' sources and the contract, in a folder of their own."""
    for floor in FLOORS:
        shutil.copytree(
            ROOT / floor, tmp_path / "gouji" / floor, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert program, "import-linter is not installed beside this Python"
    return subprocess.run(
        [program, "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_floors_import_only_downwards(copy: Path) -> None:
    done = lint(copy)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("ocr/page.py", "import gouji.tables.grid"),
        ("ocr/page.py", "def late() -> None:\n    import gouji.ingest.settings"),
        ("tables/forms/form.py", "from gouji.ingest import read"),
    ],
)
def test_an_import_upwards_is_caught(copy: Path, module: str, forbidden: str) -> None:
    path = copy / "gouji" / module
    path.write_text(path.read_text(encoding="utf-8") + f"\n\n{forbidden}\n", encoding="utf-8")
    done = lint(copy)
    assert done.returncode == 1, done.stdout + done.stderr
    name = "gouji." + module.removesuffix(".py").replace("/", ".")
    assert name in done.stdout


def test_no_floor_is_known_by_its_bare_name() -> None:
    """``import tables`` would be PyTables where that is installed."""
    wrong = [
        f"{path.relative_to(ROOT)}: {line}"
        for floor in FLOORS
        for path in (ROOT / floor).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith(
            tuple(f"{word} {floor}" for word in ("import", "from") for floor in FLOORS)
        )
    ]
    assert not wrong
