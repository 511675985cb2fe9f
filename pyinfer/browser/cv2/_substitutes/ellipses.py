"""The nearest points of an ellipse: modules/geometry/src/shapedescr.cpp."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from .._errors import error, failed_assertion
from ._points import count_of

__all__ = ["getClosestEllipsePoints"]

Array = npt.NDArray[Any]
Pair = tuple[float, float]

_ROUNDS = 3


def getClosestEllipsePoints(ellipse_params: tuple[Pair, Pair, float], points: Array) -> Array:
    """The point of the ellipse next to each of the points, (n, 2) float32.

    All at once, in native's float32.

    Raises
    ------
    cv2.error
        There are no points, or they are neither float32 nor int32.
    """
    if points.dtype not in (np.float32, np.int32):
        raise _failed("depth == CV_32F || depth == CV_32S", 849)
    if count_of(points, 2) < 1:
        raise _failed("n > 0", 850)
    (x, y), (width, height), angle = ellipse_params
    longer, shorter = np.float32(width) / np.float32(2), np.float32(height) / np.float32(2)
    turn = np.float32(angle)
    if longer < shorter:
        longer, shorter = shorter, longer
        turn += np.float32(90)
    radians = np.float32(float(turn) * math.pi / 180)
    cosine, sine = np.cos(radians), np.sin(radians)
    shift_x, shift_y = np.float32(x), np.float32(y)
    px, py = points.reshape(-1, 2).astype(np.float32).T
    along = cosine * px + sine * py + (-cosine * shift_x - sine * shift_y)
    beside = -sine * px + cosine * py + (sine * shift_x - cosine * shift_y)
    with np.errstate(all="ignore"):
        u, v = _closest(longer, shorter, along, beside)
    closest: Array = np.stack([cosine * u - sine * v + shift_x, sine * u + cosine * v + shift_y], axis=-1)
    return closest


def _closest(a: np.float32, b: np.float32, x: Array, y: Array) -> tuple[Array, Array]:
    """For an ellipse around the origin with half axes ``a`` and ``b``."""
    px, py = np.abs(x), np.abs(y)
    zero, one = np.float32(0), np.float32(1)
    tx, ty = np.full_like(px, 0.707), np.full_like(py, 0.707)
    for _ in range(_ROUNDS):
        ex = (a * a - b * b) * tx * tx * tx / a
        ey = (b * b - a * a) * ty * ty * ty / b
        r = np.hypot(a * tx - ex, b * ty - ey)
        qx, qy = px - ex, py - ey
        q = np.hypot(qx, qy)
        tx = np.fmin(one, np.fmax(zero, (qx * r / q + ex) / a))
        ty = np.fmin(one, np.fmax(zero, (qy * r / q + ey) / b))
        length = np.hypot(tx, ty)
        tx, ty = tx / length, ty / length
    return np.copysign(a * tx, x), np.copysign(b * ty, y)


def _failed(condition: str, line: int) -> error:
    return failed_assertion(condition, "getClosestEllipsePoints", f"geometry/src/shapedescr.cpp:{line}")
