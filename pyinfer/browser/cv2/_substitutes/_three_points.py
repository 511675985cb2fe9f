"""Poses of a camera that sees three points: modules/geometry/src/p3p.cpp, ap3p.cpp, polynom_solver.cpp.

Both methods give up to four poses, each a rotation (3, 3) and a shift (3,), float64.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ._arrays import Array
from ._three_by_three import adjugate, inverse, product
from .elements import cubeRoot

__all__ = ["Pose", "algebraic_poses", "poses_by_conics"]

Pose = tuple[Array, Array]
Numbers = tuple[np.float64, ...]

_NEARLY_REAL = -1.0e-12
_NEWTON_STEPS = 5
_CLOSE_ENOUGH = 1e-10
_SMALLEST_ROOT = 10e-12


def poses_by_conics(world: Array, image: Array) -> list[Pose]:
    """The method of Ding and others, "Revisiting the P3P Problem".

    Parameters
    ----------
    world : (3, 3) float64
    image : (3, 2) float64
        Where the points are seen by a camera whose matrix is the identity.
    """
    with np.errstate(all="ignore"):
        return _Conics(world, image).poses()


class _Conics:
    def __init__(self, world: Array, image: Array) -> None:
        lengths = 1 / np.sqrt(image[:, 0] * image[:, 0] + image[:, 1] * image[:, 1] + 1)
        rays = np.column_stack([image, np.ones(3)]) * lengths[:, None]
        a01, a02, a12 = _squared_sides(world)
        order = [0, 1, 2]  # the longest side is to be between the last two
        if a01 > a02:
            if a01 > a12:
                order = [2, 1, 0]
        elif a02 > a12:
            order = [1, 0, 2]
        self._world, self._rays = world[order], rays[order]
        self._sides = _squared_sides(self._world)
        self._cosines = tuple(_dot(self._rays[i], self._rays[j]) for i, j in ((0, 1), (0, 2), (1, 2)))
        to_last = 1 / self._sides[2]
        self._a, self._b = self._sides[0] * to_last, self._sides[1] * to_last

    def poses(self) -> list[Pose]:
        """All poses in front of the camera, in the order in which they are found."""
        root, single = _real_root(*self._cubic())
        frame = inverse(_frame(self._world[0] - self._world[1], self._world[0] - self._world[2]))
        found: list[Pose] = []
        for line in self._lines(root):
            for distances in self._distances(*line):
                found.append(self._pose(self._refined(*distances), frame))
            if found and single:
                break
        return found

    def _cubic(self) -> Numbers:
        """The coefficients of the pencil of conics whose members are pairs of lines for its roots."""
        a, b = self._a, self._b
        m01, m02, m12 = self._cosines
        sine12, sine02, sine01 = 1 - m12 * m12, m02 * m02 - 1, m01 * m01 - 1
        mixed = 2 * m01 * m02 * m12 - 2
        b_term, a_term, both = b * b * sine12, a * a * sine12, 2 * (a * b) * sine12
        scale = 1 / (b_term + b * sine02)
        return (
            scale * ((a - 1) * sine02 + both + b_term + b * mixed),
            scale * (a_term + both + a * mixed + (b - 1) * sine01),
            scale * (a_term + a * sine01),
        )

    def _lines(self, root: np.float64) -> tuple[Array, Array]:
        """The two lines that a degenerate conic is made of."""
        a, b = self._a, self._b
        m01, m02, m12 = self._cosines
        conic = np.array(
            [
                [-a + root * (1 - b), -m02 * root, a * m12 + b * m12 * root],
                [-m02 * root, root + 1, -m01],
                [a * m12 + b * m12 * root, -m01, -a - b * root + 1],
            ]
        )
        opposite = -adjugate(conic)
        largest = _place_of_largest(np.diag(opposite))
        _, y, z = opposite[:, largest] / np.sqrt(opposite[largest, largest])
        return (
            np.array([conic[0, 0], conic[1, 0] + z, conic[2, 0] - y]),
            np.array([conic[0, 0], conic[0, 1] - z, conic[0, 2] + y]),
        )

    def _distances(self, p0: np.float64, p1: np.float64, p2: np.float64) -> Iterator[Numbers]:
        """The distances of the three points that lie on a line."""
        a, b = self._a, self._b
        m01, m02, m12 = self._cosines
        if abs(p0) <= abs(p1):
            w0, w1 = -p0 / p1, -p2 / p1
            scale = 1 / (w1 * w1 - b)
            linear = 2 * (b * m12 - m02 * w1 + w0 * w1) * scale
            for ratio in _real_roots(linear, (w0 * w0 - 2 * m02 * w0 - b + 1) * scale):
                if not ratio <= 0:
                    d2 = np.sqrt(self._sides[2] / (ratio * (ratio - 2 * m12) + 1))
                    d1 = ratio * d2
                    d0 = w0 * d2 + w1 * d1
                    if not d0 < 0:
                        yield d0, d1, d2
        else:
            w0, w1 = -p1 / p0, -p2 / p0
            scale = 1 / (-a * w1 * w1 + 2 * a * m12 * w1 - a + 1)
            linear = 2 * (a * m12 * w0 - m01 - a * w0 * w1) * scale
            for ratio in _real_roots(linear, (1 - a * w0 * w0) * scale):
                if not ratio <= 0:
                    d0 = np.sqrt(self._sides[0] / (ratio * (ratio - 2 * m01) + 1))
                    d1 = ratio * d0
                    d2 = w0 * d0 + w1 * d1
                    if not d2 < 0:
                        yield d0, d1, d2

    def _refined(self, d0: np.float64, d1: np.float64, d2: np.float64) -> Numbers:
        """Newton's method on the three laws of cosines."""
        a01, a02, a12 = self._sides
        m01, m02, m12 = self._cosines
        for _ in range(_NEWTON_STEPS):
            r1 = d0 * d0 - 2 * d0 * d1 * m01 + d1 * d1 - a01
            r2 = d0 * d0 - 2 * d0 * d2 * m02 + d2 * d2 - a02
            r3 = d1 * d1 - 2 * d1 * d2 * m12 + d2 * d2 - a12
            if abs(r1) + abs(r2) + abs(r3) < _CLOSE_ENOUGH:
                break
            x11, x12 = d0 - d1 * m01, d1 - d0 * m01
            x21, x23 = d0 - d2 * m02, d2 - d0 * m02
            x32, x33 = d1 - d2 * m12, d2 - d1 * m12
            scale = 0.5 / (x11 * x23 * x32 + x12 * x21 * x33)
            d0, d1, d2 = (
                d0 + (-x23 * x32 * r1 - x12 * x33 * r2 + x12 * x23 * r3) * scale,
                d1 + (-x21 * x33 * r1 + x11 * x33 * r2 - x11 * x23 * r3) * scale,
                d2 + (x21 * x32 * r1 - x11 * x32 * r2 - x12 * x21 * r3) * scale,
            )
        return d0, d1, d2

    def _pose(self, distances: Numbers, frame: Array) -> Pose:
        """The rotation that takes the triangle in the world to the one that is seen."""
        seen = self._rays * np.array(distances)[:, None]
        rotation = product(_frame(seen[0] - seen[1], seen[0] - seen[2]), frame)
        return rotation, seen[0] - product(rotation, self._world[0][:, None])[:, 0]


def _squared_sides(points: Array) -> Numbers:
    sides = (points[i] - points[j] for i, j in ((0, 1), (0, 2), (1, 2)))
    return tuple(_dot(side, side) for side in sides)


def _dot(one: Array, other: Array) -> np.float64:
    value: np.float64 = one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
    return value


def _frame(one: Array, other: Array) -> Array:
    return np.column_stack([one, other, np.cross(one, other)])


def _place_of_largest(values: Array) -> int:
    if values[0] > values[1]:
        return 0 if values[0] > values[2] else 2
    return 1 if values[1] > values[2] else 2


def _real_root(c2: np.float64, c1: np.float64, c0: np.float64) -> tuple[np.float64, bool]:
    """A real root of a cubic, and whether it is the only one."""
    a = c1 - c2 * c2 / 3
    b = (2 * c2 * c2 * c2 - 9 * c2 * c1) / 27 + c0
    c = b * b / 4 + a * a * a / 27
    if c > 0:
        root = np.sqrt(c)
        half = -0.5 * b
        return np.cbrt(half + root) + np.cbrt(half - root) - c2 / 3, True
    if c == 0:
        return -c2 / 3 + (3 * b / a if a != 0 else 0), False
    angle = np.arccos(3 * b / (2 * a) * np.sqrt(-3 / a))
    return 2 * np.sqrt(-a / 3) * np.cos(angle / 3) - c2 / 3, False


def _real_roots(b: np.float64, c: np.float64) -> tuple[np.float64, ...]:
    """The real roots of a quadratic; of a double one that rounding has made complex only one counts."""
    discriminant = b * b - 4 * c
    if discriminant < _NEARLY_REAL:
        return ()
    if _NEARLY_REAL < discriminant < 0:
        return (-0.5 * b,)
    root = np.sqrt(discriminant)
    if b < 0:
        return 0.5 * (-b + root), 0.5 * (-b - root)
    return 2 * c / (-b + root), 2 * c / (-b - root)


def algebraic_poses(world: Array, image: Array, camera: Array) -> list[Pose]:
    """The method of Ke and Roumeliotis, "An Efficient Algebraic Solution to the P3P Problem".

    Parameters
    ----------
    world : (3, 3) or (4, 3) float64
        By the fourth point the poses are sorted.
    image : (3, 2) or (4, 2) float64
        Where the points are seen by a camera whose matrix is the identity.
    camera : (3, 3) float64
    """
    with np.errstate(all="ignore"):
        focal, centre = camera[[0, 1], [0, 1]], camera[:2, 2]
        # There and back, as natively, which leaves its traces in the last digits.
        image = (1 / focal) * (image * focal + centre) - centre / focal
        lengths = 1 / np.sqrt(image[:, 0] * image[:, 0] + image[:, 1] * image[:, 1] + 1)
        rays = np.column_stack([image, np.ones(len(image))]) * lengths[:, None]
        found = list(_algebraic(world, rays))
        if len(world) == 3:
            return found
        errors = [_squared_error(pose, world[3], image[3]) for pose in found]
        return [found[place] for place in sorted(range(len(found)), key=errors.__getitem__)]


def _squared_error(pose: Pose, point: Array, seen: Array) -> float:
    x, y, z = product(pose[0], point[:, None])[:, 0] + pose[1]
    off_x, off_y = x / z - seen[0], y / z - seen[1]
    return float(off_x * off_x + off_y * off_y)


def _algebraic(world: Array, rays: Array) -> Iterator[Pose]:
    w1, w2, w3 = world[:3]
    b1, b2, b3 = rays[:3]
    side = w1 - w2
    length = np.sqrt(_dot(side, side))
    k1 = side / length
    k3 = np.cross(b1, b2)
    sine = np.sqrt(_dot(k3, k3))
    k3 = k3 / sine
    tz = np.cross(b1, k3)
    v1, v2 = np.cross(b1, b3), np.cross(b2, b3)
    u1 = w1 - w3
    along = _dot(u1, k1)
    rise = _dot(k3, b3)
    normal = np.cross(u1, k1)
    height = np.sqrt(_dot(normal, normal))
    normal = normal / height
    f11, f13, f15 = rise * height, _dot(k3, v1) * height, -along * rise
    before = along - length
    f21, f22, f23 = _dot(tz, v2), sine * rise, _dot(k3, v2)
    f24, f25 = before * f22, -before * f21
    f21, f22, f23 = f21 * height, f22 * height, f23 * height
    g1, g2, g3, g4 = f13 * f22, f13 * f25 - f15 * f23, f11 * f23 - f13 * f21, -f13 * f24
    g5, g6, g7 = f11 * f22, f11 * f25 - f15 * f21, -f15 * f24
    quartic = (
        g5 * g5 + g1 * g1 + g3 * g3,
        2 * (g5 * g6 + g1 * g2 + g3 * g4),
        g6 * g6 + 2 * g5 * g7 + g2 * g2 + g4 * g4 - g1 * g1 - g3 * g3,
        2 * (g6 * g7 - g1 * g2 - g3 * g4),
        g7 * g7 - g2 * g2 - g4 * g4,
    )
    to_world = np.column_stack([k1, normal, np.cross(k1, normal)])
    from_rays = np.stack([b1, k3, tz])
    for cosine in _polished(quartic, _quartic_roots(*quartic)):
        if abs(cosine) > 1:
            continue
        sine1 = np.sqrt(1 - cosine * cosine)
        sine1 = sine1 if rise > 0 else -sine1
        scale = sine1 / ((g5 * cosine + g6) * cosine + g7)
        cosine3, sine3 = (g1 * cosine + g2) * scale, (g3 * cosine + g4) * scale
        middle = np.array(
            [
                [cosine3, 0, -sine3],
                [sine1 * sine3, cosine, sine1 * cosine3],
                [cosine * sine3, -sine1, cosine * cosine3],
            ]
        )
        rotation = product(product(to_world, middle), from_rays).T
        shift = b3 * (height / rise) * sine1 - product(rotation, w3[:, None])[:, 0]
        yield np.ascontiguousarray(rotation), shift


def _polished(quartic: Numbers, roots: list[np.float64]) -> list[np.float64]:
    a, b, c, d, e = quartic
    for _ in range(2):
        roots = [
            x - ((((a * x + b) * x + c) * x + d) * x + e) / (((4 * a * x + 3 * b) * x + 2 * c) * x + d)
            for x in roots
        ]
    return roots


def _quartic_roots(
    a: np.float64, b: np.float64, c: np.float64, d: np.float64, e: np.float64
) -> list[np.float64]:
    if a == 0:
        return _cubic_roots(b, c, d, e)
    b, c, d, e = (coefficient * (1 / a) for coefficient in (b, c, d, e))
    resolvent = _cubic_roots(np.float64(1), -c, d * b - 4 * e, 4 * c * e - d * d - b * b * e)
    if not resolvent:
        return []
    first = resolvent[0]
    squared = 0.25 * (b * b) - c + first
    if squared < 0:
        return []
    r = np.sqrt(squared)
    if r < _SMALLEST_ROOT:
        rest = first * first - 4 * e
        upper = lower = np.float64(-1)
        if not rest < 0:
            upper = 0.75 * (b * b) - 2 * c + 2 * np.sqrt(rest)
            lower = upper - 4 * np.sqrt(rest)
    else:
        u = 0.75 * (b * b) - 2 * c - squared
        v = 0.25 * (1 / r) * (4 * (b * c) - 8 * d - b * b * b)
        upper, lower = u + v, u - v
    roots = []
    for half, value in ((0.5 * r, upper), (-0.5 * r, lower)):
        if value >= 0:
            spread = np.sqrt(value)
            largest = half + 0.5 * spread - 0.25 * b
            roots += [largest, largest - spread]
    return roots


def _cubic_roots(a: np.float64, b: np.float64, c: np.float64, d: np.float64) -> list[np.float64]:
    """The real roots; a lone one with the precision of a float32, as natively."""
    if a == 0:
        return _quadratic_roots(b, c, d)
    b, c, d = (coefficient * (1 / a) for coefficient in (b, c, d))
    q = (3 * c - b * b) / 9
    r = (9 * b * c - 27 * d - 2 * b * (b * b)) / 54
    cube = q * q * q
    discriminant = cube + r * r
    shift = (1 / 3) * b
    if q == 0:
        return [-shift] * 3 if r == 0 else [_cube_root(2 * r) - shift]
    if discriminant <= 0:
        angle = np.arccos(r / np.sqrt(-cube))
        double = 2 * np.sqrt(-q)
        return [double * np.cos((angle + turn * math.pi) / 3) - shift for turn in (0, 2, 4)]
    one = other = np.float64(0)
    if abs(r) > np.finfo(np.float64).eps:
        one = _cube_root(abs(r) + np.sqrt(discriminant))
        one = one if r >= 0 else -one
        other = -q / one
    return [one + other - shift]


def _cube_root(value: np.float64) -> np.float64:
    return np.float64(cubeRoot(float(np.float32(value))))


def _quadratic_roots(a: np.float64, b: np.float64, c: np.float64) -> list[np.float64]:
    if a == 0:
        return [] if b == 0 else [-c / b]
    discriminant = b * b - 4 * a * c
    if discriminant < 0:
        return []
    if discriminant == 0:
        return [-b * (0.5 / a)]
    root = np.sqrt(discriminant)
    return [(-b + root) * (0.5 / a), (-b - root) * (0.5 / a)]
