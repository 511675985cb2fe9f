"""Key points: modules/core/src/types.cpp."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._errors import opencv_error
from .._structures import KeyPoint
from ._arrays import Array

__all__ = ["KeyPoint_convert", "KeyPoint_overlap"]


def KeyPoint_convert(
    keypoints: list[KeyPoint] | None = None,
    keypointIndexes: list[int] | None = None,
    points2f: Array | None = None,
    size: float = 1,
    response: float = 1,
    octave: int = 0,
    class_id: int = -1,
) -> Any:
    """The points of key points, float32 of shape (n, 2), () for none; or key points at points."""
    if keypoints is None:
        points = [] if points2f is None else points2f.tolist()
        return tuple(KeyPoint(x, y, size, -1, response, octave, class_id) for x, y in points)
    if keypointIndexes:
        if min(keypointIndexes) < 0:
            text = "keypointIndexes has element < 0. TODO: process this case"
            raise opencv_error(-5, "Bad argument", text, "convert", "core/src/types.cpp:86")
        keypoints = [keypoints[index] for index in keypointIndexes]
    return np.array([keypoint.pt for keypoint in keypoints], np.float32) if keypoints else ()


def KeyPoint_overlap(kp1: KeyPoint, kp2: KeyPoint) -> float:
    """The area that the discs around two key points share, by the area that they cover."""
    single = np.float32
    a, b = single(kp1.size) * single(0.5), single(kp2.size) * single(0.5)
    distance = single(np.hypot(kp1.pt[0] - kp2.pt[0], kp1.pt[1] - kp2.pt[1]))
    areas = a * a, b * b
    if min(a, b) + distance <= max(a, b):  # one within the other
        with np.errstate(invalid="ignore"):
            return float(min(areas) / max(areas))
    if distance >= a + b:
        return 0.0
    square = distance * distance
    alpha = np.arccos((areas[1] + square - areas[0]) / (single(kp2.size) * distance))
    beta = np.arccos((areas[0] + square - areas[1]) / (single(kp1.size) * distance))
    shared = areas[0] * (beta - np.sin(beta) * np.cos(beta))
    shared += areas[1] * (alpha - np.sin(alpha) * np.cos(alpha))
    return float(shared / ((areas[0] + areas[1]) * single(np.pi) - shared))
