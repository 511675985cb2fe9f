"""Motions that a homography stands for."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

CAMERA = np.array([[500.0, 0, 320], [0, 480, 240], [0, 0, 1]])
HOMOGRAPHY = np.array([[1.1, 0.05, 20], [-0.02, 0.95, -5], [1e-4, 2e-5, 1]])


def of_motion(rotation, shift, normal):
    """The homography of a plane at distance 1."""
    turn, _ = cv2.Rodrigues(np.array(rotation, np.float64))
    moved = turn + np.outer(shift, normal) / np.linalg.norm(normal)
    return CAMERA @ moved @ np.linalg.inv(CAMERA)


def varied():
    generator = np.random.default_rng(4)
    motions = generator.uniform(-0.5, 0.5, (20, 3, 3))
    return [
        cv2.decomposeHomographyMat(of_motion(turn, shift, normal + np.array([0, 0, 2])) * scale, CAMERA)
        for (turn, shift, normal), scale in zip(motions, generator.uniform(-2, 2, 20), strict=True)
    ]


def points(shift=0.0, count=10):
    return (np.random.default_rng(0).random((count, 1, 2)) + shift).astype(np.float32)


def visible(before, after, mask=None, dtype=np.float64):
    _, rotations, _, normals = cv2.decomposeHomographyMat(HOMOGRAPHY, CAMERA)
    rotations, normals = ([array.astype(dtype) for array in arrays] for arrays in (rotations, normals))
    return cv2.filterHomographyDecompByVisibleRefpoints(rotations, normals, before, after, pointsMask=mask)


def written(dtype):
    _, rotations, _, normals = cv2.decomposeHomographyMat(HOMOGRAPHY, CAMERA)
    target = np.zeros((2, 1), dtype)
    return cv2.filterHomographyDecompByVisibleRefpoints(rotations, normals, points(), points(), target)


CASES = {
    "four": lambda: cv2.decomposeHomographyMat(HOMOGRAPHY, CAMERA),
    "float32": lambda: cv2.decomposeHomographyMat(HOMOGRAPHY.astype(np.float32), CAMERA.astype(np.float32)),
    "turned": lambda: cv2.decomposeHomographyMat(of_motion((0.3, 0.2, -0.1), (0, 0, 0), (0, 0, 1)), CAMERA),
    "no_motion": lambda: cv2.decomposeHomographyMat(np.eye(3), CAMERA),
    "flat": lambda: cv2.decomposeHomographyMat(HOMOGRAPHY.ravel(), CAMERA.reshape(9, 1)),
    "three_channels": lambda: cv2.decomposeHomographyMat(HOMOGRAPHY.reshape(3, 1, 3), CAMERA),
    "integers": lambda: cv2.decomposeHomographyMat(
        np.array([[2, 0, 9], [1, 3, 5], [0, 0, 1]]), CAMERA.astype(int)
    ),
    "zeros": lambda: cv2.decomposeHomographyMat(np.zeros((3, 3)), CAMERA),
    "singular_camera": lambda: cv2.decomposeHomographyMat(HOMOGRAPHY, np.zeros((3, 3))),
    "varied": varied,
    "visible": lambda: visible(points(), points()),
    "visible_float32": lambda: visible(points(), points(), dtype=np.float32),
    "visible_none": lambda: visible(points(-3.0), points()),
    "visible_from_one": lambda: visible(points(-9.0), points(3.0)),
    "visible_mask": lambda: visible(points(), points(), np.ones((10, 1), np.uint8)),
    "visible_masked": lambda: visible(points(-3.0), points(), np.zeros(10, np.int8)),
    "visible_mask_row": lambda: visible(points(-1.2), points(), (np.arange(10) % 3 == 0)[None]),
    "visible_written": lambda: written(np.int32),
    "visible_no_motions": lambda: cv2.filterHomographyDecompByVisibleRefpoints([], [], points(), points()),
}
ERRORS = {
    "rows": lambda: cv2.decomposeHomographyMat(HOMOGRAPHY[:2], CAMERA),
    "columns": lambda: cv2.decomposeHomographyMat(np.zeros((3, 4)), CAMERA),
    "camera": lambda: cv2.decomposeHomographyMat(HOMOGRAPHY, CAMERA[:2]),
    "nothing": lambda: cv2.decomposeHomographyMat(None, CAMERA),
    "not_by_three": lambda: cv2.decomposeHomographyMat(np.zeros((2, 2)), CAMERA),
    "no_camera": lambda: cv2.decomposeHomographyMat(HOMOGRAPHY),
    "visible_mask_length": lambda: visible(points(), points(), np.zeros((9, 1), np.uint8)),
    "visible_mask_dtype": lambda: visible(points(), points(), np.zeros((10, 1), np.float32)),
    "visible_dtype": lambda: visible(points().astype(np.float64), points()),
    "visible_no_channels": lambda: visible(points().reshape(-1, 2), points()),
    "visible_fewer_normals": lambda: cv2.filterHomographyDecompByVisibleRefpoints(
        [np.eye(3)] * 2, [np.ones((3, 1))], points(), points()
    ),
    "visible_normal_row": lambda: cv2.filterHomographyDecompByVisibleRefpoints(
        [np.eye(3)], [np.ones((1, 3))], points(), points()
    ),
    "visible_normal_of_two": lambda: cv2.filterHomographyDecompByVisibleRefpoints(
        [np.eye(3)], [np.ones((2, 1))], points(), points()
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_homographies(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_homographies_errors(name, parity):
    parity.raised(ERRORS[name])
