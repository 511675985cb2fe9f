"""Pairs of cameras, and cameras from views of a board."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

K = np.array([[500.0, 0, 320], [0, 510, 240], [0, 0, 1]])
K2 = np.array([[520.0, 0, 310], [0, 515, 235], [0, 0, 1]])
D = np.array([0.1, -0.05, 0.001, 0.002, 0.01])
VECTOR = np.array([[0.01], [0.02], [0.03]])
R = cv2.Rodrigues(VECTOR)[0]
T = np.array([[-0.1], [0.01], [0.005]])
SIZE = (640, 480)
BOARD = np.zeros((20, 3), np.float32)
BOARD[:, :2] = np.mgrid[0:5, 0:4].T.reshape(-1, 2)

rectify, calibrate, fish = cv2.stereoRectify, cv2.calibrateCamera, cv2.fisheye.stereoRectify


def pair(alpha=-1.0, shift=T, **options):
    return rectify(K, D, K2, D, SIZE, R, shift, alpha=alpha, **options)


def views(count=4):
    poses = [(np.array([0.1 * k, 0.2, -0.1 * k]), np.array([-2.0, -1, 8 + k])) for k in range(count)]
    noise = np.random.default_rng(0).normal(0, 0.1, (count, 20, 1, 2))
    seen = [cv2.projectPoints(BOARD, *pose, K, D)[0] for pose in poses]
    return [(image + error).astype(np.float32) for image, error in zip(seen, noise, strict=True)]


def fisheyes(turn=R, flags=0, **options):
    return fish(K, D[:4], K2, D[1:], SIZE, turn, T, flags, **options)


CASES = {
    "pair": lambda: [pair(alpha) for alpha in (-1, 0, 0.4, 1, 3)],
    "pair_free": lambda: pair(0.5, flags=0),
    "pair_size": lambda: pair(0, newImageSize=(320, 200)),
    "pair_vertical": lambda: [pair(0, T[[1, 0, 2]], flags=flags) for flags in (0, cv2.CALIB_ZERO_DISPARITY)],
    "pair_opposite": lambda: pair(0, -T),
    "pair_vector": lambda: rectify(K, D, K2, None, SIZE, VECTOR, T),
    "pair_flat_vector": lambda: rectify(K, None, K2, None, SIZE, VECTOR.ravel(), T, alpha=1),
    "pair_float": lambda: rectify(K.astype(np.float32), D, K2, D, SIZE, R.astype(np.float32), T),
    "region": lambda: [
        cv2.getValidDisparityROI((1, 2, 30, 40), (3, 4, 50, 60), *n)
        for n in ((0, 16, 9), (0, 64, 9), (-3, 5, 4))
    ],
    "fish": lambda: [fisheyes(flags=flags) for flags in (0, cv2.CALIB_ZERO_DISPARITY)],
    "fish_options": lambda: fisheyes(newImageSize=(320, 240), balance=0.5, fov_scale=1.1),
    "fish_vector": lambda: fisheyes(VECTOR.ravel()),
    "fish_float": lambda: fisheyes(R.astype(np.float32)),
    "fish_dst": lambda: fisheyes(R1=np.empty((3, 3), np.float32), P2=np.empty((3, 4), np.float32)),
    "calibrate": lambda: calibrate([BOARD] * 4, views(), SIZE, None, None),
    "calibrate_guess": lambda: calibrate(
        [BOARD] * 4, views(), SIZE, K.copy(), np.zeros(5), flags=cv2.CALIB_USE_INTRINSIC_GUESS
    ),
    "calibrate_flags": lambda: calibrate(
        [BOARD] * 4, views(), SIZE, None, None, flags=cv2.CALIB_FIX_K3 | cv2.CALIB_ZERO_TANGENT_DIST
    ),
    "calibrate_criteria": lambda: calibrate([BOARD] * 4, views(), SIZE, None, None, criteria=(1, 5, 0)),
    "calibrate_arrays": lambda: calibrate(np.array([BOARD] * 4), np.array(views()), SIZE, None, None),
}
ERRORS = {
    "pair_no_shift": lambda: pair(shift=T * 0),
    "pair_missing_shift": lambda: pair(shift=None),
    "pair_row": lambda: pair(shift=T.T),
    "pair_flat_shift": lambda: pair(shift=T.ravel()),
    "pair_camera": lambda: rectify(K[:2], D, K2, D, SIZE, R, T),
    "pair_coefficients": lambda: rectify(K, D[:3], K2, D, SIZE, R, T),
    "fish_rotation": lambda: fisheyes(R[:2]),
    "fish_integers": lambda: fisheyes(np.eye(3, dtype=np.int32)),
    "calibrate_none": lambda: calibrate([], [], SIZE, None, None),
    "calibrate_doubles": lambda: calibrate([BOARD.astype(np.float64)] * 4, views(), SIZE, None, None),
    "calibrate_size": lambda: calibrate([BOARD] * 4, views(), (0, 480), None, None),
}


@pytest.mark.parametrize("name", CASES)
def test_rectification(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_rectification_errors(name, parity):
    parity.raised(ERRORS[name])
