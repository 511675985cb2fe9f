"""``cv2.RotatedRect``: modules/core/src/types.cpp, kept in Python."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
import numpy.typing as npt

from ._convert import CONVERTERS
from ._convert_arrays import Call
from ._spec import Parameter, parse_row
from ._structures import Field, Structure, single

__all__ = ["RotatedRectangle", "convert_rotated_rectangle"]

_FLOAT_EPSILON = 2.0**-23


class RotatedRectangle(Structure):
    """RotatedRect([center, size, angle]) or RotatedRect(point1, point2, point3)

    Three points are corners, one after the other.

    Attributes
    ----------
    center, size : (float, float)
    angle : float
        In degrees, clockwise.
    """

    __slots__ = ()

    item = struct.Struct("<5f")
    _name = "RotatedRect"
    _overloads = (
        parse_row("RotatedRect(Point2f center, Point2f size, float angle)"),
        parse_row("RotatedRect(Point2f point1, Point2f point2, Point2f point3)"),
    )
    _initial = (0.0, 0.0, 0.0, 0.0, 0.0)

    center = Field("Point2f", 0)
    size = Field("Point2f", 2)
    angle = Field("float", 4)

    def _arranged(self, numbers: list[Any]) -> tuple[Any, ...]:
        return tuple(numbers) if len(numbers) == 5 else _through(np.array(numbers, np.float32).reshape(3, 2))

    def points(self, *args: Any) -> npt.NDArray[np.float32]:
        """The four corners, float32 of shape (4, 2)."""
        self._refuse("points", args)
        x, y, width, height, angle = map(np.float32, self._numbers)
        turn = float(angle) * math.pi / 180
        down, across = np.float32(math.cos(turn)) / 2, np.float32(math.sin(turn)) / 2
        ah, aw, bh, bw = across * height, across * width, down * height, down * width
        corners = (
            *((x - ah - bw, y + bh - aw), (x + ah - bw, y - bh - aw)),
            *((x + ah + bw, y - bh + aw), (x - ah + bw, y + bh + aw)),
        )
        return np.array(corners, np.float32)

    def boundingRect(self, *args: Any) -> tuple[int, int, int, int]:
        """The smallest upright rectangle of whole pixels around it: x, y, width, height."""
        self._refuse("boundingRect", args)
        corners = self.points()
        left, top = map(math.floor, corners.min(0))
        right, bottom = map(math.ceil, corners.max(0))
        return left, top, right - left + 1, bottom - top + 1

    def boundingRect2f(self, *args: Any) -> tuple[float, float, float, float]:
        """The smallest upright rectangle around it."""
        self._refuse("boundingRect2f", args)
        corners = self.points()
        left, top = corners.min(0)
        right, bottom = corners.max(0)
        return float(left), float(top), float(right - left), float(bottom - top)

    def _refuse(self, method: str, args: tuple[Any, ...]) -> None:
        if args:
            raise SystemError(
                f"<method '{method}' of 'cv2.RotatedRect' objects> returned NULL without setting an exception"
            )


RotatedRectangle.__module__ = "cv2"
RotatedRectangle.__name__ = RotatedRectangle.__qualname__ = "RotatedRect"


def _through(points: npt.NDArray[np.float32]) -> tuple[Any, ...]:
    """The rectangle with these three corners."""
    center = (points[0] + points[2]) * np.float32(0.5)
    sides = points[:2] - points[1:]
    lengths = [math.hypot(*side) for side in sides.tolist()]
    farthest = max(math.hypot(*point) for point in points.tolist())
    slant = abs(float(np.dot(*sides.astype(np.float64)))) * min(lengths)
    if not slant <= _FLOAT_EPSILON * 9 * farthest * lengths[0] * lengths[1]:
        raise SystemError("<class 'cv2.RotatedRect'> returned a result with an exception set")
    across = 1 if abs(sides[1][1]) < abs(sides[1][0]) else 0
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.arctan(sides[across][1] / sides[across][0])
    angle = slope * np.float32(180) / np.float32(math.pi)
    return tuple(map(single, (*center, lengths[across], lengths[1 - across], angle)))


_convert_tuple = CONVERTERS["RotatedRect"]


def convert_rotated_rectangle(call: Call, parameter: Parameter, value: Any) -> str:
    """A RotatedRect, or the tuple that stands for one."""
    if isinstance(value, RotatedRectangle):
        value = (value.center, value.size, value.angle)
    return _convert_tuple(call, parameter, value)
