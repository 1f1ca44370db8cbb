"""Sentences that somebody wrote without knowing the reader: accepted figures and recall."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from gouji.tables.grid import Line, Place
from gouji.tables.narrative import Statement, statements

FOLDER = Path(__file__).parent.parent / "tests"
FILES = {
    "sentences": FOLDER / "data_sentences.json",
    "sentences, blind": FOLDER / "data_sentences_blind.json",
    "sentences, third set": FOLDER / "data_sentences_third.json",
    "sentences, fourth set": FOLDER / "data_sentences_fourth.json",
    "sentences, fifth set": FOLDER / "data_sentences_fifth.json",
    "sentences, sixth set": FOLDER / "data_sentences_sixth.json",
    "sentences, seventh set": FOLDER / "data_sentences_seventh.json",
    "sentences, eighth set": FOLDER / "data_sentences_eighth.json",
}
ACCEPTED = ("stated", "implied")
IN_YUAN = ("info_fee.billed", "info_fee.collected")
"""What the sentences give in 元 and the record in 万元."""

Json = dict[str, Any]
Key = tuple[str, Decimal | None]


def measure(path: Path) -> Json:
    """Counts over one file of sentences, and the accepted figures that are wrong."""
    counts: Counter[str] = Counter()
    wrong: list[Json] = []
    for sentence in json.loads(path.read_text("utf-8"), parse_float=Decimal):
        told = sentence["statements"]
        allowed = {_key(each) for each in (*told, *sentence.get("optional", []))}
        got = [(_found(s), s.kind) for s in _read(sentence)]
        accepted = {key for key, kind in got if kind in ACCEPTED}
        counts["sentences"] += 1
        counts["accepted"] += len(accepted)
        wrong += [
            {"id": sentence["id"], "text": sentence["text"], "ref": ref, "got": str(value)}
            for ref, value in sorted(accepted - allowed, key=str)
        ]
        for each in told:
            counts[each["kind"]] += 1
            counts[f"{each['kind']} found"] += _key(each) in accepted
    return {"counts": counts, "wrong": wrong}


def _read(sentence: Json) -> list[Statement]:
    texts = [sentence[key] for key in ("title", "text") if key in sentence]
    lines = [Line(t, Place(line=n, start=0, end=len(t))) for n, t in enumerate(texts, start=1)]
    return list(statements(lines, sentence["year"], {sentence["form"]}))


def _name(ref: str) -> str:
    """The old forms speak of replies, the new ones of results."""
    return ref.replace("requests.replies.", "requests.results.")


def _key(told: Json) -> Key:
    value = told["value"]
    return _name(told["ref"]), None if value is None else Decimal(value)


def _found(statement: Statement) -> Key:
    value = statement.value
    if value is not None and statement.ref in IN_YUAN:
        value *= 10_000
    return _name(statement.ref), value
