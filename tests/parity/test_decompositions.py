"""Singular values and triangular factors."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise


def matrix(rows, columns, dtype=np.float64, seed=1):
    return noise(rows, columns, dtype=dtype, seed=seed) - dtype(0.4)


def decomposed(rows, columns, dtype=np.float64, flags=0):
    return cv2.SVDecomp(matrix(rows, columns, dtype), flags=flags)


def signless(rows, columns, dtype, flags):
    """LAPACK may turn a singular vector round: what doesn't depend on that."""
    w, u, vt = decomposed(rows, columns, dtype, flags)
    count = len(w)
    return w, u.shape, vt.shape, u[:, :count] @ np.diag(w[:, 0]) @ vt[:count], u @ u.T


def null_space(points, dtype):
    """The homography of pairs of points is the vector that the last row of vt has."""
    here = noise(points, 2, dtype=np.float64) * 100
    there = np.c_[here, np.ones(points)] @ np.array([[1.1, -0.2, 1e-3], [0.1, 0.9, 2e-3], [5, 3, 1]])
    there = there[:, :2] / there[:, 2:]
    one, none = np.ones(points), np.zeros(points)
    source = [*here.T, one]
    rows = [
        np.stack([*source, none, none, none, *(-there[:, 0] * part for part in source)], 1),
        np.stack([none, none, none, *source, *(-there[:, 1] * part for part in source)], 1),
    ]
    w, _, vt = cv2.SVDecomp(np.concatenate(rows).astype(dtype), flags=cv2.SVD_FULL_UV)
    return w, vt


SMALL = [(1, 1), (2, 2), (3, 3), (3, 1), (1, 4), (4, 2), (2, 5), (6, 6), (9, 12), (24, 24), (24, 7)]
LARGE = [(25, 25), (30, 5), (8, 40), (60, 45)]
RIGHT = matrix(4, 2, seed=2)
CASES = {
    "diagonal": lambda: cv2.SVDecomp(np.diag([1.0, -3, 2])),
    "row": lambda: cv2.SVDecomp(np.float32([3, 4])),
    "empty": lambda: cv2.SVDecomp(np.empty((0, 0))),
    "zeros": lambda: cv2.SVDecomp(np.zeros((3, 3), np.float32)),
    "singular": lambda: cv2.SVDecomp(np.ones((3, 3), np.float32)),
    "singular_full": lambda: cv2.SVDecomp(np.outer([1, 2, 3, 4], [2, 0, 1]).astype(np.float32), flags=4),
    "not_a_number": lambda: cv2.SVDecomp(np.where(np.eye(9, 5) > 0, np.nan, matrix(9, 5)), flags=4),
    "infinite": lambda: cv2.SVDecomp(np.float32([[1, 2, 3], [4, np.inf, 6], [7, 8, 1], [1, 2, 2]])),
    "homography": lambda: cv2.SVDecomp(np.array([[1.02, 0.01, 30], [-0.02, 0.98, -12], [1e-5, 2e-5, 1]])),
    "null_space": lambda: [null_space(n, d) for n in (4, 5, 8, 12) for d in (np.float32, np.float64)],
    "large_not_a_number": lambda: cv2.SVDecomp(np.full((30, 5), np.nan)),
    "values_only": lambda: [cv2.SVDecomp(matrix(n, 6), flags=cv2.SVD_NO_UV) for n in (4, 40)],
    "dst": lambda: cv2.SVDecomp(matrix(3, 3), np.empty((3, 1)), np.empty((3, 3)), np.empty((3, 3))),
    "back": lambda: cv2.SVBackSubst(*decomposed(4, 3), RIGHT),
    "back_float": lambda: cv2.SVBackSubst(*decomposed(4, 3, np.float32), RIGHT.astype(np.float32)),
    "back_one": lambda: cv2.SVBackSubst(*decomposed(4, 3), RIGHT[:, :1].copy()),
    "back_none": lambda: cv2.SVBackSubst(*decomposed(4, 3), None),
    "back_wide": lambda: cv2.SVBackSubst(*decomposed(4, 9), RIGHT),
    "back_full": lambda: cv2.SVBackSubst(*decomposed(4, 3, flags=4), RIGHT),
    "back_singular": lambda: cv2.SVBackSubst(*cv2.SVDecomp(np.diag([2.0, 0, 1, 1e-20])), RIGHT),
    "back_row": lambda: [cv2.SVBackSubst(w.T.copy(), u, vt, RIGHT) for w, u, vt in [decomposed(4, 3)]],
    "back_diagonal": lambda: [
        cv2.SVBackSubst(np.diag(w[:, 0]).copy(), u, vt, RIGHT) for w, u, vt in [decomposed(4, 3)]
    ],
}
CAMERA = np.array([[2, 0.3, 0.1], [-0.4, 3, 0.2], [0.05, -0.6, 1.0]])
CASES |= {
    "RQ": lambda: [cv2.RQDecomp3x3(CAMERA.astype(d)) for d in (np.float32, np.float64)],
    "RQ_whole": lambda: cv2.RQDecomp3x3((CAMERA * 9).astype(np.int32)),
    "RQ_turned": lambda: [
        cv2.RQDecomp3x3(np.diag([x, y, z]) @ CAMERA) for x in (1, -1) for y in (1, -1) for z in (1, -1)
    ],
    "RQ_noise": lambda: [cv2.RQDecomp3x3(matrix(3, 3, seed=seed)) for seed in range(20)],
    "RQ_diagonal": lambda: [cv2.RQDecomp3x3(np.diag(d)) for d in ([1.0, 1, 1], [-1.0, 1, 1], [1.0, -1, 1])],
    "RQ_zeros": lambda: cv2.RQDecomp3x3(np.zeros((3, 3))),
}
W, U, VT = np.ones((3, 1)), np.ones((4, 3)), np.ones((3, 3))
BYTES = [array.astype(np.uint8) for array in (W, U, VT)]
ERRORS = {
    "depth": lambda: cv2.SVDecomp(np.ones((2, 2), np.uint8)),
    "channels": lambda: cv2.SVDecomp(np.ones((2, 2, 2))),
    "volume": lambda: cv2.SVDecomp(np.ones((2, 3, 200))),
    "RQ_size": lambda: cv2.RQDecomp3x3(np.ones((3, 4))),
    "RQ_channels": lambda: cv2.RQDecomp3x3(np.ones((3, 3, 2))),
    "RQ_large": lambda: cv2.RQDecomp3x3(CAMERA * 1e12),
    "back_types": lambda: cv2.SVBackSubst(W, U.astype(np.float32), VT, RIGHT),
    "back_nothing": lambda: cv2.SVBackSubst(W, None, VT, RIGHT),
    "back_sizes": lambda: cv2.SVBackSubst(W[1:], U, VT, RIGHT),
    "back_right": lambda: cv2.SVBackSubst(W, U, VT, RIGHT[1:]),
    "back_right_row": lambda: cv2.SVBackSubst(W, U, VT, RIGHT[:, 0].copy()),
    "back_depth": lambda: cv2.SVBackSubst(*BYTES, None),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", SMALL)
def test_small(size, dtype, parity):
    parity([decomposed(*size, dtype, flags) for flags in (0, cv2.SVD_FULL_UV)])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", LARGE)
def test_large(size, dtype, parity):
    parity([signless(*size, dtype, flags) for flags in (0, cv2.SVD_FULL_UV)])


@pytest.mark.parametrize("name", CASES)
def test_decompositions(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_decompositions_errors(name, parity):
    parity.raised(ERRORS[name])
