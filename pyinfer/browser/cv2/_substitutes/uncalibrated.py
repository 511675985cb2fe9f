"""Rectification by the fundamental matrix alone: modules/stereo/src/stereo_geom.cpp."""

from __future__ import annotations

import numpy as np

from .._call import call_by_name
from .._errors import failed_assertion
from ._arrays import Array, present, sizes_of
from ._linear import least_squares, singular_values
from ._points import count_of
from .epipolar import computeCorrespondEpilines

__all__ = ["stereoRectifyUncalibrated"]

_SOURCE = "stereo/src/stereo_geom.cpp"
_EPSILON = 2.0**-52


def stereoRectifyUncalibrated(
    points1: Array | None,
    points2: Array | None,
    F: Array | None,
    imgSize: tuple[int, int],
    H1: Array | None,
    H2: Array | None,
    threshold: float,
) -> tuple[bool, Array | None, Array | None]:
    """Homographies that make epipolar lines level and alike, float64 (3, 3).

    Points farther than a positive ``threshold`` from their lines are left out; without any other nothing is
    found.

    Raises
    ------
    cv2.error
        Other points than pairs of numbers, as many and in the same shape in both images; ``F`` is not 3x3.
    """
    first, second, fundamental = present(points1), present(points2), present(F)
    function = "stereoRectifyUncalibrated"
    if sizes_of(first) != sizes_of(second):
        raise failed_assertion("points1.size() == points2.size()", function, f"{_SOURCE}:338")
    if count_of(first, 2) <= 0:
        raise failed_assertion("npoints > 0", function, f"{_SOURCE}:341")
    if fundamental.shape != (3, 3):
        place = "geometry/src/fundam.cpp:954"
        raise failed_assertion("F.size() == Size(3,3)", "computeCorrespondEpilines", place)
    one, other = (points.astype(np.float64).reshape(-1, 1, 2) for points in (first, second))
    values, left, right = singular_values(fundamental.astype(np.float64))
    values[2] = 0
    matrix = left * values @ right
    if threshold > 0:
        near = _distances(one, other, matrix, 2) <= threshold
        near &= _distances(other, one, matrix, 1) <= threshold
        one, other = one[near], other[near]
        if not len(one):
            return False, H1, H2
    centre = np.rint((np.array(imgSize) - 1) * 0.5)
    epipole = -left[:, 2] if left[2, 2] < 0 else left[:, 2]
    there, mirrored = _levelled(epipole, centre)
    x, y, z = epipole
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    here = there @ (cross @ matrix + np.outer(epipole, np.ones(3)))
    moved = call_by_name("perspectiveTransform", one, here).reshape(-1, 2)
    wanted = call_by_name("perspectiveTransform", other, there).reshape(-1, 2)
    shear = np.eye(3)
    shear[0] = least_squares(np.column_stack([moved, np.ones(len(moved))]), wanted[:, 0])
    here = shear @ here
    if mirrored:
        mirror = np.array([[-1, 0, centre[0] * 2], [0, -1, centre[1] * 2], [0, 0, 1]])
        here, there = mirror @ here, mirror @ there
    return True, here, there


def _distances(points: Array, others: Array, matrix: Array, image: int) -> Array:
    """How far points are from the lines of their counterparts in that image."""
    lines = computeCorrespondEpilines(others, image, matrix)
    assert lines is not None
    x, y = points.reshape(-1, 2).T
    a, b, c = lines.reshape(-1, 3).T
    distances: Array = np.abs(x * a + y * b + c)
    return distances


def _levelled(epipole: Array, centre: Array) -> tuple[Array, bool]:
    """The homography that takes an epipole to infinity along the x axis; whether it was left of it."""
    to_centre, back = np.eye(3), np.eye(3)
    to_centre[:2, 2], back[:2, 2] = -centre, centre
    moved = to_centre @ epipole
    cosine, sine = moved[:2] / max(np.sqrt(moved[0] * moved[0] + moved[1] * moved[1]), _EPSILON)
    turn = np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])
    turned = turn @ moved
    away = np.eye(3)
    with np.errstate(all="ignore"):
        away[2, 0] = 0 if abs(turned[2]) < 1e-6 * abs(turned[0]) else -turned[2] / turned[0]
    return back @ away @ turn @ to_centre, bool(moved[0] < 0)
