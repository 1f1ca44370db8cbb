"""The figures that running text gives, each with its quote, and their comparison with tables."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from gouji.tables.grid import Line
from gouji.tables.narrative_check import compare
from gouji.tables.narrative_derive import settle
from gouji.tables.narrative_figures import Kind, Statement, left_open
from gouji.tables.narrative_heading import heading_of
from gouji.tables.narrative_plans import Plans
from gouji.tables.narrative_read import Reader
from gouji.tables.narrative_text import paragraphs
from gouji.tables.narrative_topic import Topic

__all__ = ["Kind", "Statement", "compare", "statements"]


# Headings below which applications as such are those for information.
_GENERAL = re.compile(r"公开|申请|总体|概况|概述|基本|工作|报告|年报")


def statements(
    lines: Sequence[Line], year: int | None = None, editions: Collection[str] = ()
) -> list[Statement]:
    """All figures stated in the running text of one report, in the order of the text.

    ``lines``: the report's running text with its title, without its tables. ``year``: that of the
    data, else the title's. ``editions``: those of its tables; without any the year decides whether
    answers are named as in the forms up to 2018 or as in those since.
    """
    heading = heading_of(lines, year, editions)
    found: list[tuple[str, Statement]] = []
    named: set[str] = set()
    topic = Topic()
    sectioned = about = False
    plans = Plans(heading.year)
    for number, paragraph in enumerate(paragraphs(lines)):
        planned = plans.hear(paragraph)
        start = Topic(name=topic.name)
        reader = Reader(
            paragraph,
            number,
            heading,
            named,
            start,
            sectioned=sectioned,
            about=about,
            planned=planned,
        )
        found.extend(reader.read())
        if paragraph.heading:
            topic = Topic(name=reader.topic.name)
            about = reader.disputes.named
            sectioned = sectioned or topic.name != "" or not _GENERAL.search(paragraph.text)
    return settle([left_open(s) if _of_another(a, s, named) else s for a, s in found])


def _of_another(agent: str, statement: Statement, named: set[str]) -> bool:
    """Without a title nobody knows which of several bodies the report is about.

    A single one is taken for the report's own, but press conferences are often held by others.
    """
    return agent == "named" and (
        len(named) > 1 or (len(named) == 1 and statement.ref.startswith("response."))
    )
