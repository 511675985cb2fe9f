"""The quad-edge structure of Guibas and Stolfi: modules/geometry/src/subdivision2d.cpp.

An edge is a number: four of them, one after the other, are an edge, what it becomes turned by a quarter (it
then joins the faces beside it), the edge backwards, and that turned. Points are single precision, what is
computed of them is double, as natively.
"""

from __future__ import annotations

import numpy as np

from .._errors import failed_assertion, opencv_error

__all__ = ["NEXT_LEFT", "Point", "QuadEdges", "single"]

Point = tuple[float, float]

_SOURCE = "geometry/src/subdivision2d.cpp"
_ERROR, _INSIDE, _VERTEX, _ON_EDGE = -2, 0, 1, 2
NEXT_LEFT, _NEXT_RIGHT = 0x13, 0x31
_PREVIOUS_ORIGIN, _PREVIOUS_LEFT, _PREVIOUS_TARGET = 0x11, 0x20, 0x33
_FLT_EPSILON = 2.0**-23
_FAR = float(np.finfo(np.float32).max) * 0.5
_FREE, _REAL, _VIRTUAL = -1, 0, 1
_OUT_OF_RANGE = -211, "One of the arguments' values is out of range", ""


def single(value: float) -> float:
    """The nearest number of single precision."""
    return float(np.float32(value))


def _area(a: Point, b: Point, c: Point) -> float:
    """Twice the area of a triangle, positive if its corners turn to the left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _in_circle(point: Point, a: Point, b: Point, c: Point) -> int:
    value = (a[0] * a[0] + a[1] * a[1]) * _area(b, c, point)
    value -= (b[0] * b[0] + b[1] * b[1]) * _area(a, c, point)
    value += (c[0] * c[0] + c[1] * c[1]) * _area(a, b, point)
    value -= (point[0] * point[0] + point[1] * point[1]) * _area(a, b, c)
    return _sign(value) if abs(value) > _FLT_EPSILON * 0.125 else 0


def _crossing(edge: tuple[Point, Point], other: tuple[Point, Point]) -> Point | None:
    """Where the bisectors of two edges meet."""
    # Natively the differences and sums are single precision.
    lines = []
    for (x0, y0), (x1, y1) in (edge, other):
        a, b = single(x1 - x0), single(y1 - y0)
        lines.append((a, b, -0.5 * (a * single(x1 + x0) + b * single(y1 + y0))))
    (a0, b0, c0), (a1, b1, c1) = lines
    determinant = a0 * b1 - a1 * b0
    if determinant == 0:
        return None
    scale = 1 / determinant
    point = single((b0 * c1 - b1 * c0) * scale), single((a1 * c0 - a0 * c1) * scale)
    return point if abs(point[0]) < _FAR and abs(point[1]) < _FAR else None


class QuadEdges:
    """A triangulation within a rectangle, and the corners of its Voronoi diagram."""

    __slots__ = (
        *("_corners", "_ends", "_first", "_free_edge", "_free_point"),
        *("_kind", "_next", "_point", "_recent", "_valid"),
    )

    def __init__(self) -> None:
        self._clear()
        self._corners: tuple[Point, Point] = (0.0, 0.0), (0.0, 0.0)

    def _clear(self) -> None:
        #: By edge: the next one around its origin; the vertex that it starts at.
        self._next: list[int] = []
        self._ends: list[int] = []
        #: By vertex: where it is; an edge from it; whether it is a corner of the Voronoi diagram, or free.
        self._point: list[Point] = []
        self._first: list[int] = []
        self._kind: list[int] = []
        self._free_edge = self._free_point = self._recent = 0
        self._valid = False

    def _start(self, rectangle: tuple[float, float, float, float]) -> None:
        """One triangle, far around the rectangle."""
        self._clear()
        x, y, width, height = map(single, rectangle)
        reach = single(6 * max(width, height))
        self._corners = (x, y), (single(x + width), single(y + height))
        self._next += [0] * 4
        self._ends += [0] * 4
        self._add_vertex((0.0, 0.0), _FREE)
        self._free_point = 0
        places = (x + reach, y), (x, y + reach), (x - reach, y - reach)
        corners = [self._add_vertex((single(px), single(py)), _REAL) for px, py in places]
        sides = [self._add_edge() for _ in corners]
        for k, side in enumerate(sides):
            self._join(side, corners[k], corners[(k + 1) % 3])
        for k, side in enumerate(sides):
            self._splice(side, sides[k - 1] ^ 2)
        self._recent = sides[0]

    def _contains(self, point: Point) -> bool:
        (left, top), (right, bottom) = self._corners
        width, height = single(right - left), single(bottom - top)
        x, y = point
        return left <= x < single(left + width) and top <= y < single(top + height)

    def _turn(self, edge: int, kind: int) -> int:
        edge = self._next[(edge & ~3) + ((edge + kind) & 3)]
        return (edge & ~3) + ((edge + (kind >> 4)) & 3)

    def _side(self, point: Point, edge: int) -> int:
        """Positive if the point lies to the right of the edge."""
        return _sign(_area(point, self._point[self._ends[edge ^ 2]], self._point[self._ends[edge]]))

    def _splice(self, one: int, other: int) -> None:
        ends = self._next
        turned = [(ends[edge] & ~3) + ((ends[edge] + 1) & 3) for edge in (one, other)]
        ends[one], ends[other] = ends[other], ends[one]
        ends[turned[0]], ends[turned[1]] = ends[turned[1]], ends[turned[0]]

    def _join(self, edge: int, origin: int, target: int) -> None:
        self._ends[edge], self._ends[edge ^ 2] = origin, target
        self._first[origin], self._first[target] = edge, edge ^ 2

    def _connect(self, one: int, other: int) -> int:
        edge = self._add_edge()
        self._splice(edge, self._turn(one, NEXT_LEFT))
        self._splice(edge ^ 2, other)
        self._join(edge, self._ends[one ^ 2], self._ends[other])
        return edge

    def _swap(self, edge: int) -> None:
        """Make of the diagonal of a quadrangle the other one."""
        back = edge ^ 2
        one, other = self._turn(edge, _PREVIOUS_ORIGIN), self._turn(back, _PREVIOUS_ORIGIN)
        self._splice(edge, one)
        self._splice(back, other)
        self._join(edge, self._ends[one ^ 2], self._ends[other ^ 2])
        self._splice(edge, self._turn(one, NEXT_LEFT))
        self._splice(back, self._turn(other, NEXT_LEFT))

    def _add_edge(self) -> int:
        if self._free_edge <= 0:
            self._free_edge = len(self._next) // 4
            self._next += [0] * 4
            self._ends += [0] * 4
        edge = self._free_edge * 4
        self._free_edge = self._next[edge + 1]
        self._next[edge : edge + 4] = [edge, edge + 3, edge + 2, edge + 1]
        self._ends[edge : edge + 4] = [0] * 4
        return edge

    def _delete_edge(self, edge: int) -> None:
        self._splice(edge, self._turn(edge, _PREVIOUS_ORIGIN))
        self._splice(edge ^ 2, self._turn(edge ^ 2, _PREVIOUS_ORIGIN))
        first = edge & ~3
        self._next[first], self._next[first + 1] = 0, self._free_edge
        self._free_edge = edge >> 2

    def _add_vertex(self, point: Point, kind: int) -> int:
        if not self._free_point:
            self._free_point = len(self._point)
            self._point.append((0.0, 0.0))
            self._first.append(0)
            self._kind.append(_FREE)
        vertex = self._free_point
        self._free_point = self._first[vertex]
        self._point[vertex], self._first[vertex], self._kind[vertex] = point, 0, kind
        return vertex

    def _locate(self, point: Point) -> tuple[int, int, int]:
        if len(self._next) < 16:
            raise opencv_error(-2, "Unspecified error", "Subdivision is empty", "locate", f"{_SOURCE}:295")
        (left, top), (right, bottom) = self._corners
        if point[0] < left or point[1] < top or point[0] >= right or point[1] >= bottom:
            raise opencv_error(*_OUT_OF_RANGE, "locate", f"{_SOURCE}:298")
        edge, found = self._walk(point)
        self._recent = edge
        if not found:
            return _ERROR, 0, 0
        origin, target = (self._point[self._ends[end]] for end in (edge, edge ^ 2))
        to_origin, to_target, length = (
            abs(single(a[0] - b[0])) + abs(single(a[1] - b[1]))
            for a, b in ((point, origin), (point, target), (origin, target))
        )
        if to_origin < _FLT_EPSILON:
            return _VERTEX, 0, self._ends[edge]
        if to_target < _FLT_EPSILON:
            return _VERTEX, 0, self._ends[edge ^ 2]
        if min(to_origin, to_target) < length and abs(_area(point, origin, target)) < _FLT_EPSILON:
            return _ON_EDGE, edge, 0
        return _INSIDE, edge, 0

    def _walk(self, point: Point) -> tuple[int, bool]:
        """The edge of the triangle that the point is in, from the one that was found before."""
        edge = self._recent
        here = self._side(point, edge)
        if here > 0:
            edge, here = edge ^ 2, -here
        for _ in range(len(self._next)):
            onward, back = self._next[edge], self._turn(edge, _PREVIOUS_TARGET)
            on_side, back_side = self._side(point, onward), self._side(point, back)
            if back_side > 0:
                if on_side > 0 or (on_side == 0 and here == 0):
                    return edge, True
                here, edge = on_side, onward
            elif on_side > 0:
                if back_side == 0 and here == 0:
                    return edge, True
                here, edge = back_side, back
            elif here == 0 and self._side(self._point[self._ends[onward ^ 2]], edge) >= 0:
                edge ^= 2
            else:
                here, edge = on_side, onward
        return edge, False

    def _insert(self, point: Point) -> int:
        location, edge, vertex = self._locate(point)
        if location == _ERROR:
            text = "Incorrect size of input array"
            raise opencv_error(-201, text, "", "insert", f"{_SOURCE}:430")
        if location == _VERTEX:
            return vertex
        if location == _ON_EDGE:
            on = edge
            self._recent = edge = self._turn(edge, _PREVIOUS_ORIGIN)
            self._delete_edge(on)
        self._valid = False
        vertex = self._add_vertex(point, _REAL)
        base = self._add_edge()
        first = self._ends[edge]
        self._join(base, first, vertex)
        self._splice(base, edge)
        while True:
            base = self._connect(edge, base ^ 2)
            edge = self._turn(base, _PREVIOUS_ORIGIN)
            if self._ends[edge ^ 2] == first:
                break
        self._restore_delaunay(self._turn(base, _PREVIOUS_ORIGIN), first, vertex)
        return vertex

    def _restore_delaunay(self, edge: int, first: int, vertex: int) -> None:
        """Swap the edges around a new vertex whose circles it is in."""
        for _ in range(len(self._next)):
            apex = self._point[self._ends[self._turn(edge, _PREVIOUS_ORIGIN) ^ 2]]
            origin, target = self._ends[edge], self._ends[edge ^ 2]
            ends = self._point[origin], apex, self._point[target]
            if self._side(apex, edge) > 0 and _in_circle(*ends, self._point[vertex]) < 0:
                self._swap(edge)
                edge = self._turn(edge, _PREVIOUS_ORIGIN)
            elif origin == first:
                return
            else:
                edge = self._turn(self._next[edge], _PREVIOUS_LEFT)

    def _find_voronoi(self) -> None:
        if self._valid:
            return
        for edge in range(0, len(self._next), 4):
            self._ends[edge + 1] = self._ends[edge + 3] = 0
        for vertex, kind in enumerate(self._kind):
            if kind == _VIRTUAL:
                self._first[vertex], self._kind[vertex] = self._free_point, _FREE
                self._free_point = vertex
        for edge in range(16, len(self._next), 4):
            if self._next[edge] > 0:
                self._add_face(edge, 3, NEXT_LEFT)
                self._add_face(edge, 1, _NEXT_RIGHT)
        self._valid = True

    def _add_face(self, edge: int, quarter: int, around: int) -> None:
        """The Voronoi vertex of the triangle on one side of an edge, unless it is there."""
        if self._ends[edge + quarter]:
            return
        second = self._turn(edge, around)
        third = self._turn(second, around)
        one, other = (
            (self._point[self._ends[side]], self._point[self._ends[side ^ 2]]) for side in (edge, second)
        )
        place = _crossing(one, other)
        if place is not None:
            vertex = self._add_vertex(place, _VIRTUAL)
            for side in (edge, second, third):
                at = (side & ~3) + (quarter - (side & 2) if quarter == 3 else quarter + (side & 2))
                self._ends[at] = vertex

    def _nearest(self, point: Point) -> tuple[int, Point]:
        self._find_voronoi()
        location, edge, vertex = self._locate(point)
        if location not in (_ON_EDGE, _INSIDE):
            return vertex, (0.0, 0.0)
        start = self._point[self._ends[edge]]
        way = single(point[0] - start[0]), single(point[1] - start[1])
        edge = (edge & ~3) + ((edge + 1) & 3)
        for _ in range(len(self._point)):
            while self._beside(self._voronoi(edge ^ 2, "edgeDst(edge, &t) > 0", 727), start, way) < 0:
                edge = self._turn(edge, NEXT_LEFT)
            while self._beside(self._voronoi(edge, "edgeOrg( edge, &t ) > 0", 736), start, way) >= 0:
                edge = self._turn(edge, _PREVIOUS_LEFT)
            (x0, y0), (x1, y1) = (self._point[self._ends[end]] for end in (edge, edge ^ 2))
            if self._beside(point, (x0, y0), (single(x1 - x0), single(y1 - y0))) >= 0:
                vertex = self._ends[(edge & ~3) + ((edge + 3) & 3)]
                return vertex, self._point[vertex] if vertex > 0 else (0.0, 0.0)
            edge ^= 2
        return 0, (0.0, 0.0)

    def _voronoi(self, edge: int, condition: str, line: int) -> Point:
        if not self._ends[edge] > 0:
            raise failed_assertion(condition, "findNearest", f"{_SOURCE}:{line}")
        return self._point[self._ends[edge]]

    @staticmethod
    def _beside(point: Point, origin: Point, way: Point) -> int:
        return _sign((origin[0] - point[0]) * way[1] - (origin[1] - point[1]) * way[0])
