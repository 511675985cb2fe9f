"""The geometry of two views, found in spite of outliers; projections taken apart."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

K = np.array([[500.0, 0, 320], [0, 510, 240], [0, 0, 1]])
K2 = np.array([[520.0, 0, 310], [0, 515, 235], [0, 0, 1]])
D = np.array([0.05, -0.02, 0.001, 0.002])
TURN = cv2.Rodrigues(np.array([0.05, -0.2, 0.1]))[0]
SHIFT = np.array([1.0, 0.2, -0.1])
SKEW = np.array([[0, -SHIFT[2], SHIFT[1]], [SHIFT[2], 0, -SHIFT[0]], [-SHIFT[1], SHIFT[0], 0]])
P = K @ np.column_stack([TURN, SHIFT])

fundamental, essential, pose = cv2.findFundamentalMat, cv2.findEssentialMat, cv2.recoverPose
decompose = cv2.decomposeProjectionMatrix


def views(count, outliers=0.0, noise=0.3, seed=0, cameras=(K, K)):
    """Two views of points before both cameras, in pixels."""
    generator = np.random.default_rng(seed)
    world = generator.random((count, 3)) * [4, 3, 5] + [-2, -1.5, 4]
    seen = []
    for camera, places in zip(cameras, (world, world @ TURN.T + SHIFT), strict=True):
        image = places @ camera.T
        seen.append(image[:, :2] / image[:, 2:] + generator.normal(0, noise, (count, 2)))
    wrong = int(count * outliers)
    seen[1][:wrong] = generator.random((wrong, 2)) * [640, 480]
    return seen


def found(count, outliers, seed, **options):
    return fundamental(*views(count, outliers, seed=seed), **options)


def homogeneous(points):
    return np.column_stack([points * 2, np.full(len(points), 2.0)])


def written(function, target):
    result = function(target)
    return result, any(part is target for part in result)


A, B = views(60, 0.2)
A2, B2 = views(60, 0.2, cameras=(K, K2))
E = SKEW @ TURN
MATRIX = np.random.default_rng(8).normal(size=(3, 4)) * 3
R1, T1, R2, T2 = (np.random.default_rng(k).normal(size=(3, 1)) for k in range(4))
RANSAC, LMEDS = cv2.RANSAC, cv2.LMEDS

CASES = {
    "fundamental": lambda: [found(80, share, seed) for seed in range(3) for share in (0, 0.2, 0.5)],
    "fundamental_median": lambda: [found(80, 0.3, seed, method=cv2.FM_LMEDS) for seed in range(3)],
    "fundamental_few": lambda: [found(count, 0, 1) for count in (14, 15)],
    "fundamental_eight": lambda: [found(count, 0, 2, method=cv2.FM_8POINT) for count in (8, 40)],
    "fundamental_seven": lambda: [found(7, 0, seed, method=cv2.FM_7POINT) for seed in range(6)],
    "fundamental_six": lambda: found(6, 0, 0),
    "fundamental_options": lambda: fundamental(A, B, cv2.FM_RANSAC, 1.0, 0.9, 50),
    "fundamental_odd_options": lambda: fundamental(A, B, cv2.FM_RANSAC, -1.0, 2.0),
    "fundamental_homogeneous": lambda: fundamental(homogeneous(A), homogeneous(B)),
    "fundamental_shapes": lambda: fundamental(A.reshape(-1, 1, 2), B.reshape(1, -1, 2)),
    "fundamental_float": lambda: fundamental(A.astype(np.float32), B.astype(np.float32)),
    "fundamental_integers": lambda: fundamental(
        A.astype(np.int32), B.astype(np.int32), ransacReprojThreshold=2
    ),
    "fundamental_same": lambda: fundamental(A * 0, B, cv2.FM_8POINT),
    "fundamental_mask": lambda: written(lambda m: fundamental(A, B, mask=m), np.zeros((60, 1), np.uint8)),
    "essential": lambda: [
        essential(*views(50, share, seed=seed), K) for seed in range(3) for share in (0, 0.2, 0.5)
    ],
    "essential_median": lambda: [essential(*views(50, 0.2, seed=seed), K, method=LMEDS) for seed in range(3)],
    "essential_focal": lambda: essential(A, B, 505.0, (320.0, 240.0)),
    "essential_normalised": lambda: essential((A - [320, 240]) / 505, (B - [320, 240]) / 505, threshold=1e-3),
    "essential_five": lambda: [essential(*views(5, 0, seed=seed), K) for seed in range(5)],
    "essential_four": lambda: essential(*views(4), K),
    "essential_options": lambda: essential(A, B, K, RANSAC, 0.9, 0.5, 20),
    "essential_cameras": lambda: essential(A2, B2, K, D, K2, None),
    "essential_shapes": lambda: essential(A.reshape(-1, 1, 2), B.reshape(-1, 1, 2).astype(np.float32), K),
    "essential_integers": lambda: essential(A.astype(np.int32), B.astype(np.int32), K.astype(np.float32)),
    "essential_mask": lambda: written(lambda m: essential(A, B, K, mask=m), np.zeros((60, 1), np.uint8)),
    "decompose_essential": lambda: cv2.decomposeEssentialMat(essential(A, B, K)[0]),
    "decompose_essential_row": lambda: cv2.decomposeEssentialMat(essential(A, B, K)[0].reshape(1, 9)),
    "pose": lambda: pose(E, A, B, K),
    "pose_opposite": lambda: [pose(-E, A, B, K), pose(E.T, B, A, K)],
    "pose_focal": lambda: pose(E, A, B, focal=505.0, pp=(320.0, 240.0)),
    "pose_default": lambda: pose(E, (A - [320, 240]) / 505, (B - [320, 240]) / 505),
    "pose_distance": lambda: pose(E, *views(30, noise=0.01), K, distanceThresh=8.5),
    "pose_mask": lambda: written(
        lambda m: pose(E, A, B, K, mask=m), (np.arange(60)[:, None] % 3).astype(np.uint8)
    ),
    "pose_flat_mask": lambda: pose(E, A, B, K, mask=(np.arange(60) % 2).astype(np.uint8)),
    "pose_cameras": lambda: pose(A2, B2, K, None, K2, D),
    "projection": lambda: [decompose(m) for m in (P, -P, MATRIX, MATRIX * [-1, 1, 1, 1])],
    "projection_dtypes": lambda: [decompose((MATRIX * 9).astype(t)) for t in (np.float32, np.int32)],
    "projection_pose": lambda: decompose(np.hstack([TURN, SHIFT[:, None]])),
    "product": lambda: cv2.matMulDeriv(MATRIX, MATRIX.T),
    "product_float": lambda: cv2.matMulDeriv(MATRIX.astype(np.float32), MATRIX.T.astype(np.float32).copy()),
    "compose": lambda: cv2.composeRT(R1, T1, R2, T2),
    "compose_flat": lambda: cv2.composeRT(*(v.ravel() for v in (R1, T1, R2, T2))),
    "compose_float": lambda: cv2.composeRT(R1.astype(np.float32), T1, R2, T2.astype(np.float32)),
    "compose_nothing": lambda: cv2.composeRT(R1 * 0, T1, R2 * 0, T2),
}
ERRORS = {
    "fundamental_numbers": lambda: fundamental(A, B[:20]),
    "fundamental_points": lambda: fundamental(np.zeros((9, 5)), B),
    "fundamental_missing": lambda: fundamental(None, None),
    "essential_numbers": lambda: essential(A, B[:20], K),
    "essential_camera": lambda: essential(A, B, K[:2]),
    "essential_confidence": lambda: essential(A, B, K, prob=1.0),
    "essential_cameras": lambda: essential(A, B, np.eye(3), D, np.eye(3) * 3, D),
    "essential_none": lambda: essential(A[:0], B[:0], K),
    "decompose_size": lambda: cv2.decomposeEssentialMat(np.eye(4)),
    "decompose_shape": lambda: cv2.decomposeEssentialMat(np.zeros((2, 3))),
    "decompose_integers": lambda: cv2.decomposeEssentialMat(np.eye(3, dtype=np.int32)),
    "decompose_none": lambda: cv2.decomposeEssentialMat(None),
    "pose_mask": lambda: pose(E, A, B, K, mask=np.ones(20, np.uint8)),
    "pose_matrix": lambda: pose(E[:2], A, B, K),
    "pose_numbers": lambda: pose(E, A, B[:5], K),
    "pose_float": lambda: pose(E.astype(np.float32), A.astype(np.float32), B.astype(np.float32), K),
    "pose_camera": lambda: pose(E, A, B, K[:2]),
    "projection_size": lambda: decompose(MATRIX[:, :3]),
    "projection_none": lambda: decompose(None),
    "product_sizes": lambda: cv2.matMulDeriv(MATRIX, MATRIX),
    "product_dtypes": lambda: cv2.matMulDeriv(MATRIX, MATRIX.T.astype(np.float32)),
    "product_integers": lambda: cv2.matMulDeriv(MATRIX.astype(np.int32), MATRIX.T.astype(np.int32)),
    "compose_row": lambda: cv2.composeRT(R1.T, T1.T, R2.T, T2.T),
    "compose_shapes": lambda: cv2.composeRT(R1, T1, R2, T2.T),
    "compose_integers": lambda: cv2.composeRT(R1.astype(np.int32), T1, R2, T2),
    "compose_two": lambda: cv2.composeRT(R1[:2], T1[:2], R2[:2], T2[:2]),
}


@pytest.mark.parametrize("name", CASES)
def test_two_views(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_two_views_errors(name, parity):
    parity.raised(ERRORS[name])
