"""Lines with their votes."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from tests.parity.images import blobs, noise, photo

DEGREE = math.pi / 180


def edges():
    image = np.zeros((90, 130), np.uint8)
    for first, second in (
        ((3, 5), (120, 80)),
        ((10, 80), (110, 7)),
        ((0, 40), (129, 40)),
        ((60, 0), (60, 89)),
    ):
        cv2.line(image, first, second, 255, 1, cv2.LINE_8)
    return image


def points(dtype=np.float32):
    y, x = np.nonzero(edges())
    return np.stack([x, y], axis=-1)[:, np.newaxis].astype(dtype)


WITH = cv2.HoughLinesWithAccumulator
OF = cv2.HoughLinesPointSet

CASES = {
    "accumulator_no_image": lambda: cv2.HoughLinesWithAccumulator(None, 1, 0.1, 10),
    "accumulator_row": lambda: cv2.HoughLinesWithAccumulator(np.full(50, 255, np.uint8), 1, 0.1, 10),
    "plain": lambda: WITH(edges(), 1, DEGREE, 40),
    "coarse": lambda: WITH(edges(), 2.5, 3 * DEGREE, 30),
    "fine": lambda: WITH(edges(), 0.5, DEGREE / 3, 25),
    "angles": lambda: WITH(edges(), 1, DEGREE, 20, min_theta=0.3, max_theta=1.9),
    "noise": lambda: WITH((noise(70, 90) > 200).astype(np.uint8), 1, DEGREE, 12),
    "edge_values": lambda: WITH(noise(40, 50) & 15, 1, DEGREE, 200, use_edgeval=True),
    "blobs": lambda: WITH(cv2.Canny(blobs(), 50, 150), 1, DEGREE, 20),
    "none": lambda: WITH(np.zeros((20, 30), np.uint8), 1, DEGREE, 5),
    "one_channel": lambda: WITH(edges()[:, :, np.newaxis], 1, DEGREE, 60),
    "points": lambda: OF(points(), 20, 10, 0, 150, 1, 0, math.pi / 2, DEGREE),
    "points_whole": lambda: OF(points(np.int32), 20, 10, 0, 150, 1.5, 0.1, 2, 2 * DEGREE),
    "points_negative": lambda: OF(points(), 500, 3, -100, 150, 1, -1, 3, DEGREE),
    "points_few": lambda: OF(points(), 1, 10, 0, 150, 1, 0, math.pi, DEGREE),
    "points_none": lambda: OF(points(), 9, 10**6, 0, 150, 1, 0, math.pi, DEGREE),
    "points_flat": lambda: OF(points().reshape(1, -1, 2), 9, 10, 0, 150, 1, 0, math.pi, DEGREE),
}
ERRORS = {
    "no_points": lambda: cv2.HoughLinesPointSet(None, 5, 1, 0, 20, 1, 0, 3, 0.1),
    "colour": lambda: WITH(photo(), 1, DEGREE, 5),
    "depth": lambda: WITH(edges().astype(np.float32), 1, DEGREE, 5),
    "points_rows": lambda: OF(points()[:, 0], 9, 10, 0, 150, 1, 0, math.pi, DEGREE),
    "points_depth": lambda: OF(points(np.float64), 9, 10, 0, 150, 1, 0, math.pi, DEGREE),
    "points_max": lambda: OF(points(), 0, 10, 0, 150, 1, 0, math.pi, DEGREE),
    "points_threshold": lambda: OF(points(), 9, -1, 0, 150, 1, 0, math.pi, DEGREE),
    "points_range": lambda: OF(points(), 9, 1, 0, 0, 1, 0, math.pi, DEGREE),
    "points_step": lambda: OF(points(), 9, 1, 0, 9, 0, 0, math.pi, DEGREE),
}


@pytest.mark.parametrize("name", CASES)
def test_hough(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_hough_errors(name, parity):
    parity.raised(ERRORS[name])
