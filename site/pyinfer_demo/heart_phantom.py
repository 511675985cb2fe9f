"""The slices of a chest that nobody was ever scanned for, quickly enough for somebody who waits.

A slice of 512 x 512 pixels takes long to draw. So 200 are drawn, at half that size; those between them are
mixed, and all are made large, as a scanner's soft reconstruction is.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from chest_phantom import LENGTH, Frame, Patient, add_noise, crop_circle

SEED = 1_000_090  # none that the network has learned from
SIZE = 512  # pixels along a side
PIXEL = 2.14 * Patient(SEED).width / SIZE  # mm
_DRAWN_SIZE = 256
_DRAWN = 200
_NOISE = 14.0  # Hounsfield units
_OUTSIDE = -2000.0  # what scanners write where they did not look


def thickness(count: int) -> float:
    """Of each of so many slices, in mm."""
    return LENGTH / count


def make_slice(k: int, count: int) -> np.ndarray:
    """Slice ``k`` of ``count``, from the top.

    Returns
    -------
    numpy.ndarray
        Hounsfield units, int16, (512, 512).
    """
    height = (k + 0.5) / count * _DRAWN - 0.5
    above = int(np.clip(np.floor(height), 0, _DRAWN - 1))
    share = float(np.clip(height - above, 0, 1))
    values = _drawn(above)
    if share > 0:
        values = cv2.addWeighted(values, 1 - share, _drawn(min(above + 1, _DRAWN - 1)), share, 0)
    values = cv2.resize(values, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)
    # Of one sheet of noise each slice gets another part, so that no two have the same.
    x, y = np.random.default_rng([SEED, 2, k, count]).integers(0, SIZE, 2)
    slice_ = cv2.add(values, _noise()[y : y + SIZE, x : x + SIZE], dtype=cv2.CV_16S)
    crop_circle(slice_, _OUTSIDE)
    return slice_


@lru_cache(maxsize=2)
def _drawn(k: int) -> np.ndarray:
    patient = _patient()
    frame = Frame(_DRAWN_SIZE, SIZE * PIXEL, y=0.06 * patient.depth)
    return patient.at((k + 0.5) / _DRAWN * LENGTH, frame).hounsfield


@lru_cache(maxsize=1)
def _patient() -> Patient:
    return Patient(SEED)


@lru_cache(maxsize=1)
def _noise() -> np.ndarray:
    sheet = np.zeros((2 * SIZE, 2 * SIZE), np.float32)
    add_noise(sheet, _NOISE, np.random.default_rng([SEED, 2]))
    return sheet
