"""cv2.RotatedRect."""

from __future__ import annotations

import cv2
import numpy as np
import pytest


def told(box):
    return box.center, box.size, box.angle, box.points(), box.boundingRect(), box.boundingRect2f()


def changed(**values):
    box = cv2.RotatedRect()
    for name, value in values.items():
        setattr(box, name, value)
    return told(box)


def many():
    random = np.random.default_rng(3)
    boxes = random.uniform(-40, 40, (30, 5)).astype(np.float32)
    return [
        told(cv2.RotatedRect((x, y), (abs(w), abs(h)), 9 * angle)) for x, y, w, h, angle in boxes.tolist()
    ]


def around(angle):
    """Of three corners of a rectangle that is turned."""
    corners = cv2.boxPoints(((20, 30), (16, 10), angle))
    box = cv2.RotatedRect(*(tuple(map(float, corner)) for corner in corners[:3]))
    return box.center, box.size, box.angle


CASES = {
    "empty": lambda: told(cv2.RotatedRect()),
    "box": lambda: told(cv2.RotatedRect((1.1, 2), (3, 4), 5.5)),
    "keywords": lambda: told(cv2.RotatedRect(center=(1, 2), size=(30, 4), angle=200)),
    "many": many,
    "corners": lambda: told(cv2.RotatedRect((10, 10), (14, 13), (11, 17))),
    "corners_keywords": lambda: told(cv2.RotatedRect(point1=(0, 0), point2=(4, 0), point3=(4, 3))),
    "corners_upright": lambda: told(cv2.RotatedRect((0, 0), (0, 4), (3, 4))),
    "corners_turned": lambda: [around(angle) for angle in (0, 45, 90)],
    "changed": lambda: changed(center=(3, 4.5), size=[7, 2], angle=33),
    "boxPoints": lambda: cv2.boxPoints(cv2.RotatedRect((1, 2), (3, 4), 5)),
    "ellipse": lambda: cv2.ellipse(np.zeros((30, 40), np.uint8), cv2.RotatedRect((20, 15), (18, 9), 20), 9),
    "intersection": lambda: cv2.rotatedRectangleIntersection(
        cv2.RotatedRect((1, 2), (3, 4), 5), cv2.RotatedRect((2, 2), (3, 4), 15)
    ),
    "kinds": lambda: [
        repr(cv2.RotatedRect()).rpartition(" ")[0],
        cv2.RotatedRect.__module__,
        type(cv2.RotatedRect()).__name__,
    ],
}


@pytest.mark.parametrize("case", CASES)
def test_rotated_rectangle(case, parity):
    parity(CASES[case]())


ERRORS = {
    "angle": lambda: cv2.RotatedRect((1, 2), (3, 4), "a"),
    "many": lambda: cv2.RotatedRect((1, 2), (3, 4), 5, 6),
    "few": lambda: cv2.RotatedRect((1, 2)),
    "size": lambda: cv2.RotatedRect((1, 2), 3, 4),
    "slanted": lambda: cv2.RotatedRect((0, 0), (4, 0), (5, 3)),
    "attribute": lambda: setattr(cv2.RotatedRect(), "size", 3),
    "unknown": lambda: cv2.RotatedRect().width,
    "method": lambda: cv2.RotatedRect().boundingRect(1),
}


@pytest.mark.parametrize("case", ERRORS)
def test_rotated_rectangle_errors(case, parity):
    parity.raised(ERRORS[case])
