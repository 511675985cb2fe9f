"""Corners of chessboards, drawn."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

PATTERN = (5, 9)


def grid(scale=11.0, offset=9.0, slant=0.31):
    """One row more than there are colours, partly outside of the image."""
    x, y = np.meshgrid(np.arange(PATTERN[0]), np.arange(PATTERN[1]))
    points = np.stack([x * scale + y * slant + offset, y * scale - x * slant + offset], axis=-1)
    return points.reshape(-1, 1, 2).astype(np.float32)


def drawn(image, corners, found=True, pattern=PATTERN):
    result = cv2.drawChessboardCorners(image, pattern, corners, found)
    return result, result is image


CASES = {
    "no_image": lambda: cv2.drawChessboardCorners(None, (2, 2), np.ones((4, 1, 2), np.float32), True),
    **{f"found_{c}": lambda c=c: drawn(noise(100, 70, c), grid()) for c in (3, 4)},
    **{f"not_found_{c}": lambda c=c: drawn(noise(100, 70, c), grid(), False) for c in (3, 4)},
    "grey": lambda: drawn(photo(channels=1), grid()),
    "grey_not_found": lambda: drawn(photo(channels=1), grid(), False),
    "deep": lambda: drawn(noise(100, 70, 3, dtype=np.uint16), grid()),
    "float": lambda: drawn(noise(100, 70, 3, dtype=np.float32), grid()),
    "outside": lambda: drawn(photo(), grid(30, -40, 5)),
    "all_outside": lambda: drawn(photo(), grid(3, -400, 5)),
    "halves": lambda: drawn(photo(), (np.floor(grid()) + np.float32(0.5))),
    "flat_points": lambda: drawn(photo(), grid().reshape(-1, 2)),
    "view": lambda: drawn(photo(120, 160)[10:90, 20:100], grid()),
    "smaller_pattern": lambda: drawn(photo(), grid(), pattern=(4, 2)),
    "no_corners": lambda: drawn(photo(), None),
    "few_not_found": lambda: drawn(photo(), grid()[:3], False, (9, 9)),
}
ERRORS = {
    "channels": lambda: drawn(noise(9, 9, 2), grid()),
    "depth": lambda: drawn(noise(9, 9, 3).astype(np.float64), grid()),
    "signed": lambda: drawn(noise(9, 9).astype(np.int16), grid()),
    "corners": lambda: drawn(photo(), grid().astype(np.float64)),
}


@pytest.mark.parametrize("name", CASES)
def test_boards(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_boards_errors(name, parity):
    parity.raised(ERRORS[name])
