"""The two poses of a camera that sees points of a plane: modules/geometry/src/ippe.cpp.

The method of Collins and Bartoli, "Infinitesimal Plane-Based Pose Estimation"; the homography after Harker
and O'Leary. A pose is a rotation vector and a shift, each (3, 1) float64.
"""

from __future__ import annotations

import numpy as np

from .._call import call_by_name
from ._arrays import Array
from ._linear import singular_values
from ._three_by_three import determinant

__all__ = ["NoPlane", "poses_of_plane", "poses_of_square"]

Pose = tuple[Array, Array]

_SMALL = 1e-3
_SINGULAR = 1e-9
_EPSILON = float(np.finfo(np.float32).eps)


class NoPlane(Exception):
    """The points are not those of a plane, or lie in one that can't be told."""


def poses_of_plane(world: Array, image: Array) -> list[Pose]:
    """Both poses, the better one first.

    Parameters
    ----------
    world : (n, 3) float32 or float64
    image : (n, 2) float64
        Where the points are seen by a camera whose matrix is the identity.
    """
    with np.errstate(all="ignore"):
        planar, to_plane = _in_plane(world)
        poses = []
        for rotation, shift in _canonical_poses(planar, image, _homography(planar, image)):
            whole = np.eye(4)
            whole[:3, :3], whole[:3, 3] = rotation, shift
            whole = whole @ to_plane
            poses.append((whole[:3, :3], whole[:3, 3]))
        return _sorted(poses, world, image)


def poses_of_square(world: Array, image: Array) -> list[Pose]:
    """The same for the corners of a square around the origin, clockwise from the upper left.

    Nothing but the length of its first side is read for the homography.
    """
    with np.errstate(all="ignore"):
        dx, dy = world[1, :2] - world[0, :2]
        homography = _homography_of_square(image, float(np.sqrt(dx * dx + dy * dy)) / 2)
        poses = _canonical_poses(world[:, :2].astype(np.float64), image, homography)
        return _sorted(poses, world, image)


def _in_plane(world: Array) -> tuple[Array, Array]:
    """The points in their plane's own coordinates, (n, 2), and the matrix (4, 4) that takes them there."""
    points = world.astype(np.float64)
    centre = points.sum(axis=0) / len(points)
    centred = points - centre
    to_plane = np.eye(4)
    to_plane[:3, 3] = -centre
    if not np.any(np.abs(points[:, 2]) > _SMALL):
        return centred[:, :2], to_plane
    turn = _turn_of_plane(points, centred)
    flat = centred @ turn.T
    if np.any(np.abs(flat[:, 2]) > _SMALL):
        raise NoPlane
    turned = np.eye(4)
    turned[:3, :3] = turn
    return flat[:, :2], turned @ to_plane


def _turn_of_plane(points: Array, centred: Array) -> Array:
    normal = np.cross(points[0] - points[1], points[0] - points[2])
    length = np.sqrt(normal @ normal)
    if length > _SMALL:
        return _turn_to_axis(normal / length)
    values, left, _ = singular_values(centred.T @ centred)
    if not values[2] / values[1] < _SMALL:
        raise NoPlane
    turn = left.T.copy()
    if determinant(turn) < 0:
        turn[2] = -turn[2]
    return turn


def _turn_to_axis(vector: Array) -> Array:
    """The rotation that takes a vector to the z axis."""
    x, y, z = vector / np.sqrt(vector @ vector)
    if abs(1 + z) < _EPSILON:
        return np.diag([1.0, 1.0, -1.0])
    d = 1 / (1 + z)
    return np.array(
        [
            [1 - x * x * d, -x * y * d, -x],
            [-x * y * d, 1 - y * y * d, -y],
            [x, y, 1 - (x * x + y * y) * d],
        ]
    )


def _canonical_poses(planar: Array, image: Array, homography: Array) -> list[Pose]:
    """From the homography's derivative at the origin: rotations (3, 3) and shifts (3,)."""
    p, q = homography[:2, 2]
    jacobian = homography[:2, :2] - np.outer(homography[:2, 2], homography[2, :2])
    view = _turn_to_axis(np.array([p, q, 1.0])).T
    base = view[:2, :2] - np.outer([p, q], view[2, :2])
    scale = 1 / (base[0, 0] * base[1, 1] - base[0, 1] * base[1, 0])
    a = scale * np.array([[base[1, 1], -base[0, 1]], [-base[1, 0], base[0, 0]]]) @ jacobian
    squares = a @ a.T
    difference = squares[0, 0] - squares[1, 1]
    root = np.sqrt(difference * difference + 4 * squares[0, 1] * squares[0, 1])
    largest = 0.5 * (squares[0, 0] + squares[1, 1] + root)
    if largest < 0 or np.sqrt(largest) < _EPSILON:
        raise NoPlane
    r = a / np.sqrt(largest)
    third = np.sqrt(1 - r[0] * r[0] - r[1] * r[1])
    if -r[0, 0] * r[0, 1] - r[1, 0] * r[1, 1] < 0:
        third[1] = -third[1]
    poses = []
    for row in (third, -third):
        columns = np.vstack([r, row])
        rotation = view @ np.column_stack([columns, np.cross(columns[:, 0], columns[:, 1])])
        poses.append((rotation, _shift(planar, image, rotation)))
    return poses


def _shift(planar: Array, image: Array, rotation: Array) -> Array:
    """The shift of least squares for a rotation, by its normal equations."""
    rotated = planar @ rotation[:, :2].T
    count = float(len(planar))
    sums, squares = -image.sum(axis=0), float((image * image).sum())
    right = image * rotated[:, 2:] - rotated[:, :2]
    b = np.array([*right.sum(axis=0), -(image * right).sum()])
    x, y = sums
    scale = 1 / (count * count * squares - count * y * y - x * count * x)
    inverse = np.array(
        [
            [count * squares - y * y, x * y, -x * count],
            [y * x, count * squares - x * x, -count * y],
            [-count * x, -count * y, count * count],
        ]
    )
    shift: Array = scale * (inverse @ b)
    return shift


def _homography_of_square(image: Array, half: float) -> Array:
    """From the corners (-half, half), (half, half), (half, -half), (-half, -half), in closed form."""
    source = np.array([[-half, half], [half, half], [half, -half], [-half, -half]])
    (x1, y1), (x2, y2), (x3, y3), (x4, y4) = (-image).tolist()
    area = x1 * y2 - x2 * y1 - x1 * y4 + x2 * y3 - x3 * y2 + x4 * y1 + x3 * y4 - x4 * y3
    if abs(half * area) < _SINGULAR:
        raise NoPlane
    rows = np.zeros((8, 8))
    for k, ((x, y), (u, v)) in enumerate(zip(source, image, strict=True)):
        rows[k] = x, y, 1, 0, 0, 0, -u * x, -u * y
        rows[k + 4] = 0, 0, 0, x, y, 1, -v * x, -v * y
    try:
        solved = np.linalg.solve(rows, image.T.reshape(-1))
    except np.linalg.LinAlgError:
        raise NoPlane from None
    return np.append(solved, 1.0).reshape(3, 3)


def _homography(planar: Array, image: Array) -> Array:
    """The homography with the least algebraic error, whose last number is 1."""
    (a, from_planar, _), (b, _, to_image) = _normalised(planar), _normalised(image)
    count = len(a)
    means, sides = [], []
    for k in (0, 1):
        products = -b[:, k : k + 1] * a
        means.append(products.sum(axis=0) / count)
        sides.append(np.column_stack([products - means[-1], -b[:, k]]))
    squares = a.T @ a
    area = squares[0, 0] * squares[1, 1] - squares[0, 1] * squares[1, 0]
    inverse = np.array([[squares[1, 1], -squares[0, 1]], [-squares[1, 0], squares[0, 0]]]) / area
    planes = [inverse @ a.T @ side for side in sides]
    rest = np.vstack([side - a @ plane for side, plane in zip(sides, planes, strict=True)])
    if not np.all(np.isfinite(rest)):
        return np.full((3, 3), np.nan)
    last = np.linalg.eigh(rest.T @ rest)[1][:, 0]
    rows = [np.append(-plane @ last, -(mean @ last[:2])) for plane, mean in zip(planes, means, strict=True)]
    homography: Array = to_image @ np.vstack([*rows, last]) @ from_planar
    homography *= 1 / homography[2, 2]
    return homography


def _normalised(points: Array) -> tuple[Array, Array, Array]:
    """Points around the origin, the matrix that brings them there, and the one that brings them back."""
    mean = points.sum(axis=0) / len(points)
    centred = points - mean
    scale = np.sqrt(2 * len(points) / (centred * centred).sum())
    there, back = np.diag([scale, scale, 1.0]), np.diag([1 / scale, 1 / scale, 1.0])
    there[:2, 2], back[:2, 2] = -scale * mean, mean
    return centred * scale, there, back


def _sorted(poses: list[Pose], world: Array, image: Array) -> list[Pose]:
    found = []
    for rotation, shift in poses:
        vector, column = _vector(rotation), shift.reshape(3, 1)
        projected = call_by_name("projectPoints", world.reshape(-1, 1, 3), vector, column, np.eye(3), None)[0]
        seen = image.astype(projected.dtype)
        off = (projected.reshape(-1, 2) - seen).astype(np.float32)
        squares = off[:, 0] * off[:, 0] + off[:, 1] * off[:, 1]
        error = np.sqrt(np.add.accumulate(squares)[-1] / np.float32(2 * len(off)))
        found.append((error, (vector, column)))
    (error, one), (other_error, other) = found
    return [other, one] if other_error < error else [one, other]


def _vector(rotation: Array) -> Array:
    """The rotation vector by the trace; zeros if there is hardly any rotation."""
    angle = np.arccos((rotation[0, 0] + rotation[1, 1] + rotation[2, 2] - 1) / 2)
    if angle < _EPSILON:
        return np.zeros((3, 1))
    axis = rotation[[2, 0, 1], [1, 2, 0]] - rotation[[1, 2, 0], [2, 0, 1]]
    vector: Array = 1 / (2 * np.sin(angle)) * angle * axis.reshape(3, 1)
    return vector
