"""Whether a paragraph stands below a heading of plans: its figures are then meant, not reached."""

from __future__ import annotations

import re

from gouji.tables.narrative_text import Paragraph

_PLANS = r"下一?步|下一?阶段|打算|工作计划|思路|努力方向|改进措施|改进方向|明年|来年|今后"
_LEVELS = (
    re.compile(r"#|[一二三四五六七八九十]{1,3}[、.]|第[一二三四五六七八九十]+[章节部]"),
    re.compile(r"（[一二三四五六七八九十]{1,3}）"),
    re.compile(r"\d{1,2}[.、](?!\d)|（\d{1,2}）|[①-⑳]"),
)
_LONGEST = 30  # characters of a heading, as of one that text follows: 五、下一步打算。…


class Plans:
    """五、下一步工作打算: holds for what is below it, until a heading of its level."""

    def __init__(self, year: int | None) -> None:
        self._words = re.compile(f"{_PLANS}|{year + 1}年" if year else _PLANS)
        self._level: int | None = None

    def hear(self, paragraph: Paragraph) -> bool:
        """Tell whether a paragraph is of plans, the heading of plans itself included."""
        level = next((n for n, at in enumerate(_LEVELS) if at.match(paragraph.text)), None)
        if level is None and paragraph.heading and paragraph.text[-1] not in "。；！？":
            level = 0
        if level is None:
            return self._level is not None
        if self._level is not None and level <= self._level:
            self._level = None
        title = re.split("[。：]", paragraph.text)[0]
        if self._level is None and len(title) <= _LONGEST and self._words.search(title):
            self._level = level
        return self._level is not None
