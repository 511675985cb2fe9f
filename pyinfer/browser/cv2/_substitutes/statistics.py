"""Covariance and principal components: modules/core/src/matmul.dispatch.cpp and pca.cpp."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._call import call_by_name
from .._errors import failed_assertion
from .._table import CHANNEL_SHIFT, DEPTHS
from ._arrays import Array, channels_of, dimensions_of, or_none, present, size_of, type_of

__all__ = [
    "Mahalanobis",
    "PCABackProject",
    "PCACompute",
    "PCACompute2",
    "PCAProject",
    "calcCovarMatrix",
    "mulTransposed",
]

_NORMAL, _USE_AVG, _SCALE, _ROWS, _COLS = 1, 2, 4, 8, 16
_REDUCE_AVG = 1
_GEMM_1_T, _GEMM_2_T = 1, 2
_FLOAT = DEPTHS["float32"]
_DEPTH_MASK = (1 << CHANNEL_SHIFT) - 1
_DTYPES = {DEPTHS[name]: np.dtype(name) for name in ("float32", "float64")}
_SOURCE = "core/src/matmul.dispatch.cpp"

#: What native multiplies by itself.
_MULTIPLIED = frozenset({"uint8", "uint16", "int16", "float32", "float64"})


def _matrix(array: Array) -> Array:
    """The array with two dimensions, if it has at most as many."""
    return array.reshape(size_of(array)) if array.ndim < 2 else array


def mulTransposed(
    src: Array | None, aTa: bool, delta: Array | None, scale: float, dtype: int
) -> Array | None:
    """``scale * d.T @ d``, or ``d @ d.T``, with ``d = src - delta``; summed in float64.

    Raises
    ------
    cv2.error
        ``src`` has channels or a depth that native doesn't multiply, or ``delta`` does not fit.
    """
    src = _matrix(present(src))
    depth = type_of(src) if dtype < 0 else dtype
    depth = max(depth & _DEPTH_MASK, type_of(present(delta)) & _DEPTH_MASK, _FLOAT)
    if channels_of(src) != 1:
        raise failed_assertion("src.channels() == 1", "mulTransposed", f"{_SOURCE}:886")
    if delta is not None and delta.size:
        delta = _matrix(delta)
        (rows, columns), sizes = size_of(delta), size_of(src)
        for holds, condition in (
            (channels_of(delta) == 1, "delta.channels() == 1"),
            (rows in (1, sizes[0]), "(delta.rows == src.rows || delta.rows == 1)"),
            (columns in (1, sizes[1]), "(delta.cols == src.cols || delta.cols == 1)"),
        ):
            if not holds:
                raise failed_assertion(condition, "mulTransposed", f"{_SOURCE}:890")
    else:
        delta = None
    if dimensions_of(src) > 2:
        place = "core/include/opencv2/core/mat.inl.hpp:109"
        raise failed_assertion("dims <= 2", "operator()", place)
    target = _DTYPES.get(depth)
    if src.dtype.name not in _MULTIPLIED or target is None or target.itemsize < src.itemsize:
        condition = 'func && "Not supported"'
        raise failed_assertion(condition, "getMulTransposedFunc", "core/src/matmul.simd.hpp:2888")
    numbers = src.astype(np.float64)
    if delta is not None:
        numbers -= delta.astype(target)
    product = numbers.T @ numbers if aTa else numbers @ numbers.T
    return or_none((scale * product).astype(target))


def calcCovarMatrix(
    samples: Array | None, mean: Array | None, flags: int, ctype: int
) -> tuple[Array | None, Array]:
    """The covariance matrix of vectors that lie in rows or in columns, and their mean.

    Raises
    ------
    cv2.error
        There are no samples, the flags say nothing or twofold, or the given mean does not fit.
    """
    data = _matrix(present(samples))
    if bool(flags & _ROWS) == bool(flags & _COLS):
        condition = "((flags & cv::COVAR_ROWS) != 0) ^ ((flags & cv::COVAR_COLS) != 0)"
        raise failed_assertion(condition, "calcCovarMatrix", f"{_SOURCE}:784")
    by_rows = bool(flags & _ROWS)
    rows, columns = size_of(data)
    count = rows if by_rows else columns
    if not count:
        raise failed_assertion("nsamples > 0", "calcCovarMatrix", f"{_SOURCE}:788")
    depth = (type_of(data) if ctype < 0 else ctype) & _DEPTH_MASK
    if flags & _USE_AVG:
        given = present(mean)
        depth = max(depth, type_of(given) & _DEPTH_MASK, _FLOAT)
        if size_of(given) != ((1, columns) if by_rows else (rows, 1)):
            raise failed_assertion("mean.size() == size", "calcCovarMatrix", f"{_SOURCE}:795")
        average = _matrix(given).astype(_DTYPES[depth], copy=False)
    else:
        depth = max(depth, _FLOAT)
        average = call_by_name("reduce", data, 0 if by_rows else 1, _REDUCE_AVG, dtype=depth)
    normal = bool(flags & _NORMAL)
    scale = 1 / count if flags & _SCALE else 1.0
    return mulTransposed(data, normal == by_rows, average, scale, depth), average


def Mahalanobis(v1: Array | None, v2: Array | None, icovar: Array | None) -> float:
    """The distance of two vectors, measured by an inverse covariance matrix.

    Raises
    ------
    cv2.error
        The three don't fit together or are not float32 or float64.
    """
    v1, v2, icovar = present(v1), present(v2), present(icovar)
    for holds, condition in (
        (type_of(v1) == type_of(v2), "type == v2.type()"),
        (type_of(v1) == type_of(icovar), "type == icovar.type()"),
        (size_of(v1) == size_of(v2), "sz == v2.size()"),
        (size_of(icovar) == (v1.size, v1.size), "len == icovar.rows && len == icovar.cols"),
    ):
        if not holds:
            raise failed_assertion(condition, "Mahalanobis", f"{_SOURCE}:843")
    if v1.dtype.name not in ("float32", "float64"):
        condition = '0 && "Not supported"'
        raise failed_assertion(condition, "getMahalanobisImplFunc", "core/src/matmul.simd.hpp:2563")
    difference = v1.ravel().astype(np.float64) - v2.ravel()
    square = float(difference @ icovar.astype(np.float64).reshape(v1.size, v1.size) @ difference)
    return math.sqrt(square) if square >= 0 else math.nan


def PCACompute(
    data: Array | None, mean: Array | None, maxComponents: int = 0, retainedVariance: float | None = None
) -> tuple[Array, Array]:
    """The mean of the rows and their principal components, one a row.

    Raises
    ------
    cv2.error
        ``data`` has channels or no rows, or the given mean or variance does not fit.
    """
    return _principal_components(data, mean, maxComponents, retainedVariance)[:2]


def PCACompute2(
    data: Array | None, mean: Array | None, maxComponents: int = 0, retainedVariance: float | None = None
) -> tuple[Array, Array, Array]:
    """As :func:`PCACompute`, with the eigenvalues in a column."""
    return _principal_components(data, mean, maxComponents, retainedVariance)


def _principal_components(
    data: Array | None, mean: Array | None, components: int, variance: float | None
) -> tuple[Array, Array, Array]:
    data = _matrix(present(data))
    if channels_of(data) != 1:
        line = 72 if variance is None else 208
        raise failed_assertion("data.channels() == 1", "operator()", f"core/src/pca.cpp:{line}")
    if variance is not None and not 0 < variance <= 1:
        condition = "retainedVariance > 0 && retainedVariance <= 1"
        raise failed_assertion(condition, "operator()", "core/src/pca.cpp:224")
    samples, length = size_of(data)
    depth = max(_FLOAT, type_of(data) & _DEPTH_MASK)
    # With fewer samples than numbers in each, the smaller matrix of their products has the same eigenvalues.
    flags = _SCALE | _ROWS | (_NORMAL if length <= samples else 0)
    if mean is not None and mean.size:
        if size_of(mean) != (1, length):
            line = 104 if variance is None else 240
            raise failed_assertion("_mean.size() == mean_sz", "operator()", f"core/src/pca.cpp:{line}")
        mean = mean.astype(_DTYPES.get(depth, np.float32))
        flags |= _USE_AVG
    covariance, average = calcCovarMatrix(data, mean, flags, depth)
    _, values, vectors = call_by_name("eigen", covariance)
    if not flags & _NORMAL:
        deviations = data.astype(average.dtype) - average
        vectors = call_by_name("gemm", vectors, deviations, 1, None, 0)
        for vector in vectors:
            norm = float(np.linalg.norm(vector.astype(np.float64)))
            vector *= 1 / norm if norm > 2.0**-52 else 0
    count = len(values)
    if variance is not None:
        count = _components_for(values.ravel(), variance)
    elif components > 0:
        count = min(components, count)
    return average, vectors[:count].copy(), values[:count].copy()


def _components_for(values: Array, variance: float) -> int:
    """How many of the eigenvalues make up a part of their sum; at least two."""
    energy = np.add.accumulate(values)
    above = np.flatnonzero(energy / energy[-1] > variance)
    count = max(2, int(above[0]) if len(above) else len(values))
    if count > len(values):
        condition = "0 <= _rowRange.start && _rowRange.start <= _rowRange.end && _rowRange.end <= m.rows"
        raise failed_assertion(condition, "Mat", "core/src/matrix.cpp:1217")
    return count


def PCAProject(data: Array | None, mean: Array | None, eigenvectors: Array | None) -> Any:
    """The components of each row, or of each column where ``mean`` is one.

    Raises
    ------
    cv2.error
        The three don't fit together.
    """
    data, mean, eigenvectors = _matrices(data, mean, eigenvectors)
    (rows, columns), (mean_rows, mean_columns) = size_of(data), size_of(mean)
    fits = (mean_rows == 1 and mean_columns == columns) or (mean_columns == 1 and mean_rows == rows)
    _check_fit(fits, mean, eigenvectors, "mean.cols == data.cols", "mean.rows == data.rows", "project", 295)
    deviations = np.subtract(data.astype(mean.dtype), mean, dtype=mean.dtype)
    if mean_rows == 1:
        return call_by_name("gemm", deviations, eigenvectors, 1, None, 0, flags=_GEMM_2_T)
    return call_by_name("gemm", eigenvectors, deviations, 1, None, 0)


def PCABackProject(data: Array | None, mean: Array | None, eigenvectors: Array | None) -> Any:
    """What has the given components: the reverse of :func:`PCAProject`.

    Raises
    ------
    cv2.error
        The three don't fit together.
    """
    data, mean, eigenvectors = _matrices(data, mean, eigenvectors)
    (rows, columns), (mean_rows, mean_columns) = size_of(data), size_of(mean)
    count = size_of(eigenvectors)[0]
    fits = (mean_rows == 1 and count == columns) or (mean_columns == 1 and count == rows)
    needed = "eigenvectors.rows == data.cols", "eigenvectors.rows == data.rows"
    _check_fit(fits, mean, eigenvectors, *needed, "backProject", 325)
    numbers = data.astype(mean.dtype)
    if mean_rows == 1:
        means = np.repeat(mean, rows, 0)
        return call_by_name("gemm", numbers, eigenvectors, 1, means, 1)
    means = np.repeat(mean, columns, 1)
    return call_by_name("gemm", eigenvectors, numbers, 1, means, 1, flags=_GEMM_1_T)


def _matrices(*arrays: Array | None) -> tuple[Array, Array, Array]:
    first, second, third = (_matrix(present(array)) for array in arrays)
    return first, second, third


def _check_fit(
    fits: bool, mean: Array, eigenvectors: Array, in_row: str, in_column: str, function: str, line: int
) -> None:
    """Refuse what can't be projected; the conditions are those on a mean in a row and in a column."""
    if not (mean.size and eigenvectors.size and fits):
        condition = (
            f"!mean.empty() && !eigenvectors.empty() && ((mean.rows == 1 && {in_row}) || "
            f"(mean.cols == 1 && {in_column}))"
        )
        raise failed_assertion(condition, function, f"core/src/pca.cpp:{line}")
