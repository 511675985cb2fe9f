"""How two images lie on each other."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

GREY = photo(100, 120)[..., 0].copy()
MASK = (noise(100, 120, seed=3) > 80).astype(np.uint8)
DTYPES = ("uint8", "int8", "uint16", "int16", "float32", "float64")


def moved(dx, dy, dtype=np.float32, shape=(100, 120)):
    """Noise, and itself further on, linearly between whole pixels: without the engine, which rounds."""
    image = noise(*shape, dtype=np.float64)
    other = image
    for axis, shift in ((1, dx), (0, dy)):
        whole, part = divmod(shift, 1)
        other = (1 - part) * np.roll(other, int(whole), axis) + part * np.roll(other, int(whole) + 1, axis)
    return image.astype(dtype), other.astype(dtype)


CASES = {
    **{
        f"ecc_{dtype}": lambda dtype=dtype: cv2.computeECC(
            noise(9, 8, dtype=dtype), photo(9, 8, 1).astype(dtype)
        )
        for dtype in DTYPES
    },
    "ecc_equal": lambda: cv2.computeECC(GREY, GREY),
    "ecc_mask": lambda: cv2.computeECC(GREY, np.roll(GREY, 2, axis=1), MASK),
    "ecc_mask_keyword": lambda: cv2.computeECC(GREY, cv2.blur(GREY, (5, 5)), inputMask=MASK),
    "ecc_colour": lambda: cv2.computeECC(photo(), np.roll(photo(), 1, axis=0)),
    "ecc_colour_float": lambda: cv2.computeECC(
        photo().astype(np.float32), noise(61, 83, 3).astype(np.float32)
    ),
    "phase": lambda: cv2.phaseCorrelateIterative(*moved(3.3, -2.6)),
    "phase_double": lambda: cv2.phaseCorrelateIterative(*moved(-7.25, 4.5, np.float64)),
    "phase_odd": lambda: cv2.phaseCorrelateIterative(*moved(1.5, 2.5, np.float64, (71, 93))),
    "phase_small_window": lambda: cv2.phaseCorrelateIterative(
        *moved(2.2, 1.1, np.float64), L2size=5, maxIters=3
    ),
    "phase_no_steps": lambda: cv2.phaseCorrelateIterative(*moved(2.2, 1.1, np.float64), maxIters=0),
    "phase_tiny": lambda: cv2.phaseCorrelateIterative(*moved(0.4, 0.1, np.float64, (6, 7))),
}
ERRORS = {
    "no_image": lambda: cv2.computeECC(None, np.zeros((5, 5), np.uint8)),
    "phase_no_image": lambda: cv2.phaseCorrelateIterative(np.zeros((5, 5), np.float32), None),
    "ecc_types": lambda: cv2.computeECC(GREY, GREY.astype(np.float32)),
    "ecc_channels": lambda: cv2.computeECC(noise(9, 9, 2), noise(9, 9, 2)),
    "ecc_sizes": lambda: cv2.computeECC(GREY, GREY[1:]),
    "ecc_empty": lambda: cv2.computeECC(np.zeros((0, 3), np.uint8), GREY),
    "ecc_empty_input": lambda: cv2.computeECC(GREY, np.zeros((0, 3), np.uint8)),
    "phase_types": lambda: cv2.phaseCorrelateIterative(GREY, GREY.astype(np.float32)),
    "phase_sizes": lambda: cv2.phaseCorrelateIterative(GREY, GREY[1:]),
    "phase_depth": lambda: cv2.phaseCorrelateIterative(GREY, GREY),
}


@pytest.mark.parametrize("name", CASES)
def test_alignment(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_alignment_errors(name, parity):
    parity.raised(ERRORS[name])
