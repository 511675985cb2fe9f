"""The tilted integral, and what rectangles have in common."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

DEPTHS = [
    *(("uint8", depth) for depth in (-1, cv2.CV_32S, cv2.CV_32F, cv2.CV_64F)),
    *(("uint16", -1), ("int16", -1), ("float32", -1), ("float32", cv2.CV_32F), ("float64", cv2.CV_64F)),
]
RECTANGLES = [(0, 0, 4, 4), (2, 2, 5, 5), (5, 5, 5, 5), (0.5, -1.5, 3.25, 9), (0, 0, -4, 4), (1, 1, 0, 3)]
CASES = {
    "sizes": lambda: [cv2.integral3(noise(*size)) for size in ((1, 1), (1, 7), (7, 1), (5,), (9, 4), (4, 9))],
    "channels": lambda: [cv2.integral3(photo()), cv2.integral3(noise(6, 7, 5))],
    "empty": lambda: cv2.integral3(np.empty((0, 0), np.uint8)),
    "squares": lambda: cv2.integral3(noise(6, 7), sdepth=cv2.CV_32F, sqdepth=cv2.CV_32F),
    "dst": lambda: cv2.integral3(noise(6, 7), tilted=np.empty((7, 8), np.int32)),
    "intersection": lambda: [cv2.rectangleIntersectionArea(a, b) for a in RECTANGLES for b in RECTANGLES],
    "intersection_arrays": lambda: cv2.rectangleIntersectionArea(np.float64([0, 0, 4, 4]), [1, 1, 2, 2]),
}
ERRORS = {
    "depth": lambda: cv2.integral3(np.ones((3, 4), np.int8)),
    "depths": lambda: cv2.integral3(np.ones((3, 4), np.float32), sdepth=cv2.CV_32S),
    "volume": lambda: cv2.integral3(np.ones((2, 3, 200), np.uint8)),
    "intersection_length": lambda: cv2.rectangleIntersectionArea((0, 0, 4, 4), (5, 5, 5)),
    "intersection_item": lambda: cv2.rectangleIntersectionArea((0, 0, 4, 4), (5, 5, 5, "a")),
    "intersection_number": lambda: cv2.rectangleIntersectionArea(5, (5, 5, 5, 5)),
}


@pytest.mark.parametrize(("dtype", "depth"), DEPTHS)
def test_integral3(dtype, depth, parity):
    parity(cv2.integral3(noise(13, 19, dtype=dtype), sdepth=depth))


@pytest.mark.parametrize("name", CASES)
def test_integrals(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_integrals_errors(name, parity):
    parity.raised(ERRORS[name])
