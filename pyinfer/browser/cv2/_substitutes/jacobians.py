"""Projected points with their derivatives one by one: modules/geometry/src/calibration_base.cpp."""

from __future__ import annotations

import numpy as np

from .._call import call_by_name
from .._errors import failed_assertion, opencv_error
from ._arrays import Array, channels_of, present, size_of

__all__ = ["projectPointsSepJ"]

_SOURCE = "geometry/src/calibration_base.cpp"


def projectPointsSepJ(
    objectPoints: Array | None,
    rvec: Array | None,
    tvec: Array | None,
    cameraMatrix: Array | None,
    distCoeffs: Array | None,
    imagePoints: Array | None,
    aspectRatio: float,
) -> tuple[Array | None, ...]:
    """Where points are seen, and how that changes with the rotation, the shift and so on.

    Returns
    -------
    imagePoints : (n, 1, 2)
        Of the dtype of ``objectPoints``, float32 or float64.
    dpdr, dpdt : (2n, 3) float64
    dpdf, dpdc : (2n, 2) float64
        By focal lengths and centre.
    dpdk : (2n, k) float64, or None without coefficients
    dpdo : (2n, 3n) float64
        By the points themselves: zeros but for each point's own.

    Raises
    ------
    cv2.error
        ``objectPoints`` has another dtype or shape; whatever projectPoints raises.
    """
    points = _points(present(objectPoints))
    coefficients = None if distCoeffs is None or not distCoeffs.size else distCoeffs
    shown, jacobian = call_by_name(
        "projectPoints", points, rvec, tvec, cameraMatrix, coefficients, aspectRatio=aspectRatio
    )
    turn = present(rvec)
    rotation = turn if turn.shape == (3, 3) else call_by_name("Rodrigues", turn)[0]
    by_shift = np.ascontiguousarray(jacobian[:, 3:6])
    parts = [np.ascontiguousarray(jacobian[:, start:end]) for start, end in ((0, 3), (6, 8), (8, 10))]
    by_lens = None if coefficients is None else np.ascontiguousarray(jacobian[:, 10:])
    count = len(points)
    by_points = np.zeros((count, 2, count, 3))
    # Moving a point moves it before the camera by as much, turned.
    by_points[np.arange(count), :, np.arange(count)] = (by_shift @ rotation.astype(np.float64)).reshape(
        count, 2, 3
    )
    if imagePoints is not None and imagePoints.shape == (1, count, 2):
        shown = shown.reshape(1, count, 2)
    return shown, parts[0], by_shift, parts[1], parts[2], by_lens, by_points.reshape(2 * count, 3 * count)


def _points(points: Array) -> Array:
    """The points, (n, 1, 3)."""
    function = "projectPoints"
    count = points.size // 3
    if points.size % 3:
        text = "Homogeneous coordinates are not supported"
        raise opencv_error(-5, "Bad argument", text, function, f"{_SOURCE}:535")
    if points.dtype not in (np.float32, np.float64):
        condition = "objpt_depth == CV_32F || objpt_depth == CV_64F"
        raise failed_assertion(condition, function, f"{_SOURCE}:538")
    channels = channels_of(points)
    rows, columns = size_of(points)
    turned = rows == 3 and channels == 1 and columns == count
    if not ((rows == 1 and channels == 3) or (rows == count and channels * columns == 3) or turned):
        condition = (
            "(objectPoints.rows == 1 && objpt_cn == 3) || (objectPoints.rows == count && "
            "objpt_cn*objectPoints.cols == 3) || (objectPoints.rows == 3 && objpt_cn == 1 && "
            "objectPoints.cols == count)"
        )
        raise failed_assertion(condition, function, f"{_SOURCE}:539")
    # Three points in three rows are taken for columns, unlike in projectPoints.
    matrix = points.reshape(rows, columns).T if turned else points
    return np.ascontiguousarray(matrix).reshape(-1, 1, 3)
