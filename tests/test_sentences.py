"""Eight hundred sentences, seven hundred by writers who did not know the reader: none is wrong.

The reader was worked on with all of them at hand, one set after the other; what each gave at first
sight stands in docs/design.md. From the second on they have the title of the report around them.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from gouji.tables.grid import Line, Place
from gouji.tables.narrative import Statement, statements

HERE = Path(__file__).parent
SETS = (
    "sentences",
    "sentences_blind",
    "sentences_third",
    "sentences_fourth",
    "sentences_fifth",
    "sentences_sixth",
    "sentences_seventh",
    "sentences_eighth",
)
SENTENCES: list[dict[str, Any]] = [
    sentence | {"set": name}
    for name in SETS
    for sentence in json.loads((HERE / f"data_{name}.json").read_text("utf-8"), parse_float=Decimal)
]
ACCEPTED = ("stated", "implied")
RECALL = Decimal("0.73")


def read(sentence: dict[str, Any]) -> list[Statement]:
    text = sentence["text"]
    lines = [Line(text, Place(line=2, start=0, end=len(text)))]
    if title := sentence.get("title"):
        lines.insert(0, Line(title, Place(line=1, start=0, end=len(title)), heading=1))
    return statements(lines, sentence["year"], {sentence["form"]})


def key(ref: str, value: Decimal | str | None, form: str) -> tuple[str, Decimal | None]:
    """The new forms call an answer a result; the sentences name it by the old forms."""
    if form != "2014" and ref != "requests.replies.total":
        ref = ref.replace("requests.replies.", "requests.results.")
    return ref, None if value is None else Decimal(value)


def found(statement: Statement, form: str) -> tuple[str, Decimal | None]:
    """As the sentences give it: the fee for processing in 元."""
    value = statement.value
    if value is not None and statement.ref in ("info_fee.billed", "info_fee.collected"):
        value *= 10_000
    return key(statement.ref, value, form)


def test_no_accepted_figure_is_wrong() -> None:
    for sentence in SENTENCES:
        form = sentence["form"]
        allowed = {
            key(s["ref"], s["value"], form)
            for s in sentence["statements"] + sentence.get("optional", [])
        }
        for statement in read(sentence):
            if statement.kind in ACCEPTED:
                assert found(statement, form) in allowed, (sentence["id"], statement)


def test_no_figure_of_something_else_is_accepted() -> None:
    for sentence in SENTENCES:
        forbidden = {Decimal(value) for value in sentence["must_not"]}
        form = sentence["form"]
        right = {key(s["ref"], s["value"], form)[1] for s in sentence["statements"]}
        for statement in read(sentence):
            if statement.kind in ACCEPTED:
                value = found(statement, form)[1]
                assert value in right or value not in forbidden, (sentence["id"], statement)


def test_most_stated_figures_are_found() -> None:
    asked = hits = 0
    for sentence in SENTENCES:
        form = sentence["form"]
        accepted = {found(s, form) for s in read(sentence) if s.kind in ACCEPTED}
        stated = [s for s in sentence["statements"] if s["kind"] == "stated"]
        asked += len(stated)
        hits += sum(key(s["ref"], s["value"], form) in accepted for s in stated)
    assert hits / Decimal(asked) >= RECALL
