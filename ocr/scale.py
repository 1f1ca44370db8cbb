"""How large a page really is: what files tell of it is often the scanner's or the printer's guess.

Type is of few sizes. A sheet that is larger or smaller than paper is, or whose characters are of no
size that reports are printed in, is measured by its characters instead.
"""

from __future__ import annotations

from dataclasses import replace

from gouji.ocr.ink import usual_size
from gouji.ocr.upright import Sheet
from gouji.ocr.warp import Warp

_USUAL = 11.0
"""Points: the ink of a usual character."""
_PRINTED = 7.5, 26.0
"""Points: the least and the most that characters of most of a page are high."""
_PAPER = 560.0, 1250.0
"""Points: the longer side of the smallest and the largest paper, A5 and A3."""


def to_scale(sheet: Sheet) -> Sheet:
    """The sheet with points as they were printed."""
    size = usual_size(sheet)
    side = max(sheet.width, sheet.height)
    if size is None or (_within(size, _PRINTED) and _within(side, _PAPER)):
        return sheet
    share = _USUAL / size
    across, down = sheet.warp.step
    warp = Warp(sheet.warp.nodes, (across * share, down * share))
    return replace(sheet, dpi=sheet.dpi / share, warp=warp)


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]
