"""Word files to lines and grids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from gouji.ocr.finding import DocumentError, Finding
from gouji.tables.flow import Item, Paragraph, RawCell, close_table, lay
from gouji.tables.grid import Document
from gouji.tables.limits import Limits
from gouji.tables.numbering import Numbering
from gouji.tables.ooxml import Package
from gouji.tables.spans import compact

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
# Deleted text, and what is not displayed where it stands.
_IGNORED = frozenset(
    W + name
    for name in (
        *("del", "moveFrom", "pPr", "rPr", "tblPr", "tblGrid", "sdtPr", "sdtEndPr", "delText"),
        *("delInstrText", "instrText", "footnoteReference", "endnoteReference", "rt", "sectPr"),
        *("annotationRef", "commentReference"),
    )
)
_MARKS = {
    W + "tab": "\t",
    W + "ptab": "\t",
    W + "br": "\n",
    W + "cr": "\n",
    W + "noBreakHyphen": "-",
}
_OFF = ("0", "false", "off", "none", "baseline")
_CHANGES = tuple(W + name for name in ("ins", "del", "moveFrom"))
_HEADING_NAME = re.compile(r"(?:heading|标题)\s*(\d)", re.I)


def read_docx(data: bytes, limits: Limits) -> Document:
    """Read a Word file as it is displayed.

    Without deleted or hidden text, with the numbers of its lists, its text boxes after the
    paragraph they hang on. Headers, footers and notes are left out. Raises ``damaged``,
    ``too_deep``, ``too_many_cells``.
    """
    package = Package.open(data, limits)
    main = package.main()
    root = package.xml(main)
    body = None if root is None else root.find(f"{W}body")
    if body is None:
        raise DocumentError("damaged", part=main)
    parts = {kind: part for _, kind, part in package.related(main)}
    styles = _styles(package.xml(parts.get("styles", "")))
    numbering = Numbering.read(package.xml(parts.get("numbering", "")))
    reader = _Reader(limits, styles, numbering)
    blocks = lay(reader.blocks(body, 0))
    changes = [c for c in body.iter(*_CHANGES) if next(c.iter(f"{W}r"), None) is not None]
    counts = {
        "embedded_parts": reader.embedded,
        "text_struck_out": reader.struck,
        "tracked_changes": len(changes),
    }
    findings = [Finding(code, {"count": count}) for code, count in counts.items() if count]
    return Document(tuple(blocks), findings=tuple(findings))


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph or character style adds; ``num`` is list and level."""

    based_on: str
    heading: int
    num: tuple[str | None, int | None]
    hidden: bool | None
    struck: bool | None
    raised: bool | None


@dataclass(slots=True)
class _Text:
    """A paragraph on its way. ``fields`` has, for each open field, whether its result began."""

    parts: list[str] = field(default_factory=list)
    boxes: list[Item] = field(default_factory=list)
    fields: list[bool] = field(default_factory=list)
    style: str = ""


@dataclass(slots=True)
class _Reader:
    limits: Limits
    styles: dict[str, _Style]
    numbering: Numbering
    cells: int = 0
    embedded: int = 0
    struck: int = 0

    def blocks(self, parent: etree._Element, depth: int) -> list[Item]:
        """The paragraphs and tables under an element, through wrappers like content controls."""
        items: list[Item] = []
        for child in _children(parent):
            if child.tag == W + "p":
                items += self._paragraph(child, depth)
            elif child.tag == W + "tbl":
                items += self._table(child, depth)
            elif child.tag == W + "altChunk":
                self.embedded += 1
            else:
                items += self.blocks(child, depth)
        return items

    def _paragraph(self, paragraph: etree._Element, depth: int) -> list[Item]:
        properties = paragraph.find(f"{W}pPr")
        style = _value(properties, "pStyle") or ""
        text = _Text(style=style)
        for child in _children(paragraph):
            self._inline(child, text, depth)
        written = "".join(text.parts)
        label = self._label(properties, style) if written.strip() or not text.boxes else ""
        if label:
            # A list's number is written beside the text, not in it: 1. beside 5 is not 1.5.
            clash = label[-1] in "0123456789.．" and re.match(r"\s*[-+.\d－＋．０-９]", written)
            written = f"[{label}] {written}" if clash else label + written
        heading = self._heading(properties, style)
        lines = [line.strip(" \xa0\u3000") for line in written.split("\n")]
        return [*(Paragraph(line, heading) for line in lines if line.strip()), *text.boxes]

    def _inline(self, node: etree._Element, text: _Text, depth: int) -> None:
        tag = node.tag
        if tag in (W + "t", _MATH_TEXT):
            if all(text.fields):
                text.parts.append((node.text or "").translate(_NOTHING))
        elif tag in _MARKS:
            text.parts.append(_MARKS[tag])
        elif tag == W + "fldChar":
            _field(text.fields, node.get(f"{W}fldCharType"))
        elif tag == W + "txbxContent":
            text.boxes += self.blocks(node, depth)
        elif tag == W + "r":
            self._run(node, text, depth)
        else:
            for child in _children(node):
                self._inline(child, text, depth)

    def _run(self, run: etree._Element, text: _Text, depth: int) -> None:
        properties = run.find(f"{W}rPr")
        if self._has(properties, text, "hidden", "vanish"):
            return
        if self._has(properties, text, "struck", "strike", "dstrike"):
            self.struck += any((t.text or "").strip() for t in run.iter(f"{W}t"))
            return
        inner = _Text(boxes=text.boxes, fields=text.fields, style=text.style)
        for child in _children(run):
            self._inline(child, inner, depth)
        written = "".join(inner.parts)
        before = text.parts[-1][-1:] if text.parts else ""
        raised = self._has(properties, text, "raised", "vertAlign")
        if raised and written.strip().isdigit() and before.isdigit():
            written = f"[{written.strip()}]"
        if written:
            text.parts.append(written)

    def _has(self, run: etree._Element | None, text: _Text, what: str, *names: str) -> bool:
        """Whether a run is hidden, struck or raised: by itself, its style, or its paragraph's."""
        own = _any_flag(run, *names)
        if own is not None:
            return own
        chains = (self._chain(_value(run, "rStyle") or ""), self._chain(text.style))
        found = (getattr(style, what) for chain in chains for style in chain)
        return next((flag for flag in found if flag is not None), False)

    def _chain(self, name: str) -> Iterator[_Style]:
        """A style and those it is based on."""
        for _ in range(20):
            style = self.styles.get(name)
            if style is None:
                return
            yield style
            name = style.based_on

    def _heading(self, properties: etree._Element | None, style: str) -> int:
        level = _value(properties, "outlineLvl")
        if level is not None and level.isdigit():
            return int(level) + 1 if int(level) < 9 else 0
        return next((found.heading for found in self._chain(style) if found.heading), 0)

    def _label(self, properties: etree._Element | None, style: str) -> str:
        """The number Word writes before a paragraph of a list."""
        own = properties.find(f"{W}numPr") if properties is not None else None
        found = [_numbering(own), *(link.num for link in self._chain(style))]
        number = next((num for num, _ in found if num is not None), None)
        level = next((lvl for _, lvl in found if lvl is not None), 0)
        return "" if number is None else self.numbering.next(number, level)

    # Tables

    def _table(self, table: etree._Element, depth: int) -> list[Item]:
        if depth >= self.limits.table_depth:
            raise DocumentError("too_deep", limit=self.limits.table_depth)
        cells: list[RawCell] = []
        above: dict[int, RawCell] = {}
        for row, element in enumerate(_rows(table)):
            above = self._row(element, row, above, cells, depth + 1)
        return close_table(compact(cells))

    def _row(
        self,
        element: etree._Element,
        row: int,
        above: dict[int, RawCell],
        cells: list[RawCell],
        depth: int,
    ) -> dict[int, RawCell]:
        """Append a row's cells; returns those that a cell below may continue, by column."""
        col = _int(_value(element.find(f"{W}trPr"), "gridBefore"), 0)
        open_cells: dict[int, RawCell] = {}
        last: RawCell | None = None
        for tc in _named(element, "tc"):
            properties = tc.find(f"{W}tcPr")
            if properties is not None and properties.find(f"{W}cellDel") is not None:
                continue
            width = max(1, _int(_value(properties, "gridSpan"), 1))
            if col + width > self.limits.columns or self.cells >= self.limits.cells:
                raise DocumentError(
                    "too_many_cells", columns=self.limits.columns, cells=self.limits.cells
                )
            upper = above.get(col)
            if _merge(properties, "hMerge") == "continue" and last is not None:
                last.col_end = col + width
            elif _merge(properties, "vMerge") == "continue" and upper and upper.row_end == row:
                # What stands in a continued cell is not displayed.
                upper.row_end = row + 1
                open_cells[col] = last = upper
            else:
                last = RawCell(row, col, row + 1, col + width, self.blocks(tc, depth))
                cells.append(last)
                self.cells += 1
                if _merge(properties, "vMerge"):
                    open_cells[col] = last
            col += width
        return open_cells


_NOTHING = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff\r")) | {10: " ", 9: "\t"}


def _children(parent: etree._Element) -> Iterator[etree._Element]:
    """Displayed children: of alternatives the first, nothing deleted, no comments."""
    for child in parent:
        if not isinstance(child.tag, str) or child.tag in _IGNORED:
            continue
        if child.tag == _MC + "AlternateContent":
            choice = next((c for c in child if c.tag == _MC + "Choice"), None)
            if choice is None:
                choice = next((c for c in child if c.tag == _MC + "Fallback"), None)
            if choice is not None:
                yield from _children(choice)
        else:
            yield child


def _named(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """Rows or cells, through wrappers like content controls."""
    for child in _children(parent):
        if child.tag == W + name:
            yield child
        elif child.tag not in (W + "p", W + "tbl", W + "trPr", W + "tcPr", W + "tblPrEx"):
            yield from _named(child, name)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for row in _named(table, "tr"):
        properties = row.find(f"{W}trPr")
        gone = [_flag(properties, "del"), _flag(properties, "hidden")]
        if not any(gone):
            yield row


def _field(fields: list[bool], step: str | None) -> None:
    """Fields: only what stands between ``separate`` and ``end`` is displayed."""
    if step == "begin":
        fields.append(False)
    elif step == "separate" and fields:
        fields[-1] = True
    elif step == "end" and fields:
        fields.pop()


def _value(properties: etree._Element | None, name: str) -> str | None:
    found = properties.find(W + name) if properties is not None else None
    return None if found is None else found.get(f"{W}val")


def _flag(properties: etree._Element | None, name: str) -> bool | None:
    found = properties.find(W + name) if properties is not None else None
    return None if found is None else found.get(f"{W}val") not in _OFF


def _any_flag(properties: etree._Element | None, *names: str) -> bool | None:
    """Whether any of the flags is on; None where none is there."""
    flags = [flag for name in names if (flag := _flag(properties, name)) is not None]
    return any(flags) if flags else None


def _merge(properties: etree._Element | None, name: str) -> str:
    found = properties.find(W + name) if properties is not None else None
    return "" if found is None else found.get(f"{W}val") or "continue"


def _int(written: str | None, default: int) -> int:
    return int(written) if written and written.isascii() and written.isdigit() else default


def _numbering(num_pr: etree._Element | None) -> tuple[str | None, int | None]:
    level = _value(num_pr, "ilvl")
    return _value(num_pr, "numId"), int(level) if level and level.isdigit() else None


def _styles(root: etree._Element | None) -> dict[str, _Style]:
    found: dict[str, _Style] = {}
    for style in root.iter(f"{W}style") if root is not None else ():
        properties = style.find(f"{W}pPr")
        level = _value(properties, "outlineLvl")
        named = _HEADING_NAME.fullmatch(_value(style, "name") or "")
        heading = int(level) + 1 if level and level.isdigit() and int(level) < 9 else 0
        if not heading and named:
            heading = int(named[1])
        found[style.get(f"{W}styleId", "")] = _Style(
            _value(style, "basedOn") or "",
            heading,
            _numbering(properties.find(f"{W}numPr") if properties is not None else None),
            *(
                _any_flag(style.find(f"{W}rPr"), *names)
                for names in (("vanish",), ("strike", "dstrike"), ("vertAlign",))
            ),
        )
    return found
