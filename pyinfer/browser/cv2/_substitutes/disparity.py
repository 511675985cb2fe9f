"""Depth from disparity: modules/stereo/src/stereo_geom.cpp."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .._errors import failed_assertion

__all__ = ["reprojectImageTo3D"]

Array = npt.NDArray[Any]

_GEOMETRY = "stereo/src/stereo_geom.cpp"
_DISPARITIES = tuple(map(np.dtype, (np.uint8, np.int16, np.int32, np.float32)))
_DTYPES = {3: np.int16, 4: np.int32, 5: np.float32}
_DEPTH_MASK = 31
_FAR = 10000.0


def reprojectImageTo3D(
    disparity: Array | None, Q: Array | None, handleMissingValues: bool, ddepth: int
) -> Array | None:
    """Points in space, (h, w, 3): float32, or by ``ddepth`` int16 or int32.

    Raises
    ------
    cv2.error
        A disparity of another dtype or several channels; ``Q`` is not 4x4; another ``ddepth``.
    """
    function = "reprojectImageTo3D"
    if disparity is None:
        disparity = np.empty((0, 0), np.uint8)
    if disparity.ndim > 2 or disparity.dtype not in _DISPARITIES:
        condition = "stype == CV_8UC1 || stype == CV_16SC1 || stype == CV_32SC1 || stype == CV_32FC1"
        raise failed_assertion(condition, function, f"{_GEOMETRY}:17")
    if Q is None or Q.shape != (4, 4):
        raise failed_assertion("Q.size() == Size(4,4)", function, f"{_GEOMETRY}:19")
    dtype = np.float32 if ddepth < 0 else _DTYPES.get(ddepth & _DEPTH_MASK)
    if dtype is None:
        condition = "dtype == CV_16SC3 || dtype == CV_32SC3 || dtype == CV_32FC3"
        raise failed_assertion(condition, function, f"{_GEOMETRY}:34")
    if not disparity.size:
        return None
    disparity = disparity.reshape(-1, disparity.shape[-1])
    matrix = Q.astype(np.float64)
    y, x = np.ogrid[: disparity.shape[0], : disparity.shape[1]]
    d = disparity.astype(np.float32).astype(np.float64)
    with np.errstate(all="ignore"):
        scale = 1 / _row(matrix[3], x, y, d)
        points = np.empty((*d.shape, 3), np.float32)
        for axis in range(3):
            points[..., axis] = _row(matrix[axis], x, y, d).astype(np.float32) * scale
        if handleMissingValues:
            points[np.abs(d - d.min()) <= 2.0**-23, 2] = _FAR
        return _saturated(points, dtype)


def _row(row: Array, x: Array, y: Array, d: Array) -> Array:
    value: Array = row[0] * x + row[1] * y + row[2] * d + row[3]
    return value


def _saturated(points: Array, dtype: Any) -> Array:
    """``saturate_cast``: to the nearest integer that fits."""
    if dtype == np.float32:
        return points
    least = np.iinfo(np.int32).min
    fits = np.abs(points) < 2.0**31
    rounded = np.where(fits, np.rint(np.where(fits, points, 0)), least).astype(np.int64)
    limits = np.iinfo(dtype)
    return np.clip(rounded, limits.min, limits.max).astype(dtype)
