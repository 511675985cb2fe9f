"""Sizes, places and borders: images of any shape, dtype and strides, resized, warped, padded and joined."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.made_up import DTYPES, RARE_DTYPES, Family

SIZES = ((1, 1), (17, 9), (8, 40), (64, 64), (3, 1))
INTERPOLATIONS = (
    *(cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_AREA, cv2.INTER_LANCZOS4),
    *(cv2.INTER_LINEAR_EXACT, cv2.INTER_NEAREST_EXACT),
)
WARPS = (
    *(cv2.INTER_NEAREST, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4),
    *(cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, cv2.INTER_AREA),
)
BORDERS = (
    *(cv2.BORDER_CONSTANT, cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT, cv2.BORDER_REFLECT_101),
    *(cv2.BORDER_WRAP, cv2.BORDER_TRANSPARENT),
)
COLOURS = (0, 114, (114, 114, 114), (1.5, 2, 3, 4))
AFFINE = (
    ((1, 0, 0), (0, 1, 0)),
    ((1, 0, 3), (0, 1, -2)),
    ((0.5, 0, 1.5), (0, 0.5, 0.25)),
    ((0.8, -0.6, 4), (0.6, 0.8, -3)),
)
PERSPECTIVE = ((0, 0, 1), (0.01, -0.002, 1), (0.001, 0.02, 0.9))
ALL_DTYPES = (*DTYPES, *RARE_DTYPES)


def remap(image, interpolation, border):
    y, x = np.mgrid[: image.shape[0], : image.shape[1] + 2].astype(np.float32)
    return cv2.remap(image, x * 0.75 + 1, y + 0.5, interpolation, borderMode=border, borderValue=(9, 8, 7))


FAMILIES = {
    "resize": Family(lambda a, size, how: cv2.resize(a, size, interpolation=how), (SIZES, INTERPOLATIONS)),
    "resize_factors": Family(
        lambda a, fx, fy, how: cv2.resize(a, None, fx=fx, fy=fy, interpolation=how),
        ((0.5, 1, 2, 1.7), (0.5, 1, 0.3, 3), INTERPOLATIONS),
    ),
    "warpAffine": Family(
        lambda a, m, size, how, border, colour: cv2.warpAffine(
            a, np.float32(m), size, flags=how, borderMode=border, borderValue=colour
        ),
        (AFFINE, SIZES, WARPS, BORDERS[:-1], COLOURS),
    ),
    "warpPerspective": Family(
        lambda a, m, last, size, how, border: cv2.warpPerspective(
            a, np.array([*m, last], np.float64), size, flags=how, borderMode=border
        ),
        (AFFINE, PERSPECTIVE, SIZES, WARPS, BORDERS[:2]),
    ),
    "remap": Family(remap, (WARPS, BORDERS[:-1])),
    "copyMakeBorder": Family(
        lambda a, top, bottom, left, right, border, colour: cv2.copyMakeBorder(
            a, top, bottom, left, right, border, value=colour
        ),
        ((0, 3), (0, 1, 40), (0, 2), (0, 35), BORDERS, COLOURS),
        dtypes=ALL_DTYPES,
    ),
    "flip": Family(cv2.flip, ((-1, 0, 1),), dtypes=ALL_DTYPES),
    "rotate": Family(cv2.rotate, ((0, 1, 2),), dtypes=ALL_DTYPES),
    "transpose": Family(cv2.transpose, dtypes=ALL_DTYPES),
    "repeat": Family(cv2.repeat, ((1, 3), (1, 2)), dtypes=ALL_DTYPES),
    "hconcat": Family(lambda a, b: cv2.hconcat([a, b]), count=2, dtypes=ALL_DTYPES),
    "vconcat": Family(lambda a, b: cv2.vconcat((a, b)), count=2, dtypes=ALL_DTYPES),
    "getRectSubPix": Family(
        lambda a, size, centre: cv2.getRectSubPix(a, size, centre),
        (SIZES[:3], ((3, 4), (0.25, 7.5), (-5, 50))),
    ),
    "pyrDown": Family(lambda a, border: cv2.pyrDown(a, borderType=border), (BORDERS[1:4],)),
    "pyrUp": Family(cv2.pyrUp),
    "warpPolar": Family(
        lambda a, flags: cv2.warpPolar(a, (12, 20), (8, 8), 9.5, flags | cv2.WARP_FILL_OUTLIERS),
        ((cv2.INTER_LINEAR, cv2.WARP_POLAR_LOG | cv2.INTER_NEAREST, cv2.WARP_INVERSE_MAP),),
    ),
    "blobFromImage": Family(
        cv2.dnn.blobFromImage,
        (
            *((1, 1 / 255, 2.5), ((0, 0), *SIZES[1:4]), ((0, 0, 0), (104, 117, 123), 5), (False, True)),
            *((False, True), (cv2.CV_32F, cv2.CV_8U)),
        ),
        dtypes=("uint8",),
    ),
    "blobFromImage_of_floats": Family(
        lambda a, size, mean, crop: cv2.dnn.blobFromImage(a, 1 / 255, size, mean, crop=crop),
        (((0, 0), *SIZES[1:4]), ((0, 0, 0), (0.485, 0.456, 0.406)), (False, True)),
        dtypes=("float32", "float64"),
    ),
    "blobFromImages": Family(
        lambda a, b, size: cv2.dnn.blobFromImages([a, b], 0.5, size, (1, 2, 3), swapRB=True),
        (((0, 0), (9, 7)),),
        count=2,
    ),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_any_image(name, parity):
    parity.holds_for(FAMILIES[name].inputs, FAMILIES[name].outcome)
