"""Disparities of two views."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise

TEXTURE = cv2.GaussianBlur(noise(90, 200), (0, 0), 1)
LEFT = TEXTURE[:, 20:180].copy()
RIGHT = np.hstack([TEXTURE[:, 26:106], TEXTURE[:, 112:192]]).copy()


def changed(matcher, **values):
    for name, value in values.items():
        getattr(matcher, f"set{name}")(value)
    return matcher


def colour(image):
    return np.dstack([image, image // 2, 255 - image])


BM = {
    "plain": lambda: cv2.StereoBM_create(16, 9),
    "wide": lambda: cv2.StereoBM_create(32, 15),
    "xsobel": lambda: changed(cv2.StereoBM_create(16, 9), PreFilterType=cv2.STEREO_BM_PREFILTER_XSOBEL),
    "normalized": lambda: changed(
        cv2.StereoBM_create(16, 9), PreFilterType=cv2.STEREO_BM_PREFILTER_NORMALIZED_RESPONSE
    ),
    "unique": lambda: changed(cv2.StereoBM_create(16, 9), UniquenessRatio=15, TextureThreshold=40),
    "speckles": lambda: changed(cv2.StereoBM_create(16, 9), SpeckleWindowSize=30, SpeckleRange=2),
    "minimum": lambda: changed(cv2.StereoBM_create(32, 9), MinDisparity=-8, Disp12MaxDiff=1),
    "regions": lambda: changed(cv2.StereoBM_create(16, 9), ROI1=(5, 5, 120, 70), ROI2=(8, 5, 120, 70)),
}
SGBM = {
    "plain": lambda: cv2.StereoSGBM_create(0, 16, 5),
    "penalties": lambda: cv2.StereoSGBM_create(0, 16, 5, P1=200, P2=800, disp12MaxDiff=1),
    "hh": lambda: cv2.StereoSGBM_create(0, 16, 5, 200, 800, mode=cv2.STEREO_SGBM_MODE_HH),
    "three_ways": lambda: cv2.StereoSGBM_create(0, 16, 5, 200, 800, mode=cv2.STEREO_SGBM_MODE_SGBM_3WAY),
    "hh4": lambda: cv2.StereoSGBM_create(0, 16, 5, 200, 800, mode=cv2.STEREO_SGBM_MODE_HH4),
    "unique": lambda: cv2.StereoSGBM_create(-4, 32, 3, uniquenessRatio=10, preFilterCap=31),
    "speckles": lambda: cv2.StereoSGBM_create(0, 16, 5, speckleWindowSize=30, speckleRange=2),
}
ERRORS = {
    "sizes": lambda: BM["plain"]().compute(LEFT, RIGHT[:40]),
    "depths": lambda: BM["plain"]().compute(LEFT.astype(np.float32), RIGHT.astype(np.float32)),
    "even_block": lambda: cv2.StereoBM_create(16, 8).compute(LEFT, RIGHT),
    "disparities": lambda: cv2.StereoBM_create(17, 9).compute(LEFT, RIGHT),
    "sgbm_types": lambda: SGBM["plain"]().compute(LEFT, colour(RIGHT)),
    "missing": lambda: BM["plain"]().compute(LEFT),
    "region": lambda: BM["plain"]().setROI1((1, 2, 3)),
    "no_object": lambda: cv2.StereoSGBM_create("x"),
}


@pytest.mark.parametrize("case", BM)
def test_block_matching(case, parity):
    parity(BM[case]().compute(LEFT, RIGHT))


@pytest.mark.parametrize("case", SGBM)
def test_semi_global_matching(case, parity):
    parity(SGBM[case]().compute(LEFT, RIGHT))


def test_colours(parity):
    parity(SGBM["penalties"]().compute(colour(LEFT), colour(RIGHT)))


def test_float_disparities_are_written_to_the_array(parity):
    disparity = np.zeros(LEFT.shape, np.float32)
    result = BM["plain"]().compute(LEFT, RIGHT, disparity)
    parity([result, result is disparity])


def test_given_array(parity):
    disparity = np.zeros(LEFT.shape, np.int16)
    result = SGBM["plain"]().compute(LEFT, RIGHT, disparity=disparity)
    parity([result, result is disparity])


@pytest.mark.parametrize("case", ERRORS)
def test_bad_input(case, parity):
    parity.raised(ERRORS[case])
