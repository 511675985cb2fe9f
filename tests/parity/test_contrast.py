"""Grey that keeps the contrast of colours."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

WHY = "the weights come from float32 sums over all pixels, in another order"


def into():
    grey, boosted = np.zeros((61, 83), np.uint8), np.zeros((61, 83, 3), np.uint8)
    results = cv2.decolor(photo(), grey, boosted)
    return results, results[0] is grey, results[1] is boosted


CASES = {
    "photo": lambda: cv2.decolor(photo()),
    # Where the grey is a level apart the colour made of it may be two.
    "large": lambda: cv2.decolor(photo(100, 710))[0],
    "noise": lambda: cv2.decolor(noise(50, 40, 3)),
    "flat": lambda: cv2.decolor(np.full((20, 30, 3), 90, np.uint8)),
    "dst": into,
}
ERRORS = {
    "none": lambda: cv2.decolor(None),
    "grey": lambda: cv2.decolor(photo(channels=1)),
    "alpha": lambda: cv2.decolor(noise(9, 9, 4)),
}


@pytest.mark.parametrize("name", CASES)
def test_contrast(name, parity):
    parity(CASES[name](), levels=1, because=WHY)


@pytest.mark.parametrize("name", ERRORS)
def test_contrast_errors(name, parity):
    parity.raised(ERRORS[name])
