"""Neighbourhoods, thresholds and colours: images of any shape, dtype and strides."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.made_up import Family

BORDERS = (
    *(cv2.BORDER_CONSTANT, cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT, cv2.BORDER_REFLECT_101),
    *(cv2.BORDER_REFLECT | cv2.BORDER_ISOLATED, cv2.BORDER_WRAP),
)
DEPTHS = (-1, cv2.CV_8U, cv2.CV_16S, cv2.CV_32F, cv2.CV_64F)
KERNEL_SIZES = ((1, 1), (3, 3), (5, 3), (2, 4), (31, 1))
KERNELS = (
    ((1,),),
    ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    ((0.25, 0.5), (-0.5, 1)),
)
OPERATIONS = (
    *(cv2.MORPH_ERODE, cv2.MORPH_DILATE, cv2.MORPH_OPEN, cv2.MORPH_CLOSE, cv2.MORPH_GRADIENT),
    *(cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT, cv2.MORPH_HITMISS),
)
THRESHOLDS = (
    *(cv2.THRESH_BINARY, cv2.THRESH_BINARY_INV, cv2.THRESH_TRUNC, cv2.THRESH_TOZERO, cv2.THRESH_TOZERO_INV),
    *(cv2.THRESH_OTSU, cv2.THRESH_TRIANGLE | cv2.THRESH_BINARY_INV),
)
COLOURS = (
    *("BGR2GRAY", "RGB2GRAY", "BGR2RGB", "RGB2BGR", "BGRA2BGR", "RGBA2BGR", "BGR2BGRA", "GRAY2BGR"),
    *("GRAY2RGB", "GRAY2BGRA", "BGRA2GRAY", "BGR2YCrCb", "BGR2YUV", "BGR2XYZ", "BGR2HSV", "BGR2Lab"),
    *("BGR2Luv", "YUV2BGR", "YCrCb2BGR", "XYZ2BGR", "BGR2YUV_I420", "BGR2BGR565"),
)


def morphology(image, operation, shape, size, border, iterations):
    kernel = cv2.getStructuringElement(shape, size)
    return cv2.morphologyEx(image, operation, kernel, iterations=iterations, borderType=border)


FAMILIES = {
    "blur": Family(lambda a, size, border: cv2.blur(a, size, borderType=border), (KERNEL_SIZES, BORDERS)),
    "boxFilter": Family(
        lambda a, depth, size, normalize: cv2.boxFilter(a, depth, size, normalize=normalize),
        (DEPTHS, KERNEL_SIZES, (True, False)),
        dtypes=("uint8", "uint16", "float32", "float64"),  # natively CV_8U has 255 for a negative integer
    ),
    "GaussianBlur": Family(
        lambda a, size, sigma, border: cv2.GaussianBlur(a, size, sigma, borderType=border),
        (((1, 1), (3, 3), (5, 9), (0, 0), (4, 4)), (0, 1.2, 3), BORDERS),
    ),
    "medianBlur": Family(cv2.medianBlur, ((1, 3, 5, 7, 4),)),
    "filter2D": Family(
        lambda a, depth, kernel, delta, border: cv2.filter2D(
            a, depth, np.float32(kernel), delta=delta, borderType=border
        ),
        (DEPTHS, KERNELS, (0, 3.5), BORDERS),
    ),
    "sepFilter2D": Family(
        lambda a, depth, border: cv2.sepFilter2D(
            a, depth, np.float32([1, 2, 1]), np.float32([-1, 0, 1]), borderType=border
        ),
        (DEPTHS, BORDERS),
    ),
    "Sobel": Family(
        lambda a, depth, orders, size, scale: cv2.Sobel(a, depth, *orders, ksize=size, scale=scale),
        (DEPTHS, ((1, 0), (0, 1), (1, 1), (2, 0)), (1, 3, 5, -1), (1, 0.25)),
    ),
    "Laplacian": Family(
        lambda a, depth, size, delta: cv2.Laplacian(a, depth, ksize=size, delta=delta),
        (DEPTHS, (1, 3, 5), (0, 2)),
    ),
    "bilateralFilter": Family(lambda a, d: cv2.bilateralFilter(a, d, 30, 3), ((1, 5),)),
    "erode": Family(
        lambda a, size, anchor, colour: cv2.erode(
            a, np.ones(size, np.uint8), anchor=anchor, borderType=cv2.BORDER_CONSTANT, borderValue=colour
        ),
        (((1, 1), (3, 2), (5, 5)), ((-1, -1), (0, 0)), (0, 100, (1, 2, 3))),
        channels=(0, 1, 2, 3),  # IPP has no border for a fourth of floats
    ),
    "dilate": Family(lambda a, times: cv2.dilate(a, None, iterations=times), ((0, 1, 3),)),
    "morphologyEx": Family(
        morphology,
        (
            *(OPERATIONS, (cv2.MORPH_RECT, cv2.MORPH_CROSS, cv2.MORPH_ELLIPSE)),
            *(((3, 3), (5, 3), (2, 2)), BORDERS[:5], (1, 2)),
        ),
    ),
    "threshold": Family(
        lambda a, level, top, kind: cv2.threshold(a, level, top, kind),
        ((0, 60, 60.5, -3), (255, 100, 1), THRESHOLDS),
    ),
    "adaptiveThreshold": Family(
        lambda a, method, kind, size, offset: cv2.adaptiveThreshold(a, 255, method, kind, size, offset),
        ((0, 1), (0, 1), (3, 11, 4), (2, -3.5)),
    ),
    "cvtColor": Family(
        lambda a, name: cv2.cvtColor(a, getattr(cv2, f"COLOR_{name}")),
        (COLOURS,),
        dtypes=("uint8", "uint16", "float32", "float64", "int8"),
    ),
    "integral": Family(cv2.integral),
    "Canny": Family(
        lambda a, size, exact: cv2.Canny(a, 50, 150, apertureSize=size, L2gradient=exact),
        ((3, 5), (False, True)),
        dtypes=("uint8", "float32"),
    ),
    "equalizeHist": Family(cv2.equalizeHist, dtypes=("uint8", "uint16"), channels=(0, 1, 3)),
    "calcHist": Family(
        lambda a, channel, bins, top: cv2.calcHist([a], [channel], None, [bins], [0, top]),
        ((0, 2), (1, 16, 256), (256, 100.5)),
    ),
    "distanceTransform": Family(
        lambda a, metric, size: cv2.distanceTransform(cv2.threshold(a, 30, 255, 0)[1], metric, size),
        ((cv2.DIST_L1, cv2.DIST_L2, cv2.DIST_C), (0, 3, 5)),
        dtypes=("uint8",),
        channels=(0, 1),
    ),
    "connectedComponentsWithStats": Family(
        lambda a, connectivity: cv2.connectedComponentsWithStats(
            cv2.threshold(a, 180, 255, 0)[1], connectivity=connectivity
        ),
        ((4, 8),),
        dtypes=("uint8",),
        channels=(0, 1),
    ),
    "findContours": Family(
        lambda a, mode, method: cv2.findContours(cv2.threshold(a, 180, 255, 0)[1], mode, method),
        ((0, 1, 2, 3), (cv2.CHAIN_APPROX_NONE, cv2.CHAIN_APPROX_SIMPLE, cv2.CHAIN_APPROX_TC89_L1)),
        dtypes=("uint8",),
        channels=(0, 1),
    ),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_any_image(name, parity):
    parity.holds_for(FAMILIES[name].inputs, FAMILIES[name].outcome)
