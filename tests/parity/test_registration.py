"""Transforms between point sets with outliers."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

partial, shift = cv2.estimateAffinePartial2D, cv2.estimateTranslation2D
affine, shift_3d = cv2.estimateAffine3D, cv2.estimateTranslation3D

#: What face recognition aligns with.
TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]],
    np.float32,
)


def pairs(count, outliers=0.0, seed=0, noise=0.5):
    generator = np.random.default_rng(seed)
    first = generator.random((count, 2)) * 400
    angle, scale = 0.3 + seed, 0.5 + 0.2 * seed
    turn = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    second = first @ turn + [20, -30] + generator.normal(0, noise, (count, 2))
    second[: int(count * outliers)] = generator.random((int(count * outliers), 2)) * 400
    return first.astype(np.float32), second.astype(np.float32)


def spatial(count, outliers=0.0, seed=0, noise=0.01):
    generator = np.random.default_rng(seed)
    first = generator.random((count, 3)) * 10
    second = first @ generator.random((3, 3)) + [1, 2, 3] + generator.normal(0, noise, (count, 3))
    second[: int(count * outliers)] = generator.random((int(count * outliers), 3)) * 10
    return first, second


def rigid(count):
    first = spatial(count)[0]
    turn = np.linalg.qr(np.random.default_rng(4).random((3, 3)))[0]
    return first, 2.5 * first @ (turn * np.sign(np.linalg.det(turn))) + [3, 2, 1]


def faces(method):
    generator = np.random.default_rng(7)
    results = []
    for _ in range(10):
        landmarks = TEMPLATE * generator.uniform(0.5, 3) + generator.normal(0, 4, (5, 2)) + 40
        results.append(partial(landmarks.astype(np.float32), TEMPLATE, method=method))
    return results


def written(mask):
    result = partial(*pairs(8), mask)
    return result, result[1] is mask


A, B = pairs(30, 0.3)
C, D = spatial(30, 0.3)
TRIPLE = np.float64([[1, 0, 0], [0, 1, 0], [2, 2, 0], [5, 1, 0]])
RANSAC, LMEDS = cv2.RANSAC, cv2.LMEDS

CASES = {
    "partial_faces": lambda: faces(RANSAC),
    "partial_faces_lmeds": lambda: faces(LMEDS),
    "partial_template": lambda: partial(TEMPLATE * 2 + 3, TEMPLATE, method=LMEDS),
    "partial": lambda: [partial(*pairs(60, share, seed)) for seed in range(3) for share in (0, 0.2, 0.6)],
    "partial_lmeds": lambda: [partial(*pairs(60, 0.3, seed), method=LMEDS) for seed in range(5)],
    "partial_mostly_wrong": lambda: partial(*pairs(100, 0.9, noise=0.1)),
    "partial_hopeless": lambda: partial(*pairs(20, 1.0), ransacReprojThreshold=0.5),
    "partial_threshold": lambda: partial(A, B, ransacReprojThreshold=0.7),
    "partial_iterations": lambda: [partial(A, B, maxIters=k, refineIters=3) for k in (0, 1, 2)],
    "partial_unrefined": lambda: partial(A, B, refineIters=0, confidence=0.5),
    "partial_two": lambda: partial(A[-2:], B[-2:]),
    "partial_three": lambda: partial(A[-3:], B[-3:]),
    "partial_three_lmeds": lambda: partial(A[-3:], B[-3:], method=LMEDS),
    "partial_same": lambda: partial(np.zeros((6, 2)), np.ones((6, 2))),
    "partial_same_lmeds": lambda: partial(np.zeros((6, 2)), np.ones((6, 2)), method=LMEDS),
    "partial_nan": lambda: partial(A * np.nan, B),
    "partial_shapes": lambda: partial(A.reshape(-1, 1, 2), B.reshape(1, -1, 2)),
    "partial_integers": lambda: partial(A.astype(np.int32), B.astype(np.int64)),
    "partial_doubles": lambda: partial(A.astype(np.float64), B.astype(np.float64)),
    "partial_mask": lambda: written(np.zeros((8, 1), np.uint8)),
    "partial_mask_row": lambda: written(np.zeros((1, 8), np.uint8)),
    "partial_mask_unfit": lambda: written(np.zeros((3, 1), np.uint8)),
    "shift": lambda: [shift(A, A + np.float32([3, -4]) + B % 1, refineIters=k) for k in (0, 5)],
    "shift_lmeds": lambda: shift(A, A + np.float32([3, -4]) + B % 1, method=LMEDS),
    "shift_outliers": lambda: shift(A, B, ransacReprojThreshold=20),
    "shift_one": lambda: shift(A[:1], B[:1]),
    "shift_nan": lambda: shift(A * np.nan, B, method=LMEDS),
    "affine": lambda: [affine(*spatial(40, share, seed)) for seed in range(3) for share in (0, 0.2, 0.4)],
    "affine_threshold": lambda: affine(C, D, ransacThreshold=0.05, confidence=0.9),
    "affine_odd_arguments": lambda: affine(C, D, ransacThreshold=-1, confidence=5),
    "affine_four": lambda: affine(C[-4:], D[-4:]),
    "affine_three": lambda: affine(C[:3], D[:3]),
    "affine_points": lambda: affine(C.reshape(-1, 1, 3), D.astype(np.float32)),
    "affine_same": lambda: affine(C * 0, D),
    "rotation": lambda: affine(*rigid(12), force_rotation=True),
    "rotation_noise": lambda: affine(C, D, force_rotation=True),
    "rotation_free": lambda: affine(C, D, force_rotation=False),
    "rotation_mirrored": lambda: affine(C, C * [-1, 1, 1], force_rotation=True),
    "mirrored": lambda: affine(C, C * [-1, 1, 1], force_rotation=False),
    "rotation_plane": lambda: affine(TRIPLE, TRIPLE[:, [1, 2, 0]] * 2 + 1, force_rotation=True),
    "plane": lambda: affine(TRIPLE, TRIPLE[:, [1, 2, 0]] * 2 + 1, force_rotation=False),
    "shift_3d": lambda: shift_3d(C, C + [1, 2, 3] + D % 0.1),
    "shift_3d_outliers": lambda: shift_3d(C, D, ransacThreshold=2),
    "shift_3d_four": lambda: shift_3d(C[:4], C[:4] + 2),
    "shift_3d_three": lambda: shift_3d(C[:3], C[:3] + 2),
}
ERRORS = {
    "partial_numbers": lambda: partial(A, B[:5]),
    "partial_one": lambda: partial(A[:1], B[:1]),
    "partial_flat": lambda: partial(A.reshape(-1), B),
    "partial_3d": lambda: partial(np.zeros((6, 3)), B),
    "partial_none": lambda: partial(None, None),
    "partial_method": lambda: partial(A, B, method=3),
    "partial_confidence": lambda: partial(A, B, confidence=1),
    "partial_iterations": lambda: partial(A, B, maxIters=-1),
    "partial_refinement": lambda: partial(A, B, refineIters=-1),
    "shift_numbers": lambda: shift(A, B[:5]),
    "shift_none": lambda: shift(A[:0], B[:0]),
    "shift_3d_points": lambda: shift(C, D),
    "shift_method": lambda: shift(A, B, method=3),
    "affine_numbers": lambda: affine(C, D[:5]),
    "affine_two": lambda: affine(C[:2], D[:2]),
    "affine_2d": lambda: affine(A, B),
    "rotation_two": lambda: affine(C[:2], D[:2], force_rotation=True),
    "rotation_numbers": lambda: affine(C, D[:5], force_rotation=True),
    "rotation_same": lambda: affine(C * 0, D, force_rotation=True),
    "shift_3d_numbers": lambda: shift_3d(C, D[:5]),
    "shift_3d_2d": lambda: shift_3d(A, B),
    "shift_3d_none": lambda: shift_3d(C[:0], D[:0]),
}


@pytest.mark.parametrize("name", CASES)
def test_registration(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_registration_errors(name, parity):
    parity.raised(ERRORS[name])
