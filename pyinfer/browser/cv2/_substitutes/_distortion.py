"""The lens model of calibrated cameras: modules/geometry/src/pinhole.cpp, distortion_model.hpp."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .._errors import failed_assertion

__all__ = [
    "Criteria",
    "Rectangle",
    "clipped",
    "is_valid",
    "matrix_of",
    "rectangles",
    "rows_columns",
    "to_integer",
    "undistorted",
]

Array = npt.NDArray[Any]

#: type, maxCount, epsilon
Criteria = tuple[int, int, float]
Rectangle = tuple[int, int, int, int]

_SOURCE = "geometry/src/pinhole.cpp"
_COUNT, _EPS = 1, 2
_DEFAULT_CRITERIA = (1, 5, 0.01)
_SAMPLES = 9
_NO_INTEGER = -(2**31)
_COEFFICIENTS = (4, 5, 8, 12, 14)
_LARGEST = np.finfo(np.float64).max


def rows_columns(array: Array | None) -> tuple[int, int]:
    """``Mat::rows`` and ``Mat::cols``: an array with one axis is a row."""
    if array is None:
        return 0, 0
    rows, columns = (1, 1, *array.shape[:2])[-2:]
    return rows, columns


def matrix_of(array: Array | None) -> Array | None:
    """A matrix in float64; None if it is empty."""
    return None if array is None or not array.size else array.astype(np.float64)


def is_valid(criteria: Criteria) -> bool:
    """``TermCriteria::isValid``."""
    kind, count, epsilon = criteria
    return bool((kind & _COUNT and count > 0) or (kind & _EPS and not np.isnan(epsilon)))


def undistorted(
    points: Array,
    camera: Array | None,
    coefficients: Array | None,
    rotation: Array | None,
    projection: Array | None,
    criteria: Criteria,
) -> Array:
    """Where points (n, 2) of an image would lie without distortion, float64 (n, 2).

    Raises
    ------
    cv2.error
        A matrix of another shape, or criteria that never end.
    """
    function = "undistortPointsInternal"
    if not is_valid(criteria):
        raise failed_assertion("criteria.isValid()", function, f"{_SOURCE}:109")
    if camera is None or camera.shape != (3, 3):
        condition = "_cameraMatrix.rows == 3 && _cameraMatrix.cols == 3 && _cameraMatrix.channels() == 1"
        raise failed_assertion(condition, function, f"{_SOURCE}:123")
    k = _coefficients(coefficients, function)
    turn = _turn(rotation, projection, function)
    fx, fy, cx, cy = (float(camera[at]) for at in ((0, 0), (1, 1), (0, 2), (1, 2)))
    with np.errstate(all="ignore"):
        x = (points[:, 0].astype(np.float64) - cx) * np.float64(1 / np.float64(fx))
        y = (points[:, 1].astype(np.float64) - cy) * np.float64(1 / np.float64(fy))
        if k is not None:
            targets = points.astype(np.float64)
            x, y = _Search(k, (fx, fy, cx, cy), targets).run(x, y, criteria)
        if turn is not None:
            weight = 1 / (turn[2, 0] * x + turn[2, 1] * y + turn[2, 2])
            x, y = (
                (turn[0, 0] * x + turn[0, 1] * y + turn[0, 2]) * weight,
                (turn[1, 0] * x + turn[1, 1] * y + turn[1, 2]) * weight,
            )
    return np.stack([x, y], axis=1)


def _coefficients(coefficients: Array | None, function: str) -> Array | None:
    if coefficients is None or not coefficients.size:
        return None
    rows, columns = rows_columns(coefficients)
    if not ((rows == 1 or columns == 1) and rows * columns in _COEFFICIENTS):
        count = "_distCoeffs.rows*_distCoeffs.cols == {}".format
        choices = " || ".join(map(count, _COEFFICIENTS))
        condition = f"(_distCoeffs.rows == 1 || _distCoeffs.cols == 1) && ({choices})"
        raise failed_assertion(condition, function, f"{_SOURCE}:128")
    k = np.zeros(14)
    k[: rows * columns] = coefficients.reshape(-1)[: rows * columns]
    return k


def _turn(rotation: Array | None, projection: Array | None, function: str) -> Array | None:
    """What is applied to the undistorted points; None for nothing."""
    turn = None
    if rotation is not None and rotation.size:
        if rotation.shape != (3, 3):
            condition = "matR.rows == 3 && matR.cols == 3 && matR.channels() == 1"
            raise failed_assertion(condition, function, f"{_SOURCE}:149")
        turn = rotation.astype(np.float64)
    if projection is not None and projection.size:
        rows, columns = rows_columns(projection)
        if not (rows == 3 and columns in (3, 4)):
            condition = "matP.rows == 3 && (matP.cols == 3 || matP.cols == 4)"
            raise failed_assertion(condition, function, f"{_SOURCE}:160")
        projected = projection[:, :3].astype(np.float64)
        turn = projected if turn is None else projected @ turn
    return turn


class _Search:
    """The damped fixed-point iteration, for all points at once: each ends by itself."""

    def __init__(self, k: Array, camera: tuple[float, float, float, float], targets: Array) -> None:
        self._k = k
        self._camera = camera
        self._u, self._v = targets.T
        self._tilt, self._untilt = _tilts(k[12], k[13])

    def run(self, x: Array, y: Array, criteria: Criteria) -> tuple[Array, Array]:
        kind, count, epsilon = criteria
        fx, fy, cx, cy = self._camera
        plain_x, plain_y = (self._u - cx) * (1 / np.float64(fx)), (self._v - cy) * (1 / np.float64(fy))
        first_x, first_y = _projected(self._untilt, x, y)
        x, y = first_x.copy(), first_y.copy()
        alpha = np.ones(len(x))
        error = np.full(len(x), _LARGEST)
        previous = error.copy()
        active = np.ones(len(x), bool)
        iterations = 0
        while not (kind & _COUNT and iterations >= count):
            iterations += 1
            if kind & _EPS:
                active &= ~(error < epsilon)
            if not active.any():
                break
            scale, shift_x, shift_y = self._model(x, y)
            lost = active & (scale < 0)
            x[lost], y[lost] = plain_x[lost], plain_y[lost]
            active &= ~lost
            new_x = (1 - alpha) * x + alpha * (first_x - shift_x) * scale
            new_y = (1 - alpha) * y + alpha * (first_y - shift_y) * scale
            if kind & _EPS:
                error = np.where(active, self._error(new_x, new_y), error)
            worse = error > previous
            alpha[active & worse] *= 0.5
            better = active & ~worse
            x[better], y[better] = new_x[better], new_y[better]
            previous = np.where(active, error, previous)
        return x, y

    def _model(self, x: Array, y: Array) -> tuple[Array, Array, Array]:
        k = self._k
        r2 = x * x + y * y
        scale = (1 + ((k[7] * r2 + k[6]) * r2 + k[5]) * r2) / (1 + ((k[4] * r2 + k[1]) * r2 + k[0]) * r2)
        shift_x = 2 * k[2] * x * y + k[3] * (r2 + 2 * x * x) + k[8] * r2 + k[9] * r2 * r2
        shift_y = k[2] * (r2 + 2 * y * y) + 2 * k[3] * x * y + k[10] * r2 + k[11] * r2 * r2
        return scale, shift_x, shift_y

    def _error(self, x: Array, y: Array) -> Array:
        """How far from where they were seen the points come to lie when distorted."""
        k = self._k
        fx, fy, cx, cy = self._camera
        r2 = x * x + y * y
        r4 = r2 * r2
        radial = 1 + k[0] * r2 + k[1] * r4 + k[4] * (r4 * r2)
        radial = radial * (1 / (1 + k[5] * r2 + k[6] * r4 + k[7] * (r4 * r2)))
        cross = 2 * x * y
        there_x = x * radial + k[2] * cross + k[3] * (r2 + 2 * x * x) + k[8] * r2 + k[9] * r4
        there_y = y * radial + k[2] * (r2 + 2 * y * y) + k[3] * cross + k[10] * r2 + k[11] * r4
        there_x, there_y = _projected(self._tilt, there_x, there_y)
        off: Array = np.sqrt((there_x * fx + cx - self._u) ** 2 + (there_y * fy + cy - self._v) ** 2)
        return off


def _tilts(x: float, y: float) -> tuple[Array, Array]:
    """The projection onto a tilted sensor, and back."""
    if x == 0 and y == 0:
        return np.eye(3), np.eye(3)
    about_x = np.array([[1, 0, 0], [0, np.cos(x), np.sin(x)], [0, -np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]])
    turn = about_y @ about_x
    onto = np.array([[turn[2, 2], 0, -turn[0, 2]], [0, turn[2, 2], -turn[1, 2]], [0, 0, 1]])
    inverse = 1 / turn[2, 2]
    back = np.array([[inverse, 0, inverse * turn[0, 2]], [0, inverse, inverse * turn[1, 2]], [0, 0, 1]])
    return onto @ turn, turn.T @ back


def _projected(matrix: Array, x: Array, y: Array) -> tuple[Array, Array]:
    depth = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2]
    scale = np.where(depth != 0, 1 / depth, 1.0)
    return (
        scale * (matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]),
        scale * (matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]),
    )


def rectangles(
    camera: Array | None,
    coefficients: Array | None,
    rotation: Array | None,
    projection: Array | None,
    size: tuple[int, int],
) -> tuple[Array, Array]:
    """getUndistortRectangles: what lies within the undistorted border, and around it, float64 (4,)."""
    steps = np.arange(_SAMPLES)
    y, x = (axis.reshape(-1) for axis in np.meshgrid(steps, steps, indexing="ij"))
    border = (x % (_SAMPLES - 1) == 0) | (y % (_SAMPLES - 1) == 0)
    x, y = x[border], y[border]
    grid = np.stack([x * ((size[0] - 1) / (_SAMPLES - 1)), y * ((size[1] - 1) / (_SAMPLES - 1))], axis=1)
    points = undistorted(grid, camera, coefficients, rotation, projection, _DEFAULT_CRITERIA)
    last = _SAMPLES - 1
    left, top = points[x == 0, 0].max(), points[y == 0, 1].max()
    right, bottom = points[x == last, 0].min(), points[y == last, 1].min()
    low, high = points.min(axis=0), points.max(axis=0)
    return np.array([left, top, right - left, bottom - top]), np.concatenate([low, high - low])


def to_integer(value: Any) -> int:
    """As a processor converts it: what does not fit is the least integer."""
    return int(value) if -(2.0**31) <= value < 2.0**31 else _NO_INTEGER


def clipped(rectangle: list[int], size: tuple[int, int]) -> Rectangle:
    """What of a rectangle lies within an image; nothing is (0, 0, 0, 0)."""
    x, y, width, height = rectangle
    if width > 0 and height > 0 and size[0] > 0 and size[1] > 0:
        left, top = max(x, 0), max(y, 0)
        right, bottom = min(x + width, size[0]), min(y + height, size[1])
        if right > left and bottom > top:
            return left, top, right - left, bottom - top
    return 0, 0, 0, 0
