"""Drawing into the caller's array."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.parity.images import blobs, photo, polygon

RED = (0, 0, 255)


def canvas(*shape):
    return np.full(shape or (100, 120, 3), 30, np.uint8)


def contours():
    return cv2.findContours(blobs(100, 120), cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)


CASES = {
    "line": lambda a: cv2.line(a, (5, 7), (90, 80), RED, 3),
    "line_antialiased": lambda a: cv2.line(a, (5, 7), (90, 80), RED, 1, cv2.LINE_AA),
    "line_shift": lambda a: cv2.line(a, (50, 70), (905, 805), RED, 1, cv2.LINE_4, shift=3),
    "arrowedLine": lambda a: cv2.arrowedLine(a, (5, 7), (90, 80), RED, 2, tipLength=0.3),
    "rectangle": lambda a: cv2.rectangle(a, (10, 12), (60, 70), RED, 2),
    "rectangle_filled": lambda a: cv2.rectangle(a, (10, 12), (60, 70), color=(9, 99, 200), thickness=-1),
    "rectangle_rect": lambda a: cv2.rectangle(a, (10, 12, 30, 40), RED, thickness=cv2.FILLED),
    "rectangle_numpy_points": lambda a: cv2.rectangle(a, np.array([10, 12]), np.array([60, 70]), RED),
    "circle": lambda a: cv2.circle(a, (50, 40), 25, RED, 2),
    "circle_filled_antialiased": lambda a: cv2.circle(a, (50, 40), 25, RED, -1, cv2.LINE_AA),
    "ellipse": lambda a: cv2.ellipse(a, (50, 40), (30, 20), 25, 0, 250, RED, 2),
    "ellipse_box": lambda a: cv2.ellipse(a, ((50, 40), (60, 30), 25), RED, -1),
    "polylines": lambda a: cv2.polylines(a, [polygon()], True, RED, 2),
    "polylines_several": lambda a: cv2.polylines(a, [polygon() + 3 * i for i in range(6)], False, RED),
    "fillPoly": lambda a: cv2.fillPoly(a, [polygon()], RED),
    "fillPoly_hole": lambda a: cv2.fillPoly(
        a, [polygon(), np.array([[30, 30], [50, 30], [40, 50]], np.int32)], RED
    ),
    "fillPoly_array": lambda a: cv2.fillPoly(a, polygon().reshape(1, -1, 2), RED),
    "fillConvexPoly": lambda a: cv2.fillConvexPoly(a, cv2.convexHull(polygon()), RED),
    "drawContours": lambda a: cv2.drawContours(a, contours()[0], -1, RED, 1),
    "drawContours_one": lambda a: cv2.drawContours(a, contours()[0], 1, RED, cv2.FILLED),
    "drawContours_hierarchy": lambda a: cv2.drawContours(
        a, contours()[0], 0, RED, 2, hierarchy=contours()[1], maxLevel=1, offset=(3, 4)
    ),
    "drawMarker": lambda a: cv2.drawMarker(a, (50, 40), RED, cv2.MARKER_STAR, 30),
    "putText": lambda a: cv2.putText(a, "Ag 42%", (3, 60), cv2.FONT_HERSHEY_SIMPLEX, 1, RED, 2),
    "putText_antialiased": lambda a: cv2.putText(
        a, "hello", (3, 60), cv2.FONT_HERSHEY_DUPLEX, 0.8, (250, 250, 250), 1, cv2.LINE_AA
    ),
}
INPLACE = "each drawing call must return the array it was given"


@pytest.mark.parametrize("case", CASES)
def test_drawing(case, parity):
    image = canvas()
    result = CASES[case](image)
    assert result is image, INPLACE
    parity(image)


@pytest.mark.parametrize("case", ["line", "circle_filled_antialiased", "fillPoly", "putText"])
@pytest.mark.parametrize("kind", ["grey", "grey_3d", "float32", "int32", "four_channels"])
def test_kinds_of_canvas(case, kind, parity):
    image = {
        "grey": canvas(100, 120),
        "grey_3d": canvas(100, 120, 1),
        "float32": canvas().astype(np.float32),
        "int32": canvas().astype(np.int32),
        "four_channels": canvas(100, 120, 4),
    }[kind]
    try:
        result = CASES[case](image)
    except cv2.error as error:
        parity([error.code, error.func])
        return
    assert result is image, INPLACE
    parity(image)


def test_view_of_a_larger_array(parity):
    image = photo(100, 120)
    result = cv2.rectangle(image[20:80, 30:100], (5, 5), (40, 30), RED, -1)
    assert result.base is image or result.base is image.base
    parity(image)


def test_every_second_row(parity):
    image = photo(100, 120)
    cv2.circle(image[::2], (40, 20), 15, RED, -1)
    parity(image)


@pytest.mark.parametrize(
    "view",
    [lambda a: a[::-1], lambda a: a[:, ::2], lambda a: a[..., ::-1], lambda a: a.transpose(1, 0, 2)],
    ids=["upside_down", "every_second_column", "reversed_channels", "transposed"],
)
def test_views_no_mat_can_be(view, parity):
    image = photo(60, 60)
    parity.raised(lambda: cv2.circle(view(image), (20, 20), 5, RED))


def test_read_only(parity):
    image = canvas()
    image.flags.writeable = False
    parity.raised(lambda: cv2.circle(image, (20, 20), 5, RED))


def test_font_scale(parity):
    parity(cv2.getFontScaleFromHeight(cv2.FONT_HERSHEY_SIMPLEX, 20, 2))
