"""Filter kernels."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import noise, photo

SHARPEN = np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], np.float32)

F32, F64 = cv2.CV_32F, cv2.CV_64F

CASES = {
    "gaussian_sigma": lambda: [cv2.getGaussianKernel(size, 1.3) for size in range(1, 24)],
    "gaussian_no_sigma": lambda: [cv2.getGaussianKernel(size, 0) for size in range(1, 14)],
    "gaussian_negative_sigma": lambda: [cv2.getGaussianKernel(size, -1, F32) for size in (3, 4, 11, 31)],
    "gaussian_float": lambda: cv2.getGaussianKernel(ksize=7, sigma=0.5, ktype=F32),
    "sobel": lambda: [
        cv2.getDerivKernels(dx, dy, size)
        for size in (1, 3, 5, 7, 13, 29)
        for dx, dy in ((1, 0), (0, 1), (1, 1), (2, 0), (1, 2))
        if size >= 3 or max(dx, dy) < 3
    ],
    "sobel_normalised": lambda: [
        cv2.getDerivKernels(1, 2, size, normalize=True, ktype=F64) for size in (3, 9)
    ],
    "scharr": lambda: [
        cv2.getDerivKernels(dx, 1 - dx, size) for dx in (0, 1) for size in (0, cv2.FILTER_SCHARR)
    ],
    "scharr_normalised": lambda: cv2.getDerivKernels(1, 0, -1, None, None, True, F64),
    "gabor": lambda: cv2.getGaborKernel((21, 21), 5.0, 0.7, 10.0, 0.5),
    "gabor_own_size": lambda: [
        cv2.getGaborKernel((-1, 0), 2.2, theta, 5, 1.2, 0, F32) for theta in (0, 0.5, 2)
    ],
    "gabor_even": lambda: cv2.getGaborKernel((4, 7), 2, 0.3, 3, 1, psi=1, ktype=F64),
    "gabor_degenerate": lambda: [
        cv2.getGaborKernel((5, 5), 1, 1, 1, 0),
        cv2.getGaborKernel((0, 0), 1, 1, 1, 0),
        cv2.getGaborKernel((5, 5), 0, 1, 1, 1),
        cv2.getGaborKernel((3, 3), 1, 1, 0, 1),
    ],
    "filter": lambda: cv2.filter2Dp(photo(), SHARPEN),
    "filter_scale": lambda: cv2.filter2Dp(photo(), np.ones((3, 5), np.float64), scale=1 / 15, shift=3.5),
    "filter_whole_kernel": lambda: cv2.filter2Dp(
        noise(9, 12), np.eye(3, dtype=np.int8), scale=0.3, ddepth=F32
    ),
    "filter_anchor": lambda: cv2.filter2Dp(
        noise(9, 12), SHARPEN, anchorX=0, anchorY=2, borderType=cv2.BORDER_REPLICATE, ddepth=cv2.CV_16S
    ),
}
ERRORS = {
    "filter_anchor": lambda: cv2.filter2Dp(photo(), SHARPEN, anchorX=3),
    "filter_no_kernel": lambda: cv2.filter2Dp(photo(), None),
    "filter_depth": lambda: cv2.filter2Dp(photo().astype(np.float64), SHARPEN, ddepth=0),
    "gaussian_size": lambda: cv2.getGaussianKernel(0, 1),
    "gaussian_type": lambda: cv2.getGaussianKernel(3, 1, cv2.CV_8U),
    "gaussian_no_type": lambda: cv2.getGaussianKernel(3, 1, 99),
    "gaussian_bool_type": lambda: cv2.getGaussianKernel(3, 1, cv2.CV_Bool),
    "sobel_even": lambda: cv2.getDerivKernels(1, 0, 4),
    "sobel_too_large": lambda: cv2.getDerivKernels(1, 0, 33),
    "sobel_type": lambda: cv2.getDerivKernels(1, 0, 3, ktype=0),
    "sobel_no_order": lambda: cv2.getDerivKernels(0, 0, 3),
    "sobel_high_order": lambda: cv2.getDerivKernels(3, 0, 3),
    "scharr_order": lambda: cv2.getDerivKernels(1, 1, -1),
    "scharr_type": lambda: cv2.getDerivKernels(1, 0, -1, ktype=0),
    "gabor_type": lambda: cv2.getGaborKernel((3, 3), 1, 1, 1, 1, ktype=0),
}


@pytest.mark.parametrize("name", CASES)
def test_kernels(name, parity):
    if name == "filter_scale":
        parity(CASES[name](), levels=1, because="the engine's SIMD adds the products in another order")
    else:
        parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_kernels_errors(name, parity):
    parity.raised(ERRORS[name])
