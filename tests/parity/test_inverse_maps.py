"""Maps that undo a rectification."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

CAMERA = np.array([[50.0, 0, 32], [0, 48, 24], [0, 0, 1]])
NEW_CAMERA = np.array([[45.0, 0, 30], [0, 47, 25], [0, 0, 1]])
LENS = np.array([0.1, -0.05, 0.001, 0.002, 0.01])
SIZE = (64, 48)


def turn():
    return cv2.Rodrigues(np.array([0.02, 0.01, -0.03]))[0]


def maps(kind=cv2.CV_32FC1, camera=CAMERA, lens=LENS, rotation=None, new_camera=NEW_CAMERA, size=SIZE):
    rotation = turn() if rotation is None else rotation
    return cv2.initInverseRectificationMap(camera, lens, rotation, new_camera, size, kind)


def fixed(kind):
    """Of the second map natively nothing is ever set."""
    map1, map2 = maps(kind)
    return map1, map2.shape, map2.dtype.name


def written():
    targets = np.zeros((48, 64), np.float32), np.zeros((48, 64), np.float32)
    results = cv2.initInverseRectificationMap(CAMERA, LENS, None, CAMERA, SIZE, cv2.CV_32FC1, *targets)
    return results, [result is target for result, target in zip(results, targets, strict=True)]


def second_left_alone():
    target = np.full((48, 64), 7, np.uint16)
    result = cv2.initInverseRectificationMap(CAMERA, LENS, None, CAMERA, SIZE, 0, map2=target)
    return result, result[1] is target


CASES = {
    "two_maps": maps,
    "one_map": lambda: maps(cv2.CV_32FC2),
    "fixed": lambda: fixed(cv2.CV_16SC2),
    "fixed_zero": lambda: fixed(0),
    "fixed_negative": lambda: fixed(-1),
    "no_lens": lambda: maps(lens=None),
    "nothing": lambda: cv2.initInverseRectificationMap(CAMERA, None, None, None, SIZE, cv2.CV_32FC2),
    "wide": lambda: maps(new_camera=np.hstack([NEW_CAMERA, np.ones((3, 1))])),
    "column": lambda: maps(lens=LENS[:4].reshape(-1, 1), rotation=np.eye(3)),
    "fourteen": lambda: maps(lens=np.linspace(-0.01, 0.015, 14)),
    "float32": lambda: maps(camera=CAMERA.astype(np.float32), new_camera=NEW_CAMERA.astype(np.float32)),
    "one_pixel": lambda: maps(size=(1, 1)),
    "written": written,
    "second_left_alone": second_left_alone,
}
ERRORS = {
    "type": lambda: maps(cv2.CV_64FC1),
    "lens": lambda: maps(lens=LENS[:3]),
    "camera": lambda: maps(camera=CAMERA[:2]),
    "camera_and_no_new": lambda: maps(camera=CAMERA[:2], new_camera=None),
    "new_camera": lambda: maps(new_camera=NEW_CAMERA[:2]),
    "rotation": lambda: maps(rotation=np.array([0.02, 0.01, -0.03])),
    "size": lambda: maps(size=(0, 0)),
    "missing": lambda: cv2.initInverseRectificationMap(CAMERA, LENS, None, CAMERA, SIZE),
}


@pytest.mark.parametrize("name", CASES)
def test_inverse_maps(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_inverse_maps_errors(name, parity):
    parity.raised(ERRORS[name])
