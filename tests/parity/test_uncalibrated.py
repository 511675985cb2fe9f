"""Rectification by the fundamental matrix alone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

CAMERA = np.array([[500.0, 0, 320], [0, 480, 240], [0, 0, 1]])
SIZE = (640, 480)
POINTS = np.random.default_rng(0).uniform(-1, 1, (25, 3))


def views(turn=(0.02, -0.05, 0.01), shift=(-0.6, 0.05, 0.1)):
    """Where both cameras see the points, off by a fraction of a pixel; the fundamental matrix."""
    generator = np.random.default_rng(1)
    rotation, move = cv2.Rodrigues(np.array(turn))[0], np.array([0, 0, 5.0])
    one = POINTS + move
    other = one @ rotation.T + shift
    seen = [points @ CAMERA.T for points in (one, other)]
    pixels = [points[:, :2] / points[:, 2:] + generator.normal(0, 0.2, (25, 2)) for points in seen]
    x, y, z = shift
    inverse = np.linalg.inv(CAMERA)
    fundamental = inverse.T @ np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]]) @ rotation @ inverse
    return pixels[0].reshape(-1, 1, 2), pixels[1].reshape(-1, 1, 2), fundamental / fundamental[2, 2]


def rectified(*args, dtype=np.float64, shape=(-1, 1, 2), off=0.0, motion=(), **settings):
    one, other, fundamental = views(*motion)
    one[3] += off
    one, other = (points.reshape(shape).astype(dtype) for points in (one, other))
    return cv2.stereoRectifyUncalibrated(one, other, fundamental, SIZE, *args, **settings)


def written(off):
    one, other, fundamental = views()
    targets = np.zeros((3, 3)), np.zeros((3, 3))
    results = cv2.stereoRectifyUncalibrated(one + off, other, fundamental, SIZE, *targets)
    return results, results[1] is targets[0], results[2] is targets[1]


CASES = {
    "plain": rectified,
    "float32": lambda: rectified(dtype=np.float32, shape=(-1, 2)),
    "integers": lambda: rectified(dtype=np.int32),
    "row": lambda: rectified(shape=(1, -1, 2)),
    "outlier": lambda: rectified(off=40.0),
    "outlier_kept": lambda: rectified(off=40.0, threshold=0),
    "threshold": lambda: rectified(threshold=0.5),
    "mirrored": lambda: rectified(motion=((0.02, -0.05, 0.01), (0.6, 0.05, 0.1))),
    "down": lambda: rectified(motion=((0.3, 0.05, -0.2), (0.05, -0.7, 0.2))),
    "matrix_float32": lambda: cv2.stereoRectifyUncalibrated(
        *views()[:2], views()[2].astype(np.float32), (641, 480)
    ),
    "none_near": lambda: written(500.0),
    "written": lambda: written(0.0),
}
ERRORS = {
    "sizes": lambda: cv2.stereoRectifyUncalibrated(views()[0], views()[1][:4], views()[2], SIZE),
    "shapes": lambda: cv2.stereoRectifyUncalibrated(views()[0].reshape(-1, 2), *views()[1:], SIZE),
    "no_points": lambda: cv2.stereoRectifyUncalibrated(views()[0][:0], views()[1][:0], views()[2], SIZE),
    "triples": lambda: cv2.stereoRectifyUncalibrated(POINTS, POINTS, views()[2], SIZE),
    "matrix": lambda: cv2.stereoRectifyUncalibrated(*views()[:2], views()[2][:2], SIZE),
    "missing": lambda: cv2.stereoRectifyUncalibrated(*views()),
}


@pytest.mark.parametrize("name", CASES)
def test_uncalibrated(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_uncalibrated_errors(name, parity):
    parity.raised(ERRORS[name])
