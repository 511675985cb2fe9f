"""Two views of a scene: modules/geometry/src/triangulate.cpp and fundam.cpp."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from .._call import call_by_name
from .._errors import failed_assertion, opencv_error
from ._distortion import rows_columns
from ._linear import null_vectors, singular_values
from ._points import count_of

__all__ = [
    "computeCorrespondEpilines",
    "convertPointsFromHomogeneous",
    "convertPointsToHomogeneous",
    "correctMatches",
    "sampsonDistance",
    "triangulatePoints",
]

Array = npt.NDArray[Any]

_TRIANGULATE = "geometry/src/triangulate.cpp"
_FUNDAM = "geometry/src/fundam.cpp"
_FLOATS = (np.dtype(np.float32), np.dtype(np.float64))
_NUMBERS = (np.dtype(np.int32), *_FLOATS)
_DTYPES: dict[int, Any] = {4: np.dtype(np.int32), 5: np.dtype(np.float32), 6: np.dtype(np.float64)}
_DEPTH_MASK = 31
_FLT_EPSILON = 2.0**-23


def triangulatePoints(
    projMatr1: Array | None, projMatr2: Array | None, projPoints1: Array | None, projPoints2: Array | None
) -> Array | None:
    """Points in space from two views of them: homogeneous, (4, n), of the points' dtype.

    Raises
    ------
    cv2.error
        Points that differ in number or dtype, or are no floats; a projection that is not 3x4.
    """
    dtypes = [np.dtype(np.uint8) if points is None else points.dtype for points in (projPoints1, projPoints2)]
    condition = "depth1 == depth2 && (depth1 == CV_32F || depth1 == CV_64F)"
    _assert(dtypes[0] == dtypes[1] and dtypes[0] in _FLOATS, condition, "triangulatePoints", 68)
    assert projPoints1 is not None and projPoints2 is not None
    first, second = _coordinates(projPoints1), _coordinates(projPoints2)
    _assert(first.shape[1] == second.shape[1], "npoints1 == npoints2", "triangulatePoints", 96)
    one, other = _projection(projMatr1), _projection(projMatr2)
    if not first.shape[1]:
        return None
    system = np.empty((first.shape[1], 4, 4))
    for row, (matrix, points, axis) in enumerate(
        ((one, first, 0), (one, first, 1), (other, second, 0), (other, second, 1))
    ):
        system[:, row] = points[axis][:, None] * matrix[2] - matrix[axis]
    return np.ascontiguousarray(null_vectors(system).T.astype(dtypes[0]))


def _coordinates(points: Array) -> Array:
    """(2, n) float64: of (n, 1, 2) and (1, n, 2), else as they are."""
    if points.ndim == 3 and points.shape[2] == 2 and 1 in points.shape[:2]:
        return points.reshape(-1, 2).T.astype(np.float64)
    if points.shape[0] < 2:
        text = "the points need two rows, or two channels"
        raise opencv_error(-5, "Bad argument", text, "triangulatePoints", f"{_TRIANGULATE}:68")
    return points.reshape(points.shape[0], -1)[:2].astype(np.float64)


def _projection(matrix: Array | None) -> Array:
    if matrix is None:
        raise failed_assertion("!fixedSize()", "release", "core/src/matrix_wrap.cpp:2044")
    if matrix.shape != (3, 4):
        rows, columns = rows_columns(matrix)
        function = "void cv::_OutputArray::create(int, const int*, int, int, bool, DepthMask) const"
        text = (
            " (expected: 'requested_size == sz'), where\n"
            f"    'requested_size' is [{columns} x {rows}]\nmust be equal to\n    'sz' is [4 x 3]"
        )
        place = "core/src/matrix_wrap.cpp:1682"
        raise opencv_error(-2, "Unspecified error", text, function, place)
    return matrix.astype(np.float64)


def correctMatches(
    F: Array | None, points1: Array | None, points2: Array | None
) -> tuple[Array | None, Array | None]:
    """The nearest points that fit the fundamental matrix exactly, of the points' shape and dtype.

    Raises
    ------
    cv2.error
        Points that are no floats, differ in number, or are not (1, n, 2) or (n, 1, 2).
    """
    function = "correctMatches"
    dtypes = [np.dtype(np.uint8) if points is None else points.dtype for points in (points1, points2)]
    condition = "(depth1 == CV_32F || depth1 == CV_64F) && depth1 == depth2"
    _assert(dtypes[0] in _FLOATS and dtypes[0] == dtypes[1], condition, function, 171)
    assert points1 is not None and points2 is not None
    sizes = rows_columns(points1), rows_columns(points2)
    _assert(sizes[0] == sizes[1], "points1.size() == points2.size()", function, 173)
    _assert(1 in sizes[0], "points1.rows == 1 || points1.cols == 1", function, 174)
    for points, name, line in ((points1, "first", 176), (points2, "second", 178)):
        if points.ndim != 3 or points.shape[2] != 2:
            text = f"The {name} set of points must contain two channels; one for x and one for y"
            kind = "Sizes of input arguments do not match"
            raise opencv_error(-209, kind, text, function, f"{_TRIANGULATE}:{line}")
    assert F is not None
    matrix = F.astype(np.float64)
    new1, new2 = np.empty_like(points1), np.empty_like(points2)
    pairs = zip(points1.reshape(-1, 2), points2.reshape(-1, 2), strict=True)
    with np.errstate(all="ignore"):
        for index, (one, other) in enumerate(pairs):
            moved = _corrected(matrix, one.astype(np.float64), other.astype(np.float64))
            new1.reshape(-1, 2)[index], new2.reshape(-1, 2)[index] = moved
    return new1, new2


def _corrected(matrix: Array, one: Array, other: Array) -> tuple[Array, Array]:
    """The optimal triangulation method of Hartley and Zisserman."""
    there, back = np.eye(3), np.eye(3)
    there[:2, 2], back[:2, 2] = one, other
    moved = back.T @ matrix @ there
    _, left, right = singular_values(moved)
    turn1, turn2 = (_epipole(vector) for vector in (right[2], left[:, 2]))
    rotate1 = np.array([[turn1[0], -turn1[1], 0], [turn1[1], turn1[0], 0], [0, 0, 1]])
    rotate2 = np.array([[turn2[0], turn2[1], 0], [-turn2[1], turn2[0], 0], [0, 0, 1]])
    turned = rotate2 @ moved @ rotate1
    f, g = turn1[2] ** 2, turn2[2] ** 2
    a, b, c, d = turned[1, 1], turned[1, 2], turned[2, 1], turned[2, 2]
    roots = call_by_name("solvePoly", _cost_derivative(a, b, c, d, f, g).reshape(-1, 1))[1]
    best, least = np.finfo(np.float64).max, 1 / f + c * c / (a * a + g * c * c)
    for t in roots.reshape(-1, 2)[:, 0]:
        cost = t * t / (1 + f * t * t) + (c * t + d) ** 2 / ((a * t + b) ** 2 + g * (c * t + d) ** 2)
        if cost < least:
            least, best = cost, t
    scale = best * best * f + 1
    foot = np.array([best * best * turn1[2] / scale, best / scale, 1])
    p, q = a * best + b, c * best + d
    scale = g * q * q + p * p
    other_foot = np.array([turn2[2] * q * q / scale, -p * q / scale, 1])
    return (there @ (rotate1 @ foot))[:2], (back @ (rotate2.T @ other_foot))[:2]


def _epipole(vector: Array) -> Array:
    scaled: Array = vector / math.sqrt(vector[0] ** 2 + vector[1] ** 2)
    return -scaled if scaled[2] < 0 else scaled


def _cost_derivative(a: Any, b: Any, c: Any, d: Any, f: Any, g: Any) -> Array:
    """The polynomial whose roots are where the cost is least, from the constant up; f and g are squares.

    t ((at + b)^2 + g (ct + d)^2)^2 - (ad - bc) (1 + f t^2)^2 (at + b) (ct + d)
    """
    squares = np.polynomial.polynomial.polyadd(
        np.array([b * b, 2 * a * b, a * a]), g * np.array([d * d, 2 * c * d, c * c])
    )
    first = np.convolve(np.convolve(squares, squares), [0, 1])
    growth = np.array([1, 0, 2 * f, 0, f * f])
    second = (a * d - b * c) * np.convolve(growth, np.array([b * d, a * d + b * c, a * c]))
    difference: Array = np.concatenate([first, np.zeros(7 - len(first))]) - second
    return difference


def computeCorrespondEpilines(points: Array | None, whichImage: int, F: Array | None) -> Array | None:
    """Lines in the other view, (n, 1, 3): float64 for such points, else float32.

    Raises
    ------
    cv2.error
        No points of two or three numbers; ``F`` is not 3x3.
    """
    function = "computeCorrespondEpilines"
    if count_of(points, 2) < 0:
        if count_of(points, 3) < 0:
            text = "The input should be a 2D or 3D point set"
            raise opencv_error(-5, "Bad argument", text, function, f"{_FUNDAM}:943")
        points = convertPointsFromHomogeneous(points, -1)
    assert points is not None
    condition = "depth == CV_32F || depth == CV_32S || depth == CV_64F"
    _assert(points.dtype in _NUMBERS, condition, function, 949, _FUNDAM)
    _assert(F is not None and F.shape[:2] == (3, 3), "F.size() == Size(3,3)", function, 951, _FUNDAM)
    assert F is not None
    if not points.size:
        return None
    f = F.astype(np.float64)
    if whichImage == 2:
        f = f.T
    dtype = np.float64 if points.dtype == np.float64 else np.float32
    x, y = points.reshape(-1, 2).astype(dtype).astype(np.float64).T
    with np.errstate(all="ignore"):
        a, b, c = (row[0] * x + row[1] * y + row[2] for row in f)
        square = a * a + b * b
        scale = np.where(square != 0, 1 / np.sqrt(square), 1.0)
        return np.stack([a * scale, b * scale, c * scale], axis=1).astype(dtype).reshape(-1, 1, 3)


def convertPointsFromHomogeneous(src: Array | None, dtype: int) -> Array | None:
    """Points divided by their last number, (n, 1, 2) or (n, 1, 3), float32 or float64.

    Raises
    ------
    cv2.error
        No points of three or four numbers, int32 or floats; a ``dtype`` of no floats.
    """
    function = "convertPointsFromHomogeneous"
    src, numbers = _points_and_numbers(src, (3, 4), function, (1014, 1017))
    wanted: Any = _DTYPES.get(dtype & _DEPTH_MASK)
    if dtype < 0:
        wanted = np.dtype(np.float64 if src.dtype == np.float64 else np.float32)
    _assert(wanted in _FLOATS, "ddepth == CV_32F || ddepth == CV_64F", function, 1024, _FUNDAM)
    if not src.size:
        return None
    points = src.reshape(-1, numbers)
    last = points[:, -1:]
    # Of float32 points the result is computed in the result's own precision.
    precision: Any = src.dtype if src.dtype == np.float64 else wanted
    with np.errstate(all="ignore"):
        if src.dtype == np.int32:
            scale = np.where(last != 0, precision.type(1) / last.astype(precision), precision.type(1))
        else:
            weight = last.astype(precision)
            none = np.abs(weight) <= _FLT_EPSILON
            scale = np.where(none, precision.type(1), precision.type(1) / weight)
        result: Array = (points[:, :-1].astype(precision) * scale).astype(wanted)
    return result.reshape(-1, 1, numbers - 1)


def convertPointsToHomogeneous(src: Array | None, dtype: int) -> Array | None:
    """Points with a one behind, (n, 1, 3) or (n, 1, 4).

    Raises
    ------
    cv2.error
        No points of two or three numbers, int32 or floats; a ``dtype`` of no floats.
    """
    function = "convertPointsToHomogeneous"
    src, numbers = _points_and_numbers(src, (2, 3), function, (1170, 1173))
    wanted: Any = src.dtype if dtype < 0 else _DTYPES.get(dtype & _DEPTH_MASK)
    condition = "ddepth == CV_32F || ddepth == CV_64F || (ddepth == depth)"
    _assert(wanted in _FLOATS or wanted == src.dtype, condition, function, 1181, _FUNDAM)
    if not src.size:
        return None
    points: Array = np.ones((src.size // numbers, 1, numbers + 1), wanted)
    points[:, 0, :-1] = src.reshape(-1, numbers)
    return points


def _points_and_numbers(
    src: Array | None, choices: tuple[int, int], function: str, lines: tuple[int, int]
) -> tuple[Array, int]:
    """Points of so many numbers or of so many: they, and of how many they are."""
    numbers = choices[0] if count_of(src, choices[0]) >= 0 else choices[1]
    _assert(count_of(src, numbers) >= 0, "npoints >= 0", function, lines[0], _FUNDAM)
    assert src is not None
    condition = "npoints >= 0 && (depth == CV_32S || depth == CV_32F || depth == CV_64F)"
    _assert(src.dtype in _NUMBERS, condition, function, lines[1], _FUNDAM)
    return src, numbers


def sampsonDistance(pt1: Array | None, pt2: Array | None, F: Array | None) -> float:
    """The first-order distance of two homogeneous points from fitting a fundamental matrix.

    Raises
    ------
    cv2.error
        Something is not float64.
    """
    dtypes = {None if array is None else array.dtype for array in (pt1, pt2, F)}
    condition = "_pt1.depth() == CV_64F && _pt2.depth() == CV_64F && _F.depth() == CV_64F"
    _assert(dtypes == {np.dtype(np.float64)}, condition, "sampsonDistance", 1297, _FUNDAM)
    assert pt1 is not None and pt2 is not None and F is not None
    one, other, matrix = pt1.reshape(-1)[:3], pt2.reshape(-1)[:3], F.reshape(-1)[:9].reshape(3, 3)
    line, back = matrix @ one, matrix.T @ other
    with np.errstate(all="ignore"):
        total = line[0] ** 2 + line[1] ** 2 + back[0] ** 2 + back[1] ** 2
        return float((other @ line) ** 2 / total)


def _assert(holds: bool, condition: str, function: str, line: int, source: str = _TRIANGULATE) -> None:
    if not holds:
        raise failed_assertion(condition, function, f"{source}:{line}")
