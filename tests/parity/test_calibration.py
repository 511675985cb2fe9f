"""Calibration from views of a board, and the fisheye model's projection."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise

BOARD = np.array([[x, y, 0] for y in range(5) for x in range(6)], np.float32)
CAMERA = np.array([[100.0, 0, 60], [0, 105, 50], [0, 0, 1]])
LENS = np.array([0.05, -0.02, 0.001, -0.002, 0.0])
POSES = [
    ((0.1, -0.2, 0.05), (-2, -2, 12.0)),
    ((-0.3, 0.15, 0.3), (-3, -1, 11.0)),
    ((0.2, 0.4, -0.2), (-2.5, -2.5, 14.0)),
    ((-0.4, -0.3, 0.1), (-2, -2, 10.0)),
]
SIZE = (120, 100)

fisheye = cv2.fisheye
SPACE = np.array([[x, y, (x * y) % 3] for x in range(4) for y in range(4)], np.float64).reshape(-1, 1, 3)
TURN, SHIFT = np.array([0.1, -0.2, 0.3]), np.array([0.5, -0.3, 8.0])
FISH_LENS = np.array([0.1, -0.05, 0.001, -0.002])


def views():
    """The board as a camera saw it, up to a tenth of a pixel."""
    found = []
    for number, (turn, shift) in enumerate(POSES):
        points = cv2.projectPoints(BOARD, np.array(turn), np.array(shift, np.float64), CAMERA, LENS)[0]
        jitter = noise(*points.shape, dtype=np.float32, seed=number) * 0.2 - 0.1
        found.append(points.astype(np.float32) + jitter.reshape(points.shape))
    return found


def extended(flags=0, camera=None, lens=None, **kwargs):
    return cv2.calibrateCameraExtended(
        [BOARD] * len(POSES), views(), SIZE, camera, lens, flags=flags, **kwargs
    )


def projected(points=SPACE, **kwargs):
    return fisheye.projectPoints(points, TURN, SHIFT, CAMERA, FISH_LENS, **kwargs)


def maps(kind, rotation=None, new=CAMERA):
    return fisheye.initUndistortRectifyMap(CAMERA, FISH_LENS, rotation, new, SIZE, kind)


CASES = {
    "extended_few": lambda: extended(cv2.CALIB_FIX_K3 | cv2.CALIB_ZERO_TANGENT_DIST),
    "extended_guess": lambda: extended(
        cv2.CALIB_USE_INTRINSIC_GUESS | cv2.CALIB_FIX_PRINCIPAL_POINT | cv2.CALIB_FIX_K3,
        CAMERA.copy(),
        np.zeros(5),
        criteria=(cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 50, 1e-9),
    ),
    "project": projected,
    "project_float": lambda: projected(SPACE.astype(np.float32)),
    "project_skewed": lambda: projected(alpha=0.1),
    "maps_fixed": lambda: maps(cv2.CV_16SC2),
    "maps_float": lambda: maps(cv2.CV_32FC1),
    "maps_turned": lambda: maps(cv2.CV_32FC1, cv2.Rodrigues(TURN)[0], CAMERA * 0.8),
    "maps_identity": lambda: maps(cv2.CV_32FC1, np.eye(3), np.eye(3)),
}
ERRORS = {
    "extended_views": lambda: cv2.calibrateCameraExtended([BOARD], [], SIZE, None, None),
    "extended_points": lambda: cv2.calibrateCameraExtended([BOARD], [views()[0][:5]], SIZE, None, None),
    "project_shape": lambda: projected(SPACE.reshape(-1, 3)),
    "project_lens": lambda: fisheye.projectPoints(SPACE, TURN, SHIFT, CAMERA, FISH_LENS[:3]),
}


@pytest.mark.parametrize("name", CASES)
def test_calibration(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_calibration_errors(name, parity):
    parity.raised(ERRORS[name])
