"""Delaunay triangulation."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

RECTANGLE = (0, 0, 200, 150)


def scattered(count, seed=0):
    return (np.random.default_rng(seed).random((count, 2)) * [199, 149]).astype(np.float32)


def grid(columns=7, rows=5):
    """Points with all of their neighbours on circles and lines."""
    return [(20.0 * x + 5, 20.0 * y + 5) for y in range(rows) for x in range(columns)]


def made(points, rectangle=RECTANGLE):
    subdivision = cv2.Subdiv2D(rectangle)
    subdivision.insert(points)
    return subdivision


def described(subdivision):
    lists = subdivision.getTriangleList(), subdivision.getEdgeList(), subdivision.getLeadingEdgeList()
    return *lists, subdivision.getVoronoiFacetList([])


def one_by_one():
    subdivision = cv2.Subdiv2D(RECTANGLE)
    numbers = [subdivision.insert(point) for point in scattered(25).tolist()]
    again = [subdivision.insert(point) for point in scattered(25).tolist()[::5]]
    return numbers, again, described(subdivision)


def searched(subdivision):
    queries = [(float(x), float(y)) for x, y in scattered(40, 9)] + [(5.0, 5.0), (15.0, 5.0), (35.0, 45.0)]
    return [(subdivision.locate(q), subdivision.findNearest(q)) for q in queries]


def walked(subdivision):
    kinds = [
        value
        for name, value in sorted(vars(cv2).items())
        if name.startswith("SUBDIV2D_") and "AROUND" in name
    ]
    results = []
    for edge in range(4, 60):
        turned = [subdivision.getEdge(edge, kind) for kind in kinds]
        turned += [subdivision.nextEdge(edge), subdivision.symEdge(edge), subdivision.rotateEdge(edge, 3)]
        results.append((turned, subdivision.edgeOrg(edge), subdivision.edgeDst(edge)))
    return results, [subdivision.getVertex(vertex) for vertex in range(12)]


def continued():
    """Points after a Voronoi diagram, whose vertices are then used again."""
    subdivision = made(scattered(12))
    before = subdivision.getVoronoiFacetList([4, 7])
    subdivision.insert(scattered(12, 3))
    after = described(subdivision), subdivision.findNearest((50, 60))
    subdivision.initDelaunay((0, 0, 50, 40))
    subdivision.insert([(10, 10), (20, 30), (40, 5)])
    return before, after, described(subdivision)


CASES = {
    "new": lambda: described(cv2.Subdiv2D(RECTANGLE)),
    "empty": lambda: [cv2.Subdiv2D().getTriangleList(), cv2.Subdiv2D().getEdgeList()],
    "scattered": lambda: [described(made(scattered(count, count))) for count in (1, 2, 3, 10, 60)],
    "many": lambda: made(scattered(300)).getTriangleList(),
    "grid": lambda: described(made(grid())),
    "line": lambda: described(made([(10.0 * k + 3, 50.0) for k in range(12)])),
    "one_by_one": one_by_one,
    "arrays": lambda: described(made(scattered(8).astype(np.float64))),
    "integers": lambda: described(made([(10, 10), (60, 20), (30, 80)])),
    "floating_rectangle": lambda: described(made(scattered(9) / 20 + 1, (0.5, -0.25, 20.5, 15.75))),
    "named_rectangle": lambda: described(cv2.Subdiv2D(rect2f=(0, 0, 9, 8))),
    "offset": lambda: described(made(scattered(9) - [100, 75], (-100, -75, 200, 150))),
    "searched": lambda: searched(made(scattered(50))),
    "searched_grid": lambda: searched(made(grid())),
    "walked": lambda: walked(made(scattered(30))),
    "continued": continued,
    "facets": lambda: made(scattered(20)).getVoronoiFacetList([4, 9, 0, 5]),
    "floating_start": lambda: cv2.Subdiv2D().initDelaunay2f((0.5, 0, 9, 8)),
    "names": lambda: [cv2.Subdiv2D.__name__, cv2.Subdiv2D.__module__],
}
ERRORS = {
    "outside": lambda: made([(200.0, 10.0)]),
    "outside_pair": lambda: made([(20.0, 10.0), (30.0, -1.0)]),
    "outside_search": lambda: made(scattered(9)).findNearest((1000, 10)),
    "nan": lambda: made(scattered(9)).insert((np.nan, 1.0)),
    "not_started": lambda: cv2.Subdiv2D().insert((1, 2)),
    "rectangle": lambda: cv2.Subdiv2D((1, 2)),
    "rectangle_number": lambda: cv2.Subdiv2D(5),
    "rectangle_two": lambda: cv2.Subdiv2D(RECTANGLE, 3),
    "rectangle_unknown": lambda: cv2.Subdiv2D(foo=1),
    "start_floats": lambda: cv2.Subdiv2D().initDelaunay((0, 0, 5.5, 5)),
    "insert_nothing": lambda: made(scattered(4)).insert(),
    "insert_number": lambda: made(scattered(4)).insert(5),
    "insert_short": lambda: made(scattered(4)).insert((1,)),
    "insert_mixed": lambda: made(scattered(4)).insert([(1, 2), 3]),
    "insert_two": lambda: made(scattered(4)).insert((1, 2), 3),
    "locate_nothing": lambda: made(scattered(4)).locate(),
    "locate_short": lambda: made(scattered(4)).locate((1,)),
    "vertex": lambda: made(scattered(4)).getVertex("a"),
}


@pytest.mark.parametrize("name", CASES)
def test_subdivision(name, parity):
    parity(CASES[name]())


@pytest.mark.parametrize("name", ERRORS)
def test_subdivision_errors(name, parity):
    parity.raised(ERRORS[name])
