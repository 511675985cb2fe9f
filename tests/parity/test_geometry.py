"""Resizing, warping, flipping, borders."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

AFFINE = np.array([[0.9, 0.2, 3.5], [-0.15, 1.1, -2.25]], np.float64)
HOMOGRAPHY = np.array([[0.9, 0.1, 4], [-0.1, 1.05, 2], [0.001, -0.0005, 1]], np.float64)
Y, X = np.mgrid[:40, :50].astype(np.float32)
MAP_X, MAP_Y = X * 1.3 + 2.25, Y * 1.2 + np.float32(0.5)
TRIANGLE = np.array([[0, 0], [50, 5], [10, 45]], np.float32)
TRIANGLE_MOVED = np.array([[3, 4], [60, 0], [5, 55]], np.float32)
QUAD = np.array([[0, 0], [60, 4], [55, 50], [-3, 44]], np.float32)
QUAD_MOVED = np.array([[2, 3], [70, 0], [66, 61], [0, 58]], np.float32)

CASES = {
    **{
        f"resize_{name}_{kind}": lambda flag=flag, image=image: cv2.resize(
            image, (47, 35), interpolation=flag
        )
        for name, flag in {
            "nearest": cv2.INTER_NEAREST,
            "nearest_exact": cv2.INTER_NEAREST_EXACT,
            "linear": cv2.INTER_LINEAR,
            "linear_exact": cv2.INTER_LINEAR_EXACT,
            "cubic": cv2.INTER_CUBIC,
            "area": cv2.INTER_AREA,
            "lanczos": cv2.INTER_LANCZOS4,
        }.items()
        for kind, image in {
            "uint8": photo(),
            "grey": photo(channels=1),
            "float32": noise(61, 83, dtype=np.float32),
        }.items()
        if (name, kind) not in {("linear_exact", "float32")}
    },
    "resize_up": lambda: cv2.resize(photo(), (200, 150)),
    "resize_factors": lambda: cv2.resize(photo(), None, fx=0.5, fy=0.25, interpolation=cv2.INTER_AREA),
    "resize_half": lambda: cv2.resize(photo(60, 80), (40, 30), interpolation=cv2.INTER_AREA),
    "resize_16bit": lambda: cv2.resize(noise(30, 40, 3, dtype=np.uint16), (17, 23)),
    "resize_four_channels": lambda: cv2.resize(noise(30, 40, 4), (17, 23)),
    "resize_five_channels": lambda: cv2.resize(noise(30, 40, 5), (17, 23)),
    "flip": lambda: [cv2.flip(photo(), code) for code in (-1, 0, 1)],
    "rotate": lambda: [cv2.rotate(photo(), code) for code in (0, 1, 2)],
    "transpose": lambda: cv2.transpose(photo()),
    "repeat": lambda: cv2.repeat(photo(8, 9), 2, 3),
    "hconcat": lambda: cv2.hconcat([photo(8, 9), photo(8, 4)]),
    "vconcat": lambda: cv2.vconcat([photo(8, 9), photo(3, 9)]),
    "copyMakeBorder": lambda: [
        cv2.copyMakeBorder(photo(12, 14), 2, 3, 4, 5, border)
        for border in (cv2.BORDER_REFLECT, cv2.BORDER_REFLECT_101, cv2.BORDER_REPLICATE, cv2.BORDER_WRAP)
    ],
    "copyMakeBorder_letterbox": lambda: cv2.copyMakeBorder(
        photo(12, 14), 2, 3, 4, 5, cv2.BORDER_CONSTANT, value=(114, 114, 114)
    ),
    "warpAffine": lambda: cv2.warpAffine(photo(), AFFINE, (90, 70)),
    "warpAffine_border": lambda: cv2.warpAffine(
        photo(),
        np.array([[0.9137, 0.2011, 3.5173], [-0.1519, 1.1013, -2.2531]]),
        (90, 70),
        flags=cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(9, 8, 7),
    ),
    "warpAffine_inverse": lambda: cv2.warpAffine(
        photo(),
        AFFINE,
        (90, 70),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT,
    ),
    "warpPerspective": lambda: cv2.warpPerspective(photo(), HOMOGRAPHY, (90, 70)),
    "warpPerspective_cubic": lambda: cv2.warpPerspective(
        photo(channels=1), HOMOGRAPHY, (90, 70), flags=cv2.INTER_CUBIC
    ),
    "remap": lambda: cv2.remap(photo(), MAP_X, MAP_Y, cv2.INTER_LINEAR),
    "remap_nearest": lambda: cv2.remap(
        photo(), MAP_X, MAP_Y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE
    ),
    "convertMaps": lambda: cv2.convertMaps(MAP_X, MAP_Y, cv2.CV_16SC2),
    "warpPolar": lambda: cv2.warpPolar(
        photo(), (64, 72), (40.5, 30.5), 30, cv2.WARP_POLAR_LINEAR | cv2.WARP_FILL_OUTLIERS
    ),
    "getRotationMatrix2D": lambda: cv2.getRotationMatrix2D((10.5, 20), 30, 1.5),
    "getAffineTransform": lambda: cv2.getAffineTransform(TRIANGLE, TRIANGLE_MOVED),
    "getPerspectiveTransform": lambda: cv2.getPerspectiveTransform(QUAD, QUAD_MOVED),
    "invertAffineTransform": lambda: cv2.invertAffineTransform(AFFINE),
    "perspectiveTransform": lambda: cv2.perspectiveTransform(QUAD.reshape(-1, 1, 2), HOMOGRAPHY),
    "transform": lambda: cv2.transform(photo(8, 9), np.array([[0.5, 0.2, 0.1], [1, 0, 0.3]])),
    "getRectSubPix": lambda: cv2.getRectSubPix(photo(), (11, 13), (30.25, 20.75)),
    "undistort": lambda: cv2.undistort(
        photo(), np.array([[80, 0, 41], [0, 80, 30], [0, 0, 1.0]]), np.array([0.1, -0.05, 0.001, 0, 0])
    ),
}


#: Native runs these in SIMD with fused multiply-add, opencv.js in plain C++: sums round differently.
ONE_LEVEL = {"resize_cubic_uint8", "resize_cubic_grey", "resize_16bit", "warpAffine", "warpAffine_inverse"}


@pytest.mark.parametrize("case", CASES)
def test_geometry(case, parity):
    if case in ONE_LEVEL:
        parity(CASES[case](), levels=1, because="native's SIMD rounds the sums differently")
    elif case == "warpPerspective":
        parity(CASES[case](), own_build="its SIMD computes places without fused multiply-add")
    else:
        parity(CASES[case]())
