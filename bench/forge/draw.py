"""Draws one report: the same seed and options give the same document."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random
from typing import Any

from .agencies import Agency, draw_agency, draw_title
from .forms import FORM_TABLES, refs, table_of
from .identities import Identity, failing, identities
from .knowable import judge
from .layouts import TRANSFORMATIONS, draw_layouts
from .layouts.base import LINES
from .model import Block, Document, Paragraph, Truth
from .phrases import HEADINGS, narrative, other_matters, problems
from .style import draw_style
from .units import draw_unit
from .values import draw_size, draw_values, truth_of

FORMS = tuple(FORM_TABLES)
KINDS = (
    "pdf-libreoffice",
    "pdf-chromium",
    "html",
    "docx",
    "xlsx",
    "tsv",
    "markdown",
    "exploded",
    "flattened",
)
YEARS = {
    "2021": (2021, 2025),
    "2019": (2019, 2022),
    "hybrid-2021-2019": (2021, 2024),
    "hybrid-2019-2021": (2020, 2023),
    "2014": (2014, 2018),
    "fujian": (2009, 2018),
    "shanghai": (2004, 2013),
}


@dataclass(frozen=True)
class Misprints:
    """The share of the reports that have one, and what a digit may be misprinted as
    (any, if it is not named)."""

    share: float
    digits: Mapping[str, str] = field(default_factory=dict)


MISPRINTS = Misprints(0.25)


@dataclass
class Drawn:
    """One drawn document, what it says (``cells``), and how it is laid out (``document``).

    ``others`` are further reports of the same file, in their order after this one.
    ``misprint`` is a cell with a wrong digit, ``misprint_identities`` those that it makes fail.
    """

    seed: int
    form: str
    kind: str
    style: dict[str, Any]
    layouts: tuple[str, ...]
    title: str
    agency: Agency
    year: int
    tables: list[dict[str, str]]
    cells: dict[str, Truth]
    misprint: str | None
    misprint_identities: list[dict[str, str]]
    statements: dict[str, Decimal]
    document: Document = field(repr=False)
    others: tuple[Drawn, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.seed:07d}-{self.form}-{self.kind}"

    @property
    def families(self) -> dict[str, Any]:
        return {
            "form": self.form,
            "kind": self.kind,
            "border": None if self.kind in LINES else self.style["border"],
            "layout": sorted({TRANSFORMATIONS[name].family for name in self.layouts}) or ["plain"],
        }

    def whole(self) -> Document:
        """What the file holds: this report and the others after it."""
        blocks = [block for drawn in (self, *self.others) for block in drawn.document.blocks]
        return replace(self.document, blocks=blocks)

    def truth(self) -> dict[str, Any]:
        """What ``<name>.truth.json`` holds."""
        agency = self.agency
        return {
            "seed": self.seed,
            "form": self.form,
            "kind": self.kind,
            "families": self.families,
            "layouts": list(self.layouts),
            "report": {
                "title": self.title,
                "agency": agency.name,
                "agency_full": agency.full,
                "year": self.year,
                "region_code": agency.region_code,
                "level": agency.level,
                "agency_type": agency.type,
            },
            "tables": self.tables,
            "cells": {ref: truth.as_json() for ref, truth in self.cells.items()},
            "misprint": self.misprint,
            "misprint_identities": self.misprint_identities,
            "statements": {ref: format(value, "f") for ref, value in self.statements.items()},
            "style": self.style,
            "others": [other.truth() for other in self.others],
        }


def draw(
    seed: int,
    *,
    form: str | None = None,
    kind: str | None = None,
    layouts: Sequence[str] | None = None,
    border: str | None = None,
    family: str | None = None,
    style: Mapping[str, Any] | None = None,
    avoid: Collection[str] = (),
    busy: int = 0,
    misprints: Misprints = MISPRINTS,
) -> Drawn:
    """Draws a report. What is None is drawn too; ``layouts=()`` asks for a plain one.

    ``family`` asks for one layout of it at least, if any applies, among those drawn; ``avoid``
    names layouts that are not drawn, ``style`` settles parts of the style, ``busy`` is
    the least size of an agency. A layout that does not apply to the form or kind raises
    ValueError.
    """
    rng = Random(f"forge {seed}")
    form = form or rng.choice(FORMS)
    kind = kind or rng.choice(KINDS)
    year = rng.randint(*YEARS[form])
    agency = draw_agency(rng, form)
    look = draw_style(rng, border) | dict(style or {})
    plan = _Plan(
        seed, form, kind, agency, draw_title(rng, agency, year), year, misprints, avoid, busy
    )
    drawn = _report(rng, plan, look, layouts, family)
    if drawn.document.flags.get("two_years"):
        title = drawn.title.replace(str(year), str(year - 1))
        before = replace(plan, year=year - 1, title=title)
        other = _report(Random(f"forge {seed} before"), before, drawn.style, (), None)
        drawn.others = (other,)
    return drawn


@dataclass(frozen=True)
class _Plan:
    """What is settled before a report is drawn."""

    seed: int
    form: str
    kind: str
    agency: Agency
    title: str
    year: int
    misprints: Misprints
    avoid: Collection[str]
    busy: int


def _report(
    rng: Random,
    plan: _Plan,
    style: dict[str, Any],
    layouts: Sequence[str] | None,
    family: str | None,
) -> Drawn:
    editions, size = FORM_TABLES[plan.form], max(plan.busy, draw_size(rng))
    truth: dict[str, Truth] = {}
    for table, edition in editions.items():
        truth |= truth_of(draw_values(rng, table, edition, size, plan.year))
    blocks, statements = _blocks(rng, plan, truth)
    checks = [check for t, e in editions.items() for check in identities(t, e)]
    misprint: str | None = None
    if rng.random() < plan.misprints.share:
        misprint = _misprint(rng, truth, checks, plan.misprints.digits)
    flags = {"year": plan.year, "misprint": misprint}
    document = Document(plan.form, plan.kind, blocks, truth, style, flags)
    for cell in document.cells():
        if cell.ref:
            cell.text = truth[cell.ref].written or ""
    draw_unit(rng, document)
    names = tuple(layouts or ())
    if layouts is None:
        names = draw_layouts(rng, document, family, plan.avoid)
    for name in sorted(names, key=list(TRANSFORMATIONS).index):
        document = TRANSFORMATIONS[name](document, Random(f"forge {plan.seed} {name}"))
    cells = _all_cells(document, editions)
    judge(document)
    if misprint and cells[misprint].value is None:
        misprint = None
    broken = [check for check in failing(checks, cells) if misprint in check.refs]
    return Drawn(
        seed=plan.seed,
        form=plan.form,
        kind=plan.kind,
        style=document.style,
        layouts=tuple(names),
        title=plan.title,
        agency=plan.agency,
        year=plan.year,
        tables=[{"id": table, "edition": edition} for table, edition in editions.items()],
        cells=cells,
        misprint=misprint,
        misprint_identities=[{"id": check.id, "at": check.at} for check in broken],
        statements=statements,
        document=document,
    )


def _all_cells(document: Document, editions: dict[str, str]) -> dict[str, Truth]:
    """The truth of every cell of the forms, in their order; rows not printed are missing rows."""
    missing = Truth(None, "missing_row", None)
    wanted = [ref for table, edition in editions.items() for ref in refs(table, edition)]
    for ref in wanted:
        document.truth.setdefault(ref, Truth(**vars(missing)))
    own = [ref for ref in document.truth if ref not in set(wanted)]
    document.truth = {ref: document.truth[ref] for ref in [*wanted, *own]}
    return document.truth


def _misprint(
    rng: Random, truth: dict[str, Truth], checks: list[Identity], digits: Mapping[str, str]
) -> str | None:
    """Changes one digit of a figure that an identity covers (of any figure if none does)."""
    covered = {ref for check in checks if check.op == "=" for ref in check.refs}
    figures = [ref for ref in truth if (ref in covered or not covered) and truth[ref].value]
    figures = figures or sorted(covered)
    if not figures:
        return None
    ref = rng.choice(figures)
    old = truth[ref].written or ""
    place = rng.choice([i for i, character in enumerate(old) if character.isdigit()])
    least = "123456789" if place == 0 else "0123456789"
    others = [d for d in least if d != old[place]]
    digit = rng.choice([d for d in others if d in digits.get(old[place], least)] or others)
    truth[ref] = truth_of({ref: Decimal(old[:place] + digit + old[place + 1 :])})[ref]
    return ref


def _blocks(
    rng: Random, plan: _Plan, truth: dict[str, Truth]
) -> tuple[list[Block], dict[str, Decimal]]:
    form, agency, year = plan.form, plan.agency, plan.year
    told, statements = narrative(rng, agency, year, truth)
    blocks: list[Block] = [Paragraph(plan.title, "title")]
    if len(FORM_TABLES[form]) == 1:
        edition = FORM_TABLES[form]["main"]
        caption = f"{agency.name}{year}年政府信息公开情况统计表"
        head = rng.choice(("附件：", "附件1：", "", "六、")) + caption
        blocks += [Paragraph("一、概述", "heading"), *told]
        blocks += [Paragraph("二、存在的问题和改进措施", "heading"), *problems(rng, agency)]
        blocks += [Paragraph(head, "heading"), table_of("main", edition, year)]
        return blocks, statements
    blocks += [Paragraph(rng.choice(HEADINGS["overview"]), "heading"), *told]
    for table, edition in FORM_TABLES[form].items():
        blocks.append(Paragraph(rng.choice(HEADINGS[table]), "heading"))
        blocks.append(table_of(table, edition, year))
    blocks += [Paragraph(rng.choice(HEADINGS["problems"]), "heading"), *problems(rng, agency)]
    blocks += [Paragraph(HEADINGS["other"][0], "heading"), *other_matters(rng)]
    if rng.random() < 0.4:
        blocks.append(Paragraph(agency.name, "signature"))
        blocks.append(Paragraph(f"{year + 1}年1月{rng.randint(4, 31)}日", "signature"))
    return blocks, statements
