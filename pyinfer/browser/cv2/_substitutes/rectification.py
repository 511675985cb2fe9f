"""Pairs of cameras: modules/stereo/src/stereo_geom.cpp and stereosgbm.cpp."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from .._call import call_by_name
from .._errors import failed_assertion, opencv_error
from ._distortion import Rectangle, clipped, matrix_of, rectangles, to_integer, undistorted

__all__ = ["getValidDisparityROI", "stereoRectify"]

Array = npt.NDArray[Any]

_SOURCE = "stereo/src/stereo_geom.cpp"
_ZERO_DISPARITY = 1024
_CRITERIA = (1, 5, 0.01)


def getValidDisparityROI(
    roi1: Rectangle, roi2: Rectangle, minDisparity: int, numberOfDisparities: int, blockSize: int
) -> Rectangle:
    """The rectangle in which there are disparities."""
    half = int(blockSize / 2)
    left = max(roi1[0], roi2[0] + minDisparity + numberOfDisparities - 1) + half
    right = min(roi1[0] + roi1[2], roi2[0] + roi2[2]) - half
    top = max(roi1[1], roi2[1]) + half
    bottom = min(roi1[1] + roi1[3], roi2[1] + roi2[3]) - half
    return (left, top, right - left, bottom - top) if right > left and bottom > top else (0, 0, 0, 0)


def stereoRectify(
    cameraMatrix1: Array | None,
    distCoeffs1: Array | None,
    cameraMatrix2: Array | None,
    distCoeffs2: Array | None,
    imageSize: tuple[int, int],
    R: Array | None,
    T: Array | None,
    flags: int,
    alpha: float,
    newImageSize: tuple[int, int],
) -> tuple[Array, Array, Array, Array, Array, Rectangle, Rectangle]:
    """Rotations (3, 3) and projections (3, 4) that make epipolar lines parallel; the matrix of depths (4, 4).

    Returns
    -------
    R1, R2, P1, P2, Q : ndarray of float64
    validPixROI1, validPixROI2 : tuple
        Where all pixels are valid.

    Raises
    ------
    cv2.error
        ``T`` is zero; a matrix or a vector of another size.
    """
    half = _half_turn(R)
    shift = _column(T)
    moved = half @ shift
    axis = 0 if abs(moved[0]) > abs(moved[1]) else 1
    length = math.sqrt(moved @ moved)
    if not length > 0:
        raise failed_assertion("nt > 0.0", "stereoRectify", f"{_SOURCE}:144")
    level = _levelling(moved, axis, length)
    rotations = level @ half.T, level @ half
    baseline = (rotations[1] @ shift)[axis]
    size = newImageSize if newImageSize[0] * newImageSize[1] else imageSize
    cameras = [_camera(camera) for camera in (cameraMatrix1, cameraMatrix2)]
    coefficients = distCoeffs1, distCoeffs2
    with np.errstate(all="ignore"):
        other = axis ^ 1
        ratio = np.float64(size[other]) / imageSize[other] / 2
        focal = (cameras[0][other, other] + cameras[1][other, other]) * ratio
        centers = np.array(
            [
                _center(camera, k, rotation, focal, imageSize)
                for camera, k, rotation in zip(cameras, coefficients, rotations, strict=True)
            ]
        )
        if flags & _ZERO_DISPARITY:
            centers[:] = centers.mean(axis=0)
        else:
            centers[:, other] = centers[:, other].mean()
        return _fitted(
            cameras,
            coefficients,
            rotations,
            (focal, centers),
            (axis, baseline),
            min(alpha, 1.0),
            imageSize,
            size,
        )


def _half_turn(rotation: Array | None) -> Array:
    """Half of the rotation, backwards."""
    vector = np.empty((0, 0)) if rotation is None else rotation.astype(np.float64)
    if vector.shape[:2] == (3, 3) or vector.size != 3:
        vector = call_by_name("Rodrigues", vector)[0]
    half: Array = call_by_name("Rodrigues", vector * -0.5)[0]
    return half


def _column(shift: Array | None) -> Array:
    if shift is None or not shift.size:
        text = "One or more matrix operands are empty."
        place = "core/src/matrix_expressions.cpp:32"
        raise opencv_error(-5, "Bad argument", text, "checkOperandsExist", place)
    if shift.shape != (3, 1):
        raise failed_assertion("a_size.width == len", "gemm", "core/src/matmul.dispatch.cpp:363")
    return shift.astype(np.float64).reshape(3)


def _levelling(moved: Array, axis: int, length: float) -> Array:
    """The rotation that brings the shift onto an axis."""
    along = np.zeros(3)
    along[axis] = 1 if moved[axis] > 0 else -1
    around = np.cross(moved, along)
    size = math.sqrt(around @ around)
    if size > 0:
        around *= math.acos(abs(moved[axis]) / length) / size
    level: Array = call_by_name("Rodrigues", around.reshape(3, 1))[0]
    return level


def _camera(camera: Array | None) -> Array:
    matrix = matrix_of(camera)
    if matrix is None or matrix.shape != (3, 3):
        condition = "_cameraMatrix.rows == 3 && _cameraMatrix.cols == 3 && _cameraMatrix.channels() == 1"
        raise failed_assertion(condition, "undistortPointsInternal", "geometry/src/pinhole.cpp:123")
    return matrix


def _center(
    camera: Array, coefficients: Array | None, rotation: Array, focal: Any, size: tuple[int, int]
) -> Array:
    """The principal point for which the corners of the image lie about its middle; in single precision."""
    width, height = size[0] - 1, size[1] - 1
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]], np.float32)
    points = undistorted(corners, camera, coefficients, None, None, _CRITERIA).astype(np.float32)
    rays = np.column_stack([points, np.ones(4)]) @ rotation.T
    seen = (rays[:, :2] / rays[:, 2:] * focal).astype(np.float32)
    center: Array = np.array([width, height]) / 2 - seen.astype(np.float64).mean(axis=0)
    return center


def _fitted(
    cameras: list[Array],
    coefficients: tuple[Array | None, Array | None],
    rotations: tuple[Array, Array],
    view: tuple[Any, Array],
    base: tuple[int, Any],
    alpha: float,
    image_size: tuple[int, int],
    size: tuple[int, int],
) -> tuple[Array, Array, Array, Array, Array, Rectangle, Rectangle]:
    """Scale the views until only valid pixels are seen (``alpha`` 0) or all of them (1)."""
    focal, centers = view
    axis, baseline = base
    projections = np.zeros((2, 3, 4))
    projections[:, 0, 0] = projections[:, 1, 1] = focal
    projections[:, :2, 2] = centers
    projections[:, 2, 2] = 1
    projections[1, axis, 3] = baseline * focal
    found = [
        rectangles(*parts, image_size)
        for parts in zip(cameras, coefficients, rotations, projections, strict=True)
    ]
    new_centers = centers * np.array(size) / np.array(image_size)
    scale = np.float64(1)
    if alpha >= 0:
        ends = [
            np.concatenate(
                [
                    np.concatenate([new / (old - r[:2]), (np.array(size) - 1 - new) / (r[:2] + r[2:] - old)])
                    for old, new, r in zip(centers, new_centers, pair, strict=True)
                ]
            )
            for pair in zip(*found, strict=True)
        ]
        scale = ends[0].max() * (1 - alpha) + ends[1].min() * alpha
    focal = focal * scale
    projections[:, 0, 0] = projections[:, 1, 1] = focal
    projections[:, :2, 2] = new_centers
    projections[1, axis, 3] *= scale
    valid = [
        clipped(
            [
                *map(to_integer, np.ceil((inner[:2] - old) * scale + new)),
                *map(to_integer, np.floor(inner[2:] * scale)),
            ],
            size,
        )
        for old, new, (inner, _) in zip(centers, new_centers, found, strict=True)
    ]
    depths = np.zeros((4, 4))
    depths[[0, 1], [0, 1]] = 1
    depths[:2, 3] = -new_centers[0]
    depths[2, 3] = focal
    depths[3, 2:] = -1 / baseline, (new_centers[0] - new_centers[1])[axis] / baseline
    return (*rotations, projections[0], projections[1], depths, valid[0], valid[1])
