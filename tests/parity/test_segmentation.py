"""Mean shift in position and colour."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

SHIFT = cv2.pyrMeanShiftFiltering


def into():
    dst = np.zeros((40, 51, 3), np.uint8)
    result = SHIFT(photo(40, 51), 5, 30, dst)
    return result, result is dst


CASES = {
    "plain": lambda: SHIFT(photo(60, 80), 10, 40),
    "one_level": lambda: SHIFT(photo(40, 50), 6, 25, maxLevel=0),
    "three_levels": lambda: SHIFT(photo(61, 83), 12, 50, maxLevel=3),
    "half_reach": lambda: SHIFT(photo(40, 50), 5.5, 25.5, maxLevel=1),
    "small_reach": lambda: SHIFT(photo(40, 50), 0.3, 60, maxLevel=2),
    "noise": lambda: SHIFT(noise(37, 45, 3), 7, 120, maxLevel=2),
    "no_color": lambda: SHIFT(noise(20, 25, 3), 3, 0),
    "every_color": lambda: SHIFT(noise(20, 25, 3), 3, 500),
    "one_step": lambda: SHIFT(photo(40, 50), 6, 40, termcrit=(cv2.TERM_CRITERIA_COUNT, 1, 0)),
    "until_still": lambda: SHIFT(photo(40, 50), 6, 40, None, 1, (cv2.TERM_CRITERIA_EPS, 0, 0)),
    "many_steps": lambda: SHIFT(photo(40, 50), 6, 60, None, 1, (3, 100, 0.1)),
    "no_criteria": lambda: SHIFT(photo(40, 50), 6, 40, None, 1, (0, 0, 0)),
    "dst": into,
    "tiny": lambda: [SHIFT(noise(size, size + 1, 3), 3, 90, maxLevel=2) for size in (1, 2, 3, 5)],
    "empty": lambda: SHIFT(np.zeros((0, 4, 3), np.uint8), 3, 90),
}
ERRORS = {
    "levels": lambda: SHIFT(photo(), 3, 9, maxLevel=9),
    "negative_levels": lambda: SHIFT(photo(), 3, 9, maxLevel=-1),
    "grey": lambda: SHIFT(photo(channels=1), 3, 9),
    "depth": lambda: SHIFT(photo().astype(np.float32), 3, 9),
}


@pytest.mark.parametrize("name", CASES)
def test_segmentation(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_segmentation_errors(name, parity):
    parity.raised(ERRORS[name])
