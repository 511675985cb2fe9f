"""Depth images and what they show in space."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

CAMERA = np.array([[500.0, 0, 12], [0, 480, 9.5], [0, 0, 1]])
SKEWED = np.array([[500.0, 2, 12], [0, 480, 9.5], [0, 0, 1]])
POINTS = np.array([[[1, 2], [3.7, 0], [0, 0], [23.9, 18.2]]], np.float32)


def depths(dtype=np.uint16):
    image = np.random.default_rng(0).integers(0, 4000, (19, 24))
    if np.dtype(dtype).kind == "f":
        return (image / 1000).astype(dtype)
    image[0, 0], image[1, 1], image[2, 1] = np.iinfo(dtype).min, np.iinfo(dtype).max, 0
    return image.astype(dtype)


def mask(dtype=np.uint8, least=2000):
    return (depths() > least).astype(dtype)


def special():
    image = depths(np.float32)
    image[0, :5] = np.nan, np.inf, -np.inf, np.finfo(np.float32).tiny, np.finfo(np.float32).max
    return image


def written():
    target = np.zeros((19, 24, 4), np.float32)
    result = cv2.depthTo3d(depths(), CAMERA, target)
    return result, result is target


CASES = {
    **{
        f"points_{dtype}": lambda dtype=dtype: cv2.depthTo3d(depths(dtype), CAMERA)
        for dtype in ("uint16", "int16", "float32", "float64")
    },
    **{
        f"masked_{dtype}": lambda dtype=dtype: cv2.depthTo3d(depths(dtype), CAMERA, mask=mask())
        for dtype in ("uint16", "int16", "float32")
    },
    **{
        f"rescaled_{dtype}_{kind}": lambda dtype=dtype, kind=kind: cv2.rescaleDepth(depths(dtype), kind)
        for dtype in ("uint16", "int16", "float32", "float64")
        for kind in (cv2.CV_32F, cv2.CV_64F)
    },
    "camera_float32": lambda: cv2.depthTo3d(depths(np.float64), CAMERA.astype(np.float32)),
    "skewed": lambda: cv2.depthTo3d(depths(), SKEWED),
    "skewed_masked": lambda: cv2.depthTo3d(depths(), SKEWED, mask=mask()),
    "mask_bool": lambda: cv2.depthTo3d(depths(), CAMERA, mask=mask(bool)),
    "mask_float": lambda: cv2.depthTo3d(depths(), CAMERA, mask=mask(np.float32)),
    "special_masked": lambda: cv2.depthTo3d(special(), CAMERA, mask=np.ones((19, 24), np.uint8))[0, 5:],
    "written": written,
    "empty": lambda: cv2.depthTo3d(depths(np.float32)[:0], CAMERA),
    "factor": lambda: cv2.rescaleDepth(depths(), cv2.CV_32F, depth_factor=5000),
    "sparse": lambda: cv2.depthTo3dSparse(depths(), CAMERA, POINTS),
    "sparse_float": lambda: cv2.depthTo3dSparse(depths(np.float32), CAMERA, POINTS),
    "sparse_whole": lambda: cv2.depthTo3dSparse(depths(), CAMERA, POINTS.astype(np.int32)),
    "sparse_column": lambda: cv2.depthTo3dSparse(depths(), CAMERA, POINTS.reshape(-1, 1, 2)),
    "sparse_skewed": lambda: cv2.depthTo3dSparse(depths(), SKEWED, POINTS),
}
ERRORS = {
    "bytes": lambda: cv2.depthTo3d(depths().astype(np.uint8), CAMERA),
    "channels": lambda: cv2.depthTo3d(np.dstack([depths()] * 2), CAMERA),
    "camera": lambda: cv2.depthTo3d(depths(), CAMERA[:2]),
    "camera_whole": lambda: cv2.depthTo3d(depths(), CAMERA.astype(np.int32)),
    "no_camera": lambda: cv2.depthTo3d(depths(), None),
    "nothing": lambda: cv2.depthTo3d(None, CAMERA),
    "mask_size": lambda: cv2.depthTo3d(depths(), CAMERA, mask=mask()[1:]),
    "mask_channels": lambda: cv2.depthTo3d(depths(), CAMERA, mask=np.dstack([mask()] * 2)),
    "mask_of_nothing": lambda: cv2.depthTo3d(depths(), CAMERA, mask=mask(least=90000)),
    "masked_float64": lambda: cv2.depthTo3d(depths(np.float64), CAMERA, mask=mask()),
    "empty": lambda: cv2.rescaleDepth(depths()[:0], cv2.CV_32F),
    "rescaled_type": lambda: cv2.rescaleDepth(depths(), cv2.CV_16U),
    "rescaled_bytes": lambda: cv2.rescaleDepth(depths().astype(np.uint8), cv2.CV_32F),
    "sparse_int16": lambda: cv2.depthTo3dSparse(depths(np.int16), CAMERA, POINTS),
}


@pytest.mark.parametrize("name", CASES)
def test_depths(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_depths_errors(name, parity):
    parity.raised(ERRORS[name])
