"""Motions that a homography stands for: modules/geometry/src/homography_decomp.cpp."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._call import call_by_name
from .._errors import failed_assertion, opencv_error
from ._arrays import Array, channels_of, present
from ._linear import singular_values
from ._points import count_of
from ._three_by_three import determinant, inverse, product

__all__ = ["decomposeHomographyMat", "filterHomographyDecompByVisibleRefpoints"]

Arrays = tuple[Array, ...]

_SOURCE = "geometry/src/homography_decomp.cpp"
_FILTER = "filterHomographyDecompByVisibleRefpoints"
_NO_MOTION = 0.001
_MASKS = (np.uint8, np.int8, np.bool_)


def decomposeHomographyMat(H: Array | None, K: Array | None) -> tuple[int, Arrays, Arrays, Arrays]:
    """How many motions there are, 4 or 1; rotations (3, 3), shifts (3, 1) and normals (3, 1), float64.

    Raises
    ------
    cv2.error
        A matrix has not nine numbers.
    """
    homography, camera = _nine(H, "H", 464), _nine(K, "K", 467)
    with np.errstate(all="ignore"):
        normed = product(product(inverse(camera), homography), camera)
        normed = normed * (1 / singular_values(normed)[0][1])
        motions = _motions(normed)
    rotations, shifts, normals = zip(*motions, strict=True)
    columns = [tuple(vector.reshape(3, 1) for vector in vectors) for vectors in (shifts, normals)]
    return len(motions), rotations, columns[0], columns[1]


def _nine(matrix: Array | None, name: str, line: int) -> Array:
    matrix = present(matrix)
    if not matrix.size:
        text = "The matrix is not continuous, thus its number of rows can not be changed"
        place = "core/src/matrix.cpp:1712"
        raise opencv_error(-13, "Image step is wrong", text, "reshape", place)
    if matrix.size % 3:
        text = "The total number of matrix elements is not divisible by the new number of rows"
        raise opencv_error(-5, "Bad argument", text, "reshape", "core/src/matrix.cpp:1719")
    if matrix.size != 9:
        condition = f"{name}.cols == 3 && {name}.rows == 3"
        raise failed_assertion(condition, "decomposeHomographyMat", f"{_SOURCE}:{line}")
    return matrix.reshape(3, 3).astype(np.float64)


def _motions(homography: Array) -> list[tuple[Array, Array, Array]]:
    """The analytical decomposition of a homography whose middle singular value is 1."""
    s = product(homography.T, homography)
    s[np.arange(3), np.arange(3)] -= 1.0
    if not np.any(np.abs(s) >= _NO_MOTION):
        return [(homography, np.zeros(3), np.zeros(3))]
    m = _opposites_of_minors(s)
    roots = np.sqrt(np.diag(m))
    largest = _place_of_largest(np.abs(np.diag(s)))
    spread = np.zeros(3)
    if largest == 0:
        spread[1:] = roots[2], _sign(m[1, 2]) * roots[1]
    elif largest == 1:
        spread[[0, 2]] = roots[2], -_sign(m[0, 2]) * roots[0]
    else:
        spread[:2] = _sign(m[0, 1]) * roots[1], roots[0]
    normals = [_unit(s[largest] + spread), _unit(s[largest] - spread)]
    trace = s[0, 0] + s[1, 1] + s[2, 2]
    v = 2 * np.sqrt(1 + trace - m[0, 0] - m[1, 1] - m[2, 2])
    length = _sign(s[largest, largest]) * np.sqrt(2 + trace + v)
    shift = np.sqrt(2 + trace - v)
    motions = []
    for normal, other in (normals, normals[::-1]):
        turned = 0.5 * shift * (length * other - shift * normal)
        rotation = product(homography, np.eye(3) - 2 / v * turned[:, None] * normal)
        if determinant(rotation) < 0:
            rotation = -rotation
        moved = product(rotation, turned[:, None])[:, 0]
        motions += [(rotation, moved, normal), (rotation.copy(), -moved, -normal)]
    return motions


def _opposites_of_minors(s: Array) -> Array:
    opposite = np.empty((3, 3))
    for row in range(3):
        for column in range(3):
            y1, y2 = (k for k in range(3) if k != row)
            x1, x2 = (k for k in range(3) if k != column)
            opposite[row, column] = s[y1, x2] * s[y2, x1] - s[y1, x1] * s[y2, x2]
    return opposite


def _place_of_largest(values: Array) -> int:
    if values[0] < values[1]:
        return 2 if values[1] < values[2] else 1
    return 2 if values[0] < values[2] else 0


def _sign(value: Any) -> int:
    return 1 if value >= 0 else -1


def _unit(vector: Array) -> Array:
    x, y, z = vector
    unit: Array = vector / np.sqrt(x * x + y * y + z * z)
    return unit


def filterHomographyDecompByVisibleRefpoints(
    rotations: list[Array | None],
    normals: list[Array | None],
    beforePoints: Array | None,
    afterPoints: Array | None,
    possibleSolutions: Array | None,
    pointsMask: Array | None,
) -> Array | None:
    """Which motions have all points before both cameras: their places, int32 (k,), or None for none of them.

    A matrix of k numbers that is given to be written to keeps its shape.

    Raises
    ------
    cv2.error
        Points that are not float32 with two channels, a mask of another length or dtype, or arrays that are
        no rotation and normal.
    """
    before, after, mask = present(beforePoints), present(afterPoints), present(pointsMask)
    if not all(points.dtype == np.float32 and channels_of(points) == 2 for points in (before, after)):
        condition = "_beforeRectifiedPoints.type() == CV_32FC2 && _afterRectifiedPoints.type() == CV_32FC2"
        raise failed_assertion(condition, _FILTER, f"{_SOURCE}:508")
    if mask.size and not (mask.dtype in _MASKS and channels_of(mask) == 1):
        kinds = " || ".join(f"_pointsMask.type() == CV_{kind}" for kind in ("8U", "8S", "Bool"))
        raise failed_assertion(f"_pointsMask.empty() || {kinds}", _FILTER, f"{_SOURCE}:509")
    before, after = before.reshape(-1, 2).astype(np.float64), after.reshape(-1, 2).astype(np.float64)
    if mask.size and count_of(mask, 1) != len(before):
        condition = "pointsMask.empty() || pointsMask.checkVector(1, CV_8U) == npoints"
        raise failed_assertion(condition, _FILTER, f"{_SOURCE}:516")
    visible = mask.reshape(-1) != 0 if mask.size else np.ones(len(before), bool)
    before, after = before[visible], after[visible[: len(after)]]
    possible = []
    for place, rotation in enumerate(rotations):
        if place >= len(normals):
            condition = "0 <= i && i < (int)v.size()"
            raise failed_assertion(condition, "getMat_", "core/src/matrix_wrap.cpp:131")
        normal, turned = _turned(present(rotation), present(normals[place]))
        if np.all(_depths(before, normal) > 0) and np.all(_depths(after, turned) > 0):
            possible.append(place)
    places = np.array(possible, np.int32)
    if possibleSolutions is not None and possibleSolutions.shape in ((len(possible), 1), (1, len(possible))):
        places = places.reshape(possibleSolutions.shape)
    return places if possible else None


def _turned(rotation: Array, normal: Array) -> tuple[Array, Array]:
    normal = normal.astype(np.float64)
    if normal.size != 3:
        raise failed_assertion("normals[i].total() == 3", _FILTER, f"{_SOURCE}:527")
    turned = call_by_name("gemm", rotation.astype(np.float64), normal, 1, None, 0)
    if turned.size != 3:
        raise failed_assertion("rotnorm[i].total() == 3", _FILTER, f"{_SOURCE}:530")
    return normal.reshape(3), turned.reshape(3)


def _depths(points: Array, normal: Array) -> Array:
    depths: Array = normal[0] * points[:, 0] + normal[1] * points[:, 1] + normal[2]
    return depths
