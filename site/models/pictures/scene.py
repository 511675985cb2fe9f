"""A sketch put into a picture: somewhere, turned, lit, on some ground, taken by an imperfect camera."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from .sketch import Sketch

__all__ = ["render"]

Rng = np.random.Generator


def render(draw: Callable[[Sketch, Rng], None], rng: Rng, side: int = 224) -> np.ndarray:
    """Draw something, and take a picture of it.

    Parameters
    ----------
    draw : callable
        Draws on a sketch.
    rng : numpy.random.Generator
        Where chance comes from.
    side : int
        Width and height of the picture.

    Returns
    -------
    numpy.ndarray
        uint8, (side, side, 3), RGB.
    """
    sketch = Sketch(2 * side, _pose(rng, 2 * side))
    draw(sketch, rng)
    mask = _halved(sketch.mask)[..., None] / 255
    # Edges fade into the sheet's black, as a colour does that is weighted by its own opacity.
    drawn = _halved(sketch.colour * (sketch.mask[..., None] > 0))
    grain = rng.normal(0, rng.uniform(0, 10), (side // 4, side // 4)).astype(np.float32)
    drawn += cv2.resize(grain, (side, side))[..., None] * mask
    move = np.array([[1, 0, rng.uniform(-0.04, 0.04) * side], [0, 1, rng.uniform(0, 0.05) * side]])
    blurred = cv2.GaussianBlur(mask, (0, 0), side * rng.uniform(0.01, 0.03))
    shadow = cv2.warpAffine(blurred, move, (side, side))[..., None]
    ground = _ground(rng, side) * (1 - rng.uniform(0.1, 0.6) * shadow)
    return _photograph((ground * (1 - mask) + drawn) * _light(rng, side), rng)


def _halved(sheet: np.ndarray) -> np.ndarray:
    """float32, half as wide and high, every pixel the mean of four."""
    half = (sheet.shape[1] // 2, sheet.shape[0] // 2)
    return cv2.resize(sheet, half, interpolation=cv2.INTER_AREA).astype(np.float32)


def _pose(rng: Rng, side: int) -> np.ndarray:
    """From an object's coordinates to pixels: turned, sized, placed and seen a little from the side."""
    turn = np.radians(rng.normal(0, 18))
    size = side * rng.uniform(0.24, 0.44)
    wide = np.exp(rng.normal(0, 0.08))
    shear = rng.normal(0, 0.08)
    cosine, sine = np.cos(turn) * size, np.sin(turn) * size
    place = side / 2 + rng.uniform(-0.12, 0.12, 2) * side
    matrix = np.array([[cosine, -sine, place[0]], [sine, cosine, place[1]], [0, 0, 1]])
    matrix = matrix @ np.array([[wide, shear, 0], [0, 1 / wide, 0], [0, 0, 1]])
    matrix[2, :2] = rng.normal(0, 0.06, 2)
    matrix[:2] += matrix[2] * place[:, None] * np.array([1, 1, 0])  # seen from the side about its own place
    return matrix


def _ground(rng: Rng, side: int) -> np.ndarray:
    """float32, (side, side, 3): a wall, a table, cloth."""
    base = np.clip(rng.uniform(30, 230) + rng.uniform(-50, 50, 3), 10, 245)
    other = np.clip(base + rng.normal(0, 45, 3), 5, 250)
    rows, columns = np.mgrid[:side, :side].astype(np.float32) / side
    turn = rng.uniform(0, 2 * np.pi)
    along = rows * np.sin(turn) + columns * np.cos(turn)
    kind = rng.integers(5)
    if kind == 0:
        amount = np.zeros((side, side), np.float32)
    elif kind == 1:
        amount = along
    elif kind == 2:  # cloud
        cells = int(rng.integers(3, 12))
        noise = rng.uniform(0, 1, (cells, cells)).astype(np.float32)
        amount = cv2.resize(noise, (side, side), interpolation=cv2.INTER_CUBIC)
    elif kind == 3:  # boards, stripes
        wave = along * rng.uniform(20, 120) + 2 * np.sin(rows * rng.uniform(2, 8))
        amount = 0.5 + 0.5 * np.sin(wave) * rng.uniform(0.2, 1)
    else:  # the edge of a table
        amount = (along > rng.uniform(-0.2, 0.8)).astype(np.float32)
    return (base + (other - base) * amount[..., None]).astype(np.float32)


def _light(rng: Rng, side: int) -> np.ndarray:
    """float32, (side, side, 1): brighter towards a lamp."""
    rows, columns = np.mgrid[:side, :side].astype(np.float32) / side - 0.5
    turn = rng.uniform(0, 2 * np.pi)
    slope = rng.uniform(0, 0.5)
    return (1 + slope * (rows * np.sin(turn) + columns * np.cos(turn)))[..., None] * rng.uniform(0.6, 1.2)


def _photograph(picture: np.ndarray, rng: Rng) -> np.ndarray:
    """White balance, blur, noise and JPEG, as of a phone."""
    picture = picture.astype(np.float32) * rng.normal(1, 0.05, 3).astype(np.float32)
    blur = rng.uniform(0, 1.3)
    if blur > 0.3:
        picture = cv2.GaussianBlur(picture, (0, 0), blur)
    picture += rng.standard_normal(picture.shape, np.float32) * np.float32(rng.uniform(0.5, 9))
    taken = np.clip(picture, 0, 255).astype(np.uint8)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 96))]
    return cv2.imdecode(cv2.imencode(".jpg", taken, quality)[1], cv2.IMREAD_COLOR)
