"""Depth images and what they show in space: modules/ptcloud/src/depth_to_3d.cpp."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._errors import failed_assertion, opencv_error
from ._arrays import Array, channels_of, or_none, present, size_of, sizes_of

__all__ = ["depthTo3d", "depthTo3dSparse", "rescaleDepth"]

_SOURCE = "ptcloud/src/depth_to_3d.cpp"
_HEADER = "ptcloud/src/depth_to_3d.hpp"
_DEPTHS = tuple(map(np.dtype, (np.float64, np.float32, np.uint16, np.int16)))
_TYPES: dict[int, np.dtype[Any]] = {5: np.dtype(np.float32), 6: np.dtype(np.float64)}
_MILLIMETRES = 1000.0


def rescaleDepth(in_: Array | None, type: int, depth_factor: float) -> Array | None:
    """Depths as float32 or float64: whole ones are divided, and those that stand for nothing are nan.

    Raises
    ------
    cv2.error
        An image without whole depths or of several channels, of another dtype than float32, float64, uint16
        and int16; another type.
    """
    image = present(in_)
    _check_depth(image, "in", "rescaleDepth", 22)
    if type not in _TYPES:
        raise failed_assertion("type == CV_64FC1 || type == CV_32FC1", "rescaleDepth", f"{_SOURCE}:23")
    with np.errstate(all="ignore"):
        return or_none(_rescaled(image, _TYPES[type], depth_factor))


def _rescaled(image: Array, dtype: np.dtype[Any], factor: float) -> Array:
    if image.dtype.kind == "f":
        return image.astype(dtype)
    if not image.size:
        text = "Matrix operand is an empty matrix."
        place = "core/src/matrix_expressions.cpp:24"
        raise opencv_error(-5, "Bad argument", text, "checkOperandsExist", place)
    rescaled: Array = image.astype(dtype) * dtype.type(1 / np.float64(factor))
    limits = np.iinfo(image.dtype)
    rescaled[image == limits.min] = np.nan
    if image.dtype == np.int16:
        rescaled[image == limits.max] = np.nan
    return rescaled


def depthTo3d(depth: Array | None, K: Array | None, mask: Array | None) -> Array | None:
    """What a depth image shows, in metres.

    Returns
    -------
    (h, w, 4), float64 for depths of float64 and float32 for all others; with a mask (1, n, 4), float32
        The fourth number is 0. Whole depths are millimetres.

    Raises
    ------
    cv2.error
        Depths of another dtype, with a mask also of float64; no whole depths at all; a camera matrix that is
        not 3x3 floats; a mask of several channels, of another size, or of nothing.
    """
    image, camera, chosen = present(depth), present(K), present(mask)
    if camera.shape != (3, 3) or camera.dtype.name not in ("float32", "float64"):
        condition = "K.cols == 3 && K.rows == 3 && (K.depth() == CV_64F || K.depth() == CV_32F)"
        raise failed_assertion(condition, "depthTo3d", f"{_SOURCE}:228")
    _check_depth(image, "depth", "depthTo3d", 229)
    if chosen.size:
        return _chosen(image, camera.astype(np.float32), chosen)
    dtype = np.dtype(np.float64 if image.dtype == np.float64 else np.float32)
    camera = camera.astype(dtype)
    rows, columns = size_of(image)
    with np.errstate(all="ignore"):
        z = _rescaled(image, dtype, _MILLIMETRES).reshape(rows, columns)
        x = (np.arange(columns).astype(dtype) - camera[0, 2]) * (1 / camera[0, 0])
        y = (np.arange(rows).astype(dtype) - camera[1, 2]) * (1 / camera[1, 1])
        points = np.zeros((rows, columns, 4), dtype)
        points[..., 0], points[..., 1], points[..., 2] = x * z, y[:, None] * z, z
    return or_none(points)


def _chosen(image: Array, camera: Array, mask: Array) -> Array:
    if channels_of(mask) != 1:
        raise failed_assertion("mask.empty() || mask.channels() == 1", "depthTo3d", f"{_SOURCE}:230")
    if image.dtype == np.float64:
        raise failed_assertion("depth.type() == CV_32F", "depthTo3dMask", f"{_SOURCE}:113")
    if sizes_of(image) != sizes_of(mask):
        raise failed_assertion("depth.size == mask.size", "convertDepthToFloat", f"{_HEADER}:49")
    if mask.dtype.kind == "f":
        mask = np.rint(mask)
    v, u = np.nonzero(mask.reshape(size_of(mask)) > 0 if mask.dtype != np.int8 else mask != 0)
    if not len(u):
        condition = "CV_MAT_CN(stype) == CV_MAT_CN(dtype)"
        raise failed_assertion(condition, "copyTo", "core/src/copy.cpp:457")
    depths = _metres(image.reshape(size_of(image))[v, u])
    return _in_space(camera, u.astype(np.float32), v.astype(np.float32), depths)[None]


def depthTo3dSparse(depth: Array | None, in_K: Array | None, in_points: Array | None) -> Array | None:
    """What a depth image shows at some of its points, (h, w, 2) as x and y: (h, w, 4) float32, in metres.

    Of a point outside of the image, where native reads any memory, the result is nan.

    Raises
    ------
    cv2.error
        Depths that are neither uint16 nor float32; points that are no pairs.
    """
    image, camera = present(depth), present(in_K).astype(np.float32)
    points = present(in_points).astype(np.float32)
    if image.dtype not in (np.uint16, np.float32) or channels_of(image) > 1:
        raise failed_assertion("depth.type() == CV_32F", "depthTo3dSparse", f"{_SOURCE}:203")
    if channels_of(points) != 2:
        condition = "(u_mat.size() == z_mat.size()) && (v_mat.size() == z_mat.size())"
        raise failed_assertion(condition, "depthTo3d_from_uvz", f"{_SOURCE}:55")
    if not points.size:
        return None
    u, v = points[..., 0], points[..., 1]
    rows, columns = size_of(image)
    inside = (u > -1) & (u < columns) & (v > -1) & (v < rows)
    x, y = (np.where(inside, axis, 0).astype(np.int64) for axis in (u, v))
    depths = _metres(image.reshape(rows, columns)[y, x])
    depths[~inside] = np.nan
    return _in_space(camera, u, v, depths)


def _metres(depths: Array) -> Array:
    """As float32; nan for the dtype's least number, of floats the least positive one, and the greatest."""
    if depths.dtype == np.float32:
        limits = np.finfo(np.float32)
        lost, scale = (depths == limits.tiny) | (depths == limits.max), np.float32(1)
    else:
        whole = np.iinfo(depths.dtype)
        lost, scale = (depths == whole.min) | (depths == whole.max), np.float32(1 / _MILLIMETRES)
    metres: Array = depths.astype(np.float32) * scale
    metres[lost] = np.nan
    return metres


def _in_space(camera: Array, u: Array, v: Array, z: Array) -> Array:
    fx, skew, cx = camera[0]
    fy, cy = camera[1, 1:]
    with np.errstate(all="ignore"):
        x = (u - cx) / fx
        if skew != 0:
            x = x + (-(skew / fy) * v + cy * skew / fy) / fx
        y = (v - cy) * z * np.float32(1 / fy)
        return np.stack([x * z, y, z, np.zeros_like(z)], axis=-1)


def _check_depth(image: Array, name: str, function: str, line: int) -> None:
    if image.dtype not in _DEPTHS or channels_of(image) > 1:
        condition = " || ".join(f"{name}.type() == CV_{kind}C1" for kind in ("64F", "32F", "16U", "16S"))
        raise failed_assertion(condition, function, f"{_SOURCE}:{line}")
