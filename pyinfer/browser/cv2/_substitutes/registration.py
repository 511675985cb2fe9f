"""Transforms between point sets with outliers: modules/geometry/src/ptsetreg.cpp."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from .._errors import no_overload, opencv_error
from ._levmarq import Settings, minimise
from ._linear import least_squares, singular_values
from ._points import count_of, empty_mask, failed_check, points_of, shaped_mask
from ._robust import PointSets, least_median, ransac

__all__ = ["estimateAffine3D", "estimateAffinePartial2D", "estimateTranslation2D", "estimateTranslation3D"]

Array = npt.NDArray[Any]

_SOURCE = "geometry/src/ptsetreg.cpp"
_LMEDS, _RANSAC = 4, 8
_ITERATIONS_3D = 1000


class _Similarity(PointSets):
    model_points = 2

    def models(self, sample: list[int]) -> list[Array]:
        (x1, y1), (x2, y2) = self.first[sample].astype(np.float64)
        (u1, v1), (u2, v2) = self.second[sample].astype(np.float64)
        dx, dy, du, dv = x1 - x2, y1 - y2, u1 - u2, v1 - v2
        with np.errstate(all="ignore"):
            d = 1 / (dx * dx + dy * dy)
            a = d * (du * dx + dv * dy)
            b = d * (dv * dx - du * dy)
            x = d * (dv * (x1 * y2 - x2 * y1) - (u1 * y2 - u2 * y1) * dy - (u1 * x2 - u2 * x1) * dx)
            y = d * (-du * (x1 * y2 - x2 * y1) - (v1 * x2 - v2 * x1) * dx - (v1 * y2 - v2 * y1) * dy)
        return [np.array([[a, -b, x], [b, a, y]])]

    def errors(self, model: Array) -> Array:
        with np.errstate(all="ignore"):
            m = model.astype(np.float32)
            x, y = self.first.T
            off_x = m[0, 0] * x + m[0, 1] * y + m[0, 2] - self.second[:, 0]
            off_y = m[1, 0] * x + m[1, 1] * y + m[1, 2] - self.second[:, 1]
            return _squares(off_x, off_y)


class _Shift(PointSets):
    model_points = 1

    def models(self, sample: list[int]) -> list[Array]:
        return [self.second[sample[0]].astype(np.float64) - self.first[sample[0]].astype(np.float64)]

    def errors(self, model: Array) -> Array:
        with np.errstate(all="ignore"):
            return _squares(*(self.first + model.astype(np.float32) - self.second).T)


class _Affine3D(PointSets):
    model_points = 4

    def models(self, sample: list[int]) -> list[Array]:
        known = np.hstack([self.first[sample].astype(np.float64), np.ones((4, 1))])
        wanted = self.second[sample].astype(np.float64)
        system = np.zeros((12, 12))
        for row in range(4):
            for axis in range(3):
                system[3 * row + axis, 4 * axis : 4 * axis + 4] = known[row]
        return [least_squares(system, wanted).reshape(3, 4)]

    def errors(self, model: Array) -> Array:
        x, y, z = self.first.astype(np.float64).T
        with np.errstate(all="ignore"):
            off = [
                m[0] * x + m[1] * y + m[2] * z + m[3] - target
                for m, target in zip(model, self.second.T, strict=True)
            ]
            return _squares(*off).astype(np.float32)

    def usable(self, sample: list[int]) -> bool:
        """Whether the last point lies on no line through two others."""
        limit = np.float32(0.996)
        for points in (self.first[sample], self.second[sample]):
            offset = points[:-1] - points[-1]
            squares = _squares(*offset.T)
            for j in range(3):
                for k in range(j):
                    x, y, z = offset[j] * offset[k]
                    product = x + y + z
                    if product * product > limit * limit * (squares[k] * squares[j]):
                        return False
        return True


class _Shift3D(PointSets):
    model_points = 4

    def models(self, sample: list[int]) -> list[Array]:
        total = np.zeros(3)
        for index in sample:
            total = total + self.second[index] - self.first[index]
        return [(total * 0.25).reshape(1, 3)]

    def errors(self, model: Array) -> Array:
        with np.errstate(all="ignore"):
            off = model + self.first - self.second
            return _squares(*off.T).astype(np.float32)


def _squares(*values: Array) -> Array:
    total: Array = values[0] * values[0]
    for value in values[1:]:
        total = total + value * value
    return total


def estimateAffinePartial2D(
    from_: Array | None,
    to: Array | None,
    inliers: Array | None,
    method: int,
    ransacReprojThreshold: float,
    maxIters: int,
    confidence: float,
    refineIters: int,
) -> tuple[Array | None, Array]:
    """Rotation, scale and shift, float64 (2, 3) or None, and the mask of inliers, uint8 (n, 1).

    Raises
    ------
    cv2.error
        The points are fewer than two, or not two-dimensional, or differ in number; an unknown method;
        ``confidence`` is not between zero and one.
    """
    name = "estimateAffinePartial2D"
    signature = f"cv::Mat cv::{name}({_SIGNATURE_2D})"
    _check_sizes(name, maxIters, refineIters)
    count = count_of(from_, 2)
    _check_dimensions(count, 2, signature, 1118)
    if count < 2:
        message = "At least 2 points for partial affine transformation estimation."
        raise failed_check(message, ("count", count), ">=", ("2", 2), signature, f"{_SOURCE}:1119")
    sets = _Similarity(*_matching(from_, to, count, 2, signature, 1120))
    found = _robust(sets, method, ransacReprojThreshold, confidence, maxIters, name, 1155)
    if found is None:
        return None, shaped_mask(empty_mask(count), inliers)
    model, mask = found
    fitting = mask != 0
    if count > 2 and refineIters and fitting.any():
        source, target = (points[fitting].astype(np.float64) for points in (sets.first, sets.second))
        start = np.array([model[0, 0], model[1, 0], model[0, 2], model[1, 2]])
        a, b, x, y = _refined_similarity(start, source, target, refineIters)
        model = np.array([[a, -b, x], [b, a, y]])
    return model, shaped_mask(mask, inliers)


def _refined_similarity(start: Array, source: Array, target: Array, iterations: int) -> Array:
    x, y = source.T
    jacobian = np.zeros((2 * len(source), 4))
    jacobian[::2, 0], jacobian[::2, 1], jacobian[::2, 2] = x, -y, 1
    jacobian[1::2, 0], jacobian[1::2, 1], jacobian[1::2, 3] = y, x, 1

    def residuals(h: Array) -> tuple[Array, Array]:
        there = np.stack([h[0] * x - h[1] * y + h[2], h[1] * x + h[0] * y + h[3]], axis=1)
        return (there - target).reshape(-1), jacobian

    return minimise(start, residuals, Settings(iterations, geodesic=True))


def estimateTranslation2D(
    from_: Array | None,
    to: Array | None,
    inliers: Array | None,
    method: int,
    ransacReprojThreshold: float,
    maxIters: int,
    confidence: float,
    refineIters: int,
) -> tuple[tuple[float, float], Array]:
    """The shift, NaN if there is none, and the mask of inliers, uint8 (n, 1).

    Raises
    ------
    cv2.error
        As :func:`estimateAffinePartial2D`, but one point is enough.
    """
    name = "estimateTranslation2D"
    signature = f"cv::Vec2d cv::{name}({_SIGNATURE_2D})"
    _check_sizes(name, maxIters, refineIters)
    count = count_of(from_, 2)
    _check_dimensions(count, 2, signature, 1266)
    sets = _Shift(*_matching(from_, to, count, 2, signature, 1267))
    found = _robust(sets, method, ransacReprojThreshold, confidence, maxIters, name, 1301)
    if found is None:
        return (math.nan, math.nan), shaped_mask(empty_mask(count), inliers)
    shift, mask = found
    fitting = mask != 0
    if fitting.any():
        offsets = sets.second[fitting].astype(np.float64) - sets.first[fitting].astype(np.float64)
        shift = _refined_shift(shift, offsets, refineIters) if refineIters else offsets.mean(axis=0)
    return (float(shift[0]), float(shift[1])), shaped_mask(mask, inliers)


def _refined_shift(start: Array, offsets: Array, iterations: int) -> Array:
    jacobian = np.tile(np.eye(2), (len(offsets), 1))

    def residuals(shift: Array) -> tuple[Array, Array]:
        return (shift - offsets).reshape(-1), jacobian

    return minimise(start, residuals, Settings(iterations, geodesic=True))


def estimateAffine3D(
    src: Array | None,
    dst: Array | None,
    ransacThreshold: float = 0.0,
    confidence: float = 0.0,
    force_rotation: bool | None = None,
) -> tuple[bool, Array | None, Array | None] | tuple[Array, float]:
    """An affine transform, found despite outliers; with ``force_rotation`` a similarity of all points.

    Returns
    -------
    bool, (3, 4) float64 or None, (n, 1) uint8 or None
        Whether one was found, it, and the mask of inliers.
    (3, 4) float64, float
        With ``force_rotation`` given: rotation and shift, and the scale.

    Raises
    ------
    cv2.error
        The points are fewer than three, or not three-dimensional, or differ in number.
    """
    if force_rotation is not None:
        return _similarity_3d(src, dst, force_rotation)
    signature = "bool cv::estimateAffine3D(InputArray, InputArray, OutputArray, OutputArray, double, double)"
    count = count_of(src, 3)
    _check_dimensions(count, 3, signature, 841)
    _check_three(count, signature, 842)
    sets = _Affine3D(*_matching(src, dst, count, 3, signature, 843))
    return _found_3d(sets, ransacThreshold, confidence)


def estimateTranslation3D(
    src: Array | None, dst: Array | None, ransacThreshold: float, confidence: float
) -> tuple[bool, Array | None, Array | None]:
    """A shift in space, found despite outliers: whether, (1, 3) float64, (n, 1) uint8 mask.

    Raises
    ------
    cv2.error
        The points are not three-dimensional, or differ in number, or there are none.
    """
    signature = (
        "bool cv::estimateTranslation3D(InputArray, InputArray, OutputArray, OutputArray, double, double)"
    )
    count = count_of(src, 3)
    _check_dimensions(count, 3, signature, 949)
    sets = _Shift3D(*_matching(src, dst, count, 3, signature, 950))
    return _found_3d(sets, ransacThreshold, confidence)


def _found_3d(
    sets: PointSets, threshold: float, confidence: float
) -> tuple[bool, Array | None, Array | None]:
    threshold = 3.0 if threshold <= 0 else threshold
    if not 2.0**-52 <= confidence <= 1 - 2.0**-52:
        confidence = 0.99
    found = ransac(sets, threshold, confidence, _ITERATIONS_3D)
    if found is not None:
        return True, found[0], found[1].reshape(-1, 1)
    # Natively the mask is there but never written to, if there are enough points.
    count = len(sets.first)
    return False, None, None if count < sets.model_points else empty_mask(count)


def _similarity_3d(src: Array | None, dst: Array | None, force_rotation: bool) -> tuple[Array, float]:
    """Umeyama's least squares."""
    signature = "cv::Mat cv::estimateAffine3D(InputArray, InputArray, double*, bool)"
    count = count_of(src, 3)
    _check_three(count, signature, 866)
    first, second = _matching(src, dst, count, 3, signature, 867, np.float64)
    first_mean, second_mean = (points.sum(axis=0) * (1 / count) for points in (first, second))
    centred, wanted = first - first_mean, second - second_mean
    values, u, vt = singular_values(wanted.T @ centred * (1 / count), full=True)
    rank = int(np.count_nonzero(values))
    if rank < 2:
        left = "countNonZero(d)", rank
        raise failed_check("Points cannot be colinear", left, ">=", ("2", 2), signature, f"{_SOURCE}:906")
    signs = np.ones(3)
    if force_rotation and np.linalg.det(u) * np.linalg.det(vt) < 0:
        signs[2] = -1
    rotation = u * signs @ vt
    scale = float(values @ signs * (count / (centred * centred).sum()))
    shift = second_mean - scale * rotation @ first_mean
    return np.column_stack([rotation, shift]), scale


_SIGNATURE_2D = "InputArray, InputArray, OutputArray, int, double, size_t, double, size_t"


def _check_sizes(name: str, *sizes: int) -> None:
    if min(sizes) < 0:
        raise no_overload(name, ["can't convert negative value to size_t"] * 2)


def _check_dimensions(count: int, numbers: int, signature: str, line: int) -> None:
    if count < 0:
        message = f"Points need to be {numbers}d"
        raise failed_check(message, ("count", count), ">=", ("0", 0), signature, f"{_SOURCE}:{line}")


def _check_three(count: int, signature: str, line: int) -> None:
    if count < 3:
        message = "At least 3 points are needed for affine transformation estimation."
        raise failed_check(message, ("count", count), ">=", ("3", 3), signature, f"{_SOURCE}:{line}")


def _matching(
    first: Array | None,
    second: Array | None,
    count: int,
    numbers: int,
    signature: str,
    line: int,
    dtype: Any = np.float32,
) -> tuple[Array, Array]:
    """Both sets, one point a row, in float32 as everything after is."""
    others = count_of(second, numbers)
    if first is None or second is None or others != count:
        message = "Point matches need to have the same size"
        left = f"to.checkVector({numbers})", others
        raise failed_check(message, left, "==", ("count", count), signature, f"{_SOURCE}:{line}")
    return points_of(first, numbers, dtype), points_of(second, numbers, dtype)


def _robust(
    sets: PointSets,
    method: int,
    threshold: float,
    confidence: float,
    iterations: int,
    name: str,
    line: int,
) -> tuple[Array, Array] | None:
    if method == _RANSAC:
        return ransac(sets, threshold, confidence, iterations)
    if method != _LMEDS:
        text = "Unknown or unsupported robust estimation method"
        raise opencv_error(-5, "Bad argument", text, name, f"{_SOURCE}:{line}")
    return least_median(sets, confidence, iterations)
