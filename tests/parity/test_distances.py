"""Distances between all pairs of vectors."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise

COMBINATIONS = [
    ("uint8", cv2.CV_32S, norm) for norm in (cv2.NORM_L1, cv2.NORM_L2SQR, cv2.NORM_HAMMING, cv2.NORM_HAMMING2)
] + [
    (dtype, cv2.CV_32F, norm)
    for dtype in ("uint8", "float32")
    for norm in (cv2.NORM_L1, cv2.NORM_L2SQR, cv2.NORM_L2)
]


def vectors(count, dtype, seed):
    return noise(count, 32, dtype=dtype, seed=seed)


def updated():
    first, parts = vectors(9, "uint8", 1), [vectors(20, "uint8", seed) for seed in (2, 3)]
    nearest = cv2.batchDistance(first, parts[0], -1, normType=cv2.NORM_HAMMING, K=3)
    dist, nidx = cv2.batchDistance(
        first, parts[1], -1, *nearest[:1], nearest[1], normType=cv2.NORM_HAMMING, K=3, update=20
    )
    return dist, nidx, dist is nearest[0], nidx is nearest[1]


MASK = (noise(9, 20, seed=4) > 180).astype(np.uint8)
CASES = {
    "ties": lambda: cv2.batchDistance(
        noise(9, 2, seed=1) & 3, noise(60, 2, seed=2) & 3, -1, normType=cv2.NORM_HAMMING, K=20
    ),
    "masked": lambda: [
        cv2.batchDistance(vectors(9, d, 1), vectors(20, d, 2), -1, K=4, mask=MASK)
        for d in ("uint8", "float32")
    ],
    "masked_out": lambda: cv2.batchDistance(
        vectors(9, "uint8", 1), vectors(20, "uint8", 2), -1, K=1, mask=MASK * 0
    ),
    "updated": updated,
    "mutual_ties": lambda: cv2.batchDistance(
        noise(30, 2, seed=1) & 3,
        noise(40, 2, seed=2) & 3,
        -1,
        normType=cv2.NORM_HAMMING,
        K=1,
        crosscheck=True,
    ),
    "all": lambda: cv2.batchDistance(vectors(3, "float32", 1), vectors(5, "float32", 2), -1, K=99),
    "empty": lambda: cv2.batchDistance(np.empty((0, 0), np.float32), np.empty((0, 0), np.float32), -1, K=1),
    "dst": lambda: cv2.batchDistance(
        vectors(3, "float32", 1),
        vectors(5, "float32", 2),
        -1,
        dist=np.empty((3, 2), np.float32),
        nidx=np.empty((3, 2), np.int32),
        K=2,
    ),
}
BYTES, FLOATS = noise(3, 4), noise(3, 4, dtype=np.float32)
ERRORS = {
    "no_number": lambda: cv2.batchDistance(FLOATS, FLOATS, -1),
    "types": lambda: cv2.batchDistance(FLOATS, BYTES, -1, K=1),
    "lengths": lambda: cv2.batchDistance(FLOATS, FLOATS[:, 1:], -1, K=1),
    "depth": lambda: cv2.batchDistance(FLOATS.astype(float), FLOATS.astype(float), -1, K=1),
    "result": lambda: cv2.batchDistance(FLOATS, FLOATS, cv2.CV_32S, K=1),
    "result_depth": lambda: cv2.batchDistance(BYTES, BYTES, cv2.CV_64F, K=1),
    "norm": lambda: cv2.batchDistance(BYTES, BYTES, cv2.CV_32S, K=1, normType=cv2.NORM_L2),
    "hamming": lambda: cv2.batchDistance(FLOATS, FLOATS, cv2.CV_32F, K=1, normType=cv2.NORM_HAMMING),
    "mutual": lambda: cv2.batchDistance(FLOATS, FLOATS, -1, K=2, crosscheck=True),
}


@pytest.mark.parametrize(("dtype", "result", "norm"), COMBINATIONS)
def test_batch_distance(dtype, result, norm, parity):
    first, second = vectors(25, dtype, 1), vectors(40, dtype, 2)
    parity(
        [cv2.batchDistance(first, second, result, normType=norm, K=count) for count in (1, 7)]
        + [cv2.batchDistance(first, second, result, normType=norm, K=1, crosscheck=True)]
    )


@pytest.mark.parametrize("name", CASES)
def test_distances(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_distances_errors(name, parity):
    parity.raised(ERRORS[name])
