"""What a scanner and its screen add to a slice: noise, a round field of view, a window of grey."""

from __future__ import annotations

import cv2
import numpy as np


def add_noise(hounsfield: np.ndarray, sigma: float, rng: np.random.Generator) -> None:
    """Add noise in place, its grains somewhat larger than a pixel; ``sigma`` in Hounsfield units."""
    grains = rng.standard_normal(hounsfield.shape, dtype=np.float32)
    hounsfield += cv2.GaussianBlur(grains, (3, 3), 0.6) * np.float32(2.0 * sigma)


def crop_circle(hounsfield: np.ndarray, value: float) -> None:
    """Set in place what a round field of view leaves out: the corners."""
    size = hounsfield.shape[0]
    outside = np.full((size, size), 255, np.uint8)
    middle = round((size / 2 - 0.5) * 16)
    cv2.circle(outside, (middle, middle), round(size / 2 * 16), 0, -1, cv2.LINE_8, 4)
    hounsfield[outside > 0] = value


def to_grey(hounsfield: np.ndarray, low: float, high: float) -> np.ndarray:
    """Show a window of Hounsfield units: ``low`` and less as 0, ``high`` and more as 255.

    Returns
    -------
    numpy.ndarray
        uint8, of the same shape.
    """
    return np.clip((hounsfield - low) * (255 / (high - low)) + 0.5, 0, 255).astype(np.uint8)
