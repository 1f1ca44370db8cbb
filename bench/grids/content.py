"""What the drawn documents say: yearbooks, price lists, accounts, rosters, timetables."""

from __future__ import annotations

import tomllib
from pathlib import Path
from random import Random

from bench.grids.model import Gold, Table

_lists = {
    name: text.strip().split("\n")
    for name, text in tomllib.loads(
        (Path(__file__).parent / "vocabulary.toml").read_text(encoding="utf-8")
    ).items()
}
DUTIES_EN = _lists["duties_en"]
DUTIES_ZH = _lists["duties_zh"]
GOODS_EN = _lists["goods_en"]
GOODS_ZH = _lists["goods_zh"]
ITEMS_EN = _lists["items_en"]
ITEMS_ZH = _lists["items_zh"]
NAMES_EN = _lists["names_en"]
NAMES_ZH = _lists["names_zh"]
PLACES_EN = _lists["places_en"]
PLACES_ZH = _lists["places_zh"]
WORDS_EN = _lists["words_en"]
WORDS_ZH = _lists["words_zh"]


_UNITS = {
    "zh": ("吨", "米", "立方米", "千克", "个"),
    "en": ("each", "m", "kg", "box of 10", "roll"),
}


def words(rng: Random, language: str, low: int, high: int) -> str:
    count = rng.randint(low, high)
    if language == "zh":
        return "".join(rng.choice(WORDS_ZH) for _ in range(count))
    return " ".join(rng.choice(WORDS_EN) for _ in range(count))


def title(rng: Random, language: str) -> str:
    if language == "zh":
        return words(rng, language, 3, 6) + rng.choice(("情况表", "统计资料", "公报", "一览"))
    return words(rng, language, 3, 6).capitalize()


def paragraph(rng: Random, language: str) -> str:
    if language == "zh":
        parts = [words(rng, language, 3, 8) for _ in range(rng.randint(4, 10))]
        return "，".join(parts) + f"，同比增长{rng.randint(1, 30)}.{rng.randint(0, 9)}%。"
    parts = [
        words(rng, language, 6, 14).capitalize()
        + rng.choice((".", ".", f" ({rng.randint(2, 99)}).", f" in {rng.randint(1990, 2024)}."))
        for _ in range(rng.randint(2, 6))
    ]
    return " ".join(parts)


def number(rng: Random, kind: str) -> str:
    if rng.random() < 0.06:
        return rng.choice(("-", "—", "…", ""))
    match kind:
        case "int":
            return f"{rng.randint(0, 10 ** rng.randint(1, 6)):,}"
        case "plain":
            return str(rng.randint(0, 10 ** rng.randint(1, 5)))
        case "decimal":
            return f"{rng.uniform(0, 10 ** rng.randint(1, 4)):,.{rng.choice((1, 2))}f}"
        case "account":
            value = rng.randint(1, 10 ** rng.randint(2, 6))
            return f"({value:,})" if rng.random() < 0.25 else f"{value:,}"
        case _:
            return f"{rng.uniform(-20, 40):.1f}%"


def yearbook(rng: Random, language: str) -> Table:
    """Places by years or measures, with one or two levels of header."""
    places = rng.sample(PLACES_ZH if language == "zh" else PLACES_EN, rng.randint(4, 14))
    year = rng.randint(2005, 2020)
    if rng.random() < 0.5:
        return _two_levels(rng, language, places, year)
    heads = [str(year + i) for i in range(rng.randint(2, 7))]
    if language == "zh" and rng.random() < 0.5:
        heads = [f"{h}年" for h in heads]
    kinds = [rng.choice(("int", "decimal", "plain", "rate"))] * len(heads)
    stub = rng.choice(
        ("地区", "单位", "县（市、区）", "") if language == "zh" else ("Area", "Region", "")
    )
    return _simple(rng, [stub, *heads], places, kinds, "yearbook")


def _two_levels(rng: Random, language: str, places: list[str], year: int) -> Table:
    align = rng.choice(("right", "center", "right"))
    groups = rng.randint(2, 3)
    subs = rng.randint(2, 3)
    cells = [Gold(0, 0, 2, 1, ("地区" if language == "zh" else "Area"), head=True)]
    col = 1
    kinds: list[str] = []
    for _ in range(groups):
        n = subs if rng.random() < 0.8 else max(1, subs - 1)
        name = words(rng, language, 1, 2).capitalize()
        if n == 1:
            cells.append(Gold(0, col, 2, col + 1, name, head=True, align="center"))
        else:
            cells.append(Gold(0, col, 1, col + n, name, head=True, align="center"))
            for i in range(n):
                sub = (
                    str(year + i) if rng.random() < 0.5 else words(rng, language, 1, 1).capitalize()
                )
                cells.append(Gold(1, col + i, 2, col + i + 1, sub, head=True, align=align))
        kinds += [rng.choice(("int", "decimal", "plain"))] * n
        col += n
    for i, place in enumerate(places, 2):
        cells.append(Gold(i, 0, i + 1, 1, place))
        for j, kind in enumerate(kinds, 1):
            cells.append(Gold(i, j, i + 1, j + 1, number(rng, kind), align=align))
    return Table(tuple(cells), family="two-levels")


def _simple(
    rng: Random, heads: list[str], stubs: list[str], kinds: list[str], family: str
) -> Table:
    align = rng.choice(("right", "right", "center", "left"))
    cells = [
        Gold(0, j, 1, j + 1, h, head=True, align="left" if j == 0 else align)
        for j, h in enumerate(heads)
    ]
    row = 1
    section = rng.random() < 0.2 and len(stubs) > 6
    for i, stub in enumerate(stubs):
        if section and i in (0, len(stubs) // 2):
            cells.append(
                Gold(
                    row,
                    0,
                    row + 1,
                    len(heads),
                    words(rng, "en" if stub < "\u2e80" else "zh", 2, 3).capitalize(),
                )
            )
            row += 1
        cells.append(Gold(row, 0, row + 1, 1, stub))
        for j, kind in enumerate(kinds, 1):
            cells.append(Gold(row, j, row + 1, j + 1, number(rng, kind), align=align))
        row += 1
    return Table(tuple(cells), family=family)


def accounts(rng: Random, language: str) -> Table:
    """A statement: items, a note column now and then, two to four amounts."""
    items = rng.sample(ITEMS_ZH if language == "zh" else ITEMS_EN, rng.randint(6, 16))
    year = rng.randint(2008, 2023)
    notes = rng.random() < 0.4
    if language == "zh":
        amounts = rng.choice(
            (
                ["本期金额", "上期金额"],
                [f"{year}年度", f"{year - 1}年度", f"{year - 2}年度"],
                ["期末余额", "年初余额"],
            )
        )
        heads = ["项目", *(["附注"] if notes else []), *amounts]
    else:
        amounts = rng.choice(
            (
                [str(year), str(year - 1)],
                [f"{year} £m", f"{year - 1} £m", "Change"],
                ["Actual", "Budget", "Variance", "%"],
            )
        )
        heads = [rng.choice(("", "In thousands")), *(["Note"] if notes else []), *amounts]
    kinds = [*(["plain"] if notes else []), *["account"] * len(amounts)]
    return _simple(rng, heads, items, kinds, "accounts")


def prices(rng: Random, language: str) -> Table:
    """A price list: number, name, size, unit, price."""
    goods = rng.sample(GOODS_ZH if language == "zh" else GOODS_EN, rng.randint(4, 14))
    zh = language == "zh"
    heads = (
        ["序号", "名称", "规格型号", "单位", "单价（元）", "备注"]
        if zh
        else ["No.", "Item", "Size", "Unit", "Price", "Remarks"]
    )
    used = rng.choice(([0, 1, 2, 3, 4], [1, 2, 3, 4], [0, 1, 3, 4], [0, 1, 2, 3, 4, 5], [1, 4]))
    align = {0: "center", 4: "right", 3: "center"}
    cells = [
        Gold(0, j, 1, j + 1, heads[k], head=True, align=align.get(k, "left"))
        for j, k in enumerate(used)
    ]
    for i, good in enumerate(goods, 1):
        values = [
            str(i),
            good,
            f"{rng.choice(('DN', 'M', 'Φ', ''))}{rng.randint(4, 400)}×{rng.randint(1, 60)}",
            rng.choice(_UNITS[language]),
            f"{rng.uniform(1, 5000):,.2f}",
            words(rng, language, 1, 5) if rng.random() < 0.4 else "",
        ]
        cells += [
            Gold(i, j, i + 1, j + 1, values[k], align=align.get(k, "left"))
            for j, k in enumerate(used)
        ]
    return Table(tuple(cells), family="prices")


def roster(rng: Random, language: str) -> Table:
    """Units with people, telephones and duties; long cells that wrap; merged units."""
    zh = language == "zh"
    names = NAMES_ZH if zh else NAMES_EN
    heads = (
        ["内设机构", "姓名", "电话", "主要职责"] if zh else ["Unit", "Head", "Telephone", "Duties"]
    )
    cells = [Gold(0, j, 1, j + 1, h, head=True) for j, h in enumerate(heads)]
    row = 1
    for _ in range(rng.randint(2, 5)):
        people = rng.randint(1, 3)
        unit = words(rng, language, 1, 2).capitalize() + ("科" if zh else "")
        cells.append(Gold(row, 0, row + people, 1, unit))
        for _ in range(people):
            phone = f"0{rng.randint(10, 99)}-{rng.randint(2000000, 8999999)}"
            cells += [
                Gold(row, 1, row + 1, 2, rng.choice(names)), Gold(row, 2, row + 1, 3, phone),
                Gold(row, 3, row + 1, 4, rng.choice(DUTIES_ZH if zh else DUTIES_EN)),
            ]  # fmt: skip
            row += 1
    return Table(tuple(cells), family="roster")


def timetable(rng: Random, language: str) -> Table:
    """Stops by departures, or weekdays by hours."""
    stubs = rng.sample(PLACES_ZH if language == "zh" else PLACES_EN, rng.randint(4, 10))
    runs = rng.randint(3, 8)
    heads = [
        "站点" if language == "zh" else "Stop",
        *(f"{rng.choice('KGDT')}{rng.randint(10, 999)}" for _ in range(runs)),
    ]
    cells = [
        Gold(0, j, 1, j + 1, h, head=True, align="left" if j == 0 else "center")
        for j, h in enumerate(heads)
    ]
    starts = sorted(rng.randint(300, 1200) for _ in range(runs))
    for i, stub in enumerate(stubs, 1):
        cells.append(Gold(i, 0, i + 1, 1, stub))
        for j, start in enumerate(starts, 1):
            at = start + i * 7
            text = "" if rng.random() < 0.1 else f"{at // 60 % 24:02d}:{at % 60:02d}"
            cells.append(Gold(i, j, i + 1, j + 1, text, align="center"))
    return Table(tuple(cells), family="timetable")


KINDS = (yearbook, yearbook, accounts, prices, roster, timetable)
