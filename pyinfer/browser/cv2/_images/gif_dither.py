"""Error diffusion (Floyd, Steinberg 1976), a diagonal at a time."""

from __future__ import annotations

import numpy as np

from .reader import Array

__all__ = ["dithered"]

#: Between the shades of blue, green and red, and of alpha, which stays as it is.
_STEPS = np.array((85, 36, 36, 1), np.float32)

#: Down, to the right, and the share of the error in sixteenths; in the order in which native adds them up.
_SHARES = ((1, 1, 1), (1, 0, 5), (1, -1, 3), (0, 1, 7))


def dithered(frame: Array, critical: int) -> Array:
    """The frame in eight shades of red and green and four of blue, as native has them.

    A pixel depends on its left neighbour and on three above it, so all pixels on a line two to the right
    and one up are independent of each other.

    Parameters
    ----------
    frame : ndarray
        uint8, (h, w, 3) BGR or (h, w, 4) BGRA.
    critical : int
        Pixels with less alpha stay as they are.
    """
    height, width, channels = frame.shape
    error = np.zeros((height + 1, width + 2, channels), np.float32)
    out = frame.copy()
    steps = _STEPS[:channels]
    hidden = frame[..., 3] < critical if channels == 4 else np.zeros((height, width), bool)
    rows = np.arange(height)
    for diagonal in range(width + 2 * (height - 1)):
        y = rows[max(0, -(-(diagonal - width + 1) // 2)) : min(height - 1, diagonal // 2) + 1]
        x = diagonal - 2 * y
        shown = ~hidden[y, x]
        y, x = y[shown], x[shown]
        wanted = frame[y, x] + error[y, x + 1]
        levels = np.clip(wanted, np.float32(0), np.float32(255)) / steps
        chosen = (np.floor(levels.astype(np.float64) + 0.5) * steps).astype(np.uint8)
        if channels == 4:
            chosen[:, 3] = frame[y, x, 3]
        out[y, x] = chosen
        difference = wanted - chosen.astype(np.float32)
        for down, right, share in _SHARES:
            error[y + down, x + 1 + right] += difference * np.float32(share) / np.float32(16)
    return out
