"""Calibrated cameras: modules/geometry/src/pinhole.cpp and calibration_base.cpp."""

from __future__ import annotations

import math

import numpy as np

from .._errors import failed_assertion, opencv_error
from ._arrays import Array, empty_operand
from ._distortion import Criteria, Rectangle, clipped, matrix_of, rectangles, to_integer, undistorted
from ._points import count_of

__all__ = [
    "calibrationMatrixValues",
    "getOptimalNewCameraMatrix",
    "undistortImagePoints",
    "undistortPoints",
]

_SOURCE = "geometry/src/pinhole.cpp"


def undistortPoints(
    src: Array | None,
    dst: Array | None,
    cameraMatrix: Array | None,
    distCoeffs: Array | None,
    R: Array | None,
    P: Array | None,
    criteria: Criteria,
) -> Array | None:
    """Points without distortion, (n, 1, 2) of the dtype of ``src``: float32 or float64.

    Raises
    ------
    cv2.error
        ``src`` holds no points or no floats; a matrix of another shape; criteria that never end.
    """
    if src is None:
        raise empty_operand()
    if count_of(src, 2) < 0:
        src = src.swapaxes(0, 1) if src.ndim > 1 else src[:, None]
    count = count_of(src, 2)
    if count < 0 or src.dtype not in (np.float32, np.float64):
        condition = "npoints >= 0 && src.isContinuous() && (depth == CV_32F || depth == CV_64F)"
        raise failed_assertion(condition, "undistortPoints", f"{_SOURCE}:335")
    if not count:
        return None
    points = undistorted(src.reshape(-1, 2), cameraMatrix, distCoeffs, R, P, criteria)
    with np.errstate(over="ignore"):
        result = points.astype(src.dtype).reshape(-1, 1, 2)
    if dst is not None and dst.shape == (1, count, 2):
        return result.reshape(1, -1, 2)
    return result


def undistortImagePoints(
    src: Array | None,
    dst: Array | None,
    cameraMatrix: Array | None,
    distCoeffs: Array | None,
    arg1: Criteria,
) -> Array | None:
    """As :func:`undistortPoints`, back in the image."""
    return undistortPoints(src, dst, cameraMatrix, distCoeffs, None, cameraMatrix, arg1)


def calibrationMatrixValues(
    cameraMatrix: Array | None, imageSize: tuple[int, int], apertureWidth: float, apertureHeight: float
) -> tuple[float, float, float, tuple[float, float], float]:
    """Fields of view in degrees, focal length, principal point, aspect ratio.

    Raises
    ------
    cv2.error
        ``cameraMatrix`` is not 3x3.
    """
    if cameraMatrix is None or cameraMatrix.shape[:2] != (3, 3):
        text = "Size of cameraMatrix must be 3x3!"
        name = "Sizes of input arguments do not match"
        raise opencv_error(-209, name, text, "calibrationMatrixValues", f"{_SOURCE}:74")
    fx, fy, cx, cy = (np.float64(cameraMatrix[at]) for at in ((0, 0), (1, 1), (0, 2), (1, 2)))
    width, height = imageSize
    with np.errstate(all="ignore"):
        aspect = fy / fx
        if apertureWidth != 0 and apertureHeight != 0:
            mx, my = np.float64(width) / apertureWidth, np.float64(height) / apertureHeight
        else:
            mx, my = np.float64(1), aspect
        across = (math.atan2(cx, fx) + math.atan2(width - cx, fx)) * (180 / math.pi)
        down = (math.atan2(cy, fy) + math.atan2(height - cy, fy)) * (180 / math.pi)
        return across, down, float(fx / mx), (float(cx / mx), float(cy / my)), float(aspect)


def getOptimalNewCameraMatrix(
    cameraMatrix: Array | None,
    distCoeffs: Array | None,
    imageSize: tuple[int, int],
    alpha: float,
    newImgSize: tuple[int, int],
    centerPrincipalPoint: bool,
) -> tuple[Array, Rectangle]:
    """A camera matrix, float64 (3, 3), that keeps all (``alpha`` 1) or only valid pixels; their rectangle.

    Raises
    ------
    cv2.error
        As :func:`undistortPoints`.
    """
    size = newImgSize if newImgSize[0] * newImgSize[1] else imageSize
    camera, coefficients = matrix_of(cameraMatrix), distCoeffs
    with np.errstate(all="ignore"):
        if centerPrincipalPoint:
            return _centred(camera, coefficients, imageSize, alpha, size)
        inner, outer = rectangles(camera, coefficients, None, None, imageSize)
        kept = np.empty((2, 2))
        for axis in (0, 1):
            ends = [(size[axis] - 1) / rectangle[axis + 2] for rectangle in (inner, outer)]
            starts = [-end * rectangle[axis] for end, rectangle in zip(ends, (inner, outer), strict=True)]
            kept[axis] = [pair[0] * (1 - alpha) + pair[1] * alpha for pair in (ends, starts)]
        assert camera is not None
        matrix = camera.copy()
        matrix[[0, 1], [0, 1]], matrix[:2, 2] = kept.T
        valid = rectangles(camera, coefficients, None, matrix, imageSize)[0]
    return matrix, clipped([_rounded(value) for value in valid.tolist()], size)


def _centred(
    camera: Array | None,
    coefficients: Array | None,
    image_size: tuple[int, int],
    alpha: float,
    size: tuple[int, int],
) -> tuple[Array, Rectangle]:
    inner, outer = rectangles(camera, coefficients, None, camera, image_size)
    assert camera is not None
    old = camera[:2, 2].copy()
    new = (np.array(size) - 1) * 0.5
    scales = [
        np.concatenate([new / (old - rectangle[:2]), new / (rectangle[:2] + rectangle[2:] - old)])
        for rectangle in (inner, outer)
    ]
    scale = scales[0].max() * (1 - alpha) + scales[1].min() * alpha
    matrix = camera.copy()
    matrix[[0, 1], [0, 1]] *= scale
    matrix[:2, 2] = new
    corner, extent = (inner[:2] - old) * scale + new, inner[2:] * scale
    return matrix, clipped([*map(to_integer, np.ceil(corner)), *map(to_integer, np.floor(extent))], size)


def _rounded(value: float) -> int:
    return to_integer(np.rint(value))
