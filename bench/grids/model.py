"""A drawn document: its known tables, and how it looks."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Gold:
    """A cell as drawn: half-open spans, and its text. ``head`` is set apart by its style."""

    row: int
    col: int
    row_end: int
    col_end: int
    text: str
    head: bool = False
    align: str = "left"


@dataclass(frozen=True)
class Table:
    """A drawn table. ``caption`` stands above it and is no cell."""

    cells: tuple[Gold, ...]
    caption: str = ""
    family: str = ""

    @property
    def n_rows(self) -> int:
        return max(c.row_end for c in self.cells)

    @property
    def n_cols(self) -> int:
        return max(c.col_end for c in self.cells)


@dataclass(frozen=True)
class Style:
    """``border``: full, horizontal, booktabs, none, shaded, outer, head, open, separate."""

    border: str
    font: str
    size: float
    padding: float
    width: int
    """Percent of the text's width; 0 as wide as its contents."""
    line_height: float
    page: str


@dataclass(frozen=True)
class Drawn:
    """``parts``: pairs of a kind (h, p, list, columns, table) and its text, texts or Table."""

    seed: int
    language: str
    style: Style
    parts: tuple[tuple[str, object], ...]
    writer: str
    families: tuple[str, ...] = field(default=())

    @property
    def tables(self) -> list[Table]:
        return [part for _, part in self.parts if isinstance(part, Table)]

    @property
    def name(self) -> str:
        return f"{self.seed:07d}-{self.writer}-{self.style.border}"
