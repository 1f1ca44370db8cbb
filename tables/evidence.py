"""What readers saw on the scanned pages, by place."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from gouji.ocr.page import Box, Gray
from gouji.ocr.reader import Reading

INK = "ink"
"""The reader of empty cells: it looks whether there is any ink."""
AGAIN = "/"
"""Between the name of a reader that looks a second time, at another picture, and a number."""
LIKE = "sheet"
"""The document's own digits: a figure looks like others of its kind, and like nothing else."""
Spot = tuple[int, Box]
"""A page, from 1, and a box on its sheet in points."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A piece of writing, or an empty cell, with what each reader made of it.

    ``readings``: for each reader its alternatives as a number, best first; ``""`` is nothing
    written. ``picture``: for a second reader. ``faint``: there is only a trace of ink.
    ``refuted``: what of the first reader's texts it can't be, by the document's own digits.
    """

    spot: Spot
    readings: tuple[Reading, ...]
    picture: Gray | None = None
    faint: bool = False
    refuted: frozenset[str] = frozenset()

    @property
    def readers(self) -> list[str]:
        """Who read it, in their order."""
        return list(dict.fromkeys(reading.by for reading in self.readings))

    def by(self, reader: str) -> list[Reading]:
        """What one reader saw, best first."""
        return [reading for reading in self.readings if reading.by == reader]


class Evidence:
    """The pieces of writing of all scanned pages."""

    def __init__(self, pages: Mapping[int, Iterable[Seen]]) -> None:
        self._pages = {
            number: sorted(seen, key=lambda piece: piece.spot[1].center[1])
            for number, seen in pages.items()
        }
        self._heights = {
            number: [piece.spot[1].center[1] for piece in seen]
            for number, seen in self._pages.items()
        }

    def __iter__(self) -> Iterator[Seen]:
        return (seen for pieces in self._pages.values() for seen in pieces)

    def at(self, page: int | None, box: Box | None) -> Seen | None:
        """What was seen in a box; None where the page is no scan and its text is certain.

        Several pieces, or none, are no reading of the box as a whole: then it has no readings.
        """
        if page is None or box is None or page not in self._pages:
            return None
        return self.parts(page, box, 1)[0]

    def parts(self, page: int, box: Box, count: int) -> list[Seen]:
        """What was seen in a box that holds so many figures side by side, from left to right.

        Of an empty box its own look counts: another cell's may have gone across walls.
        """
        inside = self._inside(page, box)
        written = [seen for seen in inside if seen.readers != [INK]]
        if not written and inside and count == 1:
            looks = [seen for seen in inside if seen.spot[1] == box] or inside
            return [Seen((page, box), looks[0].readings, faint=any(s.faint for s in looks))]
        if len(written) != count:
            return [Seen((page, box), (), faint=True)] * count
        return sorted(written, key=lambda seen: seen.spot[1].x0)

    def holds(self, page: int, box: Box) -> bool:
        """Whether anything was seen in a box."""
        return bool(self._inside(page, box))

    def _inside(self, page: int, box: Box) -> list[Seen]:
        heights = self._heights[page]
        beside = self._pages[page][bisect_left(heights, box.y0) : bisect_right(heights, box.y1)]
        return [seen for seen in beside if box.holds(seen.spot[1])]

    def covers(self, page: int | None) -> bool:
        """Whether a page is a scan."""
        return page in self._pages

    def with_readings(
        self,
        more: Mapping[Spot, tuple[Reading, ...]],
        refuted: Mapping[Spot, frozenset[str]] | None = None,
    ) -> Evidence:
        """The same with what others read added, and with what it can't be."""
        refuted = refuted or {}
        return Evidence({
            number: [
                replace(
                    seen,
                    readings=(*seen.readings, *more.get(seen.spot, ())),
                    refuted=refuted.get(seen.spot, seen.refuted),
                )
                for seen in pieces
            ]
            for number, pieces in self._pages.items()
        })  # fmt: skip


NOTHING = Evidence({})
"""No page is a scan."""
