"""The figures of the bench as one readable page of Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Json = dict[str, Any]
SHOWN = 40
"""As many single cells are listed; the JSON has them all."""
DIMENSIONS = ("form", "layout family", "border", "kind", "layout")
NONE = ("plain", "no borders in this kind")
"""Names of what is left without a layout or a border."""
PATHS = ("fast", "lines", "pdfplumber", "pdfplumber-text", "camelot", "solver")


def page(report: Json) -> str:
    """All parts that were measured; scans have a page of their own."""
    parts = {
        "reports": _reports, "paths": _paths, "speed": _speed, "grids": _grids,
        "sentences": _sentences,
    }  # fmt: skip
    lines = ["# The bench", "", *intro(report)]
    for name, part in parts.items():
        if name in report:
            lines += ["", *part(report[name])]
    return "\n".join(lines) + "\n"


def intro(report: Json) -> Iterator[str]:
    about = report["about"]
    yield f"Written by `{about['command']}` on {about['date']}; {about['machine']};"
    yield f"{about['versions']}."
    if "help" in report:
        yield f"`gouji --help` takes {report['help']:.2f} s (median of 5)."


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"| --- |{' ---: |' * (len(head) - 1)}"
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.3f} %" if whole else "–"


def grouped(number: int) -> str:
    return f"{number:,}"


# --- reports -------------------------------------------------------------------------------------


def _reports(data: Json) -> Iterator[str]:
    c: Counter[str] = Counter(data["counts"])
    yield "## Drawn reports, by the whole way"
    yield ""
    yield f"{c['files']} files with {c['reports']} reports, drawn from seed {data['seed']:,} on;"
    yield f"{len(data['errors'])} were not read as what they are."
    yield "Knowable is what the layout leaves knowable, a text in place of a figure apart."
    yield ""
    yield from table(
        ("", "cells", "accepted", "accepted and wrong", "knowable", "knowable, not accepted"),
        [
            ("all cells", *_cells(c, "")),
            ("cells that are neither 0 nor blank", *_cells(c, "figure ")),
        ],
    )
    yield ""
    yield from _rest(c)
    yield ""
    yield from _balance(data["groups"], c["files"])
    yield ""
    yield from _worst(data["groups"])
    yield from listed("Reports that were not read as what they are", data["errors"])
    yield from listed("Accepted and wrong", map(cell_line, data["wrong"]))
    yield from listed("Misprints in doubt or not reported", map(misprint_line, data["misprints"]))
    yield from listed("Wrong in the head", map(cell_line, data["wrong head"]))
    yield from listed("Wrong in sentences", map(cell_line, data["wrong statements"]))
    yield from listed("Most cells in doubt", most_doubts(data["doubtful"]))


def _cells(c: Counter[str], kind: str) -> tuple[str, ...]:
    names = ("cells", "accepted", "wrong", "knowable")
    doubtful, knowable = c[kind + "doubtful"], c[kind + "knowable"]
    left = f"{grouped(doubtful)} ({share(doubtful, knowable)})"
    return (*(grouped(c[kind + name]) for name in names), left)


def _rest(c: Counter[str]) -> Iterator[str]:
    kept = f"{c['misprints kept']} kept as printed, {c['misprints reported']} reported"
    yield f"- Misprints: {c['misprints']}; {c['misprints covered']} covered by an identity: {kept}."
    yield (
        f"- Tables: {c['editions right']} of {c['tables']} found with the right edition,"
        f" {c['tables beyond truth']} others."
    )
    heads = [
        f"{name.replace('_', ' ')} {c[name + ' right']} of {c[name]} ({c[name + ' wrong']} wrong)"
        for name in ("agency", "year", "region_code", "level", "agency_type")
    ]
    yield f"- Head: {', '.join(heads)}."
    yield (
        f"- Figures in sentences: {c['statements found']} of {c['statements']} found,"
        f" {c['statements wrong']} wrong. Figures of rows that an agency added:"
        f" {c['own rows right']} of {c['own rows']}."
    )


def _balance(groups: Json, files: int) -> Iterator[str]:
    for dimension in DIMENSIONS[:3]:
        counts = {name: each["files"] for name, each in groups[dimension].items()}
        told = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
        least = min(count for name, count in counts.items() if name not in NONE) / files
        yield f"- Files by {dimension}: {told}; at least {100 * least:.0f} %."


def _worst(groups: Json) -> Iterator[str]:
    yield from table(
        ("worst", "", "files", "cells", "wrong", "knowable, not accepted", "neither 0 nor blank"),
        [_worst_of(dimension, groups[dimension]) for dimension in DIMENSIONS],
    )


def _worst_of(dimension: str, names: Mapping[str, Mapping[str, int]]) -> tuple[str, ...]:
    def badness(name: str) -> tuple[float, float]:
        c: Counter[str] = Counter(names[name])
        return c["wrong"] / max(1, c["accepted"]), c["doubtful"] / max(1, c["knowable"])

    name = max(names, key=badness)
    c: Counter[str] = Counter(names[name])
    all_, figures = _cells(c, ""), _cells(c, "figure ")
    return (dimension, name, grouped(c["files"]), all_[0], all_[2], all_[4], figures[4])


def listed(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    if not found:
        return
    yield ""
    yield f"{title} ({len(found)}):"
    yield ""
    for line in found[:SHOWN]:
        yield f"- {line}"
    if len(found) > SHOWN:
        yield f"- … and {len(found) - SHOWN} more"


def cell_line(cell: Json) -> str:
    return f"`{cell['file']}` {cell['ref']}: truth {cell['truth']}; got {cell['got']}"


def misprint_line(cell: Json) -> str:
    return f"`{cell['file']}` {cell['ref']}: {cell['what']}; got {cell['got']}"


def most_doubts(doubtful: Sequence[Json]) -> list[str]:
    """The ten files with the most, each with its commonest reason."""
    reasons: dict[str, Counter[str]] = {}
    for cell in doubtful:
        reasons.setdefault(cell["file"], Counter()).update(cell["why"][:1] or ["no reason"])
    files = sorted(reasons, key=lambda name: -reasons[name].total())[:10]
    return [f"`{f}`: {reasons[f].total()}, {reasons[f].most_common(1)[0][0]}" for f in files]


# --- paths, speed, grids, sentences --------------------------------------------------------------


def _paths(data: Json) -> Iterator[str]:
    yield "## Paths"
    yield ""
    yield "How often each ran in these reports, how often what it saw was taken, and the accepted"
    yield "cells that this made right or wrong; the solver by reading with and without it. `fast`"
    yield "reads grids from rulings and alignment, `lines` words in lines where no rulings are;"
    yield "each but the first is asked only where those before it leave questions open."
    yield ""
    names = ("ran", "taken", "made right", "right lost", "made wrong", "wrong undone")
    counts: dict[str, Counter[str]] = {path: Counter(data.get(path, {})) for path in PATHS}
    rows = [(path, *(grouped(counts[path][name]) for name in names)) for path in PATHS]
    yield from table(("path", *names), rows)


def _speed(data: Json) -> Iterator[str]:
    yield "## Speed and memory"
    yield ""
    yield f"CPU seconds a page, one thread, warm; {data['files']} of the drawn PDFs with"
    yield f"{data['pages']} pages, {data['ruled files']} of them ({data['ruled pages']} pages) with"
    yield "all rulings. gouji is the whole way from file to record, pdfplumber `extract_tables`,"
    yield "camelot `read_pdf(flavor='lattice')`."
    yield ""
    gouji = data["readers"]["gouji"]
    rows = []
    for name, each in data["readers"].items():
        ratios = [f"{each[k] / gouji[k]:.1f}" for k in ("ruled", "all")]
        seconds = [f"{each[k]:.4f}" for k in ("ruled", "all", "median")]
        rows.append((name, seconds[0], ratios[0], seconds[1], ratios[1], seconds[2],
                     f"{each['megabytes']:.0f}"))  # fmt: skip
    head = ("", "ruled", "× gouji", "all", "× gouji", "median file", "peak MB")
    yield from table(head, rows)


def _grids(data: Json) -> Iterator[str]:
    yield "## Tables of other documents"
    yield ""
    yield f"Neighbouring-cell relations in {data['documents']} drawn documents that are no such"
    yield f"reports (seeds from {data['seed']:,} on)."
    yield ""
    rows = []
    for name, each in data["finders"].items():
        right, found, drawn = each["total"]
        figures = (right / max(1, found), right / max(1, drawn), 2 * right / max(1, found + drawn))
        rows.append((name, *(f"{figure:.4f}" for figure in figures)))
    yield from table(("", "precision", "recall", "F1"), rows)


def _sentences(data: Json) -> Iterator[str]:
    yield "## Sentences"
    yield ""
    rows = []
    for name, each in data.items():
        c: Counter[str] = Counter(each["counts"])
        found = f"{c['stated found']} of {c['stated']} ({share(c['stated found'], c['stated'])})"
        implied = f"{c['implied found']} of {c['implied']}"
        rows.append((name, c["sentences"], c["accepted"], len(each["wrong"]), found, implied))
    head = ("", "sentences", "figures accepted", "wrong", "stated, found", "implied, found")
    yield from table(head, rows)
    for name, each in data.items():
        lines = (f"{w['id']}: {w['text']} → {w['ref']} {w['got']}" for w in each["wrong"])
        yield from listed(f"Wrong in {name}", lines)
