"""A first guess of a camera matrix."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

CAMERA = np.array([[500.0, 0, 320], [0, 480, 240], [0, 0, 1]])
SIZE = (640, 480)
BOARD = np.zeros((20, 3), np.float32)
BOARD[:, :2] = np.mgrid[:5, :4].T.reshape(-1, 2)
TURNS = ((0.3, 0.2, 0.1), (-0.4, 0.1, 0.2), (0.1, -0.5, 0.0))


def seen(turn, noise=0.0):
    points, _ = cv2.projectPoints(BOARD, np.array(turn), np.array([0, 0, 12.0]), CAMERA, None)
    return (points + np.random.default_rng(3).normal(0, 1, points.shape) * noise).astype(np.float32)


def camera(*args, boards=(BOARD,) * 3, images=None, noise=0.0, size=SIZE, **settings):
    images = [seen(turn, noise) for turn in TURNS] if images is None else images
    return cv2.initCameraMatrix2D(boards, images, size, *args, **settings)


def lifted():
    board = BOARD.copy()
    board[:, 2] = 2
    board[3, 2] = 1
    return board


CASES = {
    "plain": camera,
    "noise": lambda: camera(noise=0.5),
    "no_ratio": lambda: camera(0),
    "ratio": lambda: camera(aspectRatio=1.3),
    "no_size": lambda: camera(size=(0, 0)),
    "lifted": lambda: camera(boards=[lifted()] * 3),
    "one_view": lambda: camera(boards=[BOARD], images=[seen(TURNS[0])]),
    "shapes": lambda: camera(
        boards=[BOARD.reshape(1, -1, 3)] * 3, images=[seen(turn).reshape(-1, 2) for turn in TURNS]
    ),
    "arrays": lambda: camera(boards=np.stack([BOARD] * 3), images=np.stack([seen(turn) for turn in TURNS])),
}
ERRORS = {
    "views": lambda: camera(boards=[BOARD] * 2),
    "no_views": lambda: camera(boards=[], images=[]),
    "counts": lambda: camera(images=[seen(turn)[:5] for turn in TURNS]),
    "board_dtype": lambda: camera(boards=[BOARD.astype(np.float64)] * 3),
    "image_dtype": lambda: camera(images=[seen(turn).astype(np.float64) for turn in TURNS]),
    "no_points": lambda: camera(boards=[BOARD[:0]] * 3),
    "no_image_points": lambda: camera(images=[seen(turn)[:0] for turn in TURNS]),
    "pairs": lambda: camera(boards=[BOARD[:, :2].copy()] * 3),
    "missing": lambda: cv2.initCameraMatrix2D([BOARD], [seen(TURNS[0])]),
}


@pytest.mark.parametrize("name", CASES)
def test_first_cameras(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_first_cameras_errors(name, parity):
    parity.raised(ERRORS[name])
