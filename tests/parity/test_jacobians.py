"""Projected points with their derivatives."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

CAMERA = np.array([[500.0, 0, 320], [0, 480, 240], [0, 0, 1]])
LENS = np.array([0.1, -0.05, 0.001, 0.002, 0.01])
TURN, SHIFT = np.array([0.1, 0.2, 0.3]), np.array([0.2, 0.1, 5.0])
POINTS = np.random.default_rng(0).uniform(-1, 1, (12, 3))


def projected(points=POINTS, turn=TURN, shift=SHIFT, camera=CAMERA, lens=LENS, **settings):
    return cv2.projectPointsSepJ(points, turn, shift, camera, lens, **settings)


def written():
    targets = np.zeros((1, 12, 2)), np.zeros((24, 3)), np.zeros((3, 24))
    results = projected(imagePoints=targets[0], dpdr=targets[1], dpdt=targets[2])
    return results, [result is target for result, target in zip(results, targets, strict=False)]


CASES = {
    "plain": projected,
    "float32": lambda: projected(POINTS.astype(np.float32), lens=None),
    "all_float32": lambda: projected(
        *(array.astype(np.float32) for array in (POINTS, TURN, SHIFT, CAMERA, LENS))
    ),
    "aspect_ratio": lambda: projected(aspectRatio=1.5),
    "matrix": lambda: projected(turn=cv2.Rodrigues(TURN)[0]),
    "no_turn": lambda: projected(turn=np.zeros(3)),
    "columns": lambda: projected(turn=TURN.reshape(3, 1), shift=SHIFT.reshape(3, 1), lens=LENS.reshape(5, 1)),
    "fourteen": lambda: projected(lens=np.linspace(-0.02, 0.03, 14)),
    "eight": lambda: projected(lens=np.linspace(-0.02, 0.03, 8)),
    "channels": lambda: projected(POINTS.reshape(1, 12, 3)),
    "one_point": lambda: projected(POINTS[:1]),
    "transposed": lambda: projected(POINTS.T.copy()),
    "three_points": lambda: projected(POINTS[:3]),
    "written": written,
}
ERRORS = {
    "camera": lambda: projected(camera=CAMERA[:2]),
    "pairs": lambda: projected(POINTS[:, :2]),
    "no_triples": lambda: projected(POINTS[:4, :2]),
    "dtype": lambda: projected(POINTS.astype(np.int32)),
    "turn": lambda: projected(turn=TURN[:2]),
    "shift": lambda: projected(shift=SHIFT.astype(np.int32)),
    "lens": lambda: projected(lens=LENS[:3]),
    "missing": lambda: cv2.projectPointsSepJ(POINTS, TURN, SHIFT, CAMERA),
}


@pytest.mark.parametrize("name", CASES)
def test_jacobians(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_jacobians_errors(name, parity):
    parity.raised(ERRORS[name])
