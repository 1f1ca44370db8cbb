"""Web pages to lines and grids, through libxml2's forgiving parser, without building a tree."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from lxml import etree

from gouji.ocr.finding import DocumentError, Finding
from gouji.tables.css import HIDING, RAISED, hiding_classes
from gouji.tables.flow import Item, Paragraph, RawCell, close_table, lay
from gouji.tables.grid import Document
from gouji.tables.limits import Limits
from gouji.tables.spans import Slots

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu",
    "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "textarea", "tfoot",
    "th", "thead", "title", "tr", "ul",
})  # fmt: skip
_HIDDEN = frozenset({
    "canvas", "datalist", "iframe", "noscript", "rp", "rt", "script", "select", "style", "svg",
    "del", "s", "strike",  # struck out
    "template",
})  # fmt: skip
# Parts of a line or a table; a whole section that a class hides may be shown by a script.
_HIDDEN_BY_CLASS = frozenset({
    "a", "b", "em", "font", "i", "label", "small", "span", "strong", "sub", "sup", "td", "th", "tr",
    "u",
})  # fmt: skip
_CHOICE = "□"
"""A list to choose from in a cell: which choice is displayed is not followed up."""
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
# A line break of the source between two Chinese characters is no blank.
_SOURCE_BREAK = re.compile(rf"(?<=[{_WIDE}])[ \t\r\f]*\n[ \t\r\n\f]*(?=[{_WIDE}])")
_WHITE = re.compile(r"[ \t\r\n\f\v\xa0\u2028\u2029]+")
_NOTHING = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_STRUCTURE = re.compile(r"<(?:html|head|body|div|p|br|li|h[1-6]|section|article|pre)\b", re.I)
_META = ("articletitle", "pubdate")
_FEW = 200


def read_html(text: str, limits: Limits) -> Document:
    """Read a web page, or a fragment of one.

    The page's ``<title>`` and the ``<meta>`` elements ArticleTitle and PubDate come first, a line
    each: the title as it stands, the others as ``PubDate: 2020-01-31``. The page's furniture
    stays, as lines. Raises ``too_deep`` and ``too_many_cells``.
    """
    page = _Page(limits, keep_lines=not _STRUCTURE.search(text))
    parser = etree.HTMLParser(target=page, encoding="utf-8", remove_comments=True)
    try:
        parser.feed(text.encode("utf-8", "replace"))
        parser.close()
    except etree.XMLSyntaxError:
        if not page.closed:  # libxml2 found nothing at all, not even text
            page.close()
    blocks = lay([*page.head, *page.flows[0].items], markdown=page.keep_lines)
    findings = []
    written = sum(len(item.text) for item in page.flows[0].items if isinstance(item, Paragraph))
    if page.pictures and written < _FEW and not page.tables:
        findings.append(Finding("has_pictures", {"count": page.pictures}))
    return Document(tuple(blocks), findings=tuple(findings))


@dataclass(slots=True)
class _Flow:
    """Running content of the page or of one cell; ``parts`` is the line being written."""

    items: list[Item] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Table:
    """An open table. ``cell`` is open while its content goes to the last flow."""

    slots: Slots[list[Item]]
    in_cell: bool = False
    in_row: bool = False
    foot: list[RawCell] = field(default_factory=list)


class _Page:
    """The parser's target: start, end and data, as they come."""

    def __init__(self, limits: Limits, *, keep_lines: bool) -> None:
        self.limits = limits
        self.keep_lines = keep_lines
        self.head: list[Paragraph] = []
        self.flows = [_Flow()]
        self.open_tables: list[_Table] = []
        self.pictures = self.tables = self.cells = 0
        self.closed = False
        self._depth = 0
        self._hidden_at = 0
        self._pre = 0
        self._in_title = False
        self._heading = 0
        self._raised_from = self._raised_at = 0
        self._hiding: set[str] = set()
        self._in_sheet = False

    # What the parser calls

    def start(self, tag: str | bytes, attrib: dict[str | bytes, str | bytes]) -> None:
        tag = str(tag)
        attributes = cast("Mapping[str, str]", attrib)
        self._depth += 1
        if self._depth > self.limits.depth:
            raise DocumentError("too_deep", limit=self.limits.depth)
        if self._hidden_at:
            return
        if tag in _HIDDEN or _is_hidden(attributes) or self._is_hidden_by_class(tag, attributes):
            self._hidden_at = self._depth
            self._in_sheet = tag == "style"
            if tag == "select" and self.open_tables:
                self.flows[-1].parts.append(_CHOICE)
            return
        if tag in _BLOCKS:
            self._flush()
        if tag in _STARTS:
            _STARTS[tag](self, attributes)
        elif RAISED.search(attributes.get("style", "")):
            self._raised_at = self._depth
            self._start_raised(attributes)
        elif tag[0] == "h" and tag[1:].isdigit():
            self._heading = int(tag[1:])

    def end(self, tag: str | bytes) -> None:
        tag = str(tag)
        depth, self._depth = self._depth, self._depth - 1
        if self._hidden_at:
            if depth == self._hidden_at:
                self._hidden_at = 0
            return
        if tag in _BLOCKS:
            self._flush()
            self._heading = 0
        if tag in _ENDS:
            _ENDS[tag](self)
        elif depth == self._raised_at:
            self._raised_at = 0
            self._end_raised()

    def data(self, data: str | bytes) -> None:
        text = str(data)
        if self._hidden_at:
            if self._in_sheet:
                self._hiding |= hiding_classes(text)
            return
        if self._pre or (self.keep_lines and not self.open_tables):
            first, *rest = text.replace("\r\n", "\n").split("\n")
            self.flows[-1].parts.append(first)
            for line in rest:
                self._flush()
                self.flows[-1].parts.append(line)
        else:
            self.flows[-1].parts.append(text)

    def comment(self, text: str | bytes) -> None:
        """Comments are not displayed."""

    def close(self) -> None:
        self.closed = True
        self._flush()
        while self.open_tables:
            self._end_table()

    def _is_hidden_by_class(self, tag: str, attributes: Mapping[str, str]) -> bool:
        own = attributes.get("class", "").split() if tag in _HIDDEN_BY_CLASS else ()
        return not self._hiding.isdisjoint(own)

    # Lines

    def _flush(self) -> None:
        """End the line being written."""
        parts = self.flows[-1].parts
        if not parts:
            return
        text = "".join(parts)
        parts.clear()
        if self._pre or (self.keep_lines and not self.open_tables):
            text = text.translate(_NOTHING).rstrip()
        else:
            text = _WHITE.sub(" ", _SOURCE_BREAK.sub("", text.translate(_NOTHING))).strip(" \u3000")
        if not text.strip():
            return
        if self._in_title:
            self.head.insert(0, Paragraph(text))
        else:
            self.flows[-1].items.append(Paragraph(text, self._heading))

    def _break(self, _: Mapping[str, str]) -> None:
        self._flush()

    def _start_raised(self, _: Mapping[str, str]) -> None:
        self._raised_from = len(self.flows[-1].parts)

    def _end_raised(self) -> None:
        """Digits raised behind digits are no part of the number: 22 with note 1 is not 221."""
        parts = self.flows[-1].parts
        raised = "".join(parts[self._raised_from :]).strip()
        before = "".join(parts[: self._raised_from]).rstrip()
        if raised.isdigit() and before[-1:].isdigit():
            parts[self._raised_from :] = [f"[{raised}]"]

    def _start_pre(self, _: Mapping[str, str]) -> None:
        self._pre += 1

    def _end_pre(self) -> None:
        self._pre = max(0, self._pre - 1)

    def _start_title(self, _: Mapping[str, str]) -> None:
        self._in_title = True

    def _end_title(self) -> None:
        self._in_title = False

    def _meta(self, attributes: Mapping[str, str]) -> None:
        name = attributes.get("name", "").strip()
        content = _WHITE.sub(" ", attributes.get("content", "")).strip()
        if name.lower() in _META and content:
            self.head.append(Paragraph(f"{name}: {content}"))

    def _image(self, _: Mapping[str, str]) -> None:
        self.pictures += 1

    def _input(self, attributes: Mapping[str, str]) -> None:
        if attributes.get("type", "text").lower() in ("text", "number", ""):
            self.flows[-1].parts.append(attributes.get("value", ""))

    # Tables

    def _start_table(self, _: Mapping[str, str]) -> None:
        if self.open_tables and not self.open_tables[-1].in_cell:
            self._end_table()
        if len(self.open_tables) >= self.limits.table_depth:
            raise DocumentError("too_deep", limit=self.limits.table_depth)
        limits = self.limits
        self.open_tables.append(_Table(Slots(limits.columns, limits.cells - self.cells)))

    def _end_table(self) -> None:
        if not self.open_tables:
            return
        self._end_cell()
        table = self.open_tables.pop()
        cells = table.slots.finish()
        self.cells += len(cells)
        self.tables += 1
        self.flows[-1].items += close_table(cells)

    def _group(self, _: Mapping[str, str]) -> None:
        self._end_group()

    def _end_group(self) -> None:
        if self.open_tables:
            self._end_row()
            self.open_tables[-1].slots.end_group()

    def _start_row(self, _: Mapping[str, str]) -> None:
        if self.open_tables:
            self._end_cell()
            self.open_tables[-1].slots.start_row()
            self.open_tables[-1].in_row = True

    def _end_row(self) -> None:
        if self.open_tables:
            self._end_cell()
            self.open_tables[-1].in_row = False

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        if not self.open_tables:
            return
        self._end_cell()
        table = self.open_tables[-1]
        if not table.in_row:
            self._start_row(attributes)
        flow = _Flow()
        table.slots.add(
            flow.items, _span(attributes.get("rowspan"), 0), _span(attributes.get("colspan"), 1)
        )
        table.in_cell = True
        self.flows.append(flow)

    def _end_cell(self) -> None:
        if self.open_tables and self.open_tables[-1].in_cell:
            self._flush()
            self.flows.pop()
            self.open_tables[-1].in_cell = False


def _is_hidden(attributes: Mapping[str, str]) -> bool:
    return "hidden" in attributes or bool(HIDING.search(attributes.get("style", "")))


def _span(written: str | None, least: int) -> int:
    """A span as browsers read it: leading digits, else 1."""
    digits = re.match(r"\s*\+?(\d{1,9})", written or "")
    return max(least, int(digits[1])) if digits else 1


_STARTS = {
    "br": _Page._break,
    "sup": _Page._start_raised,
    "sub": _Page._start_raised,
    "pre": _Page._start_pre,
    "textarea": _Page._start_pre,
    "title": _Page._start_title,
    "meta": _Page._meta,
    "img": _Page._image,
    "input": _Page._input,
    "table": _Page._start_table,
    "thead": _Page._group,
    "tbody": _Page._group,
    "tfoot": _Page._group,
    "tr": _Page._start_row,
    "td": _Page._start_cell,
    "th": _Page._start_cell,
}
_ENDS = {
    "sup": _Page._end_raised,
    "sub": _Page._end_raised,
    "pre": _Page._end_pre,
    "textarea": _Page._end_pre,
    "title": _Page._end_title,
    "table": _Page._end_table,
    "thead": _Page._end_group,
    "tbody": _Page._end_group,
    "tfoot": _Page._end_group,
    "tr": _Page._end_row,
    "td": _Page._end_cell,
    "th": _Page._end_cell,
}
