"""Rectangles: modules/core/include/opencv2/core/types.hpp."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .._call import call_function
from .._spec import FunctionSpec, parse_row

__all__ = ["boxPoints", "rectangleIntersectionArea"]

Rectangle = tuple[float, float, float, float]

#: opencv.js returns a list of points where C++ fills an array.
_CORNERS = FunctionSpec.of(
    "boxPoints", [parse_row("boxPoints(RotatedRect box) -> Point2f p0, Point2f p1, Point2f p2, Point2f p3")]
)


def boxPoints(box: Any) -> npt.NDArray[np.float32]:
    """The four corners of a rotated rectangle, ((x, y), (width, height), angle): float32, (4, 2)."""
    return np.array(call_function(_CORNERS, (box,), {}), np.float32)


def rectangleIntersectionArea(a: Rectangle, b: Rectangle) -> float:
    """How much two rectangles (x, y, width, height) have in common; a side below 0 makes one empty."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if min(width, height, *a[2:], *b[2:]) <= 0:
        return 0.0
    return float(width * height)
