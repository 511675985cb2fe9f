"""Depth from disparity."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise

D = noise(20, 30, dtype=np.float32) * 60
Q = np.array([[1, 0, 0, -15], [0, 1, 0, -10.5], [0, 0, 0, 300], [0, 0, -0.2, 0.1]])

project = cv2.reprojectImageTo3D


def written(dtype):
    target = np.empty((20, 30, 3), dtype)
    result = project(D, Q, target)
    return result, result is target


CASES = {
    "points": lambda: [project(D.astype(t), Q) for t in (np.uint8, np.int16, np.int32, np.float32)],
    "points_missing": lambda: [
        project(D.astype(t), Q, handleMissingValues=True) for t in (np.int16, np.float32)
    ],
    "points_integers": lambda: [project(D, Q, ddepth=d) for d in (cv2.CV_16S, cv2.CV_32S, cv2.CV_32F)],
    "points_far": lambda: [
        project(D, Q * [[9e4], [9e9], [9e12], [1]], ddepth=d) for d in (cv2.CV_16S, cv2.CV_32S)
    ],
    "points_row": lambda: project(D[0], Q.astype(np.float32)),
    "points_infinite": lambda: project(D, Q * [[1], [1], [1], [0]]),
    "points_none": lambda: (project(D[:0], Q), project(None, Q)),
    "points_dst": lambda: written(np.float32),
    "points_dst_other": lambda: written(np.int16),
}
ERRORS = {
    "points_double": lambda: project(D.astype(np.float64), Q),
    "points_channels": lambda: project(np.dstack([D, D]), Q),
    "points_matrix": lambda: project(D, Q[:3]),
    "points_dtype": lambda: project(D, Q, ddepth=cv2.CV_8U),
}


@pytest.mark.parametrize("name", CASES)
def test_disparity(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_disparity_errors(name, parity):
    parity.raised(ERRORS[name])
