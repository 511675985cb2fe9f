"""The nearest points of an ellipse."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, polygon

CLOSEST = cv2.getClosestEllipsePoints
POINTS = (noise(60, 1, 2, dtype=np.float32) * 100).astype(np.float32)

CASES = {
    "wide": lambda: CLOSEST(((40, 50), (80, 30), 20), POINTS),
    "high": lambda: CLOSEST(((40.5, 50.25), (30, 80.5), -75.5), POINTS),
    "circle": lambda: CLOSEST(((40, 50), (60, 60), 0), POINTS),
    "whole": lambda: CLOSEST(((40, 50), (60, 20), 45), polygon()),
    "flat": lambda: CLOSEST(((40, 50), (60, 20), 45), POINTS[:, 0]),
    "row": lambda: CLOSEST(((40, 50), (60, 20), 45), POINTS.reshape(1, -1, 2)),
    "fitted": lambda: CLOSEST(((39.5, 46.0), (74.0, 51.5), 101.5), polygon().astype(np.float32)),
    "centre": lambda: CLOSEST(((4, 5), (8, 3), 0), np.array([[4, 5], [8, 5], [4, 6.5]], np.float32)),
    "no_width": lambda: CLOSEST(((4, 5), (8, 0), 0), POINTS[:3]),
}
ERRORS = {
    "none": lambda: cv2.getClosestEllipsePoints(((5.0, 5.0), (4.0, 3.0), 10.0), None),
    "double": lambda: CLOSEST(((4, 5), (8, 3), 0), POINTS.astype(np.float64)),
    "three": lambda: CLOSEST(((4, 5), (8, 3), 0), np.zeros((4, 3), np.float32)),
}


@pytest.mark.parametrize("name", CASES)
def test_ellipses(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_ellipses_errors(name, parity):
    parity.raised(ERRORS[name])
