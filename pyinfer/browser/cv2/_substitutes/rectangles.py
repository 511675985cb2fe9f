"""Rectangles: modules/core/include/opencv2/core/types.hpp."""

from __future__ import annotations

__all__ = ["rectangleIntersectionArea"]

Rectangle = tuple[float, float, float, float]


def rectangleIntersectionArea(a: Rectangle, b: Rectangle) -> float:
    """How much two rectangles (x, y, width, height) have in common; a side below 0 makes one empty."""
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if min(width, height, *a[2:], *b[2:]) <= 0:
        return 0.0
    return float(width * height)
