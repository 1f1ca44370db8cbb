"""Makes a picture of a typeset page as a scanner, a fax or a phone would.

Pages are greys (h, w) uint8 at ``RENDER`` pixels per inch; what comes out is (h, w) grey,
(h, w, 3) RGB, or (h, w) of 0 and 255 for a fax. The same page, wear and generator give the same
picture.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .seal import seal
from .wear import Wear

RENDER = 300.0
LONG = 120
"""A straight stroke this long at RENDER is a ruling, no part of a character."""

Pixels = NDArray[np.uint8]
Image = NDArray[np.float32]


def picture(page: Pixels, wear: Wear, rng: np.random.Generator, behind: Pixels | None) -> Pixels:
    """One page as the file will hold it, before any compression."""
    image = _printed(page, wear, rng, behind).astype(np.float32)
    if wear.colour:
        image = np.repeat(image[:, :, None], 3, axis=2)
    if wear.seal:
        image = seal(image, rng)
    image = (_photographed if wear.level == "phone" else _scanned)(image, wear, rng)
    if wear.blur:
        image = cv2.GaussianBlur(image, (0, 0), wear.blur).astype(np.float32)
    image += _grain(image.shape, wear.noise, rng)
    if wear.threshold:
        return _faxed(image, wear, rng)
    return np.clip(image, 0, 255).astype(np.uint8)


# --- ink and paper -------------------------------------------------------------------------------


def _printed(page: Pixels, wear: Wear, rng: np.random.Generator, behind: Pixels | None) -> Image:
    """What lies on the glass: toner spread, rulings broken, the back shining through."""
    if wear.broken:
        page = _broken(page, wear.broken, rng)
    image = _spread(page, wear.gain).astype(np.float32)
    image = 255 - (255 - image) * wear.strength
    if wear.bleed and behind is not None:
        back = cv2.GaussianBlur(_fitted(behind[:, ::-1], page.shape), (0, 0), 3.0)
        image -= (255 - back.astype(np.float32)) * wear.bleed
    return np.clip(image, 0, 255) * np.float32(wear.paper / 255)


def _fitted(page: Pixels, shape: tuple[int, ...]) -> Pixels:
    if page.shape == shape:
        return page
    return cv2.resize(page, (shape[1], shape[0])).astype(np.uint8)


def _spread(page: Pixels, gain: tuple[float, float]) -> Pixels:
    """Darkens each pixel to the darkest within ``gain`` across and down, a part of the last."""
    for axis, amount in enumerate(gain):
        whole, part = int(amount), amount - int(amount)
        for share in [1.0] * whole + [part] * (part > 0):
            kernel = np.ones((1, 2) if axis == 0 else (2, 1), np.uint8)
            page = cv2.addWeighted(page, 1 - share, cv2.erode(page, kernel), share, 0)
    return page


def _broken(page: Pixels, share: float, rng: np.random.Generator) -> Pixels:
    """Takes a share of the rulings' length away, in patches; characters stay whole."""
    ink = ((page < 200) * 255).astype(np.uint8)
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, LONG), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((LONG, 1), np.uint8))
    # A shaded row is one wide stroke: only thin ones are rulings.
    thick = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
    rulings = (across | down) & ~cv2.dilate(thick, np.ones((5, 5), np.uint8))
    patches = _field(page.shape, rng.uniform(4, 16), rng)
    lost = (rulings > 0) & (patches < np.quantile(patches[::16, ::16], share))
    out: Pixels = np.where(lost, np.maximum(page, np.uint8(rng.integers(190, 256))), page)
    return out


def _field(shape: tuple[int, ...], size: float, rng: np.random.Generator) -> Image:
    """Smooth noise of deviation about 1, in blobs of ``size`` pixels."""
    height, width = int(shape[0] / size) + 2, int(shape[1] / size) + 2
    coarse = rng.standard_normal((height, width)).astype(np.float32)
    return cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR).astype(
        np.float32
    )


def _grain(shape: tuple[int, ...], amount: float, rng: np.random.Generator) -> Image:
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(amount)


# --- scanners ------------------------------------------------------------------------------------


def _scanned(image: Image, wear: Wear, rng: np.random.Generator) -> Image:
    """Askew on the glass, at the scanner's resolution, with its light."""
    height, width = image.shape[:2]
    angle = wear.skew + float(rng.normal(0, 0.1 + abs(wear.skew) / 5)) if wear.skew else 0.0
    most = {"clean": 0.2, "office": 1.0, "low": 2.0, "fax": 1.5}[wear.level]
    angle = float(np.clip(angle, -most, most))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    ground = wear.paper if wear.level != "low" or not wear.edge else wear.paper * 0.55
    image = cv2.warpAffine(
        image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=(ground,) * 3
    ).astype(np.float32)
    size = round(width * wear.dpi[0] / RENDER), round(height * wear.dpi[1] / RENDER)
    image = cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    image *= _light(image, wear.shading, rng)
    if wear.edge:
        image *= _band(image, rng)
    return image


def _light(image: Image, amount: float, rng: np.random.Generator) -> Image:
    """A slope of light over the page, 1 at its lightest."""
    height, width = image.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    turn = rng.uniform(0, 2 * np.pi)
    slope = (x * np.cos(turn) + y * np.sin(turn)) / 2 + rng.uniform(0, 0.4) * (x**2 + y**2) / 2
    slope = (slope - slope.min()) / max(1e-6, float(np.ptp(slope)))
    return _deep(np.asarray(1 - amount * slope, np.float32), image)


def _deep(light: Image, image: Image) -> Image:
    return light[:, :, None] if image.ndim == 3 else light


def _band(image: Image, rng: np.random.Generator) -> Image:
    """The shadow of a book's back or of a lid, along one side."""
    height, width = image.shape[:2]
    wide, depth = rng.uniform(0.008, 0.03) * width, rng.uniform(0.2, 0.6)
    ramp = 1 - depth * np.exp(-np.arange(width) / wide)
    light = np.tile(ramp.astype(np.float32), (height, 1))
    return _deep(np.ascontiguousarray(light[:, ::-1] if rng.random() < 0.5 else light), image)


def _faxed(image: Image, wear: Wear, rng: np.random.Generator) -> Pixels:
    """Black and white, with specks, and lines that did not come through."""
    dark = image < wear.threshold
    height, width = dark.shape
    for _ in range(int(wear.speckle * dark.size)):
        y, x = int(rng.integers(height)), int(rng.integers(width))
        # Mostly black dots; a white one is a pinhole in a stroke.
        dark[y, x : x + int(rng.integers(1, 3))] = rng.random() < 0.8
    for _ in range(wear.dropped):
        y = int(rng.integers(1, height))
        dark[y] = dark[y - 1]
    return np.where(dark, 0, 255).astype(np.uint8)


# --- phones --------------------------------------------------------------------------------------


def _photographed(image: Image, wear: Wear, rng: np.random.Generator) -> Image:
    """A bent sheet on a desk, not quite from above, in uneven light."""
    height, width = image.shape[:2]
    scale = wear.dpi[0] / RENDER
    margin = rng.uniform(0.03, 0.08)
    size = round(width * scale * (1 + 2 * margin)), round(height * scale * (1 + 2 * margin))
    corners = _corners(size, margin, wear, rng)
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    back = cv2.getPerspectiveTransform(corners, flat)
    x, y = np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32))
    w = back[2, 0] * x + back[2, 1] * y + back[2, 2]
    u = (back[0, 0] * x + back[0, 1] * y + back[0, 2]) / w
    v = (back[1, 0] * x + back[1, 1] * y + back[1, 2]) / w
    wave = np.sin(np.pi * np.clip(u / width, 0, 1) * rng.uniform(0.8, 1.6) + rng.uniform(0, 1))
    bend = wear.curl * height * wave
    smooth = cv2.GaussianBlur(image, (0, 0), 0.4 / scale).astype(np.float32)
    sheet = cv2.remap(
        smooth, u.astype(np.float32), (v + bend).astype(np.float32), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT, borderValue=(-1.0, -1.0, -1.0),
    ).astype(np.float32)  # fmt: skip
    on_desk = sheet.min(axis=2) < 0
    desk = np.array([rng.uniform(40, 150)] * 3, np.float32) * rng.uniform(0.7, 1.0, 3)
    grain = 6 * _field((size[1], size[0]), 9, rng)
    out = np.where(on_desk[:, :, None], desk.astype(np.float32) + grain[:, :, None], sheet)
    out *= _light(out, wear.shading, rng)
    out *= _shadow(out, wear.shading, rng)
    return np.asarray(out * np.array(wear.cast, np.float32), np.float32)


def _corners(
    size: tuple[int, int], margin: float, wear: Wear, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Where the sheet's corners lie in the picture, clockwise from the top left."""
    wide, high = size
    edge = margin / (1 + 2 * margin)
    corners = np.array([[edge, edge], [1 - edge, edge], [1 - edge, 1 - edge], [edge, 1 - edge]])
    corners += rng.uniform(-wear.tilt, wear.tilt, (4, 2))
    points = (corners - 0.5) * (wide, high)
    turn = np.deg2rad(wear.skew)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    points = points @ rotation.T
    # The whole sheet is in the picture.
    points *= min(1.0, 0.495 * wide / np.abs(points[:, 0]).max(),
                  0.495 * high / np.abs(points[:, 1]).max())  # fmt: skip
    return (points + np.array((wide, high)) / 2).astype(np.float32)


def _shadow(image: Image, amount: float, rng: np.random.Generator) -> Image:
    """The soft shadow of a hand or the phone over a part of the sheet."""
    height, width = image.shape[:2]
    light = np.ones((height // 8, width // 8), np.float32)
    if rng.random() < 0.6:
        middle = (int(rng.uniform(0, width / 8)), int(rng.choice((0.0, 1.0)) * height / 8))
        axes = (int(width / 8 * rng.uniform(0.2, 0.6)), int(height / 8 * rng.uniform(0.2, 0.5)))
        cv2.ellipse(light, middle, axes, float(rng.uniform(0, 90)), 0, 360, 1 - amount * 0.7, -1)
    light = cv2.GaussianBlur(light, (0, 0), max(4.0, width / 8 / 25)).astype(np.float32)
    return _deep(cv2.resize(light, (width, height)).astype(np.float32), image)


def turned(pixels: Pixels, quarters: int) -> Pixels:
    """Turned to the left by quarters."""
    return np.ascontiguousarray(np.rot90(pixels, quarters))
