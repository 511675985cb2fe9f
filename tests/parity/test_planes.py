"""Colours from two planes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

CODES = [f"YUV2{order}_{kind}" for kind in ("NV12", "NV21") for order in ("BGR", "RGB", "BGRA", "RGBA")]


def planes(code, height=40, width=54):
    return cv2.cvtColorTwoPlane(noise(height, width), noise(height // 2, width // 2, 2, seed=4), code)


CASES = {
    **{code: lambda code=code: planes(getattr(cv2, f"COLOR_{code}")) for code in CODES},
    "smallest": lambda: planes(cv2.COLOR_YUV2BGR_NV12, 2, 2),
    "photo": lambda: cv2.cvtColorTwoPlane(
        photo(60, 80, 1), np.full((30, 40, 2), 128, np.uint8), cv2.COLOR_YUV2BGR_NV21
    ),
}
ERRORS = {
    "no_brightness": lambda: cv2.cvtColorTwoPlane(None, np.zeros((2, 2, 2), np.uint8), 90),
    "no_colour": lambda: cv2.cvtColorTwoPlane(np.zeros((4, 4), np.uint8), None, 90),
    "code": lambda: planes(cv2.COLOR_YUV2BGR_I420),
    "sizes": lambda: cv2.cvtColorTwoPlane(noise(4, 4), noise(3, 2, 2), cv2.COLOR_YUV2BGR_NV12),
    "depth": lambda: cv2.cvtColorTwoPlane(
        noise(4, 4, dtype=np.float32), noise(2, 2, 2), cv2.COLOR_YUV2BGR_NV12
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_planes(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_planes_errors(name, parity):
    parity.raised(ERRORS[name])
