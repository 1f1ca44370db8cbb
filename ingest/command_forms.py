"""``gouji forms``: the editions of the form, or one of them in full."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING

from gouji.ingest.wording import words
from gouji.ocr.finding import DocumentError

if TYPE_CHECKING:
    from gouji.ingest.settings import Settings
    from gouji.ingest.terminal import Console
    from gouji.ingest.texts import Say
    from gouji.tables.forms.form import Beyond, Crosswalk, Form, FormRow, FormTable, Identity


def add_arguments(parser: argparse.ArgumentParser, say: Say) -> None:
    """What the command takes."""
    parser.add_argument("edition", nargs="?", metavar="EDITION", help=say("help.option.edition"))
    parser.add_argument("--crosswalk", action="store_true", help=say("help.option.crosswalk"))


def run(options: argparse.Namespace, settings: Settings, console: Console) -> int:  # noqa: ARG001
    """Print the list, or one edition."""
    from gouji.tables.forms import form

    known = form.editions()
    if options.edition is None and not options.crosswalk:
        _list(form.all_forms(), console)
        return 0
    if options.edition not in (*known, None):
        raise DocumentError("no_such_edition", edition=options.edition, editions="、".join(known))
    for edition in [options.edition] if options.edition else known:
        _head(form.load(edition), console)
        if not options.crosswalk:
            _tables(form.load(edition), console)
            _identities(form.load(edition), console)
        _crosswalk(form.load(edition), console)
    return 0


def _list(forms: Iterable[Form], console: Console) -> None:
    names = ("edition", "years", "cells", "identities", "name", "notice")
    console.table(
        [console.say(f"column.{name}") for name in names],
        [
            [
                form.edition,
                _years(form, console),
                str(sum(len(table.cells) for table in form.tables)),
                str(len(form.identities)),
                form.name,
                form.notice,
            ]
            for form in forms
        ],
        right=(2, 3),
    )


def _years(form: Form, console: Console) -> str:
    name = "say.years_span" if form.last_year else "say.years_since"
    return console.say(name, first=form.first_year, last=form.last_year)


def _head(form: Form, console: Console) -> None:
    years = _years(form, console)
    text = console.say(
        "say.form_head", edition=form.edition, name=form.name, notice=form.notice, years=years
    )
    console.print(console.paint(text, "bold"))


def _tables(form: Form, console: Console) -> None:
    for table in form.tables:
        title = console.say(
            "say.form_table", id=table.id, title=table.titles[0], count=len(table.cells)
        )
        console.print("\n" + console.paint(title, "bold"))
        if _shared(table):
            columns = [
                [c.key, "·".join(filter(None, (c.group, c.labels[0])))] for c in table.columns
            ]
            _print(console, ("columns", "label"), columns)
            console.print()
        _print(console, ("key", "label", "columns", "unit"), _rows(table, console))


def _rows(table: FormTable, console: Console) -> list[list[str]]:
    """A row of the form a line; one whose cells have labels of their own, a cell a line."""
    rows: list[list[str]] = []
    for row in table.rows:
        label = "·".join(filter(None, (row.code, row.group, row.label)))
        label += console.say("say.form_optional") if row.optional else ""
        if _shared(table) or not row.cells[0].column:
            rows.append([row.key, label, "*" if _shared(table) else "", _unit(row)])
        else:
            rows += [
                [cell.ref, f"{label}·{cell.labels[0]}", cell.column, cell.unit]
                for cell in row.cells
            ]
    return rows


def _shared(table: FormTable) -> bool:
    """Whether all rows have the same columns, with names."""
    return any(column.key for column in table.columns)


def _unit(row: FormRow) -> str:
    return "/".join(dict.fromkeys(cell.unit for cell in row.cells))


def _identities(form: Form, console: Console) -> None:
    console.print("\n" + console.paint(console.say("say.form_identities"), "bold"))
    kinds: dict[str, list[Identity]] = {}
    for identity in form.identities:
        kinds.setdefault(identity.id, []).append(identity)
    rows = [
        [
            name,
            same[0].label,
            str(len(same)),
            console.say(f"severity.{same[0].severity}"),
            _formula(same[0]),
        ]
        for name, same in kinds.items()
    ]
    _print(console, ("key", "rule", "places", "severity", "formula"), rows, right=(2,))
    if form.beyond:
        console.print("\n" + console.paint(console.say("say.form_beyond"), "bold"))
        rows = [[b.id, b.formula, _note(b, console)] for b in form.beyond]
        _print(console, ("key", "rule", "note"), rows)


def _formula(identity: Identity) -> str:
    """The identity in keys, without the row or column that it holds for."""

    def side(refs: tuple[str, ...]) -> str:
        at = identity.at
        return " + ".join(r.removesuffix(f"@{at}").removeprefix(f"{at}@") for r in refs) or "0"

    return f"{side(identity.left)} {identity.op} {side(identity.right)}"


def _crosswalk(form: Form, console: Console) -> None:
    console.print("\n" + console.paint(console.say("say.form_crosswalk"), "bold"))
    names = ("to", "from_cells", "to_cells", "relation", "note")
    rows = [
        [
            c.to,
            " + ".join(c.from_cells),
            " + ".join(c.to_cells),
            _relation(c, console),
            _note(c, console),
        ]
        for c in form.crosswalk
    ]
    _print(console, names, rows)


def _relation(found: Crosswalk, console: Console) -> str:
    if found.relation == "none":
        return words("no_counterpart", console.language, "remark")
    return words(found.relation, console.language, "relation")


def _note(fact: Crosswalk | Beyond, console: Console) -> str:
    return fact.note_zh if console.language == "zh" else fact.note


def _print(
    console: Console, names: Iterable[str], rows: list[list[str]], right: tuple[int, ...] = ()
) -> None:
    if rows:
        console.table([console.say(f"column.{name}") for name in names], rows, right=right)
    else:
        console.print(console.say("say.form_none"))
