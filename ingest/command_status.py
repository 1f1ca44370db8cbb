"""``gouji status``: what waits, runs, failed and needs review."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from gouji.ingest.arguments import add_store_options

if TYPE_CHECKING:
    from gouji.ingest.settings import Settings
    from gouji.ingest.store.store import Store
    from gouji.ingest.terminal import Console
    from gouji.ingest.texts import Say

KINDS = ("waiting", "running", "interrupted", "failed", "needs_review", "clean", "no_report")
_LISTED = ("waiting", "failed", "needs_review", "clean", "no_report")


def add_arguments(parser: argparse.ArgumentParser, say: Say) -> None:
    """What the command takes."""
    parser.add_argument(
        "--list", metavar="STATE", choices=_LISTED,
        help=say("help.option.status_list").format(states=", ".join(_LISTED)),
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help=say("help.option.status_json"))
    add_store_options(parser, say)


def run(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Look, and say what there is."""
    from gouji.ingest.store.workspace import open_store

    with open_store(settings, there=True) as store:
        if options.list:
            _print_list(store, options.list, console, as_json=options.json)
            return 0
        counts = _counts(store)
    if options.json:
        console.print(json.dumps(counts, ensure_ascii=False))
        return 0
    heads = [console.say("status.column"), console.say("status.count")]
    shown = [(kind, counts[kind]) for kind in KINDS if counts[kind]]
    rows = [[console.say(f"status.of.{kind}"), str(number)] for kind, number in shown]
    console.print(console.say("status.store", store=counts["store"]))
    console.table(heads, rows, right=(1,))
    for line in _remarks(counts, console):
        console.print(line)
    return 0


def _counts(store: Store) -> dict[str, Any]:
    """All that monitoring may want, in one flat object."""
    from gouji.ingest.store.browse import states
    from gouji.ingest.store.kin import kin_of
    from gouji.ingest.store.tending import doubts

    store.drop_claims()
    with store.reading() as connection:
        found, cells = states(connection), doubts(connection)
        differing = sum(kin.relation == "differs" for kin in kin_of(connection).values())
    kinds: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for (state, code, claimed), number in found.items():
        kind = "running" if claimed else "interrupted" if code == "interrupted" else state
        kinds[kind] += number
        if kind == "failed":
            reasons[code or ""] += number
    return {
        "store": store.name, "documents": kinds.total(), **{kind: kinds[kind] for kind in KINDS},
        "failures": dict(sorted(reasons.items())), "doubts": cells, "differing": differing,
    }  # fmt: skip


def _remarks(counts: dict[str, Any], console: Console) -> list[str]:
    told = []
    if counts["failures"]:
        reasons = [f"{code}: {number}" for code, number in counts["failures"].items()]
        told.append(console.say("status.failures", reasons=", ".join(reasons)))
    for name in ("doubts", "differing"):
        if counts[name]:
            told.append(console.say(f"status.{name}", count=counts[name]))
    if counts["waiting"] or counts["interrupted"]:
        told.append(console.say("status.go_on"))
    return told


def _print_list(store: Store, state: str, console: Console, *, as_json: bool) -> None:
    from gouji.ingest.messages import render
    from gouji.ingest.store.tending import listed
    from gouji.ingest.terminal import clean
    from gouji.ocr.finding import Finding

    with store.reading() as connection:
        for row in listed(connection, state):  # type: ignore[arg-type]
            reason = ""
            if row.code:
                arguments = json.loads(row.arguments or "{}")
                reason = render(Finding(row.code, arguments, page=row.page), console.language)
            if as_json:
                values = {"sha256": row.sha256, "name": row.name, "code": row.code,
                          "reason": reason or None}  # fmt: skip
                console.print(json.dumps(values, ensure_ascii=False))
            else:
                told = (row.sha256[:12], clean(row.name), clean(reason))
                console.print("  ".join(told).rstrip())
