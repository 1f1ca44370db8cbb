"""The figures about scans as Markdown, and the risk-coverage curve as a picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.forge.wear import LEVELS
from bench.page import cell_line, grouped, listed, misprint_line, most_doubts, share, table

BEGIN = "<!-- written by `python -m bench --only scans --write`: begin -->"
END = "<!-- end -->"
PICTURE = "risk-coverage.svg"
NAMES = ("", "figure ")

Json = dict[str, Any]


def write(data: Json, intro: Sequence[str], folder: Path) -> None:
    """Puts the figures between the marks of ``accuracy.md``, and the picture next to it."""
    path = folder / "accuracy.md"
    before, rest = path.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    body = "\n".join([BEGIN, "", *intro, "", *lines(data), "", END])
    path.write_text(before + body + after, encoding="utf-8", newline="\n")
    curves = data["calibration"]
    text = svg({"all cells": curves["curve"], "neither 0 nor blank": curves["figure curve"]})
    (folder / PICTURE).write_text(text, encoding="utf-8", newline="\n")


def lines(data: Json) -> Iterator[str]:
    """The tables, without a heading of the first order."""
    c: Counter[str] = Counter(data["counts"])
    yield "## gouji alone"
    yield ""
    yield f"{c['files']} drawn reports on paper, from seed {data['seed']:,} on;"
    yield f"{len(data['errors'])} were not read as what they are."
    yield ""
    yield from _levels(data["levels"], c)
    yield ""
    yield (
        f"Agency {c['agency right']} of {c['agency']} right ({c['agency wrong']} wrong),"
        f" year {c['year right']} of {c['year']} ({c['year wrong']} wrong)."
        f" Misprints: {c['misprints']}, {c['misprints covered']} of them covered by an identity;"
        f" {c['misprints kept and reported']} of these kept as printed and reported."
    )
    yield from listed("Not read as what they are", data["errors"])
    yield from listed("Accepted and wrong", map(cell_line, data["wrong"]))
    yield from listed("Misprints in doubt or not reported", map(misprint_line, data["misprints"]))
    yield from listed("Wrong in the head", map(cell_line, data["wrong head"]))
    yield from listed("Most cells in review", most_doubts(data["doubtful"]))
    yield from _paths(data["paths"])
    yield ""
    yield from _calibration(data["calibration"])
    if "compared" in data:
        yield ""
        yield from _compared(data["compared"])


def _paths(paths: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Each way that cells were read or changed, as the bench of other documents tells them."""
    if not paths:
        return
    names = ("ran", "taken", "made right", "right lost", "made wrong", "wrong undone")
    yield ""
    yield "How often each path ran and was taken, and the accepted cells it made right or wrong:"
    yield ""
    yield from table(
        ("path", *names), [(p, *(Counter(c)[name] for name in names)) for p, c in paths.items()]
    )


def _levels(levels: Mapping[str, Mapping[str, int]], whole: Mapping[str, int]) -> Iterator[str]:
    yield "Exact is before review: what gouji reads, accepted or not. In review is what it leaves"
    yield "to a person, of the cells that the layout leaves knowable."
    yield ""
    head = ("level", "files", "rows exact", "cells", "accepted", "wrong", "exact", "in review",
            "neither 0 nor blank", "accepted", "wrong", "exact", "in review", "misprints",
            "kept and reported")  # fmt: skip
    rows = [_level(level, Counter(levels[level])) for level in LEVELS if levels[level]]
    yield from table(head, [*rows, _level("all", Counter(whole))])


def _level(name: str, c: Counter[str]) -> tuple[str, ...]:
    cells = [
        figure
        for kind in NAMES
        for figure in (
            grouped(c[kind + "cells"]), grouped(c[kind + "accepted"]), str(c[kind + "wrong"]),
            share(c[kind + "exact"], c[kind + "knowable"]),
            share(c[kind + "doubtful"], c[kind + "knowable"]),
        )
    ]  # fmt: skip
    return (
        name, str(c["files"]), share(c["rows exact"], c["rows"]), *cells,
        str(c["misprints covered"]), str(c["misprints kept and reported"]),
    )  # fmt: skip


def _calibration(data: Json) -> Iterator[str]:
    yield "## Calibration"
    yield ""
    yield "Errors that the cells' confidence leads to expect, and errors that there are."
    yield ""
    rows = []
    for each in data["bins"]:
        cells = each["cells"]
        name = f"{each['from']:g} to {each['to']:g}"
        rows.append((name, grouped(cells), f"{each['expected']:.1f}", each["observed"],
                     share(each["expected"], cells), share(each["observed"], cells)))  # fmt: skip
    yield from table(("confidence", "cells", "expected", "observed", "expected", "observed"), rows)
    yield ""
    yield f"![Risk and coverage]({PICTURE})"
    yield ""
    yield "If only the cells of most confidence were taken: their share, and the errors among them."
    yield ""
    yield from table(("coverage", "all cells", "neither 0 nor blank"), _points(data))


def _points(data: Json) -> Iterator[tuple[str, str, str]]:
    for coverage in (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0):
        risks = (_risk(data[name], coverage) for name in ("curve", "figure curve"))
        yield (f"{100 * coverage:g} %", *risks)  # type: ignore[misc]


def _risk(curve: Sequence[Sequence[float]], coverage: float) -> str:
    risk = next((risk for covered, risk in curve if covered >= coverage - 1e-9), None)
    return "–" if risk is None else f"{100 * risk:.3f} %"


def _compared(data: Json) -> Iterator[str]:
    yield "## The same pages by others"
    yield ""
    yield f"The requests tables of {data['documents']} of these documents ({data['pages']} pages),"
    yield "levels in equal shares; seconds of the processor on one thread, warm, on all pages and"
    yield f"on the {data['ruled pages']} pages of the {data['ruled documents']} documents with all"
    yield f"rulings. {data['versions']}."
    yield ""
    yield "RapidOCR as it comes (its models, angle classifier); img2table with that RapidOCR in"
    yield "Chinese, `detect_rotation`, `borderless_tables`; Tesseract `chi_sim+eng`, LSTM. Peers"
    yield "get pages turned as the file says, with square pixels. Their words become rows by a"
    yield "generous mapping: the page is set straight, columns are found, labels are matched with"
    yield "the form's in order, `O` and `l` are digits. A row that they saw counts as accepted,"
    yield "blank where they saw nothing; a row that they did not see is in review."
    yield ""
    head = ("", "rows exact", "cells exact", "wrong", "in review", "neither 0 nor blank: exact",
            "wrong", "in review", "s a page, ruled", "× gouji", "s a page, all", "× gouji",
            "peak MB")  # fmt: skip
    yield from table(head, [_reader(name, data["readers"]) for name in data["readers"]])


def _reader(name: str, readers: Mapping[str, Json]) -> tuple[str, ...]:
    each, gouji = readers[name], readers["gouji"]
    c: Counter[str] = Counter(each["counts"])
    cells = [
        share(c[kind + what], c[kind + "cells"])
        for kind in NAMES
        for what in ("exact", "wrong", "review")
    ]
    times = [
        text
        for key in ("ruled", "all")
        for text in (f"{each[key]:.3f}", f"{each[key] / max(gouji[key], 1e-9):.1f}")
    ]
    return (name, share(c["rows exact"], c["rows"]), *cells, *times, f"{each['megabytes']:.0f}")


# --- the picture ---------------------------------------------------------------------------------

WIDTH, HEIGHT, LEFT, TOP = 640, 360, 70, 20
COLOURS = ("#1f4e79", "#c0504d")
DECADES = (-5, -1)
"""Risks from 10⁻⁵ to 10⁻¹ by their logarithm; 0 is drawn below."""


def svg(curves: Mapping[str, Sequence[Sequence[float]]]) -> str:
    """Coverage across, risk up, a line for each curve."""
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for decade in range(DECADES[0], DECADES[1] + 1):
        y = _y(10.0**decade)
        text = f"{100 * 10.0**decade:g} %"
        out += [_line(LEFT, y, WIDTH - 20, y, "#ddd"), _text(LEFT - 8, y + 4, text, "end")]
    for tenth in range(0, 11, 2):
        x = _x(tenth / 10)
        out += [_line(x, TOP, x, HEIGHT - 50, "#eee")]
        out += [_text(x, HEIGHT - 32, f"{10 * tenth} %", "middle")]
    out += [
        _text(LEFT - 8, _y(0) + 4, "0", "end"),
        _line(LEFT, _y(0), WIDTH - 20, _y(0), "#888"),
        _text((LEFT + WIDTH) / 2, HEIGHT - 12, "coverage: share of cells taken", "middle"),
        _text(LEFT + 8, TOP + 12, "risk: share of errors among them", "start"),
    ]
    for index, (name, curve) in enumerate(curves.items()):
        colour, high = COLOURS[index], TOP + 32 + 16 * index
        points = " ".join(f"{_x(covered):.1f},{_y(risk):.1f}" for covered, risk in curve)
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [_line(LEFT + 8, high - 4, LEFT + 28, high - 4, colour)]
        out += [_text(LEFT + 34, high, name, "start")]
    return "\n".join([*out, "</svg>"]) + "\n"


def _x(coverage: float) -> float:
    return LEFT + coverage * (WIDTH - 20 - LEFT)


def _y(risk: float) -> float:
    from math import log10

    low, high = DECADES
    bottom, span = HEIGHT - 50, HEIGHT - 50 - TOP
    if risk < 10.0**low / 3:
        return bottom
    part = (log10(min(risk, 1.0)) - low + 0.5) / (high - low + 0.5)
    return bottom - span * min(1.0, part)


def _line(x0: float, y0: float, x1: float, y1: float, colour: str) -> str:
    return f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="{colour}"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#333">{text}</text>'
