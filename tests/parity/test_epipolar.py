"""Two views of a scene."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise

K = np.array([[500.0, 0, 320], [0, 510, 240], [0, 0, 1]])
TURN = cv2.Rodrigues(np.array([0.05, -0.2, 0.1]))[0]
SHIFT = np.array([1.0, 0.2, -0.1])
P1 = np.hstack([K, np.zeros((3, 1))])
P2 = K @ np.column_stack([TURN, SHIFT])
SKEW = np.array([[0, -SHIFT[2], SHIFT[1]], [SHIFT[2], 0, -SHIFT[0]], [-SHIFT[1], SHIFT[0], 0]])
F = np.linalg.inv(K).T @ SKEW @ TURN @ np.linalg.inv(K)
WORLD = np.random.default_rng(3).random((30, 3)) * [4, 3, 5] + [-2, -1.5, 4]


def view(projection, error=0.0, seed=0):
    points = np.column_stack([WORLD, np.ones(len(WORLD))]) @ projection.T
    return points[:, :2] / points[:, 2:] + np.random.default_rng(seed).normal(0, error, (len(WORLD), 2))


A, B = view(P1, 0.5, 1), view(P2, 0.5, 2)
ROWS, COLUMN = (1, -1, 2), (-1, 1, 2)
HOMOGENEOUS = np.random.default_rng(4).normal(size=(12, 3))
NUMBERS = noise(12, 3, dtype=np.int32) // 2**24
ZEROS = np.array([[1.0, 2, 0], [3, 4, 1e-9], [5, 6, 1e-20]])

triangulate, lines = cv2.triangulatePoints, cv2.computeCorrespondEpilines
from_homogeneous, to_homogeneous = cv2.convertPointsFromHomogeneous, cv2.convertPointsToHomogeneous
DTYPES = (np.int32, np.float32, np.float64)


def written():
    target = np.empty((4, len(A)))
    result = triangulate(P1, P2, A.T, B.T, target)
    return result, result is target


CASES = {
    "triangulate": lambda: triangulate(P1, P2, A.T, B.T),
    "triangulate_exact": lambda: triangulate(P1, P2, view(P1).T, view(P2).T),
    "triangulate_float": lambda: triangulate(P1, P2, A.T.astype(np.float32), B.T.astype(np.float32)),
    "triangulate_pairs": lambda: triangulate(P1, P2, A.reshape(ROWS), B.reshape(COLUMN)),
    "triangulate_normalised": lambda: triangulate(
        np.eye(3, 4),
        np.column_stack([TURN, SHIFT]),
        (A.T - [[320], [240]]) / 500,
        (B.T - [[320], [240]]) / 500,
    ),
    "triangulate_rows": lambda: triangulate(P1, P2, A[:2], B[:2]),
    "triangulate_one": lambda: triangulate(P1, P2, A[:1].T, B[:1].T),
    "triangulate_many": lambda: triangulate(P1, P2, np.tile(A.T, 40), np.tile(B.T, 40)),
    "triangulate_dtypes": lambda: triangulate(P1.astype(np.float32), P2.round().astype(int), A.T, B.T),
    "triangulate_dst": written,
    "triangulate_none": lambda: triangulate(P1, P2, A.T[:, :0], B.T[:, :0]),
    "triangulate_same": lambda: triangulate(np.eye(3, 4), np.eye(3, 4), A.T, A.T),
    "correct": lambda: cv2.correctMatches(F, A.reshape(ROWS), B.reshape(ROWS)),
    "correct_column": lambda: cv2.correctMatches(F, A.reshape(COLUMN), B.reshape(COLUMN)),
    "correct_float": lambda: cv2.correctMatches(
        F.astype(np.float32), A.reshape(ROWS).astype(np.float32), B.reshape(ROWS).astype(np.float32)
    ),
    "lines": lambda: [lines(A, image, F) for image in (1, 2)],
    "lines_dtypes": lambda: [lines(A.astype(t), 1, F) for t in DTYPES],
    "lines_shapes": lambda: [lines(A.reshape(s), 1, F.astype(np.float32)) for s in (ROWS, COLUMN)],
    "lines_homogeneous": lambda: lines(np.column_stack([A, B[:, 0]]), 2, F),
    "lines_none": lambda: lines(A[:0], 1, F),
    "from": lambda: [from_homogeneous((HOMOGENEOUS * 9).astype(t)) for t in DTYPES],
    "from_4": lambda: [from_homogeneous((HOMOGENEOUS.reshape(9, 4) * 9).astype(t)) for t in DTYPES],
    "from_shapes": lambda: [from_homogeneous(HOMOGENEOUS.reshape(s)) for s in ((12, 1, 3), (1, 12, 3))],
    "from_dtype": lambda: [
        from_homogeneous((HOMOGENEOUS * 9).astype(t), dtype=d)
        for t in DTYPES
        for d in (cv2.CV_32F, cv2.CV_64F)
    ],
    "from_infinity": lambda: [from_homogeneous(ZEROS.astype(t)) for t in DTYPES],
    "to": lambda: [to_homogeneous(a.astype(t)) for a in (A, HOMOGENEOUS * 9) for t in DTYPES],
    "to_shapes": lambda: [to_homogeneous(A.reshape(s)) for s in (ROWS, COLUMN)],
    "to_dtype": lambda: [
        to_homogeneous(A.astype(t), dtype=d) for t in DTYPES for d in (cv2.CV_32F, cv2.CV_64F)
    ],
    "to_none": lambda: (to_homogeneous(A[:0]), from_homogeneous(HOMOGENEOUS[:0])),
    "sampson": lambda: cv2.sampsonDistance(np.append(A[0], 1), np.append(B[0], 1), F),
    "sampson_column": lambda: cv2.sampsonDistance(
        np.append(A[1], 1)[:, None], np.append(B[2], 1)[:, None], F
    ),
}
ERRORS = {
    "triangulate_dtypes": lambda: triangulate(P1, P2, A.T.astype(np.float32), B.T),
    "triangulate_integers": lambda: triangulate(P1, P2, A.T.astype(int), B.T.astype(int)),
    "triangulate_numbers": lambda: triangulate(P1, P2, A.T[:, :3], B.T),
    "triangulate_projection": lambda: triangulate(P1[:2], P2, A.T, B.T),
    "triangulate_no_projection": lambda: triangulate(None, P2, A.T, B.T),
    "correct_dtypes": lambda: cv2.correctMatches(F, A.reshape(ROWS).astype(np.float32), B.reshape(ROWS)),
    "correct_numbers": lambda: cv2.correctMatches(F, A.reshape(ROWS), B[:5].reshape(ROWS)),
    "correct_flat": lambda: cv2.correctMatches(F, A, B),
    "correct_channels": lambda: cv2.correctMatches(F, A[:, :1], B[:, :1]),
    "lines_points": lambda: lines(np.zeros((5, 5)), 1, F),
    "lines_bytes": lambda: lines(A.astype(np.uint8), 1, F),
    "lines_matrix": lambda: lines(A, 1, F[:2]),
    "from_2": lambda: from_homogeneous(A),
    "from_bytes": lambda: from_homogeneous(HOMOGENEOUS.astype(np.uint8)),
    "from_dtype": lambda: from_homogeneous(HOMOGENEOUS, dtype=cv2.CV_32S),
    "to_5": lambda: to_homogeneous(np.zeros((3, 5))),
    "to_bytes": lambda: to_homogeneous(A.astype(np.uint8)),
    "to_dtype": lambda: to_homogeneous(A, dtype=cv2.CV_32S),
    "sampson_float": lambda: cv2.sampsonDistance(HOMOGENEOUS[0].astype(np.float32), HOMOGENEOUS[1], F),
}


@pytest.mark.parametrize("name", CASES)
def test_epipolar(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_epipolar_errors(name, parity):
    parity.raised(ERRORS[name])
