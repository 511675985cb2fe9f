"""Corners worth tracking."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import blobs, noise, photo

GREY = photo(120, 160)[:, :, 0].copy()
HALF = np.zeros_like(GREY)
HALF[20:90, 70:150] = 1

CASES = {
    "no_image": lambda: cv2.goodFeaturesToTrack(None, 50, 0.01, 10),
    "plain": lambda: cv2.goodFeaturesToTrack(GREY, 50, 0.01, 10),
    "no_limit": lambda: cv2.goodFeaturesToTrack(GREY, 0, 0.02, 3.5),
    "close_together": lambda: cv2.goodFeaturesToTrack(GREY, 200, 0.05, 0),
    "distance_of_one": lambda: cv2.goodFeaturesToTrack(GREY, 0, 0.05, 1),
    "far_apart": lambda: cv2.goodFeaturesToTrack(GREY, 9, 0.001, 1000),
    "mask": lambda: cv2.goodFeaturesToTrack(GREY, 30, 0.01, 5, mask=HALF, blockSize=5),
    "bool_mask": lambda: cv2.goodFeaturesToTrack(GREY, 30, 0.01, 5, mask=HALF.astype(bool)),
    "empty_mask": lambda: cv2.goodFeaturesToTrack(GREY, 30, 0.01, 5, mask=np.zeros_like(GREY)),
    "harris": lambda: cv2.goodFeaturesToTrack(GREY, 40, 0.01, 7, useHarrisDetector=True, k=0.05),
    "gradient_size": lambda: cv2.goodFeaturesToTrack(
        GREY, 40, 0.01, 7, mask=HALF, blockSize=3, gradientSize=5
    ),
    "gradient_size_harris": lambda: cv2.goodFeaturesToTrack(
        GREY, 40, 0.01, 7, mask=None, blockSize=7, gradientSize=5, useHarrisDetector=True, k=0.06
    ),
    "float": lambda: cv2.goodFeaturesToTrack(GREY.astype(np.float32) / 255, 40, 0.01, 7),
    "equal_corners": lambda: cv2.goodFeaturesToTrack(blobs(), 0, 0.1, 2),
    "noise": lambda: cv2.goodFeaturesToTrack(noise(97, 131), 0, 0.01, 2),
    "flat": lambda: cv2.goodFeaturesToTrack(np.full((30, 40), 9, np.uint8), 10, 0.1, 5),
    "small": lambda: [cv2.goodFeaturesToTrack(noise(n, n), 10, 0.1, 1) for n in (1, 2, 3, 4)],
    "empty": lambda: cv2.goodFeaturesToTrack(np.zeros((0, 5), np.uint8), 10, 0.1, 1),
    "corners_given": lambda: cv2.goodFeaturesToTrack(GREY, 9, 0.1, 5, np.empty((9, 1, 2), np.float32)),
    "quality": lambda: cv2.goodFeaturesToTrackWithQuality(GREY, 40, 0.01, 7, None),
    "quality_keywords": lambda: cv2.goodFeaturesToTrackWithQuality(
        GREY, 40, 0.01, 7, HALF, blockSize=5, gradientSize=5, useHarrisDetector=True, k=0.05
    ),
    "quality_flat": lambda: cv2.goodFeaturesToTrackWithQuality(np.zeros((9, 9), np.uint8), 4, 0.1, 1, None),
}
ERRORS = {
    "quality_level": lambda: cv2.goodFeaturesToTrack(GREY, 50, 0, 10),
    "distance": lambda: cv2.goodFeaturesToTrack(GREY, 50, 0.1, -1),
    "max_corners": lambda: cv2.goodFeaturesToTrack(GREY, -1, 0.1, 1),
    "mask_size": lambda: cv2.goodFeaturesToTrack(GREY, 5, 0.1, 1, mask=HALF[1:]),
    "mask_type": lambda: cv2.goodFeaturesToTrack(GREY, 5, 0.1, 1, mask=HALF.astype(np.float32)),
    "colour": lambda: cv2.goodFeaturesToTrack(photo(), 5, 0.1, 1),
    "depth": lambda: cv2.goodFeaturesToTrack(GREY.astype(np.int16), 5, 0.1, 1),
    "even_gradient": lambda: cv2.goodFeaturesToTrack(GREY, 5, 0.1, 1, mask=None, blockSize=3, gradientSize=4),
}


@pytest.mark.parametrize("name", CASES)
def test_features_to_track(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_features_to_track_errors(name, parity):
    parity.raised(ERRORS[name])
