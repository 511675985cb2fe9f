"""The pyramid of an image for optical flow."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

BUILD = cv2.buildOpticalFlowPyramid

CASES = {
    "grey": lambda: BUILD(photo(120, 161, 1), (9, 9), 3),
    "colour": lambda: BUILD(photo(120, 161), (9, 9), 2),
    "to_the_end": lambda: BUILD(noise(99, 77), (7, 5), 9),
    "no_derivatives": lambda: BUILD(photo(90, 80), (9, 9), 3, withDerivatives=False),
    "one_level": lambda: BUILD(photo(90, 80), (9, 9), 0),
    "small": lambda: BUILD(noise(5, 6), (21, 21), 3),
    "one_pixel": lambda: BUILD(noise(1, 1), (3, 3), 3),
    "borders": lambda: BUILD(
        noise(60, 50), (9, 9), 2, None, True, cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT, False
    ),
}
ERRORS = {
    "depth": lambda: BUILD(np.zeros((20, 20)), (9, 9), 2),
    "window": lambda: BUILD(noise(20, 20), (2, 9), 2),
}


@pytest.mark.parametrize("name", CASES)
def test_pyramids(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_pyramids_errors(name, parity):
    parity.raised(ERRORS[name])
