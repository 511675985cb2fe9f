"""The fundamental matrix: modules/geometry/src/fundam.cpp."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from pyinfer.errors import UnsupportedInBrowser

from .._call import call_by_name
from .._errors import failed_assertion, opencv_error
from ._completion import null_space
from ._points import count_of, shaped_mask
from ._robust import PointSets, least_median, ransac
from .epipolar import convertPointsFromHomogeneous
from .equations import solveCubic

__all__ = ["findFundamentalMat"]

Array = npt.NDArray[Any]

_SOURCE = "geometry/src/fundam.cpp"
_EIGHT_POINTS, _RANSAC = 2, 8
_USAC = range(32, 39)
_PAIRS_OF_SIX = np.tril_indices(6, -1)
_FLT_EPSILON, _DBL_EPSILON = 2.0**-23, 2.0**-52


def findFundamentalMat(
    points1: Array | None,
    points2: Array | None,
    mask: Array | None,
    method: int = _RANSAC,
    ransacReprojThreshold: float = 3.0,
    confidence: float = 0.99,
    maxIters: int = 1000,
    params: Any = None,
) -> tuple[Array | None, Array | None]:
    """The matrix, float64 (3, 3), and the mask of inliers, uint8 (n, 1).

    Of seven points there are up to three matrices, one below the other; of fewer there is none. Of 8 to 13
    points, seven of which always fit exactly, rounding decides between the samples, here as natively: the
    result is as good, but another.

    Raises
    ------
    cv2.error
        The arrays hold no points, or not as many.
    UnsupportedInBrowser
        A USAC method.
    """
    if params is not None or method in _USAC:
        nearest = "FM_RANSAC or FM_LMEDS"
        raise UnsupportedInBrowser("cv2.findFundamentalMat with USAC", "opencv.js has no USAC", nearest)
    sets = []
    for points in (points1, points2):
        flat = _points(points)
        if flat is None:
            return None, None
        sets.append(flat)
    if len(sets[0]) != len(sets[1]):
        condition = "m1.checkVector(2) == m2.checkVector(2)"
        raise failed_assertion(condition, "findFundamentalMat", f"{_SOURCE}:862")
    count = len(sets[1])
    if count < 7:
        return None, None
    pairs = _Pairs(*sets)
    if count == 7 or method == _EIGHT_POINTS:
        models = pairs.models(list(range(count)))
        return (np.concatenate(models) if models else None), shaped_mask(np.ones(count, np.uint8), mask)
    threshold = 3.0 if ransacReprojThreshold <= 0 else ransacReprojThreshold
    if not _DBL_EPSILON <= confidence <= 1 - _DBL_EPSILON:
        confidence = 0.99
    if method & ~3 == _RANSAC and count >= 15:
        found = ransac(pairs, threshold, confidence, maxIters)
    else:
        found = least_median(pairs, confidence, maxIters)
    if found is None:
        # Natively the mask is there but not written to.
        return None, shaped_mask(np.zeros(count, np.uint8), mask)
    return found[0], shaped_mask(found[1], mask)


def _points(points: Array | None) -> Array | None:
    """float32 (n, 2); None for no homogeneous points."""
    if count_of(points, 2) < 0:
        if count_of(points, 3) < 0:
            text = "The input arrays should be 2D or 3D point sets"
            raise opencv_error(-5, "Bad argument", text, "findFundamentalMat", f"{_SOURCE}:854")
        points = convertPointsFromHomogeneous(points, -1)
        if points is None:
            return None
    assert points is not None
    return points.reshape(-1, 2).astype(np.float32)


class _Pairs(PointSets):
    model_points = 7

    def __init__(self, first: Array, second: Array) -> None:
        super().__init__(first, second)
        self._rays = [np.column_stack([points, np.ones(len(points))]) for points in (first, second)]

    def usable(self, sample: list[int]) -> bool:
        """Whether the last point of both is neither on a line with two others nor close to one of them."""
        points = np.stack([self.first[sample], self.second[sample]])
        x, y = (points[:, :-1] - points[:, -1:]).astype(np.float64).transpose(2, 0, 1)
        one, other = _PAIRS_OF_SIX
        cross = np.abs(x[:, other] * y[:, one] - y[:, other] * x[:, one])
        reach = np.abs(x) + np.abs(y)
        return not (cross <= _FLT_EPSILON * (reach[:, one] + reach[:, other])).any()

    def models(self, sample: list[int]) -> list[Array]:
        one, other = self.first[sample], self.second[sample]
        return _of_seven(one, other) if len(sample) == 7 else _of_many(one, other)

    def errors(self, model: Array) -> Array:
        """The larger squared distance of two points from one another's lines."""
        one, other = self._rays
        lines, other_lines = one @ model.T, other @ model
        with np.errstate(all="ignore"):
            off = (other * lines).sum(axis=1)
            length = (lines[:, :2] * lines[:, :2]).sum(axis=1)
            other_length = (other_lines[:, :2] * other_lines[:, :2]).sum(axis=1)
            error: Array = (off * off / np.minimum(length, other_length)).astype(np.float32)
        return error


def _normalised(points: Array) -> tuple[Array, Array] | None:
    """Points about the origin, at sqrt(2) on average, and the matrix that takes them there."""
    centre = points.astype(np.float64).sum(axis=0) * (1 / len(points))
    offset = points - centre
    scale = np.sqrt((offset * offset).sum(axis=1)).sum() * (1 / len(points))
    if scale < _FLT_EPSILON:
        return None
    scale = math.sqrt(2) / scale
    matrix = np.array([[scale, 0, -scale * centre[0]], [0, scale, -scale * centre[1]], [0, 0, 1]])
    return offset * scale, matrix


def _equations(one: Array, other: Array) -> Array:
    """One row a pair: the coefficients of (other, 1)' F (one, 1) = 0."""
    ones = np.ones((len(one), 1))
    left, right = np.hstack([other, ones]), np.hstack([one, ones])
    products: Array = left[:, :, None] * right[:, None, :]
    return products.reshape(-1, 9)


def _of_seven(one: Array, other: Array) -> list[Array]:
    normal, other_normal = _normalised(one), _normalised(other)
    if normal is None or other_normal is None:
        return []
    first, second = null_space(_equations(normal[0], other_normal[0]))
    first = first - second
    count, roots = solveCubic(_determinant(first.reshape(3, 3), second.reshape(3, 3)), None)
    models = []
    for root in roots.reshape(-1)[: max(count, 0)].tolist():
        last = first[8] * root + second[8]
        scale = 1.0
        if abs(last) > _DBL_EPSILON:
            scale = 1 / last
            root *= scale
        matrix = first * root + second * scale
        matrix[8] = 1.0 if abs(last) > _DBL_EPSILON else 0.0
        models.append(_restored(matrix.reshape(3, 3), normal[1], other_normal[1]))
    return models


def _determinant(first: Array, second: Array) -> Array:
    """det(t first + second) by falling powers of t."""
    a, b, c = first.tolist()
    d, e, f = second.tolist()
    return np.array(
        [
            _det(a, b, c),
            _det(d, b, c) + _det(a, e, c) + _det(a, b, f),
            _det(a, e, f) + _det(d, b, f) + _det(d, e, c),
            _det(d, e, f),
        ]
    )


def _det(a: list[float], b: list[float], c: list[float]) -> float:
    return (
        a[0] * (b[1] * c[2] - b[2] * c[1])
        - a[1] * (b[0] * c[2] - b[2] * c[0])
        + a[2] * (b[0] * c[1] - b[1] * c[0])
    )


def _of_many(one: Array, other: Array) -> list[Array]:
    normal, other_normal = _normalised(one), _normalised(other)
    if normal is None or other_normal is None:
        return []
    equations = _equations(normal[0], other_normal[0])
    _, values, vectors = call_by_name("eigen", equations.T @ equations)
    if np.count_nonzero(np.abs(values[:8]) < _DBL_EPSILON):
        return []
    left, lengths, right = np.linalg.svd(vectors[8].reshape(3, 3))
    lengths[2] = 0
    return [_restored(left * lengths @ right, normal[1], other_normal[1])]


def _restored(matrix: Array, normal: Array, other_normal: Array) -> Array:
    restored: Array = other_normal.T @ matrix @ normal
    last = restored[2, 2]
    return restored * (1 / last) if abs(last) > _FLT_EPSILON else restored
