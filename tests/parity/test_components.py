"""Connected components by a named algorithm."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import blobs, noise, photo

ALGORITHMS = (
    cv2.CCL_DEFAULT,
    cv2.CCL_WU,
    cv2.CCL_GRANA,
    cv2.CCL_BOLELLI,
    cv2.CCL_SAUF,
    cv2.CCL_BBDT,
    cv2.CCL_SPAGHETTI,
)


def images():
    yield blobs()
    for share in (80, 130, 180):
        for shape in ((40, 51), (1, 30), (31, 1), (120, 161)):
            yield (noise(*shape, seed=share) < share).astype(np.uint8)
    yield np.zeros((5, 6), np.uint8)
    yield np.ones((5, 6), np.uint8)


def labels(connectivity, algorithm, depth=cv2.CV_32S):
    return [cv2.connectedComponentsWithAlgorithm(image, connectivity, depth, algorithm) for image in images()]


def stats(connectivity, algorithm, depth=cv2.CV_32S):
    find = cv2.connectedComponentsWithStatsWithAlgorithm
    return [find(image, connectivity, depth, algorithm) for image in images()]


CASES = {
    **{f"{c}_{a}": lambda c=c, a=a: labels(c, a) for c in (4, 8) for a in ALGORITHMS},
    **{f"stats_{c}_{a}": lambda c=c, a=a: stats(c, a) for c in (4, 8) for a in ALGORITHMS},
    "short": lambda: labels(8, cv2.CCL_WU, cv2.CV_16U),
    "stats_short": lambda: stats(8, cv2.CCL_SAUF, cv2.CV_16U),
}
ERRORS = {
    "algorithm": lambda: cv2.connectedComponentsWithAlgorithm(blobs(), 8, cv2.CV_32S, 9),
    "connectivity": lambda: cv2.connectedComponentsWithAlgorithm(blobs(), 6, cv2.CV_32S, 0),
    "type": lambda: cv2.connectedComponentsWithAlgorithm(blobs(), 8, cv2.CV_8U, 0),
    "colour": lambda: cv2.connectedComponentsWithAlgorithm(photo(), 8, cv2.CV_32S, 0),
    "depth": lambda: cv2.connectedComponentsWithAlgorithm(blobs().astype(np.float32), 8, cv2.CV_32S, 0),
}


@pytest.mark.parametrize("name", CASES)
def test_components(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_components_errors(name, parity):
    parity.raised(ERRORS[name])
