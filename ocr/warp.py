"""Where a point of the upright sheet lies on the page as the file shows it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from gouji.ocr.page import Box, Gray

Nodes = npt.NDArray[np.float32]
"""(rows, columns, 2): the places x, y that the nodes of a net laid over the sheet come from."""
Step = tuple[float, float]
"""From one node of a net to the next, across and down; the first is the sheet's corner."""
MESH = 32
"""Pixels from node to node of a net that is not straight."""
_ALONG = 3
"""Places looked at along each side of a box."""


@dataclass(frozen=True, slots=True, eq=False)
class Warp:
    """Sheet points → points of the page as the file shows it, bilinear between the nodes.

    Two by two nodes are a turn, a skew, a change of scale; a photograph needs more.
    """

    nodes: Nodes
    step: Step

    def to_page(self, box: Box) -> Box:
        """The bounding box on the page of a box on the sheet."""
        xs = np.linspace(box.x0, box.x1, _ALONG)
        ys = np.linspace(box.y0, box.y1, _ALONG)
        places = self.places(*(side.ravel() for side in np.meshgrid(xs, ys)))
        x0, y0 = places.min(axis=0)
        x1, y1 = places.max(axis=0)
        return Box(float(x0), float(y0), float(x1), float(y1))

    def places(
        self, xs: npt.NDArray[np.float64], ys: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """(n, 2): where points of the sheet lie on the page."""
        rows, columns = self.nodes.shape[:2]
        across, down = xs / self.step[0], ys / self.step[1]
        left = np.clip(np.floor(across), 0, columns - 2).astype(int)
        top = np.clip(np.floor(down), 0, rows - 2).astype(int)
        right = (across - left)[:, None]
        low = (down - top)[:, None]
        nodes = self.nodes.astype(np.float64)
        upper = nodes[top, left] * (1 - right) + nodes[top, left + 1] * right
        lower = nodes[top + 1, left] * (1 - right) + nodes[top + 1, left + 1] * right
        return np.asarray(upper * (1 - low) + lower * low)


def net(width: int, height: int) -> Nodes:
    """(rows, columns, 2): the nodes' own places in pixels of a sheet, the last beyond its edge."""
    xs = np.arange(0, width + MESH, MESH, dtype=np.float32)
    ys = np.arange(0, height + MESH, MESH, dtype=np.float32)
    return np.stack(np.meshgrid(xs, ys), axis=-1)


def resampled(gray: Gray, nodes: Nodes, step: Step, width: int, height: int) -> Gray:
    """The sheet of ``width`` by ``height`` pixels out of ``gray``, white where there is nothing.

    ``nodes`` and ``step`` are in pixels, 0 an edge (the first pixel's middle is 0.5); two by two
    nodes, or ``MESH`` apart.
    """
    if nodes.shape[:2] == (2, 2):
        sheet = _by_affine(gray, nodes, step, width, height)
    else:
        sheet = _by_mesh(gray, nodes, width, height)
    return np.asarray(sheet, np.uint8)


def _by_affine(gray: Gray, nodes: Nodes, step: Step, width: int, height: int) -> cv2.typing.MatLike:
    origin, right, low = nodes[0, 0], nodes[0, 1], nodes[1, 0]
    matrix = np.empty((2, 3))
    matrix[:, 0] = (right - origin) / step[0]
    matrix[:, 1] = (low - origin) / step[1]
    matrix[:, 2] = origin + (matrix[:, 0] + matrix[:, 1]) / 2 - 0.5
    return cv2.warpAffine(
        gray,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=255,
    )


def _by_mesh(gray: Gray, nodes: Nodes, width: int, height: int) -> cv2.typing.MatLike:
    rows, columns = nodes.shape[:2]
    # Enlarging puts the first node half a mesh inside.
    large = cv2.resize(
        nodes - np.float32(0.5), (columns * MESH, rows * MESH), interpolation=cv2.INTER_LINEAR
    )
    half = MESH // 2
    # Pixel i's middle lies at i + 0.5 of the sheet, as the enlarged net's.
    across, down = cv2.split(large[half : half + height, half : half + width])
    return cv2.remap(
        gray, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255
    )
