"""Inputs: the same natively and in the browser, since NumPy's integer streams are."""

from __future__ import annotations

from typing import Any

import numpy as np

_SMOOTH = 5


def noise(*shape: int, dtype: Any = np.uint8, seed: int = 0) -> np.ndarray:
    """Uniform noise over the dtype's range; floats in [0, 1)."""
    generator = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "f":
        return generator.random(shape).astype(dtype)
    info = np.iinfo(dtype)
    return generator.integers(info.min, info.max, shape, dtype=dtype, endpoint=True)


def photo(height: int = 61, width: int = 83, channels: int = 3, seed: int = 1) -> np.ndarray:
    """Something with smooth areas, edges and texture; (h, w) for one channel."""
    y, x = np.mgrid[:height, :width]
    image = np.empty((height, width, channels), np.uint8)
    for c in range(channels):
        ramp = (3 * x * (c + 1) + 5 * y) % 256
        disc = ((x - width // 3) ** 2 + (y - height // 2) ** 2 < (height // 4) ** 2) * (60 + 40 * c)
        bars = ((x // 7 + y // 11) % 2) * 50
        grain = np.random.default_rng(seed + c).integers(0, 16, (height, width))
        image[..., c] = (ramp // 2 + disc + bars + grain) % 256
    return image[..., 0].copy() if channels == 1 else image


def blobs(height: int = 120, width: int = 160) -> np.ndarray:
    """Black and white: discs, boxes, a ring with something in it."""
    y, x = np.mgrid[:height, :width]

    def disc(cx: int, cy: int, radius: int) -> np.ndarray:
        return (x - cx) ** 2 + (y - cy) ** 2 <= radius**2

    def box(left: int, top: int, w: int, h: int) -> np.ndarray:
        return (x >= left) & (x < left + w) & (y >= top) & (y < top + h)

    ring = disc(40, 40, 30) & ~disc(40, 40, 20)
    shape = ring | disc(40, 40, 6) | box(90, 15, 45, 20) | box(95, 60, 12, 50) | disc(135, 90, 17)
    return (shape | box(5, 85, 60, 3)).astype(np.uint8) * 255


def polygon() -> np.ndarray:
    """A contour with corners, (n, 1, 2) int32."""
    points = [(10, 10), (60, 12), (80, 40), (55, 44), (70, 80), (30, 70), (12, 85), (20, 45)]
    return np.array(points, np.int32).reshape(-1, 1, 2)
