"""Delaunay triangulation and its Voronoi diagram: modules/geometry/src/subdivision2d.cpp."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ._methods import Method
from ._quad_edges import NEXT_LEFT, Point, QuadEdges, single

__all__ = ["Subdiv2D"]

Array = npt.NDArray[Any]

_REAL = 0

_NEW = Method("", "Subdiv2D(Rect rect)", "Subdiv2D(Rect2d rect2f)")
_INIT = Method("Subdiv2D", "initDelaunay(Rect rect)")
_INIT_2F = Method("Subdiv2D", "initDelaunay2f(Rect2d rect)")
_INSERT = Method("Subdiv2D", "insert(Point2f pt) -> int", "insert(Point2f[] ptvec)")
_LOCATE = Method("Subdiv2D", "locate(Point2f pt) -> int")
_NEAREST = Method("Subdiv2D", "findNearest(Point2f pt) -> int")
_FACETS = Method("Subdiv2D", "getVoronoiFacetList(int[] idx)")
_GET_VERTEX = Method("Subdiv2D", "getVertex(int vertex) -> Point2f")
_GET_EDGE = Method("Subdiv2D", "getEdge(int edge, int nextEdgeType) -> int")
_NEXT_EDGE = Method("Subdiv2D", "nextEdge(int edge) -> int")
_ROTATE = Method("Subdiv2D", "rotateEdge(int edge, int rotate) -> int")
_SYMMETRIC = Method("Subdiv2D", "symEdge(int edge) -> int")
_ORIGIN = Method("Subdiv2D", "edgeOrg(int edge) -> int")
_TARGET = Method("Subdiv2D", "edgeDst(int edge) -> int")


class Subdiv2D(QuadEdges):
    """Subdiv2D([rect])"""

    __slots__ = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        if args or kwargs:
            self._start(_NEW.bind(args, kwargs)[1])

    def initDelaunay(self, *args: Any, **kwargs: Any) -> None:
        """initDelaunay(rect)"""
        self._start(_INIT.bind(args, kwargs)[1])

    def initDelaunay2f(self, *args: Any, **kwargs: Any) -> None:
        """initDelaunay2f(rect)"""
        self._start(_INIT_2F.bind(args, kwargs)[1])

    def insert(self, *args: Any, **kwargs: Any) -> int | None:
        """insert(pt) -> the vertex; insert(ptvec)"""
        several, value = _INSERT.bind(args, kwargs)
        if not several:
            return self._insert((single(value[0]), single(value[1])))
        for x, y in value.tolist():
            self._insert((x, y))
        return None

    def locate(self, *args: Any, **kwargs: Any) -> tuple[int, int, int]:
        """locate(pt) -> where it is, edge, vertex"""
        x, y = _LOCATE.bind(args, kwargs)[1]
        return self._locate((single(x), single(y)))

    def findNearest(self, *args: Any, **kwargs: Any) -> tuple[int, Point]:
        """findNearest(pt) -> vertex, its point; natively no point if it is ``pt`` itself"""
        x, y = _NEAREST.bind(args, kwargs)[1]
        return self._nearest((single(x), single(y)))

    def getEdgeList(self) -> Array | tuple[()]:
        """getEdgeList() -> (n, 4) float32"""
        ends = self._ends
        edges = [
            (*self._point[ends[edge]], *self._point[ends[edge + 2]])
            for edge in range(16, len(self._next), 4)
            if self._next[edge] > 0 and ends[edge] > 0 and ends[edge + 2] > 0
        ]
        return np.array(edges, np.float32) if edges else ()

    def getLeadingEdgeList(self) -> Array | tuple[()]:
        """getLeadingEdgeList() -> (n,) int32: one edge a triangle"""
        seen: set[int] = set()
        edges = []
        for edge in range(4, len(self._next), 2):
            if edge not in seen:
                second = self._turn(edge, NEXT_LEFT)
                seen.update((second, self._turn(second, NEXT_LEFT)))
                edges.append(edge)
        return np.array(edges, np.int32) if edges else ()

    def getTriangleList(self) -> Array | tuple[()]:
        """getTriangleList() -> (n, 6) float32"""
        seen: set[int] = set()
        triangles = []
        for edge in range(4, len(self._next), 2):
            if edge in seen:
                continue
            second = self._turn(edge, NEXT_LEFT)
            sides = edge, second, self._turn(second, NEXT_LEFT)
            corners = [self._point[self._ends[side]] for side in sides]
            if all(map(self._contains, corners)):
                seen.update(sides)
                triangles.append([number for corner in corners for number in corner])
        return np.array(triangles, np.float32) if triangles else ()

    def getVoronoiFacetList(self, *args: Any, **kwargs: Any) -> tuple[tuple[Array, ...], Array | tuple[()]]:
        """getVoronoiFacetList(idx) -> facets, (n, 2) float32 each; their centers, (m, 2) float32"""
        vertices = _FACETS.bind(args, kwargs)[1]
        self._find_voronoi()
        facets, centers = [], []
        for vertex in vertices or range(4, len(self._point)):
            if self._kind[vertex] == _REAL:
                start = edge = (self._first[vertex] & ~3) + ((self._first[vertex] + 1) & 3)
                corners: list[Point] = []
                while not corners or edge != start:
                    corners.append(self._point[self._ends[edge]])
                    edge = self._turn(edge, NEXT_LEFT)
                facets.append(np.array(corners, np.float32))
                centers.append(self._point[vertex])
        return tuple(facets), np.array(centers, np.float32) if centers else ()

    def getVertex(self, *args: Any, **kwargs: Any) -> tuple[Point, int]:
        """getVertex(vertex) -> its point, an edge from it"""
        vertex = _GET_VERTEX.bind(args, kwargs)[1]
        return self._point[vertex], self._first[vertex]

    def getEdge(self, *args: Any, **kwargs: Any) -> int:
        """getEdge(edge, nextEdgeType) -> edge"""
        _, edge, kind = _GET_EDGE.bind(args, kwargs)
        return self._turn(edge, kind)

    def nextEdge(self, *args: Any, **kwargs: Any) -> int:
        """nextEdge(edge) -> the next one around its origin"""
        edge: int = _NEXT_EDGE.bind(args, kwargs)[1]
        return self._next[edge]

    def rotateEdge(self, *args: Any, **kwargs: Any) -> int:
        """rotateEdge(edge, rotate) -> the edge turned by so many quarters"""
        _, edge, quarters = _ROTATE.bind(args, kwargs)
        return int((edge & ~3) + ((edge + quarters) & 3))

    def symEdge(self, *args: Any, **kwargs: Any) -> int:
        """symEdge(edge) -> the edge backwards"""
        return int(_SYMMETRIC.bind(args, kwargs)[1] ^ 2)

    def edgeOrg(self, *args: Any, **kwargs: Any) -> tuple[int, Point]:
        """edgeOrg(edge) -> vertex, its point"""
        vertex = self._ends[_ORIGIN.bind(args, kwargs)[1]]
        return vertex, self._point[vertex]

    def edgeDst(self, *args: Any, **kwargs: Any) -> tuple[int, Point]:
        """edgeDst(edge) -> vertex, its point"""
        vertex = self._ends[_TARGET.bind(args, kwargs)[1] ^ 2]
        return vertex, self._point[vertex]

    def __repr__(self) -> str:
        return f"< cv2.Subdiv2D {id(self):#x}>"


Subdiv2D.__module__ = "cv2"
