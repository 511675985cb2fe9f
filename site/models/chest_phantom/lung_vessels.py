"""The vessels of the lungs: tubes that fork and thin out from where they enter."""

from __future__ import annotations

import cv2
import numpy as np

from .frame import Frame

_TRUNKS = 12  # that enter each lung
_FORKS = 4


def grow(rng: np.random.Generator, width: float, hilum: tuple[float, float, float]) -> np.ndarray:
    """Let the vessels of one lung grow from its hilum.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where chance comes from.
    width : float
        Half the width of the body in mm.
    hilum : tuple of float
        Where they enter: x, y, z in mm.

    Returns
    -------
    numpy.ndarray
        float, (N, 7): both ends of each tube, and its radius, in mm.
    """
    side = np.sign(hilum[0])
    tubes = []
    for _ in range(_TRUNKS):
        heading = np.array([side * rng.uniform(0.2, 1), rng.uniform(-0.9, 1), rng.uniform(-0.9, 1.3)])
        ends = [(np.array(hilum), heading / np.linalg.norm(heading), rng.uniform(1.7, 3.6))]
        for _ in range(_FORKS):
            grown = []
            for start, ahead, radius in ends:
                stop = start + ahead * rng.uniform(0.10, 0.27) * width
                tubes.append([*start, *stop, radius])
                for _ in range(2):
                    turned = ahead + rng.normal(0, 0.36, 3)
                    grown.append((stop, turned / np.linalg.norm(turned), radius * rng.uniform(0.55, 0.80)))
            ends = grown
    return np.array(tubes)


def draw(tubes: np.ndarray, z: float, frame: Frame) -> np.ndarray:
    """Cut the tubes at a height: how much of each pixel they fill, uint8, (size, size)."""
    filled = np.zeros((frame.size, frame.size), np.uint8)
    start, stop, radius = tubes[:, :3], tubes[:, 3:6], tubes[:, 6]
    rise = stop[:, 2] - start[:, 2]
    rise = np.where(np.abs(rise) < 1e-3, 1e-3, rise)
    bounds = np.stack([(z - radius - start[:, 2]) / rise, (z + radius - start[:, 2]) / rise])
    first, last = np.clip(bounds.min(0), 0, 1), np.clip(bounds.max(0), 0, 1)
    cut = last > first
    step = (stop - start)[cut, :2]
    ends = [frame.to_pixels(start[cut, :2] + step * share[cut, None]) for share in (first, last)]
    for one, other, width in zip(*ends, 2 * radius[cut] / frame.pixel, strict=True):
        from_, to = (tuple(np.round(point * 16).astype(int).tolist()) for point in (one, other))
        # Thinner than a pixel can't be drawn, so that is drawn fainter.
        cv2.line(filled, from_, to, min(255, int(255 * width)), max(1, round(width)), cv2.LINE_AA, 4)
    return filled
